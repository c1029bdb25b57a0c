//! The sequence that hands a text to the terminal for its clipboard (OSC 52). Owns its spelling and how it gets
//! through a multiplexer; sends nothing.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::runtime::multiplexer::{Inside, PIECE, for_tmux, in_pieces};

/// More than this many bytes no terminal takes for its clipboard: nearly 100,000 once they are spelled and framed.
pub const MOST: usize = 74_991;

/// The sequence for a text.
pub(super) fn sequence(text: &str, inside: Inside) -> String {
    // Inside screen's own frame the string's usual end would end the frame, so that it ends as it did long ago.
    let end = if matches!(inside, Inside::Screen | Inside::Either) { "\x07" } else { "\x1b\\" };
    let plain = format!("\x1b]52;c;{}{end}", STANDARD.encode(text));
    match inside {
        Inside::Terminal => plain,
        // Bare as well: tmux takes it itself where it may, and passes the wrapped one on where it may do that.
        Inside::Tmux => format!("{plain}{}", for_tmux(&plain)),
        // tmux would show nothing of the pieces and take nothing from them, screen show a bare one that is long.
        Inside::Either if plain.len() <= PIECE => format!("{plain}{}", in_pieces(&plain)),
        Inside::Screen | Inside::Either => in_pieces(&plain),
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;
    use std::time::{Duration, Instant};

    use super::*;
    use crate::skip;

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
    fn neither_shows_what_is_written_for_either() {
        let short = sequence("hi", Inside::Either);
        assert_eq!(short, "\x1b]52;c;aGk=\x07\x1bP\x1b]52;c;aGk=\x07\x1b\\");
        let long = sequence(&"x".repeat(3_000), Inside::Either);
        assert_eq!(long, sequence(&"x".repeat(3_000), Inside::Screen));
    }

    /// Runs a command to its end, and what it wrote; none where there is no such program.
    fn run(program: &str, arguments: &[&str], dir: &std::path::Path) -> Option<String> {
        let ended = Command::new(program).args(arguments).env("SCREENDIR", dir).env_remove("TMUX").output();
        ended.ok().map(|ended| String::from_utf8_lossy(&ended.stdout).into_owned())
    }

    /// Waits for a file that somebody else writes.
    fn read(path: &std::path::Path, again: impl Fn()) -> String {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let text =
                std::fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
            if text.contains("DONE") || Instant::now() > deadline {
                return text;
            }
            again();
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    #[test]
    fn the_real_ones_show_nothing_of_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        std::fs::set_permissions(dir.path(), std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
        for (n, text) in ["hi".to_owned(), "x".repeat(600), "x".repeat(3_000), "x".repeat(MOST)].iter().enumerate() {
            std::fs::write(path("bytes"), sequence(text, Inside::Either)).unwrap();
            let shown = format!("cat '{}'; echo DONE; sleep 20", path("bytes").display());
            let seen = path(&format!("screen{n}")).display().to_string();
            let name = format!("patchcord{}x{n}", std::process::id());
            let begun = run("screen", &["-c", "/dev/null", "-dmS", &name, "sh", "-c", &shown], dir.path());
            if begun.is_some() {
                let again = || _ = run("screen", &["-S", &name, "-X", "hardcopy", &seen], dir.path());
                assert_eq!(read(std::path::Path::new(&seen), again).trim(), "DONE", "screen, {} bytes", text.len());
                run("screen", &["-S", &name, "-X", "quit"], dir.path());
            } else {
                skip::skip("screen", "there is no screen here");
            }
            let socket = path(&format!("tmux{n}")).display().to_string();
            let tmux = |arguments: &[&str]| {
                run("tmux", &[&["-S", &socket, "-f", "/dev/null"], arguments].concat(), dir.path())
            };
            if tmux(&["new-session", "-d", "-x", "80", "-y", "24", &shown]).is_some() {
                tmux(&["set-option", "-s", "set-clipboard", "on"]);
                let seen = path(&format!("tmux{n}.seen"));
                let again = || std::fs::write(&seen, tmux(&["capture-pane", "-p"]).unwrap_or_default()).unwrap();
                assert_eq!(read(&seen, again).trim(), "DONE", "tmux, {} bytes", text.len());
                tmux(&["kill-server"]);
            } else {
                skip::skip("tmux", "there is no tmux here");
            }
        }
    }
}
