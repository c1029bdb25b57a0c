//! A folder that CI pushes, as the manual's recipe does it: each job on a fresh clone, with a fresh data directory, and with
//! nothing that the job before it knew.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use crate::Desk;
use crate::support::command::{Call, Output};
use crate::support::files::write;
use crate::support::home::{Home, PATCHCORD};
use crate::support::skip;

#[track_caller]
fn git(place: &Path, args: &[&str]) {
    let settings = ["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"];
    let output = Command::new("git")
        .current_dir(place)
        .args(settings)
        .args(args)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .expect("git");
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A repository with a folder `docs`, pulled once and committed; and the platform.
struct Ci {
    desk: Desk,
    source: String,
    repo: PathBuf,
}

impl Ci {
    fn new(rows: &[(&str, &str)]) -> Self {
        let desk = Desk::new();
        let source = desk.server.add_source(rows);
        let repo = desk.home.path().join("repo");
        fs::create_dir(&repo).expect("a folder");
        git(&repo, &["init", "-q", "-b", "main"]);
        let docs = repo.join("docs");
        let _ = desk.run(&["sources", "pull", &source, docs.to_str().expect("text")]).expect_code(0);
        let ci = Self { desk, source, repo };
        ci.commit();
        ci
    }

    #[track_caller]
    fn commit(&self) {
        git(&self.repo, &["add", "-A"]);
        git(&self.repo, &["commit", "-q", "-m", "change"]);
    }

    fn write(&self, path: &str, text: &str) {
        write(&self.repo, &format!("docs/{path}"), text);
    }

    /// A job's home and its clone.
    fn checkout(&self, depth: Option<&str>) -> (Home, PathBuf) {
        let home = Home::new();
        home.configure(&self.desk.server.config());
        let from = format!("file://{}", self.repo.display());
        let mut args = vec!["clone", "-q"];
        args.extend(depth);
        args.extend([from.as_str(), "work"]);
        git(home.path(), &args);
        let work = home.path().join("work");
        (home, work)
    }

    fn push(&self, flags: &[&str]) -> Output {
        let (home, work) = self.checkout(None);
        let docs = work.join("docs");
        let mut args = vec!["--json", "sources", "push", &self.source, docs.to_str().expect("text")];
        args.extend(flags);
        Call::new(&home, &args).run()
    }

    fn held(&self) -> Vec<(String, String)> {
        let mut rows: Vec<_> = self.desk.server.rows(&self.source).into_iter().map(|r| (r.name, r.content)).collect();
        rows.sort();
        rows
    }
}

fn rows(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

#[test]
fn job_after_job_finds_its_own_words_on_the_platform() {
    if skip::program("git").is_none() {
        return;
    }
    let ci = Ci::new(&[("a", "1\n"), ("b", "1\n"), ("theirs", "1\n")]);
    // Each step is a commit that a job pushes; a second job on the same commit has nothing to do.
    let step = |flags: &[&str], held: &[(&str, &str)]| {
        ci.commit();
        let pushed = ci.push(flags).expect_code(0);
        assert_eq!(ci.held(), rows(held), "{pushed}");
        ci.desk.server.reset_counts();
        let again = ci.push(flags).expect_code(0);
        assert_eq!((&again.json()["changes"], ci.desk.server.counts().changes()), (&json!([]), 0), "{again}");
    };
    ci.write("a.md", "2\n");
    ci.write("new.md", "1\n");
    step(&[], &[("a", "2\n"), ("b", "1\n"), ("new", "1\n"), ("theirs", "1\n")]);
    // What the job before put there is edited, and taken back, and deleted.
    ci.write("a.md", "3\n");
    ci.write("new.md", "2\n");
    step(&[], &[("a", "3\n"), ("b", "1\n"), ("new", "2\n"), ("theirs", "1\n")]);
    ci.write("a.md", "1\n");
    step(&[], &[("a", "1\n"), ("b", "1\n"), ("new", "2\n"), ("theirs", "1\n")]);
    ci.write("b.md", "2\n");
    step(&[], &[("a", "1\n"), ("b", "2\n"), ("new", "2\n"), ("theirs", "1\n")]);
    fs::remove_file(ci.repo.join("docs/new.md")).expect("removed");
    fs::remove_file(ci.repo.join("docs/b.md")).expect("removed");
    step(&["--prune"], &[("a", "1\n"), ("theirs", "1\n")]);
    // What somebody else wrote on the platform is a conflict as ever, and nothing is written over it.
    let id = ci.desk.server.rows(&ci.source).into_iter().find(|row| row.name == "a").expect("a row").id;
    ci.desk.server.edit_row(&ci.source, &id, "a", "by hand\n");
    ci.write("a.md", "4\n");
    ci.commit();
    let refused = ci.push(&[]).expect_code(1);
    assert_eq!(refused.json()["conflicts"][0]["path"], "a.md", "{refused}");
    assert_eq!(ci.held(), rows(&[("a", "by hand\n"), ("theirs", "1\n")]));
    let _ = ci.push(&["--overwrite"]).expect_code(0);
    assert_eq!(ci.held()[0].1, "4\n");
}

#[test]
fn without_a_manifest_rows_are_found_by_name_and_content() {
    if skip::program("git").is_none() {
        return;
    }
    let ci = Ci::new(&[("a", "1\n"), ("two.md", "2\n")]);
    fs::remove_file(ci.repo.join("docs/.patchcord.json")).expect("removed");
    fs::rename(ci.repo.join("docs/two.md.md"), ci.repo.join("docs/two.md")).expect("renamed");
    ci.commit();
    ci.desk.server.reset_counts();
    let pushed = ci.push(&[]).expect_code(0);
    assert_eq!((&pushed.json()["unchanged"], ci.desk.server.counts().changes()), (&json!(2), 0), "{pushed}");
    ci.write("a.md", "2\n");
    ci.write("two.md", "3\n");
    ci.commit();
    let _ = ci.push(&[]).expect_code(0);
    assert_eq!(ci.held(), rows(&[("a", "2\n"), ("two.md", "3\n")]));
    // What was put there besides goes where the folder is right about everything.
    let _ = ci.desk.run(&["rows", "add", &ci.source, "besides", "--file", "-"]).expect_code(0);
    let _ = ci.push(&["--prune"]).expect_code(0);
    assert_eq!(ci.held().len(), 3);
    let _ = ci.push(&["--prune", "--overwrite"]).expect_code(0);
    assert_eq!(ci.held(), rows(&[("a", "2\n"), ("two.md", "3\n")]));
}

/// The manual's recipe, as it stands there, by a shell.
#[test]
fn the_recipe_of_the_manual_works_as_it_stands() {
    if skip::program("git").is_none() {
        return;
    }
    let manual = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/folders.md")).expect("the page");
    let (_, section) = manual.split_once("## In CI").expect("its section");
    let (_, recipe) = section.split_once("```sh\n").expect("a recipe");
    let (recipe, _) = recipe.split_once("```").expect("its end");
    let ci = Ci::new(&[("a", "1\n"), ("b", "1\n")]);
    let run = |depth: Option<&str>| {
        let (home, work) = ci.checkout(depth);
        let bin = Path::new(PATCHCORD).parent().expect("a folder").display().to_string();
        let call = Call::program("sh", &home, &["-euc", &format!("cd '{}'\n{recipe}", work.display())]);
        call.env("PATH", &format!("{bin}:/usr/local/bin:/usr/bin:/bin")).env("SOURCE", &ci.source).run()
    };
    ci.write("a.md", "2\n");
    ci.write("c.md", "1\n");
    ci.commit();
    let first = run(None).expect_code(0);
    assert_eq!(ci.held(), rows(&[("a", "2\n"), ("b", "1\n"), ("c", "1\n")]), "{first}");
    ci.write("a.md", "3\n");
    fs::remove_file(ci.repo.join("docs/c.md")).expect("removed");
    ci.commit();
    let second = run(None).expect_code(0);
    assert_eq!(ci.held(), rows(&[("a", "3\n"), ("b", "1\n")]), "{second}");
    let nothing = run(None).expect_code(0);
    assert!(nothing.errors().contains("nothing was changed"), "{nothing}");
    // A clone without its past knows no words of before: it changes nothing of which it isn't sure.
    ci.write("a.md", "4\n");
    ci.commit();
    let shallow = run(Some("--depth=1"));
    assert_eq!((shallow.code, ci.held()[0].1.as_str()), (Some(1), "3\n"), "{shallow}");
}

#[test]
fn a_difference_is_told_by_the_exit_code_where_that_is_wanted() {
    if skip::program("git").is_none() {
        return;
    }
    let ci = Ci::new(&[("a", "1\n")]);
    let docs = ci.repo.join("docs").to_str().expect("text").to_owned();
    let diff = |flags: &[&str]| {
        let mut args = vec!["sources", "diff", &ci.source, &docs];
        args.extend(flags);
        ci.desk.run(&args)
    };
    let _ = diff(&["--exit-code"]).expect_code(0);
    ci.write("a.md", "2\n");
    let _ = diff(&[]).expect_code(0);
    let told = diff(&["--exit-code"]).expect_code(1);
    assert!(told.text().contains("a.md") && told.errors().contains("1 row differs"), "{told}");
}
