//! That what the frames, the hints and the notes say of a key is what the key means there.

use crate::app::{Action as A, BINDINGS, Code, Key, State};

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
        assert!(!told || meaning == Some(action), "“{words}”, but {:?}\n{picture}", state.meaning(key));
    }
    // In quotes, line by line.
    let hints = picture.lines().last().unwrap_or("").trim_matches('"');
    for binding in BINDINGS.iter().filter(|b| !b.hint.is_empty()) {
        let Some(key) = binding.keys.first() else { continue };
        let said = hints.contains(&format!(" {key} {}  ", binding.hint));
        let means = |b: &&crate::app::Binding| b.keys.contains(key) && b.hint == binding.hint;
        let meaning = state.meaning(*key);
        let true_here = BINDINGS.iter().filter(means).any(|b| Some(b.action) == meaning);
        assert!(!said || true_here, "“{key} {}”, but {meaning:?}\n{picture}", binding.hint);
    }
    assert!(!hints.contains(" Esc stop  ") || state.stops_on_back(), "{picture}");
}
