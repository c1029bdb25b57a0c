//! A folder of pages in a git repository, with the real git: reverts, older tags, branches, clones and merges. What git
//! takes back is no change of the platform's, and what it merges needs no hand.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use crate::Desk;
use crate::support::command::Output;
use crate::support::files::write;
use crate::support::skip;
use crate::support::wait::wait;

/// A source, and a folder of it that is in git.
struct Repo {
    desk: Desk,
    source: String,
    docs: PathBuf,
}

/// Runs git on nobody's settings; whether it went well, and what it said.
fn try_git(place: &Path, args: &[&str]) -> (bool, String) {
    let settings = ["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"];
    let output = Command::new("git")
        .current_dir(place)
        .args(settings)
        .args(args)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_MERGE_AUTOEDIT", "no")
        .env("LC_ALL", "C")
        .output()
        .expect("git");
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

#[track_caller]
fn git(place: &Path, args: &[&str]) -> String {
    let (well, said) = try_git(place, args);
    assert!(well, "git {args:?}: {said}");
    said
}

#[track_caller]
fn commit(place: &Path, what: &str) {
    git(place, &["add", "-A"]);
    git(place, &["commit", "-q", "-m", what]);
}

impl Repo {
    /// These rows, pulled and committed, with the tag `v1`.
    fn new(rows: &[(&str, &str)]) -> Self {
        let desk = Desk::new();
        let source = desk.server.add_source(rows);
        let docs = desk.home.path().join("docs");
        let repo = Self { desk, source, docs };
        let _ = repo.run("pull", &[]).expect_code(0);
        git(&repo.docs, &["init", "-q", "-b", "main"]);
        commit(&repo.docs, "pulled");
        git(&repo.docs, &["tag", "v1"]);
        repo
    }

    #[track_caller]
    fn run(&self, verb: &str, flags: &[&str]) -> Output {
        self.run_in(&self.docs, verb, flags)
    }

    #[track_caller]
    fn run_in(&self, place: &Path, verb: &str, flags: &[&str]) -> Output {
        let mut args = vec!["sources", verb, &self.source, place.to_str().expect("text")];
        args.extend(flags);
        self.desk.run(&args)
    }

    /// Another clone, as the first is committed.
    fn clone(&self, name: &str, settings: &[&str]) -> PathBuf {
        let place = self.desk.home.path().join(name);
        let from = self.docs.to_str().expect("text");
        git(self.desk.home.path(), &[settings, &["clone", "-q", from, name]].concat());
        place
    }

    fn write(&self, path: &str, text: &str) {
        write(&self.docs, path, text);
    }

    fn read(&self, path: &str) -> Option<String> {
        fs::read_to_string(self.docs.join(path)).ok()
    }

    /// The rows by name, with their texts.
    fn held(&self) -> Vec<(String, String)> {
        let mut rows: Vec<_> = self.desk.server.rows(&self.source).into_iter().map(|r| (r.name, r.content)).collect();
        rows.sort();
        rows
    }

    fn id(&self, name: &str) -> String {
        self.desk.server.rows(&self.source).into_iter().find(|row| row.name == name).expect("a row").id
    }

    #[track_caller]
    fn expect_alike(&self, place: &Path) {
        let difference = self.run_in(place, "diff", &[]).expect_code(0);
        assert!(difference.stdout.is_empty(), "{difference}");
        self.desk.server.reset_counts();
        let again = self.run_in(place, "push", &["--prune"]).expect_code(0);
        assert_eq!(self.desk.server.counts().changes(), 0, "{again}");
    }
}

fn rows(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

fn changes(output: &Output) -> Vec<(String, String)> {
    let word = |change: &Value, key: &str| change[key].as_str().unwrap_or("-").to_owned();
    let list = output.json()["changes"].as_array().expect("a list").clone();
    list.iter().map(|change| (word(change, "path"), word(change, "change"))).collect()
}

#[test]
fn a_reverted_page_is_neither_overwritten_nor_forgotten() {
    if skip::program("git").is_none() {
        return;
    }
    let repo = Repo::new(&[("a", "good\n"), ("b", "2\n")]);
    repo.write("a.md", "bad\n");
    let _ = repo.run("push", &[]).expect_code(0);
    commit(&repo.docs, "bad");
    git(&repo.docs, &["revert", "--no-edit", "HEAD"]);
    let difference = repo.run("diff", &[]).expect_code(0);
    assert!(difference.text().contains("a.md") && difference.text().contains("push --overwrite"), "{difference}");
    assert_eq!(changes(&repo.run("diff", &["--json"])), [("a.md".to_owned(), "older".to_owned())]);
    let came = repo.run("pull", &["--json"]).expect_code(0).json();
    assert_eq!(
        (&came["written"], &came["conflicts"], &came["kept"][0]["path"]),
        (&json!(0), &json!([]), &json!("a.md"))
    );
    assert_eq!(repo.read("a.md").as_deref(), Some("good\n"));
    let sent = repo.run("push", &[]).expect_code(1);
    assert!(sent.errors().contains("older: a.md") && sent.errors().contains("--overwrite"), "{sent}");
    assert_eq!(repo.held(), rows(&[("a", "bad\n"), ("b", "2\n")]));
    let _ = repo.run("push", &["--overwrite"]).expect_code(0);
    assert_eq!(repo.held(), rows(&[("a", "good\n"), ("b", "2\n")]));
    repo.expect_alike(&repo.docs);
    repo.desk.expect_well_formed();
}

#[test]
fn what_somebody_changed_besides_a_revert_is_a_conflict() {
    if skip::program("git").is_none() {
        return;
    }
    let repo = Repo::new(&[("a", "good\n"), ("b", "2\n")]);
    repo.write("a.md", "bad\n");
    let _ = repo.run("push", &[]).expect_code(0);
    commit(&repo.docs, "bad");
    git(&repo.docs, &["revert", "--no-edit", "HEAD"]);
    repo.desk.server.edit_row(&repo.source, &repo.id("a"), "a", "theirs\n");
    assert_eq!(changes(&repo.run("diff", &["--json"])), [("a.md".to_owned(), "conflict".to_owned())]);
    let sent = repo.run("push", &["--json"]).expect_code(1).json();
    assert_eq!((&sent["conflicts"][0]["path"], &sent["older"]), (&json!("a.md"), &json!([])));
    assert_eq!(repo.held()[0].1, "theirs\n");
    let came = repo.run("pull", &["--json"]).expect_code(1).json();
    assert_eq!(came["conflicts"][0]["path"], "a.md");
    assert_eq!(repo.read("a.md").as_deref(), Some("good\n"));
    let _ = repo.run("push", &["--overwrite"]).expect_code(0);
    assert_eq!(repo.held()[0].1, "good\n");
    repo.desk.expect_well_formed();
}

#[test]
fn the_platform_follows_the_folder_to_an_older_tag_and_back() {
    if skip::program("git").is_none() {
        return;
    }
    let before = [("a", "1\n"), ("b", "2\n"), ("c", "3\n"), ("e", "5\n"), ("f", "6\n")];
    let repo = Repo::new(&before);
    repo.write("a.md", "1 changed\n");
    fs::create_dir(repo.docs.join("sub")).expect("a folder");
    fs::rename(repo.docs.join("b.md"), repo.docs.join("sub/b.md")).expect("moved");
    fs::remove_file(repo.docs.join("c.md")).expect("removed");
    repo.write("d.md", "4\n");
    repo.desk.server.put_row(&repo.source, "theirs", "theirs\n");
    let _ = repo.run("push", &["--prune"]).expect_code(0);
    commit(&repo.docs, "much");
    let after =
        [("a", "1 changed\n"), ("d", "4\n"), ("e", "5\n"), ("f", "6\n"), ("sub/b", "2\n"), ("theirs", "theirs\n")];
    assert_eq!(repo.held(), rows(&after));

    git(&repo.docs, &["checkout", "-q", "v1"]);
    let wanted: Vec<(String, String)> =
        [("-", "older"), ("-", "created_there"), ("a.md", "older"), ("b.md", "older"), ("c.md", "older")]
            .iter()
            .map(|(path, change)| ((*path).to_owned(), (*change).to_owned()))
            .collect();
    let mut found = changes(&repo.run("diff", &["--json"]));
    found.sort();
    let mut sorted = wanted;
    sorted.sort();
    assert_eq!(found, sorted);
    // Nothing of it is brought forward, and nothing is changed.
    let came = repo.run("pull", &["--json"]).expect_code(0).json();
    assert_eq!((&came["moved"], &came["removed"], &came["written"]), (&json!(0), &json!(0), &json!(1)), "{came}");
    assert_eq!(git(&repo.docs, &["status", "--porcelain", "--", "a.md", "b.md", "c.md", "d.md", "sub"]), "");
    fs::remove_file(repo.docs.join("theirs.md")).expect("removed");
    git(&repo.docs, &["checkout", "-q", "-f", "v1"]);
    let _ = repo.run("push", &[]).expect_code(1);
    assert_eq!(repo.held(), rows(&after));

    let went = repo.run("push", &["--overwrite", "--json"]).expect_code(0).json();
    assert_eq!((&went["updated"], &went["renamed"]), (&json!(1), &json!(1)), "{went}");
    assert_eq!((&went["created"], &went["deleted"]), (&json!(1), &json!(2)), "{went}");
    assert_eq!(repo.held(), rows(&before));
    repo.expect_alike(&repo.docs);

    git(&repo.docs, &["checkout", "-q", "-f", "main"]);
    let _ = repo.run("push", &["--overwrite"]).expect_code(0);
    assert_eq!(repo.held(), rows(&after[..5]));
    repo.expect_alike(&repo.docs);
    repo.desk.expect_well_formed();
}

#[test]
fn a_page_that_is_gone_on_both_sides_stays_gone_until_one_says_so() {
    if skip::program("git").is_none() {
        return;
    }
    let repo = Repo::new(&[("a", "1\n"), ("b", "2\n"), ("c", "3\n")]);
    repo.desk.server.drop_row(&repo.source, &repo.id("b"));
    fs::remove_file(repo.docs.join("b.md")).expect("removed");
    let _ = repo.run("push", &[]).expect_code(0);
    commit(&repo.docs, "gone");
    git(&repo.docs, &["revert", "--no-edit", "HEAD"]);
    let came = repo.run("pull", &["--json"]).expect_code(0).json();
    assert_eq!((&came["removed"], &came["kept"][0]["path"]), (&json!(0), &json!("b.md")), "{came}");
    let _ = repo.run("push", &["--overwrite"]).expect_code(0);
    assert_eq!(repo.held(), rows(&[("a", "1\n"), ("b", "2\n"), ("c", "3\n")]));
    repo.expect_alike(&repo.docs);
}

#[test]
fn a_reverted_rename_is_shown_with_both_names() {
    if skip::program("git").is_none() {
        return;
    }
    let repo = Repo::new(&[("a", "1\n"), ("b", "2\n")]);
    fs::rename(repo.docs.join("a.md"), repo.docs.join("z.md")).expect("moved");
    let _ = repo.run("push", &[]).expect_code(0);
    commit(&repo.docs, "renamed");
    git(&repo.docs, &["revert", "--no-edit", "HEAD"]);
    let difference = repo.run("diff", &[]).expect_code(0);
    assert!(difference.text().starts_with("a.md (z → a): this folder is at another version"), "{difference}");
    let _ = repo.run("pull", &[]).expect_code(0);
    assert_eq!((repo.read("a.md").as_deref(), repo.read("z.md")), (Some("1\n"), None));
    let _ = repo.run("push", &["--overwrite"]).expect_code(0);
    assert_eq!(repo.held(), rows(&[("a", "1\n"), ("b", "2\n")]));
    repo.expect_alike(&repo.docs);
}

#[test]
fn a_clone_that_never_pushed_makes_the_platform_its_tag() {
    if skip::program("git").is_none() {
        return;
    }
    let before = [("a", "1\n"), ("b", "2\n"), ("c", "3\n")];
    let repo = Repo::new(&before);
    repo.write("a.md", "1 changed\n");
    fs::rename(repo.docs.join("b.md"), repo.docs.join("z.md")).expect("moved");
    repo.write("d.md", "4\n");
    let _ = repo.run("push", &[]).expect_code(0);
    commit(&repo.docs, "much");
    let fresh = repo.clone("fresh", &[]);
    git(&fresh, &["checkout", "-q", "v1"]);
    let difference = repo.run_in(&fresh, "diff", &[]).expect_code(0);
    assert!(difference.text().contains("push --overwrite"), "{difference}");
    // A row that this clone never had goes only where that is asked for.
    let _ = repo.run_in(&fresh, "push", &["--overwrite"]).expect_code(0);
    assert_eq!(repo.held(), rows(&[("a", "1\n"), ("b", "2\n"), ("c", "3\n"), ("d", "4\n")]));
    let _ = repo.run_in(&fresh, "push", &["--overwrite", "--prune"]).expect_code(0);
    assert_eq!(repo.held(), rows(&before));
    repo.expect_alike(&fresh);
}

#[test]
fn a_push_that_was_killed_and_taken_back_is_known() {
    if skip::program("git").is_none() {
        return;
    }
    let repo = Repo::new(&[("a", "good\n"), ("b", "2\n")]);
    repo.write("a.md", "bad\n");
    repo.write("new.md", "new\n");
    repo.desk.server.delay(Duration::from_millis(400));
    let args = ["sources", "push", &repo.source, repo.docs.to_str().expect("text")];
    let running = repo.desk.call(&args).start();
    repo.desk.server.wait_changes(1);
    running.signal("KILL");
    let _ = running.wait();
    repo.desk.server.delay(Duration::ZERO);
    wait("the change", || repo.held().iter().any(|(_, text)| text == "bad\n" || text == "new\n"));
    git(&repo.docs, &["checkout", "-q", "."]);
    fs::remove_file(repo.docs.join("new.md")).expect("removed");
    let before = repo.held();
    let _ = repo.run("pull", &[]).expect_code(0);
    assert_eq!((repo.read("a.md").as_deref(), repo.read("new.md")), (Some("good\n"), None));
    let _ = repo.run("push", &[]).expect_code(1);
    assert_eq!(repo.held(), before);
    let _ = repo.run("push", &["--overwrite"]).expect_code(0);
    assert_eq!(repo.held(), rows(&[("a", "good\n"), ("b", "2\n")]));
    repo.expect_alike(&repo.docs);
}

#[test]
fn two_clones_that_add_and_edit_merge_without_a_hand() {
    if skip::program("git").is_none() {
        return;
    }
    let repo = Repo::new(&[("a", "1\n"), ("m", "2\n"), ("n", "3\n"), ("z", "4\n")]);
    let other = repo.clone("other", &[]);
    // Neighbours of each other, at the ends, and edits side by side.
    repo.write("b.md", "mine\n");
    repo.write("zz.md", "mine\n");
    repo.write("m.md", "2 mine\n");
    let _ = repo.run("push", &[]).expect_code(0);
    commit(&repo.docs, "mine");
    write(&other, "c.md", "theirs\n");
    write(&other, "b2.md", "theirs\n");
    write(&other, "zzz.md", "theirs\n");
    write(&other, "n.md", "3 theirs\n");
    let _ = repo.run_in(&other, "push", &[]).expect_code(0);
    commit(&other, "theirs");
    git(&other, &["pull", "-q", "--no-rebase"]);
    assert_eq!(git(&other, &["status", "--porcelain"]), "");
    assert_eq!(repo.held().len(), 9);
    repo.expect_alike(&other);
    // The first goes forward with it, and its own memory doesn't take that for a change.
    git(&repo.docs, &["pull", "-q", other.to_str().expect("text"), "main"]);
    repo.expect_alike(&repo.docs);
    let manifest = repo.read(".patchcord.json").expect("a manifest");
    for row in ["a", "b", "b2", "c", "m", "n", "z", "zz", "zzz"] {
        let line = format!("\"{row}.md\": {{\"id\":");
        assert_eq!(manifest.lines().filter(|l| l.starts_with(&line)).count(), 1, "{manifest}");
    }
    repo.desk.expect_well_formed();
}

#[test]
fn neighbours_that_two_clones_edit_merge_without_any_attributes() {
    if skip::program("git").is_none() {
        return;
    }
    let repo = Repo::new(&[("a", "1\n"), ("b", "2\n"), ("c", "3\n")]);
    let other = repo.clone("other", &[]);
    repo.write("a.md", "1 mine\n");
    let _ = repo.run("push", &[]).expect_code(0);
    commit(&repo.docs, "mine");
    write(&other, "b.md", "2 theirs\n");
    let _ = repo.run_in(&other, "push", &[]).expect_code(0);
    commit(&other, "theirs");
    fs::remove_file(other.join(".git/info/attributes")).expect("the attributes");
    git(&other, &["pull", "-q", "--no-rebase"]);
    repo.expect_alike(&other);
}

#[test]
fn conflict_marks_are_named_in_pages_and_in_the_manifest() {
    if skip::program("git").is_none() {
        return;
    }
    let repo = Repo::new(&[("a", "1\n"), ("b", "2\n")]);
    let other = repo.clone("other", &[]);
    repo.write("a.md", "1 mine\n");
    let _ = repo.run("push", &[]).expect_code(0);
    commit(&repo.docs, "mine");
    write(&other, "a.md", "1 theirs\n");
    write(&other, "b.md", "2 theirs\n");
    // Somebody who says how manifests are merged is not overruled.
    fs::create_dir_all(other.join(".git/info")).expect("a folder");
    fs::write(other.join(".git/info/attributes"), ".patchcord.json merge=text\n").expect("the attributes");
    let _ = repo.run_in(&other, "push", &["--overwrite"]).expect_code(0);
    commit(&other, "theirs");
    let (merged, said) = try_git(&other, &["pull", "-q", "--no-rebase"]);
    assert!(!merged, "{said}");
    for verb in ["push", "pull", "diff"] {
        let refused = repo.run_in(&other, verb, &[]).expect_code(11);
        assert!(refused.errors().contains("conflict marks") && refused.errors().contains("merge=union"), "{refused}");
    }
    // Both sides' lines, as `union` leaves them; then the page alone is to be resolved.
    let manifest = fs::read_to_string(other.join(".patchcord.json")).expect("a manifest");
    let is_mark = |line: &&str| !["<<<<<<<", "=======", ">>>>>>>"].iter().any(|mark| line.starts_with(mark));
    let both: String = manifest.lines().filter(is_mark).fold(String::new(), |text, line| text + line + "\n");
    fs::write(other.join(".patchcord.json"), both).expect("a manifest");
    let before = repo.held();
    let refused = repo.run_in(&other, "push", &[]).expect_code(11);
    assert!(refused.errors().contains("a.md: git's conflict marks stand in it"), "{refused}");
    assert_eq!(repo.held(), before);
    write(&other, "a.md", "1 both\n");
    let _ = repo.run_in(&other, "push", &[]).expect_code(0);
    assert_eq!(repo.held(), rows(&[("a", "1 both\n"), ("b", "2 theirs\n")]));
    repo.expect_alike(&other);
}

#[test]
fn a_page_that_shows_conflict_marks_may_be_edited() {
    let repo_rows = [("git", "How it looks:\n<<<<<<< HEAD\none\n=======\ntwo\n>>>>>>> other\n")];
    let desk = Desk::new();
    let source = desk.server.add_source(&repo_rows);
    let docs = desk.home.path().join("docs");
    let place = docs.to_str().expect("text");
    let _ = desk.run(&["sources", "pull", &source, place]).expect_code(0);
    let text = fs::read_to_string(docs.join("git.md")).expect("a file");
    fs::write(docs.join("git.md"), text + "more\n").expect("a file");
    let _ = desk.run(&["sources", "push", &source, place]).expect_code(0);
    assert!(desk.server.rows(&source)[0].content.ends_with("more\n"));
}

#[test]
fn nothing_but_rows_and_the_manifest_is_left_for_git() {
    if skip::program("git").is_none() {
        return;
    }
    let repo = Repo::new(&[("a", "1\n")]);
    let tracked = git(&repo.docs, &["ls-files"]);
    assert_eq!(tracked.lines().collect::<Vec<_>>(), [".patchcord.json", "a.md"]);
    fs::write(repo.docs.join(".patchcord.lock"), "").expect("what a program of before left");
    repo.write("b.md", "2\n");
    let _ = repo.run("push", &[]).expect_code(0);
    let status = git(&repo.docs, &["status", "--porcelain"]);
    assert_eq!(status.lines().collect::<Vec<_>>(), [" M .patchcord.json", "?? b.md"]);
}

#[test]
fn a_checkout_with_other_line_ends_is_no_change() {
    if skip::program("git").is_none() {
        return;
    }
    let repo = Repo::new(&[("a", "one\ntwo\nthree\n"), ("b", "2\r\n2\r\n"), ("c", "no end"), ("d", "x\r\ny\n")]);
    let windows = repo.clone("windows", &["-c", "core.autocrlf=true"]);
    git(&windows, &["config", "core.autocrlf", "true"]);
    assert_eq!(fs::read(windows.join("a.md")).expect("a file"), b"one\r\ntwo\r\nthree\r\n");
    repo.expect_alike(&windows);
    let came = repo.run_in(&windows, "pull", &["--json"]).expect_code(0).json();
    assert_eq!((&came["written"], &came["unchanged"], &came["kept"]), (&json!(0), &json!(4), &json!([])), "{came}");
    // An edit brings the edited line, not all of them.
    write(&windows, "a.md", "one\r\nTWO\r\nthree\r\n");
    write(&windows, "new.md", "new\r\n");
    let difference = repo.run_in(&windows, "diff", &[]).expect_code(0);
    assert!(difference.text().contains("-two") && !difference.text().contains("-one"), "{difference}");
    let _ = repo.run_in(&windows, "push", &[]).expect_code(0);
    let held = repo.held();
    assert_eq!(held[0].1, "one\nTWO\nthree\n");
    assert_eq!(held[4].1, "new\n");
    let _ = repo.run_in(&windows, "push", &["--overwrite"]).expect_code(0);
    assert_eq!(repo.held(), held);
    repo.expect_alike(&windows);
}

#[test]
fn a_manifest_that_is_gone_or_from_before_finds_together_again() {
    if skip::program("git").is_none() {
        return;
    }
    let repo = Repo::new(&[("a", "1\n"), ("b", "2\n")]);
    repo.write("a.md", "1 changed\n");
    let _ = repo.run("push", &[]).expect_code(0);
    commit(&repo.docs, "changed");
    // The manifest alone goes back, and the page is edited on top.
    git(&repo.docs, &["checkout", "-q", "v1", "--", ".patchcord.json"]);
    repo.expect_alike(&repo.docs);
    git(&repo.docs, &["checkout", "-q", "v1", "--", ".patchcord.json"]);
    repo.write("a.md", "1 changed again\n");
    let came = repo.run("pull", &["--json"]).expect_code(0).json();
    assert_eq!((&came["conflicts"], &came["kept"][0]["path"]), (&json!([]), &json!("a.md")), "{came}");
    let _ = repo.run("push", &[]).expect_code(0);
    assert_eq!(repo.held()[0].1, "1 changed again\n");
    fs::remove_file(repo.docs.join(".patchcord.json")).expect("removed");
    repo.expect_alike(&repo.docs);
    // Begun anew, everything comes.
    for gone in [".patchcord.json", "a.md", "b.md"] {
        fs::remove_file(repo.docs.join(gone)).expect("removed");
    }
    let came = repo.run("pull", &["--json"]).expect_code(0).json();
    assert_eq!(came["written"], json!(2));
}

#[test]
fn two_clones_that_push_one_new_page_at_once_make_one_row() {
    if skip::program("git").is_none() {
        return;
    }
    let repo = Repo::new(&[("a", "1\n")]);
    let other = repo.clone("other", &[]);
    let pages: Vec<String> = (0..6).map(|n| format!("new {n}")).collect();
    for page in &pages {
        repo.write(&format!("{page}.md"), &format!("{page}\n"));
        write(&other, &format!("{page}.md"), format!("{page}\n"));
    }
    repo.desk.server.delay(Duration::from_millis(60));
    let start =
        |place: &Path| repo.desk.call(&["sources", "push", &repo.source, place.to_str().expect("text")]).start();
    let (one, two) = (start(&repo.docs), start(&other));
    let (one, two) = (one.wait(), two.wait());
    repo.desk.server.delay(Duration::ZERO);
    assert_eq!((one.code, two.code), (Some(0), Some(0)), "{one}\n{two}");
    let held: Vec<String> = repo.held().into_iter().map(|(name, _)| name).collect();
    let wanted: Vec<String> = std::iter::once("a".to_owned()).chain(pages).collect();
    assert_eq!(held, wanted);
    for place in [&repo.docs, &other] {
        let _ = repo.run_in(place, "push", &[]).expect_code(0);
        repo.expect_alike(place);
    }
    assert_eq!(repo.held().len(), 7);
}
