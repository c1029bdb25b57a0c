//! Asking before something is deleted: `--yes`, or a person at a terminal.

use std::io::{self, IsTerminal as _};

use super::output::{Output, Stop};
use super::signals::Signals;
use crate::domain::{Failure, Kind};

/// Goes on if `--yes` was given or a person says so; `question` is what is asked. Where nobody can be asked it is
/// refused, before anything is sent.
pub(super) async fn deletion(
    yes: bool,
    question: &str,
    signals: &mut Signals,
    output: &mut Output,
) -> Result<(), Stop> {
    wanted(yes, ("a delete needs", question), signals, output).await
}

/// The same of what needs to be wanted for another reason: `needs` says which, up to the flag.
pub(super) async fn wanted(
    yes: bool,
    (needs, question): (&str, &str),
    signals: &mut Signals,
    output: &mut Output,
) -> Result<(), Stop> {
    if yes {
        return Ok(());
    }
    if !io::stdin().is_terminal() || !output.err_is_terminal() {
        return Err(Failure::new(Kind::Usage, format!("{needs} `--yes` where nobody can be asked"))
            .hint("Nothing was deleted. On a terminal it asks.")
            .into());
    }
    output.prompt(&format!("{question} [y/N] "));
    let reading = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        io::stdin().read_line(&mut line).map(|_| line)
    });
    let line = signals.or(reading).await?;
    let line = line.map_err(io::Error::other).and_then(|line| line);
    let line = line.map_err(|error| Failure::new(Kind::Failed, format!("the answer could not be read: {error}")))?;
    if says_yes(&line) { Ok(()) } else { Err(Failure::new(Kind::Failed, "nothing was deleted").into()) }
}

fn says_yes(line: &str) -> bool {
    matches!(line.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_yes_is_one() {
        assert!(["y\n", "Y\r\n", " yes ", "YES"].iter().all(|line| says_yes(line)));
        assert!(!["", "\n", "n\n", "yess", "j", "y es"].iter().any(|line| says_yes(line)));
    }
}
