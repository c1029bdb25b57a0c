//! The text that is being written: the composer's, the row's or the answer's, whichever has the keys.

use crate::app::channel::Channel;
use crate::app::effect::Effect;
use crate::app::keymap::Context;
use crate::app::state::State;
use crate::app::text_buffer::TextInput;
use crate::app::update::ctx::Ctx;
use crate::app::update::{queue, recall, save_draft, sources, webhooks};
use crate::app::view::{Focus, ViewKind};
use crate::domain::Timestamp;

/// Which text has the keys.
enum Target {
    Row,
    Answer,
    Composer,
}

/// Takes what came for the text that is being written. Nothing changes where none is.
pub(in crate::app::update) fn take(state: &mut State, input: TextInput, now: Timestamp) -> Vec<Effect> {
    match target(state) {
        Some(Target::Row) => state.on_channel(now, |channel, ctx| sources::edit::input(channel, ctx, input)),
        Some(Target::Answer) => state.on_webhooks(now, |webhooks, ctx| webhooks::answer::write(webhooks, ctx, input)),
        Some(Target::Composer) => state.on_channel(now, |channel, ctx| compose(channel, ctx, input)),
        // A paste is text, also where nothing is being written yet: it never means a key.
        None if matches!(input, TextInput::Paste(_))
            && state.window.view == ViewKind::Chat
            && state.channel().capabilities.send =>
        {
            state.window.focus = Focus::Composer;
            state.on_channel(now, |channel, ctx| compose(channel, ctx, input))
        }
        None => Vec::new(),
    }
}

fn target(state: &State) -> Option<Target> {
    state.contexts().into_iter().find_map(|context| match context {
        Context::RowEditor => Some(Target::Row),
        Context::Answer => Some(Target::Answer),
        Context::Composer => Some(Target::Composer),
        _ => None,
    })
}

fn compose(channel: &mut Channel, ctx: &mut Ctx<'_>, input: TextInput) -> Vec<Effect> {
    // What waits stands right above the empty text.
    let rows_up = matches!(input, TextInput::Rows { up: true, to: None });
    if rows_up && channel.composer.text.is_empty() && queue::enter(channel, ctx) {
        return Vec::new();
    }
    if let TextInput::Rows { up, to: None } = input
        && let Some(effects) = recall::step(channel, ctx, up)
    {
        return effects;
    }
    if !channel.composer.text.take(input) {
        return Vec::new();
    }
    if channel.composer.is_empty() {
        channel.composer.instead = None;
        channel.composer.taken_back = None;
    }
    ctx.window.quit_armed = None;
    save_draft(channel)
}
