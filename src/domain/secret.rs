//! Secrets: where one is kept, and its value once fetched. Neither ever prints itself.

use std::fmt;
use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};

/// A secret's value. `Debug` and `Display` show a mask; the memory is wiped on drop.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Wraps a value.
    pub fn new(value: impl Into<String>) -> Self {
        Self(SecretString::from(value.into()))
    }

    /// The value itself, for a header or a signature and nothing else.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// Where the config file says that a secret is to be found. Reading a config file resolves none of them.
#[derive(Debug, Clone)]
pub enum SecretRef {
    /// The value itself stands in the config file.
    Plain(Secret),
    /// An environment variable's name.
    Env(String),
    /// A file that holds the secret and nothing else; a newline at its end is dropped.
    File(PathBuf),
    /// A program and its arguments, run without a shell; its standard output is the secret.
    Command(Vec<String>),
    /// An entry's name in the operating system's keyring.
    Keyring(String),
}
