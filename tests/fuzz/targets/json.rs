//! JSON as platforms send it, with what they get wrong.

use patchcord::domain::Json;
use serde_json::Value;

use super::Target;

pub(super) const TARGET: Target = Target {
    name: "json",
    words: &[
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\u",
        "\\ud83d",
        "\\ude00",
        "\\u0000",
        "null",
        "true",
        "1e308",
        "-0",
        "1e999",
        "123456789012345678901234567890",
        "{\"a\":",
        "[[[[[[[[",
        "\"a\":1,\"a\":2",
        "\u{feff}",
        "\n",
        "\\",
        "\"\"",
    ],
    usual: 20_000,
    run,
};

fn run(data: &[u8]) {
    let read = Json::read(data);
    if let Ok(strict) = serde_json::from_slice::<Value>(data)
        && let Ok(read) = &read
        && read.damage.is_none()
    {
        assert_eq!(read.value, strict, "what is right is read as it stands");
    }
    if let Ok(read) = read {
        let written = read.value.to_string();
        let again = Json::read(written.as_bytes()).expect("what was read can be written");
        assert_eq!(again.value, read.value, "and is the same then");
        assert!(again.damage.is_none(), "{written}");
        let _ = read.damage.words();
    }
}
