//! The open conversation, drawn: who, when, how fast, and what became of what was sent.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::widgets::Widget;

use super::frame::pane;
use super::glyphs::Glyphs;
use super::transcript::{Item, Items, Transcript};
use super::{paint, theme};
use crate::app::{Focus, LocalTurn, Measured, Part, Past, Place, Refresh, Scroll, State};
use crate::domain::{Failure, Finish, Moment, OutState, Reply, Role, SafeText, Timestamp, display_width};

/// Draws the transcript pane and says what it measured.
pub(super) fn draw(
    area: Rect,
    buf: &mut Buffer,
    state: &State,
    transcript: &mut Transcript,
    glyphs: &Glyphs,
    now: Timestamp,
) -> Option<Measured> {
    if area.height < 3 {
        return None;
    }
    let focused = state.focus == Focus::Transcript && state.help.is_none();
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
    let shown = Shown { state, glyphs, now };
    if shown.len() == 0 {
        empty(inner, buf, state);
    }
    let measured = transcript.draw(buf, inner, &shown, state.chat.scroll, glyphs.ascii);
    foot(area, buf, state, measured.at_bottom, glyphs);
    Some(Measured { rows: inner.height, ..measured })
}

/// The first words of the conversation, or what stands for them.
fn title(state: &State, columns: usize) -> SafeText {
    let row = state.open_id().and_then(|id| state.roster.rows.iter().find(|r| r.id == *id));
    match row {
        Some(row) if !row.label.as_str().trim().is_empty() => row.label.truncate(columns),
        _ => SafeText::from_static("New conversation").truncate(columns),
    }
}

fn empty(area: Rect, buf: &mut Buffer, state: &State) {
    let text = match (&state.chat.place, &state.chat.refresh) {
        _ if state.chat.starting => "Opening a conversation…",
        (Place::Known(_), Refresh::Reading { .. }) => "Reading the conversation…",
        (Place::Known(_), Refresh::Failed(_)) => "Its messages could not be read yet; r in this pane tries again.",
        _ => "No messages yet. Write one below and press Enter.",
    };
    let text = SafeText::from_static(text).truncate(usize::from(area.width));
    let line = Rect { height: 1.min(area.height), ..area };
    paint::line(vec![paint::span(&text, theme::DIM)]).render(line, buf);
}

/// What stands on the pane's lower border: how far the history is read, and whether there is more below.
fn foot(area: Rect, buf: &mut Buffer, state: &State, at_bottom: bool, glyphs: &Glyphs) {
    let (text, style) = match &state.chat.refresh {
        Refresh::Failed(failure) => (format!(" not refreshed: {} ", failure.sentence()), theme::BAD),
        Refresh::Reading { got, total: Some(total) } if *got < *total => {
            (format!(" reading {got} of {total} "), theme::DIM)
        }
        _ if state.chat.loading_older => (" loading older messages ".to_owned(), theme::DIM),
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

struct Shown<'a> {
    state: &'a State,
    glyphs: &'a Glyphs,
    now: Timestamp,
}

impl Items for Shown<'_> {
    fn len(&self) -> usize {
        self.state.chat.parts.len()
    }

    fn item(&self, index: usize) -> Item<'_> {
        let state = self.state;
        match state.chat.parts.get(index) {
            Some(Part::Greeting) => self.greeting(),
            Some(Part::Past(i)) => state.chat.past(*i).map_or_else(Item::default, |p| self.past(p)),
            Some(Part::Ask(id)) => state.turns.get(id).map_or_else(Item::default, |t| self.ask(t)),
            Some(Part::Answer(id)) => state.turns.get(id).map_or_else(Item::default, |t| self.answer(t)),
            None => Item::default(),
        }
    }

    fn index_of(&self, key: u64) -> Option<usize> {
        let state = self.state;
        state.chat.parts.iter().position(|part| {
            key == match part {
                Part::Greeting => state.chat.greeting.as_ref().map_or(0, |g| g.key),
                Part::Past(i) => state.chat.past(*i).map_or(0, |p| p.key),
                Part::Ask(id) => state.turns.get(id).map_or(0, |t| t.keys.0),
                Part::Answer(id) => state.turns.get(id).map_or(0, |t| t.keys.1),
            }
        })
    }
}

type Head = Vec<(SafeText, Style)>;

impl Shown<'_> {
    fn greeting(&self) -> Item<'_> {
        let Some(greeting) = &self.state.chat.greeting else { return Item::default() };
        let head = self.head(&Role::Assistant, &Moment::at(greeting.at), &[]);
        Item { key: greeting.key, head, bar: theme::BOT, text: &greeting.text, ..Item::default() }
    }

    fn past<'b>(&self, past: &'b Past) -> Item<'b> {
        let facts = pace(past.first_word_ms, past.took_ms, past.words);
        let head = self.head(&past.message.role, &past.message.created_at, &facts);
        Item { key: past.key, head, bar: bar(&past.message.role), text: &past.message.text, ..Item::default() }
    }

    fn ask<'b>(&self, local: &'b LocalTurn) -> Item<'b> {
        let turn = &local.turn;
        let mut head = self.head(&Role::User, &Moment::at(turn.created), &[]);
        let mut notes = Vec::new();
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
        Item { key: local.keys.0, head, bar: theme::USER, text: &turn.text, notes, ..Item::default() }
    }

    /// What the user can do about a message that did not go through, with the keys as they are now.
    fn way_out(&self, state: OutState) -> &'static str {
        let here = self.state.focus == Focus::Transcript;
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
            notes,
        }
    }

    fn head(&self, role: &Role, at: &Moment, facts: &[String]) -> Head {
        let who = match role {
            Role::User => SafeText::from_static("you"),
            Role::Assistant => SafeText::from_static("bot"),
            Role::Admin => SafeText::from_static("admin"),
            Role::Other(word) => SafeText::one_line(word).truncate(20),
        };
        let when = match at.at {
            Some(at) if self.now.since(at) < 20 * 3_600_000 => at.clock(),
            Some(at) => format!("{} {}", at.date(), at.clock()),
            None => at.raw.clone(),
        };
        let mut head = vec![(who, bar(role).patch(theme::BOLD))];
        head.push((SafeText::one_line(&format!("  {when}")).truncate(40), theme::DIM));
        for fact in facts {
            head.push((SafeText::from_static(self.glyphs.dot), theme::DIM));
            head.push((SafeText::one_line(fact), theme::DIM));
        }
        head
    }
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
