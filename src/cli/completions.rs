//! `completions`: what a shell needs to complete this program's command line.

use clap::CommandFactory as _;

use super::args::{Cli, CompletionsArgs};
use super::output::{Output, Stop};

/// Prints the script.
pub(super) fn run(args: &CompletionsArgs, output: &mut Output) -> Result<(), Stop> {
    // It is written to memory first: the generator panics where a pipe is closed.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "patchcord", &mut script);
    output.exact(&String::from_utf8_lossy(&script))
}
