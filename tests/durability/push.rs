//! kill -9 at any moment of a push of a thousand rows: the next push finishes it, no row is missing, and none is double.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::support::command::{Call, Output};
use crate::{Dice, desk};

/// So many rows are pushed.
const ROWS: usize = 1_000;

/// Row `n` in its round: some have one name.
fn row(n: usize, round: usize) -> (String, String) {
    (format!("part {}/row {n}.md", n % 7), format!("row {n} of round {round}\r\n"))
}

#[test]
fn killed_while_pushing_no_row_is_missing_or_double() {
    let kills: usize = env::var("KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(4);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |time| u64::from(time.subsec_nanos()));
    let seed: u64 = env::var("SEED").ok().and_then(|n| n.parse().ok()).unwrap_or(now) | 1;
    println!("SEED={seed} KILLS={kills}");
    let mut dice = Dice(seed);
    let (home, server) = desk();
    let (mut killed, mut ended) = (0, 0);
    for kill in 0..kills {
        let source = server.add_source(&[]);
        let folder = home.path().join(format!("docs{kill}"));
        let folder_text = folder.to_str().expect("text").to_owned();
        let args = ["sources", "push", &source, &folder_text, "--prune"];
        let mut wanted: BTreeMap<String, String> = BTreeMap::new();
        for n in 0..ROWS {
            let (path, text) = row(n, 0);
            let path_there = folder.join(&path);
            fs::create_dir_all(path_there.parent().expect("a folder")).expect("folders");
            fs::write(path_there, &text).expect("a file");
            wanted.insert(path.trim_end_matches(".md").to_owned(), text);
        }
        // Every other time what is killed is a push that changes, renames, deletes and makes.
        if kill % 2 == 1 {
            let _ = Call::new(&home, &args).run().expect_code(0);
            for n in 0..ROWS {
                let (path, text) = row(n, 0);
                let name = path.trim_end_matches(".md").to_owned();
                let at = folder.join(&path);
                match n % 5 {
                    0 => fs::write(at, &row(n, 1).1).map(|()| drop(wanted.insert(name, row(n, 1).1))),
                    1 => fs::remove_file(at).map(|()| drop(wanted.remove(&name))),
                    2 => fs::rename(at, folder.join(format!("moved {n}.md"))).map(|()| {
                        wanted.remove(&name);
                        wanted.insert(format!("moved {n}"), text);
                    }),
                    3 => fs::write(folder.join(format!("new {n}.md")), &text)
                        .map(|()| drop(wanted.insert(format!("new {n}"), text))),
                    _ => Ok(()),
                }
                .expect("a change");
            }
        }
        server.reset_counts();
        server.delay(Duration::from_millis(dice.below(6) as u64));
        let running = Call::new(&home, &args).start();
        // Early, while it lists and reads; or after so many changes.
        match dice.below(6) {
            0 => thread::sleep(Duration::from_millis(dice.below(150) as u64)),
            _ => server.wait_changes(1 + dice.below(if kill % 2 == 1 { 780 } else { 980 })),
        }
        if dice.below(2) == 0 {
            thread::sleep(Duration::from_micros(dice.below(20_000) as u64));
        }
        // This is its SIGKILL.
        drop(running);
        let changed = server.counts().changes();
        if changed < wanted.len() {
            killed += 1;
        } else {
            ended += 1;
        }
        server.delay(Duration::ZERO);
        let again: Output = Call::new(&home, &args).run().expect_code(0);
        let rows = server.rows(&source);
        assert_eq!(rows.len(), wanted.len(), "kill {kill} after {changed} changes; SEED={seed}\n{again}");
        for row in rows {
            assert_eq!(wanted.remove(&row.name).as_ref(), Some(&row.content), "{}; SEED={seed}", row.name);
        }
        assert!(wanted.is_empty(), "{wanted:?}; SEED={seed}");
        let difference = Call::new(&home, &["sources", "diff", &source, &folder_text]).run().expect_code(0);
        assert!(difference.stdout.is_empty(), "{difference}");
        fs::remove_dir_all(&folder).expect("removed");
        server.drop_source(&source);
    }
    assert_eq!(server.complaints(), Vec::<String>::new());
    println!("PASS kill_push n={kills} under_way={killed} after_its_end={ended} lost=0 doubled=0 seed={seed}");
}
