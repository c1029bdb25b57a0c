//! What of a conversation changes by itself as time goes by.

use crate::app::channel::chat_view::ChatView;
use crate::app::effect::Effect;
use crate::domain::Timestamp;

/// Asks to be told when something that depends on the time is next seen to change in a conversation: a reply
/// gets late, a second of a countdown is over.
pub(super) fn countdown(view: ChatView<'_>, now: Timestamp) -> Option<Effect> {
    let late = view.late_at().filter(|at| *at > now);
    let second = view.chat.reply_until.filter(|until| *until > now).map(|until| {
        let left = i64::try_from(until.since(now).div_ceil(1_000)).unwrap_or(i64::MAX);
        until.plus_millis((left - 1).saturating_mul(-1_000))
    });
    [late, second].into_iter().flatten().min().map(Effect::Wake)
}
