//! The keys that work everywhere, and those of what lies over every view.

use super::{Binding, c, k, row};
use crate::app::action::Action as A;
use crate::app::key::{Code, Key};
use crate::app::keymap::Context as X;

/// In the order in which help shows them.
pub(super) const TABLE: &[Binding] = &[
    row(X::Channels, &[k(Code::Enter)], A::Open, "open", "open the channel"),
    row(X::Channels, &[k(Code::Up)], A::Up, "", "up"),
    row(X::Channels, &[k(Code::Down)], A::Down, "", "down"),
    row(X::Channels, &[k(Code::Esc)], A::Back, "close", "close the list"),
    row(X::Help, &[k(Code::Up), c('k')], A::Up, "scroll", "up"),
    row(X::Help, &[k(Code::Down), c('j')], A::Down, "", "down"),
    row(X::Help, &[k(Code::PageUp)], A::PageUp, "", "one screen up"),
    row(X::Help, &[k(Code::PageDown), c(' ')], A::PageDown, "", "one screen down"),
    row(X::Help, &[k(Code::Esc), c('q'), c('?'), k(Code::F(1))], A::Back, "close", "close the help"),
    row(X::Everywhere, &[k(Code::Esc)], A::Back, "", "stop a reply and keep it; else step back"),
    row(X::Everywhere, &[k(Code::Tab)], A::NextPane, "next pane", "next pane"),
    row(X::Everywhere, &[Key::shift(Code::Tab)], A::PreviousPane, "", "the pane before"),
    row(
        X::Everywhere,
        &[c('0'), Key::alt(Code::Char('0'))],
        A::ShowInbox,
        "",
        "the inbox: all channels' conversations",
    ),
    row(X::Everywhere, &[c('1'), Key::alt(Code::Char('1'))], A::ShowChat, "", "the Chat view"),
    row(X::Everywhere, &[c('2'), Key::alt(Code::Char('2'))], A::ShowSources, "sources", "the Sources view"),
    row(X::Everywhere, &[c('3'), Key::alt(Code::Char('3'))], A::ShowWebhooks, "webhooks", "the Webhooks view"),
    row(
        X::Everywhere,
        &[c('5'), Key::alt(Code::Char('5'))],
        A::ShowSearch,
        "",
        "the Search view: everything, everywhere",
    ),
    row(X::Everywhere, &[Key::ctrl('f')], A::SearchHere, "", "search in the conversation"),
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
];
