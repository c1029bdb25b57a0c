//! The open conversation, drawn: who, when, how fast, and what became of what was sent.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::widgets::Widget;

use super::finding::Places;
use super::frame::pane;
use super::glyphs::Glyphs;
use super::over::keyed;
use super::transcript::{Item, Items, Sought, Transcript, shown_facts};
use super::{paint, theme};
use crate::app::{
    Action, DETAILS, Focus, LocalTurn, Measured, Part, Past, Place, Refresh, Scroll, State, short_name,
};
use crate::domain::{
    Attachment, Extras, Failure, Finish, Moment, OutState, Reply, Role, SafeText, Timestamp, display_width,
};

/// Draws the transcript pane and says what it measured, and where the cursor stands if a line of it has the keys.
pub(super) fn draw(
    area: Rect,
    buf: &mut Buffer,
    state: &State,
    transcript: &mut Transcript,
    glyphs: &Glyphs,
    now: Timestamp,
) -> Option<(Measured, Option<(u16, u16)>)> {
    if area.height < 3 {
        return None;
    }
    let focused = state.focus == Focus::Transcript && !state.is_covered();
    let title = title(state, usize::from(area.width).saturating_sub(16));
    let style = if focused { theme::ACCENT.patch(theme::BOLD) } else { theme::BOLD };
    let left = vec![paint::fixed(" ", theme::PLAIN), paint::span(&title, style), paint::fixed(" ", theme::PLAIN)];
    let right = match state.open_id() {
        Some(id) => {
            let short: String = id.as_str().chars().take(8).collect();
            vec![paint::span(&SafeText::one_line(&format!(" {short} ")), theme::DIM)]
        }
        None => Vec::new(),
    };
    let inner = pane(area, buf, left, right, focused, glyphs);
    let shown = shown(state, glyphs, now);
    if shown.len() == 0 {
        empty(inner, buf, state);
    }
    let finding = state.chat.finding.as_ref();
    // The search has the last row.
    let text = Rect { height: inner.height.saturating_sub(u16::from(finding.is_some())), ..inner };
    let places = finding.and_then(|finding| finding.query.as_ref().map(|query| Places { finding, query }));
    let marked = places.as_ref().map(|places| places as &dyn Sought);
    let scroll = state.chat.scroll;
    let measured = transcript.draw_sought(buf, text, &shown, scroll, glyphs.ascii, marked);
    foot(area, buf, state, measured.at_bottom, glyphs);
    let cursor = finding.and_then(|finding| {
        let line = Rect { y: text.bottom(), height: 1, ..inner };
        super::finding::line(line, buf, state, finding, glyphs).filter(|_| !state.is_covered())
    });
    Some((Measured { rows: text.height, ..measured }, cursor))
}

/// The first words of the conversation, or what stands for them.
fn title(state: &State, columns: usize) -> SafeText {
    let row = state.open_id().and_then(|id| state.roster.rows.iter().find(|r| r.id == *id));
    match row {
        Some(row) if !row.label.as_str().trim().is_empty() => row.label.truncate(columns),
        // Nobody begins one here.
        None if !state.capabilities.send || state.capabilities.is_bot => {
            SafeText::from_static("No conversation").truncate(columns)
        }
        _ => SafeText::from_static("New conversation").truncate(columns),
    }
}

fn empty(area: Rect, buf: &mut Buffer, state: &State) {
    let can = state.capabilities;
    let text = match (&state.chat.place, &state.chat.refresh) {
        _ if state.chat.starting => "Opening a conversation…",
        _ if can.requests && !can.send => "This platform asks for data. Its requests are in Webhooks: press 3.",
        (Place::Known(_), Refresh::Reading { .. }) => "Reading the conversation…",
        (Place::Known(_), Refresh::Failed(_)) => "Its messages could not be read yet; r in this pane tries again.",
        (Place::Known(_), _) if can.start && can.local && !state.chat.loaded => "Reading the conversation…",
        (Place::Known(_), _) if can.start && can.local => "Waiting for the bot's first words; yours can come before.",
        (Place::New(_), _) if can.is_bot => "People write first here: what they write comes by webhook.",
        (Place::New(_), _) if !can.send => "Choose a conversation on the left.",
        _ if !can.send => TELLS_NONE,
        _ => "No messages yet. Write one below and press Enter.",
    };
    let lines = super::transcript::wrapped(&SafeText::from_static(text), theme::DIM, usize::from(area.width));
    for (y, line) in (0..area.height).zip(lines) {
        line.render(Rect { y: area.y + y, height: 1, ..area }, buf);
    }
}

/// Above the first message that is new.
const NEW: &str = "new since you left";
/// Where a platform lists its conversations and not what is said in them.
const TELLS_NONE: &str = "This platform tells no messages of its conversations.";

/// What is picked, and the key that copies it.
fn picked(state: &State) -> String {
    let what = match (state.picked().len(), &state.chat.marked) {
        (_, Some(_)) => "text marked".to_owned(),
        (1, _) if state.chat.picked.is_some_and(|picked| picked.from.is_some()) => {
            "1 message picked, range open".to_owned()
        }
        (1, _) => "1 message picked".to_owned(),
        (n, _) => format!("{n} messages picked"),
    };
    let copies = if state.focus == Focus::Transcript { keyed(state, Action::Copy, "copies") } else { String::new() };
    if copies.is_empty() { format!(" {what} ") } else { format!(" {what}: {copies} ") }
}

/// What stands on the pane's lower border: how far the history is read, and whether there is more below.
fn foot(area: Rect, buf: &mut Buffer, state: &State, at_bottom: bool, glyphs: &Glyphs) {
    let (text, style) = match &state.chat.refresh {
        Refresh::Failed(failure) => (format!(" not refreshed: {} ", failure.sentence()), theme::BAD),
        Refresh::Reading { got, total: Some(total) } if *got < *total => {
            (format!(" reading {got} of {total} "), theme::DIM)
        }
        _ if state.chat.loading_older => (" loading older messages ".to_owned(), theme::DIM),
        _ if state.chat.picked.is_some() || state.chat.marked.is_some() => (picked(state), theme::ACCENT),
        _ if !at_bottom && state.chat.scroll != Scroll::Follow => {
            (format!(" more below{}End shows the newest ", glyphs.dot), theme::ACCENT)
        }
        _ => return,
    };
    let text = SafeText::one_line(&text).truncate(usize::from(area.width).saturating_sub(4));
    let columns = u16::try_from(display_width(text.as_str())).unwrap_or(0);
    let line = Rect {
        x: area.x + area.width.saturating_sub(columns + 2),
        y: area.y + area.height - 1,
        width: columns,
        height: 1,
    };
    paint::line(vec![paint::span(&text, style)]).render(line, buf);
}

/// What stands in the transcript.
pub(super) fn shown<'a>(state: &'a State, glyphs: &'a Glyphs, now: Timestamp) -> Shown<'a> {
    Shown { state, glyphs, now, picked: state.picked() }
}

pub(super) struct Shown<'a> {
    state: &'a State,
    glyphs: &'a Glyphs,
    now: Timestamp,
    /// The places of what is picked.
    picked: std::ops::Range<usize>,
}

impl Items for Shown<'_> {
    fn len(&self) -> usize {
        self.state.chat.parts.len()
    }

    fn item(&self, index: usize) -> Item<'_> {
        let state = self.state;
        let item = match state.chat.parts.get(index) {
            Some(Part::Details) => self.details(),
            Some(Part::Greeting) => self.greeting(),
            Some(Part::Past(i)) => state.chat.past(*i).map_or_else(Item::default, |p| self.past(p)),
            Some(Part::Ask(id)) => state.turns.get(id).map_or_else(Item::default, |t| self.ask(t)),
            Some(Part::Answer(id)) => state.turns.get(id).map_or_else(Item::default, |t| self.answer(t)),
            None => Item::default(),
        };
        let new = state.chat.seen.new_from.is_some_and(|key| key == item.key);
        Item { picked: self.picked.contains(&index), divider: new.then_some(NEW), ..item }
    }

    fn index_of(&self, key: u64) -> Option<usize> {
        self.state.part_of(key)
    }
}

type Head = Vec<(SafeText, Style)>;

impl Shown<'_> {
    fn greeting(&self) -> Item<'_> {
        let Some(greeting) = &self.state.chat.greeting else { return Item::default() };
        let head = self.head(&Role::Assistant, &Moment::at(greeting.at), &[]);
        let raw = self.state.chat.raw.shows(greeting.key);
        Item { key: greeting.key, head, bar: theme::BOT, text: &greeting.text, raw, ..Item::default() }
    }

    /// What the platform tells of the conversation.
    fn details(&self) -> Item<'_> {
        let state = self.state;
        let details = state.open_row().map_or(&[][..], |row| row.details.as_slice());
        let whole = state.chat.whole_details;
        let said = if whole { SafeText::new } else { SafeText::one_line };
        let facts = details.iter().map(|(name, value)| (SafeText::one_line(name), said(value))).collect();
        let more = details.len() - shown_facts(details.len());
        let key = if state.focus == Focus::Transcript { "i" } else { "Shift+Tab, then i" };
        let mut notes = Vec::new();
        if !whole && more > 0 {
            notes.push((SafeText::one_line(&format!("{more} more: {key} shows all")), theme::DIM));
        }
        if state.chat.parts.len() == 1 && !state.capabilities.history && !state.capabilities.local {
            notes.push((SafeText::from_static(TELLS_NONE), theme::DIM));
        }
        Item { key: DETAILS, facts, whole, notes, ..Item::default() }
    }

    fn past<'b>(&self, past: &'b Past) -> Item<'b> {
        let mut item = said(past, self.state.is_mine(past), self.glyphs, self.now);
        if self.state.awaited().is_some_and(|last| last.key == past.key) {
            item.notes.push((self.awaited(), theme::DIM));
        }
        item.raw = self.state.chat.raw.shows(past.key);
        item
    }

    /// What is said below a message whose reply is still to come. Never that it failed: it can come at any time.
    fn awaited(&self) -> SafeText {
        let late = self.state.late_at().is_some_and(|at| at <= self.now);
        let said = if late { "no reply yet; it can still come" } else { "accepted, waiting for the reply" };
        SafeText::one_line(&format!("{} {said}", self.glyphs.queued))
    }

    fn ask<'b>(&self, local: &'b LocalTurn) -> Item<'b> {
        let turn = &local.turn;
        let mut head = self.head(&Role::User, &Moment::at(turn.created), &[]);
        let mut notes = Vec::new();
        if !turn.attach.is_empty() {
            let names: Vec<String> = turn.attach.iter().map(short_name).collect();
            notes.push((SafeText::one_line(&format!("attached: {}", names.join(", "))), theme::DIM));
        }
        let mut state = |glyph: &'static str, word: &str, style: Style| {
            head.push((SafeText::from_static(self.glyphs.dot), theme::DIM));
            head.push((SafeText::one_line(&format!("{glyph} {word}")), style));
        };
        let g = self.glyphs;
        if let Some((until, why)) = &local.waiting {
            let seconds = until.since(self.now).div_ceil(1_000);
            state(g.queued, "waiting", theme::WARN);
            let text = format!("{why} Trying again in {seconds} s; Esc takes it back.");
            notes.push((SafeText::one_line(&text), theme::WARN));
        } else {
            match turn.state {
                OutState::Queued if local.live => state(g.queued, "queued", theme::DIM),
                OutState::Queued => state(g.failed, "not sent", theme::BAD),
                OutState::Sending => state(g.sending, "sending", theme::DIM),
                OutState::Rejected => state(g.failed, "rejected", theme::BAD),
                OutState::Unknown => state(g.unknown, "unknown: it may have arrived", theme::WARN),
                OutState::Sent | OutState::Cancelled => {}
            }
            if let Some(failure) = turn.failure.as_ref().filter(|_| turn.state != OutState::Sent) {
                notes.extend(note(failure));
            }
            // One that an ended process left behind has no failure, and needs the user's word all the same.
            if local.needs_word() {
                notes.push((SafeText::from_static(self.way_out(turn.state)), theme::WARN));
            }
        }
        let raw = self.state.chat.raw.shows(local.keys.0);
        Item { key: local.keys.0, head, bar: theme::USER, text: &turn.text, raw, notes, ..Item::default() }
    }

    /// What the user can do about a message that did not go through, with the keys as they are now.
    fn way_out(&self, state: OutState) -> &'static str {
        let here = self.state.focus == Focus::Transcript;
        let state = if self.state.capabilities.history { state } else { OutState::Queued };
        match (state, here) {
            (OutState::Unknown, true) => "c check again   s send again   d drop",
            (OutState::Unknown, false) => "Shift+Tab, then:  c check again   s send again   d drop",
            (_, true) => "s send again   d drop",
            (_, false) => "Shift+Tab, then:  s send again   d drop",
        }
    }

    fn answer<'b>(&self, local: &'b LocalTurn) -> Item<'b> {
        let none = Reply::default();
        let reply = local.turn.reply.as_ref();
        let facts = reply.map_or_else(Vec::new, |r| pace(r.first_word_ms, r.took_ms, local.words));
        let at = local.sent_at.unwrap_or(local.turn.created);
        let mut head = self.head(&Role::Assistant, &Moment::at(at), &facts);
        let mut notes = Vec::new();
        let finish = reply.unwrap_or(&none).finish;
        let mut state = |text: String, style: Style| {
            head.push((SafeText::from_static(self.glyphs.dot), theme::DIM));
            head.push((SafeText::one_line(&text), style));
        };
        match finish {
            None if reply.is_none() && local.turn.failure.is_some() => {
                state(format!("{} no reply", self.glyphs.failed), theme::WARN);
            }
            None if reply.is_none() => {
                state(format!("{} waiting for the first word", self.glyphs.queued), theme::DIM);
            }
            None | Some(Finish::Stop) => {}
            Some(Finish::Cut) => state(format!("{} cut", self.glyphs.failed), theme::WARN),
            Some(Finish::Cancelled) => state(format!("{} stopped by you", self.glyphs.failed), theme::DIM),
        }
        if let Some(failure) = local.reply_failure.as_ref().or(local.turn.failure.as_ref()) {
            notes.extend(note(failure));
        }
        if finish == Some(Finish::Stop) && reply.is_some_and(|r| r.text.trim().is_empty()) {
            notes.push((SafeText::from_static("The reply is empty."), theme::DIM));
        }
        Item {
            key: local.keys.1,
            version: local.version,
            head,
            bar: theme::BOT,
            text: reply.map_or("", |r| r.text.as_str()),
            growing: local.live && finish.is_none(),
            raw: self.state.chat.raw.shows(local.keys.1),
            notes,
            ..Item::default()
        }
    }

    fn head(&self, role: &Role, at: &Moment, facts: &[String]) -> Head {
        head_of((who(role), bar(role)), at, facts, self.glyphs, self.now)
    }
}

/// A message of a history.
pub(super) fn said<'b>(past: &'b Past, mine: bool, glyphs: &Glyphs, now: Timestamp) -> Item<'b> {
    let message = &past.message;
    let mut facts = pace(past.first_word_ms, past.took_ms, past.words);
    if mine && let Some(via) = &message.extras.via {
        facts.push(via.clone());
    }
    let notes = attachment_notes(&message.extras);
    let (who, style) = author(past, mine);
    let head = head_of((who, style), &message.created_at, &facts, glyphs, now);
    Item { key: past.key, version: past.version, head, bar: style, text: past.text(), notes, ..Item::default() }
}

/// Who, when, and what is known besides.
fn head_of((who, style): (SafeText, Style), at: &Moment, facts: &[String], glyphs: &Glyphs, now: Timestamp) -> Head {
    let when = match at.at {
        Some(at) if now.since(at) < 20 * 3_600_000 => at.clock(),
        Some(at) => format!("{} {}", at.date(), at.clock()),
        None => at.raw.clone(),
    };
    let mut head = vec![(who, style.patch(theme::BOLD))];
    head.push((SafeText::one_line(&format!("  {when}")).truncate(40), theme::DIM));
    for fact in facts {
        head.push((SafeText::from_static(glyphs.dot), theme::DIM));
        head.push((SafeText::one_line(fact), theme::DIM));
    }
    head
}

/// Who wrote a message, and in which colour.
pub(super) fn author(past: &Past, mine: bool) -> (SafeText, Style) {
    let extras = &past.message.extras;
    let named = |name: &String| SafeText::one_line(name).truncate(24);
    match (&past.message.role, &extras.admin_id) {
        _ if mine => (SafeText::from_static("you"), theme::USER),
        (Role::User, _) => (extras.author.as_ref().map_or(SafeText::from_static("person"), named), theme::OTHER),
        (Role::Admin, Some(id)) => (SafeText::one_line(&format!("admin {id}")).truncate(24), theme::ADMIN),
        (role, _) => (who(role), bar(role)),
    }
}

fn who(role: &Role) -> SafeText {
    match role {
        Role::User => SafeText::from_static("you"),
        Role::Assistant => SafeText::from_static("bot"),
        Role::Admin => SafeText::from_static("admin"),
        Role::Other(word) => SafeText::one_line(word).truncate(20),
    }
}

/// Where each attachment is: shown, never fetched.
fn attachment_notes(extras: &Extras) -> Vec<(SafeText, Style)> {
    let line = |(n, attachment): (usize, &Attachment)| {
        let text = SafeText::one_line(&format!("[{}] {}", n + 1, attachment.url));
        (text.truncate(300), theme::DIM)
    };
    // What went out from here as a file has no URL, and its name stands in the text.
    extras.attachments.iter().enumerate().filter(|(_, attachment)| !attachment.url.is_empty()).map(line).collect()
}

fn bar(role: &Role) -> Style {
    match role {
        Role::User => theme::USER,
        Role::Assistant => theme::BOT,
        Role::Admin => theme::ADMIN,
        Role::Other(_) => theme::OTHER,
    }
}

/// A failure in at most two lines.
fn note(failure: &Failure) -> Vec<(SafeText, Style)> {
    let mut lines = vec![(SafeText::one_line(&failure.sentence()), theme::WARN)];
    lines.extend(failure.hint.as_ref().map(|hint| (SafeText::one_line(hint), theme::DIM)));
    lines
}

/// `first word 0.4 s` and, once the reply has ended, `61 words/s`.
fn pace(first_word_ms: Option<u64>, took_ms: Option<u64>, words: u64) -> Vec<String> {
    let mut facts = Vec::new();
    if let Some(first) = first_word_ms {
        facts.push(format!("first word {}.{} s", first / 1_000, first % 1_000 / 100));
        if let Some(ms) = took_ms.map(|took| took.saturating_sub(first)).filter(|ms| *ms > 0 && words > 1) {
            facts.push(format!("{} words/s", words * 1_000 / ms));
        }
    }
    facts
}
