//! Values that nobody replaced yet: those of the first file and of the example. They are no errors, since a channel may be
//! named so; `config check` tells of them.

use toml::Table;
use url::Url;

use super::table::{ConfigValue, TableReader};
use crate::domain::{PlatformSpec, Presence, SettingForm};

/// Tells of each value of a channel that is still a word to be replaced. A channel that leads to this machine is somebody's
/// test, whose ids are what they please.
pub(super) fn warn(spec: &PlatformSpec, table: &TableReader<'_, '_>) {
    let starter: Table = spec.starter.parse().unwrap_or_default();
    let sample: Table = spec.sample.parse().unwrap_or_default();
    let sample = sample.get("channels").and_then(|channels| channels.as_array()?.first()?.as_table());
    let local = spec
        .keys
        .iter()
        .filter(|key| matches!(key.form, SettingForm::BaseUrl | SettingForm::EndpointUrl))
        .any(|key| table.peek(key.name).and_then(|item| item.value.get_ref().as_str()).is_some_and(leads_here));
    for key in spec.keys.iter().filter(|_| !local) {
        let Some(item) = table.peek(key.name) else { continue };
        if key.form == SettingForm::Secret {
            warn_of_secret(item, key.name);
            continue;
        }
        let Some(text) = item.value.get_ref().as_str() else { continue };
        let value = |table: &Table| table.get(key.name).and_then(|value| value.as_str()).map(str::to_owned);
        let shown: Vec<String> = [value(&starter), sample.and_then(value)].into_iter().flatten().collect();
        let of_example = if key.presence == Presence::Required { shown } else { Vec::new() };
        warn_of_text(item, key.name, text, &of_example);
    }
}

/// Tells of a text that is a word to be replaced, or one of the examples'.
pub(super) fn warn_of_text(item: ConfigValue<'_, '_>, key: &str, text: &str, examples: &[String]) {
    if examples.iter().any(|example| example == text) || is_placeholder(text) {
        item.sink.warn(&item.value.span(), key, format!("\"{text}\" is still the example's; put your own there"));
    }
}

/// Never repeats what stands there: that may be the secret itself.
fn warn_of_secret(item: ConfigValue<'_, '_>, key: &str) {
    let value = item.value.get_ref();
    let word = value.as_str().or_else(|| {
        let (_, inner) = value.as_table()?.iter().next()?;
        inner.get_ref().as_str()
    });
    let examples = ["NAME", "PATH", "the secret itself", "secret", "s3cret"];
    if word.is_some_and(|word| examples.contains(&word) || is_placeholder(word)) {
        item.sink.warn(&item.value.span(), key, "this is still the example's; say where your own secret is");
    }
}

/// Whether a text says of itself that something else is to stand there.
fn is_placeholder(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let host = Url::parse(text).ok().and_then(|url| url.host_str().map(str::to_ascii_lowercase)).unwrap_or_default();
    let reserved = ["example.com", "example.org", "example.net", "example"];
    reserved.iter().any(|name| host == *name || host.ends_with(&format!(".{name}")))
        || host.starts_with("your-")
        || ["your-", "your_", "<your"].iter().any(|begin| lower.starts_with(begin))
        || ["changeme", "change-me", "change_me", "todo", "xxx", "…", "..."].contains(&lower.as_str())
        || (lower.starts_with('<') && lower.ends_with('>'))
}

fn leads_here(text: &str) -> bool {
    match Url::parse(text).as_ref().map(Url::host) {
        Ok(Some(url::Host::Domain(name))) => name == "localhost",
        Ok(Some(url::Host::Ipv4(address))) => address.is_loopback(),
        Ok(Some(url::Host::Ipv6(address))) => address.is_loopback(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::testing::{PLATFORMS, parse};
    use super::super::{EXAMPLE, starter};

    fn warned(text: &str) -> Vec<String> {
        let config = parse(text, Path::new("c.toml")).unwrap_or_else(|errors| panic!("{errors}"));
        let told = |problem: &super::super::Problem| {
            let place = problem.place.unwrap();
            format!("{}:{} {}: {}", place.line, place.column, problem.key.as_deref().unwrap_or(""), problem.text)
        };
        config.warnings.iter().map(told).collect()
    }

    const GOOD: &str =
        "[[channels]]\nname = \"a\"\nplatform = \"chat-thing\"\nchannel_id = \"7c1\"\nsecret_key = { env = \"K\" }\n";

    #[test]
    fn what_nobody_replaced_is_told_with_its_place() {
        assert_eq!(warned(GOOD), Vec::<String>::new());
        for spec in PLATFORMS {
            let block = starter(&[spec]);
            assert!(!warned(&block).is_empty(), "{block}");
            // Somebody's own server may use any ids.
            let local = spec.keys.iter().find(|key| key.name.ends_with("_url")).unwrap();
            let local = format!("{} = \"http://127.0.0.1:9/send\"\n", local.name);
            let here = spec.sample.lines().filter(|line| !line.contains("_url = ")).collect::<Vec<_>>().join("\n");
            let here = here.replacen("platform =", &format!("{local}platform ="), 1);
            assert!(warned(&here).is_empty(), "{here}: {:?}", warned(&here));
        }
        let example = warned(EXAMPLE);
        for wanted in ["channel_id: \"6b0f6c2e\" is still", "operator_id: \"op_123\"", "listener.public_url: "] {
            assert!(example.iter().any(|told| told.contains(wanted)), "{wanted}: {example:?}");
        }
        let told = warned(&GOOD.replace("7c1", "your-channel-id"));
        assert_eq!(told, ["4:14 channel_id: \"your-channel-id\" is still the example's; put your own there"]);
    }

    #[test]
    fn a_secret_to_be_replaced_is_told_without_a_word_of_it() {
        for (secret, warns) in [
            ("\"the secret itself\"", true),
            ("{ env = \"NAME\" }", true),
            ("{ file = \"PATH\" }", true),
            ("\"your-secret\"", true),
            ("\"sk-live-1\"", false),
            ("{ command = [\"pass\", \"show\", \"x\"] }", false),
        ] {
            let told = warned(&GOOD.replace("{ env = \"K\" }", secret));
            assert_eq!(!told.is_empty(), warns, "{secret}: {told:?}");
            assert!(told.iter().all(|text| !text.contains("your-secret")));
        }
    }

    #[test]
    fn a_version_that_is_not_known_is_told() {
        let of = |version: &str| {
            warned(&format!(
                "[[channels]]\nname = \"a\"\nplatform = \"operator\"\noperator_id = \"o\"\napi_key = {{ env = \"K\" }}\napi_version = \"{version}\"\n"
            ))
        };
        assert_eq!((of("2024-11-11").len(), of("2025-06-19").len()), (0, 0));
        let told = of("2025-07-01");
        assert!(told[0].starts_with("6:15 api_version: \"2025-07-01\" is no version"), "{told:?}");
        assert!(told[0].contains("2024-11-11 and 2025-06-19"));
    }

    #[test]
    fn a_key_in_the_wrong_place_is_told_where_it_belongs() {
        let refused = |text: &str| parse(text, Path::new("c.toml")).unwrap_err().to_string();
        for (text, wanted) in [
            (format!("{GOOD}default_channel = \"a\"\n"), "it belongs above the first [[channels]]"),
            (format!("public_url = \"https://h.lan\"\n{GOOD}"), "it belongs in the [listener] table"),
            (format!("channel_id = \"x\"\n{GOOD}"), "it belongs in a [[channels]] table"),
            (format!("{GOOD}send_url = \"https://h.lan\"\n"), "it is one of a klaunch channel"),
            (format!("{GOOD}bind = \"127.0.0.1:1\"\n"), "it belongs in the [listener] table"),
            (format!("{GOOD}chanel_id = \"x\"\n"), "channel_id stands here already"),
            (GOOD.replace("secret_key", "secret"), "did you mean \"secret_key\"?"),
        ] {
            assert!(refused(&text).contains(wanted), "{wanted}: {}", refused(&text));
        }
    }
}
