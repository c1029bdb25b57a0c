//! Rules: answers to data requests that no person writes. Owns how each kind is made; who posts them is told elsewhere.

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;

use crate::domain::{DataRequest, Respond, Rule, Timestamp};
use crate::http::{Address, Header, Http, Method, Request};
use crate::webhook;

/// The most that a program or a URL may answer.
const LONGEST: usize = 1024 * 1024;

/// What a rule yields: a JSON object's text, or why there is none.
pub(super) type Yield = Result<String, String>;

/// The rules of one channel, as the listener takes them; none where it has none.
pub(super) fn webhook_rule(rules: Vec<Rule>, clock: fn() -> Timestamp) -> Option<webhook::RuleFn> {
    if rules.is_empty() {
        return None;
    }
    Some(Arc::new(move |request: &DataRequest| {
        let named = rules.iter().find(|rule| rule.key == request.key);
        let rule = named.or_else(|| rules.iter().find(|rule| rule.key == "*"))?;
        let (respond, request) = (rule.respond.clone(), request.clone());
        Some(async move { answer(&respond, &request, clock).await }.boxed())
    }))
}

/// Makes the answer, for as long as the request lives.
async fn answer(respond: &Respond, request: &DataRequest, clock: fn() -> Timestamp) -> Yield {
    let inputs: Value = serde_json::from_str(&request.inputs).unwrap_or(Value::Null);
    let asked = json!({
        "id": request.id.as_str(),
        "channel": request.channel.as_str(),
        "key": request.key,
        "inputs": inputs,
        "deadline": request.deadline.to_rfc3339(),
    });
    let left = Duration::from_millis(request.deadline.since(clock()));
    let made = async {
        match respond {
            Respond::Fixed(value) => Ok(value.to_string()),
            Respond::Template(template) => fill(template, &asked),
            Respond::Command(words) => run(words, &asked.to_string()).await,
            Respond::Url(url) => post(url, &asked.to_string(), left, clock).await,
        }
    };
    let text = tokio::time::timeout(left, made).await.map_err(|_| "its time was up".to_owned())??;
    object(&text)
}

/// The text of a JSON object, without what stands around it.
pub(super) fn object(text: &str) -> Yield {
    match serde_json::from_str::<Value>(text.trim().trim_start_matches('\u{feff}')) {
        Ok(value @ Value::Object(_)) => Ok(value.to_string()),
        Ok(_) => Err("the answer is JSON, but no object".to_owned()),
        Err(error) => Err(format!("the answer is no JSON: {error}")),
    }
}

/// Fills a template. Each value that it inserts is written as JSON, so that nothing that a stranger wrote can end a
/// string or add a field.
fn fill(template: &str, asked: &Value) -> Yield {
    let mut environment = minijinja::Environment::new();
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::Json);
    environment.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
    environment.render_str(template, asked).map_err(|error| format!("the template could not be filled: {error}"))
}

/// Runs a program without a shell, with the request on standard input. It ends with the request's time.
async fn run(words: &[String], asked: &str) -> Yield {
    let (program, arguments) = words.split_first().ok_or("the rule names no program")?;
    let failed = |error: std::io::Error| format!("the program \"{program}\" could not be run: {error}");
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(failed)?;
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let write = async {
        if let Some(mut stdin) = stdin {
            // A program that doesn't read what it is told may still know the answer.
            let _ = stdin.write_all(asked.as_bytes()).await;
        }
    };
    let read = async {
        let mut said = Vec::new();
        if let Some(stdout) = stdout {
            stdout.take(LONGEST as u64 + 1).read_to_end(&mut said).await?;
        }
        Ok::<_, std::io::Error>(said)
    };
    let ((), said) = tokio::join!(write, read);
    let said = said.map_err(failed)?;
    if said.len() > LONGEST {
        return Err(format!("the program \"{program}\" answered more than 1 MiB"));
    }
    let status = child.wait().await.map_err(failed)?;
    if !status.success() {
        return Err(format!("the program \"{program}\" ended with {status}"));
    }
    String::from_utf8(said).map_err(|_| format!("the program \"{program}\" answered no UTF-8"))
}

/// Asks a URL. The client is made on the thread that serves, which is not the program's own.
async fn post(url: &str, asked: &str, left: Duration, clock: fn() -> Timestamp) -> Yield {
    let told = |error: crate::http::HttpError| format!("the rule's URL gave no answer: {error}");
    let address = Address::parse(url).map_err(told)?;
    let header = Header::new("content-type", "application/json").map_err(told)?;
    let request = Request::new(Method::Post, address).header(header).body(asked.to_owned()).first_byte(left);
    let mut response = Http::new(clock).send(request).await.map_err(told)?;
    let status = response.status();
    let body = response.bytes(LONGEST, left).await.map_err(told)?;
    if !(200..300).contains(&status) {
        return Err(format!("the rule's URL answered {status}"));
    }
    String::from_utf8(body.to_vec()).map_err(|_| "the rule's URL answered no UTF-8".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ChannelName, RequestId, RequestState, Trust};

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    fn request(key: &str, inputs: &str) -> DataRequest {
        DataRequest {
            id: RequestId::new("r1"),
            channel: ChannelName::new("lookups"),
            key: key.to_owned(),
            inputs: inputs.to_owned(),
            link: None,
            trust: Trust::Verified,
            received: NOW,
            deadline: NOW.plus_millis(10_000),
            state: RequestState::Received,
            answer: None,
            failure: None,
        }
    }

    async fn ask(respond: Respond, inputs: &str) -> Yield {
        let rules = webhook_rule(vec![Rule { key: "order".to_owned(), respond }], || NOW).unwrap();
        rules(&request("order", inputs)).unwrap().await
    }

    fn words(words: &[&str]) -> Respond {
        Respond::Command(words.iter().map(|w| (*w).to_owned()).collect())
    }

    #[tokio::test]
    async fn the_rule_of_the_key_comes_before_the_one_for_all() {
        let rule = |key: &str| Rule { key: key.to_owned(), respond: Respond::Fixed(json!({ "rule": key })) };
        let asked =
            |rules: Vec<Rule>, key: &str| webhook_rule(rules, || NOW).and_then(|rules| rules(&request(key, "{}")));
        let both = || vec![rule("*"), rule("order")];
        assert_eq!(asked(both(), "order").unwrap().await.unwrap(), r#"{"rule":"order"}"#);
        assert_eq!(asked(both(), "other").unwrap().await.unwrap(), r#"{"rule":"*"}"#);
        assert!(asked(vec![rule("order")], "other").is_none());
        assert!(asked(vec![], "order").is_none());
    }

    #[tokio::test]
    async fn a_template_inserts_json_and_nothing_else() {
        let template = |text: &str| Respond::Template(text.to_owned());
        let filled =
            ask(template(r#"{"status": {{ "order " ~ inputs.id }}, "n": {{ inputs.n }}}"#), r#"{"id":"7","n":3}"#);
        assert_eq!(filled.await.unwrap(), r#"{"status":"order 7","n":3}"#);
        let hostile = r#"{"id":"\", \"admin\": true, \"x\": \""}"#;
        let filled = ask(template(r#"{"id": {{ inputs.id }}}"#), hostile).await.unwrap();
        assert_eq!(serde_json::from_str::<Value>(&filled).unwrap().as_object().unwrap().len(), 1);
        assert!(ask(template(r#"{"id": {{ inputs.nothing }}}"#), "{}").await.unwrap_err().contains("template"));
        assert!(ask(template("[1]"), "{}").await.unwrap_err().contains("no object"));
    }

    #[tokio::test]
    async fn a_program_gets_the_request_and_says_the_answer() {
        let echoed = ask(words(&["sh", "-c", "cat"]), r#"{"id":"7"}"#).await.unwrap();
        let echoed: Value = serde_json::from_str(&echoed).unwrap();
        assert_eq!((&echoed["key"], &echoed["inputs"]["id"]), (&json!("order"), &json!("7")));
        assert!(ask(words(&["sh", "-c", "exit 3"]), "{}").await.unwrap_err().contains("ended with"));
        assert!(ask(words(&["/no/such/program"]), "{}").await.unwrap_err().contains("could not be run"));
        assert!(ask(words(&["sh", "-c", "echo no"]), "{}").await.unwrap_err().contains("no JSON"));
        assert!(ask(words(&["sh", "-c", "yes"]), "{}").await.unwrap_err().contains("1 MiB"));
    }

    #[tokio::test]
    async fn a_program_that_hangs_ends_with_the_request() {
        let rules =
            webhook_rule(vec![Rule { key: "*".to_owned(), respond: words(&["sleep", "600"]) }], || NOW).unwrap();
        let short = DataRequest { deadline: NOW.plus_millis(50), ..request("x", "{}") };
        assert!(rules(&short).unwrap().await.unwrap_err().contains("time was up"));
    }

    #[tokio::test]
    async fn a_url_is_asked_and_its_failure_is_told() {
        let body = r#"{"from":"url"}"#;
        let step = crate::http::Step::kept("200 OK", "content-type: application/json\r\n", body);
        let server = crate::http::TestServer::start(vec![step]).await;
        assert_eq!(ask(Respond::Url(server.url()), r#"{"id":1}"#).await.unwrap(), body);
        assert!(server.requests()[0].contains(r#""inputs":{"id":1}"#));
        let server = crate::http::TestServer::start(vec![crate::http::Step::kept("500 Oh", "", "{}")]).await;
        assert!(ask(Respond::Url(server.url()), "{}").await.unwrap_err().contains("500"));
        assert!(ask(Respond::Url("http://127.0.0.1:9/".to_owned()), "{}").await.is_err());
    }
}
