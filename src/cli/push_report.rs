//! What is told of rows that are pushed, imported and pulled, in words.

use super::json;
use super::output::{Output, Stop};
use crate::domain::{Failure, Kind};
use crate::runtime::folder::{Progress, Pushed, RowReport};

/// So many files that are no rows are named.
const NAMED: usize = 10;

/// How far it is.
pub(super) fn in_words(progress: &Progress) -> String {
    let of = |what: &str, done: &usize, of: &usize| format!("{what} {} of {}", count(*done), count(*of));
    match progress {
        Progress::Listed(known) => format!("{} rows", count(*known)),
        Progress::Read { done, of: all } => of("read", done, all),
        Progress::Changed { done, of: all } => of("changed", done, all),
        Progress::Syncing => "syncing".to_owned(),
    }
}

/// A number with its thousands apart.
pub(super) fn count(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The numbers that are not nothing, with their words.
pub(super) fn counts(all: &[(usize, &str)], otherwise: &str) -> String {
    let some: Vec<String> = all
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| format!("{} {word}", count(*number)))
        .collect();
    if some.is_empty() { otherwise.to_owned() } else { some.join(", ") }
}

/// A line for each row or file about which there is something to say.
pub(super) fn tell(label: &str, list: &[RowReport], output: &mut Output) {
    for told in list {
        output.aside(&format!("{label}: {}: {}", named(told), told.why));
    }
}

fn named(told: &RowReport) -> &str {
    told.path.as_deref().filter(|path| !path.is_empty()).unwrap_or(&told.name)
}

/// What is no row, by the reason: a line each, with as many names as are read at a glance.
fn tell_passed(list: &[RowReport], all: bool, output: &mut Output) {
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for told in list {
        match reasons.iter_mut().find(|(why, _)| *why == told.why) {
            Some((_, names)) => names.push(named(told)),
            None => reasons.push((&told.why, vec![named(told)])),
        }
    }
    for (why, names) in reasons {
        let shown = if all { names.len() } else { NAMED };
        let more = names.len().saturating_sub(shown);
        let first: Vec<&str> = names.into_iter().take(shown).collect();
        let more = if more > 0 { format!(" and {} more (-v)", count(more)) } else { String::new() };
        output.aside(&format!("passed over: {}{more}: {why}", first.join(", ")));
    }
}

/// Tells what was done and what was not.
pub(super) fn report(
    pushed: Pushed,
    (dry, verbose): (bool, bool),
    conflicts: &str,
    output: &mut Output,
) -> Result<(), Stop> {
    if output.is_json() {
        output.json(&json::pushed(&pushed))?;
    } else {
        // With a dry run this is what was asked for; otherwise it is told where it did not go well.
        if dry {
            for told in &pushed.done {
                output.line(&format!("{} {}", told.why, told.path.as_deref().unwrap_or(&told.name)))?;
            }
        } else if pushed.stopped.is_some() || !pushed.failed.is_empty() {
            tell("done", &pushed.done, output);
        }
        if verbose {
            tell("kept", &pushed.kept, output);
        }
        tell_passed(&pushed.passed, verbose, output);
        tell("older", &pushed.older, output);
        tell("conflict", &pushed.conflicts, output);
        tell("failed", &pushed.failed, output);
    }
    let done = counts(
        &[
            (pushed.created, "created"),
            (pushed.updated, "updated"),
            (pushed.renamed, "renamed"),
            (pushed.deleted, "deleted"),
        ],
        "nothing was changed",
    );
    let not = counts(
        &[
            (pushed.older.len(), "older here"),
            (pushed.conflicts.len(), "in conflict"),
            (pushed.failed.len(), "failed"),
            (pushed.left, "not begun"),
        ],
        "",
    );
    let would = if dry && pushed.changed() > 0 { "would be: " } else { "" };
    let mut told = if not.is_empty() { format!("{would}{done}") } else { format!("{would}{done}; {not}") };
    if !pushed.kept.is_empty() && !verbose && !output.is_json() {
        told = format!("{told}; {} left as they are (-v lists them)", count(pushed.kept.len()));
    }
    if let Some(mut failure) = pushed.stopped {
        failure.message = format!("{}; {told}", failure.message);
        let failure = if failure.hint.is_some() { failure } else { failure.hint("Running it again finishes it.") };
        return Err(failure.into());
    }
    if !pushed.failed.is_empty() {
        // The code is that of what stopped it, and so are its words.
        let cause = pushed.cause.unwrap_or_else(|| Failure::new(Kind::Failed, ""));
        let message = if cause.message.is_empty() { told } else { format!("{}; {told}", cause.message) };
        let hint = cause.hint.clone().unwrap_or_else(|| "Running it again finishes it.".to_owned());
        return Err(Failure { message, ..cause }.hint(hint).into());
    }
    if !pushed.older.is_empty() || !pushed.conflicts.is_empty() {
        let hint = if pushed.conflicts.is_empty() {
            "The folder is at another version than the one last pushed: a revert, an older tag, another branch. \
             --overwrite makes the platform what it says; a pull with --overwrite brings what stands there."
        } else {
            conflicts
        };
        return Err(Failure::new(Kind::Failed, told).hint(hint).into());
    }
    if !output.is_json() {
        let synced = if pushed.synced.is_some() { "; synced" } else { "" };
        output.aside(&format!("{told}{synced}"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_at_a_glance() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(in_words(&Progress::Read { done: 412, of: 1_000 }), "read 412 of 1,000");
        assert_eq!(counts(&[(2, "created"), (0, "updated"), (1, "deleted")], "nothing"), "2 created, 1 deleted");
        assert_eq!(counts(&[(0, "created")], "nothing"), "nothing");
    }

    #[test]
    fn what_was_not_done_is_told_with_what_was() {
        let told = |path: &str| RowReport {
            path: Some(path.to_owned()),
            name: "n".to_owned(),
            id: None,
            why: "why".to_owned(),
        };
        let pushed = Pushed {
            created: 1,
            done: vec![told("a.md")],
            failed: vec![told("b\u{202e}.md")],
            left: 3,
            ..Pushed::default()
        };
        let (mut output, out, err) = Output::memory(false);
        let Err(Stop::Failure(failure)) = report(pushed, (false, false), "", &mut output) else {
            panic!("no failure")
        };
        assert_eq!((failure.kind, failure.message.as_str()), (Kind::Failed, "1 created; 1 failed, 3 not begun"));
        assert_eq!(out.text(), "");
        assert!(err.text().starts_with("done: a.md: why\nfailed: b") && !err.text().contains('\u{202e}'));
        let pushed = Pushed { created: 1, conflicts: vec![told("b.md")], ..Pushed::default() };
        let (mut output, _, _) = Output::memory(false);
        let Err(Stop::Failure(failure)) = report(pushed, (true, false), "", &mut output) else {
            panic!("no failure")
        };
        assert_eq!(failure.message, "would be: 1 created; 1 in conflict");
    }
}
