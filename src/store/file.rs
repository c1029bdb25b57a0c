//! The database's file: making it, judging what stands there, and moving aside what isn't ours. Owns the order in which
//! processes open it; knows no table.
//!
//! A file that is ready is opened at once. Whatever else is found is dealt with while nobody else writes, one process at
//! a time, and after looking again. Nothing is ever overwritten: a damaged file is kept, and what can be read of it stands
//! in a new one before that takes its place.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::error::StoreError;
use super::identity::{Gate, Identity};
use super::salvage::{self, Salvaged};
use super::{log, migrations};

/// The database's name in the data directory.
pub const NAME: &str = "patchcord.db";
/// In SQLite's header: "pchd".
pub(super) const APPLICATION_ID: i32 = 0x7063_6864;
/// The first release without the bug that can damage a database when its log starts over.
const SQLITE_NEEDED: i32 = 3_051_003;
/// Between two tries, and how many there are, where others have the database in use: eight seconds, in which those who are
/// stopped are woken. Shorter than SQLite's own pauses, since whoever writes all the time leaves little time between.
const PAUSE: Duration = Duration::from_millis(2);
const TRIES: i32 = 4_000;
/// Up to here a whole check takes a few milliseconds, so every start makes it.
const ALWAYS_CHECKED: u64 = 2 << 20;

/// An opened database, and what the user should know about how it was opened.
pub(super) struct Opened {
    pub(super) conn: Connection,
    pub(super) gate: Gate,
    /// The files that were opened.
    pub(super) identity: Identity,
    pub(super) warnings: Vec<String>,
}

/// What stands where the database should.
enum Standing {
    Ready(Connection),
    Older(Connection, u32),
    Nothing,
    /// Not a database of ours, or one that is damaged.
    Alien(&'static str),
}

enum Header {
    Nothing,
    Alien(&'static str),
    Ours { wal: bool },
}

/// Opens the database of that directory, made or brought up to date as needed.
pub(super) fn open(dir: &Path, schema: &[&str]) -> Result<Opened, StoreError> {
    if rusqlite::version_number() < SQLITE_NEEDED {
        return Err(StoreError::OldSqlite(rusqlite::version()));
    }
    make_dir(dir)?;
    let path = dir.join(NAME);
    let gate = Gate::open(dir)?;
    let pass = gate.pass()?;
    if matches!(header(&path)?, Header::Ours { wal: true })
        && !sidecar(&path, SALVAGED).exists()
        && let Standing::Ready(conn) = look(&path, schema)?
    {
        let identity = Identity::of(dir);
        drop(pass);
        return Ok(Opened { conn, gate, identity, warnings: Vec::new() });
    }
    drop(pass);
    let pass = gate.alone()?;
    let mut warnings = Vec::new();
    let standing = look(&path, schema)?;
    let ready = sidecar(&path, SALVAGED);
    if ready.exists() && !matches!(standing, Standing::Alien(_) | Standing::Nothing) {
        // Of a start that ended before it moved anything; what stands there is whole after all.
        remove(&ready)?;
    }
    let mut conn = match standing {
        Standing::Ready(conn) => conn,
        Standing::Older(mut conn, version) => {
            if version > 0 {
                back_up(&conn, &path, schema.len())?;
            }
            migrations::run(&mut conn, schema)?;
            conn
        }
        Standing::Nothing if ready.exists() => {
            // The start before ended between keeping the damaged one and this.
            fs::rename(&ready, &path).map_err(StoreError::file(&path))?;
            warnings
                .push(format!("{NAME} was damaged. It was kept, and what could be read was carried over. {AGAIN}"));
            connect(&path)?
        }
        // SQLite would delete a log without its database.
        Standing::Nothing if sidecar(&path, "-wal").exists() => {
            replace(&path, "is gone, and its log is there", schema, &mut warnings)?
        }
        Standing::Nothing => fresh(&path, schema)?,
        Standing::Alien(why) => replace(&path, why, schema, &mut warnings)?,
    };
    if !migrations::set_wal(&mut conn) {
        warnings.push("This file system can't hold SQLite's log, so the database is slower here.".to_owned());
    }
    // Its log is made when it is first read.
    conn.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    let identity = Identity::of(dir);
    drop(pass);
    Ok(Opened { conn, gate, identity, warnings })
}

/// Beside the database: one that is being made, and one that is ready to take the place of a damaged one.
const MAKING: &str = ".making";
const SALVAGED: &str = ".salvaged";

/// Makes a database of what can be read of the one that stands there, keeps that, and puts the new one in its place.
/// Whenever the program ends meanwhile, the next start goes on from there.
fn replace(path: &Path, why: &str, schema: &[&str], warnings: &mut Vec<String>) -> Result<Connection, StoreError> {
    let ready = sidecar(path, SALVAGED);
    let making = sidecar(path, MAKING);
    // One that is ready is of a start that ended while it moved the damaged one, whose log it may have moved.
    let told = if ready.exists() {
        None
    } else {
        for suffix in ["", "-journal"] {
            remove(&sidecar(&making, suffix))?;
        }
        let mut conn = made(&making, schema)?;
        let (log, apart) = (sidecar(path, "-wal"), sidecar(path, ".reading"));
        let told = salvage::salvage(&mut conn, path, &log, &apart, true)?;
        drop(conn);
        fs::rename(&making, &ready).map_err(StoreError::file(&ready))?;
        sync_dir(path);
        Some(told)
    };
    let kept = move_aside(path)?;
    fs::rename(&ready, path).map_err(StoreError::file(path))?;
    sync_dir(path);
    warnings.push(match told {
        Some(told) => replaced(why, &kept, &told),
        None => format!("{NAME} {why}. It was kept as {}. {AGAIN}", kept.display()),
    });
    connect(path)
}

/// Keeps a whole copy of the database as it was before an upgrade, and of all such copies only this one.
fn back_up(conn: &Connection, path: &Path, to: usize) -> Result<(), StoreError> {
    let making = sidecar(path, MAKING);
    remove(&making)?;
    let kept = migrations::back_up(conn, &making).and_then(|()| {
        let kept = beside(path, &format!("before-{to}"));
        fs::rename(&making, &kept).map_err(StoreError::file(&kept))?;
        Ok(kept)
    });
    let kept = kept.inspect_err(|_| drop(fs::remove_file(&making)))?;
    sync_dir(path);
    let prefix = format!("{NAME}.before-");
    for entry in path.parent().and_then(|dir| fs::read_dir(dir).ok()).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(&prefix) && entry.path() != kept {
            let _ = fs::remove_file(entry.path());
        }
    }
    Ok(())
}

/// What the user is told of a database that another one took the place of.
fn replaced(why: &str, kept: &Path, told: &Salvaged) -> String {
    let kept = kept.display();
    let over = match (told.found().as_str(), told.lost()) {
        ("nothing", None) => "Nothing was in it".to_owned(),
        ("nothing", Some(lost)) => format!("Nothing could be carried over: {lost}"),
        (found, None) => format!("All that was in it was carried over to a new one: {found}"),
        (found, Some(lost)) => format!("What could be read was carried over to a new one: {found}; {lost}"),
    };
    format!("{NAME} {why}. It was kept as {kept}. {over}. {AGAIN}")
}

const AGAIN: &str = "`patchcord store recover FILE` reads the kept file again.";

/// Without it a power cut could undo a rename.
pub(super) fn sync_dir(path: &Path) {
    if let Some(dir) = path.parent().and_then(|dir| File::open(dir).ok()) {
        let _ = dir.sync_all();
    }
}

pub(super) fn remove(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StoreError::file(path)(error)),
        _ => Ok(()),
    }
}

/// A new database, under another name until it is whole: whatever stands at the database's own path once was one.
fn fresh(path: &Path, schema: &[&str]) -> Result<Connection, StoreError> {
    let making = sidecar(path, MAKING);
    for suffix in ["", "-journal"] {
        remove(&sidecar(&making, suffix))?;
    }
    drop(made(&making, schema)?);
    fs::rename(&making, path).map_err(StoreError::file(path))?;
    sync_dir(path);
    connect(path)
}

fn made(path: &Path, schema: &[&str]) -> Result<Connection, StoreError> {
    // Made before SQLite opens it, which gives its log the same permissions.
    create_private(path).map_err(StoreError::file(path))?;
    let mut conn = connect(path)?;
    migrations::run(&mut conn, schema)?;
    Ok(conn)
}

fn look(path: &Path, schema: &[&str]) -> Result<Standing, StoreError> {
    match header(path)? {
        Header::Nothing => return Ok(Standing::Nothing),
        Header::Alien(why) => return Ok(Standing::Alien(why)),
        Header::Ours { .. } => {}
    }
    let known = u32::try_from(schema.len()).unwrap_or(u32::MAX);
    match connect(path).and_then(|conn| Ok((sound(&conn, path)?, conn))) {
        Ok((version, _)) if version > known => Err(StoreError::Future { found: version, known }),
        Ok((version, conn)) if version < known => Ok(Standing::Older(conn, version)),
        Ok((_, conn)) => Ok(Standing::Ready(conn)),
        Err(StoreError::Damaged(_)) => Ok(Standing::Alien("was damaged")),
        Err(error) => Err(error),
    }
}

/// Reads the header without SQLite, which may change even a file that it is only asked about.
fn header(path: &Path) -> Result<Header, StoreError> {
    let mut bytes = Vec::with_capacity(100);
    match File::open(path) {
        Ok(file) => file.take(100).read_to_end(&mut bytes).map_err(StoreError::file(path))?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Header::Nothing),
        Err(error) => return Err(StoreError::file(path)(error)),
    };
    if bytes.is_empty() {
        return Ok(Header::Alien("was empty"));
    }
    if bytes.len() < 100 || !bytes.starts_with(b"SQLite format 3\0") {
        return Ok(Header::Alien("was not a database any more"));
    }
    if bytes.get(68..72) != Some(APPLICATION_ID.to_be_bytes().as_slice()) {
        return Ok(Header::Alien("was another program's database"));
    }
    Ok(Header::Ours { wal: bytes.get(18..20) == Some([2, 2].as_slice()) })
}

/// Every setting that belongs to a connection, not to the file.
pub(super) fn connect(path: &Path) -> Result<Connection, StoreError> {
    let mut conn =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    conn.busy_handler(Some(wait))?;
    conn.set_prepared_statement_cache_capacity(128);
    conn.execute_batch(
        "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON;
         PRAGMA checkpoint_fullfsync = ON; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0;
         PRAGMA cache_size = -8000;",
    )?;
    // Otherwise SQLite plans some queries anew whenever a value is bound: a sixth of what filing a webhook costs.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    conn.pragma_update(None, "wal_autocheckpoint", log::AT_LATEST)?;
    Ok(conn)
}

fn wait(tries: i32) -> bool {
    std::thread::sleep(PAUSE);
    tries < TRIES
}

/// For a connection beside the store's own, which is closed last: this one leaves the log as it is, since by then one of
/// that name may be another's.
pub(super) fn beside_another(conn: Connection) -> Result<Connection, StoreError> {
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    Ok(conn)
}

/// The schema's number, once the database has been found whole as far as can be told quickly. Damage that only a query
/// finds leaves a mark, and the next start checks all.
fn sound(conn: &Connection, path: &Path) -> Result<u32, StoreError> {
    let version = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
    conn.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    let marked = mark(path).exists();
    let small = fs::metadata(path).is_ok_and(|m| m.len() <= ALWAYS_CHECKED);
    if marked || small {
        let answer: String = conn.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if answer != "ok" {
            let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
            return Err(rusqlite::Error::SqliteFailure(code, Some(answer)).into());
        }
    }
    if marked {
        let _ = fs::remove_file(mark(path));
    }
    Ok(version)
}

/// Makes the next start check the whole database.
pub(super) fn mark_damaged(dir: &Path) {
    let _ = create_private(&mark(&dir.join(NAME)));
}

fn mark(path: &Path) -> PathBuf {
    sidecar(path, ".check")
}

pub(super) fn sidecar(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// The log goes first: should the program end in between, no new database finds an old log beside it.
fn move_aside(path: &Path) -> Result<PathBuf, StoreError> {
    let kept = beside(path, "corrupt");
    for suffix in ["-wal", "-shm", "-journal", ""] {
        let from = sidecar(path, suffix);
        match fs::rename(&from, sidecar(&kept, suffix)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(StoreError::file(from)(error)),
            _ => {}
        }
    }
    let _ = fs::remove_file(mark(path));
    Ok(kept)
}

/// A name beside the database that nothing has yet. The clock is read for the name's sake alone.
fn beside(path: &Path, what: &str) -> PathBuf {
    let seconds = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |d| d.as_secs());
    let name = |n: u64| sidecar(path, &format!(".{what}-{}", seconds.saturating_add(n)));
    let taken = |p: &PathBuf| ["", "-wal", "-shm", "-journal"].iter().any(|s| sidecar(p, s).exists());
    (0..1_000).map(name).find(|p| !taken(p)).unwrap_or_else(|| name(0))
}

/// Makes a directory that only its owner can read; one that exists is left as it is.
pub(super) fn make_dir(dir: &Path) -> Result<(), StoreError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir).map_err(StoreError::file(dir))
}

/// Opens a file, made if need be so that only its owner can read it.
pub(super) fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
