//! A streamed reply whose connection ends behind each of its bytes: what came is kept, and nothing else is said of it than
//! what is so.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use patchcord::domain::{Channel, ConversationId};
use patchcord::platform::{Adapter, Outcome, Outgoing, ReplyMode};
use patchcord::sandbox::{Options, Sandbox};

use crate::support::origin::{Origin, Script, Step};
use crate::support::setting::setting;
use crate::support::stream::{Split, Style, pieces as pieces_of, stream};
use crate::{message, open};

/// What a reply says: letters of one to four bytes, markdown, line ends of its own.
const REPLY: &str = "Mars has *two* moons:\n\n- Phobos, \u{1f534} 11 km\n- Deimos, 六 km “or so”.\r\nЭто всё.";

/// Every way to write the same stream.
fn styles() -> Vec<Style> {
    let mut styles = Vec::new();
    for newline in ["\n", "\r\n", "\r"] {
        for chunked in [true, false] {
            for (at, split) in [Split::Whole, Split::Event, Split::Byte].into_iter().enumerate() {
                let quirks = at != 1;
                styles.push(Style { split, newline, comments: quirks, bom: quirks, tight: at == 0, chunked });
            }
        }
    }
    styles
}

/// The whole answer as it goes over the connection.
fn bytes(script: Script) -> Vec<u8> {
    let parts =
        script.0.into_iter().filter_map(|step| if let Step::Bytes(bytes) = step { Some(bytes) } else { None });
    parts.flatten().collect()
}

/// So much of an answer's body as came with so much of the answer.
fn body(part: &[u8], chunked: bool) -> Vec<u8> {
    let head = part.windows(4).position(|four| four == b"\r\n\r\n").map_or(part.len(), |at| at + 4);
    let mut rest = &part[head..];
    if !chunked {
        return rest.to_vec();
    }
    let mut body = Vec::new();
    while let Some(line) = rest.windows(2).position(|two| two == b"\r\n") {
        let length = std::str::from_utf8(&rest[..line]).ok().and_then(|text| usize::from_str_radix(text, 16).ok());
        let length = length.expect("a chunk's length");
        let data = &rest[line + 2..];
        body.extend(&data[..length.min(data.len())]);
        rest = data.get(length + 2..).unwrap_or_default();
    }
    body
}

/// How much of the reply stands in events that came whole, each with a byte behind it, and whether its end does.
fn said(body: &[u8]) -> (usize, bool) {
    let text = String::from_utf8_lossy(body).replace("\r\n", "\n").replace('\r', "\n");
    let mut events: Vec<&str> = text.split("\n\n").collect();
    events.pop();
    let pieces = events.iter().filter(|event| event.contains("\"content\"")).count();
    let length = pieces_of(REPLY).iter().take(pieces).map(|piece| piece.len()).sum();
    (length, text.contains("\"stop\""))
}

/// How a reply went that was read as far as it came.
#[derive(Debug, PartialEq, Eq)]
struct Came {
    text: String,
    done: bool,
    failed: Option<Outcome>,
}

async fn ask(adapter: &dyn Adapter, outgoing: &Outgoing) -> Came {
    let mut came = Came { text: String::new(), done: false, failed: None };
    let sent = match adapter.send(outgoing).await {
        Ok(sent) => sent,
        Err(error) => return Came { failed: Some(error.outcome), ..came },
    };
    let ReplyMode::Stream(mut stream) = sent.answer else { panic!("a stream was asked for") };
    while let Some(piece) = stream.next().await {
        match piece {
            Ok(piece) => {
                came.text.push_str(&piece.text);
                came.done |= piece.done();
            }
            Err(error) => came.failed = Some(error.outcome),
        }
    }
    came
}

/// Cuts one answer behind so many bytes, in order or with a reset, and answers how often.
fn cut_everywhere(channel: &Channel, style: Style, reset: bool, every: usize, from: usize) -> usize {
    let whole = bytes(stream(REPLY, style));
    assert_eq!(said(&body(&whole, style.chunked)), (REPLY.len(), true), "{style:?}");
    let at = Arc::new(AtomicUsize::new(0));
    let (sent, cut) = (whole.clone(), Arc::clone(&at));
    let origin = Origin::start(move |_| {
        let end = if reset { Step::Reset } else { Step::Close };
        Script(vec![Step::Bytes(sent[..cut.load(Ordering::SeqCst)].to_vec()), end])
    });
    let mut channel = channel.clone();
    channel.settings.set("base_url", origin.url().as_str());
    let adapter = open(&channel).0;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let known = ConversationId::new("11111111-e691-4341-8afb-111111111111");
    let outgoing = Outgoing { stream: true, ..message(Some(known), "tell me") };
    let mut cuts = 0;
    for end in (from..=whole.len()).step_by(every) {
        at.store(end, Ordering::SeqCst);
        let came = runtime.block_on(ask(&*adapter, &outgoing));
        cuts += 1;
        let told = || format!("cut behind byte {end} of {}, {style:?}, reset: {reset}: {came:?}", whole.len());
        assert_eq!(origin.requests().len(), cuts, "sent again by itself: {}", told());
        assert!(REPLY.starts_with(&came.text), "{}", told());
        // It left, and nobody knows what became of it: never that it was refused or is still here.
        assert!(matches!(came.failed, None | Some(Outcome::Accepted | Outcome::Unknown)), "{}", told());
        let (least, stopped) = said(&body(&whole[..end], style.chunked));
        assert!(!came.done || (came.text == REPLY && stopped), "taken for whole: {}", told());
        if !reset {
            // A reset may take what the other side hasn't read yet.
            assert!(came.text.len() >= least, "{least} came: {}", told());
            assert!(came.done || end < whole.len(), "{}", told());
        }
    }
    cuts
}

#[test]
fn a_stream_that_is_cut_behind_any_byte_is_kept_and_never_taken_for_whole() {
    let wanted = setting("STREAM_CUTS", 600);
    let channel = Sandbox::start(Options::default()).expect("a sandbox").channels().remove(0);
    let styles = styles();
    let total: usize = styles.iter().map(|style| 2 * bytes(stream(REPLY, *style)).len()).sum();
    // Where fewer are wanted than there are bytes, every so many of them; where more, all of them again.
    let every = (total / wanted.max(1)).max(1);
    let (mut cuts, mut from) = (0, 0);
    while cuts < wanted {
        for style in &styles {
            for reset in [false, true] {
                cuts += cut_everywhere(&channel, *style, reset, every, from % every);
                from += 1;
            }
        }
    }
    println!("PASS stream_cut n={cuts} styles={} lost=0 doubled=0", styles.len());
}
