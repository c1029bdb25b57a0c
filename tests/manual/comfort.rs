//! The table of comfort: each row names a test or a picture that there is.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::pages::{read, root};

const PAGE: &str = "docs/comfort.md";

/// The names of all tests under a folder: whatever stands behind `#[test]` or what makes a test of it, as `fn NAME`.
fn tests(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("a folder of the project").flatten() {
        let path = entry.path();
        if path.is_dir() {
            tests(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("a file of the project");
            let mut is_test = false;
            for line in text.lines().map(str::trim) {
                if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
                    is_test = true;
                } else if let Some((_, rest)) = line.split_once("fn ")
                    && std::mem::take(&mut is_test)
                {
                    found.extend(rest.split('(').next().map(str::to_owned));
                }
            }
        }
    }
}

/// What a row of the table shows as its proof: what stands in backticks in its last column.
fn proofs(row: &str) -> Vec<&str> {
    row.trim_end_matches('|').rsplit('|').next().unwrap_or_default().split('`').skip(1).step_by(2).collect()
}

#[test]
fn each_row_of_the_table_of_comfort_names_a_test_or_a_picture_that_there_is() {
    let mut known = BTreeSet::new();
    for folder in ["src", "tests"] {
        tests(&root().join(folder), &mut known);
    }
    let page = read(PAGE);
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with('|')).skip(2).collect();
    assert!(rows.len() > 30, "the table has {} rows", rows.len());
    let mut wrong = Vec::new();
    for row in rows {
        let proofs = proofs(row);
        if proofs.is_empty() {
            wrong.push(format!("no proof: {row}"));
        }
        for proof in proofs {
            let there = if proof.contains(['.', '/']) { root().join(proof).exists() } else { known.contains(proof) };
            if !there {
                wrong.push(format!("{proof}: {row}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{PAGE} names what there isn't:\n{}", wrong.join("\n"));
}
