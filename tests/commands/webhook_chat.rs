//! `chat` on platforms that answer by webhook, their conversations from the store, and Operator's newer version.

use std::fs;

use serde_json::{Value, json};

use crate::support::stand::Stand;
use crate::support::wait::wait;

#[track_caller]
fn chat(stand: &Stand, args: &[&str]) -> Vec<Value> {
    stand.call(&[&["chat", "--json", "-c"], args].concat()).run().expect_code(0).json_lines()
}

#[test]
fn klaunch_answers_a_new_conversation_and_an_old_one() {
    let stand = Stand::start();
    let lines = chat(&stand, &["flow", "What is Patchcord?"]);
    let id = lines[0]["conversation_id"].as_str().expect("an id").to_owned();
    assert_eq!(lines[0]["event"], "conversation");
    let reply = lines.last().expect("a reply");
    let names: Vec<&str> = reply.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(names, ["event", "conversation_id", "text", "finish", "quick_replies", "attachments", "damaged"]);
    assert_eq!(
        (&reply["event"], &reply["conversation_id"], &reply["finish"]),
        (&json!("reply"), &json!(id), &json!("stop"))
    );
    let text = reply["text"].as_str().expect("a text");
    assert!(text.to_lowercase().contains("patchcord"), "{text}");
    let deltas: String =
        lines.iter().filter_map(|line| line["text"].as_str().filter(|_| line["event"] == "delta")).collect();
    assert_eq!(deltas, text);

    let lines = chat(&stand, &["flow", "--conversation", &id, "Show me a picture"]);
    let reply = lines.last().expect("a reply");
    assert_eq!(reply["quick_replies"], json!(["Another picture"]));
    let attachment = &reply["attachments"][0];
    assert!(
        attachment["url"].as_str().expect("a URL").ends_with("lighthouse.svg") && attachment["offset"].is_u64(),
        "{reply}"
    );

    // Twice delivered and shuffled, each message is there once and in the order of the platform's time.
    for wish in ["twice", "disorder"] {
        let lines = chat(&stand, &["flow", "--conversation", &id, wish]);
        assert!(lines.last().expect("a reply")["text"].as_str().expect("a text").contains("delivered"), "{lines:?}");
    }
    wait("all webhooks", || {
        let ledger = stand.ledger();
        ledger["webhooks"]
            .as_array()
            .is_some_and(|w| w.len() >= 6 && w.iter().all(|w| !w["status"].is_null() || !w["error"].is_null()))
    });
    let show = stand.call(&["-c", "flow", "conversations", "show", &id, "--json"]).run().expect_code(0).json();
    let texts: Vec<&str> =
        show["messages"].as_array().expect("rows").iter().filter_map(|m| m["text"].as_str()).collect();
    assert_eq!(texts.iter().filter(|t| t.starts_with("This was delivered twice")).count(), 1, "{texts:?}");
    let place = |text: &str| texts.iter().position(|t| t.starts_with(text));
    assert!(
        place("This was said first").is_some() && place("This was said first") < place("This was said second"),
        "{texts:?}"
    );
    // The start keyword's answer, and then what was said.
    assert!(texts[0].starts_with("Hello, I'm the sandbox's bot"), "{texts:?}");
    assert_eq!(texts[1..3], ["What is Patchcord?", text]);
    assert_eq!(show["total"], json!(texts.len()));

    let list = stand.call(&["-c", "flow", "conversations", "list", "--json"]).run().expect_code(0).json();
    assert_eq!((&list["conversations"][0]["id"], &list["total"]), (&json!(id), &json!(1)));
    for format in ["md", "json", "jsonl"] {
        let export =
            stand.call(&["-c", "flow", "conversations", "export", &id, "--format", format]).run().expect_code(0);
        assert!(export.text().contains("What is Patchcord?"), "{export}");
    }
    let _ = stand.call(&["-c", "flow", "conversations", "show", "4711", "--json"]).run().expect_code(5);
    stand.expect_well_formed(&[]);
}

#[test]
fn klaunch_is_sent_files_and_urls() {
    let stand = Stand::start();
    let picture = stand.home.path().join("tmp/dot.png");
    fs::write(&picture, [0x89, b'P', b'N', b'G', 1, 2, 3]).expect("a file");
    let path = picture.to_string_lossy();
    let lines = chat(&stand, &["flow", "look", "--attach", &path, "--attach", "https://cdn.example/b.jpg"]);
    let text = lines.last().expect("a reply")["text"].as_str().expect("a text").to_owned();
    assert!(text.contains("image/png, 7 bytes") && text.contains("b.jpg"), "{text}");
    let output =
        stand.call(&["chat", "--json", "-c", "flow", "look", "--attach", "/nowhere/x.png"]).run().expect_code(11);
    assert!(output.failure()["message"].as_str().expect("a message").contains("x.png"), "{output}");
    let sent = stand.requests("/klaunch/send").iter().filter(|r| r["body"]["message"] == "look").count();
    assert_eq!(sent, 1, "what has no file is not sent");
    stand.expect_well_formed(&[]);
}

#[test]
fn what_a_platform_cannot_take_is_not_left_out_in_silence() {
    let stand = Stand::start();
    for channel in ["sandbox", "agents", "lookups"] {
        let args = ["chat", "--json", "-c", channel, "look", "--attach", "https://cdn.example/b.jpg"];
        assert_eq!(stand.call(&args).run().expect_code(11).failure()["kind"], "invalid", "{channel}");
    }
    assert_eq!(stand.ledger()["requests"], json!([]));
}

#[test]
fn a_bot_that_keeps_silent_is_waited_for_no_longer_than_was_said() {
    let stand = Stand::start();
    let output =
        stand.call(&["chat", "--json", "-c", "flow", "--timeout", "1.5", "slow please"]).run().expect_code(10);
    let reply = output.json_lines().pop().expect("the last event");
    assert_eq!((&reply["event"], &reply["finish"], &reply["text"]), (&json!("reply"), &json!("cut"), &json!("")));
    assert_eq!(output.failure()["kind"], "cut");
    let id = reply["conversation_id"].as_str().expect("an id").to_owned();
    // Whoever listens when it comes keeps it: the platform tries again for a while.
    let mut listen = stand.listen();
    listen.wait_output("the late reply", |text| text.contains("took its time"));
    let show = stand.call(&["-c", "flow", "conversations", "show", &id, "--json"]).run().expect_code(0);
    assert!(show.text().contains("took its time"), "{show}");
    assert_eq!(stand.requests("/klaunch/send").iter().filter(|r| r["body"]["message"] == "slow please").count(), 1);
}

#[test]
fn chat_beside_a_listener_hears_its_reply_through_the_store() {
    let stand = Stand::start();
    let mut listen = stand.listen();
    let lines = chat(&stand, &["flow", "/echo heard by another"]);
    assert_eq!(lines.last().expect("a reply")["text"], "heard by another");
    listen.wait_output("the same", |text| text.contains("heard by another"));
    listen.signal("TERM");
    let output = listen.wait().expect_code(0);
    assert_eq!(output.text().matches("heard by another").count(), 1, "{output}");
}

#[test]
fn nothing_is_sent_where_nobody_would_hear_the_answer() {
    let stand = Stand::start();
    let _taken = std::net::TcpListener::bind(&stand.ear).expect("the port");
    let output = stand.call(&["chat", "--json", "-c", "flow", "hello"]).run().expect_code(7);
    assert!(output.failure()["hint"].as_str().expect("a hint").contains("Nothing was sent"), "{output}");
    assert_eq!(stand.requests("/klaunch/send").len(), 0);
}

#[test]
fn on_eko_the_bot_pushes_and_answers_with_a_token_while_it_lives() {
    let stand = Stand::start();
    let mali = "u:5f3a1c20b4e8d70017a90001";
    let lines = chat(&stand, &["frontline", "--conversation", mali, "/silent"]);
    assert_eq!(
        (lines.last().expect("an event")["finish"].as_str(), stand.requests("/direct/message").len()),
        (Some("stop"), 1)
    );
    // Asked to wait, it hears what she says.
    let lines = chat(&stand, &["frontline", "--conversation", mali, "--timeout", "20", "/echo back to you"]);
    assert_eq!(lines.last().expect("a reply")["text"], "back to you");
    // Her message brought a token: it is used, once.
    assert_eq!(stand.requests("/v1/message/text").len(), 0);
    let _ = chat(&stand, &["frontline", "--conversation", mali, "/silent"]);
    let replies = stand.requests("/v1/message/text");
    assert_eq!((replies.len(), &replies[0]["status"]), (1, &json!(200)));
    let _ = chat(&stand, &["frontline", "--conversation", mali, "/silent"]);
    assert_eq!((stand.requests("/v1/message/text").len(), stand.requests("/direct/message").len()), (1, 3));

    let output = stand.call(&["chat", "--json", "-c", "frontline", "hello"]).run().expect_code(11);
    assert!(output.failure()["message"].as_str().expect("a message").contains("people write first"), "{output}");
    let show = stand.call(&["-c", "frontline", "conversations", "show", mali, "--json"]).run().expect_code(0).json();
    let said: Vec<(&str, &str)> = show["messages"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|m| (m["role"].as_str().expect("a role"), m["text"].as_str().expect("a text")))
        .collect();
    assert!(
        said.contains(&("user", "back to you")) && said.iter().filter(|s| s.1 == "/silent").count() == 3,
        "{said:?}"
    );
    let list = stand.call(&["-c", "frontline", "conversations", "list", "--json"]).run().expect_code(0).json();
    assert_eq!(list["conversations"][0]["id"], mali);
    let export =
        stand.call(&["-c", "frontline", "conversations", "export", mali, "--format", "jsonl"]).run().expect_code(0);
    assert_eq!(export.json_lines().len(), said.len());
    stand.expect_well_formed(&[]);
}

#[test]
fn on_eko_people_are_found_and_groups_and_topics_made() {
    let stand = Stand::start();
    let found = stand.call(&["-c", "frontline", "people", "find", "tom.baker", "--json"]).run().expect_code(0).json();
    let tom = &found["people"][0];
    assert_eq!(
        (&tom["username"], &tom["name"], &tom["deleted"]),
        (&json!("tom.baker"), &json!("Tom Baker"), &json!(false))
    );
    let id = tom["id"].as_str().expect("an id");
    let nobody = stand.call(&["-c", "frontline", "people", "find", "nobody", "--json"]).run().expect_code(0).json();
    assert_eq!(nobody["people"], json!([]));
    let group = stand
        .call(&["-c", "frontline", "groups", "create", "Night shift", "--user", id, "--json"])
        .run()
        .expect_code(0)
        .json();
    let group = group["group"]["id"].as_str().expect("an id").to_owned();
    let topic =
        stand.call(&["-c", "frontline", "groups", "topic", &group, "Keys", "--json"]).run().expect_code(0).json();
    let topic = topic["topic"]["id"].as_str().expect("an id").to_owned();
    let place = format!("g:{group}:{topic}");
    let lines = chat(&stand, &["frontline", "--conversation", &place, "--timeout", "20", "/echo in the group"]);
    assert_eq!(lines.last().expect("a reply")["text"], "in the group");
    let _ = stand.call(&["-c", "flow", "people", "find", "tom.baker", "--json"]).run().expect_code(11);
    stand.expect_well_formed(&[]);
}

#[test]
fn operators_list_is_cut_by_time_and_its_newer_version_chats() {
    let stand = Stand::start();
    let list = |more: &[&str]| {
        let args = [&["-c", "agents", "conversations", "list", "--all", "--json"], more].concat();
        stand.call(&args).run().expect_code(0).json()["conversations"].as_array().expect("rows").clone()
    };
    let all = list(&[]);
    assert!(all.len() > 20, "{}", all.len());
    let mut ids: Vec<&str> = all.iter().filter_map(|row| row["id"].as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all.len(), "no row comes twice");
    let mut times: Vec<&str> = all.iter().filter_map(|row| row["created_at"].as_str()).collect();
    times.sort_unstable();
    let middle = times[times.len() / 2];
    let (since, until) = (list(&["--since", middle]), list(&["--until", middle]));
    assert_eq!(since.len() + until.len(), all.len(), "the two halves are the whole");
    assert!(since.iter().all(|row| row["created_at"].as_str() >= Some(middle)), "{since:?}");
    assert!(until.iter().all(|row| row["created_at"].as_str() < Some(middle)), "{until:?}");
    let output = stand.call(&["-c", "agents", "chat", "--json", "hello"]).run().expect_code(11);
    assert!(output.failure()["message"].is_string());
    stand.expect_well_formed(&[]);
    stand.stop();

    let stand = Stand::with(|config| {
        config.replace("operator_id = \"op_sandbox\"", "operator_id = \"op_sandbox\"\napi_version = \"2025-06-19\"")
    });
    let rows = stand.call(&["-c", "agents", "conversations", "list", "--all", "--json"]).run().expect_code(0).json();
    let open =
        rows["conversations"].as_array().expect("rows").iter().filter_map(|row| row["id"].as_str()).find(|id| {
            let sent = stand
                .call(&["-c", "agents", "chat", "--json", "--conversation", id, "/echo streamed words here"])
                .run();
            sent.code == Some(0) && sent.json_lines().last().is_some_and(|last| last["text"] == "streamed words here")
        });
    let open = open.expect("a conversation that takes messages");
    let lines = chat(&stand, &["agents", "--conversation", open, "/echo one two three four"]);
    let deltas = lines.iter().filter(|line| line["event"] == "delta").count();
    assert!(deltas > 1, "it came in pieces: {lines:?}");
    let show = stand.call(&["-c", "agents", "conversations", "show", open, "--all", "--json"]).run().expect_code(0);
    assert!(show.text().contains("one two three four"), "{show}");
}
