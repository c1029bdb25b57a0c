//! The first line of the screen: the views with what waits in them, what is new elsewhere, the channel and its connection.

use ratatui::buffer::Buffer;
use ratatui::layout::{Alignment, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::clickable::{Clickable, Spot};
use super::glyphs::Glyphs;
use super::layout::{Layout, TWO_PANES};
use super::{paint, theme};
use crate::app::{Action, Channel, Link, State, ViewKind, lies_over};
use crate::domain::{Capabilities, SafeText, display_width};
use crate::ui::paint::Painted as _;

/// From this many columns on the first line names the program.
pub(super) const WITH_NAME: u16 = 60;

/// From this many columns on it names the inbox, where there are several channels.
const WITH_INBOX: u16 = 116;

/// How much the first line says of the views, from the most to the least. What waits in them is said in each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Naming {
    /// All of them, each with its key.
    All,
    /// The same, without the Tests view.
    Untested,
    /// The same, without the Log view and the Search view.
    Most,
    /// The same, without the program's own name.
    Unnamed,
    /// Those by their names alone, without keys.
    Names,
    /// The open one, and those where something waits.
    Waiting,
    /// Those where something waits; what is open is seen below.
    Elsewhere,
    /// The same, with numbers in place of words.
    Numbers,
}

/// Those at which the channel has its name beside them, from the most said to the least.
const NAMED: [Naming; 7] =
    [Naming::All, Naming::Untested, Naming::Most, Naming::Unnamed, Naming::Names, Naming::Waiting, Naming::Elsewhere];

/// One view in the first line.
struct Tab {
    view: ViewKind,
    action: Action,
    name: &'static str,
    /// What is said of it: how many of what, in which style.
    badges: Vec<(usize, &'static str, Style)>,
    /// Whether what is said of it is new to the one who looks, so that it is told at every width.
    waits: bool,
}

/// The first line's left end: the program and its views, the open one bold, with what waits in the others. A click on a
/// view, or on what is said of it, opens it.
fn views(width: u16, state: &State, naming: Naming) -> Clickable {
    let mut line = Clickable::default();
    if width >= WITH_NAME && naming <= Naming::Most {
        line.put(paint::fixed(" patchcord ", theme::BOLD.patch(theme::ACCENT)), None);
    }
    let open = |tab: &Tab| state.window.view == tab.view;
    let listed = |tab: &Tab| match tab.view {
        ViewKind::Tests => naming == Naming::All,
        ViewKind::Log | ViewKind::Search => naming <= Naming::Untested,
        ViewKind::Inbox if !tab.waits => state.channels.len() > 1 && width >= WITH_INBOX,
        _ => naming <= Naming::Names || tab.waits,
    };
    let tabs = tabs(state);
    let named =
        |tab: &Tab| listed(tab) || open(tab) && (naming < Naming::Elsewhere || !tabs.iter().any(|tab| tab.waits));
    for (n, tab) in tabs.iter().filter(|tab| named(tab)).enumerate() {
        line.put(paint::fixed(if n == 0 { " " } else { "  " }, theme::PLAIN), None);
        let text = match tab_key(state, tab.action) {
            Some(key) if naming <= Naming::Unnamed => format!("{key} {}", tab.name),
            _ => tab.name.to_owned(),
        };
        let style = if open(tab) { theme::BOLD } else { theme::DIM };
        line.put(paint::owned(SafeText::one_line(&text), style), Some(tab.action));
        for (count, word, style) in &tab.badges {
            let text = if naming == Naming::Numbers { format!(" {count}") } else { format!(" {count} {word}") };
            line.put(paint::span(&SafeText::one_line(&text), *style), Some(tab.action));
        }
    }
    line
}

/// The views in their order, with what waits in each.
fn tabs(state: &State) -> Vec<Tab> {
    let some = |badges: Vec<(usize, &'static str, Style)>| -> Vec<_> {
        badges.into_iter().filter(|(count, ..)| *count > 0).collect()
    };
    let tab = |view, action, name, badges| {
        let badges = some(badges);
        Tab { view, action, name, waits: !badges.is_empty(), badges }
    };
    let webhooks = &state.webhooks;
    // Data requests, and those whose time was up, else deliveries that nobody looked at.
    let mut hooks = some(vec![
        (webhooks.requests.waiting(), "waiting", theme::WARN),
        (webhooks.requests.missed.len(), "expired", theme::BAD),
    ]);
    if hooks.is_empty() {
        hooks.push((usize::try_from(webhooks.unseen).unwrap_or(usize::MAX), "new", theme::ACCENT));
    }
    let due = vec![(state.desk.awake.len(), "due", theme::WARN)];
    let mut tabs = vec![
        tab(ViewKind::Inbox, Action::ShowInbox, "Inbox", due),
        tab(ViewKind::Chat, Action::ShowChat, "Chat", Vec::new()),
    ];
    if state.channels.iter().any(|tab| tab.capabilities.sources) {
        let staged = vec![(state.staged_anywhere(), "staged", theme::ACCENT)];
        // They stay as they are, whoever looks at them.
        tabs.push(Tab { waits: false, ..tab(ViewKind::Sources, Action::ShowSources, "Sources", staged) });
    }
    tabs.push(tab(ViewKind::Webhooks, Action::ShowWebhooks, "Webhooks", hooks));
    tabs.push(tab(ViewKind::Log, Action::ShowLog, "Log", Vec::new()));
    tabs.push(tab(ViewKind::Search, Action::ShowSearch, "Search", Vec::new()));
    tabs.push(tab(ViewKind::Tests, Action::ShowTests, "Tests", Vec::new()));
    tabs
}

/// The most columns of the key before a view's name.
const TAB_KEY: usize = 3;

/// The key that opens a view where no text is written, before the view's name: none where there is none, or a long one.
fn tab_key(state: &State, action: Action) -> Option<String> {
    let key = state.window.key(&[], action);
    (!key.is_empty() && key.chars().count() <= TAB_KEY).then_some(key)
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
    // The keys of the Log, the Search and the Tests view open them all the same: what is said of the channel goes before their
    // names.
    let most = paint::width(&ends(Naming::Most).2.line());
    let fits = |naming: Naming, unnamed: bool| {
        let (left, columns, here, over) = ends(naming);
        let whole = naming > Naming::Untested || most > 0 && paint::width(&here.line()) == most;
        ((here.told && here.named || unnamed && here.close) && !over && whole).then_some((left, columns, here))
    };
    let (left, left_columns, here) = NAMED
        .into_iter()
        .find_map(|naming| fits(naming, false))
        // What waits is told in words before the channel has its name.
        .or_else(|| fits(Naming::Elsewhere, true))
        .unwrap_or_else(|| {
            let (left, columns, here, _) = ends(Naming::Numbers);
            (left, columns, here)
        });
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
    /// The same, be it close to what stands beside it.
    close: bool,
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
        return Here { spans, told: held_told, close: held_told, named: true };
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
    let close = news.is_some() && held_told;
    if let Some(news) = news {
        spans.insert(0, paint::owned(news, theme::ACCENT));
    }
    Here { spans, told, close, named }
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
