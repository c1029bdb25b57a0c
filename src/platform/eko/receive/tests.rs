//! Webhooks of Eko's in every shape that was found, and in none.

use bytes::Bytes;
use proptest::prelude::*;
use serde_json::json;

use super::super::super::hostile;
use super::*;
use crate::domain::{ChannelName, Timestamp};

const AT: i64 = 1_700_000_000_000;

fn delivery(body: impl Into<Bytes>) -> Delivery {
    Delivery {
        channel: ChannelName::new("frontline"),
        at: Timestamp::from_millis(AT),
        url: "http://127.0.0.1:8787/hooks/frontline".to_owned(),
        headers: Vec::new(),
        body: body.into(),
        replay: false,
    }
}

fn received(delivery: &Delivery) -> Result<Reception, Rejection> {
    read(delivery, &Address::parse("https://acme-h1.ekoapp.com").unwrap())
}

fn events(events: &Value) -> Vec<Inbound> {
    received(&delivery(json!({"events": events}).to_string())).unwrap().inbound
}

fn one(event: &Value) -> Inbound {
    events(&json!([event])).pop().unwrap()
}

fn message(event: &Value) -> (String, String, Message, Option<ReplyHandle>) {
    match one(event).meaning {
        Meaning::Message { conversation, title, message, reply } => {
            (conversation.as_str().to_owned(), title, message, reply)
        }
        other => panic!("{other:?}"),
    }
}

fn conversation(mut event: Value) -> String {
    event["type"] = json!("message");
    message(&event).0
}

#[test]
fn a_join_opens_a_conversation() {
    let inbound = one(&json!({
        "replyToken": "rt-1", "type": "join", "source": {"type": "direct_chat", "uid": "u1"},
        "timestamp": 1_542_958_170_123_i64,
    }));
    assert!(inbound.key.starts_with("001542958170123-") && inbound.key.len() == 48, "{}", inbound.key);
    let Meaning::Joined { conversation, title, at, reply } = inbound.meaning else { panic!("{inbound:?}") };
    assert_eq!((conversation.as_str(), &*title), ("u:u1", "u1"));
    assert_eq!(at.at, Some(Timestamp::from_millis(1_542_958_170_123)));
    let expires = Timestamp::from_millis(AT + 50_000);
    assert_eq!(reply, Some(ReplyHandle { token: "rt-1".to_owned(), expires }));
}

#[test]
fn a_message_has_its_author_its_words_and_a_key_that_grows() {
    let event = json!({
        "replyToken": "rt-2", "type": "message",
        "source": {"type": "user", "userId": "u:1", "username": "ann"},
        "message": {"id": "m1", "type": "text", "text": "hello"},
        "timestamp": "2018-11-23T07:29:30.123Z",
    });
    assert_eq!(one(&event).key, "001542958170123-m1");
    let (conversation, title, message, reply) = message(&event);
    assert_eq!((&*conversation, &*title, reply.unwrap().token.as_str()), ("u:u%3A1", "ann", "rt-2"));
    assert_eq!((message.id.as_str(), &message.role, &*message.text), ("m1", &Role::User, "hello"));
    assert_eq!(message.extras, Extras { author: Some("ann".to_owned()), ..Extras::default() });
    assert_eq!(message.created_at.raw, "2018-11-23T07:29:30.123Z");
    // What the program posts again itself answers to nobody: the token's life is long over.
    let mut again = delivery(json!({"events": [event]}).to_string());
    again.replay = true;
    let Meaning::Message { reply, .. } = received(&again).unwrap().inbound.pop().unwrap().meaning else { panic!() };
    assert_eq!(reply, None);
}

#[test]
fn a_topic_decides_where_a_message_belongs_and_no_word_for_it() {
    let user = json!({"type": "user", "userId": "u1", "username": "ann"});
    let table = [
        (json!({"source": user, "message": {"groupId": "g", "topicId": "t", "groupType": "direct_chat"}}), "g:g:t"),
        (
            json!({"source": {"type": "direct_chat", "uid": "u1"}, "message": {"groupId": "g", "topicId": "t"}}),
            "g:g:t",
        ),
        (json!({"source": {"type": "user", "userId": "u1", "gid": "g"}, "message": {"topicId": 7}}), "g:g:7"),
        (json!({"source": {"type": "user", "userId": "u1", "gid": "g", "tid": "t:"}, "message": {}}), "g:g:t%3A"),
        (json!({"source": user, "message": {"groupId": "g"}}), "g:g:"),
        (json!({"source": {"type": "direct_chat", "uid": "u1", "gid": "g"}, "message": {}}), "u:u1"),
        (json!({"source": user, "message": {"groupId": "", "topicId": null, "groupType": "group"}}), "u:u1"),
        (json!({"source": {"uid": 17}, "message": {"topicId": "t"}}), "u:17"),
    ];
    for (event, expected) in table {
        assert_eq!(conversation(event.clone()), expected, "{event}");
    }
    let event = json!({"type": "message", "source": user, "message": {"groupId": "g", "topicId": "t"}});
    assert_eq!(message(&event).1, "group g");
}

#[test]
fn what_has_no_words_is_told_in_a_line_and_linked_where_an_id_is_known() {
    let table = [
        (json!({"type": "picture", "fileName": "a.png", "pictureId": "p/1"}), "[picture a.png]", Some("p%2F1")),
        (json!({"type": "picture", "picture": {"_id": "p2"}}), "[picture]", Some("p2")),
        (json!({"type": "file", "fileName": "b.pdf", "file": {"id": 3}}), "[file b.pdf]", Some("3")),
        (json!({"type": "file", "name": "b.pdf", "text": "see"}), "[file b.pdf]\nsee", None),
        (json!({"type": "sticker", "packageId": 1, "stickerId": "s"}), "[sticker 1/s]", None),
        (json!({"type": "sticker"}), "[sticker]", None),
        (json!({"type": "voice"}), "[voice]", None),
        (json!({"type": "picture", "pictureId": ".."}), "[picture]", None),
        (json!({"text": "plain"}), "plain", None),
        (json!({"type": "text", "text": null}), "", None),
    ];
    for (part, text, id) in table {
        let (_, _, message, _) = message(&json!({"type": "message", "source": {"uid": "u"}, "message": part}));
        assert_eq!(message.text, text, "{part}");
        let url = id.map(|id| format!("https://acme-h1.ekoapp.com/file/view/{id}?size=large"));
        assert_eq!(message.extras.attachments.first().map(|a| a.url.clone()), url, "{part}");
    }
}

#[test]
fn what_is_not_known_is_kept_as_an_event_and_the_same_event_has_the_same_key() {
    let event = json!({"type": "leave", "source": {"uid": "u"}, "timestamp": 5});
    let [first, second] = [one(&event), one(&event)];
    assert_eq!(first, second);
    assert!(first.key.starts_with("000000000000005-"), "{}", first.key);
    let conversation = Some(EkoConversation::User("u".to_owned()).id());
    let meaning = Meaning::Event { conversation, kind: "leave".to_owned(), details: Vec::new() };
    assert_eq!(first.meaning, meaning);
    for event in [
        json!({}),
        json!({"type": "message"}),
        json!({"type": "message", "message": {"id": "m"}}),
        json!({"type": "message", "source": {"uid": "u"}}),
        json!({"type": "join", "source": {}}),
    ] {
        let inbound = one(&event);
        assert!(matches!(inbound.meaning, Meaning::Event { .. }), "{event}");
        assert!(!inbound.key.is_empty());
    }
    assert_ne!(one(&json!({"type": "a"})).key, one(&json!({"type": "b"})).key);
}

#[test]
fn several_events_are_told_in_their_order() {
    let event = |id: &str, text: &str| json!({"type": "message", "source": {"uid": "u"}, "message": {"id": id, "text": text}, "timestamp": 7});
    let body = json!({"events": [event("m1", "one\ntwo"), event("m2", "three")]}).to_string();
    let reception = received(&delivery(body)).unwrap();
    let keys: Vec<_> = reception.inbound.iter().map(|i| i.key.as_str()).collect();
    assert_eq!(keys, ["000000000000007-m1", "000000000000007-m2"]);
    assert_eq!((&*reception.summary, reception.ack), ("one two (+1)", Ack::Ok));
    let nothing = received(&delivery("{\"events\":[]}")).unwrap();
    assert_eq!((nothing.inbound.len(), &*nothing.summary), (0, "no events"));
}

#[test]
fn one_event_that_cannot_be_read_costs_no_other() {
    let body = "{\"events\":[null,{\"type\":\"message\",\"source\":{\"uid\":\"u\",\"username\":7},\"message\":{\"id\":98765432109876543210987,\
                \"type\":\"text\",\"text\":\"half \\ud83d\"},\"timestamp\":NaN}]}";
    let reception = received(&delivery(Bytes::from_static(body.as_bytes()))).unwrap();
    let [Inbound { meaning: Meaning::Message { message, .. }, .. }] = reception.inbound.as_slice() else {
        panic!("{reception:?}")
    };
    assert_eq!((message.id.as_str(), message.text.as_str()), ("98765432109876543210987", "half \u{FFFD}"));
    assert_eq!((message.created_at.raw.as_str(), reception.summary.as_str()), ("NaN", "half \u{FFFD} [3 damaged]"));
}

#[test]
fn what_is_no_list_of_events_is_refused_and_its_field_named() {
    let table: [(&[u8], &str); 8] = [
        (b"", "an empty body where an object should be"),
        (b"[]", "JSON that is no object where an object should be"),
        (b"{", "cut JSON where an object should be"),
        (b"<p>", "an HTML page where an object should be"),
        (b"{}", "events is missing or no array"),
        (b"{\"events\":null}", "events is missing or no array"),
        (b"{\"events\":{\"s3cret\":1}}", "events is missing or no array"),
        (b"{\"events\":[null,\"s3cret\"]}", "none of events is an object"),
    ];
    for (body, reason) in table {
        let rejection = received(&delivery(Bytes::copy_from_slice(body))).unwrap_err();
        assert_eq!((rejection.status, rejection.reason.as_str()), (400, reason));
    }
}

const NAMES: &[&str] = &[
    "events",
    "type",
    "source",
    "message",
    "timestamp",
    "replyToken",
    "uid",
    "userId",
    "gid",
    "tid",
    "groupId",
    "topicId",
    "id",
    "text",
    "fileName",
    "picture",
    "pictureId",
    "username",
    "stickerId",
];
const WORDS: &[&str] =
    &["message", "join", "text", "picture", "sticker", "direct_chat", "u1", "2018-11-23T07:29:30Z"];

proptest! {
    #[test]
    fn no_body_is_too_much(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        drop(received(&delivery(bytes)));
    }

    #[test]
    fn no_event_is_too_much(list in proptest::collection::vec(hostile::json(NAMES, WORDS), 0..4), cut in any::<u16>()) {
        let body = json!({"events": list}).to_string();
        if let Ok(reception) = received(&delivery(body.clone())) {
            let objects = list.iter().filter(|event| event.is_object()).count();
            prop_assert_eq!(reception.inbound.len(), objects);
            prop_assert!(reception.inbound.iter().all(|inbound| !inbound.key.is_empty()));
            prop_assert!(!reception.summary.contains('\n'));
        }
        drop(received(&delivery(body.as_bytes()[..usize::from(cut) % body.len()].to_vec())));
    }
}
