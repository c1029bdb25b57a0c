//! What a program wrote to its terminal, taken apart: text, controls and escape sequences, by ECMA-48.
//!
//! Owns the list of sequences that Patchcord may use. Everything else in its output is a stray: text of somebody
//! else's that reached the terminal as more than text.
#![allow(dead_code, reason = "each test uses a part of the rig")]

/// One unit of terminal output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unit {
    /// A character that is drawn.
    Text(char),
    /// A control character alone: C0, DEL, or C1 in its UTF-8 form.
    Control(char),
    /// `ESC [ … final`.
    Csi(String),
    /// `ESC ] …`, `ESC P …`, `ESC X …`, `ESC ^ …` or `ESC _ …` up to its terminator, which is left out.
    Text7(String),
    /// Any other sequence that begins with ESC.
    Escape(String),
    /// A byte that isn't UTF-8, or a sequence that never ended.
    Broken(String),
}

/// Stands for bytes that aren't UTF-8: a character that no text has. (U+FFFD is drawn on purpose now and then.)
const NOT_UTF8: char = '\u{10fffe}';

/// Takes output apart.
pub fn units(raw: &[u8]) -> Vec<Unit> {
    let broken = |chunk: &std::str::Utf8Chunk<'_>| (!chunk.invalid().is_empty()).then_some(NOT_UTF8);
    let text: Vec<char> = raw.utf8_chunks().flat_map(|chunk| chunk.valid().chars().chain(broken(&chunk))).collect();
    let mut at = 0;
    let mut out = Vec::new();
    while let Some(unit) = unit(&text, &mut at) {
        out.push(unit);
    }
    out
}

fn unit(text: &[char], at: &mut usize) -> Option<Unit> {
    let first = *text.get(*at)?;
    *at += 1;
    if first == NOT_UTF8 {
        return Some(Unit::Broken("not UTF-8".to_owned()));
    }
    if first != '\u{1b}' {
        return Some(if first.is_control() { Unit::Control(first) } else { Unit::Text(first) });
    }
    let Some(second) = text.get(*at).copied() else { return Some(Unit::Broken("ESC".to_owned())) };
    match second {
        '[' => {
            *at += 1;
            let from = *at;
            while let Some(c) = text.get(*at) {
                *at += 1;
                if ('@'..='~').contains(c) {
                    return Some(Unit::Csi(text[from..*at].iter().collect()));
                }
                if !(' '..='?').contains(c) {
                    break;
                }
            }
            Some(Unit::Broken(format!("ESC [ {}", text[from..*at].iter().collect::<String>())))
        }
        ']' | 'P' | 'X' | '^' | '_' => {
            let from = *at;
            while let Some(c) = text.get(*at) {
                *at += 1;
                let body = |to: usize| text[from..to].iter().collect::<String>();
                let inner: String = text[from..*at].iter().take(6).collect();
                if inner.starts_with("Ptmux;") && *c == '\u{1b}' && text.get(*at) == Some(&'\u{1b}') {
                    // Within what tmux passes on each escape stands twice.
                    *at += 1;
                    continue;
                }
                // A bell ends what begins with `ESC ]` alone.
                if (*c == '\u{7}' && second == ']') || *c == '\u{9c}' {
                    return Some(Unit::Text7(body(*at - 1)));
                }
                if *c == '\u{1b}' && text.get(*at) == Some(&'\\') {
                    *at += 1;
                    return Some(Unit::Text7(body(*at - 2)));
                }
            }
            Some(Unit::Broken(text[from..].iter().take(40).collect()))
        }
        _ => {
            let from = *at;
            while text.get(*at).is_some_and(|c| (' '..='/').contains(c)) {
                *at += 1;
            }
            *at = (*at + 1).min(text.len());
            Some(Unit::Escape(text[from..*at].iter().collect()))
        }
    }
}

/// The private modes that the program may set and reset.
const MODES: &[&str] = &["7", "25", "1000", "1002", "1003", "1004", "1006", "1015", "1049", "2004", "2026"];

/// Whether Patchcord may write this.
pub fn allowed(unit: &Unit) -> bool {
    match unit {
        Unit::Text(c) => !reorders(*c),
        // No bell: it rings where somebody looks elsewhere, and those tests count it.
        Unit::Control(c) => matches!(c, '\r' | '\n'),
        Unit::Csi(sequence) => allowed_csi(sequence),
        // The question for the background's colour.
        Unit::Text7(sequence) if sequence == "]11;?" => true,
        Unit::Text7(sequence) => allowed_link(sequence) || allowed_words(sequence),
        // No cursor is kept and put back: at the end of a full row terminals do it in different ways.
        Unit::Escape(_) | Unit::Broken(_) => false,
    }
}

/// A link is opened with a number and an address of the web or of mail, and closed.
fn allowed_link(sequence: &str) -> bool {
    let Some((id, address)) = sequence.strip_prefix("]8;").and_then(|rest| rest.split_once(';')) else {
        return false;
    };
    let number =
        id.strip_prefix("id=").is_some_and(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()));
    let scheme =
        ["http://", "https://", "mailto:"].iter().any(|scheme| address.to_ascii_lowercase().starts_with(scheme));
    let plain = address.len() <= 2048 && address.bytes().all(|byte| byte.is_ascii_graphic());
    sequence == "]8;;" || (number && scheme && plain)
}

/// The window's title, and a notification by any of the three sequences, bare or as tmux and screen pass them on: plain text
/// of a bounded length.
fn allowed_words(sequence: &str) -> bool {
    let wrapped = sequence.strip_prefix("Ptmux;\u{1b}\u{1b}").or_else(|| sequence.strip_prefix("P\u{1b}"));
    let bare = wrapped.map_or(sequence, |inner| inner.trim_end_matches(['\u{1b}', '\u{7}', '\\']));
    let plain = |text: &str| text.len() <= 500 && !text.chars().any(|c| c.is_control() || reorders(c));
    ["]2;", "]9;", "]777;notify;"].iter().any(|begin| bare.strip_prefix(begin).is_some_and(plain))
        || bare.strip_prefix("]99;i=patchcord:").is_some_and(plain)
}

fn allowed_csi(sequence: &str) -> bool {
    let Some(last) = sequence.chars().last() else { return false };
    let inner = &sequence[..sequence.len() - 1];
    let numbers = |text: &str| text.chars().all(|c| c.is_ascii_digit() || c == ';' || c == ':');
    match last {
        // Shift+Enter and its like, asked for and no longer.
        'm' if inner.starts_with('>') => matches!(inner, ">4;1" | ">4"),
        // Where the cursor goes, colours, and the whole screen erased. No part of a row is erased or moved: terminals
        // differ in what becomes of the letters at its edges.
        'H' | 'm' => numbers(inner),
        'J' => inner == "2",
        'h' | 'l' => inner.strip_prefix('?').is_some_and(|modes| modes.split(';').all(|m| MODES.contains(&m))),
        // The window's title is kept, and put back.
        't' => matches!(inner, "22;2" | "23;2"),
        // The shape of the cursor.
        'q' => inner.strip_suffix(' ').is_some_and(numbers),
        // The kitty keyboard protocol: ask, push, pop, set.
        'u' => inner.strip_prefix(['?', '>', '<', '=']).is_some_and(numbers),
        // Which terminal is this: what ends the question about the keyboard.
        'c' => inner.is_empty(),
        _ => false,
    }
}

/// Bidi controls, and characters that are there and not seen.
fn reorders(c: char) -> bool {
    matches!(c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        | '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{ad}' | '\u{180e}'
        | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Everything in the output that Patchcord may not write, each with what stands before it.
pub fn strays(raw: &[u8]) -> Vec<String> {
    let units = units(raw);
    let mut out = Vec::new();
    for (at, unit) in units.iter().enumerate() {
        // What goes from right to left is ended by one mark of ours.
        let ended = *unit == Unit::Text('\u{200e}')
            && at.checked_sub(1).and_then(|before| units.get(before)) != Some(unit)
            && units[at.saturating_sub(400)..at].iter().any(|unit| matches!(unit, Unit::Text('\u{590}'..='\u{8ff}')));
        if !allowed(unit) && !ended {
            let before: String = units[at.saturating_sub(60)..at]
                .iter()
                .filter_map(|u| if let Unit::Text(c) = u { Some(*c) } else { None })
                .collect();
            out.push(format!("{unit:?} after {before:?}"));
        }
    }
    out
}

/// The modes that a terminal starts with: wrapping, and a cursor that is shown.
const ON_BY_DEFAULT: &[&str] = &["7", "25"];

/// The private modes that are not as a terminal starts, in order of their number.
pub fn modes_left_on(raw: &[u8]) -> Vec<String> {
    let mut on = std::collections::BTreeSet::new();
    let mut keyboard = 0_i32;
    let mut other_keys = false;
    for unit in units(raw) {
        let Unit::Csi(sequence) = unit else { continue };
        if let Some(modes) = sequence.strip_prefix('?').and_then(|s| s.strip_suffix(['h', 'l'])) {
            for mode in modes.split(';') {
                let as_at_start = sequence.ends_with('h') == ON_BY_DEFAULT.contains(&mode);
                if as_at_start {
                    on.remove(mode);
                } else {
                    on.insert(mode.to_owned());
                }
            }
        } else if sequence.starts_with(">4") && sequence.ends_with('m') {
            other_keys = sequence != ">4m";
        } else if sequence.ends_with('u') {
            keyboard += i32::from(sequence.starts_with('>')) - i32::from(sequence.starts_with('<'));
        }
    }
    let mut left: Vec<String> = on.into_iter().map(|mode| format!("?{mode}")).collect();
    if keyboard > 0 {
        left.push("kitty keyboard".to_owned());
    }
    if other_keys {
        left.push("other keys".to_owned());
    }
    left
}
