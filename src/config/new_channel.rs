//! A channel that is to stand in the config file: what is known of it so far, the lines that it becomes, and whether a
//! value would be taken. Writes no file.

use std::path::Path;

use toml::{Table, Value};

use super::{keys, load, url};
use crate::domain::{PlatformSpec, Presence, SecretRef, SettingForm, SettingKey, SettingValue};

/// The column at which comments stand behind values.
const COMMENTS: usize = 36;

/// A channel that no file has yet.
#[derive(Debug, Clone)]
pub struct NewChannel {
    /// Its name.
    pub name: String,
    /// What its platform wants to know.
    pub spec: &'static PlatformSpec,
    /// Whether plain http:// may go beyond this machine.
    pub allow_http: bool,
    values: Vec<(&'static str, SettingValue)>,
}

impl NewChannel {
    /// One of which nothing is known but this.
    pub fn new(name: impl Into<String>, spec: &'static PlatformSpec) -> Self {
        Self { name: name.into(), spec, allow_http: false, values: Vec::new() }
    }

    /// What is to stand under a key.
    pub fn get(&self, key: &str) -> Option<&SettingValue> {
        self.values.iter().find(|(known, _)| *known == key).map(|(_, value)| value)
    }

    /// Sets what is to stand under a key, in place of what was.
    pub fn set(&mut self, key: &SettingKey, value: SettingValue) {
        self.unset(key);
        self.values.push((key.name, value));
    }

    /// Takes back what was to stand under a key.
    pub fn unset(&mut self, key: &SettingKey) {
        self.values.retain(|(known, _)| *known != key.name);
    }

    /// The keys that must be there, and are not yet.
    pub fn missing(&self) -> impl Iterator<Item = &'static SettingKey> + '_ {
        self.spec.keys.iter().filter(|key| key.presence == Presence::Required && self.get(key.name).is_none())
    }

    /// Whether a secret itself is to stand in the file.
    pub fn has_plain_secret(&self) -> bool {
        self.values.iter().any(|(_, value)| matches!(value, SettingValue::Secret(SecretRef::Plain(_))))
    }

    /// Its `[[channels]]` table, commented: what is known, a word to be replaced for each key that must be there and is
    /// not known, and what else it could have.
    pub fn block(&self) -> String {
        let mut block = "[[channels]]\n".to_owned();
        let mut line = |text: &str, comment: &str| {
            let gap = COMMENTS.saturating_sub(text.chars().count()).max(1);
            let line = if comment.is_empty() { text.to_owned() } else { format!("{text}{:gap$}# {comment}", "") };
            block += &(line + "\n");
        };
        line(&format!("name = {}", quoted(&self.name)), "yours to choose: letters, digits, '-' and '_'");
        line(&format!("platform = {}", quoted(self.spec.platform.id())), "");
        for key in self.spec.keys {
            match (self.get(key.name), key.presence) {
                (Some(value), _) => line(&format!("{} = {}", key.name, literal(value)), comment_of(key)),
                (None, Presence::Required) => line(&starter_line(self.spec, key), ""),
                (None, Presence::DefaultText(text)) => {
                    line(&format!("# {} = {}", key.name, quoted(text)), "the default");
                }
                (None, Presence::DefaultSeconds(seconds)) => {
                    line(&format!("# {} = {seconds}", key.name), "the default, in seconds");
                }
                (None, Presence::Optional) => {
                    let (value, comment) = match key.form {
                        SettingForm::Secret => ("{ env = \"NAME\" }", "optional"),
                        SettingForm::Flag => ("true", "false is the default"),
                        _ => ("\"…\"", "optional"),
                    };
                    line(&format!("# {} = {value}", key.name), comment);
                }
            }
        }
        if self.allow_http {
            line("allow_http = true", "plain http:// goes beyond this machine");
        }
        block
    }

    /// Why a value would not be taken under its key; none where it would.
    pub fn refusal(&self, key: &SettingKey, value: &SettingValue) -> Option<String> {
        let mut alone = Self::new("a", self.spec);
        (alone.allow_http, alone.values) = (self.allow_http, vec![(key.name, value.clone())]);
        alone.problem(key.name)
    }

    /// Why a name would not be taken; none where it would.
    pub fn name_refusal(name: &str, spec: &'static PlatformSpec) -> Option<String> {
        Self::new(name, spec).problem("name")
    }

    fn problem(&self, key: &str) -> Option<String> {
        let errors = load::parse(&self.block(), Path::new("config.toml"), &[self.spec], keys::unchecked).err()?;
        let of_key = |named: &str| named == key || named.strip_prefix(key).is_some_and(|rest| rest.starts_with('.'));
        let problem = errors.problems().iter().find(|problem| problem.key.as_deref().is_some_and(of_key));
        problem.map(|problem| problem.text.clone())
    }

    /// Whether the value is a URL of plain http:// that leads beyond this machine, which the channel has to allow.
    pub fn needs_allow_http(&self, key: &SettingKey, text: &str) -> bool {
        let wanted = match key.form {
            SettingForm::BaseUrl => url::UrlUse::Base,
            SettingForm::EndpointUrl => url::UrlUse::Endpoint,
            _ => return false,
        };
        !self.allow_http && url::check(text, wanted, false).is_err() && url::check(text, wanted, true).is_ok()
    }
}

/// The variable that the documents of a platform name for a secret; else one made of the key.
pub fn usual_variable(spec: &PlatformSpec, key: &str) -> String {
    let from =
        |text: &str, secret: &dyn Fn(&Table) -> Option<String>| text.parse::<Table>().ok().and_then(|t| secret(&t));
    let variable = |table: &Table| table.get(key)?.as_table()?.get("env")?.as_str().map(str::to_owned);
    let sampled = |table: &Table| variable(table.get("channels")?.as_array()?.first()?.as_table()?);
    from(spec.starter, &variable)
        .or_else(|| from(spec.sample, &sampled))
        .unwrap_or_else(|| format!("{}_{key}", spec.platform.id()).to_uppercase().replace('-', "_"))
}

/// A string as it stands in TOML.
pub(super) fn quoted(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}

fn literal(value: &SettingValue) -> String {
    match value {
        SettingValue::Text(text) => quoted(text),
        SettingValue::Flag(flag) => flag.to_string(),
        SettingValue::Seconds(time) => time.as_secs().to_string(),
        SettingValue::Secret(secret) => match secret {
            SecretRef::Plain(secret) => quoted(secret.expose()),
            SecretRef::Env(name) => format!("{{ env = {} }}", quoted(name)),
            SecretRef::File(path) => format!("{{ file = {} }}", quoted(&path.to_string_lossy())),
            SecretRef::Command(words) => {
                let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
                format!("{{ command = [{}] }}", words.join(", "))
            }
            SecretRef::Keyring(name) => format!("{{ keyring = {} }}", quoted(name)),
        },
    }
}

/// What stands behind a value: what it is, where its key alone does not say.
fn comment_of(key: &SettingKey) -> &'static str {
    match key.form {
        SettingForm::Secret | SettingForm::Flag | SettingForm::Date { .. } => "",
        SettingForm::Seconds { .. } => "in seconds",
        SettingForm::BaseUrl if matches!(key.presence, Presence::DefaultText(_)) => "",
        _ => key.expected,
    }
}

/// The line of a platform's starter that has the key, with a word to be replaced.
fn starter_line(spec: &PlatformSpec, key: &SettingKey) -> String {
    let has = |line: &&str| line.strip_prefix(key.name).is_some_and(|rest| rest.trim_start().starts_with('='));
    spec.starter.lines().find(has).map_or_else(|| format!("{} = \"…\"", key.name), str::to_owned)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::super::testing::{PLATFORMS, parse};
    use super::*;
    use crate::domain::Secret;

    fn key(spec: &'static PlatformSpec, name: &str) -> &'static SettingKey {
        spec.keys.iter().find(|key| key.name == name).unwrap()
    }

    #[test]
    fn what_is_known_stands_there_and_reads_back() {
        for spec in PLATFORMS.iter().copied() {
            let mut new = NewChannel::new("my-bot", spec);
            // With the words to be replaced it is a file without an error, too.
            assert_eq!(parse(&new.block(), Path::new("c.toml")).unwrap().channels.len(), 1);
            for key in spec.keys {
                let value = match key.form {
                    SettingForm::Secret => {
                        SettingValue::Secret(SecretRef::Command(vec!["a \"b\"".into(), "\\".into()]))
                    }
                    SettingForm::BaseUrl | SettingForm::EndpointUrl => SettingValue::from("https://h.example/x"),
                    SettingForm::Flag => SettingValue::from(true),
                    SettingForm::Seconds { most, .. } => SettingValue::from(std::time::Duration::from_secs(most)),
                    SettingForm::Date { .. } => SettingValue::from("2025-06-19"),
                    SettingForm::Text | SettingForm::Id => SettingValue::from("it's \"so\" # é"),
                };
                assert_eq!(new.refusal(key, &value), None, "{}", key.name);
                new.set(key, value);
            }
            assert_eq!(new.missing().count(), 0);
            let read = parse(&new.block(), Path::new("c.toml")).unwrap().channels.remove(0);
            assert_eq!(read.name.as_str(), "my-bot");
            for key in spec.keys {
                let (wanted, found) = (new.get(key.name), read.settings.get(key.name));
                assert_eq!(format!("{wanted:?}"), format!("{found:?}"));
            }
        }
    }

    #[test]
    fn a_value_is_judged_as_the_file_would_be() {
        let spec = PLATFORMS[0];
        let new = NewChannel::new("bot", spec);
        let refused = |name: &str, value: SettingValue| new.refusal(key(spec, name), &value).unwrap_or_default();
        assert!(refused("channel_id", SettingValue::from(" a")).contains("spaces"));
        assert!(refused("channel_id", SettingValue::from("")).contains("empty"));
        assert!(refused("base_url", SettingValue::from("chatthing.ai")).contains("https://"));
        let secret = |secret| refused("secret_key", SettingValue::Secret(secret));
        assert!(secret(SecretRef::Env("$KEY".to_owned())).contains("without the $"));
        assert!(secret(SecretRef::File(PathBuf::from("~/key"))).contains('~'));
        assert!(secret(SecretRef::Plain(Secret::new("a\u{1b}"))).contains("control"));
        assert!(NewChannel::name_refusal("a b", spec).unwrap().contains("' '"));
        assert_eq!(NewChannel::name_refusal("a-b", spec), None);
        let base = key(spec, "base_url");
        assert!(new.needs_allow_http(base, "http://bot.lan") && !new.needs_allow_http(base, "http://127.0.0.1:1"));
        assert!(!new.needs_allow_http(base, "ftp://bot.lan"));
    }

    #[test]
    fn a_secret_is_offered_its_usual_variable() {
        let of = |at: usize, key| usual_variable(PLATFORMS[at], key);
        assert_eq!(of(0, "secret_key"), "CHAT_THING_SECRET_KEY");
        assert_eq!(of(2, "signing_key"), "OPERATOR_SIGNING_KEY");
        assert_eq!(of(0, "other"), "CHAT_THING_OTHER");
    }
}
