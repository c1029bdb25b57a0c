//! Rows to one file of JSON lines, and from files: JSON lines, markdown, text and HTML.
//!
//! A file of markdown, text or HTML is one row, named by its path without the ending: `guide/start.html` below a folder
//! that is imported is the row `guide/start`. HTML becomes markdown. A line of JSON names its row itself.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::carry::{Job, carry_out};
use super::{interrupted, list, told};
use crate::domain::{Edit, Failure, Kind, SourceId, Version};
use crate::folder::{Join, Skip, gather, join, lines, long_text, markdown, page, plain, read_lines};
use crate::runtime::Runtime;
use crate::runtime::folder::{Pushed, Told, Watch};

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
    update: bool,
    watch: Watch,
) -> Result<Pushed, Failure> {
    let mut pushed = Pushed::default();
    // On a thread of its own: a page may take its time, and a signal ends the waiting.
    let files = files.to_owned();
    let reading = tokio::task::spawn_blocking(move || {
        let mut kept = Vec::new();
        versions(&files, &mut kept).map(|come| (come, kept))
    });
    let ended = |_| Failure::new(Kind::Failed, "Reading the files ended unexpectedly. Nothing was changed.");
    let (come, kept) = watch.or(async { reading.await.map_err(ended)? }).await?;
    pushed.kept = kept;
    let rows = list(runtime, source, &watch).await?;
    let names: HashSet<&str> = come.iter().map(|version| version.name.as_str()).collect();
    let same = rows.iter().filter(|row| names.contains(row.name.as_str())).map(|row| row.id.clone()).collect();
    let texts = super::texts(runtime, source, same, &watch).await?;
    let joined = join(&come, &rows, |row| texts.get(row).map(String::as_str));
    if !update {
        refuse_named(&come, &joined)?;
    }
    let mut jobs = Vec::new();
    for (version, join) in come.into_iter().zip(joined) {
        let name = version.name.clone();
        let (row, base, edit) = match join {
            Join::Same(_) => {
                pushed.unchanged += 1;
                continue;
            }
            Join::Create => (None, None, Edit::Create(version)),
            Join::Named(row) => {
                let base = texts.get(&row).map(|text| Version { name: name.clone(), content: text.clone() });
                (Some(row), base, Edit::Update { name: None, content: Some(version.content) })
            }
        };
        jobs.push(Job { path: None, from: None, row, base, name, edit });
    }
    if !jobs.is_empty() {
        pushed.stopped = carry_out(runtime, source, jobs, &watch, &mut pushed, |_, _| ()).await.err();
    }
    if pushed.stopped.is_none() && (pushed.left > 0 || watch.is_cancelled()) {
        pushed.stopped = Some(interrupted());
    }
    Ok(pushed)
}

/// Without the user's word no row that is there is changed.
fn refuse_named(come: &[Version], joined: &[Join]) -> Result<(), Failure> {
    let named = come.iter().zip(joined).filter(|(_, join)| matches!(join, Join::Named(_)));
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

/// What the files say, as rows. What a folder holds besides is told.
fn versions(files: &[PathBuf], kept: &mut Vec<Told>) -> Result<Vec<Version>, Failure> {
    let (mut come, mut named) = (Vec::new(), HashMap::new());
    for file in files {
        if file.is_dir() {
            let (inner, skipped) = gather(file, &|name| Ending::of(name).is_some())?;
            kept.extend(skipped.into_iter().map(|skipped| {
                let why = if skipped.why == Skip::Ending {
                    "neither markdown, text, HTML nor JSON lines"
                } else {
                    skipped.why.as_str()
                };
                Told { path: Some(file.join(&skipped.path).display().to_string()), ..told(None, "", None, why) }
            }));
            for path in inner {
                let place = path.split('/').fold(file.clone(), |place, part| place.join(part));
                add(&place, &path, &mut come, &mut named)?;
            }
        } else {
            let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            add(file, &name, &mut come, &mut named)?;
        }
    }
    Ok(come)
}

/// Adds what one file says.
fn add(
    file: &Path,
    path: &str,
    come: &mut Vec<Version>,
    named: &mut HashMap<String, PathBuf>,
) -> Result<(), Failure> {
    let Some((ending, name)) = Ending::of(path) else {
        let failure = Failure::new(Kind::Invalid, format!("{} has no ending that can be imported", file.display()));
        return Err(failure.hint("Rows come from .jsonl, .md, .txt and .html."));
    };
    let content = match ending {
        Ending::Lines => {
            come.extend(read_lines(&long_text(file)?, file)?);
            return Ok(());
        }
        Ending::Text => plain(file)?,
        Ending::Html => markdown(&page(file)?).map_err(|error| {
            Failure::new(Kind::Invalid, format!("{} can't be read as HTML: {error}", file.display()))
        })?,
    };
    if let Some(other) = named.insert(name.to_owned(), file.to_owned()) {
        let both = format!("{} and {} would both be the row {name:?}", other.display(), file.display());
        return Err(Failure::new(Kind::Invalid, both).hint("Nothing was changed. Rename one of them."));
    }
    come.push(Version { name: name.to_owned(), content });
    Ok(())
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
    fn of(path: &str) -> Option<(Self, &str)> {
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
        assert_eq!(Ending::of("guide/start.html"), Some((Ending::Html, "guide/start")));
        assert_eq!(Ending::of("a.b.MD"), Some((Ending::Text, "a.b")));
        assert_eq!(Ending::of("rows.jsonl"), Some((Ending::Lines, "rows")));
        for none in ["a", "a.pdf", ".md", "x/.md"] {
            assert_eq!(Ending::of(none), None, "{none}");
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
        let mut kept = Vec::new();
        let come = versions(&[dir.path().join("in"), dir.path().join("in/sub/a.md")], &mut kept).unwrap();
        let come: Vec<_> = come.iter().map(|v| (v.name.as_str(), v.content.as_str())).collect();
        assert_eq!(come, [("b", "B"), ("c", "# C\n"), ("x/y", "E"), ("sub/a", "A\r\n"), ("a", "A\r\n")]);
        assert_eq!(kept.len(), 1);
        // A page is read in the encoding that it names, and a text in the one that its beginning marks.
        let bytes = |path: &str, bytes: &[u8]| std::fs::write(dir.path().join(path), bytes).unwrap();
        std::fs::create_dir_all(dir.path().join("old")).unwrap();
        bytes("old/a.html", b"<meta charset=iso-8859-1><p>Z\xfcrich");
        bytes("old/b.html", b"\xff\xfe<\0p\0>\0\xfc\0");
        bytes("old/c.txt", b"\xfe\xff\0\xfc\0\n");
        let come = versions(&[dir.path().join("old")], &mut kept).unwrap();
        assert_eq!(
            come.iter().map(|v| v.content.as_str()).collect::<Vec<_>>(),
            ["Z\u{fc}rich\n", "\u{fc}\n", "\u{fc}\n"]
        );
        bytes("old/d.html", b"<p>Z\xfcrich");
        assert!(versions(&[dir.path().join("old")], &mut kept).unwrap_err().message.contains("byte 4"));
        write("in/b.md", "other");
        let failure = versions(&[dir.path().join("in")], &mut kept).unwrap_err();
        assert!(failure.message.contains("would both be the row \"b\""), "{failure}");
        assert!(versions(&[dir.path().join("in/d.pdf")], &mut kept).is_err());
    }
}
