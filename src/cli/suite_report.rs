//! What came of a suite, in words and as `JUnit` XML. Everything that a bot said is made safe here.

use std::fmt::Write as _;

use super::output::{Style, Styles};
use crate::domain::{CaseResult, CaseVerdict, Check, SafeText, Side, SuiteTurn, shell_word, word_difference};
use crate::runtime::SuiteReport;

/// So much of a reply is shown, in lines.
const LINES: usize = 40;

/// One case in one line, and below it why it didn't pass.
pub(super) fn case(result: &CaseResult, styles: Styles) -> String {
    let (mark, style) = match result.verdict {
        CaseVerdict::Passed => ("ok", Style::Dim),
        CaseVerdict::Failed => ("FAILED", Style::Red),
        CaseVerdict::Error => ("ERROR", Style::Red),
        CaseVerdict::Skipped => ("skipped", Style::Dim),
    };
    let often = match result.attempts.len() {
        0 | 1 => String::new(),
        times => {
            let passed = result.attempts.iter().filter(|attempt| attempt.verdict == CaseVerdict::Passed).count();
            format!(" ({passed} of {times})")
        }
    };
    let name = one_line(&format!("{}/{}", result.suite, result.case));
    let mut text = format!("{} {name}{often}\n", styles.styled(&format!("{mark:<7}"), style));
    if result.verdict != CaseVerdict::Passed {
        why(&mut text, result, true, styles);
    }
    text
}

/// Why a case didn't pass; its reply `with` it, where that isn't shown otherwise.
pub(super) fn why(text: &mut String, result: &CaseResult, with: bool, styles: Styles) {
    let Some(attempt) = result.telling() else { return };
    let several = attempt.turns.len() > 1;
    for (at, turn) in attempt.turns.iter().enumerate().filter(|(_, turn)| !turn.holds()) {
        let which = if several { format!("turn {}: ", at + 1) } else { String::new() };
        if with {
            line(text, &format!("{which}said      {}", one_line(&turn.say)));
        }
        for check in turn.checks.iter().filter(|check| !check.holds) {
            missed(text, turn, check, styles);
        }
        if with && !turn.reply.is_empty() {
            line(text, "reply");
            quote(text, SafeText::new(&turn.reply).as_str());
        }
    }
    if let Some(error) = &attempt.error {
        line(text, &one_line(&error.message));
        error.hint.iter().for_each(|hint| line(text, &format!("hint: {}", one_line(hint))));
    }
    if let Some(id) = &attempt.conversation_id {
        let id = shell_word(&one_line(id));
        line(text, &format!("see       patchcord conversations show {id} -c {}", one_line(&result.channel)));
    }
}

/// What was expected, what came, and how they differ word by word.
fn missed(text: &mut String, turn: &SuiteTurn, check: &Check, styles: Styles) {
    line(text, &format!("expected  {}: {}", check.expect, one_line(&check.wanted)));
    check.came.iter().for_each(|came| line(text, &format!("came      {}", one_line(came))));
    check.reason.iter().for_each(|reason| line(text, &format!("reason    {}", one_line(reason))));
    if let Some(against) = &check.against {
        line(text, "differs");
        quote(text, &difference(against, &turn.reply, styles));
    }
}

/// What differs word by word, safe to show: `[-what went-]{+what came+}`, in colours where there are any.
pub(super) fn difference(old: &str, new: &str, styles: Styles) -> String {
    let parts = word_difference(SafeText::new(old).as_str(), SafeText::new(new).as_str());
    let part = |(side, text): &(Side, String)| match side {
        Side::Both => text.clone(),
        Side::Old => styles.styled(&format!("[-{text}-]"), Style::Red),
        Side::New => styles.styled(&format!("{{+{text}+}}"), Style::Bold),
    };
    parts.iter().map(part).collect()
}

/// A text as it stands, moved in; of a long one the beginning.
pub(super) fn quote(text: &mut String, quoted: &str) {
    let all = quoted.lines().count();
    quoted.lines().take(LINES).for_each(|quoted| line(text, &format!("  {quoted}")));
    if all > LINES {
        line(text, &format!("  … and {} lines more", all - LINES));
    }
}

pub(super) fn line(text: &mut String, line: &str) {
    let _ = writeln!(text, "        {}", line.trim_end());
}

pub(super) fn one_line(text: &str) -> String {
    SafeText::one_line(text).into_string()
}

/// The numbers, in a sentence.
pub(super) fn totals(report: &SuiteReport) -> String {
    let totals = report.totals();
    let some = [
        (totals.passed, "passed"),
        (totals.failed, "failed"),
        (totals.errors, "not to be told"),
        (totals.skipped, "skipped"),
    ];
    let some: Vec<String> =
        some.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
    let messages =
        if totals.messages == 1 { "1 message".to_owned() } else { format!("{} messages", totals.messages) };
    format!("{}; {messages}, {:.1} s", some.join(", "), report.ms as f64 / 1_000.0)
}

/// The results as `JUnit` XML: a suite each, its cases in order.
pub(super) fn junit(report: &SuiteReport) -> String {
    let mut suites: Vec<(&str, Vec<&CaseResult>)> = Vec::new();
    for result in &report.results {
        match suites.iter_mut().find(|(name, _)| *name == result.suite) {
            Some((_, cases)) => cases.push(result),
            None => suites.push((&result.suite, vec![result])),
        }
    }
    let all: Vec<&CaseResult> = report.results.iter().collect();
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(xml, "<testsuites name=\"patchcord\" {}>", counts(&all, report.ms));
    for (name, cases) in &suites {
        let ms = cases.iter().map(|result| result.ms).sum();
        let _ = writeln!(xml, "  <testsuite name=\"{}\" {}>", escaped(name), counts(cases, ms));
        for result in cases {
            junit_case(&mut xml, result);
        }
        xml.push_str("  </testsuite>\n");
    }
    xml.push_str("</testsuites>\n");
    xml
}

fn counts(cases: &[&CaseResult], ms: u64) -> String {
    let of = |verdict| cases.iter().filter(|result| result.verdict == verdict).count();
    format!(
        "tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{}\"",
        cases.len(),
        of(CaseVerdict::Failed),
        of(CaseVerdict::Error),
        of(CaseVerdict::Skipped),
        seconds(ms)
    )
}

fn junit_case(xml: &mut String, result: &CaseResult) {
    let _ = write!(
        xml,
        "    <testcase name=\"{}\" classname=\"{}\" time=\"{}\"",
        escaped(&result.case),
        escaped(&format!("{}.{}", result.suite, result.channel)),
        seconds(result.ms)
    );
    let missed = result.telling().and_then(|attempt| attempt.turns.iter().flat_map(|t| &t.checks).find(|c| !c.holds));
    let told = case(result, Styles::plain());
    let conversations: Vec<&str> =
        result.attempts.iter().filter_map(|attempt| attempt.conversation_id.as_deref()).collect();
    xml.push_str(">\n");
    match result.verdict {
        CaseVerdict::Passed => {}
        CaseVerdict::Failed => {
            let message = missed.map(|check| format!("{}: {}", check.expect, check.wanted)).unwrap_or_default();
            let kind = missed.map(|check| check.expect.as_str()).unwrap_or_default();
            let (message, kind, told) = (escaped(&message), escaped(kind), escaped(&told));
            let _ = writeln!(xml, "      <failure message=\"{message}\" type=\"{kind}\">{told}</failure>");
        }
        CaseVerdict::Error => {
            let (message, kind) =
                result.error().map(|error| (error.message.as_str(), error.kind.as_str())).unwrap_or_default();
            let (message, kind, told) = (escaped(message), escaped(kind), escaped(&told));
            let _ = writeln!(xml, "      <error message=\"{message}\" type=\"{kind}\">{told}</error>");
        }
        CaseVerdict::Skipped => xml.push_str("      <skipped/>\n"),
    }
    if !conversations.is_empty() {
        let _ = writeln!(xml, "      <system-out>conversations: {}</system-out>", escaped(&conversations.join(", ")));
    }
    xml.push_str("    </testcase>\n");
}

fn seconds(ms: u64) -> String {
    format!("{}.{:03}", ms / 1_000, ms % 1_000)
}

/// Text as XML has it. What XML 1.0 can't hold at all is marked, as on a screen.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in SafeText::new(text).as_str().chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Attempt, Failure, Kind};

    fn result(verdict: CaseVerdict) -> CaseResult {
        let check = Check {
            expect: "one_of".to_owned(),
            wanted: "\"eight planets\"".to_owned(),
            holds: verdict != CaseVerdict::Failed,
            came: None,
            reason: None,
            against: Some("eight planets".to_owned()),
        };
        let turn = SuiteTurn {
            say: "How <many>?".to_owned(),
            reply: "nine planets\u{1b}[2J\u{202e}]]>".to_owned(),
            finish: "stop".to_owned(),
            first_word_ms: None,
            reply_ms: None,
            quick_replies: Vec::new(),
            checks: vec![check],
        };
        let error = (verdict == CaseVerdict::Error).then(|| Failure::new(Kind::Network, "no way & none"));
        let attempt = Attempt { verdict, conversation_id: Some("7b $x".to_owned()), turns: vec![turn], error };
        CaseResult {
            suite: "faq".to_owned(),
            case: "planets \"\u{7}\"".to_owned(),
            channel: "docs".to_owned(),
            verdict,
            messages: 1,
            ms: 1_234,
            attempts: vec![attempt],
        }
    }

    #[test]
    fn a_failure_shows_what_was_expected_what_came_and_where_to_look() {
        let told = case(&result(CaseVerdict::Failed), Styles::plain());
        for wanted in [
            "FAILED  faq/planets \"␇\"\n",
            "said      How <many>?\n",
            "expected  one_of: \"eight planets\"\n",
            "[-eight-]{+nine+} planets",
            "see       patchcord conversations show '7b $x' -c docs\n",
        ] {
            assert!(told.contains(wanted), "{wanted}\n{told}");
        }
        assert!(!told.contains(['\u{1b}', '\u{202e}', '\u{7}']), "{told:?}");
        assert_eq!(case(&result(CaseVerdict::Passed), Styles::plain()).lines().count(), 1);
    }

    #[test]
    fn junit_holds_nothing_that_xml_can_not() {
        let verdicts = [CaseVerdict::Passed, CaseVerdict::Failed, CaseVerdict::Error, CaseVerdict::Skipped];
        let results = verdicts.map(result).to_vec();
        let report = SuiteReport { results, ms: 5_000, sent: 4, ..SuiteReport::default() };
        let xml = junit(&report);
        assert!(xml.contains("tests=\"4\" failures=\"1\" errors=\"1\" skipped=\"1\" time=\"5.000\""), "{xml}");
        assert!(xml.contains("<error message=\"no way &amp; none\" type=\"network\">"), "{xml}");
        assert!(xml.contains("name=\"planets &quot;␇&quot;\" classname=\"faq.docs\" time=\"1.234\""), "{xml}");
        assert!(xml.chars().all(|c| c == '\n' || !c.is_control()), "{xml:?}");
        assert!(!xml.contains("]]>"), "{xml}");
        assert_eq!(totals(&report), "1 passed, 1 failed, 1 not to be told, 1 skipped; 4 messages, 5.0 s");
    }
}
