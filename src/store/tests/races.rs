//! Several stores on one directory at once: threads stand for processes, since every store has its own connection and
//! its own lock.

use std::path::Path;

use super::*;

/// Runs a caller on a thread of its own for every number, and returns what each brings.
pub(super) fn at_once<T: Send>(callers: usize, call: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let gate = std::sync::Barrier::new(callers);
    std::thread::scope(|scope| {
        let started: Vec<_> = (0..callers)
            .map(|n| {
                let (gate, call) = (&gate, &call);
                scope.spawn(move || {
                    gate.wait();
                    call(n)
                })
            })
            .collect();
        started.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

pub(super) fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

#[test]
fn every_turn_is_claimed_by_exactly_one() {
    let dir = dir();
    let stores = [Store::open(dir.path()), Store::open(dir.path())];
    let names: Vec<String> = (0..40).map(|n| format!("turn {n}")).collect();
    block_on(async {
        for name in &names {
            stores[0].enqueue(&turn(name)).await.unwrap();
        }
    });
    let won = at_once(8, |n| {
        let store = stores[n % 2].clone();
        block_on(async {
            let mut won = Vec::new();
            for name in &names {
                if store.claim(&turn_id(name), NOW).await.unwrap() {
                    won.push(name.clone());
                }
            }
            won
        })
    });
    let mut all: Vec<String> = won.into_iter().flatten().collect();
    all.sort();
    let mut expected = names.clone();
    expected.sort();
    assert_eq!(all, expected);
}

#[test]
fn openers_at_once_make_one_database() {
    for _ in 0..5 {
        let dir = dir();
        let warnings = at_once(6, |n| {
            let store = Store::open(dir.path());
            block_on(async {
                store.enqueue(&turn(&format!("from {n}"))).await.unwrap();
                let warnings = store.warnings().await.unwrap();
                store.close().await.unwrap();
                warnings
            })
        });
        assert!(warnings.iter().all(Vec::is_empty), "{warnings:?}");
        let turns = block_on(Store::open(dir.path()).turns(&docs(), Some(&id("c")))).unwrap();
        assert_eq!(turns.len(), 6);
    }
}

#[test]
fn openers_at_once_move_a_damaged_file_aside_once() {
    let dir = dir();
    std::fs::write(dir.path().join("patchcord.db"), "this was never a database").unwrap();
    let warnings = at_once(6, |n| {
        let store = Store::open(dir.path());
        block_on(async {
            store.enqueue(&turn(&format!("from {n}"))).await.unwrap();
            store.warnings().await.unwrap()
        })
    });
    assert_eq!(warnings.iter().filter(|w| !w.is_empty()).count(), 1);
    assert_eq!(kept(dir.path()).len(), 1);
    let turns = block_on(Store::open(dir.path()).turns(&docs(), Some(&id("c")))).unwrap();
    assert_eq!(turns.len(), 6);
}

fn kept(dir: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.to_string_lossy().contains(".corrupt-")).collect()
}

#[test]
fn rescuers_at_once_change_each_turn_once() {
    let dir = dir();
    let dead = Store::open(dir.path());
    block_on(async {
        for n in 0..10 {
            sending(&dead, &turn(&format!("turn {n}"))).await;
        }
        dead.close().await.unwrap();
    });
    let recovered = at_once(6, |_| block_on(Store::open(dir.path()).recover()).unwrap());
    let mut all: Vec<String> = recovered.into_iter().flatten().map(|turn| turn.text).collect();
    all.sort();
    assert_eq!(all, (0..10).map(|n| format!("turn {n}")).collect::<Vec<_>>());
}

#[test]
fn the_living_are_never_taken_for_dead_while_others_come_and_go() {
    let dir = dir();
    let outcomes = at_once(8, |n| {
        let dir = dir.path();
        block_on(async move {
            for round in 0..6 {
                let store = Store::open(dir);
                let name = format!("{n}.{round}");
                sending(&store, &turn(&name)).await;
                store.recover().await?;
                let state = store.settle(&turn_id(&name), OutState::Sent, None).await?;
                assert_eq!(state, OutState::Sent);
                store.close().await?;
            }
            Ok::<_, crate::store::StoreError>(())
        })
    });
    for outcome in outcomes {
        outcome.unwrap();
    }
}

#[test]
fn every_request_and_every_way_to_answer_is_taken_by_exactly_one() {
    use super::super::Claimed;
    use super::inbox::{arrival, says};
    use crate::domain::{Asked, Inbound, Meaning, ReplyHandle};

    let dir = dir();
    let stores = [Store::open(dir.path()), Store::open(dir.path())];
    let ids = block_on(async {
        let mut ids = Vec::new();
        for n in 0..30_i64 {
            let (key, inputs, link) = ("k".to_owned(), "{}".to_owned(), None);
            let asked = Asked { key, inputs, link, deadline: NOW.plus_millis(10_000) };
            let request = Inbound { key: format!("request {n}"), meaning: Meaning::Request(asked) };
            let mut said = says("c", n, "x");
            if let Meaning::Message { reply, .. } = &mut said.meaning {
                *reply = Some(ReplyHandle { token: format!("token {n:02}"), expires: NOW.plus_millis(10_000) });
            }
            let filed = stores[0].receive(arrival(n, vec![request, said])).await.unwrap();
            ids.push(filed.request.unwrap().id);
        }
        ids
    });
    let won = at_once(8, |n| {
        let store = stores[n % 2].clone();
        block_on(async {
            let (mut requests, mut tokens) = (Vec::new(), Vec::new());
            for id in &ids {
                if let Claimed::Yes(request) = store.claim_request(id, &n.to_string(), NOW, 0).await.unwrap() {
                    requests.push(request.id);
                }
                let handle = store.take_reply_handle(&docs(), &super::id("c"), NOW, 0).await.unwrap();
                tokens.extend(handle.map(|handle| handle.token));
            }
            (requests, tokens)
        })
    });
    let (requests, tokens): (Vec<_>, Vec<_>) = won.into_iter().unzip();
    let (mut requests, mut tokens) = (requests.concat(), tokens.concat());
    requests.sort();
    tokens.sort();
    let mut expected = ids.clone();
    expected.sort();
    assert_eq!(requests, expected);
    assert_eq!(tokens, (0..30).map(|n| format!("token {n:02}")).collect::<Vec<_>>());
}

#[test]
fn one_of_many_listens() {
    let dir = dir();
    let stores: Vec<_> = (0..6).map(|_| Store::open(dir.path())).collect();
    let outcomes = at_once(6, |n| block_on(stores[n].hold_listener(&format!("http://127.0.0.1:{n}"))).unwrap());
    let holder = outcomes.iter().position(Option::is_none).expect("one listens");
    let url = format!("http://127.0.0.1:{holder}");
    assert_eq!(outcomes.iter().filter(|outcome| outcome.as_deref() == Some(url.as_str())).count(), 5, "{outcomes:?}");
}
