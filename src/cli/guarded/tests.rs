//! What is told of a case.

use super::*;
use crate::domain::{Attempt, CaseResult, SuiteTurn};

fn result(verdict: CaseVerdict, reply: &str) -> CaseResult {
    let turn = SuiteTurn {
        say: "How many?".to_owned(),
        reply: reply.to_owned(),
        finish: "stop".to_owned(),
        first_word_ms: None,
        reply_ms: None,
        quick_replies: Vec::new(),
        checks: Vec::new(),
    };
    let attempt = Attempt { verdict, conversation_id: None, turns: vec![turn], error: None };
    CaseResult {
        suite: "faq".to_owned(),
        case: "planets\u{7}".to_owned(),
        channel: "docs".to_owned(),
        verdict,
        messages: 1,
        ms: 1,
        attempts: vec![attempt],
    }
}

#[test]
fn a_changed_answer_is_shown_word_by_word_and_nothing_raw() {
    let before = [result(CaseVerdict::Passed, "eight planets")];
    let after = [result(CaseVerdict::Passed, "nine planets\u{1b}[2J\u{202e}")];
    let compared = CaseComparison::of_runs(&before, &after);
    let text = one(&compared[0], true, Styles::plain());
    assert!(text.starts_with("changed faq/planets"), "{text}");
    assert!(text.contains("said      How many?\n") && text.contains("[-eight-]{+nine+}"), "{text}");
    assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{7}']), "{text:?}");
    assert_eq!(one(&compared[0], false, Styles::plain()).lines().count(), 1);
    assert_eq!(totals(&ChangeTotals::count(&compared)), "1 changed");
}
