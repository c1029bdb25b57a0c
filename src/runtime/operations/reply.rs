//! A reply that comes by webhook, as a command waits for it: the program listens meanwhile, unless another instance
//! does, whose deliveries it then sees in the store.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use crate::domain::{ConversationId, Failure, Finish, Kind};
use crate::runtime::{ChatProgress, ChatReply, Runtime, error_map, listen};
use crate::store::{StoreError, StoredMessage};

/// How long a reply is waited for where the user set no time. The platform says that one may take up to 60 s.
pub(super) const LONGEST: Duration = Duration::from_secs(90);
/// A reply may be several messages: so long after one, no other follows.
const QUIET: Duration = Duration::from_millis(500);
/// So long after what may have been the bot's first words its answer is waited for.
const ANOTHER: Duration = Duration::from_secs(20);
/// How often the store is looked at where another process listens.
const LOOK: Duration = Duration::from_millis(100);
/// How many messages a reply has at most.
const MOST: usize = 100;

/// Makes sure that somebody listens.
pub(super) async fn listen(runtime: &Runtime) -> Result<(), Failure> {
    listen::begin(runtime, None).await.map(|_| ()).map_err(|failure| {
        let hint = "The platform answers by webhook, and nobody would hear it. Nothing was sent.";
        failure.hint(hint)
    })
}

/// Waits for what is said after that place in the conversation, and tells each message of it. Where the bot's first
/// words are still to come, the first message may be those: then another is waited for, for a while.
pub(super) async fn wait(
    runtime: &Runtime,
    conversation: &ConversationId,
    (place, ungreeted): (i64, bool),
    on: &mut (dyn FnMut(ChatProgress) + Send),
) -> Result<ChatReply, Failure> {
    let mut seen = HashSet::new();
    let mut since = Instant::now();
    loop {
        let came = match after(runtime, conversation, place).await {
            Ok(came) => came,
            Err(error) if error.may_pass() => {
                runtime.news(LOOK).await;
                continue;
            }
            Err(error) => return Ok(unread(conversation.clone(), &error)),
        };
        let new: Vec<&StoredMessage> = came.iter().filter(|entry| !seen.contains(&entry.message.id)).collect();
        if new.is_empty() {
            let first_words = ungreeted && seen.len() == 1 && since.elapsed() < ANOTHER;
            if !seen.is_empty() && !first_words {
                return Ok(whole(conversation, &came));
            }
            runtime.news(LOOK).await;
            continue;
        }
        for entry in &new {
            let between = if seen.is_empty() { "" } else { "\n\n" };
            on(ChatProgress::Delta(format!("{between}{}", entry.message.text)));
            seen.insert(entry.message.id.clone());
        }
        since = Instant::now();
        tokio::time::sleep(QUIET).await;
    }
}

/// The reply of several messages, in the conversation's order.
fn whole(conversation: &ConversationId, came: &[StoredMessage]) -> ChatReply {
    let texts: Vec<&str> = came.iter().map(|entry| entry.message.text.as_str()).collect();
    let extras = || came.iter().map(|entry| &entry.message.extras);
    ChatReply {
        conversation: Some(conversation.clone()),
        text: texts.join("\n\n"),
        finish: Finish::Stop,
        failure: None,
        damaged: 0,
        // What the bot offered last is what can be chosen from.
        quick_replies: extras()
            .rfind(|e| !e.quick_replies.is_empty())
            .map_or_else(Vec::new, |e| e.quick_replies.clone()),
        attachments: extras().flat_map(|e| e.attachments.iter().cloned()).collect(),
        ..ChatReply::default()
    }
}

/// What is said of a message that was taken and not answered in time.
pub(super) fn missing(conversation: ConversationId) -> ChatReply {
    let why = "The message was taken, and no reply came in time.";
    let failure = Failure::new(Kind::Cut, why)
        .hint("It was not sent again. A reply that still comes is kept by whatever patchcord listens then.");
    ChatReply { conversation: Some(conversation), failure: Some(failure), ..ChatReply::default() }
}

/// What is said of a message that was taken, where the store can't be asked for its reply.
fn unread(conversation: ConversationId, error: &StoreError) -> ChatReply {
    let why = error_map::store(error).message;
    let failure = Failure::new(Kind::Cut, format!("The message was taken; its reply can't be read here: {why}"))
        .hint("It was not sent again, and is not to be.");
    ChatReply { conversation: Some(conversation), failure: Some(failure), ..ChatReply::default() }
}

async fn after(
    runtime: &Runtime,
    conversation: &ConversationId,
    place: i64,
) -> Result<Vec<StoredMessage>, StoreError> {
    let Ok(channel) = runtime.channel() else { return Ok(Vec::new()) };
    let entries = runtime.store().messages(&channel, conversation, None, MOST).await?.entries;
    Ok(entries.into_iter().filter(|entry| entry.seq > place && !entry.ours).collect())
}
