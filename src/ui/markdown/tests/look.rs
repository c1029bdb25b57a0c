//! What markdown looks like at three widths.

use super::{Kind, Styles, plain, render};

const SHOWCASE: &str = r#"# The solar system
Setext too
---

There are **eight** planets, *not* ~~nine~~; see [the list](https://example.org/planets) or
<https://example.org>. Call `planets()` for them,\
one a row. ![a ring](ring.png)

- Mercury
- Venus, whose description is rather long and so has to be wrapped onto a second row at most widths
  1. first
  2. second
     - [x] done
     - [ ] open

1. loose

   with two paragraphs

2. items

> A quote with `code`
> > and another in it
> - and a list

```rust
fn main() {
    println!("hello, a line that is too long for a narrow pane");
}
```

| planet  | moons | remarks |
|:--------|------:|:-------:|
| Mercury | 0 | none |
| Jupiter | 95 | the **largest**, with a storm that is older than any telescope |

<details>raw &amp; html</details>

***
日本語のテキスト 👩‍👩‍👧‍👦 and a [reference][r].

[r]: https://example.org/r "A title"
"#;

#[test]
fn showcase() {
    for width in [100, 60, 30] {
        let rows = render(SHOWCASE, Kind::Prose, width, &Styles::default());
        insta::assert_snapshot!(format!("showcase_{width}"), plain(&rows));
    }
}

#[test]
fn showcase_in_ascii() {
    let ascii = "- a\n\n> q\n\n```x\ncode\n```\n\n|a|b|\n|-|-|\n|1|2|\n\n---\n";
    let rows = plain(&render(ascii, Kind::Prose, 40, &Styles::new(true)));
    assert!(rows.is_ascii());
    insta::assert_snapshot!("showcase_ascii", rows);
}

#[test]
fn a_cramped_table_is_a_list_of_records() {
    let table = "| name | description | remarks |\n|-|-|-|\n| alpha | something long | none |\n| beta | | much |\n";
    insta::assert_snapshot!("cramped_table", plain(&render(table, Kind::Prose, 20, &Styles::default())));
}
