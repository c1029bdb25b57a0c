//! What the pages show to be typed: every command line is one, every config file is read.

use crate::commands::command_line;
use crate::pages::{all, read, split};
use crate::program;

/// What of a line of a shell's block is a command of ours: between pipes and redirections, without a comment.
fn commands(line: &str) -> Vec<String> {
    let line = line.split(" # ").next().unwrap_or_default();
    let words = |part: &str| {
        let part = part.split(" > ").next().unwrap_or_default().split(" < ").next().unwrap_or_default();
        let at = part.find("patchcord ").filter(|at| *at == 0 || part[..*at].ends_with([' ', '(']))?;
        let inner = part[..at].ends_with("$(");
        let end = part[at..].find(')').filter(|_| inner).map_or(part.len(), |end| at + end);
        Some(part[at..end].trim().to_owned())
    };
    line.split(" | ").flat_map(|part| part.split(" && ")).filter_map(words).collect()
}

#[test]
fn every_command_of_the_pages_is_one() {
    let root = command_line();
    let (mut read_lines, mut wrong) = (0, Vec::new());
    for page in all() {
        for block in split(&read(&page)).1.iter().filter(|block| block.language == "sh") {
            // A line that ends in a backslash goes on.
            for line in block.text.replace("\\\n", " ").lines() {
                for command in commands(line) {
                    let parsed = shell_words::split(&command)
                        .map_err(|error| error.to_string())
                        .and_then(|words| root.clone().try_get_matches_from(words).map_err(|e| e.to_string()));
                    read_lines += 1;
                    if let Err(error) = parsed {
                        wrong.push(format!("{page}:{}: {command}\n{error}", block.line));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(read_lines > 60, "only {read_lines} commands were found");
}

#[test]
fn a_shells_line_is_taken_apart() {
    let of = |line: &str| commands(line);
    assert_eq!(of("date | patchcord rows add S t.md   # reads it"), ["patchcord rows add S t.md"]);
    assert_eq!(of("id=$(patchcord sources create)"), ["patchcord sources create"]);
    assert_eq!(of("patchcord a && patchcord b > c"), ["patchcord a", "patchcord b"]);
    assert_eq!(of("$EDITOR \"$(patchcord config path)\""), ["patchcord config path"]);
    assert_eq!(of("cp -r ~/.local/share/patchcord /tmp/x"), Vec::<String>::new());
    assert!(command_line().try_get_matches_from(["patchcord", "chat", "--no-such-flag"]).is_err());
}

/// What a fragment stands in: a rule needs OpTech's channel, a table beside the channels needs one of any kind.
const CHANNEL: &str =
    "[[channels]]\nname = \"a\"\nplatform = \"optech\"\nclient_id = \"c\"\nclient_secret = { env = \"X\" }\n";

#[test]
fn every_config_file_of_the_pages_is_read() {
    let mut found = 0;
    for page in all() {
        for block in split(&read(&page)).1.iter().filter(|block| block.language == "toml") {
            // A suite's file is read elsewhere.
            if block.text.contains("[[cases]]") {
                continue;
            }
            let text = if block.text.contains("[[channels]]") {
                block.text.clone()
            } else if block.text.starts_with('[') {
                format!("{CHANNEL}{}", block.text)
            } else {
                // Keys of a channel alone.
                format!("{CHANNEL}\n{}", block.text)
            };
            let read = program::parse(&text);
            assert!(read.is_ok(), "{page}:{}: {}", block.line, read.expect_err("an error"));
            found += 1;
        }
    }
    assert!(found >= 8, "only {found} were found");
}
