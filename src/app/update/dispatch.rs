//! The dispatcher: it alone sees the whole state. It decides who is told of what the user asks for, gives each part its
//! own, and does what parts ask of each other.

pub(super) mod action;
pub(super) mod channels;
pub(super) mod configured;
pub(super) mod desk;
pub(super) mod fulfil;
pub(super) mod leave;
pub(super) mod line;
pub(super) mod new_case;
pub(super) mod notify;
pub(super) mod opening;
pub(super) mod overlay;
pub(super) mod palette;
mod parts;
pub(super) mod replies;
pub(super) mod resume;
pub(super) mod split;
pub(super) mod text;
