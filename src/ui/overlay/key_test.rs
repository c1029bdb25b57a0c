//! The test of a key: what the terminal sent, which key that is, what it means where the keys were, and what this terminal
//! can't tell apart.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::app::{Context, Key, KeyMeaning, KeyTest, State, TestedKey};
use crate::ui::glyphs::Glyphs;
use crate::ui::key_report::{KeyReport, name};
use crate::ui::popup::{framed, width};
use crate::ui::sheet::Sheet;
use crate::ui::theme;

/// Draws it.
pub(super) fn draw(f: &mut Frame<'_>, room: Rect, state: &State, test: &KeyTest, glyphs: &Glyphs) {
    let mut sheet = Sheet::default();
    match test.seen.last() {
        None => sheet.note("Press a key: nothing is done, and all that is known of it is shown here.", theme::PLAIN),
        Some(tested) => last(&mut sheet, state, test, tested),
    }
    sheet.note("", theme::PLAIN);
    let before: Vec<String> = test.seen.iter().rev().skip(1).map(|tested| name(tested.key)).collect();
    if !before.is_empty() {
        sheet.note(&format!("before: {}", before.join("  ")), theme::DIM);
    }
    sheet.note("Esc twice, or Ctrl+C twice, closes this.", theme::DIM);
    let rows = sheet.height(width(room).saturating_sub(4)).saturating_add(2);
    let place = test.here.first().map_or("", |context| context.title());
    let place = if place.is_empty() { String::new() } else { format!(" in: {place} ") };
    let inner = framed(f, room, (" Test a key ", &place), rows, glyphs);
    sheet.draw(inner, f.buffer_mut(), 0);
}

fn last(sheet: &mut Sheet, state: &State, test: &KeyTest, tested: &TestedKey) {
    let report = KeyReport::new(tested);
    sheet.styled_fact("key", &report.key, theme::BOLD);
    sheet.styled_fact("sent", &report.sent, theme::PLAIN);
    let meaning = match tested.key {
        None => "nothing: the program has no name for it".to_owned(),
        Some(key) => meaning(state, &test.here, key),
    };
    sheet.styled_fact("means", &meaning, theme::PLAIN);
    if let Some(config) = &report.config {
        sheet.styled_fact("config", config, theme::PLAIN);
    }
    sheet.note(report.note, if report.is_caveat { theme::WARN } else { theme::DIM });
}

fn meaning(state: &State, here: &[Context], key: Key) -> String {
    let keys = &state.window.keys;
    match keys.meaning(here, &[key.canonical()]) {
        KeyMeaning::Action(action) => {
            let row = here.iter().chain(&[Context::Everywhere]).find_map(|context| {
                keys.rows_in(*context).find(|row| row.binding.action == action && !row.binding.help.is_empty())
            });
            let help = row.map_or("", |row| row.binding.help);
            format!("{}: {help}", action.name())
        }
        KeyMeaning::Prefix => "the beginning of longer keys".to_owned(),
        KeyMeaning::Nothing if key.is_plain() && here.iter().any(|c| crate::app::takes_text(*c)) => {
            "a letter".to_owned()
        }
        KeyMeaning::Nothing => "nothing, or a step in a text".to_owned(),
    }
}
