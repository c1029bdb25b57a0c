//! Archives: all of an import or nothing, and the same again changes nothing.

use super::*;
use crate::domain::{Extras, OutState};
use crate::store::{ImportRefusal, Imported, ORIGIN};

fn archive() -> ChannelName {
    ChannelName::new("archive")
}

fn exported(name: &str, from: &str, ids: &[&str]) -> (Conversation, Vec<Message>) {
    let details = vec![(ORIGIN.to_owned(), from.to_owned()), ("status".to_owned(), "open".to_owned())];
    let conversation =
        Conversation { id: id(name), title: format!("about {name}"), created_at: Moment::at(NOW), details };
    let message = |n: &&str| Message {
        id: MessageId::new(*n),
        role: Role::User,
        text: format!("said {n}"),
        created_at: Moment::at(NOW),
        extras: Extras { state: Some(OutState::Unknown), ..Extras::default() },
    };
    (conversation, ids.iter().map(message).collect())
}

#[tokio::test]
async fn what_is_imported_can_be_read_as_it_came() {
    let dir = dir();
    let store = Store::open(dir.path());
    assert_eq!(store.archives().await.unwrap(), []);
    let all = vec![exported("b", "docs", &["1", "2"]), exported("a", "docs", &["1"])];
    let imported = store.import(&archive(), all.clone()).await.unwrap().unwrap();
    assert_eq!(imported, Imported { conversations: 2, messages: 3, new: 3 });
    assert_eq!(store.archives().await.unwrap(), [archive()]);
    let conversations: Vec<Conversation> = all.iter().map(|(conversation, _)| conversation.clone()).collect();
    assert_eq!(store.archived(&archive()).await.unwrap(), conversations);
    let read = store.messages_after(&archive(), &id("b"), None, 10).await.unwrap();
    assert_eq!(read.into_iter().map(|entry| entry.message).collect::<Vec<_>>(), all[0].1);
}

#[tokio::test]
async fn the_same_again_changes_nothing_and_more_is_added() {
    let dir = dir();
    let store = Store::open(dir.path());
    for new in [2, 0] {
        let imported = store.import(&archive(), vec![exported("c", "docs", &["1", "2"])]).await.unwrap().unwrap();
        assert_eq!(imported, Imported { conversations: 1, messages: 2, new });
    }
    let imported = store.import(&archive(), vec![exported("c", "docs", &["1", "2", "3"])]).await.unwrap().unwrap();
    assert_eq!(imported.new, 1);
    assert_eq!(store.said_count(&archive(), &id("c")).await.unwrap(), 3);
    assert_eq!(store.conversation_count(&archive()).await.unwrap(), 1);
    let (conversation, mut messages) = exported("c", "docs", &["1"]);
    messages[0].extras.state = None;
    let _ = store.import(&archive(), vec![(conversation, messages.clone())]).await.unwrap().unwrap();
    let first = store.messages_after(&archive(), &id("c"), None, 1).await.unwrap().remove(0);
    assert_eq!(first.message, messages[0], "what is no longer said of it is gone");
}

#[tokio::test]
async fn what_is_refused_leaves_no_trace() {
    let dir = dir();
    let store = Store::open(dir.path());
    store.merge_conversations(&docs(), &[exported("c", "docs", &[]).0]).await.unwrap();
    let refused = store.import(&docs(), vec![exported("d", "docs", &["1"])]).await.unwrap();
    assert_eq!(refused, Err(ImportRefusal::NoArchive));
    assert_eq!(store.archives().await.unwrap(), []);
    let _ = store.import(&archive(), vec![exported("c", "docs", &["1"])]).await.unwrap().unwrap();
    let refused =
        store.import(&archive(), vec![exported("d", "flow", &["1"]), exported("c", "flow", &["9"])]).await.unwrap();
    assert_eq!(refused, Err(ImportRefusal::OtherOrigin(id("c"))));
    assert_eq!(store.conversation_count(&archive()).await.unwrap(), 1);
    assert_eq!(store.said_count(&archive(), &id("c")).await.unwrap(), 1);
}

#[test]
fn an_answer_can_be_waited_for_on_a_thread_that_may() {
    let dir = dir();
    let store = Store::open(dir.path());
    assert_eq!(store.archives().wait().unwrap(), []);
    store.close().wait().unwrap();
    assert!(store.archives().wait().is_err());
}
