//! Passing on how far the parts of a guarded push are.

use tokio::sync::mpsc;

use super::report::{GuardProgress, GuardWatch};
use crate::runtime::folder::Watch;

/// What passes on what is told, until nobody tells any more.
pub(super) struct Forward(tokio::task::JoinHandle<()>);

impl Forward {
    pub(super) fn to<T: Send + 'static>(
        watch: &GuardWatch,
        wrap: fn(T) -> GuardProgress,
    ) -> (mpsc::UnboundedSender<T>, Self) {
        let (to, mut from) = mpsc::unbounded_channel();
        let on = watch.to.clone();
        let passing = tokio::spawn(async move {
            while let Some(progress) = from.recv().await {
                let _ = on.send(wrap(progress));
            }
        });
        (to, Self(passing))
    }

    /// Until all that was told is passed on.
    pub(super) async fn wait(self) {
        let _ = self.0.await;
    }
}

/// A watch of rows' progress that is told on.
pub(super) fn rows_watch(watch: &GuardWatch) -> (Watch, Forward) {
    let (to, told) = Forward::to(watch, GuardProgress::Rows);
    (Watch { to, cancelled: watch.cancelled.clone() }, told)
}
