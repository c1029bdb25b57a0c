//! The platforms, emulated over real HTTP on loopback: demo, test double and local server. Floor 3.
//!
//! Owns its own thread, runtime, socket, history and JSON. It writes every answer and every webhook by hand from the
//! platforms' documents and shares no wire type with the adapters, so it stays an independent witness. It knows no store
//! and no screen, and the config room only to read the config that it prints: [`Sandbox::start`] takes [`Options`] and
//! gives a [`Running`] that names its address and has five channels that work against it.
//!
//! Rooms of the house: `server` takes a request, `gate` writes the ledger and hands out faults, and the path decides which
//! platform answers: `chat_thing`, `klaunch`, `operator`, `eko`, `optech`, each taking a `call` and giving its answer.
//! `bot` (with `retrieval`) or the `upstream` finds the words, `speech` paces them, `records` keeps what was said in a
//! `journal`. What the bot finds its words in is its `knowledge`: the rows on the `shelf`, at first the embedded
//! `documents`, as they stood when they were last synced. The other way, `hooks` posts what the platforms have to say,
//! `sign` signs it, and `deliver` does so on order. `keys` are the well-known accounts, `channels` the config that uses
//! them.

mod bot;
mod call;
mod channels;
mod chat_thing;
mod deliver;
mod desk;
mod documents;
mod eko;
mod fault;
mod gate;
mod history;
mod hooks;
mod journal;
mod keys;
mod klaunch;
mod knowledge;
mod ledger;
mod operator;
mod optech;
mod options;
mod records;
mod response;
mod retrieval;
mod running;
pub mod script;
mod seeds;
mod server;
mod shelf;
mod sign;
mod speech;
mod upstream;
mod wire;

#[cfg(test)]
mod tests;

pub use fault::{Fault, FaultError, FaultKind};
pub use options::{Options, Pace, SandboxError, Upstream};
pub use running::Running;

/// The sandbox, before it runs.
#[derive(Debug, Clone, Copy)]
pub struct Sandbox;

impl Sandbox {
    /// The channels of a sandbox that will run under that base: their names and platforms are known before it does.
    pub fn channels_at(base_url: &str) -> Vec<crate::domain::Channel> {
        channels::Channels { base_url, allow_http: false, hooks: None }.values()
    }

    /// Opens the journal, binds the socket and serves on a thread of its own until the [`Running`] is stopped or dropped.
    /// Every error of the start comes back here, not on the thread.
    pub fn start(options: Options) -> Result<Running, SandboxError> {
        Running::start(options)
    }
}
