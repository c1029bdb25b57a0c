//! The database's file: making it, judging what stands there, and moving aside what isn't ours. Owns the order in which
//! processes open it; knows no table.
//!
//! A file that is ready is opened at once. Whatever else is found is dealt with under `patchcord.lock`, one process at
//! a time, and after looking again. Nothing is ever overwritten.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::error::StoreError;
use super::{log, migrations};

/// The database's name in the data directory.
pub(super) const NAME: &str = "patchcord.db";
/// In SQLite's header: "pchd".
pub(super) const APPLICATION_ID: i32 = 0x7063_6864;
/// The first release without the bug that can damage a database when its log starts over.
const SQLITE_NEEDED: i32 = 3_051_003;
/// Up to here a whole check takes a few milliseconds, so every start makes it.
const ALWAYS_CHECKED: u64 = 2 << 20;

/// An opened database, and what the user should know about how it was opened.
pub(super) struct Opened {
    pub(super) conn: Connection,
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
    if matches!(header(&path)?, Header::Ours { wal: true })
        && let Standing::Ready(conn) = look(&path, schema)?
    {
        return Ok(Opened { conn, warnings: Vec::new() });
    }
    let lock_path = dir.join("patchcord.lock");
    let lock = create_private(&lock_path).map_err(StoreError::file(&lock_path))?;
    lock.lock().map_err(StoreError::file(&lock_path))?;
    let mut warnings = Vec::new();
    let mut conn = match look(&path, schema)? {
        Standing::Ready(conn) => conn,
        Standing::Older(mut conn, version) => {
            if version > 0 {
                migrations::back_up(&conn, &beside(&path, &format!("before-{}", schema.len())))?;
            }
            migrations::run(&mut conn, schema)?;
            conn
        }
        Standing::Nothing => {
            // SQLite would delete a log without its database.
            if sidecar(&path, "-wal").exists() {
                let kept = move_aside(&path)?;
                warnings.push(format!("The log of a database that is gone was kept as {}.", kept.display()));
            }
            fresh(&path, schema)?
        }
        Standing::Alien(why) => {
            let kept = move_aside(&path)?;
            warnings.push(format!("{NAME} {why}. It was kept as {}, and a new one was begun.", kept.display()));
            fresh(&path, schema)?
        }
    };
    if !migrations::set_wal(&mut conn) {
        warnings.push("This file system can't hold SQLite's log, so the database is slower here.".to_owned());
    }
    Ok(Opened { conn, warnings })
}

fn fresh(path: &Path, schema: &[&str]) -> Result<Connection, StoreError> {
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
        Err(StoreError::Damaged(_)) => Ok(Standing::Alien("is damaged")),
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
        return Ok(Header::Nothing);
    }
    if bytes.len() < 100 || !bytes.starts_with(b"SQLite format 3\0") {
        return Ok(Header::Alien("is not a database"));
    }
    if bytes.get(68..72) != Some(APPLICATION_ID.to_be_bytes().as_slice()) {
        return Ok(Header::Alien("is another program's database"));
    }
    Ok(Header::Ours { wal: bytes.get(18..20) == Some([2, 2].as_slice()) })
}

/// Every setting that belongs to a connection, not to the file.
pub(super) fn connect(path: &Path) -> Result<Connection, StoreError> {
    let conn =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    conn.busy_timeout(Duration::from_secs(5))?;
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

fn sidecar(path: &Path, suffix: &str) -> PathBuf {
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
