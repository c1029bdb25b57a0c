//! Where the panes are, for every size.

use ratatui::layout::Rect;

use crate::app::{Focus, Pane};

/// Below this many columns one pane is shown at a time.
pub(super) const TWO_PANES: u16 = 80;
/// From this many columns on two conversations stand side by side; below, the one that has the keys is shown alone.
const SIDE_BY_SIDE: u16 = 100;
/// From this many columns on the list stands beside both; below, while it has the keys, in the place of the other one.
const WITH_LIST: u16 = 120;
/// The fewest columns of each of two conversations beside the list.
const HALF: u16 = 47;
/// The smallest size that is drawn.
const SMALLEST: (u16, u16) = (40, 10);
/// Below this many rows the frame's first line is left out.
const WITH_HEADER: u16 = 12;

/// What every view has around its panes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Edges {
    /// The first line: program, views, channel, connection.
    pub(super) header: Rect,
    /// What is left for the view.
    pub(super) body: Rect,
    /// The keys.
    pub(super) hints: Rect,
}

impl Edges {
    /// None where the screen is too small for anything.
    pub(super) fn new(screen: Rect) -> Option<Self> {
        let Rect { x, y, width, height } = screen;
        if width < SMALLEST.0 || height < SMALLEST.1 {
            return None;
        }
        let header = u16::from(height >= WITH_HEADER);
        Some(Self {
            header: Rect::new(x, y, width, header),
            body: Rect::new(x, y + header, width, height - header - 1),
            hints: Rect::new(x, y + height - 1, width, 1),
        })
    }

    /// Takes lines for what just happened off the body's end, as far as something is left of it.
    pub(super) fn notice(&mut self, lines: u16) -> Rect {
        let lines = lines.min(self.body.height.saturating_sub(6));
        self.body.height -= lines;
        Rect { y: self.body.bottom(), height: lines, ..self.body }
    }
}

/// How many columns each pane has. One that is not shown has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Columns {
    roster: u16,
    chat: u16,
    beside: u16,
}

impl Columns {
    fn new(width: u16, focus: Focus, split: bool) -> Self {
        let in_list = focus == Focus::Roster;
        if width < TWO_PANES {
            let (roster, chat) = if in_list { (width, 0) } else { (0, width) };
            return Self { roster, chat, beside: 0 };
        }
        // The list of a wide screen: three tenths.
        let roster = (width * 3 / 10).clamp(26, 44);
        let roster = match split && width >= SIDE_BY_SIDE {
            true if width >= WITH_LIST => roster.min(width - 2 * HALF),
            true if !in_list => 0,
            _ => return Self { roster, chat: width - roster, beside: 0 },
        };
        let beside = (width - roster) / 2;
        Self { roster, chat: width - roster - beside, beside }
    }
}

/// Where everything is. A pane that is not shown has no area.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Layout {
    /// The whole screen.
    pub(super) screen: Rect,
    /// The first line: program, view, channel, connection.
    pub(super) header: Rect,
    /// The conversations, with their border.
    pub(super) roster: Rect,
    /// The messages, with their border.
    pub(super) transcript: Rect,
    /// The messages of the conversation beside, with their border.
    pub(super) beside: Rect,
    /// One or two lines about what just happened.
    pub(super) notice: Rect,
    /// What stands right above the composer: offered answers, what is attached.
    pub(super) above: Rect,
    /// The message that is being written, with its border.
    pub(super) composer: Rect,
    /// The keys.
    pub(super) hints: Rect,
    /// Whether the screen is too small for anything.
    pub(super) too_small: bool,
}

impl Layout {
    /// Places the panes. `lines` is how many the composer's text needs, `notice` how many the notice does,
    /// `above` how many what stands above the composer does; `split` whether a conversation stands beside the open one,
    /// and then whether on the left.
    pub(super) fn new(
        screen: Rect,
        focus: Focus,
        split: Option<bool>,
        (lines, notice, above): (u16, u16, u16),
    ) -> Self {
        let mut layout = Self { screen, ..Self::default() };
        let Some(edges) = Edges::new(screen) else {
            layout.too_small = true;
            return layout;
        };
        let body = edges.body;
        (layout.header, layout.hints) = (edges.header, edges.hints);
        let columns = Columns::new(screen.width, focus, split.is_some());
        let pane = |before: u16, width: u16| {
            if width == 0 { Rect::default() } else { Rect { x: body.x + before, width, ..body } }
        };
        let left = if split == Some(true) { columns.beside } else { 0 };
        let right = if split == Some(true) { 0 } else { columns.chat };
        layout.roster = pane(0, columns.roster);
        layout.beside = pane(columns.roster + right, columns.beside);
        let chat = pane(columns.roster + left, columns.chat);
        if chat.is_empty() {
            return layout;
        }
        // The composer grows with its text, up to a third of the height.
        let most = (chat.height / 3).max(3);
        let composer = (lines.max(1) + 2).min(most);
        let notice = notice.min(chat.height.saturating_sub(composer + 3));
        let above = above.min(chat.height.saturating_sub(composer + notice + 3));
        let transcript = chat.height - composer - notice - above;
        layout.transcript = Rect { height: transcript, ..chat };
        layout.notice = Rect { y: chat.y + transcript, height: notice, ..chat };
        layout.above = Rect { y: chat.y + transcript + notice, height: above, ..chat };
        layout.composer = Rect { y: chat.y + chat.height - composer, height: composer, ..chat };
        layout
    }

    /// How many columns the composer's text has.
    pub(super) fn composer_columns(screen: Rect, focus: Focus, split: bool) -> u16 {
        let chat = match Columns::new(screen.width, focus, split).chat {
            0 => screen.width,
            chat => chat,
        };
        chat.saturating_sub(4).max(1)
    }

    /// Whether a screen of that width has the list of conversations on it.
    pub(super) fn has_list(width: u16, focus: Focus, split: bool) -> bool {
        Columns::new(width, focus, split).roster > 0
    }

    /// The pane at a place on screen.
    pub(super) fn pane_at(&self, column: u16, row: u16) -> Option<Pane> {
        let at = ratatui::layout::Position { x: column, y: row };
        let panes = [
            (self.roster, Pane::Roster),
            (self.transcript, Pane::Transcript),
            (self.composer, Pane::Composer),
            (self.beside, Pane::Beside),
        ];
        panes.into_iter().find(|(area, _)| area.contains(at)).map(|(_, pane)| pane)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panes_fill_every_size_and_never_overlap() {
        for width in 1..200 {
            for height in 1..60 {
                for focus in [Focus::Roster, Focus::Transcript, Focus::Composer] {
                    let rows = [(1, 0, 0), (9, 2, 3), (500, 1, 1), (1, 0, 99)];
                    for (rows, split) in
                        rows.into_iter().flat_map(|rows| [None, Some(false), Some(true)].map(|s| (rows, s)))
                    {
                        let screen = Rect::new(0, 0, width, height);
                        let l = Layout::new(screen, focus, split, rows);
                        let panes =
                            [l.header, l.roster, l.transcript, l.notice, l.above, l.composer, l.beside, l.hints];
                        assert!(split.is_some() || l.beside.is_empty());
                        assert!(l.beside.is_empty() || l.beside.width.abs_diff(l.transcript.width) <= 1);
                        let area: u32 = panes.iter().map(|p| p.area()).sum();
                        if l.too_small {
                            assert_eq!(area, 0);
                        } else {
                            assert_eq!(area, screen.area(), "{width}x{height} {focus:?} {l:?}");
                        }
                        for (i, a) in panes.iter().enumerate() {
                            assert_eq!(a.intersection(screen), *a);
                            for b in panes.iter().skip(i + 1) {
                                assert_eq!(a.intersection(*b).area(), 0, "{width}x{height} {l:?}");
                            }
                        }
                    }
                }
            }
        }
    }
}
