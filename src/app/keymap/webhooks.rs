//! The keys of the Webhooks view.

use super::{Binding, c, k, row};
use crate::app::action::Action as A;
use crate::app::key::{Code, Key};
use crate::app::keymap::Context as X;

/// In the order in which help shows them.
pub(super) const TABLE: &[Binding] = &[
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
];
