//! Kept answers: what each case was answered, a markdown file a case, for version control; and what has been answered
//! otherwise since, beside it, until somebody takes or refuses it.
//!
//! ```text
//!     DIR/SUITE/CASE.md        what is kept
//!     DIR/SUITE/CASE.md.new    what the last run was answered instead
//! ```

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::domain::{CaseResult, CaseVerdict, ChangedAnswer, Failure, Kind};
use crate::folder::{Paths, RowPath, name_of};
use crate::signature::digest;

/// What ends the name of an answer that nobody took yet.
const NEW: &str = ".new";
/// Longer than any file that is kept.
const LONGEST: u64 = 64 << 20;
/// Folders below one another that are looked through.
const DEEPEST: usize = 16;

/// Keeps what cases were answered that were judged. A first answer that passed is kept at once; one that isn't the kept one
/// is put beside it, or in its place where `accept` says so. Gives those that aren't the kept ones, also where they were put
/// in their place.
///
/// # Errors
///
/// `Kind::Failed` where a file can't be read or written: those before it are kept.
pub fn keep_answers(dir: &Path, results: &[CaseResult], accept: bool) -> Result<Vec<ChangedAnswer>, Failure> {
    let mut paths = Paths::new(digest);
    let mut changed = Vec::new();
    for result in results {
        // Each has its name, asked or not, so that two that are alike are told apart in the same way each time.
        let name = format!("{}/{}", result.suite, result.case);
        let path = paths.give(&name);
        if !result.is_judged() {
            continue;
        }
        let (file, new) = (path.below(Path::new("")), text(result));
        let kept = dir.join(&file);
        let old = read(&kept)?;
        if old.as_deref() == Some(new.as_str()) {
            forget(&beside(&kept))?;
        } else if accept || (old.is_none() && result.verdict == CaseVerdict::Passed) {
            write(&kept, &new)?;
            forget(&beside(&kept))?;
            changed.extend(old.map(|old| ChangedAnswer { name, file, old: Some(old), new }));
        } else {
            write(&beside(&kept), &new)?;
            changed.push(ChangedAnswer { name, file, old, new });
        }
    }
    Ok(changed)
}

/// The answers that nobody took or refused yet, by the names of their files.
///
/// # Errors
///
/// `Kind::NotFound` where there is no such folder, and `Kind::Failed` where it can't be read.
pub fn changed_answers(dir: &Path) -> Result<Vec<ChangedAnswer>, Failure> {
    if !dir.is_dir() {
        let what = format!("There is no folder {}.", dir.display());
        return Err(Failure::new(Kind::NotFound, what).hint("`patchcord test SUITE --keep DIR` makes it."));
    }
    let mut found = Vec::new();
    gather(dir, Path::new(""), DEEPEST, &mut found)?;
    found.sort();
    let mut changed = Vec::new();
    for file in found {
        let kept = dir.join(&file);
        let Some(new) = read(&beside(&kept))? else { continue };
        let text = file.to_string_lossy();
        let name = RowPath::new(&text).map_or_else(|| text.into_owned(), |path| name_of(&path));
        changed.push(ChangedAnswer { name, old: read(&kept)?, file, new });
    }
    Ok(changed)
}

/// Takes an answer as the one to keep.
///
/// # Errors
///
/// `Kind::Failed` where it can't be written.
pub fn accept_answer(dir: &Path, answer: &ChangedAnswer) -> Result<(), Failure> {
    let kept = dir.join(&answer.file);
    // What was looked at, and not what a run has put there since.
    write(&kept, &answer.new)?;
    settle(&kept, answer)
}

/// Forgets an answer: what is kept stays.
///
/// # Errors
///
/// `Kind::Failed` where its file can't be taken away.
pub fn refuse_answer(dir: &Path, answer: &ChangedAnswer) -> Result<(), Failure> {
    settle(&dir.join(&answer.file), answer)
}

/// Lets an answer wait as it did before it was taken or refused.
///
/// # Errors
///
/// `Kind::Failed` where a file can't be written, or holds something else by now.
pub fn restore_answer(dir: &Path, answer: &ChangedAnswer) -> Result<(), Failure> {
    let kept = dir.join(&answer.file);
    let there = read(&kept)?;
    if there != answer.old && there.as_ref() != Some(&answer.new) {
        let what = format!("{} was written meanwhile: it stays as it is.", kept.display());
        return Err(Failure::new(Kind::Failed, what));
    }
    write(&beside(&kept), &answer.new)?;
    match &answer.old {
        Some(old) => write(&kept, old),
        None => forget(&kept),
    }
}

/// Takes the new file away, unless another answer stands in it by now.
fn settle(kept: &Path, answer: &ChangedAnswer) -> Result<(), Failure> {
    let beside = beside(kept);
    match read(&beside)? {
        Some(there) if there == answer.new => forget(&beside),
        _ => Ok(()),
    }
}

/// The file of a case: what was said as quotes, and below each what was replied.
fn text(result: &CaseResult) -> String {
    let mut text = format!("# {}\n", result.case.replace('\n', " "));
    for turn in result.telling().into_iter().flat_map(|attempt| &attempt.turns) {
        text.push('\n');
        for line in turn.say.lines() {
            text.push_str("> ");
            text.push_str(line);
            text.push('\n');
        }
        text.push('\n');
        text.push_str(turn.reply.trim_end());
        text.push('\n');
        if !turn.quick_replies.is_empty() {
            text.push('\n');
            for offered in &turn.quick_replies {
                text.push_str("* [ ] ");
                text.push_str(&offered.replace('\n', " "));
                text.push('\n');
            }
        }
    }
    text
}

fn beside(kept: &Path) -> PathBuf {
    let mut name = kept.as_os_str().to_owned();
    name.push(NEW);
    PathBuf::from(name)
}

/// The files of the answers that nobody took or refused yet; none where the folder can't be read.
pub(super) fn waiting(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let _ = gather(dir, Path::new(""), DEEPEST, &mut found);
    found.sort();
    found
}

/// The kept files that have a new one beside them, below a folder. Links are followed nowhere.
fn gather(dir: &Path, below: &Path, deep: usize, found: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let folder = dir.join(below);
    let entries = fs::read_dir(&folder).map_err(|error| failed(&folder, "read", &error))?;
    for entry in entries {
        let entry = entry.map_err(|error| failed(&folder, "read", &error))?;
        let kind = entry.file_type().map_err(|error| failed(&folder, "read", &error))?;
        let path = below.join(entry.file_name());
        if kind.is_dir() && deep > 0 {
            gather(dir, &path, deep - 1, found)?;
        } else if let Some(file) = path.to_str().filter(|_| kind.is_file()).and_then(|path| path.strip_suffix(NEW)) {
            found.extend(RowPath::new(file).map(|_| PathBuf::from(file)));
        }
    }
    Ok(())
}

/// A file's text; none where there is no file.
fn read(path: &Path) -> Result<Option<String>, Failure> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(path, "read", &error)),
    };
    let mut bytes = Vec::new();
    io::Read::read_to_end(&mut io::Read::take(file, LONGEST), &mut bytes)
        .map_err(|error| failed(path, "read", &error))?;
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}

/// Writes a file whole or not at all.
fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(format!(".{}.tmp", std::process::id()));
    let temporary = PathBuf::from(temporary);
    let written = || -> io::Result<()> {
        path.parent().map_or(Ok(()), fs::create_dir_all)?;
        let mut file = File::create(&temporary)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&temporary, path)
    };
    written().map_err(|error| {
        let _ = fs::remove_file(&temporary);
        failed(path, "written", &error)
    })
}

fn forget(path: &Path) -> Result<(), Failure> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(path, "taken away", &error)),
        _ => Ok(()),
    }
}

fn failed(path: &Path, what: &str, error: &io::Error) -> Failure {
    Failure::new(Kind::Failed, format!("{} can't be {what}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Attempt, SuiteTurn};

    fn result(case: &str, reply: &str, verdict: CaseVerdict) -> CaseResult {
        let turn = SuiteTurn {
            say: "How many?\nNow?".to_owned(),
            reply: reply.to_owned(),
            finish: "stop".to_owned(),
            first_word_ms: None,
            reply_ms: None,
            quick_replies: vec!["Yes".to_owned()],
            checks: Vec::new(),
        };
        let attempt = Attempt { verdict, conversation_id: None, turns: vec![turn], error: None };
        CaseResult {
            suite: "faq".to_owned(),
            case: case.to_owned(),
            channel: "docs".to_owned(),
            verdict,
            messages: 1,
            ms: 0,
            attempts: vec![attempt],
        }
    }

    fn passed(case: &str, reply: &str) -> CaseResult {
        result(case, reply, CaseVerdict::Passed)
    }

    #[test]
    fn a_first_answer_is_kept_and_another_waits_beside_it() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path();
        assert_eq!(keep_answers(dir, &[passed("planets", "Eight.\n")], false).unwrap(), []);
        let kept = || fs::read_to_string(dir.join("faq/planets.md")).unwrap();
        let first = "# planets\n\n> How many?\n> Now?\n\nEight.\n\n* [ ] Yes\n";
        assert_eq!(kept(), first);
        assert_eq!(keep_answers(dir, &[passed("planets", "Eight.")], false).unwrap(), []);
        assert_eq!(changed_answers(dir).unwrap(), []);

        let changed = keep_answers(dir, &[passed("planets", "Nine.")], false).unwrap();
        assert_eq!((changed.len(), changed[0].name.as_str(), kept().as_str()), (1, "faq/planets", first));
        assert_eq!(changed_answers(dir).unwrap(), changed);
        refuse_answer(dir, &changed[0]).unwrap();
        assert_eq!((changed_answers(dir).unwrap(), kept().as_str()), (vec![], first));

        let changed = keep_answers(dir, &[passed("planets", "Nine.")], false).unwrap();
        accept_answer(dir, &changed[0]).unwrap();
        restore_answer(dir, &changed[0]).unwrap();
        assert_eq!((changed_answers(dir).unwrap(), kept().as_str()), (changed.clone(), first));
        accept_answer(dir, &changed[0]).unwrap();
        assert!(kept().contains("Nine.") && changed_answers(dir).unwrap().is_empty());
        // What is as kept again waits no more.
        let _ = keep_answers(dir, &[passed("planets", "Ten.")], false).unwrap();
        assert_eq!(keep_answers(dir, &[passed("planets", "Nine.")], false).unwrap(), []);
        assert!(changed_answers(dir).unwrap().is_empty());
        assert_eq!(keep_answers(dir, &[passed("planets", "Ten.")], true).unwrap().len(), 1);
        assert!(kept().contains("Ten.") && changed_answers(dir).unwrap().is_empty());
    }

    #[test]
    fn what_failed_at_first_waits_and_what_was_not_told_changes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path();
        for verdict in [CaseVerdict::Error, CaseVerdict::Skipped] {
            assert_eq!(keep_answers(dir, &[result("a", "x", verdict)], true).unwrap(), []);
        }
        let changed = keep_answers(dir, &[result("a", "x", CaseVerdict::Failed)], false).unwrap();
        assert_eq!((changed.len(), changed[0].old.as_deref()), (1, None));
        assert!(!dir.join("faq/a.md").exists());
        assert_eq!(changed_answers(dir).unwrap(), changed);
        assert_eq!(changed_answers(&dir.join("none")).unwrap_err().kind, Kind::NotFound);
    }

    #[test]
    fn no_name_leads_out_of_the_folder_and_alike_ones_are_told_apart() {
        let outer = tempfile::tempdir().unwrap();
        let dir = outer.path().join("answers");
        let names = ["../../x", "/etc/x", "a", "A", "a.new", "con", "é?*|\u{1b}"];
        let _ = keep_answers(&dir, &names.map(|name| passed(name, name)), false).unwrap();
        assert_eq!(fs::read_dir(outer.path()).unwrap().count(), 1);
        let changed = keep_answers(&dir, &names.map(|name| passed(name, "other")), false).unwrap();
        assert_eq!(changed.len(), names.len());
        let mut told: Vec<String> = changed_answers(&dir).unwrap().into_iter().map(|answer| answer.name).collect();
        let mut wanted = names.map(|name| format!("faq/{name}")).to_vec();
        told.sort();
        wanted.sort();
        assert_eq!(told, wanted);
    }

    #[test]
    fn what_was_looked_at_is_taken_and_not_what_came_since() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path();
        let _ = keep_answers(dir, &[passed("a", "one")], false).unwrap();
        let seen = keep_answers(dir, &[passed("a", "two")], false).unwrap();
        let _ = keep_answers(dir, &[passed("a", "three")], false).unwrap();
        accept_answer(dir, &seen[0]).unwrap();
        assert!(fs::read_to_string(dir.join("faq/a.md")).unwrap().contains("two"));
        assert_eq!(changed_answers(dir).unwrap().len(), 1, "the third still waits");
    }
}
