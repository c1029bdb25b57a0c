//! What these tests ask the program itself.

use std::path::Path;

use patchcord::config::{Config, ConfigErrors};
use patchcord::domain::{Capabilities, Channel};
use patchcord::platform::registry::Registry;

/// The words in the config file that name a platform, in the order of lists and documents.
pub(crate) fn platforms() -> Vec<&'static str> {
    Registry::default().specs().iter().map(|spec| spec.platform.id()).collect()
}

/// A config file that stands in a page.
pub(crate) fn parse(text: &str) -> Result<Config, ConfigErrors> {
    patchcord::config::parse(text, Path::new("page.toml"), &Registry::default().specs(), patchcord::app::check_keys)
}

/// What a channel can do.
pub(crate) fn capabilities(channel: &Channel) -> Capabilities {
    Registry::default().capabilities(channel)
}
