//! The signals that the program takes.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Each of them, waited for from when this is made.
pub(super) struct Signals {
    pub(super) size: Signal,
    pub(super) resumed: Signal,
    /// Somebody asks the program to stop: not the key, which is no signal while the program has the terminal.
    pub(super) stop: Signal,
    /// What the keys of the terminal send where another program has it, and that program is meant.
    pub(super) keys: [(Signal, u8); 2],
    pub(super) end: [(Signal, u8); 2],
}

impl Signals {
    pub(super) fn new() -> io::Result<Self> {
        let end =
            |kind: SignalKind| Ok::<_, io::Error>((signal(kind)?, u8::try_from(kind.as_raw_value()).unwrap_or(15)));
        Ok(Self {
            size: signal(SignalKind::window_change())?,
            // Sent when a stopped process goes on, also where it was stopped from outside.
            resumed: signal(SignalKind::from_raw(rustix::process::Signal::CONT.as_raw()))?,
            stop: signal(SignalKind::from_raw(rustix::process::Signal::TSTP.as_raw()))?,
            keys: [end(SignalKind::interrupt())?, end(SignalKind::quit())?],
            end: [end(SignalKind::terminate())?, end(SignalKind::hangup())?],
        })
    }
}

/// Waits for one of two signals, and says its number.
pub(super) async fn either(signals: &mut [(Signal, u8); 2]) -> u8 {
    let [one, other] = signals;
    tokio::select! {
        _ = one.0.recv() => one.1,
        _ = other.0.recv() => other.1,
    }
}
