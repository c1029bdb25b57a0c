//! Every key of the config file, by table. The keys, and which are required, come from what the reader says of a table that has
//! nothing but a key that nobody knows; the words stand here.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::made::{hold, table};
use crate::pages::read;
use crate::program;

/// A key that is near no other.
const UNKNOWN: &str = "zzzzzzzzzzzzzzzz";

/// What a key means, and its default: by table and key. `channel` are the keys of every platform's.
const WORDS: &[(&str, &str, &str)] = &[
    ("top", "default_channel", "the channel that is meant where `-c` names none (default: the only one)"),
    ("top", "replies", "one `[[replies]]` table for each saved reply: the table below"),
    ("top", "read_only", "`true` writes to no channel, as `--read-only` does (default: `false`)"),
    ("top", "channels", "one `[[channels]]` table for each channel"),
    ("top", "listener", "the table below"),
    ("top", "store", "the table below"),
    ("top", "network", "the table below"),
    ("top", "keys", "which keys mean what on the screen: [keys](keys.md#change-the-keys)"),
    ("top", "notify", "the table below"),
    ("top", "screen", "the table below"),
    ("top", "judge", "the table below"),
    ("top", "tests", "the table below"),
    ("channel", "name", "unique; letters, digits, `-` and `_`"),
    ("channel", "platform", "`\"chat-thing\"`, `\"klaunch\"`, `\"operator\"`, `\"eko\"` or `\"optech\"`"),
    ("channel", "allow_http", "whether `http://` may go to another machine than this one (default: `false`)"),
    ("channel", "read_only", "`true` writes nothing to its platform (default: `false`)"),
    ("channel", "timeouts", "how long its calls may take: the table below"),
    (
        "channel",
        "ca_file",
        "certificates (PEM) that are trusted for it beside the system's; from the config file's folder",
    ),
    ("chat-thing", "channel_id", "the API channel's id, from the bot's dashboard"),
    ("chat-thing", "secret_key", "its secret key"),
    ("chat-thing", "base_url", "the service (default: `\"https://chatthing.ai\"`)"),
    ("klaunch", "send_url", "the URL of the dashboard's \"Request Example\""),
    ("klaunch", "channel_id", "the API medium's channel id"),
    ("klaunch", "token", "its token"),
    ("klaunch", "start_keyword", "the first message of a new conversation"),
    ("klaunch", "webhook_key", "the last part of its webhook's path: long, random, letters and digits"),
    ("operator", "operator_id", "the operator's id"),
    ("operator", "api_key", "its API key"),
    (
        "operator",
        "api_version",
        "a date; `\"2025-06-19\"` has transcripts and chats (default: `\"2024-11-11\"`, read only)",
    ),
    ("operator", "base_url", "the service (default: `\"https://api.operator.xyz\"`)"),
    ("operator", "signing_key", "with it a webhook without the right signature is refused"),
    ("eko", "base_url", "your own Eko host"),
    ("eko", "client_id", "the OAuth client's id"),
    ("eko", "client_secret", "the OAuth client's secret, which also verifies its webhooks"),
    ("eko", "require_signature", "whether a webhook that bears no signature is refused (default: `false`)"),
    ("eko", "webhook_key", "as KLaunch's"),
    ("optech", "client_id", "the client's id"),
    ("optech", "client_secret", "the client's secret, which verifies its webhooks and signs the answers"),
    (
        "optech",
        "base_url",
        "the service; an answer goes to a link under this origin alone (default: `\"https://api.optech.ai\"`)",
    ),
    (
        "optech",
        "answer_within",
        "how long OpTech waits, in seconds from 1 to 600 (default: 600); 10 where people chat",
    ),
    ("optech", "rules", "how its data requests are answered without a person: `[[channels.rules]]`, below"),
    ("timeouts", "connect", "until it is connected (default: 10)"),
    ("timeouts", "first_word", "until an answer begins (default: 60; 30 for what needs no writing, such as a list)"),
    ("timeouts", "silence", "in the middle of an answer (default: 60)"),
    ("timeouts", "total", "all of it; no other limit may be longer (default: 600)"),
    ("rules", "key", "the data requests' key, or `\"*\"` for all that no other rule answers"),
    ("rules", "data", "a table: always the same answer"),
    ("rules", "template", "JSON with places to fill from `inputs`, `key`, `channel`, `id` and `deadline`"),
    (
        "rules",
        "command",
        "a program and its arguments; the request on its standard input, a JSON object on its output",
    ),
    ("rules", "url", "a URL on this machine that is posted the request and answers with a JSON object"),
    ("listener", "bind", "the address to listen on; port 0 takes any free port (default: `\"127.0.0.1:8787\"`)"),
    ("listener", "public_url", "what platforms call, where a tunnel or a proxy stands before it"),
    ("replies", "name", "what it is called"),
    ("replies", "text", "what it says, with places such as `{name}`; `{{` and `}}` are braces"),
    ("replies", "channels", "the channels that it is for (default: all)"),
    (
        "judge",
        "base_url",
        "an OpenAI-compatible server, which says whether a statement of a [suite](suites.md) holds",
    ),
    ("judge", "model", "the name of a model there"),
    ("judge", "api_key", "its key, where it needs one"),
    ("tests", "suites", "the files of [suites](suites.md) that stand in the Tests view, from this file's folder"),
    ("tests", "answers", "the folder of [kept answers](suites.md#kept-answers), from this file's folder"),
    ("network", "ca_file", "certificates (PEM) that are trusted beside the system's, for every channel"),
    (
        "notify",
        "by",
        "`\"auto\"`, `\"osc9\"`, `\"osc777\"`, `\"osc99\"`, `\"desktop\"`, `\"bell\"` or `\"off\"` (default: `\"auto\"`)",
    ),
    (
        "notify",
        "on",
        "what is told: `\"message\"`, `\"request\"`, `\"expiring\"`, `\"failed\"`, `\"reply\"` (default: all)",
    ),
    ("notify", "when", "`\"away\"`, while the window hasn't the focus, or `\"always\"` (default: `\"away\"`)"),
    (
        "notify",
        "away_after",
        "seconds without a key that count as away, where the terminal doesn't tell of its focus (default: 60)",
    ),
    ("notify", "quiet", "hours of the day in which nothing is told, as in `\"22:00-07:30\"`"),
    (
        "notify",
        "channels",
        "what is told of some channels in place of `on`: `[notify.channels]`, a list under each name",
    ),
    ("notify", "text", "whether it is told what was said (default: `false`)"),
    ("notify", "bell", "whether the bell rings as well, once in a burst (default: `true`)"),
    ("notify", "title", "whether the window's title counts what waits (default: `true`)"),
    (
        "screen",
        "theme",
        "`\"auto\"`, `\"16\"`, `\"dark\"`, `\"light\"`, `\"high-contrast\"`, `\"mono\"`, or one of your own (default: `\"auto\"`)",
    ),
    (
        "screen",
        "mouse",
        "`true`, `false`, or some of `\"wheel\"`, `\"click\"` and `\"select\"` in a list (default: `true`)",
    ),
    ("screen", "ascii", "whether lines and marks are ASCII (default: `false`)"),
    ("screen", "motion", "whether a reply moves as it comes; else it is drawn once a second (default: `true`)"),
    ("screen", "restore", "whether a start comes back to where you were (default: `true`)"),
    ("store", "url", "`\"sqlite\"`, a file in the data directory; this version has no other (default: `\"sqlite\"`)"),
];

/// A channel that is whole, for tables that stand beside or in one.
const WHOLE: &str =
    "[[channels]]\nname = \"a\"\nplatform = \"optech\"\nclient_id = \"c\"\nclient_secret = { env = \"X\" }\n";

/// The keys that a table takes, and of these the ones that it needs.
struct Keys {
    takes: Vec<String>,
    needs: BTreeSet<String>,
}

/// What the reader says of a file with an unknown key.
#[track_caller]
fn keys(file: &str) -> Keys {
    let errors = program::parse(file).expect_err("a key that nobody knows").to_string();
    let unknown = errors.lines().find(|line| line.contains(UNKNOWN)).unwrap_or_else(|| panic!("{errors}"));
    let (_, takes) = unknown.split_once(" takes ").unwrap_or_else(|| panic!("{unknown}"));
    let needs = errors.lines().filter_map(|line| line.split_once(": missing; ")?.0.rsplit(' ').next());
    let bare = |key: &str| key.rsplit('.').next().unwrap_or_default().to_owned();
    Keys { takes: takes.split(", ").map(bare).collect(), needs: needs.map(bare).collect() }
}

fn rows(name: &str, keys: &Keys, used: &mut BTreeSet<(&'static str, &'static str)>) -> Vec<[String; 3]> {
    let of = |key: &String| {
        let found = WORDS.iter().find(|(table, word, _)| *table == name && word == key);
        let (table, word, words) = found.unwrap_or_else(|| panic!("what does `{key}` of {name} mean? See WORDS"));
        used.insert((table, word));
        let needed = if keys.needs.contains(key) { "yes" } else { "" };
        [format!("`{key}`"), needed.to_owned(), (*words).to_owned()]
    };
    keys.takes.iter().map(of).collect()
}

#[test]
fn the_keys_are_those_that_the_reader_takes() {
    let mut used = BTreeSet::new();
    let mut text = String::new();
    let mut part = |heading: &str, name: &str, keys: &Keys| {
        let table = table(["key", "required", "what"], rows(name, keys, &mut used));
        let _ = writeln!(text, "### {heading}\n\n{table}");
    };
    part("At the top", "top", &keys(&format!("{UNKNOWN} = 1\n")));
    let of = |platform: &'static str| {
        let file = format!("[[channels]]\nname = \"a\"\nplatform = \"{platform}\"\n{UNKNOWN} = 1\n");
        (platform, keys(&file))
    };
    let platforms: Vec<(&str, Keys)> = program::platforms().into_iter().map(of).collect();
    // What every platform takes is told once.
    let everywhere = |key: &String| platforms.iter().all(|(_, keys)| keys.takes.contains(key));
    let common = keys("[[channels]]\nplatform = \"eko\"\nzzzzzzzzzzzzzzzz = 1\n");
    let mut needs = common.needs;
    needs.insert("platform".to_owned());
    let takes = platforms[0].1.takes.iter().filter(|key| everywhere(key)).cloned().collect();
    part("`[[channels]]`, every platform", "channel", &Keys { takes, needs });
    for (platform, keys) in &platforms {
        let takes = keys.takes.iter().filter(|key| !everywhere(key)).cloned().collect();
        let own = Keys { takes, needs: keys.needs.clone() };
        part(&format!("`[[channels]]`, `platform = \"{platform}\"`"), platform, &own);
    }
    let inside = [
        ("`timeouts` of a channel, in seconds", "timeouts", format!("{WHOLE}timeouts = {{ {UNKNOWN} = 1 }}\n")),
        ("`[[channels.rules]]`", "rules", format!("{WHOLE}[[channels.rules]]\n{UNKNOWN} = 1\n")),
        ("`[listener]`", "listener", format!("{WHOLE}[listener]\n{UNKNOWN} = 1\n")),
        ("`[[replies]]`", "replies", format!("{WHOLE}[[replies]]\n{UNKNOWN} = 1\n")),
        ("`[judge]`", "judge", format!("{WHOLE}[judge]\n{UNKNOWN} = 1\n")),
        ("`[tests]`", "tests", format!("{WHOLE}[tests]\n{UNKNOWN} = 1\n")),
        ("`[network]`", "network", format!("{WHOLE}[network]\n{UNKNOWN} = 1\n")),
        ("`[notify]`", "notify", format!("{WHOLE}[notify]\n{UNKNOWN} = 1\n")),
        ("`[screen]`", "screen", format!("{WHOLE}[screen]\n{UNKNOWN} = 1\n")),
        ("`[store]`", "store", format!("{WHOLE}[store]\n{UNKNOWN} = 1\n")),
    ];
    for (heading, name, file) in inside {
        part(heading, name, &keys(&file));
    }
    let example = read("config.example.toml");
    for (_, key) in &used {
        let shown = [format!("{key} = "), format!("[{key}]"), format!("[[{key}]]"), format!("[[channels.{key}]]")];
        assert!(shown.iter().any(|shown| example.contains(shown)), "config.example.toml doesn't show `{key}`");
    }
    let unused: Vec<_> = WORDS.iter().filter(|(table, key, _)| !used.contains(&(*table, *key))).collect();
    assert!(unused.is_empty(), "no such key: {unused:?}");
    hold("docs/configuration.md", "config keys", &text);
}
