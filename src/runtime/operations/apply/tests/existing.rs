//! Rows that are there: compared, changed, deleted.

use super::fake::{Fate, error, refused, unanswered};
use super::*;
use crate::platform::Outcome;

#[tokio::test]
async fn what_somebody_else_changed_is_left_alone_and_the_rest_is_made() {
    let (_dir, store) = store();
    let rows = ["mine", "theirs", "renamed", "same", "keep", "drop", "edited"].map(|name| (name, ""));
    let fake = Fake::new(&store, &rows);
    fake.set("theirs", Some(version("theirs", "other")));
    fake.set("renamed", Some(version("a new name", "")));
    fake.set("same", Some(version("same", "wanted")));
    fake.set("edited", Some(version("edited", "other")));
    let changes = vec![
        write("mine", "wanted"),
        write("theirs", "wanted"),
        write("renamed", "wanted"),
        write("same", "wanted"),
        write("gone", "wanted"),
        delete("drop"),
        delete("edited"),
        Change { id: ChangeId::new("lost"), ..delete("gone") },
        change("rowless", None, Edit::Delete),
    ];
    let told = apply(&fake, &store, changes).await;
    assert_eq!(*outcome_of(&told, "mine"), done("mine"));
    assert_eq!(*outcome_of(&told, "theirs"), Applied::Conflict(Some(version("theirs", "other"))));
    assert_eq!(*outcome_of(&told, "renamed"), done("renamed"));
    assert_eq!(*outcome_of(&told, "same"), Applied::Already(Some(RowId::new("same"))));
    assert_eq!(*outcome_of(&told, "gone"), Applied::Conflict(None));
    assert_eq!(*outcome_of(&told, "drop"), done("drop"));
    assert_eq!(*outcome_of(&told, "edited"), Applied::Conflict(Some(version("edited", "other"))));
    assert_eq!(*outcome_of(&told, "lost"), Applied::Already(Some(RowId::new("gone"))));
    assert!(matches!(outcome_of(&told, "rowless"), Applied::Refused(_)));
    assert_eq!(told.len(), 9);
    let now = ["mine=wanted", "theirs=other", "a new name=wanted", "same=wanted", "keep=", "edited=other"];
    let shown: Vec<String> = fake.versions().into_iter().map(|v| format!("{}={}", v.name, v.content)).collect();
    assert_eq!(shown, now);
    // No more was sent than had to be.
    assert_eq!((fake.calls("update"), fake.calls("delete")), (vec![2], vec![1]));
    let kept: Vec<_> = journal(&store).await.into_iter().map(|e| (e.was, e.became, e.certain)).collect();
    let entry = |was: Version, became: Option<Version>| (Some(was), became, true);
    assert_eq!(kept.len(), 3);
    for expected in [
        entry(version("mine", ""), Some(version("mine", "wanted"))),
        entry(version("a new name", ""), Some(version("a new name", "wanted"))),
        entry(version("drop", ""), None),
    ] {
        assert!(kept.contains(&expected), "{expected:?}");
    }
}

#[tokio::test]
async fn of_a_refused_call_the_offender_alone_is_refused() {
    let (_dir, store) = store();
    let names: Vec<String> = (0..30).map(|n| if n == 7 { "bad".to_owned() } else { format!("row {n}") }).collect();
    let rows: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
    let fake = Fake { offends: Some("bad"), ..Fake::new(&store, &rows) };
    let told = apply(&fake, &store, names.iter().map(|name| write(name, "new")).collect()).await;
    for name in &names {
        match outcome_of(&told, name) {
            Applied::Refused(failure) => assert_eq!((name.as_str(), failure.status), ("bad", Some(400))),
            applied => assert_eq!(*applied, done(name)),
        }
    }
    assert_eq!(fake.versions().iter().filter(|v| v.content == "new").count(), 29);
    assert_eq!(journal(&store).await.len(), 29);
    let told = apply(&fake, &store, names.iter().map(|name| change(name, Some(name), Edit::Delete)).collect()).await;
    assert_eq!(told.iter().filter(|(_, applied)| matches!(applied, Applied::Done(_))).count(), 29);
    assert_eq!(fake.versions(), [version("bad", "")]);
}

#[tokio::test]
async fn cancelled_behind_a_refused_call_what_it_may_have_done_is_unknown_and_stays_in_the_journal() {
    for how in ["update", "delete"] {
        let (_dir, store) = store();
        let fake = Fake::new(&store, &[("a", ""), ("b", ""), ("c", "")]);
        fake.fates([Fate::Fails(2, refused())]);
        let (cancel, cancelled) = watch::channel(false);
        let meddle = move |_: &Fake, call: &str| {
            if call == how {
                cancel.send_replace(true);
            }
        };
        let fake = Fake { meddle: Some(Box::new(meddle)), ..fake };
        let changes = ["a", "b", "c"].map(|row| if how == "delete" { delete(row) } else { write(row, "new") });
        let told = apply_with(&fake, &store, changes.into(), Twins::Refuse, cancelled).await.unwrap();
        for row in ["a", "b", "c"] {
            assert!(matches!(outcome_of(&told, row), Applied::Unknown(_)), "{how}: {told:?}");
        }
        let kept: Vec<bool> = journal(&store).await.iter().map(|entry| entry.certain).collect();
        assert_eq!(kept, [false; 3], "{how}: what the call replaced can be put back");
    }
}

#[tokio::test]
async fn a_delete_that_was_refused_half_way_is_finished() {
    let (_dir, store) = store();
    let fake = Fake::new(&store, &[("a", ""), ("b", ""), ("c", "")]);
    fake.fates([Fate::Fails(2, refused())]);
    let told = apply(&fake, &store, ["a", "b", "c"].map(delete).into()).await;
    assert!(["a", "b", "c"].iter().all(|name| *outcome_of(&told, name) == done(name)), "{told:?}");
    assert!(fake.versions().is_empty());
}

#[tokio::test]
async fn after_a_call_without_an_answer_the_rows_are_read_and_the_rest_is_tried_once_more() {
    let (_dir, store) = store();
    let names = ["a", "b", "c"];
    for (fates, made) in [
        (vec![Fate::Fails(3, unanswered())], 3),
        (vec![Fate::Fails(1, unanswered())], 3),
        (vec![Fate::Fails(0, unanswered()), Fate::Fails(9, unanswered())], 3),
        (vec![Fate::Fails(1, unanswered()), Fate::Fails(1, unanswered())], 2),
    ] {
        for kind in ["text", "name", "delete"] {
            let fake = Fake::new(&store, &names.map(|name| (name, "")));
            fake.fates(fates.clone());
            let rename = |row: &str| Edit::Update { name: Some(format!("{row}'")), content: None };
            let changes = names.map(|row| match kind {
                "text" => write(row, "new"),
                "name" => Change { edit: rename(row), ..write(row, "") },
                _ => delete(row),
            });
            let told = apply(&fake, &store, changes.into()).await;
            for (at, name) in names.into_iter().enumerate() {
                if at < made {
                    assert_eq!(*outcome_of(&told, name), done(name), "{kind} {fates:?}");
                } else {
                    assert!(matches!(outcome_of(&told, name), Applied::Unknown(_)), "{kind} {fates:?}");
                }
            }
            let touched = fake.versions().iter().filter(|v| v.name.contains('\'') || v.content == "new").count();
            assert_eq!(if kind == "delete" { 3 - fake.versions().len() } else { touched }, made);
        }
    }
    let uncertain = journal(&store).await.iter().filter(|entry| !entry.certain).count();
    assert_eq!(uncertain, 3, "what nobody knows stays in the journal");
}

#[tokio::test]
async fn what_was_changed_by_somebody_else_meanwhile_is_not_written_again() {
    let (_dir, store) = store();
    let mut fake = Fake::new(&store, &[("a", "")]);
    fake.fates([Fate::Fails(0, unanswered())]);
    fake.meddle = Some(Box::new(|fake, call| {
        if call == "get" && !fake.calls("update").is_empty() {
            fake.set("a", Some(version("a", "theirs")));
        }
    }));
    let told = apply(&fake, &store, vec![write("a", "mine")]).await;
    assert!(matches!(outcome_of(&told, "a"), Applied::Unknown(_)));
    assert_eq!((fake.versions(), fake.calls("update").len()), (vec![version("a", "theirs")], 1));
}

#[tokio::test]
async fn refused_credentials_end_it_and_what_did_not_begin_is_refused() {
    let (_dir, store) = store();
    let names: Vec<String> = (0..200).map(|n| format!("row {n}")).collect();
    let rows: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
    for failure in [error(Outcome::Refused, 401), error(Outcome::NotSent, 0)] {
        let fake = Fake::new(&store, &rows);
        fake.fates([vec![Fate::Works], vec![Fate::Fails(0, failure.clone()); 100]].concat());
        let told = apply(&fake, &store, names.iter().map(|name| write(name, "new")).collect()).await;
        let through = told.iter().filter(|(_, applied)| matches!(applied, Applied::Done(_))).count();
        let refused =
            told.iter().filter(|(_, applied)| *applied == Applied::Refused(failure.failure.clone())).count();
        assert_eq!((through, refused), (20, 180));
        assert!(fake.calls("get").len() <= 60, "no more was looked at");
    }
    let fake = Fake::new(&store, &[("a", "")]);
    fake.fates(vec![Fate::Fails(0, unanswered()); 100]);
    let all: Vec<Change> = (0..100).map(|n| create(&n.to_string(), &n.to_string(), "")).collect();
    let told = apply(&fake, &store, all).await;
    assert_eq!(told.iter().filter(|(_, applied)| matches!(applied, Applied::Unknown(_))).count(), 60);
    assert_eq!(told.iter().filter(|(_, applied)| matches!(applied, Applied::Refused(_))).count(), 40);
}

#[tokio::test]
async fn not_now_is_waited_for() {
    let (_dir, store) = store();
    let names: Vec<String> = (0..100).map(|n| format!("row {n}")).collect();
    let rows: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
    let fake = Fake::new(&store, &rows);
    let busy = error(Outcome::Busy { retry_after_ms: Some(2) }, 429);
    fake.fates(vec![Fate::Fails(0, busy); 5]);
    let told = apply(&fake, &store, names.iter().map(|name| write(name, "new")).collect()).await;
    assert!(names.iter().all(|name| *outcome_of(&told, name) == done(name)));
}

#[tokio::test]
async fn cancelled_while_it_waits_it_ends_and_changes_nothing() {
    let (_dir, store) = store();
    let fake = Fake::new(&store, &[("a", ""), ("b", "")]);
    let busy = error(Outcome::Busy { retry_after_ms: Some(100_000) }, 429);
    fake.fates([Fate::Fails(0, busy)]);
    let (cancel, cancelled) = watch::channel(false);
    let fake = Fake {
        meddle: Some(Box::new(move |_, call| {
            if call == "delete" {
                cancel.send_replace(true);
            }
        })),
        ..fake
    };
    let changes = vec![delete("a"), delete("b"), create("c", "c", "")];
    let told = apply_with(&fake, &store, changes, Twins::Refuse, cancelled).await.unwrap();
    assert!(["a", "b", "c"].iter().all(|name| *outcome_of(&told, name) == Applied::Cancelled), "{told:?}");
    assert_eq!((fake.versions().len(), journal(&store).await.len()), (2, 0));
}

#[tokio::test]
async fn the_second_change_of_a_row_sees_what_the_first_made() {
    let (_dir, store) = store();
    let fake = Fake::new(&store, &[("a", "")]);
    let second = Change { id: ChangeId::new("second"), ..write("a", "two") };
    let told = apply(&fake, &store, vec![write("a", "one"), second]).await;
    assert_eq!(*outcome_of(&told, "a"), done("a"));
    assert_eq!(*outcome_of(&told, "second"), Applied::Conflict(Some(version("a", "one"))));
}
