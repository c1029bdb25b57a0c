//! The keys of the Log view.

use super::{Binding, c, k, row};
use crate::app::action::Action as A;
use crate::app::key::{Code, Key};
use crate::app::keymap::Context as X;

/// In the order in which help shows them.
pub(super) const TABLE: &[Binding] = &[
    row(X::Call, &[k(Code::Enter)], A::Open, "open", "read it whole"),
    row(X::Calls, &[c('/')], A::Filter, "filter", "filter: words, failed, channel:NAME, status:4"),
    row(X::Calls, &[c('f')], A::OnlyFailed, "failed", "the failed ones alone; again: all"),
    row(X::Call, &[c('y')], A::CopyCommand, "curl", "copy as curl, secrets as variables"),
    row(X::Call, &[c('r')], A::RunAgain, "again", "make it again, if it only reads; what writes is never made again"),
    row(X::Calls, &[Key::ctrl('r')], A::Refresh, "", "begin at the end of the log"),
    row(X::Calls, &[k(Code::Up), c('k')], A::Up, "", "up"),
    row(X::Calls, &[k(Code::Down), c('j')], A::Down, "", "down"),
    row(X::Calls, &[k(Code::PageUp), Key::ctrl('u')], A::PageUp, "", "one screen up"),
    row(X::Calls, &[k(Code::PageDown), Key::ctrl('d')], A::PageDown, "", "one screen down"),
    row(X::Calls, &[k(Code::Home), c('g')], A::Top, "", "to the newest, and follow it"),
    row(X::Calls, &[k(Code::End), c('G')], A::Bottom, "", "to the oldest that is loaded; reads on"),
    row(X::Calls, &[k(Code::Esc)], A::Back, "back", "clear the filter; else to the view before"),
    row(X::CallDetail, &[k(Code::Esc), k(Code::Left)], A::Back, "back", "back to the list"),
    row(X::CallDetail, &[k(Code::PageDown), c(' '), k(Code::Enter)], A::PageDown, "", "one screen down"),
    row(X::CallDetail, &[k(Code::PageUp), c('b')], A::PageUp, "", "one screen up"),
    row(X::CallDetail, &[k(Code::Home), c('g')], A::Top, "", "to its beginning"),
    row(X::CallDetail, &[k(Code::End), c('G')], A::Bottom, "", "to its end"),
    row(X::CallFilter, &[k(Code::Enter)], A::Open, "keep", "keep the filter"),
    row(X::CallFilter, &[k(Code::Up)], A::Up, "", "up"),
    row(X::CallFilter, &[k(Code::Down)], A::Down, "", "down"),
    row(X::CallFilter, &[k(Code::Esc)], A::Back, "clear", "clear the filter"),
];
