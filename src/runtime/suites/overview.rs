//! The suites that a screen shows: those that the config file names, the embedded sandbox's own, and those that are on
//! record; with what came of their cases in the last runs, and the answers that aren't the kept ones.

use std::collections::HashMap;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::super::Runtime;
use super::{changed_answers, journal};
use crate::app::{CaseEntry, SuiteEntry};
use crate::config;
use crate::domain::{ChangedAnswer, Failure, Kind, Suite};
use crate::sandbox;

/// The name of the embedded sandbox's own suite, and of the folder of its answers, below that of the runs.
const EMBEDDED: (&str, &str) = ("sandbox.toml", "answers");

/// What there is.
#[derive(Debug, Clone, Default)]
pub(in crate::runtime) struct Overview {
    /// The suites.
    pub(in crate::runtime) suites: Vec<SuiteEntry>,
    /// The folder of kept answers, where there is one.
    pub(in crate::runtime) answers: Option<PathBuf>,
    /// Where the file of a new suite goes: beside the config file.
    pub(in crate::runtime) folder: PathBuf,
    /// Why they could not be read.
    pub(in crate::runtime) problem: Option<Failure>,
}

/// What tells whether any of it is another now, without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::runtime) struct SuitesStamp {
    files: Vec<(PathBuf, Option<(SystemTime, u64)>)>,
    runs: Vec<(PathBuf, u64)>,
    waiting: Vec<PathBuf>,
}

impl Runtime {
    /// The files of the suites that are named, before those that are on record; and the folder of kept answers.
    fn named_suites(&self) -> (Vec<PathBuf>, Option<PathBuf>) {
        if self.inner.embedded {
            let folder = self.data_dir().join(journal::FOLDER);
            return (vec![folder.join(EMBEDDED.0)], Some(folder.join(EMBEDDED.1)));
        }
        let tests = self.config().tests.clone();
        (tests.suites, tests.answers)
    }

    /// Where the file of a new suite goes: beside the config file, else beside the embedded sandbox's own.
    fn suites_folder(&self) -> PathBuf {
        let beside = self.config_file().filter(|_| !self.inner.embedded);
        let folder = beside.as_deref().and_then(Path::parent).map(Path::to_owned);
        folder.unwrap_or_else(|| self.data_dir().join(journal::FOLDER))
    }

    /// The folder of kept answers, where there is one.
    pub(in crate::runtime) fn answers_folder(&self) -> Option<PathBuf> {
        self.named_suites().1
    }

    /// Reads all of it, those too that were made meanwhile. May wait for a disk.
    pub(in crate::runtime) fn suites_overview(&self, made: &[PathBuf]) -> Overview {
        if self.inner.embedded {
            unpack(&self.data_dir().join(journal::FOLDER));
        }
        let (named, answers) = self.named_suites();
        let runs: Vec<_> = journal::recorded(self.data_dir(), &self.inner.identity).collect();
        let mut suites: Vec<SuiteEntry> = Vec::new();
        for path in named.iter().chain(made) {
            take(&mut suites, &journal::whole(path));
        }
        // One that is gone is not shown, unless it is named.
        for path in runs.iter().flat_map(|run| &run.suites).filter(|path| path.is_file()) {
            take(&mut suites, path);
        }
        let mut places = places(&suites);
        for run in runs {
            for (path, case) in run.unfinished {
                // What came of it since is news.
                if let Some(case) = case_of(&mut suites, &mut places, path, &case)
                    && case.past.is_empty()
                {
                    case.unfinished.get_or_insert(run.at);
                }
            }
            for (path, result) in run.ended {
                if let Some(case) = case_of(&mut suites, &mut places, path, &result.case) {
                    case.older(run.at, result);
                }
            }
        }
        let (changed, problem) = match answers.as_deref().map(changed_answers) {
            None => (Vec::new(), None),
            Some(Ok(changed)) => (changed, None),
            // The first run makes it.
            Some(Err(failure)) if failure.kind == Kind::NotFound => (Vec::new(), None),
            Some(Err(failure)) => (Vec::new(), Some(failure)),
        };
        give(&mut suites, changed);
        Overview { suites, answers, folder: self.suites_folder(), problem }
    }

    /// What tells whether any of it is another now. `runs`: whether what is on record counts. May wait for a disk.
    pub(in crate::runtime) fn suites_stamp(&self, known: &[PathBuf], runs: bool) -> SuitesStamp {
        let (mut files, answers) = self.named_suites();
        files.extend(known.iter().cloned());
        let of = |path: PathBuf| {
            let metadata = fs::metadata(&path).ok();
            (path, metadata.and_then(|metadata| Some((metadata.modified().ok()?, metadata.len()))))
        };
        SuitesStamp {
            files: files.into_iter().map(of).collect(),
            runs: if runs { journal::stamp(self.data_dir()) } else { Vec::new() },
            waiting: answers.map(|dir| super::kept::waiting(&dir)).unwrap_or_default(),
        }
    }
}

/// Takes a suite's file into the list, if it isn't there.
fn take(suites: &mut Vec<SuiteEntry>, path: &Path) {
    if suites.iter().any(|known| known.path == path) {
        return;
    }
    let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let entry = SuiteEntry { path: path.to_owned(), name, channel: None, problem: None, cases: Vec::new() };
    suites.push(match config::load_suite(path) {
        Ok(Suite { name, channel, cases, .. }) => {
            let cases =
                cases.into_iter().map(|case| CaseEntry { case: Some(case.clone()), ..CaseEntry::named(&case.name) });
            SuiteEntry { name, channel, cases: cases.collect(), ..entry }
        }
        Err(errors) => SuiteEntry { problem: Some(errors.into()), ..entry },
    });
}

/// Where each case stands: in which suite, and there.
type Places = HashMap<(PathBuf, String), (usize, usize)>;

fn places(suites: &[SuiteEntry]) -> Places {
    let cases = suites.iter().enumerate().flat_map(|(at, suite)| {
        let case = move |(nth, case): (usize, &CaseEntry)| ((suite.path.clone(), case.name.clone()), (at, nth));
        suite.cases.iter().enumerate().map(case)
    });
    cases.collect()
}

/// The case of that name. Of a suite whose file is wrong every one that is on record is known.
fn case_of<'s>(
    suites: &'s mut [SuiteEntry],
    places: &mut Places,
    path: PathBuf,
    name: &str,
) -> Option<&'s mut CaseEntry> {
    let key = (path, name.to_owned());
    if let Some((suite, case)) = places.get(&key) {
        return suites.get_mut(*suite)?.cases.get_mut(*case);
    }
    let at = suites.iter().position(|suite| suite.path == key.0 && suite.problem.is_some())?;
    let suite = suites.get_mut(at)?;
    suite.cases.push(CaseEntry::named(name));
    places.insert(key, (at, suite.cases.len() - 1));
    suite.cases.last_mut()
}

/// Gives each answer that waits to its case.
fn give(suites: &mut [SuiteEntry], changed: Vec<ChangedAnswer>) {
    for answer in changed {
        let cases = suites.iter_mut().flat_map(|suite| {
            let name = suite.name.clone();
            suite.cases.iter_mut().map(move |case| (format!("{name}/{}", case.name), case))
        });
        if let Some((_, case)) = cases.into_iter().find(|(name, _)| *name == answer.name) {
            case.changed = Some(answer);
        }
    }
}

/// Puts the embedded sandbox's own suite where it can be edited, unless it is there.
fn unpack(folder: &Path) {
    let path = folder.join(EMBEDDED.0);
    let written = fs::create_dir_all(folder).and_then(|()| {
        let mut options = OpenOptions::new();
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.write(true).create_new(true).open(&path)
    });
    match written.and_then(|mut file| file.write_all(sandbox::SUITE.as_bytes())) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
            tracing::warn!(%error, "the sandbox's own suite can't be put down");
        }
        _ => {}
    }
}
