//! While somebody else has the terminal: the user's editor, or the shell that the program was stopped in.

use std::io;

use super::Screen;
use crate::app::Event;
use crate::runtime::{Errand, Loan, LoanResult, job};

/// Who has the terminal, and what will come of it.
pub(super) type Away = (Errand, tokio::task::JoinHandle<LoanResult>);

impl Screen {
    /// Lends the terminal to a program of the user's own. What is waited for is said on it: an editor with a window of its
    /// own leaves it as it is.
    pub(super) fn lend_to(&mut self, loan: Loan) -> io::Result<()> {
        self.lend();
        if let Some(waiting) = &loan.waiting {
            self.terminal.say(waiting)?;
        }
        self.away = Some(loan.begin());
        Ok(())
    }

    pub(super) fn lend(&mut self) {
        self.keyboard.settle();
        self.terminal.lend();
    }

    pub(super) fn retake(&mut self) -> io::Result<()> {
        self.terminal.retake()?;
        self.keyboard.anew();
        Ok(())
    }

    /// Waits for the user's editor, where one is open at the end: what is written there is kept too.
    pub(super) async fn come_back(&mut self) -> io::Result<()> {
        let Some((errand, away)) = self.away.take() else { return Ok(()) };
        let ended = away.await;
        // The terminal may have gone meanwhile.
        let _ = self.terminal.unsay();
        self.handle_event(errand.ended(ended))
    }

    /// Stops until the shell continues the program; says so and stays where nobody would.
    pub(super) fn suspend(&mut self) -> io::Result<()> {
        if !job::is_continued() {
            return self.handle_event(Event::NotSuspended);
        }
        self.stop()
    }

    /// Somebody sent the signal that stops. While the editor is open it is the terminal's key, and for the editor.
    pub(super) fn asked_to_stop(&mut self) -> io::Result<()> {
        if self.away.is_none() {
            return self.stop();
        }
        if job::is_continued() { self.opened.stop() } else { Ok(()) }
    }

    pub(super) fn stop(&mut self) -> io::Result<()> {
        self.lend();
        self.opened.stop()?;
        // Whoever continues it sends a signal, which is heard of later: by then the terminal is the program's again, and
        // what is typed must not meet it in the shell's settings once more.
        self.continued = true;
        self.retake()
    }
}
