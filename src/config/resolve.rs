//! A secret fetched from where the config file says it is. An error names the place, never what was found there.

use std::path::{Path, PathBuf};

use super::Env;
use super::command::{self, CommandError};
use super::keyring;
use super::read::{ReadError, for_shell, read};
use crate::domain::{Failure, Kind, SafeText, Secret, SecretRef};

/// Longer than any key, token or signing secret.
pub(super) const LIMIT: u64 = 64 * 1024;

/// Why a secret could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The variable is not set.
    #[error("the environment variable {0} is not set")]
    NoVariable(String),
    /// The variable is set to nothing.
    #[error("the environment variable {0} is empty")]
    EmptyVariable(String),
    /// The file can't be read.
    #[error("the secret file {path}: {source}", path = path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: ReadError,
    },
    /// Others can read the file.
    #[error("others can read the secret file {path} (mode {mode:04o})", path = path.display())]
    OpenToOthers {
        /// Which.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The command gave none.
    #[error("the secret command {program} {source}{}", said_of(said.as_deref()))]
    Command {
        /// Its first word.
        program: String,
        /// Why.
        source: CommandError,
        /// What it wrote on its standard error, with everything masked that may be a secret.
        said: Option<String>,
    },
    /// Nothing but a line's end was there.
    #[error("{0} gave an empty secret")]
    Empty(String),
    /// Not text, or more than one line of it.
    #[error("{0} gave something that is not one line of text")]
    NotOneLine(String),
    /// The system's keyring gave none.
    #[error("the keyring entry {name} could not be read: {program} {source}{}", said_of(said.as_deref()))]
    Keyring {
        /// The entry.
        name: String,
        /// The system's program that reads its keyring.
        program: &'static str,
        /// Why.
        source: CommandError,
        /// What that program wrote on its standard error.
        said: Option<String>,
    },
}

impl SecretError {
    /// What to do about it.
    fn hint(&self) -> String {
        match self {
            Self::NoVariable(name) | Self::EmptyVariable(name) => {
                format!("set it, as in `export {name}=…`, or name another source in the config file")
            }
            Self::OpenToOthers { path, .. } => format!("run: chmod 600 {}", for_shell(path)),
            Self::Keyring { name, source: CommandError::NotStarted(_), program, .. } => {
                format!("install {program}, or keep the secret of {name} in a variable, a file or a command")
            }
            Self::Keyring { name, .. } => format!("put it there: {}", keyring::storing(name)),
            Self::Command { said: None, .. } => "run the command by hand to see what it says".to_owned(),
            Self::Command { .. } => "nothing was sent; run the command by hand to mend it".to_owned(),
            Self::File { .. } | Self::Empty(_) | Self::NotOneLine(_) => {
                "the secret stands alone in it, on one line".to_owned()
            }
        }
    }
}

impl From<SecretError> for Failure {
    fn from(error: SecretError) -> Self {
        let hint = error.hint();
        Failure::new(Kind::Config, SafeText::one_line(&error.to_string()).into_string()).hint(hint)
    }
}

/// Fetches a secret. A command may take its five seconds, so this is not called where something else waits.
///
/// # Errors
/// [`SecretError`] where what it names is not there, is empty or too long, is open to others, or gives no text.
pub fn resolve(secret: &SecretRef, env: &Env) -> Result<Secret, SecretError> {
    match secret {
        SecretRef::Plain(secret) => Ok(secret.clone()),
        SecretRef::Env(name) => {
            let value = env.get(name).ok_or_else(|| SecretError::NoVariable(name.clone()))?;
            if value.is_empty() {
                return Err(SecretError::EmptyVariable(name.clone()));
            }
            let from = format!("the environment variable {name}");
            let value = value.into_string().map_err(|_| SecretError::NotOneLine(from.clone()))?;
            one_line(value.into_bytes(), from)
        }
        SecretRef::File(path) => file(path),
        SecretRef::Command(words) => {
            let program = words.first().cloned().unwrap_or_default();
            let output = command::output(words, command::TIME, LIMIT)
                .map_err(|(source, said)| SecretError::Command { program: program.clone(), source, said })?;
            one_line(output.printed, format!("the secret command {program}{}", aside(output.said.as_deref())))
        }
        SecretRef::Keyring(name) => {
            let words = keyring::reading(name);
            let program = keyring::PROGRAM;
            let failed = |(source, said)| SecretError::Keyring { name: name.clone(), program, source, said };
            let output = command::output(&words, keyring::TIME, LIMIT).map_err(failed)?;
            one_line(output.printed, format!("the keyring entry {name}"))
        }
    }
}

/// What a program said, behind why it gave nothing.
fn said_of(said: Option<&str>) -> String {
    said.map_or_else(String::new, |said| format!("; it said: {said}"))
}

/// What a program said, beside its name.
fn aside(said: Option<&str>) -> String {
    said.map_or_else(String::new, |said| format!(" (it said: {said})"))
}

fn file(path: &Path) -> Result<Secret, SecretError> {
    let content = read(path, LIMIT).map_err(|source| SecretError::File { path: path.to_owned(), source })?;
    if let Some(mode) = content.open_to_others {
        return Err(SecretError::OpenToOthers { path: path.to_owned(), mode });
    }
    one_line(content.bytes, format!("the secret file {}", path.display()))
}

/// Drops one line end, and takes nothing that can't stand in a header.
fn one_line(bytes: Vec<u8>, from: String) -> Result<Secret, SecretError> {
    let Ok(mut text) = String::from_utf8(bytes) else { return Err(SecretError::NotOneLine(from)) };
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    if text.is_empty() {
        return Err(SecretError::Empty(from));
    }
    if text.chars().any(char::is_control) {
        return Err(SecretError::NotOneLine(from));
    }
    Ok(Secret::new(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(secret: &SecretRef, env: &Env) -> Result<String, String> {
        resolve(secret, env).map(|secret| secret.expose().to_owned()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_variable_is_named_when_it_holds_nothing() {
        let env = Env::from_vars([("GOOD", "s3cret"), ("EMPTY", ""), ("LINES", "a\nb")]);
        let of = |name: &str| text(&SecretRef::Env(name.to_owned()), &env);
        assert_eq!(of("GOOD").unwrap(), "s3cret");
        assert_eq!(of("EMPTY").unwrap_err(), "the environment variable EMPTY is empty");
        assert_eq!(of("NONE").unwrap_err(), "the environment variable NONE is not set");
        assert!(of("LINES").unwrap_err().contains("LINES"));
    }

    #[test]
    fn the_keyrings_errors_say_what_to_do() {
        let of = |source| {
            let (name, program) = ("bot".to_owned(), keyring::PROGRAM);
            Failure::from(SecretError::Keyring { name, program, source, said: Some("locked".to_owned()) })
        };
        let missing = of(CommandError::NotStarted(std::io::ErrorKind::NotFound.into()));
        assert!(missing.hint.unwrap().starts_with(&format!("install {}", keyring::PROGRAM)));
        let refused = of(CommandError::Failed("status 1".to_owned()));
        assert!(refused.message.ends_with("failed with status 1; it said: locked"), "{}", refused.message);
        assert!(refused.hint.unwrap().contains("patchcord"));
    }

    #[cfg(unix)]
    mod unix {
        use std::os::unix::fs::PermissionsExt as _;

        use super::*;

        fn write(content: &[u8], mode: u32) -> (tempfile::TempDir, SecretRef) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("key");
            std::fs::write(&path, content).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            (folder, SecretRef::File(path))
        }

        fn of_file(content: &[u8], mode: u32) -> Result<String, String> {
            let (_folder, secret) = write(content, mode);
            text(&secret, &Env::system())
        }

        #[test]
        fn a_file_loses_one_line_end() {
            assert_eq!(of_file(b"s3cret\n", 0o600).unwrap(), "s3cret");
            assert_eq!(of_file(b"s3cret\r\n", 0o400).unwrap(), "s3cret");
            assert_eq!(of_file(b" s3 cret ", 0o600).unwrap(), " s3 cret ");
        }

        #[test]
        fn a_file_that_others_reach_is_refused_in_every_mode() {
            for mode in 0o400..=0o777 {
                let (_folder, secret) = write(b"s3cret", mode);
                let open = matches!(resolve(&secret, &Env::system()), Err(SecretError::OpenToOthers { .. }));
                assert_eq!(open, mode & 0o077 != 0, "{mode:o}");
            }
            let (_folder, secret) = write(b"s3cret", 0o644);
            let failure = Failure::from(resolve(&secret, &Env::system()).unwrap_err());
            assert!(failure.hint.unwrap().starts_with("run: chmod 600 /"));
        }

        #[test]
        fn a_file_that_is_no_secret_is_refused_without_a_word_of_it() {
            for content in [&b"canary\ncanary\n"[..], b"canary\0", b"canary\xff", b"canary\n\n"] {
                let error = of_file(content, 0o600).unwrap_err();
                assert!(error.contains("not one line") && !error.contains("canary"), "{error}");
            }
            assert!(of_file(b"\n", 0o600).unwrap_err().contains("empty"));
            let long = vec![b'a'; usize::try_from(LIMIT).unwrap() + 1];
            assert!(of_file(&long, 0o600).unwrap_err().contains("65536 bytes"));
        }

        #[test]
        fn a_folder_or_nothing_is_refused() {
            let folder = tempfile::tempdir().unwrap();
            let of = |path: PathBuf| text(&SecretRef::File(path), &Env::system()).unwrap_err();
            assert!(of(folder.path().to_owned()).contains("a folder"));
            assert!(of(folder.path().join("none")).contains("no such file"));
        }

        #[test]
        fn a_command_gives_its_output_and_an_error_never_does() {
            let of = |words: &[&str]| {
                let words = words.iter().map(|word| (*word).to_owned()).collect();
                text(&SecretRef::Command(words), &Env::system())
            };
            assert_eq!(of(&["printf", "s3cret\\n"]).unwrap(), "s3cret");
            assert_eq!(of(&["printf", "%s", "$HOME;`id`"]).unwrap(), "$HOME;`id`");
            let error = of(&["sh", "-c", "echo canary; echo canary >&2; exit 7"]).unwrap_err();
            assert!(error.contains("status 7; it said: [masked]") && !error.contains("canary"), "{error}");
            let error = of(&["sh", "-c", "printf 'gpg: no\\nkey \\033[31m' >&2; exit 2"]).unwrap_err();
            assert!(
                error.starts_with("the secret command sh failed with status 2; it said: gpg: no / key "),
                "{error}"
            );
            assert!(
                of(&["sh", "-c", "echo no entry >&2"]).unwrap_err().contains("(it said: no entry) gave an empty")
            );
            assert!(of(&["true"]).unwrap_err().contains("empty"));
            assert!(of(&["/nowhere/pass"]).unwrap_err().contains("could not be started"));
        }
    }
}
