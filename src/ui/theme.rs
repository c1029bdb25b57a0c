//! Styles, from the terminal's own sixteen colours. The default foreground and background are left alone, and no
//! state is told by colour alone. Nothing is bold and dim at once, which every terminal shows in its own way.

use ratatui::style::{Color, Modifier, Style};

/// What quiet things look like.
pub(super) const DIM: Style = Style::new().add_modifier(Modifier::DIM).remove_modifier(Modifier::BOLD);
/// Plain text.
pub(super) const PLAIN: Style = Style::new().remove_modifier(Modifier::DIM);
/// What is important.
pub(super) const BOLD: Style = Style::new().add_modifier(Modifier::BOLD).remove_modifier(Modifier::DIM);
/// What has the keys.
pub(super) const ACCENT: Style = Style::new().fg(Color::Cyan).remove_modifier(Modifier::DIM);
/// What is selected.
pub(super) const SELECTED: Style = Style::new().add_modifier(Modifier::REVERSED);
/// What a search found, beside the match at the cursor.
pub(super) const FOUND: Style = Style::new().fg(Color::Yellow).add_modifier(Modifier::UNDERLINED);
/// What a search found, where it was gone to.
pub(super) const FOUND_HERE: Style =
    Style::new().fg(Color::Yellow).add_modifier(Modifier::REVERSED.union(Modifier::BOLD));
/// What is different in a line.
pub(super) const STANDS_OUT: Style = Style::new().add_modifier(Modifier::BOLD.union(Modifier::UNDERLINED));
/// What went wrong.
pub(super) const BAD: Style = Style::new().fg(Color::Red);
/// What needs a decision.
pub(super) const WARN: Style = Style::new().fg(Color::Yellow);
/// The bar beside what the user wrote.
pub(super) const USER: Style = Style::new().fg(Color::Blue);
/// The bar beside what the bot wrote.
pub(super) const BOT: Style = Style::new().fg(Color::Green);
/// The bar beside what a person on the platform's side wrote.
pub(super) const ADMIN: Style = Style::new().fg(Color::Magenta);
/// The bar beside what anybody else wrote.
pub(super) const OTHER: Style = Style::new().fg(Color::Yellow);
