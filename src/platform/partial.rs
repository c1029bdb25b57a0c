//! A reply that came whole and says that it failed: what there is of it, and then why there isn't more.

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::{CallError, ReplyStream};
use crate::domain::Piece;

/// The piece, the error, and the end; each once.
pub(super) struct Partial {
    piece: Option<Piece>,
    error: Option<CallError>,
}

impl Partial {
    pub(super) fn new(piece: Piece, error: CallError) -> Self {
        Self { piece: Some(piece), error: Some(error) }
    }
}

impl ReplyStream for Partial {
    fn next(&mut self) -> BoxFuture<'_, Option<Result<Piece, CallError>>> {
        let next = self.piece.take().map(Ok).or_else(|| self.error.take().map(Err));
        async move { next }.boxed()
    }
}
