//! The commands: the door for scripts and for one question at a time. Floor 6.
//!
//! Owns the command line, what each command prints, its JSON, and the exit code. It does nothing itself: a command
//! awaits one operation of the runtime and prints what came. Knows no store and no platform.

mod args;
mod chat;
mod complete;
mod completions;
mod config;
mod confirm;
mod conversations;
mod copy;
mod desk;
mod details;
mod dialogue;
mod difference;
mod doctor;
mod folder;
mod guarded;
mod json;
mod keys;
mod listen;
mod live;
mod log;
mod man;
mod message;
mod new_channel;
mod output;
mod pages;
mod people;
mod push_report;
mod requests;
mod review;
mod rows;
mod sandbox;
mod search;
mod signals;
mod sources;
mod store;
mod suite_report;
mod suites;
mod table;
mod text;
mod transcripts;
mod usage;
mod wizard;

use std::future::Future;
use std::process::ExitCode;

use crate::app::Keymap;
use crate::domain::{Failure, Kind};
use crate::runtime::{Setup, job};

pub use args::Cli;
pub use completions::complete;
pub use usage::parse;

use args::{Command, ConversationsCommand, SourcesCommand};
use output::{Output, Stop};

impl Cli {
    /// Whether no command is named, so that the screen opens.
    pub fn wants_screen(&self) -> bool {
        self.command.is_none()
    }

    /// Whether that is to be told line by line.
    pub fn is_linear(&self) -> bool {
        self.linear
    }

    /// The keys that are to be tested on the terminal, key by key; none where something else is asked for.
    ///
    /// # Errors
    ///
    /// What is wrong with the config file's keys.
    pub fn tested_keys(&self) -> Option<Result<Keymap, Failure>> {
        keys::tested(self)
    }

    /// The global flags, as the runtime takes them.
    pub fn setup(&self) -> Setup {
        Setup {
            config: self.config.clone(),
            data_dir: self.data_dir.clone(),
            channel: self.channel.clone(),
            sandbox: self.sandbox,
            read_only: self.read_only,
            opened: self.opened.clone(),
            life: self.wants_screen(),
            colour: match self.color {
                args::Color::Auto => None,
                args::Color::Always => Some(true),
                args::Color::Never => Some(false),
            },
            timeout: match &self.command {
                Some(Command::Chat(chat)) => chat.timeout,
                _ => None,
            },
            warn: (!self.wants_screen()).then_some(if self.json {
                output::warn_in_json
            } else {
                output::warn_in_words
            }),
            ..Setup::default()
        }
    }

    /// How often `-v` was given.
    pub fn verbosity(&self) -> u8 {
        self.verbose
    }
}

/// Runs the command that was named, and prints what came of it. Without one it says that a terminal is needed, which
/// is what `main` wants of it where there is none.
pub fn run(cli: &Cli) -> ExitCode {
    let mut output = Output::system(cli.json, cli.color);
    let result = dispatch(cli, &mut output);
    output.end(result)
}

/// Prints a failure as every command does, and gives its exit code: for `main`, where the screen could not open.
pub fn fail(cli: &Cli, failure: Failure) -> ExitCode {
    Output::system(cli.json, cli.color).end(Err(Stop::Failure(failure)))
}

fn dispatch(cli: &Cli, output: &mut Output) -> Result<(), Stop> {
    match &cli.command {
        None => Err(usage::no_screen().into()),
        Some(Command::Chat(args)) => block_on(cli, chat::run(cli, args, output)),
        Some(Command::Conversations(ConversationsCommand::List(args))) => {
            block_on(cli, conversations::list(cli, args, output))
        }
        Some(Command::Conversations(ConversationsCommand::Show(args))) => {
            block_on(cli, conversations::show(cli, args, output))
        }
        Some(Command::Conversations(
            command @ (ConversationsCommand::Inbox(_)
            | ConversationsCommand::Label(_)
            | ConversationsCommand::Note(_)
            | ConversationsCommand::Pin(_)
            | ConversationsCommand::Archive(_)
            | ConversationsCommand::Snooze(_)),
        )) => block_on(cli, desk::run(cli, command, output)),
        Some(Command::Conversations(ConversationsCommand::Copy(args))) => {
            block_on(cli, copy::copy(cli, args, output))
        }
        Some(Command::Conversations(ConversationsCommand::Export(args))) => {
            block_on(cli, transcripts::export(cli, args, output))
        }
        Some(Command::Sources(SourcesCommand::Folder(command))) => block_on(cli, folder::run(cli, command, output)),
        Some(Command::Sources(command)) => block_on(cli, sources::run(cli, command, output)),
        Some(Command::Rows(command)) => block_on(cli, rows::run(cli, command, output)),
        Some(Command::Conversations(ConversationsCommand::Import(args))) => {
            block_on(cli, transcripts::import(cli, args, output))
        }
        Some(Command::Search(args)) => block_on(cli, search::run(cli, args, output)),
        Some(Command::Test(args)) => block_on(cli, suites::run(cli, args, output)),
        Some(Command::Listen) => block_on(cli, listen::run(cli, output)),
        Some(Command::Requests(command)) => block_on(cli, requests::run(cli, command, output)),
        Some(Command::People(command)) => block_on(cli, people::people(cli, command, output)),
        Some(Command::Groups(command)) => block_on(cli, people::groups(cli, command, output)),
        Some(Command::Store(command)) => block_on(cli, store::run(cli, command, output)),
        Some(Command::Sandbox(args)) => block_on(cli, sandbox::run(cli, args, output)),
        Some(Command::Config(command)) => block_on(cli, config::run(cli, command, output)),
        Some(Command::Keys(args)) => keys::run(cli, args, output),
        Some(Command::Doctor(args)) => block_on(cli, doctor::run(cli, args, output)),
        Some(Command::Completions(args)) => completions::run(args, output),
        Some(Command::Log(args)) => block_on(cli, log::run(cli, args, output)),
        Some(Command::Man(args)) => man::run(args, output),
    }
}

/// Runs one command on this thread.
fn block_on(cli: &Cli, command: impl Future<Output = Result<(), Stop>>) -> Result<(), Stop> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(Kind::Failed, format!("could not start: {error}")))?;
    let result = runtime.block_on(async {
        job::be_robust();
        signals::suspendable(&cli.opened, command).await
    });
    // A thread may still wait for standard input, and nobody waits for it any more.
    runtime.shutdown_background();
    result
}
