//! What the platform has of conversations and their messages, page by page.

use super::pages::Totals;
use super::{Runtime, operations};
use crate::domain::{Conversation, ConversationId, Failure, Message, Page, PageRequest, Record, Timestamp};
use crate::http::policies;
use crate::platform::ListRequest;

impl Runtime {
    /// One page of the platform's conversations, which the store then knows too; of those alone that began between
    /// the two times, where the platform can tell.
    ///
    /// # Errors
    ///
    /// `Kind::Invalid` where the platform lists none and the store keeps none; else what the call failed of.
    pub async fn list(
        &self,
        page: &PageRequest,
        since: Option<Timestamp>,
        until: Option<Timestamp>,
    ) -> Result<Page<Conversation>, Failure> {
        self.list_page(page, Totals::Wanted, (since, until)).await
    }

    /// The same, for who reads page after page: where nobody asks how many there are in all, nobody counts.
    ///
    /// # Errors
    ///
    /// As for [`Runtime::list`].
    pub async fn list_page(
        &self,
        page: &PageRequest,
        totals: Totals,
        (since, until): (Option<Timestamp>, Option<Timestamp>),
    ) -> Result<Page<Conversation>, Failure> {
        let request = ListRequest { page: page.clone(), since, until };
        operations::history::list(self, &request, totals, policies::COMMAND, |_| {}).await
    }

    /// One page of a conversation's messages, oldest first.
    ///
    /// # Errors
    ///
    /// What the call failed of, or that there is no such conversation.
    pub async fn messages(
        &self,
        conversation: &ConversationId,
        page: &PageRequest,
        totals: Totals,
    ) -> Result<Page<Message>, Failure> {
        operations::history::messages(self, conversation, page, totals, policies::COMMAND).await
    }

    /// All that is known of one message, by the platform's id of it or by that of the outbox.
    ///
    /// # Errors
    ///
    /// `Kind::NotFound` where neither store nor platform has it; else what the call failed of.
    pub async fn message(&self, conversation: &ConversationId, id: &str) -> Result<Record, Failure> {
        operations::record::find(self, conversation, id).await
    }
}
