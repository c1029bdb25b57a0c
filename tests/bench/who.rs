//! Who is measured: this build of the program, the one before it, or the floor in their place. Owns how they are
//! started and asked.

use std::sync::OnceLock;

use crate::floor::FRAME_END;
use crate::support::chat_thing::{ChatThing, SECRET};
use crate::support::home::{Home, PATCHCORD};
use crate::support::pty::{Key, Pty};

/// The terminal's columns and rows.
pub const SIZE: (u16, u16) = (120, 40);

/// The program of the build before.
static BEFORE: OnceLock<String> = OnceLock::new();

/// Who is measured.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Who {
    /// The program as it was before.
    Before,
    /// The program as it is.
    Now,
    /// The least that a program could do.
    Floor,
}

impl Who {
    /// Says which program the build before is.
    pub fn compare_with(program: String) {
        BEFORE.get_or_init(|| program);
    }

    /// The programs that there are: one, or two.
    pub fn programs() -> Vec<Self> {
        BEFORE.get().map(|_| Self::Before).into_iter().chain([Self::Now]).collect()
    }

    /// Whether it is a build of the program, and no floor.
    pub fn is_program(self) -> bool {
        self != Self::Floor
    }

    /// The program's path.
    pub fn program(self) -> String {
        match self {
            Self::Before => BEFORE.get().cloned().unwrap_or_default(),
            Self::Now => std::env::var("PATCHCORD_BIN").unwrap_or_else(|_| PATCHCORD.to_owned()),
            Self::Floor => std::env::current_exe().expect("this program's path").to_string_lossy().into_owned(),
        }
    }

    /// Starts it in a terminal, and no more.
    pub fn spawn(self, home: &Home, server: &ChatThing) -> Pty {
        let url = server.origin.url();
        match self {
            Self::Floor => self.spawn_with(home, &["--floor", &url, SECRET]),
            _ => self.spawn_with(home, &[]),
        }
    }

    /// Starts it in a terminal with these arguments.
    pub fn spawn_with(self, home: &Home, arguments: &[&str]) -> Pty {
        let mut environment = home.environment();
        environment.push(("TERM".to_owned(), "xterm-256color".to_owned()));
        Pty::spawn(&self.program(), arguments, &environment, SIZE)
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

    /// The same with a message typed: Enter sends it.
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
