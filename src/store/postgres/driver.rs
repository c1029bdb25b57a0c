//! The inner loop of a link: a connection is moved on while somebody waits for its answer, and by nobody else. What the
//! server says by itself, notifications and notices, is read on the way.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::{Context, Poll};

use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{AsyncMessage, Connection, Error, Notification};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::dial::Wire;
use super::error::LinkError;
use super::server_error::ServerError;

/// A connection as the driver library hands it out.
pub(super) type RawConnection = Connection<Wire, <MakeRustlsConnect as MakeTlsConnect<Wire>>::Stream>;

/// A connection that is moved on by hand.
pub(super) struct Driver {
    /// Dropped once it is over: whoever waits for an answer of it then has one.
    connection: Option<RawConnection>,
    notifications: VecDeque<Notification>,
    /// Set once it is over: what every call is answered from then on.
    ended: Option<LinkError>,
    /// A commit didn't wait for its standby.
    unreplicated: bool,
}

impl Driver {
    pub(super) const fn new(connection: RawConnection) -> Self {
        Self { connection: Some(connection), notifications: VecDeque::new(), ended: None, unreplicated: false }
    }

    /// What every call is answered once the connection is over.
    pub(super) const fn ended(&self) -> Option<&LinkError> {
        self.ended.as_ref()
    }

    /// With which words the server ended it.
    pub(super) fn last_words(&self) -> Option<Box<ServerError>> {
        match &self.ended {
            Some(LinkError::Closed(words)) => words.clone(),
            _ => None,
        }
    }

    /// Takes no more calls.
    pub(super) fn end(&mut self) {
        self.finish(None);
    }

    fn finish(&mut self, words: Option<Box<ServerError>>) {
        self.connection = None;
        self.ended.get_or_insert(LinkError::Closed(words));
    }

    /// The notifications that came, in their order.
    pub(super) fn notifications(&mut self) -> Vec<Notification> {
        self.notifications.drain(..).collect()
    }

    pub(super) fn has_notification(&self) -> bool {
        !self.notifications.is_empty()
    }

    /// Whether since the last question a commit didn't wait for its standby.
    pub(super) fn take_unreplicated(&mut self) -> bool {
        std::mem::take(&mut self.unreplicated)
    }

    /// A value of the server's that it told when connecting or since.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.connection.as_ref()?.parameter(name)
    }

    /// Reads what has come, and waits for nothing.
    pub(super) async fn catch_up(&mut self) {
        self.turn().await;
        // What has come since the last call is seen once the event loop had its turn.
        tokio::task::yield_now().await;
        self.turn().await;
    }

    async fn turn(&mut self) {
        poll_fn(|context| {
            self.poll(context);
            Poll::Ready(())
        })
        .await;
    }

    /// Waits for a notification, or the connection's end.
    pub(super) async fn notified(&mut self) {
        poll_fn(|context| {
            self.poll(context);
            if self.has_notification() || self.ended.is_some() { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }

    /// Moves the connection on until the work is done.
    pub(super) async fn during<T>(&mut self, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        let mut work = pin!(work);
        poll_fn(|context| {
            // First what is to be sent, then the connection, then what came of it.
            if let Poll::Ready(done) = work.as_mut().poll(context) {
                return Poll::Ready(done);
            }
            self.poll(context);
            work.as_mut().poll(context)
        })
        .await
    }

    fn poll(&mut self, context: &mut Context<'_>) {
        while let Some(connection) = &mut self.connection {
            match connection.poll_message(context) {
                Poll::Pending => return,
                Poll::Ready(Some(Ok(AsyncMessage::Notification(notification)))) => {
                    self.notifications.push_back(notification);
                }
                Poll::Ready(Some(Ok(AsyncMessage::Notice(notice)))) => {
                    tracing::debug!(code = notice.code().code(), "the database: {}", notice.message());
                    // The routine's name is the same in every language.
                    self.unreplicated |= notice.routine() == Some("SyncRepWaitForLSN");
                }
                Poll::Ready(Some(Ok(_))) => {}
                Poll::Ready(Some(Err(error))) => {
                    let words = error.as_db_error().map(|error| Box::new(ServerError::from_db_error(error)));
                    tracing::info!("the connection to the database broke: {error}");
                    self.finish(words);
                }
                Poll::Ready(None) => self.finish(None),
            }
        }
    }
}
