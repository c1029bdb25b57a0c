//! The command line of `sources` and `rows`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use clap_complete::ArgValueCompleter;

use crate::cli::complete;

use super::{FolderCommand, PageArgs};

pub(super) const SOURCES: &str = "\
Examples:
  patchcord sources list
  id=$(patchcord sources create)
  patchcord sources sync \"$id\" --wait && patchcord chat \"What does a sync do?\"
  patchcord sources set-interval \"$id\" week
  patchcord sources delete \"$id\" --yes

The bot answers from what was synced: a changed row counts once its source is.";

pub(super) const ROWS: &str = "\
Examples:
  patchcord rows list SOURCE --all
  patchcord rows get SOURCE ROW > planets.md
  patchcord rows update SOURCE ROW --file planets.md
  patchcord rows update SOURCE ROW --name solar/planets.md
  date | patchcord rows add SOURCE today.md
  patchcord rows delete SOURCE ROW ROW --yes

A text goes out and comes back exactly as it is, its last line end included. What a change
replaces and what a delete removes is in the journal first: the terminal interface puts it back.";

#[derive(Debug, Clone, Subcommand)]
pub(in crate::cli) enum SourcesCommand {
    /// List the channel's data sources
    #[command(after_help = "Example:\n  patchcord --json sources list | jq -r '.sources[].id'")]
    List {
        #[command(flatten)]
        page: PageArgs,
    },
    /// Make an empty data source and print its id
    #[command(after_help = "Example:\n  id=$(patchcord sources create)")]
    Create,
    /// Print one data source
    #[command(after_help = "Example:\n  patchcord sources show ID")]
    Show {
        /// The source
        #[arg(add = ArgValueCompleter::new(complete::sources), value_name = "ID")]
        id: String,
    },
    /// Set how often the platform syncs a source by itself
    #[command(after_help = "Example:\n  patchcord sources set-interval ID week")]
    SetInterval {
        /// The source
        #[arg(add = ArgValueCompleter::new(complete::sources), value_name = "ID")]
        id: String,
        /// How often
        #[arg(value_name = "EVERY", value_enum)]
        every: Every,
    },
    /// Delete a data source with all its rows: it can't be put back
    #[command(after_help = "Example:\n  patchcord sources delete ID --yes")]
    Delete {
        /// The source
        #[arg(add = ArgValueCompleter::new(complete::sources), value_name = "ID")]
        id: String,
        /// Don't ask
        #[arg(short, long)]
        yes: bool,
    },
    /// Have the platform sync a source, so that the bot knows what stands in it
    #[command(after_help = "Example:\n  patchcord sources sync ID --wait")]
    Sync {
        /// The source
        #[arg(add = ArgValueCompleter::new(complete::sources), value_name = "ID")]
        id: String,
        /// Wait until it is synced, or has failed; one that is running already is waited for
        #[arg(short, long)]
        wait: bool,
    },
    #[command(flatten)]
    Folder(FolderCommand),
}

/// How often a platform syncs a source by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Every {
    Day,
    Week,
    Month,
    None,
}

#[derive(Debug, Clone, Subcommand)]
pub(in crate::cli) enum RowsCommand {
    /// List a source's rows
    #[command(after_help = "Example:\n  patchcord rows list SOURCE --all")]
    List {
        /// The source
        #[arg(add = ArgValueCompleter::new(complete::sources), value_name = "SOURCE")]
        source: String,
        #[command(flatten)]
        page: PageArgs,
    },
    /// Print a row's text, exactly as it is
    #[command(after_help = "Example:\n  patchcord rows get SOURCE ROW > planets.md")]
    Get(SourceRow),
    /// Add a row, its text from a file or from standard input
    #[command(after_help = "Example:\n  date | patchcord rows add SOURCE today.md")]
    Add(AddRowArgs),
    /// Change a row's name, its text, or both
    #[command(after_help = "Example:\n  patchcord rows update SOURCE ROW --file planets.md")]
    Update(UpdateRowArgs),
    /// Delete rows
    #[command(after_help = "Example:\n  patchcord rows delete SOURCE ROW ROW --yes")]
    Delete(RemoveRowsArgs),
}

#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct SourceRow {
    /// The source
    #[arg(add = ArgValueCompleter::new(complete::sources), value_name = "SOURCE")]
    pub(in crate::cli) source: String,
    /// The row, by its id
    #[arg(add = ArgValueCompleter::new(complete::rows), value_name = "ROW")]
    pub(in crate::cli) row: String,
}

#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct AddRowArgs {
    /// The source
    #[arg(add = ArgValueCompleter::new(complete::sources), value_name = "SOURCE")]
    pub(in crate::cli) source: String,
    /// The row's name
    #[arg(value_name = "NAME")]
    pub(in crate::cli) name: String,
    /// The file with its text; `-`, or nothing, reads standard input
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) file: Option<PathBuf>,
}

#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct UpdateRowArgs {
    #[command(flatten)]
    pub(in crate::cli) at: SourceRow,
    /// Its new name; without --file its text stays as it is
    #[arg(long, value_name = "NAME", required_unless_present = "file", allow_hyphen_values = true)]
    pub(in crate::cli) name: Option<String>,
    /// The file with its new text; `-` reads standard input; without --name its name stays as it is
    #[arg(long, value_name = "FILE", allow_hyphen_values = true)]
    pub(in crate::cli) file: Option<PathBuf>,
}

#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct RemoveRowsArgs {
    /// The source
    #[arg(add = ArgValueCompleter::new(complete::sources), value_name = "SOURCE")]
    pub(in crate::cli) source: String,
    /// The rows, by their ids
    #[arg(add = ArgValueCompleter::new(complete::rows), value_name = "ROW", required = true)]
    pub(in crate::cli) rows: Vec<String>,
    /// Don't ask
    #[arg(short, long)]
    pub(in crate::cli) yes: bool,
}
