//! The platforms that the sandbox emulates. Another one is its folder, and a line here.

use std::sync::Arc;

use super::context::SandboxContext;
use super::emulation::{EmulatedPlatform, EmulationDescriptor, StartPlatform};
use super::ledger::SecretNames;
use super::options::{Options, SandboxError};
use super::{chat_thing, eko, klaunch, operator, optech};

/// Emulated platforms, in the order of the printed config.
pub(super) type PlatformTable = &'static [&'static EmulationDescriptor];

/// All that there are. The first one's channel is the default, and it answers at every path
/// that is no other's.
pub(super) const PLATFORMS: PlatformTable =
    &[&chat_thing::DESCRIPTOR, &klaunch::DESCRIPTOR, &operator::DESCRIPTOR, &eko::DESCRIPTOR, &optech::DESCRIPTOR];

/// The platforms, their journals opened.
pub(super) struct OpenedPlatforms(Vec<(&'static EmulationDescriptor, StartPlatform)>);

impl OpenedPlatforms {
    /// Opens what each of them keeps.
    ///
    /// # Errors
    /// [`SandboxError::Journal`], where a journal can't be opened, read or seeded.
    pub(super) fn open(table: PlatformTable, options: &Options) -> Result<Self, SandboxError> {
        let opened = table.iter().map(|platform| Ok((*platform, (platform.open)(options)?)));
        opened.collect::<Result<_, _>>().map(Self)
    }

    /// The names of what the ledger masks.
    pub(super) fn secret_names(&self) -> SecretNames {
        let headers = self.0.iter().flat_map(|(platform, _)| platform.secret_headers);
        let fields = self.0.iter().flat_map(|(platform, _)| platform.secret_fields);
        SecretNames::new(headers.copied(), fields.copied())
    }

    /// Starts them on the current runtime, and their simulation where the context wants it.
    pub(super) fn start(self, context: &SandboxContext) -> Platforms {
        let running: Vec<_> = self.0.into_iter().map(|(platform, start)| (platform, start(context))).collect();
        if context.simulation {
            for (_, platform) in &running {
                platform.simulate();
            }
        }
        Platforms(running.into())
    }
}

/// The platforms, as they run. Cloning is cheap.
#[derive(Clone)]
pub(super) struct Platforms(Arc<[(&'static EmulationDescriptor, Arc<dyn EmulatedPlatform>)]>);

impl Platforms {
    /// The one that answers at a path.
    pub(super) fn at_path(&self, path: &str) -> &dyn EmulatedPlatform {
        let root = path.split('/').nth(1).unwrap_or_default();
        let found = self.0.iter().find(|(platform, _)| platform.roots.contains(&root));
        &*found.unwrap_or(&self.0[0]).1
    }

    /// The ids of those that post webhooks.
    pub(super) fn with_webhooks(&self) -> Vec<&'static str> {
        self.0.iter().filter(|(platform, _)| platform.webhooks.is_some()).map(|(platform, _)| platform.id).collect()
    }

    /// The one with that id; none where there is none.
    pub(super) fn by_id(&self, id: &str) -> Option<(&'static EmulationDescriptor, &dyn EmulatedPlatform)> {
        self.0.iter().find(|(platform, _)| platform.id == id).map(|(platform, running)| (*platform, &**running))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_platforms_share_an_id_a_channel_or_a_root() {
        let distinct = |names: Vec<&str>| names.len() == names.iter().collect::<HashSet<_>>().len();
        assert!(distinct(PLATFORMS.iter().map(|platform| platform.id).collect()));
        assert!(distinct(PLATFORMS.iter().map(|platform| platform.channel).collect()));
        assert!(distinct(PLATFORMS.iter().flat_map(|platform| platform.roots).copied().collect()));
        assert!(PLATFORMS.iter().all(|platform| !platform.roots.is_empty()));
    }
}
