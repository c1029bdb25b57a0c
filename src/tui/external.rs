//! The user's own editor: a file of their own, opened without a shell, read back, removed.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::domain::{Failure, Kind};

/// Runs the editor on `text` in a file in `dir`. `None` means that nothing was changed. Blocks until it ends.
pub(super) fn edit(dir: &Path, text: &str) -> Result<Option<String>, Failure> {
    let words = words()?;
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
            let _ = fs::remove_file(&path);
            return Err(Failure::new(Kind::Failed, format!("The editor ended with {status}."))
                .hint("Your text is as it was before."));
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
    file.write_all(text.as_bytes())?;
    if is_open(text) { file.write_all(b"\n") } else { Ok(()) }
}

/// Whether no newline ends the text. Editors want one there, and write one: it is added for them, and taken off again.
fn is_open(text: &str) -> bool {
    !text.ends_with('\n')
}
