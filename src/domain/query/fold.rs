//! Texts as searches compare them: small letters, no diacritics, one space for any run of white space, and one form for
//! what Unicode writes in two ways. Owns what counts as the same letter; the index of the store is made of such texts, so
//! what changes here changes what is in it.

use unicode_normalization::char::{canonical_combining_class, compose, decompose_canonical};
use unicode_normalization::{IsNormalized, is_nfc_quick};

/// A text as it is compared. With `exact`, capitals stay what they are. Texts that are canonically equivalent are the same.
pub(super) fn fold(text: &str, exact: bool) -> String {
    // What most texts are made of goes no further.
    let ascii = if text.is_ascii() { text.len() } else { text.bytes().take_while(u8::is_ascii).count() };
    let (plain, others) = text.split_at(ascii);
    let mut bytes = Vec::with_capacity(text.len());
    bytes.extend_from_slice(plain.as_bytes());
    if !exact {
        bytes.make_ascii_lowercase();
    }
    let mut space = false;
    bytes.retain_mut(|byte| {
        let graphic = byte.is_ascii_graphic();
        if !graphic {
            *byte = b' ';
        }
        graphic | !std::mem::replace(&mut space, !graphic)
    });
    let mut folded = String::from_utf8(bytes).unwrap_or_default();
    each(others, exact, space, |c, _| folded.push(c));
    folded
}

/// Whether a text may be another one with its capitals than without.
pub(super) fn has_capitals(text: &str) -> bool {
    let is_capital = |c: char| match c {
        _ if c.is_ascii() => c.is_ascii_uppercase(),
        // What has no capitals at all, and many letters.
        '\u{2e80}'..='\u{a63f}' | '\u{ac00}'..='\u{d7ff}' => false,
        _ => !c.to_lowercase().eq([c]),
    };
    text.chars().any(is_capital)
}

/// The same, and beside each byte of it where in the text its letter begins.
pub(super) fn fold_with_places(text: &str, exact: bool) -> (String, Vec<usize>) {
    let mut folded = String::with_capacity(text.len());
    let mut places = Vec::with_capacity(text.len());
    each(text, exact, false, |c, at| {
        folded.push(c);
        places.extend(std::iter::repeat_n(at, c.len_utf8()));
    });
    (folded, places)
}

/// Hands on every letter of the folded text, with where it comes from; `space` says whether it stands behind a space.
fn each(text: &str, exact: bool, mut space: bool, mut put: impl FnMut(char, usize)) {
    let mut letters = Letters::default();
    for (at, c) in text.char_indices() {
        if c.is_ascii_graphic() {
            letters.next(at, &mut put);
            space = false;
            put(if exact { c } else { c.to_ascii_lowercase() }, at);
            continue;
        }
        // What controls is nothing that can be searched for, and an index has its own use for it.
        if c.is_whitespace() || c.is_control() {
            letters.next(at, &mut put);
            if !space {
                put(' ', at);
            }
            space = true;
            continue;
        }
        if is_dropped(c) {
            continue;
        }
        space = false;
        if is_ideograph(c) {
            letters.next(at, &mut put);
            put(c, at);
        } else if loses_its_marks(c) {
            letters.next(at, &mut put);
            decompose_canonical(c, |part| compared(part, exact, &mut |c| put(c, at)));
        } else {
            letters.add(c, at, exact, &mut put);
        }
    }
    letters.end(&mut put);
}

/// A letter and all that joins with it: one syllable, or a base and the marks on it.
#[derive(Default)]
struct Letters {
    /// Each with its combining class and where it comes from.
    parts: Vec<(char, u8, usize)>,
    /// Where the letter begins that marks stand on.
    base: usize,
}

impl Letters {
    /// A letter begins there that joins with none before it.
    #[inline]
    fn next(&mut self, at: usize, put: &mut impl FnMut(char, usize)) {
        if !self.parts.is_empty() {
            self.end(put);
        }
        self.base = at;
    }

    /// Takes one more letter of the text: taken apart, without what is dropped.
    fn add(&mut self, c: char, at: usize, exact: bool, put: &mut impl FnMut(char, usize)) {
        // A syllable would be put together again as it is.
        if matches!(c, '\u{ac00}'..='\u{d7a3}') {
            self.next(at, put);
            self.parts.push((c, 0, at));
            return;
        }
        let mut first = true;
        decompose_canonical(c, |part| {
            if std::mem::take(&mut first) && begins(c, part) {
                self.end(put);
            }
            compared(part, exact, &mut |part| {
                let class = canonical_combining_class(part);
                if class == 0 {
                    self.base = at;
                }
                self.parts.push((part, class, self.base));
            });
        });
    }

    /// Puts it together again, and hands it on.
    fn end(&mut self, put: &mut impl FnMut(char, usize)) {
        if let [(c, _, at)] = self.parts[..] {
            put(c, at);
            self.parts.clear();
            return;
        }
        // Marks of one letter in the order of their classes; those of one class stay as they stand.
        self.parts.chunk_by_mut(|_, next| next.1 != 0).for_each(|letter| letter.sort_by_key(|part| part.1));
        let mut composed: Vec<(char, usize)> = Vec::with_capacity(self.parts.len());
        let (mut starter, mut last) = (None, None);
        for (c, class, at) in self.parts.drain(..) {
            let open = last.is_none_or(|last| last < class);
            let joined = starter
                .filter(|_| open)
                .and_then(|at: usize| composed.get_mut(at))
                .and_then(|part| compose(part.0, c).map(|joined| part.0 = joined));
            if joined.is_some() {
                continue;
            }
            last = (class != 0).then_some(class);
            if class == 0 {
                starter = Some(composed.len());
            }
            composed.push((c, at));
        }
        for (c, at) in composed {
            put(c, at);
        }
    }
}

/// Whether nothing before it can join with a letter of which this is the first part.
fn begins(c: char, first: char) -> bool {
    canonical_combining_class(first) == 0 && is_nfc_quick(std::iter::once(c)) != IsNormalized::Maybe
}

/// Letters that are one by themselves and join with nothing.
fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}')
}

/// Letters of scripts of which every mark that joins with one is dropped: Latin, Greek, Cyrillic, Armenian.
fn loses_its_marks(c: char) -> bool {
    matches!(c, '\u{a0}'..='\u{58f}' | '\u{1e00}'..='\u{1fff}')
}

/// A letter that was taken apart, as it is compared; nothing of what is dropped.
fn compared(part: char, exact: bool, put: &mut impl FnMut(char)) {
    if is_dropped(part) {
        return;
    }
    if exact {
        plain(part, put);
    } else {
        // A small letter of two marks, such as Turkish ı with its dot, is one without them.
        part.to_lowercase().filter(|c| !is_dropped(*c)).for_each(|c| plain(c, put));
    }
}

/// Marks that stand on a letter, and what is not seen at all.
fn is_dropped(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}'
        | '\u{fe20}'..='\u{fe2f}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{591}'..='\u{5bd}' | '\u{5bf}'
        | '\u{5c1}' | '\u{5c2}' | '\u{5c4}' | '\u{5c5}' | '\u{5c7}' | '\u{64b}'..='\u{65f}' | '\u{670}')
}

/// The letter as it is typed. What has a canonical form of letter and mark was taken apart before; these have none.
fn plain(c: char, put: &mut impl FnMut(char)) {
    put(match c {
        'ß' => return "ss".chars().for_each(put),
        'ẞ' => return "SS".chars().for_each(put),
        'æ' => return "ae".chars().for_each(put),
        'Æ' => return "AE".chars().for_each(put),
        'œ' => return "oe".chars().for_each(put),
        'Œ' => return "OE".chars().for_each(put),
        'þ' => return "th".chars().for_each(put),
        'Þ' => return "TH".chars().for_each(put),
        'ﬁ' => return "fi".chars().for_each(put),
        'ﬂ' => return "fl".chars().for_each(put),
        '…' => return "...".chars().for_each(put),
        'ø' => 'o',
        'Ø' => 'O',
        'đ' => 'd',
        'Đ' => 'D',
        'ħ' => 'h',
        'Ħ' => 'H',
        'ı' => 'i',
        'ł' => 'l',
        'Ł' => 'L',
        'ŧ' => 't',
        'Ŧ' => 'T',
        'ς' => 'σ',
        '‘' | '’' | '‛' | '′' => '\'',
        '“' | '”' | '„' | '″' => '"',
        '‐' | '‑' | '‒' | '–' | '—' | '−' => '-',
        // The wide forms of what is on every keyboard.
        '！'..='～' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        _ => c,
    });
}

#[cfg(test)]
mod tests;
