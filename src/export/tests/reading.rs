//! Exported lines, read back: as they were, or with the line that is wrong.

use proptest::prelude::*;

use super::*;

fn back(text: &str) -> Result<Vec<Transcript>, Unreadable> {
    let mut all: Vec<Transcript> = Vec::new();
    let read = read(&mut text.as_bytes(), |Line { number, place, begins, message }| {
        assert!(number > 0 && begins.is_none() == (place < all.len()));
        all.extend(begins.map(|head| Transcript { head, messages: Vec::new() }));
        all[place].messages.extend(message);
        Ok::<_, ()>(())
    });
    match read {
        Ok(_) => Ok(all),
        Err(ReadError::Unreadable(why)) => Err(why),
        Err(ReadError::Left(())) => panic!("nobody left"),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "as the reader takes it")]
fn nobody(_: Line) -> Result<(), ()> {
    Ok(())
}

#[track_caller]
fn wrong(text: &str, line: usize, why: &str) {
    let found = back(text).expect_err("it is refused");
    assert!(found.line == line && found.why.contains(why), "{found:?}");
}

/// A line that begins a conversation.
fn first(id: &str) -> String {
    format!(
        r#"{{"id":"{id}","role":"user","text":"x","created_at":null,"conversation":{{"id":"c","channel":"docs","title":"t"}}}}"#
    )
}

#[test]
fn what_was_exported_comes_back() {
    let all =
        [transcript(), Transcript { head: TranscriptHead { id: ConversationId::new("2"), ..full().head }, ..full() }];
    let empty = Transcript { head: TranscriptHead { id: ConversationId::new("3"), ..head() }, messages: Vec::new() };
    let all = [all.as_slice(), &[empty]].concat();
    let text = Format::Jsonl.many(&all);
    assert_eq!(back(&text).unwrap(), all);
    assert_eq!(back(&format!("\u{feff}{}\n\n", text.replace('\n', "\r\n"))).unwrap(), all);
    assert_eq!(back(text.trim_end()).unwrap(), all, "a last line may have no end");
}

#[test]
fn half_a_file_is_told() {
    let text = Format::Jsonl.one(&full());
    let cut = &text[..text.len() - 10];
    wrong(cut, 3, "ends in the middle");
    let short = text.lines().take(2).collect::<Vec<_>>().join("\n");
    wrong(&short, 2, "has 3 messages, and 2 of them are there");
    wrong("", 0, "no conversation");
    wrong("\n\n", 2, "no conversation");
}

#[test]
fn wrong_types_are_told_with_their_line() {
    wrong("[]", 1, "no JSON object");
    wrong("nonsense", 1, "no JSON");
    wrong(&"[".repeat(100_000), 1, "ends in the middle");
    wrong(r#"{"id":"1","role":"user","text":"x"}"#, 1, "names no conversation");
    wrong(r#"{"id":"1","role":"user","text":"x","conversation_id":"c"}"#, 1, "nothing was said of");
    wrong(r#"{"conversation":7}"#, 1, "no object");
    wrong(r#"{"conversation":{"id":""}}"#, 1, "has no id");
    wrong(r#"{"conversation":{"id":"c","details":"x"}}"#, 1, "no pairs");
    wrong(r#"{"conversation":{"id":"c","message_count":-1}}"#, 1, "no number");
    let begun = first("1");
    let after = |line: &str| format!("{begun}\n{line}\n");
    for (line, why) in [
        (r#"{"id":1,"role":"user","text":"x","conversation_id":"c"}"#, "\"id\" is no text"),
        (r#"{"id":"2","text":"x","conversation_id":"c"}"#, "no role"),
        (r#"{"id":"2","role":"user","conversation_id":"c"}"#, "no text"),
        (r#"{"id":"2","role":"user","text":[],"conversation_id":"c"}"#, "\"text\" is no text"),
        (r#"{"id":"2","role":"user","text":"x","created_at":"soon","conversation_id":"c"}"#, "no time"),
        (r#"{"id":"2","role":"user","text":"x","state":"lost","conversation_id":"c"}"#, "no state"),
        (r#"{"id":"2","role":"user","text":"x","quick_replies":[1],"conversation_id":"c"}"#, "something else"),
        (r#"{"id":"2","role":"user","text":"x","attachments":{},"conversation_id":"c"}"#, "no list"),
        (r#"{"id":"2","role":"user","text":"x","attachments":[{"url":1}],"conversation_id":"c"}"#, "something else"),
        (&begun, "begins twice"),
    ] {
        wrong(&after(line), 2, why);
    }
    assert!(read(&mut &b"{\"id\":\"\xff\"}"[..], nobody).is_err());
}

#[test]
fn a_message_without_an_id_gets_one_by_its_place() {
    let text = format!("{}\n{}", first(""), r#"{"role":"user","text":"y","conversation_id":"c"}"#);
    let ids: Vec<String> = back(&text).unwrap()[0].messages.iter().map(|m| m.id.as_str().to_owned()).collect();
    assert_eq!(ids, ["unnamed-1", "unnamed-2"]);
}

/// A line that never ends.
struct Endless;

impl std::io::Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        buffer.fill(b'x');
        Ok(buffer.len())
    }
}

#[test]
fn a_line_without_end_is_left() {
    let found = read(&mut std::io::BufReader::new(Endless), nobody).expect_err("it is refused");
    let why = "the line is longer than 64 MiB".to_owned();
    assert_eq!(found, ReadError::Unreadable(Unreadable { line: 1, why }));
}

proptest! {
    #[test]
    fn every_text_comes_back(texts in prop::collection::vec((any::<String>(), any::<String>()), 0..8), title in any::<String>()) {
        let messages = texts
            .iter()
            .enumerate()
            .map(|(n, (text, role))| Message {
                role: Role::from_word(role),
                created_at: Moment { at: None, raw: text.clone() },
                ..message(&n.to_string(), "user", text)
            })
            .collect();
        let all = vec![Transcript { head: TranscriptHead { title, ..head() }, messages }];
        prop_assert_eq!(back(&Format::Jsonl.many(&all)), Ok(all));
    }

    #[test]
    fn nothing_that_is_read_panics(bytes in prop::collection::vec(any::<u8>(), 0..200), at in 0_usize..400) {
        let _ = read(&mut bytes.as_slice(), nobody);
        let mut whole = Format::Jsonl.one(&full()).into_bytes();
        let at = at % whole.len();
        whole.splice(at..at, bytes);
        let _ = read(&mut whole.as_slice(), nobody);
    }
}
