//! What a part of the core is given beside its own: the screen, the clock, ids, and a way to ask for what lies beyond it.
//!
//! A part never sees the whole state. What it wants of a neighbour it asks for as a [`Request`], which the dispatcher
//! fulfils once the part is done.

use super::Request;
use crate::app::effect::Effect;
use crate::app::ids::Ids;
use crate::app::notify::Happening;
use crate::app::window::Window;
use crate::domain::{Failure, Timestamp};

/// What a part is given. A channel that isn't on the screen has a window that nobody sees: nothing of what is done to it
/// lasts but what is said there.
pub(super) struct Ctx<'a> {
    /// What time it is.
    pub(super) now: Timestamp,
    /// What makes ids and numbers.
    pub(super) ids: &'a mut Ids,
    /// What belongs to the screen.
    pub(super) window: &'a mut Window,
    /// Whether the part is on the screen: of a channel, the conversation that is open in it.
    pub(super) on_screen: bool,
    /// Whether the conversation that the channel keeps aside is on the screen.
    pub(super) aside_on_screen: bool,
    /// What is asked of others.
    pub(super) requests: &'a mut Vec<Request>,
}

impl Ctx<'_> {
    /// Shows one line for a while.
    pub(super) fn say(&mut self, text: &str) {
        self.window.say(text, self.now);
    }

    /// Shows a failure in one line, for long enough to read it.
    pub(super) fn complain(&mut self, what: &str, failure: &Failure) {
        self.window.complain(what, failure, self.now);
    }

    /// Something happened that may be worth a word to who looks elsewhere.
    pub(super) fn happened(&mut self, happening: Happening) {
        self.window.notify.happened.push(happening);
    }

    /// Asks the dispatcher for something.
    pub(super) fn ask(&mut self, request: Request) -> Vec<Effect> {
        self.requests.push(request);
        Vec::new()
    }
}

/// Says what failed, and the way out.
pub(super) fn complain(ctx: &mut Ctx<'_>, what: &str, failure: &Failure) -> Vec<Effect> {
    ctx.complain(what, failure);
    wake(ctx)
}

/// Says one line, in words of ours and with parts that may be anybody's.
pub(super) fn say(ctx: &mut Ctx<'_>, text: &str) -> Vec<Effect> {
    ctx.say(text);
    wake(ctx)
}

/// Says why something can't be done.
pub(super) fn refuse(ctx: &mut Ctx<'_>, text: &str) -> Vec<Effect> {
    ctx.say(text);
    if let Some(notice) = &mut ctx.window.notice {
        notice.bad = true;
    }
    wake(ctx)
}

/// Asks to be told of the next moment at which something of the screen's changes by itself.
pub(super) fn wake(ctx: &Ctx<'_>) -> Vec<Effect> {
    ctx.window.next_change().map(Effect::Wake).into_iter().collect()
}
