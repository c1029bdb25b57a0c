//! The table of keys as a document: what the sandbox's bot answers from when it is asked for a key.
//!
//! Owns `assets/sandbox/docs/keys.md`. The sandbox stands on the same floor and can't ask for the table, so the document is
//! a file, and a test holds it against the table. `PATCHCORD_WRITE_KEYS=1 cargo test --lib keymap::document` writes it anew.

use std::fmt::Write;

use super::{BINDINGS, Binding, Context, key_for};
use crate::app::action::Action as A;

/// The file.
const PATH: &str = "assets/sandbox/docs/keys.md";

/// Actions, each in that context alone or in all.
type Asked = &'static [(A, Option<Context>)];

/// What people ask for, in their words, and the actions that do it; a context where the action means other things too.
/// Actions of which nothing is said here stand under what the help says of them.
const TOPICS: &[(&str, &str, Asked)] = &[
    ("Send a message", "", &[(A::Send, None)]),
    (
        "Make a new line",
        "A newline, or line break, in a message. Pasted text is only inserted and never sends by itself, whatever line breaks \
         are in it.",
        &[(A::Newline, None)],
    ),
    (
        "Stop a reply",
        "A reply that is being written is stopped, cancelled or interrupted; what came of it is kept.",
        &[(A::Back, Some(Context::Everywhere)), (A::Interrupt, None)],
    ),
    (
        "Quit or leave Patchcord",
        "To quit, exit, leave or close the program. What was being written is kept as a draft.",
        &[(A::Interrupt, None), (A::Leave, None)],
    ),
    ("Begin a new conversation", "Start another chat.", &[(A::NewConversation, None)]),
    (
        "Switch channels",
        "Change the channel: to another one, by choosing or opening it.",
        &[(A::Channels, None), (A::NextChannel, None), (A::PreviousChannel, None)],
    ),
    (
        "Add or connect a channel of one's own",
        "Connect a real bot: its platform and values are asked for, tried, and written to the config file.",
        &[(A::AddChannel, None)],
    ),
    (
        "Put two conversations side by side",
        "A split: another conversation stands beside the open one, and the keys go over to it and back.",
        &[(A::OpenBeside, None), (A::OtherSide, None), (A::CloseBeside, None)],
    ),
    ("Attach a file", "Add or upload a file, a picture, an image or a URL.", &[(A::Attach, None)]),
    ("Write in an external editor", "In `$VISUAL` or `$EDITOR`, such as vim.", &[(A::ExternalEditor, None)]),
    (
        "Search in the conversation, find words",
        "Find something in the conversation that is open.",
        &[(A::SearchHere, None), (A::NextMatch, None), (A::PreviousMatch, None), (A::SearchOrigin, None)],
    ),
    (
        "Search everywhere",
        "Find words in all messages of all conversations on every channel.",
        &[(A::ShowSearch, None), (A::SearchEverywhere, None)],
    ),
    ("Keep a search", "Save a search under a name.", &[(A::SaveSearch, None), (A::SavedSearches, None)]),
    (
        "Filter a list",
        "Filter the roster, the rows or the deliveries: what has the typed words stands first, then what is merely near.",
        &[(A::Filter, None)],
    ),
    (
        "Copy a message",
        "To the clipboard: the whole message, or its code, a link or a table. Text that is marked with the mouse is copied \
         too.",
        &[(A::Copy, None), (A::CopyMenu, None)],
    ),
    (
        "Open a link",
        "Open, follow or visit a link of a message in the browser: it is shown where it leads first.",
        &[(A::Links, None)],
    ),
    ("Read in a pager", "A message, or all that is loaded, in `$PAGER`, such as less.", &[(A::Pager, None)]),
    (
        "Pick messages",
        "Select one message or several.",
        &[(A::PickPrevious, None), (A::PickNext, None), (A::PickRange, None)],
    ),
    ("See the details of a message", "All that is known of it.", &[(A::ShowMessage, None)]),
    ("Edit your last message", "Correct or change it, and send it anew.", &[(A::EditLast, None)]),
    (
        "A message that may not have arrived",
        "Retry or resend an unknown or rejected message, or drop it.",
        &[(A::CheckAgain, None), (A::SendAgain, None), (A::Drop, None)],
    ),
    ("Choose a quick reply", "Send an answer that the bot offers.", &[(A::QuickReply(1), None)]),
    (
        "Open another view",
        "Change or switch views.",
        &[(A::ShowChat, None), (A::ShowSources, None), (A::ShowWebhooks, None)],
    ),
    (
        "Go to the next pane",
        "Move the focus from the message to the roster to the transcript and round again; a click does it too.",
        &[(A::NextPane, None), (A::PreviousPane, None)],
    ),
    ("See all keys", "The help: where it is, and all shortcuts. Help stands behind one key.", &[(A::Help, None)]),
    (
        "Find an action or a place by its name",
        "The palette: what can be done, channels, conversations, data sources, kept searches; with the command that does \
         the same.",
        &[(A::Palette, None), (A::CopyEquivalent, None)],
    ),
    ("Test a key", "What the terminal sends for a key, and what it means.", &[(A::TestKeys, Some(Context::Help))]),
    ("Redraw the screen", "Draw it anew where it is garbled or broken.", &[(A::Redraw, None)]),
    ("Select text with the mouse", "The terminal selects it then, not Patchcord.", &[(A::Mouse, None)]),
    (
        "Scroll",
        "Scroll up and down, by a row or by a page; the mouse wheel scrolls, too.",
        &[(A::Up, None), (A::Down, None), (A::PageUp, None), (A::PageDown, None)],
    ),
    (
        "Go to the beginning or the end",
        "Jump to the oldest or newest message, the first or last one.",
        &[(A::Top, None), (A::Bottom, None)],
    ),
    ("Jump to your own messages", "", &[(A::PreviousOwn, None), (A::NextOwn, None)]),
    ("Export a conversation", "Save or download conversations as a file.", &[(A::Export, None)]),
    ("Import a conversation", "Read an exported file.", &[(A::Import, None)]),
    ("Mark conversations", "", &[(A::MarkConversation, None), (A::MarkConversations, None)]),
    (
        "Go to a neighbour or to what is unread",
        "",
        &[(A::NextConversation, None), (A::PreviousConversation, None), (A::NextUnread, None), (A::TakeIn, None)],
    ),
    (
        "Edit the queue",
        "Messages that wait behind a reply: edit, drop, order or release them.",
        &[
            (A::QueueEdit, None),
            (A::QueueDrop, None),
            (A::QueueUndo, None),
            (A::QueueUp, None),
            (A::QueueDown, None),
            (A::ReleaseQueue, None),
        ],
    ),
    (
        "Pin, label, note, archive or snooze",
        "For you alone, never sent to a platform; the last one is repeated, or taken back.",
        &[
            (A::Pin, None),
            (A::Label, None),
            (A::Note, None),
            (A::Archive, None),
            (A::Snooze, None),
            (A::MarkRead, None),
            (A::Repeat, None),
            (A::UndoDesk, None),
        ],
    ),
    (
        "Test a bot, run suites",
        "Ask cases of a suite and see whether the replies are as expected.",
        &[
            (A::ShowTests, None),
            (A::RunCase, None),
            (A::RunSuite, None),
            (A::RunAllSuites, None),
            (A::RunMissed, None),
            (A::StopRun, None),
            (A::MakeCase, None),
            (A::EditSuite, None),
        ],
    ),
    (
        "Keep or refuse a changed answer",
        "",
        &[(A::AcceptAnswer, None), (A::RefuseAnswer, None), (A::UndoAnswer, None)],
    ),
    ("Refresh", "Reload, or ask the platform again.", &[(A::Refresh, None)]),
    ("Open what is selected", "", &[(A::Open, None)]),
    ("Confirm", "Say yes.", &[(A::Confirm, None)]),
    ("Go back", "Cancel, close or step back.", &[(A::Back, None)]),
    ("Key that answers a request", "", &[(A::AnswerRequest, None), (A::SendAnswer, None)]),
    (
        "Replay a delivery",
        "Send a webhook again.",
        &[(A::Replay, None), (A::ReplayEdited, None), (A::ReplayTo, None)],
    ),
    ("Copy a delivery as a curl command", "", &[(A::CopyCommand, None), (A::CopyCommandWhole, None)]),
    ("Copy the URL of a webhook", "", &[(A::CopyHook, None), (A::Hooks, None)]),
    ("Compare two deliveries", "", &[(A::Mark, None), (A::Compare, None)]),
    (
        "Edit a row",
        "Change the text of a row of a data source.",
        &[(A::EditRow, None), (A::EditRowOutside, None), (A::RenameRow, None)],
    ),
    ("Make or delete a row", "Add or remove a row of a data source.", &[(A::NewRow, None), (A::DeleteRows, None)]),
    (
        "Apply what is staged",
        "Save changes of rows to the platform.",
        &[(A::Apply, None), (A::ApplyRow, None), (A::Review, None), (A::Discard, None)],
    ),
    ("Sync a source", "So that the bot learns it.", &[(A::Sync, None), (A::Interval, None)]),
    ("Undo a change of a row", "Put back or revert what was applied.", &[(A::Journal, None)]),
];

/// The whole document.
fn document() -> String {
    let mut text = format!(
        "# Keys\n\nThese are the keyboard shortcuts. The last line of the screen shows the keys that work where you are. \
         **{}** shows all. While you write, letters are text: **Tab** leaves the message first.\n",
        key_for(&[Context::Composer], A::Help).map(|key| key.to_string()).unwrap_or_default()
    );
    for (heading, words, actions) in TOPICS {
        let bound = BINDINGS.iter().filter(|b| {
            actions.iter().any(|(action, only)| b.action == *action && only.is_none_or(|only| b.context == only))
        });
        section(&mut text, heading, words, bound);
    }
    let mut named: Vec<A> = TOPICS.iter().flat_map(|topic| topic.2.iter().map(|(action, _)| *action)).collect();
    for binding in BINDINGS.iter().filter(|binding| is_told(binding)) {
        if named.contains(&binding.action) {
            continue;
        }
        named.push(binding.action);
        let mut heading = binding.help.split([':', ';', '(']).next().unwrap_or_default().trim().to_owned();
        if let Some(first) = heading.get(..1) {
            heading = format!("{}{}", first.to_uppercase(), &heading[1..]);
        }
        section(&mut text, &heading, "", BINDINGS.iter().filter(|b| b.action == binding.action));
    }
    text.push_str(
        "\n## Edit a line\n\nIn every text and on every line that is written (a filter, a search, a path, a name): **←** \
         **→** **Home** **End** move the cursor, with Ctrl by words. **Ctrl+W** erases the word before it, **Ctrl+U** and \
         **Ctrl+K** the rest of the line before and behind it, **Ctrl+_** undoes and **Ctrl+Y** makes it again.\n\
         \n## Change or rebind keys\n\nThe table `[keys]` of the config file binds keys otherwise: `preset = \"vim\"` or \
         `\"emacs\"`, and for each place a table, such as `[keys.transcript]` with `copy = \"F9\"`. `patchcord keys` lists all \
         places and actions.\n\
         \n## Paste text\n\nPasted text is only inserted and never sends by itself, whatever line breaks are in it.\n",
    );
    text
}

/// Whether a row is told: one that is shipped without a key answers nobody who asks for one.
fn is_told(binding: &Binding) -> bool {
    !binding.help.is_empty() && !binding.keys.is_empty()
}

/// One section: rows of the same keys and words stand in one.
fn section<'a>(text: &mut String, heading: &str, words: &str, bound: impl Iterator<Item = &'a Binding>) {
    let _ = write!(text, "\n## {heading}\n\n");
    if !words.is_empty() {
        let _ = write!(text, "{words}\n\n");
    }
    text.push_str("| key | where | does |\n| --- | --- | --- |\n");
    let mut rows: Vec<(String, Vec<&str>, &str)> = Vec::new();
    for binding in bound.filter(|binding| is_told(binding)) {
        let spelt = |key: &crate::app::Key| match key.to_string().as_str() {
            "`" => "`` ` ``".to_owned(),
            key => format!("`{key}`"),
        };
        let keys = binding.keys.iter().map(spelt).collect::<Vec<_>>().join(", ");
        match rows.iter_mut().find(|(known, _, help)| *known == keys && *help == binding.help) {
            Some((_, places, _)) => places.push(binding.context.title()),
            None => rows.push((keys, vec![binding.context.title()], binding.help)),
        }
    }
    for (keys, places, help) in rows {
        // A bar would end the cell.
        let help = help.replace('|', "\\|");
        let _ = writeln!(text, "| {keys} | {} | {help} |", places.join(", "));
    }
}

#[test]
fn the_bots_document_is_made_from_the_table() {
    let made = document();
    if std::env::var_os("PATCHCORD_WRITE_KEYS").is_some() {
        std::fs::write(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(PATH), &made).unwrap();
    }
    let kept = std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(PATH)).unwrap();
    assert!(
        kept == made,
        "{PATH} is not what the table says: PATCHCORD_WRITE_KEYS=1 cargo test --lib keymap::document"
    );
}

#[test]
fn the_document_has_every_binding_that_the_help_has() {
    let made = document();
    for binding in BINDINGS.iter().filter(|binding| is_told(binding)) {
        let help = binding.help.replace('|', "\\|");
        let row = |line: &&str| {
            let said = line.contains(&format!("| {help} |")) && line.contains(binding.context.title());
            said && binding.keys.iter().all(|key| line.contains(&format!("`{key}`")) || line.contains("`` ` ``"))
        };
        assert!(made.lines().any(|line| row(&line)), "{binding:?}");
    }
    assert!(TOPICS.iter().all(|(heading, ..)| made.matches(&format!("## {heading}\n")).count() == 1));
}
