//! The command line of `keys`.

use clap::Args;

#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  patchcord keys                                   every key, and the name of what it does
  patchcord keys export                            what exports, and its keys
  patchcord keys --context transcript              those of one place
  patchcord keys --preset vim --json               a preset, for a script
  patchcord keys --test                            press a key: what the terminal sends for it

A name such as transcript.copy stands in the config file as `copy` under [keys.transcript], with a
key, a list of keys, or [] for none. Keys that are pressed one after the other have blanks between
them: \"g s\". On the screen F1 shows the same, and Ctrl+T there what the terminal sends for a key.")]
pub(in crate::cli) struct KeysArgs {
    /// Only what has these words in its keys, its name or what is said of it
    #[arg(value_name = "WORD")]
    pub(in crate::cli) words: Vec<String>,

    /// Only the keys of one place
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) context: Option<String>,

    /// Say of each key that is pressed what the terminal sends, and what it is bound to; Ctrl+C twice, or q twice, ends it
    #[arg(long, conflicts_with_all = ["words", "context"])]
    pub(in crate::cli) test: bool,

    /// Those of a preset (default, vim, emacs), instead of the config file's
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) preset: Option<String>,
}
