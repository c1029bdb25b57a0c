//! Whoever means harm: connections that never finish a request, and bodies without an end, against the real program.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use patchcord::domain::Secret;

use crate::posts::{Kind, SECRET};
use crate::process;
use crate::program::{How, Program};

/// Connections that send half a head.
const HALF_OPEN: usize = 5_000;
/// What honest senders do meanwhile.
const HONEST: usize = 300;
const GIBIBYTE: u64 = 1 << 30;

/// Half a head on each of so many connections; then and while they come, honest ones.
pub fn half_open(binary: &str) {
    let program = Program::start(binary, How::JsonNull);
    let secret = Secret::new(SECRET);
    let (addr, pid) = (program.addr, program.pid());
    let mut at = 0;
    let mut honest = |times: &mut Vec<f64>| {
        let request = Kind::KLaunch.request(&secret, 10, 0, at);
        at += 1;
        times.push(ask(addr, &request));
    };
    let (mut alone, mut coming, mut held) = (Vec::new(), Vec::new(), Vec::new());
    (0..HONEST).for_each(|_| honest(&mut alone));
    let before = process::resident_mb(pid);
    let cpu = process::cpu(pid);
    let mut open = Vec::with_capacity(HALF_OPEN);
    for n in 0..HALF_OPEN {
        let mut stream = TcpStream::connect(addr).expect("a connection");
        stream.write_all(b"POST /hooks/klaunch HTTP/1.1\r\nHost: local").expect("half a head");
        open.push(stream);
        if n.is_multiple_of(HALF_OPEN / HONEST) {
            honest(&mut coming);
        }
    }
    (0..HONEST).for_each(|_| honest(&mut held));
    let (peak, cpu) = (process::peak_mb(pid), process::cpu(pid) - cpu);
    println!(
        "\n{HALF_OPEN} half-open connections: {before:.1} MB before, {peak:.1} MB at most ({:+.1}), {cpu:.2} s of CPU",
        peak - before
    );
    for (what, times) in [("alone", alone), ("while they come", coming), ("while they stay", held)] {
        let (p50, max) = (quantile(&times, 0.5), quantile(&times, 1.0));
        println!("  an honest one, {what:<16} p50 {p50:>6.2} ms   max {max:>6.2} ms");
    }
    drop(open);
    program.stop();
}

/// A body of a gibibyte, announced and in chunks.
pub fn long_bodies(binary: &str) {
    let program = Program::start(binary, How::JsonNull);
    let pid = program.pid();
    let secret = Secret::new(SECRET);
    // So that what is made at the first request is there.
    for at in 0..HONEST {
        ask(program.addr, &Kind::KLaunch.request(&secret, 10, 0, at));
    }
    println!();
    for (what, header) in
        [("Content-Length", "Content-Length: 1073741824"), ("chunked", "Transfer-Encoding: chunked")]
    {
        let before = process::resident_mb(pid);
        process::forget_peak(pid);
        let cpu = process::cpu(pid);
        let (sent, answer) = pour(program.addr, header);
        let (peak, cpu) = (process::peak_mb(pid), process::cpu(pid) - cpu);
        println!(
            "a body of 1 GiB, {what:<14} {before:.1} MB before, {peak:.1} MB at most ({:+.2}), {cpu:.2} s of CPU; \
             {:.1} MB could be sent; answered {answer:?}",
            peak - before,
            sent as f64 / 1_048_576.0
        );
    }
    program.stop();
}

/// Sends a body for as long as it is taken; says how much went, and the answer's first line.
fn pour(addr: SocketAddr, header: &str) -> (u64, String) {
    let mut stream = TcpStream::connect(addr).expect("a connection");
    stream.set_write_timeout(Some(Duration::from_secs(30))).expect("a setting");
    let head = format!(
        "POST /hooks/klaunch HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{header}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).expect("a head");
    let mut part = vec![b'x'; 65_536];
    if header.contains("chunked") {
        part = [b"10000\r\n".as_slice(), &part, b"\r\n"].concat();
    }
    let mut sent = 0;
    while sent < GIBIBYTE {
        match stream.write(&part) {
            Ok(more) => sent += more as u64,
            Err(_) => break,
        }
    }
    let mut answer = [0; 512];
    let read = stream.read(&mut answer).unwrap_or(0);
    let answer = String::from_utf8_lossy(&answer[..read]).lines().next().unwrap_or_default().to_owned();
    (sent, answer)
}

/// One request on a connection of its own: milliseconds from before it connects to its answer.
fn ask(addr: SocketAddr, request: &[u8]) -> f64 {
    let from = Instant::now();
    let mut stream = TcpStream::connect(addr).expect("a connection");
    stream.set_nodelay(true).and_then(|()| stream.write_all(request)).expect("a request sent");
    let mut buffer = [0; 1_024];
    let mut read = 0;
    while !buffer[..read].ends_with(b"{\"ok\":true}") {
        let more = stream.read(&mut buffer[read..]).expect("an answer");
        assert!(more > 0, "cut off after {:?}", String::from_utf8_lossy(&buffer[..read]));
        read += more;
    }
    from.elapsed().as_secs_f64() * 1e3
}

fn quantile(times: &[f64], at: f64) -> f64 {
    let mut times = times.to_vec();
    times.sort_by(f64::total_cmp);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index of few")]
    let at = ((times.len() - 1) as f64 * at) as usize;
    times[at]
}
