//! `conversations copy`: which message, which part of it, and where it goes.

use serde_json::json;

use crate::Desk;
use crate::support::chat_thing::{self, MESSAGES, long_text};
use crate::support::pty::Pty;

#[test]
fn a_message_is_printed_by_its_number_or_its_id() {
    let desk = Desk::new();
    let long = chat_thing::long();
    let copy = |more: &[&str]| {
        let args = [&["conversations", "copy", &long, "--stdout"], more].concat();
        desk.run(&args).expect_code(0).text().to_owned()
    };
    assert_eq!(copy(&[]), format!("{}\n", long_text(MESSAGES - 1)));
    assert_eq!(copy(&["--message", "-1234"]), format!("{}\n", long_text(0)));
    assert_eq!(copy(&["--message", "2"]), format!("{}\n", long_text(1)));
    let id = copy(&["--message", "700", "--as", "id"]);
    let whole = copy(&["--message", id.trim(), "--as", "json"]);
    let whole: serde_json::Value = serde_json::from_str(&whole).expect("JSON");
    assert_eq!((&whole["text"], &whole["id"]), (&json!(long_text(699)), &json!(id.trim())));
    assert!(copy(&["--message", "1", "--as", "quote"]).starts_with("> Message 0 of"));
    desk.expect_well_formed();
}

#[test]
fn what_is_not_there_is_not_found() {
    let desk = Desk::new();
    let id = chat_thing::id(0);
    for more in [&["--message", "4"][..], &["--message", "no such"], &["--code", "1"], &["--link", "1"]] {
        let output = desk.run(&[&["--json", "conversations", "copy", &id, "--stdout"], more].concat()).expect_code(5);
        assert_eq!(output.failure()["kind"], "not_found", "{more:?}");
        assert_eq!(output.text(), "");
    }
    let _ = desk.run(&["conversations", "copy", &id, "--code", "1", "--as", "json"]).expect_code(2);
}

#[test]
fn what_acts_on_a_terminal_is_copied_as_marks() {
    let desk = Desk::new();
    let text = desk.run(&["conversations", "copy", &chat_thing::hostile(), "--stdout"]).expect_code(0);
    assert!(text.text().starts_with("safe") && text.text().ends_with("end\n"));
    assert!(!text.text().trim_end().contains(|c: char| c.is_control() || c == '\u{202e}'), "{:?}", text.text());
}

#[test]
fn the_terminal_is_handed_it_and_nothing_more_is_claimed() {
    use base64::Engine as _;
    let desk = Desk::new();
    let mut pty = Pty::patchcord(&desk.home, &["conversations", "copy", &chat_thing::id(0)], (100, 10));
    assert_eq!(pty.wait_exit().exit_code(), 0);
    let coded = base64::engine::general_purpose::STANDARD.encode("Answer number 0.");
    let raw = String::from_utf8_lossy(&pty.raw()).into_owned();
    assert!(raw.contains(&format!("\x1b]52;c;{coded}\x1b\\")), "{raw:?}");
    assert!(raw.contains("16 bytes sent to the terminal's clipboard by OSC 52; it does not confirm"), "{raw:?}");
}
