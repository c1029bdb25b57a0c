//! The hooks, drawn: the URL to paste into each platform's dashboard, and whether anybody listens there.

use std::fmt::Write;

use crate::app::{Action, ListenerState, ListenerView, State};
use crate::ui::glyphs::Glyphs;
use crate::ui::popup::keyed;
use crate::ui::sheet::Sheet;
use crate::ui::theme;

/// The text of the panel. `selected` is the place of the selected hook, where one can be.
pub(super) fn details(state: &State, selected: Option<usize>, glyphs: &Glyphs) -> Sheet {
    let mut sheet = Sheet::default();
    let Some(listener) = &state.webhooks.listener else {
        sheet.note("Whether the program listens is not known yet.", theme::DIM);
        return sheet;
    };
    said(&mut sheet, listener, glyphs);
    sheet.blank();
    if listener.hooks.is_empty() {
        sheet.note("No channel in the config file has a platform that posts webhooks.", theme::DIM);
        return sheet;
    }
    let ways = if selected.is_some() {
        vec![keyed(state, Action::CopyHook, "copies it"), keyed(state, Action::SelfTest, "tries it")]
    } else {
        vec![keyed(state, Action::Hooks, "selects one to copy or try")]
    };
    let ways: Vec<String> = ways.into_iter().filter(|way| !way.is_empty()).collect();
    let mut todo = "Paste a channel's URL into its platform's dashboard, as the webhook's address.".to_owned();
    if !ways.is_empty() {
        let _ = write!(todo, " {}.", ways.join(", "));
    }
    sheet.note(&todo, theme::PLAIN);
    sheet.note("What the platform posts then shows up here.", theme::PLAIN);
    for (at, hook) in listener.hooks.iter().enumerate() {
        sheet.blank();
        let here = selected == Some(at);
        let lead = format!("{} {}  ", if here { glyphs.open } else { " " }, hook.channel);
        let style = if here { theme::ACCENT.patch(theme::BOLD) } else { theme::BOLD };
        sheet.pair(&lead, style, hook.url.as_str(), theme::PLAIN);
        if here {
            sheet.keep_in_sight();
        }
        if let Some(note) = &hook.note {
            sheet.pair("    ", theme::PLAIN, note, theme::WARN);
        }
        match state.webhooks.tests.get(&hook.channel) {
            None => {}
            Some(None) => sheet.pair("    ", theme::PLAIN, "self-test: on its way…", theme::DIM),
            Some(Some(Ok(found))) => {
                let text = format!("{} self-test: {found}", glyphs.ok);
                sheet.pair("    ", theme::PLAIN, &text, theme::BOT);
            }
            Some(Some(Err(failure))) => {
                let text = format!("{} self-test: {}", glyphs.failed, failure.sentence());
                sheet.pair("    ", theme::PLAIN, &text, theme::BAD);
                if let Some(hint) = &failure.hint {
                    sheet.pair("    ", theme::PLAIN, hint, theme::DIM);
                }
            }
        }
    }
    sheet
}

/// What the listener does, and what to do where it does nothing.
fn said(sheet: &mut Sheet, listener: &ListenerView, glyphs: &Glyphs) {
    match &listener.state {
        ListenerState::Starting => sheet.note(&format!("Starting to listen on {}…", listener.address), theme::DIM),
        ListenerState::Listening => {
            sheet.note(&format!("{} Listening on {}.", glyphs.ok, listener.address), theme::BOT);
        }
        ListenerState::Elsewhere(url) => {
            let text = format!("{} Another instance listens, at {url}; what it takes shows up here.", glyphs.ok);
            sheet.note(&text, theme::PLAIN);
        }
        ListenerState::Off(failure) => {
            sheet.note(&format!("{} Not listening. {}", glyphs.failed, failure.sentence()), theme::BAD);
            if let Some(hint) = &failure.hint {
                sheet.note(hint, theme::PLAIN);
            }
        }
    }
    if listener.public {
        let text = "public! It is bound beyond this machine: whoever can reach it can post to it.";
        sheet.note(text, theme::WARN);
    }
}
