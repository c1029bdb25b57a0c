//! The conversations that a new journal starts with, so that browsing has something to browse.
//!
//! They are written in `assets/sandbox/conversations.txt`, whose head explains its form; this room gives them ids and
//! times before the first start. Some times are in the form year-day-month, as the platform's own are.

use uuid::Builder;

use crate::domain::Timestamp;

use super::history::{ConversationEvent, StoredMessage};

const WRITTEN: &str = include_str!("../../assets/sandbox/conversations.txt");
const SPEAKERS: [(&str, &str); 3] = [("u: ", "user"), ("b: ", "assistant"), ("t: ", "admin")];
const MINUTE: i64 = 60_000;
/// Every so many conversations have the platform's odd dates, where those can't be taken for others.
const ODD: usize = 5;

/// A conversation as written: how many minutes ago it began, and who says what.
struct WrittenConversation {
    minutes_ago: i64,
    lines: Vec<(&'static str, String)>,
}

/// The seeded conversations, oldest first, as they would have been written down at the time.
pub(super) fn events(now: Timestamp) -> Vec<ConversationEvent> {
    let mut written = parse(WRITTEN);
    written.sort_by_key(|conversation| std::cmp::Reverse(conversation.minutes_ago));
    let mut ids = Ids(0x5EED);
    let mut events = Vec::new();
    for (number, conversation) in written.into_iter().enumerate() {
        let mut at = now.plus_millis(-conversation.minutes_ago * MINUTE - 17_346);
        let odd = number % ODD == 1;
        let id = ids.next();
        events.push(ConversationEvent::Opened { conversation: id.clone(), at: write(at, odd) });
        for (place, (role, text)) in conversation.lines.into_iter().enumerate() {
            let message = StoredMessage { id: ids.next(), role: role.to_owned(), text, at: write(at, odd) };
            events.push(ConversationEvent::Said { conversation: id.clone(), message });
            // People take longer than bots; never a round number.
            let thought = if role == "user" { 1_871 } else { 21_433 };
            at = at.plus_millis(thought + i64::try_from(place % 7).unwrap_or(0) * 1_237);
        }
    }
    events
}

/// RFC 3339, or with day and month exchanged, where the day is no month.
fn write(at: Timestamp, odd: bool) -> String {
    let text = at.to_rfc3339();
    match (text.get(..4), text.get(5..7), text.get(8..10), text.get(10..)) {
        (Some(year), Some(month), Some(day), Some(rest)) if odd && day > "12" => {
            format!("{year}-{day}-{month}{rest}")
        }
        _ => text,
    }
}

/// Ids that look random and are the same for every journal.
struct Ids(u64);

impl Ids {
    fn next(&mut self) -> String {
        let high = u128::from(self.step());
        let low = u128::from(self.step());
        Builder::from_random_bytes((high << 64 | low).to_be_bytes()).into_uuid().to_string()
    }

    /// One step of the generator `SplitMix64`.
    fn step(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

fn parse(text: &'static str) -> Vec<WrittenConversation> {
    let mut conversations: Vec<WrittenConversation> = Vec::new();
    let mut repeat = 0;
    let mut pattern: Vec<(&'static str, String)> = Vec::new();
    for line in text.lines().chain(["== 0d 0h 0m"]) {
        if let Some(ago) = line.strip_prefix("==") {
            if let Some(last) = conversations.last_mut() {
                last.lines.extend(repeated(&pattern, repeat));
            }
            pattern.clear();
            repeat = 0;
            conversations.push(WrittenConversation { minutes_ago: minutes(ago), lines: Vec::new() });
            continue;
        }
        if let Some(times) = line.strip_prefix("%%") {
            repeat = times.trim().parse().unwrap_or(0);
            continue;
        }
        let Some(conversation) = conversations.last_mut() else { continue };
        let lines = if repeat > 0 { &mut pattern } else { &mut conversation.lines };
        match SPEAKERS.iter().find_map(|(sign, role)| Some((*role, line.strip_prefix(sign)?))) {
            Some((role, text)) => lines.push((role, text.to_owned())),
            None => {
                if let Some((_, text)) = lines.last_mut() {
                    text.push('\n');
                    text.push_str(line);
                }
            }
        }
    }
    conversations.pop();
    for (_, text) in conversations.iter_mut().flat_map(|conversation| &mut conversation.lines) {
        text.truncate(text.trim_end().len());
    }
    conversations
}

/// `3d 4h 5m` in minutes.
fn minutes(text: &str) -> i64 {
    let part = |part: &str| {
        let (number, unit) = part.split_at(part.len().saturating_sub(1));
        number.parse::<i64>().unwrap_or(0) * [("d", 1_440), ("h", 60)].iter().find(|u| u.0 == unit).map_or(1, |u| u.1)
    };
    text.split_whitespace().map(part).sum()
}

/// The pattern so many times: `{n}` is the count, and of `{a|b|c}` each time takes the next.
fn repeated(pattern: &[(&'static str, String)], times: usize) -> Vec<(&'static str, String)> {
    let one = |n: usize| pattern.iter().map(move |(role, text)| (*role, fill(text, n)));
    (1..=times).flat_map(one).collect()
}

fn fill(text: &str, n: usize) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (choice, after) = after.split_once('}').unwrap_or((after, ""));
        let choices: Vec<&str> = choice.split('|').collect();
        filled.push_str(before);
        match choices.get((n - 1) % choices.len()) {
            Some(&"n") | None => filled.push_str(&n.to_string()),
            Some(choice) => filled.push_str(choice),
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_763_647_200_000);

    #[test]
    fn there_are_a_few_dozen_conversations_of_every_length() {
        let written = parse(WRITTEN);
        assert!((36..=60).contains(&written.len()), "{}", written.len());
        let lengths: Vec<usize> = written.iter().map(|conversation| conversation.lines.len()).collect();
        assert!(lengths.iter().all(|length| (2..=240).contains(length)), "{lengths:?}");
        assert_eq!(lengths.iter().filter(|length| **length == 240).count(), 1);
        assert!(lengths.contains(&60));
        let texts = written.iter().flat_map(|conversation| &conversation.lines);
        for (_, text) in texts {
            assert!(!text.is_empty() && !text.contains(['{', '}']), "{text:?}");
        }
    }

    #[test]
    fn they_lie_in_the_past_in_order_and_are_the_same_every_time() {
        let seeded = events(NOW);
        assert_eq!(seeded, events(NOW));
        let opened = seeded.iter().filter_map(|event| match event {
            ConversationEvent::Opened { at, .. } => Some(at.as_str()),
            ConversationEvent::Said { .. } => None,
        });
        let (odd, plain): (Vec<&str>, Vec<&str>) = opened.partition(|at| Timestamp::parse_rfc3339(at).is_none());
        assert!((2..=12).contains(&odd.len()), "{odd:?}");
        assert!(odd.iter().all(|at| at[5..7].parse::<u8>().unwrap() > 12), "{odd:?}");
        assert!(plain.is_sorted() && plain.iter().all(|at| Timestamp::parse_rfc3339(at).unwrap() < NOW));
        let last = seeded.iter().filter_map(|event| match event {
            ConversationEvent::Said { message, .. } => Timestamp::parse_rfc3339(&message.at),
            ConversationEvent::Opened { .. } => None,
        });
        assert!(last.max().unwrap() < NOW);
    }

    #[test]
    fn a_pattern_repeats_with_its_count_and_its_choices() {
        let pattern = [("user", "Delivery {n} of {a|b}?".to_owned())];
        let texts: Vec<String> = repeated(&pattern, 3).into_iter().map(|(_, text)| text).collect();
        assert_eq!(texts, ["Delivery 1 of a?", "Delivery 2 of b?", "Delivery 3 of a?"]);
    }
}
