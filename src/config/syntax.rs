//! What is wrong with a file before its keys are looked at: bytes that are no text, and text that is no TOML.

use toml::de::Error;

use super::table::ProblemSink;
use super::{Problem, SourceLocation};

/// With more broken lines than these, the file is something other than a config file with slips in it.
const MENDABLE: usize = 50;

/// The first byte that is no UTF-8.
pub(super) fn not_utf8(error: &std::string::FromUtf8Error) -> Problem {
    let bytes = error.as_bytes();
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Problem::file("expected UTF-8, found UTF-16: save it as UTF-8");
    }
    let good = &bytes[..error.utf8_error().valid_up_to()];
    let line_start = good.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
    let column = String::from_utf8_lossy(&good[line_start..]).chars().count() + 1;
    let line = good.split(|b| *b == b'\n').count();
    Problem {
        place: Some(SourceLocation { line, column }),
        key: None,
        text: "expected UTF-8, found a byte that is none".to_owned(),
        near: None,
    }
}

/// The parser's errors, the first of each line: what follows on the same line follows from it.
pub(super) fn problems(errors: &[Error], sink: &ProblemSink<'_>) -> Vec<Problem> {
    let mut problems: Vec<Problem> = Vec::new();
    let mut errors: Vec<&Error> = errors.iter().collect();
    errors.sort_by_key(|error| error.span().map_or(0, |span| span.start));
    for error in errors {
        let span = error.span().unwrap_or_default();
        let line = sink.source.line_number(span.start);
        if problems.last().and_then(|problem| problem.place).is_some_and(|last| last.line == line) {
            continue;
        }
        // The text that stands there may be half a secret, so it is only quoted where it is a key.
        let duplicate = error.message() == "duplicate key";
        problems.push(Problem {
            place: Some(sink.source.place(span.start)),
            key: duplicate.then(|| sink.source.slice(&span).to_owned()),
            text: if duplicate {
                "stands here a second time".to_owned()
            } else {
                format!("not TOML: {}", in_words(error.message()))
            },
            near: None,
        });
    }
    problems
}

/// The parser's words, but for the commonest slip, where they say something else.
fn in_words(message: &str) -> &str {
    match message {
        "string values must be quoted, expected literal string" => "expected a value; a string stands in quotes",
        other => other,
    }
}

/// The lines that hold a syntax error, with their text.
pub(super) fn broken_lines<'t>(errors: &[Error], sink: &ProblemSink<'t>) -> Vec<(usize, &'t str)> {
    let starts = errors.iter().map(|error| error.span().map_or(0, |span| span.start));
    let mut lines: Vec<_> = starts.map(|start| (sink.source.line_number(start), sink.source.line(start))).collect();
    lines.sort_unstable();
    lines.dedup();
    lines
}

/// Beside syntax errors, only those others count that don't follow from them: nothing on a broken line, nothing missed
/// that stands on one, and nothing at all if it is a table's header or a bracket that is broken.
pub(super) fn merge(syntax: Vec<Problem>, semantic: Vec<Problem>, broken: &[(usize, &str)]) -> Vec<Problem> {
    let structure = broken.iter().any(|(_, line)| line.trim_start().starts_with('['))
        || syntax
            .iter()
            .any(|problem| ["unclosed", "in array", "inline table"].iter().any(|w| problem.text.contains(w)));
    if structure || broken.len() > MENDABLE {
        return syntax;
    }
    let follows = |problem: &Problem| {
        let on_broken_line = problem.place.is_some_and(|place| broken.iter().any(|(line, _)| *line == place.line));
        let stands_on_one =
            problem.key.as_deref().is_some_and(|key| broken.iter().any(|(_, line)| line.contains(key)));
        on_broken_line || (problem.text.starts_with("missing") && stands_on_one)
    };
    let mut problems = syntax;
    problems.extend(semantic.into_iter().filter(|problem| !follows(problem)));
    problems
}
