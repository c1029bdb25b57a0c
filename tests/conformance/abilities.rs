//! What an adapter says that it can do works; what it doesn't say is refused, and nothing leaves.

use std::collections::HashSet;

use patchcord::domain::{ConversationId, Meaning, PageRequest, ReplyHandle, Timestamp, Trust};
use patchcord::platform::{ListRequest, Outgoing, Upload};

use crate::{Subject, cannot, message, request, subjects};

const SAID: &str = "/echo one two three, é 日本 🙂 four";
const REPLY: &str = "one two three, é 日本 🙂 four";

#[test]
fn what_it_can_do_works() {
    for subject in subjects() {
        let can = subject.can;
        if can.list {
            lists(&subject);
        }
        if can.history {
            tells_history(&subject);
        }
        if can.send {
            sends(&subject);
        }
        if can.people {
            knows_people(&subject);
        }
        if can.sources {
            crate::sources::live(&subject);
        }
        if can.requests {
            let asked = subject.asked();
            subject.run(subject.adapter.answer(&asked, "{\"status\":\"it\u{2019}s é\"}")).expect("it is taken");
        }
        subject.expect_well_formed();
        println!("PASS abilities {} requests={}", subject.name, subject.ledger().len());
    }
}

/// Every page to the last, without a repeat; both halves of a cut by time are the whole.
fn lists(subject: &Subject) {
    let before = subject.ledger().len();
    let all = subject.all();
    assert!(subject.ledger().len() > before + 1, "{}: it has pages", subject.name);
    let ids: HashSet<&ConversationId> = all.iter().map(|c| &c.id).collect();
    assert!(all.len() > 10 && ids.len() == all.len(), "{}: {} of {}", subject.name, ids.len(), all.len());
    let whole = PageRequest { limit: 100, cursor: None };
    let page = subject.run(subject.adapter.list(&ListRequest::from(whole))).expect("a page");
    assert!(page.total.is_none_or(|total| total == all.len() as u64), "{}: {:?}", subject.name, page.total);
}

/// A conversation's messages, to the last page, oldest first, without a repeat.
fn tells_history(subject: &Subject) {
    let mut told = 0;
    for conversation in subject.all().into_iter().take(6) {
        let (mut ids, mut times, mut cursor) = (Vec::new(), Vec::new(), None);
        for pages in 0.. {
            assert!(pages < 100, "{}: the history has no end", subject.name);
            let asked = PageRequest { limit: 2, cursor: cursor.take() };
            let page = subject.run(subject.adapter.messages(&conversation.id, &asked)).expect("a page");
            ids.extend(page.items.iter().map(|m| m.id.clone()));
            times.extend(page.items.iter().filter_map(|m| m.created_at.at));
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        let distinct: HashSet<_> = ids.iter().collect();
        assert_eq!(distinct.len(), ids.len(), "{}: a message comes twice", subject.name);
        assert!(times.is_sorted(), "{}: {times:?}", subject.name);
        told += ids.len();
    }
    assert!(told > 0, "{}: nobody said anything", subject.name);
}

/// Whole, in pieces where it can, with files where it can; the reply comes, in the answer or by webhook.
fn sends(subject: &Subject) {
    let conversation = subject.conversation();
    for stream in [false, true] {
        if stream && !subject.can.stream {
            continue;
        }
        let hooks = subject.receiver.requests().len();
        let outgoing = Outgoing { stream, ..message(conversation.clone(), SAID) };
        let replied = subject.send(&outgoing).unwrap_or_else(|e| panic!("{}: {e:?}", subject.name));
        match replied.text {
            Some(text) => {
                assert_eq!((text.as_str(), replied.done), (REPLY, true), "{}", subject.name);
                assert!(!stream || replied.pieces > 3, "{}: {} pieces", subject.name, replied.pieces);
            }
            None => by_webhook(subject, hooks, REPLY),
        }
    }
    if subject.can.attach {
        let upload = |name: &str, media_type: &str| Upload::File {
            name: name.to_owned(),
            media_type: media_type.to_owned(),
            content: bytes::Bytes::from_static(b"\x89PNG \x00\xff\r\n--boundary"),
        };
        let attach = vec![upload("dot.png", "image/png"), upload("a \"b\" é.pdf", "application/pdf")];
        let before = subject.ledger().len();
        let outgoing = Outgoing { attach, ..message(conversation.clone(), "look") };
        subject.send(&outgoing).unwrap_or_else(|e| panic!("{}: {e:?}", subject.name));
        assert!(subject.ledger().len() > before, "{}", subject.name);
    }
    if subject.can.is_bot {
        answers_directly(subject);
    }
}

/// Waits for a webhook of the platform's that says this, verified and read by the adapter.
#[track_caller]
fn by_webhook(subject: &Subject, from: usize, said: &str) {
    assert!(subject.can.webhook, "{}: who answers later posts webhooks", subject.name);
    let says = |request: &crate::support::origin::Request| {
        let delivery = subject.delivery(request);
        let trust = subject.adapter.verify(&delivery, Timestamp::now()).expect("it is the platform's");
        assert!(trust != Trust::Unverified, "{}: the sandbox signs what can be signed", subject.name);
        let reception = subject.adapter.receive(&delivery).expect("it can be read");
        let text = |m: &Meaning| matches!(m, Meaning::Message { message, .. } if message.text == said);
        reception.inbound.iter().any(|i| text(&i.meaning))
    };
    subject.receiver.wait_until("the reply", |requests| requests[from..].iter().any(says));
}

/// A reply token is used while it lives, once; one past its life never leaves this machine.
fn answers_directly(subject: &Subject) {
    let conversation = subject.conversation();
    let from = subject.receiver.requests().len();
    subject.send(&message(conversation.clone(), "/echo a token, please")).expect("it is taken");
    by_webhook(subject, from, "a token, please");
    let delivery = subject.delivery(&subject.receiver.requests()[from]);
    let reception = subject.adapter.receive(&delivery).expect("it can be read");
    let Some(Meaning::Message { reply: Some(reply), .. }) = reception.inbound.into_iter().next().map(|i| i.meaning)
    else {
        panic!("{}: no way to answer", subject.name);
    };
    assert!(reply.expires > Timestamp::now() && reply.expires < delivery.at.plus_millis(60_001));
    let tokens = || subject.ledger().iter().filter(|r| r.to_string().contains(&reply.token)).count();
    let past = ReplyHandle { expires: Timestamp::now().plus_millis(-1), ..reply.clone() };
    let sent = |reply: &ReplyHandle| {
        let outgoing = Outgoing { reply: Some(reply.clone()), ..message(conversation.clone(), "/silent") };
        let sent = subject.run(subject.adapter.send(&outgoing)).expect("it is taken");
        (sent.via, tokens())
    };
    assert_eq!(sent(&past), (Some("push"), 0), "{}", subject.name);
    assert_eq!(sent(&reply), (Some("reply"), 1), "{}", subject.name);
    // A replay of the program's own brings no way to answer.
    let replayed = patchcord::domain::Delivery { replay: true, ..delivery };
    let reception = subject.adapter.receive(&replayed).expect("it can be read");
    assert!(matches!(&reception.inbound[0].meaning, Meaning::Message { reply: None, .. }), "{}", subject.name);
}

fn knows_people(subject: &Subject) {
    let adapter = &subject.adapter;
    let found = subject.run(adapter.find_people("tom.baker")).expect("people");
    assert_eq!((found.len(), found[0].username.as_str()), (1, "tom.baker"));
    assert_eq!(subject.run(adapter.find_people("nobody at all & =?")).expect("people"), Vec::new());
    let group = subject.run(adapter.create_group("Night \"shift\" é", &[found[0].id.clone()])).expect("a group");
    let topic = subject.run(adapter.create_topic(&group.id, "Keys")).expect("a topic");
    assert_eq!((topic.group.as_str(), topic.name.as_str()), (group.id.as_str(), "Keys"));
    let place = ConversationId::new(format!("g:{}:{}", group.id, topic.id));
    let from = subject.receiver.requests().len();
    subject.send(&message(Some(place), SAID)).expect("it is taken");
    by_webhook(subject, from, REPLY);
}

#[test]
fn what_it_cannot_do_is_refused_and_nothing_leaves() {
    for subject in subjects() {
        let (can, adapter) = (subject.can, subject.adapter.clone());
        let conversation = ConversationId::new("u:5f3a1c20b4e8d70017a90001");
        let page = PageRequest { limit: 5, cursor: None };
        let mut refused = 0;
        let mut check = |able: bool, what: &str, call: &dyn Fn() -> Result<(), patchcord::platform::CallError>| {
            if !able {
                cannot(&subject, what, call());
                refused += 1;
            }
        };
        check(can.start, "start", &|| subject.run(adapter.start()).map(drop));
        let outgoing = message(Some(conversation.clone()), "hello");
        check(can.send, "send", &|| subject.run(adapter.send(&outgoing)).map(drop));
        let attach = vec![Upload::Url("https://cdn.example/a.png".to_owned())];
        let with_file = Outgoing { attach, ..outgoing.clone() };
        check(can.attach, "attach", &|| subject.run(adapter.send(&with_file)).map(drop));
        check(can.list, "list", &|| subject.run(adapter.list(&ListRequest::from(page.clone()))).map(drop));
        check(can.history, "messages", &|| subject.run(adapter.messages(&conversation, &page)).map(drop));
        check(can.people, "find people", &|| subject.run(adapter.find_people("mali.s")).map(drop));
        check(can.people, "create a group", &|| subject.run(adapter.create_group("g", &[])).map(drop));
        check(can.people, "create a topic", &|| subject.run(adapter.create_topic("g", "t")).map(drop));
        let link = format!("{}/ingest/a", subject.sandbox.base_url());
        let asked =
            request(subject.channel.name.clone(), Trust::Verified, Some(link), Timestamp::now().plus_millis(60_000));
        check(can.requests, "answer", &|| subject.run(adapter.answer(&asked, "{}")));
        // Without data sources there is nothing that could be asked for one.
        assert_eq!(can.sources, adapter.sources().is_some(), "{}", subject.name);
        refused += usize::from(!can.sources);
        assert_eq!(subject.ledger(), Vec::<serde_json::Value>::new(), "{}: something left", subject.name);
        assert!(refused > 0, "{}: it can do everything", subject.name);
        assert_eq!(can.webhook, adapter.sample(Timestamp::now()).is_some(), "{}", subject.name);
        println!("PASS refusals {} n={refused}", subject.name);
    }
}
