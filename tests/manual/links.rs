//! Links that lead somewhere, an index that names every page, and a README that stays short.

use std::collections::BTreeSet;

use crate::pages::{all, read, root, split};

/// A README that sells and starts has no more lines.
const README: usize = 250;

/// Where the links of a line lead: of text, of pictures, and of the HTML that markdown lets through.
fn targets(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    // What stands in backticks is no link.
    let prose: String = line.split('`').step_by(2).collect::<Vec<_>>().join("`");
    for rest in prose.split("](").skip(1) {
        found.extend(rest.split(')').next().map(|target| target.split(' ').next().unwrap_or_default().to_owned()));
    }
    for attribute in ["src=\"", "href=\""] {
        found.extend(prose.split(attribute).skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned));
    }
    found
}

/// The anchors of a page: of each heading, as code forges make them.
fn anchors(page: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for line in split(page).0 {
        let Some(heading) = line.strip_prefix('#').map(|rest| rest.trim_start_matches('#').trim()) else { continue };
        let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
        let anchor: String = heading.to_lowercase().chars().filter(kept).collect::<String>().replace(' ', "-");
        let mut own = anchor.clone();
        let mut n = 0;
        while !found.insert(own.clone()) {
            n += 1;
            own = format!("{anchor}-{n}");
        }
    }
    found
}

/// What of a page leads nowhere.
fn broken(page: &str, text: &str) -> Vec<String> {
    let folder = root().join(page).parent().expect("a page lies in a folder").to_owned();
    let mut wrong = Vec::new();
    for (at, line) in split(text).0.iter().enumerate() {
        for target in targets(line) {
            // What lies elsewhere, or on the forge beside the repository, can't be looked at from here.
            if target.contains("://") || target.starts_with("mailto:") || target.starts_with("../../") {
                continue;
            }
            let (file, anchor) = target.split_once('#').unwrap_or((&target, ""));
            let path = if file.is_empty() { root().join(page) } else { folder.join(file) };
            let there = path.exists();
            let anchored =
                anchor.is_empty() || std::fs::read_to_string(&path).is_ok_and(|text| anchors(&text).contains(anchor));
            if !there || !anchored {
                wrong.push(format!("{page}:{}: {target}", at + 1));
            }
        }
    }
    wrong
}

#[test]
fn every_link_leads_to_a_file_and_a_heading() {
    let wrong: Vec<String> = all().iter().flat_map(|page| broken(page, &read(page))).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let planted =
        "[a](docs/README.md#no-such-heading) [b](nowhere.md)\n![c](assets/none.svg) `[d](x)`\n<a href=\"y\">";
    assert_eq!(broken("README.md", planted).len(), 4);
    assert_eq!(
        broken("docs/keys.md", "[k](#keys) [r](../README.md#start) [w](https://x.example)"),
        Vec::<String>::new()
    );
}

#[test]
fn the_index_names_every_page() {
    let index = read("docs/README.md");
    let linked: BTreeSet<String> = split(&index).0.iter().flat_map(|line| targets(line)).collect();
    let pages = all();
    let missing: Vec<&str> = pages
        .iter()
        .filter_map(|page| page.strip_prefix("docs/"))
        .filter(|page| *page != "README.md" && !linked.contains(*page))
        .collect();
    assert!(missing.is_empty(), "docs/README.md doesn't name {missing:?}");
}

#[test]
fn the_readme_is_short_and_its_first_screen_starts_the_program() {
    let readme = read("README.md");
    let lines: Vec<&str> = readme.lines().collect();
    assert!(lines.len() <= README, "README.md has {} lines; what is more belongs into docs/", lines.len());
    let screen = lines[..40].join("\n");
    for needed in ["](assets/screen.svg)", "cargo run", "cargo test"] {
        assert!(screen.contains(needed), "the first 40 lines of README.md have no {needed}");
    }
}

#[test]
fn headings_become_anchors_as_on_a_forge() {
    let found = anchors("# A `b`, c\n## A b c\n```\n# no\n```\n### Über-uns\n");
    assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), ["a-b-c", "a-b-c-1", "über-uns"]);
}

/// The paths of the repository that a page names in backticks; one with a placeholder in capitals is none.
fn paths(page: &str) -> Vec<String> {
    let tops = ["src/", "tests/", "assets/", "docs/", "findings/", ".ci/", ".github/"];
    let named = split(page).0;
    let words =
        named.iter().flat_map(|line| line.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>());
    words.filter(|word| tops.iter().any(|top| word.starts_with(top)) && !word.contains(char::is_uppercase)).collect()
}

#[test]
fn every_file_that_the_doors_name_is_there() {
    for page in ["ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "docs/releasing.md"] {
        let missing: Vec<String> =
            paths(&read(page)).into_iter().filter(|path| !root().join(path).exists()).collect();
        assert!(missing.is_empty(), "{page} names {missing:?}");
    }
    assert!(paths(&read("CONTRIBUTING.md")).len() > 20);
    assert_eq!(paths("`src/app.rs` `src/NAME.rs` `x` ``"), ["src/app.rs"]);
}
