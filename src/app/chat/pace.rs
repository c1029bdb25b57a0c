//! How fast a reply came, where that means something: one that came at once, or in few words, has no pace.

/// A first word that came sooner came at once: `0.0 s` says nothing.
const SOONEST_MS: u64 = 100;
/// A reply that was told in less time, or in fewer words, came in too few pieces for a pace.
const SHORTEST_MS: u64 = 1_000;
const FEWEST_WORDS: u64 = 10;
/// Nobody speaks faster: what did was there before it was told.
const MOST_WORDS_A_SECOND: u64 = 1_000;

/// What can be told of how fast a reply came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pace {
    /// Milliseconds to its first word; none where it came at once.
    pub first_word_ms: Option<u64>,
    /// Words a second after the first one; none where it was too short, or too fast, to have a pace.
    pub words_a_second: Option<u64>,
}

impl Pace {
    /// Of a reply of so many words, by the milliseconds to its first word and to its end, as far as they are known.
    pub fn new(first_word_ms: Option<u64>, took_ms: Option<u64>, words: u64) -> Self {
        let told = first_word_ms.zip(took_ms).map(|(first, took)| took.saturating_sub(first));
        let pace = told.filter(|ms| *ms >= SHORTEST_MS && words >= FEWEST_WORDS).map(|ms| words * 1_000 / ms);
        Self {
            first_word_ms: first_word_ms.filter(|ms| *ms >= SOONEST_MS),
            words_a_second: pace.filter(|words| (1..=MOST_WORDS_A_SECOND).contains(words)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_means_something_is_told() {
        let told = |first, took, words| {
            let pace = Pace::new(first, took, words);
            (pace.first_word_ms, pace.words_a_second)
        };
        assert_eq!(told(Some(400), Some(2_400), 122), (Some(400), Some(61)));
        assert_eq!(told(Some(0), Some(1), 16), (None, None), "came at once");
        assert_eq!(told(Some(99), Some(5_099), 100), (None, Some(20)));
        assert_eq!(told(Some(3_000), Some(3_000), 200), (Some(3_000), None), "came as one");
        assert_eq!(told(Some(300), Some(1_299), 200), (Some(300), None), "in less than a second");
        assert_eq!(told(Some(300), Some(2_300), 9), (Some(300), None), "in a few words");
        assert_eq!(told(Some(300), Some(1_300), 200_000), (Some(300), None), "faster than anybody speaks");
        assert_eq!(told(Some(300), Some(100_300), 12), (Some(300), None), "not one word a second");
        assert_eq!(told(Some(300), None, 50), (Some(300), None), "still coming");
        assert_eq!(told(None, Some(2_000), 50), (None, None));
        assert_eq!(told(Some(400), Some(200), 50), (Some(400), None), "clocks");
    }
}
