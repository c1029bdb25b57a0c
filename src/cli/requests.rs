//! `requests list` and `requests answer`: the data that a platform waits for.

use super::args::{AnswerArgs, Cli, RequestsCommand};
use super::output::{Output, Stop};
use super::signals::Signals;
use super::{json, message, table};
use crate::domain::{Failure, Kind, RequestId, Timestamp};
use crate::runtime::Runtime;

/// Lists, or answers.
pub(super) async fn run(cli: &Cli, command: &RequestsCommand, output: &mut Output) -> Result<(), Stop> {
    let runtime = Runtime::open_any(&cli.setup())?;
    let result = match command {
        RequestsCommand::List => list(cli, &runtime, output).await,
        RequestsCommand::Answer(args) => answer(&runtime, args, output).await,
    };
    runtime.close().await;
    result
}

/// Of the channel that was named, or of all.
async fn list(cli: &Cli, runtime: &Runtime, output: &mut Output) -> Result<(), Stop> {
    let requests = Signals::new()?.or(runtime.requests(cli.setup().channel.is_none())).await??;
    if output.is_json() {
        return output.json(&json::requests(&requests));
    }
    if requests.is_empty() {
        output.aside("no data requests");
        return Ok(());
    }
    let text = table::requests(&requests, Timestamp::now(), |text, style| output.styled(text, style));
    output.exact(&text)?;
    Ok(())
}

async fn answer(runtime: &Runtime, args: &AnswerArgs, output: &mut Output) -> Result<(), Stop> {
    if args.id.is_empty() {
        return Err(Failure::new(Kind::Invalid, "the request's id is empty").into());
    }
    let mut signals = Signals::new()?;
    let data = match args.data.as_str() {
        "-" => {
            let read = signals.or(tokio::task::spawn_blocking(message::read_stdin)).await?;
            read.map_err(|error| Failure::new(Kind::Failed, format!("standard input could not be read: {error}")))??
        }
        text => text.to_owned(),
    };
    let answered = signals.or(runtime.answer(&RequestId::new(&args.id), &data)).await??;
    if output.is_json() {
        return output.json(&serde_json::json!({ "ok": true }));
    }
    output.aside(&format!("answered {} ({})", answered.id, answered.key));
    Ok(())
}
