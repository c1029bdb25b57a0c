//! The screen as a whole: what is drawn where, and what the floor above needs to know of it.

use std::sync::Arc;

use ratatui::Frame;
use ratatui::layout::{Position, Rect};

use super::button::Button;
use super::charset::Charset;
use super::clickable::Spot;
use super::composer_title::{composer_title, rows_above};
use super::glyphs::{self, Glyphs};
use super::highlight::Colours;
use super::hints;
use super::inbox::Inbox;
use super::layout::{Edges, Layout};
use super::links::Links;
use super::log;
use super::overlay::{self, Listed, OverlaysDrawn};
use super::popup::border_note;
use super::row_editor::RowView;
use super::search::Search;
use super::sources::{self, Kept};
use super::suggestions::Above;
use super::suites;
use super::text_area::TextArea;
use super::transcript::Transcript;
use super::webhooks::{self, Panes};
use super::{first_line, frame};
use super::{paint, roster, theme};
use crate::app::{
    Action, Context, Focus, LogMeasured, Measured, MessageMeasured, Pane, SourcesMeasured, State, SuitesMeasured,
    ViewKind, WebhooksMeasured, lies_over,
};
use crate::domain::{SafeText, Timestamp};
use crate::ui::paint::Painted as _;

/// Below this many rows each one counts.
const LOW: u16 = 18;

/// What the screen keeps between frames: caches, and where things are. Nothing of it decides anything.
pub struct View {
    /// The message that is being written.
    pub composer: TextArea,
    /// The answer to a data request that is being written.
    pub answer: TextArea,
    /// The row that is being written.
    pub(super) row: RowView,
    pub(super) transcript: Transcript,
    /// The conversation beside, and whether it stood on the left when it was last drawn.
    pub(super) beside: Option<(Transcript, bool)>,
    pub(super) button: Button,
    pub(super) links: Links,
    pub(super) layout: Layout,
    panes: Panes,
    sources: sources::Panes,
    kept: Kept,
    above: Above,
    search: Search,
    inbox: Inbox,
    log: log::Panes,
    suites: suites::Panes,
    listed: Option<Listed>,
    /// The words that can be clicked.
    spots: Vec<Spot>,
    pub(super) glyphs: Glyphs,
    pub(super) colours: Colours,
}

/// What a drawing measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Drawn {
    /// The transcript, where it was drawn.
    pub transcript: Option<Measured>,
    /// The transcript of the conversation beside, where it was drawn.
    pub beside: Option<Measured>,
    /// How many rows the roster has for conversations, where it was drawn.
    pub roster: Option<usize>,
    /// Which row of the help can stand first at the most, while it is open.
    pub help: Option<u16>,
    /// What is known of a message, while it is shown.
    pub message: Option<MessageMeasured>,
    /// How many entries the list of the Search view has room for, where it was drawn.
    pub search: Option<usize>,
    /// How many rows the inbox has room for, where it was drawn.
    pub inbox: Option<usize>,
    /// The Log view, where it was drawn.
    pub log: Option<LogMeasured>,
    /// The Tests view, where it was drawn.
    pub suites: Option<SuitesMeasured>,
    /// The Webhooks view, where it was drawn.
    pub webhooks: Option<WebhooksMeasured>,
    /// The Sources view, where it was drawn.
    pub sources: Option<SourcesMeasured>,
}

impl View {
    /// A view that has drawn nothing yet.
    pub fn new(ascii: bool) -> Self {
        Self {
            composer: TextArea::default(),
            answer: TextArea::default(),
            row: RowView::default(),
            transcript: Transcript::default(),
            beside: None,
            links: Links::default(),
            button: Button::default(),
            layout: Layout::default(),
            panes: Panes::default(),
            sources: sources::Panes::default(),
            kept: Kept::default(),
            above: Above::default(),
            search: Search::default(),
            inbox: Inbox::default(),
            log: log::Panes::default(),
            suites: suites::Panes::default(),
            listed: None,
            spots: Vec::new(),
            glyphs: if ascii { glyphs::ASCII } else { glyphs::UNICODE },
            colours: Colours::default(),
        }
    }

    /// The same for a terminal that shows these characters.
    #[must_use]
    pub fn for_charset(self, charset: Charset) -> Self {
        Self { glyphs: charset.glyphs(), ..self }
    }

    /// The same where something was drawn before, in other characters.
    #[must_use]
    pub fn in_charset(self, charset: Charset) -> Self {
        let colours = self.colours.clone();
        self.for_charset(charset).coloured(colours)
    }

    /// The same with code in colours.
    #[must_use]
    pub fn coloured(self, colours: Colours) -> Self {
        let (transcript, kept) = (Transcript::coloured(colours.clone()), Kept::coloured(colours.clone()));
        let suites = suites::Panes::coloured(colours.clone());
        Self { transcript, beside: None, kept, suites, colours, ..self }
    }

    /// Draws the state.
    pub fn draw(&mut self, f: &mut Frame<'_>, state: &State, now: Timestamp) -> Drawn {
        self.colours.take();
        self.links.begin();
        self.spots.clear();
        self.follow_marked(state);
        let screen = f.area();
        match state.window.view {
            ViewKind::Chat => {}
            ViewKind::Search => return self.draw_search(f, state, now),
            ViewKind::Inbox => return self.draw_inbox(f, state, now),
            ViewKind::Sources => return self.draw_sources(f, state, now),
            ViewKind::Webhooks => return self.draw_webhooks(f, state, now),
            ViewKind::Log => return self.draw_log(f, state, now),
            ViewKind::Tests => return self.draw_suites(f, state, now),
        }
        let (focus, split) = (state.window.focus, state.window.split.as_ref().map(|split| split.left));
        let columns = Layout::composer_columns(screen, focus, split.is_some());
        let lines = self.composer.rows(&state.channel().composer.text, columns, screen.height);
        let notice = frame::notice_lines(state, columns);
        self.above = Above::new(state, columns, screen.height < LOW, &self.glyphs);
        let rows = (lines, u16::try_from(notice.len()).unwrap_or(0), self.above.len());
        self.layout = Layout::new(screen, focus, split, rows);
        let layout = self.layout;
        let mut drawn = Drawn::default();
        if layout.too_small {
            too_small(f);
            return drawn;
        }
        let glyphs = self.glyphs;
        if !layout.roster.is_empty() {
            drawn.roster = Some(roster::draw(layout.roster, f.buffer_mut(), state, &glyphs, now));
        }
        if !layout.transcript.is_empty() {
            drawn.beside = self.draw_beside(f.buffer_mut(), state, now);
            let said = self.draw_open(f.buffer_mut(), state, now);
            drawn.transcript = said.map(|(measured, _)| measured);
            self.above.draw(layout.above, f.buffer_mut());
            self.compose(f, state, now);
            if let Some(cursor) = said.and_then(|(_, cursor)| cursor) {
                f.set_cursor_position(cursor);
            }
        }
        self.draw_around(f, state, [layout.header, layout.notice, layout.hints], &notice);
        let over = self.draw_over(f, state);
        Drawn { help: over.help, message: over.message, ..drawn }
    }

    /// What lies over the view.
    pub(super) fn draw_over(&mut self, f: &mut Frame<'_>, state: &State) -> OverlaysDrawn {
        let drawn = overlay::draw(f, state, &self.glyphs);
        self.listed = drawn.listed;
        hints::following(f.area(), f.buffer_mut(), state, &self.glyphs);
        paint::sweep(f.buffer_mut());
        drawn
    }

    fn draw_sources(&mut self, f: &mut Frame<'_>, state: &State, now: Timestamp) -> Drawn {
        let screen = f.area();
        let notice = frame::notice_lines(state, screen.width);
        self.sources =
            sources::Panes::new(screen, &state.channel().sources, u16::try_from(notice.len()).unwrap_or(0));
        if self.sources.too_small {
            too_small(f);
            return Drawn::default();
        }
        let texts = (&mut self.row, &mut self.kept);
        let measured = sources::draw(f, &self.sources, state, texts, &self.glyphs, now);
        self.draw_around(f, state, [self.sources.header, self.sources.notice, self.sources.hints], &notice);
        let help = self.draw_over(f, state).help;
        Drawn { sources: Some(measured), help, ..Drawn::default() }
    }

    /// What every view has around its panes: the first line, the notice, the keys.
    fn draw_around(&mut self, f: &mut Frame<'_>, state: &State, areas: [Rect; 3], notice: &[SafeText]) {
        let [header, below, hints] = areas;
        self.spots.extend(first_line::header(header, f.buffer_mut(), state, &self.glyphs));
        frame::notice(below, f.buffer_mut(), state, notice);
        self.spots.extend(hints::draw(hints, f.buffer_mut(), state));
    }

    fn draw_search(&mut self, f: &mut Frame<'_>, state: &State, now: Timestamp) -> Drawn {
        let screen = f.area();
        let notice = frame::notice_lines(state, screen.width);
        let Some(edges) = self.search.place(screen, u16::try_from(notice.len()).unwrap_or(0)) else {
            too_small(f);
            return Drawn::default();
        };
        let height = self.search.draw(f, state, &self.glyphs, now);
        let below = Rect { y: edges.body.bottom(), height: edges.hints.y - edges.body.bottom(), ..edges.body };
        self.draw_around(f, state, [edges.header, below, edges.hints], &notice);
        let over = self.draw_over(f, state);
        Drawn { search: Some(height), help: over.help, message: over.message, ..Drawn::default() }
    }

    fn draw_inbox(&mut self, f: &mut Frame<'_>, state: &State, now: Timestamp) -> Drawn {
        let screen = f.area();
        let notice = frame::notice_lines(state, screen.width);
        let Some(mut edges) = Edges::new(screen) else {
            too_small(f);
            return Drawn::default();
        };
        let below = edges.notice(u16::try_from(notice.len()).unwrap_or(0));
        let (height, cursor) = self.inbox.draw(edges.body, f.buffer_mut(), state, &self.glyphs, now);
        if let Some(cursor) = cursor {
            f.set_cursor_position(cursor);
        }
        self.draw_around(f, state, [edges.header, below, edges.hints], &notice);
        let help = self.draw_over(f, state).help;
        Drawn { inbox: Some(height), help, ..Drawn::default() }
    }

    fn draw_log(&mut self, f: &mut Frame<'_>, state: &State, now: Timestamp) -> Drawn {
        let screen = f.area();
        let notice = frame::notice_lines(state, screen.width);
        let Some(edges) = self.log.place(screen, &state.log, u16::try_from(notice.len()).unwrap_or(0)) else {
            too_small(f);
            return Drawn::default();
        };
        let measured = self.log.draw(f, state, &self.glyphs, now);
        let below = Rect { y: edges.body.bottom(), height: edges.hints.y - edges.body.bottom(), ..edges.body };
        self.draw_around(f, state, [edges.header, below, edges.hints], &notice);
        let help = self.draw_over(f, state).help;
        Drawn { log: Some(measured), help, ..Drawn::default() }
    }

    fn draw_suites(&mut self, f: &mut Frame<'_>, state: &State, now: Timestamp) -> Drawn {
        let screen = f.area();
        let notice = frame::notice_lines(state, screen.width);
        let Some(edges) = self.suites.place(screen, &state.suites, u16::try_from(notice.len()).unwrap_or(0)) else {
            too_small(f);
            return Drawn::default();
        };
        let measured = self.suites.draw(f, state, &self.glyphs, now);
        let below = Rect { y: edges.body.bottom(), height: edges.hints.y - edges.body.bottom(), ..edges.body };
        self.draw_around(f, state, [edges.header, below, edges.hints], &notice);
        suites::draw_question(f, edges.body, state, &self.glyphs);
        let help = self.draw_over(f, state).help;
        Drawn { suites: Some(measured), help, ..Drawn::default() }
    }

    fn draw_webhooks(&mut self, f: &mut Frame<'_>, state: &State, now: Timestamp) -> Drawn {
        let screen = f.area();
        let notice = frame::notice_lines(state, screen.width);
        self.panes = Panes::new(screen, &state.webhooks, u16::try_from(notice.len()).unwrap_or(0));
        if self.panes.too_small {
            too_small(f);
            return Drawn::default();
        }
        let measured = webhooks::draw(f, &self.panes, state, &mut self.answer, &self.glyphs, now);
        self.draw_around(f, state, [self.panes.header, self.panes.notice, self.panes.hints], &notice);
        let help = self.draw_over(f, state).help;
        Drawn { webhooks: Some(measured), help, ..Drawn::default() }
    }

    fn compose(&mut self, f: &mut Frame<'_>, state: &State, now: Timestamp) {
        let focused = state.window.focus == Focus::Composer
            && !state.window.is_covered()
            && state.channel().composer.prompt.is_none();
        let style = if focused { theme::ACCENT.patch(theme::BOLD) } else { theme::PLAIN };
        let (label, right) = composer_title(state, now);
        let left = vec![paint::fixed(label, style)];
        let inner = frame::pane(self.layout.composer, f.buffer_mut(), left, right, focused, &self.glyphs);
        let cursor =
            self.composer.draw(&state.channel().composer.text, inner, f.buffer_mut(), &[], self.glyphs.ascii);
        if let Some(above) = rows_above(self.composer.above()) {
            border_note(self.layout.composer, f.buffer_mut(), &above, theme::DIM);
        }
        if let Some(why) = state.channel().send_blocker().filter(|_| state.channel().composer.text.is_empty()) {
            let text = SafeText::from_static(why).truncate(usize::from(inner.width));
            paint::line(vec![paint::owned(text, theme::DIM)]).paint(inner, f.buffer_mut());
        }
        if let Some(cursor) = cursor.filter(|_| focused) {
            f.set_cursor_position(cursor);
        }
    }

    /// The text of the row that is being written.
    pub fn row_area(&mut self) -> &mut TextArea {
        &mut self.row.area
    }

    /// The addresses of the links that the last frame has, by the numbers that its cells have.
    pub fn links(&self) -> &[(u32, Arc<str>)] {
        self.links.shown()
    }

    /// What a click there does, where a word of the frame stands: a view's name, what is said of it, a hint.
    pub fn action_at(&self, column: u16, row: u16) -> Option<Action> {
        let at = Position { x: column, y: row };
        self.spots.iter().find(|(area, _)| area.contains(at)).map(|(_, action)| *action)
    }

    /// What the mouse points at, and in the roster which of its rows. What lies over the view has the mouse alone, as it
    /// has the keys.
    pub fn pane_at(&self, state: &State, column: u16, row: u16) -> Option<(Pane, Option<usize>)> {
        let listed = |listed: Option<Listed>| {
            let (rows, top) = listed?;
            let inside = rows.contains(Position { x: column, y: row });
            inside.then(|| top + usize::from(row - rows.y))
        };
        match state.contexts().first() {
            Some(Context::Help) => return Some((Pane::Help, None)),
            Some(Context::Palette) => return Some((Pane::Palette, listed(self.listed))),
            Some(Context::Channels) => return Some((Pane::Channels, listed(self.listed))),
            Some(context) if lies_over(*context) => return Some((Pane::Overlay, listed(self.listed))),
            _ => {}
        }
        match state.window.view {
            ViewKind::Chat => {}
            ViewKind::Search => return self.search.pane_at(column, row),
            ViewKind::Inbox => return self.inbox.pane_at(column, row),
            ViewKind::Sources => return self.sources.pane_at(column, row),
            ViewKind::Webhooks => return self.panes.pane_at(column, row),
            ViewKind::Log => return self.log.pane_at(column, row),
            ViewKind::Tests => return self.suites.pane_at(column, row),
        }
        if let Some(offer) = self.above.offer_at(column, row) {
            return Some((Pane::Offer, Some(offer)));
        }
        let pane = self.layout.pane_at(column, row)?;
        // The border and the filter line stand above the first conversation.
        let first = self.layout.roster.y + 2;
        let last = self.layout.roster.bottom().saturating_sub(2);
        let nth = (pane == Pane::Roster && (first..last).contains(&row)).then(|| usize::from(row - first));
        Some((pane, nth))
    }
}

/// Says what the program needs.
fn too_small(f: &mut Frame<'_>) {
    let screen = f.area();
    let line = Rect { height: screen.height.min(1), ..screen };
    paint::line(vec![paint::fixed("patchcord needs 40x10", theme::PLAIN)]).paint(line, f.buffer_mut());
}
