//! `sources pull`, `diff`, `push`, `import` and `export`: a source as a folder and as one file.

use tokio::sync::{mpsc, watch};

use super::args::{Cli, DiffArgs, ExportRowsArgs, FolderCommand, ImportRowsArgs, PullArgs, PushArgs, RowFormat};
use super::output::{Output, Stop};
use super::signals::Signals;
use super::sources::source;
use super::{confirm, difference, json};
use crate::domain::{Failure, Kind};
use crate::runtime::Runtime;
use crate::runtime::folder::{ImportOptions, Progress, Pulled, PushOptions, Pushed, RowReport, Watch};

/// So many files that are no rows are named.
const NAMED: usize = 10;

/// Runs one of them.
pub(super) async fn run(cli: &Cli, command: &FolderCommand, output: &mut Output) -> Result<(), Stop> {
    match command {
        FolderCommand::Pull(args) => pull(cli, args, output).await,
        FolderCommand::Diff(args) => diff(cli, args, output).await,
        FolderCommand::Push(args) => Box::pin(push(cli, args, output)).await,
        FolderCommand::Import(args) => import(cli, args, output).await,
        FolderCommand::Export(args) => export(cli, args, output).await,
    }
}

/// Opens what is needed, does the work and shows how far it is. The first signal winds it up, the second drops it.
async fn work<T>(
    cli: &Cli,
    output: &mut Output,
    work: impl AsyncFnOnce(&Runtime, Watch) -> Result<T, Failure>,
) -> Result<T, Stop> {
    let mut signals = Signals::new()?;
    let runtime = Runtime::open(&cli.setup())?;
    let (cancel, cancelled) = watch::channel(false);
    let (to, mut from) = mpsc::unbounded_channel();
    let result = {
        let working = work(&runtime, Watch { to, cancelled });
        let shown = async {
            let mut working = std::pin::pin!(working);
            loop {
                tokio::select! {
                    biased;
                    result = &mut working => return result,
                    Some(progress) = from.recv() => output.progress(&in_words(&progress)),
                }
            }
        };
        signals.wind_up(&cancel, shown).await
    };
    output.progress("");
    runtime.close().await;
    Ok(result??)
}

fn in_words(progress: &Progress) -> String {
    let of = |what: &str, done: &usize, of: &usize| format!("{what} {} of {}", count(*done), count(*of));
    match progress {
        Progress::Listed(known) => format!("{} rows", count(*known)),
        Progress::Read { done, of: all } => of("read", done, all),
        Progress::Changed { done, of: all } => of("changed", done, all),
        Progress::Syncing => "syncing".to_owned(),
    }
}

/// A number with its thousands apart.
fn count(number: usize) -> String {
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
fn counts(all: &[(usize, &str)], otherwise: &str) -> String {
    let some: Vec<String> = all
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| format!("{} {word}", count(*number)))
        .collect();
    if some.is_empty() { otherwise.to_owned() } else { some.join(", ") }
}

/// A line for each row or file about which there is something to say.
fn tell(label: &str, list: &[RowReport], output: &mut Output) {
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

async fn pull(cli: &Cli, args: &PullArgs, output: &mut Output) -> Result<(), Stop> {
    let source = source(&args.place.id)?;
    let pulled =
        work(cli, output, async |runtime, watch| runtime.pull(&source, &args.place.dir, args.overwrite, watch).await)
            .await?;
    let done = counts(
        &[
            (pulled.written, "written"),
            (pulled.moved, "moved"),
            (pulled.removed, "removed"),
            (pulled.unchanged, "unchanged"),
            (pulled.kept.len(), "kept"),
        ],
        if pulled.total == 0 { "no rows" } else { "nothing was written" },
    );
    if output.is_json() {
        output.json(&json::pulled(&pulled))?;
    } else {
        tell("conflict", &pulled.conflicts, output);
        tell("kept", &pulled.kept, output);
        if pulled.stopped.is_none() {
            output.aside(&done);
        }
    }
    ended_pull(pulled, &done)
}

/// How a pull ends that did not go well.
fn ended_pull(pulled: Pulled, done: &str) -> Result<(), Stop> {
    if let Some(mut failure) = pulled.stopped {
        failure.message = format!("{}; of {} rows: {done}", failure.message, count(pulled.total));
        return Err(failure.hint("What came is kept: the next pull goes on from there.").into());
    }
    if pulled.conflicts.is_empty() {
        return Ok(());
    }
    let both = pulled.conflicts.len().saturating_sub(pulled.blocked + pulled.unreadable);
    let left = |number: usize, why: &str| match number {
        0 => None,
        1 => Some(format!("1 file was left, since {why}")),
        n => Some(format!("{} files were left, since {why}", count(n))),
    };
    let all = [
        left(both, "both sides changed"),
        left(pulled.blocked, "something else stands there"),
        left(pulled.unreadable, "what stands there can't be read"),
    ];
    let kind = if both + pulled.blocked == 0 { Kind::Invalid } else { Kind::Failed };
    let hint = if both > 0 {
        "`patchcord sources diff` shows how. --overwrite takes the platform's side."
    } else {
        "Move it away, or mend it, and pull again."
    };
    Err(Failure::new(kind, all.into_iter().flatten().collect::<Vec<_>>().join("; ")).hint(hint).into())
}

async fn diff(cli: &Cli, args: &DiffArgs, output: &mut Output) -> Result<(), Stop> {
    let source = source(&args.place.id)?;
    let dir = &args.place.dir;
    let found = work(cli, output, async |runtime, watch| runtime.difference(&source, dir, watch).await).await?;
    if output.is_json() {
        output.json(&json::differences(&found))?;
    } else {
        let text = difference::text(&found.all, |text, style| output.styled(text, style));
        output.exact(&text)?;
        tell("failed", &found.failed, output);
    }
    match found.failed.len() {
        0 if args.exit_code && !found.all.is_empty() => {
            let what = if found.all.len() == 1 {
                "1 row differs".to_owned()
            } else {
                format!("{} rows differ", count(found.all.len()))
            };
            Err(Failure::new(Kind::Failed, what).into())
        }
        0 => Ok(()),
        1 => Err(Failure::new(Kind::Invalid, "1 file can't be compared").into()),
        n => Err(Failure::new(Kind::Invalid, format!("{} files can't be compared", count(n))).into()),
    }
}

async fn push(cli: &Cli, args: &PushArgs, output: &mut Output) -> Result<(), Stop> {
    let source = source(&args.place.id)?;
    let mut options = PushOptions {
        prune: args.prune,
        dry_run: args.dry_run,
        sync: args.sync,
        overwrite: args.overwrite,
        keep_going: args.keep_going,
        yes: args.yes,
    };
    let pushed = loop {
        let pushed = Box::pin(work(cli, output, async |runtime, watch| {
            runtime.push(&source, &args.place.dir, options, watch).await
        }))
        .await?;
        let Some((deleted, of)) = pushed.ask else { break pushed };
        let (deleted, of) = (count(deleted), count(of));
        let (needs, question) = (
            format!("{deleted} of {of} rows would be deleted: more than half needs"),
            format!("{deleted} of {of} rows would be deleted. Delete them?"),
        );
        confirm::wanted(false, (&needs, &question), &mut Signals::new()?, output).await?;
        options.yes = true;
    };
    let hint = "`patchcord sources diff` shows how. --overwrite takes this folder's side; a pull brings the other.";
    report(pushed, (args.dry_run, cli.verbose > 0), hint, output)
}

async fn import(cli: &Cli, args: &ImportRowsArgs, output: &mut Output) -> Result<(), Stop> {
    let source = source(&args.id)?;
    let options = ImportOptions { update: args.update, keep_going: args.keep_going };
    let pushed = Box::pin(work(cli, output, async |runtime, watch| {
        runtime.import_rows(&source, &args.files, options, watch).await
    }))
    .await?;
    report(pushed, (false, cli.verbose > 0), "Run it again.", output)
}

async fn export(cli: &Cli, args: &ExportRowsArgs, output: &mut Output) -> Result<(), Stop> {
    let source = source(&args.id)?;
    let RowFormat::Jsonl = args.format;
    let text = work(cli, output, async |runtime, watch| runtime.export_rows(&source, watch).await).await?;
    output.exported(&text)
}

/// Tells what was done and what was not.
fn report(pushed: Pushed, (dry, verbose): (bool, bool), conflicts: &str, output: &mut Output) -> Result<(), Stop> {
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
