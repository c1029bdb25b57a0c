//! The database's file: making it, judging what stands there, and moving aside what isn't ours. Owns the order in which
//! processes open it; knows no table.
//!
//! A file that is ready is opened at once. Whatever else is found is dealt with while nobody else writes, one process at
//! a time, and after looking again. Nothing is ever overwritten: a damaged file is kept, and what can be read of it stands
//! in a new one before that takes its place.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rusqlite::Connection;

use super::disk::{NAME, create_private, make_dir, mark, remove, sidecar, sync_dir};
use super::error::StoreError;
use super::gate::Gate;
use super::identity::Identity;
use super::migrations::{self, APPLICATION_ID};
use super::salvage::{self, Salvaged};
use super::sqlite::connect;

/// The first release without the bug that can damage a database when its log starts over.
const SQLITE_NEEDED: i32 = 3_051_003;
/// Up to here a whole check takes a few milliseconds, so every start makes it.
const ALWAYS_CHECKED: u64 = 2 << 20;

/// An opened database, and what the user should know about how it was opened.
pub(super) struct OpenedDatabase {
    pub(super) conn: Connection,
    pub(super) gate: Gate,
    /// The files that were opened.
    pub(super) identity: Identity,
    pub(super) warnings: Vec<String>,
}

/// What stands where the database should.
enum FileState {
    Ready(Connection),
    Older(Connection, u32),
    Nothing,
    /// Not a database of ours, or one that is damaged.
    Alien(&'static str),
}

/// What the first bytes of a file say.
enum FileHeader {
    Nothing,
    Alien(&'static str),
    Ours { wal: bool },
}

/// Opens the database of that directory, made or brought up to date as needed.
pub(super) fn open(dir: &Path, schema: &[&str]) -> Result<OpenedDatabase, StoreError> {
    if rusqlite::version_number() < SQLITE_NEEDED {
        return Err(StoreError::OldSqlite(rusqlite::version()));
    }
    make_dir(dir)?;
    let path = dir.join(NAME);
    let gate = Gate::open(dir)?;
    let pass = gate.shared()?;
    if matches!(header(&path)?, FileHeader::Ours { wal: true })
        && !sidecar(&path, SALVAGED).exists()
        && let FileState::Ready(conn) = inspect(&path, schema)?
    {
        let identity = Identity::at(dir);
        drop(pass);
        return Ok(OpenedDatabase { conn, gate, identity, warnings: Vec::new() });
    }
    drop(pass);
    let pass = gate.exclusive()?;
    let mut warnings = Vec::new();
    let standing = inspect(&path, schema)?;
    let ready = sidecar(&path, SALVAGED);
    if ready.exists() && !matches!(standing, FileState::Alien(_) | FileState::Nothing) {
        // Of a start that ended before it moved anything; what stands there is whole after all.
        remove(&ready)?;
    }
    let mut conn = match standing {
        FileState::Ready(conn) => conn,
        FileState::Older(mut conn, version) => {
            if version > 0 {
                back_up(&conn, &path, schema.len())?;
            }
            migrations::run(&mut conn, schema)?;
            conn
        }
        FileState::Nothing if ready.exists() => {
            // The start before ended between keeping the damaged one and this.
            fs::rename(&ready, &path).map_err(StoreError::file(&path))?;
            warnings
                .push(format!("{NAME} was damaged. It was kept, and what could be read was carried over. {AGAIN}"));
            connect(&path)?
        }
        // SQLite would delete a log without its database.
        FileState::Nothing if sidecar(&path, "-wal").exists() => {
            replace(&path, "is gone, and its log is there", schema, &mut warnings)?
        }
        FileState::Nothing => fresh(&path, schema)?,
        FileState::Alien(why) => replace(&path, why, schema, &mut warnings)?,
    };
    if !migrations::set_wal(&mut conn) {
        warnings.push("This file system can't hold SQLite's log, so the database is slower here.".to_owned());
    }
    // Its log is made when it is first read.
    conn.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    let identity = Identity::at(dir);
    drop(pass);
    Ok(OpenedDatabase { conn, gate, identity, warnings })
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
    let salvaged = if ready.exists() {
        None
    } else {
        for suffix in ["", "-journal"] {
            remove(&sidecar(&making, suffix))?;
        }
        let mut conn = made(&making, schema)?;
        let (log, apart) = (sidecar(path, "-wal"), sidecar(path, ".reading"));
        let salvaged = salvage::salvage(&mut conn, path, &log, &apart, true)?;
        drop(conn);
        fs::rename(&making, &ready).map_err(StoreError::file(&ready))?;
        sync_dir(path);
        Some(salvaged)
    };
    let kept = move_aside(path)?;
    fs::rename(&ready, path).map_err(StoreError::file(path))?;
    sync_dir(path);
    warnings.push(match salvaged {
        Some(salvaged) => describe_replaced(why, &kept, &salvaged),
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
fn describe_replaced(why: &str, kept: &Path, salvaged: &Salvaged) -> String {
    let kept = kept.display();
    let over = match (salvaged.found().as_str(), salvaged.lost()) {
        ("nothing", None) => "Nothing was in it".to_owned(),
        ("nothing", Some(lost)) => format!("Nothing could be carried over: {lost}"),
        (found, None) => format!("All that was in it was carried over to a new one: {found}"),
        (found, Some(lost)) => format!("What could be read was carried over to a new one: {found}; {lost}"),
    };
    format!("{NAME} {why}. It was kept as {kept}. {over}. {AGAIN}")
}

const AGAIN: &str = "`patchcord store recover FILE` reads the kept file again.";

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

fn inspect(path: &Path, schema: &[&str]) -> Result<FileState, StoreError> {
    match header(path)? {
        FileHeader::Nothing => return Ok(FileState::Nothing),
        FileHeader::Alien(why) => return Ok(FileState::Alien(why)),
        FileHeader::Ours { .. } => {}
    }
    let known = u32::try_from(schema.len()).unwrap_or(u32::MAX);
    match connect(path).and_then(|conn| Ok((sound(&conn, path)?, conn))) {
        Ok((version, _)) if version > known => Err(StoreError::Future { found: version, known }),
        Ok((version, conn)) if version < known => Ok(FileState::Older(conn, version)),
        Ok((_, conn)) => Ok(FileState::Ready(conn)),
        Err(StoreError::Damaged(_)) => Ok(FileState::Alien("was damaged")),
        Err(error) => Err(error),
    }
}

/// Reads the header without SQLite, which may change even a file that it is only asked about.
fn header(path: &Path) -> Result<FileHeader, StoreError> {
    let mut bytes = Vec::with_capacity(100);
    match File::open(path) {
        Ok(file) => file.take(100).read_to_end(&mut bytes).map_err(StoreError::file(path))?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(FileHeader::Nothing),
        Err(error) => return Err(StoreError::file(path)(error)),
    };
    if bytes.is_empty() {
        return Ok(FileHeader::Alien("was empty"));
    }
    if bytes.len() < 100 || !bytes.starts_with(b"SQLite format 3\0") {
        return Ok(FileHeader::Alien("was not a database any more"));
    }
    if bytes.get(68..72) != Some(APPLICATION_ID.to_be_bytes().as_slice()) {
        return Ok(FileHeader::Alien("was another program's database"));
    }
    Ok(FileHeader::Ours { wal: bytes.get(18..20) == Some([2, 2].as_slice()) })
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
