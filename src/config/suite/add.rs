//! A case put behind those of a suite's file, all else in it byte for byte as it is; or the first one of a new file. What
//! comes of it is read before it is written.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

use super::super::new_channel::quoted;
use super::super::read::{ReadError, read};
use super::super::{ConfigErrors, durable};
use super::parse_suite;
use crate::domain::{ChannelName, Failure, Kind};

/// Beyond any suite that a person writes.
const LIMIT: u64 = 16 << 20;
/// How like what was replied a reply has to be.
const AT_LEAST: &str = "0.6";
/// The names of the values that stand for the case's name and for two braces, where those are in a text.
const VALUES: [&str; 2] = ["case", "open"];

/// A case that is to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCase {
    /// What it is called.
    pub name: String,
    /// What is said, in order; at least one.
    pub turns: Vec<NewTurn>,
}

/// One turn of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTurn {
    /// What is said. Untrusted.
    pub say: String,
    /// What a reply has to be like; none where nothing was replied. Untrusted.
    pub reply: Option<String>,
}

/// Why a case was not added: the file is as it was.
#[derive(Debug, thiserror::Error)]
pub enum AddCaseError {
    /// The file is wrong as it stands.
    #[error("{0}")]
    Wrong(ConfigErrors),
    /// It would be wrong with the case in it.
    #[error("with the case in it, {0}")]
    Refused(ConfigErrors),
    /// The system refused.
    #[error("{} can't be written: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl From<AddCaseError> for Failure {
    fn from(error: AddCaseError) -> Self {
        let hint = match &error {
            AddCaseError::Io { source, .. } if source.kind() == io::ErrorKind::StaleNetworkFileHandle => {
                "Somebody else changed it meanwhile; try again."
            }
            _ => "The file is as it was.",
        };
        let kind = if matches!(error, AddCaseError::Io { .. }) { Kind::Failed } else { Kind::Config };
        Self::new(kind, error.to_string()).hint(hint)
    }
}

/// Adds a case to the suite's file at that path. Where there is none it is made, and asks that channel. Gives the line, from
/// 1, on which the case begins.
///
/// # Errors
///
/// [`AddCaseError`] where the file is wrong, or would be, or can't be read or written.
pub fn add_case(path: &Path, channel: Option<&ChannelName>, case: &NewCase) -> Result<usize, AddCaseError> {
    let failed = |source: io::Error| AddCaseError::Io { path: path.to_owned(), source };
    let before = match read(path, LIMIT) {
        Ok(content) => Some(String::from_utf8(content.bytes).map_err(|error| failed(io::Error::other(error)))?),
        Err(ReadError::Missing) => None,
        Err(ReadError::Io(error)) => return Err(failed(error)),
        Err(error) => return Err(failed(io::Error::other(error.to_string()))),
    };
    let text = before.as_deref().unwrap_or_default();
    if !text.trim().is_empty() {
        parse_suite(text, path).map_err(AddCaseError::Wrong)?;
    }
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut after = text.to_owned();
    if text.trim().is_empty()
        && let Some(channel) = channel.filter(|name| !name.as_str().is_empty())
    {
        let _ = write!(after, "channel = {}{newline}", quoted(channel.as_str()));
    }
    if !after.is_empty() && !after.ends_with('\n') {
        after += newline;
    }
    if !after.is_empty() && !after.ends_with("\n\n") && !after.ends_with("\n\r\n") {
        after += newline;
    }
    let line = after.matches('\n').count() + 1;
    after += &case.block(newline);
    parse_suite(&after, path).map_err(AddCaseError::Refused)?;
    match &before {
        None => {
            path.parent().map_or(Ok(()), std::fs::create_dir_all).map_err(failed)?;
            durable::create(path, after.as_bytes()).map_err(failed)?;
        }
        Some(before) => durable::replace(path, before.as_bytes(), after.as_bytes(), false).map_err(failed)?,
    }
    Ok(line)
}

impl NewCase {
    /// The lines that stand in a file whose lines end so.
    fn block(&self, newline: &str) -> String {
        // A text of several lines would have the file's own line ends in it.
        let quoted = |text: &str| if newline == "\n" { quoted(text) } else { on_one_line(text) };
        let mut texts = self.turns.iter().flat_map(|turn| [Some(&turn.say), turn.reply.as_ref()]).flatten();
        let braces = self.name.contains("{{") || texts.any(|text| text.contains("{{"));
        let [name_value, open] = VALUES;
        // Two braces begin a place to be filled: they are filled in themselves.
        let text = |text: &str| {
            let text = plain(text);
            quoted(&if braces { text.replace("{{", &format!("{{{{{open}}}}}")) } else { text })
        };
        let mut block = "[[cases]]\n".to_owned();
        if braces {
            let _ = writeln!(block, "name = \"{{{{{name_value}}}}}\"");
            let _ =
                writeln!(block, "values = [{{ {name_value} = {}, {open} = \"{{{{\" }}]", quoted(&plain(&self.name)));
        } else {
            let _ = writeln!(block, "name = {}", quoted(&plain(&self.name)));
        }
        for turn in &self.turns {
            if self.turns.len() > 1 {
                block += "[[cases.turns]]\n";
            }
            let _ = writeln!(block, "say = {}", text(&turn.say));
            if let Some(reply) = turn.reply.as_ref().filter(|reply| !reply.trim().is_empty()) {
                let _ = writeln!(block, "expect.like = {{ text = {}, at_least = {AT_LEAST} }}", text(reply));
            }
        }
        block.replace('\n', newline)
    }
}

/// A string as it stands in TOML, its line ends written out.
fn on_one_line(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\t', "\\t");
    format!("\"{escaped}\"")
}

/// A text without what a suite takes no text with: what a terminal acts on.
fn plain(text: &str) -> String {
    text.trim().replace("\r\n", "\n").chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::domain::{Asks, Expectation};

    fn case(name: &str, turns: &[(&str, &str)]) -> NewCase {
        let turn = |(say, reply): &(&str, &str)| NewTurn {
            say: (*say).to_owned(),
            reply: (!reply.is_empty()).then(|| (*reply).to_owned()),
        };
        NewCase { name: name.to_owned(), turns: turns.iter().map(turn).collect() }
    }

    #[test]
    fn what_stands_in_the_file_stays_and_what_is_added_is_read_as_it_was_said() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("faq.toml");
        let before =
            "# Mine.\r\nchannel = \"docs\"   # the one\r\n\r\n[[cases]]\r\nname = \"a\"\r\nsay = \"hi\" # no newline";
        fs::write(&path, before).unwrap();
        let odd = "Say \"x\" and \\n,\n\"\"\" {{city}} \u{1b}[2J\u{7} 日本語 'q'";
        assert_eq!(add_case(&path, None, &case("odd {{one}}", &[(odd, "**Yes** {{x"), ("Two?", "")])).unwrap(), 8);
        assert!(add_case(&path, None, &case("plain", &[("One?", "A\n\n- b\n")])).unwrap() > 8);
        let after = fs::read_to_string(&path).unwrap();
        assert!(after.starts_with(before), "{after}");
        let suite = super::super::load_suite(&path).unwrap();
        let names: Vec<&str> = suite.cases.iter().map(|case| case.name.as_str()).collect();
        assert_eq!(names, ["a", "odd {{one}}", "plain"]);
        let Asks::Conversation(turns) = &suite.cases[1].asks else { panic!("{suite:?}") };
        assert_eq!(turns[0].say, odd.replace(['\u{1b}', '\u{7}'], ""));
        let Expectation::Like { text, at_least, .. } = &turns[0].expect[0] else { panic!("{turns:?}") };
        assert_eq!((text.as_str(), *at_least, turns[1].expect.len()), ("**Yes** {{x", 0.6, 0));
        let Asks::Conversation(turns) = &suite.cases[2].asks else { panic!("{suite:?}") };
        let Expectation::Like { text, .. } = &turns[0].expect[0] else { panic!("{turns:?}") };
        assert_eq!(text, "A\n\n- b");
    }

    #[test]
    fn a_new_file_asks_the_conversations_channel() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("new/faq.toml");
        assert_eq!(add_case(&path, Some(&ChannelName::new("docs")), &case("a", &[("One?", "Yes.")])).unwrap(), 3);
        let wanted = "channel = \"docs\"\n\n[[cases]]\nname = \"a\"\nsay = \"One?\"\nexpect.like = { text = \"Yes.\", at_least = 0.6 }\n";
        assert_eq!(fs::read_to_string(&path).unwrap(), wanted);
    }

    #[test]
    fn what_would_be_wrong_is_not_written() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("faq.toml");
        for (before, name, told) in [
            ("[[cases]]\nname = \"a\"\nsay = \"x\"\n", "a", "a second time"),
            ("cases = [{ name = \"a\", say = \"x\" }]\n", "b", "with the case in it"),
            ("[[cases]]\nname = \"a\"\n", "b", "found none"),
        ] {
            fs::write(&path, before).unwrap();
            let error = add_case(&path, None, &case(name, &[("One?", "")])).unwrap_err().to_string();
            assert!(error.contains(told), "{error}");
            assert_eq!(fs::read_to_string(&path).unwrap(), before);
        }
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "nothing is left beside it");
    }
}
