//! `conversations list` and `show`.

use super::args::{Cli, ListArgs, ShowArgs};
use super::output::{Output, Stop};
use super::pages::{Plain, Shape, Wanted, print};
use super::{details, json, table};
use crate::domain::{ConversationId, Failure, Kind, MessageDocument, PageRequest, Timestamp};
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
        let (channel, now, cut) = (runtime.channel()?, Timestamp::now(), output.out_is_terminal());
        let shape = Shape {
            nothing: "no conversations",
            document: &json::conversations,
            key: "conversations",
            item: &|item| json::conversation(&channel, item),
            plain: Plain::Cells(table::conversations(), &|item| table::conversation(item, now, cut)),
        };
        let between = (args.since, args.until);
        let page = async |page: &PageRequest, totals| runtime.list_page(page, totals, between).await;
        print(&runtime, (wanted, &args.page), page, shape, output).await
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
        let (channel, styles) = (runtime.channel()?, output.styles());
        let shape = Shape {
            nothing: "no messages",
            document: &|total, next| json::messages(&channel, &id, total, next),
            key: "messages",
            item: &|message| MessageDocument::listed(message).object().into(),
            plain: Plain::Text(&|message, is_first| {
                table::message(message, is_first, |text, style| styles.styled(text, style))
            }),
        };
        let page = async |page: &PageRequest, totals| runtime.messages(&id, page, totals).await;
        print(&runtime, (wanted, &args.page), page, shape, output).await
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
