//! What the kernel says of a process: Linux's `/proc`.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::thread;
use std::time::{Duration, Instant};

/// Seconds of CPU time that its threads have used: in nanoseconds where the kernel counts them, else in ticks.
pub fn cpu(pid: u32) -> f64 {
    let fine: f64 = fs::read_dir(format!("/proc/{pid}/task"))
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|task| fs::read_to_string(task.path().join("schedstat")).ok())
        .filter_map(|text| text.split_whitespace().next()?.parse::<f64>().ok())
        .sum();
    if fine > 0.0 {
        return fine / 1e9;
    }
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or_default();
    // The 14th and 15th fields of the line, user and system time in hundredths of a second.
    after.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// The most memory that it had resident, in MB.
pub fn peak_mb(pid: u32) -> f64 {
    status_mb(pid, "VmHWM:")
}

/// The memory that it has resident, in MB.
pub fn resident_mb(pid: u32) -> f64 {
    status_mb(pid, "VmRSS:")
}

/// The memory that it has resident, and what of that is its own alone, in MB.
pub fn resident_and_private_mb(pid: u32) -> (f64, f64) {
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
    let sum = |names: &[&str]| {
        let lines = rollup.lines().filter(|line| names.iter().any(|name| line.starts_with(name)));
        lines.filter_map(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok()).sum::<f64>() / 1_024.0
    };
    (sum(&["Rss:"]), sum(&["Private_Clean:", "Private_Dirty:"]))
}

/// Bytes that it made the system write to files so far, in MB; those that were taken back by a later write count as well.
pub fn written_mb(pid: u32) -> f64 {
    let io = fs::read_to_string(format!("/proc/{pid}/io")).unwrap_or_default();
    let line = io.lines().find_map(|line| line.strip_prefix("write_bytes:")).unwrap_or_default();
    line.trim().parse::<f64>().unwrap_or(f64::NAN) / 1_048_576.0
}

/// Waits until it has used no CPU time to speak of for a while, or the patience is at its end; the CPU seconds then.
pub fn at_rest(pid: u32, patience: Duration) -> f64 {
    // How often it must be found still, and how much may happen meanwhile.
    const STILL: usize = 4;
    const TRIFLE: f64 = 0.001;
    let (from, mut last, mut still) = (Instant::now(), cpu(pid), 0);
    while still < STILL && from.elapsed() < patience {
        thread::sleep(Duration::from_millis(100));
        let now = cpu(pid);
        still = if now - last < TRIFLE { still + 1 } else { 0 };
        last = now;
    }
    last
}

/// Lets the most begin anew.
pub fn forget_peak(pid: u32) {
    let _ = fs::write(format!("/proc/{pid}/clear_refs"), "5");
}

fn status_mb(pid: u32, name: &str) -> f64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    line.split_whitespace().next().and_then(|kb| kb.parse::<f64>().ok()).unwrap_or(f64::NAN) / 1_024.0
}

/// The machine's load averages.
pub fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().take(3).collect::<Vec<_>>().join(" ")
}

/// How often each of its threads gave up a processor to wait, and so was woken.
pub fn wakes(pid: u32) -> BTreeMap<OsString, f64> {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let count = |task: fs::DirEntry| {
        let status = fs::read_to_string(task.path().join("status")).ok()?;
        let count = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"))?;
        Some((task.file_name(), count.trim().parse().ok()?))
    };
    tasks.filter_map(count).collect()
}

/// The machine in words: its processors, and what they call themselves.
pub fn machine() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let cores = info.lines().filter(|line| line.starts_with("processor")).count();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    let model = model.map_or("unknown", |(_, name)| name.trim());
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let memory = memory.split_whitespace().nth(1).and_then(|kb| kb.parse::<f64>().ok()).unwrap_or(f64::NAN);
    format!("{cores} cores of {model}, {:.0} GB of memory, {}", memory / 1_048_576.0, std::env::consts::OS)
}
