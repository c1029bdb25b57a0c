//! A command line that is wrong, and the words for it: plain, or a document under `--json`.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{ColorChoice, CommandFactory as _, FromArgMatches as _, error::ErrorKind};

use super::args::{Cli, Color};
use super::output::{Output, Stop};
use crate::domain::{Failure, Kind};

/// Reads the command line. What `--help` and `--version` ask for, and what is wrong, is printed here: then there is
/// nothing left to do but to end with that code.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Cli, ExitCode> {
    let args: Vec<OsString> = args.into_iter().collect();
    let (json, color) = early(&args);
    let choice = match color {
        Color::Auto => ColorChoice::Auto,
        Color::Always => ColorChoice::Always,
        Color::Never => ColorChoice::Never,
    };
    let read = Cli::command().color(choice).try_get_matches_from(args).and_then(|m| Cli::from_arg_matches(&m));
    read.map_err(|error| match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => match error.print() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => Output::system(json, color).end(Err(Stop::from(error))),
        },
        _ => Output::system(json, color).end(Err(Stop::Failure(failure(&error)))),
    })
}

/// Where no command is named and no screen can open.
pub(super) fn no_screen() -> Failure {
    Failure::new(Kind::Usage, "the terminal interface needs a terminal, and here is none that can show it")
        .hint("use a command: `patchcord chat MESSAGE`, `patchcord conversations list`, `patchcord --help` for all")
}

/// What has to be known of the command line even if it is wrong. After `--` all is text.
fn early(args: &[OsString]) -> (bool, Color) {
    let words: Vec<&str> =
        args.iter().skip(1).map(|arg| arg.to_str().unwrap_or_default()).take_while(|arg| *arg != "--").collect();
    let after = |word: &str| match word {
        "always" => Some(Color::Always),
        "never" => Some(Color::Never),
        _ => None,
    };
    let joined = words.iter().filter_map(|word| word.strip_prefix("--color=")).find_map(after);
    let apart = words.windows(2).filter(|pair| pair[0] == "--color").find_map(|pair| after(pair[1]));
    (words.contains(&"--json"), joined.or(apart).unwrap_or(Color::Auto))
}

/// clap's own words, in the program's shape.
fn failure(error: &clap::Error) -> Failure {
    let text = error.render().to_string();
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return Failure::new(Kind::Usage, "a command is missing").hint("`patchcord --help` names them all");
    }
    // Its tips and the usage line follow an empty line each.
    let mut parts = text.split("\n\n").map(str::trim).filter(|part| !part.is_empty());
    let message = parts.next().unwrap_or("the command line is wrong");
    let message = message.strip_prefix("error: ").unwrap_or(message);
    let message = message.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    let tips = parts.filter(|part| !part.starts_with("For more information"));
    let hint = tips
        .map(|tip| tip.trim_start_matches("tip: ").lines().map(str::trim).collect::<Vec<_>>().join(" "))
        .collect::<Vec<_>>();
    let failure = Failure::new(Kind::Usage, message);
    if hint.is_empty() { failure.hint("`--help` tells more") } else { failure.hint(hint.join("; ")) }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    fn failure_of(line: &str) -> Failure {
        let words = std::iter::once("patchcord").chain(line.split_whitespace());
        failure(&Cli::try_parse_from(words).unwrap_err())
    }

    #[test]
    fn a_slip_is_told_with_what_was_meant() {
        let failure = failure_of("chat hi --no-steam");
        assert_eq!(failure.kind, Kind::Usage);
        assert_eq!(failure.message, "unexpected argument '--no-steam' found");
        assert!(failure.hint.unwrap().contains("'--no-stream'"));
        assert!(failure_of("conversations list --limit ten").message.contains("'ten' for '--limit <N>'"));
        assert_eq!(failure_of("conversations").message, "a command is missing");
        let failure = failure_of("conversations export 7b");
        assert!(failure.message.contains("--format"), "{}", failure.message);
    }

    #[test]
    fn json_and_colour_are_known_of_a_wrong_command_line() {
        let of = |line: &str| {
            let args: Vec<OsString> = line.split_whitespace().map(OsString::from).collect();
            early(&args)
        };
        assert_eq!(of("patchcord --bogus --json"), (true, Color::Auto));
        assert_eq!(of("patchcord chat -- --json"), (false, Color::Auto));
        assert_eq!(of("patchcord --color never x"), (false, Color::Never));
        assert_eq!(of("patchcord --color=always --json"), (true, Color::Always));
    }
}
