//! Styles, from the terminal's own sixteen colours. The default foreground and background are left alone, and no
//! state is told by colour alone.

use ratatui::style::{Color, Modifier, Style};

/// What quiet things look like.
pub const DIM: Style = Style::new().add_modifier(Modifier::DIM);
/// Plain text.
pub const PLAIN: Style = Style::new();
/// What is important.
pub const BOLD: Style = Style::new().add_modifier(Modifier::BOLD);
/// What has the keys.
pub const ACCENT: Style = Style::new().fg(Color::Cyan);
/// What is selected.
pub const SELECTED: Style = Style::new().add_modifier(Modifier::REVERSED);
/// What went wrong.
pub const BAD: Style = Style::new().fg(Color::Red);
/// What needs a decision.
pub const WARN: Style = Style::new().fg(Color::Yellow);
/// The bar beside what the user wrote.
pub const USER: Style = Style::new().fg(Color::Blue);
/// The bar beside what the bot wrote.
pub const BOT: Style = Style::new().fg(Color::Green);
/// The bar beside what a person on the platform's side wrote.
pub const ADMIN: Style = Style::new().fg(Color::Magenta);
/// The bar beside what anybody else wrote.
pub const OTHER: Style = Style::new().fg(Color::Yellow);
