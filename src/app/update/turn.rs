//! Turns: from Enter to the end of the reply, and what the user decides where the fate of a message is unknown.

use super::started::settle_place;
use super::transcript::rebuild;
use super::{fate, outbox, save_draft, transcript, wake};
use crate::app::channel::{Channel, Link};
use crate::app::chat::scroll::Scroll;
use crate::app::chat::{ConversationRef, PendingTurn, words};
use crate::app::effect::{ChannelEffect, Effect};
use crate::app::event::Step;
use crate::app::notify::Happening;
use crate::app::overlay::message::MessageEffect;
use crate::app::update::ctx::Ctx;
use crate::domain::{Attach, Failure, Kind, NotifyKind, OutState, Reply, Turn, TurnId};

/// The longest message that is sent, in bytes.
const LONGEST: usize = 1024 * 1024;

/// Puts what the composer holds into the outbox.
pub(super) fn send(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let text = channel.composer.text.trim_end().to_owned();
    let text = if text.trim().is_empty() { String::new() } else { text };
    if text.is_empty() && channel.composer.attach.is_empty() {
        return Vec::new();
    }
    if let Some(why) = refusal(channel, &text) {
        ctx.complain("", &Failure::new(Kind::Invalid, why).hint("Your text is kept."));
        return wake(ctx);
    }
    let attach = std::mem::take(&mut channel.composer.attach).into_iter().map(|a| a.attach).collect();
    let turn = file(channel, ctx, text, attach);
    let instead = channel.composer.instead.take();
    channel.write(ctx.ids, String::new());
    if let Some(row) = turn.conversation.as_ref().and_then(|id| channel.roster.row_mut(id)) {
        row.draft = false;
    }
    let conversation = turn.conversation.clone();
    // Only what still waits for the user's word can be given up.
    let instead = instead.filter(|of| channel.turns.get(of).is_some_and(PendingTurn::needs_word));
    let enqueue = match instead {
        Some(of) => {
            channel.turns.remove(&of);
            rebuild(channel);
            Effect::Open(ChannelEffect::Message(MessageEffect::SendInstead { turn: Box::new(turn), of }))
        }
        None => Effect::Open(ChannelEffect::Enqueue(turn)),
    };
    // The outbox takes the draft's place in one commit; the second clears what was edited outside of it, but never what
    // was kept for this conversation and isn't known yet.
    let cleared = channel
        .chat
        .draft_known
        .then(|| Effect::Open(ChannelEffect::SaveDraft { conversation, text: String::new() }));
    std::iter::once(enqueue).chain(cleared).collect()
}

/// Sends the answer at that place among those that the bot offers. What is being written stays as it is.
pub(super) fn quick_reply(channel: &mut Channel, ctx: &mut Ctx<'_>, place: usize) -> Vec<Effect> {
    let Some(text) = channel.quick_replies().get(place).map(|text| (*text).to_owned()) else { return Vec::new() };
    if let Some(why) = refusal(channel, &text) {
        ctx.complain("", &Failure::new(Kind::Invalid, why));
        return wake(ctx);
    }
    let turn = file(channel, ctx, text, Vec::new());
    let mut effects = vec![Effect::Open(ChannelEffect::Enqueue(turn))];
    if !channel.composer.text.is_empty() {
        // What goes into the outbox takes the place of the draft, which is not what was sent.
        effects.extend(save_draft(channel));
    }
    effects
}

/// Why a text can't be sent.
fn refusal(channel: &Channel, text: &str) -> Option<&'static str> {
    let long = (text.len() > LONGEST).then_some("The message is over 1 MiB, so it was not sent.");
    channel.send_blocker().or(long)
}

/// Makes a turn of a text in the open conversation.
fn file(channel: &mut Channel, ctx: &mut Ctx<'_>, text: String, attach: Vec<Attach>) -> Turn {
    let place = channel.chat.place.clone();
    let turn = Turn {
        id: ctx.ids.next_turn_id(ctx.now),
        channel: channel.info.name.clone(),
        conversation: place.id().cloned(),
        text,
        state: OutState::Queued,
        created: ctx.now,
        message_id: None,
        failure: None,
        reply: None,
        attach,
    };
    // Until now the platform may have named it by the bot's first words; where people write to the bot, by theirs.
    let first = !channel.capabilities.is_bot && transcript::is_unwritten(channel);
    if let Some(row) = place.id().and_then(|id| channel.roster.row_mut(id)) {
        row.activity = Some(ctx.now);
        if first {
            row.retitle(&turn.text);
        }
    }
    channel.roster.sort();
    let mut filed = outbox::local(ctx, turn.clone(), place);
    filed.live = true;
    channel.turns.insert(turn.id.clone(), filed);
    ctx.window.quit_armed = None;
    channel.chat.scroll = Scroll::Follow;
    rebuild(channel);
    turn
}

/// A turn is in the outbox: it goes out, unless one before it is still under way.
pub(super) fn committed(channel: &mut Channel, id: &TurnId) -> Vec<Effect> {
    channel
        .turns
        .get(id)
        .map(|t| t.place.clone())
        .map_or_else(Vec::new, |place| outbox::dispatch_next(channel, &place))
}

/// Nothing of it left: the text goes back to where it was written.
pub(super) fn commit_failed(channel: &mut Channel, ctx: &mut Ctx<'_>, id: &TurnId, failure: &Failure) -> Vec<Effect> {
    let Some(local) = channel.turns.remove(id) else { return Vec::new() };
    ctx.complain("Not sent: it could not be stored. ", failure);
    let (name, place) = (&channel.info.name, local.place.id());
    ctx.happened(Happening::new(name, NotifyKind::Failed, place, &failure.sentence()));
    let mut effects = outbox::give_back(channel, ctx, &local);
    rebuild(channel);
    effects.extend(wake(ctx));
    effects
}

/// Something happened to a turn.
pub(super) fn step(channel: &mut Channel, ctx: &mut Ctx<'_>, id: &TurnId, step: Step) -> Vec<Effect> {
    let Some(local) = channel.turns.get_mut(id) else { return Vec::new() };
    match step {
        Step::Sending => {
            local.turn.state = OutState::Sending;
            local.sent_at = Some(ctx.now);
            local.waiting = None;
        }
        Step::Bound(conversation) => {
            let place = local.place.clone();
            if place.id().is_none() {
                return settle_place(channel, ctx, &place, &conversation);
            }
        }
        Step::Waiting(until, why) => local.waiting = Some((until, why)),
        Step::Sent => {
            local.turn.state = OutState::Sent;
            channel.link = Link::Connected;
        }
        Step::Delta(piece) => {
            let text = &piece.text;
            let first_word_ms = local.sent_at.map(|at| ctx.now.since(at));
            let new = local.turn.reply.is_none();
            let reply = local.turn.reply.get_or_insert_with(|| Reply { first_word_ms, ..Reply::default() });
            // A word that goes on from the piece before was counted there.
            let goes_on = !reply.text.ends_with(char::is_whitespace) && !reply.text.is_empty();
            let joined = goes_on && !text.starts_with(char::is_whitespace) && !text.trim().is_empty();
            local.words = (local.words + words(text)).saturating_sub(u64::from(joined));
            let corrected = piece.instead.is_some();
            if let Some(whole) = &piece.instead {
                local.words = words(whole) + words(text);
                whole.clone_into(&mut reply.text);
            }
            reply.text.push_str(text);
            // It went on although it was called whole.
            let again = reply.finish.take().is_some();
            if corrected {
                ctx.say("The platform corrected what it had said.");
            } else if !new && !again {
                // The parts stand as they are: only the open item grew.
                return Vec::new();
            }
        }
        Step::Finished(finish) => {
            let took_ms = local.sent_at.map(|at| ctx.now.since(at));
            let reply = local.turn.reply.get_or_insert_with(Reply::default);
            (reply.finish, reply.took_ms) = (Some(finish), took_ms);
        }
        Step::Accepted => return fate::accepted(channel, ctx, id),
        Step::Done(finish, failure) => return fate::done(channel, ctx, id, finish, failure),
        Step::Ended(out, failure) => return fate::ended(channel, ctx, id, out, &failure),
    }
    rebuild(channel);
    Vec::new()
}

/// The user wants the platform asked whether a message arrived.
pub(super) fn check_again(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let Some(conversation) = channel.undecided().and_then(|t| t.place.id().cloned()) else { return Vec::new() };
    if !channel.capabilities.history {
        ctx.say("This platform can't be asked whether it arrived: send it again, or drop it.");
        return wake(ctx);
    }
    ctx.say("Reading the conversation back…");
    let mut effects = vec![Effect::Open(ChannelEffect::Refresh { conversation, after_ms: 0 })];
    effects.extend(wake(ctx));
    effects
}

/// The user wants a message sent again, knowing what that may mean.
pub(super) fn send_again(channel: &mut Channel) -> Vec<Effect> {
    channel.undecided().map(|t| Effect::Open(ChannelEffect::SendAgain(t.turn.id.clone()))).into_iter().collect()
}

/// A turn was given up for a new one with its text, which is in the outbox already.
pub(super) fn replaced(channel: &mut Channel, ctx: &mut Ctx<'_>, old: &TurnId, mut new: Turn) -> Vec<Effect> {
    // The store may have been read between the two: then the old one is gone already, and the new one is there.
    let known = channel.turns.remove(old).or_else(|| channel.turns.remove(&new.id)).map(|local| local.place);
    let Some(place) = known.or_else(|| new.conversation.clone().map(ConversationRef::Known)) else {
        return Vec::new();
    };
    // Kept for a new conversation, which is open on the platform by now: that is where it goes.
    new.conversation = new.conversation.or_else(|| place.id().cloned());
    let id = new.id.clone();
    let mut filed = outbox::local(ctx, new, place);
    filed.live = true;
    channel.turns.insert(id.clone(), filed);
    channel.chat.scroll = Scroll::Follow;
    rebuild(channel);
    committed(channel, &id)
}

/// The user gives a message up.
pub(super) fn give_up(channel: &mut Channel) -> Vec<Effect> {
    let Some(id) = channel.undecided().map(|t| t.turn.id.clone()) else { return Vec::new() };
    channel.turns.remove(&id);
    rebuild(channel);
    vec![Effect::Open(ChannelEffect::Drop(id))]
}
