//! Every command with its arguments and flags, as clap has them.

use std::fmt::Write as _;

use clap::{Arg, Command, CommandFactory as _};
use patchcord::cli::Cli;

use crate::made::{hold, table};

/// The page.
const PAGE: &str = "docs/commands.md";

/// The command line, as it is built for a run.
pub(crate) fn command_line() -> Command {
    let mut command = Cli::command();
    command.build();
    command
}

#[test]
fn the_commands_are_those_of_the_command_line() {
    let root = command_line();
    let global = flags(&root, Arg::is_global_set);
    hold(PAGE, "global flags", &table(["flag", "does"], global));
    let mut text = String::new();
    for command in root.get_subcommands().filter(|command| command.get_name() != "help") {
        section(&mut text, command);
    }
    hold(PAGE, "commands", &text);
}

fn section(text: &mut String, command: &Command) {
    let subcommands: Vec<&Command> = command.get_subcommands().filter(|c| c.get_name() != "help").collect();
    let name = command.get_bin_name().expect("it is built");
    let about = command.get_long_about().or(command.get_about()).map(ToString::to_string).unwrap_or_default();
    let _ = writeln!(text, "{} `{name}`\n\n{}.\n", "#".repeat(name.split(' ').count()), about.trim_end_matches('.'));
    if subcommands.is_empty() {
        let usage = command.clone().render_usage().to_string();
        let _ = writeln!(text, "```text\n{}\n```\n", usage.trim_start_matches("Usage: ").trim());
    }
    let own = flags(command, |arg| !arg.is_global_set());
    if !own.is_empty() {
        let _ = writeln!(text, "{}", table(["argument", "does"], own));
    }
    if let Some(more) = command.get_after_long_help().or(command.get_after_help()) {
        let _ = writeln!(text, "```text\n{}\n```\n", more.to_string().trim_end());
    }
    for command in subcommands {
        section(text, command);
    }
}

/// The arguments that `wanted` wants, but for the help that every command has.
fn flags(command: &Command, wanted: impl Fn(&Arg) -> bool) -> Vec<[String; 2]> {
    let hidden = |arg: &&Arg| arg.is_hide_set() || matches!(arg.get_id().as_str(), "help" | "version");
    let args = command.get_arguments().filter(|arg| !hidden(arg) && wanted(arg));
    args.map(|arg| [spelling(arg), words(arg)]).collect()
}

fn spelling(arg: &Arg) -> String {
    let takes = arg.get_action().takes_values();
    let value = if takes { arg.get_value_names().unwrap_or_default().join(" ") } else { String::new() };
    if arg.is_positional() {
        let dots = if arg.get_num_args().is_some_and(|n| n.max_values() > 1) { "…" } else { "" };
        return format!("`{value}{dots}`");
    }
    let short = arg.get_short().map(|c| format!("-{c}"));
    let long = arg.get_long().map(|word| format!("--{word}"));
    let names: Vec<String> = short.into_iter().chain(long).collect();
    let value = if takes { format!(" {value}") } else { String::new() };
    format!("`{}{value}`", names.join(", "))
}

fn words(arg: &Arg) -> String {
    let mut words = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let default: Vec<_> = arg.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
    if arg.get_action().takes_values() {
        let values: Vec<String> =
            arg.get_possible_values().iter().map(|value| format!("`{}`", value.get_name())).collect();
        if !values.is_empty() {
            let _ = write!(words, ": {}", values.join(", "));
        }
        if !default.is_empty() && !arg.is_hide_default_value_set() {
            let _ = write!(words, " (default: `{}`)", default.join(" "));
        }
    }
    words
}
