//! Two conversations side by side: both are read at once, one writes in either, and a kill takes neither away.

use crate::desk;
use crate::support::home::Home;
use crate::support::pty::{Key, Pty};

const WIDE: (u16, u16) = (140, 34);
/// A column between the composers of both, the list being left of them.
const MIDDLE: u16 = 90;
const F7: &[u8] = b"\x1b[18~";
const F9: &[u8] = b"\x1b[20~";

/// Whether two conversations are read at once: the titles of both stand in the line of the panes' borders.
fn both(screen: &vt100::Screen) -> bool {
    let borders = screen.rows(0, WIDE.0).nth(1).unwrap_or_default();
    borders.contains("Question number 0?") && borders.contains("Question number 1?")
}

fn start(home: &Home) -> Pty {
    let pty = Pty::patchcord(home, &[], WIDE);
    pty.wait_for("of 250");
    pty
}

#[test]
fn two_stand_side_by_side_through_resizes_and_a_kill() {
    let (home, _server) = desk();
    let pty = start(&home);
    pty.key(Key::Tab);
    pty.wait_until("the list's hints", |screen| !screen.contents().contains("Enter send"));
    pty.key(Key::Home);
    pty.key(Key::Enter);
    pty.wait_for("Answer number 0.");
    pty.wait_for("y copy");
    // Another of the list is chosen by its name.
    pty.send(F9);
    pty.wait_for("Which one beside?");
    pty.type_text("number 1?");
    pty.wait_for("> number 1?");
    pty.key(Key::Enter);
    pty.wait_until("both", both);
    pty.wait_for("Answer number 1.");
    pty.send(F7);
    pty.key(Key::Tab);
    pty.wait_for("Enter send");
    pty.type_text("half a thought");
    pty.wait_for("half a thought");
    // What is too narrow for both shows the one that is written in, and names the other.
    for size in [(80, 24), (40, 12), (99, 20), (61, 15)] {
        pty.resize(size);
        pty.wait_until("one of them", |screen| {
            let text = screen.contents();
            text.contains("half a thought") && text.contains("F7") && !text.contains("Answer number 0.")
        });
    }
    pty.resize(WIDE);
    pty.wait_until("both again", |screen| both(screen) && screen.contents().contains("half a thought"));
    // What is written in each stays there.
    pty.send(F7);
    pty.wait_until("the left composer", |screen| both(screen) && screen.cursor_position().1 < MIDDLE);
    pty.type_text("quite another");
    pty.wait_for("quite another");
    pty.send(F7);
    pty.wait_until("the right composer", |screen| both(screen) && screen.cursor_position().1 > MIDDLE);
    assert!(pty.screen_text().contains("half a thought"), "{}", pty.screen_text());
    let mut pty = pty;
    crate::life::wait_saved(&home.data(), "half a thought");
    crate::life::wait_saved(&home.data(), "quite another");
    pty.kill9();
    let mut pty = start(&home);
    pty.wait_until("both at the next start", |screen| both(screen) && screen.contents().contains("half a thought"));
    crate::quit(&mut pty);
    crate::left_as_found(&pty);
}
