//! The keys of the Search view.

use super::{Binding, c, k, row};
use crate::app::action::Action as A;
use crate::app::key::{Code, Key};
use crate::app::keymap::Context as X;

/// In the order in which help shows them.
pub(super) const TABLE: &[Binding] = &[
    row(X::SearchLine, &[k(Code::Enter)], A::Open, "to the list", "to what was found"),
    row(X::SearchLine, &[k(Code::Up)], A::Up, "", "up"),
    row(X::SearchLine, &[k(Code::Down)], A::Down, "", "down"),
    row(X::SearchLine, &[Key::ctrl('s')], A::SaveSearch, "save", "keep the search under a name"),
    row(X::SearchLine, &[Key::ctrl('o')], A::SavedSearches, "saved", "the searches that are kept"),
    row(X::SearchLine, &[k(Code::Esc)], A::Back, "back", "to the list; on an empty line to the view before"),
    row(X::Found, &[k(Code::Enter)], A::Open, "open", "open the conversation at that message"),
    row(X::Found, &[c('/'), c('i')], A::Filter, "search", "write what is searched for"),
    row(X::Found, &[c('s'), Key::ctrl('s')], A::SaveSearch, "save", "keep the search under a name"),
    row(X::Found, &[c('o'), Key::ctrl('o')], A::SavedSearches, "saved", "the searches that are kept"),
    row(X::Found, &[c('y')], A::Copy, "copy", "copy the message"),
    row(X::Found, &[c('r')], A::Refresh, "", "search again"),
    row(X::Found, &[k(Code::Up), c('k')], A::Up, "", "up"),
    row(X::Found, &[k(Code::Down), c('j')], A::Down, "", "down"),
    row(X::Found, &[k(Code::PageUp), Key::ctrl('u')], A::PageUp, "", "one screen up"),
    row(X::Found, &[k(Code::PageDown), Key::ctrl('d'), c(' ')], A::PageDown, "", "one screen down"),
    row(X::Found, &[k(Code::Home), c('g')], A::Top, "", "to the newest"),
    row(X::Found, &[k(Code::End), c('G')], A::Bottom, "", "to the oldest that is loaded; reads on"),
    row(X::Found, &[k(Code::Esc)], A::Back, "back", "to the view before"),
    row(X::SavedSearches, &[k(Code::Enter)], A::Confirm, "search", "search for it"),
    row(X::SavedSearches, &[k(Code::Up), c('k')], A::Up, "", "up"),
    row(X::SavedSearches, &[k(Code::Down), c('j')], A::Down, "", "down"),
    row(X::SavedSearches, &[c('d')], A::ForgetSearch, "forget", "forget it"),
    row(X::SavedSearches, &[k(Code::Esc), c('o')], A::Back, "close", "close the list"),
    row(X::SearchName, &[k(Code::Enter)], A::Confirm, "keep", "keep it under this name"),
    row(X::SearchName, &[k(Code::Esc)], A::Back, "cancel", "keep nothing"),
];
