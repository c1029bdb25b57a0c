//! Keys for hands that know vim.

use super::PresetRow;
use crate::app::action::Action as A;
use crate::app::keymap::Context as X;

/// What it changes. Much of vim is shipped: `j` `k` `G` `/` `n` `N` `y` `u`, `Ctrl+D` and `Ctrl+U` in lists.
pub(super) const ROWS: &[PresetRow] = &[
    (X::Everywhere, A::NextChannel, &["g t", "Ctrl+PgDn"]),
    (X::Everywhere, A::PreviousChannel, &["g T", "Ctrl+PgUp"]),
    (X::Everywhere, A::Quit, &["Z Z"]),
    (X::Roster, A::FocusTranscript, &["Ctrl+W l"]),
    (X::Roster, A::OpenBeside, &["Ctrl+W v", "B", "F9"]),
    (X::Roster, A::OtherSide, &["Ctrl+W w", "F7"]),
    (X::Roster, A::CloseBeside, &["Ctrl+W c", "F10"]),
    (X::Roster, A::FocusComposer, &["Ctrl+W j", "i"]),
    (X::Roster, A::Top, &["g g", "Home"]),
    (X::Roster, A::PageDown, &["Ctrl+D", "Ctrl+F", "PgDn"]),
    (X::Roster, A::PageUp, &["Ctrl+U", "Ctrl+B", "PgUp"]),
    (X::Transcript, A::Top, &["g g", "Home"]),
    (X::Transcript, A::PageDown, &["Ctrl+D", "Ctrl+F", "PgDn", "Space"]),
    (X::Transcript, A::PageUp, &["Ctrl+U", "Ctrl+B", "PgUp"]),
    (X::Transcript, A::FocusRoster, &["Ctrl+W h"]),
    (X::Transcript, A::OpenBeside, &["Ctrl+W v", "B", "F9"]),
    (X::Transcript, A::OtherSide, &["Ctrl+W w", "F7"]),
    (X::Transcript, A::CloseBeside, &["Ctrl+W c", "F10"]),
    (X::Transcript, A::FocusComposer, &["i", "Ctrl+W j"]),
    (X::Transcript, A::Details, &["g i"]),
    (X::Transcript, A::PreviousOwn, &["{", "["]),
    (X::Transcript, A::NextOwn, &["}", "]"]),
    (X::Composer, A::FocusTranscript, &["Esc"]),
    (X::SourceList, A::Top, &["g g", "Home"]),
    (X::RowList, A::Top, &["g g", "Home"]),
    (X::RowPicked, A::DeleteRows, &["d d"]),
    (X::RowDetail, A::Top, &["g g", "Home"]),
    (X::Deliveries, A::Top, &["g g", "Home"]),
    (X::Detail, A::Top, &["g g", "Home"]),
    (X::Inbox, A::Top, &["g g", "Home"]),
    (X::Roster, A::Snooze, &["z"]),
    (X::Transcript, A::Snooze, &["z"]),
    (X::Inbox, A::Snooze, &["z"]),
    (X::Found, A::Top, &["g g", "Home"]),
];
