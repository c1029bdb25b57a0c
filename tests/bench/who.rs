//! Who is measured: the program in a terminal, or the floor in its place. Owns how they are started and asked.

use crate::floor::FRAME_END;
use crate::support::chat_thing::{ChatThing, SECRET};
use crate::support::home::{Home, PATCHCORD};
use crate::support::pty::{Key, Pty};

/// The terminal's columns and rows.
pub const SIZE: (u16, u16) = (120, 40);

/// Who is measured.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Who {
    /// The program.
    Patchcord,
    /// The least that a program could do.
    Floor,
}

impl Who {
    /// Both. They take turns, so that what else the machine does falls on both.
    pub const ALL: [Self; 2] = [Self::Patchcord, Self::Floor];

    /// Starts it in a terminal, and no more.
    pub fn spawn(self, home: &Home, server: &ChatThing) -> Pty {
        let mut environment = home.environment();
        environment.push(("TERM".to_owned(), "xterm-256color".to_owned()));
        if self == Self::Floor {
            let own = std::env::current_exe().expect("this program's path");
            let own = own.to_string_lossy();
            return Pty::spawn(&own, &["--floor", &server.origin.url(), SECRET], &environment, SIZE);
        }
        let program = std::env::var("PATCHCORD_BIN").unwrap_or_else(|_| PATCHCORD.to_owned());
        Pty::spawn(&program, &[], &environment, SIZE)
    }

    /// Starts it and waits until it is at rest, in a conversation that is yet to begin.
    pub fn start(self, home: &Home, server: &ChatThing) -> Pty {
        let pty = self.spawn(home, server);
        if self == Self::Floor {
            pty.wait_for("ready");
        } else {
            pty.wait_for("Question number 0?");
            pty.key(Key::Ctrl('n'));
            pty.wait_for("New conversation");
        }
        pty
    }

    /// The same with a message sent: the reply is coming.
    pub fn ask(self, home: &Home, server: &ChatThing) -> Pty {
        let pty = self.start(home, server);
        pty.type_text("go");
        pty.wait_for("go");
        pty
    }
}

/// Whether a frame is whole, and nothing has been begun behind it.
pub fn frame_is_whole(raw: &[u8]) -> bool {
    raw.ends_with(FRAME_END)
}
