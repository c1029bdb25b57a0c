//! What there is to know of a platform before any of its channels is opened: its name, the keys that its channels have
//! in the config file, and how they are shown to somebody who begins. A platform's room fills one in; the config room
//! reads channels by it, and whoever needs a setting gets it by it, default included.

use std::time::Duration;

use super::{Failure, Kind, Platform, SecretRef, SettingValue, Settings};

/// One platform, as the config file and the documents have it.
#[derive(Debug)]
pub struct PlatformSpec {
    /// The word in the config file and in JSON.
    pub platform: Platform,
    /// What people call it.
    pub title: &'static str,
    /// A channel of it, with its article, as an error speaks of one: `a chat-thing channel`.
    pub channel_noun: &'static str,
    /// Its keys besides those of every channel, in the order in which errors list them.
    pub keys: &'static [SettingKey],
    /// Whether it asks for data, so that its channels may have `[[channels.rules]]`.
    pub takes_rules: bool,
    /// Its block of `config.example.toml`: a `[[channels]]` table with every key, commented.
    pub sample: &'static str,
    /// The lines that a first config file has of it, below its name and platform: what must be filled in, commented.
    pub starter: &'static str,
}

/// One key of a platform's channels.
#[derive(Debug, Clone, Copy)]
pub struct SettingKey {
    /// As it stands in the file.
    pub name: &'static str,
    /// What must stand under it.
    pub form: SettingForm,
    /// Whether it may be left out.
    pub presence: Presence,
    /// What an error says was expected, in words that follow "needs".
    pub expected: &'static str,
}

/// What must stand under a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingForm {
    /// Text without control characters.
    Text,
    /// An identifier that stands in a path, a header or a body: no spaces around it, and no step up a path.
    Id,
    /// An identifier that is a date, such as 2024-11-11.
    Date {
        /// Those that the program was made for, oldest first; another is taken, and told of as one that may not work.
        known: &'static [&'static str],
    },
    /// One of the forms of a secret.
    Secret,
    /// A URL that paths are put after.
    BaseUrl,
    /// A URL that is called as it stands.
    EndpointUrl,
    /// `true` or `false`.
    Flag,
    /// A whole number of seconds within these, both included.
    Seconds {
        /// The fewest.
        least: u64,
        /// The most.
        most: u64,
    },
}

/// Whether a key may be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It must be there.
    Required,
    /// Without it there is none.
    Optional,
    /// Without it, it is this text.
    DefaultText(&'static str),
    /// Without it, it is so many seconds.
    DefaultSeconds(u64),
}

impl SettingKey {
    const fn required(name: &'static str, form: SettingForm, expected: &'static str) -> Self {
        Self { name, form, presence: Presence::Required, expected }
    }

    /// Text that must be there.
    pub const fn text(name: &'static str, expected: &'static str) -> Self {
        Self::required(name, SettingForm::Text, expected)
    }

    /// An identifier that must be there.
    pub const fn id(name: &'static str, expected: &'static str) -> Self {
        Self::required(name, SettingForm::Id, expected)
    }

    /// A date that must be there; these are known to work.
    pub const fn date(name: &'static str, expected: &'static str, known: &'static [&'static str]) -> Self {
        Self::required(name, SettingForm::Date { known }, expected)
    }

    /// A secret that must be there.
    pub const fn secret(name: &'static str) -> Self {
        Self::required(name, SettingForm::Secret, r#"a secret, such as { env = "NAME" }"#)
    }

    /// The platform's origin, which must be there.
    pub const fn base_url(name: &'static str, expected: &'static str) -> Self {
        Self::required(name, SettingForm::BaseUrl, expected)
    }

    /// A whole URL that must be there.
    pub const fn endpoint_url(name: &'static str, expected: &'static str) -> Self {
        Self::required(name, SettingForm::EndpointUrl, expected)
    }

    /// A flag, false where it is left out.
    pub const fn flag(name: &'static str) -> Self {
        Self { presence: Presence::Optional, ..Self::required(name, SettingForm::Flag, "true or false") }
    }

    /// A time that must be there.
    pub const fn seconds(name: &'static str, least: u64, most: u64) -> Self {
        Self::required(name, SettingForm::Seconds { least, most }, "a whole number of seconds")
    }

    /// The same, which may be left out.
    #[must_use]
    pub const fn optional(self) -> Self {
        Self { presence: Presence::Optional, ..self }
    }

    /// The same, which is this text where it is left out.
    #[must_use]
    pub const fn or_text(self, text: &'static str) -> Self {
        Self { presence: Presence::DefaultText(text), ..self }
    }

    /// The same, which is so many seconds where it is left out.
    #[must_use]
    pub const fn or_seconds(self, seconds: u64) -> Self {
        Self { presence: Presence::DefaultSeconds(seconds), ..self }
    }
}

impl PlatformSpec {
    /// The names of the keys that must be there.
    pub fn required_keys(&self) -> impl Iterator<Item = &'static str> {
        self.keys.iter().filter(|key| key.presence == Presence::Required).map(|key| key.name)
    }

    /// The text under a key, or its default.
    ///
    /// # Errors
    ///
    /// [`Kind::Config`] where there is neither.
    pub fn text(&self, settings: &Settings, key: &str) -> Result<String, Failure> {
        self.optional_text(settings, key).ok_or_else(|| self.missing(key))
    }

    /// The text under a key, or its default; none where there is neither.
    pub fn optional_text(&self, settings: &Settings, key: &str) -> Option<String> {
        settings.text(key).map(str::to_owned).or_else(|| match self.presence(key) {
            Some(Presence::DefaultText(text)) => Some(text.to_owned()),
            _ => None,
        })
    }

    /// The secret under a key.
    ///
    /// # Errors
    ///
    /// [`Kind::Config`] where there is none.
    pub fn secret(&self, settings: &Settings, key: &str) -> Result<SecretRef, Failure> {
        settings.secret(key).cloned().ok_or_else(|| self.missing(key))
    }

    /// The time under a key, or its default.
    ///
    /// # Errors
    ///
    /// [`Kind::Config`] where there is neither.
    pub fn seconds(&self, settings: &Settings, key: &str) -> Result<Duration, Failure> {
        match (settings.get(key), self.presence(key)) {
            (Some(SettingValue::Seconds(time)), _) => Ok(*time),
            (None, Some(Presence::DefaultSeconds(seconds))) => Ok(Duration::from_secs(seconds)),
            _ => Err(self.missing(key)),
        }
    }

    fn presence(&self, key: &str) -> Option<Presence> {
        self.keys.iter().find(|known| known.name == key).map(|known| known.presence)
    }

    /// Settings that no config file was read for lack a key.
    fn missing(&self, key: &str) -> Failure {
        Failure::new(Kind::Config, format!("{} needs {key}.", self.channel_noun))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPEC: PlatformSpec = PlatformSpec {
        platform: Platform::new("echo"),
        title: "Echo",
        channel_noun: "an echo channel",
        keys: &[
            SettingKey::id("room", "the room's id"),
            SettingKey::base_url("base_url", "a URL").or_text("https://echo.example"),
            SettingKey::secret("token").optional(),
            SettingKey::seconds("patience", 1, 60).or_seconds(30),
            SettingKey::flag("loud"),
        ],
        takes_rules: false,
        sample: "",
        starter: "",
    };

    #[test]
    fn a_setting_is_what_was_set_or_its_keys_default() {
        let settings = Settings::new(SPEC.platform).with("room", "r1");
        assert_eq!(SPEC.text(&settings, "room").unwrap(), "r1");
        assert_eq!(SPEC.text(&settings, "base_url").unwrap(), "https://echo.example");
        assert_eq!(SPEC.seconds(&settings, "patience").unwrap(), Duration::from_secs(30));
        assert!(SPEC.secret(&settings, "token").is_err() && !settings.flag("loud"));
        let set = settings.with("base_url", "https://x").with("patience", Duration::from_secs(2)).with("loud", true);
        assert_eq!(SPEC.text(&set, "base_url").unwrap(), "https://x");
        assert_eq!(SPEC.seconds(&set, "patience").unwrap(), Duration::from_secs(2));
        assert!(set.flag("loud"));
        let failure = SPEC.text(&Settings::new(SPEC.platform), "room").unwrap_err();
        assert_eq!((failure.kind, failure.message.as_str()), (Kind::Config, "an echo channel needs room."));
        assert_eq!(SPEC.required_keys().collect::<Vec<_>>(), ["room"]);
    }
}
