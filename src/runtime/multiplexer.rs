//! What stands between the program and the terminal, and how a sequence gets through it.

/// What stands between the program and the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::runtime) enum Inside {
    /// Nothing.
    Terminal,
    /// tmux, which passes on what is wrapped for it.
    Tmux,
    /// screen, which passes on short pieces.
    Screen,
    /// One of the two, on another machine: its terminal has the name that both give it.
    Either,
}

/// screen takes no longer string than 768 bytes; this leaves room for its frame.
pub(in crate::runtime) const PIECE: usize = 700;

impl Inside {
    /// Tells it by the environment.
    pub(in crate::runtime) fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
        if set("TMUX") {
            Self::Tmux
        } else if set("STY") {
            Self::Screen
        } else {
            // On another machine than the multiplexer its terminal's name is all that there is.
            match variable("TERM") {
                Some(term) if term.starts_with("tmux") => Self::Tmux,
                Some(term) if term.starts_with("screen") => Self::Either,
                _ => Self::Terminal,
            }
        }
    }

    /// What it is called.
    pub(in crate::runtime) const fn name(self) -> Option<&'static str> {
        match self {
            Self::Terminal => None,
            Self::Tmux => Some("tmux"),
            Self::Screen => Some("screen"),
            Self::Either => Some("screen or tmux"),
        }
    }
}

/// As tmux passes it on, where it is allowed to.
pub(in crate::runtime) fn for_tmux(plain: &str) -> String {
    format!("\x1bPtmux;{}\x1b\\", plain.replace('\x1b', "\x1b\x1b"))
}

/// As screen passes it on.
pub(in crate::runtime) fn in_pieces(plain: &str) -> String {
    // All of it is ASCII, so that any place will do to cut.
    let pieces: Vec<_> = plain.as_bytes().chunks(PIECE).map(String::from_utf8_lossy).collect();
    format!("\x1bP{}\x1b\\", pieces.join("\x1b\\\x1bP"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_tells_what_is_between() {
        let with = |set: &'static str| Inside::from_environment(move |name| (name == set).then(|| "x".to_owned()));
        assert_eq!([with("TMUX"), with("STY"), with("TERM")], [Inside::Tmux, Inside::Screen, Inside::Terminal]);
        let far = Inside::from_environment(|name| (name == "TERM").then(|| "tmux-256color".to_owned()));
        assert_eq!(far, Inside::Tmux);
        for term in ["screen", "screen-256color", "screen.xterm-256color"] {
            let of = |set: Option<&'static str>| {
                Inside::from_environment(move |name| match name {
                    "TERM" => Some(term.to_owned()),
                    _ => (set == Some(name)).then(|| "x".to_owned()),
                })
            };
            assert_eq!([of(None), of(Some("STY")), of(Some("TMUX"))], [Inside::Either, Inside::Screen, Inside::Tmux]);
        }
        assert_eq!(Inside::from_environment(|_| Some(String::new())), Inside::Terminal);
    }
}
