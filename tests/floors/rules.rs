//! The laws of the house, checked on sources: a map from path (`src/store/inbox.rs`) to text.
//!
//! Owns the table of floors and of the libraries' homes. Reads no file itself, so that it can be tried on planted
//! sources.

use std::collections::{BTreeMap, BTreeSet};

use super::lexer::{self, Kind, Token};
use super::paths::{self, Found, Target};

/// Path to text.
pub type Sources = BTreeMap<String, String>;

/// The rooms by floor, from the top. A room imports from strictly lower floors.
const FLOORS: &[(u8, &[&str])] = &[
    (7, &["main"]),
    (6, &["tui", "linear", "cli"]),
    (5, &["runtime"]),
    (4, &["ui", "webhook"]),
    (3, &["app", "platform", "sandbox"]),
    (2, &["config", "http", "signature", "store", "folder", "export"]),
    (1, &["domain"]),
];

/// What the two doors reach through the runtime alone.
const BEHIND_RUNTIME: &[&str] = &["store", "platform", "folder", "export"];

/// The libraries that live in certain rooms alone.
const HOMES: &[(&str, &[&str])] = &[
    ("ratatui", &["ui", "tui"]),
    ("crossterm", &["ui", "tui"]),
    // On the screen, and in an exported page: both draw what a message's markdown says. The folder's tests read again what
    // it made of a page.
    ("pulldown_cmark", &["ui", "export", "folder"]),
    ("reqwest", &["http"]),
    ("rustls", &["http", "store"]),
    ("rustls_platform_verifier", &["store"]),
    ("socket2", &["store"]),
    ("tokio_postgres", &["store"]),
    ("tokio_postgres_rustls", &["store"]),
    ("httpdate", &["http"]),
    ("axum", &["sandbox", "webhook"]),
    ("hyper", &["webhook"]),
    ("hyper_util", &["webhook"]),
    ("http_body_util", &["webhook"]),
    ("hmac", &["signature"]),
    ("sha2", &["signature"]),
    ("subtle", &["signature"]),
    // Besides signatures: files go out as data URLs, Basic credentials are base64, and so is what a terminal copies.
    ("base64", &["signature", "platform", "sandbox", "runtime"]),
    ("rusqlite", &["store"]),
    ("clap", &["cli", "main"]),
    ("clap_complete", &["cli", "main"]),
    ("clap_mangen", &["cli"]),
    ("jiff", &["domain"]),
    ("similar", &["domain"]),
    ("unicode_normalization", &["domain"]),
    ("encoding_rs", &["folder"]),
    ("html5ever", &["folder"]),
    ("ignore", &["folder"]),
    ("syntect", &["ui"]),
    ("two_face", &["ui"]),
    // How syntect writes a language down.
    ("bincode", &["ui"]),
    ("flate2", &["ui"]),
    ("arboard", &["runtime"]),
    ("secrecy", &["domain"]),
    ("toml", &["config", "sandbox"]),
    // Filled in the runtime; a mistake in one is told where the config is read.
    ("minijinja", &["runtime", "config"]),
    ("directories", &["config"]),
    // The terminal's input and signals; in the store, whether other processes write to its directory, and which of them are
    // stopped; in the runtime, stopping itself.
    ("rustix", &["tui", "store", "runtime", "main"]),
    ("nix", &["tui", "runtime"]),
    // In the domain as the judge of what it quotes.
    ("shell_words", &["runtime", "domain"]),
    ("strum", &["app"]),
    ("termina", &["tui"]),
    ("regex_lite", &["sandbox"]),
    ("bm25", &["sandbox"]),
    // In the domain for how alike two texts are.
    ("rust_stemmers", &["sandbox", "domain"]),
    ("regex", &["domain"]),
];

/// The libraries that are the language's own furniture and may stand in any room.
const ANYWHERE: &[&str] = &[
    "bytes",
    "futures_util",
    "serde",
    "serde_json",
    "strsim",
    "thiserror",
    "tokio",
    "tokio_stream",
    "tracing",
    "tracing_subscriber",
    "unicode_properties",
    "unicode_segmentation",
    "unicode_width",
    "url",
    "uuid",
];

/// A file longer than this, its tests not counted, holds a second room.
pub const LINES: usize = 400;

/// Everything that breaks a law, each with its file and line.
pub fn violations(sources: &Sources) -> Vec<String> {
    let mut out = Vec::new();
    let public = public_modules(sources);
    for (path, text) in sources {
        let mut file = File { path, out: &mut out };
        file.check(text, &public);
    }
    out
}

/// Every dependency that has no place in the tables.
pub fn homeless<'a>(dependencies: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    dependencies
        .into_iter()
        .map(|name| name.replace('-', "_"))
        .filter(|name| !ANYWHERE.contains(&name.as_str()) && !HOMES.iter().any(|(library, _)| library == name))
        .map(|name| format!("Cargo.toml: `{name}` has no home: give it one in tests/floors/rules.rs"))
        .collect()
}

/// How many lines of a file are not its tests.
pub fn code_lines(text: &str) -> usize {
    let lines: Vec<&str> = text.lines().collect();
    (0..lines.len())
        .find(|at| {
            lines[*at].trim() == "#[cfg(test)]"
                && lines[at + 1..]
                    .iter()
                    .find(|l| !l.trim().starts_with('#'))
                    .is_some_and(|l| l.contains("mod ") && l.trim_end().ends_with('{'))
        })
        .unwrap_or(lines.len())
}

fn floor(room: &str) -> Option<u8> {
    FLOORS.iter().find(|(_, rooms)| rooms.contains(&room)).map(|(floor, _)| *floor)
}

/// `src/store/sqlite/schema.rs` as `["store", "sqlite", "schema"]`.
pub fn module(path: &str) -> Vec<String> {
    let inner = path.trim_start_matches("src/").trim_end_matches(".rs");
    inner.split('/').map(str::to_owned).collect()
}

/// The modules that each room's own file declares `pub`.
fn public_modules(sources: &Sources) -> BTreeMap<String, BTreeSet<String>> {
    sources
        .iter()
        .map(|(path, text)| (module(path), text))
        .filter(|(module, _)| module.len() == 1)
        .map(|(module, text)| (module[0].clone(), paths::declared_modules(&lexer::tokens(text), true)))
        .collect()
}

struct File<'a> {
    path: &'a str,
    out: &'a mut Vec<String>,
}

impl File<'_> {
    fn fail(&mut self, line: usize, what: &str) {
        self.out.push(format!("{}:{line}: {what}", self.path));
    }

    fn check(&mut self, text: &str, public: &BTreeMap<String, BTreeSet<String>>) {
        if self.path.ends_with("/mod.rs") {
            self.fail(1, "a module's file stands beside its folder: `foo.rs`, never `foo/mod.rs`");
        }
        if !text.starts_with("//!") {
            self.fail(1, "opens without `//!`: what this room owns and what it does not");
        }
        let module = module(self.path);
        let tests_alone = module.len() > 1 && module.iter().any(|m| m == "tests");
        let lines = code_lines(text);
        if lines > LINES && !tests_alone {
            self.fail(
                LINES + 1,
                &format!("{lines} lines without the tests, {LINES} are allowed: find the second room"),
            );
        }
        let tokens = lexer::tokens(text);
        self.globals(&tokens);
        self.whole_state(&tokens, &module);
        if module == ["lib"] {
            return;
        }
        let room = module[0].clone();
        let Some(own) = floor(&room) else {
            self.fail(1, &format!("room `{room}` stands on no floor: give it one in tests/floors/rules.rs"));
            return;
        };
        let at = if room == "main" { Vec::new() } else { module };
        for found in paths::paths(&tokens, &at) {
            match &found.target {
                Target::Library(name) => self.library(&room, name, found.line),
                Target::Ours(segments) => self.import(&room, own, segments, &found, public),
            }
        }
    }

    fn library(&mut self, room: &str, name: &str, line: usize) {
        if let Some((_, homes)) = HOMES.iter().find(|(library, homes)| *library == name && !homes.contains(&room)) {
            self.fail(line, &format!("`{name}` lives in {}, not in {room}", homes.join(", ")));
        }
    }

    fn import(
        &mut self,
        room: &str,
        own: u8,
        segments: &[String],
        found: &Found,
        public: &BTreeMap<String, BTreeSet<String>>,
    ) {
        let Some((other, inner)) = segments.split_first() else { return };
        let Some(theirs) = floor(other).filter(|_| other != room) else { return };
        let written = format!("crate::{}", segments.join("::"));
        if !found.through_import {
            if theirs >= own {
                let way = if theirs == own { "sideways" } else { "upwards" };
                let (line, text) =
                    (found.line, format!("`{written}` leads {way}: {room} is on floor {own}, {other} on {theirs}"));
                self.fail(line, &text);
            } else if own == 6 && BEHIND_RUNTIME.contains(&other.as_str()) {
                self.fail(found.line, &format!("`{written}`: {room} reaches {other} through runtime alone"));
            }
        }
        let no_modules = BTreeSet::new();
        let modules = public.get(other).unwrap_or(&no_modules);
        if !at_face(inner, modules) {
            self.fail(found.line, &format!("`{written}` reaches behind the face of {other}"));
        }
    }

    fn globals(&mut self, tokens: &[Token]) {
        for (at, token) in tokens.iter().enumerate() {
            if token.is_word("static") {
                self.fail(token.line, "a `static`: what lives longer than a call is handed in");
            }
            if token.is_word("thread_local") && tokens.get(at + 1).is_some_and(|t| t.is_mark('!')) {
                self.fail(token.line, "a thread-local: what lives longer than a call is handed in");
            }
        }
    }

    /// Of what changes the core's state, the dispatcher alone sees all of it.
    fn whole_state(&mut self, tokens: &[Token], module: &[String]) {
        let [app, update, part, ..] = module else { return };
        if app != "app" || update != "update" || part == "dispatch" || module.iter().any(|m| m == "tests") {
            return;
        }
        for three in tokens.windows(3) {
            if three[0].is_word("state") && matches!(three[1].kind, Kind::Sep) && three[2].is_word("State") {
                self.fail(
                    three[0].line,
                    "`state::State`: a part is given its own, the dispatcher alone sees the whole",
                );
            }
        }
    }
}

/// Whether a path that enters a room with these segments stays at its face.
fn at_face(inner: &[String], public: &BTreeSet<String>) -> bool {
    let named = |segment: &String| segment.starts_with(char::is_uppercase);
    match inner {
        [] | [_] => true,
        [first, ..] if named(first) => true,
        [first, _] => public.contains(first),
        [first, second, ..] => public.contains(first) && named(second),
    }
}
