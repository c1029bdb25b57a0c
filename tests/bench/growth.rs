//! What searching costs as the store grows: a store of many messages in eight scripts is filled by SQL, put into the index
//! by the program, and searched, each search a process of its own. Several programs are measured in turns.
//!
//! `cargo bench --bench growth -- [--against PATH]…`. `GROWTH_MESSAGES` says how many messages (200,000), `GROWTH_RUNS` how
//! many rounds (5). CPU seconds and written bytes are those of the processes; prints tables and asserts nothing. Linux.

#![allow(clippy::expect_used, clippy::print_stdout, clippy::missing_panics_doc, reason = "a program of its own")]

#[path = "../support/setting.rs"]
pub mod setting;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use std::{env, fs};

use rusqlite::{Connection, params};
use serde_json::Value;
use setting::setting;

/// What is searched for, and why.
const SEARCHES: &[(&str, &str)] = &[
    ("nothing of it", "--list-saved"),
    ("a common word", "planet"),
    ("a phrase", "\"of the planet\""),
    ("a word and a role", "planet role:user"),
    ("a word and a channel", "planet channel:flow"),
    ("a word and a time", "planet after:30d"),
    ("a title", "title:nmbr42"),
    ("a word and a title", "planet title:nmbr42"),
    ("a word and one title", "planet in:\"number 4242\""),
    ("one letter", "q"),
    ("a letter of many", "e"),
    ("one Han letter", "退"),
    ("two letters", "ok"),
    ("two Han letters", "退款"),
    ("a capital in a common word", "Planet"),
    ("a capital that is nowhere", "pLanet"),
    ("a part of a word", "lane"),
    ("a rare word", "zanzibar"),
    ("no word at all", "xylophone"),
    ("a word of Cyrillic", "планета"),
    ("not a word", "-planet"),
    ("a word and not another", "planet -moon"),
    ("a role", "role:user"),
    ("a link", "has:link"),
];

/// Letters of each script: words are made of them.
const SCRIPTS: [&str; 8] = [
    "abcdefghijklmnoprstuvwyz",
    "абвгдежзиклмнопрстуфхцчшыэюя",
    "αβγδεζηθικλμνξοπρστυφχψω",
    "ابتثجحخدذرزسشصضطظعغفقكلمنهوي",
    "कखगघचछजझटठडढणतथदधनपफबभमयरलवशषसह",
    "กขคงจฉชซญดตถทธนบปผพฟมยรลวศสหอ",
    "的一是不了人我在有他这为之大来以个中上们到说国和地也子时道出而要于就下得可你年生",
    "가나다라마바사아자차카타파하고노도로모보소오조초코토포호",
];

fn main() {
    let mut programs: Vec<PathBuf> = Vec::new();
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "--against" {
            programs.push(arguments.next().expect("--against takes a path").into());
        }
    }
    programs
        .push(env::var_os("GROWTH_PROGRAM").map_or_else(|| env!("CARGO_BIN_EXE_patchcord").into(), PathBuf::from));
    let many: u64 = setting("GROWTH_MESSAGES", 200_000).try_into().expect("few");
    let dir = tempfile::tempdir().expect("a directory");
    let homes: Vec<PathBuf> = (0..programs.len()).map(|n| dir.path().join(n.to_string())).collect();
    println!("| {many} messages | CPU s | GB written | database beside its text |");
    println!("| --- | ---: | ---: | ---: |");
    for (program, home) in programs.iter().zip(&homes) {
        // No platform is asked.
        let channel = "[[channels]]\nname = \"docs\"\nplatform = \"chat-thing\"\nchannel_id = \"x\"\n\
                       secret_key = { env = \"NONE\" }\n";
        fs::write(home.with_extension("toml"), channel).expect("a config file");
        let _ = run(program, home, "--list-saved");
        let text = fill(&home.join("patchcord.db"), many);
        let (cost, _) = run(program, home, "zanzibar");
        let size = fs::metadata(home.join("patchcord.db")).expect("the store").len();
        println!(
            "| {} | {:.1} | {:.2} | {:.2} |",
            program.display(),
            cost.cpu.as_secs_f64(),
            cost.written as f64 / 1e9,
            size as f64 / text as f64
        );
    }
    println!();
    println!("| whole process, CPU ms, median (least) | found | {} |", names(&programs));
    println!("| --- | ---: |{}", " ---: |".repeat(programs.len()));
    for (what, search) in SEARCHES {
        let mut took = vec![Vec::new(); programs.len()];
        let mut found = vec![String::new(); programs.len()];
        for _ in 0..setting("GROWTH_RUNS", 5) {
            for (n, program) in programs.iter().enumerate() {
                // Ticks are hundredths of a second: some in a row.
                let costs: Vec<_> = (0..5).map(|_| run(program, &homes[n], search)).collect();
                let cpu: Duration = costs.iter().map(|(cost, _)| cost.cpu).sum();
                took[n].push(cpu.as_secs_f64() * 200.0);
                found[n] = costs.into_iter().next_back().map(|(_, found)| found).unwrap_or_default();
            }
        }
        let columns: Vec<String> = took
            .iter_mut()
            .map(|took| {
                took.sort_by(f64::total_cmp);
                format!("{:.0} ({:.0})", took[took.len() / 2], took[0])
            })
            .collect();
        println!("| {what}: `{search}` | {} | {} |", found.join(" / "), columns.join(" | "));
    }
}

fn names(programs: &[PathBuf]) -> String {
    programs.iter().map(|program| program.display().to_string()).collect::<Vec<_>>().join(" | ")
}

/// What a process came to.
struct Cost {
    cpu: Duration,
    written: u64,
}

/// One search, to its end, and how many it found.
fn run(program: &Path, home: &Path, search: &str) -> (Cost, String) {
    let before = of_children();
    let output = Command::new(program)
        .args(["search", "--json"])
        .args(if search == "--list-saved" { vec![search] } else { vec!["--", search] })
        .env("PATCHCORD_DATA_DIR", home)
        .env("XDG_STATE_HOME", home)
        .env("XDG_CONFIG_HOME", home)
        .env("PATCHCORD_CONFIG", home.with_extension("toml"))
        .stdin(Stdio::null())
        .output()
        .expect("it runs");
    let after = of_children();
    let told: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let found = match (told["total"].as_u64(), told["at_least"].as_u64()) {
        (Some(total), _) => total.to_string(),
        (None, Some(some)) => format!("{some}+"),
        (None, None) if output.status.success() => String::new(),
        (None, None) => String::from_utf8_lossy(&output.stderr).into_owned(),
    };
    (Cost { cpu: after.0.saturating_sub(before.0), written: after.1 - before.1 }, found)
}

/// CPU time of all children that ended, and the bytes that they and this process wrote.
fn of_children() -> (Duration, u64) {
    let stat = fs::read_to_string("/proc/self/stat").expect("Linux");
    let ticks: u64 = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .skip(13)
        .take(2)
        .filter_map(|ticks| ticks.parse::<u64>().ok())
        .sum();
    let io = fs::read_to_string("/proc/self/io").unwrap_or_default();
    let written = io.lines().find_map(|line| line.strip_prefix("wchar: ")).and_then(|n| n.parse().ok()).unwrap_or(0);
    (Duration::from_millis(ticks * 10), written)
}

/// Messages of 250 bytes, in conversations of 200 that begin anywhere in a year. Answers how many bytes their texts have.
fn fill(file: &Path, many: u64) -> u64 {
    let mut database = Connection::open(file).expect("the store");
    database.execute_batch("PRAGMA synchronous = OFF; PRAGMA cache_size = -200000;").expect("settings");
    let tx = database.transaction().expect("a transaction");
    let mut chance = Chance(7);
    let words: Vec<Vec<String>> = SCRIPTS.iter().map(|letters| words(letters, &mut chance)).collect();
    let now = i64::try_from(std::time::UNIX_EPOCH.elapsed().expect("a clock").as_millis()).expect("a clock");
    let mut bytes = 0;
    for conversation in 1..=many.div_ceil(200) {
        let n = i64::try_from(conversation).expect("few");
        let channel = if conversation % 4 == 0 { "flow" } else { "docs" };
        let begun = now - 1_000 * i64::try_from(chance.below(365 * 86_400)).expect("a year");
        tx.prepare_cached(
            "INSERT INTO conversations (n, channel, id, title, created_ms, created_raw) VALUES (?1, ?2, ?3, ?4, ?5, '')",
        )
        .expect("SQL")
        .execute(params![n, channel, format!("{n:08x}-e691"), format!("Stored conversation number {n}"), begun])
        .expect("stored");
        for seq in 0..200.min(many - (conversation - 1) * 200) {
            let number = (conversation - 1) * 200 + seq;
            let text = text(number, &words, &mut chance);
            bytes += text.len() as u64;
            let seq = i64::try_from(seq).expect("few");
            tx.prepare_cached(
                "INSERT INTO messages (conversation, seq, id, role, text, created_ms, created_raw)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, '')",
            )
            .expect("SQL")
            .execute(params![
                n,
                seq * 2,
                format!("{number:016x}"),
                if seq % 2 == 0 { "user" } else { "assistant" },
                text,
                begun + seq * 60_000
            ])
            .expect("stored");
        }
    }
    tx.commit().expect("stored");
    bytes
}

/// Two thousand words of a script.
fn words(letters: &str, chance: &mut Chance) -> Vec<String> {
    let letters: Vec<char> = letters.chars().collect();
    (0..2_000).map(|_| (0..2 + chance.below(6)).map(|_| letters[chance.below(letters.len())]).collect()).collect()
}

/// About 250 bytes, the first words of a script as frequent as such words are.
fn text(number: u64, words: &[Vec<String>], chance: &mut Chance) -> String {
    let script = usize::try_from(number % 8).expect("eight");
    let mut text = String::new();
    let mut say = |words: &str| text.push_str(words);
    match number {
        _ if number.is_multiple_of(9_999) => say("Zanzibar "),
        _ if number.is_multiple_of(40) => say("Most of the planet is ok. "),
        _ if number.is_multiple_of(24) => say("Planet of a moon, "),
        _ if number % 50 == 1 => say("планета "),
        _ if number % 200 == 6 => say("申请退款 https://example.org/a "),
        _ => {}
    }
    while text.len() < 240 {
        let at = chance.below(2_000).min(chance.below(2_000)).min(chance.below(2_000));
        text.push_str(&words[script][at]);
        // Two of the scripts are written without spaces.
        if !matches!(script, 5 | 6) {
            text.push(' ');
        }
    }
    text
}

/// Chance that is the same each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, many: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % many
    }
}
