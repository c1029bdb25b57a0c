//! The HTTP client. Floor 2.
