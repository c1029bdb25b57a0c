//! The decoder against a slow reading of the standard, and against every way to split its input.

use proptest::prelude::*;

use super::*;

type Owned = (Option<String>, String);

fn feed(sse: &mut Sse, bytes: &[u8], into: &mut Vec<Owned>) -> Result<(), SseError> {
    sse.feed(bytes, |f| into.push((f.event.map(Cow::into_owned), f.data.into_owned())))
}

/// All frames and the tally (or the error) of the pieces.
fn decode<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> (Vec<Owned>, Result<Tally, SseError>) {
    let (mut sse, mut frames) = (Sse::new(), Vec::new());
    for piece in pieces {
        if let Err(error) = feed(&mut sse, piece, &mut frames) {
            return (frames, Err(error));
        }
    }
    (frames, Ok(sse.finish()))
}

/// The standard read aloud: whole text, no state, no bounds.
fn reference(bytes: &[u8]) -> Vec<Owned> {
    let bytes = bytes.strip_prefix(&BOM).unwrap_or(bytes);
    let mut lines: Vec<Vec<u8>> = vec![Vec::new()];
    let mut i = 0;
    while i < bytes.len() {
        match (bytes[i], bytes.get(i + 1)) {
            (b'\r', Some(b'\n')) => {
                lines.push(Vec::new());
                i += 1;
            }
            (b'\r' | b'\n', _) => lines.push(Vec::new()),
            (byte, _) => lines.last_mut().unwrap().push(byte),
        }
        i += 1;
    }
    lines.pop();
    let (mut out, mut event, mut data) = (Vec::new(), Vec::new(), Vec::<Vec<u8>>::new());
    for line in lines {
        let colon = line.iter().position(|b| *b == b':');
        let (name, value) = colon.map_or((&line[..], &[][..]), |c| (&line[..c], &line[c + 1..]));
        let value = value.strip_prefix(b" ").unwrap_or(value).to_vec();
        match (line.is_empty(), name) {
            (true, _) => {
                let name = std::mem::take(&mut event);
                let text = std::mem::take(&mut data);
                if !text.is_empty() || name == b"error" {
                    let lossy = |b: &[u8]| String::from_utf8_lossy(b).into_owned();
                    out.push(((!name.is_empty()).then(|| lossy(&name)), lossy(&text.join(&b'\n'))));
                }
            }
            (_, b"data") => data.push(value),
            (_, b"event") => event = value,
            _ => {}
        }
    }
    out
}

const VECTORS: &[&[u8]] = &[
    b"data: a\n\ndata: b\n\n",
    b"data: a\r\n\r\ndata: b\r\n\r\n",
    b"data: a\r\rdata: b\r\r",
    b"data: a\r\n\rdata: b\n\r\n",
    b"data:a\n\ndata:  two\n\ndata\n\ndata:\n\n",
    b"data: one\ndata: two\ndata:\ndata: four\n\n",
    b"\xEF\xBB\xBFdata: bom\n\n\xEF\xBB\xBFdata: not at the start\n\n",
    b"\xEF\xBBdata: half a bom\n\ndata: b\n\n",
    b"\xEF\xEF\xBB\xBFdata: x\n\n",
    b": comment\n\n:\n: x\ndata: a\n: in the middle\ndata: b\n\n",
    b"event: error\ndata: {}\n\nevent: lonely\n\ndata: after\n\n",
    b"event: a\nevent: b\ndata: x\n\nevent:\ndata: y\n\n",
    b"event: error\n\nevent: error\nevent: other\n\ndata: after\n\n",
    b"id: 7\nretry: 10\nfoo\ndatabase: no\n data: no\neventual: no\ndata: yes\n\n",
    b"data: unfinished\n",
    b"data: a\n\ndata: unfinished",
    b"data: \xE2\x82\xAC \xF0\x9F\x92\xA5 e\xCC\x81\n\n",
    b"data: bad \xFF\xFE \xE2\x82 \xF0\x9F\n\ndata: good\n\n",
    b"data: nul \0 in it\n\n\n\n\n\r\r\n\n",
    b"event: x\r\ndata: one\r\ndata: two\r\n\r\n",
    b"",
    b"\n",
    b"\xEF\xBB\xBF",
    b"\xEF",
];

#[test]
fn vectors_read_as_the_standard_says() {
    for vector in VECTORS {
        assert_eq!(decode([*vector]).0, reference(vector), "{}", vector.escape_ascii());
    }
    assert_eq!(decode([VECTORS[4]]).0.len(), 4);
    assert_eq!(decode([VECTORS[5]]).0, [(None, "one\ntwo\n\nfour".to_owned())]);
    assert_eq!(decode([VECTORS[6]]).0, [(None, "bom".to_owned())]);
    assert_eq!(decode([VECTORS[10]]).0[1], (None, "after".to_owned()));
}

#[test]
fn every_split_in_two_and_every_single_byte_gives_the_same() {
    for vector in VECTORS {
        let whole = decode([*vector]);
        for at in 0..=vector.len() {
            let (a, b) = vector.split_at(at);
            assert_eq!(decode([a, b]), whole, "{} at {at}", vector.escape_ascii());
        }
        assert_eq!(decode(vector.chunks(1)), whole, "{}", vector.escape_ascii());
        assert_eq!(decode(vector.chunks(1).flat_map(|b| [b, &[][..]])), whole);
    }
}

#[test]
fn comments_and_an_unfinished_event_are_counted() {
    let (frames, tally) = decode([&b": ping\n\n: ping\n\ndata: a\n\ndata: lost\n"[..]]);
    assert_eq!(frames.len(), 1);
    assert_eq!(tally, Ok(Tally { bytes: 36, frames: 1, comments: 2, unfinished: true }));
    assert!(!decode([&b"data: a\n\n"[..]]).1.unwrap().unfinished);
}

#[test]
fn the_last_event_is_handed_out_without_its_blank_line_where_that_is_asked_for() {
    let last = |bytes: &[u8]| {
        let (mut sse, mut frames) = (Sse::new(), Vec::new());
        feed(&mut sse, bytes, &mut frames).unwrap();
        let tally = sse.last(|f| frames.push((f.event.map(Cow::into_owned), f.data.into_owned())));
        (frames, tally.unfinished)
    };
    let data = |text: &str| (None, text.to_owned());
    assert_eq!(last(b"data: a\n\ndata: b"), (vec![data("a"), data("b")], true));
    assert_eq!(last(b"data: a\r\n\r\ndata: b\r\n"), (vec![data("a"), data("b")], true));
    assert_eq!(last(b"data: a\n\n"), (vec![data("a")], false));
    assert_eq!(last(b"data: a\n\n: ping"), (vec![data("a")], true));
    assert_eq!(last(b"event: error"), (vec![(Some("error".to_owned()), String::new())], true));
    assert_eq!(last(b""), (Vec::new(), false));
}

#[test]
fn an_event_is_bounded_to_the_byte() {
    let event = |bytes: usize| {
        let mut text = b"data:".to_vec();
        text.resize(bytes, b'x');
        text
    };
    let mut fits = event(EVENT_LIMIT);
    fits.extend_from_slice(b"\n\n");
    assert_eq!(decode([&fits[..]]).0[0].1.len(), EVENT_LIMIT - 5);
    let over = event(EVENT_LIMIT + 1);
    assert_eq!(decode([&over[..]]).1, Err(SseError::EventTooBig));
    // Many short lines, and lines that mean nothing, are one event too.
    let many = b"data: x\n".repeat(EVENT_LIMIT / 7 + 1);
    assert_eq!(decode([&many[..]]).1, Err(SseError::EventTooBig));
    let comments = b": x\n".repeat(EVENT_LIMIT / 3 + 1);
    assert_eq!(decode(comments.chunks(1_000)).1, Err(SseError::EventTooBig));
}

#[test]
fn eight_mebibytes_on_a_line_are_refused_early_and_held_only_in_part() {
    let (mut sse, mut frames) = (Sse::new(), Vec::new());
    feed(&mut sse, b"data: before\n\n", &mut frames).unwrap();
    let piece = [b'x'; 16 * 1024];
    let taken = (0..512).take_while(|_| feed(&mut sse, &piece, &mut frames).is_ok()).count();
    assert_eq!(taken, 64);
    assert!(sse.partial.len() <= EVENT_LIMIT);
    assert_eq!(feed(&mut sse, b"\n\ndata: after\n\n", &mut frames), Err(SseError::EventTooBig));
    assert_eq!(frames, [(None, "before".to_owned())]);
}

#[test]
fn a_stream_is_bounded_to_the_byte() {
    let block = b"\n".repeat(1024 * 1024);
    let (mut sse, mut frames) = (Sse::new(), Vec::new());
    for _ in 0..63 {
        feed(&mut sse, &block, &mut frames).unwrap();
    }
    let mut last = b"data: last\n\n".to_vec();
    last.splice(0..0, std::iter::repeat_n(b'\n', block.len() - last.len()));
    last.extend_from_slice(b"data: over\n\n");
    assert_eq!(feed(&mut sse, &last, &mut frames), Err(SseError::StreamTooBig));
    assert_eq!(frames, [(None, "last".to_owned())]);
    assert_eq!(feed(&mut sse, b"", &mut frames), Err(SseError::StreamTooBig));
}

/// Bytes that are mostly the characters that matter.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let word = prop_oneof![
        Just(&b"data"[..]),
        Just(&b"data: "[..]),
        Just(&b"event: "[..]),
        Just(&b":"[..]),
        Just(&b" "[..]),
        Just(&b"\n"[..]),
        Just(&b"\n\n"[..]),
        Just(&b"\r"[..]),
        Just(&b"\r\n"[..]),
        Just(&b"\xEF\xBB\xBF"[..]),
        Just(&b"\xF0\x9F\x92\xA5"[..]),
        Just(&b"\xF0\x9F"[..]),
        Just(&b"x"[..]),
        // Lines are looked through a block at a time.
        Just(&[b'x'; 31][..]),
        Just(&[b'x'; 70][..]),
    ];
    prop::collection::vec(word, 0..60).prop_map(|words| words.concat())
}

proptest! {
    #[test]
    fn any_split_of_any_stream_gives_the_same(bytes in stream(), cuts in prop::collection::vec(0..200_usize, 0..20)) {
        let whole = decode([&bytes[..]]);
        prop_assert_eq!(&whole.0, &reference(&bytes));
        let mut cuts: Vec<usize> = cuts.into_iter().map(|c| c.min(bytes.len())).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        prop_assert_eq!(decode(cuts.windows(2).map(|w| &bytes[w[0]..w[1]])), whole);
    }

    #[test]
    fn no_bytes_make_it_fail(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let whole = decode([&bytes[..]]);
        prop_assert_eq!(&whole.0, &reference(&bytes));
        prop_assert_eq!(decode(bytes.chunks(1)), whole);
    }
}
