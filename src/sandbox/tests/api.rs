//! Every endpoint, its statuses, and the pages.

use super::*;

#[test]
fn a_conversation_is_opened_continued_listed_and_read() {
    let (_running, client) = start_empty();
    let opened = client.request("POST", "/api/public/channels/sandbox/1.0/conversation", &client.json_headers(), b"");
    let opened = opened.unwrap();
    assert_eq!((opened.status, opened.header("content-type")), (200, Some("application/json")));
    let opened = opened.json();
    let keys: Vec<&String> = opened.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["success", "conversationId", "response"]);
    let id = opened["conversationId"].as_str().unwrap().to_owned();
    let greeting = opened["response"].as_str().unwrap().to_owned();

    let question = "Which key makes a new line?";
    let answer = post(&client, "message", &json!({ "conversationId": id, "message": question })).json();
    assert_eq!((&answer["success"], &answer["conversationId"]), (&json!(true), &json!(id)));
    let reply = answer["response"].as_str().unwrap().to_owned();
    assert!(reply.contains("Ctrl+J"), "{reply}");

    let said = |role: &str, text: &str| (role.to_owned(), text.to_owned());
    assert_eq!(
        texts(&client, &id),
        [said("assistant", &greeting), said("user", question), said("assistant", &reply)]
    );
    let list = post(&client, "conversations", &json!({})).json();
    assert_eq!(list["pagination"], json!({ "total": 1, "last": id }));
    assert_eq!(
        (&list["conversations"][0]["id"], &list["conversations"][0]["initialMessage"]),
        (&json!(id), &json!(question))
    );
    let row_keys: Vec<&String> = list["conversations"][0].as_object().unwrap().keys().collect();
    assert_eq!(row_keys, ["id", "createdAt", "initialMessage"]);
    let messages = post(&client, "messages", &json!({ "conversationId": id })).json();
    let row_keys: Vec<&String> = messages["messages"][0].as_object().unwrap().keys().collect();
    assert_eq!(row_keys, ["id", "message", "role", "createdAt"]);
}

#[test]
fn a_one_off_message_opens_a_conversation_and_a_follow_up_remembers_it() {
    let (_running, client) = start_empty();
    let first =
        post(&client, "message", &json!({ "message": "How does the outbox treat an unknown message?" })).json();
    let id = first["conversationId"].as_str().unwrap();
    assert_eq!(newest(&client), id);
    let more = post(&client, "message", &json!({ "conversationId": id, "message": "tell me more" })).json();
    assert!(more["response"].as_str().unwrap().contains("*From"), "{more}");
    assert_ne!(first["response"], more["response"]);
    let nonsense = post(&client, "message", &json!({ "message": "Qwxzy blorptang?" })).json();
    assert!(nonsense["response"].as_str().unwrap().starts_with("I don't know"));
}

#[test]
fn what_the_document_refuses_is_refused() {
    let (running, client) = start_empty();
    let path = |channel: &str, endpoint: &str| format!("/api/public/channels/{channel}/1.0/{endpoint}");
    let right = client.json_headers();
    let wrong = "Content-Type: application/json\r\nX-API-Secret-Key: nope\r\n";
    let none = "Content-Type: application/json\r\n";
    let plain = format!("Content-Type: text/plain\r\nX-API-Secret-Key: {}\r\n", running.secret());
    let known = post(&client, "message", &json!({ "message": "hi" })).json()["conversationId"].clone();
    let long = json!({ "message": "x".repeat((1 << 20) + 1) }).to_string();
    let cases: Vec<(u16, &str, String, &str, String)> = vec![
        (403, "POST", path("sandbox", "conversation"), wrong, String::new()),
        (403, "POST", path("sandbox", "message"), none, json!({ "message": "hi" }).to_string()),
        (403, "POST", path("sandbox-other", "conversations"), &right, "{}".to_owned()),
        (404, "POST", path("sandbox-disabled", "conversations"), &right, "{}".to_owned()),
        (404, "POST", path("unknown", "messages"), &right, "{}".to_owned()),
        (404, "POST", path("sandbox", "nothing"), &right, "{}".to_owned()),
        (404, "POST", path("sandbox", "message/"), &right, "{}".to_owned()),
        (404, "GET", "/".to_owned(), "", String::new()),
        (404, "GET", "/_sandbox/nothing".to_owned(), "", String::new()),
        (405, "GET", path("sandbox", "conversations"), &right, String::new()),
        (405, "DELETE", path("sandbox", "message"), &right, String::new()),
        (405, "POST", "/_sandbox/ledger".to_owned(), "", String::new()),
        (400, "POST", path("sandbox", "message"), &right, String::new()),
        (400, "POST", path("sandbox", "message"), &right, "{\"message\":".to_owned()),
        (400, "POST", path("sandbox", "message"), &right, "[]".to_owned()),
        (400, "POST", path("sandbox", "message"), &right, json!({ "response": "hi" }).to_string()),
        (400, "POST", path("sandbox", "message"), &right, json!({ "message": 5 }).to_string()),
        (400, "POST", path("sandbox", "message"), &right, json!({ "message": " \n" }).to_string()),
        (400, "POST", path("sandbox", "message"), &right, json!({ "message": "hi", "stream": "yes" }).to_string()),
        (
            400,
            "POST",
            path("sandbox", "message"),
            &right,
            json!({ "message": "hi", "conversationId": 1 }).to_string(),
        ),
        (400, "POST", path("sandbox", "message"), &plain, json!({ "message": "hi" }).to_string()),
        (
            404,
            "POST",
            path("sandbox", "message"),
            &right,
            json!({ "message": "hi", "conversationId": "x" }).to_string(),
        ),
        (413, "POST", path("sandbox", "message"), &right, long),
        (413, "POST", path("sandbox", "message"), &right, "x".repeat(9 << 20)),
        (400, "POST", path("sandbox", "conversations"), &right, json!({ "limit": 0 }).to_string()),
        (400, "POST", path("sandbox", "conversations"), &right, json!({ "limit": 101 }).to_string()),
        (400, "POST", path("sandbox", "conversations"), &right, json!({ "limit": "10" }).to_string()),
        (400, "POST", path("sandbox", "conversations"), &right, json!({ "limit": 1.5 }).to_string()),
        (400, "POST", path("sandbox", "conversations"), &right, json!({ "cursor": "x" }).to_string()),
        (400, "POST", path("sandbox", "messages"), &right, json!({ "limit": 5 }).to_string()),
        (404, "POST", path("sandbox", "messages"), &right, json!({ "conversationId": "x" }).to_string()),
        (
            400,
            "POST",
            path("sandbox", "messages"),
            &right,
            json!({ "conversationId": known, "cursor": "x" }).to_string(),
        ),
        (
            400,
            "POST",
            path("sandbox", "messages"),
            &right,
            json!({ "conversationId": known, "limit": -1 }).to_string(),
        ),
        (400, "POST", "/_sandbox/faults".to_owned(), "", "{}".to_owned()),
        (403, "GET", "/_sandbox/ledger".to_owned(), "Host: evil.example\r\n", String::new()),
    ];
    for (status, method, path, headers, body) in cases {
        let answer = client.request(method, &path, headers, body.as_bytes()).unwrap();
        let shown: String = body.chars().take(80).collect();
        assert_eq!(answer.status, status, "{method} {path} {shown}: {}", answer.text());
        let json = answer.json();
        assert_eq!(json["success"], json!(false), "{method} {path}");
        assert!(!json["error"].as_str().unwrap().is_empty());
        assert_eq!(answer.header("allow").is_some(), status == 405, "{method} {path}");
    }
    let all = post(&client, "conversations", &json!({})).json();
    assert_eq!(all["pagination"]["total"], 1, "a refused message leaves no conversation behind");
}

/// All pages of a list, by the cursor that each gives for the next; the last one is empty.
fn walk(client: &Client, endpoint: &str, rows: &str, body: &Value) -> (Vec<Value>, usize) {
    let mut body = body.clone();
    let (mut all, mut pages) = (Vec::new(), 0);
    loop {
        let page = post(client, endpoint, &body).json();
        let items = page[rows].as_array().unwrap();
        assert!(items.len() <= body["limit"].as_u64().map_or(10, |limit| usize::try_from(limit).unwrap()));
        if items.is_empty() {
            assert_eq!(page["pagination"]["last"], Value::Null);
            assert_eq!(page["pagination"]["total"], all.len());
            return (all, pages);
        }
        assert_eq!(page["pagination"]["last"], items.last().unwrap()["id"]);
        body["cursor"] = page["pagination"]["last"].clone();
        all.extend(items.iter().cloned());
        pages += 1;
    }
}

#[test]
fn the_pages_walk_through_everything_once() {
    let (_running, client) = start(Options::default());
    let (conversations, pages) = walk(&client, "conversations", "conversations", &json!({}));
    assert!(conversations.len() >= 36);
    assert_eq!(pages, conversations.len().div_ceil(10), "ten a page unless asked otherwise");
    assert_eq!(walk(&client, "conversations", "conversations", &json!({ "limit": 7 })).0, conversations);
    let mut ids: Vec<&str> = conversations.iter().map(|row| row["id"].as_str().unwrap()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), conversations.len());
    let readable: Vec<&str> = conversations
        .iter()
        .map(|row| row["createdAt"].as_str().unwrap())
        .filter(|at| crate::domain::Timestamp::parse_rfc3339(at).is_some())
        .collect();
    assert!(readable.is_sorted_by(|newer, older| newer >= older), "newest first");

    let mut longest = 0;
    for row in &conversations {
        let (messages, _) =
            walk(&client, "messages", "messages", &json!({ "conversationId": row["id"], "limit": 100 }));
        let first = messages.iter().find(|message| message["role"] == "user").unwrap();
        assert_eq!(first["message"], row["initialMessage"]);
        longest = longest.max(messages.len());
    }
    assert_eq!(longest, 240);
}

#[test]
fn the_ledger_has_every_request_with_its_answer_and_no_secret() {
    let (running, client) = start_empty();
    post(&client, "message", &json!({ "message": "/echo hi" }));
    post(&client, "messages", &json!({ "conversationId": "x" }));
    let ledger = client.get("/_sandbox/ledger");
    assert_eq!(ledger.status, 200);
    assert!(!ledger.text().contains(running.secret()));
    let ledger = ledger.json();
    let requests = ledger["requests"].as_array().unwrap();
    let seen: Vec<(&str, u64)> =
        requests.iter().map(|r| (r["path"].as_str().unwrap(), r["status"].as_u64().unwrap())).collect();
    let path = "/api/public/channels/sandbox/1.0/";
    assert_eq!(seen, [(format!("{path}message").as_str(), 200), (format!("{path}messages").as_str(), 404)]);
    assert_eq!(requests[0]["body"], json!({ "message": "/echo hi" }));
    assert_eq!(
        (&requests[0]["method"], &requests[0]["headers"]["x-api-secret-key"]),
        (&json!("POST"), &json!("[secret]"))
    );
}

#[test]
fn only_loopback_is_bound_unless_asked_for_more() {
    let everywhere = std::net::SocketAddr::from(([0, 0, 0, 0], 0));
    let refused = Sandbox::start(Options { bind: everywhere, ..Options::default() }).unwrap_err();
    assert!(refused.to_string().contains("loopback"), "{refused}");
    let options = Options { bind: everywhere, allow_public: true, ..Options::default() };
    let (running, client) = start(options);
    assert!(running.base_url().starts_with("http://127.0.0.1:"), "{}", running.base_url());
    let strange_host = format!("Host: sandbox.example\r\n{}", client.json_headers());
    let reached = Client::new(format!("127.0.0.1:{}", running.addr().port()).parse().unwrap(), running.secret());
    let answer = reached.request("POST", "/api/public/channels/sandbox/1.0/conversations", &strange_host, b"{}");
    assert_eq!(answer.unwrap().status, 200);
    let taken = Sandbox::start(Options { bind: running.addr(), allow_public: true, ..Options::default() });
    assert!(matches!(taken.unwrap_err(), super::super::SandboxError::Bind { .. }));
}

#[test]
fn the_printed_config_names_the_running_sandbox() {
    let (running, _client) = start_empty();
    let config: toml::Table = running.config_toml().parse().unwrap();
    assert_eq!(config["default_channel"].as_str(), Some("sandbox"));
    let channel = &config["channels"][0];
    let key = |key: &str| channel[key].as_str().unwrap().to_owned();
    assert_eq!(
        [key("name"), key("platform"), key("channel_id"), key("base_url")],
        ["sandbox", "chat-thing", running.channel_id(), &running.base_url()]
    );
    // Not in plain: a file that a shell's redirection made can be read by others, and would be refused.
    assert_eq!(channel["secret_key"]["command"][1].as_str(), Some(running.secret()));
}
