//! One chunk after another, against what each says alone.

use proptest::prelude::*;

use super::super::super::stream::Wording as _;
use super::super::stream::Chunks;
use super::*;

/// What frames say one after another, but for whether anything follows.
fn read(frames: &[&str]) -> Result<Piece, Ended> {
    read_like(frames, &mut Likeness::default())
}

fn read_like(frames: &[&str], like: &mut Likeness) -> Result<Piece, Ended> {
    let mut piece = Piece::default();
    for data in frames {
        add(&Frame { event: None, data: Cow::Borrowed(data) }, &Said::default(), &mut piece, like)?;
    }
    Ok(Piece { over: false, ..piece })
}

fn piece(deltas: &[&str], done: bool, skipped: u32) -> Piece {
    let mut piece = Piece { finish: done.then_some(Finish::Stop), skipped, ..Piece::default() };
    for delta in deltas {
        piece.push(delta);
    }
    piece
}

const DELTA: &str = r#"{"id":"chatcmpl-7","object":"chat.completion.chunk","created":1685613980,"model":"gpt","choices":[{"delta":{"content":" average"},"index":0,"finish_reason":null}]}"#;

#[test]
fn the_documented_chunks_are_read() {
    let role = r#"{"choices":[{"delta":{"role":"assistant"},"index":0,"finish_reason":null}]}"#;
    let stop = r#"{"choices":[{"delta":{},"index":0,"finish_reason":"stop"}]}"#;
    assert_eq!(read(&[role, DELTA, DELTA]), Ok(piece(&[" average", " average"], false, 0)));
    assert_eq!(read(&[DELTA, stop, "[DONE]"]), Ok(piece(&[" average"], true, 0)));
    assert_eq!(read(&[" [DONE] "]), Ok(piece(&[], true, 0)));
    assert_eq!(read(&["[DONE]", DELTA]), Ok(piece(&[], true, 0)));
}

#[test]
fn the_expected_shape_is_borrowed_and_the_escaped_one_is_right() {
    let chunk: Chunk<'_> = serde_json::from_str(DELTA).unwrap();
    let Only(Some(choice)) = chunk.choices.unwrap() else { panic!("no choice") };
    assert!(matches!(choice.delta.unwrap().content.unwrap().0, Cow::Borrowed(" average")));
    let escaped = r#"{"choices":[{"delta":{"content":"a\n\"b\" \ud83d\udca5"}}]}"#;
    assert_eq!(read(&[escaped]), Ok(piece(&["a\n\"b\" \u{1F4A5}"], false, 0)));
}

#[test]
fn chunks_without_text_add_nothing() {
    for nothing in [
        "",
        "{}",
        r#"{"choices":[]}"#,
        r#"{"choices":null}"#,
        r#"{"choices":[{}]}"#,
        r#"{"choices":[{"delta":null}]}"#,
        r#"{"choices":[{"delta":{"content":null}}]}"#,
        r#"{"choices":[{"delta":{"content":""},"finish_reason":""}]}"#,
        r#"{"usage":{"total_tokens":3},"error":null,"success":true}"#,
        r#"{"error":""}"#,
        r#"{"error":false}"#,
    ] {
        assert_eq!(read(&[nothing]), Ok(Piece::default()), "{nothing}");
    }
}

#[test]
fn what_is_no_chunk_is_skipped_and_counted() {
    for bad in [
        "nonsense",
        "{",
        r#"{"choices":[{"delta":{"content":"cut"#,
        r#"{"choices":7}"#,
        r#"{"choices":["x"]}"#,
        r#"{"choices":[{"delta":{"content":7}}]}"#,
        "7",
        r#"{"choices":[{"delta":7}]}"#,
        r#"{"choices":[{"delta":{"content":[{"type":"image_url","image_url":{"url":"x"}}]}}]}"#,
        "\u{FFFD}",
        "{}trailing",
    ] {
        assert_eq!(read(&[bad, DELTA]), Ok(piece(&[" average"], false, 1)), "{bad}");
    }
    assert_eq!(read(&["broken [DONE]"]), Ok(piece(&[], true, 1)));
}

#[test]
fn only_the_first_choice_counts_and_glued_chunks_are_parted() {
    let two = r#"{"choices":[{"delta":{"content":"a"}},{"delta":{"content":"b"}}]}"#;
    assert_eq!(read(&[two]), Ok(piece(&["a"], false, 0)));
    assert_eq!(read(&[&format!("{DELTA}{DELTA}")]), Ok(piece(&[" average", " average"], false, 0)));
    assert_eq!(read(&[&format!("{DELTA}\n{DELTA}\n[DONE]")]), Ok(piece(&[" average", " average"], true, 0)));
}

#[test]
fn an_error_ends_the_reply_with_its_words() {
    let said = |data: &str| match read(&[data]).expect_err(data) {
        Ended::Failed(said) => said,
        Ended::Cut(why) => panic!("{data}: {why}"),
    };
    assert_eq!(said(r#"{"error":"overloaded"}"#).as_deref(), Some("overloaded"));
    assert_eq!(said(r#"{"error":{"message":"too long","type":"x"}}"#).as_deref(), Some("too long"));
    assert_eq!(said(r#"{"error":{"code":7}}"#), None);
    assert_eq!(said(r#"{"success":false,"message":"no"}"#).as_deref(), Some("no"));
    assert_eq!(said(&format!("{DELTA}\n{{\"error\":\"late\"}}")).as_deref(), Some("late"));
    let mut piece = Piece::default();
    let frame = |data: &'static str| Frame { event: Some(Cow::Borrowed("error")), data: Cow::Borrowed(data) };
    let mut error = |data| add(&frame(data), &Said::default(), &mut piece, &mut Likeness::default());
    let failed = |said: &str| Err(Ended::Failed(Some(said.to_owned())));
    assert_eq!(error("plain\nwords"), failed("plain\nwords"));
    assert_eq!(error(r#"{"message":"in json"}"#), failed("in json"));
    assert_eq!(error(""), Err(Ended::Failed(None)));
}

#[test]
fn errors_are_known_by_the_names_of_many() {
    for (data, words) in [
        (r#"{"object":"error","message":"no such model","code":404}"#, Some("no such model")),
        (r#"{"error_type":"overloaded","error_message":"try later"}"#, Some("try later")),
        (r#"{"error":"Input is too long","error_type":"validation"}"#, Some("Input is too long")),
        (r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#, Some("Overloaded")),
        (r#"{"error":{"type":"overloaded_error"}}"#, Some("overloaded_error")),
        (r#"{"detail":[{"loc":["body"],"msg":"field required"}]}"#, Some("field required")),
        (r#"{"errors":[{"message":"first"},{"message":"second"}]}"#, Some("first")),
        (r#"{"error_type":"unknown"}"#, Some("unknown")),
        (
            r#"{"choices":[{"index":0,"delta":{},"error":{"message":"provider died"},"finish_reason":"error"}]}"#,
            Some("provider died"),
        ),
        (r#"{"choices":[{"index":0,"delta":{},"finish_reason":"error"}]}"#, None),
    ] {
        assert_eq!(read(&[data]), Err(Ended::Failed(words.map(str::to_owned))), "{data}");
    }
    // Text that comes with an error came before it.
    let mut piece = Piece::default();
    let data = r#"{"choices":[{"delta":{"content":"kept"},"finish_reason":"error"}],"error":{"message":"m"}}"#;
    let frame = Frame { event: None, data: Cow::Borrowed(data) };
    let ended = add(&frame, &Said::default(), &mut piece, &mut Likeness::default());
    assert_eq!((ended, piece.text.as_str()), (Err(Ended::Failed(Some("m".to_owned()))), "kept"));
}

#[test]
fn why_a_reply_ended_is_told_and_what_is_no_reason_ends_nothing() {
    let finish = |reason: &str| {
        let data = format!(r#"{{"choices":[{{"index":0,"delta":{{"content":"a"}},"finish_reason":{reason}}}]}}"#);
        let piece = read(&[&data]).unwrap();
        assert_eq!((piece.text.as_str(), piece.skipped), ("a", 0), "{reason}");
        piece.finish
    };
    for none in ["null", "\"\"", "\"null\"", "\" None \"", "false"] {
        assert_eq!(finish(none), None, "{none}");
    }
    for (reason, expected) in [
        ("\"stop\"", Finish::Stop),
        ("\"eos\"", Finish::Stop),
        ("\"tool_calls\"", Finish::Stop),
        ("true", Finish::Stop),
        ("\"length\"", Finish::Length),
        ("\"MAX_TOKENS\"", Finish::Length),
        ("\"content_filter\"", Finish::Filtered),
        ("{\"type\":\"length\"}", Finish::Length),
    ] {
        assert_eq!(finish(reason), Some(expected), "{reason}");
    }
    let abort = r#"{"choices":[{"delta":{},"finish_reason":"abort"}]}"#;
    assert!(matches!(read(&[abort]), Err(Ended::Cut(_))));
    // The stream's last word takes no reason back.
    let length = r#"{"choices":[{"delta":{},"finish_reason":"length"}]}"#;
    assert_eq!(read(&[length, "[DONE]"]).unwrap().finish, Some(Finish::Length));
}

#[test]
fn one_choice_is_the_reply() {
    let choice = |index: &str, text: &str, finish: &str| {
        format!(r#"{{"choices":[{{"index":{index},"delta":{{"content":"{text}"}},"finish_reason":{finish}}}]}}"#)
    };
    let frames = [
        choice("0", "a", "null"),
        choice("1", "x", "null"),
        choice("1", "", "\"stop\""),
        choice("\"0\"", "b", "null"),
        choice("null", "c", "null"),
        r#"{"choices":[{"index":1,"delta":{"content":"x"}},{"index":0,"delta":{"content":"d"}}]}"#.to_owned(),
    ];
    let frames: Vec<&str> = frames.iter().map(String::as_str).collect();
    assert_eq!(read(&frames), Ok(piece(&["a", "b", "c", "d"], false, 0)));
}

#[test]
fn text_is_found_in_parts_refusals_and_other_shapes_and_what_is_no_text_is_counted() {
    let delta = |delta: &str| format!(r#"{{"choices":[{{"index":0,"delta":{delta},"finish_reason":null}}]}}"#);
    for (data, deltas, lost) in [
        (delta(r#"{"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}"#), &["a", "b"][..], 0),
        (delta(r#"{"content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{}}]}"#), &["a"], 1),
        (delta(r#"{"content":["a",null,7]}"#), &["a"], 1),
        (delta(r#"{"content":{"type":"text","text":"a"}}"#), &["a"], 0),
        (delta(r#"{"content":[{"type":"output_text","text":{"value":"a"}}]}"#), &["a"], 0),
        (delta(r#"{"content":[{"type":"thinking","thinking":[]},{"type":"text","text":"a"}]}"#), &["a"], 0),
        (delta(r#"{"content":null,"refusal":"I can't"}"#), &["I can't"], 0),
        (delta(r#"{"content":[{"type":"refusal","refusal":"no"}]}"#), &["no"], 0),
        (delta(r#""text""#), &["text"], 0),
        (delta(r#"{"content":"","reasoning_content":"hm","tool_calls":[{"index":0}]}"#), &[], 0),
        (delta(r#"{"audio":{"transcript":"said","data":"UklGRg=="}}"#), &["said"], 1),
        (r#"{"choices":[{"text":"legacy","finish_reason":null}]}"#.to_owned(), &["legacy"], 0),
        (r#"{"success":true,"response":"whole"}"#.to_owned(), &["whole"], 0),
        (r#"{"message":{"role":"assistant","content":"local"},"done":false}"#.to_owned(), &["local"], 0),
    ] {
        assert_eq!(read(&[&data]), Ok(piece(deltas, false, lost)), "{data}");
    }
}

#[test]
fn a_message_that_was_said_already_is_not_said_twice() {
    let mut chunks = Chunks::default();
    let mut whole = Piece::default();
    let delta = |text: &str| format!(r#"{{"choices":[{{"delta":{{"content":"{text}"}}}}]}}"#);
    let message =
        |text: &str| format!(r#"{{"choices":[{{"message":{{"content":"{text}"}},"finish_reason":"stop"}}]}}"#);
    for data in [delta("eight "), delta("pl"), message("eight planets"), message("eight planets")] {
        chunks.add(&Frame { event: None, data: Cow::Owned(data) }, &mut whole).unwrap();
    }
    assert_eq!((whole.text.as_str(), whole.finish), ("eight planets", Some(Finish::Stop)));
}

#[test]
fn what_is_like_the_one_before_is_read_as_it_would_be_alone() {
    let around = |text: &str| DELTA.replace(" average", text);
    let texts = [
        "",
        "x",
        "日本 🙂",
        r"a\nb\t\u00e9 \ud83d\udca5",
        r#"\"},\"index\":0"#,
        // No strings, or more than one.
        r#"a"b"#,
        r"a\",
        r"\x",
        r"\ud83d",
        "\u{1}",
        "a\nb",
        r#"a"},"finish_reason":"stop","x":{"y":"z"#,
        r#""},"error":{"a":"b"#,
        r#"a","content":"b"#,
    ];
    let others = [
        DELTA.to_owned(),
        DELTA.replace("null", r#""stop""#),
        DELTA.replace("gpt", "other"),
        DELTA.replace('}', " }"),
        format!("{DELTA}{DELTA}"),
        DELTA.get(1..).unwrap().to_owned(),
        DELTA.get(..DELTA.len() - 2).unwrap().to_owned(),
        r#"{"choices":[{"delta":{"content":"a"#.to_owned(),
    ];
    for data in texts.into_iter().map(around).chain(others) {
        let mut like = Likeness::default();
        assert_eq!(read_like(&[DELTA], &mut like), Ok(piece(&[" average"], false, 0)));
        assert_eq!(read_like(&[&data], &mut like), read(&[&data]), "{data}");
        // Nor is what comes behind it taken for something else.
        assert_eq!(read_like(&[DELTA], &mut like), Ok(piece(&[" average"], false, 0)), "behind {data}");
    }
}

/// Chunks, and what looks like one, out of few parts, so that many are alike.
fn chunks() -> impl Strategy<Value = Vec<String>> {
    let around = prop_oneof![
        Just((r#"{"choices":[{"delta":{"content":""#, r#""}}]}"#)),
        Just((r#"{"choices":[{"delta":{"content":""#, r#""},"finish_reason":null}]}"#)),
        Just((r#"{"choices":[{"delta":{"content":""#, r#""},"finish_reason":"stop"}]}"#)),
        Just((r#"{"choices":[{"delta":{"content":""#, r#""}},{"delta":{"content":"b"}}]}"#)),
        Just((r#"{"choices":[{"delta":{"content":""#, r#""}}]}{"choices":[{"delta":{"content":"b"}}]}"#)),
        Just((r#"{"x":"y","choices":[{"delta":{"content":""#, r#""}}],"x":"y"}"#)),
        Just((r#"{"error":null,"choices":[{"delta":{"content":""#, r#""}}]}"#)),
        Just((r#"{"choices":[{"delta":{"content":"a"}}],"error":""#, r#""}"#)),
        Just(("", "")),
    ];
    let words = [
        "a",
        "日",
        " ",
        "\"",
        "\\",
        "n",
        "u",
        "d83d",
        "\\ud83d",
        "\\udca5",
        "\n",
        "\u{7f}",
        "\u{feff}",
        "\"}",
        "},",
        "{",
        ":",
        ",",
        "\"error\":\"",
        "\"content\":\"",
        "\"}}]}",
        "[DONE]",
        "\u{1}",
    ];
    let text = prop::collection::vec(prop::sample::select(words.to_vec()), 0..6);
    let chunk = (around, text).prop_map(|((before, after), text)| format!("{before}{}{after}", text.concat()));
    prop::collection::vec(chunk, 1..12)
}

proptest! {
    #[test]
    fn no_chunk_is_read_otherwise_for_what_came_before(chunks in chunks()) {
        let mut like = Likeness::default();
        for data in &chunks {
            prop_assert_eq!(read_like(&[data], &mut like), read(&[data]), "{}", data);
        }
    }
}
