//! Replies that are written once and used often, with places that are filled for each.

use super::ChannelName;

/// The longest saved reply, in bytes.
const LONGEST_REPLY: usize = 64 * 1024;

/// A reply that is kept under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedReply {
    /// What it is called; one of its name on each channel.
    pub name: String,
    /// What it says, with places such as `{name}`; `{{` and `}}` are braces.
    pub text: String,
    /// The channels that it is for; all where there are none.
    pub channels: Vec<ChannelName>,
}

/// A part of a saved reply.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part<'a> {
    Text(&'a str),
    Brace(char),
    Place(&'a str),
}

impl SavedReply {
    /// Whether it is for that channel.
    pub fn is_for(&self, channel: &ChannelName) -> bool {
        self.channels.is_empty() || self.channels.contains(channel)
    }

    /// What it says with every place filled.
    ///
    /// # Errors
    ///
    /// The first place that `value` has nothing for. Nothing is sent with a place in it.
    pub fn fill(&self, value: impl Fn(&str) -> Option<String>) -> Result<String, String> {
        let mut text = String::new();
        for part in parts(&self.text).unwrap_or_default() {
            match part {
                Part::Text(said) => text.push_str(said),
                Part::Brace(brace) => text.push(brace),
                Part::Place(name) => text.push_str(&value(name).ok_or_else(|| name.to_owned())?),
            }
        }
        Ok(text)
    }

    /// Why a text can't be a saved reply; none where it can.
    pub fn problem(text: &str) -> Option<String> {
        if text.trim().is_empty() {
            return Some("expected a text, found none".to_owned());
        }
        if text.len() > LONGEST_REPLY {
            return Some("expected a text of 64 KiB at the most".to_owned());
        }
        parts(text).err().map(str::to_owned)
    }
}

/// A text, divided; or why it can't be.
fn parts(text: &str) -> Result<Vec<Part<'_>>, &'static str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let (said, from) = rest.split_at(at);
        parts.push(Part::Text(said));
        if let Some(behind) = from.strip_prefix("{{") {
            parts.push(Part::Brace('{'));
            rest = behind;
        } else if let Some(behind) = from.strip_prefix("}}") {
            parts.push(Part::Brace('}'));
            rest = behind;
        } else if let Some((name, behind)) = from.strip_prefix('{').and_then(|from| from.split_once('}')) {
            let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | ' ' | '.');
            if name.trim().is_empty() || name.len() > 40 || !name.chars().all(fits) {
                return Err("expected a word between { and }, as in {name}; {{ and }} are braces");
            }
            parts.push(Part::Place(name.trim()));
            rest = behind;
        } else {
            return Err("expected { and } in pairs, as in {name}; {{ and }} are braces");
        }
    }
    parts.push(Part::Text(rest));
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(text: &str) -> SavedReply {
        SavedReply { name: "r".to_owned(), text: text.to_owned(), channels: Vec::new() }
    }

    #[test]
    fn every_place_is_filled_or_the_first_that_is_not_is_named() {
        let value = |name: &str| match name {
            "name" => Some("Ann {x}".to_owned()),
            "channel" => Some("docs".to_owned()),
            _ => None,
        };
        let filled = reply("Hello { name }, on {channel}: {{not one}} é").fill(value);
        assert_eq!(
            filled.as_deref(),
            Ok("Hello Ann {x}, on docs: {not one} é"),
            "what fills a place is no text to fill"
        );
        assert_eq!(reply("{name} {order} {other}").fill(value), Err("order".to_owned()));
        assert_eq!(reply("plain").fill(value).as_deref(), Ok("plain"));
    }

    #[test]
    fn a_text_whose_places_can_not_be_told_is_refused() {
        for text in ["", "  ", "a {", "a }", "{}", "{ }", "{a{b}}", "{a\nb}", &"x".repeat(LONGEST_REPLY + 1)] {
            assert!(SavedReply::problem(text).is_some(), "{text:.20}");
        }
        for text in ["{a}", "{{}}", "{{{a}}}", "a { order id } b"] {
            assert_eq!(SavedReply::problem(text), None, "{text}");
        }
    }

    #[test]
    fn it_is_for_its_channels_or_for_all() {
        let docs = ChannelName::new("docs");
        assert!(reply("x").is_for(&docs));
        let one = SavedReply { channels: vec![ChannelName::new("flow")], ..reply("x") };
        assert!(!one.is_for(&docs) && one.is_for(&ChannelName::new("flow")));
    }
}
