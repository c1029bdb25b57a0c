//! `conversations list`, `show` and `export`.

use super::args::{Cli, Export, Format, List, Show};
use super::output::{Output, Stop};
use super::pages::{Wanted, count, whole};
use super::signals::Signals;
use super::{json, table};
use crate::domain::{ConversationId, Failure, Kind, Message, Role, Timestamp};
use crate::runtime::{Runtime, export};

/// How many conversations are listed where nothing is said.
const USUAL_LIST: u32 = 20;

/// How many messages are shown where nothing is said.
const USUAL_SHOW: u32 = 100;

/// Lists the channel's conversations.
pub(super) async fn list(cli: &Cli, args: &List, output: &mut Output) -> Result<(), Stop> {
    let wanted = Wanted::new(&args.page, USUAL_LIST)?;
    let runtime = Runtime::open(&cli.setup())?;
    let result = async {
        let channel = runtime.channel()?;
        let fetch = wanted.fetch(async |request| runtime.list(request, args.since, args.until).await);
        let page = Signals::new()?.or(fetch).await??;
        if output.is_json() {
            let total = whole(&args.page, &page);
            return output.json(&json::conversations(&channel, &page.items, total, page.next.as_deref()));
        }
        if page.items.is_empty() {
            output.aside("no conversations");
            return Ok(());
        }
        let cut = output.out_is_terminal();
        let text = table::conversations(&page.items, Timestamp::now(), cut, |text, style| output.styled(text, style));
        output.exact(&text)?;
        count(output, &page);
        Ok(())
    }
    .await;
    runtime.close().await;
    result
}

/// Prints a conversation's messages.
pub(super) async fn show(cli: &Cli, args: &Show, output: &mut Output) -> Result<(), Stop> {
    let wanted = Wanted::new(&args.page, USUAL_SHOW)?;
    let id = id(&args.id)?;
    let runtime = Runtime::open(&cli.setup())?;
    let result = async {
        let channel = runtime.channel()?;
        let fetch = wanted.fetch(async |request| runtime.messages(&id, request).await);
        let page = Signals::new()?.or(fetch).await??;
        if output.is_json() {
            let total = whole(&args.page, &page);
            return output.json(&json::messages(&channel, &id, &page.items, total, page.next.as_deref()));
        }
        if page.items.is_empty() {
            output.aside("no messages");
            return Ok(());
        }
        let text = table::messages(&page.items, |text, style| output.styled(text, style));
        output.exact(&text)?;
        count(output, &page);
        Ok(())
    }
    .await;
    runtime.close().await;
    result
}

/// Writes a whole conversation to standard output.
pub(super) async fn export(cli: &Cli, args: &Export, output: &mut Output) -> Result<(), Stop> {
    let id = id(&args.id)?;
    let runtime = Runtime::open(&cli.setup())?;
    let result = async {
        let channel = runtime.channel()?;
        let fetch = Wanted::everything().fetch(async |request| runtime.messages(&id, request).await);
        let messages = Signals::new()?.or(fetch).await??.items;
        let head = export::Head { title: title(&messages), channel, id: id.clone() };
        let text = match args.format {
            Format::Md => export::markdown(&head, &messages),
            Format::Json => export::json(&head, &messages),
            Format::Jsonl => export::jsonl(&messages),
        };
        output.exported(&text)
    }
    .await;
    runtime.close().await;
    result
}

fn id(text: &str) -> Result<ConversationId, Failure> {
    if text.is_empty() {
        return Err(Failure::new(Kind::Invalid, "the conversation's id is empty"));
    }
    Ok(ConversationId::new(text))
}

/// What the user asked first is what the conversation is about.
fn title(messages: &[Message]) -> String {
    let first = messages.iter().find(|message| message.role == Role::User).or_else(|| messages.first());
    first.and_then(|message| message.text.lines().find(|line| !line.trim().is_empty())).unwrap_or("").to_owned()
}
