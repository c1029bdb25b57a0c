//! The test of a key: every key is shown, and none is done.

use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::key::{Code, Key};
use crate::app::keymap::Context;
use crate::app::overlay::key_test::{KEPT, KeyTest, TestedKey};
use crate::app::overlay::{Layer, Overlay};
use crate::app::window::Window;

/// Begins it, for who has the keys.
pub(super) fn show(window: &mut Window, here: Vec<Context>) -> Vec<Effect> {
    window.open(Overlay::KeyTest(KeyTest { here, ..KeyTest::default() }));
    Vec::new()
}

/// A click on a hint, or the palette, ends it; a key never gets here.
pub(super) fn handle_action(window: &mut Window, action: Action) -> Option<Vec<Effect>> {
    match action {
        Action::Back => {
            window.close(Layer::KeyTest);
            Some(Vec::new())
        }
        Action::Redraw | Action::Mouse => None,
        _ => Some(Vec::new()),
    }
}

/// A key was pressed. Esc, or Ctrl+C, twice in a row ends it. Drawing the screen anew is done all the same: where it is
/// garbled, nothing could be read here.
pub(super) fn pressed(window: &mut Window, tested: TestedKey) -> Vec<Effect> {
    let ends = [Key::plain(Code::Esc), Key::ctrl('c')];
    let redraws = tested.key.is_some_and(|key| window.keys.resolve(&[], key) == Some(Action::Redraw));
    let Some(test) = window.key_test_mut() else { return Vec::new() };
    let again = tested.key.is_some_and(|key| ends.contains(&key))
        && test.seen.last().is_some_and(|last| last.key == tested.key);
    if again {
        window.close(Layer::KeyTest);
        return Vec::new();
    }
    test.seen.push(tested);
    if test.seen.len() > KEPT {
        test.seen.remove(0);
    }
    if redraws { vec![Effect::Redraw] } else { Vec::new() }
}
