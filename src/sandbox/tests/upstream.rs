//! A model behind the sandbox, played by a server with scripted answers.

use super::super::{SandboxError, Upstream};
use super::*;
use crate::domain::Secret;
use crate::http::{Step, TestServer};

fn options(url: &str) -> Options {
    let upstream = Upstream { url: format!("{url}/v1"), model: "small".to_owned(), key: Some(Secret::new("hush")) };
    Options { upstream: Some(upstream), seed_conversations: false, ..Options::default() }
}

fn chunk(delta: &str, finish: &str) -> String {
    format!("data: {{\"choices\":[{{\"delta\":{delta},\"finish_reason\":{finish}}}]}}\n\n")
}

fn stream(lines: &[String]) -> Vec<Step> {
    Step::response("200 OK", "text/event-stream", &lines.concat())
}

fn spoken() -> Vec<String> {
    vec![
        chunk(r#"{"role":"assistant","content":""}"#, "null"),
        chunk(r#"{"content":"Use"}"#, "null"),
        chunk(r#"{"content":" **Ctrl+J**."}"#, "null"),
        chunk("{}", "\"stop\""),
        "data: [DONE]\n\n".to_owned(),
    ]
}

/// Runs `test` with a client of a sandbox before an upstream that answers by `scripts`; gives what the upstream heard.
async fn before(scripts: Vec<Vec<Step>>, test: impl FnOnce(&Client) + Send + 'static) -> Vec<String> {
    let server = TestServer::start(scripts).await;
    let options = options(&server.url());
    let tested = tokio::task::spawn_blocking(move || {
        let (_running, client) = start(options);
        test(&client);
    });
    tested.await.unwrap();
    server.requests()
}

#[tokio::test]
async fn the_upstream_hears_the_conversation_with_the_sections_and_its_deltas_are_passed_on() {
    let whole = r#"{"choices":[{"message":{"content":"All at once."}}]}"#;
    let scripts = vec![stream(&spoken()), Step::response("200 OK", "application/json", whole)];
    let heard = before(scripts, |client| {
        let question = "Which key makes a new line?";
        let answer = post(client, "message", &json!({ "message": question, "stream": true })).text();
        let deltas: Vec<&str> = answer.split("\n\n").filter(|line| line.contains("\"content\"")).collect();
        assert!(deltas.len() == 2 && deltas[1].contains(" **Ctrl+J**."), "{answer}");
        assert!(answer.contains("\"model\":\"small\"") && answer.ends_with("data: [DONE]\n\n"), "{answer}");
        let id = newest(client);
        assert_eq!(texts(client, &id)[1].1, "Use **Ctrl+J**.");
        let more = post(client, "message", &json!({ "conversationId": id, "message": "And another?" })).json();
        assert_eq!(more["response"], "All at once.");
        let echo = post(client, "message", &json!({ "message": "/echo still here" })).json();
        assert_eq!(echo["response"], "still here");
    })
    .await;
    assert_eq!(heard.len(), 2, "commands stay in the sandbox");
    assert!(heard[0].starts_with("POST /v1/chat/completions ") && heard[0].contains("authorization: Bearer hush"));
    let asked: Value = serde_json::from_str(heard[1].split("\r\n\r\n").nth(1).unwrap()).unwrap();
    assert_eq!((&asked["model"], &asked["stream"]), (&json!("small"), &json!(true)));
    let roles: Vec<&str> =
        asked["messages"].as_array().unwrap().iter().map(|message| message["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["system", "user", "assistant", "user"]);
    assert_eq!(asked["messages"][2]["content"], "Use **Ctrl+J**.");
    let first: Value = serde_json::from_str(heard[0].split("\r\n\r\n").nth(1).unwrap()).unwrap();
    assert!(first["messages"][0]["content"].as_str().unwrap().contains("Pasted text is only inserted"));
}

#[tokio::test]
async fn an_upstream_that_fails_before_the_stream_is_a_500_that_says_why() {
    let scripts = vec![
        Step::response("503 Busy", "application/json", r#"{"error":{"message":"model is loading"}}"#),
        Step::response("200 OK", "application/json", "not json"),
        vec![Step::Reset],
    ];
    before(scripts, |client| {
        for (stream, why) in [(true, "model is loading"), (true, "no JSON"), (false, "upstream: ")] {
            let answer = post(client, "message", &json!({ "message": "hi there bot", "stream": stream }));
            assert_eq!(answer.status, 500);
            assert!(answer.json()["error"].as_str().unwrap().contains(why), "{}", answer.text());
        }
    })
    .await;
}

#[tokio::test]
async fn an_upstream_that_fails_in_its_stream_is_an_error_object_and_what_came_is_kept() {
    let mut cut = spoken();
    cut.truncate(2);
    let mut failing = cut.clone();
    failing.push("data: {\"error\":{\"message\":\"out of memory\"}}\n\n".to_owned());
    before(vec![stream(&cut), stream(&failing)], |client| {
        for why in ["ended too early", "out of memory"] {
            let answer = post(client, "message", &json!({ "message": "go", "stream": true })).text();
            let last = answer.trim_end().rsplit("data: ").next().unwrap();
            let error: Value = serde_json::from_str(last).unwrap();
            assert!(error["error"]["message"].as_str().unwrap().contains(why), "{answer}");
            assert!(!answer.contains("[DONE]"));
            assert_eq!(texts(client, &newest(client))[1].1, "Use");
        }
    })
    .await;
}

#[tokio::test]
async fn why_the_upstream_ended_is_passed_on_and_what_is_no_end_ends_nothing() {
    let said = |text: &str, finish: &str| chunk(&format!(r#"{{"content":"{text}"}}"#), finish);
    let done = || "data: [DONE]\n\n".to_owned();
    let usage = "data: {\"choices\":[],\"usage\":{\"total_tokens\":3}}\n\n".to_owned();
    let table: [(Vec<String>, &str); 6] = [
        (vec![said("all", "null"), chunk("{}", "\"length\""), usage, done()], "length"),
        (vec![said("all", "\"content_filter\"")], "content_filter"),
        (vec![said("a", "\"\""), "data:\n\n".to_owned(), said("ll", "\"\""), chunk("{}", "\"stop\"")], "stop"),
        (vec![said("a", "\"stop\""), said("l", "\"stop\""), said("l", "\"stop\""), done()], "stop"),
        (vec![said("al", "\"null\""), said("l", "null"), done()], "stop"),
        // The last event lacks its blank line.
        (vec![said("a", "null"), said("ll", "\"stop\"").trim_end().to_owned()], "stop"),
    ];
    let scripts = table.iter().map(|(lines, _)| stream(lines)).collect();
    before(scripts, move |client| {
        for (lines, finish) in table {
            let answer = post(client, "message", &json!({ "message": "go", "stream": true })).text();
            let ends = answer.matches("\"finish_reason\":\"").count();
            assert!(answer.contains(&format!("\"finish_reason\":\"{finish}\"")) && ends == 1, "{lines:?}: {answer}");
            assert!(answer.ends_with("data: [DONE]\n\n"), "{lines:?}: {answer}");
            assert_eq!(texts(client, &newest(client))[1].1, "all", "{lines:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_upstream_that_is_busy_or_fails_is_told_as_it_is() {
    let scripts = vec![
        Step::kept("429 Busy", "retry-after: 7\r\n", r#"{"error":{"message":"slow down"}}"#),
        Step::response("429 Busy", "text/plain", "no"),
        stream(&[r#"data: {"object":"error","message":"no such model","code":404}"#.to_owned() + "\n\n"]),
        Step::response("200 OK", "application/json", r#"{"object":"error","message":"no such model"}"#),
        stream(&["event: error\n\n".to_owned()]),
    ];
    before(scripts, |client| {
        let go = || post(client, "message", &json!({ "message": "go", "stream": true }));
        let busy = go();
        assert_eq!((busy.status, busy.header("retry-after")), (429, Some("7")));
        assert!(busy.json()["error"].as_str().unwrap().contains("slow down"), "{}", busy.text());
        let busy = go();
        assert_eq!((busy.status, busy.header("retry-after")), (429, None));
        let failed = go();
        assert!(failed.status == 200 && failed.text().contains("no such model"), "{}", failed.text());
        let failed = go();
        assert!(failed.status == 500 && failed.text().contains("no such model"), "{}", failed.text());
        assert!(go().text().contains("it failed"));
    })
    .await;
}

#[tokio::test]
async fn an_upstreams_stream_is_read_to_its_end_and_its_connection_serves_again() {
    let mut kept = vec![Step::Write(
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n".to_vec(),
    )];
    kept.extend(spoken().iter().map(|line| Step::Write(format!("{:x}\r\n{line}\r\n", line.len()).into_bytes())));
    kept.push(Step::Write(b"0\r\n\r\n".to_vec()));
    let server = TestServer::start(vec![kept.clone(), kept]).await;
    let options = options(&server.url());
    let tested = tokio::task::spawn_blocking(move || {
        let (_running, client) = start(options);
        for _ in 0..2 {
            let answer = post(&client, "message", &json!({ "message": "go", "stream": true })).text();
            assert!(answer.ends_with("data: [DONE]\n\n"), "{answer}");
        }
    });
    tested.await.unwrap();
    assert_eq!((server.requests().len(), server.connections()), (2, 1));
}

#[tokio::test]
async fn stopping_does_not_wait_for_a_silent_upstream() {
    let mut beginning = stream(&spoken()[..2]);
    beginning.pop();
    beginning.push(Step::Hang);
    let server = TestServer::start(vec![beginning]).await;
    let options = options(&server.url());
    let tested = tokio::task::spawn_blocking(move || {
        let (running, client) = start(options);
        let body = json!({ "message": "go", "stream": true }).to_string();
        let path = "/api/public/channels/sandbox/1.0/message";
        let mut socket = client.send("POST", path, &client.json_headers(), body.as_bytes()).unwrap();
        super::client::read_head(&mut socket).unwrap();
        let mut came = String::new();
        while !came.contains("Use") {
            came.push_str(&String::from_utf8(super::client::read_chunk(&mut socket).unwrap().unwrap()).unwrap());
        }
        running.stop();
    });
    tested.await.unwrap();
}

#[test]
fn an_upstream_that_cannot_be_meant_is_refused_at_the_start() {
    for url in ["", "localhost", "ftp://localhost", "http://models.example"] {
        let error = Sandbox::start(Options { bind: options("").bind, ..options(url) }).unwrap_err();
        assert!(matches!(error, SandboxError::Upstream(_) | SandboxError::BareKey), "{url}: {error}");
    }
}
