//! Drafts and small things to remember.

use super::*;

#[tokio::test]
async fn each_conversation_has_one_draft_and_so_has_the_next_one() {
    let dir = dir();
    let store = Store::open(dir.path());
    let (a, b) = (id("a"), id("b"));
    store.save_draft(&docs(), Some(&a), "in a", NOW).await.unwrap();
    store.save_draft(&docs(), None, "new", NOW).await.unwrap();
    store.save_draft(&docs(), Some(&a), "in a, changed", NOW).await.unwrap();
    store.save_draft(&ChannelName::new("other"), Some(&a), "elsewhere", NOW).await.unwrap();
    store.close().await.unwrap();

    let store = Store::open(dir.path());
    assert_eq!(store.draft(&docs(), Some(&a)).await.unwrap().as_deref(), Some("in a, changed"));
    assert_eq!(store.draft(&docs(), None).await.unwrap().as_deref(), Some("new"));
    assert_eq!(store.draft(&docs(), Some(&b)).await.unwrap(), None);
    store.save_draft(&docs(), Some(&a), "", NOW).await.unwrap();
    store.save_draft(&docs(), None, "", NOW).await.unwrap();
    assert_eq!(store.draft(&docs(), Some(&a)).await.unwrap(), None);
    assert_eq!(store.draft(&docs(), None).await.unwrap(), None);
}

#[tokio::test]
async fn drafts_that_wait_together_end_as_the_last_and_all_are_answered() {
    let dir = dir();
    let store = Store::open(dir.path());
    // None is awaited, so they wait while the database is being made.
    let answers: Vec<_> =
        (0..500).map(|n| store.save_draft(&docs(), Some(&id("a")), &format!("typed {n}"), NOW)).collect();
    let other = store.save_draft(&docs(), Some(&id("b")), "kept", NOW);
    let read = store.draft(&docs(), Some(&id("a")));
    for answer in answers {
        answer.await.unwrap();
    }
    other.await.unwrap();
    assert_eq!(read.await.unwrap().as_deref(), Some("typed 499"));
    assert_eq!(store.draft(&docs(), Some(&id("b"))).await.unwrap().as_deref(), Some("kept"));
}

#[tokio::test]
async fn a_call_is_made_even_if_its_answer_is_dropped() {
    let dir = dir();
    let store = Store::open(dir.path());
    drop(store.save_draft(&docs(), None, "typed", NOW));
    assert_eq!(store.draft(&docs(), None).await.unwrap().as_deref(), Some("typed"));
}

#[tokio::test]
async fn text_is_kept_exactly() {
    let dir = dir();
    let store = Store::open(dir.path());
    for text in ["\0nul\0", "\u{1b}]52;c;\u{7}", "\u{202e}rtl", "tab\tcr\r\nlf\n", "👩‍👩‍👧", "  spaces  "]
    {
        store.save_draft(&docs(), None, text, NOW).await.unwrap();
        assert_eq!(store.draft(&docs(), None).await.unwrap().as_deref(), Some(text));
        store.merge_messages(&docs(), &id(text), &[bot(text, text)], None).await.unwrap();
        let slice = store.messages(&docs(), &id(text), None, 10).await.unwrap();
        assert_eq!(slice.entries[0].message, bot(text, text));
    }
}

#[tokio::test]
async fn small_things_are_remembered_per_channel() {
    let dir = dir();
    let store = Store::open(dir.path());
    store.remember(&docs(), "open", "a").await.unwrap();
    store.remember(&docs(), "open", "b").await.unwrap();
    assert_eq!(store.recall(&docs(), "open").await.unwrap().as_deref(), Some("b"));
    assert_eq!(store.recall(&docs(), "other").await.unwrap(), None);
    assert_eq!(store.recall(&ChannelName::new("other"), "open").await.unwrap(), None);
}

#[tokio::test]
async fn a_draft_that_went_into_the_outbox_is_gone_and_another_is_kept() {
    let dir = dir();
    let store = Store::open(dir.path());
    store.save_draft(&docs(), Some(&id("c")), "said\n", NOW).await.unwrap();
    store.save_draft(&docs(), None, "said", NOW).await.unwrap();
    store.enqueue(&turn("said")).await.unwrap();
    assert_eq!(store.draft(&docs(), Some(&id("c"))).await.unwrap(), None);
    assert_eq!(store.draft(&docs(), None).await.unwrap(), Some("said".to_owned()));
    store.save_draft(&docs(), Some(&id("c")), "something else", NOW).await.unwrap();
    store.enqueue(&turn("more")).await.unwrap();
    assert_eq!(store.draft(&docs(), Some(&id("c"))).await.unwrap(), Some("something else".to_owned()));
}

#[tokio::test]
async fn what_is_put_behind_a_draft_replaces_nothing_of_it() {
    let dir = dir();
    let store = Store::open(dir.path());
    let c = id("c");
    // None is awaited: they are done in the order in which they were asked for.
    drop(store.append_draft(&docs(), Some(&c), "one", NOW));
    drop(store.append_draft(&docs(), Some(&c), "two", NOW));
    // What could not be sent comes back to where it still stands.
    drop(store.append_draft(&docs(), Some(&c), "one\ntwo", NOW));
    assert_eq!(store.draft(&docs(), Some(&c)).await.unwrap().as_deref(), Some("one\ntwo"));
    assert_eq!(store.draft(&docs(), None).await.unwrap(), None);
}

#[tokio::test]
async fn a_draft_stays_bound_to_what_it_stands_for_until_it_goes() {
    let dir = dir();
    let store = Store::open(dir.path());
    let (c, of) = (id("c"), turn_id("lost"));
    settled(&store, &turn("lost"), OutState::Unknown).await;
    store.bind_draft(&docs(), Some(&c), &of).await.unwrap();
    store.save_draft(&docs(), Some(&c), "said better", NOW).await.unwrap();
    store.save_draft(&docs(), Some(&c), "said much better", NOW).await.unwrap();
    store.close().await.unwrap();
    let store = Store::open(dir.path());
    assert_eq!(store.draft_bound(&docs(), Some(&c)).await.unwrap(), Some(of.clone()));
    assert_eq!(store.draft_bound(&docs(), None).await.unwrap(), None);
    // Sent, or forgotten.
    store.enqueue_instead(&turn_saying("new", "said much better"), &of).await.unwrap();
    assert_eq!(state_of(&store, "lost").await, OutState::Cancelled);
    assert_eq!(store.draft_bound(&docs(), Some(&c)).await.unwrap(), None);
    store.bind_draft(&docs(), Some(&c), &of).await.unwrap();
    store.save_draft(&docs(), Some(&c), "once more", NOW).await.unwrap();
    store.save_draft(&docs(), Some(&c), "", NOW).await.unwrap();
    assert_eq!(store.draft_bound(&docs(), Some(&c)).await.unwrap(), None);
}
