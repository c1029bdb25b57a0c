//! The config file changed while `listen` runs: taken in whole, or told and left.

use serde_json::{Value, json};

use crate::support::command::Call;
use crate::support::home::Home;

fn channel(name: &str) -> String {
    format!(
        "[[channels]]\nname = \"{name}\"\nplatform = \"klaunch\"\nsend_url = \"http://127.0.0.1:9/send\"\n\
         channel_id = \"c1\"\ntoken = {{ env = \"TOKEN\" }}\n\n"
    )
}

#[test]
fn channels_are_listened_for_as_the_file_has_them() {
    let home = Home::new();
    let listener = "[listener]\nbind = \"127.0.0.1:0\"\n";
    home.configure(&format!("{}{listener}", channel("one")));
    let mut listen = Call::new(&home, &["--json", "listen"]).env("TOKEN", "t").start();
    let mut read = |count: usize| -> Vec<Value> {
        let text = listen.wait_output(&format!("{count} lines"), |text| text.matches('\n').count() >= count);
        text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{line}: {e}"))).collect()
    };
    let hooks = |event: &Value| -> Vec<String> {
        let hooks = event["hooks"].as_array().expect("hooks").iter();
        hooks.map(|hook| hook["channel"].as_str().expect("a name").to_owned()).collect()
    };
    assert_eq!(hooks(&read(1)[0]), ["one"]);
    home.configure(&format!("{}{}{listener}", channel("one"), channel("two")));
    let events = read(3);
    assert_eq!((&events[1]["event"], &events[1]["added"]), (&json!("config"), &json!(["two"])));
    assert_eq!(events[2]["event"], json!("listening"));
    assert_eq!(hooks(&events[2]), ["one", "two"]);
    home.configure(&format!("{}nmae = 3\n{listener}", channel("one")));
    let refused = read(4).remove(3);
    assert_eq!((&refused["event"], &refused["error"]["kind"]), (&json!("config"), &json!("config")), "{refused}");
    assert!(refused["error"]["message"].as_str().expect("a text").contains("nmae"), "{refused}");
    home.configure(&format!("{}{listener}", channel("two")));
    let events = read(6);
    assert_eq!(events[4]["removed"], json!(["one"]));
    assert_eq!(hooks(&events[5]), ["two"]);
    listen.signal("TERM");
    let _ = listen.wait().expect_code(0);
}
