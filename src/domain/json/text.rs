//! One text of a document: its escapes, and the halves of characters in it.

use super::damage::Fault;

/// A text that was read.
pub(super) struct DecodedText {
    pub(super) said: String,
    /// What is wrong with it.
    pub(super) fault: Option<Fault>,
    /// Where the document goes on.
    pub(super) end: usize,
}

/// Where the text that begins at that quotation mark ends; none where it doesn't.
pub(super) fn end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// Reads the text that begins at that quotation mark; none where it doesn't end.
pub(super) fn read(bytes: &[u8], start: usize) -> Option<DecodedText> {
    let end = end(bytes, start)?;
    let raw = bytes.get(start + 1..end - 1)?;
    if !raw.contains(&b'\\')
        && let Ok(text) = std::str::from_utf8(raw)
    {
        return Some(DecodedText { said: text.to_owned(), fault: None, end });
    }
    let mut writer = TextWriter::default();
    let mut at = 0;
    while at < raw.len() {
        let plain = raw[at..].iter().position(|byte| *byte == b'\\').unwrap_or(raw.len() - at);
        writer.plain(&raw[at..at + plain]);
        at += plain;
        if at < raw.len() {
            at += writer.escape(&raw[at..]);
        }
    }
    let (text, fault) = writer.end();
    Some(DecodedText { said: text, fault, end })
}

#[derive(Default)]
struct TextWriter {
    text: String,
    /// The first half of a character, whose second has to be next.
    high: Option<u16>,
    low_first: Option<u16>,
    damaged: bool,
}

impl TextWriter {
    fn plain(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        self.lonely();
        self.damaged |= std::str::from_utf8(bytes).is_err();
        self.text.push_str(&String::from_utf8_lossy(bytes));
    }

    /// The half that waits stays alone.
    fn lonely(&mut self) {
        if self.high.take().is_some() {
            self.half();
        }
    }

    fn half(&mut self) {
        self.damaged = true;
        self.text.push(char::REPLACEMENT_CHARACTER);
    }

    /// Reads the escape at the beginning; how many bytes it has.
    fn escape(&mut self, raw: &[u8]) -> usize {
        let plain = match raw.get(1) {
            Some(b'u') => match raw.get(2..6).and_then(hex) {
                Some(unit) => {
                    self.unit(unit);
                    return 6;
                }
                None => None,
            },
            Some(b'n') => Some('\n'),
            Some(b't') => Some('\t'),
            Some(b'r') => Some('\r'),
            Some(b'b') => Some('\u{8}'),
            Some(b'f') => Some('\u{c}'),
            Some(c @ (b'"' | b'\\' | b'/')) => Some(char::from(*c)),
            _ => None,
        };
        self.lonely();
        if let Some(c) = plain {
            self.text.push(c);
            return 2;
        }
        // What it was meant for isn't known: it stays as it is, with what follows.
        self.damaged = true;
        self.text.push('\\');
        1
    }

    fn unit(&mut self, unit: u16) {
        match (self.high, unit) {
            (Some(high), 0xDC00..=0xDFFF) => {
                self.high = None;
                self.text.push(joined(high, unit));
            }
            (_, 0xD800..=0xDBFF) => {
                self.lonely();
                self.high = Some(unit);
            }
            (None, 0xDC00..=0xDFFF) => {
                if self.text.is_empty() {
                    self.low_first = Some(unit);
                }
                self.half();
            }
            (_, unit) => {
                self.lonely();
                self.text.push(char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
        }
    }

    fn end(mut self) -> (String, Option<Fault>) {
        let high = self.high;
        self.lonely();
        let fault = self.damaged.then_some(Fault::Text { high, low: self.low_first });
        (self.text, fault)
    }
}

fn hex(digits: &[u8]) -> Option<u16> {
    // `from_str_radix` would take a sign.
    digits
        .iter()
        .try_fold(0, |all: u16, digit| Some(all << 4 | u16::try_from(char::from(*digit).to_digit(16)?).ok()?))
}

/// The character of two halves.
pub(super) fn joined(high: u16, low: u16) -> char {
    char::decode_utf16([high, low]).next().and_then(Result::ok).unwrap_or(char::REPLACEMENT_CHARACTER)
}
