//! The client: so many connections, each with one request at a time, made beforehand. One thread, one `poll` for all
//! that is ready, so that it leaves as much as it can of the machine to whom it measures.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Instant;

use patchcord::domain::Secret;
use rustix::event::{PollFd, PollFlags, poll};

use crate::posts::{Kind, SECRET};
use crate::process;

/// What the listener takes on one connection.
const REQUESTS: usize = 1_000;

/// What is sent.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    /// Which platform's.
    pub kind: Kind,
    /// With how many connections.
    pub connections: usize,
    /// From how many people.
    pub users: usize,
    /// How many.
    pub count: usize,
    /// Tells this run's events from another's.
    pub seed: usize,
}

/// What the client saw.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    /// Acknowledged a second.
    pub pace: f64,
    /// Milliseconds.
    pub p50: f64,
    /// Milliseconds.
    pub p99: f64,
    /// Milliseconds.
    pub max: f64,
    /// Its own CPU microseconds for each.
    pub cpu: f64,
}

/// The client as a process of its own, ready and waiting.
pub struct Client {
    child: Child,
    out: ChildStdout,
}

impl Client {
    /// Makes the requests and connects to nobody yet.
    pub fn start(addr: SocketAddr, load: Load) -> Self {
        let Load { kind, connections, users, count, seed } = load;
        let own = std::env::current_exe().expect("this program's path");
        let mut child = Command::new(own)
            .args(["--drive", &addr.to_string(), kind.name()])
            .args([connections, users, count, seed].map(|n| n.to_string()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the client");
        let mut out = child.stdout.take().expect("its output");
        out.read_exact(&mut [0]).expect("that it is ready");
        Self { child, out }
    }

    /// Lets it go, and waits for its end.
    pub fn run(mut self) -> Seen {
        drop(self.child.stdin.take());
        let mut said = String::new();
        self.out.read_to_string(&mut said).expect("what it measured");
        assert!(self.child.wait().expect("its end").success(), "the client failed");
        let mut values = said.split_whitespace().map(|value| value.parse::<f64>().expect("a number"));
        let mut next = || values.next().expect("a value");
        Seen { pace: next(), p50: next(), p99: next(), max: next(), cpu: next() }
    }
}

/// The client's own main, where these are its arguments.
pub fn main(arguments: &[String]) -> bool {
    let [_, mode, addr, kind, connections, users, count, seed] = arguments else { return false };
    if mode != "--drive" {
        return false;
    }
    let number = |text: &String| text.parse::<usize>().expect("a number");
    let (connections, count) = (number(connections), number(count));
    let load = Load { kind: Kind::find(kind), connections, users: number(users), count, seed: number(seed) };
    drive(addr.parse().expect("an address"), load);
    true
}

/// One connection.
struct Line {
    addr: SocketAddr,
    stream: TcpStream,
    requests: Vec<Vec<u8>>,
    /// How many were sent.
    sent: usize,
    began: Instant,
    buffer: [u8; 1_024],
    read: usize,
}

impl Line {
    fn new(addr: SocketAddr, requests: Vec<Vec<u8>>) -> Self {
        Self { addr, stream: connect(addr), requests, sent: 0, began: Instant::now(), buffer: [0; 1_024], read: 0 }
    }

    /// Sends the next; false if there is none.
    fn send(&mut self) -> bool {
        let Some(request) = self.requests.get(self.sent) else { return false };
        if self.sent > 0 && self.sent.is_multiple_of(REQUESTS) {
            self.stream = connect(self.addr);
        }
        self.sent += 1;
        (self.began, self.read) = (Instant::now(), 0);
        // A kilobyte always fits into a socket that nothing else is in.
        self.stream.write_all(request).expect("a request sent");
        true
    }

    /// Reads what there is; the time in nanoseconds once the answer is whole.
    fn receive(&mut self) -> Option<u64> {
        let more = match self.stream.read(&mut self.buffer[self.read..]) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => return None,
            more => more.expect("an answer"),
        };
        let whole = &self.buffer[..self.read + more];
        assert!(more > 0, "cut off after {:?}", String::from_utf8_lossy(whole));
        self.read += more;
        if !whole.ends_with(b"\r\n\r\n{\"ok\":true}") {
            return None;
        }
        assert!(whole.starts_with(b"HTTP/1.1 20"), "{}", String::from_utf8_lossy(whole));
        Some(u64::try_from(self.began.elapsed().as_nanos()).unwrap_or(u64::MAX))
    }
}

/// A connection that waits for nothing.
pub fn connect(addr: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(addr).expect("a connection");
    stream.set_nodelay(true).and_then(|()| stream.set_nonblocking(true)).expect("a setting");
    stream
}

fn drive(addr: SocketAddr, load: Load) {
    let secret = Secret::new(SECRET);
    let mut shares: Vec<Vec<Vec<u8>>> = vec![Vec::new(); load.connections];
    for at in 0..load.count {
        shares[at % load.connections].push(load.kind.request(&secret, load.users, load.seed, at));
    }
    println!();
    std::io::stdout().flush().expect("an output");
    let _ = std::io::stdin().read(&mut [0]);
    let cpu = process::cpu(std::process::id());
    let mut times = Vec::with_capacity(load.count);
    let from = Instant::now();
    let mut lines: Vec<Line> = shares.into_iter().map(|share| Line::new(addr, share)).collect();
    lines.retain_mut(Line::send);
    while !lines.is_empty() {
        let mut polled: Vec<PollFd<'_>> = lines.iter().map(|line| PollFd::new(&line.stream, PollFlags::IN)).collect();
        poll(&mut polled, None).expect("something ready");
        let ready: Vec<bool> = polled.iter().map(|fd| !fd.revents().is_empty()).collect();
        let mut ready = ready.into_iter();
        lines.retain_mut(|line| {
            if !ready.next().unwrap_or(false) {
                return true;
            }
            let Some(time) = line.receive() else { return true };
            times.push(time);
            line.send()
        });
    }
    let took = from.elapsed().as_secs_f64();
    let cpu = process::cpu(std::process::id()) - cpu;
    times.sort_unstable();
    let at = |per_mille: usize| times[(times.len() - 1) * per_mille / 1_000] as f64 / 1e6;
    let count = load.count as f64;
    println!("{} {} {} {} {}", count / took, at(500), at(990), at(1_000), cpu * 1e6 / count);
}
