//! Clipboards: the desktop's where the program runs on it, the terminal's otherwise.
//!
//! Owns which of them is asked, and the thread that talks to the desktop's: on some desktops a clipboard holds only as
//! long as somebody answers for it, and none may hold up the screen. Never claims that a text arrived: the desktop says
//! so itself, a terminal says nothing.

mod osc52;
mod tmux;

use std::sync::mpsc;
use std::time::Duration;

use tokio::sync::oneshot;

use super::multiplexer::Inside;
pub use osc52::MOST;

/// How long the desktop is waited for. One that does not answer by then is as good as none.
const DESKTOP_TIMEOUT: Duration = Duration::from_secs(2);

type CopyOutcome = Result<(), ClipboardError>;
type Asked = (String, oneshot::Sender<CopyOutcome>);

/// Why a text isn't in the desktop's clipboard.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClipboardError {
    /// There is no desktop.
    #[error("there is none.")]
    NoDesktop,
    /// The thread that talks to it could not be begun.
    #[error("{0}")]
    NoThread(String),
    /// The thread that talks to it has ended.
    #[error("it could not be reached.")]
    Unreachable,
    /// It did not answer in time.
    #[error("it did not answer.")]
    NoAnswer,
    /// It refused, with this word of its own.
    #[error("{0}")]
    Refused(String),
}

/// The clipboards that there are.
#[derive(Debug)]
pub struct Clipboard {
    inside: Inside,
    desktop: Desktop,
}

/// The desktop's.
#[derive(Debug)]
enum Desktop {
    /// There is none, or it is not the one before which the user sits.
    None,
    /// Nobody asked for it yet.
    Idle,
    /// The thread that talks to it.
    Held(mpsc::Sender<Asked>),
}

/// A text is too long for a terminal's clipboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong {
    /// How many bytes it has.
    pub bytes: usize,
}

impl Clipboard {
    /// Tells from the environment which there are.
    pub fn new(variable: impl Fn(&str) -> Option<String>) -> Self {
        let desktop = if has_desktop(&variable) { Desktop::Idle } else { Desktop::None };
        Self { inside: Inside::from_environment(variable), desktop }
    }

    /// Whether there is a desktop whose clipboard can be asked.
    pub fn has_desktop(&self) -> bool {
        !matches!(self.desktop, Desktop::None)
    }

    /// Whether the tmux that stands there lets a copy through. None where none does, or it can't be asked.
    pub fn tmux_lets_through(&self) -> impl Future<Output = Option<bool>> + Send + use<> {
        let inside = self.inside;
        async move { if inside == Inside::Tmux { tmux::lets_copies_through().await } else { None } }
    }

    /// Puts a text into the desktop's clipboard. The answer comes from a thread of its own, or not in time.
    ///
    /// # Errors
    ///
    /// [`ClipboardError`] where it isn't there in time.
    pub fn desktop(&mut self, text: String) -> impl Future<Output = CopyOutcome> + Send + use<> {
        let (answer, answered) = oneshot::channel();
        let asked = match &mut self.desktop {
            Desktop::None => Err(ClipboardError::NoDesktop),
            Desktop::Idle => held().map_err(|error| ClipboardError::NoThread(error.to_string())).and_then(|held| {
                let sent = held.send((text, answer)).map_err(|_| ClipboardError::Unreachable);
                self.desktop = Desktop::Held(held);
                sent
            }),
            Desktop::Held(held) => held.send((text, answer)).map_err(|_| ClipboardError::Unreachable),
        };
        if asked.is_err() && self.has_desktop() {
            self.desktop = Desktop::Idle;
        }
        async move {
            asked?;
            match tokio::time::timeout(DESKTOP_TIMEOUT, answered).await {
                Ok(Ok(answer)) => answer,
                Ok(Err(_)) => Err(ClipboardError::Unreachable),
                Err(_) => Err(ClipboardError::NoAnswer),
            }
        }
    }

    /// The bytes that hand a text to the terminal for its clipboard.
    ///
    /// # Errors
    ///
    /// [`TooLong`] where the text is more than terminals take.
    pub fn sequence(&self, text: &str) -> Result<String, TooLong> {
        if text.len() > MOST {
            return Err(TooLong { bytes: text.len() });
        }
        Ok(osc52::sequence(text, self.inside))
    }

    /// What stands between the program and the terminal, by name.
    pub fn through(&self) -> Option<&'static str> {
        self.inside.name()
    }
}

/// Whether the user sits before a desktop of this machine: not over the network, and there is one.
pub(super) fn has_desktop(variable: &impl Fn(&str) -> Option<String>) -> bool {
    let set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
    let remote = ["SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"].into_iter().any(set);
    let shown = cfg!(any(target_os = "macos", target_os = "windows")) || set("WAYLAND_DISPLAY") || set("DISPLAY");
    !remote && shown
}

/// Begins the thread that talks to the desktop. It ends with the one who asks.
fn held() -> std::io::Result<mpsc::Sender<Asked>> {
    let (ask, asked) = mpsc::channel::<Asked>();
    std::thread::Builder::new().name("clipboard".to_owned()).spawn(move || {
        let mut clipboard = None;
        while let Ok((text, answer)) = asked.recv() {
            let put = put(&mut clipboard, text);
            if put.is_err() {
                clipboard = None;
            }
            // Who asked may have gone.
            let _ = answer.send(put.map_err(|error| ClipboardError::Refused(error.to_string())));
        }
    })?;
    Ok(ask)
}

fn put(clipboard: &mut Option<arboard::Clipboard>, text: String) -> Result<(), arboard::Error> {
    let open = match clipboard.take() {
        Some(open) => open,
        None => arboard::Clipboard::new()?,
    };
    clipboard.insert(open).set_text(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(set: &'static [&'static str]) -> Clipboard {
        Clipboard::new(move |name| set.contains(&name).then(|| "x".to_owned()))
    }

    #[test]
    fn the_desktop_is_asked_where_the_user_sits_before_it() {
        assert!(with(&["DISPLAY"]).has_desktop() && with(&["WAYLAND_DISPLAY", "TMUX"]).has_desktop());
        assert!(!with(&["DISPLAY", "SSH_TTY"]).has_desktop() && !with(&["DISPLAY", "SSH_CONNECTION"]).has_desktop());
        assert_eq!(with(&[]).has_desktop(), cfg!(any(target_os = "macos", target_os = "windows")));
    }

    #[test]
    fn no_terminal_is_sent_more_than_it_takes() {
        let clipboard = with(&[]);
        let most = clipboard.sequence(&"x".repeat(MOST)).unwrap();
        assert!(most.len() <= 100_000, "{}", most.len());
        assert_eq!(clipboard.sequence(&"x".repeat(MOST + 1)), Err(TooLong { bytes: MOST + 1 }));
        assert_eq!((clipboard.through(), with(&["TMUX"]).through()), (None, Some("tmux")));
    }

    #[tokio::test]
    async fn a_desktop_that_is_not_there_says_so() {
        let mut clipboard = with(&["SSH_TTY"]);
        assert_eq!(clipboard.desktop("x".to_owned()).await, Err(ClipboardError::NoDesktop));
    }
}
