//! The platforms, emulated over real HTTP on loopback: demo, test double and local server. Floor 3.
//!
//! Owns its own thread, runtime, socket, history and JSON. It writes every answer and every webhook by hand from the
//! platforms' documents and shares no wire type with the adapters, so it stays an independent witness. It knows no store
//! and no screen, and the config room only to read the config that it prints: [`Sandbox::start`] takes [`Options`] and
//! gives a [`Running`] that names its address and has five channels that work against it.
//!
//! `server` takes a request, `middleware` enters it in the ledger and hands out faults, and the path decides which of the
//! `platforms` answers: `chat_thing`, `klaunch`, `operator`, `eko`, `optech`, each taking an `ApiRequest` and giving an
//! `ApiResponse`, to which `fault_injection` does what a fault says. `bot` (with `retrieval`) or the `upstream` finds the
//! words, `paced_reply` paces them, and `conversation_store` keeps what was said in a `journal`. What the bot finds its
//! words in is its `knowledge`: the rows of the `source_store`, at first the embedded `documents`, as they stood when they
//! were last synced. The other way, `hooks` posts what the platforms have to say, signed by their scheme, and `deliver`
//! does so on demand. `channels` is the config that uses all of them.
//!
//! What all platforms share is the `context`. Another platform is a folder with its account, its state, its endpoints,
//! its signature and its simulation behind a descriptor (see `emulation`), and a line in `platforms`.

mod actor;
mod api;
mod bot;
mod channels;
mod chat_thing;
mod context;
mod conversation_store;
mod deliver;
mod documents;
mod eko;
mod emulation;
mod fault;
mod fault_injection;
mod history;
mod hook_post;
mod hooks;
mod journal;
mod klaunch;
mod knowledge;
mod ledger;
mod middleware;
mod operator;
mod optech;
mod options;
mod paced_reply;
mod paging;
mod platforms;
mod reply_error;
mod resettable_stream;
mod response;
mod retrieval;
mod running;
pub mod script;
mod seeds;
mod server;
mod signing;
mod source_store;
mod upstream;

/// The suite that comes with it: it passes as long as nobody changes what the bot knows.
pub const SUITE: &str = include_str!("../assets/sandbox/suite.toml");

#[cfg(test)]
mod tests;

use platforms::PLATFORMS;

pub use fault::{Fault, FaultError, FaultKind};
pub use options::{Options, Pace, SandboxError, Upstream};
pub use running::Running;

/// The sandbox, before it runs.
#[derive(Debug, Clone, Copy)]
pub struct Sandbox;

impl Sandbox {
    /// The channels of a sandbox that will run under that base: their names and platforms are known before it does.
    pub fn channels_at(base_url: &str) -> Vec<crate::domain::Channel> {
        channels::SandboxChannels { platforms: PLATFORMS, base_url, allow_http: false, hooks: None }.values()
    }

    /// Opens the journal, binds the socket and serves on a thread of its own until the [`Running`] is stopped or dropped.
    ///
    /// # Errors
    /// Every error of the start comes back here, not on the thread: an address that other machines reach without leave,
    /// a socket, a journal or a thread that can't be had, and addresses of webhooks or of the upstream that can't be used.
    pub fn start(options: Options) -> Result<Running, SandboxError> {
        Running::start(PLATFORMS, options)
    }
}
