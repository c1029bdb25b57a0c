//! Patchcord: one terminal window on every bot channel. This page is the map of the house.
//!
//! # The floors
//!
//! ```text
//! 7  main                                    the command line chooses the door
//! 6  tui       linear       cli              the three doors: a screen, lines, and commands
//! 5  runtime                                 what the program can do: awaited by commands, performed for effects
//! 4  ui                      webhook         draws the state | takes what platforms post
//! 3  app            platform      sandbox    the pure core | the adapters | the platforms, emulated over HTTP
//! 2  config  http  signature  store  folder  export   engines: each knows the domain, never each other
//! 1  domain                                  nouns, and text that is safe to show
//! ```
//!
//! A module imports strictly lower floors; neighbours on a floor don't know each other; others import a room's face
//! (`crate::store::Store`), never its inner files. Each outside library has one home. `tests/floors.rs` reads `src/`
//! and fails on anything else, naming file and line.
//!
//! # What lives where
//!
//! - [`domain`]: channels, conversations, messages, turns of the outbox, deliveries and data requests, failures with
//!   their exit codes, suites and whether a reply is as one expects, [`domain::MessageDocument`], the one shape of a message in JSON, and [`domain::SafeText`], the one
//!   type that may be drawn.
//! - [`config`]: the config file and suites' files, with every error at once and its place; secrets, fetched when needed.
//! - [`http`]: one attempt of one call, what is known of whether it left, the event-stream decoder, and how long to
//!   wait before another attempt. Knows no platform.
//! - [`signature`]: HMAC-SHA256 in the platforms' three spellings, compared in constant time.
//! - [`store`]: SQLite on a thread of its own. Conversations and messages seen, drafts, and the outbox: a message is
//!   committed before its first byte leaves, claimed by one process, and settled by what is known of its fate. The
//!   inbox: deliveries, what they said, which of it was known, data requests; and the lock of the one who listens.
//!   That what is written stands at its path, however its files are moved meanwhile; and what can be read of a damaged one.
//!   Changes of rows that are staged, and the journal of what applied ones replaced. An index of all that was said,
//!   searched on a thread of its own and kept true by the tables themselves. What a user keeps of conversations for
//!   themself, and all channels' conversations as one list.
//! - [`folder`]: a data source as a folder of markdown files: names, the manifest that is versioned with them, what one
//!   working copy saw (which version control can't take back), and what a pull or a push is to do.
//! - [`export`]: conversations as markdown, JSON, JSON lines, or one page of HTML that loads and runs nothing, by one table
//!   of formats; and the lines read back. What was imported is an archive: a channel with no platform behind it, its history the store's.
//! - [`app`]: the pure core. [`app::update()`] takes a state and an event and says what is to be done, as data. A
//!   [`app::Channel`] is one thing, all are alike, and what happens to one that isn't on the screen can't touch the
//!   [`app::Window`]. The dispatcher alone sees the whole state: it gives each part its own and a context, and what a part
//!   wants of a neighbour it asks for as a request. What is being written is a part of the state, cursor and undo included:
//!   no event acts on what an earlier frame showed.
//! - [`platform`]: the object-safe [`platform::Adapter`], and the five platforms behind it. The registry holds a
//!   [`platform::PlatformDescriptor`] of each: its config keys, its texts, how a channel is opened. What one can do it says
//!   by its [`domain::Capabilities`]; nobody above asks for its name. How one is added stands at the descriptor's file.
//! - [`sandbox`]: the five platforms over real HTTP on loopback, with a bot that answers from documents, people and
//!   agents, webhooks out, and faults on demand: demo, test double, and an independent witness, since it shares no wire
//!   type with the adapters.
//! - [`ui`]: layout, transcript, markdown and the colours of code, roster, the texts that are being written, the Webhooks view, the Tests view, help. Drawing decides nothing and returns
//!   what it measured.
//! - [`webhook`]: the listener. Platforms post to it; it answers once what they posted is on the disk.
//! - [`runtime`]: joins them. Its courier alone hands messages to a platform, and reads the reply to its stream's end; its pump brings what the listener took to
//!   the screen; its rules answer data requests; its `apply` alone changes rows of data sources. Its notifier knows how the
//!   user is told what happens while looking elsewhere; what is told, and when, the core decides.
//! - [`tui`]: the terminal and the loop. [`linear`]: the same core and the same actions by name, line by line, for screen
//!   readers and terminals that can't be drawn on. [`cli`]: the commands.
//!
//! # Five walks
//!
//! - **Enter**: `tui::input` → `app::update` (a turn, as an effect) → `runtime::perform` → `store` (committed) → back
//!   through `app` → `runtime::courier` (claimed) → the adapter. What becomes of it comes back as events.
//! - **A delta**: `http::sse` → the adapter's stream → `runtime::courier` (reads of a burst joined) → `app::update` →
//!   `ui::transcript` (finished blocks cached, the open tail drawn again) → `tui::terminal`, one write a frame.
//! - **A webhook**: `webhook::handler` (path, host, method, raw bytes) → the adapter's `verify` (with [`signature`]) and
//!   `receive` → `webhook::ingest` → `store` (committed, or known already) → answered, a data request after its rule in
//!   `runtime::rules` → a counter goes up → `runtime::pump` reads the store → `app::update` → `ui`. Where another
//!   process listens, the pump looks at the store instead. A late answer goes by `runtime::operations::requests`.
//! - **A change of a row**: `app::update` (a change, as an effect, from its first letter on) → `runtime::perform` →
//!   `store` (staged). Applied: `store` (claimed) → `runtime::operations::apply` (the row is read again and compared, what
//!   it replaces is journalled in `store`) → the adapter's `sources` → `store` (settled) → `app::update`. A command and a
//!   folder bring their changes to the same `apply`. `undo` there makes the opposite change of an entry of the journal.
//! - **A start**: the first frame is drawn before the store, the network or a secret is touched, in the channel of last
//!   time, which one small file tells; the roster and the last conversation come from the store, and what is new from the
//!   platform behind them. What the terminal answers to what it was asked comes when it comes.
//!
//! # Threads
//!
//! One for screen, input and outgoing HTTP, so that no key and no delta crosses threads; one for the store, and one that looks
//! whether somebody who was stopped keeps it from its work; one for searches
//! and their index, once there is one; one for the embedded sandbox; one for the listener, which no screen can hold up;
//! and, while code is on the screen whose colours aren't known, one that reads it.

pub mod app;
pub mod cli;
pub mod config;
pub mod domain;
pub mod export;
pub mod folder;
pub mod http;
pub mod linear;
pub mod platform;
pub mod runtime;
pub mod sandbox;
pub mod signature;
// What the tests of all rooms say where a tool isn't there.
#[cfg(test)]
#[path = "../tests/support/skip.rs"]
mod skip;
pub mod store;
pub mod tui;
pub mod ui;
pub mod webhook;
