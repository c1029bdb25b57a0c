//! What a program costs while nobody uses it: memory, wake-ups, CPU time, bytes to the terminal.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::thread;
use std::time::Duration;

use crate::process;
use crate::support::chat_thing::ChatThing;
use crate::support::hooks::free_port;
use crate::support::pty::Pty;

/// Until what is done for a while after a start has come to rest.
const REST: Duration = Duration::from_secs(16);

/// What one program did while nothing happened.
#[derive(Debug, Clone, Copy)]
pub struct Idle {
    /// Resident, in MB.
    pub resident: f64,
    /// What of that is its own alone, in MB.
    pub private: f64,
    /// How often a thread of it was put on a processor, a second.
    pub wakes: f64,
    /// CPU milliseconds a second.
    pub cpu: f64,
    /// Bytes written to the terminal.
    pub bytes: f64,
}

/// Looks on for that long, at all of them at once, after they have come to rest.
pub fn watch(programs: &[&Pty], time: Duration) -> Vec<Idle> {
    // What a start leaves behind: connections that time out, threads that wait for more to do, a page still read.
    thread::sleep(REST);
    let now = || programs.iter().map(|pty| Now::from_pty(pty)).collect::<Vec<_>>();
    let before = now();
    thread::sleep(time);
    let seconds = time.as_secs_f64();
    let idle = |(before, after): (Now, Now)| Idle {
        resident: after.resident,
        private: after.private,
        wakes: woken(&before.wakes, &after.wakes) / seconds,
        cpu: (after.cpu - before.cpu) * 1_000.0 / seconds,
        bytes: after.bytes - before.bytes,
    };
    before.into_iter().zip(now()).map(idle).collect()
}

/// How often threads were woken, those that ended meanwhile left out.
fn woken(before: &BTreeMap<OsString, f64>, after: &BTreeMap<OsString, f64>) -> f64 {
    after.iter().map(|(thread, count)| count - before.get(thread).unwrap_or(&0.0)).sum()
}

struct Now {
    resident: f64,
    private: f64,
    wakes: BTreeMap<OsString, f64>,
    cpu: f64,
    bytes: f64,
}

impl Now {
    fn from_pty(pty: &Pty) -> Self {
        let pid = pty.pid();
        let (resident, private) = process::resident_and_private_mb(pid);
        Self { resident, private, wakes: process::wakes(pid), cpu: process::cpu(pid), bytes: pty.written() as f64 }
    }
}

/// The config of somebody who has a channel beside it whose platform posts webhooks.
pub fn listening(server: &ChatThing) -> String {
    format!(
        "default_channel = \"docs\"\n[listener]\nbind = \"127.0.0.1:{}\"\n{}[[channels]]\nname = \"flow\"\n\
         platform = \"klaunch\"\nsend_url = \"http://127.0.0.1:9/send\"\nchannel_id = \"hall\"\ntoken = \"a token\"\n\
         allow_http = true\n",
        free_port(),
        server.config()
    )
}
