//! A regular expression of a suite. Its size is limited, and it takes time in proportion to the text: no pattern and no reply
//! can hold a run up.

use regex::{Regex, RegexBuilder};

/// The most that one may take once it is made, in bytes.
const SIZE: usize = 1 << 20;

/// A regular expression that was understood.
#[derive(Debug, Clone)]
pub struct Pattern(Regex);

impl Pattern {
    /// Understands one. Letters and digits are those of all scripts; `^` and `$` are the text's ends without `(?m)`.
    ///
    /// # Errors
    /// Why it can't be understood, in one line, or that it would take more than a mebibyte.
    pub fn new(text: &str) -> Result<Self, String> {
        RegexBuilder::new(text).size_limit(SIZE).build().map(Self).map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => "it takes more than 1 MiB once it is made".to_owned(),
            // The first lines draw the place; the last one says what is wrong.
            other => other.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned(),
        })
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Whether a text has a place that it matches.
    pub fn is_in(&self, text: &str) -> bool {
        self.0.is_match(text)
    }

    /// Text that stands for itself in a pattern.
    pub fn escaped(text: &str) -> String {
        regex::escape(text)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_pattern_is_told_in_a_line_and_what_is_too_large_is_refused() {
        let told = Pattern::new("a(b").unwrap_err();
        assert!(told.contains("unclosed group") && !told.contains('\n'), "{told}");
        assert!(Pattern::new(r"(\w{500}){500}").unwrap_err().contains("1 MiB"));
    }

    #[test]
    fn letters_are_those_of_all_scripts_and_no_text_holds_it_up() {
        assert!(Pattern::new(r"(?i)^\w+ Ω$").unwrap().is_in("größe ω"));
        assert!(!Pattern::new(r"^(a+)+$").unwrap().is_in(&("a".repeat(100_000) + "!")));
    }
}
