//! `log`: the calls that were made, as the log has them.

use std::time::Duration;

use serde_json::{Value, json};

use super::args::{Cli, LogArgs};
use super::output::{Output, Stop, Style};
use super::signals::Signals;
use crate::domain::{ChannelName, Failure, Kind, LoggedCall, SafeText};
use crate::runtime::{CallFollower, CallNews, calls};

/// How often it is looked for new ones.
const LOOK: Duration = Duration::from_millis(200);

/// Prints the last calls, one of them as a command, or each as it is made.
pub(super) async fn run(cli: &Cli, args: &LogArgs, output: &mut Output) -> Result<(), Stop> {
    let wanted = |call: &LoggedCall| {
        let channel = cli.channel.as_deref();
        (!args.failed || call.has_failed())
            && (channel.is_none() || call.channel.as_ref().map(ChannelName::as_str) == channel)
    };
    if args.follow {
        return follow(wanted, output).await;
    }
    let most = args.curl.map_or(args.limit, |nth| nth.max(args.limit));
    let found = calls(usize::from(most), wanted)?;
    if let Some(nth) = args.curl {
        let call = found.len().checked_sub(usize::from(nth)).and_then(|at| found.get(at)).ok_or_else(|| {
            Failure::new(Kind::NotFound, format!("the log has {} of these calls", found.len()))
                .hint("`patchcord log` numbers them from the last")
        })?;
        let command = call.curl();
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

async fn follow(wanted: impl Fn(&LoggedCall) -> bool, output: &mut Output) -> Result<(), Stop> {
    let mut signals = Signals::new()?;
    let mut follower = CallFollower::begin()?;
    loop {
        let came = match follower.news()? {
            CallNews::Calls(came) => came,
            // It was stopped for long: it goes on with what is made now.
            CallNews::Far => {
                follower = CallFollower::begin()?;
                output.aside("more calls were made than are followed; `patchcord log` lists them");
                Vec::new()
            }
        };
        for call in came.iter().filter(|call| wanted(call)) {
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
        "channel": call.channel.as_ref().map(ChannelName::as_str),
        "method": call.method,
        "url": call.url,
        "status": call.status,
        "error": call.error,
        "ms": call.ms,
        "bytes": call.bytes,
        "attempt": call.attempt,
        "read": call.read,
        "headers": headers,
    });
    if let Some(number) = number {
        document["n"] = Value::from(number);
    }
    document
}

/// Number, time, status, channel, method, address, how long it took; whether it was tried before, and why there was no
/// answer.
fn line(output: &Output, call: &LoggedCall, number: Option<usize>) -> String {
    let number = number.map_or_else(String::new, |n| format!("{n:>4}  "));
    let status = call.status.map_or_else(|| "none".to_owned(), |status| status.to_string());
    let style = if call.has_failed() { Style::Red } else { Style::Dim };
    let status = output.styled(&format!("{status:>4}"), style);
    let url = SafeText::one_line(&call.url);
    let method = SafeText::one_line(&call.method);
    let why = call.error.as_ref().map(|error| format!("  {}", SafeText::one_line(error))).unwrap_or_default();
    let channel = SafeText::one_line(call.channel.as_ref().map_or("-", ChannelName::as_str));
    let nth = if call.attempt > 1 { format!("  attempt {}", call.attempt) } else { String::new() };
    format!("{number}{} {status} {channel} {method:<6} {url}  {} ms{nth}{why}\n", call.at.exact(), call.ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(url: &str) -> LoggedCall {
        LoggedCall {
            method: "POST".to_owned(),
            url: url.to_owned(),
            error: Some("no \u{1b}[31mroute".to_owned()),
            attempt: 2,
            ..LoggedCall::default()
        }
    }

    #[test]
    fn a_line_is_safe_and_tells_why() {
        let (output, _, _) = Output::memory(false);
        let shown = line(&output, &call("http://a/\u{202e}b"), Some(3));
        assert!(shown.starts_with("   3  ") && shown.contains("none - POST   http://a/"), "{shown}");
        assert!(
            !shown.contains('\u{1b}') && !shown.contains('\u{202e}') && shown.contains("attempt 2  no"),
            "{shown}"
        );
        assert_eq!(document(&call("u"), None).get("n"), None);
    }
}
