//! What must hold of a reply, and whether it does.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::likeness::words;
use super::{Language, Pattern, likeness};
use crate::domain::{Finish, Needle};

/// What must hold of a reply.
#[derive(Debug, Clone, PartialEq)]
pub enum Expectation {
    /// It has this, as searches find: small letters find any, a capital finds itself, diacritics never matter. Runs of
    /// white space are one space.
    Contains(String),
    /// It doesn't have this, found so.
    NotContains(String),
    /// It has a place that this matches.
    Matches(Pattern),
    /// It is one of these, but for white space around it and how much there is between words.
    OneOf(Vec<String>),
    /// The bot offers at least these answers to choose from, exactly so.
    QuickReplies(Vec<String>),
    /// It has so many words.
    Words {
        /// At least; none is no limit.
        min: Option<u64>,
        /// At most; none is no limit.
        max: Option<u64>,
    },
    /// Its first word came within so many milliseconds.
    FirstWordMs(u64),
    /// It was whole within so many milliseconds.
    ReplyMs(u64),
    /// It ended so.
    Finish(Finish),
    /// It is like this text.
    Like {
        /// Which.
        text: String,
        /// How much, from 0 to 1.
        at_least: f64,
        /// Whose stems its words are reduced to.
        language: Language,
    },
    /// A model says that this holds of it.
    Judge(String),
    /// The answer to a data request has these fields with these values; there may be more.
    Answer(Value),
}

/// What is known of a reply, or of the answer to a data request.
#[derive(Debug, Clone, PartialEq)]
pub struct SuiteReply {
    /// Its text; of an answer its JSON.
    pub text: String,
    /// How it ended.
    pub finish: Finish,
    /// What the bot offers as answers.
    pub quick_replies: Vec<String>,
    /// Milliseconds to its first word; none where that isn't known.
    pub first_word_ms: Option<u64>,
    /// Milliseconds to its end; none where that isn't known.
    pub reply_ms: Option<u64>,
}

/// An expectation beside what came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// The expectation's word in the suite's file.
    pub expect: String,
    /// What was expected, in words.
    pub wanted: String,
    /// Whether it holds.
    pub holds: bool,
    /// What came, where the reply itself doesn't show it. Untrusted.
    pub came: Option<String>,
    /// Why a judge says so. Untrusted.
    pub reason: Option<String>,
    /// The text that the reply is to be read beside; none where there is no such text.
    pub against: Option<String>,
}

impl Expectation {
    /// Its word in the suite's file.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Contains(_) => "contains",
            Self::NotContains(_) => "not_contains",
            Self::Matches(_) => "matches",
            Self::OneOf(_) => "one_of",
            Self::QuickReplies(_) => "quick_replies",
            Self::Words { .. } => "words",
            Self::FirstWordMs(_) => "first_word_ms",
            Self::ReplyMs(_) => "reply_ms",
            Self::Finish(_) => "finish",
            Self::Like { .. } => "like",
            Self::Judge(_) => "judge",
            Self::Answer(_) => "answer",
        }
    }

    /// Whether it holds of a reply; none for what a model has to say.
    pub fn check(&self, reply: &SuiteReply) -> Option<Check> {
        let check = |wanted: String, holds: bool| self.judged_as(wanted, holds);
        let beside = |check: Check, came: Option<String>| Check { came, ..check };
        Some(match self {
            Self::Contains(text) => check(quoted(text), has(&reply.text, text)),
            Self::NotContains(text) => check(quoted(text), !has(&reply.text, text)),
            Self::Matches(pattern) => check(format!("/{}/", pattern.as_str()), pattern.is_in(&reply.text)),
            Self::OneOf(texts) => {
                let came = spaced(&reply.text);
                let holds = texts.iter().any(|text| spaced(text) == came);
                let wanted = texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(" or ");
                Check { against: nearest(texts, &reply.text), ..check(wanted, holds) }
            }
            Self::QuickReplies(texts) => {
                let holds = texts.iter().all(|text| reply.quick_replies.contains(text));
                beside(check(list(texts), holds), Some(list(&reply.quick_replies)))
            }
            Self::Words { min, max } => {
                let count = u64::try_from(words(&reply.text)).unwrap_or(u64::MAX);
                let holds = min.is_none_or(|min| count >= min) && max.is_none_or(|max| count <= max);
                beside(check(range(*min, *max), holds), Some(count.to_string()))
            }
            Self::FirstWordMs(most) => timed(check, *most, reply.first_word_ms),
            Self::ReplyMs(most) => timed(check, *most, reply.reply_ms),
            Self::Finish(finish) => {
                let check = check(finish.as_str().to_owned(), *finish == reply.finish);
                beside(check, Some(reply.finish.as_str().to_owned()))
            }
            Self::Like { text, at_least, language } => {
                let came = likeness(&reply.text, text, *language);
                let check = check(format!("{at_least} or more of {}", quoted(text)), came >= *at_least);
                Check { came: Some(format!("{came:.2}")), against: Some(text.clone()), ..check }
            }
            Self::Judge(_) => return None,
            Self::Answer(wanted) => {
                let came = serde_json::from_str::<Value>(&reply.text).unwrap_or(Value::Null);
                let check = check(wanted.to_string(), holds_all(&came, wanted));
                Check { against: Some(wanted.to_string()), ..check }
            }
        })
    }

    /// What a judge said of it.
    pub fn judged(&self, holds: bool, reason: String) -> Check {
        let wanted = if let Self::Judge(statement) = self { statement.clone() } else { String::new() };
        Check { reason: Some(reason), ..self.judged_as(wanted, holds) }
    }

    fn judged_as(&self, wanted: String, holds: bool) -> Check {
        Check { expect: self.word().to_owned(), wanted, holds, came: None, reason: None, against: None }
    }
}

impl Check {
    /// What is expected of every reply: that it came to its end. None where it did, or where the suite says otherwise.
    pub fn of_the_end(expect: &[Expectation], finish: Finish, why: Option<String>) -> Option<Self> {
        let said = expect.iter().any(|expectation| matches!(expectation, Expectation::Finish(_)));
        let whole = matches!(finish, Finish::Stop | Finish::Length | Finish::Filtered);
        (!said && !whole).then(|| Self {
            expect: "finish".to_owned(),
            wanted: "a whole reply".to_owned(),
            holds: false,
            came: Some(why.map_or_else(|| finish.as_str().to_owned(), |why| format!("{}: {why}", finish.as_str()))),
            reason: None,
            against: None,
        })
    }
}

fn timed(check: impl Fn(String, bool) -> Check, most: u64, ms: Option<u64>) -> Check {
    let came = ms.map_or_else(|| "not known".to_owned(), |ms| ms.to_string());
    Check { came: Some(came), ..check(format!("at most {most}"), ms.is_some_and(|ms| ms <= most)) }
}

/// Whether a text has another, as a search finds it. What a search can't look for, such as an emoji, has to stand there.
fn has(text: &str, wanted: &str) -> bool {
    let (text, wanted) = (spaced(text), spaced(wanted));
    match Needle::new(&wanted) {
        Some(needle) => !needle.places(&text).is_empty(),
        None => text.contains(&wanted),
    }
}

/// Without white space around it, and one space where there is any.
fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text that is most like another; none where there is none.
fn nearest(texts: &[String], came: &str) -> Option<String> {
    let like = |text: &String| likeness(text, came, Language::None);
    texts.iter().max_by(|a, b| like(a).total_cmp(&like(b))).cloned()
}

/// Whether a value has all that another has: of objects each field, and of anything else the same.
fn holds_all(came: &Value, wanted: &Value) -> bool {
    match (came, wanted) {
        (Value::Object(came), Value::Object(wanted)) => {
            wanted.iter().all(|(key, wanted)| came.get(key).is_some_and(|came| holds_all(came, wanted)))
        }
        (Value::Array(came), Value::Array(wanted)) => {
            came.len() == wanted.len() && came.iter().zip(wanted).all(|(came, wanted)| holds_all(came, wanted))
        }
        (Value::Number(came), Value::Number(wanted)) => came == wanted || came.as_f64() == wanted.as_f64(),
        _ => came == wanted,
    }
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

fn list(texts: &[String]) -> String {
    if texts.is_empty() { "none".to_owned() } else { texts.iter().map(|t| quoted(t)).collect::<Vec<_>>().join(", ") }
}

fn range(min: Option<u64>, max: Option<u64>) -> String {
    match (min, max) {
        (Some(min), Some(max)) => format!("{min} to {max}"),
        (Some(min), None) => format!("at least {min}"),
        (None, Some(max)) => format!("at most {max}"),
        (None, None) => "any number".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn reply(text: &str) -> SuiteReply {
        SuiteReply {
            text: text.to_owned(),
            finish: Finish::Stop,
            quick_replies: vec!["Yes".to_owned(), "No".to_owned()],
            first_word_ms: Some(100),
            reply_ms: None,
        }
    }

    fn holds(expectation: &Expectation, text: &str) -> bool {
        expectation.check(&reply(text)).unwrap().holds
    }

    #[test]
    fn what_is_contained_is_found_as_a_search_finds_it() {
        let contains = |text: &str| Expectation::Contains(text.to_owned());
        for (wanted, text, found) in [
            ("eight planets", "There are EIGHT\n planets.", true),
            ("Paris", "in paris", false),
            ("cafe", "the Café", true),
            ("nine", "eight", false),
            ("👍", "ok 👍", true),
            ("👍", "ok", false),
        ] {
            assert_eq!(holds(&contains(wanted), text), found, "{wanted} {text}");
            assert_eq!(holds(&Expectation::NotContains(wanted.to_owned()), text), !found, "{wanted} {text}");
        }
    }

    #[test]
    fn each_expectation_says_what_came() {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let like = |at_least| Expectation::Like { text: "two words".to_owned(), at_least, language: Language::None };
        let text = "two  words\n";
        for (expectation, wanted, came) in [
            (Expectation::Matches(Pattern::new("^two").unwrap()), true, None),
            (Expectation::OneOf(texts(&["one", "two words"])), true, None),
            (Expectation::OneOf(texts(&["one"])), false, None),
            (Expectation::QuickReplies(texts(&["No"])), true, Some("\"Yes\", \"No\"")),
            (Expectation::QuickReplies(texts(&["no"])), false, Some("\"Yes\", \"No\"")),
            (Expectation::Words { min: None, max: Some(2) }, true, Some("2")),
            (Expectation::Words { min: Some(3), max: None }, false, Some("2")),
            (Expectation::FirstWordMs(100), true, Some("100")),
            (Expectation::FirstWordMs(99), false, Some("100")),
            (Expectation::ReplyMs(1_000), false, Some("not known")),
            (Expectation::Finish(Finish::Stop), true, Some("stop")),
            (Expectation::Finish(Finish::Length), false, Some("stop")),
            (like(1.0), true, Some("1.00")),
        ] {
            let check = expectation.check(&reply(text)).unwrap();
            assert_eq!((check.holds, check.came.as_deref()), (wanted, came), "{expectation:?}");
        }
        let judge = Expectation::Judge("it is polite".to_owned());
        assert_eq!(judge.check(&reply("x")), None);
        assert_eq!(judge.judged(true, "so it is".to_owned()).reason.as_deref(), Some("so it is"));
    }

    #[test]
    fn an_answer_may_have_more_than_is_expected_and_nothing_else() {
        let answer = Expectation::Answer(json!({"status": "shipped", "n": 1, "of": {"a": [1]}}));
        assert!(holds(&answer, r#"{"status":"shipped","n":1.0,"of":{"a":[1],"b":2},"more":true}"#));
        assert!(!holds(&answer, r#"{"status":"lost","n":1,"of":{"a":[1]}}"#));
        assert!(!holds(&answer, r#"{"status":"shipped","n":1,"of":{"a":[1,2]}}"#));
        assert!(!holds(&answer, "no JSON"));
    }

    #[test]
    fn a_reply_that_is_not_whole_fails_unless_that_is_expected() {
        assert_eq!(Check::of_the_end(&[], Finish::Length, None), None);
        let check = Check::of_the_end(&[], Finish::Cut, Some("it stopped".to_owned())).unwrap();
        assert_eq!((check.holds, check.came.as_deref()), (false, Some("cut: it stopped")));
        assert_eq!(Check::of_the_end(&[Expectation::Finish(Finish::Cut)], Finish::Cut, None), None);
    }
}
