//! What frames the panes: borders, the first line, the notice, the keys.

use ratatui::buffer::Buffer;
use ratatui::layout::{Alignment, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Widget};

use super::clickable::{Clickable, Spot};
use super::glyphs::Glyphs;
use super::layout::{Layout, TWO_PANES};
use super::line_input::in_sight;
use super::{paint, theme};
use crate::app::{Action, Channel, LineInput, Link, ListenerState, State, ViewKind, lies_over};
use crate::domain::{Capabilities, SafeText, display_width};
use crate::ui::paint::Painted as _;

/// Draws a pane's border with a title on the left and one on the right, and says what is inside.
pub(super) fn pane(
    area: Rect,
    buf: &mut Buffer,
    left: Vec<Span<'static>>,
    right: Vec<Span<'static>>,
    focused: bool,
    glyphs: &Glyphs,
) -> Rect {
    let style = if focused { theme::ACCENT } else { theme::DIM };
    let block = Block::bordered().border_style(style);
    let block = if glyphs.ascii { block.border_set(ASCII_BORDER) } else { block.border_type(BorderType::Rounded) };
    let inner = block.inner(area);
    block.render(area, buf);
    let top = Rect { x: area.x + 1, width: area.width.saturating_sub(2), height: area.height.min(1), ..area };
    paint::line(right).alignment(Alignment::Right).paint(top, buf);
    paint::line(left).paint(top, buf);
    // One column of air on both sides of the text.
    Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner }
}

const ASCII_BORDER: ratatui::symbols::border::Set<'static> = ratatui::symbols::border::Set {
    top_left: "+",
    top_right: "+",
    bottom_left: "+",
    bottom_right: "+",
    vertical_left: "|",
    vertical_right: "|",
    horizontal_top: "-",
    horizontal_bottom: "-",
};

/// The line above a list on which it is narrowed.
pub(super) fn filter_line(
    filter: &LineInput,
    (filtering, focused): (bool, bool),
    columns: u16,
    glyphs: &Glyphs,
) -> Line<'static> {
    if filtering {
        let mut spans = vec![paint::fixed("/ ", theme::ACCENT)];
        spans.extend(in_sight(filter, usize::from(columns).saturating_sub(3)).spans(theme::ACCENT, glyphs));
        return paint::line(spans);
    }
    let text = SafeText::one_line(filter);
    if text.is_empty() {
        return paint::line(vec![paint::fixed("/ filter", if focused { theme::PLAIN } else { theme::DIM })]);
    }
    paint::line(vec![paint::fixed("/ ", theme::DIM), paint::owned(text, theme::BOLD)])
}

/// From this many columns on the first line names the program.
pub(super) const WITH_NAME: u16 = 60;

/// From this many columns on it names the inbox, where there are several channels.
const WITH_INBOX: u16 = 116;

/// How the first line names the views that aren't open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Naming {
    /// All of them.
    All,
    /// All but the Log view and the Search view.
    Most,
    /// By their keys: what waits there has the room.
    Keys,
}

/// The first line's left end: the program and its views, the open one bold, with what waits in the others. A click on a
/// view, or on what is said of it, opens it.
fn views(width: u16, state: &State, naming: Naming) -> Clickable {
    let mut line = Clickable::default();
    if width >= WITH_NAME {
        line.put(paint::fixed(" patchcord ", theme::BOLD.patch(theme::ACCENT)), None);
    }
    let tab = |line: &mut Clickable, gap, action, name: &'static str, view, end| {
        line.put(paint::fixed(gap, theme::PLAIN), None);
        let open = state.window.view == view;
        let text = match tab_key(state, action) {
            Some(key) if open || naming != Naming::Keys => format!("{key} {name}"),
            Some(key) => format!("{key}{end}"),
            None => name.to_owned(),
        };
        let style = if open { theme::BOLD } else { theme::DIM };
        line.put(paint::owned(SafeText::one_line(&text), style), Some(action));
    };
    let due = state.desk.awake.len();
    let listed = state.channels.len() > 1 && width >= WITH_INBOX;
    if listed || due > 0 || state.window.view == ViewKind::Inbox {
        tab(&mut line, " ", Action::ShowInbox, "Inbox", ViewKind::Inbox, "");
        if due > 0 {
            let text = SafeText::one_line(&format!(" {due} due"));
            line.put(paint::span(&text, theme::WARN), Some(Action::ShowInbox));
        }
        line.put(paint::fixed(" ", theme::PLAIN), None);
    }
    tab(&mut line, " ", Action::ShowChat, "Chat", ViewKind::Chat, "");
    if state.channels.iter().any(|tab| tab.capabilities.sources) {
        tab(&mut line, "  ", Action::ShowSources, "Sources", ViewKind::Sources, "");
        let staged = state.staged_anywhere();
        // They stay as they are, whoever looks at them.
        if staged > 0 && naming != Naming::Keys {
            let text = SafeText::one_line(&format!(" {staged} staged"));
            line.put(paint::span(&text, theme::ACCENT), Some(Action::ShowSources));
        }
    }
    let waits = waiting(state);
    let end = if waits.is_empty() { "" } else { ":" };
    tab(&mut line, "  ", Action::ShowWebhooks, "Webhooks", ViewKind::Webhooks, end);
    for span in waits {
        line.put(span, Some(Action::ShowWebhooks));
    }
    for (view, action, name) in
        [(ViewKind::Log, Action::ShowLog, "Log"), (ViewKind::Search, Action::ShowSearch, "Search")]
    {
        if naming == Naming::All || state.window.view == view {
            tab(&mut line, "  ", action, name, view, "");
        }
    }
    line
}

/// What waits in the Webhooks view: data requests and those whose time was up, else deliveries that nobody looked at.
fn waiting(state: &State) -> Vec<Span<'static>> {
    let webhooks = &state.webhooks;
    let (waiting, missed) = (webhooks.requests.waiting(), webhooks.requests.missed.len());
    let badge = |n: usize, word: &str, style| {
        (n > 0).then(|| paint::span(&SafeText::one_line(&format!(" {n} {word}")), style))
    };
    let mut spans: Vec<Span<'static>> =
        [badge(waiting, "waiting", theme::WARN), badge(missed, "expired", theme::BAD)]
            .into_iter()
            .flatten()
            .collect();
    if spans.is_empty() && webhooks.unseen > 0 {
        spans.push(paint::span(&SafeText::one_line(&format!(" {} new", webhooks.unseen)), theme::ACCENT));
    }
    spans
}

/// The most columns of the key before a view's name.
const TAB_KEY: usize = 3;

/// The key that opens a view where no text is written, before the view's name: none where there is none, or a long one.
fn tab_key(state: &State, action: Action) -> Option<String> {
    let key = state.window.key(&[], action);
    (!key.is_empty() && key.chars().count() <= TAB_KEY).then_some(key)
}

/// Whether the program listens, in a few words, and whether anybody but this machine can reach it.
pub(super) fn listener(state: &State) -> Vec<Span<'static>> {
    let Some(listener) = &state.webhooks.listener else { return Vec::new() };
    let (text, style) = match &listener.state {
        ListenerState::Starting => ("listener starting".to_owned(), theme::DIM),
        ListenerState::Listening => {
            let port = listener.address.rsplit(':').next().unwrap_or_default();
            (format!("listening :{port}"), theme::PLAIN)
        }
        ListenerState::Elsewhere(_) => ("listening elsewhere".to_owned(), theme::PLAIN),
        ListenerState::Off(_) => ("listener off".to_owned(), theme::BAD),
    };
    let mut spans = vec![paint::span(&SafeText::one_line(&text).truncate(24), style)];
    if listener.public && !matches!(listener.state, ListenerState::Off(_)) {
        spans.push(paint::fixed(" public!", theme::WARN));
    }
    spans.push(paint::fixed(" ", theme::PLAIN));
    spans
}

/// The first line: the program and its view on the left, the channel and its connection on the right. What waits and what
/// is new has its room at every width, before names that are known. Tells what of it can be clicked.
pub(super) fn header(area: Rect, buf: &mut Buffer, state: &State, glyphs: &Glyphs) -> Vec<Spot> {
    if area.height == 0 {
        return Vec::new();
    }
    let ends = |naming: Naming| {
        let left = views(area.width, state, naming);
        let columns = u16::try_from(left.columns() + 1).unwrap_or(u16::MAX);
        let over = columns > area.width;
        let columns = columns.min(area.width);
        let here = here(state, area.width, usize::from(area.width - columns), glyphs);
        (left, columns, here, over)
    };
    let whole = ends(Naming::All);
    let most = ends(Naming::Most);
    // The keys of the Log view and the Search view open them all the same.
    let best = paint::width(&most.2.line());
    let (left, left_columns, here, _) =
        if whole.2.told && !whole.3 && best > 0 && paint::width(&whole.2.line()) == best {
            whole
        } else if most.2.told && most.2.named && !most.3 {
            most
        } else {
            ends(Naming::Keys)
        };
    let mut spots = left.paint(area, buf);
    let right = Rect { x: area.x + left_columns, width: area.width - left_columns, ..area };
    let line = here.line();
    let columns = u16::try_from(paint::width(&line)).unwrap_or(right.width).min(right.width);
    line.alignment(Alignment::Right).paint(right, buf);
    // What is new elsewhere, and which channel is open.
    spots.push((Rect { x: right.right() - columns, width: columns, ..right }, Action::Channels));
    // What lies over the rest has the mouse alone.
    if state.contexts().first().is_some_and(|context| lies_over(*context)) { Vec::new() } else { spots }
}

/// The most columns of a channel's name.
const LABEL: usize = 24;

/// The fewest columns of a channel's name that still say which one it is.
const SHORTEST_LABEL: usize = 4;

/// What stands in the frame where nothing is written to a channel.
const READ_ONLY: &str = "READ ONLY";

/// The fewest columns between the views and the news.
const NEWS_GAP: usize = 2;

/// The first line's right end.
struct Here {
    spans: Vec<Span<'static>>,
    /// Whether all is told that is to be told at every width: what is new, and that nothing can be written.
    told: bool,
    /// Whether the channel has its name beside that.
    named: bool,
}

impl Here {
    fn line(&self) -> Line<'static> {
        paint::line(self.spans.clone())
    }
}

/// The first line's right end: what is new elsewhere, the channel, its platform, its connection. What has no room goes: the
/// names of the news first, then the platform, then the end of the channel's name, and the connection.
fn here(state: &State, width: u16, room: usize, glyphs: &Glyphs) -> Here {
    let (word, style) = link(state.channel().link, state.channel().capabilities, state.webhooks.is_deaf());
    let dot = || paint::fixed(glyphs.dot, theme::DIM);
    let dot_columns = display_width(glyphs.dot);
    // Where the list of conversations stands beside the messages, it shows its own.
    let listed = Layout::has_list(width, state.window.focus, state.window.split.is_some()) && width >= TWO_PANES;
    let own = if !listed || state.window.view != ViewKind::Chat { state.channel().unread } else { 0 };
    let sum: usize = state.news_elsewhere().map(|tab| tab.unread).sum::<usize>() + own;
    let shortest = SafeText::one_line(&format!("{sum} new"));
    // That nothing can be written is said at every width, before all else.
    let read_only = state.channel().info.read_only.then_some(READ_ONLY);
    let held = read_only.map_or(0, display_width);
    let reserved =
        if sum > 0 { (display_width(shortest.as_str()) + NEWS_GAP).min(room.saturating_sub(held)) } else { 0 };
    let mut left = room - reserved;
    // Of the connection it is said only where there is room for both.
    let (word, style) = match read_only {
        Some(held) if left < display_width(word) + dot_columns + display_width(held) => (held, theme::WARN),
        _ => (word, style),
    };
    let held_told = held <= left;
    let (mut spans, mut named) = (Vec::new(), state.channel().info.label.as_str().is_empty());
    if let Some(rest) = left.checked_sub(display_width(word)) {
        left = rest;
        spans.push(paint::fixed(word, style));
        if let Some(held) = read_only.filter(|held| *held != word) {
            spans.splice(0..0, [paint::fixed(held, theme::WARN), dot()]);
            left -= display_width(held) + dot_columns;
        }
        if left > 0 {
            // One column of air at the edge.
            spans.push(paint::fixed(" ", theme::PLAIN));
            left -= 1;
        }
        let label = state.channel().info.label.truncate(LABEL);
        let kind = if state.channel().info.sandbox { "embedded" } else { state.channel().info.platform.id() };
        let whole = display_width(label.as_str()) + dot_columns;
        if whole + display_width(kind) + dot_columns <= left {
            spans.splice(0..0, [paint::fixed(kind, theme::DIM), dot()]);
            left -= display_width(kind) + dot_columns;
        }
        if !label.as_str().is_empty() && left >= (SHORTEST_LABEL + dot_columns).min(whole) {
            let label = label.truncate(left - dot_columns);
            left -= display_width(label.as_str()) + dot_columns;
            spans.splice(0..0, [paint::owned(label, theme::BOLD), dot()]);
            named = true;
        }
    }
    if sum == 0 {
        return Here { spans, told: held_told, named: true };
    }
    let news = |tab: &Channel| format!("{} {} new   ", tab.info.label.truncate(24), tab.unread);
    let mut all: String = state.news_elsewhere().map(news).collect();
    if own > 0 {
        all.insert_str(0, &format!("{own} new here   "));
    }
    let elsewhere = if own == 0 { "new elsewhere" } else { "new" };
    // Where they have no room one by one, their number. Well away from what is said of the webhooks.
    let air = if spans.is_empty() { "" } else { "   " };
    let texts = [all, format!("{sum} {elsewhere}{air}"), format!("{sum} new{air}"), format!("{sum} new ")];
    let fits = |text: &SafeText| display_width(text.as_str()) + NEWS_GAP <= left + reserved;
    let news = texts.iter().map(|text| SafeText::one_line(text)).find(fits);
    let told = news.is_some() && held_told;
    // Where there is hardly any room, close to what stands beside it.
    let close = SafeText::one_line(&format!("{shortest} "));
    let news = news.or(Some(close).filter(|text| display_width(text.as_str()) <= left + reserved));
    if let Some(news) = news {
        spans.insert(0, paint::owned(news, theme::ACCENT));
    }
    Here { spans, told, named }
}

/// A connection in a word.
pub(super) fn link(link: Link, can: Capabilities, deaf: bool) -> (&'static str, Style) {
    match link {
        // Nobody is asked, so nobody answers.
        _ if can.is_archive() => ("read only", theme::PLAIN),
        // What is said there could not be heard.
        Link::Connecting | Link::Connected if deaf && can.webhook && !can.history && !can.list => {
            ("not listening", theme::BAD)
        }
        // Nothing is asked of such a platform by itself.
        Link::Connecting if can.webhook && !can.list && !can.history => ("by webhook", theme::PLAIN),
        Link::Connecting => ("connecting", theme::DIM),
        Link::Connected => ("connected", theme::PLAIN),
        Link::Trouble(kind) => (trouble(kind), theme::BAD),
    }
}

fn trouble(kind: crate::domain::Kind) -> &'static str {
    use crate::domain::Kind;
    match kind {
        Kind::Unauthorized => "refused",
        Kind::RateLimited => "rate limited",
        Kind::Network | Kind::UnknownDelivery => "offline",
        Kind::NotFound => "not found",
        Kind::Config => "config is wrong",
        _ => "platform error",
    }
}

/// The most lines that a notice has. On all but narrow screens two are enough.
const NOTICE: usize = 3;

/// The lines of the notice at a width. What does not fit into [`NOTICE`] lines ends in an ellipsis.
pub(super) fn notice_lines(state: &State, columns: u16) -> Vec<SafeText> {
    let Some(notice) = &state.window.notice else { return Vec::new() };
    let columns = usize::from(columns.saturating_sub(2)).max(1);
    let mut lines: Vec<String> = Vec::new();
    for word in notice.text.as_str().split_whitespace() {
        let full = lines.len() == NOTICE;
        match lines.last_mut() {
            Some(line) if full || display_width(line) + 1 + display_width(word) <= columns => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.iter().map(|line| SafeText::one_line(line).truncate(columns)).collect()
}

/// Draws the notice.
pub(super) fn notice(area: Rect, buf: &mut Buffer, state: &State, lines: &[SafeText]) {
    let style = if state.window.notice.as_ref().is_some_and(|n| n.bad) { theme::BAD } else { theme::ACCENT };
    for (n, text) in (0..area.height).zip(lines) {
        let line = Rect { x: area.x + 1, y: area.y + n, width: area.width.saturating_sub(1), height: 1 };
        paint::line(vec![paint::span(text, style)]).paint(line, buf);
    }
}
