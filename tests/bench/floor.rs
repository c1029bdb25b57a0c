//! The floor: the same stream read line by line and written raw, keys echoed by a thread. No screen, no markdown, no
//! store. Less can't be done by a program that shows what comes.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::mpsc;
use std::thread;

use crate::support::chat_thing::CHANNEL;

/// What ends each frame of a program that draws with synchronised updates.
pub const FRAME_END: &[u8] = b"\x1b[?2026l";
/// What the keys for a page up and down send.
const PAGES: [&[u8]; 2] = [b"\x1b[5~", b"\x1b[6~"];

/// Waits for Enter, asks, and writes what comes until the stream ends; then waits for its terminal's end.
pub fn run(url: &str, secret: &str) -> std::io::Result<()> {
    crossterm::terminal::enable_raw_mode()?;
    let mut out = std::io::stdout();
    // The last row is for the keys, the rest scrolls.
    out.write_all(b"\x1b[?2026h\x1b[1;39r\x1b[1;1Hready\r\n")?;
    out.write_all(FRAME_END)?;
    out.flush()?;
    let (sender, entered) = mpsc::channel();
    let echo = thread::spawn(move || {
        let mut keys = std::io::stdin().lock();
        let mut came = [0; 64];
        while let Ok(count @ 1..) = keys.read(&mut came) {
            let came = &came[..count];
            if came == b"\r" {
                let _ = sender.send(());
                continue;
            }
            let mut out = std::io::stdout().lock();
            let _ = out.write_all(&shown(came)).and_then(|()| out.flush());
        }
    });
    if entered.recv().is_err() {
        return Ok(());
    }
    let mut stream = TcpStream::connect(url.trim_start_matches("http://"))?;
    let body = r#"{"message":"go","stream":true}"#;
    write!(
        stream,
        "POST /api/public/channels/{CHANNEL}/1.0/message HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
         X-API-Secret-Key: {secret}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    for line in BufReader::with_capacity(65_536, stream).lines() {
        let line = line?;
        let Some(data) = line.strip_prefix("data: ") else { continue };
        if data == "[DONE]" {
            break;
        }
        let value = data.split_once("\"content\":").map(|(_, rest)| serde_json::Deserializer::from_str(rest));
        if let Some(Ok(text)) = value.and_then(|rest| rest.into_iter::<String>().next()) {
            let mut out = std::io::stdout().lock();
            out.write_all(text.replace('\n', "\r\n").as_bytes())?;
            out.flush()?;
        }
    }
    let _ = echo.join();
    Ok(())
}

/// What a key writes: itself into the last row, or a page of text.
fn shown(came: &[u8]) -> Vec<u8> {
    if PAGES.contains(&came) {
        let mut page = b"\x1b[?2026h\x1b[1;1H".to_vec();
        for row in 0..38 {
            page.extend(format!("\x1b[K{row:>4} {}\r\n", "words of a page ".repeat(5)).into_bytes());
        }
        page.extend(FRAME_END);
        return page;
    }
    let shown = if came.first() == Some(&0x7f) { " ".into() } else { String::from_utf8_lossy(came) };
    format!("\x1b7\x1b[40;1H{shown}\x1b8").into_bytes()
}
