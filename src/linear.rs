//! The terminal interface line by line, for screen readers and for terminals that can't be drawn on. Floor 6.
//!
//! The same core, the same actions by their names, the same runtime as the screen: what happens is appended as labelled
//! lines (`You:`, `Bot:`, `Notice:`), nothing is drawn, moved or coloured, and the terminal's own line is written on. What a
//! view shows is what the screen would draw, without borders. It decides nothing: the core does.

mod actions;
mod chat;
mod entered;
mod help;
mod lines;
mod out;
mod page;
mod session;
mod telling;

use std::io::IsTerminal as _;

use tokio::sync::mpsc;

use crate::app::State;
use crate::domain::{Failure, Kind};
use crate::runtime::{Performer, Runtime, Setup, job};
use lines::Lines;
use out::Out;
use session::{Session, Signals};

/// How many events may wait for the terminal; more make the sender wait, and with it the network.
const WAITING: usize = 64;

/// Runs it to its end: the number of the signal that ended it, none where the user did.
///
/// # Errors
///
/// Where the config can't be used, or the terminal not any more.
pub fn run(setup: &Setup) -> Result<Option<u8>, Failure> {
    let tokio = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| Failure::new(Kind::Failed, format!("The program could not start: {e}.")))?;
    let ended = tokio.block_on(opened(setup));
    // A thread may still wait for standard input, and nobody waits for it any more.
    tokio.shutdown_background();
    ended
}

async fn opened(setup: &Setup) -> Result<Option<u8>, Failure> {
    job::be_robust();
    let runtime = Runtime::open(setup)?;
    let (channels, open) = runtime.channel_views()?;
    let state = State::new(channels, open, runtime.seed());
    let (events, inbox) = mpsc::channel(WAITING);
    let performer = Performer::new(runtime.clone(), events);
    let lost = |e: std::io::Error| Failure::new(Kind::Failed, format!("The terminal can't be used any more: {e}."));
    let signals = Signals::new().map_err(lost)?;
    let lines = Lines::begin().map_err(lost)?;
    let out = Out::new(std::io::stdin().is_terminal());
    let session = Session::new(runtime.clone(), setup.opened.clone(), state, performer, out);
    let ended = Box::pin(session.run(inbox, lines, signals)).await;
    runtime.close().await;
    ended.map_err(|e| lost(e).hint("Drafts are kept."))
}
