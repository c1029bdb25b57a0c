//! The command line: flags, commands, help. Owns names and words, not what they do.

#![expect(clippy::doc_markdown, reason = "these comments are the help text, printed as they stand")]

mod config;
mod conversations;
mod copy;
mod desk;
mod folder;
mod keys;
mod people;
mod sandbox;
mod search;
mod sources;
mod suites;
mod transcripts;
mod values;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::{ArgValueCompleter, Shell};

use super::complete;
use crate::runtime::job::Opened;

pub(super) use config::{ConfigCommand, NewChannelArgs};
pub(super) use conversations::{ConversationsCommand, ListArgs, PageArgs, ShowArgs};
pub(super) use copy::{CopyArgs, CopyForm};
pub(super) use desk::{InboxArgs, LabelArgs, NoteArgs, SnoozeArgs};
pub(super) use folder::{
    DiffArgs, ExportRowsArgs, FolderCommand, ImportRowsArgs, PullArgs, PushArgs, Resume, RowFormat,
};
pub(super) use keys::KeysArgs;
pub(super) use people::{GroupsCommand, PeopleCommand};
pub(super) use sandbox::SandboxArgs;
pub(super) use search::SearchArgs;
pub(super) use sources::{AddRowArgs, Every, RemoveRowsArgs, RowsCommand, SourceRow, SourcesCommand, UpdateRowArgs};
pub(super) use suites::{ReviewArgs, TestArgs, TestCommand};
pub(super) use transcripts::{ExportConversationsArgs, ImportConversationsArgs};

/// The version, and in a release the commit it was made of: `0.1.0 (0123456789ab 2026-03-02)`.
const VERSION: &str = env!("PATCHCORD_VERSION");

const EXAMPLES: &str = "\
Examples:
  patchcord                                        open the terminal interface
  patchcord --sandbox                              the same, on the built-in sandbox
  patchcord --linear                               the same, line by line: for screen readers
  patchcord chat \"How do I connect a channel?\"     ask, and print the reply as it arrives
  git diff | patchcord chat -c review              send standard input
  patchcord conversations list --all --json        every conversation, for a script
  patchcord search refund after:2d role:user       messages of every channel, the newest first
  patchcord sources sync ID --wait                 teach the bot what was changed
  patchcord rows get SOURCE ROW > planets.md       read a row, exactly as it is
  patchcord listen                                 take webhooks without a screen
  patchcord requests list                          the data that is asked for
  patchcord test faq.toml                          ask a suite, and say what doesn't hold

Exit codes:
  0  done                           7  network: not accepted, or a read
  1  failed                         8  platform: 5xx, or an answer that is none
  2  usage                          9  unknown_delivery: sent, no answer came
  3  config                        10  cut: the reply stopped before its end
  4  unauthorized                  11  invalid: 400, or refused input
  5  not_found                     12  tests: an expectation doesn't hold
  6  rate_limited                 130  interrupted

With --json a failure is {\"error\":{\"kind\",\"message\",\"status\",\"hint\"}} on standard error.";

const LISTEN: &str = "\
Examples:
  patchcord listen                                 first prints each channel's URL, to be pasted
  patchcord --json listen | jq -c 'select(.event == \"message\")'
  patchcord --sandbox listen                       on the built-in sandbox

It listens on listener.bind of the config file [127.0.0.1:8787], without TLS: for webhooks from
the internet put a tunnel or a proxy before it, and set listener.public_url. An event is on the
disk before it is acknowledged. Where another patchcord listens on the same data directory, what
that one takes is printed. The URLs bear their webhook_key: they are for pasting, not for logs.";

/// One terminal window on every bot channel.
///
/// Without a command it opens the terminal interface: on the channels of the config file, or, where there is none, on
/// the built-in sandbox.
#[derive(Debug, Clone, Parser)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag by itself")]
#[command(name = "patchcord", bin_name = "patchcord", version = VERSION, after_help = EXAMPLES, max_term_width = 100)]
pub struct Cli {
    /// The config file [default: $PATCHCORD_CONFIG, else config.toml in the platform's config directory]
    #[arg(long, value_name = "FILE", global = true, help_heading = "Global options")]
    pub(super) config: Option<PathBuf>,

    /// Where the database and the sandbox's state live [default: $PATCHCORD_DATA_DIR, else the platform's]
    #[arg(long, value_name = "DIR", global = true, help_heading = "Global options")]
    pub(super) data_dir: Option<PathBuf>,

    /// The channel that is meant [default: default_channel, else the only one]
    #[arg(add = ArgValueCompleter::new(complete::channels), short, long, value_name = "NAME", global = true, help_heading = "Global options")]
    pub(super) channel: Option<String>,

    /// Use the built-in sandbox, whatever the config file says
    #[arg(long, global = true, help_heading = "Global options")]
    pub(super) sandbox: bool,

    /// Write to no channel: whatever would is refused before a byte leaves
    #[arg(long, global = true, help_heading = "Global options")]
    pub(super) read_only: bool,

    /// Print JSON: one document, or one object a line where things arrive over time
    #[arg(long, global = true, help_heading = "Global options")]
    pub(super) json: bool,

    /// Say more; twice says most
    #[arg(short, long, action = clap::ArgAction::Count, global = true, help_heading = "Global options")]
    pub(super) verbose: u8,

    /// When to use colour; NO_COLOR is respected
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = Color::Auto, global = true, help_heading = "Global options")]
    pub(super) color: Color,

    /// The terminal interface line by line, for screen readers and terminals that can't be drawn on
    #[arg(long, conflicts_with = "json")]
    pub(super) linear: bool,

    #[command(subcommand)]
    pub(super) command: Option<Command>,

    #[arg(skip)]
    pub(super) opened: Opened,
}

#[derive(Debug, Clone, Subcommand)]
pub(super) enum StoreCommand {
    /// Carry over what can be read of an old database's file
    #[command(after_help = "Example:\n  patchcord store recover old.db")]
    Recover {
        /// The file; a log beside it, named the same with -wal, is read with it
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Clone, Subcommand)]
pub(super) enum Command {
    /// Send one message and print the reply as it arrives
    Chat(ChatArgs),
    /// List, show, export and import conversations
    #[command(subcommand, after_help = "Example:\n  patchcord conversations list --all --json")]
    Conversations(ConversationsCommand),
    /// Find messages in all that this machine has seen
    Search(SearchArgs),
    /// What the bot knows: list, make, show, sync and delete its data sources
    #[command(subcommand, after_help = sources::SOURCES)]
    Sources(SourcesCommand),
    /// The rows of a data source: list, read, add, change and delete them
    #[command(subcommand, after_help = sources::ROWS)]
    Rows(RowsCommand),
    /// Ask suites of conversations, and say what doesn't hold
    Test(TestArgs),
    /// Take webhooks without a screen: print each event, until Ctrl+C
    #[command(after_help = LISTEN)]
    Listen,
    /// List data requests, and answer those that wait
    #[command(
        subcommand,
        after_help = "\
Examples:
  patchcord requests list
  patchcord -c lookups --json requests list | jq '.requests[] | select(.state == \"received\")'
  patchcord requests answer ID --data '{\"status\":\"shipped\"}'

Rules in the config file answer without a person: see config.example.toml."
    )]
    Requests(RequestsCommand),
    /// Look people up, where the platform has them
    #[command(subcommand, after_help = "Example:\n  patchcord -c frontline people find mali.s")]
    People(PeopleCommand),
    /// Create groups and topics, where the platform has them
    #[command(
        subcommand,
        after_help = "\
Examples:
  patchcord -c frontline groups create \"Early shift\" --user 5f3a1c20b4e8 --user 5f3a1c20b4e9
  patchcord -c frontline groups topic 5f3a1c20a001 Deliveries

What is created is printed by its id. `people find` tells a person's id."
    )]
    Groups(GroupsCommand),
    /// Serve the platforms, emulated, for any client; prints a config file that works, then `# ready`
    Sandbox(SandboxArgs),
    /// The database on this machine: carry over what an old or damaged file still holds
    #[command(
        subcommand,
        after_help = "\
Examples:
  patchcord store recover ~/.local/share/patchcord/patchcord.db.corrupt-1790000000
  patchcord --json store recover old.db | jq .tables

A database that is found damaged is kept beside the new one, and what can be read of it is
carried over at once. This does it again, or with a file from elsewhere. The file is only read;
what is here already stays as it is; nothing that waited there to be sent is sent."
    )]
    Store(StoreCommand),
    /// Make, check and find the config file
    #[command(subcommand, after_help = "Example:\n  patchcord config init && patchcord config check")]
    Config(ConfigCommand),
    /// List the keys of the screen, and the names by which they are bound otherwise
    Keys(KeysArgs),
    /// Look at everything that a channel needs, and say what is wrong and what to do
    Doctor(DoctorArgs),
    /// The calls that were made to platforms: which, when, how they went
    Log(LogArgs),
    /// Print completions for a shell
    Completions(CompletionsArgs),
    /// Print the manual page
    Man(ManArgs),
}

#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  patchcord chat \"How many planets are there?\"
  patchcord chat --conversation 7bb301ad \"And moons?\"
  patchcord chat --json < question.txt
  patchcord chat -- \"--all: what does it list?\"
  patchcord chat -c flow --attach plan.pdf \"See this\"

Where the reply comes by webhook, it listens while it waits, 90 seconds without --timeout.
Where people write first, it doesn't wait without --timeout.
Ctrl+C stops the reply, keeps what came, and exits 130.")]
pub(super) struct ChatArgs {
    /// What to send; `-`, or nothing where standard input is no terminal, reads standard input
    #[arg(value_name = "MESSAGE")]
    pub(super) message: Option<String>,

    /// Go on in this conversation instead of starting one
    #[arg(add = ArgValueCompleter::new(complete::conversations), long, value_name = "ID")]
    pub(super) conversation: Option<String>,

    /// Ask for the whole reply at once
    #[arg(long)]
    pub(super) no_stream: bool,

    /// Attach a file or a URL, where the platform takes them (repeatable)
    #[arg(long, value_name = "PATH|URL")]
    pub(super) attach: Vec<String>,

    /// Offer an answer to choose, where the program is the bot (repeatable)
    #[arg(long, value_name = "TEXT")]
    pub(super) quick_reply: Vec<String>,

    /// Give up after so long, and wait as long for a first word; what came is printed and kept
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(super) timeout: Option<Duration>,
}

#[derive(Debug, Clone, Subcommand)]
pub(super) enum RequestsCommand {
    /// List the data requests, newest first: of the channel that -c names, or of all
    #[command(after_help = "Example:\n  patchcord -c lookups requests list")]
    List,
    /// Answer one, with a JSON object
    Answer(AnswerArgs),
}

#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  patchcord requests list
  patchcord requests answer ID --data '{\"status\":\"shipped\"}'
  jq -n '{status: \"shipped\"}' | patchcord requests answer ID --data -

It is posted once, and never after the deadline.")]
pub(super) struct AnswerArgs {
    /// The request
    #[arg(add = ArgValueCompleter::new(complete::requests), value_name = "ID")]
    pub(super) id: String,

    /// The answer; `-` reads standard input
    #[arg(long, value_name = "JSON")]
    pub(super) data: String,
}

#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  patchcord doctor                                 each thing, how it stands, and what to do
  patchcord doctor -c support                      of the channels only that one
  patchcord --json doctor | jq '.checks[] | select(.state != \"ok\")'

It looks at the config file, the database, the secrets of each channel and whether its platform
takes them, the listener, proxies, the clipboard and the terminal. It sends no message and prints no
secret. Where something is wrong the exit code is that of the first thing.")]
pub(super) struct DoctorArgs {
    /// Call no platform, and look no name up
    #[arg(long)]
    pub(super) offline: bool,
}

#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  patchcord log                                    the last calls, the newest last
  patchcord log --failed --limit 5                 the last five that failed
  patchcord -c support log                         those of one channel
  patchcord log --curl 1                           the last call, as a command to be copied
  patchcord --json log --follow | jq -r 'select(.status >= 500) | .url'

It holds no secret, no query and no body: in their place a command has variables and words to be filled in.")]
pub(super) struct LogArgs {
    /// Print each call as it is made, until Ctrl+C
    #[arg(short, long, conflicts_with = "curl")]
    pub(super) follow: bool,

    /// Only calls that got no answer, or a status of 400 and more
    #[arg(long)]
    pub(super) failed: bool,

    /// So many at most
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..))]
    pub(super) limit: u16,

    /// Print the Nth of them, counted from the last, as a curl command
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(super) curl: Option<u16>,
}

#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  patchcord man | man -l -                         read it
  patchcord man chat | man -l -                    that of a command
  patchcord man config.toml | man -l -             that of the config file
  patchcord man --dir ~/.local/share/man           put all of them where man finds them")]
pub(super) struct ManArgs {
    /// The command, its words joined by dashes, or config.toml [default: the program's]
    #[arg(value_name = "PAGE", conflicts_with = "dir")]
    pub(super) page: Option<String>,

    /// Write every page into DIR, in its man1 and man5, instead of printing one
    #[arg(long, value_name = "DIR")]
    pub(super) dir: Option<PathBuf>,
}

#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  patchcord completions bash > ~/.local/share/bash-completion/completions/patchcord
  patchcord completions zsh > ~/.zfunc/_patchcord              with ~/.zfunc in fpath
  patchcord completions fish > ~/.config/fish/completions/patchcord.fish
  patchcord completions powershell | Out-String | Invoke-Expression    in $PROFILE
  patchcord completions elvish >> ~/.config/elvish/rc.elv

Beside commands and flags it completes channels, conversations, sources, rows, saved searches and data
requests: those that this machine has seen, without asking a platform.")]
pub(super) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub(super) shell: Shell,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "expected a number of seconds".to_owned())?;
    match Duration::try_from_secs_f64(seconds) {
        Ok(time) if !time.is_zero() => Ok(time),
        _ => Err("expected a number of seconds above 0".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::sandbox::Pace;

    fn parse(line: &str) -> Result<Cli, clap::Error> {
        Cli::try_parse_from(std::iter::once("patchcord").chain(line.split_whitespace()))
    }

    #[test]
    fn the_command_line_has_no_contradiction() {
        Cli::command().debug_assert();
    }

    #[test]
    fn global_flags_stand_before_and_after_the_command() {
        for line in ["--json -c docs -vv conversations list", "conversations list --json -c docs -v -v"] {
            let cli = parse(line).unwrap();
            assert!(cli.json);
            assert_eq!((cli.channel.as_deref(), cli.verbose), (Some("docs"), 2));
        }
        assert!(parse("--sandbox").unwrap().wants_screen());
        assert!(!parse("config path").unwrap().wants_screen());
    }

    #[test]
    fn what_is_wrong_on_the_command_line_is_refused() {
        for line in [
            "chats",
            "conversations",
            "conversations show",
            "conversations export a",
            "conversations list --limit x",
            "conversations list --all --limit 5",
            "conversations export a --format pdf",
            "chat a b",
            "chat --timeout 0",
            "chat --timeout -1",
            "chat --timeout soon",
            "chat --timeout nan",
            "completions tcsh",
            "--color blue",
            "config",
            "chat --secret x",
            "--bogus",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }

    #[test]
    fn limits_are_numbers_here_and_judged_later() {
        for (line, limit) in [("--limit -5", -5), ("--limit=0", 0), ("--limit 101", 101)] {
            let cli = parse(&format!("conversations list {line}")).unwrap();
            let Some(Command::Conversations(ConversationsCommand::List(list))) = cli.command else {
                panic!("{line}")
            };
            assert_eq!(list.page.limit, Some(limit));
        }
    }

    #[test]
    fn a_sandbox_takes_its_flags() {
        let sandbox = |line: &str| match parse(line).unwrap().command {
            Some(Command::Sandbox(sandbox)) => sandbox,
            other => panic!("{other:?}"),
        };
        let plain = sandbox("sandbox");
        assert_eq!((plain.pace, plain.life), (Pace::default(), false));
        assert_eq!(plain.hooks, "http://127.0.0.1:8787/hooks");
        let lively = sandbox("sandbox --hooks http://127.0.0.1:1/x --life");
        assert_eq!((lively.hooks.as_str(), lively.life), ("http://127.0.0.1:1/x", true));
        assert_eq!(sandbox("sandbox --pace 0").pace, Pace::Unlimited);
        assert_eq!(sandbox("sandbox --pace 2.5").pace, Pace::WordsPerSecond(2.5));
        let sandbox =
            sandbox("sandbox --bind [::1]:0 --upstream http://127.0.0.1:1/v1 --model m --upstream-key-env K");
        assert!(sandbox.bind.is_ipv6() && sandbox.upstream.is_some() && sandbox.model.is_some());
        assert_eq!(sandbox.upstream_key_env.as_deref(), Some("K"));
    }

    #[test]
    fn a_chat_takes_its_flags() {
        let cli = parse("chat hi --conversation 7b --no-stream --timeout 2.5 --attach a --attach b").unwrap();
        let Some(Command::Chat(chat)) = cli.command else { panic!("another command") };
        assert_eq!((chat.message.as_deref(), chat.conversation.as_deref()), (Some("hi"), Some("7b")));
        assert_eq!((chat.no_stream, chat.attach.len()), (true, 2));
        assert_eq!(chat.timeout, Some(Duration::from_millis(2_500)));
    }
}
