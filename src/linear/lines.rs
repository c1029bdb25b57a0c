//! Standard input, a line at a time and only when one is asked for: between two of them somebody else may have the
//! terminal, such as the user's editor.

use std::io::{self, BufRead as _};

use tokio::sync::mpsc;

/// Reads lines on a thread of its own.
pub(super) struct Lines {
    ask: std::sync::mpsc::Sender<()>,
    come: mpsc::UnboundedReceiver<Option<String>>,
    asked: bool,
}

impl Lines {
    /// Begins the thread; it ends with the program.
    pub(super) fn begin() -> io::Result<Self> {
        let (ask, asked) = std::sync::mpsc::channel();
        let (sender, come) = mpsc::unbounded_channel();
        std::thread::Builder::new().name("lines".to_owned()).spawn(move || {
            let mut input = io::stdin().lock();
            while asked.recv().is_ok() {
                let mut bytes = Vec::new();
                let line = match input.read_until(b'\n', &mut bytes) {
                    Ok(0) | Err(_) => None,
                    Ok(_) => Some(String::from_utf8_lossy(&bytes).trim_end_matches(['\r', '\n']).to_owned()),
                };
                let ended = line.is_none();
                if sender.send(line).is_err() || ended {
                    return;
                }
            }
        })?;
        Ok(Self { ask, come, asked: false })
    }

    /// Asks for the next line, unless one is waited for.
    pub(super) fn ask(&mut self) {
        if !self.asked {
            self.asked = true;
            // Where the thread has ended, so has the input, which was told.
            let _ = self.ask.send(());
        }
    }

    /// Waits for the line that was asked for; none at the input's end. Dropping the future loses nothing.
    pub(super) async fn next(&mut self) -> Option<String> {
        let line = self.come.recv().await.flatten();
        self.asked = false;
        line
    }
}
