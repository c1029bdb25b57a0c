//! Where the panes are, for every size.

use ratatui::layout::Rect;

use crate::app::{Focus, Pane};

/// Below this many columns one pane is shown at a time.
pub(super) const TWO_PANES: u16 = 80;
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
    /// `above` how many what stands above the composer does.
    pub(super) fn new(screen: Rect, focus: Focus, lines: u16, notice: u16, above: u16) -> Self {
        let mut layout = Self { screen, ..Self::default() };
        let Some(edges) = Edges::new(screen) else {
            layout.too_small = true;
            return layout;
        };
        let (width, body) = (screen.width, edges.body);
        (layout.header, layout.hints) = (edges.header, edges.hints);
        let chat = if width >= TWO_PANES {
            let roster = Self::roster_width(width);
            layout.roster = Rect { width: roster, ..body };
            Rect { x: body.x + roster, width: width - roster, ..body }
        } else if focus == Focus::Roster {
            layout.roster = body;
            return layout;
        } else {
            body
        };
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

    /// How wide the roster is beside a chat: three tenths.
    fn roster_width(width: u16) -> u16 {
        (width * 3 / 10).clamp(26, 44)
    }

    /// How many columns the composer's text has.
    pub(super) fn composer_columns(screen: Rect) -> u16 {
        let chat =
            if screen.width >= TWO_PANES { screen.width - Self::roster_width(screen.width) } else { screen.width };
        chat.saturating_sub(4).max(1)
    }

    /// The pane at a place on screen.
    pub(super) fn pane_at(&self, column: u16, row: u16) -> Option<Pane> {
        let at = ratatui::layout::Position { x: column, y: row };
        [(self.roster, Pane::Roster), (self.transcript, Pane::Transcript), (self.composer, Pane::Composer)]
            .into_iter()
            .find(|(area, _)| area.contains(at))
            .map(|(_, pane)| pane)
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
                    for (lines, notice, above) in [(1, 0, 0), (9, 2, 3), (500, 1, 1), (1, 0, 99)] {
                        let screen = Rect::new(0, 0, width, height);
                        let l = Layout::new(screen, focus, lines, notice, above);
                        let panes = [l.header, l.roster, l.transcript, l.notice, l.above, l.composer, l.hints];
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
