//! The config file was read again: channels come, go and change, and what the others hold is not touched.

use super::opening::{enter, leave};
use super::split;
use crate::app::channel::{Channel, Link};
use crate::app::effect::Effect;
use crate::app::event::Reconfigured;
use crate::app::overlay::Layer;
use crate::app::state::State;
use crate::app::update::{leave_draft, roster, sources};
use crate::app::window::Window;
use crate::domain::{ChannelName, Failure, NotifyRules, Platform, ScreenSettings, Timestamp};

/// Takes the channels as the file has them now. A channel that is gone keeps its text where drafts are kept; where it was
/// open, the first one is opened.
pub(in crate::app::update) fn take(state: &mut State, news: Reconfigured, now: Timestamp) -> Vec<Effect> {
    let Reconfigured { channels, added, removed, changed, keys, notify, screen, later, replies } = news;
    if let Some(keys) = keys {
        state.window.keys = keys;
        state.window.pressed.clear();
    }
    let settings = configure(&mut state.window, notify, screen);
    let told = describe(&added, &removed, &changed) + &from_the_next_start(&later);
    let beside = state.window.split.as_ref().map(|split| split.channel.clone());
    let mut effects = if beside.as_ref().is_some_and(|name| removed.contains(name)) {
        split::close(state, now)
    } else {
        Vec::new()
    };
    let open = state.channel().info.name.clone();
    let is_open_gone = !channels.iter().any(|(info, _)| info.name == open) && removed.contains(&open);
    let mut left = if is_open_gone { state.on_channel(now, leave) } else { Vec::new() };
    left.extend(leave_draft(state.channel()).filter(|_| is_open_gone));
    effects.extend(left.into_iter().map(|effect| effect.for_channel(&open)));
    let gone =
        state.channels.iter().filter(|channel| removed.contains(&channel.info.name) && channel.info.name != open);
    effects
        .extend(gone.filter_map(|channel| leave_draft(channel).map(|effect| effect.for_channel(&channel.info.name))));
    let measures = state.channel().measured();
    // The list of channels counts by places that may be others now.
    state.window.close(Layer::Channels);
    state.replies = replies;
    let mut before = std::mem::take(&mut state.channels);
    let mut take = |name: &ChannelName, platform: Platform| {
        let at = before.iter().position(|was| was.info.name == *name && was.info.platform == platform)?;
        Some(before.remove(at))
    };
    let mut after: Vec<Channel> = Vec::new();
    for (info, capabilities) in channels {
        after.push(match take(&info.name, info.platform) {
            Some(mut channel) => {
                if changed.contains(&info.name) {
                    channel.link = Link::Connecting;
                }
                (channel.info, channel.capabilities) = (info, capabilities);
                channel
            }
            None => Channel::new(info, capabilities),
        });
    }
    let named: Vec<ChannelName> = after.iter().map(|channel| channel.info.name.clone()).collect();
    // What was imported has no place in the file.
    after.extend(
        before.into_iter().filter(|was| was.info.platform == Platform::ARCHIVE && !named.contains(&was.info.name)),
    );
    let named = |name: &ChannelName| after.iter().position(|channel| channel.info.name == *name);
    let place = named(&open);
    // What stands beside goes on where the open one is gone.
    let instead = place.or_else(|| beside.as_ref().and_then(named));
    state.set_channels(after, instead.unwrap_or(0));
    effects.extend(split::settle(state, now));
    let fresh = !state.channel().restored;
    if place.is_none() || fresh {
        effects.extend(state.on_channel(now, |channel, ctx| enter(channel, ctx, measures)));
    } else if changed.contains(&open) && state.channel().capabilities.list {
        // It may be reached now where it was not before.
        effects.extend(state.on_channel(now, roster::fetch_anew));
    }
    for channel in state.channels.iter_mut().filter(|channel| added.contains(&channel.info.name)) {
        let name = channel.info.name.clone();
        effects.extend(sources::ask_changes(channel).into_iter().map(|effect| effect.for_channel(&name)));
    }
    effects.extend(settings);
    state.say(&told, now);
    effects.extend(state.wake());
    effects
}

/// Takes what the file says of the screen and of being told, and has the terminal follow where that is news.
fn configure(window: &mut Window, notify: NotifyRules, screen: ScreenSettings) -> Vec<Effect> {
    let had_mouse = window.mouse;
    let is_told_otherwise = window.notify.rules != notify;
    let is_news = window.configure(&screen) || is_told_otherwise;
    window.themes.reread(screen.themes.clone(), screen.theme.clone());
    window.notify.rules = notify.clone();
    let mouse = (window.mouse != had_mouse).then_some(Effect::Mouse(window.mouse));
    let rest = is_news.then(|| Effect::Configure(Box::new(screen), Box::new(notify)));
    mouse.into_iter().chain(rest).collect()
}

/// What of the file counts only then, in a sentence.
fn from_the_next_start(keys: &[&str]) -> String {
    if keys.is_empty() { String::new() } else { format!(" From the next start on: {}.", keys.join(", ")) }
}

/// The file can't be read as it stands: it is told why, and all stays as it was.
pub(in crate::app::update) fn refused(state: &mut State, failure: &Failure, now: Timestamp) -> Vec<Effect> {
    let lines: Vec<&str> = failure.message.lines().collect();
    let first = lines.first().copied().unwrap_or_default();
    let (more, hint) = match lines.len() {
        0 | 1 => (String::new(), failure.hint.clone()),
        all => (format!(" ({} more)", all - 1), Some("`patchcord config check` tells all.".to_owned())),
    };
    // The place first: a narrow screen cuts the end.
    let what = format!("Config not taken in: {first}{more}. All stays as it was.");
    state.complain("", &Failure { message: what, hint, ..failure.clone() }, now);
    state.wake()
}

/// What changed, in a sentence.
fn describe(added: &[ChannelName], removed: &[ChannelName], changed: &[ChannelName]) -> String {
    let list = |what: &str, names: &[ChannelName]| {
        let names: Vec<&str> = names.iter().map(ChannelName::as_str).collect();
        (!names.is_empty()).then(|| format!("{} {what}", names.join(", ")))
    };
    let kept = if removed.is_empty() { "" } else { " What was written there is kept." };
    let parts: Vec<String> =
        [list("added", added), list("removed", removed), list("changed", changed)].into_iter().flatten().collect();
    match parts.as_slice() {
        [] => "The config file was read again.".to_owned(),
        parts => format!("The config file was read again: {}.{kept}", parts.join("; ")),
    }
}
