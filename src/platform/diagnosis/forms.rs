//! One JSON text in the forms in which senders write it: a relay that parses a body and writes it anew makes one of them
//! out of another. Numbers, the order of keys, and keys that stand there twice are left as they came. Pure.

use std::fmt::Write as _;
use std::iter::Peekable;
use std::str::Chars;

/// Deeper JSON is not written anew.
const DEEPEST: usize = 64;

/// How a sender writes JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Form {
    layout: Layout,
    texts: Texts,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    Compact,
    Spaced,
    Indented(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Texts {
    /// Only what has to be escaped is (JavaScript).
    Plain,
    /// All beyond ASCII too (Python).
    Ascii,
    /// And slashes (PHP).
    AsciiSlash,
    /// Slashes, and nothing else that needn't be.
    Slash,
    /// `<`, `>` and `&`, for the sake of HTML (Go).
    Html,
    /// Those, quotes and all beyond ASCII, in upper case (.NET).
    HtmlAscii,
}

const TEXTS: [Texts; 6] =
    [Texts::Plain, Texts::Ascii, Texts::AsciiSlash, Texts::Slash, Texts::Html, Texts::HtmlAscii];

/// All forms, those that are seen most first.
pub(super) const ALL: [Form; 24] = {
    let layouts = [Layout::Compact, Layout::Spaced, Layout::Indented(2), Layout::Indented(4)];
    let mut all = [Form { layout: Layout::Compact, texts: Texts::Plain }; 24];
    let mut at = 0;
    while at < all.len() {
        all[at] = Form { layout: layouts[at / 6], texts: TEXTS[at % 6] };
        at += 1;
    }
    all
};

impl Form {
    /// In words, behind "the same JSON".
    pub(super) fn name(self) -> &'static str {
        match (self.layout, self.texts) {
            (Layout::Compact, Texts::Plain) => "without blanks",
            (Layout::Compact, Texts::Ascii) => "without blanks, in ASCII",
            (Layout::Compact, _) => "without blanks, with other escapes",
            (Layout::Spaced, Texts::Plain) => "with a blank behind each comma and colon",
            (Layout::Spaced, Texts::Ascii) => "with a blank behind each comma and colon, in ASCII",
            (Layout::Spaced, _) => "with a blank behind each comma and colon, with other escapes",
            (Layout::Indented(_), Texts::Plain) => "laid out in lines",
            (Layout::Indented(_), Texts::Ascii) => "laid out in lines, in ASCII",
            (Layout::Indented(_), _) => "laid out in lines, with other escapes",
        }
    }
}

/// The body with other ends: what editors, shells and relays add or take away.
pub(super) fn trimmed(body: &[u8]) -> Vec<(Vec<u8>, &'static str)> {
    const BOM: &[u8] = b"\xef\xbb\xbf";
    let mut found = vec![
        ([body, b"\n"].concat(), "this body with a line's end behind it"),
        ([body, b"\r\n"].concat(), "this body with a line's end behind it"),
        ([BOM, body].concat(), "this body with a byte order mark before it"),
    ];
    let bare = body.trim_ascii();
    if bare.len() < body.len() {
        found.push((bare.to_vec(), "this body without the blanks around it"));
        found.push((body.trim_ascii_end().to_vec(), "this body without the line's end behind it"));
    }
    if let Some(rest) = body.strip_prefix(BOM) {
        found.push((rest.to_vec(), "this body without the byte order mark before it"));
    }
    if body.contains(&b'\n') {
        let mut unix: Vec<u8> = body.to_vec();
        unix.retain(|byte| *byte != b'\r');
        let dos =
            unix.iter().flat_map(|byte| if *byte == b'\n' { vec![b'\r', b'\n'] } else { vec![*byte] }).collect();
        found.push((unix, "this body with other lines' ends"));
        found.push((dos, "this body with other lines' ends"));
    }
    found
}

/// The text in that form; none where it is no JSON.
pub(super) fn write(json: &str, form: Form) -> Option<String> {
    let mut writer =
        Writer { chars: json.trim_start_matches('\u{feff}').chars().peekable(), out: String::new(), form, depth: 0 };
    writer.out.reserve(json.len());
    writer.value()?;
    writer.blanks();
    writer.chars.next().is_none().then_some(writer.out)
}

struct Writer<'a> {
    chars: Peekable<Chars<'a>>,
    out: String,
    form: Form,
    depth: usize,
}

impl Writer<'_> {
    fn blanks(&mut self) {
        while self.chars.next_if(|c| matches!(c, ' ' | '\t' | '\n' | '\r')).is_some() {}
    }

    fn value(&mut self) -> Option<()> {
        self.blanks();
        match self.chars.peek()? {
            '{' => self.list('{', '}'),
            '[' => self.list('[', ']'),
            '"' => self.text(),
            _ => self.word(),
        }
    }

    /// A number, or a name, as it stands there.
    fn word(&mut self) -> Option<()> {
        let before = self.out.len();
        while let Some(c) = self.chars.next_if(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.')) {
            self.out.push(c);
        }
        (self.out.len() > before).then_some(())
    }

    fn list(&mut self, open: char, close: char) -> Option<()> {
        self.depth += 1;
        self.chars.next();
        self.out.push(open);
        self.blanks();
        if self.depth > DEEPEST {
            return None;
        }
        if self.chars.next_if_eq(&close).is_some() {
            self.depth -= 1;
            self.out.push(close);
            return Some(());
        }
        loop {
            self.line();
            if open == '{' {
                self.blanks();
                self.text()?;
                self.blanks();
                self.chars.next_if_eq(&':')?;
                self.out.push_str(if self.form.layout == Layout::Compact { ":" } else { ": " });
            }
            self.value()?;
            self.blanks();
            match self.chars.next()? {
                ',' => self.out.push_str(if self.form.layout == Layout::Spaced { ", " } else { "," }),
                end if end == close => break,
                _ => return None,
            }
        }
        self.depth -= 1;
        self.line();
        self.out.push(close);
        Some(())
    }

    fn line(&mut self) {
        if let Layout::Indented(by) = self.form.layout {
            self.out.push('\n');
            self.out.extend(std::iter::repeat_n(' ', by * self.depth));
        }
    }

    fn text(&mut self) -> Option<()> {
        self.chars.next_if_eq(&'"')?;
        self.out.push('"');
        loop {
            match self.chars.next()? {
                '"' => break,
                '\\' => self.escape()?,
                c => self.character(c),
            }
        }
        self.out.push('"');
        Some(())
    }

    fn escape(&mut self) -> Option<()> {
        let c = match self.chars.next()? {
            'u' => {
                let first = self.unit()?;
                if let Some(c) = char::from_u32(first) {
                    c
                } else {
                    self.pair(first);
                    return Some(());
                }
            }
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            c @ ('"' | '\\' | '/') => c,
            _ => return None,
        };
        self.character(c);
        Some(())
    }

    /// The second half of a character; a half that stands alone stays the escape that it is.
    fn pair(&mut self, first: u32) {
        let mut ahead = self.chars.clone();
        let second = (ahead.next() == Some('\\') && ahead.next() == Some('u'))
            .then(|| ahead.by_ref().take(4).try_fold(0, |unit, c| Some(unit << 4 | c.to_digit(16)?)))
            .flatten();
        let whole = second.filter(|second| (0xd800..0xdc00).contains(&first) && (0xdc00..0xe000).contains(second));
        match whole.and_then(|second| char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00))) {
            Some(c) => {
                self.chars = ahead;
                self.character(c);
            }
            // Writing to a String can't fail.
            None => _ = write!(self.out, "\\u{first:04x}"),
        }
    }

    fn unit(&mut self) -> Option<u32> {
        (0..4).try_fold(0, |unit, _| Some(unit << 4 | self.chars.next()?.to_digit(16)?))
    }

    fn character(&mut self, c: char) {
        let texts = self.form.texts;
        let html = matches!(texts, Texts::Html | Texts::HtmlAscii);
        let upper = texts == Texts::HtmlAscii;
        match c {
            '"' | '+' | '\'' | '`' if upper => self.number(c),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' if html => self.number(c),
            '"' => self.out.push_str("\\\""),
            '\\' => self.out.push_str("\\\\"),
            '\n' => self.out.push_str("\\n"),
            '\r' => self.out.push_str("\\r"),
            '\t' => self.out.push_str("\\t"),
            '\u{8}' => self.out.push_str("\\b"),
            '\u{c}' => self.out.push_str("\\f"),
            '/' if matches!(texts, Texts::Slash | Texts::AsciiSlash) => self.out.push_str("\\/"),
            c if c < ' ' => self.number(c),
            c if !c.is_ascii() && matches!(texts, Texts::Ascii | Texts::AsciiSlash | Texts::HtmlAscii) => {
                self.number(c);
            }
            c => self.out.push(c),
        }
    }

    fn number(&mut self, c: char) {
        for unit in c.encode_utf16(&mut [0; 2]) {
            let upper = self.form.texts == Texts::HtmlAscii;
            _ = if upper { write!(self.out, "\\u{unit:04X}") } else { write!(self.out, "\\u{unit:04x}") };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(layout: Layout, texts: Texts) -> Form {
        Form { layout, texts }
    }

    #[test]
    fn one_text_in_every_form() {
        let json = "\u{feff} {\"a\" : [ 1.0,1e3 , -0.10,true,null ],\"\\u0061\":\"\\u00e9\\/ <b> \\ud83d\\ude00\\n\",\"e\":{ }, \"l\":[]} \n";
        let written = |layout, texts| write(json, form(layout, texts)).unwrap();
        assert_eq!(
            written(Layout::Compact, Texts::Plain),
            "{\"a\":[1.0,1e3,-0.10,true,null],\"a\":\"é/ <b> 😀\\n\",\"e\":{},\"l\":[]}"
        );
        assert_eq!(
            written(Layout::Spaced, Texts::Ascii),
            "{\"a\": [1.0, 1e3, -0.10, true, null], \"a\": \"\\u00e9/ <b> \\ud83d\\ude00\\n\", \"e\": {}, \"l\": []}"
        );
        let short = |texts| write("[\"é/<'\\\"\"]", form(Layout::Compact, texts)).unwrap();
        assert_eq!(short(Texts::AsciiSlash), "[\"\\u00e9\\/<'\\\"\"]");
        assert_eq!(short(Texts::Slash), "[\"é\\/<'\\\"\"]");
        assert_eq!(short(Texts::Html), "[\"é/\\u003c'\\\"\"]");
        assert_eq!(short(Texts::HtmlAscii), "[\"\\u00E9/\\u003C\\u0027\\u0022\"]");
        assert_eq!(
            write("{\"a\":[1,{}],\"b\":[]}", form(Layout::Indented(2), Texts::Plain)).unwrap(),
            "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}"
        );
    }

    #[test]
    fn it_agrees_with_a_library_that_writes_json() {
        let value =
            serde_json::json!({"a": [1, -2, "x\u{1}\u{7f}\"\\/é\u{2028}", {"n": null}], "b": {"c": true, "d": []}});
        let (compact, pretty) = (value.to_string(), serde_json::to_string_pretty(&value).unwrap());
        for from in [&compact, &pretty] {
            assert_eq!(write(from, form(Layout::Compact, Texts::Plain)).as_ref(), Some(&compact));
            assert_eq!(write(from, form(Layout::Indented(2), Texts::Plain)).as_ref(), Some(&pretty));
        }
    }

    #[test]
    fn half_a_character_stays_and_what_is_no_json_is_none() {
        let plain = form(Layout::Compact, Texts::Plain);
        for half in ["[\"\\ud83d\"]", "[\"\\ude00x\"]", "[\"\\ud83d\\u0041\"]"] {
            let written = write(half, plain).unwrap();
            assert_eq!(written.replace('A', "\\u0041"), half);
        }
        let deep = "[".repeat(70) + &"]".repeat(70);
        for text in ["", "{", "[1", "{\"a\"}", "{\"a\":}", "[1,]", "x y", "\"\\q\"", "{\"a\":1}}", deep.as_str()] {
            assert_eq!(write(text, plain), None, "{text}");
        }
    }
}
