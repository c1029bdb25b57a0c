//! That the help of every command has an example, which is one of that command.

use clap::Command;

use crate::commands::command_line;

/// The commands that do something, each with its words.
fn leaves(command: &Command, path: &str, found: &mut Vec<(String, Command)>) {
    let mut any = false;
    for inner in command.get_subcommands().filter(|inner| inner.get_name() != "help") {
        any = true;
        leaves(inner, &format!("{path} {}", inner.get_name()), found);
    }
    if !any {
        found.push((path.trim().to_owned(), command.clone()));
    }
}

#[test]
fn every_commands_help_has_an_example_of_it() {
    let mut all = Vec::new();
    let mut program = command_line();
    program.build();
    leaves(&program, "", &mut all);
    assert!(all.len() > 30, "{}", all.len());
    for (path, mut command) in all {
        let help = command.render_long_help().to_string();
        let examples =
            help.split("Example").nth(1).unwrap_or_else(|| panic!("`{path} --help` has no example:\n{help}"));
        // Flags of all commands may stand before its words.
        let words: Vec<&str> = path.split(' ').collect();
        let told = examples.lines().any(|line| {
            line.contains("patchcord") && {
                let mut rest = line.split([' ', '(', ')']).peekable();
                words.iter().all(|word| rest.any(|other| other == *word))
            }
        });
        assert!(told, "`{path} --help` has no example of `{path}`:\n{help}");
    }
}
