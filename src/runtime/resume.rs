//! What the screen begins with: what the config file says of it, and where the user was when the screen was open last: one small file in the data directory, read before the first frame.
//!
//! It is no part of the store, which is opened behind that frame. It holds an entry for each config, is written whole
//! beside itself and then renamed, so that a crash leaves the one before, and what can't be read of it is as if it weren't
//! there.

use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::sync::{Arc, Mutex};

use serde::{Deserialize, Serialize};

use super::Runtime;
use crate::app::{Bookmark, Resume, ResumeBeside};
use crate::domain::{ChannelName, ConversationId, MessageId, NotifyRules, ScreenSettings};

/// The file's name.
const NAME: &str = "screen.json";
/// The configs of which it is known, those used last first.
const CONFIGS: usize = 20;
/// Far beyond what such a file holds.
const LIMIT: u64 = 256 * 1024;

#[derive(Debug, Default, Serialize, Deserialize)]
struct Document {
    #[serde(default)]
    screens: Vec<Entry>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    config: String,
    channel: String,
    view: String,
    focus: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    search: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    conversation: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(default)]
    row: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    theme: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    beside: Option<EntryBeside>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct EntryBeside {
    channel: String,
    conversation: String,
    #[serde(default)]
    left: bool,
}

impl Runtime {
    /// What the config file says of telling the user something who looks elsewhere.
    pub fn notify_rules(&self) -> NotifyRules {
        self.config().notify.clone()
    }

    /// What the config file says of the screen itself.
    pub fn screen_settings(&self) -> ScreenSettings {
        self.config().screen.clone()
    }

    /// Where the user was when the screen was open last. The channel may be gone by now.
    pub fn resume(&self) -> Option<Resume> {
        read(self)
    }

    /// Whether the config file has that channel.
    pub fn has_channel(&self, name: &ChannelName) -> bool {
        self.config().channel(name).is_some()
    }
}

/// Keeps it, in the order in which it is told.
#[derive(Debug, Default)]
pub(super) struct Keeper {
    /// How often it was told.
    told: u64,
    /// The newest that was written.
    written: Arc<Mutex<u64>>,
}

impl Keeper {
    /// Keeps where the user is, in the background.
    pub(super) fn keep(&mut self, runtime: &Runtime, resume: Resume) {
        self.told += 1;
        let (told, written, kept) = (self.told, Arc::clone(&self.written), runtime.clone());
        runtime.keep(tokio::task::spawn_blocking(move || {
            let Ok(mut written) = written.lock() else { return };
            // A later one has overtaken it.
            if *written > told {
                return;
            }
            *written = told;
            if let Err(error) = write(&kept.inner.data_dir, &kept.inner.identity, resume) {
                tracing::warn!(%error, "where the screen was could not be kept");
            }
        }));
    }
}

/// Where the user was; none where that isn't known.
pub(super) fn read(runtime: &Runtime) -> Option<Resume> {
    let document = document(&runtime.inner.data_dir);
    document.screens.into_iter().find(|entry| entry.config == runtime.inner.identity).map(from_entry)
}

fn document(dir: &Path) -> Document {
    let mut text = String::new();
    let read = std::fs::File::open(dir.join(NAME)).and_then(|file| file.take(LIMIT).read_to_string(&mut text));
    read.ok().and_then(|_| serde_json::from_str(&text).ok()).unwrap_or_default()
}

fn from_entry(entry: Entry) -> Resume {
    let at = Resume::at(ChannelName::new(entry.channel));
    let reading = entry.conversation.zip(entry.message).map(|(conversation, message)| Bookmark {
        conversation: ConversationId::new(conversation),
        message: MessageId::new(message),
        row: entry.row,
    });
    Resume {
        view: Resume::view_from_word(&entry.view).unwrap_or(at.view),
        focus: Resume::focus_from_word(&entry.focus).unwrap_or(at.focus),
        search: entry.search,
        reading,
        theme: entry.theme,
        beside: entry.beside.map(|beside| ResumeBeside {
            channel: ChannelName::new(beside.channel),
            conversation: ConversationId::new(beside.conversation),
            left: beside.left,
        }),
        ..at
    }
}

fn write(dir: &Path, identity: &str, resume: Resume) -> io::Result<()> {
    let (view, focus) = (resume.view_word().to_owned(), resume.focus_word().to_owned());
    let (conversation, message, row) = match resume.reading {
        Some(reading) => (Some(reading.conversation.to_string()), Some(reading.message.to_string()), reading.row),
        None => (None, None, 0),
    };
    let config = identity.to_owned();
    let (channel, search, theme) = (resume.channel.to_string(), resume.search, resume.theme);
    let beside = resume.beside.map(|beside| EntryBeside {
        channel: beside.channel.to_string(),
        conversation: beside.conversation.to_string(),
        left: beside.left,
    });
    let entry = Entry { config, channel, view, focus, search, conversation, message, row, theme, beside };
    // Another window may have written for another config meanwhile.
    let mut document = document(dir);
    document.screens.retain(|other| other.config != identity);
    document.screens.insert(0, entry);
    document.screens.truncate(CONFIGS);
    let beside = dir.join(format!("{NAME}.{}", std::process::id()));
    let written = write_private(&beside, &serde_json::to_vec_pretty(&document)?)
        .and_then(|()| std::fs::rename(&beside, dir.join(NAME)));
    if written.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    written
}

fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    // What a process of that number left, or a link that somebody laid there, is not written through.
    let _ = std::fs::remove_file(path);
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{Focus, ViewKind};

    fn resume(channel: &str, view: ViewKind) -> Resume {
        Resume { view, focus: Focus::Roster, search: "a \"b\"".to_owned(), ..Resume::at(ChannelName::new(channel)) }
    }

    fn for_config(dir: &Path, config: &str) -> Option<Resume> {
        document(dir).screens.into_iter().find(|entry| entry.config == config).map(from_entry)
    }

    #[test]
    fn each_config_has_its_own_and_comes_back_as_it_was() {
        let dir = tempfile::tempdir().unwrap();
        let reading = Bookmark { conversation: ConversationId::new("c"), message: MessageId::new("m"), row: 7 };
        let beside =
            ResumeBeside { channel: ChannelName::new("flow"), conversation: ConversationId::new("d"), left: true };
        let one = Resume { reading: Some(reading), beside: Some(beside), ..resume("docs", ViewKind::Search) };
        write(dir.path(), "a", one.clone()).unwrap();
        for view in [
            ViewKind::Chat,
            ViewKind::Sources,
            ViewKind::Webhooks,
            ViewKind::Search,
            ViewKind::Inbox,
            ViewKind::Tests,
        ] {
            for focus in [Focus::Roster, Focus::Transcript, Focus::Composer] {
                let other = Resume { focus, ..resume("flow", view) };
                write(dir.path(), "b", other.clone()).unwrap();
                assert_eq!(
                    (for_config(dir.path(), "a"), for_config(dir.path(), "b")),
                    (Some(one.clone()), Some(other))
                );
            }
        }
        assert_eq!(for_config(dir.path(), "c"), None);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "nothing is left beside it");
    }

    #[test]
    fn what_can_not_be_read_is_as_if_it_were_not_there() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(for_config(dir.path(), "a"), None);
        for junk in [&b"{"[..], b"[]", b"\xff", b"{\"screens\":[{\"config\":\"a\"}]}", b"{\"screens\":3}"] {
            std::fs::write(dir.path().join(NAME), junk).unwrap();
            assert_eq!(for_config(dir.path(), "a"), None, "{junk:?}");
        }
        let later = r#"{"screens":[{"config":"a","channel":"x","view":"new","focus":"new","more":1}]}"#;
        std::fs::write(dir.path().join(NAME), later).unwrap();
        assert_eq!(for_config(dir.path(), "a"), Some(Resume::at(ChannelName::new("x"))), "of a later version");
        write(dir.path(), "b", resume("docs", ViewKind::Chat)).unwrap();
        assert!(for_config(dir.path(), "a").is_some() && for_config(dir.path(), "b").is_some());
    }

    #[test]
    fn those_used_last_are_kept() {
        let dir = tempfile::tempdir().unwrap();
        for n in 0..CONFIGS + 5 {
            write(dir.path(), &n.to_string(), resume("docs", ViewKind::Chat)).unwrap();
        }
        assert!(for_config(dir.path(), "4").is_none() && for_config(dir.path(), "5").is_some());
    }
}
