//! A `[[channels]]` table: which keys each platform has, and what they must be. The only match on the platform here.

use std::path::Path;
use std::time::Duration;

use toml::Spanned;
use toml::de::DeValue;

use super::near::nearest;
use super::rules;
use super::secret_ref;
use super::table::{ConfigValue, ProblemSink, TableReader};
use super::timeouts;
use super::trust;
use super::url::{self, UrlUse};
use crate::domain::{Channel, ChannelName, ChatThing, Eko, Klaunch, OpTech, Operator, Platform, SecretRef, Settings};

/// An answer's link lives for ten minutes, so that is the longest and, for a person at the keyboard, the default.
const ANSWER_WITHIN: u64 = 600;

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
) -> Option<ChannelDraft<'v, 't>> {
    let Some(table) = value.get_ref().as_table() else {
        ConfigValue { value, sink }.wrong_type("channels", "a [[channels]] table");
        return None;
    };
    let table = TableReader::new(table, value.span(), sink, "");
    let name = name(&table);
    let platform = platform(&table);
    let allow_http = table.flag("allow_http");
    let timeouts = timeouts::read(&table);
    let ca_files = trust::ca_file(&table, folder);
    let settings = platform.and_then(|platform| {
        let keys = ChannelKeys { who: who(platform), table: &table, allow_http, folder };
        let settings = keys.settings(platform);
        // Only a platform that asks for data has requests to answer.
        let rules = if platform == Platform::OpTech { rules::read(&table) } else { Some(Vec::new()) };
        table.finish(who(platform));
        Some((settings?, rules?))
    });
    let limits = timeouts.zip(ca_files);
    let channel = name.as_ref().zip(settings).zip(limits).map(|(((name, _), (settings, rules)), limits)| {
        let (timeouts, ca_files) = limits;
        Channel { name: name.clone(), settings, allow_http, timeouts, ca_files, rules }
    });
    Some(ChannelDraft { channel, name })
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

fn platform(table: &TableReader<'_, '_>) -> Option<Platform> {
    let ids = Platform::ALL.map(Platform::id);
    let expected = format!("one of {}", ids.map(|id| format!("\"{id}\"")).join(", "));
    let item = table.need("platform", &expected, "every channel")?;
    let word = item.text("platform", &expected)?;
    let platform = Platform::from_id(&word);
    if platform.is_none() {
        item.refuse_near("platform", format!("expected {expected}, found \"{word}\""), nearest(&word, ids));
    }
    platform
}

fn who(platform: Platform) -> &'static str {
    match platform {
        Platform::ChatThing => "a chat-thing channel",
        Platform::Klaunch => "a klaunch channel",
        Platform::Operator => "an operator channel",
        Platform::Eko => "an eko channel",
        Platform::OpTech => "an optech channel",
        Platform::Archive => "an archive",
    }
}

/// Reads one channel's keys. Every key is read before any is missed, so that all errors are told at once.
struct ChannelKeys<'k, 'v, 't> {
    who: &'static str,
    table: &'k TableReader<'v, 't>,
    allow_http: bool,
    folder: &'k Path,
}

impl ChannelKeys<'_, '_, '_> {
    fn settings(&self, platform: Platform) -> Option<Settings> {
        match platform {
            Platform::ChatThing => self.chat_thing().map(Settings::ChatThing),
            Platform::Klaunch => self.klaunch().map(Settings::Klaunch),
            Platform::Operator => self.operator().map(Settings::Operator),
            Platform::Eko => self.eko().map(Settings::Eko),
            Platform::OpTech => self.optech().map(Settings::OpTech),
            // No config file names it.
            Platform::Archive => None,
        }
    }

    fn chat_thing(&self) -> Option<ChatThing> {
        let channel_id = self.id("channel_id", "the API channel's id");
        let secret_key = self.secret("secret_key");
        let base_url = self.url_or("base_url", "https://chatthing.ai");
        Some(ChatThing { channel_id: channel_id?, secret_key: secret_key?, base_url: base_url? })
    }

    fn klaunch(&self) -> Option<Klaunch> {
        let send_url = self.url("send_url", "the URL of the dashboard's \"Request Example\"", UrlUse::Endpoint);
        let channel_id = self.id("channel_id", "the API medium's channel id");
        let token = self.secret("token");
        let start_keyword = self.optional("start_keyword", |item, key| item.text(key, "a message"));
        let webhook_key = self.optional_secret("webhook_key");
        Some(Klaunch {
            send_url: send_url?,
            channel_id: channel_id?,
            token: token?,
            start_keyword: start_keyword?,
            webhook_key: webhook_key?,
        })
    }

    fn operator(&self) -> Option<Operator> {
        let operator_id = self.id("operator_id", "the operator's id");
        let api_key = self.secret("api_key");
        let api_version = self.optional("api_version", version);
        let base_url = self.url_or("base_url", "https://api.operator.xyz");
        let signing_key = self.optional_secret("signing_key");
        Some(Operator {
            operator_id: operator_id?,
            api_key: api_key?,
            api_version: api_version?.unwrap_or_else(|| "2024-11-11".to_owned()),
            base_url: base_url?,
            signing_key: signing_key?,
        })
    }

    fn eko(&self) -> Option<Eko> {
        let base_url = self.url("base_url", "the URL of your own Eko host", UrlUse::Base);
        let client_id = self.id("client_id", "the OAuth client's id");
        let client_secret = self.secret("client_secret");
        let require_signature = self.table.flag("require_signature");
        let webhook_key = self.optional_secret("webhook_key");
        Some(Eko {
            base_url: base_url?,
            client_id: client_id?,
            client_secret: client_secret?,
            require_signature,
            webhook_key: webhook_key?,
        })
    }

    fn optech(&self) -> Option<OpTech> {
        let client_id = self.id("client_id", "the client's id");
        let client_secret = self.secret("client_secret");
        let base_url = self.url_or("base_url", "https://api.optech.ai");
        let answer_within = self.optional("answer_within", |item, key| item.seconds(key, 1, ANSWER_WITHIN));
        Some(OpTech {
            client_id: client_id?,
            client_secret: client_secret?,
            base_url: base_url?,
            answer_within: Duration::from_secs(answer_within?.unwrap_or(ANSWER_WITHIN)),
        })
    }

    fn id(&self, key: &'static str, expected: &str) -> Option<String> {
        id(self.table.need(key, expected, self.who)?, key, expected)
    }

    fn secret(&self, key: &'static str) -> Option<SecretRef> {
        secret_ref::read(self.table.need(key, r#"a secret, such as { env = "NAME" }"#, self.who)?, key, self.folder)
    }

    fn url(&self, key: &'static str, expected: &str, wanted: UrlUse) -> Option<String> {
        self.checked_url(self.table.need(key, expected, self.who)?, key, wanted)
    }

    fn url_or(&self, key: &'static str, default: &str) -> Option<String> {
        match self.table.get(key) {
            Some(item) => self.checked_url(item, key, UrlUse::Base),
            None => Some(default.to_owned()),
        }
    }

    fn checked_url(&self, item: ConfigValue<'_, '_>, key: &str, wanted: UrlUse) -> Option<String> {
        let text = item.value.get_ref().as_str();
        if text.is_none_or(str::is_empty) {
            item.text(key, "a URL");
            return None;
        }
        url::check(text?, wanted, self.allow_http).map_err(|problem| item.refuse(key, problem)).ok()
    }

    /// The outer `None` is an error that was reported, the inner one a key that isn't there.
    #[expect(clippy::option_option, reason = "absent and wrong are two answers")]
    fn optional<T>(
        &self,
        key: &'static str,
        read: impl FnOnce(ConfigValue<'_, '_>, &str) -> Option<T>,
    ) -> Option<Option<T>> {
        match self.table.get(key) {
            None => Some(None),
            Some(item) => read(item, key).map(Some),
        }
    }

    #[expect(clippy::option_option, reason = "absent and wrong are two answers")]
    fn optional_secret(&self, key: &'static str) -> Option<Option<SecretRef>> {
        self.optional(key, |item, key| secret_ref::read(item, key, self.folder))
    }
}

/// A date, since that is how Operator numbers its versions (seeds/004).
fn version(item: ConfigValue<'_, '_>, key: &str) -> Option<String> {
    const EXPECTED: &str = "an API version, a date such as \"2024-11-11\"";
    let text = id(item, key, EXPECTED)?;
    let date = text
        .bytes()
        .enumerate()
        .all(|(at, byte)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() });
    if text.len() == 10 && date {
        return Some(text);
    }
    item.refuse(key, format!("expected {EXPECTED}, found \"{text}\""));
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
