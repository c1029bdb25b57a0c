//! The message that `chat` sends: from the command line or from standard input, and refused where it is none.

use std::io::{self, IsTerminal as _, Read};

use crate::domain::{Failure, Kind};

/// The most that is sent in one message.
const LIMIT: usize = 1024 * 1024;

/// Where the message is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum MessageOrigin {
    /// It stood on the command line.
    Argument(String),
    /// It is to be read.
    Stdin,
}

/// Finds the message, and refuses what is already known to be none.
pub(super) fn find(argument: Option<&str>) -> Result<MessageOrigin, Failure> {
    find_with(argument, io::stdin().is_terminal())
}

fn find_with(argument: Option<&str>, terminal: bool) -> Result<MessageOrigin, Failure> {
    match argument {
        None if terminal => Err(Failure::new(Kind::Usage, "a message is missing")
            .hint("`patchcord chat MESSAGE`, or pipe it in; `patchcord` alone opens the terminal interface")),
        None | Some("-") => Ok(MessageOrigin::Stdin),
        Some(text) => check(text.to_owned()).map(MessageOrigin::Argument),
    }
}

/// Reads standard input to its end, or to the limit. Blocks.
pub(super) fn read_stdin() -> Result<String, Failure> {
    read(&mut io::stdin().lock())
}

fn read(from: &mut dyn Read) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let most = u64::try_from(LIMIT).unwrap_or(u64::MAX).saturating_add(3);
    from.take(most)
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::new(Kind::Failed, format!("standard input could not be read: {error}")))?;
    for end in [b'\n', b'\r'] {
        // The one line end that a shell's tools put after a text is not part of it.
        if bytes.last() == Some(&end) {
            bytes.pop();
        } else {
            break;
        }
    }
    if bytes.len() > LIMIT {
        return Err(too_long());
    }
    let text = String::from_utf8(bytes)
        .map_err(|_| Failure::new(Kind::Invalid, "the message is not UTF-8 text, and was not sent"))?;
    check(text)
}

fn check(text: String) -> Result<String, Failure> {
    if text.trim().is_empty() {
        return Err(Failure::new(Kind::Invalid, "the message is empty, and was not sent"));
    }
    if text.len() > LIMIT {
        return Err(too_long());
    }
    Ok(text)
}

fn too_long() -> Failure {
    Failure::new(Kind::Invalid, "the message is over 1 MiB, and was not sent").hint("send it in parts")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind<T>(result: Result<T, Failure>) -> Option<Kind> {
        result.err().map(|failure| failure.kind)
    }

    #[test]
    fn the_message_is_an_argument_or_comes_in() {
        assert_eq!(find_with(Some("hi"), false).unwrap(), MessageOrigin::Argument("hi".to_owned()));
        assert_eq!(find_with(Some("-"), true).unwrap(), MessageOrigin::Stdin);
        assert_eq!(find_with(None, false).unwrap(), MessageOrigin::Stdin);
        assert_eq!(kind(find_with(None, true)), Some(Kind::Usage));
    }

    #[test]
    fn one_line_end_is_dropped_and_no_more() {
        assert_eq!(read(&mut &b"a\nb\n"[..]).unwrap(), "a\nb");
        assert_eq!(read(&mut &b"a\r\n"[..]).unwrap(), "a");
        assert_eq!(read(&mut &b"a\n\n"[..]).unwrap(), "a\n");
        assert_eq!(read(&mut &b" a "[..]).unwrap(), " a ");
    }

    #[test]
    fn what_is_no_message_is_refused() {
        for text in ["", " ", "\n\t"] {
            assert_eq!(kind(find_with(Some(text), false)), Some(Kind::Invalid), "{text:?}");
            assert_eq!(kind(read(&mut text.as_bytes())), Some(Kind::Invalid), "{text:?}");
        }
        assert_eq!(kind(read(&mut &b"a\xff"[..])), Some(Kind::Invalid));
    }

    #[test]
    fn a_mebibyte_is_the_most() {
        let most = "a".repeat(LIMIT);
        assert_eq!(read(&mut most.as_bytes()).unwrap().len(), LIMIT);
        assert_eq!(read(&mut (most.clone() + "\n").as_bytes()).unwrap().len(), LIMIT);
        let more = most + "a";
        assert_eq!(kind(read(&mut more.as_bytes())), Some(Kind::Invalid));
        assert_eq!(kind(find_with(Some(&more), false)), Some(Kind::Invalid));
        assert_eq!(kind(read(&mut io::repeat(b'a'))), Some(Kind::Invalid));
    }
}
