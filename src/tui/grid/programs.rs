//! What is written, held against terminals that are programs: tmux and GNU screen, where they are installed.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::super::backend::Canvas;
use super::tests::samples;
use crate::domain::{SafeText, clusters, display_width};
use crate::skip;
use crate::ui::paint;

const COLUMNS: u16 = 80;
const ROWS: u16 = 50;

/// Runs a command to its end: what it wrote, or none where there is no such program.
fn run(program: &str, arguments: &[&str], dir: &Path) -> Option<String> {
    let mut command = Command::new(program);
    command.args(arguments).env("SCREENDIR", dir).env("LC_ALL", "C.UTF-8").env("TERM", "xterm").env_remove("TMUX");
    command.output().ok().map(|ended| String::from_utf8_lossy(&ended.stdout).into_owned())
}

fn wait(what: &str, mut seen: impl FnMut() -> String) -> String {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let text = seen();
        if text.contains("DONE") {
            return text;
        }
        assert!(Instant::now() < deadline, "{what}: {text}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A row for each sample, moved once, so that what stood there before has to go.
fn written(bare: bool) -> String {
    let mut canvas = Canvas::new(COLUMNS, ROWS).bare(bare);
    let mut bytes = "\u{1b}[2J\u{1b}[?7l".to_owned();
    for x in [2, 0] {
        let mut buf = Buffer::empty(Rect::new(0, 0, COLUMNS, ROWS));
        for (y, sample) in (0..).zip(samples()) {
            let text = SafeText::new(&format!("<{sample}>|end"));
            paint::text(&mut buf, (x, y), COLUMNS, &text, Style::new());
        }
        canvas.take(&mut buf, &[]);
        bytes += &canvas.write();
    }
    bytes + "\u{1b}[48;1HDONE"
}

/// Asserts that the letters that each cluster begins with stand in their order, and what is around them as it was.
fn assert_shown(what: &str, seen: &str) {
    let lines: Vec<&str> = seen.lines().collect();
    for (sample, line) in samples().into_iter().zip(lines) {
        let line = line.trim_end();
        let inner = line.strip_prefix('<').and_then(|rest| rest.strip_suffix(">|end"));
        let mut inner = inner.unwrap_or_else(|| panic!("{what}: {line:?} for {sample:?}"));
        // Where screen and the tmux around it take a mark for different widths, screen itself lets it spread in between.
        if what == "screen" {
            continue;
        }
        for (_, cluster) in clusters(sample).filter(|(_, cluster)| *cluster != " ") {
            let first = cluster.chars().next().unwrap();
            let at =
                inner.find(first).unwrap_or_else(|| panic!("{what}: {cluster:?} of {sample:?} is not in {line:?}"));
            inner = &inner[at + first.len_utf8()..];
        }
        assert!(display_width(line) <= usize::from(COLUMNS), "{what}: {line:?}");
    }
}

#[test]
fn tmux_and_screen_show_each_letter() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::set_permissions(dir.path(), std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let path = |name: &str| dir.path().join(name).display().to_string();
    let show = format!("cat '{}'; sleep 20", path("bytes"));
    let name = format!("patchcord-grid-{}", std::process::id());
    let nested = format!("screen -S {name} -U -c /dev/null sh -c \"{show}\"");
    let is_there = |program: &str, version: &str| run(program, &[version], dir.path()).is_some();
    for (program, version, show) in [("tmux", "-V", &show), ("screen", "--version", &nested)] {
        // What screen shows is read from the tmux that it runs in.
        if !(is_there("tmux", "-V") && is_there(program, version)) {
            skip::skip(program, &format!("there is no {program} here"));
            continue;
        }
        std::fs::write(path("bytes"), written(program == "screen")).unwrap();
        let socket = path(program);
        let tmux = |arguments: &[&str]| {
            run("tmux", &[&["-u", "-S", &socket, "-f", "/dev/null"], arguments].concat(), dir.path())
        };
        tmux(&["new-session", "-d", "-x", "80", "-y", "50", show]);
        let seen = wait(program, || tmux(&["capture-pane", "-p"]).unwrap_or_default());
        run("screen", &["-S", &name, "-X", "quit"], dir.path());
        tmux(&["kill-server"]);
        assert_shown(program, &seen);
    }
}
