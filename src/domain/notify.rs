//! What the user is told of while looking elsewhere, and how.

use std::collections::BTreeMap;

use super::{ChannelName, Timestamp};

/// What can be told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NotifyKind {
    /// Somebody wrote.
    Message,
    /// A data request waits for an answer.
    Request,
    /// The time of a data request that waits is nearly up.
    Expiring,
    /// A message didn't go out, or nobody knows whether it did.
    Failed,
    /// A reply that was asked for is finished.
    Reply,
}

impl NotifyKind {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Message, Self::Request, Self::Expiring, Self::Failed, Self::Reply];

    /// Its word in the config file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Request => "request",
            Self::Expiring => "expiring",
            Self::Failed => "failed",
            Self::Reply => "reply",
        }
    }

    /// The one with that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// How the user is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NotifyRoute {
    /// As the terminal is known to take it, else the desktop, else the bell.
    #[default]
    Auto,
    /// The terminal's bell alone.
    Bell,
    /// `OSC 9`, which iTerm2 began.
    Osc9,
    /// `OSC 777`, which rxvt began.
    Osc777,
    /// `OSC 99`, kitty's.
    Osc99,
    /// The desktop, by its own program.
    Desktop,
    /// Not at all.
    Off,
}

impl NotifyRoute {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Auto, Self::Bell, Self::Osc9, Self::Osc777, Self::Osc99, Self::Desktop, Self::Off];

    /// Its word in the config file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Bell => "bell",
            Self::Osc9 => "osc9",
            Self::Osc777 => "osc777",
            Self::Osc99 => "osc99",
            Self::Desktop => "desktop",
            Self::Off => "off",
        }
    }

    /// The one with that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|route| route.as_str() == word)
    }
}

/// Some hours of each day, by the local clock, across midnight where the end lies before the beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    /// The minute of the day with which they begin.
    pub from: u16,
    /// The minute of the day that is the first behind them.
    pub to: u16,
}

impl QuietHours {
    /// Reads `22:00-07:30`; none where it isn't that, or both are the same.
    pub fn parse(text: &str) -> Option<Self> {
        let (from, to) = text.split_once('-')?;
        let (from, to) = (minute(from.trim())?, minute(to.trim())?);
        (from != to).then_some(Self { from, to })
    }

    /// Whether a minute of the day is one of them.
    pub const fn has(self, minute: u16) -> bool {
        if self.from < self.to {
            self.from <= minute && minute < self.to
        } else {
            self.from <= minute || minute < self.to
        }
    }
}

/// `07:30` as a minute of the day.
fn minute(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit()) && (1..=2).contains(&part.len());
    if !digits(hours) || !digits(minutes) || minutes.len() != 2 {
        return None;
    }
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
}

/// The `[notify]` table of the config file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is by itself")]
pub struct NotifyRules {
    /// How.
    pub route: NotifyRoute,
    /// What is told of on channels that have no word of their own.
    pub kinds: Vec<NotifyKind>,
    /// What is told of on these.
    pub channels: BTreeMap<ChannelName, Vec<NotifyKind>>,
    /// Whether it is told although the window has the focus.
    pub always: bool,
    /// Where the terminal doesn't tell of its focus: how long nothing was typed before the user counts as gone, in
    /// milliseconds.
    pub away_after_ms: u64,
    /// When nothing is told.
    pub quiet: Option<QuietHours>,
    /// Whether it says what was said, and in which conversation.
    pub text: bool,
    /// Whether the bell rings as well.
    pub bell: bool,
    /// Whether the window's title counts what waits.
    pub title: bool,
}

impl Default for NotifyRules {
    fn default() -> Self {
        Self {
            route: NotifyRoute::Auto,
            kinds: NotifyKind::ALL.to_vec(),
            channels: BTreeMap::new(),
            always: false,
            away_after_ms: 60_000,
            quiet: None,
            text: false,
            bell: true,
            title: true,
        }
    }
}

impl NotifyRules {
    /// Whether that is told of there, now.
    pub fn wants(&self, channel: &ChannelName, kind: NotifyKind, now: Timestamp) -> bool {
        let kinds = self.channels.get(channel).unwrap_or(&self.kinds);
        self.route != NotifyRoute::Off && kinds.contains(&kind) && !self.is_quiet(now)
    }

    fn is_quiet(&self, now: Timestamp) -> bool {
        self.quiet.is_some_and(|hours| now.minute_of_day().is_some_and(|minute| hours.has(minute)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_hours_cross_midnight() {
        let night = QuietHours::parse("22:00-07:30").unwrap();
        assert_eq!(night, QuietHours { from: 1_320, to: 450 });
        assert!(night.has(1_320) && night.has(0) && night.has(449) && !night.has(450) && !night.has(1_319));
        let noon = QuietHours::parse("12:00 - 13:00").unwrap();
        assert!(noon.has(720) && noon.has(779) && !noon.has(780) && !noon.has(0));
        for wrong in
            ["", "22:00", "22-7", "24:00-07:00", "22:60-07:00", "07:00-07:00", "2:0-3:0", "a:00-b:00", "+1:00-02:00"]
        {
            assert_eq!(QuietHours::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_channel_has_its_own_word() {
        let (loud, shy, now) = (ChannelName::new("loud"), ChannelName::new("shy"), Timestamp::from_millis(0));
        let rules = NotifyRules {
            kinds: vec![NotifyKind::Message],
            channels: BTreeMap::from([(shy.clone(), Vec::new()), (loud.clone(), vec![NotifyKind::Reply])]),
            ..NotifyRules::default()
        };
        assert!(rules.wants(&ChannelName::new("other"), NotifyKind::Message, now));
        assert!(!rules.wants(&shy, NotifyKind::Message, now) && rules.wants(&loud, NotifyKind::Reply, now));
        assert!(!rules.wants(&loud, NotifyKind::Message, now));
        let off = NotifyRules { route: NotifyRoute::Off, ..rules.clone() };
        assert!(!off.wants(&loud, NotifyKind::Reply, now));
        let minute = now.minute_of_day().unwrap();
        let around = QuietHours { from: minute, to: (minute + 1) % 1_440 };
        assert!(!NotifyRules { quiet: Some(around), ..rules }.wants(&loud, NotifyKind::Reply, now));
    }

    #[test]
    fn words_are_read_as_they_are_written() {
        assert!(NotifyKind::ALL.into_iter().all(|kind| NotifyKind::from_word(kind.as_str()) == Some(kind)));
        assert!(NotifyRoute::ALL.into_iter().all(|route| NotifyRoute::from_word(route.as_str()) == Some(route)));
        assert_eq!(NotifyKind::from_word("Message"), None);
    }
}
