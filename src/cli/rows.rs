//! `rows list`, `get`, `add`, `update` and `delete`.

use tokio::sync::watch;

use super::args::{AddRowArgs, Cli, PageArgs, RemoveRowsArgs, RowsCommand, SourceRow, UpdateRowArgs};
use super::output::{Output, Stop};
use super::pages::{Plain, Shape, Wanted, damaged, print};
use super::signals::Signals;
use super::sources::{done, source};
use super::{confirm, json, table, text};
use crate::domain::{Failure, Kind, PageRequest, RowId, Version};
use crate::runtime::Runtime;

/// How many rows are listed where nothing is said.
const USUAL: u32 = 20;

/// Runs one of them.
pub(super) async fn run(cli: &Cli, command: &RowsCommand, output: &mut Output) -> Result<(), Stop> {
    match command {
        RowsCommand::List { source, page } => list(cli, source, page, output).await,
        RowsCommand::Get(at) => get(cli, at, output).await,
        RowsCommand::Add(args) => add(cli, args, output).await,
        RowsCommand::Update(args) => update(cli, args, output).await,
        RowsCommand::Delete(args) => delete(cli, args, output).await,
    }
}

fn row(id: &str) -> Result<RowId, Failure> {
    if id.is_empty() {
        return Err(Failure::new(Kind::Invalid, "the row's id is empty").hint("`patchcord rows list SOURCE`"));
    }
    Ok(RowId::new(id))
}

fn named(name: &str) -> Result<(), Failure> {
    if name.is_empty() {
        return Err(Failure::new(Kind::Invalid, "the row's name is empty, and nothing was sent"));
    }
    Ok(())
}

async fn list(cli: &Cli, id: &str, page: &PageArgs, output: &mut Output) -> Result<(), Stop> {
    let wanted = Wanted::new(page, USUAL)?;
    let source = source(id)?;
    let runtime = Runtime::open(&cli.setup())?;
    let result = async {
        let shape = Shape {
            nothing: "no rows",
            document: &json::rows,
            key: "rows",
            item: &json::listed_row,
            plain: Plain::Cells(table::rows(), &table::row),
        };
        let fetch = async |page: &PageRequest, _| runtime.rows(&source, page).await;
        print(&runtime, (wanted, page), fetch, shape, output).await
    }
    .await;
    runtime.close().await;
    result
}

async fn get(cli: &Cli, at: &SourceRow, output: &mut Output) -> Result<(), Stop> {
    let (source, row) = (source(&at.source)?, row(&at.row)?);
    let runtime = Runtime::open(&cli.setup())?;
    let result = async {
        let body = Signals::new()?.or(runtime.row(&source, &row)).await??;
        if output.is_json() {
            output.json(&json::damaged(json::row(&body), &body.damage))?;
            damaged(output, &body.damage);
            return Ok(());
        }
        output.exported(&body.content)?;
        damaged(output, &body.damage);
        // A file gets no byte more than the row has; a prompt begins on a line of its own.
        let open = output.out_is_terminal() && !body.content.is_empty() && !body.content.ends_with('\n');
        if open { output.exact("\n") } else { Ok(()) }
    }
    .await;
    runtime.close().await;
    result
}

async fn add(cli: &Cli, args: &AddRowArgs, output: &mut Output) -> Result<(), Stop> {
    let source = source(&args.source)?;
    named(&args.name)?;
    let runtime = Runtime::open(&cli.setup())?;
    let result = async {
        let mut signals = Signals::new()?;
        let content = text::read(args.file.as_deref(), &mut signals, output).await?;
        let (cancel, cancelled) = watch::channel(false);
        let version = Version { name: args.name.clone(), content };
        let made = signals.wind_up(&cancel, runtime.add_row(&source, version, cancelled)).await??;
        let made = made.map(|row| format!(" as {row}")).unwrap_or_default();
        done(&format!("added {}{made}", args.name), output)
    }
    .await;
    runtime.close().await;
    result
}

async fn update(cli: &Cli, args: &UpdateRowArgs, output: &mut Output) -> Result<(), Stop> {
    let (source, row) = (source(&args.at.source)?, row(&args.at.row)?);
    args.name.as_deref().map(named).transpose()?;
    let runtime = Runtime::open(&cli.setup())?;
    let result = async {
        let mut signals = Signals::new()?;
        let content = match &args.file {
            Some(file) => Some(text::read(Some(file), &mut signals, output).await?),
            None => None,
        };
        let (cancel, cancelled) = watch::channel(false);
        let change = runtime.update_row(&source, &row, args.name.clone(), content, cancelled);
        signals.wind_up(&cancel, change).await??;
        done(&format!("updated {row}"), output)
    }
    .await;
    runtime.close().await;
    result
}

async fn delete(cli: &Cli, args: &RemoveRowsArgs, output: &mut Output) -> Result<(), Stop> {
    let source = source(&args.source)?;
    let rows = args.rows.iter().map(|id| row(id)).collect::<Result<Vec<_>, _>>()?;
    let runtime = Runtime::open(&cli.setup())?;
    let result = async {
        let mut signals = Signals::new()?;
        let what = match rows.as_slice() {
            [row] => format!("the row {row}"),
            rows => format!("{} rows", rows.len()),
        };
        confirm::deletion(args.yes, &format!("Delete {what} of {source}?"), &mut signals, output).await?;
        let (cancel, cancelled) = watch::channel(false);
        signals.wind_up(&cancel, runtime.delete_rows(&source, &rows, cancelled)).await??;
        done(&format!("deleted {what}"), output)
    }
    .await;
    runtime.close().await;
    result
}
