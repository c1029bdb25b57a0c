//! Every key by view and context; and that the keys which other pages name are keys at all.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use patchcord::app::{BINDINGS, Context, ViewKind};

use crate::made::{hold, table};
use crate::pages::{all, read, split};

#[test]
fn the_keys_are_those_of_the_table() {
    let mut text = String::new();
    let mut view = None;
    for (of, context) in Context::ALL {
        let rows: Vec<[String; 3]> = BINDINGS
            .iter()
            .filter(|binding| binding.context == context && !binding.help.is_empty())
            .map(|binding| {
                let keys: Vec<String> = binding.keys.iter().map(|key| code(&key.to_string())).collect();
                let keys = if keys.is_empty() { "none".to_owned() } else { keys.join(", ") };
                [keys, binding.help.to_owned(), code(binding.action.name())]
            })
            .collect();
        if rows.is_empty() {
            continue;
        }
        if view != Some(of) {
            view = Some(of);
            let _ = writeln!(text, "## {}\n", view_title(of));
        }
        let name = context.name();
        let head = ["key", "does", "action"];
        let _ = writeln!(text, "### {}: `{name}`\n\n{}", context.title(), table(head, rows));
    }
    hold("docs/keys.md", "keys", &text);
}

fn view_title(view: ViewKind) -> &'static str {
    match view {
        ViewKind::Chat => "Everywhere, and the Chat view",
        ViewKind::Inbox => "The inbox",
        ViewKind::Sources => "The Sources view",
        ViewKind::Webhooks => "The Webhooks view",
        ViewKind::Log => "The Log view",
        ViewKind::Tests => "The Tests view",
        ViewKind::Search => "The Search view",
    }
}

/// A key as code; a backtick needs two around it.
fn code(key: &str) -> String {
    if key == "`" { "`` ` ``".to_owned() } else { format!("`{key}`") }
}

/// What the table of keys has not: keys of every text that is written, which are no actions.
const IN_TEXTS: &[&str] = &["Alt", "Ctrl", "←", "→", "Backspace", "Delete", "Ctrl+_", "Ctrl+Y"];

/// The keys in the first column of the tables of keys.
fn named(page: &str) -> Vec<String> {
    let (mut found, mut inside) = (Vec::new(), false);
    for line in split(page).0 {
        inside = line.starts_with("| key | does |") || (inside && line.starts_with('|'));
        if inside && !line.starts_with("| key |") {
            let column = line.trim_start_matches('|').split(" | ").next().unwrap_or_default();
            // A backtick stands between two of them.
            let column = column.replace("`` ` ``", "");
            found.extend(column.split('`').skip(1).step_by(2).map(|key| key.replace("\\|", "|")));
        }
    }
    found
}

#[test]
fn every_key_that_a_page_names_is_one() {
    let bound: BTreeSet<String> = BINDINGS.iter().flat_map(|b| b.keys).map(ToString::to_string).collect();
    let mut count = 0;
    for page in all() {
        for key in named(&read(&page)) {
            assert!(bound.contains(&key) || IN_TEXTS.contains(&key.as_str()), "{page}: `{key}` is bound to nothing");
            count += 1;
        }
    }
    assert!(count > BINDINGS.len() / 2, "only {count} keys were found");
    assert_eq!(
        named("| key | does |\n| --- | --- |\n| `a` · `Ctrl+Q` · `\\|` in it | x `y` |\n\n| `b` | c |"),
        ["a", "Ctrl+Q", "|"]
    );
}
