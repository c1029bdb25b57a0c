//! Retrieval: which sections of some documents answer a question best (BM25 over stemmed words).
//!
//! Owns the index over any documents, a name and a markdown text each; what they say and how an answer is worded are
//! others' business. A new set of documents is a new index.

use std::collections::{BTreeSet, HashMap};

use bm25::{Document as Indexed, SearchEngine, SearchEngineBuilder, Tokenizer};
use rust_stemmers::{Algorithm, Stemmer};
use unicode_segmentation::UnicodeSegmentation;

/// Words that say nothing about what is asked.
const STOP: &[&str] = &[
    "a",
    "about",
    "after",
    "all",
    "also",
    "am",
    "an",
    "and",
    "any",
    "are",
    "as",
    "at",
    "be",
    "because",
    "been",
    "but",
    "by",
    "can",
    "could",
    "did",
    "do",
    "does",
    "doing",
    "explain",
    "for",
    "from",
    "get",
    "give",
    "got",
    "had",
    "has",
    "have",
    "having",
    "how",
    "i",
    "if",
    "in",
    "into",
    "is",
    "it",
    "its",
    "just",
    "keep",
    "keeps",
    "kept",
    "know",
    "let",
    "like",
    "make",
    "many",
    "may",
    "me",
    "more",
    "most",
    "much",
    "must",
    "my",
    "need",
    "no",
    "not",
    "of",
    "on",
    "one",
    "only",
    "or",
    "other",
    "our",
    "out",
    "please",
    "possible",
    "say",
    "shall",
    "she",
    "should",
    "show",
    "so",
    "some",
    "something",
    "such",
    "take",
    "tell",
    "than",
    "that",
    "the",
    "their",
    "them",
    "then",
    "there",
    "these",
    "they",
    "thing",
    "things",
    "this",
    "those",
    "to",
    "too",
    "up",
    "us",
    "use",
    "used",
    "using",
    "very",
    "want",
    "was",
    "way",
    "we",
    "were",
    "what",
    "when",
    "where",
    "which",
    "while",
    "who",
    "why",
    "will",
    "with",
    "would",
    "you",
    "your",
];

/// What is written as one word and as two.
const COMPOUNDS: &[(&str, [&str; 2])] = &[
    ("linebreak", ["line", "break"]),
    ("linebreaks", ["line", "breaks"]),
    ("linefeed", ["new", "line"]),
    ("newline", ["new", "line"]),
    ("newlines", ["new", "lines"]),
];

/// How much of a question's weight a section must share before it counts as an answer.
const ENOUGH: f32 = 0.34;

/// How much a short section is favoured over a long one: less than usual, for a table is long and still the answer.
const EVENNESS: f32 = 0.4;

/// How long a section may be, in bytes. What is longer is several with the same heading: an answer quotes them whole.
const LONGEST_SECTION: usize = 4_000;

/// One section of a document: what stands under one heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DocumentSection {
    /// The document's name.
    pub(super) document: String,
    /// The section's heading.
    pub(super) heading: String,
    /// Its text, markdown.
    pub(super) text: String,
}

/// A section that answers, and how well.
#[derive(Debug, Clone)]
pub(super) struct SectionHit<'a> {
    pub(super) section: &'a DocumentSection,
    pub(super) score: f32,
}

/// Reads words as the index sees them: folded, stemmed, without the stop list.
struct WordNormalizer {
    stemmer: Stemmer,
}

impl WordNormalizer {
    fn read(&self, text: &str) -> Vec<String> {
        let folded = text.to_lowercase();
        let apart = |word| COMPOUNDS.iter().find(|(whole, _)| *whole == word).map_or([word, ""], |(_, parts)| *parts);
        let words = folded.unicode_words().flat_map(apart).filter(|word| !word.is_empty());
        let significant = words.filter(|word| STOP.binary_search(word).is_err());
        significant.map(|word| self.stemmer.stem(word).into_owned()).collect()
    }
}

/// What was read once need not be read again: words with spaces between them.
struct SpaceTokenizer;

impl Tokenizer for SpaceTokenizer {
    fn tokenize(&self, text: &str) -> Vec<String> {
        text.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
    }
}

/// An index over documents.
pub(super) struct SectionIndex {
    sections: Vec<DocumentSection>,
    terms: Vec<BTreeSet<String>>,
    weights: HashMap<String, f32>,
    engine: SearchEngine<u32, u32, SpaceTokenizer>,
    words: WordNormalizer,
}

impl SectionIndex {
    /// Reads the documents, a name and a text each.
    pub(super) fn build<'a>(documents: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let words = WordNormalizer::new();
        let sections: Vec<DocumentSection> =
            documents.into_iter().flat_map(|(name, text)| split(name, text)).collect();
        let texts: Vec<String> = sections.iter().map(|section| words.read(&weighed(section)).join(" ")).collect();
        let terms: Vec<BTreeSet<String>> =
            texts.iter().map(|text| SpaceTokenizer.tokenize(text).into_iter().collect()).collect();
        let mut counts: HashMap<String, usize> = HashMap::new();
        for term in terms.iter().flatten() {
            *counts.entry(term.clone()).or_default() += 1;
        }
        let weights = counts.into_iter().map(|(term, count)| (term, rarity(count, sections.len()))).collect();
        let numbered = (0..).zip(texts).map(|(id, text): (u32, String)| Indexed::new(id, text));
        let engine = SearchEngineBuilder::<u32, u32, SpaceTokenizer>::with_tokenizer_and_documents(
            SpaceTokenizer,
            numbered.collect::<Vec<_>>(),
        )
        .b(EVENNESS)
        .build();
        Self { sections, terms, weights, engine, words }
    }

    /// The sections that answer a question, best first; none if none has enough to do with it.
    pub(super) fn search(&self, question: &str, limit: usize) -> Vec<SectionHit<'_>> {
        let question = self.words.read(question);
        let found = self.engine.search(&question.join(" "), limit);
        let asked: BTreeSet<String> = question.into_iter().collect();
        let unknown = rarity(0, self.sections.len());
        let weight = |term: &String| self.weights.get(term).copied().unwrap_or(unknown);
        let total: f32 = asked.iter().map(weight).sum();
        let answers = found.iter().filter_map(|result| {
            let place = usize::try_from(result.document.id).ok()?;
            let shared: f32 = asked.intersection(self.terms.get(place)?).map(weight).sum();
            (shared >= total * ENOUGH).then_some(())?;
            Some(SectionHit { section: self.sections.get(place)?, score: result.score })
        });
        answers.collect()
    }
}

impl WordNormalizer {
    fn new() -> Self {
        Self { stemmer: Stemmer::create(Algorithm::English) }
    }
}

/// How much it says that two texts share a word which stands in `count` of `all` sections.
fn rarity(count: usize, all: usize) -> f32 {
    (1.0 + (all as f32 + 0.5) / (count as f32 + 0.5)).ln()
}

/// What is indexed of a section: its headings count more than its text.
fn weighed(section: &DocumentSection) -> String {
    let DocumentSection { document, heading, text } = section;
    format!("{document}\n{heading}\n{heading}\n{heading}\n{text}")
}

/// A document's sections. What stands before the first heading belongs to the document's name.
fn split(name: &str, text: &str) -> Vec<DocumentSection> {
    let mut sections = Vec::new();
    let mut heading = name.to_owned();
    let mut lines: Vec<&str> = Vec::new();
    let mut fenced = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        let title = line.trim_start_matches('#').trim();
        if !fenced && line.starts_with('#') && !title.is_empty() {
            close(name, &heading, &lines, &mut sections);
            title.clone_into(&mut heading);
            lines.clear();
        } else {
            lines.push(line);
        }
    }
    close(name, &heading, &lines, &mut sections);
    sections
}

fn close(name: &str, heading: &str, lines: &[&str], sections: &mut Vec<DocumentSection>) {
    let whole = lines.join("\n");
    let mut rest = whole.trim();
    while !rest.is_empty() {
        let (part, behind) = rest.split_at(part_end(rest));
        let text = part.trim_end().to_owned();
        sections.push(DocumentSection { document: name.to_owned(), heading: heading.to_owned(), text });
        rest = behind.trim_start();
    }
}

/// Where the first part of a text ends: behind a paragraph, a line or a word, the largest of them that is short enough.
fn part_end(text: &str) -> usize {
    if text.len() <= LONGEST_SECTION {
        return text.len();
    }
    let room = &text[..text.floor_char_boundary(LONGEST_SECTION)];
    ["\n\n", "\n", " "].iter().find_map(|end| room.rfind(end)).filter(|end| *end > 0).unwrap_or(room.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stop_list_is_sorted_as_its_search_needs() {
        assert!(STOP.is_sorted());
    }

    #[test]
    fn a_document_splits_at_its_headings_but_not_inside_a_fence() {
        let sections = split("Doc", "# Doc\n\nintro\n\n## One\ntext\n```\n# no heading\n```\n## Empty\n## Two\nlast");
        let seen: Vec<(&str, &str)> = sections.iter().map(|s| (s.heading.as_str(), s.text.as_str())).collect();
        assert_eq!(seen, [("Doc", "intro"), ("One", "text\n```\n# no heading\n```"), ("Two", "last")]);
    }

    #[test]
    fn a_long_section_is_several_that_are_together_the_whole() {
        let paragraph = "word ".repeat(300) + "\n\n";
        for text in [paragraph.repeat(20), "line\n".repeat(3_000), "é".repeat(9_000), "漢字 ".repeat(5_000)] {
            let sections = split("Doc", &text);
            assert!(sections.len() > 2);
            assert!(sections.iter().all(|section| (1..=LONGEST_SECTION).contains(&section.text.len())));
            let bare = |text: &str| text.split_whitespace().collect::<String>();
            assert_eq!(sections.iter().map(|section| bare(&section.text)).collect::<String>(), bare(&text));
        }
    }

    #[test]
    fn the_best_section_comes_first_whatever_the_form_of_its_words() {
        let index = SectionIndex::build([
            ("Fruit", "## Apples\nApples keep for months.\n## Pears\nA pear bruises."),
            ("Tools", "## Hammers\nA hammer drives nails."),
        ]);
        let hits = index.search("Are my PEARS bruised?", 3);
        assert_eq!(hits[0].section.heading, "Pears");
        assert!(index.search("quantum chromodynamics", 3).is_empty());
        assert!(index.search("", 3).is_empty());
        assert!(index.search("what is the", 3).is_empty());
    }

    #[test]
    fn one_shared_word_among_many_strange_ones_is_no_answer() {
        let index = SectionIndex::build([
            ("Fruit", "## Apples\nApples keep for months."),
            ("Tools", "## Nails\nIron nails."),
        ]);
        assert!(index.search("iron curtain politics during the seventies", 3).is_empty());
    }

    #[test]
    fn an_index_of_nothing_finds_nothing() {
        assert!(SectionIndex::build([]).search("apples", 3).is_empty());
    }
}
