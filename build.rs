//! Which commit a release build was made of, for `--version`. A build for development doesn't say: it would be built anew with
//! each commit.

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=PATCHCORD_COMMIT");
    let version = std::env::var("CARGO_PKG_VERSION").unwrap_or_default();
    let release = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    // Whoever builds a package where there is no repository tells it by the variable.
    let commit = std::env::var("PATCHCORD_COMMIT").ok().or_else(|| if release { commit() } else { None });
    let version = match commit.as_deref().map(str::trim) {
        None | Some("") => version,
        Some(commit) => format!("{version} ({})", commit.replace(char::is_control, " ")),
    };
    println!("cargo:rustc-env=PATCHCORD_VERSION={version}");
}

/// The commit, its day, and whether something was changed since: `0123456789ab 2026-03-02`. None outside of the program's own
/// repository: a vendored copy stands in somebody else's.
fn commit() -> Option<String> {
    let root = std::env::var("CARGO_MANIFEST_DIR").ok()?;
    let top = git(&["rev-parse", "--show-toplevel"])?;
    if Path::new(&top).canonicalize().ok()? != Path::new(&root).canonicalize().ok()? {
        return None;
    }
    for file in ["HEAD", "logs/HEAD"] {
        let path = git(&["rev-parse", "--git-path", file])?;
        if Path::new(&path).exists() {
            println!("cargo:rerun-if-changed={path}");
        }
    }
    for part in ["Cargo.toml", "Cargo.lock", "src", "assets"] {
        println!("cargo:rerun-if-changed={part}");
    }
    let commit = git(&["log", "-1", "--format=%h %cs", "--abbrev=12"])?;
    let changed = !git(&["status", "--porcelain", "--untracked-files=no"])?.is_empty();
    Some(if changed { format!("{commit}, changed since") } else { commit })
}

/// What git says, without its last line's end. None where there is no git, or it fails.
fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim_end().to_owned())
}
