//! A source and a folder: pulling, comparing and pushing; and rows from files and to one file. Owns the order of these
//! works and what is told of them; what is to be done is `crate::folder`'s to say, and rows are changed by `apply`.

mod bulk;
mod difference;
mod execute;
mod planned;
mod pull;
mod push;
mod row_return;
mod take_back;
mod writer;

pub(in crate::runtime) use bulk::{export, import};
pub(in crate::runtime) use difference::difference;
pub(in crate::runtime) use planned::{PlannedChange, PlannedRow};
pub(in crate::runtime) use pull::pull;
pub(in crate::runtime) use push::{push, push_planned};
pub use row_return::RowReturn;
pub(in crate::runtime) use take_back::{TakeBack, take_back};

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::stream;
use tokio::sync::watch;

use super::sources;
use crate::domain::{Failure, Kind, Row, RowBody, RowId, SourceId};
use crate::folder::{
    DigestedText, Folder, LeftAsIs, LocalFiles, Manifest, ManifestEntry, PushChoice, PushInput, PushPlan, RowAction,
    RowPath, SkipReason, WorkingCopy, name_of,
};
use crate::http::policies;
use crate::platform::Sources;
use crate::runtime::folder::report::{Progress, RowReport, Watch};
use crate::runtime::{Runtime, retry};
use crate::signature::digest;

/// So many rows are read at once.
const READS: usize = 6;
/// How a read is repeated: many side by side meet a platform's limit more often than one does, and somebody sees the
/// A manifest is put down so often at most while work goes on.
const OFTEN: Duration = Duration::from_secs(1);

impl Watch {
    fn tell(&self, progress: Progress) {
        // Nobody has to listen.
        let _ = self.to.send(progress);
    }

    fn is_cancelled(&self) -> bool {
        *self.cancelled.borrow()
    }

    /// The work, unless it shall stop first.
    pub(in crate::runtime) async fn or<T>(
        &self,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let mut cancelled = self.cancelled.clone();
        tokio::select! {
            biased;
            () = stop(&mut cancelled) => Err(interrupted()),
            result = work => result,
        }
    }
}

/// Waits until the work shall stop, for ever where nobody can say so any more.
async fn stop(cancelled: &mut watch::Receiver<bool>) {
    if cancelled.wait_for(|cancelled| *cancelled).await.is_err() {
        std::future::pending::<()>().await;
    }
}

fn interrupted() -> Failure {
    Failure::new(Kind::Interrupted, "interrupted")
}

/// All rows, without their texts.
async fn list(runtime: &Runtime, source: &SourceId, watch: &Watch) -> Result<Vec<Row>, Failure> {
    let mut known = 0;
    watch
        .or(Box::pin(sources::every_row(runtime, source, |rows, _| {
            known += rows.len();
            watch.tell(Progress::Listed(known));
        })))
        .await
}

/// A row's text, where it is the platform's to the character: another one must not be written over it.
pub(in crate::runtime) fn exact(body: RowBody) -> Result<String, Failure> {
    let Some(words) = body.damage.words() else { return Ok(body.content) };
    let what = format!("the row {} holds what can't be read, so it was left as it is ({words})", body.id);
    Err(Failure::new(Kind::Platform, what).hint("`patchcord rows get` shows it as far as it goes."))
}

/// One row's text; none if the row is gone.
async fn text(sources: &dyn Sources, source: &SourceId, row: &RowId) -> Result<Option<String>, Failure> {
    match retry::with_retries(&policies::WHOLE_SOURCE, || sources.row(source, row), |_, _| true).await {
        Ok(body) => exact(body).map(Some),
        Err(error) if error.failure.kind == Kind::NotFound => Ok(None),
        Err(error) => Err(error.failure),
    }
}

/// The texts of rows, read side by side. Those that are gone are missing.
async fn texts(
    runtime: &Runtime,
    source: &SourceId,
    rows: Vec<RowId>,
    watch: &Watch,
) -> Result<HashMap<RowId, String>, Failure> {
    let adapter = runtime.adapter().await?;
    let sources = sources::sources_of(&*adapter)?;
    let (mut done, of) = (0, rows.len());
    let mut found = HashMap::new();
    let reads = stream::iter(rows).map(|row| async move {
        let text = text(sources, source, &row).await;
        (row, text)
    });
    let mut reads = std::pin::pin!(reads.buffer_unordered(READS));
    while let Some((row, text)) = watch.or(async { Ok(reads.next().await) }).await? {
        if let Some(text) = text? {
            found.insert(row, text);
        }
        done += 1;
        watch.tell(Progress::Read { done, of });
    }
    Ok(found)
}

/// Both sides and what a push would do.
struct Sides {
    local: LocalFiles,
    rows: Vec<Row>,
    /// All that were listed, also those that are left alone.
    all: HashSet<RowId>,
    texts: HashMap<RowId, String>,
    plan: PushPlan,
    /// Whether this checkout has other line ends than what is versioned.
    converted: bool,
}

/// Which rows are read before a plan is made.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// Those alone without which none can be made.
    Needed,
    All,
}

impl Sides {
    async fn read(
        runtime: &Runtime,
        source: &SourceId,
        opened: &Opened,
        reading: Reading,
        choice: PushChoice,
        watch: &Watch,
    ) -> Result<Self, Failure> {
        let Opened { folder, manifest, seen } = opened;
        let local = folder.local(manifest)?;
        let mut rows = list(runtime, source, watch).await?;
        let all = rows.iter().map(|row| row.id.clone()).collect();
        let mut manifest = manifest.clone();
        manifest.settle_twice(|path| local.files.contains_key(path) || local.is_blocked(path));
        // A file that a link stands for, or that can't be read, was not deleted: its row is left alone.
        let blocked: Vec<_> = manifest.rows.extract_if(.., |path, _| local.is_blocked(path)).collect();
        rows.retain(|row| !blocked.iter().any(|(_, entry)| entry.id == row.id));
        // Nor was one that the manifest doesn't know.
        let known: HashSet<&RowId> = manifest.rows.values().map(|entry| &entry.id).collect();
        let names = local.blocked_names();
        rows.retain(|row| known.contains(&row.id) || !names.contains(&row.name));
        let root = folder.root().to_owned();
        let since = blocking(move || crate::folder::committed_since(&root)).await?;
        let wanted = match reading {
            Reading::All => rows.iter().map(|row| row.id.clone()).collect(),
            Reading::Needed => crate::folder::to_read(&local.files, &manifest, seen, &rows, (choice, &since)),
        };
        let asked: HashSet<RowId> = wanted.iter().cloned().collect();
        let texts = texts(runtime, source, wanted, watch).await?;
        // What went since it was listed is as if it had not been.
        rows.retain(|row| !asked.contains(&row.id) || texts.contains_key(&row.id));
        let files = &local.files;
        let plan = |ours: &HashSet<RowId>| {
            crate::folder::plan(PushInput {
                files,
                manifest: &manifest,
                seen,
                ours,
                rows: &rows,
                read: &texts,
                digest,
                prune: choice.prune,
                overwrite: choice.overwrite,
            })
        };
        let first = plan(&HashSet::new());
        let ours = ours(folder, &first, (files, &manifest, &since), &texts).await?;
        let plan = if ours.is_empty() { first } else { plan(&ours) };
        Ok(Self { local, rows, all, texts, plan, converted: manifest.converted })
    }
}

/// The rows of a plan of which it is open who changed them, and that say what version control knows as this folder's own
/// words: whoever put those there had them from here.
async fn ours(
    folder: &Folder,
    plan: &PushPlan,
    (files, manifest, since): (&BTreeMap<RowPath, DigestedText>, &Manifest, &HashSet<RowPath>),
    texts: &HashMap<RowId, String>,
) -> Result<HashSet<RowId>, Failure> {
    let mut pages = Vec::new();
    let mut rows = Vec::new();
    let open =
        |act: &RowAction| matches!(act, RowAction::Conflict(_) | RowAction::Same | RowAction::Left(LeftAsIs::New));
    for step in plan.steps.iter().filter(|step| open(&step.act)) {
        // What both sides say is nobody's in particular.
        let file = step.path.as_ref().and_then(|path| files.get(path));
        let Some((row, text)) = step.row.as_ref().and_then(|row| Some((row, texts.get(row)?))) else { continue };
        if file.is_some_and(|file| file.digest == DigestedText::new(text.clone(), digest).digest) {
            continue;
        }
        let known = manifest.rows.iter().filter(|(_, entry)| entry.id == *row).map(|(path, _)| path.clone());
        let gone = since.iter().filter(|path| step.path.is_none() && name_of(path) == step.name).cloned();
        let paths: Vec<RowPath> = step.path.iter().cloned().chain(known).chain(gone).collect();
        if !paths.is_empty() {
            pages.push((paths, text.clone()));
            rows.push(row.clone());
        }
    }
    if pages.is_empty() {
        return Ok(HashSet::new());
    }
    let root = folder.root().to_owned();
    let found = blocking(move || crate::folder::ours(&root, &pages, digest)).await?;
    Ok(rows.into_iter().enumerate().filter(|(at, _)| found.contains(at)).map(|(_, row)| row).collect())
}

/// Does what takes its time on a thread of its own.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| Failure::new(Kind::Failed, "Asking git ended unexpectedly."))
}

/// The manifest, and what this copy saw, while work goes on: put down now and then, and at the end.
struct Memory<'a> {
    folder: &'a Folder,
    manifest: Manifest,
    seen: WorkingCopy,
    changed: bool,
    put: Instant,
    /// Why it could not be put down.
    failure: Option<Failure>,
}

impl<'a> Memory<'a> {
    fn new(folder: &'a Folder, manifest: Manifest, seen: WorkingCopy) -> Self {
        Self { folder, manifest, seen, changed: false, put: Instant::now(), failure: None }
    }

    /// To change the manifest, where that says nothing new of a row.
    fn change(&mut self) -> &mut Manifest {
        self.changed = true;
        &mut self.manifest
    }

    /// The row stands there as this file has it.
    fn record_row(&mut self, path: &RowPath, entry: ManifestEntry) {
        self.seen.record_row(&entry.id, &entry.name, &entry.digest);
        self.change().rows.insert(path.clone(), entry);
    }

    /// The row is gone, and its file is too.
    fn gone(&mut self, path: &RowPath) {
        if let Some(entry) = self.change().rows.remove(path) {
            self.seen.record_deletion(&entry.id);
        }
    }

    /// Puts it down if that was not done lately.
    fn now_and_then(&mut self) {
        if self.put.elapsed() >= OFTEN {
            self.put();
        }
    }

    fn put(&mut self) {
        if self.changed {
            let noted = self.folder.save_working_copy(&self.seen, &self.manifest);
            match noted.and_then(|()| self.folder.save_manifest(&self.manifest)) {
                Ok(()) => self.changed = false,
                Err(error) => self.failure = Some(error.into()),
            }
        }
        self.put = Instant::now();
    }
}

/// A folder, what it remembers of this source, and what this copy of it saw.
struct Opened {
    folder: Folder,
    manifest: Manifest,
    seen: WorkingCopy,
}

fn open(runtime: &Runtime, source: &SourceId, root: &Path, how: How) -> Result<Opened, Failure> {
    let like = Manifest::new(runtime.channel()?, source.clone());
    let folder = match how {
        How::Look => Folder::read_only(root, digest),
        How::Change => Folder::open(root, false, digest)?,
        How::Make => Folder::open(root, true, digest)?,
    };
    let manifest = folder.manifest(&like)?;
    let seen = folder.working_copy(&manifest);
    Ok(Opened { folder, manifest, seen })
}

/// What a folder is opened for.
#[derive(Clone, Copy)]
enum How {
    Look,
    Change,
    Make,
}

fn row_report(path: Option<&RowPath>, name: &str, id: Option<&RowId>, why: impl Into<String>) -> RowReport {
    RowReport { path: path.map(|p| p.as_str().to_owned()), name: name.to_owned(), id: id.cloned(), why: why.into() }
}

/// What stands in a folder that is no row.
fn skipped(local: &LocalFiles) -> impl Iterator<Item = (SkipReason, RowReport)> {
    local.skipped.iter().map(|skipped| {
        let why = format!("no row: {}", skipped.why.as_str());
        (skipped.why, RowReport { path: Some(skipped.path.clone()), name: String::new(), id: None, why })
    })
}

/// Why files that can't be taken keep all others from it.
fn unfit(number: usize, what: &str) -> Failure {
    let files = if number == 1 { "1 file".to_owned() } else { format!("{number} files") };
    let failure = Failure::new(Kind::Invalid, format!("{files} can't be {what}"));
    failure.hint("Mend or move away what is named; --keep-going takes the others.")
}

/// What should be a row and can't be read.
fn bad(local: &LocalFiles) -> impl Iterator<Item = RowReport> {
    local.bad.iter().map(|(path, why)| RowReport {
        path: Some(path.clone()),
        name: String::new(),
        id: None,
        why: why.clone(),
    })
}

/// What a file says as it goes to the platform, beside what stands there.
fn outgoing(sides: &Sides, path: &RowPath, there: Option<&str>) -> String {
    sides
        .local
        .files
        .get(path)
        .map_or_else(String::new, |found: &DigestedText| found.outgoing(there, sides.converted))
}
