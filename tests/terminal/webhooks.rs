//! Webhooks in the terminal interface, by the real binary on the sandbox: offered answers, replies, data requests, and
//! deliveries; and nothing that a webhook holds reaches the terminal as more than text.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::chat_thing::HOSTILE;
use crate::support::escapes::strays;
use crate::support::hooks::{is_open, now_ms};
use crate::support::pty::{Key, Pty};
use crate::support::stand::Stand;
use crate::support::wait::wait;
use crate::{SIZE, left_as_found, quit};

/// The program on that channel of the sandbox's, listening.
#[track_caller]
fn on(stand: &Stand, channel: &str) -> Pty {
    let pty = Pty::patchcord(&stand.home, &["-c", channel], SIZE);
    pty.wait_for(&format!("{channel} · "));
    wait("the listener", || is_open(&stand.ear));
    pty
}

#[test]
fn an_offered_answer_is_sent_by_its_key_and_the_reply_comes_by_webhook() {
    let stand = Stand::start();
    let mut pty = on(&stand, "flow");
    pty.type_text("What is Patchcord?");
    pty.key(Key::Enter);
    pty.wait_for("one terminal window on every bot channel");
    pty.wait_for("[1] Tell me more");
    pty.key(Key::Char('1'));
    wait("the answer that was chosen", || {
        stand.requests("/klaunch/send").iter().any(|r| r["body"]["message"] == "Tell me more")
    });
    wait("all webhooks", || {
        let ledger = stand.ledger();
        ledger["webhooks"].as_array().is_some_and(|w| w.len() >= 3 && w.iter().all(|w| w["status"] == 200))
    });
    // What was chosen stands there as a message of one's own, and the bot has gone on.
    pty.wait_until("the bot's words behind it", |screen| {
        let text = screen.contents();
        text.split("▎ Tell me more").nth(1).is_some_and(|behind| behind.contains("bot  "))
    });
    quit(&mut pty);
    left_as_found(&pty);
    let chosen = stand.requests("/klaunch/send").iter().filter(|r| r["body"]["message"] == "Tell me more").count();
    assert_eq!(chosen, 1);
    stand.expect_well_formed(&[]);
}

#[test]
fn a_data_request_is_answered_in_the_editor_that_checks_it() {
    let stand = Stand::start();
    let mut pty = on(&stand, "lookups");
    let told = stand.deliver("optech", "lookups", &json!({"key": "order_status", "inputs": {"order": "A-77"}}));
    assert_eq!(told["status"], 202);
    pty.wait_for("1 waiting");
    pty.key(Key::Alt('3'));
    pty.wait_for("Data requests");
    pty.wait_for("A-77");
    // The requests stand above the deliveries.
    pty.key(Key::Up);
    pty.wait_for("Enter answer");
    pty.key(Key::Enter);
    pty.wait_for("answer to order_status");
    pty.wait_for("Ctrl+S send");
    // The editor may offer a beginning: what is sent is what stands there in the end.
    for key in [Key::Backspace, Key::Delete].repeat(40) {
        pty.key(key);
    }
    pty.type_text("{\"status\": oops}");
    pty.wait_for("expected value");
    pty.key(Key::Ctrl('s'));
    pty.wait_for("expected value");
    assert_eq!(stand.requests("/ingest/").len(), 0, "what is no JSON is not sent");
    for _ in 0..5 {
        pty.send(b"\x7f");
    }
    pty.type_text("\"shipped\"}");
    pty.wait_gone("expected value");
    pty.key(Key::Ctrl('s'));
    pty.wait_for("posted");
    let posts = stand.requests("/ingest/");
    assert_eq!((posts.len(), &posts[0]["body"]), (1, &json!({"data": {"status": "shipped"}})));
    quit(&mut pty);
    left_as_found(&pty);
    stand.expect_well_formed(&[]);
}

#[test]
fn a_delivery_is_seen_and_leads_to_its_conversation() {
    let stand = Stand::start();
    let mut pty = on(&stand, "flow");
    pty.key(Key::Alt('3'));
    pty.wait_for("Deliveries");
    let said = json!({"userID": 77, "message": "the words of it", "quickReplies": ["Fine"]});
    assert_eq!(stand.deliver("klaunch", "flow", &said)["status"], 200);
    let forged = json!({"platform": "optech", "url": stand.hook("lookups"), "signature": "wrong",
        "event": {"key": "order_status", "inputs": {}}});
    assert_eq!(stand.order(&forged)["status"], 401);
    pty.wait_for("the words of it");
    pty.wait_for("rejected 401");
    pty.wait_for("2 in all");
    // The newest but one: what was believed.
    pty.key(Key::Char('g'));
    pty.key(Key::Down);
    pty.wait_for("✓ verified");
    pty.wait_for("\"userID\": 77");
    assert!(!String::from_utf8_lossy(&pty.raw()).contains("sandbox-flow-hook"), "the key is a secret");
    pty.key(Key::Char('o'));
    pty.wait_gone("Deliveries");
    pty.wait_for("the words of it");
    pty.wait_for("[1] Fine");
    quit(&mut pty);
    left_as_found(&pty);
}

#[test]
fn what_a_webhook_holds_is_only_text() {
    let stand = Stand::start();
    let mut pty = on(&stand, "flow");
    let key = format!("key{HOSTILE}");
    let hostile: Vec<(&str, &str, Value)> = vec![
        (
            "klaunch",
            "flow",
            json!({"userID": 77, "timestamp": now_ms() - 20_000, "message": format!("words {HOSTILE} fin"),
            "quickReplies": [format!("one {HOSTILE}"), HOSTILE],
            "attachments": [{"url": format!("https://cdn.example/{HOSTILE}"), "offset": 2, "name": HOSTILE}, HOSTILE],
            "adminID": HOSTILE}),
        ),
        (
            "klaunch",
            "flow",
            json!({"userID": format!("user{HOSTILE}"), "timestamp": now_ms() - 10_000, "message": HOSTILE}),
        ),
        (
            "eko",
            "frontline",
            json!({"type": "message", "timestamp": 5, "source": {"type": "direct_chat", "userId": HOSTILE, "username": HOSTILE},
            "message": {"id": HOSTILE, "type": "text", "text": HOSTILE}}),
        ),
        (
            "operator",
            "agents",
            json!({"id": HOSTILE, "conversation_id": format!("conv{HOSTILE}"), "created_at": HOSTILE,
            "payload": {"type": HOSTILE, "status": HOSTILE, "sentiment": HOSTILE}}),
        ),
        ("optech", "lookups", json!({"key": key, "inputs": {HOSTILE: [HOSTILE, {"x": HOSTILE}]}})),
    ];
    for (platform, channel, event) in hostile {
        let status = stand.deliver(platform, channel, &event)["status"].as_u64();
        assert!(matches!(status, Some(200 | 202)), "{platform}: {status:?}");
    }
    // Headers can't hold most of it; bytes beyond ASCII they can.
    let body =
        json!({"channelID": "sandbox-flow", "userID": 78, "timestamp": now_ms(), "message": "with odd headers"})
            .to_string();
    let headers = [("x-odd", "\u{9b}31m \u{202e}txt \u{e0041}"), ("user-agent", "\u{9b}2J\u{200b}")];
    let hook = stand.hook("flow");
    assert_eq!(crate::support::hooks::post(&hook, &headers, body.as_bytes()).status, 200);

    pty.key(Key::Alt('3'));
    pty.wait_for("6 in all");
    pty.wait_for("1 waiting");
    // Every row of both lists, laid out and raw.
    pty.key(Key::Char('G'));
    for at in 0..9 {
        let before = pty.written();
        pty.key(Key::Char('p'));
        pty.key(Key::Enter);
        pty.key(Key::PageDown);
        pty.key(Key::Esc);
        pty.key(Key::Up);
        pty.wait_raw(&format!("row {at} drawn"), |raw| raw.len() > before);
    }
    pty.key(Key::Char('h'));
    pty.wait_for("Paste a channel's URL");
    pty.key(Key::Esc);
    // The conversations: roster, title, transcript, offered answers, attachments.
    pty.key(Key::Alt('1'));
    pty.wait_for("user 78");
    for (name, said) in [("user 78", "with odd headers"), ("user usersafe", "▎ safe"), ("user 77", "[attachment 2")]
    {
        // The keys go to the roster, wherever they are.
        for _ in 0..4 {
            if pty.screen_text().contains("Enter open") {
                break;
            }
            pty.key(Key::Tab);
            pty.shows_within(Duration::from_millis(500), "Enter open");
        }
        pty.key(Key::Home);
        // What came together has no order that a test could know.
        let screen = pty.screen_text();
        let rows = screen.lines().filter_map(|line| line.split('│').nth(1)).filter(|row| row.contains("user "));
        let place = rows.take_while(|row| !row.contains(name)).count();
        for _ in 0..place {
            pty.key(Key::Down);
        }
        pty.key(Key::Enter);
        pty.wait_for(said);
        pty.wait_for("y copy");
    }
    for channel in ["frontline", "agents"] {
        pty.key(Key::Ctrl('t'));
        pty.wait_for("Channels");
        pty.type_text(channel);
        pty.key(Key::Enter);
        pty.wait_for(&format!("{channel} · "));
    }
    quit(&mut pty);
    assert_eq!(strays(&pty.raw()), Vec::<String>::new());
    left_as_found(&pty);
}
