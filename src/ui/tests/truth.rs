//! That what the frames, the hints and the notes say of a key is what the key means there.

use crate::app::{Action as A, Code, Key, KeyMeaning, State};

/// What is said of keys beside the hints, and the action that it promises.
fn said() -> Vec<(&'static str, Key, A)> {
    let c = |c| Key::plain(Code::Char(c));
    let k = Key::plain;
    vec![
        ("End shows the newest", k(Code::End), A::Bottom),
        ("PgDn scrolls", k(Code::PageDown), A::PageDown),
        ("End tries again", k(Code::End), A::Bottom),
        ("End looks further back", k(Code::End), A::Bottom),
        ("h shows where platforms post to", c('h'), A::Hooks),
        ("h selects one", c('h'), A::Hooks),
        ("c copies it", c('c'), A::CopyHook),
        ("t tries it", c('t'), A::SelfTest),
        ("o opens it in Chat", c('o'), A::ToConversation),
        ("p shows it as it came", c('p'), A::Pretty),
        ("p lays it out", c('p'), A::Pretty),
        ("a answers it", c('a'), A::AnswerRequest),
        ("y sends it", c('y'), A::Confirm),
        ("Ctrl+S sends it", Key::ctrl('s'), A::SendAnswer),
        ("Esc closes", k(Code::Esc), A::Back),
        ("Esc cancels", k(Code::Esc), A::Back),
        ("Esc sends nothing", k(Code::Esc), A::Back),
        ("Esc takes it back", k(Code::Esc), A::Back),
        ("Ctrl+N begins one", Key::ctrl('n'), A::NewConversation),
        (": y copies", c('y'), A::Copy),
        ("F1 keys", k(Code::F(1)), A::Help),
        ("? keys", c('?'), A::Help),
    ]
}

/// Holds the text of a screen against what its keys mean.
pub(in crate::ui) fn assert_true(picture: &str, state: &State) {
    // While keys are pressed one after the other, Esc ends that, and is no action.
    let waits = !state.window.pressed.is_empty();
    // Words that were wrapped in a pane are not looked for.
    for (words, key, action) in said() {
        let told = picture.match_indices(words).any(|(at, _)| {
            let before = picture[..at].chars().next_back();
            before.is_none_or(|c| !c.is_alphanumeric())
        });
        let meaning = match state.meaning(key) {
            // Applying is stepped back from as anything else.
            Some(A::CancelApply) => Some(A::Back),
            meaning => meaning,
        };
        assert!(!told || waits || meaning == Some(action), "“{words}”, but {:?}\n{picture}", state.meaning(key));
    }
    // In quotes, line by line.
    let hints = picture.lines().last().unwrap_or("").trim_matches('"');
    let keymap = &state.window.keys;
    for row in keymap.rows().iter().filter(|row| !row.binding.hint.is_empty()) {
        let (Some(keys), hint) = (row.keys.first(), row.binding.hint) else { continue };
        let said = format!(" {hints}").contains(&format!("  {keys} {hint}  "));
        let meaning = keymap.meaning(&state.contexts(), keys.keys());
        let means = |other: &&crate::app::Bound| other.keys.contains(keys) && other.binding.hint == hint;
        let true_here =
            keymap.rows().iter().filter(means).any(|row| KeyMeaning::Action(row.binding.action) == meaning);
        assert!(!said || true_here, "“{keys} {hint}”, but {meaning:?}\n{picture}");
    }
    assert!(!hints.contains(" Esc stop  ") || state.stops_on_back(), "{picture}");
}
