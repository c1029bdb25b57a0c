//! The command line of `config`.

use clap::{Args, Subcommand};

const INIT: &str = "\
Examples:
  patchcord config init                            asks for the platform and its values, tries them
  patchcord config init --platform klaunch --yes   a file to fill in, without a question
  patchcord config init --yes --platform chat-thing --name docs \\
    --set channel_id=6b0f6c2e --set secret_key=env:CHAT_THING_SECRET_KEY

A secret is env:NAME, file:PATH, command:WORDS or keyring:NAME; itself it has no place on a command line. On a terminal
it may be typed, unseen. A file that is there is never written over: config add-channel adds to it.

--json: {\"ok\",\"path\",\"channel\",\"platform\",\"default_channel\",\"missing\":[key,…],\"tried\"}, tried as a check of
`doctor`, or null where it was not tried.";

const ADD: &str = "\
Examples:
  patchcord config add-channel                     asks, tries, and adds it behind the others
  patchcord config add-channel --yes --platform optech --name lookups \\
    --set client_id=0c9f2d --set client_secret=env:OPTECH_CLIENT_SECRET

All that stands in the file stays as it is, comments and order included. What was the only channel becomes the default
one. A program that runs takes the channel in by itself. Flags and --json: as `config init`.";

const CHECK: &str = "\
Examples:
  patchcord config check && patchcord doctor
  patchcord --json config check | jq -r '.warnings[].message'

It reads the file alone; `patchcord doctor` fetches the secrets and asks the platforms. What would work and is likely no
intent is a warning, such as a value that still is the example's. Exit 3 where the file has an error.

--json: {\"ok\":true,\"path\",\"channels\":2,\"warnings\":[{\"line\",\"column\",\"key\",\"message\"}]}";

#[derive(Debug, Clone, Subcommand)]
pub(in crate::cli) enum ConfigCommand {
    /// Write a first config file, where there is none: on a terminal it asks, and tries what it is told
    #[command(after_help = INIT)]
    Init(NewChannelArgs),
    /// Add a channel to the config file; all that stands in it stays
    #[command(after_help = ADD)]
    AddChannel(NewChannelArgs),
    /// Tell every error of the config file, and what is likely a slip; fetches no secret and reaches no platform
    #[command(after_help = CHECK)]
    Check,
    /// Print where the config file is, or would be
    #[command(after_help = "Example:\n  $EDITOR \"$(patchcord config path)\"")]
    Path,
}

#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct NewChannelArgs {
    /// Its platform; a word of `platform` in the config file
    #[arg(long, value_name = "PLATFORM")]
    pub(in crate::cli) platform: Option<String>,

    /// Its name: letters, digits, '-' and '_' [default: bot, or its platform]
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) name: Option<String>,

    /// What stands under a key of its platform (repeatable)
    #[arg(long, value_name = "KEY=VALUE")]
    pub(in crate::cli) set: Vec<String>,

    /// Let plain http:// go beyond this machine
    #[arg(long)]
    pub(in crate::cli) allow_http: bool,

    /// Write it without trying it: no secret is fetched, no platform is called
    #[arg(long)]
    pub(in crate::cli) offline: bool,

    /// Ask nothing: what is not given stands there as a word to be replaced
    #[arg(short, long)]
    pub(in crate::cli) yes: bool,
}
