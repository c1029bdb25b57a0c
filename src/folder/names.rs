//! A row's name as a path, and back. Every text is a name, and every name has a path that any system can hold; the path
//! tells the name again, so that nothing has to be remembered. Owns the marks and which of two alike names has which
//! path; which character is escaped is `names/escape`.
//!
//! A `/` in a name separates folders, and the last part gets `.md`, whatever it ends in: `one.md` is `one.md.md`. The
//! rest is plain but for these marks, all of which begin with `%`:
//!
//! | mark | where | means |
//! | --- | --- | --- |
//! | `%3A` | anywhere | the byte of that number: what a system refuses or nobody sees, in UTF-8, in upper-case digits |
//! | `%_` | a whole part | nothing: the name is empty, begins or ends with `/`, or has two in a row |
//! | `%` | the end of a folder | the part goes on in the next one: no system holds a part of 300 bytes |
//! | `%+2` | before `.md`, or at a folder's end | the second of that name, or of a name that differs in case alone |
//! | `%=…` | a whole path | a digest of a name whose path would be too long; the manifest keeps the name |
//!
//! A `%` of the name itself is escaped only before what would make it one of these, so `50 % off` stays as it is.
//!
//! Two paths are alike when they are equal after each character was made upper case and then lower case, and without
//! what nobody sees: no less than Windows and macOS take for equal. They also take a letter with its accent for the letter followed by the accent; so
//! accents that follow, which no text has where one character says the same, are escaped. Other scripts' equivalent
//! spellings (a few vowel signs of Indian scripts) are not compared.

mod escape;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use super::{Digest, RowPath};

/// A part of a path is cut here: what systems hold is 255 bytes, or 255 characters, and some marks come on top.
const PART: usize = 200;
/// A longer path is replaced by a digest.
const PATH: usize = 2_000;

/// The name that a path tells. Any path tells one, also one that somebody made by hand.
pub fn name_of(path: &RowPath) -> String {
    let text = path.stem();
    // A digest tells no name.
    if !tells_name(path) {
        return text.to_owned();
    }
    let (mut name, mut parts) = (String::new(), text.split('/').peekable());
    while let Some(part) = parts.next() {
        let part = without_number(part);
        let last = parts.peek().is_none();
        match part.strip_suffix('%').filter(|_| !last) {
            Some(begun) => name.push_str(&escape::plain(begun)),
            None if part == "%_" => {}
            None => name.push_str(&escape::plain(part)),
        }
        if !last && !part.ends_with('%') {
            name.push('/');
        }
    }
    name
}

/// Whether the path tells its name by itself: a digest doesn't.
pub(super) fn tells_name(path: &RowPath) -> bool {
    !path.as_str().starts_with("%=")
}

/// The parts of a name's path, without `.md`.
fn parts(name: &str, digest: Digest) -> Vec<String> {
    let mut out = Vec::new();
    let mut names = name.split('/').peekable();
    while let Some(part) = names.next() {
        escape::part(part, names.peek().is_some(), &mut out);
    }
    if out.iter().map(|part| part.len() + 1).sum::<usize>() > PATH {
        return vec![format!("%={}", digest(name.as_bytes()))];
    }
    out
}

/// How late a name has to come to be given that path: whoever makes rows in this order finds the numbers again.
pub fn rank(path: &RowPath) -> usize {
    path.stem().split('/').map(|part| numbered(part).map_or(0, |(_, number)| number)).fold(0, usize::saturating_add)
}

/// Without the mark of a second of that name.
fn without_number(part: &str) -> &str {
    numbered(part).map_or(part, |(before, _)| before)
}

fn numbered(part: &str) -> Option<(&str, usize)> {
    let (before, digits) = part.rsplit_once("%+")?;
    let number = !before.is_empty() && !digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit());
    Some((before, digits.parse().ok().filter(|_| number)?))
}

/// The paths of a folder, given out so that no two are alike. The same names in the same order get the same paths.
#[derive(Debug)]
pub struct Paths {
    digest: Digest,
    /// What stands where: the folded path, and how it is written.
    taken: HashMap<String, String>,
    /// From where to count on, by the folded path without a number.
    counted: HashMap<String, usize>,
}

impl Paths {
    /// None is given out.
    pub fn new(digest: Digest) -> Self {
        Self { digest, taken: HashMap::new(), counted: HashMap::new() }
    }

    /// Takes a path that is in use: first come all that are kept, then names are given new ones.
    pub fn keep(&mut self, path: &RowPath) {
        for folder in path.folders() {
            self.taken.entry(fold(folder)).or_insert_with(|| folder.to_owned());
        }
        // Whatever it ends in: two files of one name side by side are two that nobody tells apart.
        self.taken.insert(fold(&format!("{}.md", path.stem())), path.as_str().to_owned());
    }

    /// Gives up a path that is no longer in use.
    pub fn free(&mut self, path: &RowPath) {
        self.taken.remove(&fold(&format!("{}.md", path.stem())));
    }

    /// A path for a row of that name.
    pub fn give(&mut self, name: &str) -> RowPath {
        let mut parts = parts(name, self.digest);
        let last = parts.pop().unwrap_or_default();
        let mut path = String::new();
        for part in &parts {
            path = self.find(&path, part, "");
            path.push('/');
        }
        let path = self.find(&path, &last, ".md");
        // What is made here is sound; the test below tries it on everything.
        RowPath::new(&path).unwrap_or_else(|| RowPath::fallback(&(self.digest)(name.as_bytes())))
    }

    /// That part, or the first number of it that is free. A folder that is written the same is the same folder.
    fn find(&mut self, above: &str, part: &str, end: &str) -> String {
        let plain = fold(&format!("{above}{part}{end}"));
        let mut number = if end.is_empty() { 1 } else { self.counted.get(&plain).copied().unwrap_or(1) };
        loop {
            let path = match number {
                1 => format!("{above}{part}{end}"),
                n => format!("{above}{part}%+{n}{end}"),
            };
            let key = fold(&path);
            let standing = self.taken.get(&key);
            if standing.is_none() || (end.is_empty() && standing == Some(&path)) {
                self.taken.insert(key, path.clone());
                self.counted.insert(plain, number);
                return path;
            }
            number += 1;
        }
    }
}

/// What two paths that a system may take for one have in common.
fn fold(path: &str) -> String {
    let seen = path.chars().filter(|c| !matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe0e}' | '\u{fe0f}'));
    seen.flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}
