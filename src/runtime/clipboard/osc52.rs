//! The sequence that hands a text to the terminal for its clipboard (OSC 52). Owns its spelling and how it gets
//! through a multiplexer; sends nothing.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// More than this many bytes no terminal takes for its clipboard: nearly 100,000 once they are spelled and framed.
pub const MOST: usize = 74_991;

/// What stands between the program and the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Inside {
    /// Nothing.
    Terminal,
    /// tmux, which passes on what is wrapped for it.
    Tmux,
    /// screen, which passes on short pieces.
    Screen,
}

/// screen takes no longer string than 768 bytes; this leaves room for its frame.
const PIECE: usize = 700;

impl Inside {
    /// Tells it by the environment.
    pub(super) fn of(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
        if set("TMUX") {
            Self::Tmux
        } else if set("STY") {
            Self::Screen
        } else if variable("TERM").is_some_and(|term| term.starts_with("tmux")) {
            // On another machine than the multiplexer.
            Self::Tmux
        } else {
            Self::Terminal
        }
    }

    /// What it is called.
    pub(super) const fn name(self) -> Option<&'static str> {
        match self {
            Self::Terminal => None,
            Self::Tmux => Some("tmux"),
            Self::Screen => Some("screen"),
        }
    }
}

/// The sequence for a text.
pub(super) fn sequence(text: &str, inside: Inside) -> String {
    // Inside screen's own frame the string's usual end would end the frame, so that it ends as it did long ago.
    let end = if inside == Inside::Screen { "\x07" } else { "\x1b\\" };
    let plain = format!("\x1b]52;c;{}{end}", STANDARD.encode(text));
    match inside {
        Inside::Terminal => plain,
        // Bare as well: tmux takes it itself where it may, and passes the wrapped one on where it may do that.
        Inside::Tmux => format!("{plain}\x1bPtmux;{}\x1b\\", plain.replace('\x1b', "\x1b\x1b")),
        Inside::Screen => {
            // All of it is ASCII, so that any place will do to cut.
            let pieces: Vec<_> = plain.as_bytes().chunks(PIECE).map(String::from_utf8_lossy).collect();
            format!("\x1bP{}\x1b\\", pieces.join("\x1b\\\x1bP"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_spelled_in_base64_and_can_end_nothing_early() {
        assert_eq!(sequence("it's\x07", Inside::Terminal), "\x1b]52;c;aXQncwc=\x1b\\");
    }

    #[test]
    fn a_multiplexer_passes_it_on() {
        let tmux = sequence("hi", Inside::Tmux);
        assert_eq!(tmux, "\x1b]52;c;aGk=\x1b\\\x1bPtmux;\x1b\x1b]52;c;aGk=\x1b\x1b\\\x1b\\");
        let long = "x".repeat(3_000);
        let wrapped = sequence(&long, Inside::Screen);
        let pieces: Vec<&str> = wrapped.split("\x1b\\").filter(|p| !p.is_empty()).collect();
        assert!(pieces.len() > 4 && pieces.iter().all(|p| p.len() < 768 && p.starts_with("\x1bP")));
        let joined: String = pieces.iter().map(|p| p.trim_start_matches("\x1bP")).collect();
        assert_eq!(joined.replace('\x07', "\x1b\\"), sequence(&long, Inside::Terminal));
    }

    #[test]
    fn the_environment_tells_what_is_between() {
        let with = |set: &'static str| Inside::of(move |name| (name == set).then(|| "x".to_owned()));
        assert_eq!([with("TMUX"), with("STY"), with("TERM")], [Inside::Tmux, Inside::Screen, Inside::Terminal]);
        let far = Inside::of(|name| (name == "TERM").then(|| "tmux-256color".to_owned()));
        assert_eq!(far, Inside::Tmux);
        assert_eq!(Inside::of(|_| Some(String::new())), Inside::Terminal);
    }
}
