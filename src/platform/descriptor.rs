//! A platform as the rest of the program has it: one [`PlatformDescriptor`], which the registry holds. Nobody else knows its
//! name; what config file, commands, documents and screen need of it they take from here.
//!
//! # To add a platform
//!
//! 1. **`src/platform/NAME/spec.rs`**: its [`PlatformSpec`]. The word in the config file, the keys of its channels (which of
//!    them are secret, which may be left out and what they are then), its block of `config.example.toml` (in `sample.toml`
//!    beside it), and the lines for somebody who begins. It imports the domain alone, so that the tests of the config room
//!    can read it, too.
//! 2. **`src/platform/NAME.rs`** and what more it needs in its folder: a type that is an [`Adapter`], and a `DESCRIPTOR`
//!    that says what a channel can do and opens one. Settings are read by `SPEC.text(settings, "base_url")` and its
//!    neighbours, defaults included. [`Adapter`]'s methods all have an answer of their own ("it can't"): write those that
//!    the platform's [`Capabilities`] claim. The calls go through `crate::http`, and what went wrong through
//!    `platform::error`, where the rule that nothing is sent twice stands once for all.
//! 3. **The registration**: `mod NAME;` in `src/platform.rs`, and `&NAME::DESCRIPTOR` in the list of
//!    `src/platform/registry.rs`. Then `PATCHCORD_WRITE_EXAMPLE=1 cargo test --lib platform::registry` writes the example
//!    config anew.
//! 4. **`src/sandbox/NAME.rs`** and its folder: the platform itself, emulated over HTTP, written from the platform's own
//!    document and not from the adapter. With its channel among the sandbox's, `tests/conformance` asks the adapter for all
//!    that it claims, and breaks every call in every way.
//!
//! `tests/sixth_platform.rs` does 1 to 3 for a platform of its own, from outside, and chats with it.

use std::sync::Arc;

use super::Adapter;
use crate::domain::{Capabilities, Channel, Failure, PlatformSpec, Secret, SecretRef, Settings};
use crate::http::Http;

/// Fetches a secret from where the config file says it is. May take its time.
pub type ResolveSecret<'a> = dyn Fn(&SecretRef) -> Result<Secret, Failure> + 'a;

/// One platform.
#[derive(Debug)]
pub struct PlatformDescriptor {
    /// What is known of it before a channel is opened: name, keys, texts.
    pub spec: &'static PlatformSpec,
    /// What a channel with these settings can do, told before a secret is fetched.
    pub capabilities: fn(&Settings) -> Capabilities,
    /// The adapter of a channel. Fetches its secrets, and sends nothing.
    ///
    /// Fails with [`crate::domain::Kind::Config`] where a setting can't work, and with the resolver's failure where a secret
    /// can't be had.
    pub open: OpenAdapter,
}

/// Opens a channel of a platform: with its time limits in the client already.
pub type OpenAdapter = fn(&Channel, &Http, &ResolveSecret<'_>) -> Result<Arc<dyn Adapter>, Failure>;
