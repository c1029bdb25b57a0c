//! What a language's patterns mean by letters and digits, said in few words.
//!
//! The exact letters of all scripts are some hundred ranges, and the engine makes of each place that names them tables of
//! ten kilobytes, twice: for two lines of Python seven megabytes. Nearly the same set in twenty ranges takes half of the
//! memory and three quarters of the time. Code in any living script is read as before; what differs is whether a rare sign
//! among its letters belongs to a name.

/// Letters, marks and digits beyond ASCII, without punctuation, signs, arrows and pictures.
const LETTERS: &str = "ªµºÀ-ÖØ-öø-\u{1FFF}\u{2070}-\u{209C}\u{2100}-\u{218F}\u{2C00}-\u{2DFF}\u{3005}-\u{3007}\
    \u{3021}-\u{D7FF}\u{F900}-\u{FDFF}\u{FE70}-\u{FEFC}\u{FF10}-\u{FF19}\u{FF21}-\u{FF3A}\u{FF41}-\u{FF5A}\
    \u{FF66}-\u{FFDC}\u{10000}-\u{1CEFF}\u{1D400}-\u{1EEFF}\u{20000}-\u{3FFFF}";
/// Scripts that know no capitals.
const CASELESS: &str = "\u{1BB}\u{1C0}-\u{1C3}\u{5D0}-\u{109F}\u{1100}-\u{1C7F}\u{3021}-\u{A4CF}\u{A800}-\u{D7FF}\
    \u{F900}-\u{FDFF}\u{FE70}-\u{FEFC}\u{FF66}-\u{FFDC}\u{20000}-\u{3FFFF}";
/// Of Latin, Greek and Cyrillic, as far as they stand together.
const CAPITALS: &str = "A-ZÀ-ÖØ-ÞΑ-ΩЀ-Я";
const SMALL: &str = "a-zß-öø-ÿά-ώа-џ";

/// A pattern that finds the same in code, by smaller sets. A class in a class is the union of both, so it doesn't matter
/// where one stands.
pub(super) fn slim(pattern: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(pattern.len()), pattern);
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        let (class, len) = class(escape);
        match class {
            Some(class) => out.push_str(&class),
            None => out.push_str(escape.get(..len).unwrap_or(escape)),
        }
        rest = escape.get(len..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// The smaller set for the escape that a text begins with, if there is one, and how long the escape is.
fn class(escape: &str) -> (Option<String>, usize) {
    let two = 1 + escape.chars().nth(1).map_or(0, char::len_utf8);
    match escape.as_bytes().get(1) {
        Some(b'w') => (Some(format!("[0-9A-Z_a-z{LETTERS}]")), two),
        Some(b'W') => (Some(format!("[^0-9A-Z_a-z{LETTERS}]")), two),
        Some(b'd') => (Some("[0-9]".to_owned()), two),
        Some(b'p') => {
            let name = escape.get(2..).and_then(|rest| rest.strip_prefix('{')?.split_once('}')).map(|(name, _)| name);
            let set = match name {
                Some("L" | "Alpha") => format!("[A-Za-z{LETTERS}]"),
                Some("N" | "Nd") => "[0-9]".to_owned(),
                Some("Nl") => "[\u{2160}-\u{2188}]".to_owned(),
                Some("M" | "Mn" | "Mc") => "[\u{300}-\u{36F}]".to_owned(),
                Some("Pc") => "[_\u{203F}\u{2040}]".to_owned(),
                Some("Lu" | "Lt") => format!("[{CAPITALS}]"),
                Some("Ll") => format!("[{SMALL}]"),
                Some("Lo") => format!("[{CASELESS}]"),
                _ => return (None, two),
            };
            (Some(set), name.map_or(two, |name| name.len() + 4))
        }
        _ => (None, two),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_become_small_wherever_they_stand() {
        assert_eq!(slim(r"\b(a|\d+)\\d[^\d.]"), r"\b(a|[0-9]+)\\d[^[0-9].]");
        assert_eq!(slim(r"[_\p{Nd}\p{Sm}]\p"), r"[_[0-9]\p{Sm}]\p");
        assert_eq!(slim("\\"), "\\");
        assert_eq!(slim("\\é\\"), "\\é\\");
        for escape in [r"\w", r"\W", r"\p{L}", r"\p{Lu}", r"\p{Ll}", r"\p{Lo}", r"\p{M}", r"\p{Pc}", r"\p{Nl}"] {
            for pattern in [escape.to_owned(), format!("[^{escape}x]"), format!("(?i)[{escape}]")] {
                let slim = slim(&pattern);
                assert!(syntect::parsing::Regex::try_compile(&slim).is_none(), "{slim}");
            }
        }
    }

    #[test]
    fn names_of_living_scripts_are_names() {
        let name = syntect::parsing::Regex::new(slim(r"\A[_\p{L}][\p{L}\p{N}_]*\z"));
        let word = syntect::parsing::Regex::new(slim(r"\A\w+\z"));
        for text in [
            "planet_9",
            "größe",
            "Ελλάδα",
            "имя",
            "שם",
            "اسم",
            "नाम",
            "ชื่อ",
            "ชื่",
            "名前",
            "ひらがな",
            "이름",
            "ኣማርኛ",
            "𝒳",
            "𠮷",
        ] {
            assert!(name.is_match(text) && word.is_match(text), "{text}");
        }
        for text in ["a b", "a-b", "«a»", "a—b", "a…", "a→b", "a≤b", "a€", "、", "「a」", "a！", "a😀", "a\u{a0}b"]
        {
            assert!(!name.is_match(text) && !word.is_match(text), "{text}");
        }
    }
}
