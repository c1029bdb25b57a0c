//! What is being read stays where it is: at other sizes, while more arrives, in texts of any length.

use std::fmt::Write as _;

use proptest::prelude::*;
use ratatui::buffer::Buffer;

use super::{Said, Talk, draw, everything, rows, said};
use crate::app::{Anchor, Chat, ConversationRef, Scroll};
use crate::ui::transcript::Transcript;

/// A reader: the transcript, and the core's part of where it is looked at.
struct Reader {
    transcript: Transcript,
    chat: Chat,
}

impl Reader {
    fn new(scroll: Scroll) -> Self {
        Self { transcript: Transcript::default(), chat: Chat { scroll, ..Chat::new(ConversationRef::New(0)) } }
    }

    /// Draws at that size, twice, as a second event would: the rows on screen.
    fn look(&mut self, talk: &Talk, size: (u16, u16)) -> Vec<String> {
        let first = self.draw(talk, size);
        assert_eq!(first, self.draw(talk, size), "it moved by itself");
        rows(&first)
    }

    fn draw(&mut self, talk: &Talk, size: (u16, u16)) -> Buffer {
        let (buf, measured) = draw(&mut self.transcript, talk, size, self.chat.scroll);
        self.chat.measure(measured);
        buf
    }
}

/// What a row begins with, if that is one of the words that stand nowhere else.
fn word(row: &str) -> Option<&str> {
    let first = row.split(|c: char| !c.is_ascii_alphanumeric()).find(|word| !word.is_empty());
    first.filter(|word| numbered(word, 'w').is_some())
}

fn numbered(word: &str, kind: char) -> Option<u32> {
    word.strip_prefix(kind).filter(|number| number.len() == 5).and_then(|number| number.parse().ok())
}

/// The first row of a table that is named on these.
fn table_row(rows: &[String]) -> Option<u32> {
    let words = rows.iter().flat_map(|row| row.split(|c: char| !c.is_ascii_alphanumeric()));
    words.into_iter().find_map(|word| numbered(word, 't'))
}

/// Words that stand nowhere else, in blocks of every kind.
fn block(kind: u8, many: usize, next: &mut u32) -> String {
    let mut word = || {
        *next += 1;
        format!("w{next:05}")
    };
    let mut words = |many: usize| (0..many).map(|_| word()).collect::<Vec<_>>().join(" ");
    match kind {
        0 => format!("{}\n\n", words(many)),
        1 => (0..many).fold(String::new(), |list, _| list + "- " + &words(9) + "\n") + "\n",
        2 => (0..many).fold(String::new(), |list, n| format!("{list}{n}. {}\n\n   > {}\n\n", words(4), words(12))),
        3 => (0..many).fold(String::from("```\n"), |code, n| code + &words(n % 3) + "\n") + "```\n\n",
        4 => format!("# {}\n\n---\n\n**{}** `{}`\n\n", words(3), words(many), words(many)),
        5 => {
            let row = |table: String, _| {
                table + "| " + &words(1).replace('w', "t") + " | 日本 | [x](https://a.example) |\n"
            };
            (0..many).fold(String::from("| a | b | c |\n|---|--:|:-:|\n"), row) + "\n"
        }
        _ => format!("日本語 👩‍👩‍👧‍👦 e\u{301} {}\u{202e}\n\n", words(many)),
    }
}

fn talk() -> impl Strategy<Value = Talk> {
    let blocks = prop::collection::vec((0_u8..7, 1_usize..30), 1..6);
    prop::collection::vec((blocks, any::<bool>()), 1..8).prop_map(|items| {
        let mut next = 0;
        let item = |(key, (blocks, noted)): (u64, (Vec<(u8, usize)>, bool))| {
            let text: String = blocks.into_iter().map(|(kind, many)| block(kind, many, &mut next)).collect();
            let notes = if noted { vec!["a failure whose explanation is long enough to wrap"] } else { vec![] };
            Said { notes, ..said(key, &text) }
        };
        Talk((1..).zip(items).map(item).collect())
    })
}

/// Whether a row shows that word first, or goes on with a line in which nothing stands before it.
fn assert_reads(seen: &[String], word_at_top: Option<&str>, whole: bool) -> Result<(), TestCaseError> {
    if let Some(first) = word_at_top {
        let holds = |row: &String| row.contains(first);
        // Where all that is behind it fits on the screen, it can't stand at the top.
        prop_assert!(seen.first().is_some_and(holds) || (whole && seen.iter().any(holds)), "{first} in {seen:#?}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_stands_at_the_top_stays_there_at_every_size(
        talk in talk(),
        (item, row) in (any::<prop::sample::Index>(), 0_i64..300),
        size in (24_u16..130, 3_u16..50),
        others in prop::collection::vec((24_u16..130, 3_u16..50), 1..6),
    ) {
        let item = item.get(&talk.0).key;
        let mut reader = Reader::new(Scroll::At(Anchor { item, row }));
        let before = reader.look(&talk, size);
        if reader.chat.scroll == Scroll::Follow {
            return Ok(());
        }
        for other in others {
            let seen = reader.look(&talk, other);
            prop_assert!(reader.chat.scroll != Scroll::Follow, "nobody asked to follow the end");
            assert_reads(&seen, word(&before[0]), reader.chat.measured.at_bottom)?;
            // Of a table it is the row that holds it or the one beside it: it is drawn in columns or as a list.
            if let Some(read) = table_row(&before[..1]).filter(|_| !reader.chat.measured.at_bottom) {
                let shown = table_row(&seen);
                prop_assert!(shown.is_none_or(|shown| shown.abs_diff(read) <= 1), "{read} in {seen:#?}");
            }
        }
        prop_assert_eq!(reader.look(&talk, size), before, "and all is as it was, back at its size");
    }

    #[test]
    fn it_stays_while_more_arrives(
        talk in talk(),
        (item, row) in (any::<prop::sample::Index>(), 0_i64..300),
        sizes in prop::collection::vec((24_u16..130, 3_u16..50), 2..5),
        steps in prop::collection::vec(1_usize..200, 1..40),
    ) {
        // The last item comes in pieces, the first of which is there; what is read may be in it, its open end too.
        let mut coming = talk.clone();
        let whole = talk.0.last().unwrap().text.clone();
        let open = coming.0.last_mut().unwrap();
        let mut at = whole.floor_char_boundary(whole.len() / 2);
        (open.text, open.growing) = (whole[..at].to_owned(), true);
        let item = item.get(&coming.0).key;
        let mut reader = Reader::new(Scroll::At(Anchor { item, row }));
        let seen = reader.look(&coming, sizes[0]);
        if reader.chat.scroll == Scroll::Follow {
            return Ok(());
        }
        let first = word(&seen[0]).map(str::to_owned);
        let mut ended = false;
        for (n, step) in steps.into_iter().enumerate() {
            at = whole.ceil_char_boundary((at + step).min(whole.len()));
            coming.0.last_mut().unwrap().text = whole[..at].to_owned();
            let size = sizes[n / 4 % sizes.len()];
            let seen = reader.look(&coming, size);
            // Where a larger screen showed the end, what came behind that moved nothing: it is still on the screen.
            ended |= reader.chat.measured.at_bottom;
            assert_reads(&seen, first.as_deref(), ended)?;
        }
    }
}

#[test]
fn a_text_of_ten_mebibytes_stays_in_place() {
    let mut piece = String::new();
    let mut next = 0;
    while piece.len() < 256 * 1024 {
        let kind = u8::try_from(next % 7).unwrap();
        piece.push_str(&block(kind, 20, &mut next));
    }
    let mut talk = Talk(vec![said(1, "before"), Said { growing: true, ..said(2, &piece.repeat(40)) }]);
    let mut reader = Reader::new(Scroll::At(Anchor { item: 2, row: 70_000 }));
    let mut before = reader.look(&talk, (100, 30));
    while word(&before[0]).is_none() {
        reader.chat.scroll_by(1);
        before = reader.look(&talk, (100, 30));
    }
    let stats = reader.transcript.stats();
    for width in [40, 130] {
        talk.0[1].text.push_str("More. ");
        let seen = reader.look(&talk, (width, 30));
        assert!(seen[0].contains(word(&before[0]).unwrap()), "{} in {seen:#?}", before[0]);
    }
    assert_eq!(reader.look(&talk, (100, 30)), before);
    let cost = reader.transcript.stats();
    assert_eq!(cost.bytes_scanned - stats.bytes_scanned, 12, "only what is new is read");
    assert!(cost.segments_rendered - stats.segments_rendered < 3 * 34, "{cost:?}");
}

#[test]
fn a_higher_screen_and_back_moves_nothing() {
    let talk = Talk(vec![said(1, &block(1, 20, &mut 0))]);
    let mut reader = Reader::new(Scroll::At(Anchor { item: 1, row: 12 }));
    let before = reader.look(&talk, (80, 5));
    for size in [(80, 9), (80, 10), (80, 20), (120, 20), (120, 90), (80, 90)] {
        reader.look(&talk, size);
    }
    assert_eq!(reader.look(&talk, (80, 5)), before);
    // Scrolling goes on from what is on screen.
    let whole = reader.look(&talk, (80, 20));
    reader.chat.scroll_by(-1);
    assert_eq!(reader.look(&talk, (80, 20))[1..], whole[..19]);
}

#[test]
fn a_list_whose_items_come_apart_below_does_not_move_what_is_read() {
    let mut list = (0..40).fold(String::new(), |mut list, n| {
        _ = writeln!(list, "- w{n:05} said");
        list
    });
    let mut talk = Talk(vec![Said { growing: true, ..said(1, &list) }]);
    let mut reader = Reader::new(Scroll::At(Anchor { item: 1, row: 21 }));
    let before = reader.look(&talk, (60, 10));
    assert_eq!(word(&before[0]), Some("w00020"));
    // A blank line between two items sets all of them apart.
    list.push_str("\n- another\n");
    talk.0[0].text = list;
    let after = reader.look(&talk, (60, 10));
    assert_eq!(word(&after[0]), Some("w00020"), "{after:#?}");
}

/// Scrolls until the first row begins with that word.
fn go_to(reader: &mut Reader, talk: &Talk, size: (u16, u16), first: &str) {
    for _ in 0..1000 {
        if reader.look(talk, size)[0].contains(first) {
            return;
        }
        reader.chat.scroll_by(1);
    }
    panic!("{first} is nowhere");
}

#[test]
fn the_block_at_the_open_end_is_no_table() {
    // The list is open, with the block at its end, until the first letter behind it shows that it isn't.
    let list = block(2, 21, &mut 0);
    let mut talk = Talk(vec![Said { growing: true, ..said(1, &list[..list.len() / 2]) }]);
    let mut reader = Reader::new(Scroll::At(Anchor { item: 1, row: 1 }));
    go_to(&mut reader, &talk, (29, 3), "w00107");
    for text in [list.len() - 40, list.len()] {
        talk.0[0].text = list[..text].to_owned();
        for width in [55, 29] {
            let seen = reader.look(&talk, (width, 3));
            assert!(seen[0].contains("w00107"), "{seen:#?}");
        }
    }
    talk.0[0].text += "|";
    let seen = reader.look(&talk, (55, 3));
    assert!(seen[0].contains("w00107"), "{seen:#?}");
}

#[test]
fn a_table_set_anew_moves_nothing_that_stands_around_it() {
    // All of it is one segment: a list with tables in it.
    let mut next = 0;
    let mut text = String::new();
    for _ in 0..2 {
        let table = block(5, 5, &mut next);
        let table = table.lines().fold(String::new(), |table, line| table + "  " + line + "\n");
        _ = writeln!(text, "- {}\n\n{table}", block(0, 20, &mut next).trim_end());
    }
    let talk = Talk(vec![said(1, &text)]);
    for n in 1..=next {
        let (first, cell) = (format!("w{n:05}"), format!("t{n:05}"));
        for (before, after) in [((100, 4), (24, 4)), ((24, 4), (100, 4)), ((60, 4), (26, 9))] {
            let mut reader = Reader::new(Scroll::At(Anchor { item: 1, row: 1 }));
            let shown =
                everything(&talk, before.0).iter().position(|row| row.contains(&first) || row.contains(&cell));
            reader.chat.scroll = Scroll::At(Anchor { item: 1, row: i64::try_from(shown.unwrap()).unwrap() });
            let old = reader.look(&talk, before);
            if reader.chat.scroll == Scroll::Follow {
                continue;
            }
            let seen = reader.look(&talk, after);
            let told = word(&old[0]).map(str::to_owned).or_else(|| table_row(&old[..1]).map(|n| format!("t{n:05}")));
            let told = told.unwrap_or_else(|| panic!("{old:#?}"));
            let is_there = seen[..1].iter().any(|row| row.contains(&told));
            let whole = reader.chat.measured.at_bottom && seen.iter().any(|row| row.contains(&told));
            assert!(is_there || whole, "{told} of {old:#?} in {seen:#?}");
            assert_eq!(reader.look(&talk, before), old);
        }
    }
}
