//! `conversations list`, `show` and `export`.

use super::args::{Cli, Export, Format, List, PageArgs, Show};
use super::output::{Output, Stop, shell_word};
use super::pages::Wanted;
use super::signals::Signals;
use super::{json, table};
use crate::domain::{ConversationId, Failure, Kind, Message, Page, Role, Timestamp};
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
            let total = page.total.or_else(|| whole(&args.page, &page));
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
            let total = page.total.or_else(|| whole(&args.page, &page));
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

/// How many there are where the platform doesn't say: known once all have been read.
fn whole<T>(args: &PageArgs, page: &Page<T>) -> Option<u64> {
    (args.all && args.cursor.is_none()).then(|| u64::try_from(page.items.len()).ok()).flatten()
}

/// What the user asked first is what the conversation is about.
fn title(messages: &[Message]) -> String {
    let first = messages.iter().find(|message| message.role == Role::User).or_else(|| messages.first());
    first.and_then(|message| message.text.lines().find(|line| !line.trim().is_empty())).unwrap_or("").to_owned()
}

/// Tells a person how many there are and how to see the rest.
fn count<T>(output: &mut Output, page: &Page<T>) {
    if !output.out_is_terminal() {
        return;
    }
    let shown = page.items.len();
    let of = page.total.map(|total| format!(" of {total}")).unwrap_or_default();
    match &page.next {
        Some(next) => {
            output.aside(&format!("{shown}{of}; more with `--cursor {}`, all with `--all`", shell_word(next)));
        }
        None => output.aside(&format!("{shown}{of}")),
    }
}
