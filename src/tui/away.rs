//! While somebody else has the terminal: the user's editor, or the shell that the program was stopped in.

use std::io;

use super::Screen;
use crate::app::{ChannelEvent, Event, SourcesEvent, WebhookEvent};
use crate::domain::{ChangeId, DeliveryId, Failure, Kind, RequestId};
use crate::runtime::{editor, job};

/// What will come of the user's editor.
pub(super) type Away = tokio::task::JoinHandle<Result<Option<String>, Failure>>;

/// What the user writes in `$EDITOR`.
pub(super) enum Writing {
    Message,
    Answer(RequestId),
    Body(DeliveryId),
    Row(ChangeId),
}

impl Writing {
    /// What its end means to the core.
    pub(super) fn ended(self, result: Result<Option<String>, Failure>) -> Event {
        match (self, result) {
            (Self::Answer(request), Ok(Some(text))) => Event::Webhooks(WebhookEvent::Drafted(request, text)),
            (Self::Body(delivery), Ok(Some(text))) => Event::Webhooks(WebhookEvent::ReplayDrafted(delivery, text)),
            (Self::Row(change), Ok(Some(text))) => {
                Event::Open(ChannelEvent::Sources(SourcesEvent::Edited(change, text)))
            }
            (_, result) => Event::Edited(result),
        }
    }
}

/// The editor's end was never heard of.
pub(super) fn gone(_: tokio::task::JoinError) -> Result<Option<String>, Failure> {
    Err(Failure::new(Kind::Failed, "Waiting for the editor ended unexpectedly."))
}

impl Screen {
    /// Lends the terminal to the user's editor, and says on it what is waited for: an editor with a window of its own leaves
    /// it as it is.
    pub(super) fn edit(&mut self, writing: Writing, text: String) -> io::Result<()> {
        self.lend();
        self.terminal.say(&editor::waiting())?;
        let dir = self.runtime.data_dir().to_owned();
        self.away = Some((writing, tokio::task::spawn_blocking(move || editor::edit(&dir, &text))));
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
        let Some((writing, away)) = self.away.take() else { return Ok(()) };
        let edited = away.await.unwrap_or_else(gone);
        // The terminal may have gone meanwhile.
        let _ = self.terminal.unsay();
        self.handle_event(writing.ended(edited))
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
