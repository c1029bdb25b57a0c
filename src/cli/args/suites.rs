//! The command line of `test`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Clone, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag by itself")]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "\
Examples:
  patchcord test faq.toml                          ask every case, and say what doesn't hold
  patchcord test faq.toml --dry-run                list the cases, and what they cost at most
  patchcord test faq.toml --only refund --jobs 1   some of them, one after the other
  patchcord test *.toml --junit report.xml         for a CI
  patchcord test faq.toml -c staging               the same of another channel
  patchcord --json test faq.toml | jq -c 'select(.event == \"case\" and .verdict != \"passed\")'

Each time that a case is asked has a conversation of its own, which can be opened afterwards.
Ctrl+C finishes the turns under way and keeps what is done; --resume goes on. Exit 12 where an
expectation doesn't hold. What a suite's file has: docs/suites.md."
)]
pub(in crate::cli) struct TestArgs {
    #[command(subcommand)]
    pub(in crate::cli) command: Option<TestCommand>,

    /// The suites' files
    #[arg(value_name = "SUITE", required = true, num_args = 1..)]
    pub(in crate::cli) suites: Vec<PathBuf>,

    /// So many cases side by side
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=64))]
    pub(in crate::cli) jobs: u8,

    /// Only cases that have this in SUITE/NAME, whatever its capitals
    #[arg(long, value_name = "TEXT")]
    pub(in crate::cli) only: Option<String>,

    /// Ask each case so often, whatever the suite says; each time must pass
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(in crate::cli) repeat: Option<u32>,

    /// Begin no other case once one didn't pass
    #[arg(long)]
    pub(in crate::cli) fail_fast: bool,

    /// Ask nobody: list the cases, and how many messages they cost at most
    #[arg(long)]
    pub(in crate::cli) dry_run: bool,

    /// Begin nothing that could cost more messages
    #[arg(long, value_name = "N")]
    pub(in crate::cli) max_messages: Option<u64>,

    /// Ask only what the last run of the same suites has not judged
    #[arg(long, conflicts_with = "dry_run")]
    pub(in crate::cli) resume: bool,

    /// Write the results as JUnit XML
    #[arg(long, value_name = "FILE", conflicts_with = "dry_run")]
    pub(in crate::cli) junit: Option<PathBuf>,

    /// Keep the answers, a markdown file a case, and say which changed
    #[arg(long, value_name = "DIR", conflicts_with = "dry_run")]
    pub(in crate::cli) keep: Option<PathBuf>,

    /// Take every answer that changed as the one to keep
    #[arg(long, requires = "keep")]
    pub(in crate::cli) accept: bool,
}

#[derive(Debug, Clone, Subcommand)]
pub(in crate::cli) enum TestCommand {
    /// Look at kept answers that changed, and take or refuse them
    Review(ReviewArgs),
}

#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  patchcord test review answers                    one by one, on a terminal
  patchcord test review answers --accept           all of them
  patchcord test review answers --accept planets refunds
  patchcord test review answers --refuse planets

What is taken replaces DIR/SUITE/CASE.md; what is refused is forgotten.")]
pub(in crate::cli) struct ReviewArgs {
    /// The folder that --keep named
    #[arg(value_name = "DIR")]
    pub(in crate::cli) dir: PathBuf,

    /// Take these, by their case's or their file's name; all without a name
    #[arg(long, value_name = "NAME", num_args = 0.., conflicts_with = "refuse")]
    pub(in crate::cli) accept: Option<Vec<String>>,

    /// Refuse these; all without a name
    #[arg(long, value_name = "NAME", num_args = 0..)]
    pub(in crate::cli) refuse: Option<Vec<String>>,
}
