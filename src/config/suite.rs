//! A suite's file, read as the config file is: every error at once, each with its place and what was probably meant. Its
//! variables and tables of values are filled in here, so that a mistake in one is told where it stands.

mod add;
mod case;
mod expect;
mod fill;

use std::path::Path;

use toml::de::DeValue;

use super::table::{ConfigValue, TableReader};
use super::{ConfigErrors, load};
use crate::domain::nearest;
use crate::domain::{Case, ChannelName, Language, Suite};
pub use add::{AddCaseError, NewCase, NewTurn, add_case};
use fill::Values;

const WHO: &str = "a suite";
/// More cases than these are somebody's slip: each costs messages.
const MOST_CASES: usize = 10_000;
/// More often no case is asked.
const MOST_REPEATS: u64 = 100;

/// Reads and checks a suite's file.
///
/// # Errors
/// [`ConfigErrors`] with every error of the file, or that it can't be read.
pub fn load_suite(path: &Path) -> Result<Suite, ConfigErrors> {
    let (text, _) = load::text_of(path)?;
    parse_suite(&text, path)
}

/// Checks text that stands in no file. `path` is what errors name, and what names the suite.
///
/// # Errors
/// [`ConfigErrors`] with every error of the text.
pub fn parse_suite(text: &str, path: &Path) -> Result<Suite, ConfigErrors> {
    load::check(text, path, None, |top, _| suite(top, path))
        .map(|(suite, _)| suite)
        .map_err(|problems| ConfigErrors::new(path, problems))
}

/// What holds for all cases of a file that say nothing else.
struct Defaults {
    language: Language,
    repeat: u32,
    pass: Option<u32>,
}

fn suite(top: TableReader<'_, '_>, path: &Path) -> Option<Suite> {
    let channel = match top.get("channel") {
        None => Some(None),
        Some(item) => item.text("channel", "the name of a channel").map(|name| Some(ChannelName::new(name))),
    };
    let language = language(&top);
    let repeat = often(&top, "repeat");
    let pass = often(&top, "pass");
    let values = match top.get("variables") {
        None => Some(Values::default()),
        Some(item) => fill::row(item, "variables"),
    };
    let defaults = Defaults {
        language: language.unwrap_or_default(),
        repeat: repeat.flatten().unwrap_or(1),
        pass: pass.flatten(),
    };
    // Where a variable is wrong, that is the error to mend: not each place that names it.
    let cases = cases(&top, values.as_ref(), &defaults);
    top.finish(WHO);
    let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let (_, _, _) = (language?, repeat?, pass?);
    values?;
    Some(Suite { name, path: path.to_owned(), channel: channel?, cases: cases? })
}

fn language(top: &TableReader<'_, '_>) -> Option<Language> {
    let Some(item) = top.get("language") else { return Some(Language::default()) };
    let words = Language::ALL.map(|(word, _)| word);
    let expected = format!("one of {}", words.join(", "));
    let text = item.text("language", &expected)?;
    let language = Language::from_word(&text);
    if language.is_none() {
        item.refuse_near("language", format!("expected {expected}, found \"{text}\""), nearest(&text, words));
    }
    language
}

fn cases(top: &TableReader<'_, '_>, values: Option<&Values>, defaults: &Defaults) -> Option<Vec<Case>> {
    const EXPECTED: &str = "at least one [[cases]] table";
    let item = top.need("cases", EXPECTED, WHO)?;
    let Some(array) = item.value.get_ref().as_array() else {
        item.wrong_type("cases", EXPECTED);
        return None;
    };
    if array.is_empty() {
        item.refuse("cases", format!("expected {EXPECTED}, found an empty array"));
        return None;
    }
    let mut cases: Vec<Case> = Vec::new();
    let mut good = true;
    for value in array {
        let item = ConfigValue { value, sink: item.sink };
        let Some(read) = case::read(item, values, defaults) else {
            good = false;
            continue;
        };
        for case in read {
            if cases.iter().any(|known| known.name == case.name) {
                let text = format!("expected a name of its own, found \"{}\" a second time", case.name);
                item.refuse("cases.name", text);
                good = false;
                break;
            }
            cases.push(case);
        }
    }
    if cases.len() > MOST_CASES {
        item.refuse("cases", format!("expected at most {MOST_CASES} cases, found {}", cases.len()));
        return None;
    }
    good.then_some(cases)
}

/// How often, where that is said. The outer none is an error that was reported.
#[expect(clippy::option_option, reason = "absent and wrong are two answers")]
fn often(table: &TableReader<'_, '_>, key: &'static str) -> Option<Option<u32>> {
    match table.get(key) {
        None => Some(None),
        Some(item) => {
            let number = whole(item, &table.name(key), 1, MOST_REPEATS)?;
            u32::try_from(number).ok().map(Some)
        }
    }
}

/// A whole number from `least` to `most`.
fn whole(item: ConfigValue<'_, '_>, key: &str, least: u64, most: u64) -> Option<u64> {
    let expected = if most == u64::MAX {
        format!("a whole number, {least} or more")
    } else {
        format!("a whole number from {least} to {most}")
    };
    let Some(number) = item.value.get_ref().as_integer() else {
        item.wrong_type(key, &expected);
        return None;
    };
    let found = u64::from_str_radix(number.as_str(), number.radix()).ok();
    let found = found.filter(|found| (least..=most).contains(found));
    if found.is_none() {
        item.refuse(key, format!("expected {expected}, found {number}"));
    }
    found
}

/// A text as it is written, which may have several lines: not empty, and without anything that a terminal acts on.
fn lines(item: ConfigValue<'_, '_>, key: &str, expected: &str) -> Option<String> {
    let DeValue::String(text) = item.value.get_ref() else {
        item.wrong_type(key, expected);
        return None;
    };
    if text.trim().is_empty() {
        item.refuse(key, format!("expected {expected}, found an empty string"));
        return None;
    }
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        item.refuse(key, format!("expected {expected}, found a control character in it"));
        return None;
    }
    Some(text.to_string())
}

#[cfg(test)]
mod tests;
