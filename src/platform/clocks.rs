//! The two clocks of a reply that is being written. Pure: the time is an argument.

use std::time::Duration;

use tokio::time::Instant;

/// The longest wait for text. A server that only keeps the connection open does not extend it.
const GAP: Duration = Duration::from_mins(1);
/// The longest reply.
const TOTAL: Duration = Duration::from_mins(10);

/// When to stop waiting for more of a reply.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clocks {
    started: Instant,
    /// The last text, or the start.
    payload: Instant,
    gap: Duration,
    total: Duration,
}

impl Clocks {
    /// Both clocks start.
    pub(super) const fn start(now: Instant) -> Self {
        Self { started: now, payload: now, gap: GAP, total: TOTAL }
    }

    /// Shorter ones, for tests.
    #[cfg(test)]
    pub(super) const fn with(mut self, gap: Duration, total: Duration) -> Self {
        (self.gap, self.total) = (gap, total);
        self
    }

    /// Text came.
    pub(super) const fn payload(&mut self, now: Instant) {
        self.payload = now;
    }

    /// When the first of the two runs out.
    pub(super) fn deadline(&self) -> Instant {
        (self.payload + self.gap).min(self.started + self.total)
    }

    /// Which one ran out, in words that follow "the reply of …".
    pub(super) fn ran_out(&self, now: Instant) -> Option<String> {
        if now >= self.started + self.total {
            Some(format!("did not end within {} minutes", self.total.as_secs() / 60))
        } else if now >= self.payload + self.gap {
            Some(format!("stopped: no text came for {} s", self.gap.as_secs()))
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_extends_the_gap_and_never_the_total() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut clocks = Clocks::start(start);
        assert_eq!(clocks.deadline(), at(60));
        assert_eq!(clocks.ran_out(at(59)), None);
        assert!(clocks.ran_out(at(60)).unwrap().contains("60 s"));
        for second in (50..600).step_by(50) {
            clocks.payload(at(second));
            assert_eq!(clocks.deadline(), at((second + 60).min(600)));
            assert_eq!(clocks.ran_out(at(second + 49)), None);
        }
        assert!(clocks.ran_out(at(600)).unwrap().contains("10 minutes"));
    }
}
