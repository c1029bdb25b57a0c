//! The config file and a suite's, half-written and worse: every error has its place within the file, and nothing that
//! is quoted of it reaches a terminal raw.

use std::path::Path;
use std::sync::LazyLock;

use patchcord::app::check_keys;
use patchcord::config::{ConfigErrors, parse, parse_suite};
use patchcord::domain::{PlatformSpec, SafeText};
use patchcord::platform::registry::Registry;

use super::Target;

pub(super) const TARGET: Target = Target {
    name: "config",
    words: &[
        "[[channels]]\n",
        "name = ",
        "platform = ",
        "\"chat-thing\"",
        "\"optech\"",
        "[listener]\n",
        "[keys]\n",
        "[screen]\n",
        "[timeouts]\n",
        "[[rules]]\n",
        "default_channel = \"a\"\n",
        "api_key = ",
        "{ env = \"A\" }",
        "{ command = [\"a\"] }",
        "= \"\"\n",
        "\"\"\"",
        "'''",
        "[",
        "]",
        "{",
        "}",
        "=",
        "\n",
        "\u{1b}",
        "\\u001b",
        "9223372036854775808",
        "1979-05-27",
        "nan",
        "#",
    ],
    usual: 3_000,
    run,
};

pub(super) const SUITE: Target = Target {
    name: "suite",
    words: &[
        "[[cases]]\n",
        "[[cases.turns]]\n",
        "name = \"a\"\n",
        "say = \"{{a}}\"\n",
        "expect.contains = ",
        "expect.matches = ",
        "'(?i)a+'",
        "expect.like = { text = \"a\", at_least = 0.5 }\n",
        "values = [{ a = \"b\" }]\n",
        "repeat = 3\n",
        "pass = 4\n",
        "[variables]\n",
        "request = { key = \"a\" }\n",
        "channel = \"a\"\n",
        "{{",
        "}}",
        "\u{1b}",
        "\n",
        "=",
    ],
    usual: 3_000,
    run: suite,
};

static SPECS: LazyLock<Vec<&'static PlatformSpec>> = LazyLock::new(|| Registry::default().specs());

fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Err(errors) = parse(&text, Path::new("config.toml"), &SPECS, check_keys) {
        look(&text, &errors);
    }
}

fn suite(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Err(errors) = parse_suite(&text, Path::new("suite.toml")) {
        look(&text, &errors);
    }
}

fn look(text: &str, errors: &ConfigErrors) {
    assert!(!errors.problems().is_empty(), "an error says what it is");
    let lines = text.split('\n').count();
    for place in errors.problems().iter().filter_map(|problem| problem.place) {
        assert!((1..=lines).contains(&place.line) && place.column >= 1, "{place:?} in {lines} lines");
    }
    let said = errors.to_string();
    assert!(said.split('\n').all(SafeText::is_safe), "{said:?}");
}
