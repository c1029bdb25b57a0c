//! One message and its reply, as a command sees it.

use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::{history, reply};
use crate::app::{ChannelEvent, Event, Step};
use crate::domain::{
    Attach, Capabilities, Failure, Finish, Kind, OutState, QueueEntry, Role, Timestamp, Turn, TurnId,
};
use crate::http::policies;
use crate::runtime::channel_sender::ChannelSender;
use crate::runtime::courier::{Attempt, Courier, Delivered, Stop};
use crate::runtime::{ChatProgress, ChatReply, ChatRequest, Runtime, durable_write, error_map};

/// When a message of unknown fate is looked for in the platform's history, in milliseconds after each other.
const LOOKS_MS: [u64; 3] = [300, 1_000, 2_500];
/// How long that may take in all: a platform that answers nothing any more is not waited for.
const LOOKING: Duration = Duration::from_secs(15);

/// Tells the courier to stop when the command's future is dropped.
struct StopOnDrop(watch::Sender<Stop>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.send_if_modified(|stop| {
            let first = *stop == Stop::No;
            if first {
                *stop = Stop::User;
            }
            first
        });
    }
}

/// Sends one message and brings the reply.
pub(in crate::runtime) async fn chat(
    runtime: &Runtime,
    request: ChatRequest,
    on: &mut (dyn FnMut(ChatProgress) + Send),
) -> Result<ChatReply, Failure> {
    runtime.writable()?;
    // A wrong secret or an unknown platform is told before anything is written down.
    let adapter = runtime.adapter().await?;
    let can = adapter.capabilities();
    permitted(runtime, &can, &request)?;
    if let Some(id) = &request.conversation
        && runtime.store().conversation(&runtime.channel()?, id).await.map_err(|e| error_map::store(&e))?.is_none()
    {
        adapter.names(id)?;
    }
    let awaited = can.local && (!can.is_bot || request.timeout.is_some());
    if awaited {
        // Before the message leaves: its reply can be faster than the platform's word that it took it.
        reply::listen(runtime).await?;
    }
    let turn = turn(runtime, &request)?;
    runtime.store().enqueue(&turn).await.map_err(|e| error_map::before_sending(&e))?;
    if let Some(id) = &turn.conversation {
        on(ChatProgress::Conversation(id.clone()));
    }
    let (stopper, stop) = watch::channel(Stop::No);
    let stopper = StopOnDrop(stopper);
    let (sender, mut events) = mpsc::channel(64);
    let sender = ChannelSender::new(sender, turn.channel.clone());
    let (delivered, delivery) = tokio::sync::oneshot::channel();
    let task = {
        let (runtime, turn) = (runtime.clone(), turn.clone());
        let stream = request.stream;
        tokio::spawn(async move {
            let retry = policies::COMMAND;
            let courier =
                Courier { runtime: &runtime, turn, stream, retry, stop, sender, attempt: Attempt::default() };
            let _ = delivered.send(courier.deliver().await);
        })
    };
    runtime.keep(task);
    let deadline = request.timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    let mut late = false;
    let mut known = turn.conversation.clone();
    loop {
        let event = tokio::select! {
            event = events.recv() => event,
            () = until(deadline), if !late => {
                late = true;
                stopper.0.send_replace(Stop::Deadline);
                continue;
            }
        };
        let Some(event) = event else { break };
        match of_the_turn(event) {
            Some(Step::Bound(id)) => {
                known = Some(id.clone());
                on(ChatProgress::Conversation(id));
            }
            Some(Step::Delta(piece)) => {
                if let Some(whole) = &piece.instead {
                    on(ChatProgress::Corrected(whole.clone()));
                }
                piece.deltas().for_each(|delta| on(ChatProgress::Delta(delta.to_owned())));
            }
            Some(Step::Finished(finish)) => on(ChatProgress::Finished(finish)),
            Some(Step::Waiting(until, why)) => {
                let seconds = until.since(Timestamp::now()).div_ceil(1_000);
                on(ChatProgress::Waiting { seconds, why });
            }
            Some(_) | None => {}
        }
    }
    match delivery.await.map_err(|_| gone())? {
        Delivered::Replied { conversation, text, finish, failure, damaged, ms } => {
            let conversation = conversation.or(known);
            Ok(timed(ChatReply { conversation, text, finish, failure, damaged, ..ChatReply::default() }, ms))
        }
        Delivered::Accepted { conversation, place, ungreeted } if awaited => {
            on(ChatProgress::Accepted);
            tokio::select! {
                came = reply::wait(runtime, &conversation, (place, ungreeted), on) => came,
                () = until(deadline.or(Instant::now().checked_add(reply::LONGEST))) => Ok(reply::missing(conversation)),
            }
        }
        Delivered::Accepted { conversation, .. } => {
            Ok(ChatReply { conversation: Some(conversation), finish: Finish::Stop, ..ChatReply::default() })
        }
        Delivered::Ended(OutState::Unknown, failure) if late => Err(failure),
        Delivered::Ended(OutState::Unknown, failure) => {
            let turn = Turn { conversation: known, ..turn };
            tokio::select! {
                found = look_for(runtime, &turn, failure.clone(), on) => found,
                () = until(deadline) => Err(failure),
                () = tokio::time::sleep(LOOKING) => Err(failure),
            }
        }
        Delivered::Ended(OutState::Queued | OutState::Rejected, failure) => {
            Err(taken_back(runtime, &turn.id, failure).await)
        }
        Delivered::Ended(_, failure) => Err(failure),
        Delivered::Withdrawn { .. } => {
            Err(Failure::new(Kind::Interrupted, "Another window took the message back before it was sent."))
        }
    }
}

/// A reply with the milliseconds to its first word and to its end.
fn timed(reply: ChatReply, (first_word_ms, took_ms): (Option<u64>, Option<u64>)) -> ChatReply {
    ChatReply { first_word_ms, took_ms, ..reply }
}

/// The delivery is gone without a word.
fn gone() -> Failure {
    let why = "The delivery ended without saying how; the message may have arrived.";
    Failure::new(Kind::UnknownDelivery, why).hint("It is not sent again by itself. What was sent is in the store.")
}

/// A command that said that it failed leaves nothing that another window would send or ask about. Where that can't be
/// written down, it says so.
async fn taken_back(runtime: &Runtime, turn: &TurnId, failure: Failure) -> Failure {
    let (store, turn) = (runtime.store().clone(), turn.clone());
    match durable_write::until_written(move || store.drop_turn(&turn)).await {
        Ok(()) => failure,
        Err(error) => {
            tracing::warn!(%error, "the message that was not sent could not be taken back");
            failure.hint("It was not sent, and stays in the outbox: drop it there, or send it from there.")
        }
    }
}

/// Whether the channel's platform can take it at all.
fn permitted(runtime: &Runtime, can: &Capabilities, request: &ChatRequest) -> Result<(), Failure> {
    if !can.send {
        let what =
            format!("The channel {} takes no messages: its platform has no way to send one.", runtime.channel()?);
        return Err(Failure::new(Kind::Invalid, what));
    }
    if !can.attach && request.attach.iter().any(|one| !matches!(one, Attach::Offer(_))) {
        let what = format!("The channel {} takes no attachments, so nothing was sent.", runtime.channel()?);
        return Err(Failure::new(Kind::Invalid, what).hint("Leave --attach out, or put a link into the message."));
    }
    if !can.is_bot && request.attach.iter().any(|one| matches!(one, Attach::Offer(_))) {
        let what =
            format!("On the channel {} the bot offers answers, not you; nothing was sent.", runtime.channel()?);
        return Err(Failure::new(Kind::Invalid, what).hint("Leave --quick-reply out."));
    }
    Ok(())
}

/// Waits until then; for ever where there is no such time.
async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}

/// What happened to the message, if that is what it is about.
fn of_the_turn(event: Event) -> Option<Step> {
    match event {
        Event::Channel(_, ChannelEvent::Turn(_, step)) => Some(step),
        _ => None,
    }
}

fn turn(runtime: &Runtime, request: &ChatRequest) -> Result<Turn, Failure> {
    Ok(Turn {
        id: TurnId::new(uuid::Uuid::now_v7().to_string()),
        channel: runtime.channel()?,
        conversation: request.conversation.clone(),
        text: request.text.clone(),
        state: OutState::Queued,
        created: Timestamp::now(),
        message_id: None,
        failure: None,
        reply: None,
        queue: QueueEntry::default(),
        attach: request.attach.clone(),
    })
}

/// Nobody knows whether the message arrived: the platform's history may. Nothing is sent again.
async fn look_for(
    runtime: &Runtime,
    turn: &Turn,
    failure: Failure,
    on: &mut (dyn FnMut(ChatProgress) + Send),
) -> Result<ChatReply, Failure> {
    let (Some(conversation), Kind::UnknownDelivery) = (&turn.conversation, failure.kind) else {
        return Err(failure);
    };
    let Ok(adapter) = runtime.adapter().await else { return Err(failure) };
    if !adapter.capabilities().history {
        return Err(failure);
    }
    for wait in LOOKS_MS {
        tokio::time::sleep(Duration::from_millis(wait)).await;
        if history::refresh(runtime, conversation, policies::COMMAND, None).await.is_err() {
            continue;
        }
        let channel = runtime.channel()?;
        // What can't be read tells nothing of the message.
        let Ok(turns) = runtime.store().turns(&channel, Some(conversation)).await else { continue };
        if turns.iter().any(|t| t.id == turn.id && t.state == OutState::Unknown) {
            continue;
        }
        let Ok(slice) = runtime.store().messages(&channel, conversation, None, 2).await else { continue };
        let cut = Failure::new(Kind::Cut, "The message arrived, but its reply did not come back.")
            .hint("It was not sent again. `conversations show` brings the reply once the platform has it.");
        return Ok(match slice.entries.last().filter(|e| e.message.role == Role::Assistant) {
            Some(entry) => {
                on(ChatProgress::Delta(entry.message.text.clone()));
                ChatReply {
                    conversation: Some(conversation.clone()),
                    text: entry.message.text.clone(),
                    finish: Finish::Stop,
                    ..ChatReply::default()
                }
            }
            None => {
                ChatReply { conversation: Some(conversation.clone()), failure: Some(cut), ..ChatReply::default() }
            }
        });
    }
    Err(failure)
}
