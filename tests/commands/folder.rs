//! `sources pull`, `diff`, `push`, `import` and `export`: a source as a folder and as one file.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::Desk;
use crate::support::chat_thing::HOSTILE;
use crate::support::command::Output;
use crate::support::origin::Script;
use crate::support::pty::{Key, Pty};
use crate::support::wait::wait;

/// Names that no system likes, or that some system takes for one.
const NAMES: &[&str] = &[
    "one.md",
    "one",
    "ONE",
    "One",
    "",
    "/",
    "//",
    "../x",
    "../../../../etc/passwd",
    "/etc/passwd",
    "a/../b",
    "..",
    ".",
    ".git/config",
    ".patchcord.json",
    ".patchcord.lock",
    "a/",
    "/a",
    "a//b",
    "CON",
    "con.txt",
    "nul",
    "COM1/x",
    "aux.md",
    "C:\\Windows",
    "a\\b",
    "a:b",
    "what?",
    "*",
    "<a>",
    "\"quoted\"",
    "a|b",
    "trailing.",
    "trailing ",
    " leading",
    "tab\t",
    "line\nbreak",
    "nul\0byte",
    "esc\u{1b}[2J",
    "bidi\u{202e}txt.exe",
    "zero\u{200b}width",
    "\u{feff}bom",
    "e\u{301}",
    "é",
    "É",
    "git~1",
    "%41",
    "A",
    "100%",
    "%_",
    "%+2",
    "%=x",
    "x%+2",
    "x",
    "x",
    "x",
    "dir.md/file",
    "dir",
    "DIR/x",
    "dir/x",
    "Dir/y",
    "-rf",
    "$(id)",
    "`id`",
    "'; rm -rf ~; '",
    "👩\u{200d}👩\u{200d}👧",
    "❤\u{fe0f}",
    "ß",
    "SS",
    "İ",
    "ı",
];

const ALPHABETS: [&str; 6] = ["Größe", "Планеты", "Πλανήτες", "行星と惑星", "كواكب", "ग्रहों की सूची"];

const TEXTS: [&str; 6] = [
    "# One\n\ntext\n",
    "no newline",
    "",
    "crlf\r\nlines\r\n",
    "\u{feff}bom\n",
    "\u{1b}[31mred \u{202e} \0 ü 日本\n\n\n",
];

/// Three hundred rows.
fn rows() -> Vec<(String, String)> {
    let mut names: Vec<String> = NAMES.iter().map(|name| (*name).to_owned()).collect();
    names.push("x".repeat(300));
    names.push("日".repeat(300));
    names.push("long/".repeat(400));
    names.push("long/".repeat(400));
    names.push(HOSTILE.to_owned());
    for n in names.len()..300 {
        let alphabet = ALPHABETS[n % ALPHABETS.len()];
        names.push(if n % 3 == 0 { format!("{alphabet}/{alphabet} {n}") } else { format!("{alphabet} {n}") });
    }
    names.into_iter().enumerate().map(|(n, name)| (name, format!("{}{n}", TEXTS[n % TEXTS.len()]))).collect()
}

fn source(desk: &Desk, rows: &[(String, String)]) -> String {
    let rows: Vec<(&str, &str)> = rows.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    desk.server.add_source(&rows)
}

/// The rows of a source, in any order.
fn held(desk: &Desk, source: &str) -> Vec<(String, String)> {
    let mut rows: Vec<_> = desk.server.rows(source).into_iter().map(|row| (row.name, row.content)).collect();
    rows.sort();
    rows
}

/// Everything below a folder: files with their bytes, links with where they lead. What the program keeps for itself is
/// left out.
fn tree(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).expect("a folder").flatten() {
            let (path, kind) = (entry.path(), entry.file_type().expect("its kind"));
            if entry.file_name().to_string_lossy().starts_with(".patchcord") {
                continue;
            }
            let below = path.strip_prefix(root).expect("below it").to_owned();
            if kind.is_symlink() {
                let to = fs::read_link(&path).expect("a link");
                found.insert(below, to.to_string_lossy().into_owned().into_bytes());
            } else if kind.is_dir() {
                open.push(path);
            } else {
                found.insert(below, fs::read(&path).expect("a file"));
            }
        }
    }
    found
}

/// A folder to work in, with neighbours that nobody may touch.
fn place(desk: &Desk) -> PathBuf {
    let place = desk.home.path().join("work");
    fs::create_dir_all(place.join("neighbour/etc")).expect("folders");
    for decoy in ["x.md", "b.md", "passwd", "neighbour/x.md", "neighbour/etc/passwd.md"] {
        fs::write(place.join(decoy), "decoy").expect("a decoy");
    }
    std::os::unix::fs::symlink("neighbour", place.join("link")).expect("a link");
    place
}

/// What is in the place beside these folders.
fn beside(place: &Path, folders: &[&str]) -> BTreeMap<PathBuf, Vec<u8>> {
    tree(place).into_iter().filter(|(path, _)| !folders.iter().any(|folder| path.starts_with(folder))).collect()
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path that is text")
}

#[track_caller]
pub(crate) fn run(desk: &Desk, verb: &str, source: &str, folder: &Path, flags: &[&str]) -> Output {
    let mut args = vec!["sources", verb, source, text(folder)];
    args.extend(flags);
    desk.run(&args)
}

/// A source of these rows, and a folder that holds it.
pub(crate) fn pulled(rows: &[(&str, &str)]) -> (Desk, String, PathBuf) {
    let desk = Desk::new();
    let source = desk.server.add_source(rows);
    let folder = desk.home.path().join("docs");
    let _ = run(&desk, "pull", &source, &folder, &[]).expect_code(0);
    desk.server.reset_counts();
    (desk, source, folder)
}

fn read(folder: &Path, path: &str) -> String {
    fs::read_to_string(folder.join(path)).expect("a file")
}

#[test]
fn three_hundred_hostile_rows_go_there_and_back_and_nothing_is_touched_outside() {
    let desk = Desk::new();
    let rows = rows();
    let (first, second) = (source(&desk, &rows), source(&desk, &[]));
    let place = place(&desk);
    let before = beside(&place, &[]);
    let (one, two, three) = (place.join("one"), place.join("two"), place.join("three"));
    let came = run(&desk, "pull", &first, &one, &["--json"]).expect_code(0).json();
    assert_eq!((&came["written"], &came["conflicts"]), (&json!(300), &json!([])));
    assert_eq!(tree(&one).len(), 300);
    assert!(run(&desk, "diff", &first, &one, &[]).expect_code(0).stdout.is_empty());
    // The same files without what is known of them, but for the names that no path can hold.
    fs::create_dir(&two).expect("a folder");
    let long: Vec<PathBuf> = tree(&one).into_keys().filter(|path| path.to_string_lossy().starts_with("%=")).collect();
    assert_eq!(long.len(), 2);
    for (path, bytes) in tree(&one).into_iter().filter(|(path, _)| !long.contains(path)) {
        let path = two.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        fs::write(path, bytes).expect("a file");
    }
    let went = run(&desk, "push", &second, &two, &["--json"]).expect_code(0).json();
    assert_eq!((&went["created"], &went["failed"], &went["kept"]), (&json!(298), &json!([]), &json!([])));
    let mut wanted: Vec<_> = rows.into_iter().filter(|(name, _)| name.len() < 1_500).collect();
    wanted.sort();
    assert_eq!(held(&desk, &second), wanted);
    let _ = run(&desk, "pull", &second, &three, &[]).expect_code(0);
    assert_eq!(tree(&three), tree(&two));
    for folder in [&two, &three] {
        let difference = run(&desk, "diff", &second, folder, &[]).expect_code(0);
        assert!(difference.stdout.is_empty(), "{difference}");
        let again = run(&desk, "push", &second, folder, &["--prune", "--json"]).expect_code(0).json();
        assert_eq!((&again["unchanged"], &again["changes"]), (&json!(298), &json!([])));
    }
    assert_eq!(beside(&place, &["one", "two", "three"]), before);
    desk.expect_well_formed();
}

#[test]
fn three_changes_are_three_row_updates_and_no_more() {
    let rows: Vec<(String, String)> = (0..120).map(|n| (format!("row {n}"), format!("text {n}\n"))).collect();
    let rows: Vec<(&str, &str)> = rows.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let (desk, source, folder) = pulled(&rows);
    for n in [3, 50, 119] {
        fs::write(folder.join(format!("row {n}.md")), format!("changed {n}\r\n")).expect("a file");
    }
    let dry = run(&desk, "push", &source, &folder, &["--dry-run"]).expect_code(0);
    assert_eq!(dry.text(), "updated row 119.md\nupdated row 3.md\nupdated row 50.md\n");
    assert_eq!(desk.server.counts().changes(), 0);
    desk.server.reset_counts();
    let went = run(&desk, "push", &source, &folder, &["--json"]).expect_code(0).json();
    assert_eq!((&went["updated"], &went["unchanged"]), (&json!(3), &json!(117)));
    let counts = desk.server.counts();
    assert_eq!((counts.updated, counts.changes()), (3, 3));
    assert!(counts.read <= 6, "{counts:?}");
    let rows = desk.server.rows(&source);
    assert_eq!((rows[50].content.as_str(), rows[51].content.as_str()), ("changed 50\r\n", "text 51\n"));
    let again = run(&desk, "push", &source, &folder, &[]).expect_code(0);
    assert!(again.errors().contains("nothing was changed"), "{again}");
    assert_eq!(desk.server.counts().changes(), 3);
    desk.expect_well_formed();
}

#[test]
fn moved_new_and_deleted_files_are_renamed_new_and_pruned_rows() {
    let (desk, source, folder) = pulled(&[("a", "1\n"), ("b", "2\n"), ("c", "3\n")]);
    let ids: Vec<String> = desk.server.rows(&source).into_iter().map(|row| row.id).collect();
    fs::create_dir(folder.join("sub")).expect("a folder");
    fs::rename(folder.join("a.md"), folder.join("sub/A.md")).expect("moved");
    fs::remove_file(folder.join("b.md")).expect("removed");
    fs::write(folder.join("d.md"), "4\n").expect("a file");
    desk.server.put_row(&source, "theirs", "5\n");
    let difference = run(&desk, "diff", &source, &folder, &[]).expect_code(0);
    for line in
        ["sub/A.md (a → sub/A): renamed here", "b.md: deleted here", "-2", "+4", "theirs: new on the platform"]
    {
        assert!(difference.text().contains(line), "{line}: {difference}");
    }
    let changes = run(&desk, "diff", &source, &folder, &["--json"]).expect_code(0).json();
    let words: Vec<&str> =
        changes["changes"].as_array().expect("a list").iter().filter_map(|c| c["change"].as_str()).collect();
    assert_eq!(words, ["created_there", "deleted", "created", "renamed"]);

    let went = run(&desk, "push", &source, &folder, &["--json"]).expect_code(0).json();
    assert_eq!(went["kept"].as_array().map(Vec::len), Some(2), "{went}");
    assert_eq!((&went["created"], &went["renamed"], &went["deleted"]), (&json!(1), &json!(1), &json!(0)));
    let went = run(&desk, "push", &source, &folder, &["--prune", "--sync", "--json"]).expect_code(0).json();
    assert_eq!((&went["deleted"], &went["source"]["state"]), (&json!(1), &json!("synced")));
    let rows: Vec<_> = desk.server.rows(&source).into_iter().map(|row| (row.id, row.name)).collect();
    assert_eq!(rows.len(), 4);
    assert_eq!(rows[0], (ids[0].clone(), "sub/A".to_owned()));
    assert_eq!(rows[2].1, "theirs");
    desk.expect_well_formed();
}

#[test]
fn somebody_elses_change_is_refused_for_that_row_unless_told() {
    let (desk, source, folder) = pulled(&[("a", "1\n"), ("b", "2\n"), ("c", "3\n")]);
    let ids: Vec<String> = desk.server.rows(&source).into_iter().map(|row| row.id).collect();
    fs::write(folder.join("a.md"), "mine\n").expect("a file");
    fs::write(folder.join("b.md"), "mine too\n").expect("a file");
    desk.server.edit_row(&source, &ids[0], "a", "theirs\n");
    desk.server.edit_row(&source, &ids[2], "c", "theirs too\n");
    let difference = run(&desk, "diff", &source, &folder, &[]).expect_code(0);
    assert!(
        difference.text().contains("a.md: conflict") && difference.text().contains("c.md: changed on the platform")
    );
    let went = run(&desk, "push", &source, &folder, &[]).expect_code(1);
    assert!(went.errors().contains("conflict: a.md") && went.errors().contains("1 updated; 1 in conflict"), "{went}");
    assert_eq!(held(&desk, &source)[0].1, "theirs\n");
    assert_eq!(held(&desk, &source)[1].1, "mine too\n");
    // A pull brings what nobody edited here, and keeps the rest.
    let came = run(&desk, "pull", &source, &folder, &["--json"]).expect_code(1);
    assert_eq!((&came.json()["written"], &came.json()["conflicts"][0]["path"]), (&json!(1), &json!("a.md")));
    assert_eq!((read(&folder, "a.md").as_str(), read(&folder, "c.md").as_str()), ("mine\n", "theirs too\n"));
    let _ = run(&desk, "push", &source, &folder, &["--overwrite"]).expect_code(0);
    assert_eq!(held(&desk, &source)[0].1, "mine\n");
    fs::write(folder.join("a.md"), "mine again\n").expect("a file");
    desk.server.edit_row(&source, &ids[0], "a", "theirs again\n");
    let _ = run(&desk, "pull", &source, &folder, &["--overwrite"]).expect_code(0);
    assert_eq!(read(&folder, "a.md"), "theirs again\n");
    assert!(run(&desk, "diff", &source, &folder, &[]).expect_code(0).stdout.is_empty());
    desk.expect_well_formed();
}

#[test]
fn a_pull_follows_the_platform_and_keeps_what_was_edited() {
    let (desk, source, folder) = pulled(&[("a", "1\n"), ("b", "2\n"), ("c", "3\n"), ("x/y/z", "4\n"), ("e", "5\n")]);
    let ids: Vec<String> = desk.server.rows(&source).into_iter().map(|row| row.id).collect();
    // Two change names, one is renamed, one goes with its folders, one was edited here and goes.
    desk.server.edit_row(&source, &ids[0], "b", "1\n");
    desk.server.edit_row(&source, &ids[1], "a", "2\n");
    desk.server.edit_row(&source, &ids[2], "new/c", "3\n");
    desk.server.drop_row(&source, &ids[3]);
    desk.server.drop_row(&source, &ids[4]);
    fs::write(folder.join("e.md"), "edited\n").expect("a file");
    fs::write(folder.join("mine.txt"), "mine").expect("a file");
    let came = run(&desk, "pull", &source, &folder, &["--json"]).expect_code(1).json();
    assert_eq!((&came["moved"], &came["removed"]), (&json!(3), &json!(1)), "{came}");
    assert_eq!(came["conflicts"][0]["path"], "e.md");
    let files: Vec<_> = tree(&folder).into_iter().map(|(path, bytes)| (text(&path).to_owned(), bytes)).collect();
    let wanted = [("a.md", "2\n"), ("b.md", "1\n"), ("e.md", "edited\n"), ("mine.txt", "mine"), ("new/c.md", "3\n")];
    assert_eq!(files, wanted.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec())));
    assert!(!folder.join("x").exists());
    // A file that was deleted here is not brought back, and nothing goes through a link.
    fs::remove_file(folder.join("a.md")).expect("removed");
    fs::remove_file(folder.join("b.md")).expect("removed");
    std::os::unix::fs::symlink("mine.txt", folder.join("b.md")).expect("a link");
    desk.server.edit_row(&source, &ids[0], "b", "new\n");
    let came = run(&desk, "pull", &source, &folder, &["--json"]).expect_code(1).json();
    assert!(came["kept"][0]["why"].as_str().is_some_and(|why| why.contains("deleted here")), "{came}");
    assert_eq!((read(&folder, "mine.txt").as_str(), folder.join("a.md").exists()), ("mine", false));
    desk.expect_well_formed();
}

#[test]
fn a_row_that_was_renamed_there_and_edited_here_gets_both() {
    let (desk, source, folder) = pulled(&[("a", "1\n")]);
    let ids: Vec<String> = desk.server.rows(&source).into_iter().map(|row| row.id).collect();
    desk.server.edit_row(&source, &ids[0], "b", "1\n");
    fs::write(folder.join("a.md"), "2\n").expect("a file");
    let sent = run(&desk, "push", &source, &folder, &["--json"]).expect_code(0).json();
    assert_eq!((&sent["updated"], &sent["renamed"]), (&json!(1), &json!(0)), "{sent}");
    assert_eq!(held(&desk, &source), [("b".to_owned(), "2\n".to_owned())]);
    // The file has yet to follow.
    let diff = run(&desk, "diff", &source, &folder, &["--json"]).expect_code(0).json();
    assert_eq!(diff["changes"][0]["change"], "renamed_there", "{diff}");
    let came = run(&desk, "pull", &source, &folder, &["--json"]).expect_code(0).json();
    assert_eq!(came["moved"], json!(1), "{came}");
    assert_eq!((read(&folder, "b.md").as_str(), folder.join("a.md").exists()), ("2\n", false));
    desk.expect_well_formed();
}

#[test]
fn a_pull_writes_over_no_file_that_it_never_saw() {
    let (desk, source, folder) = pulled(&[("a", "1\n"), ("b", "2\n")]);
    let ids: Vec<String> = desk.server.rows(&source).into_iter().map(|row| row.id).collect();
    // Here a file of the name that the row gets there, but for case; where case makes no difference it is the same.
    let mine = "mine, and nowhere else\n";
    let other = !folder.join("A.md").exists();
    if other {
        fs::write(folder.join("A.md"), mine).expect("a file");
    }
    desk.server.edit_row(&source, &ids[0], "A", "1\n");
    // And a new row has the name that another had before.
    desk.server.edit_row(&source, &ids[1], "c", "2\n");
    desk.server.put_row(&source, "b", "3\n");
    let came = run(&desk, "pull", &source, &folder, &["--json"]).expect_code(i32::from(other)).json();
    assert_eq!(read(&folder, "A.md"), if other { mine } else { "1\n" }, "{came}");
    assert_eq!((read(&folder, "c.md").as_str(), read(&folder, "b.md").as_str()), ("2\n", "3\n"), "{came}");
    assert_eq!(came["kept"], json!([]), "{came}");
}

#[test]
fn a_pull_that_was_interrupted_goes_on_from_there() {
    let desk = Desk::new();
    let rows: Vec<(String, String)> = (0..200).map(|n| (format!("row {n}"), format!("text {n}"))).collect();
    let source = source(&desk, &rows);
    let folder = desk.home.path().join("docs");
    desk.server.delay(std::time::Duration::from_millis(15));
    let running = desk.call(&["sources", "pull", &source, text(&folder)]).start();
    wait("some rows", || desk.server.counts().read >= 60);
    running.signal("INT");
    let ended = running.wait().expect_code(130);
    assert!(ended.errors().contains("goes on from there"), "{ended}");
    desk.server.delay(std::time::Duration::ZERO);
    let have = tree(&folder).len();
    assert!((1..200).contains(&have), "{have}");
    desk.server.reset_counts();
    let came = run(&desk, "pull", &source, &folder, &["--json"]).expect_code(0).json();
    assert_eq!((&came["total"], tree(&folder).len()), (&json!(200), 200));
    assert_eq!(desk.server.counts().read, 200 - have);
    // One that ended begins anew.
    desk.server.reset_counts();
    let _ = run(&desk, "pull", &source, &folder, &[]).expect_code(0);
    assert_eq!(desk.server.counts().read, 200);
    desk.expect_well_formed();
}

#[test]
fn a_pull_that_was_killed_while_files_change_places_misses_none() {
    let (desk, source, folder) = pulled(&[("a", "1\n"), ("b", "2\n")]);
    let ids: Vec<String> = desk.server.rows(&source).into_iter().map(|row| row.id).collect();
    desk.server.edit_row(&source, &ids[0], "b", "1\n");
    desk.server.edit_row(&source, &ids[1], "a", "2\n");
    desk.server.delay(std::time::Duration::from_millis(300));
    let running = desk.call(&["sources", "pull", &source, text(&folder)]).start();
    wait("a row's text is asked for", || desk.server.counts().read > 0);
    running.signal("KILL");
    let _ = running.wait();
    desk.server.delay(std::time::Duration::ZERO);
    let came = run(&desk, "pull", &source, &folder, &["--json"]).expect_code(0).json();
    assert_eq!(came["kept"], json!([]), "{came}");
    assert_eq!((read(&folder, "a.md").as_str(), read(&folder, "b.md").as_str()), ("2\n", "1\n"), "{came}");
}

#[test]
fn a_push_that_was_interrupted_says_what_was_done() {
    let (desk, source, folder) = pulled(&[]);
    for n in 0..300 {
        fs::write(folder.join(format!("row {n}.md")), format!("text {n}")).expect("a file");
    }
    desk.server.delay(std::time::Duration::from_millis(40));
    let running = desk.call(&["sources", "push", &source, text(&folder), "--json"]).start();
    desk.server.wait_changes(40);
    running.signal("INT");
    let ended = running.wait().expect_code(130);
    let (done, left) = (ended.json()["created"].as_u64(), ended.json()["left"].as_u64());
    assert_eq!(done.zip(left).map(|(done, left)| done + left), Some(300), "{ended}");
    assert_eq!(desk.server.rows(&source).len() as u64, done.expect("a number"));
    assert!(ended.errors().contains("not begun") && ended.errors().contains("finishes it"), "{ended}");
    desk.server.delay(std::time::Duration::ZERO);
    let rest = run(&desk, "push", &source, &folder, &["--json"]).expect_code(0).json();
    assert_eq!((rest["created"].as_u64(), desk.server.rows(&source).len()), (left, 300));
    desk.expect_well_formed();
}

#[test]
fn a_terminal_sees_how_far_a_pull_is() {
    let desk = Desk::new();
    let rows: Vec<(String, String)> = (0..1_200).map(|n| (format!("row {n}"), format!("text {n}"))).collect();
    let source = source(&desk, &rows);
    let folder = desk.home.path().join("docs");
    desk.server.delay(std::time::Duration::from_millis(5));
    let pty = Pty::patchcord(&desk.home, &["sources", "pull", &source, text(&folder)], (100, 20));
    pty.wait_until("the progress", |screen| {
        screen.contents().lines().any(|line| line.starts_with("read ") && line.ends_with(" of 1,200"))
    });
    pty.key(Key::Ctrl('c'));
    pty.wait_for("goes on from there");
    assert!(!pty.screen_text().contains("read "), "{}", pty.screen_text());
}

#[test]
fn a_link_in_a_files_place_is_no_deletion() {
    let (desk, source, folder) = pulled(&[("a", "1\n"), ("sub/b", "2\n"), ("c", "3\n")]);
    fs::rename(folder.join("a.md"), folder.join("elsewhere.txt")).expect("moved");
    std::os::unix::fs::symlink("elsewhere.txt", folder.join("a.md")).expect("a link");
    fs::rename(folder.join("sub"), desk.home.path().join("sub")).expect("moved");
    std::os::unix::fs::symlink(desk.home.path().join("sub"), folder.join("sub")).expect("a link");
    let went = run(&desk, "push", &source, &folder, &["--prune", "--json"]).expect_code(0).json();
    assert_eq!((&went["unchanged"], went["kept"].as_array().map(Vec::len)), (&json!(1), Some(3)), "{went}");
    assert_eq!((desk.server.rows(&source).len(), desk.server.counts().changes()), (3, 0));
    for row in desk.server.rows(&source) {
        desk.server.edit_row(&source, &row.id, &row.name, "theirs\n");
    }
    let came = run(&desk, "pull", &source, &folder, &["--overwrite", "--json"]).expect_code(1).json();
    assert_eq!((&came["written"], came["conflicts"].as_array().map(Vec::len)), (&json!(1), Some(2)), "{came}");
    assert_eq!(fs::read_to_string(desk.home.path().join("sub/b.md")).expect("a file"), "2\n");
    assert_eq!(read(&folder, "elsewhere.txt"), "1\n");
    desk.expect_well_formed();
}

#[test]
fn too_many_requests_are_waited_out() {
    let (desk, source, folder) = pulled(&[]);
    for n in 0..30 {
        desk.server.put_row(&source, &format!("row {n}"), "text");
    }
    let busy = || Script::answer(429, &[("Retry-After", "0")], "");
    for _ in 0..8 {
        desk.server.next("GET data-sources/row", busy());
    }
    desk.server.next("data-sources/row/list", busy());
    let _ = run(&desk, "pull", &source, &folder, &[]).expect_code(0);
    fs::write(folder.join("row 1.md"), "changed").expect("a file");
    desk.server.next("PUT data-sources/row", busy());
    let _ = run(&desk, "push", &source, &folder, &[]).expect_code(0);
    assert_eq!(desk.server.rows(&source)[1].content, "changed");
    desk.expect_well_formed();
}

#[test]
fn a_push_that_failed_says_what_was_done_and_is_finished_by_the_next() {
    let (desk, source, folder) = pulled(&[("old", "old\n")]);
    for n in 0..50 {
        fs::write(folder.join(format!("row {n}.md")), format!("text {n}")).expect("a file");
    }
    fs::write(folder.join("old.md"), "new\n").expect("a file");
    // Part of a call is done and answered 500; another is done and never answered; and one row is refused.
    desk.server.bend(|request, answer| {
        let refused = request.body.windows(7).any(|w| w == b"text 17") && request.method == "POST";
        if refused { Script::json(400, &json!({"success": false, "message": "no such text"})) } else { answer() }
    });
    desk.server.tear(7);
    desk.server.swallow();
    let went = run(&desk, "push", &source, &folder, &["--json"]);
    assert_ne!(went.code, Some(0), "{went}");
    assert!(went.json()["failed"].as_array().is_some_and(|failed| !failed.is_empty()), "{went}");
    desk.server.unbend();
    let _ = run(&desk, "push", &source, &folder, &[]).expect_code(0);
    let mut wanted: Vec<_> = (0..50).map(|n| (format!("row {n}"), format!("text {n}"))).collect();
    wanted.push(("old".to_owned(), "new\n".to_owned()));
    wanted.sort();
    assert_eq!(held(&desk, &source), wanted);
    assert!(run(&desk, "diff", &source, &folder, &[]).expect_code(0).stdout.is_empty());
}

#[test]
fn a_folder_that_cannot_be_used_says_why() {
    let (desk, source, folder) = pulled(&[("a", "1\n")]);
    let other = desk.server.add_source(&[]);
    let refused = |output: Output, code: i32, words: &str| {
        let output = output.expect_code(code);
        assert!(output.errors().contains(words), "{output}");
    };
    refused(run(&desk, "push", &other, &folder, &[]), 11, &format!("holds the source {source}"));
    refused(run(&desk, "push", &source, &folder.join("missing"), &[]), 11, "missing can't be");
    refused(run(&desk, "pull", "missing", &folder.join("new"), &[]), 5, "");
    assert!(!folder.join("new").exists());
    fs::write(folder.join("b.md"), b"caf\xe9").expect("a file");
    refused(run(&desk, "push", &source, &folder, &[]), 11, "b.md is not UTF-8: byte 3");
    fs::remove_file(folder.join("b.md")).expect("removed");
    fs::write(folder.join(".patchcord.json"), "<<<<<<< ours").expect("a file");
    refused(run(&desk, "pull", &source, &folder, &[]), 11, "Your files are untouched");
    let escape = "{\"version\":1,\"channel\":\"docs\",\"source\":\"s\",\"rows\":{\"../x.md\":{\"id\":\"1\",\"digest\":\"2\"}}}";
    fs::write(folder.join(".patchcord.json"), escape).expect("a file");
    refused(run(&desk, "pull", &source, &folder, &[]), 11, "no path below this folder");
    assert_eq!(desk.server.counts().changes(), 0);
    // What is lost is found again.
    fs::remove_file(folder.join(".patchcord.json")).expect("removed");
    let again = run(&desk, "push", &source, &folder, &["--json"]).expect_code(0).json();
    assert_eq!((&again["unchanged"], desk.server.counts().changes()), (&json!(1), 0));
    desk.expect_well_formed();
}

#[test]
fn a_source_goes_to_one_file_and_comes_from_it() {
    let desk = Desk::new();
    let rows = rows();
    let (first, second) = (source(&desk, &rows), source(&desk, &[]));
    let exported = desk.run(&["sources", "export", &first]).expect_code(0);
    assert_eq!(exported.json_lines().len(), 300);
    let file = desk.home.path().join("rows.jsonl");
    fs::write(&file, &exported.stdout).expect("a file");
    let came = desk.run(&["sources", "import", &second, text(&file), "--json"]).expect_code(0).json();
    assert_eq!((&came["created"], held(&desk, &second)), (&json!(300), held(&desk, &first)));
    let again = desk.run(&["sources", "import", &second, text(&file), "--json"]).expect_code(0).json();
    assert_eq!((&again["unchanged"], &again["created"]), (&json!(300), &json!(0)));
    // What may pass is read again; what doesn't leaves nothing half written.
    desk.server.next("GET data-sources/row", Script::json(500, &json!({"success": false})));
    let passed = desk.run(&["sources", "export", &first]).expect_code(0);
    assert_eq!(passed.stdout, exported.stdout);
    desk.server.next("GET data-sources/row", Script::json(403, &json!({"success": false})));
    let cut = desk.run(&["sources", "export", &first]).expect_code(4);
    assert!(cut.stdout.is_empty(), "{cut}");
    desk.expect_well_formed();
}

#[test]
fn files_become_rows() {
    let desk = Desk::new();
    let source = desk.server.add_source(&[("guide/start", "old\n")]);
    let folder = desk.home.path().join("in");
    fs::create_dir_all(folder.join("guide")).expect("folders");
    for (path, bytes) in [
        ("guide/start.html", "<title>Start &amp; go</title><script>x()</script><p>Now <b>go</b>.</p>"),
        ("notes.txt", "plain\r\n"),
        ("picture.png", "png"),
        ("more.jsonl", "{\"name\":\"line\",\"content\":\"one\"}\n"),
    ] {
        fs::write(folder.join(path), bytes).expect("a file");
    }
    let refused = desk.run(&["sources", "import", &source, text(&folder)]).expect_code(11);
    assert!(refused.errors().contains("guide/start") && refused.errors().contains("--update"), "{refused}");
    assert_eq!(desk.server.counts().changes(), 0);
    let came = desk.run(&["sources", "import", &source, text(&folder), "--update"]).expect_code(0);
    assert!(came.errors().contains("picture.png") && came.errors().contains("2 created, 1 updated"), "{came}");
    let rows: Vec<(String, String)> = held(&desk, &source);
    let wanted = [("guide/start", "# Start & go\n\nNow **go**.\n"), ("line", "one"), ("notes", "plain\r\n")];
    assert_eq!(rows, wanted.map(|(name, text)| (name.to_owned(), text.to_owned())));
    let bad = folder.join("bad.jsonl");
    fs::write(&bad, "{\"name\":\"a\",\"content\":\"b\"}\n[]\n").expect("a file");
    let bad = desk.run(&["sources", "import", &source, text(&bad)]).expect_code(11);
    assert!(bad.errors().contains("bad.jsonl line 2"), "{bad}");
    assert_eq!(desk.server.rows(&source).len(), 3);
    let _: Value = desk.run(&["sources", "export", &source]).expect_code(0).json_lines()[0].clone();
    desk.expect_well_formed();
}

#[test]
fn an_import_that_reads_for_long_can_be_stopped() {
    let desk = Desk::new();
    let source = desk.server.add_source(&[]);
    let slow = desk.home.path().join("slow.md");
    let made = std::process::Command::new("mkfifo").arg(&slow).status().expect("mkfifo");
    assert!(made.success());
    let running = desk.call(&["sources", "import", &source, text(&slow)]).start();
    // Opened as soon as the program reads it, and never written to.
    let writer = fs::OpenOptions::new().write(true).open(&slow).expect("the other end");
    running.signal("INT");
    let ended = running.wait().expect_code(130);
    drop(writer);
    assert!(desk.server.rows(&source).is_empty(), "{ended}");
}
