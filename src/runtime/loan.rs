//! Programs of the user's own that have the terminal for a while: what is run, and what its end means to the core. Whoever
//! has the terminal gives it away and takes it back.

use tokio::task::{JoinError, JoinHandle};

use super::{Runtime, editor, programs};
use crate::app::{
    ChannelEffect, ChannelEvent, Effect, Event, OutsideEvent, SourcesEffect, SourcesEvent, SuitesEffect, SuitesEvent,
    WebhookEffect, WebhookEvent,
};
use crate::domain::{ChangeId, DeliveryId, Failure, Kind, RequestId};

/// What comes of such a program: the text that was written, where that is another now.
pub type LoanResult = Result<Option<String>, Failure>;

/// A program that wants the terminal.
pub struct Loan {
    /// What it is about.
    pub errand: Errand,
    /// What the program says meanwhile, in one line; none for one that shows itself.
    pub waiting: Option<String>,
    work: Box<dyn FnOnce() -> LoanResult + Send>,
}

/// What the user does there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Errand {
    /// Writes the message.
    Message,
    /// Writes an answer to a data request.
    Answer(RequestId),
    /// Edits a webhook's body, to send it again.
    Body(DeliveryId),
    /// Writes a row.
    Row(ChangeId),
    /// Writes a suite's file.
    Suite,
    /// Adds a channel to the config file.
    Channel,
    /// Reads.
    Read,
}

impl Loan {
    /// What an effect wants the terminal for.
    ///
    /// # Errors
    ///
    /// The effect, where it wants no terminal.
    pub fn from_effect(effect: Effect, runtime: &Runtime) -> Result<Self, Box<Effect>> {
        let (errand, text) = match effect {
            Effect::Edit(text) => (Errand::Message, text),
            Effect::Webhooks(WebhookEffect::EditAnswer { request, text }) => (Errand::Answer(request), text),
            Effect::Webhooks(WebhookEffect::EditReplay { delivery, text }) => (Errand::Body(delivery), text),
            Effect::Open(ChannelEffect::Sources(SourcesEffect::Edit { change, text })) => (Errand::Row(change), text),
            Effect::Suites(SuitesEffect::Edit(path)) => {
                let work = Box::new(move || editor::edit_file(&path).map(|()| None));
                return Ok(Self { errand: Errand::Suite, waiting: Some(editor::waiting()), work });
            }
            Effect::AddChannel => {
                let config_file = runtime.config_file();
                let work = Box::new(move || programs::add_channel(config_file.as_deref()));
                return Ok(Self { errand: Errand::Channel, waiting: None, work });
            }
            Effect::Page(text) => return Ok(Self::to_read(move || programs::page(&text))),
            Effect::Browse(address) => {
                let browser = programs::Browser::find().ok().filter(programs::Browser::needs_terminal);
                let Some(browser) = browser else { return Err(Box::new(Effect::Browse(address))) };
                return Ok(Self::to_read(move || browser.show(&address)));
            }
            other => return Err(Box::new(other)),
        };
        let dir = runtime.data_dir().to_owned();
        let work = Box::new(move || editor::edit(&dir, &text));
        Ok(Self { errand, waiting: Some(editor::waiting()), work })
    }

    fn to_read(work: impl FnOnce() -> Result<(), Failure> + Send + 'static) -> Self {
        Self { errand: Errand::Read, waiting: None, work: Box::new(move || work().map(|()| None)) }
    }

    /// Runs it on a thread of its own.
    pub fn begin(self) -> (Errand, JoinHandle<LoanResult>) {
        (self.errand, tokio::task::spawn_blocking(self.work))
    }
}

impl Errand {
    /// What its end means to the core.
    pub fn ended(self, result: Result<LoanResult, JoinError>) -> Event {
        let gone = |_| Err(Failure::new(Kind::Failed, "Waiting for the other program ended unexpectedly."));
        match (self, result.unwrap_or_else(gone)) {
            (Self::Answer(request), Ok(Some(text))) => Event::Webhooks(WebhookEvent::Drafted(request, text)),
            (Self::Body(delivery), Ok(Some(text))) => Event::Webhooks(WebhookEvent::ReplayDrafted(delivery, text)),
            (Self::Row(change), Ok(Some(text))) => {
                Event::Open(ChannelEvent::Sources(SourcesEvent::Edited(change, text)))
            }
            (Self::Suite, result) => Event::Suites(SuitesEvent::Edited(result.map(drop))),
            (Self::Channel, result) => Event::Outside(OutsideEvent::ChannelAdded(result)),
            (Self::Read, result) => Event::Outside(OutsideEvent::Paged(result.map(drop))),
            (_, result) => Event::Edited(result),
        }
    }
}
