//! Performing exports and imports that were asked for on screen.
//!
//! Owns what is under way of them, so that it can be stopped, and what a typed path means: where it begins, and how it
//! goes on. What is read and written is `operations`' business.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::app::{Arrived, Chosen, Event, Gathering, Taking, TransferEffect, TransferEvent, Written};
use crate::domain::{ChannelName, Failure, Kind};
use crate::runtime::channel_sender::ChannelSender;
use crate::runtime::operations::files;
use crate::runtime::{ExportRequest, Exported, Runtime, Which};

/// What is under way, each with its stop.
#[derive(Default)]
pub(super) struct Transfers {
    stops: HashMap<u64, watch::Sender<bool>>,
}

impl Transfers {
    /// Starts what the effect asks for. Answers the task, where the program should wait for its end.
    pub(super) fn perform(
        &mut self,
        runtime: Runtime,
        sender: ChannelSender,
        effect: TransferEffect,
    ) -> Option<JoinHandle<()>> {
        match effect {
            TransferEffect::Folder { ticket } => {
                let folder = std::env::current_dir().map(|folder| at_home(&folder)).unwrap_or_default();
                sender.hint(Event::Transfer(TransferEvent::Folder(ticket, folder)));
                None
            }
            TransferEffect::Complete { ticket, text, end } => Some(tokio::spawn(away(sender, move || {
                let whole = completed(&text, end);
                TransferEvent::Completed(ticket, text, whole)
            }))),
            TransferEffect::Look { ticket, path } => Some(tokio::spawn(away(sender, move || {
                TransferEvent::Looked(ticket, absolute_path(&path).and_then(files::inspect))
            }))),
            TransferEffect::Find { ticket, file } => Some(tokio::spawn(away(sender, move || {
                TransferEvent::Found(ticket, absolute_path(&file).and_then(|path| files::find(&path)))
            }))),
            TransferEffect::Export { ticket, what, format, to, force } => {
                let which = match what {
                    Chosen::These(ids) => Which::These(ids),
                    Chosen::Across(all) => Which::Across(all),
                    Chosen::All { filter } => Which::All { filter, since: None, until: None },
                };
                let request = ExportRequest { which, format, to: Some(to), force };
                let stop = self.stop(ticket);
                Some(tokio::spawn(async move {
                    let ended = export(&runtime, &sender, ticket, request, stop).await;
                    sender.tell(Event::Transfer(ended.unwrap_or(TransferEvent::Cancelled(ticket)))).await;
                }))
            }
            TransferEffect::Import { ticket, file, archive } => {
                let stop = self.stop(ticket);
                Some(tokio::spawn(async move {
                    let ended = import(&runtime, &sender, ticket, (&file, &archive), stop).await;
                    sender.tell(Event::Transfer(ended.unwrap_or(TransferEvent::Cancelled(ticket)))).await;
                }))
            }
            TransferEffect::Cancel { ticket } => {
                if let Some(stop) = self.stops.get(&ticket) {
                    stop.send_replace(true);
                }
                None
            }
        }
    }

    fn stop(&mut self, ticket: u64) -> watch::Receiver<bool> {
        self.stops.retain(|_, stop| !stop.is_closed());
        let (stopper, stop) = watch::channel(false);
        self.stops.insert(ticket, stopper);
        stop
    }

    /// Stops all that can still be stopped.
    pub(super) fn stop_all(&mut self) {
        for (_, stop) in self.stops.drain() {
            stop.send_replace(true);
        }
    }
}

/// Does something that asks the disk, beside the screen.
async fn away(sender: ChannelSender, work: impl FnOnce() -> TransferEvent + Send + 'static) {
    // Whatever it was: nothing is told, and nothing happens.
    if let Ok(event) = tokio::task::spawn_blocking(work).await {
        sender.tell(Event::Transfer(event)).await;
    }
}

/// Does it until it ends, or is stopped while that leaves nothing behind: then there is no answer.
async fn until_stopped<T>(
    work: impl Future<Output = T>,
    mut stop: watch::Receiver<bool>,
    keeps: impl Fn() -> bool,
) -> Option<T> {
    let mut work = pin!(work);
    tokio::select! {
        biased;
        done = &mut work => return Some(done),
        // One who is gone stops nothing: at the end of the program all are told.
        Ok(_) = stop.wait_for(|stop| *stop) => {}
    }
    // What is on its way to the disk comes to its end, and is told.
    if keeps() { Some(work.await) } else { None }
}

async fn export(
    runtime: &Runtime,
    sender: &ChannelSender,
    ticket: u64,
    request: ExportRequest,
    stop: watch::Receiver<bool>,
) -> Option<TransferEvent> {
    let to = request.to.clone().unwrap_or_default();
    let writing = AtomicBool::new(false);
    let mut on = |so_far: Gathering| {
        writing.store(so_far.writing, Ordering::Relaxed);
        sender.hint(Event::Transfer(TransferEvent::Gathered(ticket, so_far)));
    };
    let exported = until_stopped(runtime.export(request, &mut on), stop, || writing.load(Ordering::Relaxed)).await?;
    Some(TransferEvent::Exported(ticket, exported.map(|exported| written(exported, to))))
}

/// What an export came to: where one file is all of it, that is where it is, also if a folder was meant.
fn written(exported: Exported, to: PathBuf) -> Written {
    let (conversations, messages, counted) = (exported.conversations, exported.messages, exported.counted);
    let files = exported.files.len();
    let to = exported.files.into_iter().next().filter(|_| files == 1).unwrap_or(to);
    let problem = exported.short.or_else(|| exported.damage.failure());
    Written { conversations, messages, counted, problem, files, to }
}

async fn import(
    runtime: &Runtime,
    sender: &ChannelSender,
    ticket: u64,
    (file, archive): (&str, &ChannelName),
    stop: watch::Receiver<bool>,
) -> Option<TransferEvent> {
    let storing = AtomicBool::new(false);
    let mut on = |so_far: Taking| {
        storing.store(so_far.storing.is_some(), Ordering::Relaxed);
        sender.hint(Event::Transfer(TransferEvent::Taken(ticket, so_far)));
    };
    let work = async {
        // From the root on: a `-` is a file like any other here.
        let took = runtime.import(&absolute_path(file)?, archive, &mut on).await?;
        let views = runtime.archives().await?;
        let view = views.into_iter().find(|(view, _)| view.name == *archive);
        let (channel, capabilities) = view.ok_or_else(|| {
            Failure::new(Kind::Failed, format!("{archive} was imported, and is not among the archives."))
        })?;
        let (conversations, messages, new) = (took.conversations, took.messages, took.new);
        Ok(Box::new(Arrived { channel, capabilities, conversations, messages, new, only: took.only }))
    };
    let imported = until_stopped(work, stop, || storing.load(Ordering::Relaxed)).await?;
    Some(TransferEvent::Imported(ticket, imported))
}

/// The home, where there is one.
fn home_dir() -> Option<PathBuf> {
    std::env::var_os("HOME").filter(|home| !home.is_empty()).map(PathBuf::from)
}

/// A typed path, from the root on.
fn absolute_path(typed: &str) -> Result<PathBuf, Failure> {
    let path = match (typed.strip_prefix('~'), home_dir()) {
        (Some(""), Some(home)) => home,
        (Some(rest), Some(home)) if rest.starts_with('/') => home.join(rest.trim_start_matches('/')),
        _ => PathBuf::from(typed),
    };
    std::path::absolute(&path)
        .map_err(|error| Failure::new(Kind::Invalid, format!("{} leads nowhere: {error}.", path.display())))
}

/// A path with `~` for the home.
fn at_home(path: &Path) -> String {
    match home_dir().and_then(|home| path.strip_prefix(home).ok().map(Path::to_owned)) {
        Some(rest) if rest.as_os_str().is_empty() => "~".to_owned(),
        Some(rest) => format!("~/{}", rest.display()),
        None => path.display().to_string(),
    }
}

/// How a typed path goes on, as far as all folders and all files with that end agree that begin like it. One that can't be
/// read goes on as it is.
fn completed(typed: &str, end: &str) -> String {
    let (folder, begun) = typed.rfind('/').map_or(("", typed), |at| typed.split_at(at + 1));
    let Ok(at) = absolute_path(if folder.is_empty() { "." } else { folder }) else { return typed.to_owned() };
    let entries = fs::read_dir(at).into_iter().flatten().flatten();
    let mut common: Option<String> = None;
    for entry in entries {
        let Ok(mut name) = entry.file_name().into_string() else { continue };
        // What is hidden is meant by its dot alone.
        if !name.starts_with(begun) || (begun.is_empty() && name.starts_with('.')) {
            continue;
        }
        if entry.path().is_dir() {
            name.push('/');
        } else if !name.ends_with(end) {
            continue;
        }
        common = Some(match common {
            None => name,
            Some(so_far) => {
                let alike = so_far.chars().zip(name.chars()).take_while(|(a, b)| a == b);
                alike.map(|(a, _)| a).collect()
            }
        });
    }
    // A control character in a name is no text for a line.
    match common.filter(|name| !name.chars().any(char::is_control)) {
        Some(name) if name.len() >= begun.len() => format!("{folder}{name}"),
        _ => typed.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_goes_on_as_far_as_all_agree() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| format!("{}/{name}", dir.path().display());
        for name in ["notes-a.md", "notes-b.md", ".hidden", "pläne.md", "pläne.txt"] {
            fs::write(at(name), "").unwrap();
        }
        fs::create_dir(at("out")).unwrap();
        let completed_at = |name: &str, end: &str| completed(&at(name), end);
        assert_eq!(completed_at("n", ""), at("notes-"));
        assert_eq!(completed_at("notes-a", ""), at("notes-a.md"));
        assert_eq!(completed_at("o", ".txt"), at("out/"));
        assert_eq!(completed_at(".", ""), at(".hidden"));
        assert_eq!(completed_at("p", ""), at("pläne."));
        assert_eq!(completed_at("p", ".txt"), at("pläne.txt"));
        assert_eq!(completed_at("none", ""), at("none"));
        assert_eq!(completed_at("no/such/n", ""), at("no/such/n"));
    }

    #[test]
    fn a_path_begins_at_the_root() {
        assert!(absolute_path("-").unwrap().is_absolute());
        assert!(absolute_path("out/").unwrap().to_string_lossy().ends_with("/out/"));
        if let Some(home) = home_dir() {
            assert_eq!(absolute_path("~/a/b").unwrap(), home.join("a/b"));
            assert_eq!(absolute_path("~").unwrap(), home);
            assert_eq!(at_home(&home.join("a")), "~/a");
        }
        assert!(absolute_path("~other/a").unwrap().ends_with("~other/a"));
        assert!(absolute_path("").is_err());
    }

    #[test]
    fn a_file_that_is_all_of_a_folder_is_named_itself() {
        let files = vec![PathBuf::from("/out/a.md"), PathBuf::from("/out/b.md")];
        let to = |files: &[PathBuf]| {
            let exported = Exported { conversations: 2, messages: 3, files: files.to_vec(), ..Exported::default() };
            written(exported, PathBuf::from("/out")).to
        };
        assert_eq!(to(&files), PathBuf::from("/out"));
        assert_eq!(to(&files[1..]), PathBuf::from("/out/b.md"));
    }

    #[tokio::test]
    async fn what_is_being_written_comes_to_its_end_and_what_is_read_does_not() {
        let (stopper, stop) = watch::channel(false);
        stopper.send_replace(true);
        let never = std::future::pending::<()>();
        assert_eq!(until_stopped(never, stop.clone(), || false).await, None);
        let later = async {
            tokio::task::yield_now().await;
            7
        };
        assert_eq!(until_stopped(later, stop, || true).await, Some(7));
    }

    #[tokio::test]
    async fn one_who_is_gone_stops_nothing() {
        let (stopper, stop) = watch::channel(false);
        drop(stopper);
        let later = async {
            tokio::task::yield_now().await;
            7
        };
        assert_eq!(until_stopped(later, stop, || false).await, Some(7));
    }
}
