//! The operator's desk: what is kept of conversations on this machine, and all channels' conversations as one list. No
//! platform is asked or told.

use std::collections::HashSet;

use crate::app::Reminder;
use crate::domain::{
    ChannelName, ConversationId, DeskChange, DeskChanged, DeskEntry, DeskFilter, DeskPage, DeskRow, Failure, Kind,
    Timestamp,
};
use crate::runtime::{Runtime, error_map, pump};
use crate::store::{DeskQuery, RosterCursor, StoreError};

impl Runtime {
    /// Changes what is kept of these conversations of the channel that is meant: of all of them, or of none.
    ///
    /// # Errors
    ///
    /// `Kind::NotFound` where the store has no such conversation, `Kind::Invalid` where one can't be changed so.
    pub async fn keep_of(&self, ids: &[ConversationId], change: &DeskChange) -> Result<DeskChanged, Failure> {
        let channel = self.channel()?;
        for id in ids {
            known(self, &channel, id).await?;
        }
        let ids: Vec<_> = ids.iter().map(|id| (channel.clone(), id.clone())).collect();
        let changed = self.store().desk_change(&ids, change, Timestamp::now()).await;
        changed.map_err(|error| error_map::store(&error))
    }

    /// What is kept of a conversation of the channel that is meant.
    ///
    /// # Errors
    ///
    /// `Kind::NotFound` where the store has no such conversation.
    pub async fn kept_of(&self, id: &ConversationId) -> Result<DeskRow, Failure> {
        let channel = self.channel()?;
        known(self, &channel, id).await?;
        let rows = self.store().desk(Some(&channel)).await.map_err(|error| error_map::store(&error))?;
        let nothing = || DeskRow { channel, conversation: id.clone(), entry: DeskEntry::default() };
        Ok(rows.into_iter().find(|row| row.conversation == *id).unwrap_or_else(nothing))
    }

    /// One page of the conversations of all channels, or of the one that was asked for; as the store knows them.
    ///
    /// # Errors
    ///
    /// `Kind::Invalid` where the cursor is none.
    pub async fn all_conversations(
        &self,
        only: Option<&ChannelName>,
        filter: DeskFilter,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<DeskPage, Failure> {
        let after = match cursor {
            Some(text) => Some(RosterCursor::parse(text).ok_or_else(|| {
                Failure::new(Kind::Invalid, "--cursor is none that a page ended with")
                    .hint("It is the `next_cursor` of the page before.")
            })?),
            None => None,
        };
        wake(self, None).await?;
        page(self, only, filter, after, limit).await
    }
}

async fn known(runtime: &Runtime, channel: &ChannelName, id: &ConversationId) -> Result<(), Failure> {
    let found = runtime.store().conversation(channel, id).await.map_err(|error| error_map::store(&error))?;
    found.map(drop).ok_or_else(|| {
        Failure::new(Kind::NotFound, format!("No conversation {id} of the channel {channel} is known here."))
            .hint("`conversations list` reads them from the platform.")
    })
}

/// One page of all channels' conversations: of those that the config file has.
pub(in crate::runtime) async fn page(
    runtime: &Runtime,
    only: Option<&ChannelName>,
    filter: DeskFilter,
    after: Option<RosterCursor>,
    limit: usize,
) -> Result<DeskPage, Failure> {
    let config = runtime.inner.configured.config();
    let configured = &config.channels;
    let meant = configured.iter().filter(|channel| only.is_none_or(|only| channel.name == *only));
    let channels = meant
        .map(|channel| (channel.name.clone(), runtime.inner.platforms.capabilities(channel).is_bot))
        .collect::<Vec<_>>();
    let unread = unread(runtime, &channels).await;
    let query = DeskQuery { channels, filter, unread, after, limit };
    runtime.store().desk_list(query).await.map_err(|error| error_map::store(&error))
}

/// What is not looked at yet, as the screens remember it.
async fn unread(runtime: &Runtime, channels: &[(ChannelName, bool)]) -> HashSet<(ChannelName, ConversationId)> {
    let mut unread = HashSet::new();
    for (channel, _) in channels {
        let Ok(Some(kept)) = runtime.store().recall(channel, pump::UNREAD).await else { continue };
        let ids = kept.lines().filter(|id| !id.is_empty()).map(|id| (channel.clone(), ConversationId::new(id)));
        unread.extend(ids);
    }
    unread
}

/// Looks whether it is time for what sleeps, and whether somebody wrote in what is out of the way. Tells what changed, and
/// what is awake and was not looked at.
pub(in crate::runtime) async fn wake(
    runtime: &Runtime,
    only: Option<(ChannelName, ConversationId)>,
) -> Result<(Vec<DeskRow>, Vec<Reminder>), Failure> {
    let failed = |error: StoreError| error_map::store(&error);
    let (changed, awake) = runtime.store().desk_wake(Timestamp::now(), only).await.map_err(failed)?;
    let mut reminders = Vec::with_capacity(awake.len());
    for DeskRow { channel, conversation, .. } in awake {
        let known = runtime.store().conversation(&channel, &conversation).await.map_err(failed)?;
        let title = known.map(|row| row.conversation.title).unwrap_or_default();
        reminders.push(Reminder { key: (channel, conversation), title });
    }
    Ok((changed, reminders))
}
