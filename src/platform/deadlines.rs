//! The deadlines of a reply that is being written. Pure: the time is an argument.

use std::time::Duration;

use tokio::time::Instant;

use crate::http::Limits;

/// When to stop waiting for more of a reply.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadlines {
    /// The last sign of life, or the start. What only keeps a stream open is one: a bot may think for long.
    life: Instant,
    /// Whether there was one.
    began: bool,
    limits: Limits,
}

impl Deadlines {
    /// All of them start.
    pub(super) const fn start(now: Instant, limits: Limits) -> Self {
        Self { life: now, began: false, limits }
    }

    /// Something came.
    pub(super) const fn life(&mut self, now: Instant) {
        self.life = now;
        self.began = true;
    }

    const fn gap(&self) -> Duration {
        if self.began { self.limits.silence } else { self.limits.first }
    }

    /// When the first of them runs out.
    pub(super) fn deadline(&self) -> Instant {
        (self.life + self.gap()).min(self.limits.end)
    }

    /// Which one ran out, in words that follow "the reply of …".
    pub(super) fn ran_out(&self, now: Instant) -> Option<String> {
        if now >= self.limits.end {
            Some(format!("did not end within {}", words(self.limits.total)))
        } else if now < self.life + self.gap() {
            None
        } else if self.began {
            Some(format!("stopped: nothing came for {}", words(self.gap())))
        } else {
            Some(format!("did not begin within {}", words(self.gap())))
        }
    }
}

fn words(limit: Duration) -> String {
    match (limit.as_secs(), limit.subsec_millis()) {
        (seconds, 0) if seconds >= 120 && seconds % 60 == 0 => format!("{} minutes", seconds / 60),
        (seconds, 0) => format!("{seconds} s"),
        _ => format!("{} s", limit.as_secs_f64()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_of_life_extends_the_silence_and_never_the_total() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let seconds = Duration::from_secs;
        let limits = Limits { first: seconds(90), silence: seconds(60), total: seconds(600), end: at(600) };
        let mut deadlines = Deadlines::start(start, limits);
        assert_eq!(deadlines.deadline(), at(90));
        assert_eq!(deadlines.ran_out(at(89)), None);
        assert_eq!(deadlines.ran_out(at(90)).as_deref(), Some("did not begin within 90 s"));
        for second in (50..600).step_by(50) {
            deadlines.life(at(second));
            assert_eq!(deadlines.deadline(), at((second + 60).min(600)));
            assert_eq!(deadlines.ran_out(at(second + 49)), None);
        }
        deadlines.life(at(500));
        assert_eq!(deadlines.ran_out(at(560)).as_deref(), Some("stopped: nothing came for 60 s"));
        assert_eq!(deadlines.ran_out(at(600)).as_deref(), Some("did not end within 10 minutes"));
        assert_eq!(words(Duration::from_millis(1_500)), "1.5 s");
    }
}
