//! A pull: rows become files, as they come. It can be cut off at any moment, and the next one goes on from there.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::stream;

use super::writer::{Settled, Writer, Written};
use super::{How, Memory, Opened, READS, interrupted, list, open, row_report, text};
use crate::domain::{Failure, Row, RowId, SourceId, Timestamp};
use crate::folder::{
    DigestedText, Fetch, FileOutcome, Folder, FolderError, ManifestEntry, RowPath, plan_pull, settle,
};
use crate::runtime::Runtime;
use crate::runtime::folder::report::{Progress, Pulled, Watch};
use crate::runtime::operations::sources;
use crate::signature::digest;

/// What a pull that was cut off brought is not read again for so long.
const FRESH: u64 = 60 * 60 * 1_000;

/// Brings a source's rows into a folder.
pub(in crate::runtime) async fn pull(
    runtime: &Runtime,
    source: &SourceId,
    root: &Path,
    overwrite: bool,
    watch: Watch,
) -> Result<Pulled, Failure> {
    // A source that isn't there makes no folder.
    let rows = list(runtime, source, &watch).await?;
    let Opened { folder, mut manifest, seen } = open(runtime, source, root, How::Make)?;
    // What can't be read is there.
    manifest.settle_twice(|path| !matches!(folder.file(path), Ok(None)));
    let folder = Arc::new(folder);
    let sorted = plan_pull(&manifest, &seen, &rows, overwrite, digest);
    let mut pull = Pull {
        folder: &folder,
        memory: Memory::new(&folder, manifest, seen),
        overwrite,
        now: Timestamp::now(),
        told: Pulled { total: rows.len(), ..Pulled::default() },
    };
    pull.remove(sorted.gone)?;
    let fetch = pull.moves(sorted.fetch)?;
    let stopped = pull.fetch(runtime, source, fetch, &watch).await;
    if stopped.is_ok() {
        // It is whole: the next one begins anew.
        if pull.memory.manifest.rows.values().any(|entry| entry.pulled.is_some()) {
            pull.memory.change().rows.values_mut().for_each(|entry| entry.pulled = None);
        }
        let memory = &mut pull.memory;
        memory.seen.trust_manifest(&memory.manifest);
        // Even where there is no row, so that the folder is known to be this source's.
        pull.memory.changed = true;
    }
    pull.memory.put();
    let mut told = pull.told;
    told.stopped = stopped.err().or(pull.memory.failure);
    Ok(told)
}

struct Pull<'a> {
    folder: &'a Arc<Folder>,
    memory: Memory<'a>,
    overwrite: bool,
    now: Timestamp,
    told: Pulled,
}

impl Pull<'_> {
    /// Files whose rows are gone go, unless they were edited here.
    fn remove(&mut self, gone: Vec<crate::folder::GoneFile>) -> Result<(), Failure> {
        for gone in gone {
            let here = match self.folder.file(&gone.path) {
                Ok(here) => here,
                Err(error) => {
                    self.in_the_way(&gone.path, &gone.name, None, error)?;
                    continue;
                }
            };
            if gone.older && here.is_some() {
                let why = "deleted on the platform before, and here again with an older version of this folder; \
                           a push with --overwrite makes the row again, --overwrite removes the file";
                self.told.kept.push(row_report(Some(&gone.path), &gone.name, None, why));
                continue;
            }
            let seen = match &here {
                Some(found) if self.overwrite => found.digest.clone(),
                _ => gone.seen,
            };
            if self.folder.remove(&gone.path, &seen)? {
                self.told.removed += usize::from(here.is_some());
                self.memory.gone(&gone.path);
            } else {
                let why = "edited here, and deleted on the platform; --overwrite removes the file";
                self.told.conflicts.push(row_report(Some(&gone.path), &gone.name, None, why));
            }
        }
        Ok(())
    }

    /// Moves the files of rows that have other names now, each as soon as its new place is free. Answers what is to be
    /// read.
    fn moves(&mut self, fetch: Vec<Fetch>) -> Result<Vec<Fetch>, Failure> {
        let (mut waiting, mut ready): (Vec<Fetch>, Vec<Fetch>) = fetch.into_iter().partition(|f| f.from.is_some());
        loop {
            let before = waiting.len();
            let mut blocked = Vec::new();
            for fetch in waiting {
                match self.moved(&fetch) {
                    Ok(true) => ready.push(Fetch { from: None, ..fetch }),
                    Ok(false) => blocked.push(fetch),
                    Err(error) => self.in_the_way(&fetch.path, &fetch.row.name, Some(&fetch.row.id), error)?,
                }
            }
            waiting = blocked;
            if waiting.len() == before {
                break;
            }
        }
        // They stand in each other's way, or in a stranger's.
        let (mut round, mut left) = (Vec::new(), Vec::new());
        for fetch in waiting {
            let here = fetch.from.as_ref().and_then(|from| self.folder.file(from).ok().flatten());
            let as_seen = here.zip(fetch.seen.as_ref()).is_some_and(|(found, seen)| found.says(&seen.digest));
            if as_seen { round.push(fetch) } else { left.push(fetch) }
        }
        loop {
            let old: HashSet<RowPath> = round.iter().filter_map(|f| f.from.clone()).collect();
            let (among, others): (Vec<_>, Vec<_>) = round.into_iter().partition(|f| old.contains(&f.path));
            round = among;
            if others.is_empty() {
                break;
            }
            left.extend(others);
        }
        self.change_places(round, &mut ready);
        for fetch in left {
            let why = format!("its row is named {:?} now, and {} is another file", fetch.row.name, fetch.path);
            self.told.conflicts.push(row_report(fetch.from.as_ref(), &fetch.row.name, Some(&fetch.row.id), why));
        }
        Ok(ready)
    }

    /// Files that change places among each other stay where they are and get each other's texts. That is remembered
    /// first: whoever is cut off then finds no file missing that nobody deleted.
    fn change_places(&mut self, round: Vec<Fetch>, ready: &mut Vec<Fetch>) {
        if round.is_empty() {
            return;
        }
        let rows = &mut self.memory.change().rows;
        let stood: HashMap<RowPath, ManifestEntry> =
            round.iter().filter_map(|f| Some((f.from.clone()?, rows.remove(f.from.as_ref()?)?))).collect();
        for fetch in round {
            let seen = stood.get(&fetch.path).cloned();
            let Row { id, name } = fetch.row.clone();
            let digest = seen.as_ref().map(|entry| entry.digest.clone()).unwrap_or_default();
            // What is said to have been seen is the other row's text, until this one's is written.
            self.memory.record_row(&fetch.path, ManifestEntry::new(id, name, digest, None));
            self.told.moved += 1;
            let seen = seen.map(|entry| ManifestEntry { id: fetch.row.id.clone(), ..entry });
            ready.push(Fetch { from: None, seen, ..fetch });
        }
        self.memory.put();
    }

    /// Moves one file, if there is one. Not where its new place is taken.
    fn moved(&mut self, fetch: &Fetch) -> Result<bool, FolderError> {
        let Some(from) = &fetch.from else { return Ok(true) };
        if self.folder.file(from)?.is_some() {
            if !self.folder.rename(from, &fetch.path)? {
                return Ok(false);
            }
            self.told.moved += 1;
        }
        let rows = &mut self.memory.change().rows;
        if let Some(entry) = rows.remove(from) {
            rows.insert(fetch.path.clone(), ManifestEntry { name: fetch.row.name.clone(), ..entry });
        }
        Ok(true)
    }

    /// Reads rows side by side and writes each as it comes.
    async fn fetch(
        &mut self,
        runtime: &Runtime,
        source: &SourceId,
        fetch: Vec<Fetch>,
        watch: &Watch,
    ) -> Result<(), Failure> {
        let adapter = runtime.adapter().await?;
        let sources = sources::sources_of(&*adapter)?;
        let of = fetch.len();
        let mut wanted = Vec::new();
        for fetch in fetch {
            if self.is_fresh(&fetch) {
                self.told.unchanged += 1;
            } else {
                wanted.push(fetch);
            }
        }
        let mut done = of - wanted.len();
        let reads = stream::iter(wanted).map(|fetch| async move {
            let text = text(sources, source, &fetch.row.id).await;
            (fetch, text)
        });
        let mut reads = std::pin::pin!(reads.buffer_unordered(READS));
        let mut writer = Writer::new(self.folder);
        let fetched = loop {
            let next = watch.or(async {
                tokio::select! {
                    biased;
                    written = writer.written() => Ok(Step::Written(written)),
                    read = reads.next(), if !writer.is_full() => Ok(Step::Read(read.map(Box::new))),
                }
            });
            let step = match next.await {
                Ok(Step::Read(None)) => break Ok(()),
                Ok(Step::Read(Some(read))) => {
                    let (fetch, text) = *read;
                    match text {
                        Err(failure) => break Err(failure),
                        // A row that went since it was listed is the next pull's business.
                        Ok(None) => Ok(()),
                        Ok(Some(text)) => self.settle(fetch, text, &mut writer),
                    }
                    .inspect(|()| {
                        done += 1;
                        watch.tell(Progress::Read { done, of });
                    })
                }
                Ok(Step::Written(written)) => self.keep(written?),
                Err(failure) => break Err(failure),
            };
            if let Err(failure) = step {
                break Err(failure);
            }
            self.memory.now_and_then();
            if watch.is_cancelled() {
                break Err(interrupted());
            }
        };
        // What came is written, whatever comes of the rest.
        let mut kept = Ok(());
        while writer.is_busy() {
            kept = kept.and(self.keep(writer.written().await?));
        }
        fetched.and(kept)
    }

    /// Notes what was written.
    fn keep(&mut self, written: Vec<Written>) -> Result<(), Failure> {
        let mut outcome = Ok(());
        for (Settled { fetch, there }, result) in written {
            let kept = match result {
                Ok(()) => {
                    self.told.written += 1;
                    self.record(&fetch, there.digest);
                    Ok(())
                }
                Err(error) => self.in_the_way(&fetch.path, &fetch.row.name, Some(&fetch.row.id), error),
            };
            outcome = outcome.and(kept);
        }
        outcome
    }

    fn record(&mut self, fetch: &Fetch, digest: String) {
        let entry = ManifestEntry::new(fetch.row.id.clone(), fetch.row.name.clone(), digest, self.now);
        self.memory.record_row(&fetch.path, entry);
    }

    /// Whether a pull that was cut off brought it a while ago, and its file is as it was written.
    fn is_fresh(&self, fetch: &Fetch) -> bool {
        let Some(entry) = self.memory.manifest.rows.get(&fetch.path) else { return false };
        let Some(pulled) = entry.pulled else { return false };
        let lately = pulled <= self.now && self.now.since(pulled) < FRESH;
        let known = entry.id == fetch.row.id && entry.name == fetch.row.name;
        // What can't be read is looked at again when the row is there.
        let here = self.folder.file(&fetch.path).ok().flatten();
        lately && known && here.is_some_and(|found| found.says(&entry.digest))
    }

    /// What stands in the way of one file keeps that one alone from being written.
    fn in_the_way(
        &mut self,
        path: &RowPath,
        name: &str,
        row: Option<&RowId>,
        error: FolderError,
    ) -> Result<(), Failure> {
        match error {
            FolderError::InTheWay { .. } => self.told.blocked += 1,
            FolderError::NotText { .. } | FolderError::Large { .. } | FolderError::File { what: "read", .. } => {
                self.told.unreadable += 1;
            }
            other => return Err(other.into()),
        }
        self.told.conflicts.push(row_report(Some(path), name, row, error.to_string()));
        Ok(())
    }

    /// Sees what is to be done with what a row says, and does it; what is to be written is the writer's.
    fn settle(&mut self, fetch: Fetch, text: String, writer: &mut Writer) -> Result<(), Failure> {
        let there = DigestedText::new(text, digest);
        match self.decide(&fetch, &there) {
            Ok(FileOutcome::Write) => writer.add(Settled { fetch, there }),
            Ok(FileOutcome::Same) => {
                self.told.unchanged += 1;
                self.record(&fetch, there.digest);
            }
            Ok(_) => {}
            Err(error) => self.in_the_way(&fetch.path, &fetch.row.name, Some(&fetch.row.id), error)?,
        }
        Ok(())
    }

    /// What is to be done. What is left as it is has been told.
    fn decide(&mut self, fetch: &Fetch, there: &DigestedText) -> Result<FileOutcome, FolderError> {
        let here = match self.folder.file(&fetch.path) {
            // Nothing new is there that would have to be written over it.
            Err(error) if fetch.seen.as_ref().is_some_and(|seen| there.says(&seen.digest)) => {
                let why = format!("as it was on the platform, and can't be read here: {error}");
                self.told.kept.push(row_report(Some(&fetch.path), &fetch.row.name, Some(&fetch.row.id), why));
                return Ok(FileOutcome::Edited);
            }
            here => here?,
        };
        let settled = settle(here.as_ref(), fetch, &self.memory.seen, there, self.overwrite);
        let why = match settled {
            FileOutcome::Write | FileOutcome::Same => None,
            FileOutcome::Edited => Some("edited here; a push brings it to the platform"),
            FileOutcome::Deleted => {
                Some("deleted here; a push with --prune deletes the row, --overwrite brings it back")
            }
            FileOutcome::Both => Some("changed here and on the platform; --overwrite takes the platform's"),
            FileOutcome::Unknown => Some("another file stands here, and the row says something else"),
            FileOutcome::Older => Some(
                "nothing new on the platform: this folder is at another version (a revert, an older tag, another \
                 branch); a push with --overwrite makes the platform what it says, --overwrite brings what stands there",
            ),
            FileOutcome::OlderThere => Some(
                "changed on the platform, and this folder is at another version (a revert, an older tag, another \
                 branch); --overwrite takes the platform's",
            ),
        };
        if let Some(why) = why {
            let clash = matches!(settled, FileOutcome::Both | FileOutcome::Unknown | FileOutcome::OlderThere);
            let list = if clash { &mut self.told.conflicts } else { &mut self.told.kept };
            list.push(row_report(Some(&fetch.path), &fetch.row.name, Some(&fetch.row.id), why));
        }
        Ok(settled)
    }
}

/// A row that was to be read, and its text; none where it is gone.
type Fetched = (Fetch, Result<Option<String>, Failure>);

/// What happens next.
enum Step {
    Read(Option<Box<Fetched>>),
    Written(Result<Vec<Written>, Failure>),
}
