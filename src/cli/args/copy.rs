//! The command line of `conversations copy`.

use clap::{Args, ValueEnum};
use clap_complete::ArgValueCompleter;

use crate::cli::complete;

#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  patchcord conversations copy 7bb301ad                    the last message
  patchcord conversations copy 7bb301ad --message -2       the one before it
  patchcord conversations copy 7bb301ad --code 1           the first code block of the last message
  patchcord conversations copy 7bb301ad --table 1 --stdout > moons.tsv
  patchcord conversations copy 7bb301ad --message 3 --as json --stdout | jq .created_at

It goes to the clipboard of the terminal by OSC 52, through tmux and screen as well. Terminals take
75 KB and confirm nothing; tmux passes it on where its set-clipboard or allow-passthrough is on.
What acts or hides in a text (escape sequences, bidi controls) is copied as a mark to be seen.")]
pub(in crate::cli) struct CopyArgs {
    /// The conversation
    #[arg(add = ArgValueCompleter::new(complete::conversations), value_name = "ID")]
    pub(in crate::cli) id: String,

    /// The message: its id, or its number from the first (1) or from the last (-1) [default: the last]
    #[arg(long, value_name = "ID|N", allow_hyphen_values = true)]
    pub(in crate::cli) message: Option<String>,

    /// Only its nth code block
    #[arg(long, value_name = "N", group = "piece")]
    pub(in crate::cli) code: Option<usize>,

    /// Only its nth table, with tabs between the cells
    #[arg(long, value_name = "N", group = "piece")]
    pub(in crate::cli) table: Option<usize>,

    /// Only where its link number N leads, as the screen numbers them; links that are their own text come after
    #[arg(long, value_name = "N", group = "piece")]
    pub(in crate::cli) link: Option<usize>,

    /// What is copied of it
    #[arg(long = "as", value_enum, default_value = "text", conflicts_with = "piece")]
    pub(in crate::cli) form: CopyForm,

    /// Print it instead
    #[arg(long)]
    pub(in crate::cli) stdout: bool,
}

/// What is copied of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum CopyForm {
    /// Its text as it was written
    Text,
    /// The same as a quotation in markdown
    Quote,
    /// All of it as JSON
    Json,
    /// Its id
    Id,
}
