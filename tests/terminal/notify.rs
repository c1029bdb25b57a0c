//! What a person is told who looks elsewhere: once for a burst, through what stands between, nothing of what was said
//! unless asked for; and the window's title, which counts.

use serde_json::json;

use crate::support::escapes::{Unit, strays, units};
use crate::support::hooks::is_open;
use crate::support::pty::{Key, Pty};
use crate::support::stand::Stand;
use crate::support::wait::wait;
use crate::{SIZE, quit};

/// A terminal that is known to take OSC 9, and no desktop.
const ITERM: &[(&str, &str)] = &[("TERM_PROGRAM", "iTerm.app")];

/// The window has the focus, or no longer.
const FOCUS: &[u8] = b"\x1b[I";
const BLUR: &[u8] = b"\x1b[O";

/// The program on the sandbox's KLaunch channel, listening, in such a terminal.
#[track_caller]
fn on(stand: &Stand, more: &[(&str, &str)]) -> Pty {
    let pty = Pty::patchcord_with(&stand.home, &["-c", "flow"], SIZE, more);
    pty.wait_for("flow · ");
    wait("the listener", || is_open(&stand.ear));
    pty
}

/// A stand whose config file ends with these lines.
fn stand(lines: &'static str) -> Stand {
    Stand::with(|config| format!("{config}\n{lines}\n"))
}

/// Somebody writes to the bot.
fn write(stand: &Stand, user: u64, text: &str) {
    assert_eq!(stand.deliver("klaunch", "flow", &json!({"userID": user, "message": text}))["status"], 200);
}

fn holds(raw: &[u8], text: &str) -> bool {
    String::from_utf8_lossy(raw).contains(text)
}

/// How often the bell rang.
fn bells(raw: &[u8]) -> usize {
    units(raw).iter().filter(|unit| **unit == Unit::Control('\u{7}')).count()
}

/// What is no bell and may not be written either.
fn strays_but_bells(raw: &[u8]) -> Vec<String> {
    strays(raw).into_iter().filter(|stray| !stray.starts_with("Control('\\u{7}')")).collect()
}

#[test]
fn who_looks_elsewhere_is_told_and_a_burst_rings_once() {
    let stand = stand("");
    let mut pty = on(&stand, ITERM);
    pty.wait_raw("the title", |raw| holds(raw, "\x1b]2;flow · Patchcord\x1b\\"));
    pty.send(BLUR);
    write(&stand, 0, "the words of it");
    pty.wait_raw("the first word", |raw| holds(raw, "\x1b]9;flow: new message\x1b\\"));
    for user in 1..8 {
        write(&stand, user, "the words of it");
    }
    pty.wait_raw("the rest of the burst, together", |raw| holds(raw, "\x1b]9;flow: 7 new messages\x1b\\"));
    pty.wait_raw("the title's count", |raw| holds(raw, "\x1b]2;8 unread · flow · Patchcord\x1b\\"));
    let raw = pty.raw();
    assert_eq!(bells(&raw), 1, "one bell for all");
    assert!(!units(&raw).iter().any(|unit| matches!(unit, Unit::Text7(text) if text.contains("the words"))));
    pty.send(FOCUS);
    write(&stand, 99, "while somebody looks");
    pty.wait_raw("the title's count", |raw| holds(raw, "\x1b]2;9 unread"));
    assert_eq!((bells(&pty.raw()), strays_but_bells(&pty.raw())), (1, Vec::new()));
    quit(&mut pty);
    let raw = pty.raw();
    let end = String::from_utf8_lossy(&raw).into_owned();
    assert!(
        end.find("\x1b[22;2t") < end.find("\x1b]2;flow") && end.contains("\x1b]2;\x1b\\\x1b[23;2t"),
        "the title is put back"
    );
    assert_eq!(bells(&raw), 1);
}

#[test]
fn what_was_said_is_told_where_it_is_asked_for_and_is_only_text() {
    let stand = stand("[notify]\ntext = true\nbell = false\nby = \"osc777\"\ntitle = false\n");
    let mut pty = on(&stand, &[]);
    pty.send(BLUR);
    write(&stand, 1, &format!("words; of{} it", crate::support::chat_thing::HOSTILE));
    pty.wait_raw("the word", |raw| holds(raw, "\x1b]777;notify;flow: new message;"));
    let raw = pty.raw();
    let told = units(&raw).into_iter().find_map(|unit| match unit {
        Unit::Text7(text) if text.starts_with("]777;") => Some(text),
        _ => None,
    });
    let told = told.expect("it was told");
    assert!(told.contains("words, of") && !told.chars().any(char::is_control), "{told:?}");
    quit(&mut pty);
    let raw = pty.raw();
    assert_eq!((strays(&raw), bells(&raw)), (Vec::new(), 0));
    assert!(!holds(&raw, "\x1b]2;") && !holds(&raw, ";2t"), "the title is left alone");
}

#[test]
fn a_request_that_expires_is_told_through_tmux_and_quiet_hours_are_quiet() {
    let stand = Stand::with(|config| {
        let lookups = config.find("platform = \"optech\"").expect("the channel of OpTech");
        let (before, behind) = config.split_at(lookups);
        // Ten seconds, of which the last five are told.
        format!("{before}answer_within = 10\n{behind}\n[notify]\nby = \"osc99\"\n[notify.channels]\nflow = []\n")
    });
    let mut pty = on(&stand, &[("TMUX", "/tmp/tmux-0/default,1,0"), ("TERM", "tmux-256color")]);
    pty.send(BLUR);
    write(&stand, 1, "of a channel that is not told of");
    stand.deliver("optech", "lookups", &json!({"key": "order_status", "inputs": {"order": "A-77"}}));
    pty.wait_raw("the request", |raw| {
        holds(raw, "\x1bPtmux;\x1b\x1b]99;i=patchcord:o=unfocused;lookups: data is asked for\x1b\x1b\\\x1b\\")
    });
    pty.wait_raw("its end", |raw| holds(raw, "lookups: a data request is about to expire\x1b\x1b\\"));
    assert!(!holds(&pty.raw(), ";flow: "), "nothing is told of a channel with an empty list");
    assert_eq!(strays_but_bells(&pty.raw()), Vec::<String>::new());
    quit(&mut pty);
}

#[test]
fn a_focus_report_that_comes_in_pieces_is_no_text() {
    let stand = stand("");
    let mut pty = on(&stand, ITERM);
    for report in [BLUR, FOCUS, BLUR] {
        pty.split(report, 1, std::time::Duration::from_millis(120));
    }
    pty.typed();
    write(&stand, 1, "hi");
    pty.wait_raw("the word", |raw| holds(raw, "\x1b]9;flow: new message"));
    pty.key(Key::Char('x'));
    pty.wait_until("the letter alone in the composer", |screen| {
        let text = screen.contents();
        text.contains('x') && !text.contains("[O") && !text.contains("[I")
    });
    pty.key(Key::Backspace);
    quit(&mut pty);
}

#[test]
fn another_way_to_be_told_counts_at_once_and_so_do_the_mouse_and_the_title() {
    let stand = stand("[notify]\nby = \"off\"\ntitle = false\n");
    let mut pty = on(&stand, &[]);
    pty.wait_raw("the mouse", |raw| holds(raw, "\x1b[?1002h"));
    let config = std::fs::read_to_string(stand.home.config_file()).expect("the config file");
    let other = "by = \"osc9\"\nbell = false\n[screen]\nmouse = false\nascii = true\nrestore = false\n";
    stand.home.configure(&config.replace("by = \"off\"\ntitle = false\n", other));
    pty.wait_for("From the next start on: screen.restore.");
    pty.wait_raw("the title", |raw| holds(raw, "\x1b[22;2t") && holds(raw, "\x1b]2;flow - Patchcord\x1b\\"));
    pty.wait_raw("the mouse let go", |raw| holds(raw, "\x1b[?1002l"));
    pty.wait_until("ASCII alone", |screen| screen.contents().is_ascii());
    pty.send(BLUR);
    write(&stand, 1, "hi");
    pty.wait_raw("the word", |raw| holds(raw, "\x1b]9;flow: new message"));
    stand.home.configure(&config);
    pty.wait_raw("the title given back", |raw| holds(raw, "\x1b]2;\x1b\\\x1b[23;2t"));
    let before = pty.raw().len();
    write(&stand, 2, "ho");
    pty.wait_for("flow");
    quit(&mut pty);
    let raw = pty.raw();
    assert!(!holds(&raw[before..], "\x1b]9;") && bells(&raw) == 0, "nothing is told any more");
}
