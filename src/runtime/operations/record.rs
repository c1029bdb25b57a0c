//! All that is known of one message: the store's, brought up to date from the platform where a command asks.

use super::history;
use crate::domain::{ConversationId, Failure, Kind, MessageId, MessageRef, Record, Role, TurnId};
use crate::http::policies;
use crate::runtime::{Runtime, error_map};

/// What the store knows of a message; none where it knows none.
pub(in crate::runtime) async fn read(
    runtime: &Runtime,
    conversation: Option<&ConversationId>,
    which: &MessageRef,
) -> Result<Option<Record>, Failure> {
    let channel = runtime.channel()?;
    let found = runtime.store().record(&channel, conversation, which).await.map_err(|e| error_map::store(&e))?;
    let Some(mut record) = found else { return Ok(None) };
    // The outbox does not know who the user is to the bot.
    if !record.filed && matches!(which, MessageRef::Ask(_)) && runtime.capabilities()?.is_bot {
        record.message.role = Role::Assistant;
    }
    Ok(Some(record))
}

/// The same for a message that a command names: by the platform's id, or by the one that it has in the outbox. The
/// platform is asked for what is new first; if it can't be, what is known here is told all the same.
pub(in crate::runtime) async fn find(
    runtime: &Runtime,
    conversation: &ConversationId,
    id: &str,
) -> Result<Record, Failure> {
    let capabilities = runtime.capabilities()?;
    let asked = if capabilities.history {
        history::refresh(runtime, conversation, policies::COMMAND, None).await
    } else {
        Ok(())
    };
    let ways = [MessageRef::Filed(MessageId::new(id)), MessageRef::Ask(TurnId::new(id))];
    for which in &ways {
        let found = read(runtime, Some(conversation), which).await?;
        // An id of the outbox is unlike any other, and says nothing of the conversation that was named.
        let here = |record: &Record| record.conversation.as_ref() == Some(conversation);
        if let Some(record) = found.filter(here) {
            return Ok(record);
        }
    }
    asked?;
    let what = format!("the conversation {conversation} has no message {id}");
    Err(Failure::new(Kind::NotFound, what).hint("`conversations show --json` tells every message's id."))
}
