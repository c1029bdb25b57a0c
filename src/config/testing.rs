//! For tests: the config room with the program's own platforms. Their specs import the domain alone, so they can stand here
//! as well as in their rooms, which are above this one.

#![allow(clippy::duplicate_mod, reason = "the specs themselves, where their rooms can't be imported")]

use std::path::Path;

use super::{Config, ConfigErrors};
use crate::domain::PlatformSpec;

#[path = "../platform/chat_thing/spec.rs"]
mod chat_thing;
#[path = "../platform/eko/spec.rs"]
mod eko;
#[path = "../platform/klaunch/spec.rs"]
mod klaunch;
#[path = "../platform/operator/spec.rs"]
mod operator;
#[path = "../platform/optech/spec.rs"]
mod optech;

/// In the registry's order.
pub(super) const PLATFORMS: &[&PlatformSpec] =
    &[&chat_thing::SPEC, &klaunch::SPEC, &operator::SPEC, &eko::SPEC, &optech::SPEC];

/// As [`super::load`], with these platforms.
pub(super) fn load(path: &Path) -> Result<Config, ConfigErrors> {
    super::load(path, PLATFORMS, |_| Vec::new())
}

/// As [`super::parse`], with these platforms.
pub(crate) fn parse(text: &str, path: &Path) -> Result<Config, ConfigErrors> {
    super::parse(text, path, PLATFORMS, |_| Vec::new())
}
