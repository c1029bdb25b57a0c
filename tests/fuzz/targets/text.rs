//! Whatever anybody writes, as it may be drawn.

use patchcord::domain::{SafeText, display_width};

use super::Target;

pub(super) const TARGET: Target = Target {
    name: "text",
    words: &[
        "\u{1b}[2J",
        "\u{1b}]52;c;YQ==\u{7}",
        "\u{1b}]0;t\u{1b}\\",
        "\u{1b}P",
        "\u{9b}",
        "\u{9d}",
        "\u{7f}",
        "\u{8}",
        "\r",
        "\t",
        "\u{202e}",
        "\u{2066}",
        "\u{200b}",
        "\u{200d}",
        "\u{fe0f}",
        "\u{e0041}",
        "\u{e007f}",
        "\u{fff9}",
        "\u{301}",
        "\u{20e3}",
        "\u{1f468}\u{200d}\u{1f469}",
        "\u{1f1e9}\u{1f1ea}",
        "\u{1f3f4}\u{e0067}\u{e007f}",
        "\u{2028}",
        "\u{1820}\u{180b}",
        "\u{644}\u{627}",
        "\u{1100}\u{1161}",
        "\u{0e33}",
        "\u{fdd0}",
        "\u{10ffff}",
    ],
    usual: 20_000,
    run,
};

fn run(data: &[u8]) {
    let raw = String::from_utf8_lossy(data);
    let safe = SafeText::new(&raw);
    for c in safe.as_str().chars() {
        assert!(c == '\n' || !is_dangerous(c), "U+{:04X} came through", u32::from(c));
    }
    assert_eq!(SafeText::new(safe.as_str()), safe, "the same again");
    for line in safe.as_str().split('\n') {
        assert!(SafeText::is_safe(line), "{line:?} wouldn't pass itself");
    }
    let line = SafeText::one_line(&raw);
    assert!(!line.as_str().contains('\n'), "one line is one line");
    let columns = data.first().map_or(0, |byte| usize::from(*byte));
    let short = line.truncate(columns);
    assert!(display_width(short.as_str()) <= columns.max(1), "{columns} columns are enough");
    assert!(SafeText::is_safe(short.as_str()), "what is cut is as safe");
}

/// Controls, what turns the direction of text, tags but those of flags, and what is no character: written down here once
/// more, from Unicode's own lists.
fn is_dangerous(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || matches!(c, '\u{ad}' | '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{180e}')
        || matches!(c, '\u{fff9}'..='\u{fffb}' | '\u{2028}' | '\u{2029}' | '\u{e0001}')
}
