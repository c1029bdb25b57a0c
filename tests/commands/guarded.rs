//! `sources push --test`: which answers a change changes, what is put back, and how a run is taken up again.

use std::fs;

use serde_json::{Value, json};

use crate::Desk;
use crate::folder::{pulled, run};
use crate::support::chat_thing::{HOSTILE, refusal};
use crate::support::command::Output;
use crate::support::files::write;
use crate::support::stand::Stand;

/// Twenty questions to the sandbox's bot.
const TWENTY: &str = r#"
[[cases]]
name = "planets"
say = "How many planets are there?"
expect.contains = "eight"
[[cases]]
name = "distance to the moon"
say = "What is the distance to the moon?"
expect.contains = "perigee"
[[cases]]
name = "words of a text"
say = "Show me code that counts the words of a text."
expect.contains = "split_whitespace"
[[cases]]
name = "{{name}}"
say = "{{say}}"
values = [
  { name = "a new line", say = "Which key makes a new line?", has = "Ctrl+J" },
  { name = "quit", say = "how can I quit?", has = "Ctrl+C" },
  { name = "connect", say = "How do I connect a Chat Thing channel?", has = "channel_id" },
  { name = "what it is", say = "what is patchcord", has = "terminal" },
  { name = "exit code 9", say = "What does exit code 9 mean?", has = "unknown_delivery" },
  { name = "connection breaks", say = "What happens to a message when the connection breaks?", has = "unknown" },
  { name = "edit", say = "How do I edit what the bot knows?", has = "Alt+2" },
  { name = "teach", say = "How do I teach my bot something new?", has = "sync" },
  { name = "pull", say = "How do I pull a source as a folder?", has = "sources pull" },
  { name = "not_synced", say = "What does not_synced mean?", has = "sync_error" },
  { name = "faults", say = "How do I rehearse a fault with the sandbox?", has = "_sandbox/faults" },
  { name = "secrets", say = "where do you keep my secrets", has = "env" },
  { name = "export", say = "How do I export a conversation as markdown?", has = "--format" },
  { name = "platforms", say = "Which platforms are supported?", has = "Operator" },
  { name = "stop", say = "can I stop a reply while it streams?", has = "Esc" },
  { name = "webhooks", say = "Do webhooks work?", has = "listen" },
  { name = "KLaunch", say = "How do I connect KLaunch?", has = "send_url" },
]
expect.contains = "{{has}}"
"#;

#[test]
fn of_twenty_cases_the_two_that_changed_and_the_one_that_broke_are_named_and_the_row_is_put_back() {
    let stand = Stand::start();
    let call = |args: &[&str]| stand.call(&[&["-c", "sandbox"], args].concat()).run();
    let listed = call(&["--json", "sources", "list"]).expect_code(0).json();
    let source = listed["sources"][0]["id"].as_str().expect("a source").to_owned();
    let (folder, suite) = (stand.home.path().join("docs"), stand.home.path().join("faq.toml"));
    fs::write(&suite, TWENTY).expect("a suite");
    let (docs, suite) = (folder.to_str().expect("text"), suite.to_str().expect("text"));
    let _ = call(&["sources", "pull", &source, docs]).expect_code(0);
    let row = folder.join("Markdown showcase.md");
    let before = fs::read_to_string(&row).expect("the row");
    let edits = [
        ("There are **eight** planets", "There are **nine** planets"),
        ("363,000 km at", "363,300 km at"),
        ("Counts the words of a text.", "Counts the words of any text."),
    ];
    let edited = edits.iter().fold(before.clone(), |text, (old, new)| text.replace(old, new));
    fs::write(&row, &edited).expect("the edit");

    let args = ["sources", "push", &source, docs, "--sync", "--test", suite, "--undo-on-broken"];
    let dry = call(&[&args[..], &["--dry-run"]].concat()).expect_code(0);
    assert_eq!(dry.text(), "updated Markdown showcase.md\n");
    assert!(dry.errors().contains("at most 40 messages; nobody was asked"), "{dry}");

    let told = call(&args).expect_code(12);
    let named: Vec<&str> = told.text().lines().filter(|line| line.contains(" faq/")).collect();
    assert_eq!(named.len(), 3, "{told}");
    assert!(named.contains(&"broken  faq/planets"), "{told}");
    assert!(named.contains(&"changed faq/distance to the moon"), "{told}");
    assert!(named.contains(&"changed faq/words of a text"), "{told}");
    for wanted in [
        "There are **[-eight-]{+nine+}** planets",
        "[-363,000-]{+363,300+} km at",
        "expected  contains: \"eight\"",
        "17 same, 2 changed, 1 broken; 40 messages\n",
    ] {
        assert!(told.text().contains(wanted), "{wanted}\n{told}");
    }
    for wanted in ["before: 20 passed", "pushed: 1 row\n", "synced again\n", "put back: 1 row\n", "which was undone"]
    {
        assert!(told.errors().contains(wanted), "{wanted}\n{told}");
    }
    // The bot knows what it knew, and the file keeps the edit, to be pushed once it is mended.
    let said = call(&["chat", "How many planets are there?"]).expect_code(0);
    assert!(said.text().contains("**eight**"), "{said}");
    assert_eq!(fs::read_to_string(&row).expect("the row"), edited);
    let diff = call(&["--json", "sources", "diff", &source, docs]).expect_code(0).json();
    assert_eq!(diff["changes"][0]["change"], "updated");
    let mended = edited.replace("**nine**", "**eight**");
    fs::write(&row, &mended).expect("the edit");
    let told = call(&args).expect_code(0);
    assert!(told.text().ends_with("18 same, 2 changed; 40 messages\n"), "{told}");
}

/// A desk whose bot says to a row's name what the row says, a pulled folder of it, and a suite.
struct Round {
    desk: Desk,
    source: String,
    folder: std::path::PathBuf,
    suite: String,
}

impl Round {
    /// Rows `a` to `c`, each asked once: `a` and `b` have to say `eight`.
    fn new() -> Self {
        let (desk, source, folder) = pulled(&[("a", "eight\n"), ("b", "eight, too\n"), ("c", "any\n")]);
        desk.server.answer_from_rows();
        desk.server.sync_takes(1, "synced");
        let case = |name: &str| format!("[[cases]]\nname = \"{name}\"\nsay = \"{name}\"\n");
        let eight = "expect.contains = \"eight\"\n";
        let suite = desk.home.path().join("faq.toml");
        fs::write(&suite, [&case("a"), eight, &case("b"), eight, &case("c")].concat()).expect("a suite");
        let suite = suite.to_str().expect("text").to_owned();
        Self { desk, source, folder, suite }
    }

    fn push(&self, more: &[&str]) -> Output {
        run(&self.desk, "push", &self.source, &self.folder, &[&["--test", &self.suite], more].concat())
    }

    fn take_up(&self, more: &[&str]) -> Output {
        run(&self.desk, "push", &self.source, &self.folder, more)
    }

    fn rows(&self) -> Vec<(String, String)> {
        self.desk.server.rows(&self.source).into_iter().map(|row| (row.name, row.content)).collect()
    }

    fn asked(&self) -> usize {
        self.desk.server.count("message")
    }
}

fn last(output: &Output) -> Value {
    output.json_lines().pop().expect("a last line")
}

#[test]
fn what_broke_stays_until_somebody_says_so_and_is_put_back_but_for_what_others_changed() {
    let round = Round::new();
    write(&round.folder, "a.md", "nine\n");
    write(&round.folder, "b.md", "eight, as well\n");
    write(&round.folder, "c.md", format!("{HOSTILE}\n"));
    let told = round.push(&[]).expect_code(12);
    assert!(told.text().contains("1 broken") && told.text().contains("2 changed"), "{told}");
    assert!(told.errors().contains("--resume=undo` puts the rows back"), "{told}");
    let raw = |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{202e}' | '\u{2066}' | '\u{200b}');
    assert!(!told.text().contains(raw) && !told.errors().contains(raw), "{told:?}");
    assert_eq!(round.rows()[0].1, "nine\n");
    // Somebody else meanwhile.
    let id = round.desk.server.rows(&round.source)[1].id.clone();
    round.desk.server.edit_row(&round.source, &id, "b", "theirs\n");
    let told = round.take_up(&["--json", "--resume=undo"]).expect_code(1);
    let document = last(&told);
    assert_eq!((&document["outcome"], &document["phase"]), (&json!("undone"), &json!("done")));
    let returned: Vec<&str> =
        document["rows"].as_array().expect("rows").iter().filter_map(|row| row["returned"].as_str()).collect();
    assert_eq!(returned, ["put_back", "changed_since", "put_back"], "{told}");
    assert!(told.failure()["message"].as_str().expect("words").contains("1 of 3 rows could not be put back"));
    let texts: Vec<String> = round.rows().into_iter().map(|(_, text)| text).collect();
    assert_eq!(texts, ["eight\n", "theirs\n", "any\n"]);
    // The files keep what was edited, and what both changed is a conflict.
    let dry = round.take_up(&["--dry-run", "--json"]).json();
    assert_eq!(dry["updated"], json!(2), "{dry}");
    assert_eq!(dry["conflicts"][0]["path"], json!("b.md"));
    round.desk.expect_well_formed();
}

#[test]
fn rows_that_were_made_deleted_and_renamed_are_put_back_too() {
    let round = Round::new();
    fs::remove_file(round.folder.join("a.md")).expect("removed");
    fs::rename(round.folder.join("b.md"), round.folder.join("moved.md")).expect("moved");
    write(&round.folder, "new.md", "new\n");
    let before = round.rows();
    let told = round.push(&["--json", "--prune", "--undo-on-broken"]).expect_code(12);
    let document = last(&told);
    assert_eq!(document["totals"]["broken"], json!(2), "{told}");
    let phases: Vec<Value> = told.json_lines().iter().map(|line| line["phase"].clone()).collect();
    assert_eq!(
        phases,
        ["before", "applying", "syncing", "after", "undoing", "syncing_again", "done"].map(Value::from)
    );
    let sorted = |mut rows: Vec<(String, String)>| {
        rows.sort();
        rows
    };
    assert_eq!(sorted(round.rows()), sorted(before));
    // The folder knows what it was about to do.
    let again = round.take_up(&["--dry-run", "--prune", "--json"]).expect_code(0).json();
    assert_eq!(
        (&again["created"], &again["renamed"], &again["deleted"]),
        (&json!(1), &json!(1), &json!(1)),
        "{again}"
    );
    round.desk.expect_well_formed();
}

#[test]
fn where_it_can_not_be_told_before_nothing_is_changed_and_only_that_is_asked_again() {
    let round = Round::new();
    write(&round.folder, "c.md", "other\n");
    round.desk.server.next("message", refusal(500));
    let told = round.push(&["--jobs", "1"]);
    assert!(told.code != Some(0) && told.code != Some(12), "{told}");
    assert!(told.errors().contains("could not be told") && told.errors().contains("--resume` goes on"), "{told}");
    assert!(told.errors().contains("Nothing was changed."), "{told}");
    assert_eq!((round.rows()[2].1.as_str(), round.asked()), ("any\n", 3));
    // Another one isn't begun over it.
    let refused = round.push(&[]).expect_code(11);
    assert!(refused.errors().contains("is unfinished: it was asking before the change"), "{refused}");
    let _ = round.push(&["--resume", "--test", "none.toml"]).expect_code(3);
    let other = round.desk.home.path().join("other.toml");
    fs::write(&other, "[[cases]]\nname = \"a\"\nsay = \"a\"\n").expect("a suite");
    let _ = round.push(&["--resume", "--test", other.to_str().expect("text")]).expect_code(11);
    let told = round.take_up(&["--json", "--resume"]).expect_code(0);
    assert_eq!((last(&told)["outcome"].clone(), round.asked()), (json!("pushed"), 3 + 1 + 3));
    assert_eq!(round.rows()[2].1, "other\n");
    let _ = round.take_up(&["--resume"]).expect_code(5);
}

#[test]
fn what_can_not_be_told_after_undoes_nothing() {
    let round = Round::new();
    write(&round.folder, "a.md", "eight!\n");
    // The fourth message is the first after the change.
    let asked = std::sync::atomic::AtomicUsize::new(0);
    round.desk.server.bend(move |request, answer| {
        let nth = if request.path.ends_with("/message") {
            asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst)
        } else {
            0
        };
        if nth == 3 { refusal(500) } else { answer() }
    });
    let told = round.push(&["--json", "--jobs", "1", "--undo-on-broken"]);
    assert!(told.code != Some(0) && told.code != Some(12), "{told}");
    let document = last(&told);
    assert_eq!((&document["phase"], &document["totals"]["untold"]), (&json!("after"), &json!(1)), "{told}");
    assert_eq!((round.rows()[0].1.as_str(), &document["rows"][0]["returned"]), ("eight!\n", &Value::Null));
    round.desk.server.unbend();
    let told = round.take_up(&["--json", "--resume"]).expect_code(0);
    assert_eq!((&last(&told)["totals"]["changed"], &last(&told)["totals"]["same"]), (&json!(1), &json!(2)), "{told}");
    assert_eq!(round.asked(), 3 + 3 + 1);
}

#[test]
fn interrupted_it_says_how_to_go_on_and_can_be_left_as_it_stands() {
    let round = Round::new();
    write(&round.folder, "a.md", "nine\n");
    let folder = round.folder.to_str().expect("text");
    let args = ["--json", "sources", "push", &round.source, folder, "--test", &round.suite];
    let mut running = round.desk.call(&args).start();
    round.desk.server.sync_takes(1_000, "synced");
    let _ = running.wait_output("the sync", |text| text.contains("\"syncing\""));
    running.signal("INT");
    let output = running.wait().expect_code(130);
    assert_eq!(last(&output)["phase"], "syncing", "{output}");
    assert!(output.failure()["hint"].as_str().expect("a hint").contains("--resume` goes on"), "{output}");
    let refused = round.push(&[]).expect_code(11);
    assert!(refused.errors().contains("1 row is pushed, and the sync"), "{refused}");
    let left = round.take_up(&["--resume=leave"]).expect_code(0);
    assert!(left.errors().contains("left as it stands"), "{left}");
    assert_eq!(round.rows()[0].1, "nine\n");
    // It can be put back all the same.
    round.desk.server.sync_takes(1, "synced");
    round.desk.server.begin_sync(&round.source);
    let _ = round.take_up(&["--resume=undo"]).expect_code(0);
    assert_eq!(round.rows()[0].1, "eight\n");
    let _ = round.take_up(&["--resume=undo"]).expect_code(5);
}

#[test]
fn what_is_refused_costs_no_message() {
    let round = Round::new();
    let told = round.push(&[]).expect_code(0);
    assert!(told.errors().contains("nothing to push: nobody was asked"), "{told}");
    write(&round.folder, "a.md", "nine\n");
    let _ = round.push(&["--max-messages", "5"]).expect_code(11);
    let _ = round.push(&["--read-only"]).expect_code(11);
    let _ = round.push(&["--keep-going"]).expect_code(2);
    let _ = round.take_up(&["--undo-on-broken"]).expect_code(2);
    let _ = round.take_up(&["--resume"]).expect_code(5);
    let id = round.desk.server.rows(&round.source)[0].id.clone();
    round.desk.server.edit_row(&round.source, &id, "a", "theirs\n");
    let conflict = round.push(&[]).expect_code(1);
    assert!(conflict.errors().contains("Nobody was asked"), "{conflict}");
    assert_eq!((round.asked(), round.desk.server.counts().changes()), (0, 0));
}
