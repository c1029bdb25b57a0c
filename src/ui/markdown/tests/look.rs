//! What a page of every kind of markdown looks like at three widths, in Unicode and in ASCII.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Kind, Row, Setting, Styles, plain, render, setting};
use crate::ui::markdown::{Count, Splitter, raw};
use crate::ui::paint::{self, Painted as _};
use crate::ui::tests::styles::with_styles;

const PAGE: &str = r#"# The solar system
Setext too
---
### Third *level*

There are **eight** planets, *not* ~~nine~~; see [the list](https://example.org/planets) or
<https://example.org>, or plainly https://example.org/moons?of=Jupiter. Call `planets()` for them,\
one a row. ![a ring](ring.png) Ask <me@example.org> or [Eve](mailto:eve@example.org).

- Mercury
- Venus, whose description is rather long and so has to be wrapped onto a second row at most widths
  1. first
  2. second
     - [x] done
     - [ ] open

1. loose

   with two paragraphs

2. items, with code

   ```sh
   ls -l
   ```

> A quote with `code`
> > and another in it
> - and a list

```rust
fn main() {
    println!("hello, a line that is too long for a narrow pane, and for most other panes as well");
}
```

    indented code

| planet  | moons | remarks |
|:--------|------:|:-------:|
| Mercury | 0 | none<br>at all |
| Jupiter | 95 | the **largest**, with a [storm](https://example.org/storm) that is older than any telescope |

<details>raw &amp; html</details>

***
日本語のテキスト 👩‍👩‍👧‍👦 and é, שלום, العربية, नमस्ते, 🇩🇪, 1️⃣ and a [reference][r].

What hides is shown: &#27;[31m, a&#x202E;b, x&#8203;y.

[r]: https://example.org/r "A title"
"#;

/// The rows as they are drawn, with what their letters don't tell.
fn drawn(rows: &[Row], width: u16) -> String {
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, u16::try_from(rows.len()).unwrap()));
    for (row, y) in rows.iter().zip(0..) {
        row.line.clone().paint(Rect::new(0, y, width, 1), &mut buffer);
    }
    with_styles(&plain(rows), &buffer)
}

/// The page as its segments, one below the other, as a transcript has them.
fn page(text: &str, setting: &Setting) -> Vec<Row> {
    let mut splitter = Splitter::default();
    splitter.advance(text);
    let (mut count, mut rows) = (Count::default(), Vec::new());
    for segment in splitter.segments() {
        let part = &text[segment.range.clone()];
        let own = render(part, segment.kind, &Setting { before: Some(count), ..*setting });
        if !rows.is_empty() && !own.is_empty() && !segment.glued {
            rows.push(Row::default());
        }
        rows.extend(own);
        count += Count::for_text(part, segment.kind);
    }
    assert!(rows.iter().all(|row| paint::width(&row.line) <= usize::from(setting.width)));
    rows
}

#[test]
fn a_page_of_every_kind() {
    for width in [120, 80, 40] {
        insta::assert_snapshot!(format!("page_{width}"), drawn(&page(PAGE, &setting(width)), width));
    }
}

#[test]
fn a_page_in_ascii() {
    let ascii: String = PAGE.lines().filter(|line| line.is_ascii()).flat_map(|line| [line, "\n"]).collect();
    for width in [120, 80, 40] {
        let rows = page(&ascii, &Setting::new(width, Styles::new(true)));
        // The marks of what hides are pictures where it has one.
        assert!(plain(&rows).replace('␛', "").is_ascii());
        insta::assert_snapshot!(format!("page_ascii_{width}"), drawn(&rows, width));
    }
}

#[test]
fn a_page_as_it_was_written() {
    insta::assert_snapshot!("page_raw_40", drawn(&raw(PAGE, 40), 40));
}

#[test]
fn a_cramped_table_is_a_list_of_records() {
    let table = "| name | description | remarks |\n|-|-|-|\n| alpha | something long | none |\n| beta | | much |\n";
    insta::assert_snapshot!("cramped_table", drawn(&render(table, Kind::Prose, &setting(20)), 20));
}

#[test]
fn where_nothing_is_numbered_targets_stand_beside_their_links() {
    let text = "[a](https://a.example) and ![b](b.png)\n\n```x\nc\n```\n";
    let far = Setting { before: None, ..setting(80) };
    let shown = plain(&render(text, Kind::Prose, &far));
    assert_eq!(shown, "a (https://a.example) and [image: b] (b.png)\n\n╭ x\n│ c\n");
}

#[test]
fn numbers_go_on_through_a_text() {
    let text =
        "[a](https://a.example)\n\n```\nc\n```\n\n[b](https://b.example) ```x``` <https://c.example>\n\n    d\n";
    let page = plain(&page(text, &setting(80)));
    let codes: Vec<&str> = page.lines().filter(|line| line.starts_with('╭')).collect();
    assert_eq!(codes, ["╭ 1", "╭ 2"]);
    assert!(page.contains("b[2] `x` https://c.example\n[2] https://b.example\n"), "{page}");
}

#[test]
fn a_long_target_is_not_shown_whole() {
    let text = format!("![dot](data:image/png;base64,{})", "A".repeat(10_000));
    assert!(plain(&render(&text, Kind::Prose, &setting(80))).len() < 600);
}
