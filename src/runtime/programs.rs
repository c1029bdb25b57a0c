//! The user's own programs that take something of a message: a pager its text, a browser an address. Run without a shell.

use std::io::{ErrorKind, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::domain::{Failure, Kind, SafeText};

/// Browsers that draw on the terminal: they have it to themselves until they end.
const IN_THE_TERMINAL: [&str; 8] = ["w3m", "lynx", "links", "links2", "elinks", "browsh", "carbonyl", "chawan"];

/// Shows a text in `$PAGER`, else in `less` or `more`. Blocks until it is closed. The text has to be safe to be written to a
/// terminal.
///
/// # Errors
///
/// Where none can be run, with what to set.
pub(super) fn page(text: &str) -> Result<(), Failure> {
    page_with(&variable("PAGER").map_or_else(|| vec!["less".to_owned(), "more".to_owned()], |line| vec![line]), text)
}

fn page_with(lines: &[String], text: &str) -> Result<(), Failure> {
    for line in lines {
        let mut command = command(line, "PAGER", "less -S")?;
        let mut child = match command.stdin(Stdio::piped()).spawn() {
            Err(error) if error.kind() == ErrorKind::NotFound && lines.len() > 1 => continue,
            Err(error) => return Err(not_started(line, &error, "PAGER", "less")),
            Ok(child) => child,
        };
        if let Some(mut pipe) = child.stdin.take() {
            // Who has read enough closes it before its end.
            let _ = pipe.write_all(text.as_bytes());
        }
        return match child.wait() {
            Ok(_) => Ok(()),
            Err(error) => Err(not_started(line, &error, "PAGER", "less")),
        };
    }
    Err(Failure::new(Kind::Failed, "There is no pager: neither less nor more is here.")
        .hint("Set PAGER to one, such as PAGER=less."))
}

/// Asks for a channel and adds it to the config file, as `config add-channel` does: by this program itself, on this
/// terminal. Without a file, `config init` makes one. What is to be said of it; none where nothing was written.
///
/// # Errors
///
/// Where it could not be asked or not be written: what it said of that was read before the terminal is given back.
pub(super) fn add_channel(config_file: Option<&Path>) -> Result<Option<String>, Failure> {
    let broken =
        |error: &std::io::Error| Failure::new(Kind::Failed, format!("A channel can't be asked for: {error}."));
    let program = std::env::current_exe().map_err(|error| broken(&error))?;
    let mut command = Command::new(program);
    match config_file {
        Some(path) => command.arg("--config").arg(path).args(["config", "add-channel"]),
        None => command.args(["config", "init"]),
    };
    let status = command.status().map_err(|error| broken(&error))?;
    if status.success() {
        return Ok(Some(match config_file {
            Some(_) => "The config file has the channel: it is listed as soon as the file was read again.".to_owned(),
            None => "There is a config file now: the next start opens what it says.".to_owned(),
        }));
    }
    // Who gave up knows why.
    if status.code() == Some(i32::from(Kind::Interrupted.exit_code())) {
        return Ok(None);
    }
    let mut told = std::io::stderr().lock();
    let _ = told.write_all(b"Enter goes back. ").and_then(|()| told.flush());
    drop(told);
    let _ = std::io::stdin().read_line(&mut String::new());
    Err(Failure::new(Kind::Failed, "No channel was added.")
        .hint("`patchcord config check` tells what is wrong in the file."))
}

/// What opens an address: a command, without the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Browser {
    line: String,
}

impl Browser {
    /// `$BROWSER`, the first that is here of those that it lists; else the desktop's own opener.
    ///
    /// # Errors
    ///
    /// Where there is none, with what to set.
    pub(super) fn find() -> Result<Self, Failure> {
        Self::find_by(variable)
    }

    fn find_by(variable: impl Fn(&str) -> Option<String>) -> Result<Self, Failure> {
        let path = variable("PATH").unwrap_or_default();
        let is_here = |line: &&str| {
            let words = shell_words::split(line).unwrap_or_default();
            words.first().is_some_and(|program| {
                std::env::split_paths(&path).any(|dir| dir.join(program).is_file()) || Path::new(program).is_file()
            })
        };
        let set = variable("BROWSER");
        let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
        let line = match &set {
            Some(list) => list.split(':').map(str::trim).find(is_here),
            None => Some(opener).filter(is_here).filter(|_| super::clipboard::has_desktop(&variable)),
        };
        line.map(|line| Self { line: line.to_owned() }).ok_or_else(|| {
            let why = match set {
                Some(_) => "What BROWSER names is not here.".to_owned(),
                None => format!(
                    "There is no browser: BROWSER is not set, and no desktop is here whose {opener} could be asked."
                ),
            };
            Failure::new(Kind::Failed, why)
                .hint("Set BROWSER to one, such as BROWSER=firefox; y in the list of links copies the address.")
        })
    }

    /// Its program's name.
    pub(super) fn name(&self) -> String {
        let words = shell_words::split(&self.line).unwrap_or_default();
        let name = words.first().map(Path::new).and_then(Path::file_name).unwrap_or_default();
        SafeText::one_line(&name.to_string_lossy()).into_string()
    }

    /// Whether it draws on the terminal.
    pub(super) fn needs_terminal(&self) -> bool {
        IN_THE_TERMINAL.contains(&self.name().as_str())
    }

    /// The command that opens an address: an argument of its own, in the place of `%s` or behind the others.
    fn command(&self, address: &str) -> Result<Command, Failure> {
        let words = shell_words::split(&self.line).unwrap_or_default();
        let (program, arguments) = words.split_first().ok_or_else(|| unreadable("BROWSER", "firefox"))?;
        let mut command = Command::new(program);
        if arguments.iter().any(|word| word.contains("%s")) {
            command.args(arguments.iter().map(|word| word.replace("%s", address)));
        } else {
            command.args(arguments).arg(address);
        }
        Ok(command)
    }

    /// Opens an address in it, on this terminal. Blocks until it is closed.
    ///
    /// # Errors
    ///
    /// Where it can't be run.
    pub(super) fn show(&self, address: &str) -> Result<(), Failure> {
        let ended = self.command(address)?.status();
        ended.map(drop).map_err(|error| not_started(&self.line, &error, "BROWSER", "firefox"))
    }

    /// Hands an address to it, and waits neither for the browser nor for the page. It lives on when this program ends.
    ///
    /// # Errors
    ///
    /// Where it can't be run.
    pub(super) fn begin(&self, address: &str) -> Result<(), Failure> {
        use std::os::unix::process::CommandExt as _;
        let mut command = self.command(address)?;
        // Away from the terminal: what is done to that does nothing to the browser.
        command.process_group(0).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(|error| not_started(&self.line, &error, "BROWSER", "firefox"))?;
        // Somebody has to hear of its end; it may be years away.
        let waits = std::thread::Builder::new().name("browser".to_owned()).spawn(move || match child.wait() {
            Ok(status) if status.success() => {}
            ended => tracing::warn!(?ended, "the browser did not end well"),
        });
        if let Err(error) = waits {
            tracing::warn!(%error, "nobody waits for the browser");
        }
        Ok(())
    }
}

/// A variable that says something.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}

fn command(line: &str, name: &str, example: &str) -> Result<Command, Failure> {
    let words = shell_words::split(line).unwrap_or_default();
    let (program, arguments) = words.split_first().ok_or_else(|| unreadable(name, example))?;
    let mut command = Command::new(program);
    command.args(arguments);
    Ok(command)
}

fn unreadable(name: &str, example: &str) -> Failure {
    Failure::new(Kind::Failed, format!("${name} can't be read as a command."))
        .hint(format!("Set it to a program and its arguments, such as {name}=\"{example}\"."))
}

fn not_started(line: &str, error: &std::io::Error, name: &str, example: &str) -> Failure {
    Failure::new(Kind::Failed, format!("\"{}\" could not be started: {error}.", SafeText::one_line(line)))
        .hint(format!("Set {name} to another, such as {name}={example}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn browser(set: &[(&str, &str)]) -> Result<Browser, Failure> {
        Browser::find_by(|name| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn the_first_browser_that_is_here_is_asked() {
        let path = ("PATH", "/usr/bin:/bin");
        let found = browser(&[path, ("BROWSER", "no-such-browser:sh -c 'exit 0':cat")]).unwrap();
        assert_eq!((found.name().as_str(), found.needs_terminal()), ("sh", false));
        for set in
            [&[path][..], &[path, ("DISPLAY", ":0"), ("SSH_TTY", "x")], &[path, ("BROWSER", "no-such-browser")]]
        {
            let failure = browser(set).unwrap_err();
            assert!(failure.hint.unwrap().contains("BROWSER=firefox"), "{set:?}");
        }
    }

    #[test]
    fn an_address_is_one_argument_whatever_it_says() {
        let folder = tempfile::tempdir().unwrap();
        let (script, out) = (folder.path().join("open"), folder.path().join("out"));
        std::fs::write(&script, format!("printf '%s' \"$1\" > '{}'\n", out.display())).unwrap();
        let address = "https://a.example/$(id);`id`&x=%20'\"";
        for line in [format!("sh {}", script.display()), format!("sh {} %s", script.display())] {
            Browser { line }.show(address).unwrap();
            assert_eq!(std::fs::read_to_string(&out).unwrap(), address);
            std::fs::remove_file(&out).unwrap();
        }
    }

    #[test]
    fn a_pager_gets_the_text_and_may_close_before_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("out");
        page_with(&[format!("sh -c 'cat > {}'", file.display())], "one\ntwo\n").unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "one\ntwo\n");
        page_with(&["true".to_owned()], &"x\n".repeat(1_000_000)).unwrap();
        let none = page_with(&["no-such-pager".to_owned()], "x").unwrap_err();
        assert!(none.hint.unwrap().contains("PAGER=less"));
        let none = page_with(&["no-such-pager".to_owned(), "nor-this".to_owned()], "x").unwrap_err();
        assert!(none.message.contains("no pager"), "{none:?}");
        assert!(page_with(&["'".to_owned()], "x").unwrap_err().message.contains("$PAGER"));
    }
}
