//! What a folder remembers of its source: which file is which row, and what was last seen of it. Owns the shape of
//! `.patchcord.json`; reads and writes no file.
//!
//! One row stands on one line and the lines are sorted by path, so that version control can merge them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::{RowPath, name_of};
use crate::domain::{ChannelName, RowId, SourceId, Timestamp};

/// The manifest's name in the folder.
pub const MANIFEST: &str = ".patchcord.json";

/// The shape that this program writes.
const VERSION: u64 = 1;

/// What is known of a row and its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The row.
    pub id: RowId,
    /// The name that it was last seen under.
    pub name: String,
    /// The digest of the text that was last the same in the file and on the platform.
    pub digest: String,
    /// When a pull that has not ended yet brought it.
    pub pulled: Option<Timestamp>,
}

/// A folder's memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// The channel that the source is of.
    pub channel: ChannelName,
    /// The source.
    pub source: SourceId,
    /// Its rows by their files.
    pub rows: BTreeMap<RowPath, Entry>,
}

impl Manifest {
    /// One that knows of no row.
    pub fn new(channel: ChannelName, source: SourceId) -> Self {
        Self { channel, source, rows: BTreeMap::new() }
    }

    /// As it stands in the file.
    pub fn text(&self) -> String {
        let quoted = |text: &str| Value::from(text).to_string();
        let mut text = format!(
            "{{\n\"version\": {VERSION},\n\"channel\": {},\n\"source\": {},\n\"rows\": {{",
            quoted(self.channel.as_str()),
            quoted(self.source.as_str())
        );
        let mut between = "\n";
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
            let _ = write!(text, "{between}{}: {}", quoted(path.as_str()), Value::Object(row));
            between = ",\n";
        }
        text.push_str("\n}\n}\n");
        text
    }

    /// Reads one. A path that would lead out of the folder is refused with all the rest.
    pub fn read(text: &str) -> Result<Self, String> {
        let value: Value = serde_json::from_str(text).map_err(|e| e.to_string())?;
        match value.get("version").and_then(Value::as_u64) {
            Some(VERSION) => {}
            Some(other) => return Err(format!("its version is {other}, and this program knows {VERSION}")),
            None => return Err("it names no version".to_owned()),
        }
        let word = |value: &Value, key: &str| {
            value.get(key).and_then(Value::as_str).map(str::to_owned).ok_or_else(|| format!("`{key}` is missing"))
        };
        let mut manifest =
            Self::new(ChannelName::new(word(&value, "channel")?), SourceId::new(word(&value, "source")?));
        let rows = value.get("rows").and_then(Value::as_object).ok_or("`rows` is missing")?;
        for (path, row) in rows {
            let within = |why: String| format!("{path:?}: {why}");
            let path = RowPath::new(path).ok_or_else(|| within("no path below this folder".to_owned()))?;
            let name = match row.get("name") {
                None => name_of(&path),
                Some(name) => name.as_str().ok_or_else(|| within("`name` is no text".to_owned()))?.to_owned(),
            };
            let entry = Entry {
                id: RowId::new(word(row, "id").map_err(within)?),
                name,
                digest: word(row, "digest").map_err(within)?,
                pulled: row.get("pulled").and_then(Value::as_i64).map(Timestamp::from_millis),
            };
            manifest.rows.insert(path, entry);
        }
        Ok(manifest)
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
        let entry = |id: &str, name: &str| Entry {
            id: RowId::new(id),
            name: name.to_owned(),
            digest: "00ff".to_owned(),
            pulled: None,
        };
        manifest.rows.insert(path("b.md"), entry("2", "b"));
        manifest.rows.insert(path("a/CON.md"), entry("1", "a/CON"));
        manifest.rows.insert(path("%=12.md"), entry("3", "long\nname"));
        let pulled = Some(Timestamp::from_millis(7));
        manifest.rows.insert(path("c.md"), Entry { pulled, ..entry("4", "c") });
        let text = manifest.text();
        assert_eq!(
            text,
            "{\n\"version\": 1,\n\"channel\": \"docs\",\n\"source\": \"s\\\"1\",\n\"rows\": {\n\
             \"%=12.md\": {\"id\":\"3\",\"digest\":\"00ff\",\"name\":\"long\\nname\"},\n\
             \"a/CON.md\": {\"id\":\"1\",\"digest\":\"00ff\"},\n\
             \"b.md\": {\"id\":\"2\",\"digest\":\"00ff\"},\n\
             \"c.md\": {\"id\":\"4\",\"digest\":\"00ff\",\"pulled\":7}\n}\n}\n"
        );
        assert_eq!(Manifest::read(&text), Ok(manifest));
    }

    #[test]
    fn what_is_not_one_is_refused_with_the_reason() {
        let refused = |text: &str| Manifest::read(text).unwrap_err();
        assert!(refused("<<<<<<< ours").contains("line 1"));
        assert!(refused("{}").contains("no version"));
        assert!(refused("{\"version\":2}").contains("version is 2"));
        assert!(refused("{\"version\":1,\"channel\":\"c\"}").contains("`source`"));
        let with = |row: &str| format!("{{\"version\":1,\"channel\":\"c\",\"source\":\"s\",\"rows\":{{{row}}}}}");
        for out in ["../a.md", "/a.md", ".git/a.md", "a.txt"] {
            let why = refused(&with(&format!("\"{out}\":{{\"id\":\"1\",\"digest\":\"d\"}}")));
            assert!(why.contains("below this folder") && why.contains(out), "{why}");
        }
        assert!(refused(&with("\"a.md\":{\"digest\":\"d\"}")).contains("`id`"));
    }
}
