//! How much, how many, how long: every limit of the listener in one place.

use std::time::Duration;

/// The longest body that can be allowed.
const MOST_BODY: usize = 8 << 20;

/// The listener's limits. A test may shrink them.
#[derive(Debug, Clone)]
pub struct ListenerLimits {
    /// The request line and the headers together, in bytes.
    pub head: usize,
    /// How many headers.
    pub headers: usize,
    /// The body, in bytes; more than 8 MiB is taken as 8 MiB.
    pub body: usize,
    /// From a connection's beginning, or the first byte of its next request, to the end of the head.
    pub head_time: Duration,
    /// From the end of the head to the end of the body.
    pub body_time: Duration,
    /// Between two requests. Longer than proxies keep a quiet connection to a backend (nginx and Varnish 60 s, Go's
    /// client 90 s, Caddy 2 min): whoever closes first risks nothing if it is the one who sends, and a POST that meets a
    /// connection just closed is not sent again. Connections are made room for without waiting for this.
    pub idle_time: Duration,
    /// How long nothing of an answer may be taken.
    pub write_time: Duration,
    /// How long a connection is read to its end after an answer that came before the request's.
    pub linger_time: Duration,
    /// How long the store may take, until the sender is asked to try again.
    pub ack_time: Duration,
    /// How long a response waits for a rule.
    pub rule_time: Duration,
    /// How long stopping waits for requests in flight.
    pub stop_time: Duration,
    /// How long quiet connections may still send a request while it stops.
    pub grace_time: Duration,
    /// Connections.
    pub connections: usize,
    /// Connections of one address that is not loopback.
    pub per_address: u32,
    /// Requests on one connection.
    pub requests: u32,
    /// Wrong paths a minute from one address that is not loopback.
    pub wrong_paths: u32,
    /// Deliveries on their way into the store.
    pub arrivals: usize,
    /// What those hold in memory, in bytes.
    pub arrival_bytes: usize,
    /// What bodies that are still coming hold in memory beyond their first bytes.
    pub reading_bytes: usize,
    /// Refused deliveries on their way into the store; more are only counted.
    pub rejections: usize,
    /// Refused deliveries a minute that are stored; more are only counted.
    pub rejections_a_minute: u32,
    /// Requests a minute that are shown though they belong to no channel; more are only counted.
    pub unplaced_a_minute: u32,
    /// Refused signatures a minute that are explained.
    pub explained_a_minute: u32,
    /// How much of a refused delivery's body is stored.
    pub rejection_body: usize,
}

impl Default for ListenerLimits {
    fn default() -> Self {
        Self {
            head: 16 << 10,
            headers: 64,
            body: 1 << 20,
            head_time: Duration::from_secs(5),
            body_time: Duration::from_secs(10),
            idle_time: Duration::from_mins(10),
            write_time: Duration::from_secs(10),
            linger_time: Duration::from_secs(2),
            ack_time: Duration::from_secs(5),
            rule_time: Duration::from_secs(3),
            stop_time: Duration::from_secs(5),
            grace_time: Duration::from_millis(200),
            connections: 1_024,
            per_address: 128,
            requests: 1_000,
            wrong_paths: 20,
            arrivals: 4_096,
            arrival_bytes: 32 << 20,
            reading_bytes: 32 << 20,
            rejections: 64,
            rejections_a_minute: 1_000,
            unplaced_a_minute: 120,
            explained_a_minute: 120,
            rejection_body: 64 << 10,
        }
    }
}

impl ListenerLimits {
    /// The longest body, as it is.
    pub(super) fn longest_body(&self) -> usize {
        self.body.min(MOST_BODY)
    }

    /// How often it is looked whose time is up: often enough for the shortest of the times, and seldom enough not to
    /// be noticed.
    pub(super) fn tick(&self) -> Duration {
        let times =
            [self.head_time, self.body_time, self.idle_time, self.write_time, self.linger_time, self.ack_time];
        let shortest = times.into_iter().min().unwrap_or_default();
        (shortest / 8).clamp(Duration::from_millis(5), Duration::from_millis(250))
    }
}
