//! What building the program from nothing takes, all that it stands on included.

use std::path::Path;

use crate::table::{Cell, Table};
use crate::who::Who;
use crate::whole::Whole;

/// Both builds that people make, each in an empty target directory.
pub fn rows(table: &mut Table) {
    let release = build(&["build", "--release", "--locked", "--bin", "patchcord"]) / 60.0;
    table.row("`cargo build --release` from nothing, CPU minutes", &[(Who::Now, Cell::plain(&[release], 1))], "7");
    let usual = build(&["build", "--locked", "--bin", "patchcord"]);
    table.row("`cargo build` from nothing, CPU s", &[(Who::Now, Cell::plain(&[usual], 0))], "170");
}

/// CPU seconds.
fn build(arguments: &[&str]) -> f64 {
    let target = tempfile::tempdir().expect("a directory");
    // What cargo told this benchmark of itself is not for another.
    let inherited = std::env::vars().filter(|(name, _)| !name.starts_with("CARGO") || name == "CARGO_HOME");
    let mut environment: Vec<(String, String)> = inherited.collect();
    environment.push(("CARGO_TARGET_DIR".to_owned(), target.path().to_string_lossy().into_owned()));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    Whole { program: "cargo", arguments, environment: &environment, folder, output: None }.run().cpu
}
