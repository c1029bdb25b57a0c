//! Telling the user something who looks elsewhere: by the terminal, which knows how to show it, or by the desktop.
//!
//! Owns which of them is asked, and the bell beside it: a terminal never says whether it showed anything, and a
//! multiplexer may let nothing through. Sends nothing to the terminal itself.

mod desktop;
mod osc;

use crate::app::Notification;
use crate::domain::{NotifyRoute, NotifyRules, SafeText};
use desktop::Program;

use super::multiplexer::Inside;

/// How the user is told.
#[derive(Debug)]
pub struct Notifier {
    route: NotifyRoute,
    bell: bool,
    inside: Inside,
    /// The desktop's program, where it is asked.
    program: Option<Program>,
}

impl Notifier {
    /// Tells from the config file and from the environment how.
    pub fn new(rules: &NotifyRules, variable: impl Fn(&str) -> Option<String>) -> Self {
        let inside = Inside::from_environment(&variable);
        let found = || Program::find(&variable);
        let (route, program) = match rules.route {
            NotifyRoute::Auto => match osc::of_terminal(&variable) {
                Some(route) => (route, None),
                None if super::clipboard::has_desktop(&variable) => match found() {
                    Some(program) => (NotifyRoute::Desktop, Some(program)),
                    None => (NotifyRoute::Bell, None),
                },
                None => (NotifyRoute::Bell, None),
            },
            NotifyRoute::Desktop => (NotifyRoute::Desktop, found()),
            route => (route, None),
        };
        let bell = rules.bell || route == NotifyRoute::Bell;
        Self { route, bell, inside, program }
    }

    /// How the user is told, in words.
    pub fn describe(&self) -> String {
        let how = match (self.route, &self.program) {
            (NotifyRoute::Off, _) => return "not at all".to_owned(),
            (NotifyRoute::Desktop, Some(program)) => format!("the desktop, by {}", program.name()),
            (NotifyRoute::Desktop, None) => "the desktop, but its program is not there".to_owned(),
            (NotifyRoute::Osc9, _) => "the terminal, by OSC 9".to_owned(),
            (NotifyRoute::Osc777, _) => "the terminal, by OSC 777".to_owned(),
            (NotifyRoute::Osc99, _) => "the terminal, by OSC 99".to_owned(),
            (NotifyRoute::Bell | NotifyRoute::Auto, _) => return "the bell".to_owned(),
        };
        let through = match self.inside.name() {
            Some(name) if self.route != NotifyRoute::Desktop => format!(" through {name}"),
            _ => String::new(),
        };
        format!("{how}{through}{}", if self.bell { ", and the bell" } else { "" })
    }

    /// Whether the desktop is to be asked, and its program isn't there.
    pub fn is_missing(&self) -> bool {
        self.route == NotifyRoute::Desktop && self.program.is_none()
    }

    /// What the terminal is sent: empty where nothing is.
    pub fn sequence(&self, told: &Notification) -> String {
        if self.route == NotifyRoute::Off {
            return String::new();
        }
        osc::sequence(self.route, &told.title, &told.text, self.inside) + self.bell(told)
    }

    /// The bell alone; empty where it doesn't ring.
    pub fn bell(&self, told: &Notification) -> &'static str {
        if self.bell && told.loud && self.route != NotifyRoute::Off { "\x07" } else { "" }
    }

    /// Tells the desktop, where it is asked. That it couldn't be told is in the log alone: nobody looks.
    pub fn desktop(&self, told: &Notification) -> Option<impl Future<Output = ()> + Send + use<>> {
        let program = self.program.clone().filter(|_| self.route == NotifyRoute::Desktop)?;
        let (title, text): (SafeText, SafeText) = (told.title.clone(), told.text.clone());
        Some(async move {
            if let Err(error) = program.show(&title, &text).await {
                tracing::warn!(%error, "the desktop could not be told");
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(rules: &NotifyRules, set: &'static [(&'static str, &'static str)]) -> Notifier {
        Notifier::new(rules, |name| set.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned()))
    }

    fn notification(text: &str, loud: bool) -> Notification {
        Notification { title: SafeText::one_line("docs: new message"), text: SafeText::one_line(text), loud }
    }

    #[test]
    fn the_terminal_is_told_as_it_is_known_to_take_it() {
        let rules = NotifyRules::default();
        for (set, expected) in [
            (&[("TERM_PROGRAM", "iTerm.app")][..], "the terminal, by OSC 9, and the bell"),
            (&[("LC_TERMINAL", "iTerm2"), ("SSH_TTY", "x")], "the terminal, by OSC 9, and the bell"),
            (&[("TERM", "xterm-kitty")], "the terminal, by OSC 99, and the bell"),
            (&[("TERM", "foot")], "the terminal, by OSC 777, and the bell"),
            (&[("TERM", "rxvt-unicode-256color")], "the terminal, by OSC 777, and the bell"),
            (&[("TERM", "xterm-ghostty")], "the terminal, by OSC 9, and the bell"),
            (&[("TERM_PROGRAM", "WezTerm")], "the terminal, by OSC 777, and the bell"),
            (
                &[("TERM", "tmux-256color"), ("TMUX", "x"), ("KITTY_WINDOW_ID", "1")],
                "the terminal, by OSC 99 through tmux, and the bell",
            ),
            (&[("TERM", "xterm-256color"), ("SSH_TTY", "x"), ("DISPLAY", "x")], "the bell"),
            (&[("TERM", "linux")], "the bell"),
        ] {
            assert_eq!(with(&rules, set).describe(), expected, "{set:?}");
        }
    }

    #[test]
    fn what_the_config_file_says_comes_first() {
        let by = |route| NotifyRules { route, ..NotifyRules::default() };
        assert_eq!(with(&by(NotifyRoute::Bell), &[("TERM", "xterm-kitty")]).describe(), "the bell");
        let off = with(&by(NotifyRoute::Off), &[("TERM", "xterm-kitty")]);
        assert_eq!((off.describe().as_str(), off.sequence(&notification("", true)).as_str()), ("not at all", ""));
        let quiet = NotifyRules { bell: false, ..by(NotifyRoute::Osc9) };
        assert_eq!(with(&quiet, &[]).sequence(&notification("", true)), "\x1b]9;docs: new message\x1b\\");
        let silent = NotifyRules { bell: false, ..by(NotifyRoute::Bell) };
        assert_eq!(
            with(&silent, &[]).sequence(&notification("", true)),
            "\x07",
            "who asks for the bell alone gets it"
        );
        let missing = with(&by(NotifyRoute::Desktop), &[("PATH", "/nowhere")]);
        assert_eq!(missing.describe(), "the desktop, but its program is not there, and the bell");
        assert!(missing.desktop(&notification("", true)).is_none());
    }

    #[test]
    fn the_bell_rings_once_in_a_burst() {
        let notifier = with(&NotifyRules::default(), &[("TERM", "linux")]);
        assert_eq!(notifier.sequence(&notification("", true)), "\x07");
        assert_eq!(notifier.sequence(&notification("", false)), "");
    }
}
