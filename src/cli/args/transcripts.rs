//! The command line of `conversations export` and `import`.

use std::path::PathBuf;

use clap::builder::PossibleValue;
use clap_complete::ArgValueCompleter;

use crate::cli::complete;
use clap::{Args, ValueEnum};

use super::values::parse_time;
use crate::domain::Timestamp;
use crate::runtime::export::Format;

#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  patchcord conversations export 7bb301ad --format md > planets.md
  patchcord conversations export 7bb301ad --format jsonl | jq -r .text
  patchcord conversations export 7bb301ad 8c1200ef --format html --output both.html
  patchcord -c docs conversations export --all --format jsonl --output docs.jsonl
  patchcord -c docs conversations export --all --filter refund --format md --output refunds.md
  patchcord -c docs conversations export --all --since 2024-11-01 --format html --output november/

Every page is fetched first, and how many messages there were is told on standard error. A file is
written whole or not at all. An --output that ends in a slash, is a folder, or is not there and has
no extension, is a folder: it gets a file for each conversation, named after its title and its id.
A page of HTML needs nothing else: no script, no picture and no address is loaded when it is read.")]
pub(in crate::cli) struct ExportConversationsArgs {
    /// The conversations
    #[arg(add = ArgValueCompleter::new(complete::conversations), value_name = "ID", required_unless_present = "all", conflicts_with = "all")]
    pub(in crate::cli) ids: Vec<String>,

    /// All of the channel's conversations
    #[arg(long)]
    pub(in crate::cli) all: bool,

    /// With --all: only those whose title or id the filter of the screen's list would leave (fuzzy)
    #[arg(long, value_name = "TEXT", requires = "all", conflicts_with = "ids")]
    pub(in crate::cli) filter: Option<String>,

    /// With --all: only those that began at that time or later (RFC 3339, or a date)
    #[arg(long, value_name = "TIME", value_parser = parse_time, requires = "all", conflicts_with = "ids")]
    pub(in crate::cli) since: Option<Timestamp>,

    /// With --all: only those that began before that time (RFC 3339, or a date)
    #[arg(long, value_name = "TIME", value_parser = parse_time, requires = "all", conflicts_with = "ids")]
    pub(in crate::cli) until: Option<Timestamp>,

    #[arg(long, value_enum, help = format!("How to write them: {}", Format::choices()))]
    pub(in crate::cli) format: Format,

    /// A file for all of them, or a folder with a file for each [default: standard output]
    #[arg(long, value_name = "PATH")]
    pub(in crate::cli) output: Option<PathBuf>,

    /// Replace files that are there
    #[arg(long, requires = "output")]
    pub(in crate::cli) force: bool,
}

#[derive(Debug, Clone, Args)]
#[command(after_help = format!("\
Examples:
  patchcord conversations export 7bb301ad --format jsonl --output planets.jsonl
  patchcord conversations import planets.jsonl
  patchcord -c archive conversations list
  patchcord conversations import --as spring *.jsonl

An archive is a channel that can be read and not written to; the terminal interface lists it with
the others. It takes files that `conversations export --format {}` wrote. Of a file all is
imported, or nothing; the same file again changes nothing.", Format::importable_in(Format::extension)))]
pub(in crate::cli) struct ImportConversationsArgs {
    /// The files; `-` reads standard input
    #[arg(value_name = "FILE", required = true)]
    pub(in crate::cli) files: Vec<PathBuf>,

    /// The archive, which is made if need be
    #[arg(long = "as", value_name = "NAME", default_value = "archive")]
    pub(in crate::cli) archive: String,
}

impl ValueEnum for Format {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.extension()))
    }
}
