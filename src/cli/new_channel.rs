//! A channel that is to be made, by flags: what they say, and what they leave open.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::args::NewChannelArgs;
use crate::config::{self, Addition, Location, NewChannel, nearest};
use crate::domain::{Failure, Kind, PlatformSpec, SecretRef, SettingForm, SettingKey, SettingValue, command_words};

/// Where a channel is to go: to a new file where none is taken.
pub(super) struct Destination<'l> {
    pub(super) location: &'l Location,
    pub(super) specs: Vec<&'static PlatformSpec>,
    /// The channels that the file has.
    pub(super) taken: Vec<String>,
}

impl Destination<'_> {
    /// The same with the channels of the file that is there.
    pub(super) fn with_channels(mut self) -> Result<Self, Failure> {
        let config = config::load(&self.location.path, &self.specs, crate::app::check_keys)?;
        self.taken = config.channels.iter().map(|channel| channel.name.as_str().to_owned()).collect();
        Ok(self)
    }

    /// The file with the channel, not written yet.
    pub(super) fn with(&self, new: &NewChannel) -> Result<Addition, Failure> {
        let path = &self.location.path;
        Ok(if self.taken.is_empty() {
            Addition::to_new_file(path, new, &self.specs)?
        } else {
            Addition::to_file(path, new, &self.specs)?
        })
    }

    /// The folder of the config file.
    pub(super) fn folder(&self) -> &std::path::Path {
        self.location.path.parent().unwrap_or(std::path::Path::new(""))
    }
}

/// Names of channels that are there already.
pub(super) type Taken<'a> = &'a [String];

/// The platform that a word names.
pub(super) fn platform(word: &str, specs: &[&'static PlatformSpec]) -> Result<&'static PlatformSpec, Failure> {
    let ids = || specs.iter().map(|spec| spec.platform.id());
    specs.iter().copied().find(|spec| spec.platform.id() == word).ok_or_else(|| {
        let failure = Failure::new(Kind::Usage, format!("there is no platform \"{word}\""));
        failure.hint(match nearest(word, ids()) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => format!("there are {}", ids().collect::<Vec<_>>().join(", ")),
        })
    })
}

/// A name that is free: `bot`, or the platform's where there are channels already.
pub(super) fn free_name(spec: &PlatformSpec, taken: Taken<'_>) -> String {
    let wanted = if taken.is_empty() { "bot" } else { spec.platform.id() };
    // Of so many names and one more, one is free.
    let numbered = (2..taken.len() + 2).map(|n| format!("{wanted}-{n}"));
    let mut names = std::iter::once(wanted.to_owned()).chain(numbered);
    names.find(|name| !taken.contains(name)).unwrap_or_else(|| format!("{wanted}-{}", taken.len() + 2))
}

/// The channel as far as the flags tell.
pub(super) fn from_args(
    args: &NewChannelArgs,
    spec: &'static PlatformSpec,
    taken: Taken<'_>,
) -> Result<NewChannel, Failure> {
    let name = args.name.clone().unwrap_or_else(|| free_name(spec, taken));
    if let Some(why) = NewChannel::name_refusal(&name, spec) {
        return Err(Failure::new(Kind::Usage, format!("--name: {why}")));
    }
    if taken.contains(&name) {
        return Err(Failure::new(Kind::Usage, format!("there is a channel named \"{name}\" already"))
            .hint("give it another --name"));
    }
    let mut new = NewChannel::new(name, spec);
    new.allow_http = args.allow_http;
    for setting in &args.set {
        let (key, text) = setting.split_once('=').ok_or_else(|| {
            Failure::new(Kind::Usage, "--set takes KEY=VALUE").hint("as in --set channel_id=6b0f6c2e")
        })?;
        let key = known_key(spec, key)?;
        // A secret is never repeated where it was not to stand in the first place.
        let value =
            value(key, text).map_err(|why| Failure::new(Kind::Usage, format!("--set {}: {why}", key.name)))?;
        if let Some(why) = new.refusal(key, &value) {
            return Err(Failure::new(Kind::Usage, format!("--set {}: {why}", key.name)));
        }
        new.set(key, value);
    }
    Ok(new)
}

fn known_key(spec: &'static PlatformSpec, word: &str) -> Result<&'static SettingKey, Failure> {
    let names = || spec.keys.iter().map(|key| key.name);
    spec.keys.iter().find(|key| key.name == word).ok_or_else(|| {
        let failure = Failure::new(Kind::Usage, format!("{} has no key \"{word}\"", spec.channel_noun));
        failure.hint(match nearest(word, names()) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => format!("it takes {}", names().collect::<Vec<_>>().join(", ")),
        })
    })
}

/// The value that a text means under a key, or why it is none. It is not judged yet.
pub(super) fn value(key: &SettingKey, text: &str) -> Result<SettingValue, String> {
    Ok(match key.form {
        SettingForm::Secret => SettingValue::Secret(secret(text)?),
        SettingForm::Flag => SettingValue::Flag(text.parse().map_err(|_| "expected true or false".to_owned())?),
        SettingForm::Seconds { .. } => {
            let seconds = text.parse().map_err(|_| format!("expected {}", key.expected))?;
            SettingValue::Seconds(Duration::from_secs(seconds))
        }
        _ => SettingValue::from(text),
    })
}

fn secret(text: &str) -> Result<SecretRef, String> {
    const FORMS: &str = "expected env:NAME, file:PATH, command:WORDS or keyring:NAME; a secret itself has no place \
                         where others on this machine see it";
    let (form, rest) = text.split_once(':').ok_or(FORMS)?;
    Ok(match form {
        "env" => SecretRef::Env(rest.to_owned()),
        "file" => SecretRef::File(whole_path(rest)),
        "command" => SecretRef::Command(command_words(rest).ok_or("a quote in it is not closed")?),
        "keyring" => SecretRef::Keyring(rest.to_owned()),
        _ => return Err(FORMS.to_owned()),
    })
}

/// A path as it is typed in a shell, `~/` expanded, from the current folder on: as a whole, since in the config file it
/// would count from there.
pub(super) fn whole_path(text: &str) -> PathBuf {
    let path = match (text.strip_prefix("~/"), std::env::var_os("HOME")) {
        (Some(rest), Some(home)) => Path::new(&home).join(rest),
        _ => PathBuf::from(text),
    };
    std::path::absolute(&path).unwrap_or(path)
}
