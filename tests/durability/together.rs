//! Several processes on one data directory.

use crate::support::command::Call;
use crate::support::pty::Key;
use crate::{copies, desk, end, head, in_new_conversation, tail, text, visit};

#[test]
fn many_at_once_send_each_message_once_and_see_it_all() {
    let many: usize = std::env::var("PROCESSES").ok().and_then(|n| n.parse().ok()).unwrap_or(8);
    let (home, server) = desk();
    let names: Vec<String> = (0..many).map(|n| format!("{n:05}")).collect();
    let texts: Vec<String> = names.iter().map(|name| text(name)).collect();
    let mut pty = in_new_conversation(&home);
    pty.paste(&text("screen"));
    pty.wait_for(&tail("screen"));
    let running: Vec<_> = texts.iter().map(|text| Call::new(&home, &["chat", "--json", text]).start()).collect();
    pty.key(Key::Enter);
    let mut conversations = Vec::new();
    for running in running {
        let lines = running.wait().expect_code(0).json_lines();
        conversations.push(lines[0]["conversation_id"].as_str().expect("an id").to_owned());
    }
    pty.wait_for("that was all of it");
    for (text, id) in texts.iter().zip(&conversations) {
        assert_eq!(copies(&server, text), 1);
        assert_eq!(server.kept(id).iter().filter(|(role, kept)| role == "user" && kept == text).count(), 1);
    }
    assert_eq!(copies(&server, &text("screen")), 1);

    // A command sees what the terminal sent, and the terminal, once it asks again, what the commands sent.
    let listed = Call::new(&home, &["conversations", "list", "--json", "--limit", "50"]).run().expect_code(0);
    for name in names.iter().map(String::as_str).chain(["screen"]) {
        assert!(listed.text().contains(&head(name)), "{name}: {listed}");
    }
    pty.key(Key::Tab);
    pty.key(Key::Char('r'));
    for name in &names {
        pty.wait_for(&head(name));
    }
    pty.key(Key::Esc);
    for name in &names {
        assert!(visit(&pty, &head(name)));
        pty.wait_for(&tail(name));
        assert!(!pty.screen_text().contains(crate::UNKNOWN), "{}", pty.screen_text());
    }
    end(&mut pty);

    // What was seen is sent no more.
    let mut again = crate::start(&home);
    again.wait_for(&tail(names.last().expect("one")));
    end(&mut again);
    let sent = server.count("message");
    assert_eq!(sent, many + 1);
    assert_eq!(server.complaints(), Vec::<String>::new());
    println!("PASS together n={sent} lost=0 doubled=0");
}
