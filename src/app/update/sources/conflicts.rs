//! Which changes met a conflict, and the overlay that shows both sides.

use crate::app::channel::Channel;
use crate::app::effect::Effect;
use crate::app::sources::SourcesOverlay;
use crate::domain::{Applied, Change, ChangeId, ChangeState, Version};

/// Shows a conflict.
pub(super) fn show(channel: &mut Channel, change: ChangeId) -> Vec<Effect> {
    channel.sources.overlay = Some(SourcesOverlay::Conflict { change, top: 0 });
    Vec::new()
}

/// The first conflict that the last job met and that is still one.
pub(super) fn first_of_job(channel: &Channel) -> Option<ChangeId> {
    let job = channel.sources.job.as_ref()?;
    let met = job.done.iter().filter(|(_, _, applied)| matches!(applied, Applied::Conflict(_)));
    met.map(|(id, _, _)| id.clone()).find(|id| is_conflict(channel, id)).or_else(|| first(channel))
}

pub(super) fn is_conflict(channel: &Channel, id: &ChangeId) -> bool {
    channel.sources.changes.get(id).is_some_and(|c| matches!(c.state, ChangeState::Conflict(_)))
}

pub(super) fn first(channel: &Channel) -> Option<ChangeId> {
    let mut staged = channel.sources.staged();
    staged.find(|c| matches!(c.state, ChangeState::Conflict(_))).map(|c| c.id.clone())
}

/// The conflict that is shown: its change, and what stands on the platform; none if the row is gone.
pub(super) fn shown(channel: &Channel) -> Option<(Change, Option<Version>)> {
    let change = channel.sources.conflict()?;
    let ChangeState::Conflict(theirs) = &change.state else { return None };
    Some((change.clone(), theirs.clone()))
}
