//! `requests list` and `answer`, and the rules that answer by themselves.

use serde_json::{Value, json};

use crate::support::command::Running;
use crate::support::origin::{Gate, Origin, Script};
use crate::support::stand::Stand;
use crate::support::wait::wait;

/// Has a request come that waits, and gives its id.
#[track_caller]
fn ask(stand: &Stand, listen: &mut Running, key: &str) -> String {
    assert_eq!(stand.deliver("optech", "lookups", &json!({"key": key, "inputs": {"order": "A-1"}}))["status"], 202);
    let mark = format!("\"key\":\"{key}\"");
    let told = listen.wait_output("the request", |text| text.contains(&mark) && text.ends_with('\n'));
    let line = told.lines().find(|line| line.contains(&mark)).expect("its event");
    let event: Value = serde_json::from_str(line).expect("JSON");
    event["id"].as_str().expect("an id").to_owned()
}

/// The request with that id as `requests list` has it.
#[track_caller]
fn listed(stand: &Stand, id: &str) -> Value {
    let list = stand.call(&["requests", "list", "--json"]).run().expect_code(0).json();
    let rows = list["requests"].as_array().expect("rows").clone();
    rows.into_iter().find(|row| row["id"] == id).unwrap_or_else(|| panic!("{id} in {list}"))
}

/// How often the platform was answered at its links.
fn posts(stand: &Stand) -> Vec<Value> {
    stand.requests("/ingest/")
}

#[test]
fn an_answer_is_posted_once_signed_and_in_the_platforms_form() {
    let stand = Stand::start();
    let mut listen = stand.listen();
    let id = ask(&stand, &mut listen, "order_status");
    let row = listed(&stand, &id);
    let names: Vec<&str> = row.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(names, ["id", "channel", "key", "inputs", "state", "deadline"]);
    assert_eq!(
        (&row["channel"], &row["key"], &row["state"]),
        (&json!("lookups"), &json!("order_status"), &json!("received"))
    );
    assert_eq!(row["inputs"], json!({"order": "A-1"}));

    for (data, why) in [("5", "object"), ("[]", "object"), ("{", "JSON"), ("", "JSON"), ("\"x\"", "object")] {
        let output = stand.call(&["requests", "answer", &id, "--data", data, "--json"]).run().expect_code(11);
        let failure = output.failure();
        assert!(failure["message"].as_str().expect("a message").contains(why), "{data:?} {failure}");
    }
    let output = stand.call(&["requests", "answer", "nobody", "--data", "{}", "--json"]).run().expect_code(5);
    assert_eq!(output.failure()["kind"], "not_found");
    assert_eq!(posts(&stand).len(), 0, "nothing of this was posted");

    let data = r#"{"status":"it’s shipped \u00e9 é"}"#;
    let output = stand.call(&["requests", "answer", &id, "--data", "-", "--json"]).stdin(data).run().expect_code(0);
    assert_eq!(output.json(), json!({"ok": true}));
    let post = posts(&stand).remove(0);
    assert_eq!((&post["status"], &post["body"]), (&json!(200), &json!({"data": {"status": "it’s shipped é é"}})));
    let again = stand.call(&["requests", "answer", &id, "--data", "{}", "--json"]).run().expect_code(11);
    assert!(again.failure()["message"].as_str().expect("a message").contains("answered already"), "{again}");
    assert_eq!((posts(&stand).len(), &listed(&stand, &id)["state"]), (1, &json!("posted")));
    stand.expect_well_formed(&[]);
    listen.signal("TERM");
    let _ = listen.wait().expect_code(0);
}

#[test]
fn what_the_platform_refuses_is_told_and_not_tried_again() {
    let stand = Stand::start();
    let mut listen = stand.listen();
    for (n, (fault, code, kind, state)) in [
        (json!(401), 4, "unauthorized", "failed"),
        (json!(409), 1, "failed", "failed"),
        (json!(500), 8, "platform", "unknown"),
        (json!("reset"), 9, "unknown_delivery", "unknown"),
    ]
    .into_iter()
    .enumerate()
    {
        let id = ask(&stand, &mut listen, &format!("key{n}"));
        stand.fault(&json!({"path": "/ingest/", "status": fault}));
        let output = stand.call(&["requests", "answer", &id, "--data", "{}", "--json"]).run().expect_code(code);
        assert_eq!(output.failure()["kind"], kind, "{output}");
        assert_eq!(listed(&stand, &id)["state"], state);
        let again = stand.call(&["requests", "answer", &id, "--data", "{}", "--json"]).run().expect_code(11);
        assert_eq!(again.failure()["kind"], "invalid");
        assert_eq!(posts(&stand).len(), n + 1, "{fault}");
    }
}

#[test]
fn an_answer_that_would_be_late_is_not_sent() {
    let stand = Stand::with(|config| {
        config.replace("client_id = \"sandbox-optech\"", "client_id = \"sandbox-optech\"\nanswer_within = 1")
    });
    let mut listen = stand.listen();
    let id = ask(&stand, &mut listen, "order_status");
    let deadline = listed(&stand, &id);
    assert_eq!(deadline["state"], "received");
    // Until its time is up: half a second before the deadline, since an answer has to arrive, too.
    wait("its end", || listed(&stand, &id)["state"] == "expired");
    let output = stand.call(&["requests", "answer", &id, "--data", "{}", "--json"]).run().expect_code(11);
    assert!(output.failure()["message"].as_str().expect("a message").contains("too late"), "{output}");
    assert_eq!(posts(&stand).len(), 0);
}

#[test]
fn a_hostile_link_is_refused_and_never_followed() {
    let sink = Origin::start(|_| Script::json(200, &json!({})));
    let stand = Stand::start();
    let listen = stand.listen();
    let base = format!("http://{}", stand.address);
    let evil = sink.url().replace("http://", "");
    for link in [
        format!("{}/ingest/a", sink.url()),
        format!("http://{}@{evil}/ingest/a", stand.address),
        format!("{base}/ingest/../_sandbox/ledger"),
        format!("{base}/ingest/%2e%2e/x"),
        format!("{base}/ingest/a?x={}", sink.url()),
        format!("{base}/ingest/a#x"),
        format!("{base}\\@{evil}/ingest/a"),
        format!("//{evil}/ingest/a"),
        "https://api.optech.ai/ingest/a".to_owned(),
        "file:///etc/passwd".to_owned(),
        format!("{base}/ingest/"),
        format!("{base}/other/a"),
    ] {
        let told = stand.deliver("optech", "lookups", &json!({"key": "k", "inputs": {}, "link": link}));
        assert_eq!(told["status"], 400, "{link} {told}");
        assert!(!told["body"].as_str().expect("a body").contains(&evil), "{told}");
    }
    let list = stand.call(&["requests", "list", "--json"]).run().expect_code(0).json();
    assert_eq!(list["requests"], json!([]));
    assert_eq!(sink.connections(), 0);
    assert_eq!(posts(&stand).len(), 0);
    listen.signal("TERM");
    let _ = listen.wait().expect_code(0);
}

#[test]
fn rules_of_all_four_kinds_answer_in_the_response() {
    let server = Origin::start(|request| {
        let asked = request.json().unwrap_or_default();
        Script::json(200, &json!({"echo": asked["inputs"], "for": asked["key"]}))
    });
    let rules = format!(
        "\n[[channels.rules]]\nkey = \"fixed\"\ndata = {{ status = \"shipped\", n = 3 }}\n\
         [[channels.rules]]\nkey = \"template\"\ntemplate = '{{\"said\": {{{{ inputs.order }}}}, \"ch\": {{{{ channel }}}}}}'\n\
         [[channels.rules]]\nkey = \"command\"\ncommand = [\"sh\", \"-c\", \"cat >/dev/null; echo '{{\\\"from\\\": \\\"sh\\\"}}'\"]\n\
         [[channels.rules]]\nkey = \"*\"\nurl = \"{}/rule\"\n",
        server.url()
    );
    let stand = Stand::with(|config| with_rules(&config, &rules));
    let listen = stand.listen();
    let hostile = "\",\"x\":1,\"y\":\"\u{1b}";
    for (key, order, expected) in [
        ("fixed", "A", json!({"status": "shipped", "n": 3})),
        ("template", hostile, json!({"said": hostile, "ch": "lookups"})),
        ("command", "A", json!({"from": "sh"})),
        ("anything", "A", json!({"echo": {"order": "A"}, "for": "anything"})),
    ] {
        let told = stand.deliver("optech", "lookups", &json!({"key": key, "inputs": {"order": order}}));
        assert_eq!((&told["status"], &told["json"]), (&json!(200), &json!({"data": expected})), "{key}");
        assert!(told["headers"]["x-optech-signature"].is_string(), "{told}");
    }
    let list = stand.call(&["requests", "list", "--json"]).run().expect_code(0).json();
    let states: Vec<&Value> = list["requests"].as_array().expect("rows").iter().map(|r| &r["state"]).collect();
    assert_eq!(states, [&json!("answered"); 4]);
    assert_eq!(posts(&stand).len(), 0, "what was answered at once is not posted");
    listen.signal("TERM");
    let _ = listen.wait().expect_code(0);
}

#[test]
fn a_slow_rule_is_accepted_and_its_answer_is_posted() {
    let gate = Gate::new();
    let held = gate.clone();
    let server = Origin::start(move |_| {
        let answer = Script::json(200, &json!({"slow": true}));
        Script::default().wait(&held).then(answer.0[0].clone())
    });
    let rules = format!("\n[[channels.rules]]\nkey = \"slow\"\nurl = \"{}/rule\"\n", server.url());
    let stand = Stand::with(|config| with_rules(&config, &rules));
    let mut listen = stand.listen();
    let id = ask(&stand, &mut listen, "slow");
    assert_eq!(posts(&stand).len(), 0);
    gate.open();
    wait("the answer", || listed(&stand, &id)["state"] == "posted");
    let posts = posts(&stand);
    assert_eq!(
        (posts.len(), &posts[0]["body"], &posts[0]["status"]),
        (1, &json!({"data": {"slow": true}}), &json!(200))
    );
    stand.expect_well_formed(&[]);
}

#[test]
fn a_rule_without_an_answer_leaves_the_request_to_a_person() {
    let rules = "\n[[channels.rules]]\nkey = \"broken\"\ncommand = [\"sh\", \"-c\", \"exit 3\"]\n\
                 [[channels.rules]]\nkey = \"no-object\"\ncommand = [\"echo\", \"[]\"]\n";
    let stand = Stand::with(|config| with_rules(&config, rules));
    let mut listen = stand.listen();
    for key in ["broken", "no-object"] {
        let id = ask(&stand, &mut listen, key);
        assert_eq!(listed(&stand, &id)["state"], "received", "{key}");
        let _ = stand.call(&["requests", "answer", &id, "--data", "{}"]).run().expect_code(0);
        assert_eq!(listed(&stand, &id)["state"], "posted");
    }
    assert_eq!(posts(&stand).len(), 2);
}

/// The config with rules in its OpTech channel, which stands last.
fn with_rules(config: &str, rules: &str) -> String {
    let at = config.find("\n[listener]").expect("the listener's table");
    format!("{}{rules}{}", &config[..at], &config[at..])
}
