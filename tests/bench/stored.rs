//! A store with a million messages, made once by SQL in the schema that the measured program itself makes, and kept for
//! the next run.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use serde_json::json;

use crate::grown;
use crate::support::chat_thing::ChatThing;
use crate::support::home::Home;
use crate::support::origin::Script;
use crate::who::Who;
use crate::whole::Whole;

/// What the newest message of the conversation says that was open last.
pub const LAST: &str = "the newest of a million";

/// 5,000 conversations of 200 messages each, the first of them open last. Roles alternate, texts are a sentence or two.
const FILL: &str = "
    PRAGMA synchronous = OFF; PRAGMA cache_size = -200000;
    BEGIN;
    WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 5000)
    INSERT INTO conversations (n, channel, id, title, created_ms, created_raw)
    SELECT i, 'docs', printf('%08x-e691-4341-8afb-%012x', i, i), 'Stored conversation number ' || i,
           1760000000000 - i * 60000, '' FROM c;
    WITH RECURSIVE m(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM m WHERE i < 999999)
    INSERT INTO messages (conversation, seq, id, role, text, created_ms, created_raw)
    SELECT i / 200 + 1, (i % 200) * 2, printf('%016x', i), CASE i % 2 WHEN 0 THEN 'user' ELSE 'assistant' END,
           'Message ' || i || ' of many, about *planets*, their moons and how far they are.', 1760000000000, '' FROM m;
    UPDATE messages SET text = 'This is the newest of a million.' WHERE conversation = 1 AND seq = 398;
    INSERT INTO remembered (channel, key, value) VALUES ('docs', 'open', '00000001-e691-4341-8afb-000000000001');
    COMMIT;
    PRAGMA wal_checkpoint(TRUNCATE);";

/// A home whose store has a million messages, in that program's schema.
pub fn new_home(who: Who) -> Home {
    let home = Home::new();
    fs::create_dir_all(home.data()).expect("the data directory");
    fs::copy(made(who), home.data().join("patchcord.db")).expect("a copy of the store");
    home
}

/// A platform that has nothing to tell: what is seen is the store's.
pub fn silent() -> ChatThing {
    let server = ChatThing::start();
    server.bend(|request, _| {
        let key = if request.path.ends_with("/messages") { "messages" } else { "conversations" };
        Script::json(200, &json!({"success": true, key: [], "pagination": {"total": 0, "last": null}}))
    });
    server
}

/// The kept file, made if this schema has none yet.
fn made(who: Who) -> PathBuf {
    let fresh = Home::new();
    fresh.configure(&grown::config());
    let (program, environment) = (who.program(), fresh.environment());
    // Whoever looks for the first time makes the store.
    Whole {
        program: &program,
        arguments: &["search", "nothing"],
        environment: &environment,
        folder: fresh.path(),
        output: None,
    }
    .run();
    let file = fresh.data().join("patchcord.db");
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("million-{:016x}.db", schema(&file)));
    if !kept.exists() {
        let database = Connection::open(&file).expect("the new store");
        database.execute_batch(FILL).expect("a million messages");
        drop(database);
        let half = kept.with_extension("half");
        fs::copy(&file, &half).and_then(|_| fs::rename(&half, &kept)).expect("the store kept");
    }
    kept
}

/// Tells one schema, and one filling, from another.
fn schema(file: &Path) -> u64 {
    let database = Connection::open(file).expect("the new store");
    let mut asked = database.prepare("SELECT sql FROM sqlite_schema ORDER BY name").expect("its schema");
    let rows = asked.query_map([], |row| row.get::<_, Option<String>>(0)).expect("its schema");
    let mut hasher = DefaultHasher::new();
    FILL.hash(&mut hasher);
    rows.for_each(|row| row.expect("a row").hash(&mut hasher));
    hasher.finish()
}
