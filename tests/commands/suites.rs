//! `test`: suites that are asked of a server of the test's own, and of the sandbox.

use std::fs;
use std::time::Instant;

use serde_json::{Value, json};

use crate::Desk;
use crate::support::chat_thing::{HOSTILE, refusal};
use crate::support::command::{Call, Output, PATIENCE};
use crate::support::home::Home;
use crate::support::origin::{Origin, Script, nobody};

/// A suite's file in the desk's home.
fn suite(desk: &Desk, text: &str) -> String {
    let path = desk.home.path().join("faq.toml");
    fs::write(&path, text).expect("a suite");
    path.to_str().expect("text").to_owned()
}

fn cases(output: &Output) -> Vec<Value> {
    output.text().lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

const TWO: &str = "[[cases]]\nname = \"good\"\nsay = \"How many?\"\nexpect.contains = \"eight\"\n\
    [[cases]]\nname = \"bad\"\nsay = \"How many?\"\nexpect.one_of = \"There are nine planets.\"\n";

#[test]
fn what_does_not_hold_is_told_with_the_words_that_differ_and_exits_12() {
    let desk = Desk::new();
    desk.server.reply("There are eight planets.");
    let file = suite(&desk, TWO);
    let output = desk.run(&["test", &file]).expect_code(12);
    for wanted in [
        "ok      faq/good\n",
        "FAILED  faq/bad\n",
        "expected  one_of: \"There are nine planets.\"\n",
        "[-nine-]{+eight+} planets.",
        "see       patchcord conversations show ",
        "1 passed, 1 failed; 2 messages",
    ] {
        assert!(output.text().contains(wanted), "{wanted}\n{output}");
    }
    assert!(output.errors().contains("error: 1 of 2 cases failed"), "{output}");
    assert_eq!(desk.server.count("message"), 2);

    // The conversation can be opened.
    let told = cases(&desk.run(&["--json", "test", &file]).expect_code(12));
    assert_eq!(told.last().expect("a last")["failed"], 1);
    let id = told[0]["attempts"][0]["conversation_id"].as_str().expect("an id").to_owned();
    let shown = desk.run(&["--json", "conversations", "show", &id]).expect_code(0).json();
    assert!(shown["messages"].as_array().expect("a list").iter().any(|m| m["text"] == "How many?"), "{shown}");
    desk.expect_well_formed();
}

#[test]
fn nothing_is_sent_where_a_suite_is_wrong_or_costs_too_much() {
    let desk = Desk::new();
    let file = suite(&desk, TWO);
    let listed = desk.run(&["--json", "test", &file, "--dry-run"]).expect_code(0).json();
    assert_eq!((&listed["messages"], listed["planned"].as_array().map(Vec::len)), (&json!(2), Some(2)));
    let _ = desk.run(&["test", &file, "--max-messages", "1"]).expect_code(11);
    let _ = desk.run(&["test", &file, "--only", "nothing"]).expect_code(11);
    let _ = desk.run(&["test", &file, "--read-only"]).expect_code(11);
    let _ = desk.run(&["test"]).expect_code(2);
    let wrong = suite(&desk, "chanel = \"x\"\n[[cases]]\nname = \"a\"\nsay = 3\n");
    let output = desk.run(&["test", &wrong]).expect_code(3);
    assert!(output.errors().contains("faq.toml:1:1: chanel: unknown key; did you mean \"channel\"?\n"), "{output}");
    assert!(output.errors().contains("faq.toml:4:7: cases.say: expected what is said, found an integer"), "{output}");
    assert_eq!(desk.server.count("message"), 0);
}

#[test]
fn what_a_bot_says_reaches_no_terminal_and_no_xml_raw() {
    let desk = Desk::new();
    desk.server.reply(HOSTILE);
    let file = suite(&desk, TWO);
    let junit = desk.home.path().join("report.xml");
    let output = desk.run(&["test", &file, "--junit", junit.to_str().expect("text")]).expect_code(12);
    let xml = fs::read_to_string(&junit).expect("the report");
    for text in [output.text(), output.errors(), &xml] {
        let raw = |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{202e}' | '\u{2066}' | '\u{200b}');
        assert!(!text.contains(raw), "{text:?}");
    }
    assert!(xml.contains("tests=\"2\" failures=\"2\" errors=\"0\""), "{xml}");
}

#[test]
fn a_busy_platform_is_waited_for_and_one_that_refuses_ends_the_run() {
    let desk = Desk::new();
    desk.server.reply("eight");
    let file = suite(&desk, TWO);
    desk.server.next("message", refusal(429));
    let output = desk.run(&["test", &file, "--only", "good"]).expect_code(0);
    assert!(output.text().contains("1 passed; 1 message,"), "{output}");
    desk.server.next("message", refusal(403));
    let told = desk.run(&["--json", "test", &file, "--jobs", "1"]).expect_code(4);
    let totals = cases(&told).pop().expect("a last");
    assert_eq!((&totals["errors"], &totals["skipped"]), (&json!(1), &json!(1)), "{told}");
}

#[test]
fn a_run_that_was_killed_is_gone_on_with_and_nothing_is_asked_twice() {
    let desk = Desk::new();
    desk.server.reply("eight");
    let case = |n| format!("[[cases]]\nname = \"case {n}\"\nsay = \"say {n}\"\nexpect.contains = \"eight\"\n");
    let text: String = (0..40).map(case).collect::<Vec<_>>().concat();
    let file = suite(&desk, &text);
    let mut running = desk.call(&["--json", "test", &file, "--jobs", "1"]).start();
    let before = running.wait_output("some cases", |text| text.matches('\n').count() >= 3);
    running.signal("KILL");
    let _ = running.wait();
    let done: Vec<String> = before
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .map(|case| case["case"].as_str().expect("a name").to_owned())
        .collect();
    let sent = desk.server.count("message");
    let told = cases(&desk.run(&["--json", "test", &file, "--resume"]).expect_code(0));
    assert_eq!(told.last().expect("a last")["passed"], 40);
    // What was told as done is not asked again; what was under way may be.
    assert!(desk.server.count("message") <= 41, "{sent} and then {}", desk.server.count("message"));
    assert!(done.len() >= 3);
    let again = cases(&desk.run(&["--json", "test", &file, "--resume"]).expect_code(0));
    let totals = again.last().expect("a last");
    assert_eq!((&totals["passed"], &totals["messages"]), (&json!(40), &json!(0)));
    assert!(desk.server.count("message") <= 41);
}

#[test]
fn an_interrupted_run_keeps_what_is_done() {
    let desk = Desk::new();
    desk.server.reply("eight");
    let case = |n| format!("[[cases]]\nname = \"case {n}\"\nsay = \"say {n}\"\n");
    let text: String = (0..200).map(case).collect::<Vec<_>>().concat();
    let file = suite(&desk, &text);
    let began = Instant::now();
    let mut running = desk.call(&["--json", "test", &file, "--jobs", "1"]).start();
    let _ = running.wait_output("a case", |text| text.contains('\n'));
    running.signal("INT");
    let output = running.wait().expect_code(130);
    let totals = cases(&output).pop().expect("a last");
    assert_eq!(totals["event"], "tests", "{output}");
    assert!(totals["skipped"].as_u64() > Some(0) && totals["passed"].as_u64() > Some(0), "{totals}");
    assert!(output.errors().contains("--resume"), "{output}");
    assert!(began.elapsed() < PATIENCE);
}

#[test]
fn the_suite_of_the_sandbox_passes() {
    let home = Home::new();
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/sandbox/suite.toml");
    let output = Call::new(&home, &["--sandbox", "--json", "test", file, "--jobs", "8"]).run().expect_code(0);
    let totals = cases(&output).pop().expect("a last");
    assert_eq!((&totals["cases"], &totals["passed"]), (&json!(6), &json!(6)), "{output}");
}

#[test]
fn the_answers_of_rules_are_tested_without_a_platform() {
    let home = Home::new();
    home.configure(
        "[[channels]]\nname = \"lookups\"\nplatform = \"optech\"\nclient_id = \"c\"\nclient_secret = { env = \"NONE\" }\n\
         [[channels.rules]]\nkey = \"order\"\ntemplate = '{\"status\": \"shipped\", \"order\": {{ inputs.id }}}'\n",
    );
    let file = home.path().join("rules.toml");
    fs::write(
        &file,
        "[[cases]]\nname = \"known\"\nrequest = { key = \"order\", inputs = { id = \"7\" } }\n\
         expect.answer = { order = \"7\" }\n\
         [[cases]]\nname = \"other\"\nrequest = { key = \"price\" }\nexpect.answer = { eur = 3 }\n",
    )
    .expect("a suite");
    let output = Call::new(&home, &["test", file.to_str().expect("text")]).run().expect_code(12);
    assert!(output.text().contains("ok      rules/known\n"), "{output}");
    assert!(output.text().contains("no rule answers \"price\""), "{output}");
    assert!(output.text().contains("1 passed, 1 failed; 0 messages"), "{output}");
}

#[test]
fn a_judge_says_why_and_one_that_is_not_there_is_neither_a_pass_nor_a_failure() {
    let desk = Desk::new();
    desk.server.reply("There are eight planets.");
    let said = json!({"holds": false, "reason": "It is \u{1b}[2Jrude."}).to_string();
    let answer = json!({"choices": [{"message": {"role": "assistant", "content": said}}]});
    let model = Origin::start(move |_| Script::json(200, &answer));
    let file = suite(&desk, "[[cases]]\nname = \"a\"\nsay = \"hi\"\nexpect.judge = \"it is polite\"\n");
    let _ = desk.run(&["test", &file]).expect_code(3);
    assert_eq!(desk.server.count("message"), 0, "without a judge nothing is sent");
    let judge = |url: &str| {
        desk.home.configure(&format!("{}[judge]\nbase_url = \"{url}/v1\"\nmodel = \"m\"\n", desk.server.config()));
    };
    judge(&model.url());
    let output = desk.run(&["test", &file]).expect_code(12);
    assert!(output.text().contains("expected  judge: it is polite\n        reason    It is "), "{output}");
    assert!(!output.text().contains('\u{1b}'), "{output}");
    assert_eq!(model.count("/v1/chat/completions"), 1);
    judge(&nobody());
    let told = cases(&desk.run(&["--json", "test", &file]).expect_code(7));
    assert_eq!(told[0]["verdict"], "error");
    assert_eq!(told[0]["attempts"][0]["turns"][0]["reply"], "There are eight planets.", "the reply is kept");
    assert!(told[0]["attempts"][0]["error"]["message"].as_str().expect("why").contains("judge"), "{}", told[0]);
}

#[test]
fn answers_that_changed_are_shown_word_by_word_and_taken_or_refused() {
    let desk = Desk::new();
    desk.server.reply("There are eight planets.");
    let file = suite(
        &desk,
        "[[cases]]\nname = \"planets\"\nsay = \"How many?\"\n[[cases]]\nname = \"moons\"\nsay = \"And moons?\"\n",
    );
    let dir = desk.home.path().join("answers");
    let answers = dir.to_str().expect("text");
    let kept = |name: &str| fs::read_to_string(dir.join("faq").join(name)).expect("a kept answer");
    let first = desk.run(&["test", &file, "--keep", answers]).expect_code(0);
    assert!(!first.text().contains("changed"), "{first}");
    assert_eq!(kept("planets.md"), "# planets\n\n> How many?\n\nThere are eight planets.\n");

    desk.server.reply(&format!("There are nine planets. {HOSTILE}"));
    let second = desk.run(&["test", &file, "--keep", answers]).expect_code(0);
    assert!(second.text().contains("faq/planets: changed\n"), "{second}");
    assert!(second.text().contains("There are [-eight-]{+nine+} planets"), "{second}");
    assert!(second.errors().contains("2 answers changed; look: patchcord test review "), "{second}");
    for text in [second.text(), second.errors()] {
        assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{7}']), "{text:?}");
    }
    assert_eq!(kept("planets.md"), "# planets\n\n> How many?\n\nThere are eight planets.\n");

    let listed = desk.run(&["test", "review", answers]).expect_code(0);
    assert!(listed.text().contains("faq/moons: changed") && listed.errors().contains("2 wait"), "{listed}");
    let _ = desk.run(&["test", "review", answers, "--accept", "planets", "none"]).expect_code(5);
    let taken = desk.run(&["--json", "test", "review", answers, "--accept", "planets"]).expect_code(0).json();
    assert_eq!(taken["accepted"], json!(["faq/planets"]));
    assert_eq!(taken["waiting"][0]["name"], "faq/moons");
    assert!(kept("planets.md").contains("nine") && kept("moons.md").contains("eight"));
    let refused = desk.run(&["--json", "test", "review", answers, "--refuse"]).expect_code(0).json();
    assert_eq!((&refused["refused"], &refused["waiting"]), (&json!(["faq/moons"]), &json!([])));
    assert!(kept("moons.md").contains("eight"));

    let told = cases(&desk.run(&["--json", "test", &file, "--keep", answers, "--accept"]).expect_code(0));
    assert_eq!(told.last().expect("a last")["changed"], json!(["faq/moons"]));
    assert!(kept("moons.md").contains("nine"));
    let _ = desk.run(&["test", "review", "no-such-folder"]).expect_code(5);
    // What can't be kept is said, and what came is told all the same.
    let unkept = desk.run(&["test", &file, "--keep", &file]).expect_code(1);
    assert!(unkept.text().contains("2 passed; 2 messages") && unkept.errors().contains("faq.toml"), "{unkept}");
}
