//! Performing what is asked of the outbox for what waits in it.

use crate::app::{ChannelEvent, QueueEffect, QueueEvent};
use crate::domain::{Failure, OutState, Timestamp, Turn, TurnId};
use crate::runtime::channel_sender::ChannelSender;
use crate::runtime::{Runtime, error_map};
use crate::store::StoreError;

/// Does it, and sends what came of it. An error is the store's.
pub(super) async fn perform(runtime: &Runtime, sender: &ChannelSender, effect: QueueEffect) -> Result<(), Failure> {
    let store = runtime.store();
    let say = |event: QueueEvent| sender.send(ChannelEvent::Queue(event));
    match effect {
        QueueEffect::Hold(turns) => {
            let held = store.hold(&turns).await.map_err(|error| error_map::store(&error))?;
            say(QueueEvent::Held(held)).await;
        }
        QueueEffect::Release(conversation) => {
            let released = store.release(&runtime.channel()?, conversation.as_ref()).await;
            say(QueueEvent::Released(released.map_err(|error| error_map::store(&error))?)).await;
        }
        QueueEffect::TakeBack(turn) => match store.take_back(&turn, Timestamp::now()).await {
            Ok(taken) => {
                tell_places(runtime, sender, &turn).await?;
                say(QueueEvent::TakenBack(Box::new(taken))).await;
            }
            Err(error) => say(gone(turn, &error)?).await,
        },
        QueueEffect::Drop(turn) => match store.drop_waiting(&turn).await {
            Ok(dropped) => say(QueueEvent::Dropped(Box::new(dropped))).await,
            Err(error) => say(gone(turn, &error)?).await,
        },
        QueueEffect::Move { turn, up } => match store.move_waiting(&turn, up).await {
            Ok(places) => say(QueueEvent::Ranked(places)).await,
            Err(error) => say(gone(turn, &error)?).await,
        },
    }
    Ok(())
}

/// Tells the places of the turns of a turn's conversation.
pub(super) async fn tell_places(runtime: &Runtime, sender: &ChannelSender, turn: &TurnId) -> Result<(), Failure> {
    let places = runtime.store().places(turn).await.map_err(|error| error_map::store(&error))?;
    sender.send(ChannelEvent::Queue(QueueEvent::Ranked(places))).await;
    Ok(())
}

/// The turn in whose place a draft is being written, if it was taken back.
pub(super) async fn taken_back(runtime: &Runtime, of: Option<&TurnId>) -> Result<Option<Turn>, Failure> {
    let Some(of) = of else { return Ok(None) };
    let turn = runtime.store().turn(of).await.map_err(|error| error_map::store(&error))?;
    Ok(turn.filter(|turn| turn.state == OutState::Cancelled))
}

/// What became of a turn meanwhile, by what the store refused; another error is one.
fn gone(turn: TurnId, error: &StoreError) -> Result<QueueEvent, Failure> {
    match error {
        StoreError::Illegal { from, .. } => Ok(QueueEvent::Gone(turn, Some(*from))),
        StoreError::UnknownTurn(_) => Ok(QueueEvent::Gone(turn, None)),
        error => Err(error_map::store(error)),
    }
}
