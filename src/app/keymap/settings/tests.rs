//! What the config file may bind, and how it reads where it may not.

use std::path::Path;

use super::*;
use crate::app::keymap::KeyMeaning;

const CHANNEL: &str = "[[channels]]\nname = \"a\"\nplatform = \"optech\"\nclient_id = \"c\"\n\
                       client_secret = { env = \"X\" }\n";

/// The settings of these lines, which begin at line 1.
fn settings(lines: &str) -> KeySettings {
    let text = format!("{lines}\n{CHANNEL}");
    // Other keys of the file are not this test's.
    match crate::config::parse_known(&text, Path::new("c.toml")) {
        Ok(config) => config.keys,
        Err(errors) => panic!("{errors}"),
    }
}

fn describe(lines: &str) -> Vec<String> {
    check(&settings(lines))
        .into_iter()
        .map(|p| {
            let place = p.place.map(|p| format!("{}:{}", p.line, p.column)).unwrap_or_default();
            let near = p.near.map(|near| format!("; did you mean \"{near}\"?")).unwrap_or_default();
            format!("{place}: {}: {}{near}", p.key.unwrap_or_default(), p.text)
        })
        .collect()
}

fn keymap(lines: &str) -> Keymap {
    Keymap::from_settings(&settings(lines)).unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn keys(text: &str) -> KeySequence {
    KeySequence::parse(text).unwrap()
}

#[test]
fn keys_are_bound_added_and_taken_away() {
    let keymap = keymap(
        "[keys.transcript]\ncopy = [\"F5\", \"g y\"]\nto_new = \"U\"\nshow-webhooks = \"W\"\nraw-source = []\n\
         [keys.composer]\nexternal-editor = \"Ctrl+X Ctrl+E\"\n[keys.everywhere]\nshow-sources = \"Space s\"",
    );
    let here = [Context::Transcript];
    let means = |text: &str| keymap.meaning(&here, keys(text).keys());
    assert_eq!(means("F5"), KeyMeaning::Action(Action::Copy));
    assert_eq!(means("g y"), KeyMeaning::Action(Action::Copy));
    assert_eq!(means("y"), KeyMeaning::Nothing, "it has other keys now");
    assert_eq!(means("U"), KeyMeaning::Action(Action::ToNew));
    assert_eq!(means("u"), KeyMeaning::Nothing);
    assert_eq!(
        means("W"),
        KeyMeaning::Action(Action::ShowWebhooks),
        "what works everywhere has a key of its own here"
    );
    assert_eq!(means("m"), KeyMeaning::Nothing, "it was unbound");
    assert_eq!(means("Space s"), KeyMeaning::Action(Action::ShowSources));
    assert_eq!(means("PgDn"), KeyMeaning::Action(Action::PageDown), "what is left of it");
    let text = [Context::Composer];
    assert_eq!(keymap.meaning(&text, keys("Ctrl+X").keys()), KeyMeaning::Prefix);
    assert_eq!(keymap.meaning(&text, keys("Space").keys()), KeyMeaning::Nothing, "a blank is typed");
    // A leader is no key of anything else.
    let lost = [
        "keys.roster.mark-conversation",
        "keys.inbox.mark-conversation",
        "keys.transcript.undo-desk",
        "keys.row-picked.mark-row",
    ];
    assert_eq!(keymap.unreached(), lost.map(|name| format!("{name} has no key left: another action has it now")));
}

#[test]
fn what_lost_its_key_to_another_is_told() {
    let keymap = keymap("[keys.transcript]\nexport = \"y\"");
    assert_eq!(keymap.unreached(), ["keys.transcript.copy has no key left: another action has it now"]);
}

#[test]
fn a_preset_is_chosen_and_changed() {
    let emacs = keymap("[keys]\npreset = \"emacs\"\n[keys.composer]\nrow-up = \"Up\"");
    assert_eq!(emacs.preset(), Preset::Emacs);
    assert_eq!(emacs.resolve(&[Context::Composer], Key::ctrl('n')), Some(Action::RowDown));
    assert_eq!(emacs.resolve(&[Context::Composer], Key::ctrl('p')), None, "the palette has another key there");
    let vim = keymap("[keys]\npreset = \"vim\"");
    assert_eq!(vim.meaning(&[Context::Transcript], keys("g g").keys()), KeyMeaning::Action(Action::Top));
    assert_eq!(vim.meaning(&[Context::Transcript], keys("g t").keys()), KeyMeaning::Action(Action::NextChannel));
    assert_eq!(vim.meaning(&[Context::Roster], keys("Z Z").keys()), KeyMeaning::Action(Action::Quit));
}

#[test]
fn what_cannot_be_bound_is_told_with_its_place() {
    for (lines, expected) in [
        (
            "[keys]\npreset = \"vi\"",
            "2:10: keys.preset: expected one of \"default\", \"vim\", \"emacs\", found \"vi\"; did you mean \"vim\"?",
        ),
        (
            "[keys.transcipt]\ncopy = \"y\"",
            "1:7: keys.transcipt: no keys work in a place called \"transcipt\"; `patchcord keys` lists them; \
             did you mean \"transcript\"?",
        ),
        (
            "[keys.transcript]\ncoppy = \"y\"",
            "2:1: keys.transcript.coppy: there is no action \"coppy\"; `patchcord keys` lists them; did you mean \"copy\"?",
        ),
        (
            "[keys.transcript]\nsync = \"y\"",
            "2:1: keys.transcript.sync: \"sync\" is no action of transcript; it is one of source-list, row-list",
        ),
        (
            "[keys.transcript]\ncopy = \"Ctrl+Entr\"",
            "2:8: keys.transcript.copy: \"Ctrl+Entr\": no key has that name; did you mean \"Enter\"?",
        ),
        (
            "[keys.transcript]\ncopy = \"Ctrl+I\"",
            "2:8: keys.transcript.copy: \"Ctrl+I\": terminals send the same for it and for Tab; bind that one",
        ),
        (
            "[keys.composer]\nsend = \"s\"",
            "2:8: keys.composer.send: \"s\" can't be bound here: it is typed into the text; take one with Ctrl or Alt, \
             or F1 to F12",
        ),
        (
            "[keys.composer]\nsend = \"Space s\"",
            "2:8: keys.composer.send: \"Space s\" can't be bound here: it is typed into the text; take one with Ctrl or \
             Alt, or F1 to F12",
        ),
        (
            "[keys.filter]\nopen = \"Backspace\"",
            "2:8: keys.filter.open: \"Backspace\" can't be bound here: the text needs it",
        ),
        (
            "[keys.everywhere]\nhelp = \"Down\"",
            "2:8: keys.everywhere.help: \"Down\" can't be bound here: texts and lists need it; bind it where it is to work",
        ),
        (
            "[keys.everywhere]\nback = []",
            "2:1: keys.everywhere.back: \"back\" needs a key that no text takes: without one there is no way out",
        ),
        (
            "[keys.everywhere]\ninterrupt = \"x\"",
            "2:1: keys.everywhere.interrupt: \"interrupt\" needs a key that no text takes: without one there is no way out",
        ),
    ] {
        assert_eq!(describe(lines), [expected], "{lines}");
    }
}

#[test]
fn two_that_want_one_key_are_both_named() {
    for (lines, expected) in [
        (
            "[keys.transcript]\ncopy = \"x\"\n\nexport = [\"F9\", \"x\"]",
            "4:17: keys.transcript.export: \"x\" is bound already: keys.transcript.copy at c.toml:2:8",
        ),
        (
            "[keys.transcript]\ncopy = \"g\"\nexport = \"g x\"",
            "3:10: keys.transcript.export: \"g x\" begins with \"g\", which is bound already: keys.transcript.copy at \
             c.toml:2:8",
        ),
        (
            "[keys.transcript]\ncopy = \"g x\"\nexport = \"g\"",
            "3:10: keys.transcript.export: \"g\" is the beginning of \"g x\", which is bound already: \
             keys.transcript.copy at c.toml:2:8",
        ),
        (
            "[keys.row-list]\nsync = \"F5\"\n[keys.row_list]\nsync = \"F6\"",
            "4:1: keys.row_list.sync: stands here a second time; first at c.toml:2:1",
        ),
    ] {
        assert_eq!(describe(lines), [expected], "{lines}");
    }
    // In another place it is another key.
    assert_eq!(describe("[keys.transcript]\ncopy = \"x\"\n[keys.roster]\nexport = \"x\""), Vec::<String>::new());
}

#[test]
fn what_is_no_key_is_refused_where_the_file_is_read() {
    let refusal = |lines: &str| {
        let text = format!("{lines}\n{CHANNEL}");
        crate::config::parse_known(&text, Path::new("c.toml")).unwrap_err().to_string()
    };
    assert!(refusal("[keys]\nsend = \"F5\"").contains("c.toml:2:8: keys.send: expected a table for each place"));
    assert!(refusal("[keys.composer]\nsend = 5").contains("c.toml:2:8: keys.composer.send: expected a key"));
    assert!(refusal("[keys.composer]\nsend = \"\"").contains("found an empty string"));
    assert!(refusal("[keys]\npreset = 1").contains("keys.preset: expected the name of a preset, found an integer"));
    assert!(refusal("keys = 1").contains("keys: expected a [keys] table, found an integer"));
}

#[test]
fn every_name_is_a_word_and_names_one_thing() {
    let mut contexts: Vec<&str> = Context::ALL.iter().map(|(_, context)| context.name()).collect();
    contexts.sort_unstable();
    contexts.dedup();
    assert_eq!(contexts.len(), Context::ALL.len());
    let word = |name: &str| name.chars().all(|c| c.is_ascii_lowercase() || c == '-' || c.is_ascii_digit());
    assert!(contexts.iter().all(|name| word(name)));
    for binding in BINDINGS {
        let name = binding.action.name();
        assert!(word(name), "{name}");
        let other = BINDINGS.iter().find(|b| b.action.name() == name && b.action != binding.action);
        assert!(other.is_none(), "{name}: {other:?}");
    }
    assert_eq!(Context::named("row_list"), Some(Context::RowList));
    assert_eq!((Action::QuickReply(3).name(), Action::NewConversation.name()), ("quick-reply-3", "new-conversation"));
}
