//! `sources list`, `create`, `show`, `set-interval`, `delete` and `sync`.

use std::time::Instant;

use super::args::{Cli, Every, PageArgs, SourcesCommand};
use super::output::{Output, Stop};
use super::pages::{Plain, Shape, Wanted, print};
use super::signals::{Signals, interrupted};
use super::{confirm, json, table};
use crate::domain::{Failure, Kind, PageRequest, Source, SourceId, SyncInterval, Timestamp};
use crate::runtime::Runtime;

/// How many sources are listed where nothing is said.
const USUAL: u32 = 20;

/// Runs one of them.
pub(super) async fn run(cli: &Cli, command: &SourcesCommand, output: &mut Output) -> Result<(), Stop> {
    if let SourcesCommand::List { page } = command {
        return list(cli, page, output).await;
    }
    if let SourcesCommand::Show { id }
    | SourcesCommand::SetInterval { id, .. }
    | SourcesCommand::Delete { id, .. }
    | SourcesCommand::Sync { id, .. } = command
    {
        source(id)?;
    }
    let runtime = Runtime::open(&cli.setup())?;
    let result = one(&runtime, command, output).await;
    runtime.close().await;
    result
}

/// The source that is meant.
pub(super) fn source(id: &str) -> Result<SourceId, Failure> {
    if id.is_empty() {
        return Err(Failure::new(Kind::Invalid, "the data source's id is empty").hint("`patchcord sources list`"));
    }
    Ok(SourceId::new(id))
}

async fn list(cli: &Cli, page: &PageArgs, output: &mut Output) -> Result<(), Stop> {
    let wanted = Wanted::new(page, USUAL)?;
    let runtime = Runtime::open(&cli.setup())?;
    let result = async {
        let now = Timestamp::now();
        let shape = Shape {
            nothing: "no data sources",
            document: &json::sources,
            key: "sources",
            item: &json::listed_source,
            plain: Plain::Cells(table::sources(), &|item| table::source_cells(item, now)),
        };
        let fetch = async |page: &PageRequest, _| runtime.sources(page).await;
        print(&runtime, (wanted, page), fetch, shape, output).await
    }
    .await;
    runtime.close().await;
    result
}

async fn one(runtime: &Runtime, command: &SourcesCommand, output: &mut Output) -> Result<(), Stop> {
    let mut signals = Signals::new()?;
    match command {
        // Done before the runtime is open.
        SourcesCommand::List { .. } | SourcesCommand::Folder(_) => Ok(()),
        SourcesCommand::Create => {
            let made = signals.or(runtime.create_source()).await??;
            if output.is_json() { output.json(&json::source(&made)) } else { output.line(made.id.as_str()) }
        }
        SourcesCommand::Show { id } => {
            let source = signals.or(runtime.source(&SourceId::new(id))).await??;
            tell(&source, output)
        }
        SourcesCommand::SetInterval { id, every } => {
            let interval = interval(*every);
            let source = signals.or(runtime.set_interval(&SourceId::new(id), interval.as_ref())).await??;
            tell(&source, output)
        }
        SourcesCommand::Delete { id, yes } => {
            let question = format!("Delete the data source {id} with all its rows? It can't be put back.");
            confirm::deletion(*yes, &question, &mut signals, output).await?;
            signals.or(runtime.delete_source(&SourceId::new(id))).await??;
            done(&format!("deleted {id}"), output)
        }
        SourcesCommand::Sync { id, wait } => sync(runtime, &SourceId::new(id), *wait, &mut signals, output).await,
    }
}

async fn sync(
    runtime: &Runtime,
    source: &SourceId,
    wait: bool,
    signals: &mut Signals,
    output: &mut Output,
) -> Result<(), Stop> {
    if !wait {
        signals.or(runtime.sync(source)).await??;
        return done(&format!("the sync of {source} has begun"), output);
    }
    let begun = Instant::now();
    let mut on = |now: &Source| {
        output.progress(&format!("{} for {} s", table::state(&now.state), begun.elapsed().as_secs()));
    };
    let ended = signals.or(runtime.sync_to_the_end(source, &mut on)).await;
    output.progress("");
    let synced = ended.map_err(|stop| match stop {
        Stop::Failure(failure) if failure.kind == Kind::Interrupted => {
            interrupted().hint("The sync goes on: `patchcord sources show` tells how far it is.").into()
        }
        other => other,
    })??;
    done(&format!("{} is synced", synced.id), output)
}

/// A source: its document, or a line for each fact.
fn tell(source: &Source, output: &mut Output) -> Result<(), Stop> {
    if output.is_json() {
        return output.json(&json::source(source));
    }
    let text = table::source(source, |text, style| output.styled(text, style));
    output.exact(&text)
}

/// What was done: a document, or a word beside the output.
pub(super) fn done(what: &str, output: &mut Output) -> Result<(), Stop> {
    if output.is_json() {
        return output.json(&json::ok());
    }
    output.aside(what);
    Ok(())
}

const fn interval(every: Every) -> Option<SyncInterval> {
    match every {
        Every::Day => Some(SyncInterval::Day),
        Every::Week => Some(SyncInterval::Week),
        Every::Month => Some(SyncInterval::Month),
        Every::None => None,
    }
}
