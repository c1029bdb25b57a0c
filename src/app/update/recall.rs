//! Messages that were sent, called back into the composer: older ones by going up, newer ones by going down.

use super::save_draft;
use super::transcript::is_own;
use crate::app::channel::Channel;
use crate::app::chat::TranscriptItem;
use crate::app::chat::composer::Recalled;
use crate::app::effect::Effect;
use crate::app::update::ctx::Ctx;

/// Puts an older or a newer message into the composer. None where nothing is recalled: a text of its own is being
/// written, or nothing was sent here yet.
pub(super) fn step(channel: &mut Channel, ctx: &mut Ctx<'_>, up: bool) -> Option<Vec<Effect>> {
    let composer = &channel.composer;
    let recalled = composer.recalled.filter(|recalled| recalled.stamp == composer.text.stamp());
    let back = match recalled {
        Some(recalled) if up => recalled.back + 1,
        Some(recalled) => recalled.back.checked_sub(1)?,
        None if up && composer.text.is_empty() => 1,
        None => return None,
    };
    // Below the newest one is the empty composer that it began with.
    let text = if back == 0 { String::new() } else { sent(channel, back)? };
    channel.write(ctx.ids, text);
    let stamp = channel.composer.text.stamp();
    channel.composer.recalled = (back > 0).then_some(Recalled { back, stamp });
    ctx.window.quit_armed = None;
    Some(save_draft(channel))
}

/// The user's own message that is so many back, 1 for the last one. One that repeats the one behind it is passed over.
fn sent(channel: &Channel, back: usize) -> Option<String> {
    let own = channel.chat.items.iter().rev().filter(|part| is_own(channel, part)).filter_map(|part| match part {
        TranscriptItem::History(at) => channel.chat.past(*at).map(|past| past.message.text.as_str()),
        TranscriptItem::Ask(id) => channel.turns.get(id).map(|local| local.turn.text.as_str()),
        TranscriptItem::Details | TranscriptItem::Greeting | TranscriptItem::Answer(_) => None,
    });
    let mut last = None;
    let mut own = own.filter(|text| !text.trim().is_empty() && last.replace(*text) != Some(*text));
    own.nth(back - 1).map(str::to_owned)
}
