//! A streamed text ends up as the whole text does.

use proptest::prelude::*;

use super::{Said, Talk, draw, said};
use crate::app::{Anchor, Scroll};
use crate::ui::transcript::Transcript;

fn markdown() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "\n",
        "\n\n",
        "# head\n",
        "- item\n",
        "  more\n",
        "1. one\n",
        "> quote\n",
        "```\n",
        "```rust\nlet x;\n",
        "    code\n",
        "| a | b |\n|---|--:|\n| 1 | 2 |\n",
        "**bold** ",
        "word ",
        "日本語",
        "👩‍👩‍👧‍👦",
        "\u{1b}[2J",
        "a longer run of words that wraps ",
        "[a](b)",
        "[the list](https://a.example/b) ",
        "![ring](ring.png)",
        "https://a.example/c. ",
        "| 3 | a cell that is wider than the ones before |\n",
        "| ",
        "~~~\n",
        "- [x] done\n",
        "\t",
        "\r\n",
        "e\u{301}",
        "***\n",
    ]);
    prop::collection::vec(pieces, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn streamed_is_whole(
        text in markdown(),
        sizes in prop::collection::vec(1_usize..30, 1..6),
        (width, height) in (1_u16..90, 1_u16..40),
        reading in any::<bool>(),
    ) {
        let mut transcript = Transcript::default();
        let mut talk = Talk(vec![said(1, "asked"), Said { growing: true, ..said(2, "") }]);
        let scroll = if reading { Scroll::At(Anchor { item: 1, row: 1 }) } else { Scroll::Follow };
        let (mut at, mut turn) = (0, 0);
        while at < text.len() {
            at = text.ceil_char_boundary((at + sizes[turn % sizes.len()]).min(text.len()));
            turn += 1;
            talk.0[1].text = text[..at].to_owned();
            draw(&mut transcript, &talk, (width, height), scroll);
        }
        talk.0[1].growing = false;
        let (streamed, grown) = draw(&mut transcript, &talk, (width, height), scroll);
        let (whole, fresh) = draw(&mut Transcript::default(), &talk, (width, height), scroll);
        prop_assert_eq!(streamed, whole);
        // The rows above are guessed by one and known by the other, so the numbers of theirs may differ.
        prop_assert_eq!((grown.at_top, grown.at_bottom, grown.rows), (fresh.at_top, fresh.at_bottom, fresh.rows));
    }
}

/// A text that holds what moves most easily while it comes.
const MOVING: &str = "Look at [the list](https://a.example/list):\n\n| planet | moons | remark |\n|---|--:|---|\n\
    | Mercury | 0 | none |\n| Jupiter | 95 | the **largest**, with a [storm](https://a.example/storm) |\n| Io | - | a moon |\n\n\
    - one\n- [two](https://a.example/two)\n\n```rust\nfn main() {}\n```\n\nAnd ![a ring](https://a.example/ring.png).\n\n\
    ```\nplain\n```\n";

#[test]
fn a_text_of_every_kind_is_whole_for_every_split() {
    let whole = {
        let talk = Talk(vec![said(1, MOVING)]);
        draw(&mut Transcript::default(), &talk, (70, 60), Scroll::Follow).0
    };
    for at in (0..=MOVING.len()).filter(|at| MOVING.is_char_boundary(*at)) {
        let mut transcript = Transcript::default();
        let mut talk = Talk(vec![Said { growing: true, ..said(1, &MOVING[..at]) }]);
        draw(&mut transcript, &talk, (70, 60), Scroll::Follow);
        talk.0[0].text = MOVING.to_owned();
        draw(&mut transcript, &talk, (70, 60), Scroll::Follow);
        talk.0[0].growing = false;
        assert_eq!(draw(&mut transcript, &talk, (70, 60), Scroll::Follow).0, whole, "split at {at}");
    }
}

#[test]
fn a_table_streams_without_jumping() {
    let mut transcript = Transcript::default();
    let mut talk = Talk(vec![Said { growing: true, ..said(1, "") }]);
    let end = MOVING.find("\n\n- one").unwrap();
    let mut head: Option<String> = None;
    for at in 0..=end {
        talk.0[0].text = MOVING[..at].to_owned();
        let (buf, _) = draw(&mut transcript, &talk, (70, 30), Scroll::Follow);
        let rows = super::rows(&buf);
        let shown = rows.join("\n");
        assert!(
            !shown.contains("| pl") && !shown.contains("|--"),
            "what is to become a table is not shown raw: {shown}"
        );
        assert!(!shown.contains("(https"), "nor what is to become a link: {shown}");
        // From its first row on, the columns stand where they stand.
        if rows.iter().any(|row| row.contains("Mercury")) {
            let row = rows.iter().find(|row| row.contains("planet")).unwrap();
            assert_eq!(head.get_or_insert_with(|| row.clone()), row, "at {at}");
        }
    }
    assert!(head.is_some());
}

#[test]
fn a_replaced_text_is_drawn_anew() {
    let mut transcript = Transcript::default();
    let mut talk = Talk(vec![said(1, "one two three")]);
    draw(&mut transcript, &talk, (30, 5), Scroll::Follow);
    talk.0[0] = Said { version: 1, ..said(1, "ONE TWO THREE") };
    let (replaced, _) = draw(&mut transcript, &talk, (30, 5), Scroll::Follow);
    assert_eq!(replaced, draw(&mut Transcript::default(), &talk, (30, 5), Scroll::Follow).0);
}

#[test]
fn what_is_read_stays_while_the_text_grows_and_older_items_load() {
    let mut transcript = Transcript::default();
    let long = "a line of words that is read\n\n".repeat(50);
    let mut talk = Talk(vec![said(7, &long), Said { growing: true, ..said(8, "") }]);
    let scroll = Scroll::At(Anchor { item: 7, row: 20 });
    let (before, measured) = draw(&mut transcript, &talk, (40, 10), scroll);
    assert_eq!(measured.top, Some(Anchor { item: 7, row: 20 }));
    talk.0[1].text = long.clone();
    talk.0.insert(0, said(6, &long));
    let (after, measured) = draw(&mut transcript, &talk, (40, 10), scroll);
    assert_eq!((before, measured.top), (after, Some(Anchor { item: 7, row: 20 })));
}
