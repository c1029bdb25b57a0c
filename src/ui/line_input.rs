//! A line that is being typed, on the screen: as much of it as there is room for, the cursor always in sight.
//!
//! Where the terminal's cursor stands in it, that is told to whoever draws the line; where it doesn't, a bar behind the
//! text shows where the next letter goes, and in the midst of it the letter at the cursor stands out.

use ratatui::style::Style;
use ratatui::text::Span;

use super::glyphs::Glyphs;
use super::{paint, theme};
use crate::app::LineInput;
use crate::domain::{SafeText, display_width};

/// The part of a line that is in sight.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct InSight {
    /// What stands before the cursor.
    before: SafeText,
    /// What stands at the cursor and behind it.
    behind: SafeText,
}

/// What of a line is in sight in so many columns; the one behind its end, where the cursor stands then, isn't counted.
pub(super) fn in_sight(line: &LineInput, columns: usize) -> InSight {
    let (before, behind) = line.halves();
    let (before, behind) = (SafeText::one_line(before), SafeText::one_line(behind));
    let at_cursor = behind.clusters().next().map_or(0, |(_, cluster)| display_width(cluster));
    // What comes next is seen too, as long as a part of what stands before is.
    let ahead = display_width(behind.as_str()).min(columns / 3).max(at_cursor);
    let before = end_of(&before, columns.saturating_sub(ahead));
    let behind = beginning_of(&behind, columns.saturating_sub(display_width(before.as_str())));
    InSight { before, behind }
}

impl InSight {
    /// All of it.
    pub(super) fn text(&self) -> SafeText {
        let mut text = self.before.clone();
        text.push(&self.behind);
        text
    }

    /// The column of the cursor, counted from where the text is drawn.
    pub(super) fn cursor(&self) -> u16 {
        u16::try_from(display_width(self.before.as_str())).unwrap_or(u16::MAX)
    }

    /// It with a cursor of its own, where the terminal's stands elsewhere.
    pub(super) fn spans(self, cursor: Style, glyphs: &Glyphs) -> Vec<Span<'static>> {
        let Some((_, letter)) = self.behind.clusters().next() else {
            let bar = paint::fixed(if glyphs.ascii { "_" } else { "▏" }, cursor);
            return vec![paint::owned(self.before, theme::BOLD), bar];
        };
        let (at, end) = (self.behind.part(0..letter.len()), self.behind.as_str().len());
        let rest = self.behind.part(letter.len()..end);
        let lit = theme::BOLD.patch(theme::SELECTED);
        vec![paint::owned(self.before, theme::BOLD), paint::owned(at, lit), paint::owned(rest, theme::BOLD)]
    }
}

/// The end of a text, if all of it has no room.
fn end_of(text: &SafeText, columns: usize) -> SafeText {
    let mut taken = 0;
    let clusters: Vec<_> = text.clusters().collect();
    let from = clusters.into_iter().rev().take_while(|(_, cluster)| {
        taken += display_width(cluster);
        taken <= columns
    });
    let from = from.last().map_or(text.as_str().len(), |(at, _)| at);
    text.part(from..text.as_str().len())
}

/// The beginning of a text, if all of it has no room.
fn beginning_of(text: &SafeText, columns: usize) -> SafeText {
    let mut taken = 0;
    let fits = text.clusters().take_while(|(_, cluster)| {
        taken += display_width(cluster);
        taken <= columns
    });
    text.part(0..fits.last().map_or(0, |(at, cluster)| at + cluster.len()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::app::{Caret, ChannelInfo, Event, Overlay, SearchNaming, State, TextInput, update};
    use crate::domain::{Capabilities, ChannelName, Platform, Timestamp};

    /// A line with that text and the cursor at that byte, as the core makes it.
    fn line(text: &str, at: usize) -> LineInput {
        let name = ChannelName::new("demo");
        let label = SafeText::one_line("demo");
        let channel =
            ChannelInfo { name, label, platform: Platform::new("chat-thing"), sandbox: false, read_only: false };
        let mut state = State::new(vec![(channel, Capabilities::NONE)], 0, 7);
        state.window.open(Overlay::SearchNaming(SearchNaming { name: text.into() }));
        let click = TextInput::Click(Caret { at, goal: None });
        update(&mut state, Event::Line(click), Timestamp::from_millis(0));
        match state.window.overlay() {
            Some(Overlay::SearchNaming(naming)) => naming.name.clone(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_long_line_is_scrolled_to_its_cursor() {
        let text = "abcdefghijklmnopqrst";
        let seen = |at, columns| {
            let seen = in_sight(&line(text, at), columns);
            (seen.text().as_str().to_owned(), usize::from(seen.cursor()))
        };
        assert_eq!(seen(20, 9), ("lmnopqrst".to_owned(), 9), "its end, the cursor behind it");
        assert_eq!(seen(18, 9), ("lmnopqrst".to_owned(), 7), "going back moves the cursor first");
        assert_eq!(seen(10, 9), ("efghijklm".to_owned(), 6), "and then the text");
        assert_eq!(seen(0, 9), ("abcdefghi".to_owned(), 0));
        assert_eq!(seen(5, 40), (text.to_owned(), 5), "all of it where there is room");
    }

    #[test]
    fn the_letter_at_the_cursor_stands_out_where_the_terminals_cursor_stands_elsewhere() {
        let spans = |at| in_sight(&line("one", at), 9).spans(theme::ACCENT, &crate::ui::glyphs::ASCII);
        let texts = |at| spans(at).iter().map(|span| span.content.to_string()).collect::<Vec<_>>();
        assert_eq!(texts(3), ["one", "_"]);
        assert_eq!(texts(1), ["o", "n", "e"]);
        assert_eq!(spans(1)[1].style, theme::BOLD.patch(theme::SELECTED));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_cursor_is_in_sight_and_nothing_is_wider_than_its_room(
            text in "([a-z ]|日|é|👨‍👩‍👧|ש|\u{202e}){0,40}",
            at in 0_usize..200,
            columns in 2_usize..30,
        ) {
            let line = line(&text, at);
            let seen = in_sight(&line, columns);
            prop_assert!(display_width(seen.text().as_str()) <= columns);
            prop_assert!(usize::from(seen.cursor()) <= columns);
            let next = SafeText::one_line(line.halves().1);
            prop_assert_eq!(seen.behind.clusters().next(), next.clusters().next(), "what stands at the cursor");
        }
    }
}
