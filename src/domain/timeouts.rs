//! How long a channel's calls may take. The user's word where there is one, else what suits most.

use std::time::Duration;

/// The time limits of a channel; none is the default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Timeouts {
    /// For the connection: name, TCP, proxy and TLS together.
    pub connect: Option<Duration>,
    /// Until an answer begins, connecting included.
    pub first_word: Option<Duration>,
    /// Without a sign of life in the middle of an answer. What only keeps a stream open is one.
    pub silence: Option<Duration>,
    /// For a call, its answer included.
    pub total: Option<Duration>,
}

impl Timeouts {
    /// These, but for what a command was given for all it does.
    #[must_use]
    pub const fn within(self, limit: Duration) -> Self {
        Self { connect: self.connect, first_word: Some(limit), silence: Some(limit), total: Some(limit) }
    }

    /// For the connection. Less than an answer may take: a request that never left must not count as one that may have
    /// arrived.
    pub fn connect(&self) -> Duration {
        let connect = self.connect.unwrap_or(Duration::from_secs(10));
        let answer = [self.first_word, self.total].into_iter().flatten().min();
        answer.map_or(connect, |answer| connect.min(answer * 4 / 5))
    }

    /// Until an answer begins that needs no writing: a list, an acknowledgement.
    pub fn answer(&self) -> Duration {
        self.first_word.unwrap_or(Duration::from_secs(30)).min(self.total())
    }

    /// Until the answer to a message begins, which a bot may think about.
    pub fn reply(&self) -> Duration {
        self.first_word.unwrap_or(Duration::from_mins(1)).min(self.total())
    }

    /// Without a sign of life in the middle of an answer.
    pub fn silence(&self) -> Duration {
        self.silence.unwrap_or(Duration::from_mins(1))
    }

    /// For a call, its answer included.
    pub fn total(&self) -> Duration {
        self.total.unwrap_or(Duration::from_mins(10))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn what_is_not_set_has_a_default() {
        let none = Timeouts::default();
        let all = [none.connect(), none.answer(), none.reply(), none.silence(), none.total()];
        assert_eq!(all, [10, 30, 60, 60, 600].map(seconds));
    }

    #[test]
    fn what_is_set_counts_for_every_call_and_a_connection_takes_less_than_the_answer() {
        let patient = Timeouts { first_word: Some(seconds(90)), connect: Some(seconds(80)), ..Timeouts::default() };
        assert_eq!([patient.answer(), patient.reply(), patient.connect()], [90, 90, 72].map(seconds));
        let short = Timeouts { total: Some(seconds(5)), ..Timeouts::default() };
        assert_eq!([short.answer(), short.reply(), short.connect(), short.total()], [5, 5, 4, 5].map(seconds));
    }

    #[test]
    fn a_command_replaces_all_but_the_connections() {
        let set = Timeouts { connect: Some(seconds(3)), silence: Some(seconds(7)), ..Timeouts::default() };
        let within = set.within(seconds(120));
        let all = [within.connect(), within.answer(), within.reply(), within.silence(), within.total()];
        assert_eq!(all, [3, 120, 120, 120, 120].map(seconds));
    }
}
