//! Texts as searches compare them: small letters, no diacritics, one space for any run of white space. Owns what counts as
//! the same letter; the index of the store is made of such texts, so what changes here changes what is in it.

/// The Latin letters from U+00C0 on without their diacritics; a dot is a letter that has none to lose.
const LATIN: &[u8; 400] = b"\
AAAAAA.CEEEEIIII.NOOOOO.OUUUUY..aaaaaa.ceeeeiiii.nooooo.ouuuuy.yAaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGg\
GgGgHhHhIiIiIiIiIi..JjKk.LlLlLl..LlNnNnNn...OoOoOo..RrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZz.\
................................Oo.............Uu............................AaIiOoUuUuUuUuUu.Aa\
Aa....GgKkOoOo..j...Gg..NnAa....AaAaEeEeIiIiOoOoRrRrUuUuSsTt..Hh......AaEeOoOoOoOoYy............\
................";
/// The same from U+1E00 on.
const LATIN_MORE: &[u8; 256] = b"\
AaBbBbBbCcDdDdDdDdDdEeEeEeEeEeFfGgHhHhHhHhHhIiIiKkKkKkLlLlLlLlMmMmMmNnNnNnNnOoOoOoOoPpPpRrRrRrRr\
SsSsSsSsSsTtTtTtTtUuUuUuUuUuVvVvWwWwWwWwWwXxXxYyZzZzZzhtwy......AaAaAaAaAaAaAaAaAaAaAaAaEeEeEeEe\
EeEeEeEeIiIiOoOoOoOoOoOoOoOoOoOoOoOoUuUuUuUuUuUuUuYyYyYyYy......";

/// A text as it is compared. With `exact`, capitals stay what they are.
pub(super) fn fold(text: &str, exact: bool) -> String {
    let mut folded = String::with_capacity(text.len());
    each(text, exact, |c, _| folded.push(c));
    folded
}

/// The same, and beside each byte of it where in the text its letter begins.
pub(super) fn fold_with_places(text: &str, exact: bool) -> (String, Vec<usize>) {
    let mut folded = String::with_capacity(text.len());
    let mut places = Vec::with_capacity(text.len());
    each(text, exact, |c, at| {
        folded.push(c);
        places.extend(std::iter::repeat_n(at, c.len_utf8()));
    });
    (folded, places)
}

/// Hands on every letter of the folded text, with where it comes from.
fn each(text: &str, exact: bool, mut put: impl FnMut(char, usize)) {
    let mut space = false;
    for (at, c) in text.char_indices() {
        // What most texts are made of goes no further.
        if c.is_ascii_graphic() {
            space = false;
            put(if exact { c } else { c.to_ascii_lowercase() }, at);
            continue;
        }
        // What controls is nothing that can be searched for, and an index has its own use for it.
        if c.is_whitespace() || c.is_control() {
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
        if exact {
            letters(c, |c| put(c, at));
        } else {
            // A small letter of two marks, such as Turkish ı with its dot, is one without them.
            for c in c.to_lowercase().filter(|c| !is_dropped(*c)) {
                letters(c, |c| put(c, at));
            }
        }
    }
}

/// The letter as it is compared: one, or the two that it is written with elsewhere.
fn letters(c: char, put: impl FnMut(char)) {
    match pair(c) {
        Some(pair) => pair.chars().for_each(put),
        None => std::iter::once(plain(c)).for_each(put),
    }
}

/// Marks that stand on a letter, and what is not seen at all.
fn is_dropped(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}'
        | '\u{fe20}'..='\u{fe2f}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{5b0}'..='\u{5bd}' | '\u{5bf}'
        | '\u{5c1}' | '\u{5c2}' | '\u{5c4}' | '\u{5c5}' | '\u{5c7}' | '\u{64b}'..='\u{65f}' | '\u{670}')
}

/// What is written with two letters elsewhere.
fn pair(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'ẞ' => "SS",
        'æ' | 'ǽ' | 'ǣ' => "ae",
        'Æ' | 'Ǽ' | 'Ǣ' => "AE",
        'œ' => "oe",
        'Œ' => "OE",
        'þ' => "th",
        'Þ' => "TH",
        'ﬁ' => "fi",
        'ﬂ' => "fl",
        '…' => "...",
        _ => return None,
    })
}

/// The letter without its diacritics, and as it is typed.
fn plain(c: char) -> char {
    let code = c as usize;
    let table = |letters: &[u8], from: usize| match code.checked_sub(from).and_then(|at| letters.get(at)) {
        Some(b'.') | None => c,
        Some(letter) => char::from(*letter),
    };
    match c {
        '\u{c0}'..='\u{24f}' => table(LATIN, 0xc0),
        '\u{1e00}'..='\u{1eff}' => table(LATIN_MORE, 0x1e00),
        'ά' => 'α',
        'έ' => 'ε',
        'ή' => 'η',
        'ί' | 'ϊ' | 'ΐ' => 'ι',
        'ό' => 'ο',
        'ύ' | 'ϋ' | 'ΰ' => 'υ',
        'ώ' => 'ω',
        'ς' => 'σ',
        'Ά' => 'Α',
        'Έ' => 'Ε',
        'Ή' => 'Η',
        'Ί' | 'Ϊ' => 'Ι',
        'Ό' => 'Ο',
        'Ύ' | 'Ϋ' => 'Υ',
        'Ώ' => 'Ω',
        'ё' | 'ѐ' => 'е',
        'Ё' | 'Ѐ' => 'Е',
        'й' | 'ѝ' => 'и',
        'Й' | 'Ѝ' => 'И',
        'ї' => 'і',
        'Ї' => 'І',
        'ў' => 'у',
        'Ў' => 'У',
        'ѓ' => 'г',
        'Ѓ' => 'Г',
        'ќ' => 'к',
        'Ќ' => 'К',
        '‘' | '’' | '‛' | '′' => '\'',
        '“' | '”' | '„' | '″' => '"',
        '‐' | '‑' | '‒' | '–' | '—' | '−' => '-',
        // The wide forms of what is on every keyboard.
        '！'..='～' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_lose_what_stands_on_them() {
        assert_eq!(fold("Crème BRÛLÉE — Straße, Ørsted", false), "creme brulee - strasse, orsted");
        assert_eq!(fold("Cre\u{300}me", false), "creme");
        assert_eq!(fold("İstanbul IĞDIR", false), "istanbul igdir");
        assert_eq!(fold("Ёлка и МАЙ", false), "елка и маи");
        assert_eq!(fold("ΟΔΌΣ οδός", false), "οδοσ οδοσ");
        assert_eq!(fold("ＡＢＣ１２３ 退款", false), "abc123 退款");
        assert_eq!(fold("Crème", true), "Creme");
    }

    #[test]
    fn white_space_is_one_space_and_what_is_not_seen_is_nothing() {
        assert_eq!(fold("a \t\n b\0\0c\u{200b}d\u{ad}e", false), "a b cde");
    }

    #[test]
    fn folding_twice_is_folding_once() {
        let all: String = ('\u{1}'..='\u{ffff}').collect();
        let once = fold(&all, false);
        let again = fold(&once, false);
        let differs = once.chars().zip(again.chars()).find(|(once, again)| once != again);
        assert_eq!((differs, again.len()), (None, once.len()));
    }

    #[test]
    fn every_byte_knows_its_letter() {
        let (folded, places) = fold_with_places("aß e\u{301}x", false);
        assert_eq!((folded.as_str(), places), ("ass ex", vec![0, 1, 1, 3, 4, 7]));
    }
}
