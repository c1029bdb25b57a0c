//! The `expect` table of a turn or of a request: what must hold.

use toml::de::DeValue;

use super::super::rules;
use super::super::table::{ConfigValue, TableReader};
use super::fill::Filling;
use super::{lines, whole};
use crate::domain::nearest;
use crate::domain::{Expectation, Finish, Language, Pattern};

const WHO: &str = "expect";
/// How a reply to a message can end for itself.
const FINISHES: [&str; 4] = ["stop", "length", "filtered", "cut"];

/// Who is asked: of the answer to a data request other things can be expected than of a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Respondent {
    Bot,
    Rules,
}

/// Reads an `expect` table; nothing is expected where there is none.
pub(super) fn read(
    case: &TableReader<'_, '_>,
    respondent: Respondent,
    filling: Filling<'_>,
    language: Language,
) -> Option<Vec<Expectation>> {
    let Some(item) = case.get("expect") else { return Some(Vec::new()) };
    let Some(table) = item.value.get_ref().as_table() else {
        item.wrong_type("expect", "a table, as in { contains = \"eight\" }");
        return None;
    };
    let table = TableReader::new(table, item.value.span(), item.sink, "expect.");
    let reader = ExpectReader { table: &table, filling, language };
    // Each is read before any is missed, so that all errors are told at once.
    let mut found: Vec<Option<Vec<Expectation>>> = vec![
        reader.texts("contains").map(|texts| texts.into_iter().map(Expectation::Contains).collect()),
        reader.texts("not_contains").map(|texts| texts.into_iter().map(Expectation::NotContains).collect()),
        reader.patterns(),
        reader.number("reply_ms", Expectation::ReplyMs),
    ];
    if respondent == Respondent::Bot {
        found.extend([
            reader.texts("one_of").map(|texts| some(texts, Expectation::OneOf)),
            reader.texts("quick_replies").map(|texts| some(texts, Expectation::QuickReplies)),
            reader.words(),
            reader.number("first_word_ms", Expectation::FirstWordMs),
            reader.finish(),
            reader.like(),
            reader.judge(),
        ]);
    } else {
        found.push(reader.answer());
    }
    table.finish_knowing(WHO, &|word| match word {
        "answer" => Some("it is expected of a request, not of a turn".to_owned()),
        "one_of" | "quick_replies" | "words" | "first_word_ms" | "finish" | "like" | "judge"
            if respondent == Respondent::Rules =>
        {
            Some("it is expected of a turn, not of a request".to_owned())
        }
        _ => None,
    });
    let found: Option<Vec<Vec<Expectation>>> = found.into_iter().collect();
    found.map(|found| found.concat())
}

fn some(texts: Vec<String>, make: impl Fn(Vec<String>) -> Expectation) -> Vec<Expectation> {
    if texts.is_empty() { Vec::new() } else { vec![make(texts)] }
}

struct ExpectReader<'r, 'v, 't> {
    table: &'r TableReader<'v, 't>,
    filling: Filling<'r>,
    language: Language,
}

impl ExpectReader<'_, '_, '_> {
    /// One text or several, filled.
    fn texts(&self, key: &'static str) -> Option<Vec<String>> {
        let name = self.table.name(key);
        let Some(item) = self.table.get(key) else { return Some(Vec::new()) };
        let text = |item: ConfigValue<'_, '_>| {
            let text = lines(item, &name, "a text, or several in [ ]")?;
            self.filling.fill(item, &name, &text, str::to_owned)
        };
        each(item, &name, text)
    }

    fn patterns(&self) -> Option<Vec<Expectation>> {
        const EXPECTED: &str = "a regular expression, or several in [ ]";
        let name = self.table.name("matches");
        let Some(item) = self.table.get("matches") else { return Some(Vec::new()) };
        each(item, &name, |item| {
            let text = lines(item, &name, EXPECTED)?;
            // A value stands for itself there.
            let text = self.filling.fill(item, &name, &text, Pattern::escaped)?;
            let pattern = Pattern::new(&text);
            pattern.map_err(|why| item.refuse(&name, format!("expected {EXPECTED}, found a mistake: {why}"))).ok()
        })
        .map(|patterns| patterns.into_iter().map(Expectation::Matches).collect())
    }

    fn number(&self, key: &'static str, make: fn(u64) -> Expectation) -> Option<Vec<Expectation>> {
        let Some(item) = self.table.get(key) else { return Some(Vec::new()) };
        whole(item, &self.table.name(key), 1, u64::MAX).map(|number| vec![make(number)])
    }

    fn words(&self) -> Option<Vec<Expectation>> {
        let Some(item) = self.table.get("words") else { return Some(Vec::new()) };
        let Some(table) = item.value.get_ref().as_table() else {
            item.wrong_type("expect.words", "a table, as in { min = 5, max = 80 }");
            return None;
        };
        let table = TableReader::new(table, item.value.span(), item.sink, "expect.words.");
        let limit = |key: &'static str| match table.get(key) {
            None => Some(None),
            Some(item) => whole(item, &table.name(key), 0, u64::MAX).map(Some),
        };
        let (min, max) = (limit("min"), limit("max"));
        table.finish("words");
        let (min, max) = (min?, max?);
        if min.zip(max).is_some_and(|(min, max)| min > max) {
            item.refuse("expect.words", "expected no more for min than for max");
            return None;
        }
        Some(vec![Expectation::Words { min, max }])
    }

    fn finish(&self) -> Option<Vec<Expectation>> {
        let expected = "one of \"stop\", \"length\", \"filtered\", \"cut\"";
        let Some(item) = self.table.get("finish") else { return Some(Vec::new()) };
        let word = item.text("expect.finish", expected)?;
        let finish = Finish::from_word(&word).filter(|_| FINISHES.contains(&word.as_str()));
        if finish.is_none() {
            let text = format!("expected {expected}, found \"{word}\"");
            item.refuse_near("expect.finish", text, nearest(&word, FINISHES));
        }
        finish.map(|finish| vec![Expectation::Finish(finish)])
    }

    fn like(&self) -> Option<Vec<Expectation>> {
        let Some(item) = self.table.get("like") else { return Some(Vec::new()) };
        let Some(table) = item.value.get_ref().as_table() else {
            item.wrong_type("expect.like", "a table, as in { text = \"There are eight.\", at_least = 0.6 }");
            return None;
        };
        let table = TableReader::new(table, item.value.span(), item.sink, "expect.like.");
        let text = table.need("text", "the text that the reply is to be like", "like").and_then(|item| {
            let text = lines(item, "expect.like.text", "a text")?;
            self.filling.fill(item, "expect.like.text", &text, str::to_owned)
        });
        let at_least = table.need("at_least", "a number from 0 to 1", "like").and_then(share);
        table.finish("like");
        Some(vec![Expectation::Like { text: text?, at_least: at_least?, language: self.language }])
    }

    fn judge(&self) -> Option<Vec<Expectation>> {
        let statements = self.texts("judge")?;
        Some(statements.into_iter().map(Expectation::Judge).collect())
    }

    fn answer(&self) -> Option<Vec<Expectation>> {
        let Some(item) = self.table.get("answer") else { return Some(Vec::new()) };
        let value = rules::object(item, "expect.answer")?;
        let value = self.filling.fill_json(item, "expect.answer", value)?;
        Some(vec![Expectation::Answer(value)])
    }
}

/// One value, or each of a list that isn't empty.
fn each<T>(item: ConfigValue<'_, '_>, key: &str, read: impl Fn(ConfigValue<'_, '_>) -> Option<T>) -> Option<Vec<T>> {
    let DeValue::Array(array) = item.value.get_ref() else { return read(item).map(|one| vec![one]) };
    if array.is_empty() {
        item.refuse(key, "expected at least one, found an empty array");
        return None;
    }
    let read: Vec<Option<T>> = array.iter().map(|value| read(ConfigValue { value, sink: item.sink })).collect();
    read.into_iter().collect()
}

/// A number from 0 to 1.
fn share(item: ConfigValue<'_, '_>) -> Option<f64> {
    const KEY: &str = "expect.like.at_least";
    const EXPECTED: &str = "a number from 0 to 1";
    let text = match item.value.get_ref() {
        DeValue::Integer(number) => number.to_string(),
        DeValue::Float(number) => number.to_string(),
        _ => {
            item.wrong_type(KEY, EXPECTED);
            return None;
        }
    };
    let share = text.parse::<f64>().ok().filter(|share| (0.0..=1.0).contains(share));
    if share.is_none() {
        item.refuse(KEY, format!("expected {EXPECTED}, found {text}"));
    }
    share
}
