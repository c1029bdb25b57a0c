//! A `[[channels]]` table: the keys that every channel has, and those of its platform, read by the platform's spec.

use std::path::Path;
use std::time::Duration;

use toml::Spanned;
use toml::de::DeValue;

use super::placeholder;
use super::rules;
use super::secret_ref;
use super::services;
use super::table::{ConfigValue, ProblemSink, TableReader};
use super::timeouts;
use super::trust;
use super::url::{self, UrlUse};
use crate::domain::nearest;
use crate::domain::{Channel, ChannelName, PlatformSpec, Presence, SettingForm, SettingKey, SettingValue, Settings};

/// What a channel was read from: the channel if it is whole, and what other checks need of one that isn't.
pub(super) struct ChannelDraft<'v, 't> {
    pub(super) channel: Option<Channel>,
    /// Its name, wherever a good one stands.
    pub(super) name: Option<(ChannelName, ConfigValue<'v, 't>)>,
}

/// Reads one table of the `channels` array.
pub(super) fn read<'v, 't>(
    value: &'v Spanned<DeValue<'t>>,
    sink: &'v ProblemSink<'t>,
    folder: &Path,
    platforms: &[&PlatformSpec],
) -> Option<ChannelDraft<'v, 't>> {
    let Some(table) = value.get_ref().as_table() else {
        ConfigValue { value, sink }.wrong_type("channels", "a [[channels]] table");
        return None;
    };
    let table = TableReader::new(table, value.span(), sink, "");
    let name = name(&table);
    let platform = platform(&table, platforms);
    let allow_http = table.flag("allow_http");
    let read_only = table.flag("read_only");
    let timeouts = timeouts::read(&table);
    let ca_files = trust::ca_file(&table, folder);
    let settings = platform.and_then(|spec| {
        let settings = ChannelKeys { spec, table: &table, allow_http, folder }.settings();
        // Only a platform that asks for data has requests to answer.
        let rules = if spec.takes_rules { rules::read(&table) } else { Some(Vec::new()) };
        table.finish_knowing(spec.channel_noun, &|word| place_of(word, platforms));
        Some((settings?, rules?))
    });
    let limits = timeouts.zip(ca_files);
    let channel = name.as_ref().zip(settings).zip(limits).map(|(((name, _), (settings, rules)), limits)| {
        let (timeouts, ca_files) = limits;
        Channel { name: name.clone(), settings, allow_http, timeouts, ca_files, rules, read_only }
    });
    Some(ChannelDraft { channel, name })
}

/// Whether a channel of some platform has such a key.
pub(super) fn is_key(word: &str, platforms: &[&PlatformSpec]) -> bool {
    ["name", "platform", "allow_http", "timeouts", "rules"].contains(&word)
        || platforms.iter().any(|spec| spec.keys.iter().any(|key| key.name == word))
}

/// Where a key belongs that a channel doesn't have, for who finds it in one.
fn place_of(word: &str, platforms: &[&PlatformSpec]) -> Option<String> {
    // What stands below a table's header is that table's.
    if word == "default_channel" {
        return Some("it belongs above the first [[channels]]".to_owned());
    }
    let having: Vec<&str> = platforms
        .iter()
        .filter(|spec| spec.keys.iter().any(|key| key.name == word) || (word == "rules" && spec.takes_rules))
        .map(|spec| spec.channel_noun)
        .collect();
    if having.is_empty() { services::place_of(word) } else { Some(format!("it is one of {}", having.join(" or "))) }
}

fn name<'v, 't>(table: &TableReader<'v, 't>) -> Option<(ChannelName, ConfigValue<'v, 't>)> {
    const EXPECTED: &str = "a name of letters, digits, '-' and '_'";
    let item = table.need("name", EXPECTED, "every channel")?;
    let name = item.text("name", EXPECTED)?;
    if let Some(wrong) = name.chars().find(|c| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_')) {
        item.refuse("name", format!("expected {EXPECTED}, found {wrong:?} in it"));
        return None;
    }
    Some((ChannelName::new(name), item))
}

fn platform<'p>(table: &TableReader<'_, '_>, platforms: &[&'p PlatformSpec]) -> Option<&'p PlatformSpec> {
    let ids = platforms.iter().map(|spec| spec.platform.id());
    let expected = format!("one of {}", ids.clone().map(|id| format!("\"{id}\"")).collect::<Vec<_>>().join(", "));
    let item = table.need("platform", &expected, "every channel")?;
    let word = item.text("platform", &expected)?;
    let platform = platforms.iter().copied().find(|spec| spec.platform.id() == word);
    if platform.is_none() {
        item.refuse_near("platform", format!("expected {expected}, found \"{word}\""), nearest(&word, ids));
    }
    platform
}

/// Reads the keys that a platform's channels have.
struct ChannelKeys<'k, 'v, 't> {
    spec: &'k PlatformSpec,
    table: &'k TableReader<'v, 't>,
    allow_http: bool,
    folder: &'k Path,
}

impl ChannelKeys<'_, '_, '_> {
    /// Every key is read before any is missed, so that all errors are told at once.
    fn settings(&self) -> Option<Settings> {
        placeholder::warn(self.spec, self.table);
        let values: Vec<_> = self.spec.keys.iter().map(|key| (key.name, self.value(key))).collect();
        values.into_iter().try_fold(Settings::new(self.spec.platform), |settings, (key, value)| match value? {
            Some(value) => Some(settings.with(key, value)),
            None => Some(settings),
        })
    }

    /// The outer `None` is an error that was reported, the inner one a key that isn't there.
    #[expect(clippy::option_option, reason = "absent and wrong are two answers")]
    fn value(&self, key: &SettingKey) -> Option<Option<SettingValue>> {
        let item = match key.presence {
            Presence::Required => self.table.need(key.name, key.expected, self.spec.channel_noun)?,
            _ => match self.table.get(key.name) {
                Some(item) => item,
                None => return Some(None),
            },
        };
        let value = match key.form {
            SettingForm::Text => SettingValue::Text(item.text(key.name, key.expected)?),
            SettingForm::Id => SettingValue::Text(id(item, key.name, key.expected)?),
            SettingForm::Date { known } => {
                let date = date(item, key.name, key.expected)?;
                if !known.contains(&date.as_str()) {
                    let text = format!(
                        "\"{date}\" is no version that this program was made for; those are {}",
                        known.join(" and ")
                    );
                    item.sink.warn(&item.value.span(), key.name, text);
                }
                SettingValue::Text(date)
            }
            SettingForm::Secret => SettingValue::Secret(secret_ref::read(item, key.name, self.folder)?),
            SettingForm::BaseUrl => SettingValue::Text(self.checked_url(item, key.name, UrlUse::Base)?),
            SettingForm::EndpointUrl => SettingValue::Text(self.checked_url(item, key.name, UrlUse::Endpoint)?),
            SettingForm::Flag => SettingValue::Flag(self.table.flag(key.name)),
            SettingForm::Seconds { least, most } => {
                SettingValue::Seconds(Duration::from_secs(item.seconds(key.name, least, most)?))
            }
        };
        Some(Some(value))
    }

    fn checked_url(&self, item: ConfigValue<'_, '_>, key: &str, wanted: UrlUse) -> Option<String> {
        let text = item.value.get_ref().as_str();
        if text.is_none_or(str::is_empty) {
            item.text(key, "a URL");
            return None;
        }
        url::check(text?, wanted, self.allow_http).map_err(|problem| item.refuse(key, problem)).ok()
    }
}

/// An identifier that is a date, as platforms number the versions of their APIs.
fn date(item: ConfigValue<'_, '_>, key: &str, expected: &str) -> Option<String> {
    let text = id(item, key, expected)?;
    let date = text
        .bytes()
        .enumerate()
        .all(|(at, byte)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() });
    if text.len() == 10 && date {
        return Some(text);
    }
    item.refuse(key, format!("expected {expected}, found \"{text}\""));
    None
}

/// An identifier that stands in a path, a header or a body: no spaces around it, and no step up a path.
fn id(item: ConfigValue<'_, '_>, key: &str, expected: &str) -> Option<String> {
    let text = item.text(key, expected)?;
    if text.trim() != text {
        item.refuse(key, format!("expected {expected}, found spaces around it"));
        return None;
    }
    if text == "." || text == ".." {
        item.refuse(key, format!("expected {expected}, found \"{text}\""));
        return None;
    }
    Some(text)
}
