//! Lists and messages for a person's eyes. Pure: from nouns to safe text.

mod desk;
mod search;

use std::io::{self, BufRead as _, BufReader, Write};

use super::output::Style;
use crate::domain::{
    Conversation, DataRequest, Message, Moment, Person, RequestState, Row, SafeText, Source, SyncInterval, SyncState,
    Timestamp, cluster_width, display_width,
};
use crate::runtime::Spool;

pub(super) use desk::{inbox, kept};
pub(super) use search::{hits, searches};

/// How wide a title gets on a terminal.
const TITLE: usize = 60;

/// Between two columns.
const GAP: &str = "  ";

/// One line a conversation: id, age, title.
pub(super) fn conversations() -> Columns {
    Columns::new(&["id", "age", "title"], &[1])
}

/// One of them. On a terminal titles are cut to a width; elsewhere they are whole.
pub(super) fn conversation(item: &Conversation, now: Timestamp, cut: bool) -> Vec<String> {
    let title = SafeText::one_line(&item.title).into_string();
    let title = if cut { shorten(&title, TITLE) } else { title };
    vec![SafeText::one_line(item.id.as_str()).into_string(), age(&item.created_at, now), title]
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
pub(super) fn sources() -> Columns {
    Columns::new(&["id", "state", "synced", "every", "age"], &[2, 4])
}

/// One of them.
pub(super) fn source_cells(item: &Source, now: Timestamp) -> Vec<String> {
    let synced = item.last_sync.as_ref().map_or_else(|| "never".to_owned(), |at| age(at, now));
    let id = SafeText::one_line(item.id.as_str()).into_string();
    vec![id, state(&item.state), synced, every(item), age(&item.created_at, now)]
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
pub(super) fn rows() -> Columns {
    Columns::new(&["id", "name"], &[])
}

/// One of them.
pub(super) fn row(item: &Row) -> Vec<String> {
    [item.id.as_str(), &item.name].map(|text| SafeText::one_line(text).into_string()).to_vec()
}

/// Cells in columns, the first row dim. The columns named stand on the right.
fn columns<const N: usize>(rows: &[[String; N]], right: &[usize], paint: impl Fn(&str, Style) -> String) -> String {
    let mut columns = Columns { head: Vec::new(), widths: vec![0; N], right: right.to_vec() };
    for row in rows {
        columns.widen(row);
    }
    let lines = rows.iter().enumerate().map(|(index, row)| {
        let line = columns.line(row.iter().map(String::as_str));
        if index == 0 { paint(&line, Style::Dim) + "\n" } else { line + "\n" }
    });
    lines.collect()
}

/// Lines of cells that stand in columns. How wide those are is known once all lines are; until then they are set aside.
pub(super) struct Columns {
    head: Vec<String>,
    widths: Vec<usize>,
    /// Those that stand on the right.
    right: Vec<usize>,
}

/// Between two cells of a line that is set aside: no safe text has it.
const CELL: char = '\u{1f}';

impl Columns {
    fn new(head: &[&str], right: &[usize]) -> Self {
        let head: Vec<String> = head.iter().map(|&name| name.to_owned()).collect();
        let mut columns = Self { widths: vec![0; head.len()], head: Vec::new(), right: right.to_vec() };
        columns.widen(&head);
        Self { head, ..columns }
    }

    fn widen(&mut self, cells: &[String]) {
        for (width, cell) in self.widths.iter_mut().zip(cells) {
            *width = display_width(cell).max(*width);
        }
    }

    /// Sets a line aside; its cells are safe, and each is one line.
    pub(super) fn add(&mut self, cells: &[String], aside: &mut impl Write) -> io::Result<()> {
        self.widen(cells);
        for (n, cell) in cells.iter().enumerate() {
            if n > 0 {
                write!(aside, "{CELL}")?;
            }
            aside.write_all(cell.as_bytes())?;
        }
        aside.write_all(b"\n")
    }

    /// The names of the columns, as a line without its end.
    pub(super) fn head(&self) -> String {
        self.line(self.head.iter().map(String::as_str))
    }

    /// The lines that were set aside, each with its end.
    pub(super) fn line_up(&self, aside: &Spool, to: &mut impl Write) -> io::Result<()> {
        for line in BufReader::new(aside.whole()?).lines() {
            to.write_all((self.line(line?.split(CELL)) + "\n").as_bytes())?;
        }
        Ok(())
    }

    fn line<'c>(&self, cells: impl Iterator<Item = &'c str>) -> String {
        let mut line = String::new();
        for (column, (cell, width)) in cells.zip(&self.widths).enumerate() {
            let pad = " ".repeat(width.saturating_sub(display_width(cell)));
            let (left, right) = if self.right.contains(&column) { (pad.as_str(), "") } else { ("", pad.as_str()) };
            let gap = if column > 0 { GAP } else { "" };
            for piece in [gap, left, cell, right] {
                line.push_str(piece);
            }
        }
        line.truncate(line.trim_end().len());
        line
    }
}

/// A message under who wrote it and when, below the one before it.
pub(super) fn message(message: &Message, is_first: bool, paint: impl Fn(&str, Style) -> String) -> String {
    let mut text = if is_first { String::new() } else { "\n".to_owned() };
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

    fn about(id: &str, title: &str, at: Option<i64>) -> Conversation {
        let created_at = match at {
            Some(ms) => Moment::at(Timestamp::from_millis(ms)),
            None => Moment { at: None, raw: "some time".to_owned() },
        };
        Conversation { id: ConversationId::new(id), title: title.to_owned(), created_at, details: Vec::new() }
    }

    /// The lines of a list of conversations, as they come out of the place where they were set aside.
    fn listed(items: &[Conversation], now: Timestamp, cut: bool) -> String {
        let (dir, mut columns) = (tempfile::tempdir().unwrap(), conversations());
        let (mut aside, mut lined) = (Spool::new(dir.path()), Vec::new());
        for item in items {
            columns.add(&conversation(item, now, cut), &mut aside).unwrap();
        }
        columns.line_up(&aside, &mut lined).unwrap();
        columns.head() + "\n" + &String::from_utf8(lined).unwrap()
    }

    #[test]
    fn columns_line_up_by_width() {
        let items = [
            about("7bb301ad", "How many\nplanets?", Some(-120_000)),
            about("東京", "x", Some(-86_400_000)),
            about("c", "", None),
        ];
        assert_eq!(
            listed(&items, Timestamp::from_millis(0), true),
            "id              age  title\n\
             7bb301ad         2m  How many planets?\n\
             東京             1d  x\n\
             c         some time\n"
        );
    }

    #[test]
    fn long_titles_are_cut_on_a_terminal_alone() {
        let items = [about("a", &"東".repeat(100), Some(0))];
        let line = |cut| listed(&items, Timestamp::from_millis(0), cut).lines().nth(1).unwrap().to_owned();
        assert!(line(true).ends_with("東…"));
        assert!(display_width(&line(true)) <= "a  age  ".len() + TITLE);
        assert!(line(false).ends_with(&"東".repeat(100)));
    }

    #[test]
    fn hostile_text_cannot_act() {
        let items = [about("a\u{1b}[2J\nb", "\u{1b}]0;x\u{7}\rz\u{9b}", None)];
        let text = listed(&items, Timestamp::from_millis(0), true);
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
        let shown: String = shown.iter().enumerate().map(|(n, one)| super::message(one, n == 0, plain)).collect();
        assert_eq!(shown, "user  then\nHi\n\nbo t  then\na\nb\n");
        let hostile = message(Role::User, "\u{1b}[2J\u{9b}");
        assert!(!super::message(&hostile, true, plain).contains(['\u{1b}', '\u{9b}']));
    }
}
