//! `sources pull`, `diff`, `push`, `import` and `export`: a source as a folder and as one file.

use tokio::sync::{mpsc, watch};

use super::args::{Cli, DiffArgs, ExportRowsArgs, FolderCommand, ImportRowsArgs, PullArgs, PushArgs, RowFormat};
use super::output::{Output, Stop};
use super::push_report::{count, counts, in_words, report, tell};
use super::signals::Signals;
use super::sources::source;
use super::{confirm, difference, guarded, json};
use crate::domain::{Failure, Kind};
use crate::runtime::Runtime;
use crate::runtime::folder::{ImportOptions, Pulled, PushOptions, Watch};

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
    if !args.test.is_empty() || args.resume.is_some() {
        return guarded::run(cli, args, output).await;
    }
    if args.undo_on_broken {
        let failure = Failure::new(Kind::Usage, "--undo-on-broken needs --test SUITE, which tells what broke");
        return Err(failure.hint("Nothing was changed.").into());
    }
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
        let Some((deleted, of)) = pushed.ask.filter(|_| !args.dry_run) else { break pushed };
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
