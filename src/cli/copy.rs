//! `conversations copy`.

use std::fs::OpenOptions;
use std::io::Write as _;

use serde_json::json;

use super::args::{Cli, CopyArgs, CopyForm, PageArgs};
use super::conversations::id;
use super::output::{Output, Stop};
use super::pages::Wanted;
use super::signals::Signals;
use crate::domain::{Failure, Kind, Message};
use crate::runtime::export::{Snippet, pasted_json, quoted, sanitised, snippets, tabbed};
use crate::runtime::{CLIPBOARD_BYTES, Clipboard, Runtime, TooLong};

/// Copies a message, or a part of it, to the terminal's clipboard.
pub(super) async fn copy(cli: &Cli, args: &CopyArgs, output: &mut Output) -> Result<(), Stop> {
    let wanted = Wanted::new(&PageArgs { limit: None, cursor: None, all: true }, 1)?;
    let conversation = id(&args.id)?;
    let runtime = Runtime::open(&cli.setup())?;
    let result = async {
        let fetch = wanted.fetch(async |page, totals| runtime.messages(&conversation, page, totals).await);
        let (items, came) = Signals::new()?.or(fetch).await??;
        let named = items.iter().any(|message| Some(message.id.as_str()) == args.message.as_deref());
        // Which message is the last one, only a whole list tells.
        if let Some(failure) = came.short.filter(|_| !named) {
            return Err(failure.into());
        }
        let message = target_message(&items, args.message.as_deref())?;
        let text = sanitised(&taken(message, args)?);
        if args.stdout {
            let whole = json!({ "message_id": message.id.as_str(), "text": text });
            return if output.is_json() { output.json(&whole) } else { output.exact(&format!("{text}\n")) };
        }
        let clipboard = Clipboard::new(|name| std::env::var(name).ok());
        send(&clipboard, &text)?;
        let stopped = clipboard.tmux_lets_through().await == Some(false);
        if output.is_json() {
            return output.json(&json!({
                "message_id": message.id.as_str(),
                "bytes": text.len(),
                "sent_to": "terminal",
                "through": clipboard.through(),
                "confirmed": false,
                "stopped": stopped,
            }));
        }
        if stopped {
            output.aside("tmux passes no copy on to the terminal: `tmux set -g set-clipboard on` lets it, `--stdout` prints it");
            return Ok(());
        }
        let way = clipboard.through().map(|name| format!(" through {name}")).unwrap_or_default();
        let bytes = text.len();
        output.aside(&format!("{bytes} bytes sent to the terminal's clipboard{way} by OSC 52; it does not confirm"));
        Ok(())
    }
    .await;
    runtime.close().await;
    result
}

/// The message that is meant: by its id, else by its number from either end.
fn target_message<'m>(messages: &'m [Message], which: Option<&str>) -> Result<&'m Message, Failure> {
    let last = || messages.last();
    let found = match which {
        None => last(),
        Some(which) => messages.iter().find(|message| message.id.as_str() == which).or_else(|| {
            let number: isize = which.parse().ok()?;
            // From the last on there is nothing at 0.
            let at = match usize::try_from(number).ok().and_then(|number| number.checked_sub(1)) {
                Some(at) => at,
                None => messages.len().checked_sub(number.unsigned_abs())?,
            };
            messages.get(at)
        }),
    };
    found.ok_or_else(|| {
        let count = messages.len();
        let what = which.map_or_else(|| "a message".to_owned(), |which| format!("the message {which}"));
        Failure::new(Kind::NotFound, format!("the conversation has {count} messages, and not {what}"))
            .hint("`conversations show ID --all --json` lists them with their ids")
    })
}

/// What is copied of it.
fn taken(message: &Message, args: &CopyArgs) -> Result<String, Failure> {
    if let Some(nth) = args.code {
        let code = |piece| if let Snippet::Code { text, .. } = piece { Some(text) } else { None };
        return nth_of(all(message, code), nth, "code block");
    }
    if let Some(nth) = args.table {
        let table = |piece| if let Snippet::Table { rows, .. } = piece { Some(tabbed(&rows)) } else { None };
        return nth_of(all(message, table), nth, "table");
    }
    if let Some(nth) = args.link {
        return nth_of(links(&message.text), nth, "link");
    }
    Ok(match args.form {
        CopyForm::Text => message.text.clone(),
        CopyForm::Quote => quoted(&sanitised(&message.text)),
        CopyForm::Json => pasted_json(message),
        CopyForm::Id => message.id.as_str().to_owned(),
    })
}

fn all(message: &Message, of: impl Fn(Snippet) -> Option<String>) -> Vec<String> {
    snippets(&message.text).into_iter().filter_map(of).collect()
}

/// Where links and pictures lead: those that a reader sees a number behind, then those that are their own text.
fn links(text: &str) -> Vec<String> {
    let (mut numbered, mut others) = (Vec::new(), Vec::new());
    for piece in snippets(text) {
        if let Snippet::Link { url, number, .. } | Snippet::Image { url, number, .. } = piece {
            if number.is_some() { &mut numbered } else { &mut others }.push(url);
        }
    }
    numbered.append(&mut others);
    numbered
}

fn nth_of(mut all: Vec<String>, nth: usize, what: &str) -> Result<String, Failure> {
    if let Some(at) = nth.checked_sub(1).filter(|at| *at < all.len()) {
        return Ok(all.swap_remove(at));
    }
    let many = if all.len() == 1 { "" } else { "s" };
    Err(Failure::new(Kind::NotFound, format!("the message has {} {what}{many}, and no {nth}.", all.len())))
}

/// Hands a text to the terminal that the command was typed in, whatever its output is.
fn send(clipboard: &Clipboard, text: &str) -> Result<(), Failure> {
    let instead = "`--stdout` prints it";
    let sequence = clipboard.sequence(text).map_err(|TooLong { bytes }| {
        let said = format!("it has {bytes} bytes, and terminals take {CLIPBOARD_BYTES}: nothing was sent");
        Failure::new(Kind::Invalid, said).hint(instead)
    })?;
    let mut terminal = OpenOptions::new().write(true).open("/dev/tty").map_err(|error| {
        Failure::new(Kind::Failed, format!("there is no terminal whose clipboard could take it: {error}"))
            .hint(instead)
    })?;
    let sent = terminal.write_all(sequence.as_bytes()).and_then(|()| terminal.flush());
    sent.map_err(|error| Failure::new(Kind::Failed, format!("the terminal took nothing: {error}")).hint(instead))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Extras, MessageId, Moment, Role};

    #[test]
    fn a_message_is_meant_by_its_id_or_its_number() {
        let message = |id: &str| Message {
            id: MessageId::new(id),
            role: Role::User,
            text: String::new(),
            created_at: Moment::default(),
            extras: Extras::default(),
        };
        let messages = ["a", "b", "1"].map(message);
        let which = |which: Option<&str>| target_message(&messages, which).ok().map(|message| message.id.as_str());
        assert_eq!([which(None), which(Some("-1")), which(Some("3"))], [Some("1"); 3]);
        assert_eq!([which(Some("1")), which(Some("2")), which(Some("-3"))], [Some("1"), Some("b"), Some("a")]);
        assert_eq!([which(Some("0")), which(Some("4")), which(Some("-4")), which(Some("c"))], [None; 4]);
        assert!(target_message(&[], None).is_err());
    }

    #[test]
    fn a_link_is_meant_by_the_number_that_stands_on_the_screen() {
        let text =
            "<https://own.example> [a](https://a.example) ![b](https://b.example/b.png) [c](https://c.example)";
        let of = |nth| nth_of(links(text), nth, "link").ok();
        assert_eq!(of(1).as_deref(), Some("https://a.example"));
        assert_eq!(of(3).as_deref(), Some("https://c.example"), "pictures have numbers too");
        assert_eq!(of(4).as_deref(), Some("https://own.example"), "one without a number comes last");
        assert_eq!([of(0), of(5)], [None, None]);
    }
}
