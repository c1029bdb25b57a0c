//! Words that pages list by hand, and that the program has to know: attributes of a search, faults of the sandbox, formats
//! of an export.

use patchcord::domain::{Has, OutState, Query, Timestamp};

use crate::commands::command_line;
use crate::pages::{read, split};

/// The codes in the first column of every table of a page.
fn first_column(page: &str) -> Vec<String> {
    let rows = split(page).0.into_iter().filter(|line| line.starts_with("| `"));
    let cells = rows.filter_map(|line| line.trim_start_matches('|').split(" | ").next().map(str::to_owned));
    cells.flat_map(|cell| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>()).collect()
}

#[test]
fn every_attribute_of_a_search_is_understood() {
    let page = read("docs/search.md");
    let mut attributes = 0;
    for term in first_column(&page) {
        let query = Query::parse(&term, Timestamp::now()).unwrap_or_else(|error| panic!("{term}: {error}"));
        let says = |term: &patchcord::domain::Term| format!("{:?}", term.test).starts_with("Says");
        let named = term.contains(':');
        assert!(query.terms().iter().all(|found| says(found) != named), "{term}: {query:?}");
        attributes += usize::from(named);
    }
    assert!(attributes >= 8, "only {attributes} attributes were found");
    for word in Has::ALL.iter().map(|has| has.as_str()).chain(OutState::ALL.iter().map(|state| state.as_str())) {
        assert!(
            page.contains(&format!(":{word}`")) || page.contains(&format!("`{word}`")),
            "docs/search.md: no {word}"
        );
    }
}

#[test]
fn every_fault_of_the_sandbox_is_one() {
    let words = first_column(&read("docs/sandbox.md"));
    assert!(words.len() >= 10, "{words:?}");
    for word in words {
        assert!(patchcord::sandbox::FaultKind::from_word(&word).is_some(), "docs/sandbox.md: {word}");
    }
}

#[test]
fn every_format_of_an_export_is_told_of() {
    let root = command_line();
    let export = root.find_subcommand("conversations").and_then(|command| command.find_subcommand("export"));
    let format = export.and_then(|command| command.get_arguments().find(|arg| arg.get_id() == "format"));
    let mut words: Vec<String> = format
        .expect("an export has a format")
        .get_possible_values()
        .iter()
        .map(|value| value.get_name().to_owned())
        .collect();
    let mut told = first_column(&read("docs/export-import.md"));
    words.sort();
    told.sort();
    assert_eq!(told, words);
}
