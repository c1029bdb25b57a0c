//! The table of formats: what the command line, the menu, import and the manual take from it.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::*;

#[test]
fn the_menu_offers_what_people_read_first() {
    assert_eq!(Format::menu().map(Format::name), ["Markdown", "HTML", "JSON", "JSONL"]);
    assert_eq!(Format::ALL.map(Format::extension), ["md", "json", "jsonl", "html"]);
    assert_eq!(Format::choices(), "markdown, one JSON document, one JSON object a line, or a page for a browser");
}

#[test]
fn names_are_told_apart_and_fit_the_menu() {
    let distinct = |said: fn(Format) -> &'static str| Format::ALL.map(said).iter().collect::<HashSet<_>>().len();
    assert_eq!(distinct(Format::name), Format::ALL.len());
    assert_eq!(distinct(Format::extension), Format::ALL.len());
    for format in Format::ALL {
        assert!((1..=10).contains(&format.name().len()), "{format:?}");
        assert!(format.extension().bytes().all(|b| b.is_ascii_lowercase()), "{format:?}");
    }
}

#[test]
fn what_import_names_is_what_reads_back() {
    assert_eq!(Format::importable_in(Format::extension), "jsonl");
    for format in Format::ALL {
        let reads_back = read(&mut format.one(&full()).as_bytes(), |_| Ok::<_, ()>(())).is_ok();
        assert_eq!(reads_back, format.is_importable(), "{format:?}");
    }
}

/// The README and every page of the manual.
fn manual() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut open, mut text) = (vec![root.join("docs")], fs::read_to_string(root.join("README.md")).unwrap());
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "md") {
                text.push_str(&fs::read_to_string(path).unwrap());
            }
        }
    }
    text
}

#[test]
fn the_manual_names_every_format() {
    let manual = manual();
    let named: HashSet<&str> = manual
        .split("--format ")
        .skip(1)
        .flat_map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '|').next().unwrap_or("").split('|'))
        .collect();
    for format in Format::ALL {
        assert!(named.contains(format.extension()), "no page names `--format {}`", format.extension());
    }
}
