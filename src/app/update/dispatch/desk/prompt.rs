//! What is asked before something is done: labels, a note, a time.

use std::collections::HashMap;

use super::deeds::{do_to, entry, targets};
use crate::app::action::Action;
use crate::app::desk::{DeskDeed, DeskPrompt, DeskPromptKind};
use crate::app::effect::Effect;
use crate::app::line_input::LineInput;
use crate::app::overlay::Overlay;
use crate::app::state::State;
use crate::app::text_buffer::TextInput;
use crate::domain::{DeskChange, LATER_FORMS, Label, SafeText, Timestamp, later, read_labels};

/// So many labels that are used already are named as a hint.
const NAMED: usize = 8;

/// Asks for labels, a note or a time.
pub(super) fn ask(state: &mut State, kind: DeskPromptKind, now: Timestamp) -> Vec<Effect> {
    let of = targets(state);
    let [first, ..] = of.as_slice() else {
        state.say("No conversation is selected.", now);
        return state.wake();
    };
    let (kept, one) = (entry(state, first), of.len() == 1);
    if kind == DeskPromptKind::Note && one && kept.note.contains('\n') {
        state.say("This note has several lines: `patchcord conversations note` prints and replaces it.", now);
        return state.wake();
    }
    if kind == DeskPromptKind::Snooze && of.iter().all(|key| entry(state, key).sleeps()) {
        return do_to(state, DeskDeed::Change(DeskChange::Wake), of, now);
    }
    let mut line = LineInput::default();
    if kind == DeskPromptKind::Note && one {
        line.set(&kept.note);
    }
    let hint = match kind {
        DeskPromptKind::Labels => labels_hint(state, if one { &kept.labels } else { &[] }),
        DeskPromptKind::Note => "for you alone: no platform and no export has it".to_owned(),
        DeskPromptKind::Snooze => format!("{LATER_FORMS}; empty: until somebody writes"),
    };
    let hint = SafeText::one_line(&hint);
    state.window.open(Overlay::Desk(DeskPrompt { kind, line, of, problem: None, hint }));
    Vec::new()
}

/// The labels that it has, and those that are used elsewhere, the most used first.
pub(super) fn labels_hint(state: &State, has: &[Label]) -> String {
    let mut used: HashMap<&Label, usize> = HashMap::new();
    for label in state.channels.iter().flat_map(|tab| tab.roster.kept.values()).flat_map(|entry| &entry.labels) {
        *used.entry(label).or_default() += 1;
    }
    let mut used: Vec<(&Label, usize)> = used.into_iter().filter(|(label, _)| !has.contains(label)).collect();
    used.sort_by(|(a, many), (b, more)| more.cmp(many).then_with(|| a.cmp(b)));
    let names = |labels: &mut dyn Iterator<Item = &Label>| labels.map(Label::as_str).collect::<Vec<_>>().join(" ");
    let has_names = names(&mut has.iter());
    let others = names(&mut used.into_iter().take(NAMED).map(|(label, _)| label));
    match (has_names.is_empty(), others.is_empty()) {
        (true, true) => "words; with a - before it, one is taken off".to_owned(),
        (true, false) => format!("used: {others}"),
        (false, true) => format!("it has: {has_names}; -{} takes it off", has.first().map_or("", Label::as_str)),
        (false, false) => format!("it has: {has_names}; used: {others}"),
    }
}

/// Something for the line of what was asked.
pub(in crate::app::update) fn write_line(state: &mut State, input: TextInput) {
    if let Some(Overlay::Desk(prompt)) = state.window.overlay_mut()
        && prompt.line.take(input)
    {
        prompt.problem = None;
    }
}

/// Does what an action means while something is asked.
pub(in crate::app::update) fn answer(state: &mut State, action: Action, now: Timestamp) -> Option<Vec<Effect>> {
    let Some(Overlay::Desk(prompt)) = state.window.overlay_mut() else { return None };
    match action {
        Action::Back => {
            state.window.take_overlay();
            Some(Vec::new())
        }
        Action::Confirm => {
            let text = prompt.line.trim().to_owned();
            let change = match prompt.kind {
                DeskPromptKind::Labels if text.is_empty() => {
                    state.window.take_overlay();
                    return Some(Vec::new());
                }
                DeskPromptKind::Labels => read_labels(&text),
                DeskPromptKind::Note => Ok(DeskChange::Note(text)),
                DeskPromptKind::Snooze if text.is_empty() => Ok(DeskChange::Snooze(None)),
                DeskPromptKind::Snooze => match later(&text, now) {
                    Some(until) => Ok(DeskChange::Snooze(Some(until))),
                    None => Err(format!("That names no time to come. It takes {LATER_FORMS}.")),
                },
            };
            match change {
                Ok(change) => {
                    let of = std::mem::take(&mut prompt.of);
                    state.window.take_overlay();
                    Some(do_to(state, DeskDeed::Change(change), of, now))
                }
                Err(why) => {
                    prompt.problem = Some(SafeText::one_line(&why));
                    Some(Vec::new())
                }
            }
        }
        _ => None,
    }
}
