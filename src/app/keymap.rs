//! One table of actions and keys. Dispatch, the hint line and the help overlay read it, so they can't disagree.

use super::action::Action;
use super::key::{Code, Key};

/// Who has the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Context {
    /// Works wherever the keys are.
    Everywhere,
    /// The message that is being written.
    Composer,
    /// The list of conversations.
    Roster,
    /// The roster's filter line.
    Filter,
    /// The conversation's messages.
    Transcript,
    /// A message whose fate the user decides, while the transcript has the keys.
    Decision,
    /// The answers that the bot offers, while no message is being written.
    Offer,
    /// The line on which a file or a URL is named.
    Attach,
    /// The list of channels.
    Channels,
    /// The help overlay.
    Help,
    /// The lists of the Webhooks view.
    Deliveries,
    /// A delivery, while one is selected.
    Delivery,
    /// The right pane: what is selected, whole.
    Detail,
    /// A data request that waits for an answer, while it is selected.
    Waiting,
    /// The filter line of the deliveries.
    WebhookFilter,
    /// The answer to a data request that is being written.
    Answer,
    /// Every channel's URL.
    Hooks,
    /// The URL that a delivery is to be sent to.
    ReplayUrl,
    /// Something that waits for a yes.
    Confirm,
}

impl Context {
    /// The heading of its keys in the help.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Everywhere => "Everywhere",
            Self::Composer => "Message",
            Self::Roster => "Conversations",
            Self::Filter => "Filter",
            Self::Transcript => "Transcript",
            Self::Decision => "A message that needs your word",
            Self::Offer => "Answers that the bot offers",
            Self::Attach => "What goes out with a message",
            Self::Channels => "Channels",
            Self::Help => "Help",
            Self::Deliveries => "Webhooks",
            Self::Delivery => "A delivery that is selected",
            Self::Detail => "The right pane",
            Self::Waiting => "A data request that waits",
            Self::WebhookFilter => "Filter of the deliveries",
            Self::Answer => "Answer to a data request",
            Self::Hooks => "Hooks",
            Self::ReplayUrl => "Replay to a URL",
            Self::Confirm => "Confirm",
        }
    }
}

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Binding {
    /// Where it works.
    pub context: Context,
    /// The keys; the first is the one that hints name.
    pub keys: &'static [Key],
    /// What they mean.
    pub action: Action,
    /// What the hint line says; empty where it has no room for it.
    pub hint: &'static str,
    /// What the help says.
    pub help: &'static str,
}

const fn row(
    context: Context,
    keys: &'static [Key],
    action: Action,
    hint: &'static str,
    help: &'static str,
) -> Binding {
    Binding { context, keys, action, hint, help }
}

const fn c(c: char) -> Key {
    Key::plain(Code::Char(c))
}

const fn k(code: Code) -> Key {
    Key::plain(code)
}

/// The table, in the order in which help shows it.
pub const BINDINGS: &[Binding] = {
    use Action as A;
    use Context as X;
    &[
        row(X::Composer, &[k(Code::Enter)], A::Send, "send", "send the message"),
        row(
            X::Composer,
            &[Key::ctrl('j'), Key::alt(Code::Enter), Key::shift(Code::Enter)],
            A::Newline,
            "newline",
            "new line; Ctrl+J works everywhere",
        ),
        row(X::Composer, &[Key::ctrl('o')], A::ExternalEditor, "editor", "write in $VISUAL or $EDITOR"),
        row(
            X::Composer,
            &[Key::alt(Code::Char('a'))],
            A::Attach,
            "attach",
            "attach a file or a URL; to people, ?TEXT offers an answer",
        ),
        row(X::Composer, &[Key::ctrl('d')], A::Leave, "", "quit, when the message is empty"),
        row(X::Composer, &[k(Code::PageUp)], A::PageUp, "", "scroll the transcript up"),
        row(X::Composer, &[k(Code::PageDown)], A::PageDown, "", "scroll the transcript down"),
        row(X::Roster, &[k(Code::Enter)], A::Open, "open", "open the conversation"),
        row(X::Roster, &[c('/')], A::Filter, "filter", "filter as you type"),
        row(X::Roster, &[k(Code::Up), c('k')], A::Up, "", "up"),
        row(X::Roster, &[k(Code::Down), c('j')], A::Down, "", "down"),
        row(X::Roster, &[k(Code::PageUp), Key::ctrl('u')], A::PageUp, "", "one screen up"),
        row(X::Roster, &[k(Code::PageDown), Key::ctrl('d')], A::PageDown, "", "one screen down"),
        row(X::Roster, &[k(Code::Home), c('g')], A::Top, "", "to the first"),
        row(X::Roster, &[k(Code::End), c('G')], A::Bottom, "", "to the last that is loaded"),
        row(X::Roster, &[c('n')], A::NewConversation, "new", "new conversation"),
        row(X::Roster, &[c('r')], A::Refresh, "refresh", "ask the platform again"),
        row(X::Filter, &[k(Code::Enter)], A::Open, "open", "open the selected conversation"),
        row(X::Filter, &[k(Code::Up)], A::Up, "", "up"),
        row(X::Filter, &[k(Code::Down)], A::Down, "", "down"),
        row(X::Filter, &[k(Code::Esc)], A::Back, "clear", "clear the filter"),
        row(X::Offer, &[c('1')], A::QuickReply(1), "reply", "send the first; 2 to 9 send the others"),
        row(X::Offer, &[c('2')], A::QuickReply(2), "", ""),
        row(X::Offer, &[c('3')], A::QuickReply(3), "", ""),
        row(X::Offer, &[c('4')], A::QuickReply(4), "", ""),
        row(X::Offer, &[c('5')], A::QuickReply(5), "", ""),
        row(X::Offer, &[c('6')], A::QuickReply(6), "", ""),
        row(X::Offer, &[c('7')], A::QuickReply(7), "", ""),
        row(X::Offer, &[c('8')], A::QuickReply(8), "", ""),
        row(X::Offer, &[c('9')], A::QuickReply(9), "", ""),
        row(X::Offer, &[k(Code::Esc)], A::Back, "", "don't show them"),
        row(X::Attach, &[k(Code::Enter)], A::Open, "attach", "attach what is named"),
        row(
            X::Attach,
            &[Key::alt(Code::Char('a'))],
            A::Attach,
            "remove the last",
            "on an empty line: take the last back",
        ),
        row(X::Attach, &[k(Code::Esc)], A::Back, "close", "close"),
        row(X::Channels, &[k(Code::Enter)], A::Open, "open", "open the channel"),
        row(X::Channels, &[k(Code::Up)], A::Up, "", "up"),
        row(X::Channels, &[k(Code::Down)], A::Down, "", "down"),
        row(X::Channels, &[k(Code::Esc)], A::Back, "close", "close the list"),
        row(X::Decision, &[c('c')], A::CheckAgain, "check again", "ask the platform whether it arrived"),
        row(X::Decision, &[c('s')], A::SendAgain, "send again", "send again (it may then arrive twice)"),
        row(X::Decision, &[c('d')], A::Drop, "drop", "give it up"),
        row(X::Transcript, &[k(Code::Up), c('k')], A::Up, "scroll", "up"),
        row(X::Transcript, &[k(Code::Down), c('j')], A::Down, "", "down"),
        row(X::Transcript, &[k(Code::PageUp), Key::ctrl('u'), c('b')], A::PageUp, "", "one screen up"),
        row(X::Transcript, &[k(Code::PageDown), c(' '), c('f')], A::PageDown, "", "one screen down"),
        row(X::Transcript, &[k(Code::Home), c('g')], A::Top, "", "to the oldest that is loaded"),
        row(X::Transcript, &[k(Code::End), c('G')], A::Bottom, "newest", "to the newest, and follow it"),
        row(X::Transcript, &[c('[')], A::PreviousOwn, "", "to your message before"),
        row(X::Transcript, &[c(']')], A::NextOwn, "", "to your next message"),
        row(X::Transcript, &[c('r')], A::Refresh, "refresh", "ask the platform again"),
        row(X::Transcript, &[c('w')], A::ToDelivery, "", "to the webhook that brought the message"),
        row(X::Transcript, &[c('i')], A::Details, "", "a conversation's details, all or the first"),
        row(X::Delivery, &[k(Code::Enter)], A::Open, "open", "read it whole"),
        row(X::Deliveries, &[c('/')], A::Filter, "filter", "filter: words, channel:NAME, state:WORD"),
        row(X::Delivery, &[c('r')], A::Replay, "replay", "replay as it was, to the own listener"),
        row(X::Delivery, &[c('R')], A::ReplayEdited, "", "replay with a body edited in $EDITOR"),
        row(X::Delivery, &[c('u')], A::ReplayTo, "", "replay to a URL"),
        row(X::Delivery, &[c('o')], A::ToConversation, "chat", "to its conversation"),
        row(X::Delivery, &[c('y')], A::CopyCommand, "curl", "copy as curl, secrets masked"),
        row(X::Delivery, &[c('Y')], A::CopyCommandWhole, "", "copy as curl, with its secrets"),
        row(X::Delivery, &[c('p')], A::Pretty, "raw", "body laid out, or as it came"),
        row(X::Delivery, &[c('m')], A::Mark, "", "mark; on another one: compare"),
        row(X::Delivery, &[c('=')], A::Compare, "", "compare with the marked one"),
        row(X::Deliveries, &[k(Code::Enter)], A::Open, "", "read what is selected"),
        row(X::Deliveries, &[c('h')], A::Hooks, "hooks", "every channel's URL, and the listener"),
        row(X::Deliveries, &[c('t')], A::SelfTest, "", "test the hook of its channel"),
        row(X::Deliveries, &[c('c')], A::CopyHook, "", "copy the URL of its channel's hook"),
        row(X::Deliveries, &[k(Code::Up), c('k')], A::Up, "", "up"),
        row(X::Deliveries, &[k(Code::Down), c('j')], A::Down, "", "down"),
        row(X::Deliveries, &[k(Code::PageUp), Key::ctrl('u')], A::PageUp, "", "one screen up"),
        row(X::Deliveries, &[k(Code::PageDown), Key::ctrl('d')], A::PageDown, "", "one screen down"),
        row(X::Deliveries, &[k(Code::Home), c('g')], A::Top, "", "to the newest, and follow it"),
        row(X::Deliveries, &[k(Code::End), c('G')], A::Bottom, "", "to the oldest that is loaded; reads on"),
        row(X::Detail, &[k(Code::Esc), k(Code::Left)], A::Back, "back", "back to the list"),
        row(X::Detail, &[k(Code::PageDown), c(' '), c('f'), k(Code::Enter)], A::PageDown, "", "one screen down"),
        row(X::Detail, &[k(Code::PageUp), c('b')], A::PageUp, "", "one screen up"),
        row(X::Waiting, &[k(Code::Enter)], A::Open, "answer", "write an answer to it"),
        row(X::WebhookFilter, &[k(Code::Enter)], A::Open, "keep", "keep the filter"),
        row(X::WebhookFilter, &[k(Code::Up)], A::Up, "", "up"),
        row(X::WebhookFilter, &[k(Code::Down)], A::Down, "", "down"),
        row(X::WebhookFilter, &[k(Code::Esc)], A::Back, "clear", "clear the filter"),
        row(X::Answer, &[Key::ctrl('s'), Key::ctrl_key(Code::Enter)], A::SendAnswer, "send", "send the answer"),
        row(X::Answer, &[Key::ctrl('o')], A::ExternalEditor, "editor", "write in $VISUAL or $EDITOR"),
        row(X::Answer, &[Key::ctrl('j')], A::Newline, "", "new line, as Enter does"),
        row(X::Answer, &[k(Code::PageUp)], A::PageUp, "", "scroll the request up"),
        row(X::Answer, &[k(Code::PageDown)], A::PageDown, "", "scroll the request down"),
        row(X::Answer, &[k(Code::Esc)], A::Back, "back", "back; the text is kept"),
        row(X::Hooks, &[c('c'), k(Code::Enter)], A::CopyHook, "copy URL", "copy the URL of the selected channel"),
        row(X::Hooks, &[c('t')], A::SelfTest, "self-test", "send a sample to its hook"),
        row(X::Hooks, &[k(Code::Up), c('k')], A::Up, "", "up"),
        row(X::Hooks, &[k(Code::Down), c('j')], A::Down, "", "down"),
        row(X::Hooks, &[k(Code::Esc), c('h')], A::Back, "close", "close the hooks"),
        row(X::ReplayUrl, &[k(Code::Enter)], A::Confirm, "go on", "go on to the question"),
        row(X::ReplayUrl, &[k(Code::Esc)], A::Back, "cancel", "send nothing"),
        row(X::Confirm, &[c('y')], A::Confirm, "send", "send it"),
        row(X::Confirm, &[k(Code::Esc), c('n')], A::Back, "cancel", "send nothing"),
        row(X::Help, &[k(Code::Up), c('k')], A::Up, "scroll", "up"),
        row(X::Help, &[k(Code::Down), c('j')], A::Down, "", "down"),
        row(X::Help, &[k(Code::PageUp)], A::PageUp, "", "one screen up"),
        row(X::Help, &[k(Code::PageDown), c(' ')], A::PageDown, "", "one screen down"),
        row(X::Help, &[k(Code::Esc), c('q'), c('?'), k(Code::F(1))], A::Back, "close", "close the help"),
        row(X::Everywhere, &[k(Code::Esc)], A::Back, "", "stop a reply and keep it; else step back"),
        row(X::Everywhere, &[k(Code::Tab)], A::NextPane, "next pane", "next pane"),
        row(X::Everywhere, &[Key::shift(Code::Tab)], A::PreviousPane, "", "the pane before"),
        row(X::Everywhere, &[c('1'), Key::alt(Code::Char('1'))], A::ShowChat, "", "the Chat view"),
        row(X::Everywhere, &[c('3'), Key::alt(Code::Char('3'))], A::ShowWebhooks, "webhooks", "the Webhooks view"),
        row(X::Everywhere, &[Key::ctrl('n')], A::NewConversation, "new", "new conversation"),
        row(X::Everywhere, &[Key::ctrl('t')], A::Channels, "channels", "list the channels"),
        row(X::Everywhere, &[Key::ctrl_key(Code::PageDown)], A::NextChannel, "", "the next channel"),
        row(X::Everywhere, &[Key::ctrl_key(Code::PageUp)], A::PreviousChannel, "", "the channel before"),
        row(X::Everywhere, &[k(Code::F(1)), c('?')], A::Help, "keys", "these keys (? outside the message)"),
        row(X::Everywhere, &[k(Code::F(2))], A::Mouse, "", "leave the mouse to the terminal"),
        row(X::Everywhere, &[Key::ctrl('l')], A::Redraw, "", "draw the screen anew"),
        row(X::Everywhere, &[Key::ctrl('z')], A::Suspend, "", "suspend; the shell's fg comes back"),
        row(X::Everywhere, &[Key::ctrl('c')], A::Interrupt, "", "stop a reply; twice: quit, draft is kept"),
        row(X::Everywhere, &[c('q')], A::Interrupt, "", "the same, outside the message"),
    ]
};

/// Whether plain characters are text there.
pub const fn takes_text(context: Context) -> bool {
    matches!(
        context,
        Context::Composer
            | Context::Filter
            | Context::Attach
            | Context::Channels
            | Context::WebhookFilter
            | Context::Answer
            | Context::ReplayUrl
    )
}

/// What a key means to whoever has the keys: the innermost context first, then everywhere. A plain character is text
/// from the first context on that takes text.
pub fn resolve(contexts: &[Context], key: Key) -> Option<Action> {
    let plain = matches!(key.code, Code::Char(_)) && !key.ctrl && !key.alt;
    let found =
        |context: Context| BINDINGS.iter().find(|b| b.context == context && b.keys.contains(&key)).map(|b| b.action);
    for context in contexts {
        if plain && takes_text(*context) {
            return None;
        }
        if let Some(action) = found(*context) {
            return Some(action);
        }
    }
    found(Context::Everywhere)
}

/// The key that hints name for an action, in the first of the contexts that has one.
pub fn key_for(contexts: &[Context], action: Action) -> Option<Key> {
    // Where that context stands behind one that takes text, a plain character would be typed.
    let usable = |key: &&Key| resolve(contexts, **key) == Some(action);
    contexts.iter().chain(&[Context::Everywhere]).find_map(|context| {
        BINDINGS
            .iter()
            .find(|b| b.context == *context && b.action == action)
            .and_then(|b| b.keys.iter().find(usable))
            .copied()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_key_means_two_things_in_one_context() {
        let mut seen = HashSet::new();
        for binding in BINDINGS {
            for key in binding.keys {
                assert!(seen.insert((binding.context, *key)), "{key} twice in {:?}", binding.context);
            }
        }
    }

    #[test]
    fn letters_are_text_where_text_is_written() {
        assert_eq!(resolve(&[Context::Composer], c('q')), None);
        assert_eq!(resolve(&[Context::Composer], c('?')), None);
        assert_eq!(resolve(&[Context::Filter], c('n')), None);
        assert_eq!(resolve(&[Context::Transcript], c('?')), Some(Action::Help));
        assert_eq!(resolve(&[Context::Composer], Key::ctrl('n')), Some(Action::NewConversation));
    }

    #[test]
    fn the_inner_context_wins() {
        assert_eq!(resolve(&[Context::Filter, Context::Roster], k(Code::Esc)), Some(Action::Back));
        assert_eq!(resolve(&[Context::Decision, Context::Transcript], c('d')), Some(Action::Drop));
        assert_eq!(resolve(&[Context::Roster], Key::ctrl('d')), Some(Action::PageDown));
    }

    #[test]
    fn a_digit_is_an_answer_only_before_the_text() {
        let offered = [Context::Offer, Context::Composer];
        assert_eq!(resolve(&offered, c('2')), Some(Action::QuickReply(2)));
        assert_eq!(resolve(&offered, c('0')), None);
        assert_eq!(resolve(&[Context::Composer], c('2')), None);
        assert_eq!(resolve(&offered, k(Code::Enter)), Some(Action::Send));
        assert_eq!(key_for(&offered, Action::QuickReply(1)), Some(c('1')));
    }

    #[test]
    fn a_hint_never_names_a_key_that_would_be_typed() {
        assert_eq!(key_for(&[Context::Composer], Action::Help), Some(k(Code::F(1))));
    }
}
