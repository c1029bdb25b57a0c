//! Patchcord: one terminal window on every bot channel.

pub mod app;
pub mod cli;
pub mod config;
pub mod domain;
pub mod export;
pub mod http;
pub mod platform;
pub mod runtime;
pub mod sandbox;
pub mod store;
pub mod tui;
pub mod ui;
