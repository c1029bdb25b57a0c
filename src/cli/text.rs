//! A row's text: from a file or from standard input, exactly as it is.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read};
use std::path::{Path, PathBuf};

use super::output::{Output, Stop};
use super::signals::Signals;
use crate::domain::{Failure, Kind};

/// The most that a row may hold: as JSON it still has to fit into what is read back of an answer.
const LIMIT: usize = 4 * 1024 * 1024;

/// Reads the file; `-`, or none, is standard input. A signal ends the waiting.
pub(super) async fn read(file: Option<&Path>, signals: &mut Signals, output: &mut Output) -> Result<String, Stop> {
    let file: Option<PathBuf> = file.filter(|file| file.as_os_str() != "-").map(Path::to_owned);
    if file.is_none() && io::stdin().is_terminal() {
        output.aside("the text is read from here: Ctrl+D on a line of its own ends it");
    }
    let reading = tokio::task::spawn_blocking(move || match &file {
        None => exact("standard input", &mut io::stdin().lock()),
        Some(path) => {
            let name = path.display().to_string();
            let mut opened = File::open(path).map_err(|error| unreadable(&name, &error))?;
            exact(&name, &mut opened)
        }
    });
    let read = signals.or(reading).await?;
    Ok(read.map_err(|error| Failure::new(Kind::Failed, format!("the text could not be read: {error}")))??)
}

/// All of it, with every byte as it came.
fn exact(name: &str, from: &mut dyn Read) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let most = u64::try_from(LIMIT).unwrap_or(u64::MAX).saturating_add(1);
    from.take(most).read_to_end(&mut bytes).map_err(|error| unreadable(name, &error))?;
    if bytes.len() > LIMIT {
        let failure =
            Failure::new(Kind::Invalid, format!("{name} is over {} MiB, and nothing was sent", LIMIT >> 20));
        return Err(failure.hint("Make several rows of it: a bot finds things in short ones."));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Failure::new(Kind::Invalid, format!("{name} is no UTF-8 text at byte {at}, and nothing was sent"))
            .hint("Rows are UTF-8: convert it first, such as with `iconv -t UTF-8`.")
    })
}

fn unreadable(name: &str, error: &io::Error) -> Failure {
    Failure::new(Kind::Invalid, format!("{name} could not be read: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_stays() {
        for text in ["", "\n", "\u{feff}a\r\nb\n\n", " \t", "\0\u{1b}"] {
            assert_eq!(exact("f", &mut text.as_bytes()).unwrap(), text);
        }
        let most = "a".repeat(LIMIT);
        assert_eq!(exact("f", &mut most.as_bytes()).unwrap().len(), LIMIT);
    }

    #[test]
    fn what_is_no_text_is_named_with_its_byte() {
        let failure = exact("a.md", &mut &b"caf\xe9\n"[..]).unwrap_err();
        assert_eq!(
            (failure.kind, failure.message.contains("a.md is no UTF-8 text at byte 3")),
            (Kind::Invalid, true)
        );
        let failure = exact("a.md", &mut io::repeat(b'a')).unwrap_err();
        assert_eq!((failure.kind, failure.message.contains("over 4 MiB")), (Kind::Invalid, true));
    }
}
