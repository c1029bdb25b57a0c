//! Parses the command line, chooses the door, ends with its exit code.

use std::process::ExitCode;

use patchcord::cli::{self, Cli};
use patchcord::runtime;
use patchcord::tui::{self, Ended};

fn main() -> ExitCode {
    match cli::parse(std::env::args_os()) {
        Ok(cli) if cli.wants_screen() => screen(&cli),
        Ok(cli) => cli::run(&cli),
        Err(code) => code,
    }
}

/// Opens the terminal interface; on the embedded sandbox where there is no config file.
fn screen(cli: &Cli) -> ExitCode {
    let mut setup = cli.setup();
    match runtime::has_config(&setup) {
        Ok(has) => setup.sandbox |= !has,
        Err(failure) => return cli::fail(cli, failure),
    }
    match tui::run(&setup) {
        Ok(Ended::Quit) => ExitCode::SUCCESS,
        Ok(Ended::Signal(number)) => ExitCode::from(128 + number),
        Err(failure) => cli::fail(cli, failure),
    }
}
