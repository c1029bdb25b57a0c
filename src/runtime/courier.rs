//! The courier: takes a committed turn to its platform, once, and brings the reply back.
//!
//! Owns the order of things: claimed in the store before the first byte leaves, settled by what is known of the
//! outcome, the reply journalled while it grows. Only what provably never left is tried again.

mod coalesce;
mod growing;
mod local;
mod read_stream;

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use growing::{Growing, Written};
use read_stream::whole;

use super::channel_sender::ChannelSender;
use super::{Runtime, durable_write, error_map, retry, uploads};
use crate::app::{ChannelEvent, Step};
use crate::domain::{ConversationId, Failure, Finish, Kind, OutState, Reply, ReplyHandle, Timestamp, Turn};
use crate::http::Retry;
use crate::platform::{Adapter, CallError, Outcome, Outgoing, ReplyMode, Sent};
use crate::store::StoreError;

/// What is told of a message that the platform took.
const TAKEN: &str = "The message went out and the platform took it";

/// Why a delivery is to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// It is not.
    No,
    /// The user says so.
    User,
    /// The time is up that a command was given.
    Deadline,
}

/// How a delivery ended.
#[derive(Debug)]
pub(super) enum Delivered {
    /// The platform took the message; this came back.
    Replied {
        /// The conversation, where it is known.
        conversation: Option<ConversationId>,
        /// What came.
        text: String,
        /// How it ended.
        finish: Finish,
        /// Why it is not whole.
        failure: Option<Failure>,
        /// How many pieces of it could not be read.
        damaged: u32,
        /// Milliseconds from handing the message over to the first word, and to the end, where they are known.
        ms: (Option<u64>, Option<u64>),
    },
    /// The platform took the message, and the reply comes by webhook.
    Accepted {
        /// The conversation.
        conversation: ConversationId,
        /// The message's place in it.
        place: i64,
        /// Whether the bot's first words in it are still to come.
        ungreeted: bool,
    },
    /// It did not come so far.
    Ended(OutState, Failure),
    /// It is not to be sent by whoever wanted to: it is held, or was taken back.
    Withdrawn {
        /// Whether it waits on.
        held: bool,
    },
}

/// Why nothing was handed over, or how that ended.
enum NotSent {
    /// It came to that.
    Ended(OutState, Failure),
    /// It is not to be sent from here.
    Withdrawn { held: bool },
}

impl From<(OutState, Failure)> for NotSent {
    fn from((state, failure): (OutState, Failure)) -> Self {
        Self::Ended(state, failure)
    }
}

/// What is known of an attempt.
#[derive(Debug, Default)]
pub(super) struct Attempt {
    /// A way to answer directly, taken by an attempt that never left.
    handle: Option<ReplyHandle>,
    /// When the message was handed over.
    handed: Option<Timestamp>,
    /// Whether the bot's first words in a new conversation had not come by then.
    ungreeted: bool,
}

/// One delivery.
pub(super) struct Courier<'a> {
    pub(super) runtime: &'a Runtime,
    pub(super) turn: Turn,
    pub(super) stream: bool,
    pub(super) retry: Retry,
    pub(super) stop: watch::Receiver<Stop>,
    pub(super) sender: ChannelSender,
    /// What is known of the attempt under way.
    pub(super) attempt: Attempt,
}

impl Courier<'_> {
    /// Delivers the turn and says how it ended, also to the sender.
    pub(super) async fn deliver(mut self) -> Delivered {
        let delivered = match self.send().await {
            Ok((sent, at)) => self.receive(sent, at).await,
            Err(NotSent::Ended(state, failure)) => Delivered::Ended(state, failure),
            Err(NotSent::Withdrawn { held }) => Delivered::Withdrawn { held },
        };
        let step = match &delivered {
            Delivered::Replied { finish, failure, .. } => Step::Done(*finish, failure.clone()),
            Delivered::Accepted { .. } => Step::Accepted,
            Delivered::Ended(state, failure) => Step::Ended(*state, failure.clone()),
            Delivered::Withdrawn { held } => Step::Withdrawn { held: *held },
        };
        self.tell(step).await;
        delivered
    }

    async fn tell(&self, step: Step) {
        self.sender.send(ChannelEvent::Turn(self.turn.id.clone(), step)).await;
    }

    /// Claims the turn and hands it over, as often as is safe.
    async fn send(&mut self) -> Result<(Sent, Instant), NotSent> {
        let store = self.runtime.store();
        // Held, not refused: it goes out where writing is allowed.
        if let Err(failure) = self.runtime.writable() {
            return Err(NotSent::Ended(OutState::Queued, failure));
        }
        let adapter = match self.runtime.adapter().await {
            Ok(adapter) => adapter,
            Err(failure) => return Err(NotSent::Ended(OutState::Queued, failure)),
        };
        #[cfg(feature = "planted")]
        if crate::domain::PlantedFault::OutboxAfterBytes.is_planted() {
            let at = Instant::now();
            let sent = self.attempt(adapter.as_ref()).await.map_err(|error| (OutState::Queued, error.failure))?;
            let _ = store.claim(&self.turn.id, Timestamp::now()).await;
            return Ok((sent, at));
        }
        match store.claim(&self.turn.id, Timestamp::now()).await {
            Ok(true) => {}
            Ok(false) => return Err(self.not_claimed().await),
            Err(error) => return Err(NotSent::Ended(OutState::Queued, error_map::before_sending(&error))),
        }
        self.tell(Step::Sending).await;
        let mut attempt = 0;
        loop {
            attempt += 1;
            let at = Instant::now();
            let error = match self.attempt(adapter.as_ref()).await {
                Ok(sent) => return Ok((sent, at)),
                Err(error) => error,
            };
            let wait = retry::next_wait_ms(&self.retry, attempt, &error);
            let Some(wait_ms) = wait.filter(|_| *self.stop.borrow() == Stop::No) else {
                return Err(self.settle_failed(error).await.into());
            };
            let until = Timestamp::now().plus_millis(i64::try_from(wait_ms).unwrap_or(i64::MAX));
            self.tell(Step::Waiting(until, error.failure.sentence())).await;
            tokio::select! {
                () = tokio::time::sleep(Duration::from_millis(wait_ms)) => {}
                _ = stopped(&mut self.stop) => return Err(self.settle_failed(error).await.into()),
            }
            let noted = store.note_attempt(&self.turn.id, &error.failure, Timestamp::now()).await;
            if let Err(error) = noted {
                tracing::warn!(turn = %self.turn.id, %error, "the attempt could not be written down");
            }
            self.tell(Step::Sending).await;
        }
    }

    /// Why a turn could not be claimed: somebody else sends it, or it is not to be sent now.
    async fn not_claimed(&self) -> NotSent {
        let now = self.runtime.store().turn(&self.turn.id).await;
        match now {
            Ok(Some(turn)) if turn.state == OutState::Queued => NotSent::Withdrawn { held: true },
            Ok(Some(turn)) if turn.state == OutState::Cancelled => NotSent::Withdrawn { held: false },
            _ => {
                let failure = Failure::new(Kind::Failed, "Another patchcord is sending this message.");
                NotSent::Ended(OutState::Sending, failure)
            }
        }
    }

    /// One attempt: opens the conversation where the platform needs one, and sends.
    async fn attempt(&mut self, adapter: &dyn Adapter) -> Result<Sent, CallError> {
        let can = adapter.capabilities();
        if self.turn.conversation.is_none() && can.start && (self.stream || can.local) {
            let started = tokio::select! {
                started = adapter.start() => started.map_err(before_the_message)?,
                why = stopped(&mut self.stop) => return Err(taken_back(why)),
            };
            self.bind(started.conversation).await?;
            if can.local {
                self.attempt.ungreeted = tokio::select! {
                    greeted = local::greeted(self.runtime, &self.turn) => !greeted,
                    why = stopped(&mut self.stop) => return Err(taken_back(why)),
                };
            }
        }
        let attach = uploads::read(&self.turn.attach).await?;
        if can.is_bot {
            self.take_handle().await;
        }
        let outgoing = Outgoing {
            conversation: self.turn.conversation.clone(),
            text: self.turn.text.clone(),
            stream: self.stream && can.stream,
            attach,
            quick_replies: uploads::offered(&self.turn.attach),
            reply: self.attempt.handle.clone(),
        };
        self.attempt.handed = Some(Timestamp::now());
        let sent = tokio::select! {
            sent = adapter.send(&outgoing) => sent,
            why = stopped(&mut self.stop) => Err(CallError {
                outcome: Outcome::Unknown,
                failure: Failure::new(Kind::UnknownDelivery, match why {
                    Stop::Deadline => "The time was up before the platform answered; the message may have arrived.",
                    Stop::User | Stop::No => "It was stopped before the platform answered; the message may have arrived.",
                }).hint("It is not sent again by itself."),
            }),
        };
        if !matches!(&sent, Err(error) if error.outcome == Outcome::NotSent) {
            // A way to answer is used once, whatever came of it.
            self.attempt.handle = None;
        }
        sent
    }

    /// The turn's conversation is known: the store and the screen learn it.
    async fn bind(&mut self, conversation: ConversationId) -> Result<(), CallError> {
        let bound = self.runtime.store().bind(&self.turn.id, &conversation).await;
        bound.map_err(|e| error_map::not_sent(error_map::before_sending(&e)))?;
        self.turn.conversation = Some(conversation.clone());
        self.tell(Step::Bound(conversation)).await;
        Ok(())
    }

    /// Writes down what is known of a message that did not go through, or of which that is not known.
    async fn settle_failed(&mut self, error: CallError) -> (OutState, Failure) {
        let (store, id, told) = (self.runtime.store().clone(), self.turn.id.clone(), error.failure.clone());
        let CallError { outcome, failure } = error;
        let state = match outcome {
            Outcome::NotSent if *self.stop.borrow() != Stop::No => OutState::Cancelled,
            Outcome::NotSent => OutState::Queued,
            Outcome::Busy { .. } | Outcome::Refused => OutState::Rejected,
            Outcome::Unknown | Outcome::Passing { .. } => OutState::Unknown,
            // It was taken, and its answer makes no sense: the reply is missing, the message is not.
            Outcome::Accepted => OutState::Sent,
        };
        let requeue = {
            let (store, id, told) = (store.clone(), id.clone(), told.clone());
            move || store.requeue_unsent(&id, Some(&told))
        };
        let written = match state {
            OutState::Queued => durable_write::until_written(requeue).await.map(|()| state),
            OutState::Cancelled => match durable_write::until_written(requeue).await {
                Ok(()) => durable_write::until_written(move || store.drop_turn(&id)).await.map(|()| state),
                Err(error) => Err(error),
            },
            // Nobody but the store keeps the history, so it has to stand there.
            OutState::Sent if self.turn.conversation.is_some() && self.is_local() => match self.file(None).await {
                Delivered::Ended(state, unfiled) => return (state, unfiled),
                _ => Ok(state),
            },
            // The history may have told of it meanwhile: then it is sent, and not unknown.
            state => durable_write::until_written(move || store.settle(&id, state, Some(&told))).await,
        };
        match written {
            Ok(state) => (state, failure),
            Err(error) => {
                tracing::error!(turn = %self.turn.id, %error, "the outcome could not be stored");
                let failure = if state == OutState::Sent { error_map::after_sending(TAKEN, &error) } else { failure };
                (state, failure)
            }
        }
    }

    /// Takes the reply, whole or piece by piece.
    async fn receive(&mut self, sent: Sent, at: Instant) -> Delivered {
        let store = self.runtime.store().clone();
        if self.turn.conversation.is_none()
            && let Some(conversation) = sent.conversation
            && let Err(error) = self.bind(conversation).await
        {
            tracing::error!(turn = %self.turn.id, kind = error.failure.kind.as_str(), "the conversation could not be stored");
        }
        if let ReplyMode::Later = sent.answer {
            return self.file(sent.via).await;
        }
        let id = self.turn.id.clone();
        // Not awaited before the first read: the first word should not wait for the disk.
        let settled = tokio::spawn(durable_write::until_written(move || store.settle(&id, OutState::Sent, None)));
        self.tell(Step::Sent).await;
        let (mut reply, mut failure, damaged) = match sent.answer {
            ReplyMode::Now(piece) => {
                let ms = millis(at.elapsed());
                let (text, damaged) = (piece.text.clone(), piece.skipped);
                let (finish, failure) = whole(piece.finish.unwrap_or(Finish::Stop), damaged);
                self.tell(Step::Delta(piece)).await;
                let finish = Some(finish);
                let told = Reply { finish, first_word_ms: Some(ms), took_ms: Some(ms), ..Reply::default() };
                (Growing::whole(text, told), failure, damaged)
            }
            ReplyMode::Stream(stream) => self.read_stream(stream, at).await,
            ReplyMode::Later => (Growing::new(), None, 0),
        };
        let reply = reply.now();
        if let Ok(Err(error)) = settled.await {
            tracing::error!(turn = %self.turn.id, %error, "the outcome could not be stored");
            failure = Some(error_map::after_sending(TAKEN, &error));
        } else if let Err(error) = self.write_reply(&reply).await {
            tracing::error!(turn = %self.turn.id, %error, "the reply could not be stored");
            failure = Some(error_map::after_sending("The message went out and was answered", &error));
        }
        Delivered::Replied {
            conversation: self.turn.conversation.clone(),
            finish: reply.told.finish.unwrap_or(Finish::Cut),
            ms: (reply.told.first_word_ms, reply.told.took_ms),
            text: Arc::unwrap_or_clone(reply.text),
            failure,
            damaged,
        }
    }

    /// Writes the reply down as it is in the end.
    async fn write_reply(&self, reply: &Written) -> Result<(), StoreError> {
        let (store, id, reply) = (self.runtime.store().clone(), self.turn.id.clone(), reply.clone());
        let write = move || store.write_shared_reply(&id, &reply.told, Arc::clone(&reply.text));
        durable_write::until_written(write).await
    }
}

/// Waits until the delivery is to stop; for ever if nobody can say so any more.
async fn stopped(stop: &mut watch::Receiver<Stop>) -> Stop {
    let why = stop.wait_for(|s| *s != Stop::No).await.map(|s| *s);
    match why {
        Ok(why) => why,
        Err(_) => std::future::pending().await,
    }
}

/// Opening a conversation failed: whatever became of that call, the message itself never left.
fn before_the_message(error: CallError) -> CallError {
    let outcome = match error.outcome {
        Outcome::Unknown | Outcome::Accepted => Outcome::Refused,
        other => other,
    };
    CallError { outcome, failure: error.failure }
}

fn taken_back(why: Stop) -> CallError {
    error_map::not_sent(match why {
        Stop::Deadline => Failure::new(Kind::Network, "The time was up before the message could be sent."),
        Stop::User | Stop::No => Failure::new(Kind::Interrupted, "It was stopped before the message was sent."),
    })
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
