//! Text that becomes a part of a command, and addresses that become links.

use patchcord::domain::{bare_address, command_words, shell_word, web_address};

use super::Target;

pub(super) const TARGET: Target = Target {
    name: "shell",
    words: &[
        "'",
        "\"",
        "\\",
        "$",
        "`",
        "$(a)",
        "{a,b}",
        "~",
        "-",
        "!",
        "*",
        ";",
        "|",
        "&",
        "\n",
        " ",
        "\0",
        "https://",
        "http:",
        "mailto:",
        "javascript:",
        "file:///",
        "www.",
        "@",
        "a.b",
        "\u{202e}",
        "\u{1b}",
        "%0a",
    ],
    usual: 20_000,
    run,
};

fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if !text.contains('\0') {
        assert_eq!(command_words(&shell_word(&text)), Some(vec![text.to_string()]), "a word stays one word");
    }
    if let Some(address) = web_address(&text) {
        let scheme = address.split(':').next().unwrap_or_default().to_ascii_lowercase();
        assert!(matches!(scheme.as_str(), "http" | "https" | "mailto"), "{address}");
        assert!(address.bytes().all(|byte| byte.is_ascii_graphic()), "{address:?}");
    }
    if let Some(place) = bare_address(&text) {
        assert!(text.get(place.clone()).is_some(), "{place:?} cuts a character");
    }
}
