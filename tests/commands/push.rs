//! `sources push` and `pull` where something in the folder can't be taken, or is none of their business: what is named,
//! what goes on, and the code that says it.

use std::fs;

use serde_json::{Value, json};

use crate::Desk;
use crate::folder::{pulled, run};
use crate::support::files::write;
use crate::support::origin::Script;
use crate::support::pty::{Key, Pty};

fn names(desk: &Desk, source: &str) -> Vec<String> {
    let mut names: Vec<String> = desk.server.rows(source).into_iter().map(|row| row.name).collect();
    names.sort();
    names
}

fn paths(list: &Value) -> Vec<&str> {
    list.as_array().expect("a list").iter().filter_map(|told| told["path"].as_str()).collect()
}

#[test]
fn all_bad_files_are_named_at_once_and_the_rest_goes_on_when_told() {
    let (desk, source, folder) = pulled(&[("a", "1\n"), ("b", "2\n")]);
    write(&folder, "a.md", "1 changed\n");
    write(&folder, "b.md", b"caf\xe9\n");
    write(&folder, "new.md", "new\n");
    fs::File::create(folder.join("long.md")).and_then(|file| file.set_len(5 << 20)).expect("a long file");
    write(&folder, "merged.md", "<<<<<<< HEAD\nmine\n=======\ntheirs\n>>>>>>> other\n");
    write(&folder, "new.markdown", "twice\n");
    let stopped = run(&desk, "push", &source, &folder, &["--prune"]).expect_code(11);
    for line in [
        "b.md is not UTF-8: byte 3",
        "long.md is larger than 4 MB",
        "merged.md: git's conflict marks",
        "would both be one row",
    ] {
        assert!(stopped.errors().contains(line), "{line}: {stopped}");
    }
    assert!(
        stopped.errors().contains("--keep-going") && stopped.errors().contains("4 files can't be pushed"),
        "{stopped}"
    );
    let dry = run(&desk, "push", &source, &folder, &["--dry-run"]).expect_code(11);
    assert_eq!(dry.text(), "updated a.md\ncreated new.md\n");
    assert_eq!(desk.server.counts().changes(), 0);
    // The row of a file that can't be read is no row without a file.
    let went = run(&desk, "push", &source, &folder, &["--prune", "--keep-going", "--json"]).expect_code(11);
    let failed = went.json()["failed"].clone();
    assert_eq!((&went.json()["updated"], &went.json()["deleted"]), (&json!(1), &json!(0)));
    assert_eq!(paths(&failed), ["b.md", "long.md", "new.markdown", "merged.md"], "{went}");
    assert_eq!(went.failure()["kind"], "invalid");
    assert_eq!(names(&desk, &source), ["a", "b", "new"]);
    // The difference is shown all the same, and says that it isn't whole.
    let difference = run(&desk, "diff", &source, &folder, &["--json"]).expect_code(11);
    assert_eq!(paths(&difference.json()["failed"]), ["b.md", "long.md", "new.markdown"]);
    desk.expect_well_formed();
}

#[test]
fn a_pull_says_what_really_changed() {
    let (desk, source, folder) = pulled(&[("a", "1\n"), ("b", "2\n"), ("c", "3\n")]);
    // Nothing changed there: a file that can't be read is edited here, and nothing else.
    write(&folder, "b.md", b"caf\xe9\n");
    let came = run(&desk, "pull", &source, &folder, &[]).expect_code(0);
    assert!(!came.errors().contains("both sides"), "{came}");
    let ids: Vec<String> = desk.server.rows(&source).into_iter().map(|row| row.id).collect();
    desk.server.edit_row(&source, &ids[1], "b", "theirs\n");
    desk.server.edit_row(&source, &ids[2], "c", "theirs\n");
    let came = run(&desk, "pull", &source, &folder, &[]).expect_code(11);
    assert!(came.errors().contains("can't be read") && !came.errors().contains("both sides"), "{came}");
    assert!(came.errors().contains("b.md is not UTF-8"), "{came}");
    assert_eq!(fs::read(folder.join("b.md")).expect("a file"), b"caf\xe9\n");
    assert_eq!(fs::read(folder.join("c.md")).expect("a file"), b"theirs\n");
}

#[test]
fn wide_encodings_with_their_marks_are_read() {
    let (desk, source, folder) = pulled(&[]);
    let wide = |text: &str| -> Vec<u8> {
        "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
    };
    write(&folder, "wide.md", wide("# Größe 👧\r\n"));
    let _ = run(&desk, "push", &source, &folder, &[]).expect_code(0);
    assert_eq!(desk.server.rows(&source)[0].content, "# Größe 👧\r\n");
    let again = run(&desk, "push", &source, &folder, &["--json"]).expect_code(0).json();
    assert_eq!(again["unchanged"], json!(1));
    write(&folder, "in/notes.txt", wide("plain"));
    let place = folder.join("in");
    let _ = desk.run(&["sources", "import", &source, place.to_str().expect("text")]).expect_code(0);
    assert_eq!(desk.server.rows(&source)[1].content, "plain");
}

#[test]
fn an_import_names_all_bad_files_and_goes_on_when_told() {
    let (desk, source, folder) = pulled(&[]);
    let place = folder.join("in");
    for (path, bytes) in [("a.md", &b"1\n"[..]), ("b.txt", b"caf\xe9"), ("c.jsonl", b"[]\n"), ("d.html", b"<p>4</p>")]
    {
        write(&place, path, bytes);
    }
    let args = ["sources", "import", &source, place.to_str().expect("text")];
    let stopped = desk.run(&args).expect_code(11);
    assert!(stopped.errors().contains("b.txt is not UTF-8: byte 3"), "{stopped}");
    assert!(stopped.errors().contains("c.jsonl line 1") && stopped.errors().contains("2 not begun"), "{stopped}");
    assert_eq!(desk.server.counts().changes(), 0);
    let _ = desk.run(&[&args[..], &["--keep-going"]].concat()).expect_code(11);
    assert_eq!(names(&desk, &source), ["a", "d"]);
}

#[test]
fn a_row_whose_file_cant_be_read_is_deleted_by_nothing() {
    let (desk, source, folder) = pulled(&[("a", "1\n"), ("b", "2\n"), ("c", "3\n")]);
    write(&folder, "b.md", b"caf\xe9\n");
    // Neither where the manifest knows it, nor where it doesn't.
    for gone in ["nothing.md", ".patchcord.json"] {
        let _ = fs::remove_file(folder.join(gone));
        let _ = run(&desk, "push", &source, &folder, &["--overwrite", "--prune", "--keep-going"]).expect_code(11);
        assert_eq!(names(&desk, &source), ["a", "b", "c"]);
    }
    assert_eq!(desk.server.counts().changes(), 0);
}

#[test]
fn a_push_takes_what_an_import_takes_and_names_what_it_passes_over() {
    let (desk, source, folder) = pulled(&[("theirs", "t\n")]);
    for n in 0..30 {
        desk.server.put_row(&source, &format!("row {n}"), "text");
    }
    write(&folder, "one.markdown", "1\n");
    write(&folder, "TWO.MD", "2\n");
    write(&folder, "three.mdx", "3\n");
    write(&folder, "drafts/four.md", "4\n");
    write(&folder, ".gitignore", "drafts/\n");
    for n in 0..40 {
        write(&folder, &format!("pictures/{n:02}.png"), "png");
    }
    let went = run(&desk, "push", &source, &folder, &[]).expect_code(0);
    assert!(went.errors().contains("2 created; 31 left as they are (-v lists them)"), "{went}");
    assert!(went.errors().contains("pictures/00.png") && went.errors().contains("and 31 more (-v)"), "{went}");
    assert!(!went.errors().contains("row 7") && went.errors().lines().count() < 5, "{went}");
    assert!(names(&desk, &source).contains(&"TWO".to_owned()) && names(&desk, &source).contains(&"one".to_owned()));
    let again = run(&desk, "push", &source, &folder, &["-v"]).expect_code(0);
    for line in ["kept: row 7: on the platform alone", "kept: drafts: no row: kept out by .gitignore", "three.mdx"] {
        assert!(again.errors().contains(line), "{line}: {again}");
    }
    // A pull leaves them where they are.
    let _ = run(&desk, "pull", &source, &folder, &[]).expect_code(0);
    assert!(folder.join("one.markdown").exists() && !folder.join("one.md").exists());
    assert!(run(&desk, "diff", &source, &folder, &[]).expect_code(0).stdout.is_empty());
    desk.expect_well_formed();
}

#[test]
fn more_than_half_is_deleted_only_when_somebody_says_so() {
    let (desk, source, folder) = pulled(&[("a", "1\n"), ("b", "2\n"), ("c", "3\n"), ("d", "4\n")]);
    for gone in ["a.md", "b.md"] {
        fs::remove_file(folder.join(gone)).expect("removed");
    }
    let half = run(&desk, "push", &source, &folder, &["--prune", "--dry-run"]).expect_code(0);
    assert_eq!(half.text(), "deleted a.md\ndeleted b.md\n");
    fs::remove_file(folder.join("c.md")).expect("removed");
    write(&folder, "e.md", "5\n");
    let refused = run(&desk, "push", &source, &folder, &["--prune"]).expect_code(2);
    assert!(refused.errors().contains("3 of 4 rows") && refused.errors().contains("--yes"), "{refused}");
    assert_eq!(desk.server.counts().changes(), 0);
    let args = ["sources", "push", &source, folder.to_str().expect("text"), "--prune"];
    let pty = Pty::patchcord(&desk.home, &args, (100, 20));
    pty.wait_for("3 of 4 rows would be deleted. Delete them? [y/N]");
    pty.type_text("n");
    pty.key(Key::Enter);
    pty.wait_for("nothing was deleted");
    assert_eq!(desk.server.rows(&source).len(), 4);
    let _ = run(&desk, "push", &source, &folder, &["--prune", "--yes"]).expect_code(0);
    assert_eq!(names(&desk, &source), ["d", "e"]);
}

#[test]
fn the_code_is_that_of_what_stopped_it() {
    for (status, code) in [(429, 6), (401, 4), (403, 4), (500, 8), (400, 11)] {
        let (desk, source, folder) = pulled(&[("a", "1\n"), ("b", "2\n")]);
        write(&folder, "a.md", "1 changed\n");
        write(&folder, "c.md", "3\n");
        desk.server.bend(move |request, answer| {
            if request.method == "GET" || request.path.contains("list") {
                return answer();
            }
            let body = json!({"success": false, "message": "no"}).to_string();
            Script::answer(status, &[("Retry-After", "0"), ("Content-Type", "application/json")], &body)
        });
        let stopped = run(&desk, "push", &source, &folder, &["--json"]).expect_code(code);
        assert!(!stopped.json()["failed"].as_array().expect("a list").is_empty(), "{status}: {stopped}");
        desk.server.unbend();
        let _ = run(&desk, "push", &source, &folder, &[]).expect_code(0);
        assert_eq!(names(&desk, &source), ["a", "b", "c"]);
    }
}

#[test]
fn a_link_that_leaves_the_folder_is_followed_by_nothing() {
    let (desk, source, folder) = pulled(&[("a", "1\n")]);
    let outside = desk.home.path().join("outside");
    write(&outside, "secret.md", "secret\n");
    write(&outside, "patterns", "*.md\n");
    std::os::unix::fs::symlink(&outside, folder.join("out")).expect("a link");
    std::os::unix::fs::symlink(outside.join("secret.md"), folder.join("b.md")).expect("a link");
    std::os::unix::fs::symlink(outside.join("patterns"), folder.join(".gitignore")).expect("a link");
    write(&folder, "c.md", "3\n");
    let went = run(&desk, "push", &source, &folder, &["--prune"]).expect_code(0);
    assert!(went.errors().contains("b.md, out: no row: a link"), "{went}");
    assert_eq!(names(&desk, &source), ["a", "c"]);
    // Nor is what the program keeps for itself.
    fs::remove_dir_all(folder.join(".patchcord")).expect("removed");
    std::os::unix::fs::symlink(&outside, folder.join(".patchcord")).expect("a link");
    for verb in ["push", "pull"] {
        let refused = run(&desk, verb, &source, &folder, &[]).expect_code(11);
        assert!(refused.errors().contains(".patchcord is a link"), "{refused}");
    }
    let there: Vec<_> = fs::read_dir(&outside).expect("a folder").flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(there.len(), 2, "{there:?}");
}

#[test]
fn what_another_push_made_at_the_same_moment_stays_once() {
    let (desk, source, folder) = pulled(&[("a", "1\n")]);
    write(&folder, "b.md", "2\n");
    write(&folder, "b%+2.md", "2\n");
    write(&folder, "c.md", "3\n");
    // Whoever pushes the same sends the same call, and it is answered before this one's.
    desk.server.bend(|request, answer| {
        if request.method == "POST" && request.body.windows(8).any(|w| w == b"\"content") {
            let _ = answer();
        }
        answer()
    });
    let went = run(&desk, "push", &source, &folder, &["--json"]).expect_code(0).json();
    desk.server.unbend();
    assert_eq!(went["created"], json!(3));
    // Two files of one name and text are two rows.
    assert_eq!(names(&desk, &source), ["a", "b", "b", "c"]);
    let again = run(&desk, "push", &source, &folder, &["--prune", "--json"]).expect_code(0).json();
    assert_eq!((&again["unchanged"], &again["changes"], &again["kept"]), (&json!(4), &json!([]), &json!([])));
    assert!(run(&desk, "diff", &source, &folder, &[]).expect_code(0).stdout.is_empty());
}
