//! The menu of what can be copied: which entries there are, and the text of each.

use std::ops::Range;

use crate::app::channel::Channel;
use crate::app::clip::Clip;
use crate::app::list_view::Menu;
use crate::domain::SafeText;
use crate::export::{Snippet, pasted_json, quoted, sanitised, snippets, tabbed};

/// What can be copied of what was picked.
#[derive(Debug, Default)]
pub struct CopyMenu {
    /// What stands in it.
    pub entries: Vec<CopyEntry>,
    /// Which of it is selected.
    pub menu: Menu,
    /// What is said above it; none where its title says all.
    pub why: Option<SafeText>,
    /// The keys of the messages that it is about.
    keys: Vec<u64>,
    /// What stands in the one message that it is about.
    pieces: Vec<Snippet>,
    /// What is to be written to a file instead.
    clip: Option<Clip>,
}

/// One line of the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyEntry {
    /// What is copied.
    pub name: SafeText,
    /// How it begins, or what more there is to say of it. Untrusted.
    pub detail: SafeText,
    /// What it means.
    pub take: CopyFormat,
}

/// What is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyFormat {
    /// The text as it was written.
    Text,
    /// The same with who said it, and when.
    Signed,
    /// The text as a quotation.
    Quoted,
    /// All of it as JSON.
    Json,
    /// The ids.
    Id,
    /// The command that prints it.
    Command,
    /// The id of the conversation.
    Conversation,
    /// A piece of the message: the code, where a link leads, a table as it was written.
    Piece(usize),
    /// A table with tabs between its cells.
    Tabbed(usize),
    /// Where every link leads, one a line.
    Links,
    /// A text that no terminal takes, into a file.
    File,
}

impl CopyMenu {
    /// The menu for the messages at those places; none where there are none.
    pub(in crate::app) fn new(channel: &Channel, at: Range<usize>) -> Option<Self> {
        let at: Vec<usize> = at.filter(|at| channel.is_message(*at)).collect();
        let keys: Vec<u64> =
            at.iter().filter_map(|at| channel.chat.items.get(*at).and_then(|part| channel.key_of(part))).collect();
        let (first, many) = (*at.first()?, keys.len() > 1);
        let mut menu = Self { keys, ..Self::default() };
        let source = channel.source(first).unwrap_or_default();
        if many {
            let all = format!("{} messages", menu.keys.len());
            menu.add(CopyFormat::Signed, &format!("the {all}"), "with who said it, and when");
            menu.add(CopyFormat::Text, "their text", "as it was written");
        } else {
            menu.add(CopyFormat::Text, "the message", &beginning(source));
            menu.pieces = snippets(source);
            menu.add_pieces();
            menu.add(CopyFormat::Signed, "the message", "with who said it, and when");
        }
        menu.add(CopyFormat::Quoted, "as a quotation", "");
        menu.add(CopyFormat::Json, "as JSON", "");
        let ids = menu.ids(channel);
        if !ids.is_empty() {
            menu.add(CopyFormat::Id, if many { "their ids" } else { "its id" }, &beginning(&ids));
        }
        if let Some(id) = channel.open_id() {
            menu.add(CopyFormat::Conversation, "the conversation's id", id.as_str());
            let command = menu.command(channel);
            menu.add(CopyFormat::Command, "the command that prints it", &command);
        }
        Some(menu)
    }

    /// What is offered for a text that no terminal takes.
    pub(in crate::app) fn for_file(clip: Clip, why: &str) -> Self {
        let mut menu = Self { why: Some(SafeText::one_line(why)), clip: Some(clip), ..Self::default() };
        menu.add(CopyFormat::File, "write it to a file", "in the folder that the program was started in");
        menu
    }

    /// Whether what is selected goes to a file.
    pub(in crate::app) fn writes(&self) -> bool {
        self.clip.is_some()
    }

    /// Moves the selection.
    pub(in crate::app) fn step(&mut self, by: isize) {
        self.menu.step(by, self.entries.len());
    }

    fn add(&mut self, take: CopyFormat, name: &str, detail: &str) {
        self.entries.push(CopyEntry { name: SafeText::one_line(name), detail: SafeText::one_line(detail), take });
    }

    fn add_pieces(&mut self) {
        let pieces = std::mem::take(&mut self.pieces);
        let (mut code, mut tables, mut links) = (0, 0, 0);
        for (at, piece) in pieces.iter().enumerate() {
            match piece {
                Snippet::Code { language, text } => {
                    code += 1;
                    self.add(CopyFormat::Piece(at), format!("code {code} {language}").trim_end(), &beginning(text));
                }
                Snippet::Table { rows, .. } => {
                    tables += 1;
                    let head = rows.first().map(|row| row.join(", ")).unwrap_or_default();
                    self.add(
                        CopyFormat::Tabbed(at),
                        &format!("table {tables}, tabs between its cells"),
                        &beginning(&head),
                    );
                    self.add(CopyFormat::Piece(at), &format!("table {tables} as markdown"), "");
                }
                Snippet::Link { url, number, .. } => {
                    links += 1;
                    self.add(CopyFormat::Piece(at), &numbered("link", *number), &beginning(url));
                }
                Snippet::Image { url, number, .. } => {
                    self.add(CopyFormat::Piece(at), &numbered("picture's address", *number), &beginning(url));
                }
            }
        }
        if links > 1 {
            self.add(CopyFormat::Links, &format!("all {links} links"), "one a line");
        }
        self.pieces = pieces;
    }

    /// What the selected entry copies; none where that is gone.
    pub(in crate::app) fn taken(&self, channel: &Channel) -> Option<Clip> {
        let entry = self.entries.get(self.menu.selected)?;
        let at: Vec<usize> = self.keys.iter().filter_map(|key| channel.part_of(*key)).collect();
        if at.is_empty() && self.clip.is_none() {
            return None;
        }
        let many = at.len() > 1;
        let (subject, text) = match entry.take {
            CopyFormat::Text => (messages(at.len()), plain(channel, &at)),
            CopyFormat::Signed => (messages(at.len()), signed(channel, &at)),
            CopyFormat::Quoted => ("The quotation".to_owned(), quoted(&sanitised(&plain(channel, &at)))),
            CopyFormat::Json => ("The JSON".to_owned(), self.json(channel, &at)),
            CopyFormat::Id => (if many { "The ids" } else { "The id" }.to_owned(), self.ids(channel)),
            CopyFormat::Command => ("The command".to_owned(), self.command(channel)),
            CopyFormat::Conversation => ("The conversation's id".to_owned(), channel.open_id()?.as_str().to_owned()),
            CopyFormat::Links => {
                let url = |piece: &Snippet| match piece {
                    Snippet::Link { url, .. } => Some(url.clone()),
                    _ => None,
                };
                ("The links".to_owned(), self.pieces.iter().filter_map(url).collect::<Vec<_>>().join("\n"))
            }
            CopyFormat::Tabbed(piece) => match self.pieces.get(piece)? {
                Snippet::Table { rows, .. } => ("The table".to_owned(), tabbed(rows)),
                _ => return None,
            },
            CopyFormat::Piece(piece) => match self.pieces.get(piece)? {
                Snippet::Code { text, .. } => (sentence(entry.name.as_str()), text.clone()),
                Snippet::Table { source, .. } => ("The table".to_owned(), source.clone()),
                Snippet::Link { url, number, .. } => (numbered("The link", *number), url.clone()),
                Snippet::Image { url, .. } => ("The picture's address".to_owned(), url.clone()),
            },
            CopyFormat::File => return self.clip.clone(),
        };
        Some(Clip { what: subject, text: sanitised(&text) })
    }

    fn ids(&self, channel: &Channel) -> String {
        let at = self.keys.iter().filter_map(|key| channel.part_of(*key));
        let ids = at.filter_map(|at| channel.message(at)).map(|message| message.id.as_str().to_owned());
        ids.filter(|id| !id.is_empty()).collect::<Vec<_>>().join("\n")
    }

    fn json(&self, channel: &Channel, at: &[usize]) -> String {
        let all: Vec<String> =
            at.iter().filter_map(|at| channel.message(*at)).map(|message| pasted_json(&message)).collect();
        if self.keys.len() > 1 { format!("[\n{}\n]", all.join(",\n")) } else { all.concat() }
    }

    /// The command that prints the one message, or the conversation.
    fn command(&self, channel: &Channel) -> String {
        let id = channel.open_id().map_or("", |id| id.as_str());
        let name = word(channel.info.name.as_str());
        let at = self.keys.first().filter(|_| self.keys.len() == 1).and_then(|key| channel.part_of(*key));
        let message = at.and_then(|at| channel.message(at)).filter(|message| !message.id.as_str().is_empty());
        let what = match message {
            Some(message) => {
                format!("copy {} --message {} --stdout", word(id), word(message.id.as_str()))
            }
            None => format!("show {}", word(id)),
        };
        format!("patchcord -c {name} conversations {what}")
    }
}

/// What `y` copies: one message as it was written, several with who said it.
pub(in crate::app) fn usual(channel: &Channel, at: Range<usize>) -> Option<Clip> {
    let at: Vec<usize> = at.filter(|at| channel.is_message(*at)).collect();
    let text = match at.as_slice() {
        [] => return None,
        [_] => plain(channel, &at),
        _ => signed(channel, &at),
    };
    Some(Clip { what: messages(at.len()), text: sanitised(&text) })
}

/// Messages with who said them, and when, safe to be written to a terminal; empty where none of them says anything.
pub(in crate::app) fn signed_text(channel: &Channel, at: Range<usize>) -> String {
    let at: Vec<usize> = at.filter(|at| channel.is_message(*at)).collect();
    sanitised(&signed(channel, &at))
}

fn messages(n: usize) -> String {
    if n == 1 { "The message".to_owned() } else { format!("{n} messages") }
}

fn plain(channel: &Channel, at: &[usize]) -> String {
    at.iter().filter_map(|at| channel.source(*at)).map(str::trim_end).collect::<Vec<_>>().join("\n\n")
}

fn signed(channel: &Channel, at: &[usize]) -> String {
    let one = |at: &usize| {
        let when = match channel.message(*at)?.created_at {
            moment if moment.raw.is_empty() && moment.at.is_none() => String::new(),
            moment => format!(", {}", moment.at.map_or(moment.raw, |at| format!("{} {}", at.date(), at.clock()))),
        };
        let who = SafeText::one_line(&format!("{}{when}", channel.who(*at)));
        Some(format!("{who}:\n{}", channel.source(*at)?.trim_end()))
    };
    at.iter().filter_map(one).collect::<Vec<_>>().join("\n\n")
}

/// A name, with the number that stands on the screen.
fn numbered(name: &str, number: Option<u32>) -> String {
    number.map_or_else(|| name.to_owned(), |number| format!("{name} [{number}]"))
}

/// How a text begins: its first line that is not blank, not all of a long one.
fn beginning(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    line.chars().take(200).collect()
}

/// Words as the beginning of a sentence.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A word in quotes, in which a shell of any make reads every character as itself. Plain ones need none.
fn word(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | '/');
    if !word.is_empty() && !word.starts_with('-') && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}
