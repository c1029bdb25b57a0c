//! The commands of the contract, by the real binary, against a server that was written from the platform's document
//! alone: what they print, what they send, and how they fail.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

#[path = "../support/support.rs"]
pub mod support;

mod browse;
mod canary;
mod chat;
mod ci_folder;
mod completions;
mod config;
mod config_add;
mod config_errors;
mod copy;
mod desk;
mod details;
mod doctor;
mod export;
mod failures;
mod folder;
mod git_folder;
mod guarded;
mod keyring;
mod keys;
mod listen;
mod listen_reload;
mod lists;
mod log;
mod operator;
mod proxies;
mod push;
mod read_only;
mod requests;
mod rows;
mod sandbox;
mod schema;
mod search;
mod sources;
mod streams;
mod suites;
mod tls;
mod untrusted;
mod usage;
mod webhook_chat;

use support::chat_thing::ChatThing;
use support::command::{Call, Output};
use support::home::Home;

/// A home whose config file has one channel, on a server of the test's own.
struct Desk {
    /// The home.
    home: Home,
    /// The server.
    server: ChatThing,
}

impl Desk {
    /// A fresh one.
    fn new() -> Self {
        let (home, server) = (Home::new(), ChatThing::start());
        home.configure(&server.config());
        Self { home, server }
    }

    /// A call that has not been made yet.
    fn call(&self, args: &[&str]) -> Call {
        Call::new(&self.home, args)
    }

    /// What comes of a call.
    #[track_caller]
    fn run(&self, args: &[&str]) -> Output {
        self.call(args).run()
    }

    /// Asserts that the client did nothing that the platform's document doesn't allow.
    #[track_caller]
    fn expect_well_formed(&self) {
        assert_eq!(self.server.complaints(), Vec::<String>::new());
    }
}
