//! From a line that was written to what it means: a command by its name, or text for whatever takes some.

use super::help::{is_bound, named};
use crate::app::{Action, BINDINGS, Code, Context, Event, Key, Pane, State, TextInput, ViewKind, takes_text};
use crate::domain::FuzzyFilter;

/// What a line asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LineCommand {
    /// Nothing.
    Nothing,
    /// What can be done.
    Help(String),
    /// An entry by its number, or a thing by its words.
    Open(String),
    /// An action, and a text for the line that it opens.
    Act(Action, String),
    /// What is being written, in the user's editor.
    Edit,
    /// The text that is kept, with more behind it.
    Draft(String),
    /// Away with what is written.
    Clear,
    /// Older messages.
    Earlier,
    /// The page once more.
    Again,
    /// The conversation that is open.
    Chat,
    /// The conversations.
    Conversations,
    /// The end.
    Quit,
    /// Text.
    Text(String),
    /// No command of that name.
    Unknown(String),
}

/// Reads a line: after a slash it is a command; where nothing takes text the slash may be left out.
pub(super) fn read(line: &str, state: &State) -> LineCommand {
    if line.trim().is_empty() {
        return LineCommand::Nothing;
    }
    if let Some(text) = line.strip_prefix("//") {
        return LineCommand::Text(format!("/{text}"));
    }
    if let Some(command) = line.strip_prefix('/') {
        return self::command(command).unwrap_or_else(|| LineCommand::Unknown(command.to_owned()));
    }
    if writes(state) || sends(state) {
        return LineCommand::Text(line.to_owned());
    }
    let line = line.trim();
    if line.parse::<usize>().is_ok() {
        return LineCommand::Open(line.to_owned());
    }
    // A key of the screen, by its name.
    let key = BINDINGS.iter().flat_map(|binding| binding.keys).find(|key| key.to_string() == line);
    if let Some(action) = key.and_then(|key| state.meaning(*key)) {
        return LineCommand::Act(action, String::new());
    }
    self::command(line).unwrap_or_else(|| LineCommand::Unknown(line.to_owned()))
}

fn command(line: &str) -> Option<LineCommand> {
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let rest = rest.trim().to_owned();
    Some(match word {
        "help" | "?" => LineCommand::Help(rest),
        "open" if rest.is_empty() => LineCommand::Act(Action::Open, rest),
        "open" => LineCommand::Open(rest),
        "edit" => LineCommand::Edit,
        "draft" => LineCommand::Draft(rest),
        "clear" => LineCommand::Clear,
        "earlier" => LineCommand::Earlier,
        "again" => LineCommand::Again,
        "conversations" => LineCommand::Conversations,
        "quit" | "exit" => LineCommand::Quit,
        "chat" => LineCommand::Chat,
        "sources" | "rows" => LineCommand::Act(Action::ShowSources, rest),
        "webhooks" => LineCommand::Act(Action::ShowWebhooks, rest),
        "log" => LineCommand::Act(Action::ShowLog, rest),
        "tests" => LineCommand::Act(Action::ShowTests, rest),
        "search" => LineCommand::Act(Action::ShowSearch, rest),
        number if number.parse::<usize>().is_ok() => LineCommand::Open(number.to_owned()),
        name => LineCommand::Act(named(name)?, rest),
    })
}

/// Whether what is entered goes into a line or a text of several lines that has the keys.
pub(super) fn writes(state: &State) -> bool {
    state.contexts().iter().any(|context| takes_text(*context) && *context != Context::Composer)
}

/// Whether what is entered is a message: in a conversation, with no list before it.
pub(super) fn sends(state: &State) -> bool {
    super::page::is_transcript(state) && state.channel().capabilities.send
}

/// Whether a text of several lines has the keys, the message aside.
pub(super) fn writes_lines(state: &State) -> bool {
    state.contexts().iter().any(|context| matches!(context, Context::Answer | Context::RowEditor))
}

/// What stands for the text on the line that has the keys: it takes the place of what was written there.
pub(super) fn on_line(text: &str) -> Vec<Event> {
    let key = |key: Key| Event::Line(TextInput::Key(key));
    let mut events = vec![key(Key::plain(Code::End)), key(Key::ctrl('u'))];
    if !text.is_empty() {
        events.push(Event::Line(TextInput::Paste(text.to_owned())));
    }
    events
}

/// What Enter means on the line that has the keys.
pub(super) fn enter(state: &State) -> Option<Event> {
    state.window.keys.resolve(&state.contexts(), Key::plain(Code::Enter)).map(Event::Action)
}

/// The way to where an action works: the next pane, where it is bound in another one of the view.
pub(super) fn way_to(state: &State, action: Action) -> Option<Event> {
    (!is_bound(&state.contexts(), action)).then_some(Event::Action(Action::NextPane))
}

/// The way to an entry that is seen of a list: a click on it.
pub(super) fn click((pane, nth): (Pane, usize)) -> Event {
    Event::Click(pane, nth)
}

/// A thing by its words, wherever one is: a channel's place among all, or a conversation's place in the roster.
pub(super) enum Thing {
    Channel(usize),
    Conversation(usize),
}

/// Finds a channel or a conversation of the open one: by its name or id, else by what its title has.
pub(super) fn find(state: &State, words: &str) -> Option<Thing> {
    let exact = |channel: &crate::app::Channel| channel.info.name.as_str().eq_ignore_ascii_case(words);
    if let Some(at) = state.channels.iter().position(exact) {
        return Some(Thing::Channel(at));
    }
    let roster = &state.channel().roster;
    let shown = || roster.visible().map(|(row, _)| row).enumerate();
    if let Some((at, _)) = shown().find(|(_, row)| row.id.as_str() == words) {
        return Some(Thing::Conversation(at));
    }
    let filter = FuzzyFilter::new(&words.to_lowercase());
    let found = shown().find(|(_, row)| filter.rank_literally(&row.label.as_str().to_lowercase()).is_some());
    found.map(|(at, _)| Thing::Conversation(at))
}

/// Whether that view is a list beside the transcript.
pub(super) fn is_chat(state: &State) -> bool {
    state.window.view == ViewKind::Chat
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{ChannelInfo, update};
    use crate::domain::{Capabilities, ChannelName, Platform, SafeText, Timestamp};

    #[test]
    fn a_line_is_a_message_a_command_or_a_text_by_where_it_is_written() {
        let info = ChannelInfo {
            name: ChannelName::new("docs"),
            label: SafeText::one_line("docs"),
            platform: Platform::new("chat-thing"),
            sandbox: false,
            read_only: false,
        };
        let can = Capabilities { sources: true, send: true, ..Capabilities::NONE };
        let mut state = State::new(vec![(info, can)], 0, 7);
        let text = |text: &str| LineCommand::Text(text.to_owned());
        assert_eq!(read("open the door", &state), text("open the door"));
        assert_eq!(read("//etc", &state), text("/etc"));
        assert_eq!(read("  ", &state), LineCommand::Nothing);
        assert_eq!(read("/help row", &state), LineCommand::Help("row".to_owned()));
        assert_eq!(read("/2", &state), LineCommand::Open("2".to_owned()));
        assert_eq!(read("/new-conversation", &state), LineCommand::Act(Action::NewConversation, String::new()));
        assert_eq!(read("/search two moons", &state), LineCommand::Act(Action::ShowSearch, "two moons".to_owned()));
        assert_eq!(read("/nonsense", &state), LineCommand::Unknown("nonsense".to_owned()));
        // In a list nothing is written: the slash can be left out, and keys have names.
        update(&mut state, Event::Action(Action::ShowLog), Timestamp::from_millis(0));
        assert_eq!(read("2", &state), LineCommand::Open("2".to_owned()));
        assert_eq!(read("only-failed", &state), LineCommand::Act(Action::OnlyFailed, String::new()));
        assert_eq!(read("Esc", &state), LineCommand::Act(Action::Back, String::new()));
        // On a line of its own a text is that, whatever it says.
        update(&mut state, Event::Action(Action::Filter), Timestamp::from_millis(0));
        assert_eq!(read("back", &state), text("back"));
        assert_eq!(read("/back", &state), LineCommand::Act(Action::Back, String::new()));
    }
}
