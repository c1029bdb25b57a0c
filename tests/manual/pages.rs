//! The pages: where they are, and what of them is prose, a heading or a block of code.

use std::fs;
use std::path::{Path, PathBuf};

/// The repository's top.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A page's text.
#[track_caller]
pub(crate) fn read(page: &str) -> String {
    fs::read_to_string(root().join(page)).unwrap_or_else(|error| panic!("{page}: {error}"))
}

/// Every markdown page for people: those of the top, of `docs/` and of `.github/`.
pub(crate) fn all() -> Vec<String> {
    let mut found = Vec::new();
    for folder in ["", "docs", ".github", ".github/ISSUE_TEMPLATE"] {
        let entries = fs::read_dir(root().join(folder)).expect("the folder is readable");
        let paths: Vec<PathBuf> = entries.map(|entry| entry.expect("the entry is readable").path()).collect();
        let pages = paths.iter().filter(|path| path.extension().is_some_and(|e| e == "md"));
        found.extend(pages.map(|path| path.strip_prefix(root()).expect("below").to_string_lossy().into_owned()));
    }
    found.sort();
    assert!(found.len() > 20, "only {found:?}");
    found
}

/// A block of code: its language and what stands in it, with the line on which it begins.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Block {
    pub language: String,
    pub line: usize,
    pub text: String,
}

/// A page in two: its lines outside of blocks (those inside are empty), and its blocks.
pub(crate) fn split(text: &str) -> (Vec<String>, Vec<Block>) {
    let (mut lines, mut blocks, mut open) = (Vec::new(), Vec::<Block>::new(), false);
    for (at, line) in text.lines().enumerate() {
        let fence = line.trim_start().strip_prefix("```");
        match fence {
            Some(language) if !open => {
                blocks.push(Block { language: language.to_owned(), line: at + 1, text: String::new() });
                open = true;
            }
            Some(_) => open = false,
            None if open => {
                let block = blocks.last_mut().expect("one is open");
                block.text.push_str(line);
                block.text.push('\n');
            }
            None => {}
        }
        let prose = fence.is_none() && !open;
        lines.push(if prose { line.to_owned() } else { String::new() });
    }
    assert!(!open, "a block has no end");
    (lines, blocks)
}

#[test]
fn a_page_is_split_into_prose_and_blocks() {
    let (lines, blocks) = split("# A\n```sh\nls # x\n```\nb\n");
    assert_eq!(lines, ["# A", "", "", "", "b"]);
    assert_eq!(blocks, [Block { language: "sh".to_owned(), line: 2, text: "ls # x\n".to_owned() }]);
}
