//! The one-time links: until when each is good, and whether its request has been answered.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use uuid::Uuid;

use crate::domain::Timestamp;

use super::super::hook_post::ReceiverResponse;

/// For how many seconds a link is good, unless the event says otherwise.
pub(super) const LINK_LIFETIME_SECONDS: f64 = 600.0;
/// For how long a link that is no longer good is remembered, to say so.
const MEMORY: i64 = 3_600_000;
/// How many are remembered at most.
const MOST: usize = 10_000;

/// The links. Cloning shares them; nothing is awaited while they are held.
#[derive(Clone, Default)]
pub(super) struct AnswerLinks(Arc<Mutex<HashMap<String, AnswerLink>>>);

struct AnswerLink {
    good_until: Timestamp,
    answered: bool,
}

/// What becomes of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AnswerOutcome {
    /// It is the first, in time.
    First,
    /// The link was never made, or long ago.
    Unknown,
    /// The request had been answered before.
    Again,
    /// The link was good once.
    TooLate,
}

impl AnswerLinks {
    /// Makes a link that is good for so many seconds; gives its id.
    pub(super) fn open(&self, now: Timestamp, seconds: f64) -> String {
        let id = Uuid::new_v4().simple().to_string();
        let mut links = self.lock();
        links.retain(|_, link| link.good_until.plus_millis(MEMORY) > now);
        if links.len() < MOST {
            #[expect(clippy::cast_possible_truncation, reason = "a day's milliseconds at most")]
            let good_until = now.plus_millis((seconds * 1000.0) as i64);
            links.insert(id.clone(), AnswerLink { good_until, answered: false });
        }
        id
    }

    /// Takes an asynchronous answer.
    pub(super) fn take_answer(&self, id: &str, now: Timestamp) -> AnswerOutcome {
        match self.lock().get_mut(id) {
            None => AnswerOutcome::Unknown,
            Some(link) if link.answered => AnswerOutcome::Again,
            Some(link) if link.good_until <= now => AnswerOutcome::TooLate,
            Some(link) => {
                link.answered = true;
                AnswerOutcome::First
            }
        }
    }

    /// Takes what a receiver answered to the request itself: 200 with data is the answer, 202 says that one will come,
    /// and after anything else none will.
    pub(super) fn record_response(&self, id: &str, response: &ReceiverResponse) {
        let mut links = self.lock();
        let has_data = || serde_json::from_slice::<Value>(&response.body).is_ok_and(|json| json["data"].is_object());
        match links.get_mut(id) {
            Some(link) if response.status == 200 && has_data() => link.answered = true,
            // One that was answered at its link stays answered, whatever was said afterwards.
            Some(link) if response.status != 202 && !link.answered => {
                links.remove(id);
            }
            _ => {}
        }
    }

    /// How many wait for an answer.
    pub(super) fn waiting(&self, now: Timestamp) -> usize {
        self.lock().values().filter(|link| !link.answered && link.good_until > now).count()
    }

    /// Nobody was asked: the link is no more.
    pub(super) fn close(&self, id: &str) {
        self.lock().remove(id);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, AnswerLink>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

    fn answered(status: u16, body: &str) -> ReceiverResponse {
        ReceiverResponse { status, headers: Vec::new(), body: body.as_bytes().to_vec().into() }
    }

    #[test]
    fn a_link_takes_one_answer_in_time() {
        let links = AnswerLinks::default();
        let id = links.open(NOW, 10.0);
        assert_eq!((links.waiting(NOW), links.waiting(NOW.plus_millis(10_000))), (1, 0));
        assert_eq!(links.take_answer("another", NOW), AnswerOutcome::Unknown);
        assert_eq!(links.take_answer(&id, NOW.plus_millis(10_000)), AnswerOutcome::TooLate);
        assert_eq!(links.take_answer(&id, NOW.plus_millis(9_999)), AnswerOutcome::First);
        assert_eq!(links.take_answer(&id, NOW.plus_millis(9_999)), AnswerOutcome::Again);
        assert_eq!(links.waiting(NOW), 0);
    }

    #[test]
    fn an_answer_to_the_request_itself_counts() {
        let links = AnswerLinks::default();
        for (reply, then) in [
            (answered(200, r#"{"data":{}}"#), AnswerOutcome::Again),
            (answered(200, "OK"), AnswerOutcome::Unknown),
            (answered(202, ""), AnswerOutcome::First),
            (answered(401, "{}"), AnswerOutcome::Unknown),
        ] {
            let id = links.open(NOW, LINK_LIFETIME_SECONDS);
            links.record_response(&id, &reply);
            assert_eq!(links.take_answer(&id, NOW), then, "{reply:?}");
        }
    }

    #[test]
    fn old_links_are_forgotten() {
        let links = AnswerLinks::default();
        let old = links.open(NOW, 1.0);
        let _ = links.open(NOW.plus_millis(MEMORY), 1.0);
        assert_eq!(links.take_answer(&old, NOW), AnswerOutcome::First);
        let _ = links.open(NOW.plus_millis(MEMORY + 1_000), 1.0);
        assert_eq!(links.take_answer(&old, NOW), AnswerOutcome::Unknown);
    }
}
