//! Texts for the clipboard: made safe to be pasted, quoted.

use std::fmt::Write as _;

use serde_json::Value;

use crate::domain::{Message, MessageDocument, SafeText};

/// A text as it may leave for a clipboard: what acts or hides in it is a mark to be seen. Its tabs stay, since code and
/// tables need them; line ends at its end go, so that a shell runs nothing unasked.
pub fn sanitised(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    for (at, piece) in raw.split('\t').enumerate() {
        if at > 0 {
            out.push('\t');
        }
        out.push_str(SafeText::new(piece).as_str());
    }
    out.truncate(out.trim_end_matches(['\n', ' ', '\t']).len());
    out
}

/// A message as JSON: exact, with everything that acts or hides spelled out.
pub fn pasted_json(message: &Message) -> String {
    let exact = format!("{:#}", Value::Object(MessageDocument::whole(message).object()));
    let mut out = String::with_capacity(exact.len());
    let mut one = [0; 4];
    let mut units = [0; 2];
    for c in exact.chars() {
        if c == '\n' || SafeText::is_safe(c.encode_utf8(&mut one)) {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut units) {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
    out
}

/// A text as a quotation in markdown.
pub fn quoted(text: &str) -> String {
    let line = |line: &str| if line.is_empty() { ">".to_owned() } else { format!("> {line}") };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Extras, MessageId, Moment, Role};

    #[test]
    fn what_leaves_cannot_act_and_keeps_its_tabs() {
        assert_eq!(sanitised("a\tb\r\n\u{1b}[31mred\u{202e}x\n\n"), "a\tb\n\u{241b}[31mred<U+202E>x");
        assert_eq!(sanitised("日本語 👩‍👩‍👧 é"), "日本語 👩‍👩‍👧 é");
        assert_eq!(sanitised(""), "");
    }

    #[test]
    fn json_is_exact_and_cannot_act_either() {
        let text = "a\u{202e}b\u{9b}c👩\u{200d}👧\u{e0041}".to_owned();
        let message = Message {
            id: MessageId::new("m1"),
            role: Role::User,
            text: text.clone(),
            created_at: Moment::default(),
            extras: Extras::default(),
        };
        let json = pasted_json(&message);
        assert!(json.lines().all(SafeText::is_safe), "{json}");
        let back: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(back["text"], text);
    }

    #[test]
    fn quotations() {
        assert_eq!(quoted("one\n\ntwo"), "> one\n>\n> two");
    }
}
