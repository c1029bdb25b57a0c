//! Archives: all of an import or nothing, and the same again changes nothing.

use std::sync::mpsc::channel;

use super::*;
use crate::domain::{Extras, OutState};
use crate::store::{ImportFeed, ImportLine, ImportRefusal, Imported, ORIGIN};

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

/// All of it, a line for each message.
fn lines(all: Vec<(Conversation, Vec<Message>)>) -> Vec<ImportLine> {
    let mut lines: Vec<ImportLine> = Vec::new();
    for (place, (conversation, messages)) in all.into_iter().enumerate() {
        let mut begins = Some(conversation);
        let mut put = |message| {
            let number = lines.len() + 1;
            lines.push(ImportLine { number, place, begins: begins.take(), message });
        };
        if messages.is_empty() {
            put(None);
        }
        for message in messages {
            put(Some(message));
        }
    }
    lines
}

async fn import(
    store: &Store,
    archive: &ChannelName,
    all: Vec<(Conversation, Vec<Message>)>,
) -> Result<Imported, ImportRefusal> {
    let ((tell, told), (mean, meant)) = (channel(), channel());
    let answer = store.import(archive, ImportFeed { lines: told, meant });
    let mut lines = lines(all);
    let rest = lines.split_off(lines.len() / 2);
    // Whoever refused is gone.
    let _ = tell.send(lines);
    let _ = tell.send(rest);
    drop(tell);
    let _ = mean.send(true);
    answer.await.unwrap()
}

#[tokio::test]
async fn what_is_imported_can_be_read_as_it_came() {
    let dir = dir();
    let store = Store::open(dir.path());
    assert_eq!(store.archives().await.unwrap(), []);
    let all = vec![exported("b", "docs", &["1", "2"]), exported("a", "docs", &["1"])];
    let imported = import(&store, &archive(), all.clone()).await.unwrap();
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
        let imported = import(&store, &archive(), vec![exported("c", "docs", &["1", "2"])]).await.unwrap();
        assert_eq!(imported, Imported { conversations: 1, messages: 2, new });
    }
    let imported = import(&store, &archive(), vec![exported("c", "docs", &["1", "2", "3"])]).await.unwrap();
    assert_eq!(imported.new, 1);
    assert_eq!(store.said_count(&archive(), &id("c")).await.unwrap(), 3);
    assert_eq!(store.conversation_count(&archive()).await.unwrap(), 1);
    let (conversation, mut messages) = exported("c", "docs", &["1"]);
    messages[0].extras.state = None;
    let _ = import(&store, &archive(), vec![(conversation, messages.clone())]).await.unwrap();
    let first = store.messages_after(&archive(), &id("c"), None, 1).await.unwrap().remove(0);
    assert_eq!(first.message, messages[0], "what is no longer said of it is gone");
}

#[tokio::test]
async fn what_is_refused_leaves_no_trace() {
    let dir = dir();
    let store = Store::open(dir.path());
    store.merge_conversations(&docs(), &[exported("c", "docs", &[]).0]).await.unwrap();
    let refused = import(&store, &docs(), vec![exported("d", "docs", &["1"])]).await;
    assert_eq!(refused, Err(ImportRefusal::NoArchive));
    assert_eq!(store.archives().await.unwrap(), []);
    let _ = import(&store, &archive(), vec![exported("c", "docs", &["1"])]).await.unwrap();
    let refused =
        import(&store, &archive(), vec![exported("d", "flow", &["1"]), exported("c", "flow", &["9"])]).await;
    assert_eq!(refused, Err(ImportRefusal::OtherOrigin(id("c"))));
    assert_eq!(store.conversation_count(&archive()).await.unwrap(), 1);
    assert_eq!(store.said_count(&archive(), &id("c")).await.unwrap(), 1);
}

#[tokio::test]
async fn a_message_that_is_told_twice_is_told_by_its_line() {
    let dir = dir();
    let store = Store::open(dir.path());
    let twice = |line| Err(ImportRefusal::Twice { line, message: MessageId::new("1") });
    let all = vec![exported("b", "docs", &["1", "2"]), exported("c", "docs", &["1", "1"])];
    assert_eq!(import(&store, &archive(), all.clone()).await, twice(4));
    assert_eq!(store.archives().await.unwrap(), [], "nothing of it is there");
    // Also where it was known before, however its rows lie.
    let known = (0..200).map(|n| n.to_string()).collect::<Vec<_>>();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let imported = import(&store, &archive(), vec![exported("c", "docs", &known)]).await;
    assert_eq!(imported.unwrap().new, 200);
    assert_eq!(import(&store, &archive(), all).await, twice(4));
    let again = [known.as_slice(), &["200", "1"]].concat();
    assert_eq!(import(&store, &archive(), vec![exported("c", "docs", &again)]).await, twice(202));
    assert_eq!(store.said_count(&archive(), &id("c")).await.unwrap(), 200);
    assert_eq!(store.conversation_count(&archive()).await.unwrap(), 1);
}

#[tokio::test]
async fn what_nobody_means_is_not_there() {
    let dir = dir();
    let store = Store::open(dir.path());
    let ((tell, told), (mean, meant)) = (channel(), channel());
    let answer = store.import(&archive(), ImportFeed { lines: told, meant });
    tell.send(lines(vec![exported("c", "docs", &["1"])])).unwrap();
    drop((tell, mean));
    assert_eq!(answer.await.unwrap(), Err(ImportRefusal::TakenBack));
    // What is wrong in it is told all the same where it is taken back by a word: that stands before what it is taken back for.
    let ((tell, told), (mean, meant)) = (channel(), channel());
    tell.send(lines(vec![exported("c", "docs", &["1", "1"])])).unwrap();
    mean.send(false).unwrap();
    drop((tell, mean));
    let twice = ImportRefusal::Twice { line: 2, message: MessageId::new("1") };
    assert_eq!(store.import(&archive(), ImportFeed { lines: told, meant }).await.unwrap(), Err(twice));
    assert_eq!(store.archives().await.unwrap(), []);
    assert_eq!(store.conversation_count(&archive()).await.unwrap(), 0);
    assert_eq!(import(&store, &archive(), vec![exported("c", "docs", &["1"])]).await.unwrap().new, 1);
}

#[test]
fn an_answer_can_be_waited_for_on_a_thread_that_may() {
    let dir = dir();
    let store = Store::open(dir.path());
    assert_eq!(store.archives().wait().unwrap(), []);
    store.close().wait().unwrap();
    assert!(store.archives().wait().is_err());
}
