//! The service behind a channel, by its name. What a service needs and can do stands in its own room, behind its
//! [`super::PlatformSpec`].

use std::fmt;

/// The name of a service that the program speaks to; or of none, behind an archive.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Platform(&'static str);

impl Platform {
    /// No service: conversations that were imported, and are the store's alone. No config file names it.
    pub const ARCHIVE: Self = Self::new("archive");

    /// The one of that id: lower-case letters, digits and `-`.
    pub const fn new(id: &'static str) -> Self {
        Self(id)
    }

    /// The word that stands in the config file and in JSON.
    pub const fn id(self) -> &'static str {
        self.0
    }
}

impl fmt::Debug for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Platform({})", self.0)
    }
}
