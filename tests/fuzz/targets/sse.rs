//! A stream of events: the same however its bytes are cut, and as a slow reading of the standard has it.

use patchcord::http::{Frame, Sse, SseError, Tally};

use super::Target;

pub(super) const TARGET: Target = Target {
    name: "sse",
    words: &[
        "data:",
        "data: ",
        "event:",
        "event: error\n",
        "id: 1\n",
        "retry: 1\n",
        ":",
        "\n",
        "\r",
        "\r\n",
        "\n\n",
        "\r\r",
        "\r\n\r\n",
        "\u{feff}",
        "data: [DONE]\n\n",
        "data: {\"choices\":[]}\n\n",
        "\u{20ac}",
        "\u{1f4a5}",
        "\0",
    ],
    usual: 20_000,
    run,
};

type Owned = (Option<String>, String);

fn run(data: &[u8]) {
    let Some((&cut, bytes)) = data.split_first() else { return };
    let whole = decode([bytes]);
    assert_eq!(decode(bytes.chunks(1)), whole, "byte by byte");
    assert_eq!(decode(bytes.chunks(usize::from(cut).max(1))), whole, "{cut} bytes at a time");
    if bytes.len() < 1024 * 1024 {
        assert_eq!(whole.0, reference(bytes), "as the standard has it");
    }
}

fn decode<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> (Vec<Owned>, Result<Tally, SseError>) {
    let (mut sse, mut frames) = (Sse::new(), Vec::new());
    for piece in pieces {
        let keep = |f: Frame<'_>| frames.push((f.event.map(Into::into), f.data.into_owned()));
        if let Err(error) = sse.feed(piece, keep) {
            return (frames, Err(error));
        }
    }
    (frames, Ok(sse.finish()))
}

/// The standard, over the whole text at once: its line ends first, then its lines, then its events.
fn reference(bytes: &[u8]) -> Vec<Owned> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut text = Vec::with_capacity(bytes.len());
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'\n' if at > 0 && bytes[at - 1] == b'\r' => {}
            b'\r' => text.push(b'\n'),
            byte => text.push(*byte),
        }
    }
    // What stands behind the last line end is no line.
    let end = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let (mut events, mut name, mut data) = (Vec::new(), Vec::new(), None::<Vec<u8>>);
    for line in text[..end].split_inclusive(|byte| *byte == b'\n').map(|line| &line[..line.len() - 1]) {
        let (field, value) = match line.iter().position(|byte| *byte == b':') {
            Some(at) => (&line[..at], &line[at + 1..]),
            None => (line, &[][..]),
        };
        let value = value.strip_prefix(b" ").unwrap_or(value);
        if line.is_empty() {
            let (name, data) = (std::mem::take(&mut name), data.take());
            // An error that brings no data is an event all the same: platforms end streams so.
            if data.is_some() || name == b"error" {
                let lossy = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                events.push(((!name.is_empty()).then(|| lossy(&name)), lossy(&data.unwrap_or_default())));
            }
        } else if field == b"event" {
            name = value.to_vec();
        } else if field == b"data" {
            match &mut data {
                Some(before) => {
                    before.push(b'\n');
                    before.extend_from_slice(value);
                }
                None => data = Some(value.to_vec()),
            }
        }
    }
    events
}
