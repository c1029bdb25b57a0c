//! How long to wait before a call is repeated. Pure: the attempt, the platform's wish and the dice are arguments.
//!
//! Does not say whether a call may be repeated: that depends on what it was for, and one table of the platforms' errors
//! decides it. The policies stand in [`super::policies`].

/// One policy: full jitter under a doubling ceiling, and never sooner than the platform asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// How often the call is made at most, the first time included.
    pub tries: u32,
    /// The ceiling of the first wait.
    pub base_ms: u64,
    /// The ceiling of every wait.
    pub cap_ms: u64,
    /// A platform that asks for more is not waited for.
    pub longest_wait_ms: u64,
}

impl Retry {
    /// Milliseconds to wait after attempt number `attempt` (from 1) failed; `None` gives up.
    ///
    /// `random` is even in 0..1. What the platform asked for is a floor, with the jitter on top, so that many clients
    /// told the same second don't all come back in it.
    pub fn wait_ms(&self, attempt: u32, retry_after_ms: Option<u64>, random: f64) -> Option<u64> {
        if attempt >= self.tries {
            return None;
        }
        let doublings = attempt.saturating_sub(1).min(63);
        let ceiling = self.base_ms.saturating_mul(1 << doublings).min(self.cap_ms);
        let jitter = part(ceiling, random);
        match retry_after_ms {
            Some(asked) if asked > self.longest_wait_ms => None,
            Some(asked) => Some(asked.saturating_add(jitter).min(self.longest_wait_ms)),
            None => Some(jitter),
        }
    }
}

/// That part of `whole`, `random` being taken into 0..1.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to 0..=whole, whole is a ceiling of minutes"
)]
fn part(whole: u64, random: f64) -> u64 {
    let random = if random.is_finite() { random.clamp(0.0, 1.0) } else { 1.0 };
    (whole as f64 * random) as u64
}

#[cfg(test)]
mod tests {
    use super::super::policies::{COMMAND, SCREEN};
    use super::*;

    #[test]
    fn waits_double_up_to_the_cap_and_end() {
        let most = |policy: Retry| (1..=6).map(|n| policy.wait_ms(n, None, 1.0)).collect::<Vec<_>>();
        assert_eq!(most(COMMAND), [Some(600), Some(1_200), Some(2_400), None, None, None]);
        assert_eq!(most(SCREEN), [Some(1_000), Some(2_000), Some(4_000), Some(8_000), None, None]);
        let patient = Retry { tries: 200, ..SCREEN };
        assert_eq!(patient.wait_ms(7, None, 1.0), Some(60_000));
        assert_eq!(patient.wait_ms(199, None, 1.0), Some(60_000));
    }

    #[test]
    fn the_whole_range_is_used() {
        assert_eq!(SCREEN.wait_ms(3, None, 0.0), Some(0));
        assert_eq!(SCREEN.wait_ms(3, None, 0.5), Some(2_000));
        for bad in [f64::NAN, f64::INFINITY, -1.0, 7.0] {
            assert!(SCREEN.wait_ms(3, None, bad).is_some_and(|ms| ms <= 4_000), "{bad}");
        }
    }

    #[test]
    fn the_platforms_wish_is_a_floor_up_to_the_longest_wait() {
        assert_eq!(COMMAND.wait_ms(1, Some(2_000), 0.0), Some(2_000));
        assert_eq!(COMMAND.wait_ms(1, Some(2_000), 1.0), Some(2_600));
        assert_eq!(COMMAND.wait_ms(1, Some(30_000), 1.0), Some(30_000));
        assert_eq!(COMMAND.wait_ms(1, Some(30_001), 0.0), None);
        assert_eq!(SCREEN.wait_ms(1, Some(300_000), 0.0), Some(300_000));
        assert_eq!(SCREEN.wait_ms(1, Some(31_536_000_000), 0.0), None);
        assert_eq!(COMMAND.wait_ms(4, Some(1), 0.0), None);
    }
}
