//! What a folder remembers of its source: which file is which row, and what was last seen of it. Owns the shape of
//! `.patchcord.json`; reads and writes no file.
//!
//! One row stands on one line, and the lines are sorted by path, so that version control merges them line by line. Each
//! line is whole in itself: every row ends in a comma, and after the last stands one that is none. Between two rows is
//! an empty line, for git takes changes of two lines side by side for one. Two rows that were added at one place stand
//! at one place whatever is done, and there a merge driver is needed (`folder/git`): `union` keeps the lines of both
//! sides. So a row may stand here more than once after a merge, and what each line says was seen by somebody.

use std::collections::{BTreeMap, HashSet};
use std::fmt::{self, Write as _};

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::{RowPath, conflict_markers, name_of};
use crate::domain::{ChannelName, RowId, SourceId, Timestamp};

/// The manifest's name in the folder.
pub const MANIFEST: &str = ".patchcord.json";

/// The shape that this program writes.
const VERSION: u64 = 2;
/// The one that it reads too: it had no empty lines, and ended without a comma.
const BEFORE: u64 = 1;

/// What the line after the last row says.
const END: &str = "\"\": {}";

/// Why a text is no manifest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    /// Git left its marks in it.
    #[error("git's conflict marks stand in it, from line {0} on")]
    Conflicted(usize),
    /// It is no JSON.
    #[error("{0}")]
    Json(String),
    /// Of a later program.
    #[error("its version is {0}, and this program knows {VERSION}")]
    Version(u64),
    /// Nobody knows whose.
    #[error("it names no version")]
    NoVersion,
    /// A key is missing, or its value is of another kind.
    #[error("`{0}` is missing")]
    Missing(&'static str),
    /// One of its rows is none.
    #[error("{path:?}: {why}")]
    Row {
        /// The row's file, as it stands there.
        path: String,
        /// What is wrong with it.
        why: String,
    },
}

/// What is known of a row and its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestEntry {
    /// The row.
    pub id: RowId,
    /// The name that it was last seen under.
    pub name: String,
    /// The digest of the text that was last the same in the file and on the platform.
    pub digest: String,
    /// Other digests that a merge left beside it.
    pub others: Vec<String>,
    /// When a pull that has not ended yet brought it.
    pub pulled: Option<Timestamp>,
}

impl ManifestEntry {
    /// What is known of a row that stands there as its file has it.
    pub fn new(
        id: RowId,
        name: impl Into<String>,
        digest: impl Into<String>,
        pulled: impl Into<Option<Timestamp>>,
    ) -> Self {
        Self { id, name: name.into(), digest: digest.into(), others: Vec::new(), pulled: pulled.into() }
    }
}

/// A folder's memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// The channel that the source is of.
    pub channel: ChannelName,
    /// The source.
    pub source: SourceId,
    /// Its rows by their files.
    pub rows: BTreeMap<RowPath, ManifestEntry>,
    /// Whether its lines end as on Windows: then git converts the files of this checkout, and so do the pages'.
    pub converted: bool,
}

impl Manifest {
    /// One that knows of no row.
    pub fn new(channel: ChannelName, source: SourceId) -> Self {
        Self { channel, source, rows: BTreeMap::new(), converted: false }
    }

    /// As it stands in the file.
    pub fn text(&self) -> String {
        let quoted = |text: &str| Value::from(text).to_string();
        let mut text = format!(
            "{{\n\"version\": {VERSION},\n\"channel\": {},\n\"source\": {},\n\"rows\": {{",
            quoted(self.channel.as_str()),
            quoted(self.source.as_str())
        );
        text.push_str("\n\n");
        for (path, entry) in &self.rows {
            let mut row = Map::new();
            row.insert("id".to_owned(), entry.id.as_str().into());
            row.insert("digest".to_owned(), entry.digest.as_str().into());
            // Where the path tells the name, it is not said twice.
            if name_of(path) != entry.name {
                row.insert("name".to_owned(), entry.name.as_str().into());
            }
            if let Some(pulled) = entry.pulled {
                row.insert("pulled".to_owned(), pulled.millis().into());
            }
            let _ = write!(text, "{}: {},\n\n", quoted(path.as_str()), Value::Object(row));
            // What a merge left stays until the row is looked at.
            for other in &entry.others {
                let other = serde_json::json!({ "id": entry.id.as_str(), "digest": other });
                let _ = write!(text, "{}: {other},\n\n", quoted(path.as_str()));
            }
        }
        text.push_str(END);
        text.push_str("\n}\n}\n");
        if self.converted { text.replace('\n', "\r\n") } else { text }
    }

    /// Reads one. A path that would lead out of the folder is refused with all the rest.
    ///
    /// # Errors
    /// [`ManifestError`] where it is none, or of a later program.
    pub fn read(text: &str) -> Result<Self, ManifestError> {
        let top: Members =
            serde_json::from_str(text).map_err(|error| match conflict_markers::first_marker(text) {
                Some(line) => ManifestError::Conflicted(line),
                None => ManifestError::Json(error.to_string()),
            })?;
        let get = |key: &str| top.0.iter().rev().find(|(name, _)| name == key).map(|(_, item)| item);
        match get("version").and_then(TopValue::value).and_then(Value::as_u64) {
            Some(VERSION | BEFORE) => {}
            Some(other) => return Err(ManifestError::Version(other)),
            None => return Err(ManifestError::NoVersion),
        }
        let word = |value: Option<&Value>, key: &'static str| {
            value.and_then(Value::as_str).map(str::to_owned).ok_or(ManifestError::Missing(key))
        };
        let top_word = |key: &'static str| word(get(key).and_then(TopValue::value), key);
        let mut manifest = Self::new(ChannelName::new(top_word("channel")?), SourceId::new(top_word("source")?));
        manifest.converted = text.contains("\r\n");
        let Some(TopValue::Rows(rows)) = get("rows") else { return Err(ManifestError::Missing("rows")) };
        for (path, row) in rows.iter().filter(|(path, _)| !path.is_empty()) {
            let within = |why: String| ManifestError::Row { path: path.clone(), why };
            let path = RowPath::new(path).ok_or_else(|| within("no path below this folder".to_owned()))?;
            let name = match row.get("name") {
                None => name_of(&path),
                Some(name) => name.as_str().ok_or_else(|| within("`name` is no text".to_owned()))?.to_owned(),
            };
            let id = RowId::new(word(row.get("id"), "id").map_err(|why| within(why.to_string()))?);
            let pulled = row.get("pulled").and_then(Value::as_i64).map(Timestamp::from_millis);
            let entry = ManifestEntry::new(
                id,
                name,
                word(row.get("digest"), "digest").map_err(|why| within(why.to_string()))?,
                pulled,
            );
            manifest.add(path, entry);
        }
        Ok(manifest)
    }

    /// Adds a line. One that says something else of the same row leaves both texts; of another row, the first stays:
    /// the second is found by its name.
    fn add(&mut self, path: RowPath, entry: ManifestEntry) {
        match self.rows.get_mut(&path) {
            None => drop(self.rows.insert(path, entry)),
            Some(known) if known.id == entry.id => {
                if known.digest != entry.digest && !known.others.contains(&entry.digest) {
                    known.others.push(entry.digest);
                }
            }
            Some(_) => {}
        }
    }

    /// Of the files that a merge left for one row, those that are not there are forgotten where another is.
    pub fn settle_twice(&mut self, is_there: impl Fn(&RowPath) -> bool) {
        let there: HashSet<RowId> =
            self.rows.iter().filter(|(path, _)| is_there(path)).map(|(_, entry)| entry.id.clone()).collect();
        self.rows.retain(|path, entry| is_there(path) || !there.contains(&entry.id));
    }
}

/// An object's members in their order, one that stands twice twice.
struct Members(Vec<(String, TopValue)>);

enum TopValue {
    Value(Value),
    Rows(Vec<(String, Value)>),
}

impl TopValue {
    fn value(&self) -> Option<&Value> {
        if let Self::Value(value) = self { Some(value) } else { None }
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut pairs = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            let item = if key == "rows" {
                TopValue::Rows(map.next_value::<RowLines>()?.0)
            } else {
                TopValue::Value(map.next_value()?)
            };
            pairs.push((key, item));
        }
        Ok(Members(pairs))
    }
}

struct RowLines(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for RowLines {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(RowLinesVisitor)
    }
}

struct RowLinesVisitor;

impl<'de> Visitor<'de> for RowLinesVisitor {
    type Value = RowLines;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the rows by their files")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RowLines, A::Error> {
        let mut lines = Vec::new();
        while let Some(line) = map.next_entry()? {
            lines.push(line);
        }
        Ok(RowLines(lines))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> RowPath {
        RowPath::new(text).unwrap()
    }

    #[test]
    fn it_is_read_as_it_was_written_one_row_a_line() {
        let mut manifest = Manifest::new(ChannelName::new("docs"), SourceId::new("s\"1"));
        assert_eq!(Manifest::read(&manifest.text()).as_ref(), Ok(&manifest));
        let entry = |id: &str, name: &str| ManifestEntry::new(RowId::new(id), name, "00ff", None);
        manifest.rows.insert(path("b.md"), entry("2", "b"));
        manifest.rows.insert(path("a/CON.md"), entry("1", "a/CON"));
        manifest.rows.insert(path("%=12.md"), entry("3", "long\nname"));
        let pulled = Some(Timestamp::from_millis(7));
        manifest.rows.insert(path("c.md"), ManifestEntry { pulled, ..entry("4", "c") });
        let text = manifest.text();
        assert_eq!(
            text,
            "{\n\"version\": 2,\n\"channel\": \"docs\",\n\"source\": \"s\\\"1\",\n\"rows\": {\n\n\
             \"%=12.md\": {\"id\":\"3\",\"digest\":\"00ff\",\"name\":\"long\\nname\"},\n\n\
             \"a/CON.md\": {\"id\":\"1\",\"digest\":\"00ff\"},\n\n\
             \"b.md\": {\"id\":\"2\",\"digest\":\"00ff\"},\n\n\
             \"c.md\": {\"id\":\"4\",\"digest\":\"00ff\",\"pulled\":7},\n\n\"\": {}\n}\n}\n"
        );
        // A checkout that converts line ends keeps them.
        let converted = Manifest::read(&text.replace('\n', "\r\n")).unwrap();
        assert!(converted.converted && converted.rows == manifest.rows);
        assert_eq!(converted.text(), text.replace('\n', "\r\n"));
        assert_eq!(Manifest::read(&text), Ok(manifest));
    }

    #[test]
    fn what_is_not_one_is_refused_with_the_reason() {
        let refused = |text: &str| Manifest::read(text).unwrap_err().to_string();
        assert!(refused("<<<<<<< ours").contains("conflict marks stand in it, from line 1"));
        assert!(refused("{\n\"version\": 1,\n=======\n").contains("from line 3"));
        assert!(refused("{\n[").contains("line 2"));
        assert!(refused("{}").contains("no version"));
        assert!(refused("{\"version\":3}").contains("version is 3"));
        assert!(refused("{\"version\":1,\"channel\":\"c\"}").contains("`source`"));
        let with = |row: &str| format!("{{\"version\":1,\"channel\":\"c\",\"source\":\"s\",\"rows\":{{{row}}}}}");
        for out in ["../a.md", "/a.md", ".git/a.md", "a.txt"] {
            let why = refused(&with(&format!("\"{out}\":{{\"id\":\"1\",\"digest\":\"d\"}}")));
            assert!(why.contains("below this folder") && why.contains(out), "{why}");
        }
        assert!(refused(&with("\"a.md\":{\"digest\":\"d\"}")).contains("`id`"));
    }

    #[test]
    fn one_from_before_is_read() {
        let text = "{\n\"version\": 1,\n\"channel\": \"docs\",\n\"source\": \"s\",\n\"rows\": {\n\
                    \"a.md\": {\"id\":\"1\",\"digest\":\"d\"},\n\"b.md\": {\"id\":\"2\",\"digest\":\"e\",\"name\":\"B\"}\n}\n}\n";
        let manifest = Manifest::read(text).unwrap();
        assert_eq!(manifest.rows[&path("a.md")], ManifestEntry::new(RowId::new("1"), "a", "d", None));
        assert_eq!(manifest.rows[&path("b.md")], ManifestEntry::new(RowId::new("2"), "B", "e", None));
    }

    #[test]
    fn what_a_merge_left_twice_is_all_known() {
        let row =
            |path: &str, id: &str, digest: &str| format!("{path:?}: {{\"id\":{id:?},\"digest\":{digest:?}}},\n");
        let rows = [
            row("a.md", "1", "x"),
            row("a.md", "1", "y"),
            row("a.md", "1", "x"),
            row("b.md", "2", "z"),
            row("b.md", "3", "z"),
            row("c.md", "1", "z"),
        ]
        .concat();
        let text = format!("{{\"version\":2,\"channel\":\"c\",\"source\":\"s\",\"rows\":{{{rows}\"\":{{}}}}}}");
        let mut manifest = Manifest::read(&text).unwrap();
        let known = &manifest.rows[&path("a.md")];
        assert_eq!((known.digest.as_str(), &known.others[..]), ("x", &["y".to_owned()][..]));
        assert_eq!(manifest.rows[&path("b.md")].id.as_str(), "2");
        assert_eq!(Manifest::read(&manifest.text()).as_ref(), Ok(&manifest));
        // Moved by one side and edited by the other: the file that is there counts.
        manifest.settle_twice(|path| path.as_str() == "c.md");
        let left: Vec<&str> = manifest.rows.keys().map(RowPath::as_str).collect();
        assert_eq!(left, ["b.md", "c.md"]);
    }
}
