//! The roster: from the store at once, from the platform behind it, page by page as it is read.

use super::{conversation, draft, outbox, save_draft, transcript, wake};
use crate::app::action::Action;
use crate::app::channel::{Channel, Link};
use crate::app::chat::ConversationRef;
use crate::app::effect::{ChannelEffect, Effect};
use crate::app::event::Restored;
use crate::app::roster::RosterRow;
use crate::app::text_buffer::TextInput;
use crate::app::update::ctx::Ctx;
use crate::domain::{Conversation, ConversationId, Failure, Kind, Page, Timestamp, Turn, TurnId};

/// What the store remembered: shows it, opens what was open last, and asks the platform for news.
pub(super) fn restored(channel: &mut Channel, ctx: &mut Ctx<'_>, restored: Restored) -> Vec<Effect> {
    channel.roster.merge(restored.rows);
    if let Some(warning) = restored.warnings.first() {
        ctx.say(warning);
    }
    let mut effects = wake(ctx);
    // Somebody who already opened or sent something is not taken elsewhere.
    if channel.chat.place == ConversationRef::New(0) && channel.turns.is_empty() {
        let typed = channel.composer.text.as_str().to_owned();
        let newest = channel.roster.rows.first().map(|r| r.id.clone());
        let waits = !restored.waiting.is_empty();
        effects.extend(match (restored.open, restored.draft, newest) {
            (Some(open), draft, _) if draft.is_none() || typed.is_empty() => {
                if waits {
                    let key = ctx.window.key(&[], Action::NewConversation);
                    let way = if key.is_empty() { String::new() } else { format!(": {key} shows it") };
                    ctx.say(&format!("A message of a new conversation waits for your word{way}."));
                }
                let mut opened = take_along(channel, ctx, open, typed);
                opened.extend(wake(ctx));
                opened
            }
            (None, None, Some(newest)) if !waits => take_along(channel, ctx, newest, typed),
            (_, draft, _) => {
                newcomer(channel, ctx, (draft, restored.instead, restored.taken_back), &typed, restored.waiting)
            }
        });
    }
    if channel.capabilities.list {
        effects.extend(fetch(channel, ctx));
    }
    effects
}

/// Opens a conversation, and what was typed before it was known which goes along.
fn take_along(channel: &mut Channel, ctx: &mut Ctx<'_>, id: ConversationId, typed: String) -> Vec<Effect> {
    // What was typed isn't left behind.
    channel.write(ctx.ids, String::new());
    let effects = conversation::open(channel, ctx, &ConversationRef::Known(id));
    if !typed.is_empty() {
        channel.write(ctx.ids, typed);
        // It is this one's as soon as the store has said what it kept for it.
        channel.chat.loads_new = true;
    }
    effects
}

/// A new conversation, with what was kept for one and what was typed meanwhile. Where nothing at all is known,
/// the sandbox greets; any other channel waits for the first message.
fn newcomer(
    channel: &mut Channel,
    ctx: &mut Ctx<'_>,
    (draft, instead, taken_back): (Option<String>, Option<TurnId>, Option<Turn>),
    typed: &str,
    waiting: Vec<Turn>,
) -> Vec<Effect> {
    let mut effects = Vec::new();
    (channel.chat.loaded, channel.chat.draft_known) = (true, true);
    for turn in waiting {
        let place = channel.chat.place.clone();
        let local = outbox::local(ctx, turn, place);
        channel.turns.insert(local.turn.id.clone(), local);
    }
    transcript::rebuild(channel);
    if let Some(draft) = draft {
        draft::write_instead(channel, instead, taken_back);
        let text = if typed.is_empty() { draft } else { format!("{draft}\n{typed}") };
        channel.write(ctx.ids, text.clone());
        effects.push(Effect::Open(ChannelEffect::SaveDraft { conversation: None, text }));
    } else if !typed.is_empty() {
        effects.extend(save_draft(channel));
    }
    if channel.info.sandbox && !channel.info.read_only && channel.capabilities.start && channel.roster.rows.is_empty()
    {
        let place = ConversationRef::New(ctx.ids.next_number());
        channel.chat.place = place.clone();
        channel.chat.starting = true;
        effects.push(Effect::Open(ChannelEffect::Start(place)));
    }
    effects
}

/// Asks the platform for the next page.
pub(super) fn fetch(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let ticket = ctx.ids.next_number();
    channel.roster.fetching = Some(ticket);
    vec![Effect::Open(ChannelEffect::FetchRoster { ticket, cursor: channel.roster.cursor.clone() })]
}

/// Asks the platform for the first page once more: what is listed stays meanwhile.
pub(super) fn fetch_anew(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    channel.roster.cursor = None;
    fetch(channel, ctx)
}

/// Asks for the next page if the view is near the end of what is loaded.
pub(super) fn fetch_if_due(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    if channel.capabilities.list && channel.roster.cursor.is_some() && channel.roster.wants_more() {
        fetch(channel, ctx)
    } else {
        Vec::new()
    }
}

/// A page of the platform's conversations came, or failed to.
pub(super) fn page(
    channel: &mut Channel,
    ctx: &mut Ctx<'_>,
    ticket: u64,
    result: Result<Page<Conversation>, Failure>,
) -> Vec<Effect> {
    if channel.roster.fetching != Some(ticket) {
        return Vec::new();
    }
    channel.roster.fetching = None;
    let page = match result {
        Ok(page) => page,
        Err(failure) => {
            channel.link = Link::Trouble(failure.kind);
            channel.roster.failure = Some(failure);
            channel.roster.anew = false;
            return Vec::new();
        }
    };
    channel.link = Link::Connected;
    let first_page = channel.roster.cursor.is_none();
    // What a page before could not read stays said.
    let before = channel.roster.failure.take().filter(|_| !first_page);
    channel.roster.failure = page.damage.failure().or(before);
    channel.roster.total = page.total.or(channel.roster.total);
    let times: Vec<Timestamp> = page.items.iter().filter_map(|c| c.created_at.at).collect();
    if first_page {
        channel.roster.followed.clear();
        channel.roster.oldest_first = matches!((times.first(), times.last()), (Some(a), Some(b)) if a < b);
    }
    let rows = page.items.into_iter().map(|c| {
        let row = RosterRow::new(c.id, &c.title, c.created_at.at);
        RosterRow { details: c.details, ..row }
    });
    channel.roster.merge(rows);
    transcript::rebuild(channel);
    // A cursor that was followed already would go round in a circle; the ones before are remembered for that.
    let circle = page.next.as_ref().is_some_and(|next| !channel.roster.followed.insert(next.clone()));
    channel.roster.cursor = page.next.filter(|_| !circle);
    channel.roster.complete = channel.roster.cursor.is_none();
    channel.roster.anew &= channel.roster.oldest_first && !channel.roster.complete;
    if channel.roster.complete {
        not_whole(channel, circle);
    }
    fetch_if_due(channel, ctx)
}

/// Says so where a list that ended is not whole. Rows that the platform did not list only make it look longer.
fn not_whole(channel: &mut Channel, circle: bool) {
    let roster = &mut channel.roster;
    let got = roster.rows.len();
    let fewer = roster.total.filter(|total| *total > got as u64);
    let why = match (fewer, circle) {
        (Some(counted), _) => format!("the list is not whole: the platform counts {counted}, and told {got}"),
        (None, true) if roster.total != Some(got as u64) => {
            format!("the list is not whole: after {got} it leads back to what was read already")
        }
        (None, _) => return,
    };
    roster.failure = Some(Failure::new(Kind::Platform, why));
}

/// Something for the filter.
pub(super) fn write_filter(channel: &mut Channel, ctx: &mut Ctx<'_>, input: TextInput) -> Vec<Effect> {
    if channel.roster.filter.take(input) { filtered(channel, ctx) } else { Vec::new() }
}

fn filtered(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    channel.roster.refilter();
    if channel.roster.filter.trim().is_empty() {
        channel.roster.follows_first = false;
        channel.roster.reveal();
    } else {
        channel.roster.select_first();
    }
    fetch_if_due(channel, ctx)
}
