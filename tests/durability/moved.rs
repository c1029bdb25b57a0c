//! The database's files moved, replaced, deleted or damaged under a listener, at any moment and under load: what was
//! acknowledged is there. `FILES` says how often, `SEED` repeats a run.

use std::fs;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;

use crate::Dice;
use crate::load::Load;
use crate::support::command::Call;
use crate::support::home::Home;
use crate::support::setting::{seed, setting};
use crate::webhooks::{counted, desk, listen, stored};

const CLIENTS: usize = 6;

/// What is done to the files.
#[derive(Debug, Clone, Copy)]
enum Harm {
    Deleted,
    AllDeleted,
    LogDeleted,
    Moved,
    AllMoved,
    Replaced,
    Damaged,
}

const HARMS: [Harm; 7] =
    [Harm::Deleted, Harm::Damaged, Harm::Moved, Harm::Replaced, Harm::LogDeleted, Harm::AllMoved, Harm::AllDeleted];

fn harm(harm: Harm, home: &Home, spare: &Path, round: usize) {
    let data = home.data();
    let path = data.join("patchcord.db");
    let beside = |suffix: &str| data.join(format!("patchcord.db{suffix}"));
    match harm {
        Harm::Deleted => drop(fs::remove_file(&path)),
        Harm::AllDeleted => ["", "-wal", "-shm"].iter().for_each(|suffix| drop(fs::remove_file(beside(suffix)))),
        Harm::LogDeleted => ["-wal", "-shm"].iter().for_each(|suffix| drop(fs::remove_file(beside(suffix)))),
        Harm::Moved => drop(fs::rename(&path, data.join(format!("moved-{round}.db")))),
        Harm::AllMoved => ["", "-wal", "-shm"]
            .iter()
            .for_each(|suffix| drop(fs::rename(beside(suffix), data.join(format!("moved-{round}.db{suffix}"))))),
        Harm::Replaced => {
            let copy = data.join("replacing");
            fs::copy(spare, &copy).expect("a copy");
            fs::rename(copy, &path).expect("it takes the place");
        }
        Harm::Damaged => {
            let root: i64 = Connection::open(&path)
                .and_then(|conn| {
                    conn.query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'replaced'", [], |row| row.get(0))
                })
                .expect("a table's page");
            let file = fs::OpenOptions::new().write(true).open(&path).expect("the database");
            file.write_all_at(&[0xee; 4_096], (root.unsigned_abs() - 1) * 4_096).expect("a damaged page");
            fs::write(beside(".check"), "").expect("the mark of what a query found");
            let found =
                Call::new(home, &["-c", "flow", "--json", "search", "nothing-of-the-kind"]).run().expect_code(0);
            assert!(found.errors().contains("\"warning\""), "whoever finds it says so: {found}");
        }
    }
}

#[test]
fn whatever_becomes_of_the_files_what_was_acknowledged_is_there() {
    let rounds = setting("FILES", HARMS.len());
    let seed = seed("files");
    let mut dice = Dice(seed);
    let (home, ear) = desk();
    // Another database of the program's, with nothing in it.
    let other = Home::new();
    other.configure(&fs::read_to_string(home.config_file()).expect("the config file"));
    let _ = Call::new(&other, &["-c", "flow", "search", "nothing"]).run().expect_code(0);
    let spare = other.data().join("patchcord.db");
    assert!(spare.exists());

    let running = listen(&home);
    let load = Load::start(&ear, CLIENTS);
    load.wait_more(10);
    for round in 0..rounds {
        // The fault's own time, and nothing waits for it.
        std::thread::sleep(Duration::from_millis(dice.below(150) as u64));
        harm(HARMS[round % HARMS.len()], &home, &spare, round);
        load.wait_more(CLIENTS * 2);
    }
    let (acked, later) = load.end();
    running.signal("TERM");
    let ended = running.wait().expect_code(0);
    assert!(ended.errors().contains("while"), "it is told: {}", ended.errors());
    let counts = counted(&[&stored(&home, "flow")]);
    let lost: Vec<&String> = acked.iter().filter(|name| !counts.contains_key(*name)).collect();
    let doubled: Vec<&String> = counts.iter().filter(|(_, count)| **count > 1).map(|(name, _)| name).collect();
    assert!(lost.is_empty(), "{} of {} lost: {lost:?}; SEED={seed}\n{}", lost.len(), acked.len(), ended.errors());
    assert!(doubled.is_empty(), "doubled {doubled:?}; SEED={seed}");
    println!("PASS files n={rounds} acked={} later={later} lost=0 doubled=0 seed={seed}", acked.len());
}
