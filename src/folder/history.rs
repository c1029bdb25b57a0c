//! What a folder that is in git said before: the earlier versions of its pages, of the commit that is checked out and those
//! before it. A fresh clone knows by them which words on the platform are its own, since what it saw was seen by another
//! copy. Runs git, which may not be there; fetches nothing, and changes nothing.

use std::collections::HashSet;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use super::git::Repository;
use super::{Digest, DigestedText, MANIFEST, RowPath};

/// So many versions of a page are looked at, the newest first.
const VERSIONS: &str = "--max-count=500";
/// A page's versions are read up to so many bytes in all.
const MOST: usize = 64 << 20;

/// Of these pages those whose text stands in an earlier version of that file, or of another that the row had.
pub fn ours(root: &Path, pages: &[(Vec<RowPath>, String)], digest: Digest) -> HashSet<usize> {
    if Repository::around(root).is_none() {
        return HashSet::new();
    }
    let said = |(paths, text): &(Vec<RowPath>, String)| {
        let there = DigestedText::new(text.clone(), digest);
        paths.iter().any(|path| {
            versions(root, path).into_iter().any(|version| {
                let version = version.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(version);
                DigestedText::new(version, digest).digest == there.digest
            })
        })
    };
    pages.iter().enumerate().filter(|(_, page)| said(page)).map(|(at, _)| at).collect()
}

/// The files that were committed since the manifest was committed last, those included that are gone: of their rows a fresh
/// clone knows nothing new. All that ever were where no manifest is in git; empty where there is no git.
pub fn committed_since(root: &Path) -> HashSet<RowPath> {
    let none = HashSet::new;
    if Repository::around(root).is_none() {
        return none();
    }
    let last = git(root, &["log", "-1", "--format=%H", "--", &literal(MANIFEST)], b"");
    let Some(last) = last.and_then(|id| String::from_utf8(id).ok()) else { return none() };
    let last = last.trim();
    if !last.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return none();
    }
    let range = if last.is_empty() { "HEAD".to_owned() } else { format!("{last}..HEAD") };
    let named =
        git(root, &["log", "--format=", "--name-only", "--relative", "--no-renames", "-z", &range, "--", "."], b"");
    let named = named.unwrap_or_default();
    let paths = named.split(|byte| *byte == 0).filter_map(|name| std::str::from_utf8(name).ok());
    paths.filter_map(|name| RowPath::new(name.trim_start_matches('\n'))).collect()
}

/// The texts that a file had, the newest first, as far as they are text.
fn versions(root: &Path, path: &RowPath) -> Vec<String> {
    let log = ["log", VERSIONS, "--full-history", "--format=", "--raw", "--no-abbrev", "--no-renames", "-z", "--"];
    let listed = git(root, &[&log[..], &[&literal(path.as_str())]].concat(), b"").unwrap_or_default();
    let listed = String::from_utf8_lossy(&listed).into_owned();
    let mut ids: Vec<&str> = Vec::new();
    // `:MODE MODE OLD NEW STATUS`, then the path.
    for record in listed.split('\0').map(|record| record.trim_start_matches('\n')).filter(|r| r.starts_with(':')) {
        for id in record.split(' ').skip(2).take(2) {
            let is_one = id.bytes().all(|b| b.is_ascii_hexdigit()) && id.bytes().any(|b| b != b'0');
            if is_one && !ids.contains(&id) {
                ids.push(id);
            }
        }
    }
    if ids.is_empty() {
        return Vec::new();
    }
    let asked = ids.join("\n") + "\n";
    let blobs = git(root, &["cat-file", "--batch"], asked.as_bytes()).unwrap_or_default();
    texts(&blobs)
}

/// The texts in what `cat-file --batch` prints: `ID blob LENGTH`, and so many bytes.
fn texts(mut blobs: &[u8]) -> Vec<String> {
    let mut texts = Vec::new();
    while let Some(end) = blobs.iter().position(|byte| *byte == b'\n') {
        let (head, rest) = blobs.split_at(end + 1);
        blobs = rest;
        let head = String::from_utf8_lossy(head);
        let mut words = head.split_whitespace().skip(1);
        let (Some("blob"), Some(length)) = (words.next(), words.next().and_then(|n| n.parse::<usize>().ok())) else {
            continue;
        };
        let Some((text, rest)) = blobs.split_at_checked(length) else { break };
        texts.extend(String::from_utf8(text.to_vec()));
        blobs = rest.get(1..).unwrap_or_default();
    }
    texts
}

/// A path that git takes as it stands.
fn literal(path: &str) -> String {
    format!(":(literal){path}")
}

/// What git prints, up to a limit; none where it fails. No hook, pager, prompt or network is let in.
fn git(root: &Path, args: &[&str], input: &[u8]) -> Option<Vec<u8>> {
    use std::io::Read as _;
    let mut child = Command::new("git")
        .current_dir(root)
        .args(["--no-pager", "--no-optional-locks", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"])
        .args(args)
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("LC_ALL", "C")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let mut printed = Vec::new();
    let read = std::thread::scope(|scope| {
        // Beside the reading: git answers before it has heard all.
        scope.spawn(move || stdin.map(|mut stdin| stdin.write_all(input)));
        stdout.map(|stdout| stdout.take(MOST as u64).read_to_end(&mut printed))
    });
    // One that still prints has nobody who reads it.
    let _ = child.kill();
    let status = child.wait().ok()?;
    (matches!(read, Some(Ok(_))) && (status.success() || !printed.is_empty())).then_some(printed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blobs_are_read_by_their_lengths() {
        let printed = b"aa blob 4\nx\ny\n\nbb missing\ncc blob 0\n\ndd blob 3\n\xff\xfe\xfd\nee blob 2\nab\n";
        assert_eq!(texts(printed), ["x\ny\n", "", "ab"]);
        assert_eq!(texts(b"aa blob 99\nshort"), Vec::<String>::new());
    }

    #[test]
    fn without_a_repository_nothing_is_ours() {
        let dir = tempfile::tempdir().unwrap();
        let path = RowPath::new("a.md").unwrap();
        let digest = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert!(ours(dir.path(), &[(vec![path], "a".to_owned())], digest).is_empty());
        assert!(committed_since(dir.path()).is_empty());
    }
}
