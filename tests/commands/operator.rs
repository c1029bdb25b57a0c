//! Operator's sessions as a server may send them: more than one message, and one that its deltas told otherwise.

use serde_json::json;

use crate::support::command::Call;
use crate::support::home::Home;
use crate::support::origin::{Gate, Origin, Request, Script};

pub(crate) fn event(id: u8, kind: &str, text: &str) -> String {
    let event = json!({"id": format!("ev_{id}"), "conversation_id": "c", "payload": {"type": kind, "text": text}});
    format!("data: {event}\n\n")
}

/// A home with one channel on a server whose sessions say this.
pub(crate) fn saying(body: String) -> (Home, Origin) {
    serving(move |_| Script::answer(200, &[("content-type", "text/event-stream")], &body))
}

fn serving(answer: impl Fn(&Request) -> Script + Send + Sync + 'static) -> (Home, Origin) {
    let origin = Origin::start(answer);
    let home = Home::new();
    home.configure(&format!(
        "[[channels]]\nname = \"agents\"\nplatform = \"operator\"\noperator_id = \"op\"\napi_key = \"k\"\n\
         api_version = \"2025-06-19\"\nbase_url = \"{}\"\n",
        origin.url()
    ));
    (home, origin)
}

#[test]
fn the_completed_text_stands_at_the_end_and_is_shown_as_a_correction() {
    let deltas = event(1, "agent.message.delta", "12 ") + &event(2, "agent.message.delta", "euros");
    let completed = event(3, "agent.message.completed", "12,50 euros");
    let args = ["chat", "--conversation", "c", "how much?"];
    let run = |more: &[&str]| {
        // The deltas are shown before the whole comes.
        let (gate, body) = (Gate::new(), (deltas.clone(), completed.clone()));
        let shown = gate.clone();
        let (home, _origin) = serving(move |_| {
            let events = Script::chunked(200, &[("content-type", "text/event-stream")]);
            events.chunk(&body.0).wait(&gate).chunk(&body.1).end()
        });
        let mut running = Call::new(&home, &[&args[..], more].concat()).start();
        running.wait_output("the deltas", |text| text.contains("euros"));
        shown.open();
        running.wait().expect_code(0)
    };
    let lines = run(&["--json"]).json_lines();
    let corrected = lines.iter().find(|line| line["event"] == "correction").expect("a correction");
    assert_eq!(corrected["text"], "12,50 euros");
    assert_eq!(lines.last().map(|line| &line["text"]), Some(&json!("12,50 euros")));
    let plain = run(&[]);
    assert_eq!(plain.text(), "12 euros\n12,50 euros\n");
    assert!(plain.errors().contains("corrected"), "{plain}");
    // Who waits for the whole sees nothing else.
    let (home, _origin) = saying(deltas.clone() + &completed);
    let whole = Call::new(&home, &[&args[..], &["--no-stream"]].concat()).run().expect_code(0);
    assert_eq!(whole.text(), "12,50 euros\n");
}

#[test]
fn further_messages_in_a_session_are_shown() {
    let told = [
        ("user.message.received", "hi"),
        ("agent.message.delta", "One mo"),
        ("agent.message.completed", "One moment."),
        ("agent.tool_call.created", ""),
        ("agent.message.delta", "It is "),
        ("agent.message.delta", "blue."),
        ("agent.message.completed", "It is blue."),
        ("conversation.ended", ""),
    ];
    let (home, _origin) = saying((0..).zip(told).map(|(id, (kind, text))| event(id, kind, text)).collect());
    let output = Call::new(&home, &["chat", "--conversation", "c", "hi"]).run().expect_code(0);
    assert_eq!(output.text(), "One moment.\n\nIt is blue.\n");
}
