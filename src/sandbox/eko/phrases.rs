//! What people on Eko say: to what the bot wrote, and by themselves.

use super::state::BotContent;

/// Which of the words is taken is counted, so that nobody says the same thing twice in a row.
fn pick(words: &[&str], turn: usize) -> String {
    words.get(turn % words.len().max(1)).copied().unwrap_or_default().to_owned()
}

const TO_A_QUESTION: &[&str] = &[
    "Yes, that works for me 👍",
    "Not sure, let me ask around and come back to you.",
    "No, not today. Tomorrow would be fine.",
    "I think so – can you check once more, please?",
    "ได้ค่ะ เดี๋ยวดูให้นะคะ (yes, I'll have a look)",
];
const TO_A_GREETING: &[&str] = &[
    "Hi! Good to hear from you.",
    "Hello 👋 What's up?",
    "สวัสดีค่ะ! Hello from the Rama 9 store.",
    "Hey. A minute, I'm with a customer.",
];
const TO_THANKS: &[&str] = &["You're welcome!", "Any time.", "ยินดีค่ะ 🙏"];
const TO_ANYTHING: &[&str] = &[
    "OK, got it.",
    "Thanks, I'll pass it on to the early shift.",
    "Understood. Is there a deadline for that?",
    "รับทราบค่ะ (noted)",
    "Good to know.\nI'll write again when it is done.",
];
const TO_A_PICTURE: &[&str] = &["Nice picture, thanks!", "I see it. The one on the left, right?", "Looks good 👌"];
const TO_A_FILE: &[&str] = &["Got the file, I'll read it after lunch.", "Thanks, I can open it."];

const GREETINGS: &[&str] = &["hi", "hello", "hey", "good morning", "good evening", "สวัสดี"];

/// What somebody says to what the bot wrote; nothing where they were asked for silence.
pub(super) fn reply_to(content: &BotContent, turn: usize) -> Option<String> {
    let text = match content {
        BotContent::Picture => return Some(pick(TO_A_PICTURE, turn)),
        BotContent::File => return Some(pick(TO_A_FILE, turn)),
        BotContent::Choices(choices) => return choices.get(turn % choices.len().max(1)).cloned(),
        BotContent::Text(text) => text,
    };
    if let Some(same) = text.strip_prefix("/echo ") {
        return Some(same.to_owned());
    }
    if text.trim() == "/silent" {
        return None;
    }
    let lower = text.to_lowercase();
    let words = if lower.contains("thank") {
        TO_THANKS
    } else if lower.contains('?') {
        TO_A_QUESTION
    } else if GREETINGS.iter().any(|greeting| lower.trim_start().starts_with(greeting)) {
        TO_A_GREETING
    } else {
        TO_ANYTHING
    };
    Some(pick(words, turn))
}

/// What people come up with themselves: who (by number), whether in the group's topic, and the words.
const UNPROMPTED: &[(usize, bool, &str)] = &[
    (0, false, "Hello bot, when does the next delivery come?"),
    (1, true, "Truck is here, 14 pallets. Two of them are damaged 📦"),
    (2, false, "Is the holiday request form still the one from last year?"),
    (0, true, "พาเลทที่เสียหายวางไว้ที่ประตู 3 นะคะ (the damaged ones are at gate 3)"),
    (1, false, "Could you remind me at four to count the till?"),
    (2, true, "I'll take the photos for the claim.\nWho signs it?"),
    (3, false, "Thanks, I found the handbook!"),
    (0, false, "One more: do we have enough paper bags for the weekend?"),
];

/// The `turn`th thing that somebody says unprompted.
pub(super) fn unprompted(turn: usize) -> (usize, bool, &'static str) {
    UNPROMPTED.get(turn % UNPROMPTED.len()).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(text: &str, turn: usize) -> Option<String> {
        reply_to(&BotContent::Text(text.to_owned()), turn)
    }

    #[test]
    fn an_answer_has_to_do_with_what_was_written() {
        assert_eq!(say("/echo \u{1b}[2J as it is ", 3).as_deref(), Some("\u{1b}[2J as it is "));
        assert_eq!(say("/silent", 0), None);
        assert_eq!(say("Many THANKS", 0).as_deref(), Some("You're welcome!"));
        assert_eq!(say("Hello there", 0).as_deref(), Some("Hi! Good to hear from you."));
        assert_eq!(say("Can you come?", 0).as_deref(), Some("Yes, that works for me 👍"));
        let choices = BotContent::Choices(vec!["tea".to_owned(), "coffee".to_owned()]);
        assert_eq!(reply_to(&choices, 5).as_deref(), Some("coffee"));
        assert_ne!(reply_to(&BotContent::Picture, 0), reply_to(&BotContent::File, 0));
    }

    #[test]
    fn nobody_says_the_same_thing_twice_in_a_row() {
        for turn in 0..20 {
            assert_ne!(say("so be it", turn), say("so be it", turn + 1));
            assert_ne!(unprompted(turn).2, unprompted(turn + 1).2);
        }
    }
}
