//! A suite or a case whole: what it asks, what was expected and didn't hold, what was replied, and how it went before.

use super::answers;
use super::list::standing;
use super::marks::{mark, messages, of_verdict, took};
use super::stack::Stack;
use crate::app::{Action, CaseEntry, State, SuiteEntry};
use crate::domain::{Attempt, CaseResult, CaseVerdict, Check, SafeText, SuiteTurn, Timestamp};
use crate::ui::glyphs::Glyphs;
use crate::ui::popup::keyed;
use crate::ui::sheet::Sheet;
use crate::ui::theme;

/// So many columns of a time in the history.
const WORD: usize = 10;

/// What stands in the right pane.
pub(super) fn describe(stack: &mut Stack, state: &State, glyphs: &Glyphs, now: Timestamp) {
    stack.begin();
    match (state.suites.selected_suite(), state.suites.selected_case()) {
        (Some(suite), Some(case)) => of_case(stack, state, suite, case, glyphs, now),
        (Some(suite), None) => of_suite(stack.facts(), state, suite, glyphs),
        (None, _) => stack
            .facts()
            .note("Here stands what each case was answered, and whether that is as it should be.", theme::DIM),
    }
}

fn of_suite(sheet: &mut Sheet, state: &State, suite: &SuiteEntry, glyphs: &Glyphs) {
    let (told, style) = standing(state, suite, glyphs);
    sheet.note(&told, style.patch(theme::BOLD));
    sheet.blank();
    sheet.fact("suite", &suite.name);
    sheet.fact("file", &suite.path.to_string_lossy());
    sheet.fact("channel", suite.channel.as_ref().map_or("the one that is meant", |name| name.as_str()));
    sheet.fact("costs", &format!("{} at most", messages(suite.messages())));
    if let Some(dir) = &state.suites.answers {
        sheet.fact("answers", &format!("kept in {}", dir.to_string_lossy()));
    }
    if let Some(problem) = &suite.problem {
        sheet.heading("What is wrong with its file", "");
        for line in problem.message.lines() {
            sheet.note(line, theme::BAD);
        }
        if let Some(hint) = &problem.hint {
            sheet.note(hint, theme::PLAIN);
        }
        sheet.blank();
        sheet.note(&keyed(state, Action::EditSuite, "edits it; it is read again once it is written."), theme::DIM);
    }
}

fn of_case(stack: &mut Stack, state: &State, suite: &SuiteEntry, case: &CaseEntry, glyphs: &Glyphs, now: Timestamp) {
    let (glyph, word, style) = mark(state.suites.state_of(&suite.path, case), glyphs);
    let sheet = stack.facts();
    sheet.pair(&format!("{glyph} {word}  "), style.patch(theme::BOLD), &case.name, theme::BOLD);
    if let Some(at) = case.unfinished {
        let text = format!(
            "It was begun {} and not ended: that run was stopped or killed, or another process is at it. What it said may \
             have arrived.",
            ago(at, now)
        );
        sheet.note(&text, theme::WARN);
    }
    if let Some(result) = case.last() {
        facts(sheet, result, case, now);
    } else if case.case.is_some() {
        sheet.note(&format!("Not asked yet; it costs {} at most.", messages(case.messages())), theme::DIM);
    }
    if case.case.is_none() {
        sheet.note("What it asks is not known: its file is wrong.", theme::DIM);
    }
    answers::changed(stack, state, case);
    match case.last().and_then(CaseResult::telling) {
        Some(attempt) => came(stack, attempt),
        None => asks(stack.facts(), case),
    }
    answers::before(stack, case, now);
    history(stack.facts(), case, glyphs, now);
}

fn facts(sheet: &mut Sheet, result: &CaseResult, case: &CaseEntry, now: Timestamp) {
    let at = case.past.first().map(|past| past.at);
    let when = at.map(|at| format!("{}, ", ago(at, now))).unwrap_or_default();
    let often = match result.attempts.len() {
        0 | 1 => String::new(),
        times => {
            let passed = result.attempts.iter().filter(|attempt| attempt.verdict == CaseVerdict::Passed).count();
            format!(", {passed} of {times} times it passed")
        }
    };
    sheet.note(&format!("asked {when}on {}, {}{often}", result.channel, took(result.ms)), theme::DIM);
}

fn ago(at: Timestamp, now: Timestamp) -> String {
    match at.ago(now).as_str() {
        "now" => "just now".to_owned(),
        ago => format!("{ago} ago"),
    }
}

/// What it will say, and what is expected, where it was not asked yet.
fn asks(sheet: &mut Sheet, case: &CaseEntry) {
    let turns = case.asks();
    let several = turns.len() > 1;
    for (at, (say, expect)) in turns.iter().enumerate() {
        said(sheet, say, several.then_some(at + 1));
        for (word, wanted) in expect {
            sheet.pair(&format!("  {word}  "), theme::DIM, wanted, theme::PLAIN);
        }
    }
}

fn said(sheet: &mut Sheet, say: &str, nth: Option<usize>) {
    sheet.blank();
    let lead = nth.map_or_else(|| "said".to_owned(), |nth| format!("turn {nth}"));
    sheet.note(&lead, theme::USER.patch(theme::BOLD));
    sheet.text(SafeText::new(say), theme::PLAIN);
}

/// What it said, what was expected and whether it holds, what came.
fn came(stack: &mut Stack, attempt: &Attempt) {
    let several = attempt.turns.len() > 1;
    for (at, turn) in attempt.turns.iter().enumerate() {
        said(stack.facts(), &turn.say, several.then_some(at + 1));
        checks(stack, turn);
        let sheet = stack.facts();
        sheet.blank();
        sheet.note(&reply_words(turn), theme::BOT.patch(theme::BOLD));
        if turn.reply.trim().is_empty() {
            sheet.note("nothing", theme::DIM);
        } else {
            stack.answer(&turn.reply);
        }
        for offered in &turn.quick_replies {
            stack.facts().note(&format!("[ {offered} ]"), theme::DIM);
        }
    }
    if let Some(error) = &attempt.error {
        let sheet = stack.facts();
        sheet.blank();
        sheet.note(&error.sentence(), theme::BAD);
        error.hint.iter().for_each(|hint| sheet.note(hint, theme::PLAIN));
    }
}

fn reply_words(turn: &SuiteTurn) -> String {
    let mut words = vec!["reply".to_owned()];
    if turn.finish != "stop" {
        words.push(format!("ended: {}", turn.finish));
    }
    words.extend(turn.reply_ms.map(took));
    words.join(", ")
}

fn checks(stack: &mut Stack, turn: &SuiteTurn) {
    // What didn't hold stands first.
    let missed = turn.checks.iter().filter(|check| !check.holds);
    for check in missed.chain(turn.checks.iter().filter(|check| check.holds)) {
        one(stack, turn, check);
    }
}

fn one(stack: &mut Stack, turn: &SuiteTurn, check: &Check) {
    let (word, style) = if check.holds { ("holds", theme::DIM) } else { ("MISSED", theme::BAD) };
    let text = format!("{}: {}", check.expect, check.wanted);
    let sheet = stack.facts();
    sheet.pair(&format!("  {word}  "), style, &text, if check.holds { theme::DIM } else { theme::PLAIN });
    check
        .came
        .iter()
        .filter(|_| !check.holds)
        .for_each(|came| sheet.pair("    came  ", theme::DIM, came, theme::PLAIN));
    check.reason.iter().for_each(|reason| sheet.pair("    reason  ", theme::DIM, reason, theme::PLAIN));
    if let Some(against) = check.against.as_ref().filter(|_| !check.holds) {
        sheet.note("    expected beside what came, by words", theme::DIM);
        stack.difference(against, &turn.reply);
    }
}

/// How it went in the last runs, newest first.
fn history(sheet: &mut Sheet, case: &CaseEntry, glyphs: &Glyphs, now: Timestamp) {
    if case.past.is_empty() {
        return;
    }
    sheet.heading("History", "newest first");
    for past in &case.past {
        let (glyph, word, style) = of_verdict(past.verdict, glyphs);
        let text = format!("{}  {}, {}", past.at.exact(), ago(past.at, now), took(past.ms));
        sheet.pair(&format!("{glyph} {word:WORD$}"), style, &text, theme::DIM);
    }
}
