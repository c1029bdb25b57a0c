//! What the user is told of while looking elsewhere: whether somebody looks, what happened meanwhile, and how much of it
//! becomes one word. How it is said, the floor above knows.

use std::fmt::Write as _;

use crate::domain::{ChannelName, ConversationId, NotifyKind, NotifyRules, SafeText, Timestamp};

/// What comes within this time of the last word, in milliseconds, is told together when it is over, without another bell.
const BURST_MS: i64 = 5_000;
/// How much of what was said is told, in columns.
const TEXT: usize = 160;
/// How much of it is kept until then, in bytes: a reply may have megabytes.
const KEPT: usize = 1_024;

/// Something happened that may be worth a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happening {
    /// Where.
    pub channel: ChannelName,
    /// What.
    pub kind: NotifyKind,
    /// In which conversation, if in one.
    pub conversation: Option<ConversationId>,
    /// What was said: untrusted, and told only where the user asked for texts.
    pub text: String,
    /// What happened, where that is another thing than usual of its kind.
    pub words: Option<&'static str>,
}

impl Happening {
    /// Something that happened there.
    pub(super) fn new(
        channel: &ChannelName,
        kind: NotifyKind,
        conversation: Option<&ConversationId>,
        text: &str,
    ) -> Self {
        let mut end = text.len().min(KEPT);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let text = text.get(..end).unwrap_or_default().to_owned();
        Self { channel: channel.clone(), kind, conversation: conversation.cloned(), text, words: None }
    }

    /// The same in other words.
    pub(super) fn in_words(self, words: &'static str) -> Self {
        Self { words: Some(words), ..self }
    }
}

/// What is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// Where, and how much of what.
    pub title: SafeText,
    /// What was said, where the user asked for texts; else empty.
    pub text: SafeText,
    /// Whether it may make a sound.
    pub loud: bool,
}

/// Whether the user looks, and what is told.
#[derive(Debug, Default)]
pub struct Notify {
    /// What the config file says.
    pub rules: NotifyRules,
    /// Whether the window has the focus; none where the terminal has not told.
    focused: Option<bool>,
    /// When something was typed last, or the program began.
    typed: Option<Timestamp>,
    /// When something was told last.
    told: Option<Timestamp>,
    /// What happened since the last look.
    pub(super) happened: Vec<Happening>,
    /// What waits for the end of a burst.
    held: Vec<Happening>,
}

impl Notify {
    /// The terminal tells whether the window has the focus. What the user comes back to need not be told any more.
    pub(super) fn focus(&mut self, focused: bool) {
        self.focused = Some(focused);
        if focused {
            self.held.clear();
        }
    }

    /// Something was typed: whoever types looks, whatever the terminal said last.
    pub(super) fn typed(&mut self, now: Timestamp) {
        self.typed = Some(now);
        if self.focused == Some(false) {
            self.focus(true);
        }
    }

    /// Whether nobody looks.
    pub fn is_away(&self, now: Timestamp) -> bool {
        match self.focused {
            Some(focused) => !focused,
            None => self.typed.is_some_and(|typed| now.since(typed) >= self.rules.away_after_ms),
        }
    }

    /// Takes what happened since the last look, and what is now due of what was held: what is to be told, and when to look
    /// again. `seen` says what the user has before the eyes where the window has the focus.
    pub(super) fn settle(
        &mut self,
        now: Timestamp,
        seen: impl Fn(&Happening) -> bool,
    ) -> (Option<Notification>, Option<Timestamp>) {
        self.typed.get_or_insert(now);
        let away = self.is_away(now);
        let (waited, held) = (!self.held.is_empty(), self.held.len());
        for one in std::mem::take(&mut self.happened) {
            let watched = if self.rules.always { !away && seen(&one) } else { !away };
            if !watched && self.rules.wants(&one.channel, one.kind, now) {
                self.held.push(one);
            }
        }
        if self.held.is_empty() {
            return (None, None);
        }
        // A clock that was set back holds nothing up.
        if let Some(told) = self.told.filter(|told| *told <= now)
            && now < told.plus_millis(BURST_MS)
        {
            let again = (self.held.len() > held).then(|| told.plus_millis(BURST_MS));
            return (None, again);
        }
        self.told = Some(now);
        let held = std::mem::take(&mut self.held);
        // What was held belongs to a burst whose first word was heard.
        (Some(self.notification(&held, !waited)), None)
    }

    fn notification(&self, held: &[Happening], loud: bool) -> Notification {
        let mut title = String::new();
        for kind in NotifyKind::ALL {
            let of_kind = || held.iter().filter(move |one| one.kind == kind);
            let count = of_kind().count();
            if count == 0 {
                continue;
            }
            let mut channels: Vec<&ChannelName> = of_kind().map(|one| &one.channel).collect();
            channels.sort();
            channels.dedup();
            let place = match channels.as_slice() {
                [one] => one.to_string(),
                many => format!("{} channels", many.len()),
            };
            if !title.is_empty() {
                title.push_str(" - ");
            }
            let own = of_kind().next().and_then(|one| one.words).filter(|_| count == 1);
            let _ = write!(title, "{place}: {}", own.map_or_else(|| words(kind, count), str::to_owned));
        }
        let text = match held {
            [one] if self.rules.text => SafeText::one_line(&one.text).truncate(TEXT),
            _ => SafeText::default(),
        };
        Notification { title: SafeText::one_line(&title), text, loud }
    }
}

/// So many of a kind, in words.
fn words(kind: NotifyKind, count: usize) -> String {
    match (kind, count) {
        (NotifyKind::Message, 1) => "new message".to_owned(),
        (NotifyKind::Message, _) => format!("{count} new messages"),
        (NotifyKind::Request, 1) => "data is asked for".to_owned(),
        (NotifyKind::Request, _) => format!("data is asked for {count} times"),
        (NotifyKind::Expiring, 1) => "a data request is about to expire".to_owned(),
        (NotifyKind::Expiring, _) => format!("{count} data requests are about to expire"),
        (NotifyKind::Failed, 1) => "a message was not sent".to_owned(),
        (NotifyKind::Failed, _) => format!("{count} failures"),
        (NotifyKind::Reply, 1) => "the reply is there".to_owned(),
        (NotifyKind::Reply, _) => format!("{count} replies are there"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millis(ms)
    }

    fn happening(channel: &str, kind: NotifyKind, text: &str) -> Happening {
        Happening::new(&ChannelName::new(channel), kind, None, text)
    }

    /// Told at that time of one message on that channel: the words, and whether they are loud.
    fn announced(notify: &mut Notify, ms: i64, channel: &str) -> (Option<(String, bool)>, Option<i64>) {
        notify.happened.push(happening(channel, NotifyKind::Message, "hi"));
        let (told, again) = notify.settle(at(ms), |_| false);
        (told.map(|n| (n.title.into_string(), n.loud)), again.map(Timestamp::millis))
    }

    #[test]
    fn nothing_is_told_to_who_looks() {
        let mut notify = Notify::default();
        assert_eq!(announced(&mut notify, 0, "docs"), (None, None), "somebody has just begun it");
        notify.focus(true);
        assert_eq!(announced(&mut notify, 900_000, "docs"), (None, None));
        notify.focus(false);
        assert_eq!(announced(&mut notify, 900_000, "docs"), (Some(("docs: new message".to_owned(), true)), None));
        notify.typed(at(910_000));
        assert_eq!(announced(&mut notify, 910_000, "docs"), (None, None), "a key comes from somebody who is there");
    }

    #[test]
    fn a_terminal_that_tells_nothing_is_left_when_nothing_was_typed_for_long() {
        let mut notify = Notify::default();
        notify.typed(at(0));
        assert_eq!(announced(&mut notify, 59_999, "docs").0, None);
        assert_eq!(announced(&mut notify, 60_000, "docs").0, Some(("docs: new message".to_owned(), true)));
        notify.rules.away_after_ms = 600_000;
        assert_eq!(announced(&mut notify, 90_000, "docs").0, None);
    }

    #[test]
    fn a_burst_rings_once_and_is_counted_at_its_end() {
        let mut notify = Notify::default();
        notify.focus(false);
        assert_eq!(announced(&mut notify, 0, "docs").0, Some(("docs: new message".to_owned(), true)));
        for ms in 1..500 {
            assert_eq!(announced(&mut notify, ms, "docs"), (None, Some(5_000)));
        }
        assert_eq!(announced(&mut notify, 600, "flow"), (None, Some(5_000)));
        let (summed, again) = notify.settle(at(5_000), |_| false);
        let summed = summed.unwrap();
        assert_eq!((summed.title.as_str(), summed.loud), ("2 channels: 500 new messages", false));
        assert_eq!((summed.text.as_str(), again), ("", None));
        assert_eq!(notify.settle(at(5_001), |_| false), (None, None));
        assert_eq!(
            announced(&mut notify, 9_000, "docs"),
            (None, Some(10_000)),
            "the summary began a rest of its own"
        );
        notify.focus(true);
        assert_eq!(notify.settle(at(10_000), |_| false), (None, None), "whoever came back sees it");
    }

    #[test]
    fn kinds_stand_apart_and_a_clock_that_was_set_back_holds_nothing_up() {
        let mut notify = Notify { rules: NotifyRules { text: true, ..NotifyRules::default() }, ..Notify::default() };
        notify.focus(false);
        announced(&mut notify, 100_000, "docs");
        notify.happened.push(happening("docs", NotifyKind::Request, "k"));
        notify.happened.push(happening("docs", NotifyKind::Failed, "k"));
        let (told, _) = notify.settle(at(50), |_| false);
        assert_eq!(told.unwrap().title.as_str(), "docs: data is asked for - docs: a message was not sent");
    }

    #[test]
    fn texts_are_told_only_where_asked_for_safe_and_short() {
        let mut notify = Notify::default();
        notify.focus(false);
        let hostile = format!("\u{1b}]0;x\u{7}secret\n{}", "é".repeat(2_000));
        notify.happened.push(happening("docs", NotifyKind::Message, &hostile));
        assert!(notify.happened[0].text.len() <= KEPT);
        assert_eq!(notify.settle(at(0), |_| false).0.unwrap().text.as_str(), "");
        notify.rules.text = true;
        notify.happened.push(happening("docs", NotifyKind::Message, &hostile));
        let told = notify.settle(at(9_000), |_| false).0.unwrap();
        assert!(told.text.as_str().contains("secret"));
        assert!(!told.text.as_str().chars().any(char::is_control));
        assert!(crate::domain::display_width(told.text.as_str()) <= TEXT);
    }

    #[test]
    fn where_it_is_always_told_what_is_before_the_eyes_is_not() {
        let mut notify =
            Notify { rules: NotifyRules { always: true, ..NotifyRules::default() }, ..Notify::default() };
        notify.focus(true);
        notify.happened.push(happening("docs", NotifyKind::Reply, ""));
        assert_eq!(notify.settle(at(0), |_| true).0, None);
        notify.happened.push(happening("docs", NotifyKind::Reply, ""));
        assert_eq!(notify.settle(at(0), |_| false).0.unwrap().title.as_str(), "docs: the reply is there");
        notify.focus(false);
        notify.happened.push(happening("docs", NotifyKind::Reply, ""));
        assert!(notify.settle(at(9_000), |_| true).0.is_some(), "nobody looks");
    }
}
