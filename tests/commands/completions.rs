//! Completions with live names, by a real shell: the script that `completions` prints, and what Tab offers by it.

use std::fs;

use crate::Desk;
use crate::support::command::{Call, Output};
use crate::support::home::PATCHCORD;
use crate::support::skip;

/// What bash offers for the last word of a line.
fn bash(desk: &Desk, words: &[&str]) -> Vec<String> {
    let script = desk.home.path().join("completion.bash");
    let printed = desk.run(&["completions", "bash"]).expect_code(0);
    fs::write(&script, &printed.stdout).expect("the script");
    let quoted: Vec<String> = words.iter().map(|word| format!("'{}'", word.replace('\'', r"'\''"))).collect();
    let bin = std::path::Path::new(PATCHCORD).parent().expect("a folder").display().to_string();
    // As bash calls it when Tab is pressed behind the last word.
    let program = format!(
        "source '{}'\nCOMP_WORDS=({})\nCOMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))\nCOMP_TYPE=9\n\
         COMP_LINE=\"${{COMP_WORDS[*]}}\"\nCOMP_POINT=${{#COMP_LINE}}\n\
         f=$(complete -p patchcord | sed -E 's/.*-F ([^ ]+).*/\\1/')\n\
         $f patchcord \"${{COMP_WORDS[COMP_CWORD]}}\" \"${{COMP_WORDS[COMP_CWORD-1]}}\"\n\
         printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        script.display(),
        quoted.join(" ")
    );
    let call = Call::program("bash", &desk.home, &["--norc", "--noprofile", "-c", &program]);
    let output: Output = call.env("PATH", &format!("{bin}:/usr/local/bin:/usr/bin:/bin")).run().expect_code(0);
    let mut offered: Vec<String> = output.text().lines().map(|line| line.trim_end().to_owned()).collect();
    offered.retain(|line| !line.is_empty());
    offered
}

#[test]
fn bash_offers_commands_flags_and_the_names_that_are_known() {
    if skip::program("bash").is_none() {
        return;
    }
    let desk = Desk::new();
    let source = desk.server.add_source(&[("planets", "8\n"), ("$(touch pwned)", "x\n")]);
    assert!(bash(&desk, &["patchcord", "conv"]).contains(&"conversations".to_owned()));
    assert!(bash(&desk, &["patchcord", "sources", "push", "--pr"]).contains(&"--prune".to_owned()));
    assert_eq!(bash(&desk, &["patchcord", "-c", "do"]), ["docs"]);
    // Nothing was asked yet, so nothing is known; and asking for names asks no platform.
    let asked = desk.server.origin.requests().len();
    assert!(!bash(&desk, &["patchcord", "sources", "show", ""]).contains(&source));
    assert_eq!(desk.server.origin.requests().len(), asked);
    let listed = desk.run(&["--json", "conversations", "list", "--limit", "3"]).expect_code(0).json();
    let id = listed["conversations"][0]["id"].as_str().expect("an id").to_owned();
    let _ = desk.run(&["sources", "list"]).expect_code(0);
    let _ = desk.run(&["rows", "list", &source]).expect_code(0);
    let _ = desk.run(&["search", "--save", "open", "state:unknown"]);
    let asked = desk.server.origin.requests().len();
    assert!(bash(&desk, &["patchcord", "conversations", "show", ""]).contains(&id));
    assert!(bash(&desk, &["patchcord", "chat", "--conversation", &id[..2]]).contains(&id));
    assert!(bash(&desk, &["patchcord", "sources", "push", ""]).contains(&source));
    assert!(bash(&desk, &["patchcord", "search", "--saved", "o"]).contains(&"open".to_owned()));
    let rows = desk.server.rows(&source);
    let offered = bash(&desk, &["patchcord", "rows", "get", &source, ""]);
    assert!(rows.iter().all(|row| offered.contains(&row.id)), "{offered:?}");
    assert_eq!(desk.server.origin.requests().len(), asked, "a platform was asked at a press of Tab");
    assert!(!desk.home.path().join("home/pwned").exists());
}

#[test]
fn what_a_shell_would_act_on_is_not_offered() {
    if skip::program("bash").is_none() {
        return;
    }
    let desk = Desk::new();
    for name in ["$(touch pwned)", "a;touch pwned", "*", "-rf", "plain"] {
        let _ = desk.run(&["search", "--save", name, "state:unknown"]);
    }
    let offered = bash(&desk, &["patchcord", "search", "--saved", ""]);
    assert!(offered.contains(&"plain".to_owned()), "{offered:?}");
    assert!(offered.iter().all(|name| !name.contains(['$', ';', '*']) && name != "-rf"), "{offered:?}");
    assert!(!desk.home.path().join("home/pwned").exists());
}

#[test]
fn every_shells_script_is_what_that_shell_reads() {
    let desk = Desk::new();
    // Where a shell is there, it reads its script; the others' are looked at by their words, or tried in a terminal.
    for (shell, program, check) in [
        ("bash", "bash", &["-n"][..]),
        ("zsh", "zsh", &["-n"]),
        ("fish", "fish", &["--no-execute"]),
        ("powershell", "pwsh", &["-NoProfile", "-File"]),
    ] {
        let printed = desk.run(&["completions", shell]).expect_code(0);
        assert!(printed.text().contains("PATCHCORD_COMPLETE"), "{printed}");
        let there = if program == "pwsh" { skip::find(program) } else { skip::program(program) };
        if there.is_none() {
            continue;
        }
        let file = desk.home.path().join(format!("completion-{shell}.ps1"));
        fs::write(&file, &printed.stdout).expect("the script");
        let mut args = check.to_vec();
        args.push(file.to_str().expect("text"));
        let _ = Call::program(program, &desk.home, &args).run().expect_code(0);
    }
}
