//! What commands cost that carry many conversations or messages: CPU seconds, the most memory, and how the former grows
//! with what is carried (the slope through the sizes, in logarithms: 1.0 is in proportion).
//!
//! `cargo bench --bench bulk`. `PATCHCORD_BIN` names another binary, and `-- --against PATH` one that takes turns with it:
//! then both columns are printed. `BULK_MESSAGES` is the largest conversation and the longest list, `BULK_IMPORT` how many
//! messages the large import has, `BULK_RUNS` how often each is measured (medians are shown). Linux's `/proc` alone. Asserts
//! nothing but that the commands succeed.

#![allow(clippy::expect_used, clippy::print_stdout, clippy::missing_panics_doc, reason = "a program of its own")]

pub mod figures;
#[path = "../support/home.rs"]
pub mod home;
#[path = "../support/setting.rs"]
pub mod setting;

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use figures::{median, slope};
use home::{Home, PATCHCORD};
use serde_json::json;
use setting::setting;

/// The conversation that is large.
const LARGE: &str = "c0";

/// What is measured: its name, the archive that it is of, and its command.
const CASES: &[(&str, &str, &[&str])] = &[
    ("export, markdown", "one", &["conversations", "export", LARGE, "--format", "md"]),
    ("export, JSON", "one", &["conversations", "export", LARGE, "--format", "json"]),
    ("export, JSON lines", "one", &["conversations", "export", LARGE, "--format", "jsonl"]),
    ("export, HTML", "one", &["conversations", "export", LARGE, "--format", "html"]),
    ("show --all", "one", &["conversations", "show", LARGE, "--all"]),
    ("show --all --json", "one", &["--json", "conversations", "show", LARGE, "--all"]),
    ("list --all", "many", &["conversations", "list", "--all"]),
    ("list --all --json", "many", &["--json", "conversations", "list", "--all"]),
    ("export --all, JSON lines", "many", &["conversations", "export", "--all", "--format", "jsonl"]),
];

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let against = arguments.iter().position(|argument| argument == "--against").map(|at| at + 1);
    let own = std::env::var("PATCHCORD_BIN").unwrap_or_else(|_| PATCHCORD.to_owned());
    let programs: Vec<String> =
        std::iter::once(own).chain(against.and_then(|at| arguments.get(at).cloned())).collect();
    let (largest, imported) = (setting("BULK_MESSAGES", 100_000), setting("BULK_IMPORT", 1_000_000));
    let runs = setting("BULK_RUNS", 5);
    let sizes = [largest / 4, largest / 2, largest];
    // One that another version made may be of a schema that this one doesn't know, so each has its own.
    let homes: Vec<Vec<Home>> =
        programs.iter().map(|program| sizes.map(|size| filled(program, size)).into()).collect();
    println!("{} against {}", programs[0], programs.get(1).map_or("nobody", String::as_str));
    println!(
        "| what | CPU s | exponent | peak MB |{}",
        if programs.len() > 1 { " CPU s | exponent | peak MB |" } else { "" }
    );
    println!("| --- |{}", " ---: | ---: | ---: |".repeat(programs.len()));
    for (name, archive, command) in CASES {
        let arguments = [&["-c", archive], *command].concat();
        // They take turns, so that what else the machine does falls on both.
        let mut taken = vec![vec![Vec::new(); sizes.len()]; programs.len()];
        for _ in 0..runs {
            for at in 0..sizes.len() {
                for (program, (homes, taken)) in programs.iter().zip(homes.iter().zip(&mut taken)) {
                    taken[at].push(run(program, &homes[at], &arguments));
                }
            }
        }
        let columns = taken.iter().map(|taken| {
            let seconds = |at: usize| median(&taken[at].iter().map(|cost| cost.seconds).collect::<Vec<_>>());
            let points: Vec<(f64, f64)> =
                sizes.iter().enumerate().map(|(at, size)| (*size as f64, seconds(at))).collect();
            let last = sizes.len() - 1;
            let peak = median(&taken[last].iter().map(|cost| cost.peak_mb).collect::<Vec<_>>());
            format!(" {:.2} | {:.2} | {peak:.0} |", seconds(last), slope(&points))
        });
        println!("| {name} of {largest} |{}", columns.collect::<String>());
    }
    let file = written("million", imported, imported.div_ceil(200));
    let columns = programs.iter().map(|program| {
        let home = Home::new();
        let cost = run(program, &home, &["conversations", "import", &file.to_string_lossy(), "--as", "large"]);
        format!(" {:.2} | | {:.0} |", cost.seconds, cost.peak_mb)
    });
    println!("| import of {imported} |{}", columns.collect::<String>());
}

/// A home with an archive of one conversation of so many messages, and one of so many conversations of one message.
fn filled(program: &str, size: usize) -> Home {
    let home = Home::new();
    for (archive, conversations) in [("one", 1), ("many", size)] {
        let file = written(archive, size, conversations);
        run(program, &home, &["conversations", "import", &file.to_string_lossy(), "--as", archive]);
    }
    home
}

/// Words of eight scripts.
const WORDS: &[&str] = &["order ", "παραγγελία ", "заказ ", "คำสั่งซื้อ ", "注文 ", "订单 ", "طلب ", "आदेश "];

/// A file of exported lines: messages of 250 bytes, some of them with markdown. Kept for the next run.
fn written(name: &str, messages: usize, conversations: usize) -> PathBuf {
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("bulk-{name}-{messages}-{conversations}.jsonl"));
    if kept.exists() {
        return kept;
    }
    let half = kept.with_extension("half");
    let mut file = BufWriter::new(File::create(&half).expect("a file"));
    let each = messages.div_ceil(conversations);
    for n in 0..messages {
        let (conversation, at) = (n / each, n % each);
        let word = WORDS[n % WORDS.len()];
        let mut text = word.repeat(250 / word.len());
        text.push_str(if n % 5 == 0 { "**bold** and `code`" } else { "" });
        let mut line = json!({
            "id": format!("{n:016x}"),
            "role": if at % 2 == 0 { "user" } else { "assistant" },
            "text": text,
            "created_at": format!("2025-01-{:02}T10:{:02}:{:02}.000Z", 1 + at % 28, at / 60 % 60, at % 60),
            "conversation_id": format!("c{conversation}"),
        });
        if at == 0 {
            let count = each.min(messages - n);
            let title = format!("Conversation number {conversation}");
            line["conversation"] = json!({ "id": format!("c{conversation}"), "channel": "docs", "title": title, "message_count": count });
        }
        writeln!(file, "{line}").expect("written");
    }
    file.flush().and_then(|()| fs::rename(&half, &kept)).expect("kept");
    kept
}

/// What a process used.
#[derive(Clone, Copy)]
struct Cost {
    seconds: f64,
    peak_mb: f64,
}

/// Runs a command to its end.
fn run(program: &str, home: &Home, arguments: &[&str]) -> Cost {
    let before = children();
    let mut command = Command::new(program);
    command.args(arguments).env_clear().envs(home.environment());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().expect("it starts");
    let status = format!("/proc/{}/status", child.id());
    // The most that it ever had only grows, and is gone with it.
    let mut peak_mb: f64 = 0.0;
    let ended = loop {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
        let kb = line.split_whitespace().next().and_then(|kb| kb.parse::<f64>().ok()).unwrap_or_default();
        peak_mb = peak_mb.max(kb / 1_024.0);
        if let Some(ended) = child.try_wait().expect("it can be waited for") {
            break ended;
        }
        thread::sleep(Duration::from_millis(4));
    };
    assert!(ended.success(), "{program} {arguments:?}");
    Cost { seconds: children() - before, peak_mb }
}

/// Seconds of CPU time of all processes that were waited for.
fn children() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or_default();
    // The 16th and 17th fields of the line, in hundredths of a second.
    after.split_whitespace().skip(13).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}
