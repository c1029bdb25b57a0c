//! The command line of `search`.

use clap::Args;
use clap_complete::ArgValueCompleter;

use crate::cli::complete;

use crate::domain::Attribute;

/// What stands below the options.
fn after_help() -> String {
    let (any, some): (Vec<_>, Vec<_>) = Attribute::ALL.iter().partition(|attribute| attribute.others.is_empty());
    let any: Vec<_> = any.iter().map(|attribute| attribute.usage.to_owned()).collect();
    let some = some.iter().map(|attribute| format!("{} ({})", attribute.usage, attribute.others.join(", ")));
    let (any, some) = (any.join("   "), some.collect::<Vec<_>>().join("   "));
    format!(
        "\
Examples:
  patchcord search planets moons                   both words, the newest message first
  patchcord search '\"eight planets\"' role:user     these words as they follow each other
  patchcord search refund after:2d has:attachment -c docs
  patchcord search -- refund -draft state:unknown  a word that must not be there
  patchcord search --save open state:unknown       keep it; then: patchcord search --saved open
  patchcord --json search --all planets | jq -r '.hits[].conversation_id'

Small letters find any, a capital finds itself, diacritics never matter. Attributes:
  {any}
  {some}

What this machine has seen is searched, in all channels or in that which -c names; no platform is asked."
    )
}

#[derive(Debug, Clone, Args)]
#[command(after_help = after_help())]
pub(in crate::cli) struct SearchArgs {
    /// What is searched for: words, "phrases", attributes
    #[arg(value_name = "QUERY")]
    pub(in crate::cli) query: Vec<String>,

    /// How many messages, from 1 to 1000 [default: 20]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub(in crate::cli) limit: Option<i64>,

    /// Begin after this place: the `next_cursor` of the page before
    #[arg(long, value_name = "CURSOR", allow_negative_numbers = true)]
    pub(in crate::cli) cursor: Option<i64>,

    /// All messages that are found
    #[arg(long, conflicts_with = "limit")]
    pub(in crate::cli) all: bool,

    /// Keep the search under a name, and search
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) save: Option<String>,

    /// Search for what is kept under a name; a QUERY narrows it
    #[arg(add = ArgValueCompleter::new(complete::searches), long, value_name = "NAME", conflicts_with_all = ["save", "forget", "list_saved"])]
    pub(in crate::cli) saved: Option<String>,

    /// List the searches that are kept
    #[arg(long, conflicts_with_all = ["query", "save", "forget"])]
    pub(in crate::cli) list_saved: bool,

    /// Forget the search of that name
    #[arg(add = ArgValueCompleter::new(complete::searches), long, value_name = "NAME", conflicts_with_all = ["query", "save"])]
    pub(in crate::cli) forget: Option<String>,
}
