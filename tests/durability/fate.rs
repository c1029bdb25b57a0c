//! A message of which nobody knows whether it arrived, left by one run and found by the next.

use crate::support::chat_thing::ChatThing;
use crate::support::files::holds;
use crate::support::home::Home;
use crate::support::origin::Script;
use crate::support::pty::{Key, Pty};
use crate::support::wait::wait;
use crate::{NOT_SENT, UNKNOWN, copies, desk, end, in_new_conversation, says, start, tail, text};

/// A run that ends while it does not know whether the message arrived. The server took it or did not.
fn left_unknown(name: &str, taken: bool) -> (Home, ChatThing) {
    let (home, server) = desk();
    let mut pty = in_new_conversation(&home);
    let sent = text(name);
    let text = sent.clone();
    server.bend(move |request, answer| {
        // Nor is it told by the history as long as this run lives: read back at once, it would be known soon.
        if request.path.ends_with("/messages") {
            return Script::default().reset();
        }
        if !says(request, &text) {
            return answer();
        }
        if taken {
            let _ = answer();
        }
        Script::default().reset()
    });
    pty.paste(&sent);
    pty.wait_for(&tail(name));
    pty.key(Key::Enter);
    // The line that names the ways out, which a message under way doesn't have.
    pty.wait_for(UNKNOWN);
    pty.kill9();
    server.unbend();
    assert_eq!(copies(&server, &sent), 1);
    (home, server)
}

/// The next run, with the message of unknown fate on its screen and the keys on the transcript.
#[track_caller]
fn asked(home: &Home, name: &str) -> Pty {
    let pty = start(home);
    pty.wait_for(&tail(name));
    pty.wait_for(UNKNOWN);
    pty.wait_for("Shift+Tab, then:  c check again   s send again   d drop");
    pty.key(Key::BackTab);
    pty.wait_until("the keys, as they are now", |screen| {
        let text = screen.contents();
        text.contains("c check again   s send again   d drop") && !text.contains("Shift+Tab, then")
    });
    pty
}

#[test]
fn one_that_arrived_is_found_by_reading_back() {
    let (home, server) = left_unknown("taken", true);
    let mut pty = start(&home);
    pty.wait_for(&tail("taken"));
    pty.wait_for("that was all of it");
    pty.wait_gone(UNKNOWN);
    pty.wait_gone("unknown");
    end(&mut pty);
    let mut again = start(&home);
    again.wait_for("that was all of it");
    assert!(!again.screen_text().contains("unknown"), "{}", again.screen_text());
    assert_eq!(again.screen_text().matches(&tail("taken")).count(), 1, "{}", again.screen_text());
    end(&mut again);
    assert_eq!(copies(&server, &text("taken")), 1);
    println!("PASS unknown_arrived n=1 lost=0 doubled=0");
}

#[test]
fn one_that_did_not_arrive_is_sent_again_by_its_key_and_once() {
    let (home, server) = left_unknown("again", false);
    let mut pty = asked(&home, "again");
    pty.key(Key::Char('c'));
    pty.wait_for("Reading the conversation back");
    pty.wait_for(UNKNOWN);
    assert_eq!(copies(&server, &text("again")), 1);
    // Twice, as an impatient finger does.
    pty.send(b"ss");
    pty.wait_for("that was all of it");
    pty.wait_gone(UNKNOWN);
    end(&mut pty);
    let mut again = start(&home);
    again.wait_for("that was all of it");
    assert_eq!(again.screen_text().matches(&tail("again")).count(), 1, "{}", again.screen_text());
    end(&mut again);
    assert_eq!(copies(&server, &text("again")), 2);
    println!("PASS unknown_sent_again n=2 lost=0 doubled=0");
}

#[test]
fn one_that_is_dropped_is_gone_for_good() {
    let (home, server) = left_unknown("dropped", false);
    let mut pty = asked(&home, "dropped");
    pty.key(Key::Char('d'));
    pty.wait_gone(&tail("dropped"));
    end(&mut pty);
    let mut again = start(&home);
    again.wait_for("how can I help you?");
    let screen = again.screen_text();
    assert!(
        !screen.contains(&tail("dropped")) && !screen.contains(UNKNOWN) && !screen.contains(NOT_SENT),
        "{screen}"
    );
    end(&mut again);
    assert_eq!(copies(&server, &text("dropped")), 1);
    println!("PASS unknown_dropped n=1 lost=0 doubled=0");
}

/// Written anew in the place of one whose fate is unknown, killed in the midst of it, and sent by the next run: the text is
/// still bound to that message, which is given up, so that no two of them are sent.
#[test]
fn what_is_written_in_its_place_is_bound_to_it_after_a_kill() {
    let (home, server) = left_unknown("bound", false);
    let mut pty = asked(&home, "bound");
    pty.key(Key::Char('e'));
    pty.wait_for("in place of the unknown one");
    pty.paste(" and more");
    pty.wait_for("and more");
    wait("the draft to be kept", || holds(&home.data(), "and more"));
    pty.kill9();
    let mut next = start(&home);
    next.wait_for("in place of the unknown one");
    next.wait_for("and more");
    next.key(Key::Enter);
    next.wait_for("that was all of it");
    next.wait_gone(UNKNOWN);
    end(&mut next);
    let mut again = start(&home);
    again.wait_for("that was all of it");
    let screen = again.screen_text();
    assert!(!screen.contains(UNKNOWN) && !screen.contains("in place of"), "{screen}");
    end(&mut again);
    assert_eq!(copies(&server, &text("bound")), 1);
    assert_eq!(copies(&server, &format!("{} and more", text("bound"))), 1);
    println!("PASS unknown_bound n=1 lost=0 doubled=0");
}
