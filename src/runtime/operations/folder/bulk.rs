//! Rows to one file of JSON lines, and from files: JSON lines, markdown, text and HTML.
//!
//! A file of markdown, text or HTML is one row, named by its path without the ending: `guide/start.html` below a folder
//! that is imported is the row `guide/start`. HTML becomes markdown. A line of JSON names its row itself.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::execute::{Job, execute};
use super::{interrupted, list, row_report};
use crate::domain::{Edit, Failure, Kind, SourceId, Version};
use crate::folder::{
    ImportStep, SkipReason, gather, lines, long_text, markdown, page, plan_import, read_lines, text,
};
use crate::runtime::Runtime;
use crate::runtime::folder::report::{ImportOptions, Pushed, RowReport, Watch};

/// So many names are told where rows of these names are there.
const NAMED: usize = 5;

/// All rows of a source, as JSON lines.
pub(in crate::runtime) async fn export(
    runtime: &Runtime,
    source: &SourceId,
    watch: Watch,
) -> Result<String, Failure> {
    let rows = list(runtime, source, &watch).await?;
    let ids = rows.iter().map(|row| row.id.clone()).collect();
    let mut texts = super::texts(runtime, source, ids, &watch).await?;
    let rows = rows.into_iter().filter_map(|row| Some(Version { content: texts.remove(&row.id)?, name: row.name }));
    Ok(lines(&rows.collect::<Vec<_>>()))
}

/// Makes rows of files. Before anything is changed, all of them are read and all names looked at.
pub(in crate::runtime) async fn import(
    runtime: &Runtime,
    source: &SourceId,
    files: &[PathBuf],
    options: ImportOptions,
    watch: Watch,
) -> Result<Pushed, Failure> {
    let mut pushed = Pushed::default();
    // On a thread of its own: a page may take its time, and a signal ends the waiting.
    let files = files.to_owned();
    let reading = tokio::task::spawn_blocking(move || {
        let mut reading = Reading::default();
        reading.all(&files).map(|()| reading)
    });
    let ended = |_| Failure::new(Kind::Failed, "Reading the files ended unexpectedly. Nothing was changed.");
    let Reading { come, passed, failed, .. } = watch.or(async { reading.await.map_err(ended)? }).await?;
    (pushed.passed, pushed.failed) = (passed, failed);
    if !pushed.failed.is_empty() {
        pushed.because_of(super::unfit(pushed.failed.len(), "imported"));
        if !options.keep_going {
            pushed.left = come.len();
            pushed.stopped = pushed.cause.clone();
            return Ok(pushed);
        }
    }
    let rows = list(runtime, source, &watch).await?;
    let names: HashSet<&str> = come.iter().map(|version| version.name.as_str()).collect();
    let same = rows.iter().filter(|row| names.contains(row.name.as_str())).map(|row| row.id.clone()).collect();
    let texts = super::texts(runtime, source, same, &watch).await?;
    let joined = plan_import(&come, &rows, |row| texts.get(row).map(String::as_str));
    if !options.update {
        refuse_named(&come, &joined)?;
    }
    let mut jobs = Vec::new();
    for (version, join) in come.into_iter().zip(joined) {
        let name = version.name.clone();
        let (row, base, edit) = match join {
            ImportStep::Same(_) => {
                pushed.unchanged += 1;
                continue;
            }
            ImportStep::Create => (None, None, Edit::Create(version)),
            ImportStep::Named(row) => {
                let base = texts.get(&row).map(|text| Version { name: name.clone(), content: text.clone() });
                (Some(row), base, Edit::Update { name: None, content: Some(version.content) })
            }
        };
        jobs.push(Job { path: None, from: None, row, base, name, edit });
    }
    if !jobs.is_empty() {
        let accounted = rows.iter().map(|row| row.id.clone()).collect();
        pushed.stopped = execute(runtime, source, jobs, &accounted, &watch, &mut pushed, |_, _| ()).await.err();
    }
    if pushed.stopped.is_none() && (pushed.left > 0 || watch.is_cancelled()) {
        pushed.stopped = Some(interrupted());
    }
    Ok(pushed)
}

/// Without the user's word no row that is there is changed.
fn refuse_named(come: &[Version], joined: &[ImportStep]) -> Result<(), Failure> {
    let named = come.iter().zip(joined).filter(|(_, join)| matches!(join, ImportStep::Named(_)));
    let named: Vec<&str> = named.map(|(version, _)| version.name.as_str()).collect();
    if named.is_empty() {
        return Ok(());
    }
    let more = named.len().saturating_sub(NAMED);
    let first = named.iter().take(NAMED).map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ");
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let failure = Failure::new(Kind::Invalid, format!("rows of these names say something else: {first}{more}"));
    Err(failure.hint("Nothing was changed. --update replaces what they say."))
}

/// What files say, as rows.
#[derive(Debug, Default)]
struct Reading {
    come: Vec<Version>,
    /// The file that each row is of, but for those of JSON lines.
    named: HashMap<String, PathBuf>,
    /// What folders hold besides.
    passed: Vec<RowReport>,
    /// Files that can't be read.
    failed: Vec<RowReport>,
}

impl Reading {
    /// Reads all of them; the folders alone have to be readable.
    fn all(&mut self, files: &[PathBuf]) -> Result<(), Failure> {
        for file in files {
            if file.is_dir() {
                self.folder(file)?;
            } else {
                let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                self.one(file, &name);
            }
        }
        Ok(())
    }

    fn folder(&mut self, folder: &Path) -> Result<(), Failure> {
        let (inner, skipped) = gather(folder, &|name| Ending::from_path(name).is_some())?;
        self.passed.extend(skipped.into_iter().map(|skipped| {
            let why = if skipped.why == SkipReason::Ending {
                "neither markdown, text, HTML nor JSON lines"
            } else {
                skipped.why.as_str()
            };
            RowReport {
                path: Some(folder.join(&skipped.path).display().to_string()),
                ..row_report(None, "", None, why)
            }
        }));
        for path in inner {
            let place = path.split('/').fold(folder.to_owned(), |place, part| place.join(part));
            self.one(&place, &path);
        }
        Ok(())
    }

    /// Adds what one file says, or notes why it can't be.
    fn one(&mut self, file: &Path, path: &str) {
        if let Err(failure) = self.add(file, path) {
            let place = Some(file.display().to_string());
            self.failed.push(RowReport { path: place, ..row_report(None, "", None, failure.message) });
        }
    }

    fn add(&mut self, file: &Path, path: &str) -> Result<(), Failure> {
        let Some((ending, name)) = Ending::from_path(path) else {
            let why = "has no ending that can be imported: rows come from .jsonl, .md, .txt and .html";
            return Err(Failure::new(Kind::Invalid, format!("{} {why}", file.display())));
        };
        let content = match ending {
            Ending::Lines => {
                self.come.extend(read_lines(&long_text(file)?, file)?);
                return Ok(());
            }
            Ending::Text => text(file)?,
            Ending::Html => markdown(&page(file)?).map_err(|error| {
                Failure::new(Kind::Invalid, format!("{} can't be read as HTML: {error}", file.display()))
            })?,
        };
        if let Some(other) = self.named.get(name) {
            let both = format!("{} and {} would both be the row {name:?}", other.display(), file.display());
            return Err(Failure::new(Kind::Invalid, both));
        }
        self.named.insert(name.to_owned(), file.to_owned());
        self.come.push(Version { name: name.to_owned(), content });
        Ok(())
    }
}

/// What a file is, by its ending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    Lines,
    Text,
    Html,
}

impl Ending {
    /// The ending, and the path without it.
    fn from_path(path: &str) -> Option<(Self, &str)> {
        let (before, ending) = path.rsplit_once('.')?;
        let ending = match ending.to_ascii_lowercase().as_str() {
            "jsonl" | "ndjson" => Self::Lines,
            "md" | "markdown" | "txt" => Self::Text,
            "html" | "htm" => Self::Html,
            _ => return None,
        };
        (!before.is_empty() && !before.ends_with('/')).then_some((ending, before))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ending_says_what_a_file_is() {
        assert_eq!(Ending::from_path("guide/start.html"), Some((Ending::Html, "guide/start")));
        assert_eq!(Ending::from_path("a.b.MD"), Some((Ending::Text, "a.b")));
        assert_eq!(Ending::from_path("rows.jsonl"), Some((Ending::Lines, "rows")));
        for none in ["a", "a.pdf", ".md", "x/.md"] {
            assert_eq!(Ending::from_path(none), None, "{none}");
        }
    }

    #[test]
    fn files_and_folders_are_rows_by_their_paths() {
        let dir = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| std::fs::write(dir.path().join(path), text).unwrap();
        std::fs::create_dir_all(dir.path().join("in/sub")).unwrap();
        write("in/sub/a.md", "A\r\n");
        write("in/b.txt", "B");
        write("in/c.htm", "<h1>C</h1>");
        write("in/d.pdf", "D");
        write("in/e.jsonl", "{\"name\":\"x/y\",\"content\":\"E\"}\n");
        let read = |files: &[&str]| {
            let mut reading = Reading::default();
            reading.all(&files.iter().map(|file| dir.path().join(file)).collect::<Vec<_>>()).unwrap();
            reading
        };
        let Reading { come, passed, failed, .. } = read(&["in", "in/sub/a.md"]);
        let come: Vec<_> = come.iter().map(|v| (v.name.as_str(), v.content.as_str())).collect();
        assert_eq!(come, [("b", "B"), ("c", "# C\n"), ("x/y", "E"), ("sub/a", "A\r\n"), ("a", "A\r\n")]);
        assert_eq!((passed.len(), failed.len()), (1, 0));
        // A page is read in the encoding that it names, and a text in the one that its beginning marks.
        let bytes = |path: &str, bytes: &[u8]| std::fs::write(dir.path().join(path), bytes).unwrap();
        std::fs::create_dir_all(dir.path().join("old")).unwrap();
        bytes("old/a.html", b"<meta charset=iso-8859-1><p>Z\xfcrich");
        bytes("old/b.html", b"\xff\xfe<\0p\0>\0\xfc\0");
        bytes("old/c.txt", b"\xfe\xff\0\xfc\0\n");
        let Reading { come, .. } = read(&["old"]);
        assert_eq!(
            come.iter().map(|v| v.content.as_str()).collect::<Vec<_>>(),
            ["Z\u{fc}rich\n", "\u{fc}\n", "\u{fc}\n"]
        );
        bytes("old/d.html", b"<p>Z\xfcrich");
        let Reading { failed, .. } = read(&["old"]);
        assert!(failed.len() == 1 && failed[0].why.contains("byte 4"), "{failed:?}");
        // All that can't be read is named, and the rest is there.
        write("in/b.md", "other");
        write("in/e.jsonl", "[]\n");
        let bad = read(&["in", "in/d.pdf"]);
        let why: Vec<&str> = bad.failed.iter().map(|told| told.why.as_str()).collect();
        assert!(why[0].contains("would both be the row \"b\"") && why[1].contains("e.jsonl line 1"), "{why:?}");
        assert!(why[2].contains("no ending") && why.len() == 3 && bad.come.len() == 3, "{why:?}");
    }
}
