//! The laws of the house, checked on `src/` itself: floors, faces, the libraries' homes, the size of a room.
//!
//! The rules are in `floors/rules.rs`; the checker is tried on planted violations here, so it is known to fail.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

pub mod floors {
    //! The checker.
    pub mod circles;
    pub mod lexer;
    pub mod paths;
    pub mod rules;
    pub mod words;
}

use std::fs;
use std::path::{Path, PathBuf};

use floors::circles;
use floors::rules::{self, Sources, homeless, violations};
use floors::words::{self, Words};

fn collect(folder: &Path, root: &Path, sources: &mut Sources) {
    for entry in fs::read_dir(folder).expect("the folder is readable") {
        let path = entry.expect("the entry is readable").path();
        if path.is_dir() {
            collect(&path, root, sources);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let name = path.strip_prefix(root).expect("below the root").to_string_lossy().replace('\\', "/");
            sources.insert(name, fs::read_to_string(&path).expect("the file is UTF-8"));
        }
    }
}

/// The tree that is checked: the one that `cargo test` runs in.
fn root() -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into()).into()
}

fn house() -> Sources {
    let (root, mut sources) = (root(), Sources::new());
    collect(&root.join("src"), &root, &mut sources);
    sources
}

/// The same with the tests.
fn with_tests() -> Sources {
    let (root, mut sources) = (root(), house());
    collect(&root.join("tests"), &root, &mut sources);
    sources
}

#[test]
fn the_house_keeps_its_laws() {
    let sources = house();
    assert!(sources.contains_key("src/lib.rs") && sources.len() > 20, "only {} files were found", sources.len());
    let found = violations(&sources);
    assert!(found.is_empty(), "{} violations\n{}", found.len(), found.join("\n"));
}

#[test]
fn every_library_has_a_home() {
    let manifest = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).expect("readable");
    let manifest: toml::Table = manifest.parse().expect("Cargo.toml is TOML");
    let dependencies = manifest["dependencies"].as_table().expect("a table");
    assert!(dependencies.contains_key("ratatui"));
    let found = homeless(dependencies.keys().map(String::as_str));
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert_eq!(homeless(["left-pad", "tokio"]).len(), 1);
}

/// Checks one planted file among faces that are in order.
fn plant(path: &str, text: &str) -> Vec<String> {
    let mut sources = Sources::new();
    let faces = [
        ("src/domain.rs", "//! .\nmod text;\npub use text::SafeText;\n"),
        ("src/store.rs", "//! .\npub mod history;\nmod inbox;\npub use inbox::Inbox;\n"),
        ("src/runtime.rs", "//! .\npub mod operations;\n"),
    ];
    for (path, text) in faces {
        sources.insert(path.to_owned(), text.to_owned());
    }
    let own = if text.starts_with("//!") { text.to_owned() } else { format!("//! .\n{text}") };
    sources.insert(path.to_owned(), own);
    violations(&sources)
}

#[track_caller]
fn caught(path: &str, text: &str, at: &str, why: &str) {
    let found = plant(path, text);
    assert_eq!(found.len(), 1, "{text}\n{found:#?}");
    assert!(found[0].starts_with(at) && found[0].contains(why), "{text}\n{}", found[0]);
}

#[track_caller]
fn clean(path: &str, text: &str) {
    assert_eq!(plant(path, text), Vec::<String>::new(), "{text}");
}

#[test]
fn an_upward_import_is_caught_in_every_spelling() {
    let inbox = "src/store/inbox.rs";
    caught(
        inbox,
        "use crate::runtime::Runtime;",
        "src/store/inbox.rs:2:",
        "upwards: store is on floor 2, runtime on 5",
    );
    caught(inbox, "\nuse crate::{domain::SafeText,\n    runtime::Runtime};", "src/store/inbox.rs:4:", "upwards");
    caught(inbox, "use super::super::app::State;", "src/store/inbox.rs:2:", "upwards");
    caught(inbox, "use super::{super::{app::{self as core}}};", "src/store/inbox.rs:2:", "upwards");
    caught(inbox, "fn f(x: &crate::ui::Theme) {}", "src/store/inbox.rs:2:", "upwards");
    caught(inbox, "mod tests {\n use super::super::super::cli::X;\n}", "src/store/inbox.rs:3:", "upwards");
    caught(inbox, "fn f() { $crate::tui::run() }", "src/store/inbox.rs:2:", "upwards");
    caught(inbox, "use crate::r#runtime as low;\nfn f() { low::go() }", "src/store/inbox.rs:2:", "upwards");
    caught("src/app.rs", "use patchcord::tui::X;", "src/app.rs:2:", "upwards");
    caught("src/cli.rs", "use crate::main;", "src/cli.rs:2:", "upwards");
}

#[test]
fn a_sideways_import_is_caught() {
    caught("src/store.rs", "use crate::http::Client;", "src/store.rs:2:", "sideways");
    caught("src/platform/x.rs", "use super::super::sandbox::Bot;", "src/platform/x.rs:2:", "sideways");
    caught("src/tui.rs", "use crate::cli::Run;", "src/tui.rs:2:", "sideways");
}

#[test]
fn comments_and_text_are_not_imports() {
    let text = "// use crate::runtime::X;\n/// [`crate::runtime::X`]\n/* a /* crate::ui::X */ crate::ui::X */\n\
                const A: &str = \"crate::runtime::X \\\" crate::ui::X\";\nconst B: &str = r#\"crate::tui::\"X\"#;\n\
                const C: char = '\"'; fn f<'crate_>(x: &'crate_ str) {} // crate::ui::X\nconst D: &[u8] = b\"crate::ui::X\";";
    clean("src/store/inbox.rs", text);
    clean("src/store/inbox.rs", "use super::history::Page;\nuse crate::domain::SafeText;\nuse self::inner::X;");
    clean("src/ui.rs", "use crate::app;\nfn f() { app::update(); app::State::new(); }");
}

#[test]
fn a_path_behind_the_face_is_caught() {
    let ui = "src/runtime/history.rs";
    caught(ui, "use crate::store::inbox::Inbox;", "src/runtime/history.rs:2:", "behind the face of store");
    caught(ui, "use crate::store::history::page::Page;", "src/runtime/history.rs:2:", "behind the face of store");
    caught(ui, "use crate::store;\nfn f() { store::inbox::open() }", "src/runtime/history.rs:3:", "behind the face");
    clean(ui, "use crate::store::{Inbox, open, history::{self, Page, Page::Last}};\nfn f() { history::all(); }");
    clean(ui, "fn f() { crate::store::Inbox::open(); crate::store::history::Page::new(); crate::store::open() }");
}

#[test]
fn the_doors_go_through_the_runtime() {
    for room in ["store", "platform", "folder", "export"] {
        caught("src/cli/chat.rs", &format!("use crate::{room}::X;"), "src/cli/chat.rs:2:", "through runtime alone");
        caught("src/tui.rs", &format!("fn f() {{ crate::{room}::x() }}"), "src/tui.rs:2:", "through runtime alone");
    }
    clean("src/cli/chat.rs", "use crate::config::Config;\nuse crate::runtime::operations::chat;");
    clean("src/main.rs", "use patchcord::cli::Cli;\nfn main() {}");
}

#[test]
fn a_library_away_from_home_is_caught() {
    caught("src/app/x.rs", "use ratatui::layout::Rect;", "src/app/x.rs:2:", "`ratatui` lives in ui, tui, not in app");
    caught("src/cli/x.rs", "fn f() -> reqwest::Client {}", "src/cli/x.rs:2:", "lives in http");
    caught("src/tui.rs", "#[derive(clap::Parser)] struct A;", "src/tui.rs:2:", "lives in cli, main");
    caught("src/store.rs", "use ::{serde::Serialize, jiff::Zoned};", "src/store.rs:2:", "lives in domain");
    caught("src/store.rs", "use toml as t;", "src/store.rs:2:", "lives in config, sandbox");
    clean("src/store/x.rs", "use rusqlite::Connection;\nuse tokio::sync::mpsc;\nuse serde_json::Value;");
    clean("src/app/x.rs", "mod toml { pub fn read() {} }\nfn f() { toml::read(); }");
}

#[test]
fn a_room_without_a_floor_is_named() {
    caught("src/helpers/x.rs", "", "src/helpers/x.rs:1:", "room `helpers` stands on no floor");
}

#[test]
fn what_outlives_a_call_is_caught() {
    caught("src/app/x.rs", "\nstatic N: u8 = 0;", "src/app/x.rs:3:", "a `static`");
    caught("src/app/x.rs", "thread_local! { }", "src/app/x.rs:2:", "a thread-local");
    clean("src/app/x.rs", "fn f(x: &'static str) -> Box<dyn Fn() + 'static> {} // static");
}

#[test]
fn a_part_that_sees_the_whole_state_is_caught() {
    let whole = "use crate::app::state::State;";
    caught("src/app/update/turn.rs", whole, "src/app/update/turn.rs:2:", "the dispatcher alone");
    caught("src/app/update/sources/list.rs", whole, "src/app/update/sources/list.rs:2:", "the dispatcher alone");
    clean("src/app/update/dispatch/action.rs", whole);
    clean("src/app/update.rs", whole);
    clean("src/app/availability.rs", whole);
}

#[test]
fn a_file_keeps_its_form() {
    caught("src/store/mod.rs", "", "src/store/mod.rs:1:", "never `foo/mod.rs`");
    let mut sources = Sources::new();
    sources.insert("src/store/x.rs".to_owned(), "use std::fs;\n".to_owned());
    assert!(violations(&sources)[0].contains("opens without `//!`"));
}

#[test]
fn a_file_with_a_second_room_in_it_is_caught() {
    let code = |lines: usize| format!("//! .\n{}", "fn f() {}\n".repeat(lines - 1));
    clean("src/app/x.rs", &code(rules::LINES));
    let line = format!("src/app/x.rs:{}:", rules::LINES + 1);
    caught("src/app/x.rs", &code(rules::LINES + 1), &line, "401 lines without the tests");
    let tested = format!("{}#[cfg(test)]\nmod tests {{\n{}}}\n", code(rules::LINES), "// .\n".repeat(100));
    clean("src/app/x.rs", &tested);
    let declared = format!("#[cfg(test)]\nmod tests;\n{}", "fn f() {}\n".repeat(rules::LINES));
    caught("src/app/x.rs", &declared, &line, "403 lines without the tests");
    clean("src/app/x/tests.rs", &code(900));
}

/// A file of tables beside the checker.
fn table<T: serde::de::DeserializeOwned>(name: &str) -> T {
    let path = root().join("tests/floors").join(name);
    toml::from_str(&fs::read_to_string(&path).expect("readable")).unwrap_or_else(|e| panic!("{name}: {e}"))
}

#[test]
fn no_files_of_a_room_import_each_other_in_a_circle() {
    let found = circles::circles(&house());
    for circle in &found {
        println!("{}", circle.describe());
    }
    println!("{} circles", found.len());
    let broken = circles::judge(&found, &table("circles.toml"));
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_words_are_the_field_s() {
    let (sources, root) = (with_tests(), root());
    let words: Words = table("words.toml");
    let definitions = words::definitions(&sources);
    assert!(definitions.len() > 500, "only {} files were read in {}", definitions.len(), root.display());
    let found = words::gone(&definitions, &words);
    assert!(found.is_empty(), "{} words\n{}", found.len(), found.join("\n"));
}

#[test]
fn one_word_is_one_thing() {
    let found = words::many(&words::definitions(&house()), &table("words.toml"));
    assert!(found.is_empty(), "{} names\n{}", found.len(), found.join("\n"));
}

/// A made-up room: files by their names, and what they hold.
fn room(files: &[(&str, &str)]) -> Sources {
    files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

/// What is said of the circles of a made-up room.
fn rings(files: &[(&str, &str)]) -> Vec<String> {
    circles::judge(&circles::circles(&room(files)), &circles::Exceptions::default())
}

#[test]
fn a_circle_of_files_is_caught_with_file_and_line() {
    let two = [
        ("src/store.rs", "//! .\nmod a;\nmod b;\n"),
        ("src/store/a.rs", "//! .\n\nuse super::b::B;\npub struct A(B);\n"),
        ("src/store/b.rs", "//! .\npub struct B;\nfn f() -> Option<crate::store::a::A> { None }\n"),
    ];
    let found = rings(&two);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].starts_with("src/store/a.rs:3: a circle of 2 files of store"), "{}", found[0]);
    assert!(found[0].contains("src/store/b.rs:3 names src/store/a.rs"), "{}", found[0]);
    // Of three, with names that the face hands on and one that a file renames.
    let three = [
        ("src/store.rs", "//! .\nmod a;\nmod b;\nmod c;\npub use self::a::A;\nuse c::{C as Third};\n"),
        ("src/store/a.rs", "//! .\nuse super::b as other;\npub struct A(other::B);\n"),
        ("src/store/b.rs", "//! .\nuse super::Third;\npub struct B(Third);\n"),
        ("src/store/c.rs", "//! .\npub struct C;\nfn f() { let _ = vec![crate::store::A::new()]; }\n"),
    ];
    let found = rings(&three);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].contains("a circle of 3 files"), "{}", found[0]);
    assert!(found[0].contains("src/store/b.rs:2 names src/store/c.rs"), "{}", found[0]);
    assert!(found[0].contains("src/store/c.rs:3 names src/store/a.rs"), "{}", found[0]);
    // By way of a face of an inner folder, from which a neighbour's inner file is led out again.
    let inner = [
        ("src/app/x.rs", "//! .\nmod p;\nuse super::y::Y;\npub struct X(Y);\n"),
        ("src/app/x/p.rs", "//! .\nuse super::X;\n"),
        ("src/app/y.rs", "//! .\nuse super::x::p;\npub struct Y;\n"),
    ];
    assert_eq!(rings(&inner).len(), 1, "{:#?}", rings(&inner));
}

#[test]
fn what_leads_one_way_is_no_circle() {
    let face = [
        ("src/store.rs", "//! .\nmod a;\npub use a::A;\npub struct Store(a::A);\n"),
        ("src/store/a.rs", "//! .\nmod deep;\nuse super::Store;\npub struct A;\n"),
        ("src/store/a/deep.rs", "//! .\nuse super::super::Store;\nuse super::A;\n"),
    ];
    assert_eq!(rings(&face), Vec::<String>::new(), "a face and its inner files");
    let tested = [
        ("src/store/a.rs", "//! .\nuse super::b::B;\n"),
        ("src/store/b.rs", "//! .\npub struct B;\n#[cfg(test)]\nmod tests {\n    use super::super::a;\n}\n"),
        ("src/store/b/tests.rs", "//! .\nuse super::super::a;\n"),
    ];
    assert_eq!(rings(&tested), Vec::<String>::new(), "tests don't count");
    let said = [
        ("src/store/a.rs", "//! .\nuse super::b::B;\n"),
        ("src/store/b.rs", "//! .\n/// [`super::a`] and crate::store::a\npub struct B;\n"),
    ];
    assert_eq!(rings(&said), Vec::<String>::new(), "comments don't count");
}

#[test]
fn a_circle_that_has_a_reason_stands_until_it_is_gone() {
    let knot = room(&[
        ("src/store/a.rs", "//! .\nuse super::b::B;\npub struct A;\n"),
        ("src/store/b.rs", "//! .\nuse super::a::A;\npub struct B;\n"),
    ]);
    let entry = |files: &str, reason: &str| format!("[[circle]]\nfiles = [{files}]\nreason = \"{reason}\"\n");
    let judged = |text: &str| circles::judge(&circles::circles(&knot), &toml::from_str(text).expect("TOML"));
    assert_eq!(judged(&entry("\"src/store/a.rs\", \"src/store/b.rs\"", "one is the other's")), Vec::<String>::new());
    assert_eq!(judged(&entry("\"src/store/a.rs\", \"src/store/b.rs\"", "")).len(), 1, "no reason");
    assert_eq!(judged(&entry("\"src/store/a.rs\", \"src/store/c.rs\"", "of others")).len(), 2, "it isn't that one");
}

#[test]
fn a_word_that_is_gone_stays_gone() {
    let text = "//! .\npub struct Crowd { parked: u8 }\nimpl Crowd { fn told(&self) {} }\nenum E { Abroad }\n\
                trait T { fn act(); }\nmod crowd { const PATIENCE: u8 = 0; }\n// told, act\nconst S: &str = \"fn told()\";";
    let sources = room(&[("src/webhook/x.rs", text), ("src/crowd.rs", "//! .\n"), ("tests/a.rs", "fn act() {}\n")]);
    let found = |rows: &[(&str, &str, &str)]| {
        let row = |(word, kind, more): &(&str, &str, &str)| {
            format!("[[gone]]\nword = \"{word}\"\nkind = \"{kind}\"\ninstead = \"it\"\n{more}\n")
        };
        let table: String = rows.iter().map(row).collect();
        words::gone(&words::definitions(&sources), &toml::from_str(&table).expect("TOML"))
    };
    let at = |kind: &str, word: &str, lines: &[&str]| {
        let said: Vec<String> = found(&[(word, kind, "")]);
        assert_eq!(said.len(), lines.len(), "{word}: {said:?}");
        assert!(said.iter().zip(lines).all(|(said, line)| said.starts_with(line)), "{word}: {said:?}");
    };
    at("type", "Crowd", &["src/webhook/x.rs:2:"]);
    at("field", "parked", &["src/webhook/x.rs:2:"]);
    at("function", "told", &["src/webhook/x.rs:3:"]);
    at("variant", "Abroad", &["src/webhook/x.rs:4:"]);
    at("function", "act", &["src/webhook/x.rs:5:", "tests/a.rs:1:"]);
    at("module", "crowd", &["src/crowd.rs:1:", "src/webhook/x.rs:6:"]);
    at("constant", "PATIENCE", &["src/webhook/x.rs:6:"]);
    at("type", "crowd", &[]);
    assert_eq!(found(&[("act", "function", "within = \"webhook\"")]).len(), 1);
    assert_eq!(found(&[("act", "function", "left = 2")]).len(), 0);
    assert_eq!(found(&[("act", "function", "left = 1")]).len(), 2);
    assert_eq!(found(&[("bury", "function", "left = 1")]).len(), 1, "none is left of it");
}

#[test]
fn a_name_of_many_things_is_caught() {
    let text = "//! .\npub struct Part;\n#[cfg(test)]\nmod tests {\n    struct Row;\n}\n";
    let rooms = ["app", "ui", "store", "http"];
    let sources: Sources = rooms.iter().map(|r| (format!("src/{r}/x.rs"), text.to_owned())).collect();
    let found = |sources: &Sources, table: &str| {
        words::many(&words::definitions(sources), &toml::from_str(table).expect("TOML"))
    };
    let said = found(&sources, "");
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].starts_with("src/app/x.rs:2: `Part` is a type in 4 rooms"), "{said:?}");
    let reason = "[[many]]\ntype = \"Part\"\nreason = \"a part of each\"\n";
    assert_eq!(found(&sources, reason), Vec::<String>::new());
    let three: Sources = sources.into_iter().take(words::ROOMS).collect();
    assert_eq!(found(&three, ""), Vec::<String>::new());
    assert_eq!(found(&three, reason).len(), 1, "the reason isn't needed");
}
