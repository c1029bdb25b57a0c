//! `sources pull`, `diff`, `push`, `import` and `export`: a source as a folder and as one file.

use tokio::sync::{mpsc, watch};

use super::args::{Cli, ExportRows, Folder, Import, Lines, Place, Pull, Push};
use super::output::{Output, Stop};
use super::signals::Signals;
use super::sources::source;
use super::{difference, json};
use crate::domain::{Failure, Kind};
use crate::runtime::Runtime;
use crate::runtime::folder::{Progress, Pulled, PushOptions, Pushed, Told, Watch};

/// Runs one of them.
pub(super) async fn run(cli: &Cli, command: &Folder, output: &mut Output) -> Result<(), Stop> {
    match command {
        Folder::Pull(args) => pull(cli, args, output).await,
        Folder::Diff(args) => diff(cli, args, output).await,
        Folder::Push(args) => push(cli, args, output).await,
        Folder::Import(args) => import(cli, args, output).await,
        Folder::Export(args) => export(cli, args, output).await,
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
fn tell(label: &str, list: &[Told], output: &mut Output) {
    for told in list {
        let what = told.path.as_deref().filter(|path| !path.is_empty()).unwrap_or(&told.name);
        output.aside(&format!("{label}: {what}: {}", told.why));
    }
}

async fn pull(cli: &Cli, args: &Pull, output: &mut Output) -> Result<(), Stop> {
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
    let conflicts = pulled.conflicts.len();
    let files = if conflicts == 1 { "file was" } else { "files were" };
    let failure = Failure::new(Kind::Failed, format!("{} {files} left, since both sides changed", count(conflicts)));
    Err(failure.hint("`patchcord sources diff` shows how. --overwrite takes the platform's side.").into())
}

async fn diff(cli: &Cli, args: &Place, output: &mut Output) -> Result<(), Stop> {
    let source = source(&args.id)?;
    let found = work(cli, output, async |runtime, watch| runtime.difference(&source, &args.dir, watch).await).await?;
    if output.is_json() {
        return output.json(&json::differences(&found));
    }
    let text = difference::text(&found, |text, style| output.styled(text, style));
    output.exact(&text)
}

async fn push(cli: &Cli, args: &Push, output: &mut Output) -> Result<(), Stop> {
    let source = source(&args.place.id)?;
    let options =
        PushOptions { prune: args.prune, dry_run: args.dry_run, sync: args.sync, overwrite: args.overwrite };
    let pushed = work(cli, output, async |runtime, watch| {
        // Boxed for its size.
        Box::pin(runtime.push(&source, &args.place.dir, options, watch)).await
    })
    .await?;
    let hint = "`patchcord sources diff` shows how. --overwrite takes this folder's side; a pull brings the other.";
    report(pushed, args.dry_run, hint, output)
}

async fn import(cli: &Cli, args: &Import, output: &mut Output) -> Result<(), Stop> {
    let source = source(&args.id)?;
    let pushed =
        work(cli, output, async |runtime, watch| runtime.import_rows(&source, &args.files, args.update, watch).await)
            .await?;
    report(pushed, false, "Run it again.", output)
}

async fn export(cli: &Cli, args: &ExportRows, output: &mut Output) -> Result<(), Stop> {
    let source = source(&args.id)?;
    let Lines::Jsonl = args.format;
    let text = work(cli, output, async |runtime, watch| runtime.export_rows(&source, watch).await).await?;
    output.exported(&text)
}

/// Tells what was done and what was not.
fn report(pushed: Pushed, dry: bool, conflicts: &str, output: &mut Output) -> Result<(), Stop> {
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
        tell("kept", &pushed.kept, output);
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
        &[(pushed.conflicts.len(), "in conflict"), (pushed.failed.len(), "failed"), (pushed.left, "not begun")],
        "",
    );
    let would = if dry && pushed.changed() > 0 { "would be: " } else { "" };
    let told = if not.is_empty() { format!("{would}{done}") } else { format!("{would}{done}; {not}") };
    if let Some(mut failure) = pushed.stopped {
        failure.message = format!("{}; {told}", failure.message);
        return Err(failure.hint("Running it again finishes it.").into());
    }
    if !pushed.failed.is_empty() || !pushed.conflicts.is_empty() {
        let hint = if pushed.failed.is_empty() { conflicts } else { "Running it again finishes it." };
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
        let told =
            |path: &str| Told { path: Some(path.to_owned()), name: "n".to_owned(), id: None, why: "why".to_owned() };
        let pushed = Pushed {
            created: 1,
            done: vec![told("a.md")],
            failed: vec![told("b\u{202e}.md")],
            left: 3,
            ..Pushed::default()
        };
        let (mut output, out, err) = Output::memory(false);
        let Err(Stop::Failure(failure)) = report(pushed, false, "", &mut output) else { panic!("no failure") };
        assert_eq!((failure.kind, failure.message.as_str()), (Kind::Failed, "1 created; 1 failed, 3 not begun"));
        assert_eq!(out.text(), "");
        assert!(err.text().starts_with("done: a.md: why\nfailed: b") && !err.text().contains('\u{202e}'));
        let pushed = Pushed { created: 1, conflicts: vec![told("b.md")], ..Pushed::default() };
        let (mut output, _, _) = Output::memory(false);
        let Err(Stop::Failure(failure)) = report(pushed, true, "", &mut output) else { panic!("no failure") };
        assert_eq!(failure.message, "would be: 1 created; 1 in conflict");
    }
}
