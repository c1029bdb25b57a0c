//! The formats of an export. Owns the one table of them: the command line's choices and help, the screen's menu, the
//! names of files, and what import says that it takes all come from here.
//!
//! A new format is one entry here, its writer in a file of its own beside this one, and that file's `mod` line in
//! `export.rs`; no list of formats stands anywhere else.

use super::transcript::{ConversationPlace, Layout, MessagePlace, Outline};
use super::writer::Writer;
use super::{html, json, markdown};
use crate::domain::Message;

/// All that the program knows of one format.
struct Description {
    /// What people call it: at most ten columns, the menu's.
    name: &'static str,
    /// What its files' names end with, without the dot; and what `--format` calls it.
    extension: &'static str,
    /// What an export in it is, in the words of `--format`'s help.
    is: &'static str,
    /// What it holds and is good for, in the words of the menu.
    holds: &'static str,
    /// Whether it is for people to read; the menu offers those first.
    is_for_people: bool,
    /// Whether `conversations import` reads it back.
    is_importable: bool,
    write: Writer,
}

/// Makes the enum of its entries, and what is known of each of them: one can't be without the other.
macro_rules! formats {
    ($($(#[$doc:meta])* $name:ident: $description:expr;)+) => {
        /// How conversations are written.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Format {
            $($(#[$doc])* $name,)+
        }

        impl Format {
            /// All of them, in the order of the command line.
            pub const ALL: [Self; [$(stringify!($name)),+].len()] = [$(Self::$name),+];

            const fn description(self) -> &'static Description {
                match self {
                    $(Self::$name => const { &$description },)+
                }
            }
        }
    };
}

formats! {
    /// For reading as text, and for programs that show markdown.
    Markdown: Description {
        name: "Markdown",
        extension: "md",
        is: "markdown",
        holds: "text, for reading and for other programs",
        is_for_people: true,
        is_importable: false,
        write: markdown::WRITER,
    };
    /// One document.
    Json: Description {
        name: "JSON",
        extension: "json",
        is: "one JSON document",
        holds: "one document, with all that is known",
        is_for_people: false,
        is_importable: false,
        write: json::WRITER,
    };
    /// One object a line, one line a message.
    Jsonl: Description {
        name: "JSONL",
        extension: "jsonl",
        is: "one JSON object a line",
        holds: "a message a line; can be imported again",
        is_for_people: false,
        is_importable: true,
        write: json::LINES,
    };
    /// One page that needs nothing else, for reading and printing.
    Html: Description {
        name: "HTML",
        extension: "html",
        is: "a page for a browser",
        holds: "a page for a browser that needs nothing else",
        is_for_people: true,
        is_importable: false,
        write: html::WRITER,
    };
}

impl Format {
    /// All of them as a menu offers them: those for people first.
    pub fn menu() -> [Self; Self::ALL.len()] {
        let mut menu = Self::ALL;
        menu.sort_by_key(|format| !format.description().is_for_people);
        menu
    }

    /// What people call it: a word, at most ten columns.
    pub const fn name(self) -> &'static str {
        self.description().name
    }

    /// What the name of such a file ends with, without the dot; and what `--format` calls it.
    pub const fn extension(self) -> &'static str {
        self.description().extension
    }

    /// What an export in it is: "one JSON document".
    pub const fn is(self) -> &'static str {
        self.description().is
    }

    /// What it holds and is good for, in a few words.
    pub const fn holds(self) -> &'static str {
        self.description().holds
    }

    /// Whether an import reads it back.
    pub const fn is_importable(self) -> bool {
        self.description().is_importable
    }

    /// Those that an import reads back, each said in that way: "JSONL", or "JSONL or XML".
    pub fn importable_in(said: fn(Self) -> &'static str) -> String {
        let importable = Self::ALL.into_iter().filter(|format| format.is_importable());
        importable.map(said).collect::<Vec<_>>().join(" or ")
    }

    /// All of them in the words of the command line's help: "markdown, one JSON document, or a page for a browser".
    pub fn choices() -> String {
        let [before @ .., last] = Self::ALL.map(Self::is);
        format!("{}, or {last}", before.join(", "))
    }

    /// So many messages of a conversation stand before its head.
    pub const fn messages_before_head(self) -> usize {
        self.description().write.before_head
    }

    /// Puts down what stands above all conversations.
    pub fn begin(self, text: &mut String, all: &[Outline], layout: Layout) {
        (self.description().write.begin)(text, all, layout);
    }

    /// Puts down what is said of a conversation.
    pub fn head(self, text: &mut String, outline: &Outline, place: ConversationPlace) {
        (self.description().write.head)(text, outline, place);
    }

    /// Puts down a message.
    pub fn message(self, text: &mut String, message: &Message, place: MessagePlace<'_>) {
        (self.description().write.message)(text, message, place);
    }

    /// Puts down what stands below a conversation's messages.
    pub fn foot(self, text: &mut String, outline: &Outline, place: ConversationPlace) {
        (self.description().write.foot)(text, outline, place);
    }

    /// What stands between two conversations.
    pub const fn between(self) -> &'static str {
        self.description().write.between
    }

    /// Puts down what stands below all conversations.
    pub fn end(self, text: &mut String, all: &[Outline], layout: Layout) {
        (self.description().write.end)(text, all, layout);
    }
}
