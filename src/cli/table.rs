//! Lists and messages for a person's eyes. Pure: from nouns to safe text.

mod search;

use super::output::Style;
use crate::domain::{
    Conversation, DataRequest, Message, Moment, Person, RequestState, Row, SafeText, Source, SyncInterval, SyncState,
    Timestamp, cluster_width, display_width,
};

pub(super) use search::{hits, searches};

/// How wide a title gets on a terminal.
const TITLE: usize = 60;

/// Between two columns.
const GAP: &str = "  ";

/// One line a conversation: id, age, title. On a terminal titles are cut to a width; elsewhere they are whole.
pub(super) fn conversations(
    items: &[Conversation],
    now: Timestamp,
    cut: bool,
    paint: impl Fn(&str, Style) -> String,
) -> String {
    let head = ["id", "age", "title"].map(str::to_owned);
    let rows = items.iter().map(|item| {
        let title = SafeText::one_line(&item.title).into_string();
        let title = if cut { shorten(&title, TITLE) } else { title };
        [SafeText::one_line(item.id.as_str()).into_string(), age(&item.created_at, now), title]
    });
    columns(&std::iter::once(head).chain(rows).collect::<Vec<_>>(), &[1], paint)
}

/// One line a data request: id, channel, key, state, the time left, inputs.
pub(super) fn requests(items: &[DataRequest], now: Timestamp, paint: impl Fn(&str, Style) -> String) -> String {
    let safe = |text: &str| SafeText::one_line(text).into_string();
    let head = ["id", "channel", "key", "state", "left", "inputs"].map(str::to_owned);
    let rows = items.iter().map(|item| {
        let left = match item.state {
            RequestState::Received => format!("{} s", item.deadline.since(now) / 1_000),
            _ => String::new(),
        };
        let state = item.state.as_str().to_owned();
        [
            safe(item.id.as_str()),
            safe(item.channel.as_str()),
            safe(&item.key),
            state,
            left,
            shorten(&safe(&item.inputs), TITLE),
        ]
    });
    columns(&std::iter::once(head).chain(rows).collect::<Vec<_>>(), &[4], paint)
}

/// One line a person: id, user name, name, address.
pub(super) fn people(items: &[Person], paint: impl Fn(&str, Style) -> String) -> String {
    let safe = |text: &str| SafeText::one_line(text).into_string();
    let head = ["id", "username", "name", "email"].map(str::to_owned);
    let rows = items.iter().map(|item| {
        let gone = if item.deleted { format!("{} (gone)", item.name) } else { item.name.clone() };
        [safe(&item.id), safe(&item.username), safe(&gone), safe(item.email.as_deref().unwrap_or_default())]
    });
    columns(&std::iter::once(head).chain(rows).collect::<Vec<_>>(), &[], paint)
}

/// One line a data source: id, state, when it was last synced, how often it is, age.
pub(super) fn sources(items: &[Source], now: Timestamp, paint: impl Fn(&str, Style) -> String) -> String {
    let head = ["id", "state", "synced", "every", "age"].map(str::to_owned);
    let rows = items.iter().map(|item| {
        let synced = item.last_sync.as_ref().map_or_else(|| "never".to_owned(), |at| age(at, now));
        let id = SafeText::one_line(item.id.as_str()).into_string();
        [id, state(&item.state), synced, every(item), age(&item.created_at, now)]
    });
    columns(&std::iter::once(head).chain(rows).collect::<Vec<_>>(), &[2, 4], paint)
}

/// One data source, a line a fact.
pub(super) fn source(item: &Source, paint: impl Fn(&str, Style) -> String) -> String {
    let facts = [
        ("id", SafeText::one_line(item.id.as_str()).into_string()),
        ("state", state(&item.state)),
        ("last sync", item.last_sync.as_ref().map_or_else(|| "never".to_owned(), exact)),
        ("synced by itself", every(item)),
        ("created", exact(&item.created_at)),
    ];
    facts.map(|(name, fact)| format!("{}  {fact}\n", paint(&format!("{name:16}"), Style::Dim))).concat()
}

/// A state: the platform's own word.
pub(super) fn state(state: &SyncState) -> String {
    SafeText::one_line(state.as_str()).into_string()
}

fn every(source: &Source) -> String {
    let word = source.interval.as_ref().map_or("never", SyncInterval::as_str);
    SafeText::one_line(word).into_string()
}

/// One line a row: id and name.
pub(super) fn rows(items: &[Row], paint: impl Fn(&str, Style) -> String) -> String {
    let head = ["id", "name"].map(str::to_owned);
    let safe = |text: &str| SafeText::one_line(text).into_string();
    let rows = items.iter().map(|item| [safe(item.id.as_str()), safe(&item.name)]);
    columns(&std::iter::once(head).chain(rows).collect::<Vec<_>>(), &[], paint)
}

/// Cells in columns, the first row dim. The columns named stand on the right.
fn columns<const N: usize>(rows: &[[String; N]], right: &[usize], paint: impl Fn(&str, Style) -> String) -> String {
    let widest = |column: usize| rows.iter().map(|row| display_width(&row[column])).max().unwrap_or(0);
    let widths: Vec<usize> = (0..N).map(widest).collect();
    let mut text = String::new();
    for (index, row) in rows.iter().enumerate() {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| {
            let pad = " ".repeat(width.saturating_sub(display_width(cell)));
            if right.contains(&column) { format!("{pad}{cell}") } else { format!("{cell}{pad}") }
        });
        let line = cells.collect::<Vec<_>>().join(GAP);
        let line = line.trim_end();
        text.push_str(&if index == 0 { paint(line, Style::Dim) } else { line.to_owned() });
        text.push('\n');
    }
    text
}

/// Each message under who wrote it and when.
pub(super) fn messages(items: &[Message], paint: impl Fn(&str, Style) -> String) -> String {
    let mut text = String::new();
    for (index, message) in items.iter().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        let role = SafeText::one_line(message.role.as_str());
        text.push_str(&paint(role.as_str(), Style::Bold));
        let time = exact(&message.created_at);
        if !time.is_empty() {
            text.push_str(GAP);
            text.push_str(&paint(&time, Style::Dim));
        }
        if let Some(state) = message.extras.state {
            text.push_str(GAP);
            text.push_str(&paint(state.as_str(), Style::Bold));
        }
        text.push('\n');
        let body = SafeText::new(&message.text);
        text.push_str(body.as_str());
        if !body.as_str().ends_with('\n') {
            text.push('\n');
        }
    }
    text
}

fn age(moment: &Moment, now: Timestamp) -> String {
    moment.at.map_or_else(|| shorten(SafeText::one_line(&moment.raw).as_str(), 12), |at| at.ago(now))
}

fn exact(moment: &Moment) -> String {
    moment.at.map_or_else(|| SafeText::one_line(&moment.raw).into_string(), Timestamp::exact)
}

/// Cuts to a width, and says so.
fn shorten(text: &str, width: usize) -> String {
    if display_width(text) <= width {
        return text.to_owned();
    }
    let mut used = 1;
    let mut short = String::new();
    for c in text.chars() {
        used += cluster_width(c.encode_utf8(&mut [0; 4]));
        if used > width {
            break;
        }
        short.push(c);
    }
    // What was cut may have been the middle of a cluster: a joiner at the end joins nothing.
    short.truncate(short.trim_end_matches(|c: char| c == '\u{200d}' || c.is_whitespace()).len());
    short + "…"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ConversationId, MessageId, Role};

    fn plain(text: &str, _: Style) -> String {
        text.to_owned()
    }

    fn conversation(id: &str, title: &str, at: Option<i64>) -> Conversation {
        let created_at = match at {
            Some(ms) => Moment::at(Timestamp::from_millis(ms)),
            None => Moment { at: None, raw: "some time".to_owned() },
        };
        Conversation { id: ConversationId::new(id), title: title.to_owned(), created_at, details: Vec::new() }
    }

    #[test]
    fn columns_line_up_by_width() {
        let items = [
            conversation("7bb301ad", "How many\nplanets?", Some(-120_000)),
            conversation("東京", "x", Some(-86_400_000)),
            conversation("c", "", None),
        ];
        assert_eq!(
            conversations(&items, Timestamp::from_millis(0), true, plain),
            "id              age  title\n\
             7bb301ad         2m  How many planets?\n\
             東京             1d  x\n\
             c         some time\n"
        );
    }

    #[test]
    fn long_titles_are_cut_on_a_terminal_alone() {
        let items = [conversation("a", &"東".repeat(100), Some(0))];
        let line =
            |cut| conversations(&items, Timestamp::from_millis(0), cut, plain).lines().nth(1).unwrap().to_owned();
        assert!(line(true).ends_with("東…"));
        assert!(display_width(&line(true)) <= "a  age  ".len() + TITLE);
        assert!(line(false).ends_with(&"東".repeat(100)));
    }

    #[test]
    fn hostile_text_cannot_act() {
        let items = [conversation("a\u{1b}[2J\nb", "\u{1b}]0;x\u{7}\rz\u{9b}", None)];
        let text = conversations(&items, Timestamp::from_millis(0), true, plain);
        assert_eq!(text.lines().count(), 2);
        assert!(!text.replace('\n', "").chars().any(char::is_control), "{text:?}");
    }

    #[test]
    fn messages_stand_under_their_author() {
        let message = |role, text: &str| Message {
            id: MessageId::new("m"),
            role,
            text: text.to_owned(),
            created_at: Moment { at: None, raw: "then".to_owned() },
            extras: crate::domain::Extras::default(),
        };
        let shown = [message(Role::User, "Hi"), message(Role::Other("bo\nt".to_owned()), "a\nb\n")];
        assert_eq!(messages(&shown, plain), "user  then\nHi\n\nbo t  then\na\nb\n");
        assert!(!messages(&[message(Role::User, "\u{1b}[2J\u{9b}")], plain).contains(['\u{1b}', '\u{9b}']));
    }
}
