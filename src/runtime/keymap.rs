//! Which keys the user's config file binds.

use super::{Runtime, Setup};
use crate::app::{Keymap, Preset, check_keys};
use crate::config::{self, Env};
use crate::domain::Failure;

impl Runtime {
    /// Which key means what on the screen: as the config file says, on the built-in sandbox too. Where its keys can't be
    /// read there, they are those that are shipped, and why is told.
    pub fn keymap(&self, setup: &Setup) -> (Keymap, Option<Failure>) {
        let settings = if self.inner.embedded {
            let location = config::locate(setup.config.as_deref(), &Env::system());
            location.map_err(Failure::from).and_then(|l| config::keys_of(&l.path, check_keys).map_err(Failure::from))
        } else {
            Ok(self.inner.configured.config().keys.clone())
        };
        // What is wrong with them was told where they were read.
        let made = settings.map(|settings| Keymap::from_settings(&settings).ok());
        match made {
            Ok(keymap) => (keymap.unwrap_or_else(|| Keymap::new(Preset::Default)), None),
            Err(failure) => (Keymap::new(Preset::Default), Some(failure)),
        }
    }
}
