//! A suite around what is staged, drawn: which is chosen, and what became of each case, word by word.

use ratatui::style::Style;

use super::count;
use crate::app::sources::{GuardEnd, GuardFate};
use crate::app::{Action, State};
use crate::domain::{CaseChange, CaseComparison, SafeText, Side, word_difference};
use crate::ui::glyphs::Glyphs;
use crate::ui::popup::keyed;
use crate::ui::sheet::Sheet;
use crate::ui::theme;

/// So many changed answers are shown with their words; of the rest the names.
const SHOWN: usize = 50;

/// What is asked around what is applied, above the review of it.
pub(super) fn around(sheet: &mut Sheet, state: &State) {
    let guard = &state.channel().sources.guard;
    let next = keyed(state, Action::GuardSuite, "");
    let next = next.trim();
    match guard.suite() {
        _ if guard.suites.as_ref().is_none_or(Vec::is_empty) => return,
        None if next.is_empty() => return,
        None => sheet.note(&format!("{next} asks a suite before and after, and shows what changed."), theme::DIM),
        Some(suite) => {
            let name = SafeText::one_line(&suite.name);
            let messages = usize::try_from(suite.messages).unwrap_or(usize::MAX);
            let cost = format!(
                "{}, at most {}",
                count(suite.cases, "case", "cases"),
                count(messages, "message", "messages")
            );
            sheet.note(
                &format!("Around {}: {cost}, before and after. {next}: another.", name.as_str()),
                theme::ACCENT,
            );
            let undo = keyed(state, Action::GuardUndo, "");
            let (stands, other) = if guard.undo {
                ("Where a case breaks, all is put back.", "leaves it")
            } else {
                ("Where a case breaks, the rows stay.", "puts all back then")
            };
            sheet.note(&format!("{stands} {} {other}.", undo.trim()), theme::ACCENT);
        }
    }
    sheet.blank();
}

/// A run that was cut off.
pub(super) fn unfinished(state: &State, far: &str) -> Sheet {
    let mut sheet = Sheet::default();
    sheet.note(far, theme::WARN);
    sheet.blank();
    ways(&mut sheet, state);
    sheet
}

/// What came of a run.
pub(super) fn details(state: &State, end: &GuardEnd, glyphs: &Glyphs) -> Sheet {
    let mut sheet = Sheet::default();
    let messages = usize::try_from(end.messages).unwrap_or(usize::MAX);
    let style = if end.broken() > 0 { theme::BAD } else { theme::BOLD };
    sheet.note(&format!("{}; {}", end.totals(), count(messages, "message", "messages")), style);
    let style = if end.fate == GuardFate::Unfinished || !end.left.is_empty() { theme::WARN } else { theme::PLAIN };
    sheet.note(&end.outcome(), style);
    if let Some(failure) = &end.failure {
        sheet.note(&failure.sentence(), theme::WARN);
    }
    for row in &end.left {
        sheet.note(&format!("{} not put back: {row}", glyphs.failed), theme::WARN);
    }
    ways(&mut sheet, state);
    let mut shown = 0;
    // What matters most stands first.
    let order =
        [CaseChange::Broken, CaseChange::Changed, CaseChange::Mended, CaseChange::StillFailing, CaseChange::Untold];
    for change in order {
        for case in end.cases.iter().filter(|case| case.change == change) {
            sheet.blank();
            one(&mut sheet, case, shown < SHOWN);
            shown += 1;
        }
    }
    let same = end.cases.iter().filter(|case| case.change == CaseChange::Same).count();
    if same > 0 {
        sheet.blank();
        let cases = count(same, "case has", "cases have");
        sheet.note(&format!("{cases} the same answers as before."), theme::DIM);
    }
    sheet
}

fn ways(sheet: &mut Sheet, state: &State) {
    let ways = [
        (Action::GuardGoOn, "goes on"),
        (Action::GuardUndo, "puts the rows back"),
        (Action::GuardLeave, "ends it as it stands"),
    ];
    let ways: Vec<String> =
        ways.into_iter().filter(|(way, _)| state.offers(*way)).map(|(way, does)| keyed(state, way, does)).collect();
    if !ways.is_empty() {
        sheet.note(&ways.join(", "), theme::ACCENT);
    }
}

/// One case, and below it how its answer differs.
fn one(sheet: &mut Sheet, case: &CaseComparison, whole: bool) {
    let style: Style = match case.change {
        CaseChange::Broken | CaseChange::Untold => theme::BAD,
        CaseChange::StillFailing | CaseChange::Same => theme::DIM,
        CaseChange::Changed | CaseChange::Mended => theme::BOLD,
    };
    let name = format!("{}/{}", case.before.suite, case.before.case);
    sheet.pair(&format!("{:14}", case.change.in_words()), style, &name, theme::BOLD);
    if !whole {
        return;
    }
    for turn in case.changed_turns() {
        sheet.pair("said          ", theme::DIM, turn.say, theme::PLAIN);
        let (before, after) = (turn.before.unwrap_or_default(), turn.after.unwrap_or_default());
        sheet.note(&difference(before, after), theme::PLAIN);
    }
}

/// What differs between two answers: `[-what went-]{+what came+}`.
fn difference(old: &str, new: &str) -> String {
    let parts = word_difference(SafeText::new(old).as_str(), SafeText::new(new).as_str());
    let part = |(side, text): (Side, String)| match side {
        Side::Both => text,
        Side::Old => format!("[-{text}-]"),
        Side::New => format!("{{+{text}+}}"),
    };
    parts.into_iter().map(part).collect()
}
