//! Parses the command line, chooses the door, ends with its exit code.

use std::process::ExitCode;

use patchcord::cli::{self, Cli};
use patchcord::domain::Failure;
use patchcord::linear;
use patchcord::runtime;
use patchcord::tui::{self, Ended};

fn main() -> ExitCode {
    if cli::complete() {
        return ExitCode::SUCCESS;
    }
    let cli = match cli::parse(std::env::args_os()) {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    if cli.wants_screen() {
        // Not to standard error: the screen is there.
        runtime::begin_log(0);
        screen(&cli)
    } else {
        runtime::begin_log(cli.verbosity());
        match cli.tested_keys() {
            Some(keys) => end(&cli, keys.and_then(|keys| tui::test_keys(&keys))),
            None => cli::run(&cli),
        }
    }
}

/// Opens the terminal interface, drawn or line by line; on the embedded sandbox where there is no config file.
fn screen(cli: &Cli) -> ExitCode {
    let mut setup = cli.setup();
    match runtime::has_config(&setup) {
        Ok(has) => setup.sandbox |= !has,
        Err(failure) => return cli::fail(cli, failure),
    }
    let ended = if cli.is_linear() {
        linear::run(&setup).map(|signal| signal.map_or(Ended::Quit, Ended::Signal))
    } else {
        tui::run(&setup)
    };
    end(cli, ended)
}

/// How a terminal's door was left, as an exit code.
fn end(cli: &Cli, ended: Result<Ended, Failure>) -> ExitCode {
    match ended {
        Ok(Ended::Quit) => ExitCode::SUCCESS,
        Ok(Ended::Signal(number)) => ExitCode::from(128 + number),
        Err(failure) => cli::fail(cli, failure),
    }
}
