//! The command line of what a user keeps of conversations for themself, and of the list of all channels'.

use clap::Args;

#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  patchcord conversations inbox --waiting                whoever waits for an answer, on every channel
  patchcord conversations inbox -c frontline --label vip
  patchcord --json conversations inbox --unread | jq -r '.conversations[].id'

It lists what this machine knows: the pinned ones first, then newest activity first. What is archived or
snoozed is left out unless it is asked for. With -c it is of that channel alone.")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag by itself")]
pub(in crate::cli) struct InboxArgs {
    /// Only those in which something is new, or whose snooze ended
    #[arg(long)]
    pub(in crate::cli) unread: bool,

    /// Only those in which somebody waits for an answer
    #[arg(long)]
    pub(in crate::cli) waiting: bool,

    /// Only pinned ones
    #[arg(long)]
    pub(in crate::cli) pinned: bool,

    /// Only those with that label
    #[arg(long, value_name = "LABEL")]
    pub(in crate::cli) label: Option<String>,

    /// Only archived ones
    #[arg(long)]
    pub(in crate::cli) archived: bool,

    /// Only snoozed ones
    #[arg(long)]
    pub(in crate::cli) snoozed: bool,

    /// Only those whose title, channel or id has this
    #[arg(long, value_name = "TEXT")]
    pub(in crate::cli) filter: Option<String>,

    /// How many, from 1 to 1000, besides the pinned ones
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(in crate::cli) limit: u16,

    /// Begin after this place: the `next_cursor` of the page before
    #[arg(long, value_name = "CURSOR")]
    pub(in crate::cli) cursor: Option<String>,
}

#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  patchcord conversations pin 7bb301ad
  patchcord conversations pin 7bb301ad 91c2e0aa --undo")]
pub(in crate::cli) struct PinArgs {
    /// The conversations
    #[arg(value_name = "ID", required = true)]
    pub(in crate::cli) ids: Vec<String>,

    /// Take them down again
    #[arg(long)]
    pub(in crate::cli) undo: bool,
}

#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  patchcord conversations archive 7bb301ad 91c2e0aa
  patchcord conversations archive 7bb301ad --undo

It is out of the lists until somebody writes in it. No platform is told.")]
pub(in crate::cli) struct ArchiveArgs {
    /// The conversations
    #[arg(value_name = "ID", required = true)]
    pub(in crate::cli) ids: Vec<String>,

    /// Put them back
    #[arg(long)]
    pub(in crate::cli) undo: bool,
}

#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  patchcord conversations label 7bb301ad vip refund
  patchcord conversations label 7bb301ad --remove vip
  patchcord conversations label 7bb301ad                 print its labels

A label is letters, digits, '-', '_', '.' and '/'; capitals are no difference.")]
pub(in crate::cli) struct LabelArgs {
    /// The conversation
    #[arg(value_name = "ID")]
    pub(in crate::cli) id: String,

    /// Labels that it gets
    #[arg(value_name = "LABEL")]
    pub(in crate::cli) labels: Vec<String>,

    /// A label that is taken off (repeatable)
    #[arg(long, value_name = "LABEL")]
    pub(in crate::cli) remove: Vec<String>,
}

#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  patchcord conversations note 7bb301ad \"promised to call back\"
  patchcord conversations note 7bb301ad - < note.txt     from standard input
  patchcord conversations note 7bb301ad                  print it
  patchcord conversations note 7bb301ad \"\"               forget it

It stays on this machine: no platform is told, and no export has it.")]
pub(in crate::cli) struct NoteArgs {
    /// The conversation
    #[arg(value_name = "ID")]
    pub(in crate::cli) id: String,

    /// The note, in the place of what was noted; `-` reads standard input
    #[arg(value_name = "TEXT")]
    pub(in crate::cli) text: Option<String>,
}

#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  patchcord conversations snooze 7bb301ad --until tomorrow
  patchcord conversations snooze 7bb301ad --until 2h
  patchcord conversations snooze 7bb301ad                until somebody writes
  patchcord conversations snooze 7bb301ad --undo         wake it

It is out of the lists until then, or until somebody writes; then the screen reminds of it until it is
opened, also after a restart. Times: 30m, 2h, 3d, 1w, 17:30, tomorrow, friday, 2026-01-31, 2026-01-31T10:07.")]
pub(in crate::cli) struct SnoozeArgs {
    /// The conversations
    #[arg(value_name = "ID", required = true)]
    pub(in crate::cli) ids: Vec<String>,

    /// When it wakes by itself
    #[arg(long, value_name = "TIME", conflicts_with = "undo")]
    pub(in crate::cli) until: Option<String>,

    /// Wake them
    #[arg(long)]
    pub(in crate::cli) undo: bool,
}
