//! The operator's desk: what a person keeps, marks and answers, and a start on which nothing is written.

use crate::support::chat_thing::{self, ChatThing};
use crate::support::command::Call;
use crate::support::home::Home;
use crate::support::pty::{Key, Pty};
use crate::support::wait::wait;
use crate::{SIZE, desk, left_as_found, on_server, quit};

#[test]
fn on_a_read_only_start_the_frame_says_so_and_what_is_typed_is_kept() {
    let (home, server) = desk();
    let mut pty = Pty::patchcord(&home, &["--read-only"], SIZE);
    pty.wait_for("Question number 0?");
    pty.wait_for("READ ONLY");
    pty.type_text("a thought for later");
    pty.key(Key::Enter);
    pty.wait_for("Read only: what you write stays a draft.");
    pty.wait_for("a thought for later");
    quit(&mut pty);
    assert_eq!((server.count("message"), server.count("conversation")), (0, 0));
    // It is there on a start that writes, and goes out.
    let mut pty = Pty::patchcord(&home, &[], SIZE);
    pty.wait_for("a thought for later");
    assert!(!pty.screen_text().contains("READ ONLY"));
    pty.key(Key::Enter);
    pty.wait_for("You said: a thought for later");
    quit(&mut pty);
    assert_eq!(server.count("message"), 1);
}

#[test]
fn what_is_archived_is_out_of_the_list_found_again_in_the_inbox_and_taken_back() {
    let (home, server) = desk();
    let mut pty = Pty::patchcord(&home, &[], SIZE);
    pty.wait_for("Question number 0?");
    pty.key(Key::Tab);
    pty.type_text("/Question number 5?");
    pty.wait_for("/ Question number 5?");
    pty.key(Key::Enter);
    pty.wait_until("the transcript of that one", |screen| screen.contents().contains("╭ Question number 5?"));
    pty.key(Key::Esc);
    pty.key(Key::Tab);
    pty.type_text("L");
    pty.wait_for("Labels");
    pty.type_text("vip");
    pty.key(Key::Enter);
    pty.wait_for("labelled; U takes it back");
    pty.wait_for("#vip");
    pty.type_text("E");
    pty.wait_for("1 conversation archived, until somebody writes");
    quit(&mut pty);

    let mut pty = Pty::patchcord(&home, &[], SIZE);
    pty.wait_for("Question number 0?");
    pty.key(Key::Alt('0'));
    pty.wait_for("all channels");
    pty.wait_for("Question number 0?");
    assert!(!pty.screen_text().contains("#vip"), "it is out of the way");
    pty.type_text("A");
    pty.wait_for("only archived");
    pty.wait_for("#vip archived");
    pty.key(Key::Enter);
    // The whole of it: the list's last line stands below.
    pty.wait_until("its transcript", |screen| {
        let text = screen.contents();
        text.contains("╭ Question number 5?") && !text.contains("only archived")
    });
    pty.key(Key::Esc);
    pty.wait_for("only archived");
    pty.type_text("E");
    pty.wait_for("back from the archive");
    pty.wait_for("nothing is so: Esc shows all");
    pty.type_text("U");
    pty.wait_for("Taken back.");
    pty.wait_for("#vip archived");
    quit(&mut pty);
    // Nothing of it was anybody's business.
    assert_eq!((server.count("message"), server.complaints().len()), (0, 0));
}

#[test]
fn a_reminder_is_said_when_its_time_comes_and_after_a_restart_until_it_is_looked_at() {
    let (home, _server) = desk();
    let _ = Call::new(&home, &["conversations", "list", "--all"]).run().expect_code(0);
    let id = chat_thing::id(5);
    let mut pty = Pty::patchcord(&home, &[], SIZE);
    pty.wait_for("Question number 0?");
    // Another process lets it sleep: this one learns of it, and of the end of it.
    let _ = Call::new(&home, &["conversations", "snooze", &id, "--until", "2s"]).run().expect_code(0);
    pty.wait_for("Reminder: Question number 5?");
    pty.wait_for("0 Inbox 1 due");
    quit(&mut pty);
    let mut pty = Pty::patchcord(&home, &[], SIZE);
    pty.wait_for("Reminder: Question number 5?");
    pty.wait_for("0 Inbox 1 due");
    pty.key(Key::Alt('0'));
    pty.wait_for("reminder");
    pty.type_text("u");
    pty.wait_for("only unread");
    // The page that the filter asks for is there.
    pty.wait_until("that one alone", |screen| {
        let text = screen.contents();
        text.contains("! docs") && !text.contains("Question number 0?")
    });
    pty.key(Key::Enter);
    pty.wait_until("it is looked at", |screen| {
        let text = screen.contents();
        text.contains("╭ Question number 5?") && !text.contains("1 due")
    });
    quit(&mut pty);
    let kept = Call::new(&home, &["--json", "conversations", "note", &id]).run().expect_code(0).json();
    assert_eq!(kept["conversations"][0]["reminder"], false);
}

#[test]
fn a_saved_reply_is_put_in_and_what_it_lacks_is_asked_for() {
    let (home, server) = (Home::new(), ChatThing::start());
    let reply = "[[replies]]\nname = \"Refund\"\ntext = \"Your {order} on {channel} is refunded.\"\n";
    home.configure(&format!("{}\n{reply}", server.config()));
    let mut pty = on_server(&home);
    pty.type_text("Hello. ");
    pty.key(Key::Alt('r'));
    pty.wait_for("Saved replies");
    pty.type_text("ref");
    pty.key(Key::Enter);
    pty.wait_for("{order} is:");
    pty.type_text("A-77");
    pty.key(Key::Enter);
    pty.wait_for("Hello. Your A-77 on ");
    assert_eq!(server.count("message"), 0, "nothing is sent by that");
    pty.key(Key::Enter);
    pty.wait_for("You said: Hello. Your A-77 on ");
    quit(&mut pty);
}

#[test]
fn conversations_of_several_channels_are_exported_from_the_inbox() {
    let (home, server) = (Home::new(), ChatThing::start());
    let second = server.config().replace("name = \"docs\"", "name = \"helpdesk\"");
    home.configure(&format!("default_channel = \"docs\"\n{}\n{second}", server.config()));
    for channel in ["docs", "helpdesk"] {
        let list = ["-c", channel, "conversations", "list", "--limit", "2"];
        let _ = Call::new(&home, &list).run().expect_code(0);
    }
    let mut pty = Pty::patchcord(&home, &[], SIZE);
    pty.wait_for("Question number 0?");
    pty.key(Key::Alt('0'));
    pty.wait_for("helpdesk");
    pty.key(Key::Char('x'));
    pty.wait_for("this conversation: ");
    pty.type_text(" ");
    pty.wait_for("that are shown");
    pty.key(Key::Enter);
    pty.wait_for("inbox-");
    let to = home.path().join("all.md");
    pty.type_text(to.to_str().expect("text"));
    pty.key(Key::Enter);
    pty.wait_for("all.md");
    wait("the file", || to.exists());
    let text = std::fs::read_to_string(&to).expect("the export");
    assert!(text.contains("docs") && text.contains("helpdesk"), "{text}");
    pty.key(Key::Esc);
    quit(&mut pty);
    left_as_found(&pty);
}
