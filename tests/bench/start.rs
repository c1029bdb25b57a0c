//! How long a start takes: until the first frame, which takes keys; until a key that is pressed then is seen; until what
//! the store keeps is seen.

use std::time::Instant;

use crate::stored;
use crate::support::chat_thing::ChatThing;
use crate::support::home::Home;
use crate::support::pty::Pty;
use crate::who::{Who, frame_is_whole};

/// Milliseconds from the start of the program.
#[derive(Debug, Clone, Copy)]
pub struct Start {
    /// Until the first frame.
    pub ready: f64,
    /// Until a key that was pressed at once is seen.
    pub typed: f64,
    /// Until the conversation that was open last is seen, where there is one.
    pub filled: f64,
}

/// Starts it once and ends it.
pub fn start(who: Who, home: &Home, server: &ChatThing, full: bool) -> Start {
    let from = Instant::now();
    let mut pty = who.spawn(home, server);
    let ready = pty.moment("a first frame", |_, raw| frame_is_whole(raw));
    pty.type_text("@");
    let typed = pty.moment("the key", |screen, _| screen.contents().contains('@'));
    let filled =
        if full { pty.moment("what is stored", |screen, _| screen.contents().contains(stored::LAST)) } else { typed };
    end(who, &mut pty);
    let ms = |at: Instant| at.saturating_duration_since(from).as_secs_f64() * 1_000.0;
    Start { ready: ms(ready), typed: ms(typed), filled: ms(filled) }
}

/// Ends it in order, so that the next start finds what a start usually finds.
fn end(who: Who, pty: &mut Pty) {
    if who.is_program() {
        pty.type_text("\u{7f}");
        pty.wait_gone("@");
        pty.signal("TERM");
        pty.wait_exit();
    }
}
