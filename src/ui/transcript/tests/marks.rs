//! What the mouse marks: the text as it was written, whatever it looks like.

use ratatui::style::Modifier;

use super::{Said, Talk, draw, rows, said};
use crate::app::Scroll;
use crate::ui::transcript::{Span, Transcript};

const SIZE: (u16, u16) = (24, 30);

fn talk() -> Talk {
    Talk(vec![
        said(1, "A paragraph that is wrapped into several rows, as any is."),
        said(2, "- an item that is wrapped too\n\n| a | b |\n|---|---|\n| one | 2 |\n\n```sh\nmake all\n```\n"),
        Said {
            growing: true, head: "", ..said(3, "日本語のテキストは単語の間に空白がありません open")
        },
    ])
}

/// Where a text stands on the screen.
fn find(screen: &[String], text: &str) -> (u16, u16) {
    let row = screen.iter().position(|row| row.contains(text)).unwrap_or_else(|| panic!("{text} in {screen:#?}"));
    let column = crate::domain::display_width(screen[row].split(text).next().unwrap());
    (u16::try_from(column).unwrap(), u16::try_from(row).unwrap())
}

/// The text between two words on the screen, the first letter of each included.
fn between(from: &str, to: &str) -> String {
    let (talk, mut transcript) = (talk(), Transcript::default());
    let (buf, _) = draw(&mut transcript, &talk, SIZE, Scroll::Follow);
    let screen = rows(&buf);
    let (from, to) = (find(&screen, from), find(&screen, to));
    let spots = (transcript.spot_at(from.0, from.1).unwrap(), transcript.spot_at(to.0, to.1).unwrap());
    transcript.mark(Some((spots.1, spots.0)));
    let back = transcript.marked_text(&talk).unwrap();
    transcript.mark(Some(spots));
    let text = transcript.marked_text(&talk).unwrap();
    assert_eq!(text, back, "from either end");
    // All that is shown as marked is text, and all of the text is shown so.
    let (buf, _) = draw(&mut transcript, &talk, SIZE, Scroll::Follow);
    let marked = buf.content.iter().filter(|cell| cell.modifier.contains(Modifier::REVERSED));
    let marked: String = marked.map(ratatui::buffer::Cell::symbol).collect();
    let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    assert_eq!(bare(&marked), bare(&text));
    text
}

#[test]
fn rows_are_joined_as_they_were_written() {
    assert_eq!(between("paragraph", "rows"), "paragraph that is wrapped into several r");
    assert_eq!(between("A para", "any"), "A paragraph that is wrapped into several rows, as a");
    assert_eq!(between("日本", "open"), "日本語のテキストは単語の間に空白がありません o");
}

#[test]
fn bars_markers_and_borders_stay_behind() {
    assert_eq!(between("an item", "too"), "an item that is wrapped t");
    assert_eq!(between("too", "make"), "too\n\na\tb\none\t2\n\nm");
}

#[test]
fn messages_come_with_what_stands_between_them() {
    assert_eq!(between("as any", "an item"), "as any is.\n\nbot  10:07\na");
}

#[test]
fn the_mark_stays_on_its_text() {
    let (mut talk, mut transcript) = (talk(), Transcript::default());
    let (buf, _) = draw(&mut transcript, &talk, SIZE, Scroll::Follow);
    let (from, to) = (find(&rows(&buf), "make"), find(&rows(&buf), "all"));
    let spots = (transcript.spot_at(from.0, from.1), transcript.spot_at(to.0, to.1));
    transcript.mark(spots.0.zip(spots.1));
    talk.0[2].text.push_str("\n\nmore and more and more of it comes in meanwhile");
    let (buf, _) = draw(&mut transcript, &talk, (24, 5), Scroll::Follow);
    assert!(!rows(&buf).iter().any(|row| row.contains("make")), "it is out of sight");
    assert_eq!(transcript.marked_text(&talk).as_deref(), Some("make a"));
}

#[test]
fn two_clicks_take_a_word_and_three_a_line() {
    let (talk, mut transcript) = (talk(), Transcript::default());
    let (buf, _) = draw(&mut transcript, &talk, SIZE, Scroll::Follow);
    let (column, row) = find(&rows(&buf), "several");
    let spot = transcript.spot_at(column + 3, row).unwrap();
    let mut taken = |span| {
        transcript.mark_around(&talk, spot, span);
        transcript.marked_text(&talk)
    };
    assert_eq!(taken(Span::Word).as_deref(), Some("several"));
    assert_eq!(taken(Span::Line).as_deref(), Some("A paragraph that is wrapped into several rows, as any is."));
}

#[test]
fn a_place_beside_the_text_is_the_nearest_one() {
    let (talk, mut transcript) = (talk(), Transcript::default());
    assert_eq!(transcript.spot_at(0, 0), None, "nothing was drawn");
    let (_, measured) = draw(&mut transcript, &talk, (24, 5), Scroll::Follow);
    assert_eq!((transcript.beyond(0), transcript.beyond(4), transcript.beyond(5)), (0, 0, 1));
    assert_eq!(transcript.key_at(3, 4), Some(3));
    assert_eq!(measured.bottom, Some(3));
    let spots = (transcript.spot_at(2, 0).unwrap(), transcript.spot_at(0, 99).unwrap());
    transcript.mark(Some(spots));
    assert!(transcript.marked_text(&talk).unwrap().ends_with("open"), "to the end of the last row");
}

#[test]
fn a_picked_item_is_brought_on_screen_with_little_movement() {
    let many =
        Talk((1..=40).map(|key| said(key, &"words and words ".repeat(usize::try_from(key % 7).unwrap()))).collect());
    for (width, height) in [(24, 12), (60, 7)] {
        let mut transcript = Transcript::default();
        let (_, mut before) = draw(&mut transcript, &many, (width, height), Scroll::Follow);
        for key in (1..=40).rev().chain(1..=40).chain([20, 1, 40]) {
            let (buf, after) = draw(&mut transcript, &many, (width, height), Scroll::Show(key));
            assert!((0..height).any(|row| transcript.key_at(0, row) == Some(key)), "{key} is not on screen");
            // Once it is there, it does not move.
            let (same, again) = draw(&mut transcript, &many, (width, height), Scroll::Show(key));
            assert_eq!((rows(&buf), after), (rows(&same), again));
            before = after;
        }
        assert!(before.at_bottom, "the last one is at the end");
    }
}
