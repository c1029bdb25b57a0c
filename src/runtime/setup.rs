//! What a run begins with: where things are, and what it may do.

use std::path::PathBuf;
use std::time::Duration;

use super::{Platforms, job};

/// The global flags: where things are and which channel is meant.
#[derive(Debug, Clone, Default)]
pub struct Setup {
    /// `--config`.
    pub config: Option<PathBuf>,
    /// `--data-dir`.
    pub data_dir: Option<PathBuf>,
    /// `--channel`.
    pub channel: Option<String>,
    /// `--sandbox`: the embedded sandbox instead of a config file.
    pub sandbox: bool,
    /// Whether the embedded sandbox's platforms do something of their own accord: for the screen, where there is time
    /// to see it.
    pub life: bool,
    /// `--color`: whether there are colours; none where the environment says.
    pub colour: Option<bool>,
    /// `--timeout`: in place of the channel's own limits.
    pub timeout: Option<Duration>,
    /// Told at once what the user should know of the store, such as that a damaged file was moved aside. Called on the
    /// store's thread.
    pub warn: Option<fn(&str)>,
    /// `--read-only`: no channel is written to.
    pub read_only: bool,
    /// What is opened with it, for whoever stops the process.
    pub opened: job::Opened,
    /// The platforms that channels may be of: those that the program comes with, unless set.
    pub platforms: Platforms,
}
