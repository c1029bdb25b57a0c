//! `test`: suites that are asked of a server of the test's own, and of the sandbox.

use std::fs;
use std::time::Instant;

use serde_json::{Value, json};

use crate::Desk;
use crate::support::chat_thing::{HOSTILE, refusal};
use crate::support::command::{Call, Output, PATIENCE};
use crate::support::home::Home;

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
    assert!(output.text().contains("1 passed; 1 messages"), "{output}");
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
    assert_eq!(again.last().expect("a last")["passed"], 40);
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
