//! Conversations as one page of HTML: nothing in it is fetched, nothing in it runs, and it reads on a phone, on paper
//! and in the dark.
//!
//! Owns the page and its messages; what stands in a message is `html/body`'s, and what makes text and addresses safe is
//! `html/safe`'s. Nothing reaches the page but through the latter.

mod body;
mod safe;

use std::fmt::Write as _;

use super::transcript::{ConversationPlace, Layout, Outline};
use super::writer::Writer;
use crate::domain::{Attachment, Message, Moment, OutState, Role, Timestamp};

const STYLE: &str = include_str!("../../assets/export/page.css");

/// What the page may load: its own style. Said in the page, since there is no server to say it.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// So much of an address that is no link is shown.
const SHOWN: usize = 120;

pub(super) const WRITER: Writer = Writer {
    before_head: 0,
    begin: |page, all, layout| match (layout, all) {
        (Layout::Alone, [only]) => {
            begin(page, &only.head.heading());
            page.push_str("<main>\n");
        }
        _ => list_of_all(page, all),
    },
    head,
    message: |page, message, place| {
        let anchor = format!("{}m{}", prefix(place.conversation), place.number + 1);
        put_message(page, message, &anchor, place.number + 1);
    },
    foot: |page, _, _| page.push_str("</section>\n"),
    between: "",
    end: |page, _, _| page.push_str("</main>\n</body>\n</html>\n"),
};

/// A list of several, above them.
fn list_of_all(page: &mut String, all: &[Outline]) {
    let said: usize = all.iter().map(|outline| outline.messages).sum();
    let count = format!("{}, {}", counted(all.len(), "conversation"), counted(said, "message"));
    begin(page, &count);
    let _ = write!(page, "<header class=\"top\"><h1>{count}</h1></header>\n<nav><ol>\n");
    for (n, Outline { head, messages }) in all.iter().enumerate() {
        let (title, messages) = (safe::text(&head.heading()), counted(*messages, "message"));
        let _ = writeln!(
            page,
            "<li><a href=\"#c{}\"><bdi>{title}</bdi></a> <span class=\"dim\">{messages}</span></li>",
            n + 1
        );
    }
    page.push_str("</ol></nav>\n<main>\n");
}

fn begin(page: &mut String, title: &str) {
    let title = safe::text(title);
    let _ = write!(
        page,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"generator\" content=\"Patchcord\">\n<title>{title}</title>\n<style>\n{STYLE}</style>\n\
         </head>\n<body>\n"
    );
}

/// Before the anchors in a conversation, where there are several.
fn prefix(place: ConversationPlace) -> String {
    match place.layout {
        Layout::Alone => String::new(),
        Layout::Several => format!("c{}-", place.number + 1),
    }
}

/// Above the messages: the heading, which may be one of several, and what is known.
fn head(page: &mut String, Outline { head, messages }: &Outline, place: ConversationPlace) {
    let (anchor, heading) = match place.layout {
        Layout::Alone => (String::new(), "h1"),
        Layout::Several => (format!(" id=\"c{}\"", place.number + 1), "h2"),
    };
    let title = safe::text(&head.heading());
    let _ =
        write!(page, "<section{anchor}>\n<header class=\"top\"><{heading} dir=\"auto\">{title}</{heading}>\n<dl>\n");
    fact(page, "Channel", &safe::text(head.channel.as_str()));
    fact(page, "Conversation", &format!("<code>{}</code>", safe::text(head.id.as_str())));
    if head.created_at != Moment::default() {
        fact(page, "Began", &time(&head.created_at));
    }
    for (name, text) in &head.details {
        fact(page, &safe::text(name), &safe::text(text));
    }
    fact(page, "Messages", &messages.to_string());
    page.push_str("</dl></header>\n");
}

/// One line of the head. Both are safe.
fn fact(page: &mut String, name: &str, text: &str) {
    let _ = writeln!(page, "<div><dt><bdi>{name}</bdi></dt><dd><bdi>{text}</bdi></dd></div>");
}

fn put_message(page: &mut String, message: &Message, anchor: &str, n: usize) {
    let class = match message.role {
        Role::User => "user",
        Role::Assistant => "assistant",
        Role::Admin => "admin",
        Role::Other(_) => "other",
    };
    let role = safe::text(message.role.as_str());
    let _ = write!(page, "<article id=\"{anchor}\" class=\"{class}\">\n<header><b><bdi>{role}</bdi></b>");
    if let Some(author) = message.extras.author.as_deref().filter(|author| !author.trim().is_empty()) {
        let _ = write!(page, " <bdi>{}</bdi>", safe::text(author));
    }
    if message.created_at != Moment::default() {
        let _ = write!(page, " {}", time(&message.created_at));
    }
    if let Some(state) = message.extras.state.filter(|state| *state != OutState::Sent) {
        let _ = write!(page, " <em>{}</em>", safe::text(state.as_str()));
    }
    let _ = write!(page, " <a class=\"n\" href=\"#{anchor}\">{n}</a></header>\n<div class=\"text\" dir=\"auto\">\n");
    // What went out from here was written by a person, also where the platform has it under the bot's name.
    let lines = message.role.is_person() || message.extras.via.is_some();
    body::put(page, &message.text, lines);
    page.push_str("</div>\n");
    list(page, "attached", message.extras.attachments.iter().map(attachment));
    list(page, "offered", message.extras.quick_replies.iter().map(|reply| safe::text(reply)));
    page.push_str("</article>\n");
}

/// A list below a message; its items are safe.
fn list(page: &mut String, class: &str, items: impl Iterator<Item = String>) {
    let items: Vec<String> = items.map(|item| format!("<li><bdi>{item}</bdi></li>")).collect();
    if !items.is_empty() {
        let _ = writeln!(page, "<ul class=\"{class}\">{}</ul>", items.concat());
    }
}

/// What was attached is named, and linked where that is safe. It is never part of the page.
fn attachment(attachment: &Attachment) -> String {
    let name = attachment.name.as_deref().filter(|name| !name.trim().is_empty());
    let label = |fallback: &str| safe::text(name.unwrap_or(fallback));
    match safe::link(&attachment.url) {
        Some(href) => format!("<a href=\"{href}\" {}>{}</a>", safe::REL, label(&attachment.url)),
        None if attachment.url.trim().is_empty() => label("a file"),
        None => {
            let url = safe::short(&attachment.url, SHOWN);
            name.map_or_else(|| url.clone(), |name| format!("{} <code>{url}</code>", safe::text(name)))
        }
    }
}

/// A time in UTC; where the platform's can't be read, as it wrote it.
fn time(moment: &Moment) -> String {
    let Some(at) = moment.at.map(Timestamp::to_rfc3339).filter(|at| !at.is_empty()) else {
        return safe::text(&moment.raw);
    };
    let (date, clock) = at.split_once('T').unwrap_or((&at, ""));
    let clock = clock.split('.').next().unwrap_or_default();
    format!("<time datetime=\"{at}\">{date} {clock} UTC</time>")
}

/// `1,234 messages`.
fn counted(n: usize, word: &str) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    format!("{text} {word}{}", if n == 1 { "" } else { "s" })
}
