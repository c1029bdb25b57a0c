//! The floor: the same stream read line by line and written raw, keys echoed by a thread. No screen, no markdown.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::mpsc;
use std::thread;

use crate::support::chat_thing::CHANNEL;

/// Waits for Enter, asks, and writes what comes until the stream ends; then waits for its terminal's end.
pub fn run(url: &str, secret: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout();
    // The last row is for the keys, the rest scrolls.
    out.write_all(b"\x1b[1;39r\x1b[1;1Hready\r\n")?;
    out.flush()?;
    let (sender, entered) = mpsc::channel();
    let echo = thread::spawn(move || {
        let mut keys = std::io::stdin().lock();
        let mut byte = [0];
        while let Ok(1) = keys.read(&mut byte) {
            if byte[0] == b'\r' {
                let _ = sender.send(());
                continue;
            }
            let mut out = std::io::stdout().lock();
            let shown = if byte[0] == 0x7f { ' ' } else { char::from(byte[0]) };
            let _ = write!(out, "\x1b7\x1b[40;1H{shown}\x1b8").and_then(|()| out.flush());
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
