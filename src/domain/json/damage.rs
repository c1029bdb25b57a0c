//! What of a document could not be read as it stands, and where that was.

use crate::domain::{Failure, Kind};

/// The most places that are remembered one by one.
const REMEMBERED: usize = 100;
/// The most places that are named to a person.
const NAMED: usize = 3;
/// The most characters of a place's name.
const LONGEST: usize = 80;

/// What is wrong with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Half of a character (a lone surrogate), bytes that are no UTF-8, or an escape that there is none of.
    Text {
        /// The first half of a character, with which the text ends: the other may come elsewhere.
        high: Option<u16>,
        /// The second half of a character, with which it begins.
        low: Option<u16>,
    },
    /// A word that is no value; it stays as a text.
    Token,
    /// Nothing where a value should be.
    Missing,
    /// It is nested too deep to be read.
    Deep,
    /// Its key came before with another value.
    Twice,
    /// It isn't what stands in such a place, and could not be shown.
    Kind,
}

impl Fault {
    const fn words(self) -> &'static str {
        match self {
            Self::Text { .. } => "characters that can't be read",
            Self::Token => "no JSON value",
            Self::Missing => "no value",
            Self::Deep => "nested too deep",
            Self::Twice => "twice, with another value",
            Self::Kind => "left out",
        }
    }
}

/// One value that could not be read as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// Where it stands, as a JSON pointer (`/messages/3/text`). Its names are a stranger's: never drawn as they are.
    pub at: String,
    /// What is wrong with it.
    pub fault: Fault,
}

/// All that could not be read as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Damage {
    many: usize,
    spots: Vec<Spot>,
}

impl Damage {
    /// Notes one more value.
    pub fn note(&mut self, at: &str, fault: Fault) {
        self.many += 1;
        if self.spots.len() < REMEMBERED {
            self.spots.push(Spot { at: at.to_owned(), fault });
        }
    }

    /// Adds what another document says.
    pub fn join(&mut self, other: Self) {
        self.many += other.many;
        self.spots.extend(other.spots.into_iter().take(REMEMBERED.saturating_sub(self.spots.len())));
    }

    /// Adds what a document says that stands at that place of another one.
    pub fn join_at(&mut self, at: &str, mut other: Self) {
        for spot in &mut other.spots {
            spot.at.insert_str(0, at);
        }
        self.join(other);
    }

    /// That of one value and what is in it.
    #[must_use]
    pub fn within(&self, at: &str) -> Self {
        let here =
            |spot: &&Spot| spot.at.strip_prefix(at).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let spots: Vec<Spot> = self.spots.iter().filter(here).cloned().collect();
        Self { many: spots.len(), spots }
    }

    /// How many values.
    pub const fn many(&self) -> usize {
        self.many
    }

    /// Whether everything could be read.
    pub const fn is_none(&self) -> bool {
        self.many == 0
    }

    /// How many items were left out for it.
    pub fn left_out(&self) -> usize {
        self.spots.iter().filter(|spot| spot.fault == Fault::Kind).count()
    }

    /// The first of them, in their order.
    pub fn spots(&self) -> &[Spot] {
        &self.spots
    }

    /// What is said of a list that is shown all the same; none where everything could be read.
    pub fn failure(&self) -> Option<Failure> {
        self.words().map(|words| Failure::new(Kind::Platform, words))
    }

    /// How many they are, and the first of them by their places; none where there are none. The names are a stranger's.
    pub fn words(&self) -> Option<String> {
        let value = match self.many {
            0 => return None,
            1 => "1 value".to_owned(),
            many => format!("{many} values"),
        };
        let named: Vec<String> = self.spots.iter().take(NAMED).map(Spot::words).collect();
        let more = if self.many > NAMED { "; …" } else { "" };
        Some(format!("{value} could not be read as sent: {}{more}", named.join("; ")))
    }
}

impl Spot {
    fn words(&self) -> String {
        let at = if self.at.is_empty() { "/" } else { &self.at };
        let long = at.chars().count() > LONGEST;
        let at: String = at.chars().take(LONGEST).chain(long.then_some('…')).collect();
        format!("{at} ({})", self.fault.words())
    }
}

/// One step further down.
pub(super) fn step(path: &mut String, key: &str) {
    path.push('/');
    for c in key.chars() {
        match c {
            '~' => path.push_str("~0"),
            '/' => path.push_str("~1"),
            c => path.push(c),
        }
    }
}
