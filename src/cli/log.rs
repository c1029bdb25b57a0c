//! `log`: the calls that were made, as the log has them.

use std::time::Duration;

use serde_json::{Value, json};

use super::args::LogArgs;
use super::output::{Output, Stop, Style};
use super::signals::Signals;
use crate::domain::{Failure, Kind, SafeText, shell_word};
use crate::runtime::{CallFollower, LoggedCall, calls};

/// How often it is looked for new ones.
const LOOK: Duration = Duration::from_millis(200);
/// Stands for what the log doesn't hold.
const SECRET: &str = "[secret]";

/// Prints the last calls, one of them as a command, or each as it is made.
pub(super) async fn run(args: &LogArgs, output: &mut Output) -> Result<(), Stop> {
    if args.follow {
        return follow(args, output).await;
    }
    let most = args.curl.map_or(args.limit, |nth| nth.max(args.limit));
    let found = calls(usize::from(most), args.failed)?;
    if let Some(nth) = args.curl {
        let call = found.len().checked_sub(usize::from(nth)).and_then(|at| found.get(at)).ok_or_else(|| {
            Failure::new(Kind::NotFound, format!("the log has {} of these calls", found.len()))
                .hint("`patchcord log` numbers them from the last")
        })?;
        let command = curl(call);
        if output.is_json() {
            return output.json(&json!({ "command": command }));
        }
        return output.exact(&(SafeText::new(&command).into_string() + "\n"));
    }
    if output.is_json() {
        let numbers = (1..=found.len()).rev();
        let listed: Vec<Value> = found.iter().zip(numbers).map(|(call, n)| document(call, Some(n))).collect();
        return output.json(&json!({ "calls": listed }));
    }
    if found.is_empty() {
        output.aside("no call was logged");
    }
    for (call, n) in found.iter().zip((1..=found.len()).rev()) {
        let text = line(output, call, Some(n));
        output.exact(&text)?;
    }
    Ok(())
}

async fn follow(args: &LogArgs, output: &mut Output) -> Result<(), Stop> {
    let mut signals = Signals::new()?;
    let mut follower = CallFollower::begin()?;
    loop {
        for call in follower.news()?.iter().filter(|call| !args.failed || call.has_failed()) {
            if output.is_json() {
                output.json(&document(call, None))?;
            } else {
                let text = line(output, call, None);
                output.exact(&text)?;
            }
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = signals.wait() => return Ok(()),
        }
    }
}

fn document(call: &LoggedCall, number: Option<usize>) -> Value {
    let headers: serde_json::Map<String, Value> =
        call.headers.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect();
    let mut document = json!({
        "at": call.at.to_rfc3339(),
        "method": call.method,
        "url": call.url,
        "status": call.status,
        "error": call.error,
        "ms": call.ms,
        "bytes": call.bytes,
        "headers": headers,
    });
    if let Some(number) = number {
        document["n"] = Value::from(number);
    }
    document
}

/// Number, time, status, method, address, how long it took; and why there was no answer.
fn line(output: &Output, call: &LoggedCall, number: Option<usize>) -> String {
    let number = number.map_or_else(String::new, |n| format!("{n:>4}  "));
    let status = call.status.map_or_else(|| "none".to_owned(), |status| status.to_string());
    let style = if call.has_failed() { Style::Red } else { Style::Dim };
    let status = output.styled(&format!("{status:>4}"), style);
    let url = SafeText::one_line(&call.url);
    let method = SafeText::one_line(&call.method);
    let why = call.error.as_ref().map(|error| format!("  {}", SafeText::one_line(error))).unwrap_or_default();
    format!("{number}{} {status} {method:<6} {url}  {} ms{why}\n", call.at.exact(), call.ms)
}

/// A command that makes the call again, once what the log doesn't hold is filled in.
fn curl(call: &LoggedCall) -> String {
    let mut words = vec!["curl".to_owned()];
    if call.method != "GET" {
        words.extend(["-X".to_owned(), shell_word(&call.method)]);
    }
    words.push(shell_word(&call.url));
    for (name, value) in &call.headers {
        let value = if value == SECRET { "SECRET" } else { value };
        words.push(format!("\\\n  -H {}", shell_word(&format!("{name}: {value}"))));
    }
    if call.bytes > 0 {
        words.push("\\\n  --data-binary @BODY".to_owned());
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;

    fn call(url: &str) -> LoggedCall {
        LoggedCall {
            at: Timestamp::from_millis(0),
            method: "POST".to_owned(),
            url: url.to_owned(),
            status: None,
            error: Some("no \u{1b}[31mroute".to_owned()),
            ms: 12,
            bytes: 3,
            headers: vec![("authorization".to_owned(), SECRET.to_owned()), ("x-a".to_owned(), "it's".to_owned())],
        }
    }

    #[test]
    fn a_command_is_one_whatever_the_call_holds() {
        let command = curl(&call("http://a/b;$(id)?it's"));
        let expected = [
            r"curl -X POST 'http://a/b;$(id)?it'\''s' \",
            r"  -H 'authorization: SECRET' \",
            r"  -H 'x-a: it'\''s' \",
            "  --data-binary @BODY",
        ];
        assert_eq!(command.lines().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_line_is_safe_and_tells_why() {
        let (output, _, _) = Output::memory(false);
        let shown = line(&output, &call("http://a/\u{202e}b"), Some(3));
        assert!(shown.starts_with("   3  ") && shown.contains("none POST   http://a/"), "{shown}");
        assert!(!shown.contains('\u{1b}') && !shown.contains('\u{202e}') && shown.contains("route"), "{shown}");
        assert_eq!(document(&call("u"), None).get("n"), None);
    }
}
