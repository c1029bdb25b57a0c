//! Ids and numbers that nobody used before.

use crate::domain::{ChangeId, Timestamp, TurnId};

/// Makes the ids of turns and changes, and numbers what this process does.
#[derive(Debug, Clone)]
pub struct Ids {
    /// Makes the ids unlike those of any other process.
    pub seed: u64,
    /// Numbers tickets, items and ids within this process.
    counter: u64,
    /// The time of the newest id that is known, in milliseconds since 1970.
    newest: u64,
}

impl Ids {
    /// Ids that are unlike those of a process with another seed.
    pub fn new(seed: u64) -> Self {
        Self { seed, counter: 0, newest: 0 }
    }

    /// A number that this process has not used yet.
    pub fn next_number(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    /// An id for a new turn.
    pub fn next_turn_id(&mut self, now: Timestamp) -> TurnId {
        TurnId::new(self.next_uuid(now))
    }

    /// An id for a change that is begun.
    pub fn next_change_id(&mut self, now: Timestamp) -> ChangeId {
        ChangeId::new(self.next_uuid(now))
    }

    /// From now on new ids sort after that one, also where the clock was set back since it was made.
    pub fn note_id(&mut self, id: &TurnId) {
        let time = uuid::Uuid::parse_str(id.as_str()).ok().and_then(|id| id.get_timestamp());
        if let Some((seconds, nanos)) = time.map(|time| time.to_unix()) {
            self.newest = self.newest.max(seconds * 1_000 + u64::from(nanos / 1_000_000) + 1);
        }
    }

    /// A version 7 UUID: sorts after all that are known, by time, and is unlike any other process's.
    fn next_uuid(&mut self, now: Timestamp) -> String {
        let n = self.next_number().to_be_bytes();
        let mut tail = [0; 10];
        // The first twelve bits after the time count up, so that ids of one millisecond keep their order.
        tail[..2].copy_from_slice(&n[6..]);
        tail[2..].copy_from_slice(&self.seed.to_be_bytes());
        let millis = u64::try_from(now.millis()).unwrap_or(0).max(self.newest);
        self.newest = millis;
        uuid::Builder::from_unix_timestamp_millis(millis, &tail).into_uuid().to_string()
    }
}
