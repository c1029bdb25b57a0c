//! A file of conversations to be imported: messages of about 250 bytes in eight scripts, the same with each run. One
//! conversation has a tenth of them, two more have less, for exponents; the others have about ten each.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::ops::RangeInclusive;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

/// About how long a text is, in bytes.
const LENGTH: usize = 250;
/// How many words each script has.
const WORDS: usize = 3_000;
/// The letters of each script, and of how many a word is made.
const SCRIPTS: [(RangeInclusive<char>, RangeInclusive<usize>); 8] = [
    ('a'..='z', 2..=9),
    ('а'..='я', 2..=9),
    ('α'..='ω', 2..=9),
    ('一'..='俿', 1..=3),
    ('ぁ'..='ん', 2..=5),
    ('가'..='갿', 1..=4),
    ('ء'..='ي', 2..=7),
    ('अ'..='ह', 2..=6),
];

/// What was written.
#[derive(Debug, Clone)]
pub struct Corpus {
    /// The bytes of all texts, in MB.
    pub text_mb: f64,
    /// How many conversations.
    pub conversations: usize,
    /// The three large ones: how many messages, and the id. The largest comes first.
    pub large: [(usize, String); 3],
}

/// Numbers that are the same with each run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % below.max(1)
    }
}

/// Writes so many messages, as `conversations export --format jsonl` does.
pub fn write(file: &Path, messages: usize) -> Corpus {
    let mut texts = Texts::default();
    let mut out = BufWriter::new(File::create(file).expect("a file"));
    let large = [messages / 10, messages * 316 / 10_000, messages / 100].map(|count| count.max(1));
    let small = messages.saturating_sub(large.iter().sum());
    let many = (small / 9).max(1);
    let sizes = large.into_iter().chain((0..many).map(|at| small / many + usize::from(at < small % many)));
    let (mut at, mut bytes) = (0, 0);
    for (number, size) in sizes.enumerate() {
        for of in 0..size {
            let text = texts.text(at);
            bytes += text.len();
            let mut line = json!({
                "id": format!("m{at}"),
                "role": if of % 2 == 0 { "user" } else { "assistant" },
                "text": text,
                "created_at": moment(at),
                "conversation_id": id(number),
            });
            if of == 0 {
                // Every thousandth can be told from the others by its title.
                let topic = if number % 1_000 == 0 { "planets" } else { "orders" };
                line["conversation"] = json!({
                    "id": id(number), "channel": "docs", "title": format!("Talk {number} of {topic}"),
                    "created_at": moment(number * 9), "message_count": size,
                });
            }
            serde_json::to_writer(&mut out, &line).expect("a line");
            out.write_all(b"\n").expect("a line");
            at += 1;
        }
    }
    out.flush().expect("the file");
    let mut sizes = large.into_iter().enumerate().map(|(number, size)| (size, id(number)));
    let large = [(); 3].map(|()| sizes.next().expect("three"));
    Corpus { text_mb: bytes as f64 / 1_048_576.0, conversations: 3 + many, large }
}

fn id(conversation: usize) -> String {
    format!("{conversation:08x}-e691-4341-8afb-{conversation:012x}")
}

/// A minute further with each.
fn moment(at: usize) -> String {
    let begin = Timestamp::from_second(1_700_000_000).expect("a time");
    let minutes = SignedDuration::from_secs(i64::try_from(at).expect("few") * 60);
    begin.checked_add(minutes).expect("a time").to_string()
}

/// Texts in eight scripts, the same with each run.
pub struct Texts {
    chance: Chance,
    vocabulary: [Vec<String>; 8],
}

impl Default for Texts {
    fn default() -> Self {
        let mut chance = Chance(7);
        let vocabulary = SCRIPTS.map(|(letters, lengths)| words(&mut chance, letters, &lengths));
        Self { chance, vocabulary }
    }
}

impl Texts {
    /// Words of one script, the first of its vocabulary as frequent as first words are; every fourth message speaks of a
    /// planet, every twentieth of the planet, and every hundredth of a Planet.
    pub fn text(&mut self, at: usize) -> String {
        let words = self.vocabulary.iter().cycle().nth(at % SCRIPTS.len()).map_or(&[][..], Vec::as_slice);
        let mut text = String::with_capacity(LENGTH + 40);
        match at {
            _ if at % 100 == 3 => text.push_str("Planet "),
            _ if at % 20 == 5 => text.push_str("of the planet "),
            _ if at % 4 == 1 => text.push_str("planet "),
            _ => {}
        }
        while text.len() < LENGTH {
            let word = (0..3).map(|_| self.chance.below(WORDS)).min().unwrap_or(0);
            text.push_str(words.get(word).map_or("", String::as_str));
            text.push(' ');
        }
        text.truncate(text.trim_end().len());
        text
    }
}

fn words(chance: &mut Chance, letters: RangeInclusive<char>, lengths: &RangeInclusive<usize>) -> Vec<String> {
    let letters: Vec<char> = letters.filter(|c| c.is_alphabetic()).collect();
    let (least, more) = (*lengths.start(), lengths.end() - lengths.start() + 1);
    let mut word = || {
        let length = least + chance.below(more);
        (0..length).filter_map(|_| letters.get(chance.below(letters.len()))).collect::<String>()
    };
    (0..WORDS).map(|_| word()).collect()
}
