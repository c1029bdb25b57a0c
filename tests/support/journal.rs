//! A power cut without a machine: what a program does to its files is kept in a journal by a library that is loaded before
//! the C library (`journal.c`), and what a disk would have of it after a cut at any place of that journal is worked out here.
//!
//! The disk is as strict as POSIX allows: of a file there is what was synced, a name is there once its folder was synced, and
//! of all else anything, nothing or, sector by sector, a part may be there. What is mapped into memory is not kept (`-shm`,
//! which is made anew), nor is what is done by system calls that don't go through the C library (`rustix`, which touches
//! nothing in the data directory).
#![allow(dead_code, clippy::expect_used, clippy::missing_panics_doc, reason = "each test uses a part of the rig")]

use std::collections::{BTreeMap, HashMap};
use std::env;
use std::fs::{self, Permissions};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use super::command::Call;
use super::home::Home;

/// What a disk writes whole.
const SECTOR: usize = 512;

/// The library, made once a test program.
fn library() -> &'static PathBuf {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/journal.c");
        let made = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("journal-{}.so", std::process::id()));
        let compiler = env::var("CC").unwrap_or_else(|_| "cc".to_owned());
        let words = ["-O1", "-shared", "-fPIC", "-Wall", "-Werror", "-o"];
        let done = Command::new(compiler).args(words).arg(&made).arg(source).arg("-ldl").output();
        let done = done.expect("a C compiler, as SQLite needs one");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        made
    })
}

/// The journal of what programs do to a home's `data` folder, one program at a time.
#[derive(Debug)]
pub struct Journal {
    root: PathBuf,
    file: PathBuf,
    lies: bool,
    before: Disk,
}

impl Journal {
    /// Begins with what is there, all of which is on the disk for good.
    pub fn begin(home: &Home) -> Self {
        let root = fs::canonicalize(home.path().join("data")).expect("the folder");
        assert_eq!(root, home.path().join("data"), "a temporary directory behind a link");
        let file = home.path().join("tmp/journal");
        let _ = fs::remove_file(&file);
        Self { before: Disk::standing(&root), root, file, lies: false }
    }

    /// From now on nothing that is synced is on the disk.
    #[must_use]
    pub fn with_a_disk_that_lies(mut self) -> Self {
        self.lies = true;
        self
    }

    /// That call, with all that it does kept. No program that is watched may be killed before another one is.
    #[must_use]
    pub fn watch(&self, call: Call) -> Call {
        self.environment().iter().fold(call, |call, (name, value)| call.env(name, value))
    }

    /// What makes a program keep the journal.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let mut environment = vec![
            ("LD_PRELOAD", text(library())),
            ("JOURNAL_ROOT", text(&self.root)),
            ("JOURNAL_FILE", text(&self.file)),
        ];
        if self.lies {
            environment.push(("JOURNAL_LIES", "1".to_owned()));
        }
        environment
    }

    /// The disk as it was at the beginning, and what happened since, in order.
    pub fn end(self) -> (Disk, Vec<Record>) {
        let bytes = fs::read(&self.file).expect("a journal");
        let (mut records, mut rest) = (Vec::new(), &bytes[..]);
        // The last one of a program that was killed may be cut off.
        while let Some((head, body)) = rest.split_at_checked(21) {
            let length = u32::from_le_bytes(head[..4].try_into().expect("four")) as usize;
            let file = u64::from_le_bytes(head[5..13].try_into().expect("eight"));
            let at = u64::from_le_bytes(head[13..21].try_into().expect("eight"));
            let Some((bytes, behind)) = body.split_at_checked(length) else { break };
            records.push(self.record(head[4], file, at, bytes));
            rest = behind;
        }
        (self.before, records)
    }

    fn record(&self, what: u8, file: u64, at: u64, bytes: &[u8]) -> Record {
        let path = |bytes: &[u8]| {
            let path = Path::new(std::ffi::OsStr::from_bytes(bytes));
            path.strip_prefix(&self.root).expect("below the folder").to_owned()
        };
        match what {
            b'W' => Record::Write { file, at: usize::try_from(at).expect("a place"), bytes: bytes.to_vec() },
            b'T' => Record::Truncate { file, length: usize::try_from(at).expect("a length") },
            b'S' => Record::Sync { file },
            b'D' => Record::SyncFolder { path: path(bytes) },
            b'C' => Record::Create { file, path: path(bytes) },
            b'M' => Record::Folder { path: path(bytes) },
            b'U' => Record::Remove { path: path(bytes) },
            b'R' => {
                let zero = bytes.iter().position(|byte| *byte == 0).expect("two names");
                Record::Rename { from: path(&bytes[..zero]), to: path(&bytes[zero + 1..]) }
            }
            b'K' => Record::Said { port: u16::try_from(file).expect("a port"), bytes: bytes.to_vec() },
            _ => panic!("a call that is not kept: {}", String::from_utf8_lossy(bytes)),
        }
    }
}

/// What happened. Files are told by their number, paths are below the folder.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the fields are what their names say")]
pub enum Record {
    /// Bytes in a file.
    Write { file: u64, at: usize, bytes: Vec<u8> },
    /// A file's new length.
    Truncate { file: u64, length: usize },
    /// A file was synced.
    Sync { file: u64 },
    /// A folder was synced: the names in it.
    SyncFolder { path: PathBuf },
    /// A new file.
    Create { file: u64, path: PathBuf },
    /// A new folder.
    Folder { path: PathBuf },
    /// A name that is gone.
    Remove { path: PathBuf },
    /// A file's other name.
    Rename { from: PathBuf, to: PathBuf },
    /// Bytes that are about to leave for whoever is at that port.
    Said { port: u16, bytes: Vec<u8> },
}

#[derive(Debug, Clone, Copy)]
enum Node {
    File(usize),
    Folder,
}

#[derive(Debug)]
enum Change {
    Write(usize, Vec<u8>),
    Truncate(usize),
}

/// A change of names, all in one folder.
#[derive(Debug)]
enum Naming {
    Put(PathBuf, Node),
    Gone(PathBuf),
    Moved(PathBuf, PathBuf, Node),
}

impl Naming {
    fn folder(&self) -> &Path {
        let (Self::Put(path, _) | Self::Gone(path) | Self::Moved(_, path, _)) = self;
        path.parent().expect("below the folder")
    }

    fn apply(&self, names: &mut BTreeMap<PathBuf, Node>) {
        match self {
            Self::Put(path, node) => drop(names.insert(path.clone(), *node)),
            Self::Gone(path) => drop(names.remove(path)),
            Self::Moved(from, to, node) => {
                names.remove(from);
                names.insert(to.clone(), *node);
            }
        }
    }
}

#[derive(Debug, Default)]
struct Contents {
    synced: Vec<u8>,
    since: Vec<Change>,
}

/// Files with what is on the disk of them for good, and what may get there.
#[derive(Debug, Default)]
pub struct Disk {
    files: Vec<Contents>,
    /// Where a file is among them, by its number, which another one has once it is gone.
    numbers: HashMap<u64, usize>,
    now: BTreeMap<PathBuf, Node>,
    synced: BTreeMap<PathBuf, Node>,
    since: Vec<Naming>,
}

/// What there is after a cut: folders, and files with what is in them. A folder stands before what is in it.
pub type Remains = BTreeMap<PathBuf, Option<Vec<u8>>>;

impl Disk {
    /// What stands there.
    fn standing(root: &Path) -> Self {
        let mut disk = Self::default();
        disk.add(root, root);
        disk.synced.clone_from(&disk.now);
        disk
    }

    fn add(&mut self, root: &Path, folder: &Path) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.strip_prefix(root).expect("below it").to_owned();
            if path.is_dir() {
                self.now.insert(name, Node::Folder);
                self.add(root, &path);
            } else {
                let number = fs::metadata(&path).expect("a file").ino();
                self.numbers.insert(number, self.files.len());
                self.now.insert(name, Node::File(self.files.len()));
                self.files.push(Contents { synced: fs::read(&path).expect("a file"), since: Vec::new() });
            }
        }
    }

    fn file(&mut self, number: u64) -> &mut Contents {
        let at = *self.numbers.get(&number).expect("a file that was opened");
        &mut self.files[at]
    }

    fn rename(&mut self, naming: Naming) {
        naming.apply(&mut self.now);
        self.since.push(naming);
    }

    /// Does what happened next.
    pub fn apply(&mut self, record: &Record) {
        match record {
            Record::Write { file, at, bytes } => {
                self.file(*file).since.push(Change::Write(*at, bytes.clone()));
            }
            Record::Truncate { file, length } => self.file(*file).since.push(Change::Truncate(*length)),
            Record::Sync { file } => {
                let contents = self.file(*file);
                for change in std::mem::take(&mut contents.since) {
                    change.whole(&mut contents.synced);
                }
            }
            Record::Create { file, path } => {
                self.numbers.insert(*file, self.files.len());
                self.rename(Naming::Put(path.clone(), Node::File(self.files.len())));
                self.files.push(Contents::default());
            }
            Record::Folder { path } => self.rename(Naming::Put(path.clone(), Node::Folder)),
            Record::Remove { path } => self.rename(Naming::Gone(path.clone())),
            Record::Rename { from, to } => {
                assert_eq!(from.parent(), to.parent(), "a file that changes its folder");
                let node = *self.now.get(from).expect("what is renamed");
                assert!(matches!(node, Node::File(_)), "a folder that is renamed");
                self.rename(Naming::Moved(from.clone(), to.clone(), node));
            }
            Record::SyncFolder { path } => {
                for naming in std::mem::take(&mut self.since) {
                    if naming.folder() == path {
                        naming.apply(&mut self.synced);
                    } else {
                        self.since.push(naming);
                    }
                }
            }
            Record::Said { .. } => {}
        }
    }

    /// What there is after a cut now. `below` gives a number below another, by chance, of what else got to the disk; without
    /// it nothing else did.
    pub fn cut(&self, mut below: Option<&mut dyn FnMut(usize) -> usize>) -> Remains {
        let mut names = self.synced.clone();
        if let Some(below) = &mut below {
            // Names get there in their order, as far as they do.
            for naming in &self.since[..below(self.since.len() + 1)] {
                naming.apply(&mut names);
            }
        }
        let mut remains = Remains::new();
        for (path, node) in &names {
            let folder = path.parent().expect("below the folder");
            if folder != Path::new("") && !matches!(remains.get(folder), Some(None)) {
                continue;
            }
            let bytes = match node {
                Node::Folder => None,
                Node::File(at) => {
                    let contents = &self.files[*at];
                    let mut bytes = contents.synced.clone();
                    if let Some(below) = &mut below {
                        for change in &contents.since {
                            change.in_part(&mut bytes, below);
                        }
                    }
                    Some(bytes)
                }
            };
            remains.insert(path.clone(), bytes);
        }
        remains
    }
}

impl Change {
    fn whole(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Write(at, new) => put(bytes, *at, new),
            Self::Truncate(length) => bytes.resize(*length, 0),
        }
    }

    /// All of it, none of it, or some of its sectors.
    fn in_part(&self, bytes: &mut Vec<u8>, below: &mut dyn FnMut(usize) -> usize) {
        match (below(3), self) {
            (0, _) => {}
            (1, Self::Write(at, new)) => {
                let (mut at, mut rest) = (*at, &new[..]);
                while !rest.is_empty() {
                    let (sector, behind) = rest.split_at(rest.len().min(SECTOR - at % SECTOR));
                    if below(2) == 0 {
                        put(bytes, at, sector);
                    }
                    (at, rest) = (at + sector.len(), behind);
                }
            }
            _ => self.whole(bytes),
        }
    }
}

fn put(bytes: &mut Vec<u8>, at: usize, new: &[u8]) {
    if bytes.len() < at + new.len() {
        bytes.resize(at + new.len(), 0);
    }
    bytes[at..at + new.len()].copy_from_slice(new);
}

/// Puts what remains in a home's `data` folder, in place of whatever is there.
pub fn lay(remains: &Remains, home: &Home) {
    let root = home.path().join("data");
    fs::remove_dir_all(&root).expect("the folder");
    fs::create_dir(&root).expect("the folder");
    for (path, bytes) in remains {
        let path = root.join(path);
        let mode = match bytes {
            None => fs::create_dir(&path).map(|()| 0o700),
            Some(bytes) => fs::write(&path, bytes).map(|()| 0o600),
        };
        fs::set_permissions(&path, Permissions::from_mode(mode.expect("it is put there"))).expect("its mode");
    }
}
