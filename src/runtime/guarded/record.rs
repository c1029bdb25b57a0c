//! What a guarded push has done, written down before and as it is done: one file a run in the data directory, one JSON
//! object a line, each on the disk before what it tells of begins. A line that a kill tore is none. A file beside it is
//! locked while somebody is at it. What the cases were answered stands beside it, a file for before and one for after.

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::domain::{CaseComparison, Failure, Kind, RowId, Timestamp};
use crate::runtime::operations::folder::{PlannedRow, RowReturn};
use crate::runtime::suites;

use super::report::{GuardOutcome, GuardPhase};

/// Below the data directory.
const FOLDER: &str = "tests/guarded";
/// So many runs that are over are kept.
const KEPT: usize = 50;
/// More than any run writes that somebody would go on with.
const LONGEST: u64 = 256 << 20;

/// What was wanted, as it is gone on with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "one for each wish, in any mixture")]
pub(super) struct Wanted {
    /// What tells the config from others with the same data directory.
    pub(super) identity: String,
    pub(super) channel: String,
    pub(super) source: String,
    pub(super) folder: PathBuf,
    pub(super) prune: bool,
    pub(super) overwrite: bool,
    pub(super) yes: bool,
    /// The suites' files, each with the digest of what it said.
    pub(super) suites: Vec<(PathBuf, String)>,
    /// The channel that is asked, whatever the suites say.
    pub(super) asked: Option<String>,
    pub(super) jobs: usize,
    pub(super) undo_on_broken: bool,
    pub(super) at: String,
}

/// One line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Entry {
    /// First.
    Wanted(Wanted),
    /// This is done from here on.
    Phase(GuardPhase),
    /// The journal's newest entry before the first row is changed.
    Since(i64),
    /// What is about to be changed, before it is; and the rows that were there.
    Planned { rows: Vec<PlannedRow>, accounted: Option<Vec<String>> },
    /// So many messages went out.
    Sent(u64),
    /// Rows are put back where a case broke, though that was not wanted at first.
    UndoOnBroken,
    /// What became of a row that is put back, by its place among those that were planned.
    Returned { row: usize, how: RowReturn },
    /// Last.
    Over(GuardOutcome),
}

/// A run that is written down, and what stands there.
pub(super) struct Record {
    file: File,
    /// Held as long as somebody is at it.
    _lock: File,
    path: PathBuf,
    pub(super) state: State,
}

/// How far a run is.
#[derive(Debug, Clone)]
pub(super) struct State {
    pub(super) wanted: Wanted,
    pub(super) phase: GuardPhase,
    pub(super) since: Option<i64>,
    pub(super) rows: Vec<PlannedRow>,
    /// The rows that were there before the first plan; none before that was made.
    pub(super) accounted: Option<HashSet<RowId>>,
    /// What became of each of the rows, where it was to be put back.
    pub(super) returned: Vec<Option<RowReturn>>,
    pub(super) sent: u64,
    pub(super) outcome: Option<GuardOutcome>,
}

impl State {
    fn new(wanted: Wanted) -> Self {
        Self {
            wanted,
            phase: GuardPhase::Before,
            since: None,
            rows: Vec::new(),
            accounted: None,
            returned: Vec::new(),
            sent: 0,
            outcome: None,
        }
    }

    fn take(&mut self, entry: Entry) {
        match entry {
            Entry::Wanted(_) => {}
            Entry::Phase(phase) => self.phase = phase,
            Entry::Since(n) => self.since = Some(n),
            Entry::Planned { rows, accounted } => {
                for row in rows {
                    if !self.rows.iter_mut().any(|known| known.merge(&row)) {
                        self.rows.push(row);
                        self.returned.push(None);
                    }
                }
                // What came since the first plan may be this run's own.
                if let (None, Some(accounted)) = (&self.accounted, accounted) {
                    self.accounted = Some(accounted.into_iter().map(RowId::new).collect());
                }
            }
            Entry::Sent(more) => self.sent += more,
            Entry::UndoOnBroken => self.wanted.undo_on_broken = true,
            Entry::Returned { row, how } => {
                if let Some(known) = self.returned.get_mut(row) {
                    *known = Some(how);
                }
            }
            Entry::Over(outcome) => {
                self.phase = GuardPhase::Done;
                self.outcome = Some(outcome);
            }
        }
    }
}

impl Record {
    /// Begins one.
    pub(super) fn begin(data_dir: &Path, wanted: Wanted) -> Result<Self, Failure> {
        let folder = data_dir.join(FOLDER);
        fs::create_dir_all(&folder).map_err(|error| unwritten(&folder, &error))?;
        prune(&folder);
        let path = folder.join(format!("{}.jsonl", suites::new_id()));
        let file = private().append(true).create_new(true).open(&path);
        let file = file.map_err(|error| unwritten(&path, &error))?;
        let mut record = Self { _lock: lock(&path)?, file, path, state: State::new(wanted.clone()) };
        record.write(Entry::Wanted(wanted))?;
        // The name, too, has to be there after a crash.
        if let Ok(folder) = File::open(&folder) {
            let _ = folder.sync_all();
        }
        Ok(record)
    }

    /// The last run of that source by that config, whether it is over or not; none where there was none.
    ///
    /// # Errors
    ///
    /// `Kind::Failed` where another process is at it.
    pub(super) fn last(
        data_dir: &Path,
        (identity, channel, source): (&str, &str, &str),
    ) -> Result<Option<Self>, Failure> {
        for path in runs(&data_dir.join(FOLDER)).into_iter().rev() {
            let Some(state) = read(&path) else { continue };
            let wanted = &state.wanted;
            if wanted.identity != identity || wanted.channel != channel || wanted.source != source {
                continue;
            }
            let mut file = private().append(true).open(&path).map_err(|error| unwritten(&path, &error))?;
            let lock = lock(&path)?;
            // Whoever had it may have written meanwhile.
            let Some(state) = read(&path) else { continue };
            // A line that a kill tore must not tear the next one, too.
            file.write_all(b"\n").map_err(|error| unwritten(&path, &error))?;
            return Ok(Some(Self { file, _lock: lock, path, state }));
        }
        Ok(None)
    }

    /// The run's name.
    pub(super) fn id(&self) -> String {
        self.path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// Where the answers before, or after, are written down.
    pub(super) fn answers(&self, phase: GuardPhase) -> PathBuf {
        self.path.with_extension(if phase == GuardPhase::Before { "before" } else { "after" })
    }

    /// What became of each case, as far as that is known; nothing where none was asked after the change.
    pub(super) fn comparison(&self) -> Vec<CaseComparison> {
        if !self.answers(GuardPhase::After).exists() {
            return Vec::new();
        }
        let results = |phase| suites::results_in(&self.answers(phase));
        CaseComparison::of_runs(&results(GuardPhase::Before), &results(GuardPhase::After))
    }

    pub(super) fn enter(&mut self, phase: GuardPhase) -> Result<(), Failure> {
        self.write(Entry::Phase(phase))
    }

    pub(super) fn since(&mut self, n: i64) -> Result<(), Failure> {
        self.write(Entry::Since(n))
    }

    pub(super) fn planned(&mut self, rows: &[PlannedRow], accounted: &HashSet<RowId>) -> Result<(), Failure> {
        let first = self.state.accounted.is_none();
        let accounted = first.then(|| accounted.iter().map(|row| row.as_str().to_owned()).collect());
        self.write(Entry::Planned { rows: rows.to_vec(), accounted })
    }

    pub(super) fn sent(&mut self, messages: u64) -> Result<(), Failure> {
        if messages == 0 { Ok(()) } else { self.write(Entry::Sent(messages)) }
    }

    pub(super) fn undo_on_broken(&mut self) -> Result<(), Failure> {
        self.write(Entry::UndoOnBroken)
    }

    pub(super) fn returned(&mut self, row: usize, how: RowReturn) -> Result<(), Failure> {
        self.write(Entry::Returned { row, how })
    }

    pub(super) fn over(&mut self, outcome: GuardOutcome) -> Result<(), Failure> {
        self.write(Entry::Over(outcome))
    }

    /// On the disk, and then it counts.
    fn write(&mut self, entry: Entry) -> Result<(), Failure> {
        let line = serde_json::to_string(&entry).map_err(|error| unwritten(&self.path, &io::Error::other(error)))?;
        let written = self.file.write_all(format!("{line}\n").as_bytes()).and_then(|()| self.file.sync_data());
        written.map_err(|error| unwritten(&self.path, &error))?;
        self.state.take(entry);
        Ok(())
    }
}

/// How far the run of a file is; none where it is no run's.
fn read(path: &Path) -> Option<State> {
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(LONGEST).read_to_end(&mut bytes).ok()?;
    let mut entries = bytes.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok());
    let Some(Entry::Wanted(wanted)) = entries.next() else { return None };
    let mut state = State::new(wanted);
    entries.for_each(|entry| state.take(entry));
    Some(state)
}

/// The files of all runs, the oldest first: their names sort by time.
fn runs(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|end| end == "jsonl")).collect();
    files.sort();
    files
}

/// Those that aren't over stay, however old they are.
fn prune(folder: &Path) {
    let runs = runs(folder);
    for old in runs.iter().take(runs.len().saturating_sub(KEPT - 1)) {
        if read(old).is_none_or(|state| state.phase == GuardPhase::Done) {
            for end in ["before", "after", "lock", "jsonl"] {
                let _ = fs::remove_file(old.with_extension(end));
            }
        }
    }
}

fn lock(path: &Path) -> Result<File, Failure> {
    let file = private().append(true).create(true).open(path.with_extension("lock"));
    let file = file.map_err(|error| unwritten(path, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => {
            let what = "another patchcord is at a guarded push of this data source";
            Err(Failure::new(Kind::Failed, what).hint("Nothing was done. Wait for its end."))
        }
        Err(fs::TryLockError::Error(error)) => Err(unwritten(path, &error)),
    }
}

fn unwritten(path: &Path, error: &io::Error) -> Failure {
    let what = format!("what the run does can't be written down: {}: {error}", path.display());
    Failure::new(Kind::Failed, what).hint("Without that it could not be taken up again, so it goes no further.")
}

/// When it was begun, for a message.
pub(super) fn now() -> String {
    Timestamp::now().to_rfc3339()
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
