//! A second message, written while a reply streams, and a program that ends before it left.

use crate::support::chat_thing::{ChatThing, delta, stream_head};
use crate::support::files::holds;
use crate::support::home::Home;
use crate::support::pty::{Key, Pty};
use crate::support::wait::wait;
use crate::{UNKNOWN, copies, desk, head, in_new_conversation, says, start, tail, text};

/// How a run ends.
#[derive(Debug, Clone, Copy)]
enum End {
    Kill,
    Term,
}

/// A run that ends with one message answered in part and another behind it.
fn left_queued(end: End) -> (Home, ChatThing) {
    let (home, server) = desk();
    let mut pty = in_new_conversation(&home);
    let first = text("first");
    server.bend(move |request, answer| {
        if !says(request, &first) {
            return answer();
        }
        let _ = answer();
        stream_head(true).chunk(delta("Half an answ")).hang()
    });
    for name in ["first", "second"] {
        pty.paste(&text(name));
        pty.wait_for(&tail(name));
        pty.key(Key::Enter);
        pty.wait_for(if name == "first" { "Half an answ" } else { "1 waiting" });
    }
    // The screen is ahead of the disk. The store does one thing after the other: once this is kept, so is the message.
    pty.type_text("laterwords");
    wait("the draft", || holds(&home.data(), "laterwords"));
    match end {
        End::Kill => pty.kill9(),
        End::Term => crate::end(&mut pty),
    }
    server.unbend();
    (home, server)
}

/// The next run, with the message that waits listed as held, and the keys on it.
#[track_caller]
fn asked(home: &Home) -> Pty {
    let pty = start(home);
    pty.wait_for(&tail("first"));
    pty.wait_for(&head("second"));
    pty.wait_for("1 held: not sent until you say so");
    // The first one arrived, and its reply is in the history by now.
    pty.wait_for("that was all of it");
    assert!(!pty.screen_text().contains(UNKNOWN), "{}", pty.screen_text());
    pty.key(Key::BackTab);
    pty.wait_for("d drop");
    pty
}

#[test]
fn a_queued_message_waits_for_the_users_word() {
    for end in [End::Kill, End::Term] {
        let (home, server) = left_queued(end);
        let mut pty = asked(&home);
        assert_eq!(server.count("message"), 1, "{end:?}");
        crate::end(&mut pty);
        // A second look changes nothing.
        let mut pty = asked(&home);
        assert_eq!(server.count("message"), 1, "{end:?}");
        pty.send(b"ss");
        pty.wait_until("the second reply", |screen| screen.contents().matches("that was all of it").count() == 2);
        pty.wait_gone("held");
        crate::end(&mut pty);
        assert_eq!((copies(&server, &text("first")), copies(&server, &text("second"))), (1, 1), "{end:?}");
        assert_eq!(server.complaints(), Vec::<String>::new());
    }
    println!("PASS queued_sent n=4 lost=0 doubled=0");
}

#[test]
fn a_queued_message_that_is_dropped_is_never_sent() {
    let (home, server) = left_queued(End::Kill);
    let mut pty = asked(&home);
    pty.key(Key::Char('d'));
    pty.wait_gone(&head("second"));
    crate::end(&mut pty);
    let mut again = start(&home);
    again.wait_for("that was all of it");
    assert!(!again.screen_text().contains(&head("second")), "{}", again.screen_text());
    crate::end(&mut again);
    assert_eq!(server.count("message"), 1);
    println!("PASS queued_dropped n=2 lost=0 doubled=0");
}
