//! Being asked to stop: Ctrl+C, or a polite kill.

use std::future::Future;
use std::io;

use tokio::sync::watch;

use super::output::Stop;
use crate::domain::{Failure, Kind};
use crate::runtime::job;

/// The signals that ask a command to stop. From the moment it is made, none of them kills the process.
pub(super) struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(not(unix))]
    interrupt: tokio::signal::windows::CtrlC,
}

impl Signals {
    #[cfg(unix)]
    pub(super) fn new() -> Result<Self, Stop> {
        use tokio::signal::unix::{SignalKind, signal};
        let signal = |kind| signal(kind).map_err(|error| unheard(&error));
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    #[cfg(not(unix))]
    pub(super) fn new() -> Result<Self, Stop> {
        Ok(Self { interrupt: tokio::signal::windows::ctrl_c().map_err(|error| unheard(&error))? })
    }

    /// Waits for one.
    pub(super) async fn wait(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
        #[cfg(not(unix))]
        self.interrupt.recv().await;
    }

    /// Waits for the operation, which a signal asks to wind up: what is under way is finished and told. A second signal
    /// drops it.
    pub(super) async fn wind_up<T>(
        &mut self,
        cancel: &watch::Sender<bool>,
        operation: impl Future<Output = T>,
    ) -> Result<T, Stop> {
        let mut operation = std::pin::pin!(operation);
        tokio::select! {
            result = &mut operation => return Ok(result),
            () = self.wait() => {}
        }
        cancel.send_replace(true);
        self.or(operation).await
    }

    /// Waits for the operation, or for a signal: then the operation is dropped.
    pub(super) async fn or<T>(&mut self, operation: impl Future<Output = T>) -> Result<T, Stop> {
        tokio::select! {
            result = operation => Ok(result),
            () = self.wait() => Err(interrupted().into()),
        }
    }
}

/// Runs a command in such a way that Ctrl+Z stops it with nothing in hand that another instance waits for: not in the
/// middle of what it writes, and not with the port.
#[cfg(unix)]
pub(super) async fn suspendable<T>(opened: &job::Opened, command: impl Future<Output = T>) -> T {
    use tokio::signal::unix::{SignalKind, signal};

    let mut command = std::pin::pin!(command);
    // Without it the system stops the process where it stands, and whoever waits wakes it.
    let Ok(mut stop) = signal(SignalKind::from_raw(job::STOP)) else { return command.await };
    loop {
        tokio::select! {
            result = &mut command => return result,
            _ = stop.recv() => if job::is_continued()
                && let Err(error) = opened.stop()
            {
                tracing::warn!(%error, "the process could not be stopped");
            },
        }
    }
}

#[cfg(not(unix))]
pub(super) async fn suspendable<T>(_: &job::Opened, command: impl Future<Output = T>) -> T {
    command.await
}

/// What the user did.
pub(super) fn interrupted() -> Failure {
    Failure::new(Kind::Interrupted, "interrupted")
}

fn unheard(error: &io::Error) -> Stop {
    Failure::new(Kind::Failed, format!("could not listen for Ctrl+C: {error}")).into()
}
