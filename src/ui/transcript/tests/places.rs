//! What is searched for: marked where it is shown, whatever stands around it, and brought into sight.

use std::collections::HashMap;
use std::ops::Range;

use proptest::prelude::*;

use super::*;
use crate::app::Passage;
use crate::domain::{Query, Timestamp};
use crate::ui::transcript::Sought;

/// A search of these tests.
struct Search {
    query: Query,
    places: HashMap<u64, Vec<Range<usize>>>,
    current: Option<(u64, usize)>,
}

impl Sought for Search {
    fn in_text(&self, key: u64) -> &[Range<usize>] {
        self.places.get(&key).map_or(&[], Vec::as_slice)
    }

    fn on_screen(&self, shown: &str) -> Vec<Range<usize>> {
        self.query.places(shown)
    }

    fn current(&self) -> Option<(u64, usize)> {
        self.current
    }
}

fn search(talk: &Talk, text: &str) -> Search {
    let query = Query::parse(text, Timestamp::from_millis(0)).unwrap();
    let places = talk.0.iter().map(|said| (said.key, query.places(&said.text))).collect();
    Search { query, places, current: None }
}

/// Draws, and tells what is marked: the text of each row's marked cells, in brackets where it is the current one.
fn marked(talk: &Talk, search: &Search, (width, height): (u16, u16), scroll: Scroll) -> (Vec<String>, Measured) {
    let mut buf = Buffer::empty(Rect::new(0, 0, width, height));
    let area = buf.area;
    let mut transcript = Transcript::default();
    let measured = transcript.draw_sought(&mut buf, area, talk, scroll, false, Some(search));
    let mut found = Vec::new();
    for row in buf.content.chunks(usize::from(width)) {
        let (mut text, mut before) = (String::new(), None);
        for (at, cell) in row.iter().enumerate() {
            let here = cell.modifier.contains(Modifier::REVERSED);
            if cell.fg == Color::Yellow && (here || cell.modifier.contains(Modifier::UNDERLINED)) {
                if before.is_some_and(|before| before + 1 < at) {
                    text.push(' ');
                }
                text.push_str(if here { "[" } else { "" });
                text.push_str(cell.symbol());
                text.push_str(if here { "]" } else { "" });
                before = Some(at);
            }
        }
        if !text.is_empty() {
            found.push(text.replace("][", ""));
        }
    }
    (found, measured)
}

fn all(text: &str, what: &str, width: u16) -> Vec<String> {
    let talk = Talk(vec![said(1, text)]);
    marked(&talk, &search(&talk, what), (width, 40), Scroll::Follow).0
}

#[test]
fn words_are_marked_where_they_stand() {
    assert_eq!(all("A moon, and no Moon.", "moon", 40), ["moon Moon"]);
    assert_eq!(all("There are **eight** planets", "eight planets", 60), ["eight planets"]);
    assert_eq!(all("1. one moon\n2. two moons\n\n> a moon\n", "moon", 40), ["moon", "moon", "moon"]);
    assert_eq!(all("```rust\nlet moon = 1;\n```\n", "moon", 40), ["moon"]);
    assert_eq!(all("nothing of it", "moon", 40), [""; 0]);
    assert_eq!(all("ein café, zwei cafés", "cafe", 40), ["café café"]);
    assert_eq!(all("日本語のタイトル", "本語", 40), ["本 語 "]);
}

#[test]
fn what_is_wrapped_is_marked_on_both_rows() {
    assert_eq!(all("aaaa bbbb cccc", "\"bbbb cccc\"", 13), ["bbbb", "cccc"]);
    assert_eq!(all("abcdefghijklmnop", "fghijklm", 12), ["fghij", "klm"]);
    assert_eq!(all("> abcdefghijklmnop", "fghijklm", 14), ["fghij", "klm"]);
    assert_eq!(all("```\nabcdefghijklmnop\n```", "fghijklm", 14), ["fghij", "klm"]);
    assert_eq!(all("- aaaa bbbb cccc dddd", "\"bbbb cccc\"", 13), ["bbbb", "cccc"]);
}

#[test]
fn what_stands_around_a_text_is_no_part_of_it() {
    let table = "| planet | moons |\n|---|--:|\n| Mercury | 0 |\n| Jupiter | 95 |\n";
    assert_eq!(all(table, "jupiter", 40), ["Jupiter"]);
    assert_eq!(all(table, "\"jupiter 95\"", 40), [""; 0]);
    assert_eq!(all("> one\n> two", "\"│ one\"", 40), [""; 0]);
}

#[test]
fn the_place_that_was_gone_to_stands_out() {
    let talk = Talk(vec![said(1, "moon moon"), said(2, "a moon\n\nand a **moon**, moon")]);
    let mut search = search(&talk, "moon");
    for (current, expected) in [
        ((1, 0), ["[moon] moon", "moon", "moon moon"]),
        ((1, 1), ["moon [moon]", "moon", "moon moon"]),
        ((2, 0), ["moon moon", "[moon]", "moon moon"]),
        ((2, 1), ["moon moon", "moon", "[moon] moon"]),
        ((2, 2), ["moon moon", "moon", "moon [moon]"]),
    ] {
        search.current = Some(current);
        assert_eq!(marked(&talk, &search, (40, 20), Scroll::Follow).0, expected, "{current:?}");
    }
}

#[test]
fn a_message_that_is_found_as_a_whole_has_its_author_marked() {
    let talk = Talk(vec![said(1, "one"), said(2, "two")]);
    let mut search = search(&talk, "role:user");
    #[expect(clippy::single_range_in_vec_init, reason = "one place")]
    search.places.insert(2, vec![0..0]);
    search.current = Some((2, 0));
    assert_eq!(marked(&talk, &search, (40, 20), Scroll::Follow).0, ["[bot  10:07]"]);
}

/// Long texts: paragraphs of which every tenth has the word.
fn long(paragraphs: usize) -> String {
    let words = |n: usize| if n.is_multiple_of(10) { format!("the moon of {n}") } else { format!("text {n}") };
    let text = |n: usize| format!("{} and more words, so that it is wrapped on any screen here\n\n", words(n));
    (0..paragraphs).map(text).collect()
}

#[test]
fn a_place_comes_into_sight_a_third_below_the_top() {
    let talk = Talk(vec![said(1, &long(300)), said(2, &long(300)), said(3, "the end")]);
    let mut search = search(&talk, "moon");
    for item in [1, 2] {
        for nth in [3, 11, 20, 29] {
            search.current = Some((item, nth));
            let byte = Some(search.places[&item][nth].start);
            let (found, measured) = marked(&talk, &search, (40, 30), Scroll::To(Passage { item, byte }));
            assert!(found.contains(&"[moon]".to_owned()), "{item} {nth}: {found:?}");
            // Drawn from the anchor that was told, the same is seen.
            let top = measured.top.unwrap();
            let again = marked(&talk, &search, (40, 30), Scroll::At(top)).0;
            assert_eq!(found, again, "{item} {nth}");
        }
    }
}

#[test]
fn a_place_on_screen_moves_nothing() {
    let talk = Talk(vec![said(1, &long(300))]);
    let search = search(&talk, "moon");
    let spot = |nth: usize| Scroll::To(Passage { item: 1, byte: Some(search.places[&1][nth].start) });
    let area = Rect::new(0, 0, 40, 60);
    let mut buf = Buffer::empty(area);
    let mut transcript = Transcript::default();
    let mut at = |scroll: Scroll| transcript.draw_sought(&mut buf, area, &talk, scroll, false, Some(&search)).top;
    let first = at(spot(10)).unwrap();
    assert_eq!(at(Scroll::At(first)), Some(first));
    assert_eq!(at(spot(11)), Some(first), "it is on screen too");
    assert_ne!(at(spot(15)), Some(first));
}

#[test]
fn what_is_told_to_be_seen_is() {
    let talk = Talk(vec![said(1, &long(50)), said(2, &long(50))]);
    let search = search(&talk, "moon");
    let (_, measured) = marked(&talk, &search, (40, 20), Scroll::Follow);
    let (first, last) = measured.seen.unwrap();
    assert_eq!((first.item, last.item, last.byte), (2, 2, Some(talk.0[1].text.len())));
    let (_, measured) = marked(&talk, &search, (40, 20), Scroll::At(crate::app::Anchor { item: 1, row: 0 }));
    let (first, last) = measured.seen.unwrap();
    assert_eq!((first.item, first.byte, last.item), (1, Some(0), 1));
    assert!(last.byte.is_some_and(|byte| (100..1_000).contains(&byte)), "{last:?}");
}

#[test]
fn a_place_far_down_in_a_large_text_is_found_by_little_work() {
    let text = format!("{}the moon\n\n{}", "word ".repeat(1_000_000), "more ".repeat(1_000_000));
    let talk = Talk(vec![said(1, &text)]);
    let mut search = search(&talk, "moon");
    search.current = Some((1, 0));
    let byte = Some(search.places[&1][0].start);
    let area = Rect::new(0, 0, 40, 30);
    let mut buf = Buffer::empty(area);
    let mut transcript = Transcript::default();
    transcript.draw_sought(&mut buf, area, &talk, Scroll::To(Passage { item: 1, byte }), false, Some(&search));
    assert!(rows(&buf).iter().any(|row| row.contains("the moon")), "{:?}", rows(&buf));
    let stats = transcript.stats();
    assert!(stats.bytes_rendered < 200_000, "{stats:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn plain_words_are_marked_as_often_as_they_are_there(
        words in prop::collection::vec("moon|sun|a|stars|日本|x-moon", 1..60),
        width in 8_u16..60,
    ) {
        let text = words.join(" ");
        let talk = Talk(vec![said(1, &text)]);
        let search = search(&talk, "moon");
        let letters = |found: &[String]| found.concat().replace(' ', "").len();
        let (found, _) = marked(&talk, &search, (width, 400), Scroll::Follow);
        prop_assert_eq!(letters(&found), 4 * text.matches("moon").count());
    }

    #[test]
    fn any_place_of_any_text_comes_into_sight(
        text in "(moon|[a-z]{1,9}| |\n|\n\n|- |> |\\*\\*|`|```\n|\\| ){0,80}",
        size in (4_u16..50, 3_u16..12),
    ) {
        let talk = Talk(vec![said(1, "first"), said(2, &text), said(3, "last")]);
        let mut search = search(&talk, "moon");
        for nth in 0..search.places[&2].len() {
            search.current = Some((2, nth));
            let byte = Some(search.places[&2][nth].start);
            let (_, measured) = marked(&talk, &search, size, Scroll::To(Passage { item: 2, byte }));
            prop_assert!(measured.top.is_some());
        }
    }
}
