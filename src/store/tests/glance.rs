//! What a list says of a conversation.

use super::super::Glance;
use super::*;
use crate::domain::MessageRef;

#[tokio::test]
async fn a_list_tells_the_first_and_the_last_words_and_what_nobody_has_seen() {
    let dir = dir();
    let store = Store::open(dir.path());
    let page = [user("1", "a question"), bot("2", "an answer"), user("3", "another"), bot("4", &"long ".repeat(99))];
    store.merge_messages(&docs(), &id("c"), &page, None).await.unwrap();
    let glance = async |store: &Store| store.glances(&docs(), &[id("c"), id("unknown")]).await.unwrap();
    let before = glance(&store).await;
    assert_eq!(before[0].first.as_deref(), Some("a question"));
    assert_eq!(before[0].last.as_deref().map(str::len), Some(200), "its beginning alone");
    assert_eq!((before[0].unseen, &before[1]), (None, &Glance::default()), "nothing of it was ever seen");
    // One window sees it up to there, and every window knows.
    store.see(&docs(), &id("c"), &MessageRef::Filed(MessageId::new("2"))).await.unwrap();
    let other = Store::open(dir.path());
    assert_eq!(glance(&other).await[0].unseen, Some((1, 1)));
    other.see(&docs(), &id("c"), &MessageRef::Filed(MessageId::new("4"))).await.unwrap();
    assert_eq!(glance(&store).await[0].unseen, Some((0, 0)));
}
