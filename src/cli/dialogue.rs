//! Questions on a terminal and their answers, a line each; Ctrl+C ends them as it ends any command.

use std::io;

use super::output::{Output, Stop};
use super::signals::Signals;
use crate::domain::{Failure, Kind, Secret};
use crate::runtime::HiddenInput;

/// Who is asked, on standard error; the answers come from standard input.
pub(super) struct Dialogue<'o> {
    signals: Signals,
    pub(super) output: &'o mut Output,
}

impl<'o> Dialogue<'o> {
    pub(super) fn new(output: &'o mut Output) -> Result<Self, Stop> {
        Ok(Self { signals: Signals::new()?, output })
    }

    /// Says something.
    pub(super) fn say(&mut self, text: &str) {
        self.output.aside(text);
    }

    /// An answer, without the spaces around it; an empty one is the default, where there is one, and asked for again else.
    pub(super) async fn line(&mut self, question: &str, default: Option<&str>) -> Result<String, Stop> {
        loop {
            self.output.prompt(&match default {
                Some(default) => format!("{question} [{default}]: "),
                None => format!("{question}: "),
            });
            let answer = self.read().await?;
            match (answer.trim(), default) {
                ("", Some(default)) => return Ok(default.to_owned()),
                ("", None) => {}
                (answer, _) => return Ok(answer.to_owned()),
            }
        }
    }

    /// The same where nothing is an answer, too.
    pub(super) async fn optional(&mut self, question: &str) -> Result<Option<String>, Stop> {
        self.output.prompt(&format!("{question} [none]: "));
        let answer = self.read().await?;
        Ok(Some(answer.trim().to_owned()).filter(|answer| !answer.is_empty()))
    }

    /// An answer of which nothing is shown; none for an empty line.
    pub(super) async fn hidden(&mut self, question: &str) -> Result<Option<Secret>, Stop> {
        let hidden = HiddenInput::begin()
            .map_err(|error| Failure::new(Kind::Failed, format!("the terminal can't be made to hide it: {error}")))?;
        self.output.prompt(&format!("{question} (not shown): "));
        let answer = self.read().await;
        drop(hidden);
        let answer = answer?;
        let answer = answer.trim_end_matches(['\n', '\r']);
        Ok(Some(Secret::new(answer)).filter(|secret| !secret.expose().is_empty()))
    }

    /// Yes or no.
    pub(super) async fn yes(&mut self, question: &str, default: bool) -> Result<bool, Stop> {
        loop {
            self.output.prompt(&format!("{question} [{}] ", if default { "Y/n" } else { "y/N" }));
            match self.read().await?.trim().to_ascii_lowercase().as_str() {
                "" => return Ok(default),
                "y" | "yes" => return Ok(true),
                "n" | "no" => return Ok(false),
                _ => {}
            }
        }
    }

    /// One of a list, by its number or its word; `default` counts from 0.
    pub(super) async fn choose(
        &mut self,
        question: &str,
        options: &[(&str, String)],
        default: usize,
    ) -> Result<usize, Stop> {
        let wide = options.iter().map(|(word, _)| word.len()).max().unwrap_or(0);
        for (at, (word, what)) in options.iter().enumerate() {
            self.say(&format!("  {}  {word:wide$}  {what}", at + 1));
        }
        let default = (default + 1).to_string();
        loop {
            let answer = self.line(question, Some(&default)).await?;
            if let Some(chosen) = chosen(&answer, options) {
                return Ok(chosen);
            }
            self.say(&format!("Say a number from 1 to {}, or the word beside it.", options.len()));
        }
    }

    /// Waits for something, or for Ctrl+C.
    pub(super) async fn wait<T>(&mut self, work: impl Future<Output = T>) -> Result<T, Stop> {
        self.signals.or(work).await
    }

    async fn read(&mut self) -> Result<String, Stop> {
        let reading = tokio::task::spawn_blocking(|| {
            let mut line = String::new();
            io::stdin().read_line(&mut line).map(|length| (length, line))
        });
        let read = self.signals.or(reading).await.inspect_err(|_| self.output.prompt("\n"))?;
        let (length, line) = read
            .map_err(io::Error::other)
            .and_then(|read| read)
            .map_err(|error| Failure::new(Kind::Failed, format!("the answer could not be read: {error}")))?;
        if length == 0 {
            return Err(Failure::new(Kind::Interrupted, "the answers ended; nothing was written").into());
        }
        Ok(line)
    }
}

/// The option that an answer means: its number, its word, or the beginning of that alone.
fn chosen(answer: &str, options: &[(&str, String)]) -> Option<usize> {
    if let Ok(number) = answer.parse::<usize>() {
        return number.checked_sub(1).filter(|at| *at < options.len());
    }
    let answer = answer.to_ascii_lowercase();
    let mut begun = options.iter().enumerate().filter(|(_, (word, _))| word.starts_with(&answer));
    match (options.iter().position(|(word, _)| *word == answer), begun.next(), begun.next()) {
        (Some(at), ..) | (None, Some((at, _)), None) => Some(at),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_is_chosen_by_number_by_word_or_by_its_beginning() {
        let options = ["env", "file", "eko", "ek"].map(|word| (word, String::new()));
        let of = |answer| chosen(answer, &options);
        assert_eq!([of("1"), of("4"), of("0"), of("5")], [Some(0), Some(3), None, None]);
        assert_eq!([of("FILE"), of("f"), of("e"), of("ek"), of("x")], [Some(1), Some(1), None, Some(3), None]);
    }
}
