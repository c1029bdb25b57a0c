//! The state, taken apart: each part is given its own, and beside it what parts are given.

use super::ctx::Ctx;
use crate::app::channel::Channel;
use crate::app::effect::Effect;
use crate::app::search::SearchView;
use crate::app::state::State;
use crate::app::webhooks::Webhooks;
use crate::domain::Timestamp;

impl State {
    /// Lets a part work on the open channel.
    pub(super) fn on_channel<R>(&mut self, now: Timestamp, part: impl FnOnce(&mut Channel, &mut Ctx<'_>) -> R) -> R {
        let Self { channel, window, ids, requests, behind, .. } = self;
        part(channel, &mut Ctx { now, ids, window, on_screen: !*behind, requests })
    }

    /// Lets the Webhooks view work.
    pub(super) fn on_webhooks<R>(
        &mut self,
        now: Timestamp,
        part: impl FnOnce(&mut Webhooks, &mut Ctx<'_>) -> R,
    ) -> R {
        let Self { webhooks, window, ids, requests, .. } = self;
        part(webhooks, &mut Ctx { now, ids, window, on_screen: true, requests })
    }

    /// Lets the Search view work.
    pub(super) fn on_search<R>(
        &mut self,
        now: Timestamp,
        part: impl FnOnce(&mut SearchView, &mut Ctx<'_>) -> R,
    ) -> R {
        let Self { search, window, ids, requests, .. } = self;
        part(search, &mut Ctx { now, ids, window, on_screen: true, requests })
    }

    /// Asks to be told of the next moment at which something of the screen's changes by itself.
    pub(super) fn wake(&mut self) -> Vec<Effect> {
        self.window.next_change().map(Effect::Wake).into_iter().collect()
    }
}
