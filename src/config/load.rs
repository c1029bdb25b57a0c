//! A whole config file: its text, its syntax, its tables, and what holds between them. Tells every error at once.

use std::path::Path;

use toml::de::DeTable;

use super::read::{FileContent, ReadError, read};
use super::table::{ConfigValue, ProblemSink, TableReader};
use super::{Config, ConfigErrors, KeyCheck, KeySettings, Problem};
use super::{channels, judge, keys, notify, replies, screen, services, syntax, test_settings, trust};
use crate::domain::nearest;
use crate::domain::{Channel, ChannelName, PlatformSpec};

/// Far beyond any config file that a person writes.
const LIMIT: u64 = 1024 * 1024;

/// Reads and checks the file; its channels are of these platforms, and its keys are checked so. Fetches no secret.
///
/// # Errors
/// [`ConfigErrors`] with every error of the file, or that it can't be read.
pub fn load(path: &Path, platforms: &[&PlatformSpec], keys: KeyCheck) -> Result<Config, ConfigErrors> {
    let (text, open_to_others) = text_of(path)?;
    check(&text, path, open_to_others, |top, folder| tables(top, folder, path, platforms, keys))
        .map(|(config, warnings)| Config { warnings, ..config })
        .map_err(|problems| ConfigErrors::new(path, problems))
}

/// Checks text that stands in no file. `path` is what errors name.
///
/// # Errors
/// [`ConfigErrors`] with every error of the text.
pub fn parse(text: &str, path: &Path, platforms: &[&PlatformSpec], keys: KeyCheck) -> Result<Config, ConfigErrors> {
    check(text, path, None, |top, folder| tables(top, folder, path, platforms, keys))
        .map(|(config, warnings)| Config { warnings, ..config })
        .map_err(|problems| ConfigErrors::new(path, problems))
}

/// Reads and checks the file's keys alone, whatever else stands there: they are the user's own on the built-in sandbox
/// too. Without a file there are none.
///
/// # Errors
/// [`ConfigErrors`] with every error of the keys and of the file's syntax, or that it can't be read.
pub fn keys_of(path: &Path, check_keys: KeyCheck) -> Result<KeySettings, ConfigErrors> {
    let text = match text_of(path) {
        Ok((text, _)) => text,
        Err(errors) if errors.is_missing() => return Ok(KeySettings::default()),
        Err(errors) => return Err(errors),
    };
    check(&text, path, None, |top, _| keys::keys(&top, path, check_keys))
        .map(|(keys, _)| keys)
        .map_err(|problems| ConfigErrors::new(path, problems))
}

/// A file's text, and its permission bits where others can read it.
pub(super) fn text_of(path: &Path) -> Result<(String, Option<u32>), ConfigErrors> {
    let FileContent { bytes, open_to_others } = match read(path, LIMIT) {
        Ok(content) => content,
        Err(ReadError::Missing) => return Err(ConfigErrors::missing(path)),
        Err(error) => return Err(ConfigErrors::new(path, vec![Problem::file(error.to_string())])),
    };
    let text = String::from_utf8(bytes).map_err(|error| ConfigErrors::new(path, vec![syntax::not_utf8(&error)]))?;
    Ok((text, open_to_others))
}

/// Reads a text by what `read` makes of its tables: that and the warnings, or every error.
pub(super) fn check<T>(
    text: &str,
    path: &Path,
    open_to_others: Option<u32>,
    read: impl FnOnce(TableReader<'_, '_>, &Path) -> Option<T>,
) -> Result<(T, Vec<Problem>), Vec<Problem>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (document, errors) = DeTable::parse_recoverable(text);
    let sink = ProblemSink::new(text);
    let broken_syntax = syntax::problems(&errors, &sink);
    let folder = path.parent().unwrap_or(Path::new(""));
    let made = read(TableReader::new(document.get_ref(), 0..0, &sink, ""), folder);
    if let Some(mode) = open_to_others {
        sink.refuse_plain_secrets(mode, path);
    }
    let broken = syntax::broken_lines(&errors, &sink);
    let (semantic, warnings) = sink.into_problems();
    let problems = if broken_syntax.is_empty() { semantic } else { syntax::merge(broken_syntax, semantic, &broken) };
    match made {
        Some(made) if problems.is_empty() => Ok((made, warnings)),
        _ => Err(problems),
    }
}

fn tables(
    top: TableReader<'_, '_>,
    folder: &Path,
    path: &Path,
    platforms: &[&PlatformSpec],
    check_keys: KeyCheck,
) -> Option<Config> {
    const WHO: &str = "a config file";
    let default_channel = top.get("default_channel");
    let channels = read_channels(&top, folder, platforms);
    let listener = services::listener(&top);
    let store = services::store(&top);
    let network = trust::network(&top, folder);
    let named = channels.as_ref().filter(|channels| !channels.nameless).map(|channels| channels.names.as_slice());
    let notify = notify::notify(&top, named);
    let screen = screen::screen(&top, folder);
    let read_only = top.flag("read_only");
    let replies = replies::read(&top, channels.as_ref().map_or(&[], |channels| channels.names.as_slice()));
    let keys = keys::keys(&top, path, check_keys);
    let judge = judge::read(&top, folder);
    let tests = test_settings::read(&top, folder);
    top.finish_knowing(WHO, &|word| {
        channels::is_key(word, platforms)
            .then(|| "it belongs in a [[channels]] table".to_owned())
            .or_else(|| services::place_of(word))
    });
    let default_channel = match default_channel {
        None => None,
        Some(item) => Some(default_of(item, channels.as_ref()?)?),
    };
    let (mut channels, network) = (channels?.whole?, network?);
    for channel in &mut channels {
        channel.ca_files.splice(..0, network.iter().cloned());
        channel.read_only |= read_only;
    }
    Some(Config {
        default_channel,
        channels,
        listener: listener?,
        store: store?,
        replies: replies?,
        notify: notify?,
        screen: screen?,
        keys: keys?,
        judge: judge?,
        tests: tests?,
        warnings: Vec::new(),
    })
}

/// What the `channels` array held.
struct Channels {
    /// All of them, if none has an error.
    whole: Option<Vec<Channel>>,
    /// The names that were readable.
    names: Vec<ChannelName>,
    /// Whether a name was not.
    nameless: bool,
}

fn read_channels(top: &TableReader<'_, '_>, folder: &Path, platforms: &[&PlatformSpec]) -> Option<Channels> {
    const EXPECTED: &str = "at least one [[channels]] table";
    let item = top.need("channels", EXPECTED, "a config file")?;
    let Some(array) = item.value.get_ref().as_array() else {
        let hint = if item.value.get_ref().is_table() { " (with two brackets)" } else { "" };
        item.wrong_type("channels", &format!("{EXPECTED}{hint}"));
        return None;
    };
    if array.is_empty() {
        item.refuse("channels", format!("expected {EXPECTED}, found an empty array"));
        return None;
    }
    let mut channels = Channels { whole: Some(Vec::new()), names: Vec::new(), nameless: false };
    for value in array {
        let read = channels::read(value, top.sink, folder, platforms);
        let Some(channels::ChannelDraft { channel, name }) = read else {
            (channels.whole, channels.nameless) = (None, true);
            continue;
        };
        match (channel, channels.whole.as_mut()) {
            (Some(channel), Some(whole)) => whole.push(channel),
            _ => channels.whole = None,
        }
        match name {
            Some((name, item)) if channels.names.contains(&name) => {
                item.refuse("name", format!("expected a name of its own, found \"{name}\" a second time"));
            }
            Some((name, _)) => channels.names.push(name),
            None => channels.nameless = true,
        }
    }
    Some(channels)
}

fn default_of(item: ConfigValue<'_, '_>, channels: &Channels) -> Option<ChannelName> {
    let name = ChannelName::new(item.text("default_channel", "the name of a channel")?);
    if channels.names.contains(&name) {
        return Some(name);
    }
    // Where a channel's own name is wrong, that is the error to mend.
    if !channels.nameless {
        let names = channels.names.iter().map(ChannelName::as_str);
        let text = format!(
            "expected the name of a channel ({}), found \"{name}\"",
            names.clone().collect::<Vec<_>>().join(", ")
        );
        item.refuse_near("default_channel", text, nearest(name.as_str(), names));
    }
    None
}
