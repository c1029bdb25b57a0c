//! `keys`, and what `config check` says of keys.

use serde_json::Value;

use crate::support::command::Call;
use crate::support::home::Home;

const CHANNEL: &str = "[[channels]]\nname = \"docs\"\nplatform = \"chat-thing\"\nchannel_id = \"c\"\n\
                       secret_key = { env = \"KEY\" }\n";

#[test]
fn keys_are_listed_as_they_are_bound() {
    let home = Home::new();
    let shipped = Call::new(&home, &["keys", "--context", "transcript", "export"]).run();
    assert_eq!(shipped.code, Some(0), "{}", shipped.errors());
    assert_eq!(shipped.text(), "x  transcript.export  export the conversation\n");
    home.configure(&format!("{CHANNEL}[keys.transcript]\nexport = [\"F5\", \"g x\"]\n"));
    let own = Call::new(&home, &["keys", "--context", "transcript", "export"]).run();
    assert_eq!(own.text(), "F5, g x  transcript.export  export the conversation  (yours)\n");
    let json = Call::new(&home, &["--json", "keys", "--context", "transcript", "export"]).run();
    let json: Value = serde_json::from_str(json.text()).expect("JSON");
    assert_eq!(json["preset"], "default");
    assert_eq!(json["keys"][0]["action"], "export");
    assert_eq!(json["keys"][0]["keys"], serde_json::json!(["F5", "g x"]));
    assert_eq!(json["keys"][0]["own"], true);
    let vim = Call::new(&home, &["keys", "--preset", "vim", "--context", "everywhere", "quit", "at", "once"]).run();
    assert!(vim.text().starts_with("Z Z"), "{}", vim.text());
}

#[test]
fn what_is_no_place_or_no_preset_is_refused() {
    let home = Home::new();
    let place = Call::new(&home, &["keys", "--context", "transcipt"]).run();
    assert_eq!(place.code, Some(2));
    assert!(place.errors().contains("did you mean transcript?"), "{}", place.errors());
    let preset = Call::new(&home, &["keys", "--preset", "nano"]).run();
    assert_eq!(preset.code, Some(2));
    assert!(preset.errors().contains("default, vim, emacs"), "{}", preset.errors());
    assert_eq!(Call::new(&home, &["keys", "zzzzzz"]).run().code, Some(5));
}

#[test]
fn keys_that_conflict_are_refused_with_both_places() {
    let home = Home::new();
    let file =
        home.configure(&format!("{CHANNEL}[keys.transcript]\ncopy = \"F5\"\nexport = \"F5\"\nexprt = \"F6\"\n"));
    let check = Call::new(&home, &["config", "check"]).run();
    assert_eq!(check.code, Some(3));
    let file = file.display();
    let conflict =
        format!("{file}:8:10: keys.transcript.export: \"F5\" is bound already: keys.transcript.copy at {file}:7:8");
    assert!(check.errors().contains(&conflict), "{}", check.errors());
    assert!(
        check.errors().contains(&format!("{file}:9:1: keys.transcript.exprt: there is no action")),
        "{}",
        check.errors()
    );
    assert!(check.errors().contains("did you mean \"export\"?"), "{}", check.errors());
}

#[test]
fn what_has_no_key_left_is_told() {
    let home = Home::new();
    home.configure(&format!("{CHANNEL}[keys.transcript]\nexport = \"y\"\n"));
    let check = Call::new(&home, &["config", "check"]).run();
    assert_eq!(check.code, Some(0), "{}", check.errors());
    assert!(check.errors().contains("keys.transcript.copy has no key left"), "{}", check.errors());
}
