//! Exit codes, refusals, and what each platform can do.

use patchcord::domain::{Capabilities, Kind, RefusalCode};

use crate::made::{hold, table};
use crate::program;

#[test]
fn the_exit_codes_are_those_of_the_failures() {
    let done = ["0".to_owned(), String::new(), "done".to_owned()];
    let failures = Kind::ALL.map(|kind| {
        let word = format!("`{}`", kind.as_str());
        [kind.exit_code().to_string(), word, kind.meaning().to_owned()]
    });
    let rows = std::iter::once(done).chain(failures);
    hold("docs/scripting.md", "exit codes", &table(["exit code", "`kind`", "meaning"], rows));
}

#[test]
fn the_refusals_are_those_of_the_listener() {
    let rows = RefusalCode::ALL
        .iter()
        .map(|code| [format!("`{}`", code.as_str()), code.about().to_owned(), code.advice().to_owned()]);
    hold("docs/proxies.md", "refusals", &table(["`code`", "what happened", "what to do"], rows));
}

/// A channel of each platform, of Operator one of each version, with all that changes what it can do.
const CHANNELS: &str = r#"
[[channels]]
name = "Chat-Thing"
platform = "chat-thing"
channel_id = "a"
secret_key = { env = "X" }
[[channels]]
name = "KLaunch"
platform = "klaunch"
send_url = "https://klaunch.example.com/send"
channel_id = "a"
token = { env = "X" }
start_keyword = "hello"
[[channels]]
name = "Operator-2024-11-11"
platform = "operator"
operator_id = "a"
api_key = { env = "X" }
[[channels]]
name = "Operator-2025-06-19"
platform = "operator"
operator_id = "a"
api_key = { env = "X" }
api_version = "2025-06-19"
[[channels]]
name = "Eko"
platform = "eko"
base_url = "https://eko.example.com"
client_id = "a"
client_secret = { env = "X" }
[[channels]]
name = "OpTech"
platform = "optech"
client_id = "a"
client_secret = { env = "X" }
"#;

#[test]
fn what_a_platform_can_do_is_what_it_says() {
    let config = program::parse(CHANNELS).expect("a good file");
    let can: Vec<[(&str, bool); 13]> =
        config.channels.iter().map(|channel| abilities(program::capabilities(channel))).collect();
    let head = ["", "Chat Thing", "KLaunch", "Operator `2024-11-11`", "Operator `2025-06-19`", "Eko", "OpTech"];
    let rows = (0..can[0].len()).map(|row| {
        let mut cells = vec![can[0][row].0.to_owned()];
        cells.extend(can.iter().map(|of| if of[row].1 { "yes" } else { "–" }.to_owned()));
        <[String; 7]>::try_from(cells).expect("a column for each channel")
    });
    hold("docs/platforms.md", "capabilities", &table(head, rows));
}

/// Each in words. Every field is named, so that a new one can't be left out.
fn abilities(can: Capabilities) -> [(&'static str, bool); 13] {
    let Capabilities {
        start,
        send,
        stream,
        list,
        history,
        webhook,
        local,
        is_bot,
        requests,
        attach,
        quick_replies,
        people,
        sources,
    } = can;
    [
        ("messages can be sent", send),
        ("a conversation can be begun before its first message", start),
        ("replies stream", stream),
        ("the platform lists its conversations", list),
        ("the platform tells a conversation's messages", history),
        ("what Patchcord saw is the history", local),
        ("posts webhooks to the listener", webhook),
        ("files go out with a message", attach),
        ("answers to choose from", quick_replies),
        ("your program is the bot, and people write first", is_bot),
        ("people can be looked up; groups and topics created", people),
        ("data sources can be read and changed", sources),
        ("data requests can be answered", requests),
    ]
}
