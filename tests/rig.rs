//! The rig that the other tests stand on, tried against programs and answers that are known: what watches must be
//! seen to see.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

#[path = "support/support.rs"]
pub mod support;

#[path = "rig/sources.rs"]
mod sources;

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::{Value, json};
use support::chat_thing::{self, ChatThing, SECRET, Split, Style};
use support::command::Call;
use support::escapes::{Unit, modes_left_on, strays, units};
use support::home::Home;
use support::origin::{Gate, Origin, Script};
use support::pty::{Key, Pty};
use support::skip;

fn shell(script: &str) -> Pty {
    let home = Home::new();
    Pty::spawn("/bin/sh", &["-c", script], &home.environment(), (40, 10))
}

#[test]
fn a_program_in_the_terminal_is_typed_to_and_seen() {
    let mut pty = shell("exec cat");
    pty.type_text("hello");
    pty.wait_for("hello");
    pty.key(Key::Enter);
    pty.wait_until("the echo and the line itself", |screen| screen.contents().matches("hello").count() == 2);
    pty.key(Key::Ctrl('d'));
    assert!(pty.wait_exit().success());
    assert!(pty.raw().starts_with(b"hello\r\nhello"));
}

#[test]
fn what_is_skipped_is_said_and_fails_where_it_may_not_be() {
    assert!(skip::may("", "", "tmux") && skip::may("0", "", "tmux"));
    assert!(!skip::may("1", "", "tmux") && !skip::may("1", "tmuxes", "tmux"));
    assert!(skip::may("1", "screen, tmux", "tmux"));
    assert!(skip::find("sh").is_some() && skip::find("no-such-program").is_none());
}

#[test]
fn keys_paste_and_size_reach_the_program() {
    let pty = shell("stty raw -echo; printf ready; exec od -An -c -v -w1");
    pty.wait_for("ready");
    pty.key(Key::Up);
    pty.key(Key::Alt('x'));
    pty.paste("a");
    let want = ["033", "[", "A", "033", "x", "033", "[", "2", "0", "0", "~", "a", "033", "[", "2", "0", "1", "~"];
    pty.wait_raw("the keys", |raw| {
        let text = String::from_utf8_lossy(raw).replace("ready", "");
        text.split_whitespace().collect::<Vec<_>>() == want
    });
    let sized = shell("trap 'stty size' WINCH; echo up; while :; do sleep 0.01; done");
    sized.wait_for("up");
    sized.resize((132, 43));
    sized.wait_for("43 132");
}

#[test]
fn a_terminal_left_otherwise_than_found_is_noticed() {
    let mut left = shell("stty raw -echo; exit 3");
    assert_eq!(left.wait_exit().exit_code(), 3);
    assert_ne!(left.termios_now(), left.termios_before());
    let mut untouched = shell("exit 0");
    untouched.wait_exit();
    assert_eq!(untouched.termios_now(), untouched.termios_before());
}

#[test]
fn the_terminal_answers_its_questions() {
    let pty = shell("stty raw -echo; printf '\\033[6n\\033[c'; exec od -An -c -v -w1");
    pty.wait_raw("both answers", |raw| {
        let text: String = String::from_utf8_lossy(raw).split_whitespace().collect();
        text.contains("033[1;1R") && text.contains("033[?62;22c")
    });
}

#[test]
fn a_kill_is_a_kill() {
    let mut pty = shell("trap '' HUP TERM INT; echo up; while :; do sleep 0.05; done");
    pty.wait_for("up");
    pty.signal("TERM");
    pty.kill9();
    assert!(!pty.wait_exit().success());
}

#[test]
fn a_wait_that_fails_shows_the_screen() {
    let pty = shell("echo something else; exit 0");
    let failed = catch_unwind(AssertUnwindSafe(|| pty.wait_for("what never comes")));
    let message = *failed.expect_err("the wait fails").downcast::<String>().expect("a message");
    assert!(message.contains("|something else") && message.contains("the program ended"), "{message}");
}

#[test]
fn escape_sequences_are_taken_apart() {
    let raw = "a\x1b[1;31mb\x1b]0;t\x07\x1b]8;;x\x1b\\\x1bP1$r\x1b\\\x1b(B\u{9b}c\x1b7".as_bytes();
    let want = vec![
        Unit::Text('a'),
        Unit::Csi("1;31m".to_owned()),
        Unit::Text('b'),
        Unit::Text7("]0;t".to_owned()),
        Unit::Text7("]8;;x".to_owned()),
        Unit::Text7("P1$r".to_owned()),
        Unit::Escape("(B".to_owned()),
        Unit::Control('\u{9b}'),
        Unit::Text('c'),
        Unit::Escape("7".to_owned()),
    ];
    assert_eq!(units(raw), want);
    assert_eq!(units(b"\x1b]0;never"), [Unit::Broken("]0;never".to_owned())]);
}

#[test]
fn strays_are_found_and_our_own_sequences_are_not() {
    let own = "\x1b[?1049h\x1b[?25l\x1b[?2004h\x1b[?1000;1002;1006h\x1b[?2026h\x1b[2J\x1b[1;1H\x1b[38;5;4mtext é日🙂\r\n\
               \x1b[0m\x1b[>1u\x1b[<u\x1b[?2026l\x1b[2 q\x1b[4:3m";
    assert_eq!(strays(own.as_bytes()), Vec::<String>::new());
    let foreign = [
        "\x1b]52;c;aGFjaw==\x07",
        "\x1b]0;t\x1b\\",
        "\x1b[?1h",
        "\x1b[6n",
        "\x1bc",
        "\u{9b}2J",
        "\u{7}",
        "\u{8}",
        "\u{202e}",
        "\u{200b}",
        "\u{e0041}",
        "\x1b[5i",
        "\x1b[K",
        "\x1b[1J",
        "\x1b[4X",
        "\x1b7",
        "\x1b8",
        "\u{7f}",
    ];
    for text in foreign {
        assert_eq!(strays(format!("before{text}after").as_bytes()).len(), 1, "{text:?}");
    }
    assert_eq!((strays(b"a\xffb").len(), strays("a\u{fffd}b".as_bytes()).len()), (1, 0));
    assert!(strays(chat_thing::HOSTILE.as_bytes()).len() >= 8);
}

#[test]
fn modes_that_stay_on_are_named() {
    assert_eq!(modes_left_on(b"\x1b[?1049h\x1b[?25l\x1b[>1u\x1b[<1u\x1b[?25h\x1b[?1049l"), Vec::<String>::new());
    assert_eq!(modes_left_on(b"\x1b[?1049h\x1b[?25l\x1b[>1u"), ["?1049", "?25", "kitty keyboard"]);
    assert_eq!(modes_left_on(b"\x1b[?1000;1006h\x1b[?1000l"), ["?1006"]);
}

#[test]
fn a_command_is_given_input_and_heard() {
    let home = Home::new();
    let script = "cat; echo err >&2; echo $HOME $TERM; exit 7";
    let output = Call::program("/bin/sh", &home, &["-c", script]).stdin("in\n").run().expect_code(7);
    assert_eq!(output.text(), format!("in\n{}\n", home.path().join("home").display()));
    assert_eq!(output.errors(), "err\n");
    let mut running = Call::program("/bin/sh", &home, &["-c", "echo first; echo '# ready'; exec sleep 60"]).start();
    let text = running.wait_output("readiness", |text| text.contains("# ready"));
    assert!(text.starts_with("first"));
    running.signal("TERM");
    assert_eq!(running.wait().code, None);
}

#[test]
fn an_early_end_of_a_command_is_no_hang() {
    let home = Home::new();
    let call = Call::program("/bin/sh", &home, &["-c", "echo half"]).start();
    let mut running = call;
    let failed = catch_unwind(AssertUnwindSafe(|| running.wait_output("more", |text| text.contains("whole"))));
    assert!(failed.expect_err("it fails").downcast::<String>().expect("a message").contains("half"));
}

/// One request on a connection of its own; the answer as far as it came, and how it ended.
fn exchange(origin: &Origin, request: &str) -> (String, Option<ErrorKind>) {
    let address = origin.url().replace("http://", "");
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream.write_all(request.as_bytes()).expect("the request leaves");
    let mut answer = Vec::new();
    let mut buffer = [0; 4_096];
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => return (String::from_utf8_lossy(&answer).into_owned(), None),
            Ok(read) => answer.extend(&buffer[..read]),
            Err(e) => return (String::from_utf8_lossy(&answer).into_owned(), Some(e.kind())),
        }
    }
}

#[test]
fn the_origin_records_closes_and_resets() {
    let origin = Origin::start(|request| match request.path.as_str() {
        "/reset" => Script::default().reset(),
        "/half" => Script::until_close(200, &[]).raw("half").reset(),
        _ => Script::until_close(200, &[("x-a", "b")]).raw("whole").close(),
    });
    let post = |path: &str| format!("POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody");
    let (whole, end) = exchange(&origin, &post("/"));
    assert!(
        whole.starts_with("HTTP/1.1 200") && whole.contains("x-a: b") && whole.ends_with("\r\n\r\nwhole"),
        "{whole}"
    );
    assert_eq!(end, None);
    assert_eq!(exchange(&origin, &post("/reset")), (String::new(), Some(ErrorKind::ConnectionReset)));
    assert_eq!(exchange(&origin, "POST /reset HTTP/1.1\r\n\r\n").1, Some(ErrorKind::ConnectionReset));
    assert_eq!(exchange(&origin, &post("/half")).1, Some(ErrorKind::ConnectionReset));
    let requests = origin.requests();
    assert_eq!((requests.len(), origin.count("/reset"), origin.connections()), (4, 2, 4));
    assert_eq!((requests[0].body.as_slice(), requests[0].header("host")), (b"body".as_slice(), Some("x")));
}

#[test]
fn a_script_waits_for_its_gate_and_a_connection_is_kept() {
    let gate = Gate::new();
    let held = gate.clone();
    let origin = Origin::start(move |request| match request.path.as_str() {
        "/wait" => Script::until_close(200, &[]).raw("first").wait(&held).raw("second").close(),
        _ => Script::answer(200, &[], "kept"),
    });
    let mut stream = TcpStream::connect(origin.url().replace("http://", "")).expect("a connection");
    let mut buffer = [0; 4_096];
    for _ in 0..2 {
        stream.write_all(b"GET / HTTP/1.1\r\n\r\n").expect("the request leaves");
        let read = stream.read(&mut buffer).expect("an answer");
        assert!(buffer[..read].ends_with(b"kept"));
    }
    stream.write_all(b"GET /wait HTTP/1.1\r\n\r\n").expect("the request leaves");
    let mut text = String::new();
    while !text.ends_with("first") {
        let read = stream.read(&mut buffer).expect("the first part");
        text.push_str(&String::from_utf8_lossy(&buffer[..read]));
    }
    origin.wait_until("three requests", |requests| requests.len() == 3);
    gate.open();
    stream.read_to_string(&mut text).expect("the rest");
    assert!(text.ends_with("firstsecond"), "{text}");
    assert_eq!(origin.connections(), 1);
}

fn call(server: &ChatThing, endpoint: &str, secret: &str, body: Option<&Value>) -> (u16, Value) {
    let body = body.map(Value::to_string).unwrap_or_default();
    let request = format!(
        "POST /api/public/channels/{}/1.0/{endpoint} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
         X-API-Secret-Key: {secret}\r\nContent-Length: {}\r\n\r\n{body}",
        chat_thing::CHANNEL,
        body.len()
    );
    let mut stream = TcpStream::connect(server.origin.url().replace("http://", "")).expect("a connection");
    stream.write_all(request.as_bytes()).expect("the request leaves");
    stream.shutdown(std::net::Shutdown::Write).expect("its end");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    (head[9..12].parse().expect("a status"), serde_json::from_str(body).unwrap_or(Value::String(body.to_owned())))
}

#[test]
fn the_documented_server_pages_checks_and_answers() {
    let server = ChatThing::start();
    let (mut seen, mut body) = (Vec::new(), json!({"limit": 100}));
    loop {
        let (status, page) = call(&server, "conversations", SECRET, Some(&body));
        assert_eq!(status, 200);
        let rows = page["conversations"].as_array().expect("rows").clone();
        if rows.is_empty() {
            break;
        }
        body["cursor"] = page["pagination"]["last"].clone();
        seen.extend(rows);
    }
    assert_eq!((seen.len(), seen[7]["id"].as_str()), (250, Some(chat_thing::long().as_str())));
    let default = call(&server, "messages", SECRET, Some(&json!({"conversationId": chat_thing::long()}))).1;
    assert_eq!(
        (default["messages"].as_array().map(Vec::len), &default["pagination"]["total"]),
        (Some(10), &json!(1_234))
    );
    for limit in [json!(0), json!(101), json!("10"), json!(1.5)] {
        assert_eq!(call(&server, "conversations", SECRET, Some(&json!({"limit": limit}))).0, 400);
    }
    assert_eq!(call(&server, "conversation", "wrong", None).0, 403);
    assert_eq!(call(&server, "message", SECRET, Some(&json!({"response": "the page's slip"}))).0, 400);
    assert_eq!(server.complaints().len(), 5);
    let opened = call(&server, "conversation", SECRET, None).1;
    let id = opened["conversationId"].as_str().expect("an id");
    let said = call(&server, "message", SECRET, Some(&json!({"conversationId": id, "message": "hi"}))).1;
    assert!(said["response"].as_str().is_some_and(|r| r.starts_with("You said: hi")));
    assert_eq!(server.kept(id).len(), 3);
    server.next("message", chat_thing::refusal(429));
    assert_eq!(call(&server, "message", SECRET, Some(&json!({"message": "hi"}))).0, 429);
}

#[test]
fn every_style_of_stream_carries_the_same_bytes() {
    let plain = |script: Script| -> String {
        let bytes: Vec<u8> = script
            .0
            .into_iter()
            .skip(1)
            .filter_map(|step| if let support::origin::Step::Bytes(bytes) = step { Some(bytes) } else { None })
            .flatten()
            .collect();
        String::from_utf8(bytes).expect("UTF-8")
    };
    let reply = "one two 日本 🙂 three";
    let whole = plain(chat_thing::stream(reply, Style { split: Split::Whole, chunked: false, ..Style::PLAIN }));
    assert!(whole.ends_with("data: [DONE]\n\n") && whole.matches("data: ").count() == 8, "{whole}");
    for split in [Split::Event, Split::Byte, Split::Random(3), Split::Random(99)] {
        let script = chat_thing::stream(reply, Style { split, chunked: false, ..Style::PLAIN });
        assert!(script.0.len() > 9);
        assert_eq!(plain(script), whole);
    }
    let crlf =
        plain(chat_thing::stream(reply, Style { newline: "\r\n", comments: true, chunked: false, ..Style::PLAIN }));
    assert!(crlf.contains(": keep-alive\r\n\r\n") && crlf.matches("data: ").count() == 8);
}
