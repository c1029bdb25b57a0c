//! What is searched for.

use patchcord::domain::{Query, Timestamp};

use super::Target;

pub(super) const TARGET: Target = Target {
    name: "query",
    words: &[
        "\"",
        "-",
        "title:",
        "from:",
        "before:",
        "after:",
        "has:",
        "in:",
        "2026-11-30",
        "today",
        "7d",
        ":",
        " ",
        "*",
        "\\",
        "A",
        "\u{130}",
        "\u{df}",
        "\u{301}",
        "\u{1f600}",
        "\u{0}",
        "(",
        ")",
        "or",
        "not:",
    ],
    usual: 20_000,
    run,
};

fn run(data: &[u8]) {
    // The first line is searched for in the rest.
    let text = String::from_utf8_lossy(data);
    let (asked, said) = text.split_once('\n').unwrap_or((&text, ""));
    let Ok(query) = Query::parse(asked, Timestamp::from_millis(1_780_000_000_000)) else { return };
    let places = query.places(said);
    for place in &places {
        assert!(said.get(place.clone()).is_some_and(|part| !part.is_empty()), "{place:?} is no part of {said:?}");
    }
    assert!(places.is_sorted_by(|a, b| a.end <= b.start), "{places:?} lie in each other's way");
}
