//! The user's own editor: a file of their own, opened without a shell, read back, removed.

use std::borrow::Cow;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::domain::{Failure, Kind, SafeText, display_width};

/// Runs the editor on `text` in a file in `dir`. `None` means that nothing was changed. Blocks until it ends.
///
/// # Errors
///
/// Why the editor could not be run, or what it wrote not be read; the hint says where that is kept.
pub fn edit(dir: &Path, text: &str) -> Result<Option<String>, Failure> {
    run(&words()?, dir, text)
}

/// Runs the editor on that file itself. Blocks until it ends.
///
/// # Errors
///
/// Why the editor could not be run.
pub fn edit_file(path: &Path) -> Result<(), Failure> {
    let words = words()?;
    let (program, arguments) = words.split_first().ok_or_else(no_editor)?;
    match Command::new(program).args(arguments).arg(path).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => {
            Err(Failure::new(Kind::Failed, format!("The editor ended with {status}."))
                .hint("The file is as it left it."))
        }
        Err(error) => {
            Err(Failure::new(Kind::Failed, format!("The editor \"{program}\" could not be started: {error}.")))
        }
    }
}

/// The line that says what the program waits for meanwhile, fit for one row of a terminal.
pub fn waiting() -> String {
    let words = words().unwrap_or_default();
    let program = words.first().map(Path::new).and_then(Path::file_name).unwrap_or_default();
    let mut name = SafeText::one_line(&program.to_string_lossy()).as_str().to_owned();
    if name.is_empty() || display_width(&name) > 20 {
        "the editor".clone_into(&mut name);
    }
    format!("Waiting for {name}: close it to go on. Keys typed here are not taken.")
}

fn run(words: &[String], dir: &Path, text: &str) -> Result<Option<String>, Failure> {
    let path = dir.join(format!("message-{}.md", uuid::Uuid::new_v4()));
    let trouble = |what: &str, error: std::io::Error| {
        Failure::new(Kind::Failed, format!("{what}: {error}.")).hint("Your text is as it was before.")
    };
    write(&path, text).map_err(|e| trouble("The text could not be written for the editor", e))?;
    let (program, arguments) = words.split_first().ok_or_else(no_editor)?;
    let ended = Command::new(program).args(arguments).arg(&path).status();
    let read = fs::read(&path);
    match ended {
        Ok(status) if status.success() => {}
        Ok(status) => {
            let why = format!("The editor ended with {status}.");
            // As when its terminal is closed: what was saved until then is nowhere else.
            let kept = if read.is_ok_and(|bytes| bytes == as_written(text).as_bytes()) {
                let _ = fs::remove_file(&path);
                String::new()
            } else {
                format!(" What the editor saved is kept in {}.", path.display())
            };
            return Err(Failure::new(Kind::Failed, why).hint(format!("Your text is as it was before.{kept}")));
        }
        Err(error) => {
            let _ = fs::remove_file(&path);
            return Err(trouble(&format!("The editor \"{program}\" could not be started"), error));
        }
    }
    let bytes = read.map_err(|e| trouble("The edited text could not be read back", e))?;
    let Ok(edited) = String::from_utf8(bytes) else {
        return Err(Failure::new(
            Kind::Invalid,
            format!("The edited text is not UTF-8; it is kept in {}.", path.display()),
        ));
    };
    // What could be read is where it came from now, which keeps it.
    let _ = fs::remove_file(&path);
    let edited = if is_open(text) { edited.strip_suffix('\n').unwrap_or(&edited).to_owned() } else { edited };
    Ok((edited != text).then_some(edited))
}

fn words() -> Result<Vec<String>, Failure> {
    let set = ["VISUAL", "EDITOR"].into_iter().find_map(|name| {
        let value = std::env::var(name).ok()?;
        (!value.trim().is_empty()).then_some(value)
    });
    let line = set.unwrap_or_else(|| "vi".to_owned());
    shell_words::split(&line).ok().filter(|w| !w.is_empty()).ok_or_else(no_editor)
}

fn no_editor() -> Failure {
    Failure::new(Kind::Failed, "$VISUAL or $EDITOR can't be read as a command.")
        .hint("Set it to a program and its arguments, such as EDITOR=\"code --wait\".")
}

fn write(path: &PathBuf, text: &str) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(as_written(text).as_bytes())
}

/// The text as the editor gets it.
fn as_written(text: &str) -> Cow<'_, str> {
    if is_open(text) { Cow::Owned(format!("{text}\n")) } else { Cow::Borrowed(text) }
}

/// Whether no newline ends the text. Editors want one there, and write one: it is added for them, and taken off again.
fn is_open(text: &str) -> bool {
    !text.ends_with('\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes of an editor that runs those commands on its file, `$0`, and what it leaves in the folder.
    fn edited(commands: &str, text: &str) -> (Result<Option<String>, Failure>, Vec<String>) {
        let dir = tempfile::tempdir().unwrap();
        let words = ["sh", "-c", commands].map(str::to_owned);
        let came = run(&words, dir.path(), text);
        let left = fs::read_dir(dir.path()).unwrap().map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap());
        (came, left.collect())
    }

    #[test]
    fn what_the_editor_saved_comes_back_to_the_byte() {
        for (commands, text, expected) in [
            ("true", "one", None),
            ("true", "one\n", None),
            ("echo two >> $0", "one", Some("one\ntwo")),
            ("echo two >> $0", "one\n", Some("one\ntwo\n")),
            ("printf '' > $0", "one", Some("")),
        ] {
            let (came, left) = edited(commands, text);
            assert_eq!(came.unwrap().as_deref(), expected, "{commands} on {text:?}");
            assert_eq!(left, Vec::<String>::new());
        }
    }

    #[test]
    fn what_an_editor_saved_before_it_failed_is_kept() {
        for ending in ["exit 1", "kill -HUP $$"] {
            let (came, left) = edited(&format!("echo two >> $0; {ending}"), "one");
            assert_eq!(left, ["one\ntwo\n"]);
            let hint = came.unwrap_err().hint.unwrap();
            assert!(hint.contains("message-") && hint.contains("is kept"), "{hint}");
        }
        let (came, left) = edited("exit 1", "one");
        assert!(came.is_err() && left.is_empty(), "nothing was saved: {left:?}");
    }
}
