//! What this copy of a folder saw of its source, and what it is about to do to it. Kept beside the manifest and never
//! versioned: version control takes the manifest back with the files, as by a revert or an older tag, and this alone
//! still knows then that it was not the platform that changed. Owns the shape of `.patchcord/seen.json`; reads and
//! writes no file. Where it is lost, or of another folder, only the manifest counts.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{DigestedText, Manifest, ManifestEntry};
use crate::domain::{ChannelName, RowId, SourceId};

/// So much of a row's past is kept.
const PAST: usize = 24;

/// The shape that this program writes.
const VERSION: u64 = 1;

/// A row as it once stood on the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
struct PastVersion {
    name: String,
    digest: String,
}

/// What was seen of one row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct RowHistory {
    /// From the oldest to the newest, none twice.
    past: Vec<PastVersion>,
    /// What a push is about to make of it, or was when it was killed.
    intent: Option<PastVersion>,
    /// Whether it was seen to be gone, or a push is about to delete it.
    gone: bool,
}

/// How the platform's row stands to what the folder remembers of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Divergence {
    /// Nobody else changed it.
    pub(super) untouched: bool,
    /// The folder's memory is not the last one that this copy had: the folder is at another version.
    pub(super) moved: bool,
}

impl RowHistory {
    fn last(&self) -> Option<&PastVersion> {
        self.past.last()
    }

    /// Whether the row was seen to be gone, or was to be deleted from here.
    pub(super) fn is_gone(&self) -> bool {
        self.gone
    }

    /// Whether the manifest's account is the one that was last seen, so that there is no need to look.
    pub(super) fn is_last(&self, entry: &ManifestEntry) -> bool {
        self.intent.is_none() && self.last().is_none_or(|last| last.digest == entry.digest && last.name == entry.name)
    }

    /// How the name that the row has there stands to the one that the folder remembers.
    pub(super) fn name_divergence(&self, entry: &ManifestEntry, there: &str) -> Divergence {
        let is = |was: Option<&PastVersion>, name: &str| was.is_some_and(|was| was.name == name);
        if there == entry.name {
            return Divergence { untouched: true, moved: false };
        }
        let (intent, last) = (self.intent.as_ref(), self.last());
        let elsewhere = self.past.iter().any(|was| was.name == entry.name) && !is(last, &entry.name);
        if is(intent, there) || (is(last, there) && !is(last, &entry.name)) {
            return Divergence { untouched: true, moved: true };
        }
        Divergence { untouched: false, moved: elsewhere }
    }
}

/// How the text that the row has there stands to the one that the folder remembers.
pub(super) fn text_divergence(entry: &ManifestEntry, known: Option<&RowHistory>, there: &DigestedText) -> Divergence {
    if there.says(&entry.digest) || entry.others.iter().any(|other| there.says(other)) {
        return Divergence { untouched: true, moved: false };
    }
    let Some(known) = known else { return Divergence { untouched: false, moved: false } };
    let is = |was: Option<&PastVersion>| was.is_some_and(|was| there.says(&was.digest));
    let at = |digest: &str| known.past.iter().position(|was| was.digest == digest);
    let last_is_it = known.last().is_some_and(|last| last.digest == entry.digest);
    if is(known.intent.as_ref()) || (!last_is_it && is(known.last())) {
        return Divergence { untouched: true, moved: true };
    }
    Divergence { untouched: false, moved: !last_is_it && at(&entry.digest).is_some() }
}

/// What this copy of a folder saw.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WorkingCopy {
    rows: BTreeMap<RowId, RowHistory>,
    /// Rows that a push is about to make: their names and digests.
    making: Vec<(String, String)>,
}

impl WorkingCopy {
    /// What was seen of a row.
    pub(super) fn row(&self, id: &RowId) -> Option<&RowHistory> {
        self.rows.get(id)
    }

    /// Whether this copy had that row, or made it and was killed before it learned of it. A row with that name and text
    /// is taken for the one that was to be made.
    pub(super) fn had(&self, id: &RowId, name: &str, there: Option<&DigestedText>) -> bool {
        let made =
            || there.is_some_and(|there| self.making.iter().any(|(n, digest)| n == name && there.says(digest)));
        self.rows.contains_key(id) || made()
    }

    /// Whether a row of that name was to be made.
    pub(super) fn was_making(&self, name: &str) -> bool {
        self.making.iter().any(|(making, _)| making == name)
    }

    /// The row stands there like this, as the folder has it.
    pub fn record_row(&mut self, id: &RowId, name: &str, digest: &str) {
        self.making.retain(|(n, d)| n != name || d != digest);
        let known = self.rows.entry(id.clone()).or_default();
        let was = PastVersion { name: name.to_owned(), digest: digest.to_owned() };
        known.past.retain(|past| *past != was);
        known.past.push(was);
        let more = known.past.len().saturating_sub(PAST);
        known.past.drain(..more);
        known.intent = None;
        known.gone = false;
    }

    /// The row is gone, and the folder knows.
    pub fn record_deletion(&mut self, id: &RowId) {
        let known = self.rows.entry(id.clone()).or_default();
        known.gone = true;
        known.intent = None;
    }

    /// A push is about to make this of a row; nothing where it deletes it.
    pub fn record_intent(&mut self, id: &RowId, to: Option<(&str, &str)>) {
        let known = self.rows.entry(id.clone()).or_default();
        match to {
            Some((name, digest)) => {
                known.intent = Some(PastVersion { name: name.to_owned(), digest: digest.to_owned() });
            }
            None => known.gone = true,
        }
    }

    /// A push is about to make a row.
    pub fn record_creation(&mut self, name: &str, digest: &str) {
        self.making.push((name.to_owned(), digest.to_owned()));
    }

    /// Where nothing is known of a row, what the manifest says counts.
    pub fn trust_manifest(&mut self, manifest: &Manifest) {
        for entry in manifest.rows.values().filter(|entry| entry.others.is_empty()) {
            if !self.rows.contains_key(&entry.id) {
                self.record_row(&entry.id, &entry.name, &entry.digest);
            }
        }
    }

    /// As it stands in its file.
    pub fn text(&self, channel: &ChannelName, source: &SourceId) -> String {
        let was = |was: &PastVersion| json!([was.name, was.digest]);
        let one = |(id, known): (&RowId, &RowHistory)| {
            let mut row = json!({ "past": known.past.iter().map(was).collect::<Vec<_>>() });
            if let Some(intent) = &known.intent {
                row["intent"] = was(intent);
            }
            if known.gone {
                row["gone"] = true.into();
            }
            (id.as_str().to_owned(), row)
        };
        let rows: serde_json::Map<String, Value> = self.rows.iter().map(one).collect();
        json!({
            "version": VERSION,
            "channel": channel.as_str(),
            "source": source.as_str(),
            "rows": rows,
            "making": self.making,
        })
        .to_string()
    }

    /// Reads one. What is none, or of another source, is as if there were nothing.
    pub fn read(text: &str, channel: &ChannelName, source: &SourceId) -> Self {
        let value: Value = serde_json::from_str(text).unwrap_or_default();
        let word = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default();
        let version = value.get("version").and_then(Value::as_u64);
        if version != Some(VERSION) || word("channel") != channel.as_str() || word("source") != source.as_str() {
            return Self::default();
        }
        let pair = |value: &Value| {
            let word = |at: usize| value.get(at).and_then(Value::as_str).map(str::to_owned);
            Some((word(0)?, word(1)?))
        };
        let was = |value: &Value| pair(value).map(|(name, digest)| PastVersion { name, digest });
        let list = |value: Option<&Value>| value.and_then(Value::as_array).cloned().unwrap_or_default();
        let rows = value.get("rows").and_then(Value::as_object).into_iter().flatten().map(|(id, row)| {
            let known = RowHistory {
                past: list(row.get("past")).iter().filter_map(was).collect(),
                intent: row.get("intent").and_then(was),
                gone: row.get("gone").and_then(Value::as_bool).unwrap_or(false),
            };
            (RowId::new(id.as_str()), known)
        });
        Self { rows: rows.collect(), making: list(value.get("making")).iter().filter_map(pair).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(bytes: &[u8]) -> String {
        String::from_utf8_lossy(bytes).into_owned()
    }

    fn entry(name: &str, text: &str) -> ManifestEntry {
        ManifestEntry::new(RowId::new("r"), name, text, None)
    }

    /// What is said of a text there, where the manifest says another, after these were seen.
    fn divergence_of(seen: &[&str], remembered: &str, there: &str) -> (bool, bool) {
        let mut all = WorkingCopy::default();
        for text in seen {
            all.record_row(&RowId::new("r"), "n", text);
        }
        let known = all.row(&RowId::new("r"));
        let Divergence { untouched, moved } =
            text_divergence(&entry("n", remembered), known, &DigestedText::new(there.to_owned(), digest));
        (untouched, moved)
    }

    #[test]
    fn a_manifest_that_went_back_is_told_from_a_platform_that_changed() {
        // As it was last seen; changed there; nothing known.
        assert_eq!(divergence_of(&["a"], "a", "a"), (true, false));
        assert_eq!(divergence_of(&["a"], "a", "b"), (false, false));
        assert_eq!(divergence_of(&[], "a", "b"), (false, false));
        // The folder went back, alone or with the platform.
        assert_eq!(divergence_of(&["a", "b"], "a", "b"), (true, true));
        assert_eq!(divergence_of(&["a", "b"], "a", "c"), (false, true));
        assert_eq!(divergence_of(&["a", "b"], "a", "a"), (true, false));
        // Back to what this copy never had, and on to what another copy pushed.
        assert_eq!(divergence_of(&["b"], "a", "b"), (true, true));
        assert_eq!(divergence_of(&["a"], "b", "c"), (false, false));
        // The platform went back by itself.
        assert_eq!(divergence_of(&["a", "b"], "b", "a"), (false, false));
    }

    #[test]
    fn what_was_begun_is_known_and_all_is_read_as_it_was_written() {
        let (channel, source, id) = (ChannelName::new("c"), SourceId::new("s"), RowId::new("r"));
        let mut seen = WorkingCopy::default();
        seen.record_row(&id, "n", "a");
        seen.record_intent(&id, Some(("m", "b")));
        seen.record_intent(&RowId::new("x"), None);
        seen.record_creation("new", "d");
        let found = |text: &str| DigestedText::new(text.to_owned(), digest);
        let read = WorkingCopy::read(&seen.text(&channel, &source), &channel, &source);
        assert_eq!(read, seen);
        assert_eq!(
            WorkingCopy::read(&seen.text(&channel, &source), &channel, &SourceId::new("t")),
            WorkingCopy::default()
        );
        assert_eq!(WorkingCopy::read("<<<<<<<", &channel, &source), WorkingCopy::default());
        let known = read.row(&id).unwrap();
        assert_eq!(
            text_divergence(&entry("n", "a"), Some(known), &found("b")),
            Divergence { untouched: true, moved: true }
        );
        assert_eq!(known.name_divergence(&entry("n", "a"), "m"), Divergence { untouched: true, moved: true });
        assert_eq!(known.name_divergence(&entry("n", "a"), "z"), Divergence { untouched: false, moved: false });
        assert!(!known.is_last(&entry("n", "a")) && read.row(&RowId::new("x")).unwrap().is_gone());
        assert!(read.had(&RowId::new("y"), "new", Some(&found("d"))) && !read.had(&RowId::new("y"), "new", None));
        seen.record_row(&RowId::new("y"), "new", "d");
        assert!(!seen.was_making("new"));
    }

    #[test]
    fn the_past_is_bounded() {
        let mut seen = WorkingCopy::default();
        for n in 0..100 {
            seen.record_row(&RowId::new("r"), "n", &n.to_string());
        }
        assert_eq!(seen.row(&RowId::new("r")).unwrap().past.len(), PAST);
    }
}
