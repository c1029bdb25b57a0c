//! Eko: the token, each endpoint and what it refuses, and the people who answer by webhook.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::domain::Secret;
use crate::signature::Signature;

use super::*;

const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";
const GRANT: &str = "grant_type=client_credentials&scope=bot";
const TOM: &str = "5f3a1c20b4e8d70017a90002";
const GROUP: &str = "5f3a1c20b4e8d70017a9a001";
const TOPIC: &str = "5f3a1c20b4e8d70017a9b002";

/// The names and contents of a form's fields.
type Fields<'a> = &'a [(&'a str, &'a str)];

/// A sandbox whose webhooks come back to itself, where nobody takes them: the ledger shows them.
fn open() -> (Running, Client) {
    let (running, client) = start_empty();
    running.set_hooks(&format!("{}/hooks", running.base_url())).unwrap();
    (running, client)
}

fn token(client: &Client) -> String {
    let basic = STANDARD.encode("sandbox-eko:sandbox-eko-secret");
    let head = format!("{FORM}Authorization: Basic {basic}\r\n");
    let answer = client.request("POST", "/oauth/token", &head, GRANT.as_bytes()).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
    let json = answer.json();
    assert_eq!((&json["token_type"], &json["expires_in"]), (&json!("Bearer"), &json!(3600)));
    json["access_token"].as_str().unwrap().to_owned()
}

/// A bot with a good token.
struct BotClient<'a> {
    client: &'a Client,
    token: String,
}

impl<'a> BotClient<'a> {
    fn new(client: &'a Client) -> Self {
        Self { client, token: token(client) }
    }

    fn send(&self, method: &str, path: &str, kind: &str, body: &[u8]) -> ClientResponse {
        let kind = if kind.is_empty() { String::new() } else { format!("Content-Type: {kind}\r\n") };
        let head = format!("{kind}Authorization: Bearer {}\r\n", self.token);
        self.client.request(method, path, &head, body).unwrap()
    }

    fn json(&self, path: &str, body: &Value) -> ClientResponse {
        self.send("POST", &format!("/bot/{path}"), "application/json", body.to_string().as_bytes())
    }

    /// A multipart form; a field whose name begins with `@` is a file.
    fn form(&self, path: &str, fields: &[(&str, &str)]) -> ClientResponse {
        let part = |(name, content): &(&str, &str)| match name.strip_prefix('@') {
            Some(name) => format!(
                "--xyz\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a.png\"\r\n\r\n{content}\r\n"
            ),
            None => format!("--xyz\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{content}\r\n"),
        };
        let body = fields.iter().map(part).collect::<String>() + "--xyz--\r\n";
        self.send("POST", &format!("/bot/{path}"), "multipart/form-data; boundary=xyz", body.as_bytes())
    }

    fn write(&self, text: &str) -> ClientResponse {
        self.json("v1/direct/message", &json!({ "uid": TOM, "message": { "type": "text", "data": text } }))
    }
}

/// What was posted, in the ledger's form.
fn posted(client: &Client) -> Vec<Value> {
    client.get("/_sandbox/ledger").json()["webhooks"].as_array().unwrap().clone()
}

/// The `n`th event that was posted, once it is there.
fn event(client: &Client, n: usize) -> Value {
    eventually("the event is posted", || posted(client).len() > n);
    posted(client)[n]["body"]["events"][0].clone()
}

fn reply_token(event: &Value) -> &str {
    event["replyToken"].as_str().unwrap()
}

#[test]
fn a_token_is_given_for_credentials_in_either_place_and_nothing_else() {
    let (_running, client) = start_empty();
    assert_ne!(token(&client), token(&client));
    let basic = |pair: &str| format!("{FORM}Authorization: Basic {}\r\n", STANDARD.encode(pair));
    let right = basic("sandbox-eko:sandbox-eko-secret");
    let in_body = format!("{GRANT}&client_id=sandbox-eko&client_secret=sandbox-eko-secret");
    let as_json = json!({ "grant_type": "client_credentials", "scope": "bot", "client_id": "sandbox-eko",
                          "client_secret": "sandbox-eko-secret" });
    for (status, expected, head, body) in [
        (200, None, FORM.to_owned(), in_body.clone()),
        (401, Some("invalid_client"), FORM.to_owned(), GRANT.to_owned()),
        (200, None, basic("sandbox%2Deko:sandbox%2deko%2Dsecret"), GRANT.to_owned()),
        (401, Some("invalid_client"), basic("sandbox-eko:sandbox-eko-secret%26"), GRANT.to_owned()),
        (401, Some("invalid_client"), basic("sandbox-eko:wrong"), GRANT.to_owned()),
        (401, Some("invalid_client"), basic("sandbox-eko"), GRANT.to_owned()),
        (401, Some("invalid_client"), format!("{FORM}Authorization: Basic ???\r\n"), GRANT.to_owned()),
        (401, Some("invalid_client"), FORM.to_owned(), format!("{GRANT}&client_id=sandbox-eko&client_secret=x")),
        (400, Some("invalid_request"), right.clone(), in_body),
        (400, Some("invalid_request"), right.clone(), "scope=bot".to_owned()),
        (400, Some("invalid_request"), right.clone(), format!("{GRANT}&scope=bot")),
        (400, Some("unsupported_grant_type"), right.clone(), "grant_type=password&scope=bot".to_owned()),
        (400, Some("invalid_scope"), right, "grant_type=client_credentials&scope=all".to_owned()),
        (415, Some("invalid_request"), "Content-Type: application/json\r\n".to_owned(), as_json.to_string()),
    ] {
        let answer = client.request("POST", "/oauth/token", &head, body.as_bytes()).unwrap();
        let error = answer.json().get("error").cloned();
        assert_eq!((answer.status, error), (status, expected.map(|error| json!(error))), "{head} {body}");
        let asked = answer.header("www-authenticate").is_some_and(|how| how.starts_with("Basic "));
        assert_eq!(asked, status == 401, "{head} {body}");
    }
    assert_eq!(client.get("/oauth/token").status, 405);
}

#[test]
fn every_endpoint_wants_a_good_token_its_method_and_its_form() {
    let (_running, client) = open();
    let bot = BotClient::new(&client);
    for (path, method) in [
        ("/bot/v1/users?username=tom.baker", "GET"),
        ("/bot/v1/direct/message", "POST"),
        ("/bot/v1/direct/picture", "POST"),
        ("/bot/v1/direct/file", "POST"),
        ("/bot/v1/group/message", "POST"),
        ("/bot/v1/group/picture", "POST"),
        ("/bot/v1/group/file", "POST"),
        ("/bot/v1/message/text", "POST"),
        ("/bot/v1/message/picture", "POST"),
        ("/bot/v1/message/quickreply", "POST"),
        ("/bot/v1/groups", "POST"),
        ("/bot/v1/groups/x/topics", "POST"),
        ("/bot/v2/message/push", "POST"),
    ] {
        for head in ["", "Authorization: Bearer guess\r\n", "Authorization: Basic eDp5\r\n"] {
            assert_eq!(client.request(method, path, head, b"").unwrap().status, 401, "{path} {head}");
        }
        let other = if method == "GET" { "POST" } else { "GET" };
        assert_eq!(bot.send(other, path, "", b"").status, 405, "{path}");
        if method == "POST" {
            assert_eq!(bot.send(method, path, "text/plain", b"{}").status, 415, "{path}");
        }
    }
    for path in ["/bot/", "/bot/v1", "/bot/v1/direct/sticker", "/bot/v2/direct/message", "/file/view/x"] {
        assert_eq!(bot.send("POST", path, "application/json", b"{}").status, 404, "{path}");
    }
    assert!(posted(&client).is_empty());
}

#[test]
fn what_the_bot_writes_is_checked() {
    let (_running, client) = open();
    let bot = BotClient::new(&client);
    let text = |data: &str| json!({ "type": "text", "data": data });
    let quick =
        |quick: Value| json!({ "replyToken": "x", "message": { "data": "Which?", "meta": { "quickreply": quick } } });
    for (status, path, body) in [
        (404, "v1/direct/message", json!({ "uid": "nobody", "message": text("hi") })),
        (400, "v1/direct/message", json!({ "uid": TOM, "message": text("") })),
        (400, "v1/direct/message", json!({ "uid": TOM, "message": text(" \n") })),
        (400, "v1/direct/message", json!({ "uid": TOM, "message": { "data": "hi" } })),
        (400, "v1/direct/message", json!({ "uid": TOM, "message": { "type": "image", "data": "hi" } })),
        (400, "v1/direct/message", json!({ "uid": 7, "message": text("hi") })),
        (400, "v1/direct/message", json!({ "uid": TOM, "message": "hi" })),
        (400, "v1/direct/message", json!([])),
        (404, "v1/group/message", json!({ "gid": "x", "tid": "", "message": text("hi") })),
        (404, "v1/group/message", json!({ "gid": GROUP, "tid": "x", "message": text("hi") })),
        (400, "v1/group/message", json!({ "gid": GROUP, "message": text("hi") })),
        (400, "v1/group/message", json!({ "gid": GROUP, "tid": TOPIC, "message": text("") })),
        (404, "v2/message/push", json!({ "gid": "x", "tid": "", "messages": [{ "type": "text", "text": "hi" }] })),
        (400, "v2/message/push", json!({ "gid": GROUP, "tid": "", "messages": [] })),
        (400, "v2/message/push", json!({ "gid": GROUP, "tid": "", "messages": [{ "type": "text", "data": "a" }] })),
        (400, "v2/message/push", json!({ "gid": GROUP, "tid": "", "messages": [{ "type": "sticker" }] })),
        (400, "v1/message/quickreply", quick(json!({ "template": "other", "items": [] }))),
        (400, "v1/message/quickreply", quick(json!({ "template": "default", "items": [] }))),
        (400, "v1/message/quickreply", quick(json!({ "template": "default", "items": [{ "type": "label" }] }))),
        (400, "v1/groups/nowhere/topics", json!({ "name": "" })),
        (404, "v1/groups/nowhere/topics", json!({ "name": "Keys" })),
    ] {
        let answer = bot.json(path, &body);
        assert_eq!(answer.status, status, "{path} {body}");
        assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
    }
    let forms: [(u16, &str, Fields); 14] = [
        (404, "v1/direct/picture", &[("uid", "nobody"), ("@file", "x")]),
        (400, "v1/direct/picture", &[("uid", TOM)]),
        (400, "v1/direct/picture", &[("uid", TOM), ("@file", "")]),
        (400, "v1/direct/picture", &[("uid", TOM), ("file", "no file")]),
        (400, "v1/direct/file", &[("@uid", TOM), ("@file", "x")]),
        (400, "v1/direct/file", &[("uid", TOM), ("@file", "x"), ("gid", GROUP)]),
        (404, "v1/group/file", &[("gid", "x"), ("tid", ""), ("@file", "x")]),
        (400, "v1/message/text", &[("message", ""), ("replyToken", "x")]),
        (400, "v1/message/text", &[("message", "hi")]),
        (400, "v1/message/text", &[("message", "hi"), ("replyToken", "guess")]),
        (400, "v1/message/picture", &[("@file", "x"), ("replyToken", "guess")]),
        (400, "v1/groups", &[("uids", "a,b"), ("name", "n")]),
        (400, "v1/groups", &[("uids", "[]"), ("name", "n")]),
        (404, "v1/groups", &[("uids", "[\"nobody\"]"), ("name", "n")]),
    ];
    for (status, path, fields) in forms {
        assert_eq!(bot.form(path, fields).status, status, "{path} {fields:?}");
    }
    for query in ["", "?username=", "?name=x", "?username=tom.baker&limit=1"] {
        assert_eq!(bot.send("GET", &format!("/bot/v1/users{query}"), "", b"").status, 400, "{query}");
    }
    assert!(posted(&client).is_empty());
}

#[test]
fn who_is_written_to_answers_by_a_signed_webhook_that_can_be_replied_to_once() {
    let (_running, client) = open();
    let bot = BotClient::new(&client);
    let hostile = "\u{1b}[2J สวัสดี \u{202e}txt\r\n";
    let sent = bot.write(&format!("/echo {hostile}")).json();
    assert_eq!(sent["status"], "success");
    assert_eq!(sent["message"]["id"].as_str().unwrap().len(), 24);
    let first = event(&client, 0);
    assert_eq!(first["message"]["text"], hostile);
    assert_eq!(first["source"], json!({ "type": "user", "userId": TOM, "username": "tom.baker" }));
    assert!(first["message"].get("groupId").is_none() && first["timestamp"].is_string());

    let hook = posted(&client).remove(0);
    assert!(hook["url"].as_str().unwrap().ends_with("/hooks/frontline"));
    let signed = hook["body"].to_string();
    let expected = Signature::from_parts(&Secret::new("sandbox-eko-secret"), &[signed.as_bytes()]).standard();
    assert_eq!(hook["headers"]["x-eko-signature"], json!(expected));

    let fields = [("message", "/echo again"), ("replyToken", reply_token(&first))];
    let replied = bot.form("v1/message/text", &fields);
    assert_eq!((replied.status, replied.body.len()), (200, 0));
    assert_eq!(bot.form("v1/message/text", &fields).status, 400, "a reply token is good once");
    let second = event(&client, 1);
    assert_eq!((&second["message"]["text"], &second["source"]), (&json!("again"), &first["source"]));

    let items = ["tea", "coffee"].map(|word| json!({ "type": "label", "value": word, "data": { "text": word } }));
    let meta = json!({ "quickreply": { "template": "default", "items": items } });
    let quick = json!({ "replyToken": reply_token(&second), "message": { "data": "Which?", "meta": meta } });
    let picked = bot.json("v1/message/quickreply", &quick);
    assert_eq!((picked.status, picked.body.len()), (200, 0), "{}", picked.text());
    let third = event(&client, 2);
    assert!(["tea", "coffee"].contains(&third["message"]["text"].as_str().unwrap()), "{third}");
    assert_eq!(bot.form("v1/message/picture", &[("@file", "x"), ("replyToken", reply_token(&third))]).status, 200);
    event(&client, 3);
}

#[test]
fn a_group_is_found_opened_and_written_to() {
    let (_running, client) = open();
    let bot = BotClient::new(&client);
    let users = bot.send("GET", "/bot/v1/users?username=tom.baker", "", b"").json();
    let tom = json!({ "_id": TOM, "username": "tom.baker", "email": "tom.baker@example.com", "firstname": "Tom",
                      "lastname": "Baker", "deleted": false });
    assert_eq!(users, json!({ "users": [tom] }));
    let nobody = bot.send("GET", "/bot/v1/users?username=tom", "", b"").json();
    assert_eq!(nobody, json!({ "users": [] }));

    let uids = json!([TOM]).to_string();
    let group = bot.form("v1/groups", &[("uids", &uids), ("name", "Keys"), ("@file", "x")]).json()["group"].clone();
    assert_eq!((&group["name"], &group["userCount"]), (&json!("Keys"), &json!(2)));
    let gid = group["_id"].as_str().unwrap();
    let topic = bot.json(&format!("v1/groups/{gid}/topics"), &json!({ "name": "Spare" })).json()["topic"].clone();
    assert_eq!((&topic["name"], &topic["gid"]), (&json!("Spare"), &json!(gid)));
    let tid = topic["_id"].as_str().unwrap();

    let message = json!({ "gid": gid, "tid": tid, "message": { "type": "text", "data": "/echo here" } });
    assert_eq!(bot.json("v1/group/message", &message).json(), json!({ "status": "success" }));
    let here = event(&client, 0);
    let said = &here["message"];
    assert_eq!((&said["groupId"], &said["topicId"], &said["text"]), (&json!(gid), &json!(tid), &json!("here")));
    let pushed = json!({ "gid": gid, "tid": "", "messages": [
        { "type": "text", "text": "/silent" },
        { "type": "image", "originalContentUrl": "https://a.example/1.png", "previewImageUrl": "https://a.example/1s.png" },
    ] });
    assert_eq!(bot.json("v2/message/push", &pushed).json(), json!({ "status": "success" }));
    let main = event(&client, 1);
    assert!(main["message"]["topicId"] != json!(tid) && main["message"]["groupId"] == json!(gid), "{main}");

    for (path, to) in [("direct", vec![("uid", TOM)]), ("group", vec![("gid", GROUP), ("tid", TOPIC)])] {
        for what in ["picture", "file"] {
            let fields: Vec<_> = to.iter().copied().chain([("@file", "x"), ("caption", "y")]).collect();
            let sent = bot.form(&format!("v1/{path}/{what}"), &fields);
            assert_eq!(sent.json(), json!({ "status": "success" }), "{path} {what}");
        }
    }
    event(&client, 5);
}

#[test]
fn a_token_can_be_revoked_and_a_fault_can_refuse_one() {
    let (_running, client) = open();
    let bot = BotClient::new(&client);
    assert_eq!(bot.write("/revoke").status, 200);
    assert_eq!(bot.write("hello").status, 401);
    let bot = BotClient::new(&client);
    let fault = json!({ "path": "^/bot/", "status": 401 });
    assert_eq!(client.request("POST", "/_sandbox/faults", "", fault.to_string().as_bytes()).unwrap().status, 200);
    assert_eq!(bot.write("hello").status, 401);
    assert_eq!(bot.write("hello").status, 200);
}

#[test]
fn people_write_by_themselves_where_the_sandbox_is_alive() {
    let (running, client) = start(Options { simulation: true, seed_conversations: false, ..Options::default() });
    running.set_hooks(&format!("{}/hooks", running.base_url())).unwrap();
    let kinds = || {
        let eko = |hook: &&Value| hook["url"].as_str().unwrap().ends_with("/frontline");
        let hooks = posted(&client);
        let events = hooks.iter().filter(eko).map(|hook| hook["body"]["events"][0].clone()).collect::<Vec<_>>();
        let direct = |e: &Value| e["type"] == "message" && e["message"].get("groupId").is_none();
        let topic = |e: &Value| e["message"]["topicId"] == TOPIC;
        let join = |e: &Value| e["type"] == "join" && e["timestamp"].is_i64();
        (events.iter().any(direct), events.iter().any(topic), events.iter().any(join))
    };
    eventually("a message, one in the topic, and a newcomer", || kinds() == (true, true, true));
}
