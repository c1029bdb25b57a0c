//! Parses the command line, chooses the door, ends with its exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    patchcord::cli::main()
}
