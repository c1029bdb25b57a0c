//! `listen`: the webhook listener without a screen. Prints each thing that comes, until it is told to stop.

use std::io::Write as _;
use std::time::Duration;

use tokio::sync::mpsc;

use super::args::Cli;
use super::json;
use super::output::{Output, Stop};
use super::signals::Signals;
use crate::domain::{ChannelName, Message, SafeText, Timestamp};
use crate::runtime::{Runtime, WebhookUpdate};

/// How many batches may wait to be printed; then what comes is only stored, and printed from there later.
const WAITING: usize = 4;

/// How long what is still to be printed may take at the end.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// Listens, and prints. The printing is done beside it: whoever reads it may be slow, or not read at all.
pub(super) async fn run(cli: &Cli, output: &mut Output) -> Result<(), Stop> {
    let mut signals = Signals::new()?;
    let runtime = Runtime::open_any(&cli.setup())?;
    let (to, mut heard) = mpsc::channel::<Vec<WebhookUpdate>>(WAITING);
    let format = EventStyle { json: output.is_json(), person: output.out_is_terminal() };
    let mut printed = Box::pin(async {
        while let Some(heard) = heard.recv().await {
            let text = format.text(&heard);
            let write = tokio::task::spawn_blocking(move || {
                let mut out = std::io::stdout().lock();
                out.write_all(text.as_bytes()).and_then(|()| out.flush())
            });
            write.await.unwrap_or(Ok(()))?;
        }
        Ok::<(), Stop>(())
    });
    let (result, over) = tokio::select! {
        heard = runtime.follow_webhooks(to) => (heard.map_err(Stop::from), false),
        printed = &mut printed => (printed, true),
        () = signals.wait() => (Ok(()), false),
    };
    // What was told before the end is printed, unless nobody reads.
    if !over {
        let _ = tokio::time::timeout(LAST_WORDS, &mut printed).await;
    }
    // A second Ctrl+C doesn't wait for what the first one left to be put away.
    let closed = signals.or(runtime.close()).await;
    result.and(closed)
}

/// How what comes is written.
#[derive(Clone, Copy)]
struct EventStyle {
    json: bool,
    /// Whether a person reads it: then URLs are whole, to be pasted. A file keeps no key.
    person: bool,
}

impl EventStyle {
    fn text(self, heard: &[WebhookUpdate]) -> String {
        let one = |one: &WebhookUpdate| {
            let masked = (!self.person || self.json).then(|| masked(one)).flatten();
            let one = masked.as_ref().unwrap_or(one);
            match (self.json, self.person) {
                (false, _) => line(one),
                (true, true) => json::safe_text(json::heard(one)) + "\n",
                (true, false) => json::heard(one) + "\n",
            }
        };
        heard.iter().map(one).collect()
    }
}

/// The same without the keys that the hooks' URLs bear; none where there is none to hide.
fn masked(heard: &WebhookUpdate) -> Option<WebhookUpdate> {
    let WebhookUpdate::Listening { hooks, .. } = heard else { return None };
    let mut heard = heard.clone();
    let WebhookUpdate::Listening { hooks: shown, .. } = &mut heard else { return None };
    *shown = hooks
        .iter()
        .map(|(channel, url)| {
            let plain = format!("/hooks/{channel}");
            let mask = |url: &String| match url.split_once(&format!("{plain}/")) {
                Some((base, _)) => format!("{base}{plain}/<webhook_key>"),
                None => url.clone(),
            };
            (channel.clone(), url.as_ref().map(mask).map_err(Clone::clone))
        })
        .collect();
    Some(heard)
}

/// One thing as a person reads it: a line, and what was written indented under it.
fn line(heard: &WebhookUpdate) -> String {
    match heard {
        WebhookUpdate::Listening { url, elsewhere, public, hooks, open } => {
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
        WebhookUpdate::Config(Ok(changes)) => {
            let list = |what: &str, names: &[ChannelName]| {
                let names: Vec<&str> = names.iter().map(ChannelName::as_str).collect();
                (!names.is_empty()).then(|| format!("; {what}: {}", names.join(", ")))
            };
            let parts =
                [list("added", &changes.added), list("removed", &changes.removed), list("changed", &changes.changed)];
            let parts: String = parts.into_iter().flatten().collect();
            format!("{}  the config file was read again{}\n", Timestamp::now().clock(), one_line(&parts))
        }
        WebhookUpdate::Config(Err(failure)) => {
            let at = Timestamp::now().clock();
            let begun = format!("{at}  the config file is wrong, and all stays as it was\n");
            failure.message.lines().fold(begun, |text, line| text + "  " + &one_line(line) + "\n")
        }
        WebhookUpdate::Message { channel, conversation, message, trust, duplicate } => {
            let again = if *duplicate { "known already" } else { "" };
            let about = [channel.as_str(), conversation.as_str(), message.role.as_str(), trust.as_str(), again];
            let about = about.join("  ");
            let mut text = format!("{}  {}\n", clock(message), one_line(about.trim_end()));
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
        WebhookUpdate::Request { request, duplicate } => format!(
            "{}  {}  data request {}  {}  until {}  {}{}\n  {}\n",
            request.received.clock(),
            request.channel,
            request.id,
            one_line(&request.key),
            request.deadline.clock(),
            request.trust.as_str(),
            if *duplicate { "  known already" } else { "" },
            one_line(&request.inputs)
        ),
        WebhookUpdate::Event { channel, conversation, kind, trust, duplicate } => {
            let conversation = conversation.as_ref().map_or("", |id| id.as_str());
            let again = if *duplicate { "  known already" } else { "" };
            format!(
                "{}  {}\n",
                Timestamp::now().clock(),
                one_line(&format!("{channel}  {conversation}  {kind}  {}{again}", trust.as_str()))
            )
        }
        WebhookUpdate::Rejected { channel, refused, requested } => {
            let words = format!("rejected {} {}: {}", refused.status, refused.code.as_str(), refused.reason);
            let at = Timestamp::now().clock();
            let text = format!("{at}  {channel}  {}\n  {}\n", one_line(&words), refused.code.advice());
            match requested.line() {
                line if line.is_empty() => text,
                line => format!("{text}  {}\n", one_line(&line)),
            }
        }
    }
}

fn clock(message: &Message) -> String {
    message.created_at.at.map_or_else(|| "--:--".to_owned(), Timestamp::clock)
}

fn one_line(text: &str) -> String {
    SafeText::one_line(text).into_string()
}
