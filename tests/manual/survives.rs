//! What the manual says is tested, is.

use crate::pages::{read, root};

const PAGE: &str = "docs/what-it-survives.md";

/// The tests that the page names: `file::function`.
fn named(page: &str) -> Vec<(String, String)> {
    let quoted = page.split('`').skip(1).step_by(2);
    let tests = quoted.filter_map(|word| word.split_once(".rs::"));
    tests.map(|(file, name)| (format!("{file}.rs"), name.to_owned())).collect()
}

#[test]
fn every_test_that_is_named_is_there() {
    let tests = named(&read(PAGE));
    assert!(tests.len() > 40, "the page names its tests");
    for (file, name) in tests {
        let text = std::fs::read_to_string(root().join(&file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert!(text.contains(&format!("fn {name}(")), "{file} has no {name}");
    }
}

#[test]
fn a_variable_that_is_named_is_asked_for() {
    let page = read(PAGE);
    for (at, line) in page.lines().enumerate() {
        for rest in line.split("` (`").skip(1) {
            let variable = rest.split('`').next().unwrap_or_default();
            let file = line.split(&format!("` (`{variable}`")).next().and_then(|before| before.rsplit('`').next());
            let file = file.and_then(|test| test.split("::").next()).expect("a test stands before it");
            // The targets of a run are asked for by the run.
            let file = if file.starts_with("tests/fuzz/targets/") { "tests/fuzz/main.rs" } else { file };
            let asks =
                std::fs::read_to_string(root().join(file)).expect("a test").contains(&format!("\"{variable}\""));
            assert!(asks, "{PAGE}:{}: {file} asks for no {variable}", at + 1);
        }
    }
}
