//! `listen`: the webhook listener without a screen. Prints each thing that comes, until it is told to stop.

use super::args::Cli;
use super::json;
use super::output::{Output, Stop};
use super::signals::Signals;
use crate::domain::{Message, SafeText, Timestamp};
use crate::runtime::{Heard, Runtime};

/// Listens, and prints.
pub(super) async fn run(cli: &Cli, output: &mut Output) -> Result<(), Stop> {
    let mut signals = Signals::new()?;
    let runtime = Runtime::open_any(&cli.setup())?;
    let mut trouble = None;
    let heard = {
        let mut on = |heard: Vec<Heard>| {
            trouble = print(output, &heard).err();
            trouble.is_none()
        };
        tokio::select! {
            heard = runtime.hear(&mut on) => heard,
            () = signals.wait() => Ok(()),
        }
    };
    // A second Ctrl+C doesn't wait for what the first one left to be put away.
    let closed = signals.or(runtime.close()).await;
    heard?;
    trouble.map_or(Ok(()), Err)?;
    closed
}

/// Prints what came together, and then flushes once.
fn print(output: &mut Output, heard: &[Heard]) -> Result<(), Stop> {
    if output.is_json() {
        let lines: Vec<_> = heard.iter().map(json::heard).collect();
        return output.json_lines(&lines);
    }
    for one in heard {
        let text = line(one);
        output.exact(&text)?;
    }
    Ok(())
}

/// One thing as a person reads it: a line, and what was written indented under it.
fn line(heard: &Heard) -> String {
    match heard {
        Heard::Listening { url, elsewhere, public, hooks, open } => {
            let mut text = if *elsewhere {
                format!("another patchcord listens on {url}; what it takes is shown here\n")
            } else {
                format!("listening on {url}\n")
            };
            if *public {
                text.push_str("warning: other machines reach this listener directly, without TLS\n");
            }
            for (channel, url) in hooks {
                let said = match url {
                    Ok(url) => one_line(url),
                    Err(failure) => format!("not ready: {}", one_line(&failure.sentence())),
                };
                text = format!("{text}  {:<16} {said}\n", channel.as_str());
                if open.contains(channel) {
                    text = format!("{text}  {:<16} whoever knows this URL can write: set a webhook_key\n", "");
                }
            }
            text
        }
        Heard::Message { channel, conversation, message, trust } => {
            let about = [channel.as_str(), conversation.as_str(), message.role.as_str(), trust.as_str()];
            let mut text = format!("{}  {}\n", clock(message), one_line(&about.join("  ")));
            for row in SafeText::new(&message.text).as_str().lines() {
                text.push_str("  ");
                text.push_str(row);
                text.push('\n');
            }
            for attachment in &message.extras.attachments {
                text = format!("{text}  [attachment] {}\n", one_line(&attachment.url));
            }
            if !message.extras.quick_replies.is_empty() {
                text = format!("{text}  [offered] {}\n", one_line(&message.extras.quick_replies.join(" | ")));
            }
            text
        }
        Heard::Request(request) => format!(
            "{}  {}  data request {}  {}  until {}  {}\n  {}\n",
            request.received.clock(),
            request.channel,
            request.id,
            one_line(&request.key),
            request.deadline.clock(),
            request.trust.as_str(),
            one_line(&request.inputs)
        ),
        Heard::Event { channel, conversation, kind, trust } => {
            let conversation = conversation.as_ref().map_or("", |id| id.as_str());
            format!(
                "{}  {}\n",
                Timestamp::now().clock(),
                one_line(&format!("{channel}  {conversation}  {kind}  {}", trust.as_str()))
            )
        }
        Heard::Rejected { channel, status, reason } => {
            format!("{}  {channel}  rejected {status}: {}\n", Timestamp::now().clock(), one_line(reason))
        }
    }
}

fn clock(message: &Message) -> String {
    message.created_at.at.map_or_else(|| "--:--".to_owned(), Timestamp::clock)
}

fn one_line(text: &str) -> String {
    SafeText::one_line(text).into_string()
}
