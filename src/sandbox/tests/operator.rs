//! Operator: both versions, each endpoint and what it refuses, the streams, and the webhooks of calls.

use std::io::BufReader;
use std::net::TcpStream;

use crate::domain::{Secret, Timestamp};
use crate::signature::Signature;

use super::client::{read_chunk, read_head};
use super::*;

const FIRST: &str = "2024-11-11";
const SECOND: &str = "2025-06-19";
const LIST: &str = "/conversations?operator_id=op_sandbox";

fn head(version: &str) -> String {
    format!("User-Agent: a-test\r\nOperator-Version: {version}\r\nAuthorization: Bearer op_test_sandbox\r\n")
}

fn send(client: &Client, version: &str, method: &str, path: &str) -> ClientResponse {
    client.request(method, path, &head(version), b"").unwrap()
}

fn get(client: &Client, path: &str) -> ClientResponse {
    send(client, SECOND, "GET", path)
}

fn say(client: &Client, id: &str, text: &str) -> ClientResponse {
    let body = json!({ "payload": { "type": "user.message.send", "text": text } }).to_string();
    let head = format!("Content-Type: application/json\r\n{}", head(SECOND));
    client.request("POST", &format!("/conversations/{id}/session"), &head, body.as_bytes()).unwrap()
}

/// How many events an open chat has at the start: its setup, three lines, and a tool's call and return.
const BEFORE: usize = 6;

/// Checks the form of an error, and gives its code.
fn code(answer: &ClientResponse) -> String {
    let json = answer.json();
    let keys: Vec<&String> = json.as_object().unwrap().keys().filter(|key| *key != "data").collect();
    assert_eq!(keys, ["code", "transient", "message"], "{json}");
    assert!(json["transient"].is_boolean() && !json["message"].as_str().unwrap().is_empty());
    json["code"].as_str().unwrap().to_owned()
}

/// All items of the list, oldest last, and how many stood on each page.
fn all(client: &Client, version: &str, path: &str) -> (Vec<Value>, Vec<usize>) {
    let (mut items, mut pages) = (Vec::new(), Vec::new());
    let mut cursor = String::new();
    loop {
        let join = if path.contains('?') { '&' } else { '?' };
        let next = if cursor.is_empty() { path.to_owned() } else { format!("{path}{join}cursor={cursor}") };
        let page = send(client, version, "GET", &next);
        assert_eq!(page.status, 200, "{}", page.text());
        let page = page.json();
        let data = page["data"].as_array().unwrap();
        pages.push(data.len());
        items.extend(data.clone());
        match page["cursor"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => return (items, pages),
        }
    }
}

/// A chat that is open, or any conversation of another status.
fn with_status(client: &Client, status: &str, kind: &str) -> String {
    let (items, _) = all(client, SECOND, "/conversations");
    let found = items.iter().find(|item| item["status"] == status && item["channel_type"] == kind).unwrap();
    found["id"].as_str().unwrap().to_owned()
}

/// The event objects of a stream.
fn events(text: &str) -> Vec<Value> {
    let frames = text.split("\n\n").filter(|frame| !frame.is_empty());
    frames
        .map(|frame| {
            let (id, data) = frame.split_once('\n').unwrap();
            let event: Value = serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap();
            assert_eq!(id.strip_prefix("id: "), event["id"].as_str());
            event
        })
        .collect()
}

fn kinds(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["payload"]["type"].as_str().unwrap()).collect()
}

/// Reads a stream on until so many events are there.
fn read_events(socket: &mut BufReader<TcpStream>, text: &mut String, count: usize) {
    while text.matches("\n\n").count() < count {
        let chunk = read_chunk(socket).unwrap().unwrap();
        assert!(!chunk.is_empty(), "the stream ended: {text}");
        text.push_str(&String::from_utf8(chunk).unwrap());
    }
}

#[test]
fn every_call_needs_its_three_headers() {
    let (_running, client) = start_empty();
    let agent = "User-Agent: a-test\r\n";
    let version = "Operator-Version: 2025-06-19\r\n";
    let key = "Authorization: Bearer op_test_sandbox\r\n";
    for (status, expected, head) in [
        (400, "MissingUserAgent", format!("{version}{key}")),
        (400, "MissingUserAgent", format!("User-Agent: \r\n{version}{key}")),
        (400, "MissingVersion", format!("{agent}{key}")),
        (400, "UnknownVersion", format!("{agent}Operator-Version: 2024-11-12\r\n{key}")),
        (401, "InvalidApiKey", format!("{agent}{version}")),
        (401, "InvalidApiKey", format!("{agent}{version}Authorization: Bearer nope\r\n")),
        (401, "InvalidApiKey", format!("{agent}{version}Authorization: op_test_sandbox\r\n")),
        (403, "Forbidden", format!("{agent}{version}Authorization: Bearer op_test_forbidden\r\n")),
    ] {
        for path in ["/conversations", "/conversations/x", "/conversations/x/session"] {
            let answer = client.request("GET", path, &head, b"").unwrap();
            assert_eq!((answer.status, code(&answer).as_str()), (status, expected), "{head}");
        }
    }
    let unknown = client.request("GET", "/conversations", &format!("{agent}Operator-Version: 1\r\n{key}"), b"");
    assert_eq!(unknown.unwrap().json()["data"], json!({ "versions": [FIRST, SECOND] }));
}

#[test]
fn what_is_not_there_or_not_allowed_has_its_own_status_and_code() {
    let (_running, client) = start_empty();
    let done = with_status(&client, "completed", "chat_async");
    let call = with_status(&client, "queued", "phone");
    for (status, expected, version, method, path) in [
        (405, "MethodNotAllowed", FIRST, "POST", LIST.to_owned()),
        (405, "MethodNotAllowed", SECOND, "PATCH", format!("/conversations/{done}")),
        (405, "MethodNotAllowed", SECOND, "POST", format!("/conversations/{done}/events")),
        (405, "MethodNotAllowed", SECOND, "GET", format!("/conversations/{done}/session")),
        (404, "NoSuchEndpoint", SECOND, "GET", format!("/conversations/{done}/messages")),
        (404, "NoSuchEndpoint", SECOND, "GET", "/conversations/a/b/c".to_owned()),
        (404, "NotInThisVersion", FIRST, "GET", format!("/conversations/{done}")),
        (404, "NotInThisVersion", FIRST, "POST", format!("/conversations/{done}/session")),
        (404, "ConversationNotFound", SECOND, "GET", "/conversations/conv_none".to_owned()),
        (404, "ConversationNotFound", SECOND, "GET", "/conversations/conv_none/events".to_owned()),
        (404, "ConversationNotFound", SECOND, "DELETE", "/conversations/conv_none".to_owned()),
        (418, "Teapot", SECOND, "GET", "/conversations/conv_teapot".to_owned()),
        (418, "Teapot", SECOND, "GET", "/conversations/conv_teapot/events".to_owned()),
        (418, "Teapot", FIRST, "GET", "/conversations?operator_id=op_teapot".to_owned()),
        (403, "Forbidden", SECOND, "DELETE", "/conversations/conv_forbidden".to_owned()),
        (403, "Forbidden", FIRST, "GET", "/conversations?operator_id=op_forbidden".to_owned()),
        (404, "OperatorNotFound", FIRST, "GET", "/conversations?operator_id=op_1".to_owned()),
        (400, "MissingParameter", FIRST, "GET", "/conversations".to_owned()),
        (400, "InvalidParameter", FIRST, "GET", format!("{LIST}&cursor=nonsense")),
        (400, "InvalidParameter", FIRST, "GET", format!("{LIST}&created_at_gte=yesterday")),
        (400, "InvalidParameter", FIRST, "GET", format!("{LIST}&limit=5")),
        (400, "InvalidParameter", FIRST, "GET", format!("{LIST}&operator_id=op_sandbox")),
        (400, "InvalidParameter", SECOND, "GET", LIST.to_owned()),
        (
            400,
            "InvalidParameter",
            SECOND,
            "GET",
            "/conversations?postprocessed_at_lt=2030-01-01T00:00:00Z".to_owned(),
        ),
    ] {
        let answer = send(&client, version, method, &path);
        assert_eq!((answer.status, code(&answer).as_str()), (status, expected), "{method} {path}");
    }
    for (id, expected, data) in [(&done, "ConversationEnded", true), (&call, "ConversationNotAChat", false)] {
        let answer = say(&client, id, "hello?");
        assert_eq!((answer.status, code(&answer).as_str()), (409, expected));
        assert_eq!(answer.json().get("data").is_some(), data);
    }
    for (id, status) in [("conv_none", 404), ("conv_teapot", 418)] {
        assert_eq!(say(&client, id, "hello?").status, status);
    }
    let open = with_status(&client, "in-progress", "chat_async");
    let path = format!("/conversations/{open}/session");
    let json = format!("Content-Type: application/json\r\n{}", head(SECOND));
    for (head, body) in [
        (head(SECOND), json!({ "payload": { "type": "user.message.send", "text": "hi" } }).to_string()),
        (json.clone(), String::new()),
        (json.clone(), json!([]).to_string()),
        (json.clone(), json!({ "type": "user.message.send", "text": "hi" }).to_string()),
        (json.clone(), json!({ "payload": { "type": "conversation.end", "text": "hi" } }).to_string()),
        (json.clone(), json!({ "payload": { "type": "user.message.send" } }).to_string()),
        (json.clone(), json!({ "payload": { "type": "user.message.send", "text": " " } }).to_string()),
    ] {
        let answer = client.request("POST", &path, &head, body.as_bytes()).unwrap();
        assert_eq!((answer.status, code(&answer).as_str()), (400, "InvalidBody"), "{body}");
    }
    assert_eq!(
        client.request("GET", "/conversations", &head(SECOND), b"").unwrap().status,
        200,
        "none was a chat's end"
    );
}

#[test]
fn the_list_is_walked_newest_first_in_the_form_of_each_version() {
    let (_running, client) = start_empty();
    let (items, pages) = all(&client, FIRST, LIST);
    assert_eq!(pages, [20, 20, 20]);
    let created = |item: &Value| Timestamp::parse_rfc3339(item["created_at"].as_str().unwrap()).unwrap();
    assert!(items.windows(2).all(|pair| created(&pair[0]) > created(&pair[1])));
    let keys: Vec<&String> = items[0].as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        [
            "id",
            "livemode",
            "created_at",
            "started_at",
            "completed_at",
            "direction",
            "phone_no",
            "status",
            "transferred",
            "postprocessed",
            "postprocessed_at",
            "duration_sec",
            "sentiment",
            "zendesk_ticket_id",
            "scenarios",
            "custom_fields",
        ]
    );
    let queued = items.iter().find(|item| item["status"] == "queued").unwrap();
    for empty in ["started_at", "completed_at", "postprocessed_at", "duration_sec", "sentiment"] {
        assert_eq!(queued[empty], Value::Null, "{empty}");
    }
    let (second, _) = all(&client, SECOND, "/conversations");
    assert!(second.iter().zip(&items).all(|(one, other)| one["id"] == other["id"]));
    let keys: Vec<&String> = second[0].as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        [
            "id",
            "agent_id",
            "customer_id",
            "channel_type",
            "livemode",
            "created_at",
            "started_at",
            "completed_at",
            "direction",
            "status",
            "failure_reason",
            "custom_fields",
            "duration_sec",
            "sentiment",
        ]
    );
    let (from, before) = (items[30]["created_at"].as_str().unwrap(), items[3]["created_at"].as_str().unwrap());
    let (some, pages) = all(&client, FIRST, &format!("{LIST}&created_at_gte={from}&created_at_lt={before}"));
    assert_eq!((pages, &some[..]), (vec![20, 7], &items[4..=30]));
    let (done, _) = all(&client, SECOND, &format!("/conversations?completed_at_gte={from}"));
    assert!(!done.is_empty() && done.iter().all(|item| item["completed_at"].is_string()));
}

#[test]
fn a_conversation_is_shown_with_its_events_and_deleted_where_that_is_allowed() {
    let (_running, client) = start_empty();
    let done = with_status(&client, "completed", "phone");
    let one = get(&client, &format!("/conversations/{done}")).json();
    assert_eq!(one["channel"]["type"], "phone");
    assert!(one.as_object().unwrap().contains_key("summary") && one.get("messages").is_none());
    let replay = get(&client, &format!("/conversations/{done}/events"));
    assert_eq!((replay.status, replay.header("content-type")), (200, Some("text/event-stream")));
    let received = events(&replay.text());
    let keys: Vec<&String> = received[0].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["id", "created_at", "agent_id", "livemode", "conversation_id", "payload", "experimental"]);
    assert!(received.iter().all(|event| event["conversation_id"] == json!(done)));
    let kinds = kinds(&received);
    assert_eq!(kinds[..2], ["conversation.setup", "agent.message.completed"]);
    assert!(kinds.contains(&"user.message.received") && kinds.contains(&"conversation.ended"));
    let (items, _) = all(&client, SECOND, "/conversations");
    let with_tool = items.iter().filter(|item| item["status"] == "completed").any(|item| {
        let replay = get(&client, &format!("/conversations/{}/events", item["id"].as_str().unwrap())).text();
        replay.contains("agent.tool_call.created") && replay.contains("agent.tool_call.returned")
    });
    assert!(with_tool);

    let live = items.iter().find(|item| item["livemode"] == true && item["status"] == "completed").unwrap();
    let refused = send(&client, SECOND, "DELETE", &format!("/conversations/{}", live["id"].as_str().unwrap()));
    assert_eq!((refused.status, code(&refused).as_str()), (409, "ConversationNotDeletable"));
    let test = items.iter().find(|item| item["livemode"] == false).unwrap();
    let queued = items.iter().find(|item| item["status"] == "queued").unwrap();
    for item in [test, queued] {
        let path = format!("/conversations/{}", item["id"].as_str().unwrap());
        let deleted = send(&client, SECOND, "DELETE", &path);
        assert_eq!((deleted.status, deleted.body.len()), (204, 0));
        assert_eq!(send(&client, SECOND, "DELETE", &path).status, 404);
    }
    assert_eq!(all(&client, SECOND, "/conversations").0.len(), items.len() - 2);
}

#[test]
fn a_chat_is_answered_piece_by_piece_and_its_events_stay_open_until_it_ends() {
    let (_running, client) = start_empty();
    let open = with_status(&client, "in-progress", "chat_async");
    let mut socket = client.send("GET", &format!("/conversations/{open}/events"), &head(SECOND), b"").unwrap();
    assert_eq!(read_head(&mut socket).unwrap().0, 200);
    let mut live = String::new();
    read_events(&mut socket, &mut live, BEFORE);
    let before = BEFORE;
    assert_eq!(events(&live).len(), before);

    let hostile = "one \u{1b}[2J two สวัสดี \u{202e}three\nfour";
    let answer = say(&client, &open, &format!("/echo {hostile}"));
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/event-stream")));
    let received = events(&answer.text());
    let names = kinds(&received);
    assert_eq!(names[0], "user.message.received");
    assert_eq!(names[names.len() - 1], "agent.message.completed");
    let deltas = &received[1..received.len() - 1];
    assert!(deltas.len() > 1 && kinds(deltas).iter().all(|kind| *kind == "agent.message.delta"));
    let spoken: String = deltas.iter().map(|event| event["payload"]["text"].as_str().unwrap()).collect();
    assert_eq!(spoken, hostile);
    let completed = &received[received.len() - 1];
    assert_eq!(completed["payload"]["text"], hostile);
    assert_eq!(completed["payload"]["message_id"], deltas[0]["payload"]["message_id"]);

    read_events(&mut socket, &mut live, before + 2);
    let kept = events(&live);
    assert_eq!((&kept[before], &kept[before + 1]), (&received[0], completed), "the deltas are not kept");

    let ended = events(&say(&client, &open, "/end").text());
    assert_eq!(ended[ended.len() - 1]["payload"], json!({ "type": "conversation.ended", "status": "completed" }));
    while read_chunk(&mut socket).unwrap().is_some_and(|chunk| !chunk.is_empty()) {}
    let again = say(&client, &open, "Still there?");
    assert_eq!((again.status, again.json()["data"]["status"].clone()), (409, json!("completed")));
    assert_eq!(get(&client, &format!("/conversations/{open}")).json()["status"], "completed");
}

#[test]
fn an_answer_that_nobody_listens_to_is_kept_whole() {
    let running = Sandbox::start(Options { pace: Pace::WordsPerSecond(0.01), ..Options::default() }).unwrap();
    let client = Client::new(running.addr(), running.secret());
    let open = with_status(&client, "in-progress", "chat_async");
    let body = json!({ "payload": { "type": "user.message.send", "text": "/echo one two three four" } }).to_string();
    let head = format!("Content-Type: application/json\r\n{}", head(SECOND));
    let mut socket = client.send("POST", &format!("/conversations/{open}/session"), &head, body.as_bytes()).unwrap();
    assert_eq!(read_head(&mut socket).unwrap().0, 200);
    read_events(&mut socket, &mut String::new(), 2);
    drop(socket);
    let mut stream = client.send("GET", &format!("/conversations/{open}/events"), &self::head(SECOND), b"").unwrap();
    assert_eq!(read_head(&mut stream).unwrap().0, 200);
    let mut live = String::new();
    // What was said before, what the user said, and the answer.
    read_events(&mut stream, &mut live, BEFORE + 2);
    let last = events(&live).pop().unwrap();
    assert_eq!(last["payload"]["text"], "one two three four");
}

#[test]
fn calls_come_end_and_are_looked_through_and_each_is_a_signed_webhook() {
    let (running, client) = start(Options { simulation: true, seed_conversations: false, ..Options::default() });
    let hooks = format!("{}/hooks", running.base_url());
    running.set_hooks(&hooks).unwrap();
    let posted = || {
        let all = client.get("/_sandbox/ledger").json()["webhooks"].as_array().unwrap().clone();
        all.into_iter().filter(|hook| hook["url"].as_str().unwrap().ends_with("/agents")).collect::<Vec<_>>()
    };
    let updated = |hooks: &[Value]| {
        let found = hooks.iter().find(|hook| hook["body"]["payload"]["type"] == "conversation.custom_fields.updated");
        found.map(|hook| hook["body"]["conversation_id"].as_str().unwrap().to_owned())
    };
    eventually("a call was looked through", || updated(&posted()).is_some());
    let hooks_posted = posted();
    let id = updated(&hooks_posted).unwrap();
    let of_it: Vec<&Value> =
        hooks_posted.iter().filter(|hook| hook["body"]["conversation_id"] == json!(id)).collect();
    let bodies: Vec<Value> = of_it.iter().map(|hook| hook["body"].clone()).collect();
    assert_eq!(kinds(&bodies), ["conversation.setup", "conversation.ended", "conversation.custom_fields.updated"]);
    for hook in &of_it {
        let header = |name: &str| hook["headers"][name].as_str().unwrap().to_owned();
        let signed =
            format!("{hooks}/agents:{}:{}:{}", header("x-idempotency-key"), header("x-timestamp"), hook["body"]);
        let expected = Signature::from_parts(&Secret::new("sandbox-signing-key"), &[signed.as_bytes()]).hex();
        assert_eq!(header("x-signature"), expected);
    }
    let one = get(&client, &format!("/conversations/{id}")).json();
    assert_eq!(
        (&one["status"], &one["custom_fields"]),
        (&json!("completed"), &bodies[2]["payload"]["custom_fields"])
    );
    let listed = all(&client, FIRST, LIST).0;
    assert!(listed.len() > 60 && listed.iter().any(|item| item["id"] == json!(id) && item["postprocessed"] == true));
}

#[test]
fn events_go_on_behind_the_last_one_that_was_read_and_end_with_204() {
    let (_running, client) = start(Options::default());
    let client = &client;
    let (conversations, _) = all(client, SECOND, "/conversations");
    let ended = conversations.iter().find(|one| one["status"] == "completed").unwrap()["id"].as_str().unwrap();
    let path = format!("/conversations/{ended}/events");
    let behind = |last: &str| {
        let head = format!("{}Last-Event-ID: {last}\r\n", head(SECOND));
        client.request("GET", &path, &head, b"").unwrap()
    };
    let ids = |answer: &ClientResponse| -> Vec<String> {
        answer.text().lines().filter_map(|line| line.strip_prefix("id: ")).map(str::to_owned).collect()
    };
    let whole = get(client, &path);
    let known = ids(&whole);
    assert!((whole.status, known.len() > 2) == (200, true), "{}", whole.text());
    // Wherever a client lost the stream, it gets the rest and nothing twice.
    for (at, last) in known.iter().enumerate().take(known.len() - 1) {
        assert_eq!(ids(&behind(last)), known[at + 1..]);
    }
    // Behind the end there is nothing any more: a client that comes back by itself stops.
    let done = behind(known.last().unwrap());
    assert_eq!((done.status, done.text().as_str()), (204, ""));
    // What was never one of them says nothing of what was read.
    assert_eq!(ids(&behind("ev_unknown")), known);
}
