//! The line that says what just happened.

use crate::domain::{SafeText, Timestamp};

/// One line about what just happened, with its way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What is said.
    pub text: SafeText,
    /// Whether something failed.
    pub bad: bool,
    /// When it goes away by itself.
    pub until: Timestamp,
}
