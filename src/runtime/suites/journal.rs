//! What a run has done, written down as it is done: one file a run in the data directory, one JSON object a line. A line that
//! a kill tore is none. Nothing is lost that a run needs to be right: without it a case is asked once more.

use std::fs::{self, File, OpenOptions};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use serde::{Deserialize, Serialize};

use super::PlannedCase;
use crate::domain::{CaseResult, Suite, Timestamp, TurnId};

/// Below the data directory.
pub(super) const FOLDER: &str = "tests";
/// So many runs are kept.
const KEPT: usize = 50;
/// More than any run writes that somebody would go on with.
const LONGEST: u64 = 256 << 20;
/// So much of all runs together is read to tell what came of them.
const MOST_RECORDED: u64 = 64 << 20;

/// One line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Entry {
    /// First: what is asked, by which config.
    Run { identity: String, suites: Vec<PathBuf>, at: String },
    /// A case is asked.
    Began(CaseKey),
    /// A case has ended.
    Ended { key: CaseKey, result: CaseResult },
    /// Last.
    Over,
}

/// What tells a case from others, and from itself as it was before it was edited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct CaseKey {
    suite: PathBuf,
    case: String,
    channel: String,
    digest: String,
}

impl CaseKey {
    fn from_planned(planned: &PlannedCase) -> Self {
        let mut hasher = DefaultHasher::new();
        format!("{:?}", planned.case).hash(&mut hasher);
        Self {
            suite: whole(&planned.path),
            case: planned.case.name.clone(),
            channel: planned.channel.as_str().to_owned(),
            digest: format!("{:016x}", hasher.finish()),
        }
    }
}

/// A run that is being written down. Where that fails, it is said in the log and the run goes on.
pub(super) struct Journal(Mutex<Option<File>>);

impl Journal {
    /// Begins one.
    pub(super) fn begin(data_dir: &Path, identity: &str, suites: &[Suite], id: &TurnId) -> Self {
        let folder = data_dir.join(FOLDER);
        let begun = fs::create_dir_all(&folder).and_then(|()| {
            prune(&folder);
            private().append(true).create_new(true).open(folder.join(format!("{id}.jsonl")))
        });
        let journal = Self(Mutex::new(begun.map_err(|error| unwritten(&error)).ok()));
        let at = Timestamp::now().to_rfc3339();
        journal.write(&Entry::Run { identity: identity.to_owned(), suites: paths(suites), at });
        journal
    }

    /// Goes on in a file of the caller's, or begins it; and what stands there by now.
    pub(super) fn go_on(file: &Path, identity: &str, suites: &[Suite]) -> (Self, Earlier) {
        let known = entries(file).unwrap_or_default();
        let opened = private().append(true).create(true).open(file).and_then(|mut open| {
            // A line that a kill tore must not tear the next one, too.
            if open.metadata()?.len() > 0 {
                open.write_all(b"\n")?;
            }
            Ok(open)
        });
        let journal = Self(Mutex::new(opened.map_err(|error| unwritten(&error)).ok()));
        let at = Timestamp::now().to_rfc3339();
        journal.write(&Entry::Run { identity: identity.to_owned(), suites: paths(suites), at });
        (journal, Earlier::from_entries(known))
    }

    /// A case is asked from now on.
    pub(super) fn began(&self, planned: &PlannedCase) {
        self.write(&Entry::Began(CaseKey::from_planned(planned)));
    }

    /// A case has ended.
    pub(super) fn ended(&self, planned: &PlannedCase, result: &CaseResult) {
        self.write(&Entry::Ended { key: CaseKey::from_planned(planned), result: result.clone() });
    }

    /// The run has.
    pub(super) fn over(&self) {
        self.write(&Entry::Over);
    }

    fn write(&self, entry: &Entry) {
        let Ok(mut file) = self.0.lock() else { return };
        let Some(open) = file.as_mut() else { return };
        let written = serde_json::to_string(entry).map_err(io::Error::other);
        let written = written.and_then(|line| open.write_all(format!("{line}\n").as_bytes()));
        // That a case was begun is of use after a kill, which takes nothing of what was written. After a power cut the store
        // tells what was sent.
        let synced = |()| if matches!(entry, Entry::Began(_)) { Ok(()) } else { open.sync_data() };
        if let Err(error) = written.and_then(synced) {
            unwritten(&error);
            *file = None;
        }
    }
}

fn unwritten(error: &io::Error) {
    tracing::warn!(%error, "what the run of a suite has done can't be written down");
}

/// What an earlier run has done.
#[derive(Debug, Default)]
pub(super) struct Earlier {
    ended: Vec<(CaseKey, CaseResult)>,
    /// The names of cases that were begun and not ended.
    pub(super) unfinished: Vec<String>,
}

impl Earlier {
    fn from_entries(entries: impl IntoIterator<Item = Entry>) -> Self {
        let mut earlier = Self::default();
        let mut begun: Vec<CaseKey> = Vec::new();
        for entry in entries {
            match entry {
                Entry::Began(key) => begun.push(key),
                Entry::Ended { key, result } => {
                    begun.retain(|known| *known != key);
                    earlier.ended.push((key, result));
                }
                Entry::Run { .. } | Entry::Over => {}
            }
        }
        earlier.unfinished = begun.into_iter().map(|key| key.case).collect();
        earlier
    }

    /// What came of a case, where it was judged as it stands.
    pub(super) fn judged(&self, planned: &PlannedCase) -> Option<&CaseResult> {
        let key = CaseKey::from_planned(planned);
        self.ended.iter().rev().find(|(known, _)| *known == key).map(|(_, result)| result).filter(|r| r.is_judged())
    }
}

/// What the last run of these suites by this config has done; nothing where there was none.
pub(super) fn earlier(data_dir: &Path, identity: &str, suites: &[Suite]) -> Earlier {
    let wanted = paths(suites);
    for path in runs(&data_dir.join(FOLDER)).into_iter().rev() {
        let Some(entries) = entries(&path) else { continue };
        let mut entries = entries.into_iter();
        match entries.next() {
            Some(Entry::Run { identity: whose, suites, .. }) if whose == identity && suites == wanted => {}
            _ => continue,
        }
        return Earlier::from_entries(entries);
    }
    Earlier::default()
}

/// What came of each case by a file that [`Journal::go_on`] wrote, by the last word on each.
pub(in crate::runtime) fn results(file: &Path) -> Vec<CaseResult> {
    let mut ended: Vec<(CaseKey, CaseResult)> = Vec::new();
    for entry in entries(file).unwrap_or_default() {
        let Entry::Ended { key, result } = entry else { continue };
        match ended.iter_mut().find(|(known, _)| *known == key) {
            Some((_, known)) => *known = result,
            None => ended.push((key, result)),
        }
    }
    ended.into_iter().map(|(_, result)| result).collect()
}

/// What one run has done.
#[derive(Debug)]
pub(super) struct RecordedRun {
    /// When it began.
    pub(super) at: Timestamp,
    /// The suites' files that it asked.
    pub(super) suites: Vec<PathBuf>,
    /// What came of cases, by their suites' files.
    pub(super) ended: Vec<(PathBuf, CaseResult)>,
    /// The cases that were begun and not ended.
    pub(super) unfinished: Vec<(PathBuf, String)>,
}

/// What the runs by this config have done, the newest first, each read when it is asked for. Once so much was read that
/// nobody would wait for more, there is no older one.
pub(super) fn recorded(data_dir: &Path, identity: &str) -> impl Iterator<Item = RecordedRun> {
    let mut left = MOST_RECORDED;
    let files = runs(&data_dir.join(FOLDER)).into_iter().rev();
    let files = files.take_while(move |path| {
        left = left.saturating_sub(fs::metadata(path).map_or(0, |metadata| metadata.len()));
        left > 0
    });
    files.filter_map(move |path| {
        let mut entries = entries(&path)?.into_iter();
        let Some(Entry::Run { identity: whose, suites, at }) = entries.next() else { return None };
        let at = Timestamp::parse_rfc3339(&at).filter(|_| whose == identity)?;
        let mut run = RecordedRun { at, suites, ended: Vec::new(), unfinished: Vec::new() };
        for entry in entries {
            match entry {
                Entry::Began(key) => run.unfinished.push((key.suite, key.case)),
                Entry::Ended { key, result } => {
                    run.unfinished.retain(|(suite, case)| *suite != key.suite || *case != key.case);
                    run.ended.push((key.suite, result));
                }
                Entry::Run { .. } | Entry::Over => {}
            }
        }
        Some(run)
    })
}

/// What tells the runs that are on record from those that were there before: their files with their lengths.
pub(super) fn stamp(data_dir: &Path) -> Vec<(PathBuf, u64)> {
    let files = runs(&data_dir.join(FOLDER)).into_iter();
    files.map(|path| (fs::metadata(&path).map_or(0, |metadata| metadata.len()), path)).map(|(n, p)| (p, n)).collect()
}

/// The lines of a file that can be read.
fn entries(path: &Path) -> Option<Vec<Entry>> {
    let length = fs::metadata(path).ok()?.len();
    if length > LONGEST {
        return None;
    }
    let bytes = fs::read(path).ok()?;
    Some(bytes.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect())
}

/// The files of all runs, the oldest first: their names sort by time.
fn runs(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|end| end == "jsonl")).collect();
    files.sort();
    files
}

fn prune(folder: &Path) {
    let runs = runs(folder);
    for old in runs.iter().take(runs.len().saturating_sub(KEPT - 1)) {
        let _ = fs::remove_file(old);
    }
}

fn paths(suites: &[Suite]) -> Vec<PathBuf> {
    suites.iter().map(|suite| whole(&suite.path)).collect()
}

/// A path that is the same wherever it is named from.
pub(super) fn whole(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
