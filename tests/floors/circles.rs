//! Circles of files inside a room: files that import each other in a ring, so that none can be read, moved or tried
//! alone.
//!
//! A face and its inner files are no circle: `x.rs` may name what is in `x/`, at any depth. What a file names is taken to
//! where it is defined: a name that a face merely hands on leads to the file behind it. Tests don't count.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::Deserialize;

use super::lexer::{self, Kind, Token};
use super::paths::{self, Target};
use super::rules::{Sources, code_lines, module};

/// A knot: files of which each leads to each other one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Circle {
    /// Their room.
    pub room: String,
    /// Their paths, in order.
    pub files: Vec<String>,
    /// A shortest ring among them: file, line, and the file that is named there.
    pub ring: Vec<(String, usize, String)>,
}

impl Circle {
    /// Where it is, and how it goes round.
    pub fn describe(&self) -> String {
        let (file, line, _) = &self.ring[0];
        let steps: Vec<String> =
            self.ring.iter().map(|(from, line, to)| format!("{from}:{line} names {to}")).collect();
        format!(
            "{file}:{line}: a circle of {} files of {}: {}; all of them: {}",
            self.files.len(),
            self.room,
            steps.join(", "),
            self.files.join(" ")
        )
    }
}

/// The table of circles that are there.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exceptions {
    #[serde(default)]
    circle: Vec<Exception>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Exception {
    files: Vec<String>,
    reason: String,
}

/// Every circle that is not one of the table's, or part of one; and every entry of the table of which nothing is left.
pub fn judge(circles: &[Circle], exceptions: &Exceptions) -> Vec<String> {
    let covers = |exception: &Exception, circle: &Circle| circle.files.iter().all(|f| exception.files.contains(f));
    let mut out: Vec<String> = circles
        .iter()
        .filter(|circle| !exceptions.circle.iter().any(|exception| covers(exception, circle)))
        .map(Circle::describe)
        .collect();
    for exception in &exceptions.circle {
        let files = exception.files.join(" ");
        if exception.reason.is_empty() {
            out.push(format!("circles.toml: an entry without a reason: {files}"));
        }
        if !circles.iter().any(|circle| covers(exception, circle)) {
            out.push(format!("circles.toml: no circle of these files is left, take the entry away: {files}"));
        }
    }
    out
}

/// All circles, the largest first.
pub fn circles(sources: &Sources) -> Vec<Circle> {
    let files = Files::read(sources);
    let mut edges: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for (path, file) in &files.by_path {
        for found in &file.found {
            let Target::Ours(segments) = &found.target else { continue };
            let Some(target) = files.defined(segments, 0).filter(|target| target != path) else { continue };
            let theirs = &files.by_path[target].module;
            if found.line <= file.code && theirs[0] == file.module[0] && !theirs.starts_with(&file.module) {
                edges.entry(path).or_default().entry(target).or_insert(found.line);
            }
        }
    }
    let mut circles = Vec::new();
    let mut done: BTreeSet<&str> = BTreeSet::new();
    for start in edges.keys() {
        if done.contains(start) {
            continue;
        }
        let onward = reached(&edges, start);
        let knot: BTreeSet<&str> =
            onward.iter().copied().filter(|file| reached(&edges, file).contains(start)).collect();
        if knot.is_empty() {
            continue;
        }
        done.extend(&knot);
        circles.push(Circle {
            room: files.by_path[*start].module[0].clone(),
            files: knot.iter().map(|file| (*file).to_owned()).collect(),
            ring: ring(&edges, &knot),
        });
    }
    circles.sort_by_key(|circle| std::cmp::Reverse(circle.files.len()));
    circles
}

type Edges<'a> = BTreeMap<&'a str, BTreeMap<&'a str, usize>>;

/// All files that a file leads to by one step or more.
fn reached<'a>(edges: &Edges<'a>, from: &str) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    let mut waiting = vec![from];
    while let Some(file) = waiting.pop() {
        for next in edges.get(file).into_iter().flat_map(BTreeMap::keys) {
            if found.insert(*next) {
                waiting.push(next);
            }
        }
    }
    found
}

/// A shortest ring among the files of a knot.
fn ring(edges: &Edges<'_>, knot: &BTreeSet<&str>) -> Vec<(String, usize, String)> {
    let around = |start: &str| {
        let mut before: BTreeMap<&str, &str> = BTreeMap::new();
        let mut waiting = VecDeque::from([start]);
        while let Some(file) = waiting.pop_front() {
            for next in edges.get(file).into_iter().flat_map(BTreeMap::keys).filter(|next| knot.contains(*next)) {
                if !before.contains_key(next) {
                    before.insert(next, file);
                    waiting.push_back(next);
                }
            }
        }
        let mut steps = Vec::new();
        let mut to = start;
        loop {
            let Some(from) = before.get(to).copied() else { return Vec::new() };
            steps.push((from.to_owned(), edges[from][to], to.to_owned()));
            to = from;
            if to == start {
                steps.reverse();
                return steps;
            }
        }
    };
    knot.iter().map(|start| around(start)).min_by_key(Vec::len).unwrap_or_default()
}

struct File {
    module: Vec<String>,
    /// So many lines are not its tests.
    code: usize,
    found: Vec<paths::Found>,
    /// What its `use`s brought in, by name.
    names: BTreeMap<String, Vec<String>>,
    /// The modules whose every name it brought in.
    globs: Vec<Vec<String>>,
    /// What it defines itself.
    defined: BTreeSet<String>,
}

/// The files that count, by path and by module.
struct Files {
    by_path: BTreeMap<String, File>,
    by_module: BTreeMap<Vec<String>, String>,
}

impl Files {
    fn read(sources: &Sources) -> Self {
        let mut files = Self { by_path: BTreeMap::new(), by_module: BTreeMap::new() };
        for (path, text) in sources {
            let module = module(path);
            if module == ["lib"] || module == ["main"] || module.iter().any(|name| name == "tests") {
                continue;
            }
            let tokens = lexer::tokens(text);
            let code = code_lines(text);
            let (found, all) = paths::read(&tokens, &module);
            let (mut names, mut globs) = (BTreeMap::new(), Vec::new());
            for (name, mut target) in all {
                if name == "*" {
                    target.pop();
                    globs.push(target);
                } else {
                    names.entry(name).or_insert(target);
                }
            }
            files.by_module.insert(module.clone(), path.clone());
            let defined = defined(&tokens);
            files.by_path.insert(path.clone(), File { module, code, found, names, globs, defined });
        }
        files
    }

    /// The file in which that path ends, names that are handed on followed to where they come from.
    fn defined(&self, segments: &[String], depth: usize) -> Option<&str> {
        // The longest path that is a file's.
        let (at, path) =
            (0..=segments.len()).rev().find_map(|at| self.by_module.get(&segments[..at]).map(|path| (at, path)))?;
        let Some((name, rest)) = segments[at..].split_first() else { return Some(path) };
        let file = &self.by_path[path];
        if depth < 16 && !file.defined.contains(name) {
            if let Some(target) = file.names.get(name) {
                return self.defined(&[target.as_slice(), rest].concat(), depth + 1).or(Some(path));
            }
            for glob in &file.globs {
                let there = self.by_module.get(glob).map(|path| &self.by_path[path]);
                if there.is_some_and(|there| there.defined.contains(name) || there.names.contains_key(name)) {
                    return self.defined(&[glob.as_slice(), &segments[at..]].concat(), depth + 1).or(Some(path));
                }
            }
        }
        Some(path)
    }
}

/// The names that a file defines, at whatever depth: nothing is lost by a few more.
fn defined(tokens: &[Token]) -> BTreeSet<String> {
    const KINDS: [&str; 9] = ["struct", "enum", "trait", "type", "union", "fn", "const", "static", "macro_rules"];
    let mut names = BTreeSet::new();
    for (at, token) in tokens.iter().enumerate() {
        let Kind::Word(kind) = &token.kind else { continue };
        if !KINDS.contains(&kind.as_str()) {
            continue;
        }
        let next = tokens[at + 1..].iter().find(|token| !token.is_mark('!'));
        if let Some(Token { kind: Kind::Word(name), .. }) = next {
            names.insert(name.clone());
        }
    }
    names
}
