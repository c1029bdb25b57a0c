//! What goes out: pushed or in reply, with what is attached, and what each answer means.

use super::*;

#[tokio::test]
async fn each_status_means_what_it_should_for_a_message() {
    let table = [
        ("400 Bad Request", Outcome::Refused, Kind::Invalid),
        ("403 Forbidden", Outcome::Refused, Kind::Unauthorized),
        ("404 Not Found", Outcome::Refused, Kind::NotFound),
        ("409 Conflict", Outcome::Refused, Kind::Failed),
        ("413 Too Large", Outcome::Refused, Kind::Failed),
        ("418 Teapot", Outcome::Refused, Kind::Failed),
        ("429 Too Many", Outcome::Busy { retry_after_ms: None }, Kind::RateLimited),
        ("500 Internal", Outcome::Unknown, Kind::Platform),
        ("503 Unavailable", Outcome::Unknown, Kind::Platform),
    ];
    for (status, outcome, kind) in table {
        let (server, adapter) = serve(vec![token("t0k"), json(status, r#"{"message":"because t0k"}"#)]).await;
        let error = adapter.send(&outgoing("u:u1", "hi")).await.err().unwrap();
        is(&error, outcome, kind);
        assert!(error.failure.message.ends_with(": because [secret]"), "{error}");
        assert_eq!(server.requests().len(), 2);
    }
    // Nobody documents the body of an error: plain text was seen.
    for (body, said) in [("no such t0k,\nAnn", ": no such [secret], Ann"), ("<p>no</p>", "(400)"), ("", "(400)")] {
        let (_server, adapter) = serve(vec![token("t0k"), Step::response("400 Bad", "text/plain", body)]).await;
        let error = adapter.send(&outgoing("u:u1", "hi")).await.err().unwrap();
        assert!(error.failure.message.ends_with(said), "{error}");
    }
    for fault in [Step::Reset, Step::Close] {
        let (server, adapter) = serve(vec![token("t"), vec![fault]]).await;
        is(&adapter.send(&outgoing("u:u1", "hi")).await.err().unwrap(), Outcome::Unknown, Kind::UnknownDelivery);
        assert_eq!(server.requests().len(), 2);
    }
    let table = [
        ("", true),
        ("{}", true),
        ("{\"status\":\"success\",\"message\":{\"id\":\"m\"}}", true),
        ("{\"status\":\"OK\"}", true),
        ("{\"status\":200}", true),
        ("{\"status\":\"error\"}", false),
        ("{\"status\":500}", false),
        ("{\"error\":\"no\"}", false),
        ("<html>", false),
        ("{\"status\":", false),
    ];
    for (answer, good) in table {
        let (_server, adapter) = serve(vec![token("t"), json("200 OK", answer)]).await;
        let sent = adapter.send(&outgoing("u:u1", "hi")).await;
        assert_eq!(sent.is_ok(), good, "{answer}");
        let error = sent.err().map(|error| error.outcome);
        assert!(error.is_none_or(|o| matches!(o, Outcome::Unknown | Outcome::Accepted)), "{answer}");
    }
}

#[tokio::test]
async fn a_message_is_pushed_to_a_person_or_a_topic() {
    let files = vec![file("é\".png", "image/png", "PNG"), file("b.pdf", "application/pdf", "PDF")];
    let table = [
        (
            "u:u%3A1",
            r#"{"uid":"u:1","message":{"type":"text","data":"hi \"é\""}}"#,
            vec![part("uid", "u:1")],
            "direct",
        ),
        (
            "g:g1:",
            r#"{"gid":"g1","tid":"","message":{"type":"text","data":"hi \"é\""}}"#,
            vec![part("gid", "g1"), part("tid", "")],
            "group",
        ),
    ];
    for (conversation, text, fields, whom) in table {
        let (server, adapter) = serve(vec![token("t"), success(), json("200 OK", ""), success()]).await;
        let message = Outgoing { attach: files.clone(), ..outgoing(conversation, "hi \"é\"") };
        let sent = adapter.send(&message).await.unwrap();
        assert!(matches!(sent.answer, ReplyMode::Later) && sent.via == Some("push"));
        assert_eq!(sent.conversation.unwrap().as_str(), conversation);
        let expected: Vec<_> =
            ["message", "picture", "file"].iter().map(|what| format!("POST /bot/v1/{whom}/{what}")).collect();
        assert_eq!(lines(&server)[1..], expected);
        let requests = server.requests();
        assert!(requests[1].contains("content-type: application/json\r\n"));
        assert_eq!(body(&requests[1]), text);
        let multipart = format!("content-type: multipart/form-data; boundary={BOUNDARY}\r\n");
        assert!(requests[2].contains(&multipart) && requests[3].contains(&multipart));
        let with = |file: String| form(&[fields.clone(), vec![file]].concat());
        assert_eq!(body(&requests[2]), with(file_part("é%22.png", "image/png", "PNG")));
        assert_eq!(body(&requests[3]), with(file_part("b.pdf", "application/pdf", "PDF")));
    }
}

#[tokio::test]
async fn a_living_reply_token_answers_and_what_follows_is_pushed() {
    let (server, adapter) = serve(vec![token("t"), json("200 OK", ""), success()]).await;
    let message = Outgoing { attach: vec![file("a.png", "image/png", "P")], ..answering("u:u1", "hi", NOW + 1) };
    assert_eq!(adapter.send(&message).await.unwrap().via, Some("reply"));
    assert_eq!(lines(&server)[1..], ["POST /bot/v1/message/text", "POST /bot/v1/direct/picture"]);
    assert_eq!(body(&server.requests()[1]), form(&[part("message", "hi"), part("replyToken", "rt-1")]));

    let (server, adapter) = serve(vec![token("t"), json("200 OK", "")]).await;
    let message = Outgoing { attach: vec![file("a.png", "image/png", "P")], ..answering("u:u1", " ", NOW + 1) };
    assert_eq!(adapter.send(&message).await.unwrap().via, Some("reply"));
    let picture = form(&[part("replyToken", "rt-1"), file_part("a.png", "image/png", "P")]);
    assert_eq!(
        (lines(&server)[1].as_str(), body(&server.requests()[1])),
        ("POST /bot/v1/message/picture", &*picture)
    );

    let (server, adapter) = serve(vec![token("t"), json("200 OK", "")]).await;
    let choices = vec!["Yes".to_owned(), "No".to_owned()];
    let message = Outgoing { quick_replies: choices, ..answering("g:g:t", "ok?", NOW + 1) };
    assert_eq!(adapter.send(&message).await.unwrap().via, Some("reply"));
    assert_eq!(lines(&server)[1], "POST /bot/v1/message/quickreply");
    let expected = concat!(
        r#"{"replyToken":"rt-1","message":{"data":"ok?","meta":{"quickreply":{"template":"default","items":["#,
        r#"{"type":"label","value":"Yes","data":{"text":"Yes"}},{"type":"label","value":"No","data":{"text":"No"}}"#,
        "]}}}}"
    );
    assert_eq!(body(&server.requests()[1]), expected);

    // There is no direct answer with a file.
    let (server, adapter) = serve(vec![token("t"), success()]).await;
    let message = Outgoing { attach: vec![file("b.pdf", "text/plain", "P")], ..answering("u:u1", "", NOW + 1) };
    assert_eq!(adapter.send(&message).await.unwrap().via, Some("push"));
    assert_eq!(lines(&server)[1..], ["POST /bot/v1/direct/file"]);
}

#[tokio::test]
async fn a_reply_token_past_its_life_is_never_used() {
    for expires in [NOW, NOW - 1, 0] {
        let (server, adapter) = serve(vec![token("t"), success()]).await;
        assert_eq!(adapter.send(&answering("u:u1", "hi", expires)).await.unwrap().via, Some("push"));
        assert_eq!(lines(&server)[1..], ["POST /bot/v1/direct/message"]);
    }
}

#[tokio::test]
async fn a_refused_reply_token_is_made_up_for_by_a_push() {
    for status in ["400 Bad", "404 None", "410 Gone"] {
        let (server, adapter) = serve(vec![token("t"), json(status, ""), success()]).await;
        assert_eq!(adapter.send(&answering("u:u1", "hi", NOW + 1)).await.unwrap().via, Some("push"));
        assert_eq!(lines(&server)[1..], ["POST /bot/v1/message/text", "POST /bot/v1/direct/message"]);
        let (server, adapter) = serve(vec![token("t"), json(status, "")]).await;
        let message = Outgoing { quick_replies: vec!["a".to_owned()], ..answering("u:u1", "hi", NOW + 1) };
        let error = adapter.send(&message).await.err().unwrap();
        assert_eq!((error.outcome, server.requests().len()), (Outcome::Refused, 2));
        assert!(error.failure.hint.unwrap().contains("without answers"));
    }
    let table = [("500 Internal", Outcome::Unknown), ("403 No", Outcome::Refused)];
    for (status, outcome) in table {
        let (server, adapter) = serve(vec![token("t"), json(status, "")]).await;
        let error = adapter.send(&answering("u:u1", "hi", NOW + 1)).await.err().unwrap();
        assert_eq!((error.outcome, server.requests().len()), (outcome, 2), "{status}");
    }
}

#[tokio::test]
async fn what_went_through_and_what_did_not_is_told() {
    let message = Outgoing {
        attach: vec![file("a.png", "image/png", "P"), file("b.pdf", "text/plain", "P")],
        ..outgoing("u:u1", "hi")
    };
    let partial_failure = async |script: Vec<Vec<Step>>| {
        let (server, adapter) = serve([vec![token("t")], script].concat()).await;
        let error = adapter.send(&message).await.err().unwrap();
        (error, server.requests().len() - 1)
    };
    let table = [
        (
            vec![success(), json("413 Too Large", "")],
            "the text was sent; the file a.png was not; the file b.pdf was not tried (",
        ),
        (
            vec![success(), success(), json("429 Busy", "")],
            "the text and the file a.png were sent; the file b.pdf was not (",
        ),
        (
            vec![success(), json("500 Internal", "")],
            "the text was sent; whether the file a.png was sent is not known; the file b.pdf was not tried (",
        ),
        (
            vec![vec![Step::Reset]],
            "whether the text was sent is not known; the file a.png and the file b.pdf were not tried (",
        ),
        (
            vec![success(), success(), json("200 OK", "<html>")],
            "the text and the file a.png were sent; the file b.pdf was taken, but its answer can't be read (",
        ),
    ];
    for (script, expected) in table {
        let calls = script.len();
        let (error, made) = partial_failure(script).await;
        is(&error, Outcome::Unknown, Kind::UnknownDelivery);
        assert!(error.failure.message.starts_with(expected), "{error}");
        assert_eq!(made, calls);
    }
    // Nothing went through: this is a plain refusal.
    let (error, made) = partial_failure(vec![json("400 Bad", "")]).await;
    is(&error, Outcome::Refused, Kind::Invalid);
    assert_eq!(made, 1);
}

#[tokio::test]
async fn what_can_not_go_out_is_refused_before_anything_does() {
    let (server, adapter) = serve(vec![]).await;
    let url = Outgoing { attach: vec![Upload::Url("https://x".to_owned())], ..outgoing("u:u1", "hi") };
    let table = [
        (Outgoing { conversation: None, ..outgoing("u:u1", "hi") }, "people write first"),
        (outgoing("conv_1", "hi"), "no conversation of the channel frontline"),
        (outgoing("u:a:b", "hi"), "no conversation of the channel"),
        (outgoing("u:u1", " \n"), "nothing to send"),
        (Outgoing { quick_replies: vec!["a".to_owned()], ..outgoing("u:u1", "") }, "need a text"),
        (url, "files only"),
    ];
    for (message, why) in table {
        let error = adapter.send(&message).await.err().unwrap();
        is(&error, Outcome::Refused, Kind::Invalid);
        assert!(error.failure.message.contains(why), "{error}");
    }
    assert!(server.requests().is_empty());
    let (server, adapter) = serve(vec![token("t")]).await;
    let message = Outgoing { quick_replies: vec!["a".to_owned()], ..outgoing("u:u1", "hi") };
    is(&adapter.send(&message).await.err().unwrap(), Outcome::Refused, Kind::Invalid);
    assert_eq!(server.requests().len(), 1);
}
