//! `conversations list` and `show`.

use super::args::{Cli, ListArgs, ShowArgs};
use super::output::{Output, Stop};
use super::pages::{Wanted, count, ended, whole};
use super::signals::Signals;
use super::{details, json, table};
use crate::domain::{ConversationId, Failure, Kind, Timestamp};
use crate::runtime::Runtime;

/// How many conversations are listed where nothing is said.
const USUAL_LIST: u32 = 20;

/// How many messages are shown where nothing is said.
const USUAL_SHOW: u32 = 100;

/// Lists the channel's conversations.
pub(super) async fn list(cli: &Cli, args: &ListArgs, output: &mut Output) -> Result<(), Stop> {
    let wanted = Wanted::new(&args.page, USUAL_LIST)?;
    let runtime = Runtime::open(&cli.setup())?;
    let result = async {
        let channel = runtime.channel()?;
        let fetch = wanted.fetch(async |request| runtime.list(request, args.since, args.until).await);
        let came = Signals::new()?.or(fetch).await??;
        let page = &came.page;
        if output.is_json() {
            let total = whole(&args.page, page);
            let document = json::conversations(&channel, &page.items, total, page.next.as_deref());
            output.json(&json::damaged(document, &page.damage))?;
            return ended(output, came);
        }
        if page.items.is_empty() {
            output.aside("no conversations");
            return ended(output, came);
        }
        let cut = output.out_is_terminal();
        let text = table::conversations(&page.items, Timestamp::now(), cut, |text, style| output.styled(text, style));
        output.exact(&text)?;
        count(output, page);
        ended(output, came)
    }
    .await;
    runtime.close().await;
    result
}

/// Prints a conversation's messages, or all that is known of one of them.
pub(super) async fn show(cli: &Cli, args: &ShowArgs, output: &mut Output) -> Result<(), Stop> {
    if let Some(message) = &args.message {
        return details::show(cli, &id(&args.id)?, message, args.raw, output).await;
    }
    let wanted = Wanted::new(&args.page, USUAL_SHOW)?;
    let id = id(&args.id)?;
    let runtime = Runtime::open(&cli.setup())?;
    let result = async {
        let channel = runtime.channel()?;
        let fetch = wanted.fetch(async |request| runtime.messages(&id, request).await);
        let came = Signals::new()?.or(fetch).await??;
        let page = &came.page;
        if output.is_json() {
            let total = whole(&args.page, page);
            let document = json::messages(&channel, &id, &page.items, total, page.next.as_deref());
            output.json(&json::damaged(document, &page.damage))?;
            return ended(output, came);
        }
        if page.items.is_empty() {
            output.aside("no messages");
            return ended(output, came);
        }
        let text = table::messages(&page.items, |text, style| output.styled(text, style));
        output.exact(&text)?;
        count(output, page);
        ended(output, came)
    }
    .await;
    runtime.close().await;
    result
}

/// The conversation that is meant.
pub(super) fn id(text: &str) -> Result<ConversationId, Failure> {
    if text.is_empty() {
        return Err(Failure::new(Kind::Invalid, "the conversation's id is empty"));
    }
    Ok(ConversationId::new(text))
}
