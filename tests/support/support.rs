//! What the tests of the whole program stand on. `rig.rs` beside this folder tries it out.

pub mod chat_thing;
pub mod command;
pub mod data_sources;
pub mod escapes;
pub mod faults;
pub mod files;
pub mod home;
pub mod hooks;
pub mod journal;
pub mod json_schema;
pub mod link;
pub mod origin;
pub mod postgres;
pub mod pty;
pub mod script;
pub mod setting;
pub mod skip;
pub mod stand;
pub mod stream;
pub mod wait;
