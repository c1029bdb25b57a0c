//! What is typed to narrow a list, and in which order it leaves what it leaves: first what has the typed words as they
//! stand, then what is merely near. Every list that is filtered as one types asks here.

use super::fold;
use super::needle::{Hay, Needle};

/// How well a text answers a filter; the lesser the better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// It has what was typed as a whole, and there.
    Whole(MatchPlace),
    /// It has each of the words, and the worst of them there.
    Words(MatchPlace),
    /// It has the letters of each word in their order, not far from each other.
    Near,
}

/// Where in a text something that was typed stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MatchPlace {
    /// From the beginning of a word to the end of one.
    Word,
    /// At the beginning of a word.
    Start,
    /// Within a word.
    Middle,
}

/// What was typed, understood. Letters are compared as searches do it; a word with a capital is meant as it is spelt, and of
/// one behind a `'` nothing is left that is merely near.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FuzzyFilter {
    typed: String,
    whole: String,
    words: Vec<Word>,
    /// Letters that every text has that answers it: see [`letters`].
    letters: u64,
}

/// What filters look at of a text that is looked at for every key: folded once. The text itself is its owner's.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FilterText {
    /// Where that is another text.
    folded: Option<Box<str>>,
    letters: u64,
}

impl FilterText {
    /// Of this text.
    pub fn new(text: &str) -> Self {
        let folded = fold::fold(text, false);
        Self { letters: letters(folded.chars()), folded: (folded != text).then(|| folded.into_boxed_str()) }
    }
}

/// Which letters there are, a bit for each letter and digit of ASCII and one for several of all the others.
fn letters(text: impl Iterator<Item = char>) -> u64 {
    text.fold(0, |seen, c| {
        seen | match c {
            'a'..='z' => 1 << (c as u32 - u32::from(b'a')),
            '0'..='9' => 1 << (26 + c as u32 - u32::from(b'0')),
            ' ' => 0,
            _ => 1 << (36 + c as u32 % 28),
        }
    })
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Word {
    needle: Needle,
    letters: Vec<char>,
    /// Whether what is merely near will do.
    near: bool,
}

impl FuzzyFilter {
    /// One that says this.
    pub fn new(typed: &str) -> Self {
        let words = typed.split_whitespace().filter_map(|word| {
            let spelt = word.strip_prefix('\'').filter(|rest| !rest.is_empty());
            let needle = Needle::new(spelt.unwrap_or(word))?;
            let near = spelt.is_none();
            let letters = needle.spelt().chars().collect();
            Some(Word { needle, letters, near })
        });
        let words: Vec<Word> = words.collect();
        let letters =
            words.iter().fold(0, |seen, word| seen | letters(word.needle.folded.chars().filter(|c| *c != ' ')));
        Self { whole: fold::fold(typed, false).trim().to_owned(), words, typed: typed.to_owned(), letters }
    }

    /// As it was typed.
    pub fn typed(&self) -> &str {
        &self.typed
    }

    /// Whether it leaves everything as it is.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// How well a text answers it; none where it doesn't.
    pub fn rank(&self, text: &str) -> Option<Rank> {
        let mut hay = Hay::new(text);
        if let Some(rank) = self.literal(&mut hay) {
            return Some(rank);
        }
        self.words.iter().all(|word| word.is_near(&mut hay)).then_some(Rank::Near)
    }

    /// The same of a text that was folded already, as `seen` has it.
    pub fn rank_seen(&self, text: &str, seen: &FilterText) -> Option<Rank> {
        if seen.letters & self.letters != self.letters {
            return None;
        }
        let mut hay = Hay::with_folded(text, seen.folded.as_deref().unwrap_or(text));
        if let Some(rank) = self.literal(&mut hay) {
            return Some(rank);
        }
        self.words.iter().all(|word| word.is_near(&mut hay)).then_some(Rank::Near)
    }

    /// The same, but that what is merely near is not left.
    pub fn rank_literally(&self, text: &str) -> Option<Rank> {
        self.literal(&mut Hay::new(text))
    }

    /// What it leaves of some items, the best first; those of one rank stay in their order. The best of an item's texts
    /// counts.
    pub fn order<'a, T, const N: usize>(
        &self,
        items: impl IntoIterator<Item = T>,
        texts: impl Fn(&T) -> [&'a str; N],
    ) -> Vec<T> {
        let ranked = items.into_iter().filter_map(|item| {
            let rank = texts(&item).into_iter().filter_map(|text| self.rank(text)).min()?;
            Some((rank, item))
        });
        let mut ranked: Vec<(Rank, T)> = ranked.collect();
        ranked.sort_by_key(|(rank, _)| *rank);
        ranked.into_iter().map(|(_, item)| item).collect()
    }

    fn literal(&self, hay: &mut Hay<'_>) -> Option<Rank> {
        if !self.words.iter().all(|word| word.needle.is_in(hay)) {
            return None;
        }
        let folded = hay.folded();
        let words =
            || self.words.iter().map(|word| place(&word.needle.folded, folded).unwrap_or(MatchPlace::Middle)).max();
        Some(match place(&self.whole, folded) {
            Some(place) => Rank::Whole(place),
            None => Rank::Words(words().unwrap_or(MatchPlace::Word)),
        })
    }
}

/// The best place at which a text has a needle, both folded.
fn place(needle: &str, text: &str) -> Option<MatchPlace> {
    let part = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let (first, last) = (part(needle.chars().next()), part(needle.chars().next_back()));
    let mut best = None;
    for (at, _) in text.match_indices(needle) {
        let starts = !first || !part(text.get(..at).and_then(|before| before.chars().next_back()));
        let ends = !last || !part(text.get(at + needle.len()..).and_then(|after| after.chars().next()));
        let place = match (starts, ends) {
            (true, true) => return Some(MatchPlace::Word),
            (true, false) => MatchPlace::Start,
            (false, _) => MatchPlace::Middle,
        };
        best = Some(best.map_or(place, |best: MatchPlace| best.min(place)));
    }
    best
}

impl Word {
    /// Whether a text has its letters in their order. Scattered further than this, long texts have any few letters.
    fn is_near(&self, hay: &mut Hay<'_>) -> bool {
        if !self.near || self.needle.is_in(hay) {
            return self.needle.is_in(hay);
        }
        let text = if self.needle.is_exact() { hay.exact() } else { hay.folded() };
        let Some((first, others)) = self.letters.split_first() else { return true };
        let from = |at: usize| {
            let mut window = text.get(at..).unwrap_or("").chars().take(4 * self.letters.len());
            window.next() == Some(*first) && others.iter().all(|letter| window.any(|c| c == *letter))
        };
        text.match_indices(*first).any(|(at, _)| from(at))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rank(typed: &str, text: &str) -> Option<Rank> {
        FuzzyFilter::new(typed).rank(text)
    }

    fn order<'a>(typed: &str, texts: &[&'a str]) -> Vec<&'a str> {
        FuzzyFilter::new(typed).order(texts.iter().copied(), |text| [text])
    }

    #[test]
    fn what_was_typed_stands_before_what_is_near() {
        let titles = ["Question 247?", "a Question 70?", "Question 7?", "Questions 7? and 8"];
        assert_eq!(
            order("Question 7?", &titles),
            ["Question 7?", "Questions 7? and 8", "Question 247?", "a Question 70?"]
        );
        assert_eq!(order("Question 7", &titles)[..2], ["Question 7?", "a Question 70?"], "a whole word first");
        assert_eq!(
            order("fund", &["Refund", "a fund", "funding", "f-u-n-d"]),
            ["a fund", "funding", "Refund", "f-u-n-d"]
        );
        assert_eq!(order("", &titles), titles);
        assert_eq!(order("éclair UN", &["un eclair", "UN eclair", "UN éclair"]), ["UN eclair", "UN éclair"]);
    }

    #[test]
    fn letters_in_order_are_near_unless_they_are_scattered() {
        for (typed, text) in [("refnd", "Refund for order 7"), ("rfo", "Refund for order 7"), ("eclr", "Un éclair")]
        {
            assert_eq!(rank(typed, text), Some(Rank::Near), "{typed}");
        }
        assert_eq!(rank("dnfer", "Refund"), None);
        assert_eq!(rank("z", ""), None);
        assert_eq!(rank("abc", "a long title that has no bearing on countries"), None);
        assert_eq!(rank("Rfnd", "refund"), None, "a capital is meant as it is spelt");
        assert_eq!(rank("", "anything"), Some(Rank::Whole(MatchPlace::Word)));
    }

    #[test]
    fn a_word_behind_a_quote_is_meant_as_it_stands() {
        let titles = ["number 4 of 2?", "number 142?", "number 42?", "number '42?"];
        assert_eq!(order("number '42?", &titles), ["number '42?", "number 42?", "number 142?"]);
        assert_eq!(order("number 42?", &titles), ["number 42?", "number '42?", "number 142?", "number 4 of 2?"]);
    }

    #[test]
    fn what_a_grammar_would_take_is_typed_as_it_stands() {
        for typed in ["!important", "^a", "a$", "'b", "a\\ b", "#7", "?"] {
            assert_eq!(rank(typed, &format!("x {typed} y")).map(|rank| rank < Rank::Near), Some(true), "{typed}");
            assert_eq!(rank(typed, ""), None, "{typed}");
        }
    }

    /// Letters that are joined, split, or made others where texts are compared.
    fn hard() -> impl Strategy<Value = String> {
        let letters = vec![
            'a', 'b', 'A', 'é', 'e', 'E', '\u{301}', 'か', 'が', '\u{3099}', '7', '?', ' ', '\'', '한', '\u{1112}',
            '\u{1161}', 'K', '\u{212a}', 'ß', 'İ', 'ﬁ', 'Σ', 'ς', '\t',
        ];
        prop::collection::vec(prop::sample::select(letters), 0..6).prop_map(|letters| letters.into_iter().collect())
    }

    fn texts() -> impl Strategy<Value = String> {
        let letters = prop::sample::select(vec!['a', 'b', 'A', 'é', 'か', 'が', '7', '?', ' ', '한', '-']);
        prop::collection::vec(letters, 0..8).prop_map(|letters| letters.into_iter().collect())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

        #[test]
        fn a_text_that_was_folded_before_is_ranked_as_any(typed in hard(), text in hard()) {
            let filter = FuzzyFilter::new(&typed);
            prop_assert_eq!(filter.rank_seen(&text, &FilterText::new(&text)), filter.rank(&text));
        }

        #[test]
        fn nothing_that_lacks_what_was_typed_stands_before_what_has_it(
            typed in texts(), mut list in prop::collection::vec(texts(), 1..12), into in any::<prop::sample::Index>(),
        ) {
            let typed = typed.trim().to_owned();
            let at = into.index(list.len());
            list[at] = format!("{} {typed}{}", list[at], list[0]);
            let numbered: Vec<(usize, &str)> = list.iter().map(String::as_str).enumerate().collect();
            let filter = FuzzyFilter::new(&typed);
            let left = filter.order(numbered, |(_, text)| [text]);
            let has: Vec<bool> = left.iter().map(|(_, text)| text.contains(&typed)).collect();
            prop_assert!(has.contains(&true));
            let first_without = has.iter().position(|has| !has).unwrap_or(has.len());
            // What has it in another spelling may stand among them, so far as nothing asks for this one.
            let alike = |text: &str| fold::fold(text, false).contains(&fold::fold(&typed, false));
            prop_assert!(left.iter().skip(first_without).all(|(_, text)| !text.contains(&typed) || alike(left[first_without].1)));
            for pair in left.windows(2) {
                let ranks = [filter.rank(pair[0].1), filter.rank(pair[1].1)];
                prop_assert!(ranks[0] < ranks[1] || ranks[0] == ranks[1] && pair[0].0 < pair[1].0);
            }
        }
    }
}
