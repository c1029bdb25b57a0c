//! JSON as text: is it right, where is it wrong, and laid out for reading. Numbers, keys and their order stay exactly
//! as they were written, which a parsed value would not promise.

use std::collections::BTreeMap;

use serde::de::IgnoredAny;

/// Deeper than this nothing is indented further, so that no text grows out of proportion.
const INDENTED: usize = 40;
/// Deeper than this nothing is compared.
const DEEPEST: usize = 128;

/// Why a text is not the JSON that is needed, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line, from one.
    pub line: usize,
    /// The character in it, from one.
    pub column: usize,
    /// What is wrong.
    pub what: String,
}

/// Whether a text is JSON.
fn is_json(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok()
}

/// Whether a text is one JSON object; else where it is not.
pub(in crate::app) fn object(text: &str) -> Result<(), Problem> {
    if text.trim().is_empty() {
        return Err(Problem { line: 1, column: 1, what: "nothing yet: an answer is a JSON object".to_owned() });
    }
    if let Err(error) = serde_json::from_str::<serde_json::Value>(text) {
        let (line, bytes) = (error.line().max(1), error.column());
        let line_text = text.split('\n').nth(line - 1).unwrap_or("");
        // The parser counts bytes up to and with the one that it could not take.
        let column = line_text.char_indices().take_while(|(at, _)| *at < bytes).count().max(1);
        let whole = error.to_string();
        let what = whole.split(" at line ").next().unwrap_or(&whole).to_owned();
        return Err(Problem { line, column, what });
    }
    if text.trim_start().starts_with('{') {
        return Ok(());
    }
    let before = &text[..text.len() - text.trim_start().len()];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |l| l.chars().count()) + 1;
    Err(Problem { line, column, what: "an answer is a JSON object, in { }".to_owned() })
}

/// A JSON text laid out over lines, at most about `limit` bytes of it, and how many bytes of the text are left out.
pub fn pretty(text: &str, limit: usize) -> Option<(String, usize)> {
    if !is_json(text) {
        return None;
    }
    let mut out = String::with_capacity(limit.min(text.len() * 2));
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    let newline = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n(' ', 2 * depth.min(INDENTED)));
    };
    for (at, c) in text.char_indices() {
        if out.len() >= limit {
            return Some((out, text.len() - at));
        }
        if quoted {
            out.push(c);
            quoted = escaped || c != '"';
            escaped = !escaped && c == '\\';
            continue;
        }
        match c {
            '{' | '[' => {
                depth += 1;
                out.push(c);
                let rest = text.get(at + 1..).unwrap_or_default();
                if !rest.trim_start().starts_with(['}', ']']) {
                    newline(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                if !out.ends_with(['{', '[']) {
                    newline(&mut out, depth);
                }
                out.push(c);
            }
            ',' => {
                out.push(c);
                newline(&mut out, depth);
            }
            ':' => out.push_str(": "),
            ' ' | '\t' | '\n' | '\r' => {}
            _ => {
                quoted = c == '"';
                out.push(c);
            }
        }
    }
    Some((out, 0))
}

/// A JSON text as a tree. What has no parts is kept as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node<'a> {
    /// A number, a word, or a text that is read.
    Leaf(&'a str),
    /// A text, read.
    Text(String),
    /// Members by their keys; of two with one key the last, as parsers do.
    Map(BTreeMap<String, Node<'a>>),
    /// Items in order.
    List(Vec<Node<'a>>),
}

/// Reads a text as a tree; none if it is no JSON, or too deep.
pub(super) fn tree(text: &str) -> Option<Node<'_>> {
    if !is_json(text) {
        return None;
    }
    Reader { rest: text }.node(0)
}

/// Reads a text that is known to be JSON.
struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn skip(&mut self, c: char) -> bool {
        self.rest = self.rest.trim_start();
        match self.rest.strip_prefix(c) {
            Some(rest) => {
                self.rest = rest.trim_start();
                true
            }
            None => false,
        }
    }

    fn take(&mut self, bytes: usize) -> Option<&'a str> {
        let (taken, rest) = self.rest.split_at_checked(bytes)?;
        self.rest = rest;
        Some(taken)
    }

    fn text(&mut self) -> Option<String> {
        let mut escaped = false;
        let end = self.rest.char_indices().skip(1).find_map(|(at, c)| {
            let ends = !escaped && c == '"';
            escaped = !escaped && c == '\\';
            ends.then_some(at + 1)
        })?;
        let raw = self.take(end)?;
        // A lone surrogate is JSON and no text: it stands for itself.
        Some(serde_json::from_str(raw).unwrap_or_else(|_| raw.to_owned()))
    }

    fn node(&mut self, depth: usize) -> Option<Node<'a>> {
        if depth > DEEPEST {
            return None;
        }
        self.rest = self.rest.trim_start();
        if self.rest.starts_with('"') {
            return self.text().map(Node::Text);
        }
        if self.skip('{') {
            let mut members = BTreeMap::new();
            while !self.skip('}') {
                self.skip(',');
                let key = self.text()?;
                self.skip(':');
                members.insert(key, self.node(depth + 1)?);
            }
            return Some(Node::Map(members));
        }
        if self.skip('[') {
            let mut items = Vec::new();
            while !self.skip(']') {
                self.skip(',');
                items.push(self.node(depth + 1)?);
            }
            return Some(Node::List(items));
        }
        let end = self.rest.find([',', '}', ']', ' ', '\t', '\n', '\r']).unwrap_or(self.rest.len());
        self.take(end).filter(|leaf| !leaf.is_empty()).map(Node::Leaf)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn layout_keeps_order_numbers_and_keys_as_written() {
        let text = r#"{"b":1.0,"a":[1e400,{}, [ ] ,"x, {\"y\"}"],"b":12345678901234567890123}"#;
        let (out, left) = pretty(text, 9_999).unwrap();
        let expected = "{\n  \"b\": 1.0,\n  \"a\": [\n    1e400,\n    {},\n    [],\n    \"x, {\\\"y\\\"}\"\n  ],\n  \
                        \"b\": 12345678901234567890123\n}";
        assert_eq!((out.as_str(), left), (expected, 0));
        assert_eq!(pretty("{oops", 99), None);
    }

    #[test]
    fn a_body_that_would_grow_beyond_measure_is_cut() {
        let deep = format!("{}{}", "[".repeat(500_000), "]".repeat(500_000));
        let (out, left) = pretty(&deep, 64 * 1024).unwrap();
        assert!(out.len() < 65 * 1024 && left > 0);
        let long = format!("\"{}\"", "é".repeat(500_000));
        let (out, left) = pretty(&long, 64 * 1024).unwrap();
        assert_eq!(out.len() + left, long.len());
    }

    #[test]
    fn an_answer_is_an_object_and_a_mistake_has_its_place() {
        assert_eq!(object("{\n \"a\": 1\n}"), Ok(()));
        let place = |text: &str| object(text).map_err(|p| (p.line, p.column)).unwrap_err();
        assert_eq!(place("{\n  \"a\": oops\n}"), (2, 8));
        assert_eq!(place("{\"é\": x}"), (1, 7));
        assert_eq!(place("\n  [1]"), (2, 3));
        assert_eq!(place(""), (1, 1));
        assert!(!object("{\"a\" 1}").unwrap_err().what.contains("line"));
        assert!(object("{} x").is_err());
    }

    fn any_json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<i64>().prop_map(Into::into),
            any::<String>().prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 32, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
                prop::collection::vec((any::<String>(), inner), 0..5)
                    .prop_map(|m| serde_json::Value::Object(m.into_iter().collect())),
            ]
        })
    }

    fn same(node: &Node<'_>, value: &serde_json::Value) -> bool {
        match (node, value) {
            (Node::Leaf(raw), value) => serde_json::from_str::<serde_json::Value>(raw).is_ok_and(|v| v == *value),
            (Node::Text(text), serde_json::Value::String(other)) => text == other,
            (Node::Map(map), serde_json::Value::Object(other)) => {
                map.len() == other.len() && map.iter().all(|(k, n)| other.get(k).is_some_and(|v| same(n, v)))
            }
            (Node::List(list), serde_json::Value::Array(other)) => {
                list.len() == other.len() && list.iter().zip(other).all(|(n, v)| same(n, v))
            }
            _ => false,
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn layout_and_tree_say_what_the_text_says(value in any_json()) {
            let text = value.to_string();
            let (laid_out, left) = pretty(&text, usize::MAX / 4).unwrap();
            prop_assert_eq!(left, 0);
            prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&laid_out).unwrap(), value.clone());
            prop_assert!(same(&tree(&text).unwrap(), &value));
            prop_assert!(same(&tree(&laid_out).unwrap(), &value));
        }

        #[test]
        fn no_text_breaks_it(text in any::<String>()) {
            let _ = (pretty(&text, 100), tree(&text), object(&text));
        }
    }
}
