//! `completions`: the script by which a shell asks this program for what a word can become, and the answer.

use clap::CommandFactory as _;
use clap_complete::Shell;
use clap_complete::env::{Bash, CompleteEnv, Elvish, EnvCompleter, Fish, Powershell, Zsh};

use super::args::{Cli, CompletionsArgs};
use super::output::{Output, Stop};
use crate::domain::{Failure, Kind};

/// The variable by which a shell's script asks for candidates, its shell in it.
const VARIABLE: &str = "PATCHCORD_COMPLETE";
/// Prints the script.
pub(super) fn run(args: &CompletionsArgs, output: &mut Output) -> Result<(), Stop> {
    let script = script(args.shell)
        .map_err(|error| Failure::new(Kind::Failed, format!("the script could not be made: {error}")))?;
    output.exact(&String::from_utf8_lossy(&script))
}

/// Answers a shell that asks for candidates; whether one did.
pub fn complete() -> bool {
    if std::env::var_os(VARIABLE).is_none() {
        return false;
    }
    // What fails here fails at a press of Tab: there is nobody to be told.
    CompleteEnv::with_factory(Cli::command)
        .bin("patchcord")
        .var(VARIABLE)
        .try_complete(std::env::args_os(), None)
        .unwrap_or(true)
}

/// The script that makes a shell ask.
fn script(shell: Shell) -> std::io::Result<Vec<u8>> {
    let completer: &dyn EnvCompleter = match shell {
        Shell::Zsh => &Zsh,
        Shell::Fish => &Fish,
        Shell::PowerShell => &Powershell,
        Shell::Elvish => &Elvish,
        _ => &Bash,
    };
    let mut script = Vec::new();
    completer.write_registration(VARIABLE, "patchcord", "patchcord", "patchcord", &mut script)?;
    Ok(script)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_shell_has_a_script_that_asks() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::PowerShell, Shell::Elvish] {
            let script = String::from_utf8(script(shell).unwrap()).unwrap();
            assert!(script.contains(VARIABLE) && script.contains("patchcord"), "{shell}: {script}");
        }
    }
}
