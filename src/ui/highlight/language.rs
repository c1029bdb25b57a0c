//! What the label of a fence says about the language: `rust`, `rust,ignore`, `{.python}`, `Rust title="a.rs"`.

/// Names are short; what is longer is no name.
const NAME_BYTES: usize = 32;

/// Labels that say that it is no language, and names of some that cost too much: one takes seconds for a line of
/// brackets, one loads every other language.
const NONE: &[&str] = &[
    "text",
    "txt",
    "plain",
    "plaintext",
    "none",
    "output",
    "ascii",
    "log",
    "mermaid",
    "markdown",
    "md",
    "systemverilog",
    "sv",
    "svh",
    "v",
    "vh",
];

/// Names that people write, beside the ones that the library knows.
const ALIASES: &[(&str, &str)] = &[
    ("asm", "s"),
    ("c#", "cs"),
    ("console", "sh"),
    ("csharp", "cs"),
    ("cts", "ts"),
    ("elixir", "ex"),
    ("golang", "go"),
    ("gql", "graphql"),
    ("hcl", "tf"),
    ("javascriptreact", "js"),
    ("json5", "json"),
    ("jsonc", "json"),
    ("jsonl", "json"),
    ("jsx", "js"),
    ("ksh", "sh"),
    ("mjs", "js"),
    ("mysql", "sql"),
    ("node", "js"),
    ("objc", "objective-c"),
    ("pgsql", "sql"),
    ("postgres", "sql"),
    ("postgresql", "sql"),
    ("proto", "protobuf"),
    ("py3", "py"),
    ("python3", "py"),
    ("shell", "sh"),
    ("shellscript", "sh"),
    ("sqlite", "sql"),
    ("svg", "xml"),
    ("terminal", "sh"),
    ("typescriptreact", "tsx"),
    ("udiff", "diff"),
];

/// The name of the language, in small letters; none if there is none.
pub(super) fn named(label: &str) -> Option<String> {
    let word = label.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '{' | '.'));
    let end = word.find(|c: char| c.is_whitespace() || matches!(c, ',' | '{' | '}' | ':' | ';' | '='));
    let word = word.get(..end.unwrap_or(word.len())).unwrap_or_default();
    if word.is_empty() || word.len() > NAME_BYTES {
        return None;
    }
    let name = word.to_ascii_lowercase();
    let name = name.strip_prefix("language-").unwrap_or(&name);
    if NONE.contains(&name) {
        return None;
    }
    Some(ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, known)| known).to_owned())
}
