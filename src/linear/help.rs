//! What can be done here, from the one table: each action by its name, with its key on the screen and what it does.

use std::io;

use super::out::Out;
use crate::app::{Action, BINDINGS, Binding, Context, State, lies_over};

/// An action that works here.
pub(super) struct Named {
    pub(super) name: String,
    pub(super) action: Action,
    /// Whether the screen hints at it.
    pub(super) hinted: bool,
    help: &'static str,
}

/// The name of an action: `NewConversation` is `new-conversation`, the first offered answer `quick-reply-1`.
pub(super) fn name_of(action: Action) -> String {
    if let Action::QuickReply(n) = action {
        return format!("quick-reply-{n}");
    }
    let mut name = String::new();
    for letter in format!("{action:?}").chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('-');
        }
        name.extend(letter.to_lowercase());
    }
    name
}

/// The rows of the table that belong to a context.
fn rows(context: Context) -> impl Iterator<Item = &'static Binding> {
    BINDINGS.iter().filter(move |binding| binding.context == context)
}

/// What works here, the innermost context first, each once.
pub(super) fn actions(state: &State) -> Vec<Named> {
    let contexts = state.contexts();
    let over = contexts.first().is_some_and(|context| lies_over(*context));
    let everywhere = (!over).then_some(Context::Everywhere);
    let mut all: Vec<Named> = Vec::new();
    for binding in contexts.into_iter().chain(everywhere).flat_map(rows) {
        if !DRAWN.contains(&binding.action)
            && state.offers(binding.action)
            && all.iter().all(|known| known.action != binding.action)
        {
            let (name, hinted) = (name_of(binding.action), !binding.hint.is_empty());
            all.push(Named { name, action: binding.action, hinted, help: binding.help });
        }
    }
    all
}

/// What means something on a screen alone.
const DRAWN: [Action; 8] = [
    Action::Mouse,
    Action::Redraw,
    Action::NextPane,
    Action::PreviousPane,
    Action::Newline,
    Action::RowUp,
    Action::RowDown,
    Action::Help,
];

/// Every action of the table by its name, whether it works here or not.
pub(super) fn named(name: &str) -> Option<Action> {
    BINDINGS.iter().map(|binding| binding.action).find(|action| name_of(*action) == name)
}

/// Whether an action is bound in one of these contexts, or everywhere.
pub(super) fn is_bound(contexts: &[Context], action: Action) -> bool {
    contexts
        .iter()
        .chain(&[Context::Everywhere])
        .any(|context| rows(*context).any(|binding| binding.action == action))
}

/// The commands that are the line's own.
const OWN: &[(&str, &str)] = &[
    ("help, help WORD", "what can be done here, or all that has that word"),
    ("open NUMBER, open WORDS", "the entry of that number, or the channel, conversation or entry with those words"),
    ("send", "sends the draft; a line is sent as it is entered where there is none"),
    ("edit", "opens what is written in $VISUAL or $EDITOR"),
    ("draft, draft TEXT", "tells the text that is kept, or adds to it without sending"),
    ("clear", "empties the line or the draft"),
    ("chat, conversations, sources, webhooks, log, tests, search WORDS, channels", "the views and lists"),
    ("rows", "the rows of the selected source: its list"),
    ("earlier", "tells older messages of the conversation"),
    ("again", "tells what is here once more"),
    ("quit", "ends the program; drafts are kept"),
];

/// Tells what can be done: here, or everything whose name or words have that word.
pub(super) fn tell(state: &State, word: &str, out: &mut Out) -> io::Result<()> {
    let word = word.trim().to_lowercase();
    if word.is_empty() {
        out.line(
            "A line is a message, or text for the line that is asked for; with a slash before it, it is a command.",
        )?;
        out.line(
            "Where nothing is written the slash can be left out, and the name of a key works too: y, Enter, Esc.",
        )?;
        out.line("Two slashes begin a text with one. A backslash at the end of a line goes on with the next.")?;
        for (name, does) in OWN {
            out.say(&format!("/{name}"), does)?;
        }
        out.line("Actions that work here:")?;
        for action in actions(state) {
            out.say(&format!("/{}", action.name), action.help)?;
        }
        return Ok(());
    }
    let mut told: Vec<(Action, &str)> = Vec::new();
    for binding in BINDINGS.iter().filter(|binding| !binding.help.is_empty()) {
        let name = name_of(binding.action);
        let fits = name.contains(&word) || binding.help.to_lowercase().contains(&word);
        if fits && !told.contains(&(binding.action, binding.help)) {
            told.push((binding.action, binding.help));
            out.say(&format!("/{name} ({})", binding.context.title()), binding.help)?;
        }
    }
    if told.is_empty() { out.line("Nothing has that word.") } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn every_action_of_the_table_has_a_name_of_its_own() {
        let mut names: HashMap<String, Action> = HashMap::new();
        for binding in BINDINGS {
            let name = name_of(binding.action);
            assert_eq!(*names.entry(name.clone()).or_insert(binding.action), binding.action, "{name}");
            assert_eq!(named(&name), Some(binding.action));
        }
        assert_eq!(name_of(Action::NewConversation), "new-conversation");
        assert_eq!(named("quick-reply-2"), Some(Action::QuickReply(2)));
    }
}
