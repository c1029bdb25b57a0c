//! A terminal that shows nothing of what is typed, for a while.

use std::io;

use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr};

/// While it lives, standard input's terminal shows nothing of what is typed, but the end of a line; then it is as it was.
#[derive(Debug)]
pub struct HiddenInput(Termios);

impl HiddenInput {
    /// # Errors
    ///
    /// Where standard input is no terminal, or can't be told.
    pub fn begin() -> io::Result<Self> {
        let found = tcgetattr(io::stdin())?;
        let mut hidden = found.clone();
        hidden.local_modes.remove(LocalModes::ECHO);
        hidden.local_modes.insert(LocalModes::ECHONL);
        // Stopped meanwhile, a shell would show what is typed after it is continued.
        hidden.special_codes[SpecialCodeIndex::VSUSP] = 0;
        // What was typed before is not what is asked for now, and was seen.
        tcsetattr(io::stdin(), OptionalActions::Flush, &hidden)?;
        Ok(Self(found))
    }
}

impl Drop for HiddenInput {
    fn drop(&mut self) {
        if let Err(error) = tcsetattr(io::stdin(), OptionalActions::Now, &self.0) {
            tracing::warn!(%error, "the terminal could not be made to show what is typed");
        }
    }
}
