//! The command line of `conversations`, and which page of a list is meant.

use clap::{Args, Subcommand, ValueEnum};

use crate::domain::Timestamp;

#[derive(Debug, Clone, Subcommand)]
pub(in crate::cli) enum Conversations {
    /// List the channel's conversations
    List(List),
    /// Print a conversation's messages, oldest first
    Show(Show),
    /// Write a conversation to standard output, exactly as it is
    Export(Export),
}

#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct List {
    #[command(flatten)]
    pub(in crate::cli) page: PageArgs,

    /// Only those that began at that time or later, where the platform can tell (RFC 3339)
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(in crate::cli) since: Option<Timestamp>,

    /// Only those that began before that time, where the platform can tell (RFC 3339)
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(in crate::cli) until: Option<Timestamp>,
}

#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct Show {
    /// The conversation
    #[arg(value_name = "ID")]
    pub(in crate::cli) id: String,

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

#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  patchcord conversations export 7bb301ad --format md > planets.md
  patchcord conversations export 7bb301ad --format jsonl | jq -r .text")]
pub(in crate::cli) struct Export {
    /// The conversation
    #[arg(value_name = "ID")]
    pub(in crate::cli) id: String,

    /// How to write it: markdown, one JSON document, or one JSON object a line
    #[arg(long, value_enum)]
    pub(in crate::cli) format: Format,
}

/// How a conversation is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Format {
    Md,
    Json,
    Jsonl,
}

fn time(text: &str) -> Result<Timestamp, String> {
    let whole = format!("{text}T00:00:00Z");
    Timestamp::parse_rfc3339(text)
        .or_else(|| Timestamp::parse_rfc3339(&whole))
        .ok_or_else(|| "expected a time such as 2024-11-11T09:00:00Z, or a date".to_owned())
}
