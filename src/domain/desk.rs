//! What a user keeps of a conversation for themself: a pin, labels, a note, whether it is out of the way, and until when
//! it sleeps. No platform is ever told of it.

use super::{ChannelName, Conversation, ConversationId, Role, Timestamp};

/// The longest label, in characters.
const LONGEST_LABEL: usize = 40;
/// The most labels that one conversation has.
const MOST_LABELS: usize = 50;
/// The longest note, in bytes.
const LONGEST_NOTE: usize = 64 * 1024;

/// What is kept of one conversation. Of one of which nothing is kept, the default.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeskEntry {
    /// Whether it stands above the others.
    pub pinned: bool,
    /// Since when it is out of the way; none where it isn't. A new message brings it back.
    pub archived: Option<Timestamp>,
    /// Its labels, in order, each once.
    pub labels: Vec<Label>,
    /// What is noted of it; empty where nothing is. Lines as they were written.
    pub note: String,
    /// Its sleep, until somebody looks at it after that.
    pub snooze: Option<Snooze>,
}

/// A conversation that sleeps, or woke and was not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Snooze {
    /// Since when.
    pub since: Timestamp,
    /// When it wakes by itself; none where only a new message wakes it.
    pub until: Option<Timestamp>,
    /// Since when it is awake again.
    pub woke: Option<Timestamp>,
}

impl DeskEntry {
    /// Whether nothing is kept.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it sleeps, and so is out of the way.
    pub fn sleeps(&self) -> bool {
        self.snooze.is_some_and(|snooze| snooze.woke.is_none())
    }

    /// Whether it woke, and nobody has looked at it since.
    pub fn reminds(&self) -> bool {
        self.snooze.is_some_and(|snooze| snooze.woke.is_some())
    }

    /// Whether lists leave it out unless they are asked for such.
    pub fn is_away(&self) -> bool {
        self.archived.is_some() || self.sleeps()
    }

    /// What it is after a change.
    ///
    /// # Errors
    ///
    /// Why the change can't be, in a sentence: there would be too many labels, or the note is too long.
    pub fn apply(&mut self, change: &DeskChange, now: Timestamp) -> Result<(), &'static str> {
        match change {
            DeskChange::Pin(pin) => self.pinned = *pin,
            DeskChange::Archive(archive) => {
                self.archived = archive.then(|| self.archived.unwrap_or(now));
            }
            DeskChange::Label { add, remove } => {
                let mut labels = self.labels.clone();
                labels.retain(|label| !remove.contains(label));
                labels.extend(add.iter().cloned());
                labels.sort();
                labels.dedup();
                if labels.len() > MOST_LABELS {
                    return Err("A conversation has 50 labels at the most.");
                }
                self.labels = labels;
            }
            DeskChange::Note(note) => {
                if note.len() > LONGEST_NOTE {
                    return Err("A note is 64 KiB long at the most.");
                }
                let kept = note.trim_end();
                self.note = if kept.trim().is_empty() { String::new() } else { kept.to_owned() };
            }
            DeskChange::Snooze(until) => self.snooze = Some(Snooze { since: now, until: *until, woke: None }),
            DeskChange::Wake => self.snooze = None,
        }
        Ok(())
    }
}

/// A conversation with what is kept of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskRow {
    /// Its channel.
    pub channel: ChannelName,
    /// Its id.
    pub conversation: ConversationId,
    /// What is kept; empty where nothing is.
    pub entry: DeskEntry,
}

/// Something that a user does to conversations, for themself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeskChange {
    /// Puts them above the others, or takes them down.
    Pin(bool),
    /// Puts them out of the way, or back.
    Archive(bool),
    /// Gives them labels, and takes others off.
    Label {
        /// What they have then.
        add: Vec<Label>,
        /// What they don't have then.
        remove: Vec<Label>,
    },
    /// Replaces what is noted; with nothing but blanks, forgets it.
    Note(String),
    /// Lets them sleep until then, or, with none, until a message comes.
    Snooze(Option<Timestamp>),
    /// Ends a sleep, or says that who woke was looked at.
    Wake,
}

/// What became of a change: what was kept before, and what is kept now, of the same conversations in the same order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeskChanged {
    /// What was kept.
    pub before: Vec<DeskRow>,
    /// What is kept.
    pub after: Vec<DeskRow>,
}

/// Which conversations of all channels are asked for. All that is said has to hold; of what says nothing all are left but
/// those that are out of the way.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a filter by itself")]
pub struct DeskFilter {
    /// The channel's name, the title or the id answers this, as lists are filtered.
    pub text: String,
    /// Something came that was not looked at, or a sleep ended.
    pub unread: bool,
    /// Somebody waits: the last words are theirs.
    pub waiting: bool,
    /// It is pinned.
    pub pinned: bool,
    /// It has that label.
    pub label: Option<Label>,
    /// It is archived, in place of those that are not.
    pub archived: bool,
    /// It sleeps, in place of those that don't.
    pub snoozed: bool,
}

impl DeskFilter {
    /// Reads what is typed to narrow a list: `label:vip`, `is:pinned`, `is:archived`, `is:snoozed`, `is:unread`,
    /// `is:waiting`; all else is text.
    pub fn read(typed: &str) -> Self {
        let mut filter = Self::default();
        let mut words = Vec::new();
        for word in typed.split_whitespace() {
            let said = |flag: &mut bool| {
                *flag = true;
                true
            };
            let known = match word.to_lowercase().split_once(':') {
                Some(("is", "pinned")) => said(&mut filter.pinned),
                Some(("is", "archived")) => said(&mut filter.archived),
                Some(("is", "snoozed")) => said(&mut filter.snoozed),
                Some(("is", "unread")) => said(&mut filter.unread),
                Some(("is", "waiting")) => said(&mut filter.waiting),
                Some(("label", label)) => {
                    filter.label = Label::parse(label).ok();
                    filter.label.is_some()
                }
                _ => false,
            };
            if !known {
                words.push(word);
            }
        }
        filter.text = words.join(" ");
        filter
    }

    /// Whether only what something is kept of can be left.
    pub fn asks_for_kept(&self) -> bool {
        self.pinned || self.label.is_some() || self.archived || self.snoozed
    }

    /// Whether what is kept of a conversation is what is asked for.
    pub fn takes(&self, entry: &DeskEntry) -> bool {
        (!self.pinned || entry.pinned)
            && self.label.as_ref().is_none_or(|label| entry.labels.contains(label))
            && self.archived == entry.archived.is_some()
            && self.snoozed == entry.sleeps()
    }
}

/// A conversation in the list of all channels'.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskItem {
    /// Its channel.
    pub channel: ChannelName,
    /// The conversation, as its platform lists it.
    pub conversation: Conversation,
    /// When something last happened in it, where that is known.
    pub activity: Option<Timestamp>,
    /// Whether something was typed in it and not sent.
    pub has_draft: bool,
    /// What is kept of it.
    pub entry: DeskEntry,
    /// Whether something came that was not looked at.
    pub unread: bool,
    /// What was said last, where a message is known.
    pub last: Option<LastWords>,
}

/// What was said last in a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastWords {
    /// Who said it.
    pub role: Role,
    /// Whether it was said from here.
    pub ours: bool,
    /// Its beginning. Untrusted.
    pub text: String,
}

/// A page of that list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeskPage {
    /// The pinned ones first where it is the first page; else newest activity first.
    pub items: Vec<DeskItem>,
    /// Where the next page begins; none at the end.
    pub next: Option<String>,
}

/// A word that conversations are sorted by: letters, digits, `-`, `_`, `.` and `/`, in lower case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label(String);

impl Label {
    /// Reads a label as a person writes it; capitals are no difference.
    ///
    /// # Errors
    ///
    /// What a label is, in a sentence, where this is none.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim().to_lowercase();
        let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
        if text.is_empty() || text.chars().count() > LONGEST_LABEL || !text.chars().all(fits) {
            return Err(format!(
                "A label is letters, digits, '-', '_', '.' and '/', {LONGEST_LABEL} at the most, without blanks."
            ));
        }
        Ok(Self(text))
    }

    /// Its text, which holds nothing that a terminal or a file acts on.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Label {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Reads the labels of a line: divided by blanks or commas; with a minus before it, one that is to be taken off.
///
/// # Errors
///
/// What a label is, where one of them is none.
pub fn read_labels(line: &str) -> Result<DeskChange, String> {
    let (mut add, mut remove) = (Vec::new(), Vec::new());
    for word in line.split([' ', ',', '\t']).filter(|word| !word.is_empty()) {
        match word.strip_prefix('-') {
            Some(word) => remove.push(Label::parse(word)?),
            None => add.push(Label::parse(word.strip_prefix('+').unwrap_or(word))?),
        }
    }
    Ok(DeskChange::Label { add, remove })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000);

    #[test]
    fn labels_are_words_whatever_their_capitals() {
        assert_eq!(Label::parse(" VIP ").unwrap().as_str(), "vip");
        assert_eq!(Label::parse("Größe/2").unwrap().as_str(), "größe/2");
        for wrong in ["", "two words", "a,b", "x\u{1b}[31m", "a\nb", "\u{202e}x", &"x".repeat(41)] {
            assert!(Label::parse(wrong).is_err(), "{wrong:?}");
        }
        let label = |text: &str| Label::parse(text).unwrap();
        let read = read_labels("vip, +refund -late").unwrap();
        assert_eq!(read, DeskChange::Label { add: vec![label("vip"), label("refund")], remove: vec![label("late")] });
        assert!(read_labels("good b@d").is_err());
    }

    #[test]
    fn what_narrows_a_list_is_read_from_what_is_typed() {
        let filter = DeskFilter::read("refund label:VIP order is:pinned is:odd");
        let label = Label::parse("vip").ok();
        assert_eq!(
            filter,
            DeskFilter { text: "refund order is:odd".to_owned(), label, pinned: true, ..DeskFilter::default() }
        );
        assert!(DeskFilter::read("is:archived").archived && DeskFilter::read("IS:Snoozed").snoozed);
        assert_eq!(DeskFilter::read("label:").text, "label:", "not written to its end yet");
    }

    #[test]
    fn each_change_does_one_thing() {
        let mut entry = DeskEntry::default();
        let label = |text: &str| Label::parse(text).unwrap();
        entry.apply(&read_labels("b a b").unwrap(), NOW).unwrap();
        assert_eq!(entry.labels, [label("a"), label("b")]);
        entry.apply(&read_labels("-a c").unwrap(), NOW).unwrap();
        assert_eq!(entry.labels, [label("b"), label("c")]);
        entry.apply(&DeskChange::Note("call back\n \n".to_owned()), NOW).unwrap();
        assert_eq!(entry.note, "call back");
        entry.apply(&DeskChange::Archive(true), NOW).unwrap();
        entry.apply(&DeskChange::Archive(true), Timestamp::from_millis(2_000)).unwrap();
        assert_eq!(entry.archived, Some(NOW), "since it was");
        assert!(entry.is_away());
        entry.apply(&DeskChange::Archive(false), NOW).unwrap();
        entry.apply(&DeskChange::Snooze(None), NOW).unwrap();
        assert!(entry.sleeps() && entry.is_away() && !entry.reminds());
        entry.apply(&DeskChange::Wake, NOW).unwrap();
        assert!(!entry.is_away());
        let many: Vec<Label> = (0..MOST_LABELS).map(|n| label(&format!("l{n}"))).collect();
        assert!(entry.apply(&DeskChange::Label { add: many, remove: Vec::new() }, NOW).is_err());
        assert_eq!(entry.labels.len(), 2, "nothing of it was done");
        assert!(entry.apply(&DeskChange::Note("x".repeat(LONGEST_NOTE + 1)), NOW).is_err());
    }
}
