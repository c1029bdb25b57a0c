//! Facts that stand in several places: the oldest Rust, the exit codes of the help, what a change has to pass.

use patchcord::domain::Kind;

use crate::commands::command_line;
use crate::pages::read;

#[test]
fn the_oldest_rust_is_that_of_the_manifest() {
    let manifest: toml::Table = read("Cargo.toml").parse().expect("Cargo.toml is TOML");
    let oldest = manifest["package"]["rust-version"].as_str().expect("it promises one").to_owned();
    for page in ["README.md", "docs/getting-started.md", "CONTRIBUTING.md"] {
        let text = read(page).split_whitespace().collect::<Vec<_>>().join(" ");
        let named = text.split_once("Rust ").and_then(|(_, rest)| rest.split_once(" or later")).map(|(word, _)| word);
        assert_eq!(named, Some(oldest.as_str()), "{page}");
    }
}

#[test]
fn the_help_has_every_exit_code() {
    let help = command_line().get_after_help().expect("the help goes on").to_string();
    for kind in Kind::ALL {
        let (code, word) = (kind.exit_code().to_string(), kind.as_str());
        let said = |line: &str| line.contains(&format!(" {code}  {word}"));
        assert!(help.lines().any(said), "{code} {word}\n{help}");
    }
}

#[test]
fn a_change_passes_on_the_forge_what_it_passes_here() {
    let workflow = read(".github/workflows/ci.yml");
    for needed in ["run: .ci/run\n", "ubuntu-latest, macos-latest", "cargo-deny", "s/^rust-version = "] {
        assert!(workflow.contains(needed), "ci.yml: {needed}");
    }
    assert!(read(".ci/run").lines().any(|line| line == "cargo test"), "the README's own command is a step");
}
