//! The names of keys as people write them.

use patchcord::app::KeySequence;

use super::Target;

pub(super) const TARGET: Target = Target {
    name: "keys",
    words: &[
        "ctrl",
        "Ctrl+",
        "alt-",
        "shift+",
        "C-",
        "M-",
        "S-",
        "F12",
        "f25",
        "space",
        "enter",
        "esc",
        "tab",
        "page",
        "up",
        "+",
        "-",
        " ",
        "plus",
        "\u{df}",
        "\u{130}",
        "\u{1b}",
        "backspace",
        "del",
        "home",
    ],
    usual: 20_000,
    run,
};

fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match KeySequence::parse(&text) {
        Ok(keys) => {
            let spelt = keys.to_string();
            assert_eq!(KeySequence::parse(&spelt).as_ref(), Ok(&keys), "{text:?} is shown as {spelt:?}");
        }
        Err(error) => assert!(!error.to_string().is_empty(), "an error says what it is"),
    }
}
