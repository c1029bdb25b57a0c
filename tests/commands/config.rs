//! The config file: found, made, checked, and refused with all that is wrong with it at once.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::support::chat_thing::ChatThing;
use crate::support::command::{Call, Output};
use crate::support::home::Home;

#[track_caller]
fn refused(home: &Home, args: &[&str], names: &[&str]) -> Output {
    let output = Call::new(home, args).run().expect_code(3);
    for name in names {
        assert!(output.errors().contains(name), "no {name:?}\n{output}");
    }
    output
}

#[test]
fn everything_wrong_is_said_at_once() {
    let home = Home::new();
    let text = "default_chanel = \"docs\"\n\n[[channels]]\nname = \"docs\"\nplatform = \"chat-thing\"\n\
                channel_id = 7\nsecret_kay = { env = \"X\" }\n";
    let file = home.configure(text);
    let path = file.to_string_lossy().into_owned();
    let wanted = ["default_chanel", "default_channel", "channel_id", "secret_kay", "secret_key", &path];
    for args in [&["config", "check"][..], &["chat", "hi"]] {
        let output = refused(&home, args, &wanted);
        // The lines on which the mistakes stand.
        for line in [":1", ":6", ":7"] {
            assert!(output.errors().contains(&format!("config.toml{line}")), "no {line}\n{output}");
        }
    }
    let json = refused(&home, &["--json", "chat", "hi"], &[]);
    assert_eq!(json.failure()["kind"], "config");
}

#[test]
fn a_file_that_is_no_toml_or_not_there_is_refused() {
    let home = Home::new();
    home.configure("[[channels]\nname = \n");
    refused(&home, &["chat", "hi"], &["config.toml:1"]);
    refused(&home, &["--config", "/nowhere/else.toml", "chat", "hi"], &["/nowhere/else.toml"]);
    let output = Call::new(&home, &["chat", "hi"]).env("PATCHCORD_CONFIG", "/nowhere/third.toml").run();
    assert!(output.expect_code(3).errors().contains("/nowhere/third.toml"));
}

#[test]
fn an_unknown_platform_a_wrong_name_and_a_plain_http_host_are_refused() {
    let home = Home::new();
    let server = ChatThing::start();
    let good = server.config();
    for (wrong, names) in [
        (good.replace("chat-thing", "chat-thin"), "chat-thing"),
        (good.replace("\"docs\"", "\"do cs\""), "name"),
        (good.replace(&server.origin.url(), "http://example.com"), "allow_http"),
        (good.replace("channel_id = \"6b0f6c2e\"\n", ""), "channel_id"),
        (format!("{good}\n{good}"), "docs"),
    ] {
        home.configure(&wrong);
        refused(&home, &["chat", "hi"], &[names]);
    }
    assert_eq!(server.origin.requests().len(), 0);
}

#[test]
fn a_plain_secret_that_others_can_read_is_refused() {
    let home = Home::new();
    let server = ChatThing::start();
    let file = home.configure(&server.config());
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).expect("its mode");
    refused(&home, &["chat", "hi"], &["chmod"]);
    let from_environment =
        server.config().replace(&format!("\"{}\"", crate::support::chat_thing::SECRET), "{ env = \"DOCS_SECRET\" }");
    fs::write(&file, from_environment).expect("the config file");
    let output = Call::new(&home, &["chat", "hi"]);
    let output = output.env("DOCS_SECRET", crate::support::chat_thing::SECRET).run().expect_code(0);
    assert!(output.text().starts_with("You said: hi"));
    refused(&home, &["chat", "hi"], &["DOCS_SECRET"]);
    // The check reads the file alone and resolves no secret.
    let _ = Call::new(&home, &["config", "check"]).run().expect_code(0);
}

#[test]
fn a_secret_comes_from_a_file_or_a_command() {
    let home = Home::new();
    let server = ChatThing::start();
    let secret = crate::support::chat_thing::SECRET;
    let kept = home.path().join("home/secret");
    fs::write(&kept, format!("{secret}\n")).expect("the secret's file");
    fs::set_permissions(&kept, fs::Permissions::from_mode(0o600)).expect("its mode");
    let plain = format!("\"{secret}\"");
    for way in
        [format!("{{ file = \"{}\" }}", kept.display()), format!("{{ command = [\"cat\", \"{}\"] }}", kept.display())]
    {
        home.configure(&server.config().replace(&plain, &way));
        let _ = Call::new(&home, &["chat", "hi"]).run().expect_code(0);
    }
    assert_eq!(server.count("message"), 2);
}

#[test]
fn init_makes_a_file_that_checks_out() {
    let home = Home::new();
    let path = Call::new(&home, &["config", "path"]).run().expect_code(0);
    assert_eq!(path.text().trim_end(), home.config_file().to_string_lossy());
    let _ = Call::new(&home, &["config", "init"]).run().expect_code(0);
    let made = fs::read_to_string(home.config_file()).expect("the file that was made");
    let _ = Call::new(&home, &["config", "check"]).run().expect_code(0);
    // What a user wrote is never overwritten.
    fs::write(home.config_file(), format!("{made}\n# mine\n")).expect("the config file");
    let again = Call::new(&home, &["config", "init"]).run();
    assert_ne!(again.code, Some(0), "{again}");
    assert!(fs::read_to_string(home.config_file()).expect("the file").ends_with("# mine\n"));
}

#[test]
fn no_secret_is_written_anywhere() {
    let desk = crate::Desk::new();
    let _ = desk.run(&["chat", "-v", "hi"]).expect_code(0);
    let _ = desk.run(&["-v", "conversations", "list", "--all"]).expect_code(0);
    desk.server.next("message", crate::support::origin::Script::default().reset());
    let _ = desk.run(&["chat", "-v", "hi"]).expect_code(9);
    let secret = crate::support::chat_thing::SECRET.as_bytes();
    let mut files = 0;
    for folder in ["home", "data", "state", "cache", "runtime", "tmp"] {
        for file in walk(&desk.home.path().join(folder)) {
            files += 1;
            let bytes = fs::read(&file).expect("the file is readable");
            assert!(!bytes.windows(secret.len()).any(|w| w == secret), "the secret is in {}", file.display());
        }
    }
    assert!(files > 0, "the store wrote no file");
    let outside = walk(&desk.home.path().join("home")).len() + walk(&desk.home.path().join("tmp")).len();
    assert_eq!(outside, 0, "files outside the data and state directories");
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut out = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() { out.extend(walk(&entry.path())) } else { out.push(entry.path()) }
    }
    out
}
