//! Showing messages as they were written.

use crate::app::action::Action;
use crate::app::channel::Channel;
use crate::app::effect::Effect;
use crate::app::update::ctx::Ctx;
use crate::app::view::ViewKind;

/// Does what an action means there; none where it means something else.
pub(super) fn handle_action(channel: &mut Channel, ctx: &mut Ctx<'_>, action: Action) -> Option<Vec<Effect>> {
    if action != Action::RawSource || ctx.window.view != ViewKind::Chat {
        return None;
    }
    let picked = picked(channel);
    if picked.is_empty() {
        channel.chat.source_view.turn_all();
    } else {
        channel.chat.source_view.turn(&picked);
    }
    Some(Vec::new())
}

/// The keys of the messages that are picked, the one that moves first.
fn picked(channel: &Channel) -> Vec<u64> {
    let Some(moves) = channel.chat.picked.map(|picked| picked.key) else { return Vec::new() };
    let parts = channel.chat.items.get(channel.picked()).unwrap_or_default();
    let others = parts.iter().filter_map(|part| channel.key_of(part)).filter(|key| *key != moves);
    std::iter::once(moves).chain(others).collect()
}
