//! One answer beside another: the kept one beside the new one, and this run's beside the one before.

use super::stack::Stack;
use crate::app::{Action, CaseEntry, State};
use crate::domain::{CaseResult, Timestamp};
use crate::ui::popup::keyed;
use crate::ui::theme;

/// The answer that waits beside the kept one, and what to do about it.
pub(super) fn changed(stack: &mut Stack, state: &State, case: &CaseEntry) {
    let Some(changed) = &case.changed else { return };
    let sheet = stack.facts();
    let ways =
        [keyed(state, Action::AcceptAnswer, "keeps the new one"), keyed(state, Action::RefuseAnswer, "refuses it")];
    let ways: Vec<String> = ways.into_iter().filter(|way| !way.is_empty()).collect();
    match &changed.old {
        None => {
            sheet.heading("A first answer waits", "");
            sheet.note(&ways.join("; "), theme::DIM);
            stack.answer(&changed.new);
        }
        Some(old) => {
            sheet.heading("The answer is not the kept one", "what differs, by words");
            sheet.note(&ways.join("; "), theme::DIM);
            stack.difference(old, &changed.new);
            stack.facts().blank();
            stack.beside(("kept", old), ("new", &changed.new));
        }
    }
}

/// What was answered last beside what was answered in the run before.
pub(super) fn before(stack: &mut Stack, case: &CaseEntry, now: Timestamp) {
    // The kept one stands above.
    if case.changed.is_some() {
        return;
    }
    let (Some(last), Some((at, before))) = (case.last(), case.before()) else { return };
    let (old, new) = (replies(before), replies(last));
    if old.is_empty() || new.is_empty() {
        return;
    }
    if old == new {
        stack.facts().heading("The run before", "was answered the same");
        return;
    }
    stack.facts().heading("The run before", "what differs, by words");
    stack.difference(&old, &new);
    stack.facts().blank();
    let name = match at.ago(now).as_str() {
        "now" => "before".to_owned(),
        ago => format!("before, {ago} ago"),
    };
    stack.beside((&name, &old), ("now", &new));
}

/// All replies of the time that tells.
fn replies(result: &CaseResult) -> String {
    let turns = result.telling().into_iter().flat_map(|attempt| &attempt.turns);
    turns.map(|turn| turn.reply.trim_end()).collect::<Vec<_>>().join("\n\n")
}
