//! The `[[replies]]` tables: what is often said, under a name.

use toml::de::DeValue;

use super::table::{ConfigValue, TableReader};
use crate::domain::nearest;
use crate::domain::{ChannelName, SavedReply};

const WHO: &str = "a saved reply";

/// Reads all of them; none where one has an error. `channels` are those that there are.
pub(super) fn read(top: &TableReader<'_, '_>, channels: &[ChannelName]) -> Option<Vec<SavedReply>> {
    let Some(item) = top.get("replies") else { return Some(Vec::new()) };
    let Some(array) = item.value.get_ref().as_array() else {
        item.wrong_type("replies", "[[replies]] tables");
        return None;
    };
    let mut replies: Vec<SavedReply> = Vec::new();
    let mut good = true;
    for value in array {
        let one = ConfigValue { value, sink: item.sink };
        match reply(one, channels) {
            Some(reply) if replies.iter().any(|known| known.name == reply.name) => {
                let text = format!("expected one reply a name, found \"{}\" a second time", reply.name);
                one.refuse("replies.name", text);
                good = false;
            }
            Some(reply) => replies.push(reply),
            None => good = false,
        }
    }
    good.then_some(replies)
}

fn reply(item: ConfigValue<'_, '_>, channels: &[ChannelName]) -> Option<SavedReply> {
    let Some(table) = item.value.get_ref().as_table() else {
        item.wrong_type("replies", "a [[replies]] table");
        return None;
    };
    let table = TableReader::new(table, item.value.span(), item.sink, "replies.");
    let name = table.need("name", "a name of its own", WHO);
    let name = name.and_then(|item| item.text("replies.name", "a name of its own"));
    let text = table.need("text", "what it says", WHO).and_then(text);
    let only = match table.get("channels") {
        None => Some(Vec::new()),
        Some(item) => names(item, channels),
    };
    table.finish(WHO);
    Some(SavedReply { name: name?, text: text?, channels: only? })
}

/// What it says: lines as they stand, and nothing that a terminal acts on.
fn text(item: ConfigValue<'_, '_>) -> Option<String> {
    let Some(text) = item.value.get_ref().as_str() else {
        item.wrong_type("replies.text", "what it says, in quotes");
        return None;
    };
    let text = text.trim_end();
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        item.refuse("replies.text", "expected a text, found a control character in it");
        return None;
    }
    if let Some(problem) = SavedReply::problem(text) {
        item.refuse("replies.text", problem);
        return None;
    }
    Some(text.to_owned())
}

fn names(item: ConfigValue<'_, '_>, channels: &[ChannelName]) -> Option<Vec<ChannelName>> {
    const EXPECTED: &str = "names of channels, as in [\"docs\"]";
    let texts = item.value.get_ref().as_array().filter(|array| !array.is_empty());
    let Some(texts) = texts else {
        item.wrong_type("replies.channels", EXPECTED);
        return None;
    };
    let mut names = Vec::new();
    for value in texts {
        let one = ConfigValue { value, sink: item.sink };
        let DeValue::String(name) = value.get_ref() else {
            one.wrong_type("replies.channels", EXPECTED);
            return None;
        };
        let name = ChannelName::new(name.as_ref());
        if !channels.contains(&name) {
            let near = nearest(name.as_str(), channels.iter().map(ChannelName::as_str));
            one.refuse_near("replies.channels", format!("expected the name of a channel, found \"{name}\""), near);
            return None;
        }
        names.push(name);
    }
    Some(names)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::testing::parse;
    use crate::domain::SavedReply;

    const CHANNEL: &str =
        "[[channels]]\nname = \"docs\"\nplatform = \"chat-thing\"\nchannel_id = \"c\"\nsecret_key = \"s\"\n";

    fn read(replies: &str) -> Result<Vec<SavedReply>, String> {
        let text = format!("{CHANNEL}{replies}");
        parse(&text, Path::new("config.toml")).map(|config| config.replies).map_err(|error| error.to_string())
    }

    #[test]
    fn replies_are_read_with_their_lines_and_channels() {
        let text = "[[replies]]\nname = \"Hours\"\ntext = \"\"\"\nHello {name},\nwe open at nine.\n\"\"\"\n\
                    [[replies]]\nname = \"Bye\"\ntext = \"Bye\"\nchannels = [\"docs\"]\n";
        let replies = read(text).unwrap();
        assert_eq!(replies[0].text, "Hello {name},\nwe open at nine.");
        assert_eq!((replies[1].name.as_str(), replies[1].channels.len()), ("Bye", 1));
        assert_eq!(read("").unwrap(), []);
    }

    #[test]
    fn what_is_none_is_refused_with_its_key() {
        for (more, key) in [
            ("[[replies]]\ntext = \"x\"\n", "replies.name"),
            ("[[replies]]\nname = \"x\"\n", "replies.text"),
            ("[[replies]]\nname = \"x\"\ntext = \" \"\n", "replies.text"),
            ("[[replies]]\nname = \"x\"\ntext = \"a {\"\n", "replies.text"),
            ("[[replies]]\nname = \"x\"\ntext = \"a\\u001b[31m\"\n", "replies.text"),
            ("[[replies]]\nname = \"x\"\ntext = 3\n", "replies.text"),
            ("[[replies]]\nname = \"x\"\ntext = \"a\"\nchanels = [\"docs\"]\n", "replies.chanels"),
            ("[[replies]]\nname = \"x\"\ntext = \"a\"\nchannels = [\"dosc\"]\n", "docs"),
            ("[[replies]]\nname = \"x\"\ntext = \"a\"\nchannels = []\n", "replies.channels"),
            ("[[replies]]\nname = \"x\"\ntext = \"a\"\n[[replies]]\nname = \"x\"\ntext = \"b\"\n", "second time"),
        ] {
            let told = read(more).unwrap_err();
            assert!(told.contains(key), "{more}: {told}");
        }
    }
}
