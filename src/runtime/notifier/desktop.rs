//! The desktop's own program that shows a notification: libnotify's `notify-send`, or macOS's `osascript`.
//!
//! A program and not the bus itself: it is where a desktop is, and everything that it needs stays out of ours. What is
//! told stands in arguments of their own, never in a script or in a shell.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use crate::domain::SafeText;

/// How long it may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// What `osascript` runs: it shows its two arguments.
const SCRIPT: [&str; 3] =
    ["on run told", "display notification (item 2 of told) with title (item 1 of told)", "end run"];

/// The program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Program {
    /// libnotify's.
    NotifySend(PathBuf),
    /// macOS's.
    Osascript(PathBuf),
}

impl Program {
    /// Looks for it in `PATH`; none where it isn't there.
    pub(super) fn find(variable: &impl Fn(&str) -> Option<String>) -> Option<Self> {
        let path = variable("PATH")?;
        let find = |name: &str| std::env::split_paths(&path).map(|dir| dir.join(name)).find(|file| is_program(file));
        if cfg!(target_os = "macos")
            && let Some(found) = find("osascript")
        {
            return Some(Self::Osascript(found));
        }
        find("notify-send").map(Self::NotifySend)
    }

    /// Its name.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::NotifySend(_) => "notify-send",
            Self::Osascript(_) => "osascript",
        }
    }

    /// Shows it.
    ///
    /// # Errors
    ///
    /// Where the program can't be run, doesn't end in time, or says that it failed.
    pub(super) async fn show(&self, title: &SafeText, text: &SafeText) -> std::io::Result<()> {
        let mut command = match self {
            Self::NotifySend(path) => {
                let mut command = Command::new(path);
                command.args(["--app-name=Patchcord", "--", title.as_str()]);
                // A text is markup there, and a backslash begins what it writes as another character.
                let plain = text.as_str().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
                command.args((!plain.is_empty()).then(|| plain.replace('\\', "\u{ff3c}")));
                command
            }
            Self::Osascript(path) => {
                let mut command = Command::new(path);
                command.args(SCRIPT.iter().flat_map(|line| ["-e", line]));
                command.args([title.as_str(), text.as_str()]);
                command
            }
        };
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        let ended = tokio::time::timeout(PATIENCE, command.status()).await;
        let status = ended.map_err(|_| std::io::Error::from(std::io::ErrorKind::TimedOut))??;
        if status.success() {
            Ok(())
        } else {
            Err(std::io::Error::other(format!("{} ended with {status}", self.name())))
        }
    }
}

/// Whether something can be run.
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    /// A program of that name that writes its arguments down, each in brackets, and the folder that it stands in.
    fn writes_down(name: &str, end: &str) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        let program = dir.path().join(name);
        let script =
            format!("#!/bin/sh\nfor one; do printf '[%s]' \"$one\"; done > '{}/seen'\n{end}\n", dir.path().display());
        std::fs::write(&program, script).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        dir
    }

    fn found(dir: &Path) -> Option<Program> {
        Program::find(&|name| (name == "PATH").then(|| format!("/nowhere:{}", dir.display())))
    }

    #[tokio::test]
    async fn what_is_told_stands_in_arguments_of_its_own() {
        let dir = writes_down("notify-send", "");
        let program = found(dir.path()).unwrap();
        let text = SafeText::one_line("--help $(touch x) <b>&\\033 'é\u{1b}");
        program.show(&SafeText::one_line("docs: new message"), &text).await.unwrap();
        let seen = std::fs::read_to_string(dir.path().join("seen")).unwrap();
        assert!(
            seen.starts_with(
                "[--app-name=Patchcord][--][docs: new message][--help $(touch x) &lt;b&gt;&amp;\u{ff3c}033 'é"
            ),
            "{seen}"
        );
        assert!(!seen.chars().any(char::is_control), "{seen:?}");
        program.show(&SafeText::one_line("a"), &SafeText::default()).await.unwrap();
        assert_eq!(std::fs::read_to_string(dir.path().join("seen")).unwrap(), "[--app-name=Patchcord][--][a]");
    }

    #[tokio::test]
    async fn one_that_fails_or_is_no_program_says_so() {
        let dir = writes_down("notify-send", "exit 3");
        let program = found(dir.path()).unwrap();
        assert!(program.show(&SafeText::one_line("a"), &SafeText::default()).await.is_err());
        std::fs::set_permissions(dir.path().join("notify-send"), std::fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(found(dir.path()), None);
        assert_eq!(Program::find(&|_| None), None);
    }
}
