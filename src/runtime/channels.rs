//! The channels of a run: which of them is meant, and what the frame says of each.

use super::{Platforms, Runtime};
use crate::app::ChannelInfo;
use crate::config::{Config, nearest};
use crate::domain::{Capabilities, Channel, Failure, Kind, SafeText};

/// The channel that is meant.
pub(super) fn chosen<'a>(config: &'a Config, wanted: Option<&str>) -> Result<&'a Channel, Failure> {
    let named = |name: &str| config.channels.iter().find(|c| c.name.as_str() == name);
    let all = || config.channels.iter().map(|c| c.name.as_str()).collect::<Vec<_>>().join(", ");
    if let Some(wanted) = wanted {
        return named(wanted).ok_or_else(|| {
            let near = nearest(wanted, config.channels.iter().map(|c| c.name.as_str()));
            let near = near.map_or_else(String::new, |near| format!("Did you mean \"{near}\"? "));
            Failure::new(Kind::Usage, format!("The config file has no channel named \"{wanted}\"."))
                .hint(format!("{near}It has: {}.", all()))
        });
    }
    if let Some(found) = config.default_channel.as_ref().and_then(|name| named(name.as_str())) {
        return Ok(found);
    }
    match config.channels.as_slice() {
        [only] => Ok(only),
        [] => Err(Failure::new(Kind::Config, "The config file has no channel.")
            .hint("Add one: `patchcord config init` writes a file with an example.")),
        _ => Err(Failure::new(Kind::Usage, "The config file has several channels and no default_channel.")
            .hint(format!("Name one with --channel: {}.", all()))),
    }
}

/// What the frame says of every channel, with what its platform can do; and the place of the one that is meant.
pub(super) fn views(runtime: &Runtime) -> Result<(Vec<(ChannelInfo, Capabilities)>, usize), Failure> {
    let chosen = runtime.chosen()?;
    let platforms = &runtime.inner.platforms;
    let archives = runtime.known_archives();
    let archives = archives.iter().map(|channel| view(platforms, channel, false));
    let all: Vec<_> = configured(runtime).into_iter().chain(archives).collect();
    let open = all.iter().position(|(view, _)| view.name == chosen.name).unwrap_or(0);
    Ok((all, open))
}

/// The same of the channels of the config as it was read last.
pub(super) fn configured(runtime: &Runtime) -> Vec<(ChannelInfo, Capabilities)> {
    let embedded = runtime.inner.embedded;
    runtime.config().channels.iter().map(|channel| view(&runtime.inner.platforms, channel, embedded)).collect()
}

/// What the frame says of a channel, with what its platform can do.
pub(super) fn view(platforms: &Platforms, channel: &Channel, sandbox: bool) -> (ChannelInfo, Capabilities) {
    let view = ChannelInfo {
        name: channel.name.clone(),
        label: SafeText::one_line(channel.name.as_str()),
        platform: channel.platform(),
        sandbox,
        read_only: channel.read_only,
    };
    (view, platforms.capabilities(channel))
}
