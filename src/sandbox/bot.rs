//! The bot: what it says to a message, from the documents and from what was said before.
//!
//! It composes the whole reply at once; how fast that is spoken is `paced_reply`'s business. It keeps nothing itself: a
//! follow-up is understood from the history, so any process that serves the journal answers it alike.

use super::history::StoredMessage;
use super::retrieval::{DocumentSection, SectionHit, SectionIndex};
use super::source_store::SyncedDocuments;

/// How it opens a conversation.
pub(super) const GREETING: &str = "Hello, I'm the sandbox's bot and I answer questions about Patchcord from its own \
     documents – try “**Which key makes a new line?**”";

/// The most deltas that a flood may have.
const LARGEST_FLOOD: u32 = 200_000;
/// How many sections a question may find, and so how often “tell me more” has something to tell.
const DEPTH: usize = 8;
/// How good a second section must be, beside the best one, to be quoted with it; and how long they may be together.
const AS_GOOD: f32 = 0.85;
const ROOM_FOR_TWO: usize = 900;
/// How many documents it offers by name.
const MOST_OFFERED: usize = 40;

const HELLO: &[&str] =
    &["hi", "hello", "hey", "hi there", "hello there", "hey there", "good morning", "good evening"];
const THANKS: &[&str] =
    &["thanks", "thank you", "thx", "cheers", "thanks a lot", "thank you very much", "great thanks"];
const BYE: &[&str] = &["bye", "goodbye", "see you", "good night", "bye bye"];
const HELP: &[&str] = &["help", "?", "what can you do", "what do you know", "who are you", "start again"];
const MORE: &[&str] = &[
    "more",
    "tell me more",
    "go on",
    "continue",
    "and",
    "what else",
    "more please",
    "say more",
    "tell me more please",
    "anything else",
];

/// What it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum BotReply {
    /// This.
    Text(String),
    /// So many tiny deltas, as fast as they go: for measuring.
    Flood(u32),
}

/// The bot.
pub(super) struct Bot {
    index: SectionIndex,
    /// The names of its first documents, and how many it has in all.
    names: Vec<String>,
    documents: usize,
}

impl Bot {
    /// A bot that knows the documents of these sources.
    pub(super) fn from_documents(sources: &[SyncedDocuments]) -> Self {
        let documents = || sources.iter().flat_map(|documents| documents.iter());
        Self {
            index: SectionIndex::build(documents().map(|document| (&*document.name, &*document.text))),
            names: documents().take(MOST_OFFERED).map(|document| document.name.to_string()).collect(),
            documents: documents().count(),
        }
    }

    /// What it answers to a message after what was said before.
    pub(super) fn answer(&self, before: &[StoredMessage], message: &str) -> BotReply {
        Self::command(message).unwrap_or_else(|| BotReply::Text(self.converse(before, message)))
    }

    /// What it answers to one of its commands; none for all other messages.
    pub(super) fn command(message: &str) -> Option<BotReply> {
        if let Some(text) = message.strip_prefix("/echo ") {
            return Some(BotReply::Text(text.to_owned()));
        }
        let count = message.strip_prefix("/flood ")?;
        Some(match count.trim().parse() {
            Ok(count @ 1..=LARGEST_FLOOD) => BotReply::Flood(count),
            _ => BotReply::Text(format!("`/flood N` takes a number from 1 to {LARGEST_FLOOD}.")),
        })
    }

    /// The sections that have most to do with a message, for a model to answer from.
    pub(super) fn sections(&self, before: &[StoredMessage], message: &str) -> Vec<&DocumentSection> {
        let (question, _) = resolve_question(before, message);
        self.index.search(question, 4).into_iter().map(|hit| hit.section).collect()
    }

    fn converse(&self, before: &[StoredMessage], message: &str) -> String {
        let plain = normalize(message);
        let is = |phrases: &[&str]| phrases.contains(&plain.as_str());
        if is(HELLO) {
            return GREETING.to_owned();
        }
        if is(THANKS) {
            return "You're welcome. Ask on whenever you like.".to_owned();
        }
        if is(BYE) {
            return "Goodbye! What we said stays in the roster.".to_owned();
        }
        if is(HELP) {
            return self.list_documents("I'm the sandbox's bot. I answer about Patchcord from its documents:");
        }
        let (question, deeper) = resolve_question(before, message);
        if is(MORE) && question == message {
            return self.list_documents("More about what? I can tell you something about these:");
        }
        let hits = self.index.search(question, DEPTH);
        let groups = group_hits(&hits);
        match groups.get(deeper) {
            Some(group) => quote(group, deeper + 1 < groups.len()),
            None if deeper > 0 => "That is all that my documents say about it.".to_owned(),
            None => unknown(),
        }
    }

    fn list_documents(&self, opening: &str) -> String {
        if self.documents == 0 {
            return "I'm the sandbox's bot, and I have nothing to answer from: no data source is synced.".to_owned();
        }
        let more = self.documents - self.names.len();
        let rest = if more > 0 { format!("\n- and {more} more") } else { String::new() };
        format!("{opening}\n\n- {}{rest}", self.names.join("\n- "))
    }
}

/// The question that a message asks, and how many answers to it were given before: a follow-up asks the earlier one.
fn resolve_question<'a>(before: &'a [StoredMessage], message: &'a str) -> (&'a str, usize) {
    let is_more = |text: &str| MORE.contains(&normalize(text).as_str());
    if !is_more(message) {
        return (message, 0);
    }
    let mut asked = (1..).zip(before.iter().rev().filter(|said| said.role == "user"));
    let first = asked.find(|(_, said)| !is_more(&said.text));
    first.map_or((message, 0), |(deeper, said)| (&said.text, deeper))
}

/// A message without what only decorates it.
fn normalize(message: &str) -> String {
    let lower = message.trim().to_lowercase();
    let kept: String = if lower == "?" {
        lower
    } else {
        lower.chars().filter(|c| c.is_alphanumeric() || c.is_whitespace() || *c == '\'').collect()
    };
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Puts the sections into answers: one each, but the first two together where they are as good and short.
fn group_hits<'a>(hits: &'a [SectionHit<'a>]) -> Vec<Vec<&'a DocumentSection>> {
    let mut groups: Vec<Vec<&DocumentSection>> = hits.iter().map(|hit| vec![hit.section]).collect();
    if let [first, second, ..] = hits
        && second.score >= first.score * AS_GOOD
        && first.section.text.len() + second.section.text.len() <= ROOM_FOR_TWO
    {
        groups.remove(1);
        groups[0].push(second.section);
    }
    groups
}

fn quote(sections: &[&DocumentSection], more: bool) -> String {
    let texts: Vec<&str> = sections.iter().map(|section| section.text.as_str()).collect();
    let sources: Vec<String> = sections
        .iter()
        .map(|DocumentSection { document, heading, .. }| {
            if document == heading {
                format!("“{document}”")
            } else {
                format!("“{document}”, section “{heading}”")
            }
        })
        .collect();
    let rest = if more { " There is more: say “tell me more”." } else { "" };
    format!("{}\n\n*From {}.*{rest}", texts.join("\n\n"), sources.join(" and "))
}

fn unknown() -> String {
    "I don't know: my documents say nothing about that. They are about Patchcord; you could ask\n\n\
     1. How do I connect a Chat Thing channel?\n\
     2. What happens to a message when the connection breaks?\n\
     3. How do I rehearse a fault with the sandbox?"
        .to_owned()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::documents::DOCUMENTS;
    use super::super::source_store::SyncedDocument;
    use super::*;

    fn user(text: &str) -> StoredMessage {
        StoredMessage { id: String::new(), role: "user".to_owned(), text: text.to_owned(), at: String::new() }
    }

    fn bot() -> Bot {
        let document = |(name, text): &(&str, &str)| SyncedDocument { name: (*name).into(), text: (*text).into() };
        Bot::from_documents(&[Arc::new(DOCUMENTS.iter().map(document).collect())])
    }

    fn text(before: &[StoredMessage], message: &str) -> String {
        match bot().answer(before, message) {
            BotReply::Text(text) => text,
            BotReply::Flood(count) => panic!("a flood of {count}"),
        }
    }

    #[test]
    fn questions_find_the_document_that_answers_them() {
        for (question, document, word) in [
            ("Which key makes a new line?", "Keys", "Ctrl+J"),
            ("how can I quit?", "Keys", "Ctrl+C"),
            ("How do I connect a Chat Thing channel?", "Connecting a Chat Thing channel", "channel_id"),
            ("what is patchcord", "What Patchcord is", "terminal"),
            ("What does exit code 9 mean?", "Commands and exit codes", "unknown_delivery"),
            ("What happens to a message when the connection breaks?", "Drafts and the outbox", "unknown"),
            ("How do I edit what the bot knows?", "Data sources", "Alt+2"),
            ("How do I teach my bot something new?", "Data sources", "syncs"),
            ("How do I pull a source as a folder?", "Data sources", "sources pull"),
            ("What does not_synced mean?", "Data sources", "sync_error"),
            ("how do I make a sync fail in the sandbox", "The sandbox", "sync fails"),
            ("What happens when somebody else changed the row I edit?", "Data sources", "theirs"),
            ("How do I rehearse a fault with the sandbox?", "The sandbox", "_sandbox/faults"),
            ("where do you keep my secrets", "Config and secrets", "env"),
            ("How do I export a conversation as markdown?", "Conversations and export", "--format"),
            ("How many planets are there in the solar system?", "Markdown showcase", "Mercury"),
            ("Which platforms are supported?", "Platforms", "Operator"),
            ("can I stop a reply while it streams?", "Streaming", "Esc"),
            ("Do webhooks work?", "Webhooks", "listen"),
            ("How do I connect KLaunch?", "Connecting a KLaunch channel", "send_url"),
            ("what are quick replies", "Connecting a KLaunch channel", "1"),
            ("How do I answer a data request?", "Data requests (OpTech)", "requests answer"),
            ("Which rules can answer data requests?", "Data requests (OpTech)", "template"),
            ("How do I look people up on Eko?", "Connecting an Eko channel", "people find"),
            ("Why is Operator read only?", "Connecting an Operator channel", "2025-06-19"),
            ("Are escape sequences from a bot dangerous?", "Privacy and safety", "escape"),
        ] {
            let answer = text(&[], question);
            assert!(answer.contains(&format!("“{document}”")) && answer.contains(word), "{question}: {answer}");
        }
    }

    /// What a text of ours shows as a message to a bot: behind `patchcord chat`, in a JSON body, in bold.
    fn shown(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        for line in text.lines().map(|line| line.replace("\\\"", "\"")) {
            let commands =
                line.match_indices("patchcord chat").map(|(at, _)| line[at..].split(['`', '#']).next().unwrap_or(""));
            for command in commands {
                // What is not in quotes is one word, behind the flags.
                match command.split('"').nth(1) {
                    Some(message) => found.push(message.to_owned()),
                    None if command.trim_end().ends_with(" hello") => found.push("hello".to_owned()),
                    None => {}
                }
            }
            let bodies = line.split("\"message\":\"").skip(1).filter_map(|rest| rest.split('"').next());
            found.extend(bodies.map(str::to_owned));
            found.extend(line.split("**").skip(1).step_by(2).filter(|part| part.ends_with('?')).map(str::to_owned));
            found.extend(
                line.trim()
                    .strip_suffix('?')
                    .and_then(|q| q.get(3..).filter(|_| q.as_bytes()[1] == b'.'))
                    .map(|q| format!("{q}?")),
            );
        }
        found
    }

    #[test]
    fn every_message_that_is_shown_gets_a_fitting_answer() {
        // Where it is asked after another one, that one; and what the answer has to say.
        let answers: [(&str, &str, &str); 14] = [
            ("How do I add a newline?", "", "Ctrl+J"),
            ("Which key makes a new line?", "", "Ctrl+J"),
            ("go on", "What happens to a message when the connection breaks?", "message"),
            ("hello", "", "I answer questions about Patchcord"),
            ("How many planets are there?", "", "Mercury"),
            ("And moons?", "How many planets are there?", "moon"),
            ("and the moons?", "How many planets are there?", "moon"),
            ("How do I connect a channel?", "", "[[channels]]"),
            ("What does a sync do?", "", "sync"),
            ("--all: what does it list?", "", "--all"),
            ("How do I connect a Chat Thing channel?", "", "channel_id"),
            ("What happens to a message when the connection breaks?", "", "unknown"),
            ("How do I rehearse a fault with the sandbox?", "", "_sandbox/faults"),
            ("What is the distance to the moon?", "", "384"),
        ];
        // To people, with a file that a bot looks at, and no question at all.
        let to_others = ["Coming?", "See this", "take your time"];
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut texts = vec![GREETING.to_owned(), unknown()];
        let help =
            ["src/cli/args.rs", "src/cli/args/conversations.rs", "src/cli/args/folder.rs", "src/cli/args/sources.rs"];
        for file in ["README.md", "config.example.toml"].iter().chain(&help) {
            texts.push(std::fs::read_to_string(root.join(file)).unwrap());
        }
        for page in std::fs::read_dir(root.join("docs")).unwrap() {
            texts.push(std::fs::read_to_string(page.unwrap().path()).unwrap());
        }
        texts.extend(DOCUMENTS.iter().map(|(_, text)| (*text).to_owned()));
        let (mut asked, mut wrong) = (0, Vec::new());
        for message in texts.iter().flat_map(|text| shown(text)) {
            if to_others.contains(&message.as_str()) {
                continue;
            }
            let known = answers.iter().find(|(question, ..)| *question == message);
            let (question, before, word) =
                known.unwrap_or_else(|| panic!("what is a fitting answer to “{message}”?"));
            let before: Vec<StoredMessage> = if before.is_empty() { Vec::new() } else { vec![user(before)] };
            let answer = text(&before, question);
            if !answer.contains(word) || answer == unknown() {
                wrong.push(format!("{question}: {answer}"));
            }
            asked += 1;
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
        assert!(asked >= 12, "{asked} messages were found");
    }

    #[test]
    fn it_knows_its_own_keys() {
        let mut wrong = Vec::new();
        for (question, key) in [
            ("How do I copy a message?", "| `y` | Transcript"),
            ("How can I copy code from a reply?", "`Y`"),
            ("How do I copy text to the clipboard?", "`y`"),
            ("How do I quit?", "`Ctrl+C`"),
            ("How do I exit the program?", "`Ctrl+C`"),
            ("How do I leave Patchcord?", "`Ctrl+C`"),
            ("How do I search?", "`Ctrl+F`"),
            ("How do I find something in this conversation?", "`Ctrl+F`"),
            ("How do I search everywhere?", "`Alt+5`"),
            ("How do I search all conversations?", "`Alt+5`"),
            ("How do I make a new line?", "`Ctrl+J`"),
            ("What is the key for a line break?", "`Ctrl+J`"),
            ("How do I stop a reply?", "`Esc`"),
            ("How do I cancel a reply that is too long?", "`Esc`"),
            ("How do I switch channels?", "`Ctrl+T`"),
            ("How do I change the channel?", "`Ctrl+T`"),
            ("How do I attach a file?", "`F4`"),
            ("Which key sends a picture?", "`F4`"),
            ("How do I send a message?", "`Enter`"),
            ("How do I start a new conversation?", "`Ctrl+N`"),
            ("Which key begins a new chat?", "`Ctrl+N`"),
            ("How do I filter the roster?", "`/`"),
            ("How do I scroll?", "`PgUp`"),
            ("How do I scroll up?", "`PgUp`"),
            ("How do I go to the newest message?", "`End`"),
            ("How do I see all keys?", "`F1`"),
            ("Where is the help?", "`F1`"),
            ("What are the keyboard shortcuts?", "F1"),
            ("How do I edit my last message?", "`e`"),
            ("How do I write in vim?", "`Ctrl+O`"),
            ("How do I open my editor?", "`Ctrl+O`"),
            ("How do I go to the next pane?", "`Tab`"),
            ("How do I move the focus?", "`Tab`"),
            ("How do I select text with the mouse?", "`F2`"),
            ("Which key exports a conversation?", "`x`"),
            ("Which key answers a data request?", "`a`"),
            ("How do I select several messages?", "`v`"),
            ("Which key shows the details of a message?", "`Enter`"),
            ("Which key opens the Webhooks view?", "`Alt+3`"),
            ("How do I undo a change of a row?", "`u`"),
            ("How do I suspend it?", "`Ctrl+Z`"),
            ("The screen is garbled, how do I redraw it?", "`Ctrl+L`"),
            ("How do I replay a webhook?", "`r`"),
            ("How do I resend a message?", "`s`"),
        ] {
            let answer = text(&[], question);
            if !(answer.contains("“Keys”") && answer.contains(key)) {
                wrong.push(format!("{question}: {answer}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    }

    #[test]
    fn nonsense_is_answered_honestly_with_three_suggestions() {
        for question in ["Qwxzy blorptang frobnicates?", "Who won the football cup in 1974?"] {
            let answer = text(&[], question);
            assert!(answer.starts_with("I don't know"), "{question}: {answer}");
            assert_eq!(answer.lines().filter(|line| line.ends_with('?')).count(), 3);
        }
    }

    #[test]
    fn its_own_suggestions_have_answers() {
        let unknown = unknown();
        let suggested: Vec<&str> =
            unknown.lines().filter(|line| line.ends_with('?')).map(|line| &line[3..]).collect();
        assert_eq!(suggested.len(), 3);
        for question in suggested.into_iter().chain(["Which key makes a new line?"]) {
            assert!(text(&[], question).contains("*From"), "{question}");
        }
    }

    #[test]
    fn a_follow_up_gives_the_next_best_section_until_there_is_none() {
        let question = "How does the outbox treat an unknown message?";
        let mut before = Vec::new();
        let mut answers = vec![text(&before, question)];
        before.push(user(question));
        while !answers.last().unwrap().starts_with("That is all") {
            answers.push(text(&before, "Tell me more!"));
            before.push(user("tell me more"));
            assert!(answers.len() <= DEPTH + 1);
        }
        assert!(answers.len() > 2, "{answers:?}");
        let mut distinct = answers.clone();
        distinct.sort();
        distinct.dedup();
        assert_eq!(distinct.len(), answers.len());
        assert!(text(&[], "tell me more").starts_with("More about what?"));
    }

    #[test]
    fn small_talk_is_met_with_small_talk() {
        assert_eq!(text(&[], "Hello!"), GREETING);
        assert!(text(&[], "Thank you.").starts_with("You're welcome"));
        assert!(text(&[], "bye").starts_with("Goodbye"));
        assert!(text(&[], "What can you do?").contains("- Keys"));
        assert!(text(&[], "?").contains("- Keys"));
    }

    #[test]
    fn an_echo_is_exact_and_a_flood_is_counted() {
        assert_eq!(text(&[], "/echo  \u{1b}[31mred\u{202e} "), " \u{1b}[31mred\u{202e} ");
        assert_eq!(bot().answer(&[], "/flood 16384"), BotReply::Flood(16_384));
        for wrong in ["/flood 0", "/flood 200001", "/flood many"] {
            assert!(text(&[], wrong).contains("takes a number"));
        }
    }
}
