//! A channel put into a config file that is there: every byte that stood in it stays, comments and order included.

use std::io;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::new_channel::{NewChannel, quoted};
use super::read::{ReadError, read};
use super::{Config, ConfigErrors, durable, init, keys, load};
use crate::domain::{Channel, Failure, Kind, PlatformSpec};

/// Far beyond any config file that a person writes.
const LIMIT: u64 = 1024 * 1024;

/// Why no channel was added. The file is as it was.
#[derive(Debug, thiserror::Error)]
pub enum AddError {
    /// It is wrong as it stands.
    #[error("{0}")]
    Wrong(#[from] ConfigErrors),
    /// It has one of that name.
    #[error("{path} has a channel named \"{name}\" already", path = .0.display(), name = .1)]
    Taken(PathBuf, String),
    /// Its channels are written in a way that no table can be put behind.
    #[error("{} has its channels in a form that a program can't add to", .0.display())]
    Form(PathBuf),
    /// The system refused.
    #[error("{path} could not be written: {source}", path = path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl From<AddError> for Failure {
    fn from(error: AddError) -> Self {
        match error {
            AddError::Wrong(errors) => errors.into(),
            AddError::Taken(..) => Failure::new(Kind::Usage, error.to_string()).hint("give it another name"),
            AddError::Form(_) => Failure::new(Kind::Config, error.to_string())
                .hint("write each channel as a [[channels]] table, as config.example.toml has them"),
            AddError::Io { ref source, .. } => {
                let hint = match source.kind() {
                    io::ErrorKind::StaleNetworkFileHandle => "somebody else changed it meanwhile; try again",
                    _ => "it is as it was",
                };
                Failure::new(Kind::Failed, error.to_string()).hint(hint)
            }
        }
    }
}

/// A config file with one channel more, checked and not yet written.
#[derive(Debug)]
pub struct Addition {
    path: PathBuf,
    /// What stands there; none where there is no file yet.
    before: Option<String>,
    after: String,
    private: bool,
    /// The default channel that is set with it: the one that was the file's only one, so that it stays the one that is meant.
    pub default: Option<String>,
    config: Config,
}

impl Addition {
    /// To a file that is not there yet.
    ///
    /// # Errors
    /// [`ConfigErrors`] where the channel would be wrong.
    pub fn to_new_file(path: &Path, new: &NewChannel, platforms: &[&PlatformSpec]) -> Result<Self, ConfigErrors> {
        let after = init::first_file(new, platforms);
        let config = load::parse(&after, path, platforms, keys::unchecked)?;
        Ok(Self { path: path.to_owned(), before: None, after, private: true, default: None, config })
    }

    /// To the file that is there, behind its last channel; all else in it stays byte for byte.
    ///
    /// # Errors
    /// [`AddError`] where the file is wrong, or has a channel of that name, or can't be added to.
    pub fn to_file(path: &Path, new: &NewChannel, platforms: &[&PlatformSpec]) -> Result<Self, AddError> {
        let failed = |source: io::Error| AddError::Io { path: path.to_owned(), source };
        let content = read(path, LIMIT).map_err(|error| match error {
            ReadError::Missing => AddError::Wrong(ConfigErrors::missing(path)),
            ReadError::Io(error) => failed(error),
            other => failed(io::Error::other(other.to_string())),
        })?;
        let before = load::load(path, platforms, keys::unchecked)?;
        if before.channels.iter().any(|channel| channel.name.as_str() == new.name) {
            return Err(AddError::Taken(path.to_owned(), new.name.clone()));
        }
        // It was read as text a moment ago.
        let text = String::from_utf8(content.bytes).map_err(|error| failed(io::Error::other(error)))?;
        let (after, default, config) = with_channel(&text, new, &before, path, platforms)?;
        let private = new.has_plain_secret();
        Ok(Self { path: path.to_owned(), before: Some(text), after, private, default, config })
    }

    /// The channel as it would be read.
    pub fn channel(&self) -> Option<&Channel> {
        self.config.channels.last()
    }

    /// Writes the file, whole or not at all. Where a secret itself is to stand in it, it is its owner's alone afterwards.
    ///
    /// # Errors
    /// Where it can't be written, or was changed meanwhile.
    pub fn write(&self) -> Result<(), Failure> {
        match &self.before {
            None => Ok(init::init(&self.path, &self.after)?),
            Some(before) => durable::replace(&self.path, before.as_bytes(), self.after.as_bytes(), self.private)
                .map_err(|source| AddError::Io { path: self.path.clone(), source }.into()),
        }
    }
}

/// The text with the channel in it; and the default channel that was set.
fn with_channel(
    text: &str,
    new: &NewChannel,
    before: &Config,
    path: &Path,
    platforms: &[&PlatformSpec],
) -> Result<(String, Option<String>, Config), AddError> {
    let default = match before.channels.as_slice() {
        [only] if before.default_channel.is_none() => Some(only.name.as_str().to_owned()),
        _ => None,
    };
    let wanted = before.channels.len() + 1;
    let mut refused = None;
    for place in [behind_channels(text), text.len()] {
        let after = inserted(text, place, &new.block(), default.as_deref());
        match load::parse(&after, path, platforms, keys::unchecked) {
            Ok(config)
                if config.channels.len() == wanted
                    && config.channels.last().is_some_and(|last| last.name.as_str() == new.name) =>
            {
                return Ok((after, default, config));
            }
            Ok(_) => {}
            Err(errors) => refused = Some(errors),
        }
    }
    // What the channel itself has wrong is told before how the file is written.
    match NewChannel::name_refusal(&new.name, new.spec).and(refused) {
        Some(errors) => Err(AddError::Wrong(errors)),
        None => Err(AddError::Form(path.to_owned())),
    }
}

fn inserted(text: &str, place: usize, block: &str, default: Option<&str>) -> String {
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut after = text[..place].trim_end_matches([' ', '\t']).to_owned();
    if !after.is_empty() && !after.ends_with('\n') {
        after += newline;
    }
    if !after.is_empty() && !after.ends_with("\n\n") && !after.ends_with("\n\r\n") {
        after += newline;
    }
    after += &block.replace('\n', newline);
    if place < text.len() {
        after += newline;
        after += &text[place..];
    }
    if let Some(default) = default {
        let line = format!(
            "# The channel that is meant where `-c NAME` is not given.{newline}default_channel = {}{newline}{newline}",
            quoted(default)
        );
        let top = top_of_tables(&after);
        after.insert_str(top, &line);
    }
    after
}

/// Where the comments of the first table begin, before which keys of the file itself stand.
fn top_of_tables(text: &str) -> usize {
    let (document, _) = DeTable::parse_recoverable(text.strip_prefix('\u{feff}').unwrap_or(text));
    let shift = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let first = headers(document.get_ref()).map(|(_, at)| at + shift).min().unwrap_or(text.len());
    above_comments(text, first).max(shift)
}

/// The place behind the last channel: before what follows it, with the comments that stand right above that.
fn behind_channels(text: &str) -> usize {
    let shift = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let (document, _) = DeTable::parse_recoverable(&text[shift..]);
    let all: Vec<(&str, usize)> = headers(document.get_ref()).map(|(key, at)| (key, at + shift)).collect();
    let last = all.iter().filter(|(key, _)| *key == "channels").map(|(_, at)| *at).max().unwrap_or(0);
    let next = all.iter().filter(|(key, at)| *key != "channels" && *at > last).map(|(_, at)| *at).min();
    next.map_or(text.len(), |next| above_comments(text, next))
}

/// The top-level keys whose tables have headers, and where each of those headers stands.
fn headers<'d>(document: &'d DeTable<'_>) -> impl Iterator<Item = (&'d str, usize)> {
    document.iter().flat_map(|(key, value)| {
        let mut found = Vec::new();
        places(value, &mut found);
        found.into_iter().map(move |at| (key.get_ref().as_ref(), at))
    })
}

fn places(value: &Spanned<DeValue<'_>>, found: &mut Vec<usize>) {
    match value.get_ref() {
        DeValue::Table(table) => {
            found.push(value.span().start);
            table.iter().for_each(|(_, inner)| places(inner, found));
        }
        DeValue::Array(array) => array.iter().for_each(|inner| places(inner, found)),
        _ => {}
    }
}

/// Where the comment lines begin that stand right above the line of that byte; that line, where there are none.
fn above_comments(text: &str, byte: usize) -> usize {
    let line_start = |byte: usize| text[..byte].rfind('\n').map_or(0, |at| at + 1);
    let mut top = line_start(byte.min(text.len()));
    while top > 0 {
        let above = line_start(top - 1);
        if !text[above..top].trim_start().starts_with('#') {
            break;
        }
        top = above;
    }
    top
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::EXAMPLE;
    use super::super::testing::{PLATFORMS, load as load_known, parse};
    use super::*;
    use crate::domain::{Secret, SecretRef, SettingValue};

    fn new(name: &str) -> NewChannel {
        let mut new = NewChannel::new(name, PLATFORMS[0]);
        let key = |name: &str| PLATFORMS[0].keys.iter().find(|key| key.name == name).unwrap();
        new.set(key("channel_id"), SettingValue::from("c-9"));
        new.set(key("secret_key"), SettingValue::Secret(SecretRef::Env("K9".to_owned())));
        new
    }

    fn added(text: &str) -> (String, Option<String>) {
        let path = Path::new("config.toml");
        let before = parse(text, path).unwrap_or_else(|errors| panic!("{errors}"));
        let (after, default, _) = with_channel(text, &new("ninth"), &before, path, PLATFORMS).unwrap();
        (after, default)
    }

    const ONE: &str =
        "[[channels]]\nname = \"a\"\nplatform = \"chat-thing\"\nchannel_id = \"c\"\nsecret_key = { env = \"K\" }\n";

    #[test]
    fn it_stands_behind_the_last_channel_and_every_byte_stays() {
        let (after, default) = added(EXAMPLE);
        assert_eq!(default, None);
        let block = new("ninth").block() + "\n";
        assert_eq!(after.replace(&block, ""), EXAMPLE);
        let place = after.find(&block).unwrap();
        assert!(
            after[..place].ends_with("on this machine\n\n")
                && after[place..].contains("\n\n# Where webhooks are taken")
        );
        assert_eq!(parse(&after, Path::new("c")).unwrap().channels.len(), 6);
    }

    #[test]
    fn a_files_only_channel_stays_the_one_that_is_meant() {
        let text = format!("# mine\n\n# the bot\n{ONE}\n# the end\n");
        let (after, default) = added(&text);
        assert_eq!(default.as_deref(), Some("a"));
        assert!(after.starts_with("# mine\n\n# The channel that is meant where `-c NAME` is not given.\ndefault_channel = \"a\"\n\n# the bot\n[[channels]]\nname = \"a\"\n"));
        assert!(after.contains("# the end\n\n[[channels]]\nname = \"ninth\""), "{after}");
        let config = parse(&after, Path::new("c")).unwrap();
        assert_eq!(config.default_channel.unwrap().as_str(), "a");
    }

    #[test]
    fn files_are_taken_as_people_write_them() {
        let crlf = ONE.replace('\n', "\r\n");
        for (text, has) in [
            (ONE.trim_end().to_owned(), "secret_key = { env = \"K\" }\n\n[[channels]]"),
            (format!("\u{feff}{ONE}"), "\u{feff}# The channel"),
            (crlf, "\"ninth\"      "),
            (format!("[listener]\nbind = \"127.0.0.1:1\"\n\n{ONE}"), "[listener]"),
            (format!("store.url = \"sqlite\"\n{ONE}[store2]\n").replace("[store2]\n", ""), "store.url"),
            (
                format!("{ONE}timeouts = {{ total = 3 }}\n[listener]\n# '''\n[network] # x\n"),
                "total = 3 }\n\n[[channels]]",
            ),
        ] {
            let (after, _) = added(&text);
            assert!(after.contains(has), "{text}\n->\n{after}");
            assert_eq!(parse(&after, Path::new("c")).unwrap().channels.len(), 2);
            assert!(!text.contains("\r\n") || after.lines().count() == after.matches("\r\n").count(), "{after}");
        }
        let inline = "channels = [{ name = \"a\", platform = \"chat-thing\", channel_id = \"c\", secret_key = { env = \"K\" } }]\n";
        let path = Path::new("config.toml");
        let refused = with_channel(inline, &new("b"), &parse(inline, path).unwrap(), path, PLATFORMS);
        assert!(matches!(refused, Err(AddError::Form(_))), "{refused:?}");
    }

    #[cfg(unix)]
    #[test]
    fn the_file_keeps_its_mode_and_its_place_behind_a_link() {
        use std::os::unix::fs::PermissionsExt as _;
        let top = tempfile::tempdir().unwrap();
        let (real, link) = (top.path().join("real.toml"), top.path().join("config.toml"));
        fs::write(&real, ONE).unwrap();
        fs::set_permissions(&real, fs::Permissions::from_mode(0o644)).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        let add = |new: &NewChannel| {
            let addition = Addition::to_file(&link, new, PLATFORMS)?;
            addition.write().unwrap();
            Ok::<_, AddError>(addition.default)
        };
        let mode = || fs::metadata(&real).unwrap().permissions().mode() & 0o777;
        assert_eq!(add(&new("b")).unwrap().as_deref(), Some("a"));
        assert_eq!((mode(), fs::symlink_metadata(&link).unwrap().is_symlink()), (0o644, true));
        let mut plain = new("c");
        let key = plain.spec.keys.iter().find(|key| key.name == "secret_key").unwrap();
        plain.set(key, SettingValue::Secret(SecretRef::Plain(Secret::new("s3cret"))));
        assert_eq!(add(&plain).unwrap(), None);
        assert_eq!((mode(), load_known(&link).unwrap().channels.len()), (0o600, 3));
        assert!(matches!(add(&plain), Err(AddError::Taken(..))));
        let stale = Addition::to_file(&link, &new("d"), PLATFORMS).unwrap();
        fs::write(&real, "default_chanel = 3\n").unwrap();
        assert!(stale.write().unwrap_err().hint.unwrap().contains("meanwhile"));
        assert!(matches!(add(&new("d")), Err(AddError::Wrong(_))));
        assert_eq!(fs::read_to_string(&real).unwrap(), "default_chanel = 3\n");
        assert_eq!(fs::read_dir(top.path()).unwrap().count(), 2);
    }
}
