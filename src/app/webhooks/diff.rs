//! Two JSON texts compared by structure: which paths were removed, added or changed. Order of keys says nothing, order
//! of items does.

use std::fmt::Write as _;

use super::json::{Node, tree};

/// So many changes are told; the rest is counted.
const TOLD: usize = 1_000;
/// So many characters of a path or a value are told.
const CHARS: usize = 200;

/// What differs between two texts, by path.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes {
    /// The changes, in the order of their paths.
    pub told: Vec<Change>,
    /// How many more there are.
    pub more: usize,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Where: `.a.b[0]`.
    pub path: String,
    /// What stands there in the first text.
    pub removed: Option<String>,
    /// What stands there in the second text.
    pub added: Option<String>,
}

/// Compares two texts; none if one of them is no JSON.
pub(in crate::app) fn compare(first: &str, second: &str) -> Option<Changes> {
    let (first, second) = (tree(first)?, tree(second)?);
    let mut changes = Changes::default();
    walk(&mut Vec::new(), Some(&first), Some(&second), &mut changes);
    Some(changes)
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Key(&'a str),
    Item(usize),
}

fn walk<'a>(path: &mut Vec<Step<'a>>, first: Option<&'a Node<'_>>, second: Option<&'a Node<'_>>, out: &mut Changes) {
    match (first, second) {
        (Some(a), Some(b)) if a == b => {}
        (Some(Node::Map(a)), Some(Node::Map(b))) => {
            let mut keys: Vec<&String> = a.keys().chain(b.keys().filter(|k| !a.contains_key(*k))).collect();
            keys.sort_unstable();
            for key in keys {
                path.push(Step::Key(key));
                walk(path, a.get(key), b.get(key), out);
                path.pop();
            }
        }
        (Some(Node::List(a)), Some(Node::List(b))) => {
            for at in 0..a.len().max(b.len()) {
                path.push(Step::Item(at));
                walk(path, a.get(at), b.get(at), out);
                path.pop();
            }
        }
        (first, second) => {
            if out.told.len() >= TOLD {
                out.more += 1;
                return;
            }
            out.told.push(Change { path: written(path), removed: first.map(value), added: second.map(value) });
        }
    }
}

/// A path as it is shown: plain keys after a dot, others in quotes.
fn written(path: &[Step<'_>]) -> String {
    let mut out = String::new();
    for step in path {
        if out.len() > CHARS {
            out.push('…');
            break;
        }
        match step {
            // Writing to a String cannot fail.
            Step::Item(at) => _ = write!(out, "[{at}]"),
            Step::Key(key) => {
                let key = beginning(key);
                if is_plain(&key) {
                    out.push('.');
                    out.push_str(&key);
                } else {
                    let _ = write!(out, "[{}]", serde_json::Value::from(key));
                }
            }
        }
    }
    if out.is_empty() { ".".to_owned() } else { out }
}

fn is_plain(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '…'))
}

/// What stands there, on one line and not longer than anybody reads.
fn value(node: &Node<'_>) -> String {
    let mut out = String::new();
    spell(&mut out, node);
    if out.chars().count() > CHARS {
        out = out.chars().take(CHARS).collect();
        out.push('…');
    }
    out
}

fn spell(out: &mut String, node: &Node<'_>) {
    // Enough was written to be cut.
    if out.len() > 4 * CHARS {
        return;
    }
    match node {
        Node::Leaf(raw) => out.push_str(&beginning(raw)),
        Node::Text(text) => out.push_str(&serde_json::Value::from(beginning(text)).to_string()),
        Node::Map(members) => {
            out.push('{');
            for (n, (key, node)) in members.iter().enumerate() {
                if n > 0 {
                    out.push_str(", ");
                }
                let _ = write!(out, "{}: ", serde_json::Value::from(beginning(key)));
                spell(out, node);
                if out.len() > 4 * CHARS {
                    return;
                }
            }
            out.push('}');
        }
        Node::List(items) => {
            out.push('[');
            for (n, node) in items.iter().enumerate() {
                if n > 0 {
                    out.push_str(", ");
                }
                spell(out, node);
                if out.len() > 4 * CHARS {
                    return;
                }
            }
            out.push(']');
        }
    }
}

/// As much of a text as is told. Its cost does not grow with the text.
fn beginning(text: &str) -> String {
    let mut chars = text.chars();
    let mut out: String = chars.by_ref().take(CHARS).collect();
    if chars.next().is_some() {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(first: &str, second: &str) -> Vec<String> {
        let changes = compare(first, second).unwrap();
        let line =
            |c: Change| format!("{} -{} +{}", c.path, c.removed.unwrap_or_default(), c.added.unwrap_or_default());
        changes.told.into_iter().map(line).collect()
    }

    #[test]
    fn paths_tell_what_was_removed_added_and_changed() {
        let first = r#"{"z":1,"user":{"name":"Ann","tags":["a","b"]},"gone":null}"#;
        let second = r#"{"user":{"tags":["a","c","d"],"name":"Bob"},"z":1.0,"new key":{"x":[1]}}"#;
        assert_eq!(
            described(first, second),
            [
                ".gone -null +",
                "[\"new key\"] - +{\"x\": [1]}",
                ".user.name -\"Ann\" +\"Bob\"",
                ".user.tags[1] -\"b\" +\"c\"",
                ".user.tags[2] - +\"d\"",
                ".z -1 +1.0",
            ]
        );
    }

    #[test]
    fn order_of_keys_and_spelling_of_texts_say_nothing() {
        assert_eq!(described(r#"{"a":"A","b":2}"#, " {\"b\": 2,\n\"a\":\"\\u0041\"} "), [] as [&str; 0]);
        assert_eq!(described("[1]", "{}"), [". -[1] +{}"]);
        // Numbers too long for any machine's are told apart.
        assert_eq!(described("123456789012345678901", "123456789012345678902").len(), 1);
        assert_eq!(compare("{", "{}"), None);
    }

    #[test]
    fn long_texts_cost_little() {
        let key = "k".repeat(400_000);
        let items = |n: u32| (0..100_000).map(|i| (i + n).to_string()).collect::<Vec<_>>().join(",");
        let text = |n: u32| format!("{{\"{key}\":[{}]}}", items(n));
        let changes = compare(&text(0), &text(1)).unwrap();
        assert_eq!((changes.told.len(), changes.more), (TOLD, 100_000 - TOLD));
        assert!(changes.told.iter().all(|c| c.path.len() < 2 * CHARS));
        let deep = format!("{}1{}", "[".repeat(500), "]".repeat(500));
        assert_eq!(compare(&deep, "1"), None);
    }
}
