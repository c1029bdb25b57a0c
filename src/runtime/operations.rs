//! The operations: a command awaits one, the terminal interface performs the same one.

pub(super) mod apply;
pub(super) mod chat;
pub(super) mod clips;
pub(super) mod desk;
pub(super) mod doctor;
pub(super) mod export;
pub(super) mod export_text;
pub(super) mod files;
pub(super) mod folder;
pub(super) mod follow_webhooks;
pub(super) mod history;
pub(super) mod import;
pub(super) mod local;
pub(super) mod people;
pub(super) mod record;
pub(super) mod reply;
pub(super) mod requests;
pub(super) mod rows;
pub(super) mod salvage;
pub(super) mod search;
pub(super) mod sources;
pub(super) mod sync;
pub(super) mod trial;
pub(super) mod webhooks;
