//! A channel made by flags: into a first config file, and into one that is there; and what a check warns of.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::support::chat_thing::{CHANNEL, ChatThing, SECRET};
use crate::support::command::{Call, Output};
use crate::support::home::Home;

/// The flags of a channel on that server, its secret in `$BOT_KEY`.
fn flags<'a>(command: &'a str, base: &'a str, name: &'a str) -> Vec<&'a str> {
    vec![
        "config",
        command,
        "--yes",
        "--platform",
        "chat-thing",
        "--name",
        name,
        "--set",
        "channel_id=6b0f6c2e",
        "--set",
        "secret_key=env:BOT_KEY",
        "--set",
        base,
    ]
}

#[track_caller]
fn run(home: &Home, args: &[&str]) -> Output {
    Call::new(home, args).env("BOT_KEY", SECRET).run()
}

#[test]
fn flags_make_a_first_file_that_works() {
    let (home, server) = (Home::new(), ChatThing::start());
    let base = format!("base_url={}", server.origin.url());
    let output = run(&home, &flags("init", &base, "docs")).expect_code(0);
    assert!(output.errors().contains("250 conversations"), "{output}");
    let text = fs::read_to_string(home.config_file()).expect("the file");
    assert!(text.contains(&format!("channel_id = \"{CHANNEL}\"")) && !text.contains(SECRET), "{text}");
    let mode = fs::metadata(home.config_file()).expect("it").permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
    assert!(run(&home, &["chat", "hi"]).expect_code(0).text().starts_with("You said: hi"));
    // It is never written over; what to use instead is said.
    let again = run(&home, &flags("init", &base, "docs")).expect_code(1);
    assert!(again.errors().contains("config add-channel"), "{again}");
    assert_eq!(fs::read_to_string(home.config_file()).expect("the file"), text);
}

#[test]
fn a_channel_is_added_and_all_else_stays() {
    let (home, server) = (Home::new(), ChatThing::start());
    let mine = format!(
        "# mine, and so is this order\n\n{}\n# above the listener\n[listener]\nbind = \"127.0.0.1:0\"\n",
        server.config()
    );
    home.configure(&mine);
    let base = format!("base_url={}", server.origin.url());
    let mut args = vec!["--json"];
    args.extend(flags("add-channel", &base, "second"));
    let output = run(&home, &args).expect_code(0);
    let told = output.json();
    assert_eq!((told["ok"].as_bool(), told["default_channel"].as_str()), (Some(true), Some("docs")), "{told}");
    assert_eq!(
        (told["tried"]["state"].as_str(), told["missing"].as_array().map(Vec::len)),
        (Some("ok"), Some(0)),
        "{told}"
    );
    let after = fs::read_to_string(home.config_file()).expect("the file");
    let mut kept = after.lines();
    assert!(mine.lines().all(|line| kept.any(|there| there == line)), "{after}");
    // Without -c it is still the same bot that is meant; the new one works by its name.
    assert!(run(&home, &["chat", "hi"]).expect_code(0).text().starts_with("You said: hi"));
    assert!(run(&home, &["-c", "second", "chat", "hi"]).expect_code(0).text().starts_with("You said: hi"));
    for (wrong, names) in [
        (flags("add-channel", &base, "second"), "already"),
        (vec!["config", "add-channel", "--yes"], "--platform"),
        (vec!["config", "add-channel", "--platform", "chat-thin"], "did you mean \"chat-thing\"?"),
        (
            vec!["config", "add-channel", "--platform", "eko", "--set", "base_ur=https://h"],
            "did you mean \"base_url\"?",
        ),
        (vec!["config", "add-channel", "--platform", "eko", "--set", "client_secret=hunter2"], "no place"),
        (vec!["config", "add-channel", "--platform", "eko", "--set", "base_url=h.example"], "https://"),
        (vec!["config", "add-channel", "--platform", "eko", "--name", "a b"], "--name"),
    ] {
        let refused = run(&home, &wrong).expect_code(2);
        assert!(refused.errors().contains(names) && !refused.errors().contains("hunter2"), "{names}: {refused}");
    }
    assert_eq!(fs::read_to_string(home.config_file()).expect("the file"), after);
}

#[test]
fn what_is_not_given_is_there_to_be_filled_in_and_a_check_warns_of_it() {
    let home = Home::new();
    let output = run(&home, &["config", "init", "--yes", "--platform", "klaunch"]).expect_code(0);
    assert!(output.errors().contains("fill in send_url and channel_id and token"), "{output}");
    let check = run(&home, &["--json", "config", "check"]).expect_code(0);
    let warnings = check.json()["warnings"].clone();
    let keys: Vec<&str> = warnings.as_array().expect("a list").iter().filter_map(|w| w["key"].as_str()).collect();
    assert_eq!(keys, ["send_url", "channel_id"]);
    let plain = run(&home, &["config", "check"]).expect_code(0);
    let place = format!("{}:{}:", home.config_file().display(), warnings[0]["line"]);
    assert!(plain.errors().contains(&place), "no {place}\n{plain}");
}

#[test]
fn a_platform_that_is_not_reached_is_told_and_the_file_is_written() {
    let home = Home::new();
    let output = run(&home, &flags("init", "base_url=http://127.0.0.1:9", "docs")).expect_code(0);
    assert!(output.errors().contains("127.0.0.1") && output.errors().contains("patchcord doctor"), "{output}");
    let text = fs::read_to_string(home.config_file()).expect("the file");
    assert!(text.contains("http://127.0.0.1:9") && text.contains("BOT_KEY"), "{text}");
    let mut offline = flags("add-channel", "base_url=http://127.0.0.1:9", "b");
    offline.extend(["--offline", "--json"]);
    assert!(run(&home, &offline).expect_code(0).json()["tried"].is_null());
}

#[test]
fn a_secret_that_can_not_be_had_is_told_whole() {
    let home = Home::new();
    home.configure(
        "[[channels]]\nname = \"lookups\"\nplatform = \"eko\"\nbase_url = \"http://127.0.0.1:9\"\nclient_id = \"c\"\n\
         client_secret = { env = \"FIRST_ONE\" }\nwebhook_key = { env = \"SECOND_ONE\" }\n",
    );
    let output = run(&home, &["chat", "hi"]).expect_code(3);
    for wanted in ["FIRST_ONE is not set", "Nor is there SECOND_ONE", "export FIRST_ONE="] {
        assert!(output.errors().contains(wanted), "no {wanted}\n{output}");
    }
    let script = "printf 'gpg: \\\\033[31mno key for bot\\\\n' >&2; echo hunter2; echo hunter2 >&2; exit 4";
    home.configure(&format!(
        "[[channels]]\nname = \"docs\"\nplatform = \"chat-thing\"\nchannel_id = \"c\"\n\
         secret_key = {{ command = [\"sh\", \"-c\", \"{script}\"] }}\n"
    ));
    for args in [&["chat", "hi"][..], &["--json", "chat", "hi"]] {
        let output = run(&home, args).expect_code(3);
        let told = output.errors();
        assert!(
            told.contains("status 4") && told.contains("no key for bot") && told.contains("[masked]"),
            "{output}"
        );
        assert!(!told.contains("hunter2") && !told.contains('\u{1b}'), "{output}");
    }
}

#[test]
fn a_keyrings_entry_is_read_by_the_systems_program() {
    let (home, server) = (Home::new(), ChatThing::start());
    home.configure(&server.config().replace(&format!("\"{SECRET}\""), "{ keyring = \"docs bot\" }"));
    let bin = home.path().join("home/bin");
    fs::create_dir(&bin).expect("a folder");
    let put = |script: &str| {
        let file = bin.join("secret-tool");
        fs::write(&file, script).expect("the program");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("its mode");
    };
    let path = format!("{}:/usr/bin:/bin", bin.display());
    let call = || Call::new(&home, &["chat", "hi"]).env("PATH", &path).run();
    put(&format!("#!/bin/sh\n[ \"$*\" = 'lookup service patchcord account docs bot' ] && printf %s {SECRET}\n"));
    assert!(call().expect_code(0).text().starts_with("You said: hi"));
    put("#!/bin/sh\necho 'Cannot get secret of a locked object' >&2\nexit 1\n");
    let locked = call().expect_code(3);
    for wanted in ["locked object", "secret-tool store --label='docs bot' service patchcord account 'docs bot'"] {
        assert!(locked.errors().contains(wanted), "no {wanted}\n{locked}");
    }
    put("");
    fs::remove_file(bin.join("secret-tool")).expect("the program");
    let none = Call::new(&home, &["chat", "hi"]).env("PATH", "/nowhere").run().expect_code(3);
    assert!(none.errors().contains("install secret-tool"), "{none}");
}
