//! The command line of `conversations`, and which page of a list is meant.

use clap::{Args, Subcommand};
use clap_complete::ArgValueCompleter;

use crate::cli::complete;

use super::copy::CopyArgs;
use super::desk::{ArchiveArgs, InboxArgs, LabelArgs, NoteArgs, PinArgs, SnoozeArgs};
use super::transcripts::{ExportConversationsArgs, ImportConversationsArgs};
use super::values::parse_time;
use crate::domain::Timestamp;

#[derive(Debug, Clone, Subcommand)]
pub(in crate::cli) enum ConversationsCommand {
    /// List the channel's conversations
    #[command(after_help = "Example:\n  patchcord -c docs conversations list --all --json")]
    List(ListArgs),
    /// Print a conversation's messages, oldest first
    Show(ShowArgs),
    /// List the conversations of all channels, with what is kept of them
    Inbox(InboxArgs),
    /// Give a conversation labels, take them off, or print them
    Label(LabelArgs),
    /// Note something of a conversation, for yourself
    Note(NoteArgs),
    /// Keep conversations at the top of the lists
    Pin(PinArgs),
    /// Put conversations out of the way until somebody writes
    Archive(ArchiveArgs),
    /// Put conversations out of the way for a while, and be reminded
    Snooze(SnoozeArgs),
    /// Copy a message, or a code block of it, to the terminal's clipboard
    Copy(CopyArgs),
    /// Write whole conversations as markdown, JSON or a page of HTML
    Export(ExportConversationsArgs),
    /// Read exported conversations into an archive, to be listed, shown and exported as any others
    Import(ImportConversationsArgs),
}

#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct ListArgs {
    #[command(flatten)]
    pub(in crate::cli) page: PageArgs,

    /// Only those that began at that time or later, where the platform can tell (RFC 3339)
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(in crate::cli) since: Option<Timestamp>,

    /// Only those that began before that time, where the platform can tell (RFC 3339)
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(in crate::cli) until: Option<Timestamp>,
}

#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  patchcord conversations show 7bb301ad --all
  patchcord conversations show 7bb301ad --message 5f3a1c20            what is known of one message
  patchcord conversations show 7bb301ad --message 5f3a1c20 --raw      as the platform told it

A message's id stands in the output with --json; one that is only in the outbox has its id there.
What is known of a message: its times, the pace of a reply, what became of it and when, the webhook
that brought it with its secrets masked, and the platform's own JSON.")]
pub(in crate::cli) struct ShowArgs {
    /// The conversation
    #[arg(add = ArgValueCompleter::new(complete::conversations), value_name = "ID")]
    pub(in crate::cli) id: String,

    /// All that is known of that message, instead of the messages
    #[arg(long, value_name = "ID", conflicts_with_all = ["limit", "cursor", "all"])]
    pub(in crate::cli) message: Option<String>,

    /// Only what the platform told of it, exactly: its JSON, or the webhook's body
    #[arg(long, requires = "message")]
    pub(in crate::cli) raw: bool,

    #[command(flatten)]
    pub(in crate::cli) page: PageArgs,
}

#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct PageArgs {
    /// How many, from 1 to 100: one page
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub(in crate::cli) limit: Option<i64>,

    /// Begin after this place: the `next_cursor` of the page before
    #[arg(long, value_name = "CURSOR", allow_hyphen_values = true)]
    pub(in crate::cli) cursor: Option<String>,

    /// Follow the pages to the end
    #[arg(long, conflicts_with = "limit")]
    pub(in crate::cli) all: bool,
}
