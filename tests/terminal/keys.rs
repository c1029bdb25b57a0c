//! Keys: found by the palette, explained by the help, changed in the config file, tested, and clicked.

use crate::support::chat_thing::ChatThing;
use crate::support::escapes::modes_left_on;
use crate::support::home::Home;
use crate::support::pty::{Key, Pty, contents};
use crate::{SIZE, desk, left_as_found, on_server, quit};

/// A home whose config file has these lines too.
fn bound(lines: &str) -> (Home, ChatThing) {
    let (home, server) = (Home::new(), ChatThing::start());
    home.configure(&format!("{}\n{lines}\n", server.config()));
    (home, server)
}

fn last_line(screen: &vt100::Screen) -> String {
    contents(screen).lines().last().unwrap_or_default().to_owned()
}

#[test]
fn the_palette_finds_what_can_be_done_and_where_one_can_go() {
    let (home, _server) = desk();
    let mut pty = on_server(&home);
    pty.type_text("half a message");
    pty.wait_for("half a message");
    // Of an action its keys and its command are learnt.
    pty.key(Key::Ctrl('p'));
    pty.wait_for("Find an action or a place");
    pty.type_text("list of conv");
    pty.wait_for("to the list of conversations");
    pty.key(Key::Enter);
    pty.wait_gone("Find an action or a place");
    // The list has the keys now: a colon opens it there.
    pty.type_text(":");
    pty.wait_for("Find an action or a place");
    pty.type_text("question number 4?");
    pty.wait_for("$ patchcord -c docs conversations show 00000004");
    pty.key(Key::Enter);
    pty.wait_until("the conversation", |screen| {
        contents(screen).lines().any(|line| line.contains("Question number 4?") && line.contains('╮'))
    });
    pty.key(Key::Ctrl('p'));
    pty.type_text("webhooks view");
    pty.key(Key::Enter);
    pty.wait_gone("Find an action or a place");
    pty.wait_for("Deliveries");
    quit(&mut pty);
    left_as_found(&pty);
}

#[test]
fn the_command_of_an_action_is_copied() {
    let (home, _server) = desk();
    let mut pty = on_server(&home);
    pty.key(Key::Ctrl('p'));
    pty.type_text("new conversation");
    pty.wait_for("$ patchcord -c docs chat MESSAGE");
    pty.wait_for("Ctrl+X copies");
    pty.key(Key::Ctrl('x'));
    pty.wait_for("The command: sent to the terminal");
    quit(&mut pty);
}

#[test]
fn the_help_begins_here_and_is_narrowed_by_typing() {
    let (home, _server) = desk();
    let mut pty = on_server(&home);
    pty.send(b"\x1bOP");
    pty.wait_for("Keys: Message");
    pty.wait_until("the message's keys first", |screen| {
        let text = contents(screen);
        text.find("send the message").is_some_and(|at| text.find("the Webhooks view").is_none_or(|other| at < other))
    });
    pty.type_text("webhooks view");
    pty.wait_gone("send the message");
    pty.wait_for("the Webhooks view");
    pty.key(Key::Esc);
    pty.wait_for("send the message");
    pty.key(Key::Esc);
    pty.wait_gone("Keys: Message");
    quit(&mut pty);
}

#[test]
fn keys_are_bound_as_the_config_file_says_and_the_hints_follow() {
    let (home, server) = bound(
        "[keys.transcript]\ncopy = \"Z\"\n[keys.everywhere]\nshow-webhooks = \", w\"\nshow-search = \", s\"\n\
         interrupt = [\"Ctrl+C\", \"F4\"]",
    );
    server.reply("The answer.");
    let mut pty = on_server(&home);
    pty.type_text("a, w\r");
    pty.wait_for("The answer.");
    pty.wait_for("a, w");
    pty.key(Key::BackTab);
    pty.wait_until("the hint of the key that is bound", |screen| last_line(screen).contains("Z copy"));
    pty.type_text("Z");
    pty.wait_for("The message: sent to the terminal");
    // What can follow is shown, for as long as it takes.
    pty.type_text(",");
    pty.wait_for("the Webhooks view");
    pty.wait_for("the Search view");
    pty.wait_until("the way out", |screen| last_line(screen).contains(", …  Esc cancels"));
    pty.type_text("x");
    pty.wait_for(", x means nothing here.");
    pty.type_text(",w");
    pty.wait_for("Deliveries");
    pty.send(b"\x1bOS");
    pty.wait_for("again to quit");
    pty.send(b"\x1bOS");
    assert!(pty.wait_exit().success());
    assert_eq!(modes_left_on(&pty.raw()), Vec::<String>::new());
}

#[test]
fn hands_that_know_vim_or_emacs_have_their_keys() {
    let (home, _server) = bound("[keys]\npreset = \"vim\"");
    let mut pty = on_server(&home);
    pty.type_text("text");
    pty.wait_for("text");
    pty.key(Key::Esc);
    pty.wait_for("pick");
    pty.type_text("i");
    pty.type_text(" more");
    pty.wait_for("text more");
    pty.key(Key::Esc);
    pty.wait_until("the messages with the keys", |screen| last_line(screen).contains("pick"));
    pty.type_text("ZZ");
    assert!(pty.wait_exit().success());
    let (home, _server) = bound("[keys]\npreset = \"emacs\"");
    let mut pty = on_server(&home);
    pty.send(b"\x1bx");
    pty.wait_for("Find an action or a place");
    pty.key(Key::Ctrl('g'));
    pty.wait_gone("Find an action or a place");
    pty.send(b"\x18\x03");
    assert!(pty.wait_exit().success());
}

#[test]
fn the_sandbox_has_the_users_keys_too() {
    let home = Home::new();
    home.configure("[keys.everywhere]\nshow-webhooks = \"F9\"\n");
    let mut pty = Pty::patchcord(&home, &["--sandbox"], SIZE);
    pty.wait_for("F9 Webhooks");
    pty.send(b"\x1b[20~");
    pty.wait_for("Deliveries");
    quit(&mut pty);
    home.configure("[keys.everywhere]\nshow-webhooks = \"Ctrl+Entr\"\n");
    let mut pty = Pty::patchcord(&home, &["--sandbox"], SIZE);
    pty.wait_for("no key has that name");
    quit(&mut pty);
}

#[test]
fn a_key_is_tested_and_what_the_terminal_cannot_send_is_said() {
    let (home, server) = desk();
    let mut pty = on_server(&home);
    pty.key(Key::Ctrl('p'));
    pty.type_text("test-keys");
    pty.wait_for("see what a key sends and means");
    pty.key(Key::Enter);
    pty.wait_for("Press a key");
    pty.key(Key::Enter);
    pty.wait_for("can't send Shift+Enter");
    pty.wait_for("^M");
    pty.send(b"\x1b[5;5~");
    pty.wait_for("ESC [ 5 ; 5 ~");
    pty.wait_for("previous-channel");
    pty.key(Key::Ctrl('n'));
    pty.wait_for("new-conversation");
    pty.key(Key::Ctrl('c'));
    pty.wait_for("^C");
    pty.key(Key::Ctrl('c'));
    pty.wait_gone("Test a key");
    assert_eq!(server.count("message"), 0, "no key was done");
    quit(&mut pty);
}

#[test]
fn the_views_names_and_the_hints_are_clicked() {
    let (home, _server) = desk();
    let mut pty = on_server(&home);
    let click = |pty: &Pty, words: &str| {
        pty.wait_for(words);
        let screen = pty.screen();
        let (row, column) = contents(&screen)
            .lines()
            .zip(1..)
            .filter_map(|(line, row)| line.find(words).map(|at| (row, line[..at].chars().count() + 1)))
            .last()
            .expect("the words");
        pty.send(format!("\x1b[<0;{column};{row}M\x1b[<0;{column};{row}m").as_bytes());
    };
    click(&pty, "3 Webhooks");
    pty.wait_for("Deliveries");
    click(&pty, "1 Chat");
    // The last line is drawn last: until then its words stand elsewhere.
    let settled = |pty: &Pty| {
        pty.wait_until("the hints of the message", |screen| {
            let hints = last_line(screen);
            contents(screen).contains("how can I help you?")
                && hints.contains("Enter send")
                && hints.ends_with("F1 keys")
        });
    };
    settled(&pty);
    click(&pty, "Ctrl+P find");
    pty.wait_for("Find an action or a place");
    // What lies over the views has the mouse alone.
    click(&pty, "3 Webhooks");
    pty.wait_for("copy command  Esc close");
    click(&pty, "Esc close");
    pty.wait_gone("Find an action or a place");
    settled(&pty);
    click(&pty, "F1 keys");
    pty.wait_for("test a key  Esc close");
    click(&pty, "Esc close");
    pty.wait_gone("Keys: Message");
    quit(&mut pty);
}

#[test]
fn keys_are_tested_on_the_plain_terminal_too() {
    let home = Home::new();
    let mut pty = Pty::patchcord(&home, &["keys", "--test", "--preset", "vim"], SIZE);
    pty.wait_for("Press keys:");
    pty.send(b"\x1b[1;5C");
    pty.wait_for("ESC [ 1 ; 5 C");
    pty.wait_for("Ctrl+Right");
    pty.send(b"g");
    pty.wait_for("transcript.top (g g): to the oldest that is loaded");
    pty.send("\u{e9}".as_bytes());
    pty.wait_for("sent    c3 a9");
    pty.key(Key::Ctrl('c'));
    pty.wait_for("everywhere.interrupt: ");
    pty.type_text("q");
    pty.wait_for("key     q");
    pty.type_text("q");
    assert_eq!(pty.wait_exit().exit_code(), 0);
    assert_eq!((pty.termios_now(), modes_left_on(&pty.raw())), (pty.termios_before().to_owned(), Vec::new()));
    let json = crate::support::command::Call::new(&home, &["--json", "keys", "--test"]).run().expect_code(2);
    assert_eq!(json.failure()["kind"], "usage");
    let pipe = crate::support::command::Call::new(&home, &["keys", "--test"]).run().expect_code(2);
    assert!(pipe.errors().contains("needs a terminal"), "{pipe}");
}
