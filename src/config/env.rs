//! The environment as an argument, so that nothing below reads a global and tests need none.

use std::ffi::OsString;
use std::fmt;
use std::sync::Arc;

/// What a variable holds, if it is set.
type Lookup = dyn Fn(&str) -> Option<OsString> + Send + Sync;

/// Looks a variable up.
#[derive(Clone)]
pub struct Env(Arc<Lookup>);

impl Env {
    /// The process's own environment.
    pub fn system() -> Self {
        Self(Arc::new(|name| std::env::var_os(name)))
    }

    /// Just these variables.
    pub fn from_vars<N: Into<String>, V: Into<OsString>>(variables: impl IntoIterator<Item = (N, V)>) -> Self {
        let variables: Vec<(String, OsString)> =
            variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        Self(Arc::new(move |name| variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())))
    }

    /// The variable's value, an empty one included.
    pub fn get(&self, name: &str) -> Option<OsString> {
        (self.0)(name)
    }

    /// The variable's value, unless it is empty.
    pub fn filled(&self, name: &str) -> Option<OsString> {
        self.get(name).filter(|value| !value.is_empty())
    }
}

impl fmt::Debug for Env {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Env")
    }
}
