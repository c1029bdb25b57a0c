//! Inputs made of those that are known: cut, joined, turned and repeated, by a chance that a seed repeats.

/// Random numbers from a seed.
pub(crate) struct Chance(u64);

impl Chance {
    /// A seed's.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    /// A number below `limit`, which is over 0.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 11) % limit as u64).unwrap_or(0)
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap_or(0)
    }
}

/// No input is longer.
const LONGEST: usize = 4096;

/// The next input.
pub(crate) fn next(chance: &mut Chance, corpus: &[Vec<u8>], words: &[&str]) -> Vec<u8> {
    let mut input = match chance.below(corpus.len() + 1) {
        at if at < corpus.len() => corpus[at].clone(),
        _ => Vec::new(),
    };
    for _ in 0..=chance.below(12) {
        let (at, end) = range(chance, input.len());
        match chance.below(9) {
            0 if !input.is_empty() => {
                let last = input.len() - 1;
                input[at.min(last)] ^= 1 << chance.below(8);
            }
            1 => input.insert(at, chance.byte()),
            2 => drop(input.drain(at..end)),
            3 => {
                let part = input[at..end].to_vec();
                splice(&mut input, end, &part.repeat(1 + chance.below(4)));
            }
            4 if !corpus.is_empty() => {
                let other = &corpus[chance.below(corpus.len())];
                let (from, to) = range(chance, other.len());
                splice(&mut input, at, &other[from..to]);
            }
            5 => input.truncate(at),
            // A piece that means something, more often than all else.
            _ if !words.is_empty() => splice(&mut input, at, words[chance.below(words.len())].as_bytes()),
            _ => {}
        }
    }
    input.truncate(LONGEST);
    input
}

fn splice(into: &mut Vec<u8>, at: usize, part: &[u8]) {
    into.splice(at..at, part.iter().copied());
    into.truncate(LONGEST);
}

/// A part of so many bytes; most often a short one.
fn range(chance: &mut Chance, len: usize) -> (usize, usize) {
    let at = chance.below(len + 1);
    let most = if chance.below(4) == 0 { len - at } else { (len - at).min(8) };
    (at, at + chance.below(most + 1))
}
