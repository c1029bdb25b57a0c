//! One part of a name as parts of a path: which character is escaped, and where a long part is cut.

use std::fmt::Write as _;

use super::PART;

/// Adds the part as one or, where it is long, several parts of a path.
pub(super) fn part(text: &str, folder: bool, out: &mut Vec<String>) {
    if text.is_empty() {
        out.push("%_".to_owned());
        return;
    }
    let mut pieces = pieces(text).into_iter().peekable();
    while pieces.peek().is_some() {
        let (mut held, mut length) = (Vec::new(), 0);
        while let Some(piece) = pieces.next_if(|piece: &String| length + piece.len() <= PART) {
            length += piece.len();
            held.push(piece);
        }
        let goes_on = pieces.peek().is_some();
        hide_start(&mut held);
        if !goes_on {
            hide_end(&mut held, folder);
        }
        let mut part = held.concat();
        if goes_on {
            part.push('%');
        }
        out.push(part);
    }
}

/// The text that a part stands for, without the marks of where it is. What can't be meant stands for itself.
pub(super) fn plain(part: &str) -> String {
    let mut text = String::with_capacity(part.len());
    let mut rest = part;
    while let Some(at) = rest.find('%') {
        text.push_str(rest.get(..at).unwrap_or_default());
        rest = rest.get(at..).unwrap_or_default();
        let (c, length) = escaped(rest).unwrap_or(('%', 1));
        text.push(c);
        rest = rest.get(length..).unwrap_or_default();
    }
    text.push_str(rest);
    text
}

/// The character whose escaped bytes the text begins with, and how long they are written.
fn escaped(text: &str) -> Option<(char, usize)> {
    let byte = |n: usize| {
        let mark = text.as_bytes().get(3 * n..3 * n + 3)?;
        let digit = |at: usize| match mark.get(at)? {
            digit @ b'0'..=b'9' => Some(digit - b'0'),
            letter @ b'A'..=b'F' => Some(letter - b'A' + 10),
            _ => None,
        };
        (mark.first() == Some(&b'%')).then_some(())?;
        Some(digit(1)? << 4 | digit(2)?)
    };
    let length = match byte(0)? {
        0..=0x7f => 1,
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return None,
    };
    let bytes: Vec<u8> = (0..length).map(byte).collect::<Option<_>>()?;
    let c = std::str::from_utf8(&bytes).ok()?.chars().next()?;
    Some((c, 3 * length))
}

/// Each character as it is written, but for what depends on where a part begins and ends.
fn pieces(text: &str) -> Vec<String> {
    let mut chars = text.chars().peekable();
    let (mut pieces, mut before) = (Vec::new(), None);
    while let Some(c) = chars.next() {
        let next = chars.peek().copied();
        let hidden = match c {
            '%' => next.is_none_or(|next| matches!(next, '0'..='9' | 'A'..='F' | '_' | '+' | '=')),
            // `GIT~1` is another name of `.git` on Windows.
            '~' => next.is_some_and(|next| next.is_ascii_digit()),
            // Chooses between a sign and its picture; behind a letter nobody sees it.
            '\u{fe0e}' | '\u{fe0f}' => !before.is_some_and(is_shaped),
            // Joins and parts letters of some scripts, and people in pictures.
            '\u{200c}' | '\u{200d}' => !before.is_some_and(is_shaped) || !next.is_some_and(is_shaped),
            c => is_hidden(c),
        };
        pieces.push(if hidden { mark(c) } else { c.to_string() });
        before = Some(c);
    }
    pieces
}

/// Whether a sign that nobody sees may change how the character looks.
fn is_shaped(c: char) -> bool {
    !c.is_ascii() && (!is_hidden(c) || matches!(c, '\u{fe0e}' | '\u{fe0f}'))
}

fn mark(c: char) -> String {
    let mut bytes = [0; 4];
    c.encode_utf8(&mut bytes).bytes().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "%{byte:02X}");
        text
    })
}

/// What some system refuses, what acts on a terminal, what nobody sees, and what is another spelling of something else.
fn is_hidden(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control() || matches!(c, '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|');
    }
    let invisible = matches!(c,
        '\u{80}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fdd0}'..='\u{fdef}' | '\u{fe00}'..='\u{fe0d}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}' | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}');
    // Accents behind their letter, the parts of a Korean syllable, and doubles of other characters.
    let another_spelling = matches!(c,
        '\u{300}'..='\u{36f}' | '\u{374}' | '\u{37e}' | '\u{387}' | '\u{1161}'..='\u{1175}'
        | '\u{11a8}'..='\u{11c2}' | '\u{1fef}' | '\u{1ffd}' | '\u{2000}' | '\u{2001}' | '\u{2126}'
        | '\u{212a}' | '\u{212b}' | '\u{2329}' | '\u{232a}' | '\u{3099}' | '\u{309a}' | '\u{f900}'..='\u{faff}'
        | '\u{2f800}'..='\u{2fa1f}');
    invisible || another_spelling || u32::from(c) & 0xfffe == 0xfffe
}

/// No part is hidden, begins with a space or is a device.
fn hide_start(pieces: &mut [String]) {
    let device = is_device(&pieces.concat());
    if let Some(first) = pieces.first_mut()
        && (device || matches!(first.as_str(), "." | " "))
        && let Some(c) = first.chars().next()
    {
        *first = mark(c);
    }
}

/// No part ends with a dot or a space, and no folder looks like a file.
fn hide_end(pieces: &mut [String], folder: bool) {
    if let Some(last) = pieces.last_mut()
        && matches!(last.as_str(), "." | " ")
        && let Some(c) = last.chars().next()
    {
        *last = mark(c);
    }
    if folder
        && let [.., dot, m, d] = pieces
        && dot == "."
        && m.eq_ignore_ascii_case("m")
        && d.eq_ignore_ascii_case("d")
    {
        *dot = mark('.');
    }
}

/// Whether Windows takes a file of that name for a device, whatever follows a dot.
fn is_device(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or_default().trim_end_matches(' ').to_ascii_uppercase();
    let numbered = |stem: &str| {
        let number = stem.strip_prefix("COM").or_else(|| stem.strip_prefix("LPT"));
        number.is_some_and(|number| {
            matches!(number, "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³")
        })
    };
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$") || numbered(&stem)
}
