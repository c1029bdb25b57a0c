//! New rows: every one of them once, whatever happens.

use std::collections::HashMap;

use proptest::prelude::*;

use super::fake::{Fate, refused, unanswered};
use super::*;

fn many(count: usize) -> Vec<Change> {
    (0..count).map(|n| create(&format!("c{n}"), &format!("row {n}"), &format!("text {n}"))).collect()
}

/// Every change is done, with the id of the row that it made.
#[track_caller]
fn assert_all_made(fake: &Fake, told: &Outcomes, changes: &[Change]) {
    let rows: HashMap<RowId, Version> = fake.rows().into_iter().collect();
    for change in changes {
        let Edit::Create(version) = &change.edit else { panic!("{change:?}") };
        let Applied::Done(Some(row)) = outcome_of(told, change.id.as_str()) else { panic!("{change:?}: {told:?}") };
        assert_eq!(rows.get(row), Some(version));
    }
    assert_eq!(rows.len(), changes.len());
}

#[tokio::test]
async fn a_thousand_rows_are_made_by_few_calls_and_their_ids_are_found() {
    for newest_first in [false, true] {
        let (_dir, store) = store();
        let fake = Fake { newest_first, ..Fake::new(&store, &[]) };
        let changes = many(1_000);
        let never = watch::channel(false).1;
        let told = apply_with(&fake, &store, changes.clone(), Twins::Allow, never).await.unwrap();
        assert_all_made(&fake, &told, &changes);
        assert_eq!(fake.calls("add"), vec![20; 50]);
        assert!(fake.calls("list").len() <= 30 && fake.calls("get").is_empty());
        let kept = journal(&store).await;
        assert_eq!(kept.len(), 1_000);
        assert!(kept.iter().all(|entry| entry.certain && entry.row.is_some()));
    }
}

#[tokio::test]
async fn rows_that_were_seen_in_a_list_that_broke_off_are_found_all_the_same() {
    let (_dir, store) = store();
    let old: Vec<String> = (0..150).map(|n| format!("old {n}")).collect();
    let rows: Vec<(&str, &str)> = old.iter().map(|name| (name.as_str(), "")).collect();
    let fake = Fake { newest_first: true, loses: Some(3), ..Fake::new(&store, &rows) };
    fake.fates([Fate::Works, Fate::Fails(0, unanswered())]);
    let told = apply_with(&fake, &store, many(40), Twins::Allow, watch::channel(false).1).await.unwrap();
    for n in 0..20 {
        assert!(matches!(outcome_of(&told, &format!("c{n}")), Applied::Done(Some(_))), "{n}: {told:?}");
    }
    for n in 20..40 {
        assert!(matches!(outcome_of(&told, &format!("c{n}")), Applied::Unknown(_)), "{n}: {told:?}");
    }
}

#[tokio::test]
async fn a_row_of_the_same_name_is_the_row_itself_or_stands_in_the_way() {
    let (_dir, store) = store();
    let changes = || vec![create("1", "a", "x"), create("2", "a", "y"), create("3", "b", "x"), create("4", "b", "x")];
    let rows = [("a", "x")];
    let fake = Fake::new(&store, &rows);
    let told = apply(&fake, &store, changes()).await;
    let there = |row: &str| Applied::Already(Some(RowId::new(row)));
    assert_eq!(*outcome_of(&told, "1"), there("a"));
    assert!(matches!(outcome_of(&told, "2"), Applied::Refused(_)));
    assert_eq!((outcome_of(&told, "3"), outcome_of(&told, "4")), (&done("new 1"), &there("new 1")));
    let never = || watch::channel(false).1;
    let fake = Fake::new(&store, &rows);
    let told = apply_with(&fake, &store, changes(), Twins::Unequal, never()).await.unwrap();
    assert_eq!((outcome_of(&told, "1"), outcome_of(&told, "4")), (&there("a"), &there("new 1")));
    assert_eq!(fake.rows().len(), 3);
    let fake = Fake::new(&store, &rows);
    let told = apply_with(&fake, &store, changes(), Twins::Allow, never()).await.unwrap();
    assert!(told.iter().all(|(_, applied)| matches!(applied, Applied::Done(Some(_)))), "{told:?}");
    assert_eq!(fake.rows().len(), 5);
    // Each has the row with its own text.
    let of_2 = fake.rows().into_iter().find(|(id, _)| *outcome_of(&told, "2") == done(id.as_str())).unwrap();
    assert_eq!(of_2.1, version("a", "y"));
}

#[tokio::test]
async fn of_a_refused_call_only_what_is_missing_is_made_by_itself() {
    for done in [0, 1, 7, 20] {
        let (_dir, store) = store();
        let fake = Fake::new(&store, &[]);
        fake.fates([Fate::Works, Fate::Fails(done, refused())]);
        let changes = many(45);
        let told = apply(&fake, &store, changes.clone()).await;
        assert_all_made(&fake, &told, &changes);
    }
    let (_dir, store) = store();
    let fake = Fake { offends: Some("row 3"), ..Fake::new(&store, &[]) };
    let told = apply(&fake, &store, many(20)).await;
    let refused: Vec<_> = told.iter().filter(|(_, a)| matches!(a, Applied::Refused(_))).map(|(id, _)| id).collect();
    assert_eq!(refused, ["c3"]);
    assert_eq!((fake.rows().len(), journal(&store).await.len()), (19, 19));
}

#[tokio::test]
async fn what_was_made_without_an_answer_is_found_and_nothing_is_made_again() {
    for made in [0, 7, 20] {
        let (_dir, store) = store();
        let mut fake = Fake::new(&store, &[]);
        fake.fates([Fate::Works, Fate::Fails(made, unanswered())]);
        // Somebody else makes rows of these names, too.
        fake.meddle = Some(Box::new(|fake, call| {
            if call == "add" && fake.calls("add").len() == 1 {
                fake.set("foreign", Some(version("row 30", "theirs")));
            }
        }));
        let changes = many(45);
        let told = apply(&fake, &store, changes.clone()).await;
        for (at, change) in changes.iter().enumerate() {
            let applied = outcome_of(&told, change.id.as_str());
            if (20..40).contains(&at) && at >= 20 + made {
                assert!(matches!(applied, Applied::Unknown(_)), "{at}: {applied:?}");
            } else {
                assert!(matches!(applied, Applied::Done(Some(_))), "{at}: {applied:?}");
            }
        }
        assert_eq!(fake.rows().len(), 26 + made);
        // They came after all: applied again, they are found.
        let late: Vec<Change> = changes[20 + made..40].to_vec();
        fake.set("foreign", None);
        for change in &late {
            let Edit::Create(version) = &change.edit else { continue };
            fake.set(&format!("late {}", version.name), Some(version.clone()));
        }
        let told = apply(&fake, &store, late.clone()).await;
        assert!(told.iter().all(|(_, applied)| matches!(applied, Applied::Already(Some(_)))), "{told:?}");
        assert_eq!((told.len(), fake.rows().len()), (20 - made, 45));
    }
}

#[tokio::test]
async fn cancelled_in_the_middle_what_was_made_is_told_and_the_rest_is_not_begun() {
    let (_dir, store) = store();
    let (cancel, cancelled) = watch::channel(false);
    let mut fake = Fake::new(&store, &[]);
    fake.meddle = Some(Box::new(move |fake, call| {
        if call == "add" && fake.calls("add").len() == 4 {
            cancel.send_replace(true);
        }
    }));
    let told = apply_with(&fake, &store, many(300), Twins::Allow, cancelled).await.unwrap();
    let made = told.iter().filter(|(_, applied)| matches!(applied, Applied::Done(Some(_)))).count();
    let rest = told.iter().filter(|(_, applied)| *applied == Applied::Cancelled).count();
    assert_eq!((made, rest, fake.rows().len()), (100, 200, 100));
    assert_eq!(journal(&store).await.len(), 100);
}

#[tokio::test]
async fn without_a_list_nothing_is_begun_and_without_a_journal_nothing_is_changed() {
    let (_dir, store) = store();
    let ((_other, closed), hides) = (super::store(), unanswered());
    let fake = Fake { hides: Some(hides.clone()), ..Fake::new(&store, &[("a", "")]) };
    let never = watch::channel(false).1;
    let outcome = apply_with(&fake, &store, vec![write("a", "new")], Twins::Refuse, never).await;
    assert_eq!((outcome.unwrap_err(), fake.versions()), (hides.failure, vec![version("a", "")]));
    closed.close().await.unwrap();
    let fake = Fake::new(&store, &[("a", "")]);
    let told = apply(&fake, &closed, vec![write("a", "new"), create("b", "b", "")]).await;
    assert!(told.iter().all(|(_, applied)| matches!(applied, Applied::Refused(_))), "{told:?}");
    assert_eq!((told.len(), fake.versions()), (2, vec![version("a", "")]));
}

#[tokio::test]
async fn ended_anywhere_and_applied_again_everything_is_there_once() {
    let names: Vec<String> = (0..70).map(|n| format!("old {n}")).collect();
    let rows: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
    let mut changes: Vec<Change> = names[..40].iter().map(|name| write(name, "written")).collect();
    changes.extend(names[40..].iter().map(|name| delete(name)));
    changes.extend(many(70));
    let mut expected: Vec<Version> = names[..40].iter().map(|name| version(name, "written")).collect();
    expected.extend((0..70).map(|n| version(&format!("row {n}"), &format!("text {n}"))));
    expected.sort_by(|a, b| a.name.cmp(&b.name));
    // Ended at the first rest behind so many calls: how often there is a rest depends on the store's thread.
    let mut calls = 1;
    loop {
        let (_dir, store) = store();
        let fake = Fake::new(&store, &rows);
        let (channel, source) = (ChannelName::new("docs"), SourceId::new("s"));
        let mut rest = changes.clone();
        let mut on = |id: &ChangeId, _| rest.retain(|change| change.id != *id);
        let through = {
            let site = at(&fake, &store, &channel, &source, watch::channel(false).1);
            let mut applying = std::pin::pin!(site.apply(changes.clone(), Twins::Refuse, &mut on));
            std::future::poll_fn(|cx| match applying.as_mut().poll(cx) {
                std::task::Poll::Pending if fake.count() < calls => std::task::Poll::Pending,
                poll => std::task::Poll::Ready(poll.is_ready()),
            })
            .await
        };
        let told = apply(&fake, &store, rest).await;
        let fine = |applied: &Applied| matches!(applied, Applied::Done(Some(_)) | Applied::Already(Some(_)));
        assert!(told.iter().all(|(_, applied)| fine(applied)), "after {calls}: {told:?}");
        let mut there = fake.versions();
        there.sort_by(|a, b| a.name.cmp(&b.name));
        assert_eq!(there, expected, "after {calls}");
        if through {
            break;
        }
        calls += 1;
    }
    assert!(calls > 20, "it was ended in many places: {calls}");
}

fn fates() -> impl Strategy<Value = Vec<Fate>> {
    let fate = prop_oneof![
        3 => Just(Fate::Works),
        2 => (0..25_usize).prop_map(|made| Fate::Fails(made, refused())),
        2 => (0..25_usize).prop_map(|made| Fate::Fails(made, unanswered())),
    ];
    prop::collection::vec(fate, 0..12)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]
    #[test]
    fn applied_until_it_is_through_every_row_is_there_once(
        fates in fates(),
        count in 1..70_usize,
        newest_first in any::<bool>(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (_dir, store) = store();
            let fake = Fake { newest_first, ..Fake::new(&store, &[]) };
            fake.fates(fates);
            let (mut rest, mut rounds) = (many(count), 0);
            while !rest.is_empty() {
                rounds += 1;
                assert!(rounds < 40, "it comes to an end");
                let told = apply(&fake, &store, rest.clone()).await;
                assert_eq!(told.len(), rest.len());
                rest.retain(|change| {
                    !matches!(outcome_of(&told, change.id.as_str()), Applied::Done(_) | Applied::Already(_))
                });
            }
            let mut made: Vec<String> = fake.versions().into_iter().map(|v| v.name).collect();
            made.sort();
            let mut expected: Vec<String> = (0..count).map(|n| format!("row {n}")).collect();
            expected.sort();
            assert_eq!(made, expected);
        });
    }
}
