//! Tables keep their grid.

use super::super::markdown;

fn becomes(page: &str, rows: &[&str]) {
    assert_eq!(markdown(page).unwrap().trim_end().split('\n').collect::<Vec<_>>(), rows, "{page}");
}

#[test]
fn names_of_rows_stay_in_their_column() {
    becomes(
        "<table><thead><tr><th>Size<th>EUR<th>USD<tbody><tr><th>S<td>1<td>2<tr><th>M<td>3<td>4</table>",
        &["| Size | EUR | USD |", "| --- | --- | --- |", "| S | 1 | 2 |", "| M | 3 | 4 |"],
    );
    // With names of rows alone, and without any, no value becomes a name.
    becomes("<table><tr><th>a<td>1<tr><th>b<td>2</table>", &["| | |", "| --- | --- |", "| a | 1 |", "| b | 2 |"]);
    becomes("<table><tr><td>a<td>1<tr><td>b<td>2</table>", &["| | |", "| --- | --- |", "| a | 1 |", "| b | 2 |"]);
    becomes("<table><tr><td>a<td>1</table>", &["| | |", "| --- | --- |", "| a | 1 |"]);
    becomes("<table><tr><td><th>x<tr><th>a<td>1</table>", &["| | x |", "| --- | --- |", "| a | 1 |"]);
    becomes(
        "<table><thead><tr><td>n<td>v<tbody><tr><td>a<td>1</table>",
        &["| n | v |", "| --- | --- |", "| a | 1 |"],
    );
}

#[test]
fn every_row_is_kept_in_its_order() {
    becomes(
        "<table><caption>Prices</caption><thead><tr><th rowspan=2>Name<th colspan=2>Price<tr><th>EUR<th>USD</thead>\
         <tfoot><tr><td colspan=3>all of them</tfoot><tbody><tr><td>a<td>1<td>2</table>",
        &[
            "Prices",
            "",
            "| Name | Price | |",
            "| --- | --- | --- |",
            "| | EUR | USD |",
            "| a | 1 | 2 |",
            "| all of them | | |",
        ],
    );
    becomes(
        "<table><tbody><tr><td>a<td>1<tbody><tr><td>b<td>2<thead><tr><th>n<th>v</table>",
        &["| n | v |", "| --- | --- |", "| a | 1 |", "| b | 2 |"],
    );
}

#[test]
fn what_covers_cells_moves_none() {
    becomes(
        "<table><tr><th>a<th>b<th>c<tr><td rowspan=2>1<td colspan=2>2<tr><td>3<td>4<tr><td colspan=3>5<tr><td>6<td rowspan=0>7\
         <td>8<tr><td>9<td>10</table>",
        &[
            "| a | b | c |",
            "| --- | --- | --- |",
            "| 1 | 2 | |",
            "| | 3 | 4 |",
            "| 5 | | |",
            "| 6 | 7 | 8 |",
            "| 9 | | 10 |",
        ],
    );
    // A cell that covers more than there is makes no columns; one that covers rows covers none of the next part.
    becomes(
        "<table><thead><tr><th colspan=99>all<tbody><tr><td rowspan=99>a<td>b<tbody><tr><td>c<td>d</table>",
        &["| all | |", "| --- | --- |", "| a | b |", "| c | d |"],
    );
    becomes(
        "<table><tr><th>a<th>b<tr><td colspan=x>1<td rowspan=-1>2</table>",
        &["| a | b |", "| --- | --- |", "| 1 | 2 |"],
    );
}

#[test]
fn a_cell_says_all_it_holds() {
    for (cell, said) in [
        ("a | b", "a \\| b"),
        ("<code>a|b</code>", "`a\\|b`"),
        ("<code>a`|b</code>", "``a`\\|b``"),
        ("two\nlines", "two lines"),
        ("a<br>b", "a<br>b"),
        ("<p>a<p>b", "a<br>b"),
        ("<ul><li>a<li>b <b>c</b></ul>", "• a<br>• b **c**"),
        ("<ol start=3><li>a<li>b</ol>", "3. a<br>4. b"),
        ("<ul><li><input type=checkbox checked>a</ul>", "• \\[x\\] a"),
        ("<pre>if a:\n    b | c</pre>", "`if a:`<br>`    b \\| c`"),
        ("<h3>a</h3>b", "**a**<br>b"),
        ("<blockquote>a</blockquote>", "a"),
        ("<table><tr><td>a<td>b<tr><td>c<td>d</table>", "a; b<br>c; d"),
        ("<a href='x|y'>a|b</a>", "[a\\|b](x%7Cy)"),
        ("<img src=i alt='a|b'>", "![a\\|b](i)"),
        ("# a - b", "# a - b"),
        ("&nbsp;", ""),
    ] {
        let page = format!("<table><tr><th>x<th>y<tr><td>1<td>{cell}</table>");
        let said = if said.is_empty() { "| 1 | |".to_owned() } else { format!("| 1 | {said} |") };
        becomes(&page, &["| x | y |", "| --- | --- |", &said]);
    }
    becomes(
        "<table><tr><th align=left>a<th style='Text-Align: right'>b<th align=center>c<tr><td>1<td>2<td>3</table>",
        &["| a | b | c |", "| :-- | --: | :-: |", "| 1 | 2 | 3 |"],
    );
    becomes("<ul><li>x<table><tr><th>a<tr><td>1</table></ul>", &["- x", "", "  | a |", "  | --- |", "  | 1 |"]);
}

#[test]
fn what_sets_a_page_is_no_table() {
    for (page, said) in [
        ("<table><tr><td>", ""),
        ("<table><tr><td>&nbsp;<td></table>", ""),
        ("<table></table>", ""),
        ("<table><caption>c</caption></table>", "c"),
        ("<table><tr><td>alone</table>", "alone"),
        ("<table role=presentation><tr><td>a<td>b</table>", "a\n\nb"),
        ("<table><tr><td><ul><li>menu</ul><td><h1>T</h1><p>t</table>", "- menu\n\n# T\n\nt"),
        ("<table><tr><td>note<td><p>a<p>b</table>", "note\n\na\n\nb"),
        (
            "<table><tr><td>menu<td><table><tr><th>a<th>b<tr><td>1<td>2</table><tr><td>foot<td></table>",
            "menu\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\nfoot",
        ),
        ("<table>stray<tr><td>a<td>b</table>", "stray\n\n| | |\n| --- | --- |\n| a | b |"),
        ("<table><tr><th>one<tr><td>a<tr><td><p>b<p>c</table>", "| one |\n| --- |\n| a |\n| b<br>c |"),
        ("<table><tr><th>one<tr><td>a<pre>c</pre></table>", "one\n\na\n\n```\nc\n```"),
    ] {
        assert_eq!(markdown(page).unwrap().trim_end_matches('\n'), said, "{page}");
    }
}

#[test]
fn a_table_that_covers_much_stays_small() {
    let wide =
        "<table><tr><th>a<th>b".to_owned() + &"<tr><td colspan=1000>x<td rowspan=65534 colspan=1000>y".repeat(200);
    let text = markdown(&wide).unwrap();
    assert!(text.len() < 40 * wide.len(), "{} of {}", text.len(), wide.len());
    assert_eq!(text.matches('x').count(), 200);
    // A single wide row doesn't widen the rest of them.
    let ragged = format!("<table><tr>{}{}</table>", "<td>a".repeat(500), "<tr><td>b".repeat(2_000));
    assert!(markdown(&ragged).unwrap().len() < 20 * ragged.len());
}
