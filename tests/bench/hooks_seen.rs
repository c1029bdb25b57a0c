//! What a webhook costs the terminal interface: at the pace of a busy day, and in a burst.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use patchcord::domain::Secret;

use crate::drive::{Client, Load};
use crate::options::Options;
use crate::posts::{Kind, SECRET};
use crate::process;
use crate::program::{How, Program};
use crate::table::Table;
use crate::turns::turns;
use crate::who::Who;

/// Between two at the pace of 20 a second.
const PACE: Duration = Duration::from_millis(50);
/// How long the work behind them may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// CPU milliseconds a webhook.
pub fn rows(table: &mut Table, options: &Options) {
    let paced = turns(options.rounds(5, 3), false, |who| paced(who, options.rounds(120, 60)));
    table.middles("a webhook at 20 a second in the terminal interface, CPU ms", &paced, |ms| *ms, 2, "0.5");
    let burst = turns(options.rounds(5, 3), false, |who| burst(who, options.rounds(6_000, 3_000)));
    table.middles("the same in a burst", &burst, |ms| *ms, 3, "");
}

/// One after the other, each at its time.
fn paced(who: Who, count: usize) -> f64 {
    let program = Program::start(&who.program(), How::Read);
    let secret = Secret::new(SECRET);
    let mut stream = TcpStream::connect(program.addr).expect("a connection");
    stream.set_nodelay(true).expect("a setting");
    let before = process::at_rest(program.pid(), PATIENCE);
    let from = Instant::now();
    for at in 0..count {
        let due = from + PACE * u32::try_from(at).expect("few");
        thread::sleep(due.saturating_duration_since(Instant::now()));
        stream.write_all(&Kind::KLaunch.request(&secret, 10, 0, at)).expect("a request sent");
        acknowledged(&mut stream);
    }
    let cpu = process::at_rest(program.pid(), PATIENCE) - before;
    program.stop();
    cpu * 1_000.0 / count as f64
}

fn acknowledged(stream: &mut TcpStream) {
    let (mut buffer, mut read) = ([0; 1_024], 0);
    while !buffer[..read].ends_with(b"{\"ok\":true}") {
        let more = stream.read(&mut buffer[read..]).expect("an answer");
        assert!(more > 0, "cut off after {:?}", String::from_utf8_lossy(&buffer[..read]));
        read += more;
    }
}

/// As fast as they are taken.
fn burst(who: Who, count: usize) -> f64 {
    let program = Program::start(&who.program(), How::Read);
    let load = Load { kind: Kind::KLaunch, connections: 64, users: 10, count, seed: 1 };
    let client = Client::start(program.addr, load);
    let before = process::at_rest(program.pid(), PATIENCE);
    client.run();
    let cpu = process::at_rest(program.pid(), PATIENCE) - before;
    program.stop();
    cpu * 1_000.0 / count as f64
}
