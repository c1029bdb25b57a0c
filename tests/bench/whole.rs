//! A whole process: a command from its start to its end, and what the system says that it took. It is run by a process of
//! its own, this program again, so that what the system counts is one command's alone.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};

use crate::process;

/// How long a command may take: the index of a million messages is the longest, and a build.
const PATIENCE: Duration = Duration::from_mins(90);

/// What a command took.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cost {
    /// Seconds of CPU time, its own and the system's for it.
    pub cpu: f64,
    /// Seconds.
    pub wall: f64,
    /// The most memory that it had resident, in MB.
    pub peak: f64,
    /// Bytes that it made the system write, in MB.
    pub written: f64,
}

/// A command that must succeed.
#[derive(Debug, Clone)]
pub struct Whole<'a> {
    /// The program.
    pub program: &'a str,
    /// What it is told.
    pub arguments: &'a [&'a str],
    /// All of its environment.
    pub environment: &'a [(String, String)],
    /// Where it runs.
    pub folder: &'a Path,
    /// The file that its output goes into; none throws it away.
    pub output: Option<&'a Path>,
}

impl Whole<'_> {
    /// Runs it to its end.
    pub fn run(&self) -> Cost {
        let own = std::env::current_exe().expect("this program's path");
        let mut command = Command::new(own);
        command.args(["--whole", self.program]).args(self.arguments);
        command.env_clear().envs(self.environment.iter().map(|(name, value)| (name, value)));
        if let Some(output) = self.output {
            command.env(OUTPUT, output);
        }
        let ran = command.current_dir(self.folder).stdin(Stdio::null()).output().expect("the command runs");
        let errors = String::from_utf8_lossy(&ran.stderr);
        assert!(ran.status.success(), "{} {:?} failed: {errors}", self.program, self.arguments);
        let said = String::from_utf8_lossy(&ran.stdout);
        let mut values = said.split_whitespace().map(|value| value.parse::<f64>().expect("a number"));
        let mut next = || values.next().expect("a value");
        Cost { cpu: next(), wall: next(), peak: next(), written: next() }
    }
}

/// Names the file of the output to the one that runs the command.
const OUTPUT: &str = "BENCH_OUTPUT";

/// The main of the one that runs a command, where these are its arguments.
pub fn main(arguments: &[String]) -> bool {
    let [_, mode, program, rest @ ..] = arguments else { return false };
    if mode != "--whole" {
        return false;
    }
    let out = std::env::var_os(OUTPUT).map_or_else(Stdio::null, |path| File::create(path).expect("a file").into());
    let from = Instant::now();
    let mut child = Command::new(program)
        .args(rest)
        .env_remove(OUTPUT)
        .stdin(Stdio::null())
        .stdout(out)
        .spawn()
        .expect("the program starts");
    end_after(PATIENCE, &child);
    let written = last_written(&child);
    let status = child.wait().expect("its end");
    let wall = from.elapsed().as_secs_f64();
    let used = getrusage(UsageWho::RUSAGE_CHILDREN).expect("what it used");
    let seconds = |time: nix::sys::time::TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    let cpu = seconds(used.user_time()) + seconds(used.system_time());
    println!("{cpu} {wall} {} {written}", used.max_rss() as f64 / 1_024.0);
    if !status.success() {
        std::process::exit(1);
    }
    true
}

/// Ends it if it isn't done by then; whoever waits for it is gone first otherwise, and this with it.
fn end_after(time: Duration, child: &Child) {
    let pid = Pid::from_child(child);
    thread::spawn(move || {
        thread::sleep(time);
        let _ = kill_process(pid, Signal::KILL);
    });
}

/// What it made the system write, in MB, read once it has ended and before it is forgotten.
fn last_written(child: &Child) -> f64 {
    let pid = Pid::from_child(child);
    let _ = waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT);
    process::written_mb(child.id())
}

/// The bytes of a file, or none, in MB.
pub fn file_mb(path: &Path) -> f64 {
    fs::metadata(path).map_or(0.0, |file| file.len() as f64 / 1_048_576.0)
}
