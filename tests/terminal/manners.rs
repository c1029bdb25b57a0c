//! How the program fits a terminal and its user: themes and the terminal's background, colours that are not wanted, lines
//! in ASCII, the mouse; and where a start comes back to.

use std::fs;

use serde_json::{Value, json};

use crate::support::hooks::is_open;
use crate::support::pty::{Key, Pty};
use crate::support::stand::Stand;
use crate::support::wait::wait;
use crate::{SIZE, left_as_found, quit};

/// A terminal with all colours.
const TRUE_COLOUR: (&str, &str) = ("COLORTERM", "truecolor");
/// What has the keys, in the light theme and in the dark one.
const LIGHT_ACCENT: &str = "38;2;0;95;115";
const DARK_ACCENT: &str = "38;2;95;215;215";
/// F2 and F6.
const F2: &[u8] = b"\x1bOQ";
const F6: &[u8] = b"\x1b[17~";

fn stand(lines: &'static str) -> Stand {
    Stand::with(|config| format!("{config}\n{lines}\n"))
}

fn holds(raw: &[u8], text: &str) -> bool {
    String::from_utf8_lossy(raw).contains(text)
}

/// The program on that channel, drawn, with arguments before it.
#[track_caller]
fn on(stand: &Stand, channel: &str, args: &[&str], more: &[(&str, &str)]) -> Pty {
    let pty = Pty::patchcord_with(&stand.home, &[&["-c", channel], args].concat(), SIZE, more);
    pty.wait_for(&format!("{channel} · "));
    pty
}

#[test]
fn a_light_background_is_found_by_asking_and_the_answer_is_no_key() {
    let stand = stand("");
    let mut pty = on(&stand, "flow", &[], &[TRUE_COLOUR]);
    pty.wait_raw("the question", |raw| holds(raw, "\x1b]11;?\x1b\\"));
    assert!(!holds(&pty.raw(), LIGHT_ACCENT), "the first frame waits for no answer");
    // In pieces, between letters, as over a slow link.
    pty.type_text("a");
    let answer = b"\x1b]11;rgb:ffff/fafa/f0f0\x1b\\";
    pty.split(answer, 9, std::time::Duration::from_millis(150));
    pty.type_text("b");
    pty.wait_raw("the light theme", |raw| holds(raw, LIGHT_ACCENT));
    pty.wait_until("the letters alone", |screen| {
        let text = screen.contents();
        text.contains("ab") && !text.contains("rgb") && !text.contains("11;")
    });
    for _ in 0..2 {
        pty.key(Key::Backspace);
    }
    quit(&mut pty);
    left_as_found(&pty);
}

#[test]
fn a_theme_is_chosen_by_looking_at_it_and_comes_back() {
    let stand = stand("");
    let mut pty = on(&stand, "flow", &[], &[TRUE_COLOUR]);
    pty.send(F6);
    pty.wait_for("Themes");
    pty.key(Key::Down);
    pty.key(Key::Down);
    pty.wait_raw("the dark theme", |raw| holds(raw, DARK_ACCENT));
    pty.key(Key::Esc);
    pty.wait_gone("Themes");
    let before = pty.written();
    pty.key(Key::Ctrl('l'));
    pty.wait_raw("a whole frame", |raw| raw.len() > before && holds(&raw[before..], "\x1b[2J"));
    pty.wait_for("flow · ");
    assert!(!holds(&pty.raw()[before..], DARK_ACCENT), "Esc puts back what was");
    pty.send(F6);
    pty.wait_for("Themes");
    pty.key(Key::Down);
    pty.key(Key::Down);
    pty.key(Key::Enter);
    pty.wait_for("The theme is dark from now on.");
    quit(&mut pty);
    left_as_found(&pty);
    let mut pty = on(&stand, "flow", &[], &[TRUE_COLOUR]);
    pty.wait_raw("the theme of last time", |raw| holds(raw, DARK_ACCENT));
    quit(&mut pty);
}

#[test]
fn a_theme_of_the_users_own_is_a_file_and_colours_can_be_declined() {
    let stand = stand("[screen]\ntheme = \"mine\"\n");
    let themes = stand.home.config_file().parent().expect("a folder").join("themes");
    fs::create_dir_all(&themes).expect("a folder");
    fs::write(themes.join("mine.toml"), "base = \"dark\"\naccent = \"#010203\"\n").expect("a theme");
    let mine = "38;2;1;2;3";
    for (args, more, coloured) in [
        (&[][..], &[TRUE_COLOUR][..], true),
        (&[], &[TRUE_COLOUR, ("NO_COLOR", "1")], false),
        (&["--color", "never"], &[TRUE_COLOUR], false),
        (&["--color", "always"], &[TRUE_COLOUR, ("NO_COLOR", "1")], true),
        (&[], &[TRUE_COLOUR, ("CLICOLOR", "0")], false),
        (&[], &[TRUE_COLOUR, ("CLICOLOR", "0"), ("FORCE_COLOR", "1")], true),
    ] {
        let mut pty = on(&stand, "flow", args, more);
        quit(&mut pty);
        let raw = pty.raw();
        assert_eq!(holds(&raw, mine), coloured, "{args:?} {more:?}");
        assert_eq!(holds(&raw, "[38;"), coloured, "{args:?} {more:?}");
    }
}

#[test]
fn lines_and_marks_are_ascii_where_wanted_and_letters_are_not() {
    let stand = stand("[screen]\nascii = true\nmotion = false\n");
    let mut pty = Pty::patchcord_with(&stand.home, &["-c", "flow"], SIZE, &[]);
    pty.wait_for("flow - ");
    wait("the listener", || is_open(&stand.ear));
    assert_eq!(stand.deliver("klaunch", "flow", &json!({"userID": 1, "message": "日本 and é"}))["status"], 200);
    pty.wait_for("user 1");
    pty.key(Key::Tab);
    pty.key(Key::Enter);
    pty.wait_for("日本 and é");
    let text = pty.screen_text();
    let drawn: String = text.chars().filter(|c| !c.is_ascii() && !"日本é".contains(*c)).collect();
    assert_eq!(drawn, "", "{text}");
    quit(&mut pty);
    left_as_found(&pty);
}

#[test]
fn the_mouse_is_left_alone_where_it_is_not_wanted_until_it_is() {
    let stand = stand("[screen]\nmouse = false\n");
    let mut pty = on(&stand, "flow", &[], &[]);
    assert!(!holds(&pty.raw(), "\x1b[?1002h"));
    pty.send(F2);
    pty.wait_raw("the mouse", |raw| holds(raw, "\x1b[?1002h"));
    quit(&mut pty);
    left_as_found(&pty);
}

#[test]
fn a_start_comes_back_to_where_one_was_even_after_a_crash() {
    let stand = stand("");
    let kept = stand.home.data().join("screen.json");
    let said = |word: &str| fs::read_to_string(&kept).is_ok_and(|text| text.contains(word));
    let mut pty = on(&stand, "lookups", &[], &[]);
    pty.key(Key::Alt('3'));
    pty.wait_for("Deliveries");
    wait("the view to be kept", || said("\"webhooks\"") && said("\"lookups\""));
    pty.kill9();
    drop(pty);
    let mut pty = Pty::patchcord(&stand.home, &[], SIZE);
    pty.wait_for("lookups · ");
    pty.wait_for("Deliveries");
    // In another channel's chat.
    pty.key(Key::Alt('1'));
    wait("the view to be kept", || said("\"chat\""));
    quit(&mut pty);
    // A channel that is gone: the default one opens.
    let mut document: Value = serde_json::from_slice(&fs::read(&kept).expect("a file")).expect("JSON");
    document["screens"][0]["channel"] = json!("gone");
    fs::write(&kept, document.to_string()).expect("a file");
    let mut pty = Pty::patchcord(&stand.home, &[], SIZE);
    pty.wait_for("Conversations");
    pty.wait_gone("lookups · ");
    quit(&mut pty);
}
