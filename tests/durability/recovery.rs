//! What `store recover` gets of a damaged database, held against SQLite's own recovery of the same file, row by row.
//!
//! The judge is the file as it was before it was damaged. SQLite's own recovery is its shell's `.recover`: a shell that
//! has it is named by `PATCHCORD_SQLITE3` or stands in the path (not every distribution builds it in). `FILES` says how
//! many files are damaged, `SEED` which.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;

use crate::Dice;
use crate::support::command::Call;
use crate::support::home::Home;
use crate::support::setting::setting;
use crate::support::skip;
use crate::webhooks::desk;

const PAGE: usize = 4_096;
/// What is said of a file of which nothing came over.
const NOTHING: &str = "Nothing was found in";

/// Rows of every table, so many that each has trees of several pages and some rows go on in pages of their own.
const FILL: &str = "
    WITH RECURSIVE i(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM i WHERE i < 60)
    INSERT INTO conversations (n, channel, id, title, created_ms, created_raw, turned_ms, details, seen, seen_of)
    SELECT i, iif(i % 3, 'flow', 'frontline'), 'conversation ' || i, printf('A title of %d words', i),
           1700000000000 + i, '', iif(i % 5, NULL, 1700000000000 - i), iif(i % 7, NULL, '[[\"a\",\"b\"]]'),
           iif(i % 4, NULL, 'message ' || i), iif(i % 4, NULL, 'message') FROM i;
    WITH RECURSIVE i(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM i WHERE i < 300)
    INSERT INTO messages (conversation, seq, id, role, text, created_ms, created_raw, own_text, finish, delivery)
    SELECT i % 60 + 1, i * 2, 'message ' || i, iif(i % 2, 'user', 'assistant'),
           'Text of ' || i || replace(hex(zeroblob(i % 17 * 9)), '0', 'é') || iif(i % 60, '', hex(zeroblob(6000))),
           1700000000000 + i, '', iif(i % 19, NULL, 'what came'), iif(i % 19, NULL, 'cut'), i % 150 + 1 FROM i;
    WITH RECURSIVE i(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM i WHERE i < 150)
    INSERT INTO deliveries (n, channel, at_ms, replay, trust, verdict, summary, url, headers, body, message)
    SELECT i, 'flow', 1700000000000 + i, 0, 'verified', 'accepted', 'summary of ' || i, 'http://127.0.0.1/hooks/flow',
           '[[\"host\",\"127.0.0.1\"]]', CAST('{\"n\":' || i || hex(zeroblob(i % 11 * 30)) || '}' AS BLOB),
           'message ' || i FROM i;
    WITH RECURSIVE i(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM i WHERE i < 150)
    INSERT INTO said (channel, key, delivery) SELECT 'flow', printf('%013d:key of %d', 1700000000000 + i, i), i FROM i;
    WITH RECURSIVE i(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM i WHERE i < 80)
    INSERT INTO turns (id, channel, conversation, text, state, holder, created_ms, message_id, reply_text)
    SELECT printf('turn %d', i), 'flow', i % 60 + 1, 'What was asked, number ' || i || hex(zeroblob(i)),
           iif(i % 20, 'sent', 'queued'), iif(i % 20, NULL, 'nobody'), 1700000000000 + i, NULL, 'reply ' || i FROM i;
    WITH RECURSIVE i(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM i WHERE i < 40)
    INSERT INTO drafts (channel, conversation, text, saved_ms)
    SELECT 'flow', 'conversation ' || i, 'half a thought ' || hex(zeroblob(i * 5)), 1700000000000 + i FROM i;
    WITH RECURSIVE i(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM i WHERE i < 90)
    INSERT INTO remembered (channel, key, value) SELECT 'flow', 'key ' || i, 'value ' || hex(zeroblob(i)) FROM i;
    WITH RECURSIVE i(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM i WHERE i < 40)
    INSERT INTO requests (id, channel, key, inputs, trust, received_ms, deadline_ms, state, answer)
    SELECT 'request ' || i, 'flow', 'order', '{\"n\":' || i || '}', 'verified', 1700000000000 + i, 1700000060000 + i,
           'answered', json_object('text', hex(zeroblob(i * 5))) FROM i;
    WITH RECURSIVE i(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM i WHERE i < 90)
    INSERT INTO reply_handles (conversation, token, expires_ms)
    SELECT i % 60 + 1, 'token ' || i || hex(zeroblob(20)), 1900000000000 + i FROM i;
    WITH RECURSIVE i(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM i WHERE i < 40)
    INSERT INTO changes (id, channel, source, row_id, at_ms, state, edit, label, base_name, base_content, content)
    SELECT 'change ' || i, 'flow', 's', 'row ' || i, 1700000000000 + i, 'staged', 'update', 'row', 'a', 'old',
           hex(zeroblob(i * 7)) FROM i;
    WITH RECURSIVE i(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM i WHERE i < 40)
    INSERT INTO replaced (channel, source, row_id, at_ms, certain, size, was_name, was_content)
    SELECT 'flow', 's', 'row ' || i, 1700000000000 + i, 1, i, 'a', hex(zeroblob(i * 7)) FROM i;
    WITH RECURSIVE i(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM i WHERE i < 70)
    INSERT INTO searches (name, text) SELECT 'search ' || i, 'words ' || hex(zeroblob(i)) FROM i;
    WITH RECURSIVE i(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM i WHERE i < 60)
    INSERT INTO desk (channel, conversation, pinned, archived_ms, labels, note)
    SELECT 'flow', 'conversation ' || i, i % 2, 1700000000000 + i, char(10) || 'vip' || char(10),
           'a note ' || hex(zeroblob(i)) FROM i;";

/// SQLite's recovery gives up on a table that has a virtual column before others, and with it on the whole file. Such a
/// column is nowhere but in the schema, and what it stands for here is another: so the schema says that.
const PLAIN: &str = "
    PRAGMA writable_schema = on;
    UPDATE sqlite_schema SET sql = replace(sql, 'arrival     INTEGER NOT NULL GENERATED ALWAYS AS (n) VIRTUAL,', '');
    UPDATE sqlite_schema SET sql = replace(sql, 'recency, arrival)', 'recency, n)');
    PRAGMA writable_schema = off;";

/// What is compared of each table: all that a row says, but for what a salvage changes on purpose. Numbers of rows are
/// given anew, so what refers to one is compared by what it refers to; of a message of the outbox that may have left
/// meanwhile nothing is known; and a delivery's conversation may be one of those that only messages name.
const COMPARED: [(&str, &str); 14] = [
    ("conversations", "channel, id, title, created_ms, created_raw, turned_ms, details, seen, seen_of"),
    (
        "messages",
        "CONVERSATION, seq, id, role, text, created_ms, created_raw, own_text, finish, first_word_ms, took_ms, ours,
         received_ms, place_ms, extras, raw",
    ),
    (
        "turns",
        "id, channel, CONVERSATION, text, iif(state IN ('queued', 'sending'), 'unknown', state), created_ms,
         message_id, reply_text, first_word_ms, took_ms, reply_message_id, filed, claimed_ms, attach, reply_finish",
    ),
    ("turn_steps", "TURN, at_ms, state, failure"),
    ("drafts", "channel, conversation, text, saved_ms"),
    ("remembered", "channel, key, value"),
    (
        "deliveries",
        "n, channel, at_ms, replay, trust, verdict, status, reason, message, request, summary, url, headers, body,
         code, detail",
    ),
    ("said", "channel, key"),
    ("requests", "id, channel, key, inputs, link, trust, received_ms, deadline_ms, state, holder, answer, failure"),
    ("reply_handles", "CONVERSATION, token, expires_ms, used"),
    (
        "changes",
        "id, channel, source, row_id, at_ms, state, holder, why, edit, label, name, base_name, theirs_name, content,
         base_content, theirs_content",
    ),
    (
        "replaced",
        "channel, source, row_id, at_ms, certain, undone, size, was_name, became_name, was_content, became_content",
    ),
    ("searches", "name, text"),
    ("desk", "channel, conversation, pinned, archived_ms, labels, note, snoozed_ms, until_ms, woke_ms"),
];

/// Rows of a table, each as one text, and how often it is there.
type Rows = HashMap<String, usize>;
/// By table.
type Tables = BTreeMap<&'static str, Rows>;

/// A shell whose recovery works, if there is one.
fn shell() -> Option<PathBuf> {
    let named = std::env::var_os("PATCHCORD_SQLITE3").map(PathBuf::from);
    let shell = named.or_else(|| skip::find("sqlite3"))?;
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("a.db");
    Connection::open(&path).expect("a database").execute_batch("CREATE TABLE a (b)").expect("a table");
    ask(&shell, &path, ".recover --ignore-freelist\n").contains("COMMIT").then_some(shell)
}

/// What a shell says.
fn ask(shell: &Path, database: &Path, input: &str) -> String {
    let mut child = Command::new(shell)
        .args(["-batch", "-init", "/dev/null"])
        .arg(database)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the shell starts");
    let mut stdin = child.stdin.take().expect("its input");
    let input = input.to_owned();
    let writer = std::thread::spawn(move || std::io::Write::write_all(&mut stdin, input.as_bytes()));
    let output = child.wait_with_output().expect("its output");
    let _ = writer.join();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A database with rows of every table, closed and whole.
fn whole(home: &Home) -> Vec<u8> {
    let _ = Call::new(home, &["requests", "list"]).run().expect_code(0);
    let conn = Connection::open(home.data().join("patchcord.db")).expect("the database");
    conn.execute_batch(&format!("BEGIN; {FILL} {PLAIN} COMMIT; PRAGMA wal_checkpoint(TRUNCATE)")).expect("rows");
    let virtual_columns = "SELECT count(*) FROM sqlite_schema s, pragma_table_xinfo(s.name) x WHERE x.hidden = 2";
    conn.close().expect("it closes");
    let conn = Connection::open(home.data().join("patchcord.db")).expect("the database");
    assert_eq!(select(&conn, virtual_columns), [["0"]], "SQLite's recovery would give up on it");
    assert_eq!(select(&conn, "PRAGMA integrity_check"), [["'ok'"]]);
    conn.close().expect("it closes");
    fs::read(home.data().join("patchcord.db")).expect("its bytes")
}

/// Takes the database of a home away.
fn clear(home: &Home) {
    for entry in fs::read_dir(home.data()).expect("the data directory").flatten() {
        if entry.file_name().to_string_lossy().starts_with("patchcord.db") {
            fs::remove_file(entry.path()).expect("an old file goes");
        }
    }
}

/// What happened to a file.
struct Damage {
    what: String,
    bytes: Vec<u8>,
}

/// Every page damaged once, then files cut, noise of all lengths in the middle, and single bytes, in turn.
fn damages(whole: &[u8], many: usize, dice: &mut Dice) -> Vec<Damage> {
    let pages = whole.len() / PAGE;
    (0..many)
        .map(|n| {
            let mut bytes = whole.to_vec();
            let mut noise = |from: usize, to: usize, dice: &mut Dice| {
                let to = to.min(bytes.len());
                for byte in &mut bytes[from..to] {
                    *byte = u8::try_from(dice.below(256)).expect("a byte");
                }
            };
            let what = if n < pages {
                let (from, to) = (n * PAGE, (n + 1) * PAGE);
                match n % 3 {
                    0 => noise(from, to, dice),
                    1 => bytes[from..to].fill(0),
                    _ => bytes[from..to].fill(0xff),
                }
                format!("page {} of {pages}, {}", n + 1, ["noise", "zeros", "ones"][n % 3])
            } else {
                match n % 3 {
                    0 => {
                        bytes.truncate(1 + dice.below(whole.len()));
                        format!("cut after {} bytes", bytes.len())
                    }
                    1 => {
                        let (from, long) = (dice.below(whole.len()), 1 + dice.below(1 << (2 + n % 13)));
                        noise(from, from + long, dice);
                        format!("{long} bytes of noise from {from} on")
                    }
                    _ => {
                        for _ in 0..8 {
                            let at = dice.below(whole.len());
                            noise(at, at + 1, dice);
                        }
                        "eight bytes here and there".to_owned()
                    }
                }
            };
            Damage { what, bytes }
        })
        .collect()
}

/// The values of each row of a query, as texts; none where there is no such table.
fn select(conn: &Connection, sql: &str) -> Vec<Vec<String>> {
    let mut query = match conn.prepare(sql) {
        Ok(query) => query,
        Err(error) if error.to_string().contains("no such table") => return Vec::new(),
        Err(error) => panic!("{error}: {sql}"),
    };
    let columns = query.column_count();
    let mut found = Vec::new();
    let mut rows = query.query([]).expect("the query runs");
    while let Some(row) = rows.next().expect("a row") {
        let value = |at| match row.get_ref(at).expect("a value") {
            ValueRef::Null => "NULL".to_owned(),
            ValueRef::Integer(n) => n.to_string(),
            ValueRef::Real(n) => n.to_string(),
            ValueRef::Text(text) => format!("'{}'", String::from_utf8_lossy(text)),
            ValueRef::Blob(blob) => format!("x{blob:?}"),
        };
        found.push((0..columns).map(value).collect());
    }
    found
}

/// Whose numbers of rows a database has: those of the whole file, `o`, or its own, as `main` has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Numbers {
    Old,
    New,
}

/// What is compared of a table, as the columns of a query.
fn compared(columns: &str, numbers: Numbers) -> String {
    let (conversation, turn) = match numbers {
        Numbers::Old => (
            "ifnull((SELECT channel || '/' || id FROM o.conversations c WHERE c.n = x.conversation),
                    'row ' || x.conversation)",
            "(SELECT id FROM o.turns t WHERE t.n = x.turn)",
        ),
        Numbers::New => (
            "(SELECT iif(c.channel = 'recovered', ifnull((SELECT channel || '/' || id FROM o.conversations l
                 WHERE 'conversation-' || l.n = c.id), 'row ' || substr(c.id, 14)),
                 ifnull((SELECT l.channel || '/' || l.id FROM temp.misread d JOIN o.conversations l ON l.n = d.n
                     WHERE d.channel = c.channel AND d.id = c.id), c.channel || '/' || c.id))
              FROM main.conversations c WHERE c.n = x.conversation)",
            "(SELECT id FROM main.turns t WHERE t.n = x.turn)",
        ),
    };
    columns.replace("CONVERSATION", conversation).replace("TURN", turn)
}

/// Rows that are worth nothing without another one, and are left where that is lost.
fn of_use(table: &str) -> &'static str {
    match table {
        "turn_steps" => "WHERE (SELECT id FROM o.turns t WHERE t.n = x.turn) IN (SELECT id FROM main.turns)",
        "reply_handles" => {
            "WHERE (SELECT channel || '/' || id FROM o.conversations c WHERE c.n = x.conversation)
                 IN (SELECT channel || '/' || id FROM main.conversations)"
        }
        _ => "",
    }
}

/// All rows of a database, compared as [`COMPARED`] says.
fn rows(conn: &Connection, schema: &str, numbers: Numbers, of_use: impl Fn(&str) -> &'static str) -> Tables {
    let of = |table: &'static str, columns: &str| {
        let sql = format!("SELECT {} FROM {schema}.\"{table}\" x {}", compared(columns, numbers), of_use(table));
        let mut rows = Rows::new();
        for row in select(conn, &sql) {
            *rows.entry(row.join(" | ")).or_default() += 1;
        }
        (table, rows)
    };
    COMPARED.iter().map(|(table, columns)| of(table, columns)).collect()
}

/// The rows of the whole file by their numbers and records as they stand there: what SQLite's recovery finds
/// without knowing whose it is.
fn records(conn: &Connection) -> HashMap<Vec<String>, (&'static str, String)> {
    let mut records = HashMap::new();
    for (table, columns) in COMPARED {
        let layout = format!(
            "SELECT iif(pk AND type = 'INTEGER', 'NULL', 'x.' || name) FROM pragma_table_xinfo('{table}', 'o')
             WHERE hidden <> 2 ORDER BY cid"
        );
        let stored: Vec<String> =
            select(conn, &layout).into_iter().map(|row| row[0].trim_matches('\'').to_owned()).collect();
        let keyed =
            select(conn, &format!("SELECT wr FROM pragma_table_list WHERE schema = 'o' AND name = '{table}'"));
        let number = if keyed == [["1"]] { "NULL" } else { "x.rowid" };
        let sql = format!(
            "SELECT {number}, {}, {} FROM o.\"{table}\" x",
            stored.join(", "),
            compared(columns, Numbers::Old)
        );
        for mut row in select(conn, &sql) {
            let rest = row.split_off(1 + stored.len());
            records.insert(row, (table, rest.join(" | ")));
        }
    }
    records
}

/// What both recoveries came to, in rows.
#[derive(Debug, Default)]
struct Count {
    files: usize,
    /// Of the whole file, as often as it was damaged.
    truth: usize,
    /// Ours, of those.
    ours: usize,
    /// SQLite's, of those.
    sqlite: usize,
    /// SQLite's, of those, without knowing of which table.
    sqlite_unnamed: usize,
    /// Ours, of those, that SQLite's hasn't in their table.
    ours_alone: usize,
    /// SQLite's, that were never so and are not so with us: in rows that are cut, mostly.
    sqlite_untrue: usize,
    /// Files of which SQLite's recovery makes nothing.
    sqlite_nothing: usize,
}

/// Both recoveries, held against the whole file.
struct Comparison {
    shell: PathBuf,
    home: Home,
    folder: TempDir,
    truth: Tables,
    records: HashMap<Vec<String>, (&'static str, String)>,
    count: Count,
    /// What SQLite's recovery has and ours hasn't.
    less: Vec<String>,
}

impl Comparison {
    /// With a home whose database is the whole file.
    fn new(shell: PathBuf, home: Home, whole: &[u8]) -> Self {
        let folder = tempfile::tempdir().expect("a directory");
        let path = folder.path().join("truth.db");
        fs::write(&path, whole).expect("the whole file");
        let conn = Connection::open_in_memory().expect("a database");
        conn.execute("ATTACH ?1 AS o", [path.to_string_lossy()]).expect("the whole file");
        let (truth, records) = (rows(&conn, "o", Numbers::Old, |_| ""), records(&conn));
        Self { shell, home, folder, truth, records, count: Count::default(), less: Vec::new() }
    }

    /// Ours as `main`, the whole file as `o`, SQLite's as `t`.
    fn recover(&self, damage: &Damage) -> Connection {
        let [truth, old, theirs] = ["truth.db", "old.db", "theirs.db"].map(|name| self.folder.path().join(name));
        clear(&self.home);
        let _ = fs::remove_file(&theirs);
        fs::write(&old, &damage.bytes).expect("the damaged file");
        let said = Call::new(&self.home, &["store", "recover", &old.to_string_lossy()]).run();
        assert!(said.code == Some(0) || said.errors().contains(NOTHING), "{}: {said}", damage.what);
        assert_eq!(fs::read(&old).expect("the damaged file"), damage.bytes, "{}: it is only read", damage.what);
        let sql = ask(&self.shell, &old, ".recover --ignore-freelist\n");
        let _ = ask(&self.shell, &theirs, &format!("PRAGMA synchronous = off;\n{sql}"));
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
        let conn = Connection::open_with_flags(self.home.data().join("patchcord.db"), flags).expect("ours");
        conn.execute("ATTACH ?1 AS o", [truth.to_string_lossy()]).expect("the whole file");
        conn.execute("ATTACH ?1 AS t", [theirs.to_string_lossy()]).expect("SQLite's");
        // A conversation whose own name is damaged has another name in both; it is the same by its number.
        conn.execute_batch("CREATE TEMP TABLE misread (n, channel, id)").expect("a table in memory");
        if select(&conn, "SELECT 1 FROM t.sqlite_schema WHERE name = 'conversations'").len() == 1 {
            conn.execute_batch(
                "INSERT INTO misread SELECT n, channel, id FROM t.conversations d
                     WHERE NOT EXISTS (SELECT 1 FROM o.conversations l WHERE l.channel = d.channel AND l.id = d.id)",
            )
            .expect("its names");
        }
        conn
    }

    fn compare(&mut self, damage: &Damage) {
        let conn = self.recover(damage);
        let ours = rows(&conn, "main", Numbers::New, |_| "");
        let sqlite = rows(&conn, "t", Numbers::Old, of_use);
        self.count.files += 1;
        let mut got = 0;
        for (table, theirs) in &sqlite {
            let (ours, truth) = (&ours[table], &self.truth[table]);
            self.count.truth += truth.values().sum::<usize>();
            self.count.ours += shared(ours, truth);
            self.count.sqlite += shared(theirs, truth);
            self.count.ours_alone += shared(ours, truth).saturating_sub(shared(theirs, truth));
            got += theirs.len();
            for (row, many) in theirs {
                if ours.get(row).unwrap_or(&0) >= many {
                    continue;
                }
                // A message whose end is lost says so with us; it is there all the same.
                if truth.contains_key(row) || (*table == "messages" && !named(ours, row)) {
                    self.less.push(format!("{}: {table}: {}", damage.what, head(row)));
                } else {
                    self.count.sqlite_untrue += 1;
                }
            }
        }
        for record in lost_and_found(&conn) {
            let Some((table, row)) = self.records.get(&record) else { continue };
            got += 1;
            self.count.sqlite_unnamed += 1;
            if !ours[table].contains_key(row) {
                self.less.push(format!("{}: {table}, unnamed: {}", damage.what, head(row)));
            }
        }
        self.count.sqlite_nothing += usize::from(got == 0);
    }
}

/// How many rows two databases share.
fn shared(one: &Rows, other: &Rows) -> usize {
    one.iter().map(|(row, many)| *many.min(other.get(row).unwrap_or(&0))).sum()
}

/// How a row begins.
fn head(row: &str) -> String {
    row.chars().take(200).collect()
}

/// Whether there is a message with what tells a message from others, whatever the rest of it says.
fn named(rows: &Rows, row: &str) -> bool {
    let name: Vec<&str> = row.splitn(5, " | ").take(4).collect();
    rows.keys().any(|other| other.starts_with(&name.join(" | ")))
}

/// The records of which SQLite's recovery doesn't know whose they are.
fn lost_and_found(conn: &Connection) -> Vec<Vec<String>> {
    let width = select(conn, "SELECT count(*) FROM pragma_table_info('lost_and_found', 't')");
    let width: usize = width[0][0].parse().expect("a number");
    if width == 0 {
        return Vec::new();
    }
    let fields: Vec<String> = (0..width.saturating_sub(4)).map(|n| format!("c{n}")).collect();
    let mut found = select(conn, &format!("SELECT nfield, id, {} FROM t.lost_and_found", fields.join(", ")));
    for record in &mut found {
        let many: usize = record.remove(0).parse().expect("a number");
        record.truncate(1 + many);
    }
    found
}

#[test]
fn a_salvage_gets_every_row_that_sqlite_s_own_recovery_gets() {
    let Some(shell) = shell() else {
        skip::skip("sqlite3", "there is no sqlite3 whose .recover works (PATCHCORD_SQLITE3 names one)");
        return;
    };
    let (home, _) = desk();
    let whole = whole(&home);
    let mut dice = Dice(u64::try_from(setting("SEED", 20_261_130)).expect("a seed") | 1);
    let mut comparison = Comparison::new(shell, home, &whole);
    let mut first = None;
    for damage in damages(&whole, setting("FILES", 220), &mut dice) {
        comparison.compare(&damage);
        if first.is_none() && !comparison.less.is_empty() {
            let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join("less-than-sqlite.db");
            fs::write(&kept, &damage.bytes).expect("the file that it is about");
            first = Some(kept);
        }
    }
    let Comparison { count, less, .. } = comparison;
    println!("PASS salvage {count:?}");
    assert!(count.sqlite > count.truth / 2, "SQLite's recovery does something: {count:?}");
    assert!(less.is_empty(), "{} rows, the first of {first:?}:\n{}", less.len(), less.join("\n"));
}

/// Carries a file over into an empty database, and says what was said and what is there then.
fn recovered(home: &Home, bytes: &[u8]) -> (String, Connection) {
    let old = home.path().join("old.db");
    fs::write(&old, bytes).expect("the damaged file");
    clear(home);
    let said = Call::new(home, &["store", "recover", &old.to_string_lossy()]).run().expect_code(0);
    let conn = Connection::open(home.data().join("patchcord.db")).expect("the new database");
    (said.text().to_owned(), conn)
}

#[test]
fn a_row_that_breaks_a_rule_of_its_table_costs_no_other() {
    let (home, _) = desk();
    let _ = whole(&home);
    let conn = Connection::open(home.data().join("patchcord.db")).expect("the database");
    // As a damaged page may have it.
    conn.execute_batch(
        "PRAGMA ignore_check_constraints = on;
         UPDATE conversations SET seen = 'message 7', seen_of = 'massage' WHERE n = 7;
         UPDATE deliveries SET verdict = 'excepted' WHERE n = 9;
         UPDATE changes SET state = 'stagnant' WHERE n = 3;
         UPDATE turns SET state = 'cent' WHERE n = 11;
         PRAGMA wal_checkpoint(TRUNCATE);",
    )
    .expect("rows that break rules");
    conn.close().expect("it closes");
    let bytes = fs::read(home.data().join("patchcord.db")).expect("its bytes");
    let (_, conn) = recovered(&home, &bytes);
    for (table, rows) in
        [("conversations", 60), ("messages", 300), ("deliveries", 149), ("changes", 39), ("turns", 79)]
    {
        let count = select(&conn, &format!("SELECT count(*) FROM {table}"));
        assert_eq!(count, [[rows.to_string()]], "{table}");
    }
    let seen = select(&conn, "SELECT seen, seen_of FROM conversations WHERE id = 'conversation 7'");
    assert_eq!(seen, [["NULL", "NULL"]], "how far it was read isn't known");
}

#[test]
fn a_long_text_whose_end_is_lost_comes_over_by_its_beginning() {
    let (home, _) = desk();
    let _ = whole(&home);
    let conn = Connection::open(home.data().join("patchcord.db")).expect("the database");
    let long = |first: &str| format!("{first} {} the part that is lost {}", "é".repeat(6_000), "more ".repeat(2_000));
    conn.execute("UPDATE messages SET text = ?1, raw = '{}' WHERE id = 'message 5'", [long("Once upon a time")])
        .expect("a message");
    conn.execute("UPDATE drafts SET text = ?1 WHERE conversation = 'conversation 5'", [long("Half of it")])
        .expect("a draft");
    conn.execute("UPDATE changes SET content = ?1 WHERE n = 5", [long("A row")]).expect("a change");
    conn.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").expect("all of it in the file");
    conn.close().expect("it closes");
    let mut bytes = fs::read(home.data().join("patchcord.db")).expect("its bytes");
    let lost = b"the part that is lost";
    let pages: Vec<usize> =
        (0..bytes.len() - lost.len()).filter(|at| bytes[*at..].starts_with(lost)).map(|at| at / PAGE).collect();
    assert_eq!(pages.len(), 3);
    for page in pages {
        // The page before it leads nowhere any more.
        bytes[page * PAGE..(page + 1) * PAGE].fill(0xff);
    }
    let (said, conn) = recovered(&home, &bytes);
    assert!(said.contains("3 broken rows"), "{said}");
    for (what, sql) in [
        ("Once upon a time", "SELECT text FROM messages WHERE id = 'message 5'"),
        ("Half of it", "SELECT text FROM drafts WHERE conversation = 'conversation 5'"),
    ] {
        let text = &select(&conn, sql)[0][0];
        assert!(text.starts_with(&format!("'{what} éé")) && text.len() > 8_000, "{what}: {text}");
        assert!(text.ends_with("éé […the rest could not be read]'"), "what is lost is told: {text}");
    }
    // What would be written to a platform is whole or isn't there.
    assert_eq!(select(&conn, "SELECT count(*) FROM changes"), [["39"]]);
    assert_eq!(select(&conn, "SELECT raw, own_text FROM messages WHERE id = 'message 5'"), [["NULL", "NULL"]]);
}

#[test]
fn a_row_whose_header_is_damaged_comes_over_as_far_as_it_can() {
    let (home, _) = desk();
    let mut bytes = whole(&home);
    // Where a text stands in the file, once moved pages are counted, each with where its record's header begins: so many bytes
    // before it as the header says that it is long.
    let records = |bytes: &[u8], text: &[u8], before: usize| -> Vec<usize> {
        let at = (0..bytes.len() - text.len()).filter(|at| bytes[*at..].starts_with(text));
        let header = |body: usize| (10..40).map(|long| body - long).find(|at| usize::from(bytes[*at]) == body - at);
        at.filter_map(|at| header(at - before)).collect()
    };
    // A computed number of this one says that it is far longer than the row: what was said before that is whole.
    for row in records(&bytes, b"flowconversation 19A title of 19 words", 0) {
        assert_eq!(bytes[row + 8], 5, "six bytes: when it was last used");
        bytes[row + 8] = 0xd4;
    }
    // The id of this one is a number of four bytes: all behind it stands elsewhere than it did.
    for row in records(&bytes, b"message 214assistantText of 214", 3) {
        assert_eq!(bytes[row + 4], 35, "eleven letters: its id");
        bytes[row + 4] = 4;
    }
    let (said, conn) = recovered(&home, &bytes);
    assert!(said.contains("2 broken rows"), "{said}");
    let title = select(&conn, "SELECT title, created_ms FROM conversations WHERE id = 'conversation 19'");
    assert_eq!(title, [["'A title of 19 words'", "1700000000019"]]);
    let words = select(&conn, "SELECT count(*) FROM messages WHERE text LIKE '%Text of 214%'");
    assert_eq!(words, [["1"]], "somebody's words are there, whatever the rest says");
    for (table, rows) in [("conversations", 60), ("messages", 300)] {
        assert_eq!(select(&conn, &format!("SELECT count(*) FROM {table}")), [[rows.to_string()]], "{table}");
    }
}
