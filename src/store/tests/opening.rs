//! Opening: what is made, what is refused, what is moved aside, and what is brought up to date.

use std::fs;
use std::path::PathBuf;

use rusqlite::Connection;

use super::super::StoreError;
use super::super::migrations::SCHEMA;
use super::*;

fn database(dir: &TempDir) -> PathBuf {
    dir.path().join(disk::NAME)
}

/// Files beside the database whose names hold that word.
fn beside(dir: &TempDir, word: &str) -> Vec<PathBuf> {
    let mut found: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.file_name().unwrap().to_string_lossy().contains(word));
    found.sort();
    found
}

#[tokio::test]
async fn the_file_has_its_settings_and_nothing_is_left_beside_it() {
    let dir = dir();
    let store = Store::open(&dir.path().join("deep/data"));
    assert_eq!(store.warnings().await.unwrap(), Vec::<String>::new());
    let settings = store
        .ask(|database| {
            let ask = |name: &str| database.read().pragma_query_value(None, name, |row| row.get::<_, i64>(0));
            Ok((ask("synchronous")?, ask("foreign_keys")?, ask("trusted_schema")?))
        })
        .await
        .unwrap();
    assert_eq!(settings, (2, 1, 0));
    store.close().await.unwrap();
    let conn = Connection::open(dir.path().join("deep/data/patchcord.db")).unwrap();
    let value = |name: &str| conn.pragma_query_value(None, name, |row| row.get::<_, i32>(0)).unwrap();
    assert_eq!(
        (value("application_id"), value("user_version")),
        (migrations::APPLICATION_ID, i32::try_from(newest()).unwrap())
    );
    let mode: String = conn.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
    let loose: i64 = conn
        .query_row(
            "SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND NOT strict
                 AND name NOT LIKE 'sqlite%'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(loose, 0, "tables that aren't STRICT");
    assert!(
        !dir.path().join("deep/data/patchcord.db-wal").exists()
            || fs::metadata(dir.path().join("deep/data/patchcord.db-wal")).unwrap().len() == 0
    );
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_can_read_what_is_made() {
    use std::os::unix::fs::PermissionsExt;
    let dir = dir();
    let data = dir.path().join("data");
    let store = Store::open(&data);
    store.enqueue(&turn("hi")).await.unwrap();
    let mut waiting = vec![data];
    let mut seen = 0;
    while let Some(path) = waiting.pop() {
        let meta = fs::metadata(&path).unwrap();
        let expected = if meta.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(meta.permissions().mode() & 0o777, expected, "{}", path.display());
        if meta.is_dir() {
            waiting.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        }
        seen += 1;
    }
    assert!(seen >= 6, "the database, its log, its index and the locks were looked at");
}

#[tokio::test]
async fn a_store_that_cant_be_opened_says_so_to_every_call() {
    let dir = dir();
    let in_the_way = dir.path().join("a file");
    fs::write(&in_the_way, "").unwrap();
    let store = Store::open(&in_the_way);
    for _ in 0..2 {
        assert!(matches!(store.warnings().await, Err(StoreError::File { .. })));
    }
    let error = store.save_draft(&docs(), None, "typed", NOW).await.unwrap_err();
    assert!(matches!(error, StoreError::File { .. }));
    assert!(error.failure().hint.is_some());
    assert!(matches!(store.close().await, Err(StoreError::File { .. })));
}

#[tokio::test]
async fn a_closed_store_says_so_to_every_clone() {
    let dir = dir();
    let store = Store::open(dir.path());
    let clone = store.clone();
    let asked_before = store.enqueue(&turn("hi"));
    store.close().await.unwrap();
    asked_before.await.unwrap();
    assert!(matches!(clone.warnings().await, Err(StoreError::Closed)));
    assert!(matches!(clone.close().await, Err(StoreError::Closed)));
}

#[tokio::test]
async fn what_isnt_a_database_of_ours_is_kept_and_a_new_one_begun() {
    let foreign = {
        let dir = dir();
        let path = dir.path().join("other.db");
        let conn = Connection::open(&path).unwrap();
        conn.execute_batch("CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1);").unwrap();
        drop(conn);
        fs::read(path).unwrap()
    };
    for bytes in [b"short".to_vec(), vec![0; 4_096], vec![0xff; 100_000], foreign] {
        let dir = dir();
        fs::write(database(&dir), &bytes).unwrap();
        fs::write(dir.path().join("patchcord.db-wal"), "an old log").unwrap();
        let store = Store::open(dir.path());
        let warnings = store.warnings().await.unwrap();
        assert_eq!(warnings.len(), 1);
        let kept = beside(&dir, ".corrupt-");
        assert_eq!(kept.len(), 2, "the file and its log");
        assert_eq!(fs::read(&kept[0]).unwrap(), bytes);
        assert_eq!(fs::read(&kept[1]).unwrap(), b"an old log");
        assert!(warnings[0].contains(&*kept[0].to_string_lossy()));
        store.enqueue(&turn("hi")).await.unwrap();
        store.close().await.unwrap();
        let store = Store::open(dir.path());
        assert!(store.warnings().await.unwrap().is_empty());
        assert_eq!(state_of(&store, "hi").await, OutState::Queued);
    }
}

#[tokio::test]
async fn a_damaged_database_of_ours_is_kept_and_a_new_one_begun() {
    let whole = {
        let dir = dir();
        let store = Store::open(dir.path());
        let page: Vec<_> = (0..300).map(|n| bot(&n.to_string(), &"words ".repeat(40))).collect();
        store.merge_messages(&docs(), &id("c"), &page, None).await.unwrap();
        store.close().await.unwrap();
        fs::read(database(&dir)).unwrap()
    };
    assert!(whole.len() > 100_000);
    let mut scrambled = whole.clone();
    for byte in &mut scrambled[4_096 * 3..4_096 * 20] {
        *byte = byte.wrapping_mul(31).wrapping_add(7);
    }
    let truncated = whole[..whole.len() / 2 + 17].to_vec();
    for bytes in [scrambled, truncated] {
        let dir = dir();
        fs::write(database(&dir), &bytes).unwrap();
        let store = Store::open(dir.path());
        assert_eq!(store.warnings().await.unwrap().len(), 1);
        assert_eq!(fs::read(&beside(&dir, ".corrupt-")[0]).unwrap(), bytes);
    }
}

#[tokio::test]
async fn damage_that_only_a_query_finds_is_looked_for_at_the_next_start() {
    let dir = dir();
    let store = Store::open(dir.path());
    // Larger than what every start checks as a whole.
    let page: Vec<_> = (0..1_000).map(|n| bot(&n.to_string(), &format!("words {n} ").repeat(400))).collect();
    store.merge_messages(&docs(), &id("c"), &page, None).await.unwrap();
    store.close().await.unwrap();
    let mut bytes = fs::read(database(&dir)).unwrap();
    assert!(bytes.len() > 3 << 20);
    for byte in &mut bytes[4_096 * 60..] {
        *byte = 0x5a;
    }
    fs::write(database(&dir), &bytes).unwrap();

    let store = Store::open(dir.path());
    assert!(store.warnings().await.unwrap().is_empty(), "it looks whole at first");
    let error = store.messages(&docs(), &id("c"), None, 10_000).await.unwrap_err();
    assert!(matches!(error, StoreError::Damaged(_)), "{error:?}");
    store.close().await.unwrap();
    assert_eq!(fs::read(database(&dir)).unwrap(), bytes);

    let store = Store::open(dir.path());
    assert_eq!(store.warnings().await.unwrap().len(), 1);
    assert_eq!(fs::read(&beside(&dir, ".corrupt-")[0]).unwrap(), bytes);
    store.close().await.unwrap();
    assert!(Store::open(dir.path()).warnings().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_log_without_its_database_is_kept() {
    let dir = dir();
    fs::write(dir.path().join("patchcord.db-wal"), "an old log").unwrap();
    let store = Store::open(dir.path());
    assert_eq!(store.warnings().await.unwrap().len(), 1);
    assert_eq!(fs::read(&beside(&dir, ".corrupt-")[0]).unwrap(), b"an old log");
}

#[tokio::test]
async fn a_start_that_ended_in_the_middle_is_begun_again() {
    let dir = dir();
    // A database gets its name once it is whole.
    fs::write(dir.path().join("patchcord.db.making"), "half of o").unwrap();
    let store = Store::open(dir.path());
    assert!(store.warnings().await.unwrap().is_empty());
    store.enqueue(&turn("hi")).await.unwrap();
    assert!(beside(&dir, ".making").is_empty());
}

#[tokio::test]
async fn a_future_schema_is_refused_and_left_as_it_is() {
    let dir = dir();
    Store::open(dir.path()).close().await.unwrap();
    let conn = Connection::open(database(&dir)).unwrap();
    conn.pragma_update(None, "user_version", newest() + 4).unwrap();
    drop(conn);
    let bytes = fs::read(database(&dir)).unwrap();
    let store = Store::open(dir.path());
    let error = store.warnings().await.unwrap_err();
    let (found, known) = (newest() + 4, newest());
    assert!(matches!(error, StoreError::Future { found: f, known: k } if (f, k) == (found, known)), "{error:?}");
    assert!(matches!(store.enqueue(&turn("hi")).await, Err(StoreError::Future { .. })));
    assert_eq!(fs::read(database(&dir)).unwrap(), bytes);
}

fn open_with(dir: &TempDir, schema: &'static [&'static str]) -> Store {
    Store::open_with(dir.path(), schema, std::sync::Arc::new(|_| ()))
}

/// Every schema and one more.
const fn and(last: &'static str) -> [&'static str; SCHEMA.len() + 1] {
    let mut all = [last; SCHEMA.len() + 1];
    let mut at = 0;
    while at < SCHEMA.len() {
        all[at] = SCHEMA[at];
        at += 1;
    }
    all
}

const NEXT: &[&str] = &and("CREATE TABLE later (x INTEGER) STRICT; INSERT INTO later VALUES (1);");
const BROKEN: &[&str] = &and("CREATE TABLE later (x INTEGER) STRICT; INSERT INTO nowhere VALUES (1);");

/// The number of the newest schema.
fn newest() -> u32 {
    u32::try_from(SCHEMA.len()).unwrap()
}

#[tokio::test]
async fn an_older_schema_is_copied_and_then_brought_up_to_date() {
    let dir = dir();
    let store = Store::open(dir.path());
    store.enqueue(&turn("hi")).await.unwrap();
    store.close().await.unwrap();
    let broken = open_with(&dir, BROKEN);
    assert!(matches!(broken.warnings().await, Err(StoreError::Sqlite(_))));
    let store = Store::open(dir.path());
    assert_eq!(state_of(&store, "hi").await, OutState::Queued);
    store.close().await.unwrap();

    let store = open_with(&dir, NEXT);
    assert!(store.warnings().await.unwrap().is_empty());
    assert_eq!(state_of(&store, "hi").await, OutState::Queued);
    let copies = beside(&dir, &format!(".before-{}-", newest() + 1));
    assert_eq!(copies.len(), 1, "of all attempts");
    for copy in copies {
        let conn = Connection::open(copy).unwrap();
        let (version, turns): (u32, i64) = conn
            .query_row("SELECT user_version, (SELECT count(*) FROM turns) FROM pragma_user_version", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .unwrap();
        assert_eq!((version, turns), (newest(), 1));
    }
    assert!(matches!(Store::open(dir.path()).warnings().await, Err(StoreError::Future { .. })));
}

#[tokio::test]
async fn a_newer_program_brings_a_database_up_to_date_once_however_many_open_it() {
    let dir = dir();
    Store::open(dir.path()).close().await.unwrap();
    let stores: Vec<_> = (0..6).map(|_| open_with(&dir, NEXT)).collect();
    for store in &stores {
        assert!(store.warnings().await.unwrap().is_empty());
    }
    assert_eq!(beside(&dir, &format!(".before-{}-", newest() + 1)).len(), 1);
}

#[tokio::test]
async fn a_database_of_the_first_release_keeps_all_that_it_has() {
    let dir = dir();
    older(
        &dir,
        1,
        "INSERT INTO conversations (channel, id, title, created_raw, turned_ms) VALUES ('docs', 'c', 'a title', '', 5);
         INSERT INTO messages (conversation, seq, id, role, text, created_raw) VALUES (1, 2, '1', 'user', 'hi', '');
         INSERT INTO messages (conversation, seq, id, role, text, created_raw, own_text, finish, took_ms)
             VALUES (1, 4, '2', 'assistant', 'hel', '', 'hello', 'cut', 7);
         INSERT INTO turns (id, channel, conversation, text, state, holder, created_ms)
             VALUES ('t', 'docs', 1, 'next', 'queued', 'gone', 6);
         INSERT INTO drafts VALUES ('docs', 'c', 'typed', 7);
         INSERT INTO remembered VALUES ('docs', 'open', 'c');",
    );

    let store = Store::open(dir.path());
    assert!(store.warnings().await.unwrap().is_empty());
    assert_eq!(beside(&dir, &format!(".before-{}-", newest())).len(), 1);
    let row = store.conversation(&docs(), &id("c")).await.unwrap().unwrap();
    assert_eq!((row.conversation.title.as_str(), row.has_draft), ("a title", true));
    assert!(row.conversation.details.is_empty());
    let entries = store.messages(&docs(), &id("c"), None, 10).await.unwrap().entries;
    let told: Vec<_> = entries.iter().map(|e| (e.seq, e.message.text.as_str(), e.took_ms)).collect();
    assert_eq!(told, [(2, "hi", None), (4, "hello", Some(7))]);
    assert!(entries.iter().all(|entry| entry.message.extras.is_empty()));
    let turn = store.turn(&turn_id("t")).await.unwrap().unwrap();
    assert_eq!((turn.text.as_str(), turn.attach), ("next", Vec::new()));
    assert!(store.claim(&turn_id("t"), NOW).await.unwrap());
    assert_eq!(store.recall(&docs(), "open").await.unwrap().as_deref(), Some("c"));
    assert_eq!(store.last_delivery().await.unwrap().0, 0);
}

#[tokio::test]
async fn a_database_of_the_second_release_keeps_all_that_it_has_and_takes_changes() {
    let dir = dir();
    older(
        &dir,
        2,
        "INSERT INTO conversations (channel, id, title, created_raw, turned_ms) VALUES ('docs', 'c', 'hi', '', 6);
         INSERT INTO turns (id, channel, conversation, text, state, holder, created_ms)
             VALUES ('hi', 'docs', 1, 'hi', 'queued', 'gone', 6);
         INSERT INTO drafts VALUES ('docs', 'c', 'typed', 7);",
    );
    let store = Store::open(dir.path());
    assert!(store.warnings().await.unwrap().is_empty());
    assert_eq!(beside(&dir, &format!(".before-{}-", newest())).len(), 1);
    assert_eq!(state_of(&store, "hi").await, OutState::Queued);
    assert_eq!(store.draft(&docs(), Some(&id("c"))).await.unwrap().as_deref(), Some("typed"));
    assert!(store.changes(&docs()).await.unwrap().is_empty());
    let change = super::changes::update("a", "new");
    store.stage(&change).await.unwrap();
    assert_eq!(store.changes(&docs()).await.unwrap(), [change]);
}
