//! Whatever goes wrong with a call, its outcome says truly whether it may have had an effect.

use std::time::{Duration, Instant};

use patchcord::domain::{ConversationId, Kind, PageRequest};
use patchcord::platform::{CallError, ListRequest, Outcome, Outgoing};
use serde_json::{Value, json};

use crate::sources::{self, Eleven};
use crate::support::origin::{Origin, Script};
use crate::{Replied, Subject, message, open, subjects};

/// What a call is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// It must not happen twice.
    Message,
    /// Twice would be harmless.
    Open,
    /// It changes what can be read back.
    Write,
    Read,
}

/// A call of an adapter's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Call {
    Send,
    Stream,
    Start,
    List,
    Messages,
    People,
    Group,
    Answer,
    Source(Eleven),
}

const CALLS: [(Call, Purpose); 19] = [
    (Call::Send, Purpose::Message),
    (Call::Stream, Purpose::Message),
    (Call::Start, Purpose::Open),
    (Call::List, Purpose::Read),
    (Call::Messages, Purpose::Read),
    (Call::People, Purpose::Read),
    (Call::Group, Purpose::Open),
    (Call::Answer, Purpose::Message),
    (Call::Source(Eleven::List), Purpose::Read),
    (Call::Source(Eleven::Create), Purpose::Write),
    (Call::Source(Eleven::Get), Purpose::Read),
    (Call::Source(Eleven::SetInterval), Purpose::Write),
    (Call::Source(Eleven::Delete), Purpose::Write),
    (Call::Source(Eleven::Sync), Purpose::Write),
    (Call::Source(Eleven::Rows), Purpose::Read),
    (Call::Source(Eleven::Row), Purpose::Read),
    (Call::Source(Eleven::AddRows), Purpose::Write),
    (Call::Source(Eleven::UpdateRows), Purpose::Write),
    (Call::Source(Eleven::DeleteRows), Purpose::Write),
];

/// All paths but the one where Eko's access comes from.
const PATHS: &str = "^/(api|klaunch|conversations|bot|ingest)";

impl Call {
    fn is_claimed(self, subject: &Subject) -> bool {
        let can = subject.can;
        match self {
            Self::Send => can.send,
            Self::Stream => can.send && can.stream,
            Self::Start => can.start,
            Self::List => can.list,
            Self::Messages => can.history,
            Self::People | Self::Group => can.people,
            Self::Answer => can.requests,
            Self::Source(_) => can.sources,
        }
    }

    /// Makes it once; `arrange` is called when all that it needs is there.
    fn make(
        self,
        subject: &Subject,
        known: Option<&ConversationId>,
        arrange: &dyn Fn(),
    ) -> Result<Option<Replied>, CallError> {
        let (adapter, page) = (&subject.adapter, PageRequest { limit: 5, cursor: None });
        let asked = (self == Self::Answer).then(|| subject.asked());
        let place = if let Self::Source(call) = self { Some(sources::place(subject, call)) } else { None };
        arrange();
        match self {
            Self::Send | Self::Stream => {
                let outgoing =
                    Outgoing { stream: self == Self::Stream, ..message(known.cloned(), "/echo one two three four") };
                return subject.send(&outgoing).map(Some);
            }
            Self::Start => subject.run(adapter.start()).map(drop),
            Self::List => subject.run(adapter.list(&ListRequest::from(page))).map(drop),
            Self::Messages => subject.run(adapter.messages(known.expect("a conversation"), &page)).map(drop),
            Self::People => subject.run(adapter.find_people("mali.s")).map(drop),
            Self::Group => {
                let person = ["5f3a1c20b4e8d70017a90001".to_owned()];
                subject.run(adapter.create_group("g", &person)).map(drop)
            }
            Self::Answer => subject.run(adapter.answer(&asked.expect("a request"), "{}")),
            Self::Source(call) => sources::make(subject, call, &place.expect("a row")),
        }
        .map(|()| None)
    }
}

/// Every call of every adapter, once, with what is needed there.
fn each(check: impl Fn(&Subject, Call, Purpose, Option<&ConversationId>)) {
    for subject in subjects() {
        let known = subject.can.send.then(|| subject.conversation()).flatten();
        for (call, purpose) in CALLS.into_iter().filter(|(call, _)| call.is_claimed(&subject)) {
            let fine = call.make(&subject, known.as_ref(), &|| ());
            fine.unwrap_or_else(|e| panic!("{} {call:?}: {e:?}", subject.name));
            check(&subject, call, purpose, known.as_ref());
        }
        subject.expect_well_formed();
    }
}

/// Makes a call with a fault in its way; what came of it, and how many requests it made beside those for access.
fn faulted(
    subject: &Subject,
    call: Call,
    known: Option<&ConversationId>,
    status: &Value,
    more: &Value,
) -> (Result<Option<Replied>, CallError>, Vec<Value>) {
    let before = std::cell::Cell::new(0);
    let came = call.make(subject, known, &|| {
        subject.fault(PATHS, status, more.clone());
        before.set(subject.ledger().len());
    });
    let made = subject.ledger().split_off(before.get());
    if let Err(error) = &came {
        subject.keeps_secrets(error);
        assert!(!error.failure.message.is_empty() && error.failure.message.len() < 600, "{error:?}");
    }
    let own = |row: &Value| !row["path"].as_str().is_some_and(|path| path.contains("oauth"));
    (came, made.into_iter().filter(own).collect())
}

/// The two halves of a verdict.
#[track_caller]
fn expect(
    subject: &Subject,
    call: Call,
    what: &str,
    came: Result<Option<Replied>, CallError>,
    outcome: Outcome,
    kind: Kind,
) {
    let Err(error) = came else { panic!("{} {call:?} under {what}: it worked", subject.name) };
    assert_eq!(
        (error.outcome, error.failure.kind),
        (outcome, kind),
        "{} {call:?} under {what}: {error:?}",
        subject.name
    );
}

#[test]
fn every_status_means_what_it_means() {
    let refused = [
        (400, Kind::Invalid),
        (403, Kind::Unauthorized),
        (404, Kind::NotFound),
        (409, Kind::Failed),
        (418, Kind::Failed),
        (422, Kind::Failed),
    ];
    each(|subject, call, purpose, known| {
        for (status, kind) in refused {
            let (came, made) = faulted(subject, call, known, &json!(status), &json!({}));
            assert_eq!(made.len(), 1, "{} {call:?} under {status}: {made:?}", subject.name);
            expect(subject, call, &status.to_string(), came, Outcome::Refused, kind);
        }
        // Where access can be had anew, that is tried once, since what was refused was not processed.
        let (came, made) = faulted(subject, call, known, &json!(401), &json!({}));
        if came.is_ok() {
            assert_eq!(made.len(), 2, "{} {call:?}: {made:?}", subject.name);
            let (came, made) = faulted(subject, call, known, &json!(401), &json!({"times": 2}));
            assert_eq!(made.len(), 2, "{} {call:?}: {made:?}", subject.name);
            expect(subject, call, "401 twice", came, Outcome::Refused, Kind::Unauthorized);
        } else {
            assert_eq!(made.len(), 1, "{} {call:?}: {made:?}", subject.name);
            expect(subject, call, "401", came, Outcome::Refused, Kind::Unauthorized);
        }
        let wait = json!({"headers": {"Retry-After": "7"}});
        let (came, made) = faulted(subject, call, known, &json!(429), &wait);
        assert_eq!(made.len(), 1, "{} {call:?}", subject.name);
        expect(subject, call, "429", came, Outcome::Busy { retry_after_ms: Some(7_000) }, Kind::RateLimited);
        for status in [500, 502, 503, 504] {
            let (came, made) = faulted(subject, call, known, &json!(status), &wait);
            assert_eq!(made.len(), 1, "{} {call:?}: the adapter repeats nothing", subject.name);
            let retry_after_ms = Some(7_000);
            let outcome = match (purpose, status) {
                (Purpose::Read, 503) => Outcome::Busy { retry_after_ms },
                (Purpose::Read, _) => Outcome::Passing { retry_after_ms },
                _ => Outcome::Unknown,
            };
            expect(subject, call, &status.to_string(), came, outcome, Kind::Platform);
        }
    });
}

#[test]
fn a_redirect_is_not_followed() {
    let elsewhere = Origin::start(|_| Script::json(200, &json!({})));
    each(|subject, call, _, known| {
        for status in [301, 302, 303, 307, 308] {
            let target = json!({"headers": {"Location": format!("{}/x", elsewhere.url())}});
            let (came, made) = faulted(subject, call, known, &json!(status), &target);
            assert_eq!(made.len(), 1, "{} {call:?}", subject.name);
            expect(subject, call, &status.to_string(), came, Outcome::Refused, Kind::Platform);
        }
    });
    assert_eq!(elsewhere.connections(), 0, "a secret went elsewhere");
}

#[test]
fn what_is_no_answer_is_never_taken_for_one() {
    each(|subject, call, purpose, known| {
        let bodies = [
            ("a page", json!("html"), json!({})),
            ("nothing", json!(200), json!({"body": ""})),
            ("half JSON", json!("malformed"), json!({})),
            ("a list", json!(200), json!({"body": []})),
            ("text", json!(200), json!({"body": "OK"})),
            ("a failure", json!("error"), json!({})),
        ];
        for (what, status, more) in bodies {
            let (came, made) = faulted(subject, call, known, &status, &more);
            assert_eq!(made.len(), 1, "{} {call:?} under {what}", subject.name);
            let error = match came {
                Err(error) => error,
                Ok(replied) => {
                    // Of some answers the status alone is all. A stream leaves out what it can't read, and never says
                    // of itself that it is whole when it isn't.
                    let status_is_all = call == Call::Answer || subject.can.is_bot;
                    let streams = subject.can.stream && matches!(call, Call::Send | Call::Stream | Call::Messages);
                    let cut = replied.is_none_or(|replied| !replied.done);
                    let fine = match what {
                        "a page" => call == Call::Answer,
                        "half JSON" => status_is_all || streams,
                        "a failure" => status_is_all || (streams && cut),
                        _ => status_is_all,
                    };
                    assert!(fine, "{} {call:?} under {what}: it worked", subject.name);
                    continue;
                }
            };
            let told = format!("{} {call:?} under {what}: {error:?}", subject.name);
            assert!(!matches!(error.outcome, Outcome::NotSent | Outcome::Busy { .. }), "{told}");
            // It was, or may have been, processed; only where the platform itself says no may a read be refused.
            let may = purpose == Purpose::Read || error.outcome != Outcome::Refused;
            assert!(may, "{told}");
            assert!(matches!(error.failure.kind, Kind::Platform | Kind::Cut | Kind::UnknownDelivery), "{told}");
        }
    });
}

#[test]
fn a_connection_that_breaks_says_whether_it_may_have_arrived() {
    each(|subject, call, purpose, known| {
        let (came, made) = faulted(subject, call, known, &json!("reset"), &json!({}));
        assert_eq!(made.len(), 1, "{} {call:?}: the adapter repeats nothing", subject.name);
        let careful = matches!(purpose, Purpose::Message | Purpose::Write);
        let kind = if careful { Kind::UnknownDelivery } else { Kind::Network };
        let passing = Outcome::Passing { retry_after_ms: None };
        let outcome = if purpose == Purpose::Read { passing } else { Outcome::Unknown };
        expect(subject, call, "reset", came, outcome, kind);

        let (came, made) = faulted(subject, call, known, &json!("cut"), &json!({}));
        assert_eq!(made.len(), 1, "{} {call:?}: the adapter repeats nothing", subject.name);
        match came {
            Err(error) => {
                let told = format!("{} {call:?} under cut: {error:?}", subject.name);
                let outcomes: &[Outcome] = match purpose {
                    Purpose::Message => &[Outcome::Accepted, Outcome::Unknown],
                    Purpose::Read => &[passing],
                    _ => &[Outcome::Unknown],
                };
                assert!(outcomes.contains(&error.outcome), "{told}");
                assert!(matches!(error.failure.kind, Kind::Cut | Kind::Network | Kind::UnknownDelivery), "{told}");
            }
            // Of what was taken, the status said enough; a stream that stops says that it is not whole.
            Ok(replied) => {
                let whole = replied.is_some_and(|replied| replied.text.is_some() && replied.done);
                assert!(call == Call::Answer || !whole, "{} {call:?} under cut: it worked", subject.name);
                assert!(
                    call == Call::Answer || subject.can.is_bot || call == Call::Stream || call == Call::Messages,
                    "{} {call:?} under cut",
                    subject.name
                );
            }
        }
    });
}

#[test]
fn a_platform_that_falls_silent_is_asked_once() {
    for subject in subjects() {
        let known = subject.can.send.then(|| subject.conversation()).flatten();
        let Some((call, _)) = CALLS.into_iter().find(|(call, _)| call.is_claimed(&subject)) else { continue };
        let page = PageRequest { limit: 5, cursor: None };
        let asked = subject.can.requests.then(|| subject.asked());
        let outgoing = message(known.clone(), "/echo one two");
        let before = subject.ledger().len();
        subject.fault(PATHS, &json!("stall"), json!({}));
        let adapter = &subject.adapter;
        // The adapter's own patience is half a minute: whoever has none drops the call, and nothing is sent again.
        let asking = async {
            match (&asked, call) {
                (Some(asked), _) => adapter.answer(asked, "{}").await.map(drop),
                (None, Call::List) => adapter.list(&ListRequest::from(page)).await.map(drop),
                _ => match adapter.send(&outgoing).await?.answer {
                    patchcord::platform::ReplyMode::Stream(mut stream) => {
                        while let Some(piece) = stream.next().await {
                            piece?;
                        }
                        Ok(())
                    }
                    _ => Ok(()),
                },
            }
        };
        let mut asking = Box::pin(asking);
        let deadline = Instant::now() + Duration::from_mins(1);
        // Until it has arrived there.
        while subject.ledger().len() == before {
            assert!(Instant::now() < deadline, "{}: nothing arrived", subject.name);
            let glance = async { tokio::time::timeout(Duration::from_millis(50), &mut asking).await };
            let came = subject.run(glance);
            assert!(came.is_err(), "{}: {came:?}", subject.name);
        }
        drop(asking);
        let stalled = subject.ledger().split_off(before);
        assert_eq!(stalled.iter().filter(|row| row["fault"] == "stall").count(), 1, "{}", subject.name);
        assert_eq!(stalled.len(), 1, "{}: {stalled:?}", subject.name);
    }
}

#[test]
fn a_server_that_quotes_the_secret_is_not_quoted() {
    each(|subject, call, _, known| {
        for status in [400, 401, 403, 404, 409, 429, 500] {
            let quoted = subject.secrets.join(" and ");
            for body in [json!({"message": quoted, "error": quoted, "code": quoted}), json!(quoted)] {
                let times = if status == 401 { 2 } else { 1 };
                let (came, made) =
                    faulted(subject, call, known, &json!(status), &json!({"body": body, "times": times}));
                // What was left of the second time.
                for _ in made.len()..times {
                    match call {
                        Call::Source(_) => sources::ask(subject),
                        _ => drop(call.make(subject, known, &|| ())),
                    }
                }
                assert!(came.is_err(), "{} {call:?} under {status}", subject.name);
            }
        }
    });
}

#[test]
fn nobody_there_is_nothing_sent() {
    for subject in subjects() {
        let known = subject.can.send.then(|| subject.conversation()).flatten();
        // Without a connection of before, which might still take bytes.
        let adapter = open(&subject.channel).0;
        let Subject { sandbox, can, runtime, name, .. } = subject;
        sandbox.stop();
        let outgoing = message(known, "hello");
        let page = ListRequest::from(PageRequest { limit: 5, cursor: None });
        let mut calls: Vec<CallError> = Vec::new();
        if can.send {
            calls.extend(runtime.block_on(adapter.send(&outgoing)).err());
        }
        if can.list {
            calls.extend(runtime.block_on(adapter.list(&page)).err());
        }
        if can.start {
            calls.extend(runtime.block_on(adapter.start()).err());
        }
        let claimed = usize::from(can.send) + usize::from(can.list) + usize::from(can.start);
        assert_eq!(calls.len(), claimed, "{name}: it worked");
        for error in calls {
            assert_eq!((error.outcome, error.failure.kind), (Outcome::NotSent, Kind::Network), "{name}: {error:?}");
        }
    }
}
