//! What goes out with a message besides its text: named on a line of its own, checked where it is a file.

use super::wake;
use crate::app::channel::Channel;
use crate::app::chat::attach::{Attached, is_url};
use crate::app::effect::{ChannelEffect, Effect};
use crate::app::line_input::LineInput;
use crate::app::update::ctx::Ctx;
use crate::app::view::Focus;
use crate::domain::{Attach, Failure};

/// Asks for a file or a URL; where that is being asked and nothing is typed, takes the last one back.
pub(super) fn ask(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    if !(channel.capabilities.attach && channel.capabilities.send) {
        ctx.say("This channel takes no files and no pictures.");
        return wake(ctx);
    }
    ctx.window.focus = Focus::Composer;
    match &channel.composer.prompt {
        Some(typed) if typed.is_empty() => {
            channel.composer.attach.pop();
            channel.composer.prompt = None;
        }
        Some(_) => {}
        None => channel.composer.prompt = Some(LineInput::default()),
    }
    Vec::new()
}

/// What was typed is named: a URL goes as it is, a file is looked at first.
pub(super) fn named(channel: &mut Channel) -> Vec<Effect> {
    let Some(typed) = channel.composer.prompt.as_deref() else { return Vec::new() };
    let named = unquoted(typed.trim());
    if named.is_empty() {
        channel.composer.prompt = None;
        return Vec::new();
    }
    if is_url(named) {
        let attach = Attach::Url(named.to_owned());
        channel.composer.attach.push(Attached::from(attach));
        channel.composer.prompt = None;
        return Vec::new();
    }
    if let Some(offer) = named.strip_prefix('?').map(str::trim).filter(|_| channel.capabilities.is_bot) {
        if !offer.is_empty() {
            channel.composer.attach.push(Attached::from(Attach::Offer(offer.to_owned())));
        }
        channel.composer.prompt = None;
        return Vec::new();
    }
    vec![Effect::Open(ChannelEffect::CheckAttach(named.into()))]
}

/// A file can go out, or can't: then its name can be put right.
pub(super) fn checked(
    channel: &mut Channel,
    ctx: &mut Ctx<'_>,
    result: Result<(Attach, String), Failure>,
) -> Vec<Effect> {
    match result {
        Ok((attach, label)) => {
            channel.composer.prompt = None;
            channel.composer.attach.push(Attached::new(attach, &label));
            Vec::new()
        }
        Err(failure) => {
            ctx.complain("Not attached: ", &failure);
            wake(ctx)
        }
    }
}

/// Without the quotes that terminals put around a file that is dropped on them.
pub(super) fn unquoted(text: &str) -> &str {
    let within = |quote| text.strip_prefix(quote).and_then(|t| t.strip_suffix(quote));
    within('\'').or_else(|| within('"')).unwrap_or(text)
}

/// The line on which a file to be attached is named, while it has the keys.
pub(super) fn line<'a>(channel: &'a mut Channel, ctx: &Ctx<'_>) -> Option<&'a mut LineInput> {
    channel.composer.prompt.as_mut().filter(|_| ctx.window.focus == Focus::Composer)
}
