//! Tests of the room, and what they share.

mod archive;
mod changes;
mod compact;
mod damage;
mod desk;
mod drafts;
mod glance;
mod history;
mod inbox;
mod listener;
mod local;
mod model;
mod moved;
mod opening;
mod outbox;
mod plans;
mod queue;
mod races;
mod reconcile;
mod record;
mod recovery;
mod requests;
mod roster;
mod search;
mod undo;

use rusqlite::Connection;
use tempfile::TempDir;

use super::{Store, disk, migrations};
use crate::domain::{
    ChannelName, Conversation, ConversationId, Finish, Message, MessageId, Moment, OutState, QueueEntry, Reply, Role,
    Timestamp, Turn, TurnId,
};

/// When the tests take place.
const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

/// A data directory that goes with the test.
fn dir() -> TempDir {
    tempfile::tempdir().expect("a directory")
}

/// A database of an older release, filled by the SQL of its time: today's code knows columns that it has not.
fn older(dir: &TempDir, schemas: usize, filled_by: &str) {
    let conn = Connection::open(dir.path().join(disk::NAME)).unwrap();
    for schema in &migrations::SCHEMA[..schemas] {
        conn.execute_batch(schema).unwrap();
    }
    conn.execute_batch(filled_by).unwrap();
    conn.pragma_update(None, "application_id", migrations::APPLICATION_ID).unwrap();
    conn.pragma_update(None, "user_version", u32::try_from(schemas).unwrap()).unwrap();
}

fn docs() -> ChannelName {
    ChannelName::new("docs")
}

fn id(text: &str) -> ConversationId {
    ConversationId::new(text)
}

fn turn_id(text: &str) -> TurnId {
    TurnId::new(text)
}

/// A queued turn of the conversation `c`, its text the same as its id.
fn turn(name: &str) -> Turn {
    turn_saying(name, name)
}

fn turn_saying(name: &str, text: &str) -> Turn {
    Turn {
        id: turn_id(name),
        channel: docs(),
        conversation: Some(id("c")),
        text: text.to_owned(),
        state: OutState::Queued,
        created: NOW,
        message_id: None,
        failure: None,
        reply: None,
        queue: QueueEntry::default(),
        attach: Vec::new(),
    }
}

fn reply(text: &str, finish: Option<Finish>) -> Reply {
    Reply { text: text.to_owned(), finish, first_word_ms: Some(400), took_ms: Some(2_000), message_id: None }
}

fn message(name: &str, role: Role, text: &str) -> Message {
    let created_at = Moment { at: None, raw: "2024-16-01T10:07:04.296Z".to_owned() };
    Message {
        id: MessageId::new(name),
        role,
        text: text.to_owned(),
        created_at,
        extras: crate::domain::Extras::default(),
    }
}

fn user(name: &str, text: &str) -> Message {
    message(name, Role::User, text)
}

fn bot(name: &str, text: &str) -> Message {
    message(name, Role::Assistant, text)
}

fn conversation(name: &str, created: Option<Timestamp>) -> Conversation {
    let raw = "2024-16-01T10:07:04.296Z".to_owned();
    let created_at = created.map_or(Moment { at: None, raw }, Moment::at);
    Conversation { id: id(name), title: format!("title of {name}"), created_at, details: Vec::new() }
}

/// Commits a turn and claims it.
async fn sending(store: &Store, turn: &Turn) {
    store.enqueue(turn).await.unwrap();
    assert!(store.claim(&turn.id, NOW).await.unwrap());
}

/// Commits a turn, claims it and brings it to that state.
async fn settled(store: &Store, turn: &Turn, state: OutState) {
    sending(store, turn).await;
    assert_eq!(store.settle(&turn.id, state, None).await.unwrap(), state);
}

async fn state_of(store: &Store, name: &str) -> OutState {
    store.turn(&turn_id(name)).await.unwrap().expect("the turn").state
}
