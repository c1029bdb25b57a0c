//! Joining the reads of a stream that come in a burst.

use std::future::poll_fn;
use std::task::Poll;

use futures_util::FutureExt as _;

use crate::domain::Piece;
use crate::platform::{CallError, ReplyStream};

/// How many turns the connection gets to bring what has arrived.
const TURNS: u32 = 3;
/// How much text is joined at the most before it is shown.
const MOST: usize = 256 * 1024;

/// Whether a stream has ended.
pub(super) enum StreamState {
    /// It has not.
    Open,
    /// Without another word.
    Closed,
    /// With this.
    Failed(CallError),
}

/// Joins a read with all that is there already. The connection is a task of its own, which brings one piece each time
/// that it gets its turn: only when it had a few and brought nothing is there no more.
pub(super) async fn joined(
    first: Option<Result<Piece, CallError>>,
    stream: &mut dyn ReplyStream,
) -> (Piece, StreamState) {
    let mut whole = Piece::default();
    let mut read = first;
    loop {
        match read {
            // Most reads are alone.
            Some(Ok(piece)) if whole == Piece::default() => whole = piece,
            Some(Ok(piece)) => whole.join(&piece),
            Some(Err(error)) => return (whole, StreamState::Failed(error)),
            None => return (whole, StreamState::Closed),
        }
        if whole.done() || whole.text.len() > MOST {
            return (whole, StreamState::Open);
        }
        let mut turns = 0;
        read = loop {
            match stream.next().now_or_never() {
                Some(next) => break next,
                None if turns == TURNS => return (whole, StreamState::Open),
                None => {
                    turns += 1;
                    turn().await;
                }
            }
        };
    }
}

/// Lets all others that are ready have their turn first. The runtime's own way to yield also asks the system for news
/// each time, which for a delta each would be most of what a fast reply costs.
async fn turn() {
    let mut waited = false;
    poll_fn(|cx| {
        if waited {
            return Poll::Ready(());
        }
        waited = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
