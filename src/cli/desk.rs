//! What a user keeps of conversations for themself, and all channels' conversations as one list.

use super::args::{Cli, ConversationsCommand, InboxArgs, LabelArgs, NoteArgs, SnoozeArgs};
use super::conversations::id;
use super::output::{Output, Stop};
use super::signals::Signals;
use super::{json, message, table};
use crate::domain::{
    ChannelName, ConversationId, DeskChange, DeskFilter, DeskRow, Failure, Kind, LATER_FORMS, Label, SafeText,
    Timestamp, later,
};
use crate::runtime::Runtime;

/// Does one of them.
pub(super) async fn run(cli: &Cli, command: &ConversationsCommand, output: &mut Output) -> Result<(), Stop> {
    if let ConversationsCommand::Inbox(args) = command {
        return inbox(cli, args, output).await;
    }
    let runtime = Runtime::open(&cli.setup())?;
    let result = match command {
        ConversationsCommand::Label(args) => label(&runtime, args, output).await,
        ConversationsCommand::Note(args) => note(&runtime, args, output).await,
        ConversationsCommand::Pin(args) => change(&runtime, &args.ids, &DeskChange::Pin(!args.undo), output).await,
        ConversationsCommand::Archive(args) => {
            change(&runtime, &args.ids, &DeskChange::Archive(!args.undo), output).await
        }
        ConversationsCommand::Snooze(args) => snooze(&runtime, args, output).await,
        _ => Ok(()),
    };
    runtime.close().await;
    result
}

async fn inbox(cli: &Cli, args: &InboxArgs, output: &mut Output) -> Result<(), Stop> {
    let filter = DeskFilter {
        text: args.filter.clone().unwrap_or_default(),
        unread: args.unread,
        waiting: args.waiting,
        pinned: args.pinned,
        label: args.label.as_deref().map(read_label).transpose()?,
        archived: args.archived,
        snoozed: args.snoozed,
    };
    let runtime = Runtime::open_any(&cli.setup())?;
    let only = cli.setup().channel.map(ChannelName::new);
    let listed = async {
        let listing = runtime.all_conversations(only.as_ref(), filter, args.cursor.as_deref(), args.limit.into());
        Ok::<_, Stop>(Signals::new()?.or(listing).await??)
    };
    let listed = listed.await;
    runtime.close().await;
    let page = listed?;
    if output.is_json() {
        return output.json(&json::inbox(&page));
    }
    if page.items.is_empty() {
        output.aside("no conversations");
    } else {
        let cut = output.out_is_terminal();
        let text = table::inbox(&page.items, Timestamp::now(), cut, |text, style| output.styled(text, style));
        output.exact(&text)?;
    }
    if let Some(next) = &page.next {
        output.aside(&format!("there may be more: --cursor {next}"));
    }
    Ok(())
}

async fn label(runtime: &Runtime, args: &LabelArgs, output: &mut Output) -> Result<(), Stop> {
    let id = id(&args.id)?;
    if args.labels.is_empty() && args.remove.is_empty() {
        let row = runtime.kept_of(&id).await?;
        if output.is_json() {
            return output.json(&json::kept(&[row]));
        }
        let labels: String = row.entry.labels.iter().flat_map(|label| [label.as_str(), "\n"]).collect();
        output.exact(&labels)?;
        return Ok(());
    }
    let read = |labels: &[String]| labels.iter().map(|label| read_label(label)).collect::<Result<Vec<_>, _>>();
    let wanted = DeskChange::Label { add: read(&args.labels)?, remove: read(&args.remove)? };
    change(runtime, std::slice::from_ref(&args.id), &wanted, output).await
}

async fn note(runtime: &Runtime, args: &NoteArgs, output: &mut Output) -> Result<(), Stop> {
    let text = match args.text.as_deref() {
        None => {
            let row = runtime.kept_of(&id(&args.id)?).await?;
            if output.is_json() {
                return output.json(&json::kept(&[row]));
            }
            if !row.entry.note.is_empty() {
                let note = if output.out_is_terminal() {
                    SafeText::new(&row.entry.note).into_string()
                } else {
                    row.entry.note
                };
                output.exact(&format!("{note}\n"))?;
            }
            return Ok(());
        }
        Some("-") => {
            let read = Signals::new()?.or(tokio::task::spawn_blocking(message::read_stdin)).await?;
            read.map_err(|error| Failure::new(Kind::Failed, format!("standard input could not be read: {error}")))??
        }
        Some(text) => text.to_owned(),
    };
    change(runtime, std::slice::from_ref(&args.id), &DeskChange::Note(text), output).await
}

async fn snooze(runtime: &Runtime, args: &SnoozeArgs, output: &mut Output) -> Result<(), Stop> {
    let wanted = match &args.until {
        _ if args.undo => DeskChange::Wake,
        None => DeskChange::Snooze(None),
        Some(text) => {
            let until = later(text, Timestamp::now()).ok_or_else(|| {
                Failure::new(Kind::Invalid, format!("--until names no time to come: \"{text}\"."))
                    .hint(format!("It takes {LATER_FORMS}."))
            })?;
            DeskChange::Snooze(Some(until))
        }
    };
    change(runtime, &args.ids, &wanted, output).await
}

/// Changes what is kept of conversations, and says what is kept then.
async fn change(runtime: &Runtime, ids: &[String], wanted: &DeskChange, output: &mut Output) -> Result<(), Stop> {
    let ids = ids.iter().map(|text| id(text)).collect::<Result<Vec<ConversationId>, _>>()?;
    let changed = Signals::new()?.or(runtime.keep_of(&ids, wanted)).await??;
    if output.is_json() {
        return output.json(&json::kept(&changed.after));
    }
    for row in &changed.after {
        output.aside(&description(row));
    }
    Ok(())
}

/// What is kept of a conversation, in a line.
fn description(row: &DeskRow) -> String {
    let facts = table::kept(&row.entry, Timestamp::now());
    let facts = if facts.is_empty() { "nothing is kept".to_owned() } else { facts };
    format!("{}: {facts}", SafeText::one_line(row.conversation.as_str()).into_string())
}

fn read_label(text: &str) -> Result<Label, Failure> {
    Label::parse(text).map_err(|why| Failure::new(Kind::Invalid, why))
}
