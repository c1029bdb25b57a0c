//! How every error of a config file reads: many wrong files, each with all that is told of it, in one picture.

use std::fmt::Write as _;
use std::path::Path;

use patchcord::config::{Config, ConfigErrors};
use patchcord::domain::{Respond, SecretRef};
use patchcord::runtime::Platforms;

/// Reads a config file of the program's own platforms.
fn parse(text: &str, path: &Path) -> Result<Config, ConfigErrors> {
    patchcord::config::parse(text, path, &Platforms::default().specs(), patchcord::app::check_keys)
}

/// A good channel's lines, for files that are wrong elsewhere.
const GOOD: &str =
    "name = \"docs\"\nplatform = \"chat-thing\"\nchannel_id = \"6b0f\"\nsecret_key = { env = \"KEY\" }\n";

/// A file with one chat-thing channel that has one more line.
fn with(line: &str) -> String {
    format!("[[channels]]\n{GOOD}{line}\n")
}

/// A file with one good channel, and tables after it.
fn after(tables: &str) -> String {
    format!("[[channels]]\n{GOOD}\n{tables}\n")
}

/// A file with a chat-thing channel whose secret is written so.
fn secret(value: &str) -> String {
    format!("[[channels]]\nname = \"docs\"\nplatform = \"chat-thing\"\nchannel_id = \"6b0f\"\nsecret_key = {value}\n")
}

/// A file with a channel of another platform.
fn other(platform: &str, lines: &str) -> String {
    format!("[[channels]]\nname = \"x\"\nplatform = \"{platform}\"\n{lines}\n")
}

#[expect(clippy::too_many_lines, reason = "a table")]
fn cases() -> Vec<(&'static str, String)> {
    let mut cases: Vec<(&'static str, String)> = vec![
        ("nothing", String::new()),
        ("comments alone", "# nothing yet\n".to_owned()),
        ("channels is a table", "[channels]\nname = \"a\"\n".to_owned()),
        ("channels is a string", "channels = \"a\"\n".to_owned()),
        ("no channel in the array", "channels = []\n".to_owned()),
        ("a channel that is a number", "channels = [3]\n".to_owned()),
        ("an empty channel", "[[channels]]\n".to_owned()),
        ("a channel without a platform", "[[channels]]\nname = \"a\"\n".to_owned()),
        ("a channel with its name and platform alone", other("chat-thing", "")),
        ("a klaunch channel with nothing", other("klaunch", "")),
        ("an operator channel with nothing", other("operator", "")),
        ("an eko channel with nothing", other("eko", "")),
        ("an optech channel with nothing", other("optech", "")),
        ("an unknown key at the top", format!("colour = 1\n{}", with(""))),
        ("a near key at the top", format!("default_chanel = \"docs\"\n{}", with(""))),
        ("an unknown table", after("[listner]\nbind = \"127.0.0.1:1\"")),
        ("an unknown key in a channel", with("timeout = 3")),
        ("a near key in a channel", with("base_ulr = \"https://x.example\"")),
        ("a near key for a key that is missing", other("chat-thing", "chanel_id = \"a\"\nsecret-key = \"b\"")),
        ("another platform's key", with("operator_id = \"op\"")),
        ("an unknown platform", other("slack", "token = \"x\"")),
        ("near platforms", [other("chat_thing", ""), other("ChatThing", ""), other("opetch", "")].concat()),
        ("a platform that is a number", "[[channels]]\nname = \"a\"\nplatform = 2\n".to_owned()),
        ("a name that is empty", with("").replace("\"docs\"", "\"\"")),
        ("a name with a space", with("").replace("\"docs\"", "\"my docs\"")),
        ("a name with a letter that is none", with("").replace("\"docs\"", "\"d\u{f6}cs\"")),
        ("a name with a slash", with("").replace("\"docs\"", "\"../docs\"")),
        ("a name twice", [with(""), with("")].concat()),
        ("a default that names no channel", format!("default_channel = \"dosc\"\n{}", with(""))),
        ("a default far from any channel", format!("default_channel = \"sales\"\n{}", with(""))),
        ("a default that is empty", format!("default_channel = \"\"\n{}", with(""))),
        ("a default that is a number", format!("default_channel = 1\n{}", with(""))),
        ("an id that is a number", with("").replace("\"6b0f\"", "6")),
        ("an id that is empty", with("").replace("\"6b0f\"", "\"\"")),
        ("an id with spaces around it", with("").replace("\"6b0f\"", "\" 6b0f\"")),
        ("an id that steps up", with("").replace("\"6b0f\"", "\"..\"")),
        ("an id with a line's end", with("").replace("\"6b0f\"", "\"6b\\n0f\"")),
        ("an id with an escape sequence", with("").replace("\"6b0f\"", "\"6b\\u001b[31m0f\"")),
        (
            "seconds out of bounds",
            ["0", "601", "-1", "99999999999999999999"]
                .map(|number| other("optech", &format!("answer_within = {number}")))
                .concat(),
        ),
        ("seconds that are no number", other("optech", "answer_within = \"10\"")),
        ("seconds that are not whole", other("optech", "answer_within = 1.5")),
        ("seconds of another platform", with("answer_within = 10")),
        ("a bool in quotes", with("allow_http = \"true\"")),
        ("a bool that is a number", other("eko", "require_signature = 1")),
        (
            "a date, an array, a float",
            [with("base_url = 2024-01-01"), with("base_url = []"), with("base_url = 1.5")].concat(),
        ),
    ];
    let ruled = |lines: &str| {
        let optech = "client_id = \"i\"\nclient_secret = { env = \"S\" }\n";
        other("optech", &format!("{optech}{lines}"))
    };
    cases.extend([
        ("rules on a platform that asks for nothing", with("rules = []")),
        ("rules that are no tables", ruled("rules = \"all\"")),
        ("a rule that is a number", ruled("rules = [1]")),
        ("a rule with nothing", ruled("[[channels.rules]]")),
        ("a rule with a key alone", ruled("[[channels.rules]]\nkey = \"a\"")),
        ("a rule with two ways", ruled("[[channels.rules]]\nkey = \"a\"\ndata = {}\ntemplate = \"{}\"")),
        ("a rule with a near key", ruled("[[channels.rules]]\nkey = \"a\"\ntemplat = \"{}\"")),
        ("a rule with data that JSON has not", ruled("[[channels.rules]]\nkey = \"a\"\ndata = { d = 2024-01-01 }")),
        ("a rule with data that is a string", ruled("[[channels.rules]]\nkey = \"a\"\ndata = \"{}\"")),
        ("a rule with an empty template", ruled("[[channels.rules]]\nkey = \"a\"\ntemplate = \" \"")),
        ("a rule with a broken template", ruled("[[channels.rules]]\nkey = \"a\"\ntemplate = '{{ \"x }}'")),
        ("a rule with a command line", ruled("[[channels.rules]]\nkey = \"a\"\ncommand = \"ls -l\"")),
        ("a rule with a URL elsewhere", ruled("[[channels.rules]]\nkey = \"a\"\nurl = \"https://h.example/x\"")),
        (
            "two rules for a key",
            ruled("[[channels.rules]]\nkey = \"a\"\ndata = {}\n[[channels.rules]]\nkey = \"a\"\ndata = {}"),
        ),
    ]);
    cases.extend([
        ("a secret that is empty", secret("\"\"")),
        ("a secret that is a number", secret("12345678")),
        ("a secret of no form", secret("{}")),
        ("a secret of two forms", secret("{ env = \"A\", file = \"b\" }")),
        ("a secret of a near form", secret("{ enw = \"A\" }")),
        ("a secret of an unknown form", secret("{ vault = \"A\" }")),
        ("a variable that is empty", secret("{ env = \"\" }")),
        ("a variable with its dollar", secret("{ env = \"$KEY\" }")),
        ("a variable with a value", secret("{ env = \"KEY=x\" }")),
        ("a variable that is a number", secret("{ env = 1 }")),
        ("a file from home", secret("{ file = \"~/key\" }")),
        ("a file that is an array", secret("{ file = [\"a\"] }")),
        ("a command in one string", secret("{ command = \"pass show x\" }")),
        ("a command of nothing", secret("{ command = [] }")),
        ("a command without a program", secret("{ command = [\"\", \"x\"] }")),
        ("a command with a number", secret("{ command = [\"pass\", 3] }")),
        ("a keyring entry that is empty", secret("{ keyring = \"\" }")),
        (
            "an optional secret that is wrong",
            other("klaunch", "send_url = \"https://k.example\"\nchannel_id = \"a\"\ntoken = \"t\"\nwebhook_key = 1"),
        ),
    ]);
    cases.extend([
        ("a url that is none", with("base_url = \"chatthing.ai\"")),
        ("a url that is empty", with("base_url = \"\"")),
        ("a url that is a number", with("base_url = 1")),
        ("plain http", with("base_url = \"http://chatthing.ai\"")),
        ("plain http that only looks local", with("base_url = \"http://127.0.0.1.evil.tld\"")),
        ("plain http to a number", with("base_url = \"http://2130706433\"")),
        ("a url with a password", with("base_url = \"https://me:hunter2@chatthing.ai\"")),
        ("a url with a query", with("base_url = \"https://chatthing.ai/?k=v\"")),
        ("a url with a fragment", with("base_url = \"https://chatthing.ai/#top\"")),
        ("a url with a space", with("base_url = \"https://chatthing.ai/ \"")),
        ("a url of another scheme", with("base_url = \"ftp://chatthing.ai\"")),
        ("a url with a port that is none", with("base_url = \"https://chatthing.ai:99999\"")),
        ("a listener that is a string", format!("listener = \"127.0.0.1:1\"\n{}", with(""))),
        ("a bind without a port", after("[listener]\nbind = \"127.0.0.1\"")),
        ("a bind to a name", after("[listener]\nbind = \"localhost:8787\"")),
        ("a bind that is a number", after("[listener]\nbind = 8787")),
        (
            "a near key of the listener",
            after("[listener]\nbnid = \"127.0.0.1:1\"\npublic-url = \"https://h.example\""),
        ),
        ("a public url with a path's query", after("[listener]\npublic_url = \"https://h.example?x\"")),
        ("a store that is another", after("[store]\nurl = \"postgres://me:hunter2@db/x\"")),
        ("a store that is near", after("[store]\nurl = \"sqlite3\"")),
        ("an unknown key of the store", after("[store]\npath = \"/tmp/x\"")),
    ]);
    cases.extend([
        ("a value without quotes", with("").replace("\"docs\"", "docs")),
        ("a string that never ends", with("base_url = \"https://chatthing.ai")),
        ("a key without a value", with("base_url =")),
        ("a key alone", with("base_url")),
        ("a key twice", with("channel_id = \"b\"")),
        ("a table twice", after("[store]\nurl = \"sqlite\"\n[store]\nurl = \"sqlite\"")),
        ("a header that never ends", with("").replace("[[channels]]", "[[channels]")),
        ("a secret without quotes is not repeated", secret("sk-hunter2")),
        ("a command that never ends", secret("{ command = [\"pass\" }")),
        ("an unknown escape", with("base_url = \"\\q\"")),
        ("something else altogether", "{\"channels\": [{\"name\": \"docs\"}]}\n".to_owned()),
        ("yaml", "channels:\n  - name: docs\n    platform: chat-thing\n".to_owned()),
        (
            "many at once",
            "default_channel = \"dosc\"\ntimeout = 1\n[[channels]]\nname = \"docs\"\nplatform = \"chat-thng\"\n\
             [[channels]]\nname = \"a b\"\nplatform = \"eko\"\nbase_url = \"http://eko.example\"\nclient_id = 5\n\
             client_secrt = \"x\"\n[listener]\nbind = \"here\"\n[store]\nurl = \"mysql\"\n"
                .to_owned(),
        ),
        (
            "syntax and sense at once",
            "[[channels]]\nname = docs\nplatform = \"chat-thing\"\nchanel_id = \"a\"\nsecret_key \"x\"\nbase_url = 3\n"
                .to_owned(),
        ),
    ]);
    cases
}

#[test]
fn every_error_reads_as_pictured() {
    let cases = cases();
    assert!(cases.len() >= 60, "{}", cases.len());
    let mut picture = String::new();
    for (name, text) in cases {
        let told = match parse(&text, Path::new("c.toml")) {
            Ok(_) => "no error".to_owned(),
            Err(errors) => errors.to_string(),
        };
        assert!(!told.chars().any(|c| c.is_control() && c != '\n'), "{name}: {told:?}");
        assert!(!told.contains("hunter2"), "{name} repeats a secret: {told}");
        let _ = writeln!(picture, "{name}\n{told}\n");
    }
    insta::assert_snapshot!(picture);
}

#[test]
fn what_the_file_says_cannot_act_on_a_terminal() {
    for line in ["\"\\u001b[31mred\" = 1", "\"a\\nb\" = 1", "\"\\u0007\" = 1", "base_url = \u{1b}[2J"] {
        let told = parse(&with(line), Path::new("c\u{1b}.toml")).unwrap_err().to_string();
        assert!(!told.chars().any(char::is_control), "{told:?}");
    }
}

#[test]
fn good_files_have_no_error() {
    let good = [
        with(""),
        with("allow_http = true\nbase_url = \"http://bot.lan:8080/\""),
        with("base_url = \"http://[::1]:9\""),
        format!("\u{feff}default_channel = \"docs\"\n{}", with("")),
        with("").replace('\n', "\r\n"),
        "channels = [{ name = \"a\", platform = \"optech\", client_id = \"i\", client_secret = \"s\" }]".to_owned(),
        after("[listener]\nbind = \"[::1]:0\"\npublic_url = \"https://h.example/\"\n[store]\nurl = \"sqlite\""),
        secret("{ command = [\"pass\", \"\"] }"),
        secret("{ keyring = \"bot\" }"),
        with("").replace("[[channels]]", "[[ channels ]]"),
    ];
    for text in good {
        if let Err(errors) = parse(&text, Path::new("c.toml")) {
            panic!("{errors}\n{text}");
        }
    }
}

#[test]
fn rules_are_read_in_all_their_ways() {
    let text = other("optech", "client_id = \"i\"\nclient_secret = { env = \"S\" }\n")
        + "rules = [{ key = \"a\", data = { n = 1, l = [true, 1.5], t = { s = \"x\" } } }, { key = \"b\", template = \"{}\" },
           { key = \"c\", command = [\"p\", \"\"] }, { key = \"*\", url = \"http://127.0.0.1:1/x?y=1\" }]\n";
    let config = parse(&text, Path::new("c.toml")).unwrap();
    let rules = &config.channels[0].rules;
    let data = serde_json::json!({ "n": 1, "l": [true, 1.5], "t": { "s": "x" } });
    assert_eq!((rules[0].key.as_str(), &rules[0].respond), ("a", &Respond::Fixed(data)));
    assert_eq!(rules[1].respond, Respond::Template("{}".to_owned()));
    assert_eq!(rules[2].respond, Respond::Command(vec!["p".to_owned(), String::new()]));
    assert_eq!(rules[3].respond, Respond::Url("http://127.0.0.1:1/x?y=1".to_owned()));
}

#[test]
fn values_are_kept_in_their_one_form() {
    let text = secret("{ file = \"keys/bot\" }") + "base_url = \"HTTPS://ChatThing.ai/api/\"\n";
    let config = parse(&text, Path::new("/etc/patchcord/c.toml")).unwrap();
    let settings = &config.channels[0].settings;
    assert_eq!(settings.text("base_url"), Some("https://chatthing.ai/api"));
    let Some(SecretRef::File(path)) = settings.secret("secret_key") else { panic!("another form") };
    assert_eq!(path, Path::new("/etc/patchcord/keys/bot"));
    assert_eq!(config.listener.bind.to_string(), "127.0.0.1:8787");
    assert!(config.channel(&config.channels[0].name.clone()).is_some());
}

#[test]
fn an_answer_may_take_ten_minutes_unless_the_channel_says_less() {
    let within = |line: &str| {
        let text = other("optech", &format!("client_id = \"i\"\nclient_secret = {{ env = \"S\" }}\n{line}"));
        let config = parse(&text, Path::new("c.toml")).unwrap_or_else(|errors| panic!("{errors}"));
        let platforms = Platforms::default();
        let spec = platforms.specs().into_iter().find(|spec| spec.takes_rules).expect("a platform with rules");
        spec.seconds(&config.channels[0].settings, "answer_within").expect("a default").as_secs()
    };
    let lines = ["", "answer_within = 1", "answer_within = 0x0a", "answer_within = 600"];
    assert_eq!(lines.map(within), [600, 1, 10, 600]);
}
