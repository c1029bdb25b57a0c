//! `listen`: what it prints of each platform's webhooks, what it answers, and how it ends.

use std::thread;

use serde_json::{Value, json};

use crate::support::command::{Call, Running};
use crate::support::home::Home;
use crate::support::hooks::{Poster, is_open, klaunch, now_ms, optech_signature, post};
use crate::support::stand::Stand;
use crate::support::wait::wait;

/// Waits for so many events, the first of them `listening`.
#[track_caller]
fn events(listen: &mut Running, count: usize) -> Vec<Value> {
    let text = listen.wait_output(&format!("{count} events"), |text| text.matches('\n').count() >= count);
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{line}: {e}"))).collect()
}

/// The names of an object's fields.
fn names(value: &Value) -> Vec<&str> {
    value.as_object().expect("an object").keys().map(String::as_str).collect()
}

/// Ends a program in order.
#[track_caller]
fn end(running: Running) -> String {
    running.signal("TERM");
    let output = running.wait().expect_code(0);
    assert_eq!(output.errors(), "");
    output.text().to_owned()
}

#[test]
fn each_platforms_webhook_is_an_event_of_the_contracts_shape() {
    let stand = Stand::start();
    let mut listen = stand.listen();
    let at = 1_700_000_000_123_u64;
    let said = json!({
        "userID": 77, "message": "It left.", "timestamp": at, "quickReplies": ["Where?", "Thanks"],
        "attachments": [{"url": "https://cdn.example/a.png", "offset": 3}], "adminID": 12,
    });
    assert_eq!(stand.deliver("klaunch", "flow", &said)["status"], 200);
    let wrote = json!({
        "type": "message", "replyToken": "t", "timestamp": at,
        "source": {"type": "direct_chat", "userId": "5c1", "username": "ann"},
        "message": {"id": "m1", "type": "text", "text": "Hello bot"},
    });
    assert_eq!(stand.deliver("eko", "frontline", &wrote)["status"], 200);
    let unsigned = json!({"platform": "eko", "url": stand.hook("frontline"), "signature": "none", "event": {
        "type": "message", "timestamp": at, "source": {"type": "direct_chat", "userId": "5c1"},
        "message": {"id": "m2", "type": "text", "text": "unsigned"},
    }});
    assert_eq!(stand.order(&unsigned)["status"], 200);
    let ended = json!({"id": "ev_1", "conversation_id": "conv_9", "created_at": "2025-06-19T09:00:00Z",
        "payload": {"type": "conversation.ended", "status": "completed"}});
    assert_eq!(stand.deliver("operator", "agents", &ended)["status"], 200);
    let asked = json!({"key": "order_status", "inputs": {"order": "A-1"}});
    assert_eq!(stand.deliver("optech", "lookups", &asked)["status"], 202);
    assert_eq!(stand.deliver("optech", "lookups", &json!({"key": "validation"}))["body"], "OK");
    let forged = json!({"platform": "optech", "url": stand.hook("lookups"), "signature": "wrong",
        "event": {"key": "order_status", "inputs": {}}});
    assert_eq!(stand.order(&forged)["status"], 401);
    // Once more: known already, and marked so.
    assert_eq!(stand.deliver("eko", "frontline", &wrote)["status"], 200);

    let events = events(&mut listen, 9);
    assert_eq!(events[0]["event"], "listening");
    assert_eq!(events[0]["url"], format!("http://{}", stand.ear));
    let hooks: Vec<(&str, &str)> = events[0]["hooks"]
        .as_array()
        .expect("hooks")
        .iter()
        .map(|h| (h["channel"].as_str().expect("a name"), h["url"].as_str().expect("a URL")))
        .collect();
    // What is printed to a pipe or a file holds no key.
    assert!(
        hooks.contains(&("flow", format!("http://{}/hooks/flow/<webhook_key>", stand.ear).as_str())),
        "{hooks:?}"
    );
    for channel in ["agents", "frontline", "lookups"] {
        assert!(hooks.contains(&(channel, stand.hook(channel).as_str())), "{channel}: {hooks:?}");
    }
    let admin = &events[1];
    assert_eq!(names(admin), ["event", "channel", "conversation_id", "message", "verified"]);
    assert_eq!(
        names(&admin["message"]),
        ["id", "role", "text", "created_at", "quick_replies", "attachments", "admin_id"]
    );
    assert_eq!(
        (&admin["event"], &admin["channel"], &admin["conversation_id"], &admin["verified"]),
        (&json!("message"), &json!("flow"), &json!("77"), &json!(true))
    );
    let message = &admin["message"];
    assert_eq!(
        (&message["role"], &message["text"], &message["admin_id"]),
        (&json!("admin"), &json!("It left."), &json!("12"))
    );
    assert_eq!(message["created_at"], "2023-11-14T22:13:20.123Z");
    assert_eq!(message["quick_replies"], json!(["Where?", "Thanks"]));
    assert_eq!(
        (&message["attachments"][0]["url"], &message["attachments"][0]["offset"]),
        (&json!("https://cdn.example/a.png"), &json!(3))
    );
    let person = &events[2];
    assert_eq!(
        (&person["conversation_id"], &person["message"]["role"], &person["verified"]),
        (&json!("u:5c1"), &json!("user"), &json!(true))
    );
    assert_eq!((&events[3]["message"]["text"], &events[3]["verified"]), (&json!("unsigned"), &json!(false)));
    assert_eq!(
        (&events[4]["event"], &events[4]["kind"], &events[4]["conversation_id"]),
        (&json!("event"), &json!("conversation.ended"), &json!("conv_9"))
    );
    let request = &events[5];
    assert_eq!(names(request), ["event", "channel", "id", "key", "inputs", "deadline", "verified"]);
    assert_eq!(
        (&request["event"], &request["key"], &request["verified"]),
        (&json!("data_request"), &json!("order_status"), &json!(true))
    );
    assert_eq!(request["inputs"], json!({"order": "A-1"}));
    assert!(request["deadline"].as_str().is_some_and(|d| d.ends_with('Z')), "{request}");
    assert_eq!((&events[6]["event"], &events[6]["channel"]), (&json!("event"), &json!("lookups")));
    // Why a signature was refused is found out beside the rest, so the two may come either way.
    let (refused, again) =
        if events[7]["event"] == "rejected" { (&events[7], &events[8]) } else { (&events[8], &events[7]) };
    assert_eq!(names(refused), ["event", "channel", "status", "reason", "code", "method", "path", "host", "detail"]);
    assert_eq!((&refused["event"], &refused["status"]), (&json!("rejected"), &json!(401)));
    assert_eq!((&refused["code"], &refused["detail"]), (&json!("signature_wrong"), &json!({})));
    assert_eq!(
        (&refused["method"], &refused["path"], &refused["host"]),
        (&json!("POST"), &json!("/hooks/lookups"), &json!(stand.ear))
    );
    assert_eq!(names(again), ["event", "channel", "conversation_id", "message", "verified", "duplicate"]);
    assert_eq!((&again["duplicate"], &again["message"]["id"]), (&json!(true), &person["message"]["id"]));
    assert_eq!(end(listen).lines().count(), 9);
}

#[test]
fn what_is_known_is_marked_one_by_one_here_and_where_another_instance_listens() {
    let stand = Stand::start();
    let mut listen = stand.listen();
    let mut beside = stand.call(&["listen", "--json"]).start();
    beside.wait_output("it is ready", |text| text.contains("\"elsewhere\":true"));
    let message = |id: &str| {
        json!({"type": "message", "timestamp": 5, "source": {"type": "direct_chat", "userId": "5c1"},
            "message": {"id": id, "type": "text", "text": id}})
    };
    let join = json!({"type": "join", "timestamp": 5, "source": {"type": "direct_chat", "userId": "9"}});
    let batch = |events: &[Value]| json!({ "events": events });
    for events in [vec![message("m1"), join.clone()], vec![message("m1"), message("m2")], vec![join, message("m2")]] {
        let order = json!({"platform": "eko", "url": stand.hook("frontline"), "event": batch(&events)});
        assert_eq!(stand.order(&order)["status"], 200);
    }
    let asked = json!({"key": "order_status", "inputs": {"order": "A-1"}, "link": null});
    let asked = json!({"platform": "optech", "url": stand.hook("lookups"), "event": asked});
    assert_eq!([stand.order(&asked)["status"].clone(), stand.order(&asked)["status"].clone()], [202, 202]);
    for (who, listen) in [("its own", &mut listen), ("another's", &mut beside)] {
        let told = events(listen, 9);
        let known: Vec<bool> = told.iter().skip(1).map(|event| event["duplicate"] == true).collect();
        let marks: Vec<bool> = told.iter().skip(1).map(|event| event.get("duplicate").is_some()).collect();
        assert_eq!(known[..6], [false, false, true, false, true, true], "{who}: {told:?}");
        assert_eq!(known, marks, "{who}: what is new says nothing of that");
        assert_eq!(told[7]["id"] == told[8]["id"], known[7], "{who}: {told:?}");
    }
    end(listen);
    end(beside);
}

#[test]
fn a_refused_one_tells_its_reader_why_and_its_sender_nothing() {
    let stand = Stand::start();
    let mut listen = stand.listen();
    let mut poster = Poster::connect(&stand.ear).expect("the listener takes connections");
    let body = br#"{"key": "validation"}"#;
    let compact = br#"{"key":"validation"}"#;
    let signature = optech_signature("sandbox-optech-secret", body);
    let eko = optech_signature("sandbox-optech-secret", b"{\"events\":[]}");
    let json = ("content-type", "application/json");
    let signed = ("x-optech-signature", signature.as_str());
    let mut status = |path: &str, headers: &[(&str, &str)], body: &[u8]| {
        poster.request("POST", path, headers, body).expect("an answer").status
    };
    assert_eq!(status("/hooks/lookups", &[json, signed], compact), 401);
    assert_eq!(status("/hooks/frontline", &[json, ("x-eko-signature", &eko)], b"{\"events\":[]}"), 401);
    assert_eq!(status("/lookups", &[json, signed], body), 404);
    let told = events(&mut listen, 4);
    let find =
        |code: &str| told.iter().find(|event| event["code"] == code).unwrap_or_else(|| panic!("{code}: {told:?}"));
    assert_eq!(find("signature_body_rewritten")["channel"], "lookups");
    let other = find("signature_other_secret");
    assert_eq!((&other["channel"], &other["detail"]["channel"]), (&json!("frontline"), &json!("lookups")));
    assert!(other["reason"].as_str().is_some_and(|reason| reason.contains("lookups")), "{other}");
    let lost = find("path_unknown");
    assert_eq!(
        (&lost["channel"], &lost["path"], &lost["host"]),
        (&json!("lookups"), &json!("/lookups"), &json!(stand.ear))
    );
    end(listen);
}

#[test]
fn without_a_key_and_without_a_signature_nothing_is_said_of_trust() {
    let stand = Stand::with(|config| config.replace("webhook_key = ", "# "));
    let mut listen = stand.listen();
    let url = format!("http://{}/hooks/flow", stand.ear);
    let body = klaunch("sandbox-flow", 5, "hi", now_ms()).to_string();
    assert_eq!(post(&url, &[], body.as_bytes()).status, 200);
    let events = events(&mut listen, 2);
    assert_eq!(events[1]["verified"], Value::Null);
    end(listen);
}

#[test]
fn a_channel_that_wants_signatures_takes_nothing_else() {
    let stand = Stand::with(|config| {
        config.replace("client_id = \"sandbox-eko\"", "client_id = \"sandbox-eko\"\nrequire_signature = true")
    });
    let listen = stand.listen();
    let event = json!({"type": "join", "timestamp": 5, "source": {"type": "direct_chat", "userId": "5c1"}});
    let order = |signature: &str| json!({"platform": "eko", "url": stand.hook("frontline"), "event": event, "signature": signature});
    assert_eq!(stand.order(&order("none"))["status"], 401);
    assert_eq!(stand.order(&order("wrong"))["status"], 401);
    assert_eq!(stand.deliver("eko", "frontline", &event)["status"], 200);
    end(listen);
}

#[test]
fn what_is_answered_depends_on_path_method_type_size_host_and_origin() {
    let stand = Stand::start();
    let listen = stand.listen();
    let mut poster = Poster::connect(&stand.ear).expect("the listener takes connections");
    let json = ("content-type", "application/json");
    let good = br#"{"key":"validation"}"#;
    let signature = optech_signature("sandbox-optech-secret", good);
    let signed = [json, ("x-optech-signature", signature.as_str())];
    let hook = "/hooks/lookups";
    let mut status = |method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]| {
        let answer = poster.request(method, path, headers, body).or_else(|_| {
            // A connection whose request was not read to its end is closed after the answer.
            poster = Poster::connect(&stand.ear)?;
            poster.request(method, path, headers, body)
        });
        answer.unwrap_or_else(|e| panic!("{method} {path} {headers:?}: {e}"))
    };
    assert_eq!(status("POST", hook, &signed, good).status, 200);
    assert_eq!(status("GET", "/healthz", &[], b"").status, 200);
    for path in
        ["/", "/hooks", "/hooks/nobody", "/hooks/sandbox", "/hooks/flow", "/hooks/flow/wrong-key", "/hooks/lookups/x"]
    {
        let answer = status("POST", path, &signed, good);
        assert_eq!((answer.status, answer.body.as_str()), (404, r#"{"status":404,"title":"Not found"}"#), "{path}");
    }
    for method in ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"] {
        let answer = status(method, hook, &signed, b"");
        assert_eq!((answer.status, answer.header("allow")), (405, Some("POST")), "{method}");
    }
    let sign = ("x-optech-signature", signature.as_str());
    for headers in
        [vec![sign], vec![("content-type", "text/plain"), sign], vec![json, sign, ("content-encoding", "gzip")]]
    {
        assert_eq!(status("POST", hook, &headers, good).status, 415, "{headers:?}");
    }
    for host in ["evil.example", "127.0.0.1.evil.example", "localhost:80@evil.example", "2130706433"] {
        assert_eq!(status("POST", hook, &[json, sign, ("host", host)], good).status, 403, "{host}");
    }
    for host in ["localhost", "LOCALHOST:1", "[::1]"] {
        assert_eq!(status("POST", hook, &[json, sign, ("host", host)], good).status, 200, "{host}");
    }
    for origin in ["http://evil.example", "null", "http://localhost"] {
        assert_eq!(status("POST", hook, &[json, sign, ("origin", origin)], good).status, 403, "{origin}");
    }
    for wrong in ["", "AAAA", "x", &signature[1..], "=", &signature.replace(|c: char| c.is_ascii_lowercase(), "A")] {
        assert_eq!(status("POST", hook, &[json, ("x-optech-signature", wrong)], good).status, 401, "{wrong:?}");
    }
    assert_eq!(status("POST", hook, &[json], good).status, 401);
    assert_eq!(status("POST", hook, &[json, sign, sign], good).status, 401, "twice");
    for body in [
        "",
        "{",
        "[]",
        "5",
        "{\"key\":true}",
        "{\"key\":\"k\",\"inputs\":[]}",
        "{\"key\":\"k\",\"link\":\"http://evil.example/ingest/a\"}",
    ] {
        let signature = optech_signature("sandbox-optech-secret", body.as_bytes());
        let answer = status("POST", hook, &[json, ("x-optech-signature", &signature)], body.as_bytes());
        assert_eq!(answer.status, 400, "{body:?} {answer:?}");
        assert!(!answer.body.contains("evil"), "{answer:?}");
    }
    let big = vec![b' '; (1 << 20) + 1];
    assert_eq!(status("POST", hook, &signed, &big).status, 413);
    // The key is a secret: whoever was refused is told nothing of it.
    let told = end(listen);
    assert!(!told.contains("sandbox-flow-hook"), "{told}");
    assert!(!told.contains("data_request"), "a refused one has no effect: {told}");
}

#[test]
fn a_signal_ends_it_in_order_and_cuts_nothing_off() {
    let stand = Stand::start();
    let listen = stand.listen();
    let hook = stand.hook("flow");
    let (address, path) = crate::support::hooks::split(&hook);
    let mut acked = Vec::new();
    let (sender, firsts) = std::sync::mpsc::channel();
    let clients: Vec<_> = (0..8_u64)
        .map(|client| {
            let (address, path, sender) = (address.clone(), path.clone(), sender.clone());
            thread::spawn(move || {
                let mut acked = Vec::new();
                let Ok(mut poster) = Poster::connect(&address) else { return (acked, Vec::new()) };
                let mut cut = Vec::new();
                for n in 0_u64.. {
                    let text = format!("c{client}n{n}.");
                    let body = klaunch("sandbox-flow", 900, &text, now_ms()).to_string();
                    match poster.post(&path, &[], body.as_bytes()) {
                        Ok(answer) if answer.status == 200 => {
                            acked.push(text);
                            let _ = sender.send(());
                            if answer.header("connection") == Some("close") {
                                break;
                            }
                        }
                        Ok(answer) if answer.status == 503 => break,
                        other => {
                            cut.push(format!("{other:?}"));
                            break;
                        }
                    }
                }
                (acked, cut)
            })
        })
        .collect();
    for _ in 0..100 {
        firsts.recv().expect("they are acknowledged");
    }
    listen.signal("TERM");
    for client in clients {
        let (own, cut) = client.join().expect("a client's end");
        assert_eq!(cut, Vec::<String>::new(), "a request in flight was cut off");
        acked.extend(own);
    }
    let _ = listen.wait().expect_code(0);
    let export =
        stand.call(&["-c", "flow", "conversations", "export", "900", "--format", "jsonl"]).run().expect_code(0);
    let lines = export.json_lines();
    let stored: Vec<&str> = lines.iter().filter_map(|message| message["text"].as_str()).collect();
    for text in &acked {
        assert_eq!(stored.iter().filter(|t| *t == text).count(), 1, "{text}");
    }
    println!("PASS term_under_load n={} lost=0", acked.len());
}

#[test]
fn a_second_one_sees_the_firsts_events_and_takes_over_when_it_is_killed() {
    let stand = Stand::start();
    let mut first = stand.listen();
    let mut second = stand.listen();
    let opening = events(&mut second, 1).remove(0);
    assert_eq!((&opening["url"], &opening["elsewhere"]), (&json!(format!("http://{}", stand.ear)), &json!(true)));
    assert_eq!(stand.deliver("klaunch", "flow", &json!({"userID": 1, "message": "to the first"}))["status"], 200);
    for listen in [&mut first, &mut second] {
        let event = events(listen, 2).remove(1);
        assert_eq!((&event["message"]["text"], &event["verified"]), (&json!("to the first"), &json!(true)));
    }
    // This is its SIGKILL.
    drop(first);
    wait("the port", || is_open(&stand.ear));
    assert_eq!(stand.deliver("klaunch", "flow", &json!({"userID": 1, "message": "to the second"}))["status"], 200);
    let told = second.wait_output("the next event", |text| text.contains("to the second"));
    assert_eq!(told.matches("to the first").count(), 1, "{told}");
    let mut third = stand.listen();
    assert_eq!(events(&mut third, 1)[0]["elsewhere"], true);
    end(second);
    end(third);
}

#[test]
fn of_many_that_start_at_once_one_listens_and_all_see_what_comes() {
    let stand = Stand::start();
    let deliver = |all: &mut Vec<Running>, text: &str| {
        wait("the doors", || is_open(&stand.ear));
        assert_eq!(stand.deliver("klaunch", "flow", &json!({"userID": 1, "message": text}))["status"], 200);
        for one in all {
            one.wait_output("the message", |told| told.matches(text).count() == 1);
        }
    };
    for round in 0..3 {
        let mut all: Vec<Running> = (0..6).map(|_| stand.call(&["listen", "--json"]).start()).collect();
        let here: Vec<bool> = all.iter_mut().map(|one| events(one, 1)[0]["elsewhere"] == false).collect();
        assert_eq!(here.iter().filter(|here| **here).count(), 1, "one holds the port");
        deliver(&mut all, &format!("for all of them {round}"));
        // This is its SIGKILL: of the others one takes over, and none gives up.
        drop(all.remove(here.iter().position(|here| *here).expect("one")));
        deliver(&mut all, &format!("for those that are left {round}"));
        for one in all {
            end(one);
        }
    }
}

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("its address").to_string();
    let home = Home::new();
    home.configure(&format!(
        "[[channels]]\nname = \"flow\"\nplatform = \"klaunch\"\nsend_url = \"http://127.0.0.1:9/send\"\n\
         channel_id = \"c\"\ntoken = \"t\"\n[listener]\nbind = \"{address}\"\n"
    ));
    let output = Call::new(&home, &["listen", "--json"]).run().expect_code(7);
    assert!(output.failure()["message"].as_str().expect("a message").contains(&address), "{output}");
}

#[test]
fn a_person_reads_lines_that_are_only_text() {
    let stand = Stand::start();
    let mut listen = stand.call(&["listen"]).start();
    listen.wait_output("the hooks", |text| text.contains("lookups"));
    let hostile = "safe\u{1b}]52;c;aGFjaw==\u{7}\u{9b}31m\u{202e}end";
    let event = json!({"userID": 3, "message": hostile, "quickReplies": [hostile],
        "attachments": [{"url": hostile, "offset": 0}]});
    assert_eq!(stand.deliver("klaunch", "flow", &event)["status"], 200);
    let asked = json!({"key": hostile, "inputs": {hostile: hostile}});
    assert_eq!(stand.deliver("optech", "lookups", &asked)["status"], 202);
    let text = listen.wait_output("both", |text| text.contains("[offered]") && text.contains("data request"));
    assert!(text.contains("safe"), "{text}");
    assert!(!text.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}'), "{}", text.escape_debug());
    end(listen);
}
