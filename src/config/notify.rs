//! The `[notify]` table: what the user is told of while looking elsewhere, and how.

use std::collections::BTreeMap;

use toml::de::DeValue;

use super::table::{ConfigValue, TableReader};
use crate::domain::nearest;
use crate::domain::{ChannelName, NotifyKind, NotifyRoute, NotifyRules, QuietHours};

/// The longest time without a key after which somebody is still there, in seconds.
const LONGEST: u64 = 86_400;

/// The `[notify]` table, or what stands for it where there is none. `channels` are the names that it may speak of; none
/// where they can't be told.
pub(super) fn notify(top: &TableReader<'_, '_>, channels: Option<&[ChannelName]>) -> Option<NotifyRules> {
    let default = NotifyRules::default();
    let Some(item) = top.get("notify") else { return Some(default) };
    let Some(table) = item.value.get_ref().as_table() else {
        item.wrong_type("notify", "a [notify] table");
        return None;
    };
    let table = TableReader::new(table, item.value.span(), top.sink, "notify.");
    let route = table.get("by").map_or(Some(default.route), |item| {
        let words = NotifyRoute::ALL.map(NotifyRoute::as_str);
        word(item, &table.name("by"), &words).and_then(|word| NotifyRoute::from_word(&word))
    });
    let kinds = table.get("on").map_or(Some(default.kinds), |item| kinds(item, &table.name("on")));
    let always = table.get("when").map_or(Some(default.always), |item| {
        word(item, &table.name("when"), &["away", "always"]).map(|word| word == "always")
    });
    let away = table.get("away_after").map_or(Some(default.away_after_ms), |item| {
        item.seconds(&table.name("away_after"), 1, LONGEST).map(|seconds| seconds * 1_000)
    });
    let quiet = table.get("quiet").map_or(Some(None), |item| hours(item, &table.name("quiet")).map(Some));
    let own = table.get("channels").map_or_else(|| Some(BTreeMap::new()), |item| own(item, channels));
    let (text, bell, title) = (table.flag("text"), table.flag_or("bell", true), table.flag_or("title", true));
    table.finish("notify");
    Some(NotifyRules {
        route: route?,
        kinds: kinds?,
        channels: own?,
        always: always?,
        away_after_ms: away?,
        quiet: quiet?,
        text,
        bell,
        title,
    })
}

/// One of some words.
pub(super) fn word(item: ConfigValue<'_, '_>, key: &str, words: &[&str]) -> Option<String> {
    let expected = format!("one of \"{}\"", words.join("\", \""));
    let text = item.text(key, &expected)?;
    if words.contains(&text.as_str()) {
        return Some(text);
    }
    let near = nearest(&text, words.iter().copied());
    item.refuse_near(key, format!("expected {expected}, found \"{text}\""), near);
    None
}

/// What is told of: an array of words, which may be empty.
fn kinds(item: ConfigValue<'_, '_>, key: &str) -> Option<Vec<NotifyKind>> {
    let words = NotifyKind::ALL.map(NotifyKind::as_str);
    let Some(array) = item.value.get_ref().as_array() else {
        item.wrong_type(key, &format!("an array of \"{}\"", words.join("\", \"")));
        return None;
    };
    let mut kinds = Vec::new();
    for value in array {
        let item = ConfigValue { value, sink: item.sink };
        kinds.push(word(item, key, &words).and_then(|word| NotifyKind::from_word(&word)));
    }
    kinds.into_iter().collect()
}

fn hours(item: ConfigValue<'_, '_>, key: &str) -> Option<QuietHours> {
    const EXPECTED: &str = r#"two times of the day, as in "22:00-07:30""#;
    let text = item.text(key, EXPECTED)?;
    let hours = QuietHours::parse(&text);
    if hours.is_none() {
        item.refuse(key, format!("expected {EXPECTED}, found \"{text}\""));
    }
    hours
}

/// What channels have for themselves: an array of words under each one's name.
fn own(
    item: ConfigValue<'_, '_>,
    channels: Option<&[ChannelName]>,
) -> Option<BTreeMap<ChannelName, Vec<NotifyKind>>> {
    const KEY: &str = "notify.channels";
    let DeValue::Table(table) = item.value.get_ref() else {
        item.wrong_type(KEY, r#"what is told of by channel, as in { docs = ["message"] }"#);
        return None;
    };
    let mut own = BTreeMap::new();
    let mut whole = true;
    for (key, value) in table {
        let (name, key_span) = (ChannelName::new(key.get_ref().to_string()), key.span());
        let (item, place) = (ConfigValue { value, sink: item.sink }, format!("{KEY}.{name}"));
        if let Some(channels) = channels.filter(|channels| !channels.contains(&name)) {
            let names = || channels.iter().map(ChannelName::as_str);
            let text = format!("expected the name of a channel ({})", names().collect::<Vec<_>>().join(", "));
            item.sink.report(&key_span, &place, text, nearest(name.as_str(), names()));
            whole = false;
        }
        match kinds(item, &place) {
            Some(kinds) => _ = own.insert(name, kinds),
            None => whole = false,
        }
    }
    whole.then_some(own)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::testing::parse;
    use super::*;

    const CHANNEL: &str = "[[channels]]\nname = \"docs\"\nplatform = \"chat-thing\"\nchannel_id = \"b\"\nsecret_key = { env = \"K\" }\n";

    fn read(lines: &str) -> Result<NotifyRules, String> {
        let parsed = parse(&format!("{CHANNEL}{lines}"), Path::new("x.toml"));
        parsed.map(|config| config.notify).map_err(|errors| errors.to_string())
    }

    #[test]
    fn every_key_is_taken() {
        let rules = read(
            "[notify]\nby = \"osc99\"\non = [\"message\", \"expiring\"]\nwhen = \"always\"\naway_after = 90\n\
             quiet = \"22:00-07:30\"\ntext = true\nbell = false\ntitle = false\n[notify.channels]\ndocs = []\n",
        );
        let expected = NotifyRules {
            route: NotifyRoute::Osc99,
            kinds: vec![NotifyKind::Message, NotifyKind::Expiring],
            channels: BTreeMap::from([(ChannelName::new("docs"), Vec::new())]),
            always: true,
            away_after_ms: 90_000,
            quiet: QuietHours::parse("22:00-07:30"),
            text: true,
            bell: false,
            title: false,
        };
        assert_eq!(rules, Ok(expected));
        assert_eq!(read(""), Ok(NotifyRules::default()));
        assert_eq!(read("[notify]\n"), Ok(NotifyRules::default()));
    }

    #[test]
    fn every_mistake_is_told_with_its_place() {
        for (line, told) in [
            ("by = \"bel\"", ":7:6: notify.by: expected one of \"auto\", \"bell\","),
            ("by = \"osc-9\"", "did you mean \"osc9\"?"),
            ("by = 9", "expected one of \"auto\","),
            (
                "on = \"message\"",
                ":7:6: notify.on: expected an array of \"message\", \"request\", \"expiring\", \"failed\", \"reply\", found a string",
            ),
            ("on = [\"message\", \"replies\"]", ":7:18: notify.on: expected one of \"message\""),
            ("when = \"focused\"", ":7:8: notify.when: expected one of \"away\", \"always\", found \"focused\""),
            ("away_after = 0", "expected a whole number of seconds from 1 to 86400, found 0"),
            (
                "quiet = \"22-7\"",
                "notify.quiet: expected two times of the day, as in \"22:00-07:30\", found \"22-7\"",
            ),
            ("text = \"yes\"", "notify.text: expected true or false, without quotes, found a string"),
            ("bell = 1", "notify.bell: expected true or false"),
            ("sound = true", "notify.sound: unknown key; notify takes by, on, when,"),
            ("titel = true", "notify.titel: unknown key; did you mean \"title\"?"),
            ("channels = [\"docs\"]", "notify.channels: expected what is told of by channel"),
            ("channels = { dosc = [] }", "notify.channels.dosc: expected the name of a channel (docs)"),
            ("channels = { docs = true }", "notify.channels.docs: expected an array of \"message\""),
        ] {
            let errors = read(&format!("[notify]\n{line}\n")).unwrap_err();
            assert!(errors.contains(told), "{line}: {errors}");
            assert_eq!(errors.lines().count(), 1, "{line}: {errors}");
        }
        assert!(read("notify = 3\n").unwrap_err().contains("unknown key"), "it stands in the channel");
    }
}
