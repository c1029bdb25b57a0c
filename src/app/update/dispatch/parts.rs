//! The state, taken apart: each part is given its own, and beside it what parts are given.

use crate::app::channel::Channel;
use crate::app::desk::Desk;
use crate::app::effect::Effect;
use crate::app::log::LogView;
use crate::app::search::SearchView;
use crate::app::split::Slot;
use crate::app::state::State;
use crate::app::suites::SuitesView;
use crate::app::update::ctx::Ctx;
use crate::app::webhooks::Webhooks;
use crate::app::window::Window;
use crate::domain::{SafeText, Timestamp};

impl State {
    /// Lets a part work on the open channel.
    pub(in crate::app::update) fn on_channel<R>(
        &mut self,
        now: Timestamp,
        part: impl FnOnce(&mut Channel, &mut Ctx<'_>) -> R,
    ) -> R {
        let (channel, window, ids, requests) = self.split();
        let aside_on_screen = window.shows_beside(&channel.info.name, Slot::Aside);
        part(channel, &mut Ctx { now, ids, window, on_screen: true, aside_on_screen, requests })
    }

    /// Lets a part work on the channel that stands there. One that isn't open has a window that nobody sees: what is said
    /// there is said with the channel's name, and nothing else of it lasts. What is to be done is for that channel.
    pub(in crate::app::update) fn on(
        &mut self,
        at: usize,
        now: Timestamp,
        part: impl FnOnce(&mut Channel, &mut Ctx<'_>) -> Vec<Effect>,
    ) -> Vec<Effect> {
        if at == self.open_at() {
            return self.on_channel(now, part);
        }
        let measures = self.channel().measured();
        let Self { channels, window, ids, .. } = self;
        let Some(channel) = channels.get_mut(at) else { return Vec::new() };
        let (mut unseen, mut requests) = (Window::unseen(std::sync::Arc::clone(&window.keys)), Vec::new());
        // What stands beside the open conversation is seen, although its channel isn't the window's.
        let (on_screen, aside_on_screen) = (
            window.shows_beside(&channel.info.name, Slot::Open),
            window.shows_beside(&channel.info.name, Slot::Aside),
        );
        let rows = channel.chat.measured.rows;
        channel.measure(measures);
        if on_screen {
            // It has a height of its own there.
            channel.chat.measured.rows = rows;
        }
        let mut ctx = Ctx { now, ids, window: &mut unseen, on_screen, aside_on_screen, requests: &mut requests };
        let effects = part(channel, &mut ctx);
        window.notify.happened.append(&mut unseen.notify.happened);
        if let Some(mut notice) = unseen.notice {
            notice.text = SafeText::one_line(&format!("{}: {}", channel.info.label, notice.text));
            window.notice = Some(notice);
        }
        effects.into_iter().map(|effect| effect.for_channel(&channel.info.name)).collect()
    }

    /// Lets the Webhooks view work.
    pub(in crate::app::update) fn on_webhooks<R>(
        &mut self,
        now: Timestamp,
        part: impl FnOnce(&mut Webhooks, &mut Ctx<'_>) -> R,
    ) -> R {
        let Self { webhooks, window, ids, requests, .. } = self;
        part(webhooks, &mut Ctx { now, ids, window, on_screen: true, aside_on_screen: false, requests })
    }

    /// Lets the Log view work.
    pub(in crate::app::update) fn on_log<R>(
        &mut self,
        now: Timestamp,
        part: impl FnOnce(&mut LogView, &mut Ctx<'_>) -> R,
    ) -> R {
        let Self { log, window, ids, requests, .. } = self;
        part(log, &mut Ctx { now, ids, window, on_screen: true, aside_on_screen: false, requests })
    }

    /// Lets the Tests view work.
    pub(in crate::app::update) fn on_suites<R>(
        &mut self,
        now: Timestamp,
        part: impl FnOnce(&mut SuitesView, &mut Ctx<'_>) -> R,
    ) -> R {
        let Self { suites, window, ids, requests, .. } = self;
        part(suites, &mut Ctx { now, ids, window, on_screen: true, aside_on_screen: false, requests })
    }

    /// Lets the Search view work.
    pub(in crate::app::update) fn on_search<R>(
        &mut self,
        now: Timestamp,
        part: impl FnOnce(&mut SearchView, &mut Ctx<'_>) -> R,
    ) -> R {
        let Self { search, window, ids, requests, .. } = self;
        part(search, &mut Ctx { now, ids, window, on_screen: true, aside_on_screen: false, requests })
    }

    /// Lets the list of all channels' conversations work.
    pub(in crate::app::update) fn on_desk<R>(
        &mut self,
        now: Timestamp,
        part: impl FnOnce(&mut Desk, &mut Ctx<'_>) -> R,
    ) -> R {
        let Self { desk, window, ids, requests, .. } = self;
        part(desk, &mut Ctx { now, ids, window, on_screen: true, aside_on_screen: false, requests })
    }

    /// Asks to be told of the next moment at which something of the screen's changes by itself.
    pub(in crate::app::update) fn wake(&mut self) -> Vec<Effect> {
        self.window.next_change().map(Effect::Wake).into_iter().collect()
    }
}
