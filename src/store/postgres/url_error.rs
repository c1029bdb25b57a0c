//! What is wrong with a database's URL. No text of it is quoted that may be a password.

/// Why a URL can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// It begins otherwise.
    #[error("expected postgres://user@host/database")]
    Scheme,
    /// Percent signs that encode nothing, a NUL, or what is no UTF-8.
    #[error("its {0} has a % that is not followed by two hexadecimal digits, or encodes no text")]
    Encoding(&'static str),
    /// An `@` behind what can be no password's end.
    #[error("in a user or password, / is written %2F, ? is %3F and @ is %40")]
    Reserved,
    /// It names no host.
    #[error("it names no host: write localhost, or host=/var/run/postgresql for a socket")]
    NoHost,
    /// A `[` that isn't closed, or what stands behind it.
    #[error("the IPv6 address in it is not in brackets, as in [::1]:5432")]
    Brackets,
    /// A port that is none.
    #[error("expected a port from 1 to 65535, found \"{0}\"")]
    Port(String),
    /// As many ports or addresses as hosts, or one.
    #[error("it names {hosts} hosts and {found} {what}: expected as many, or one")]
    Count {
        /// So many hosts.
        hosts: usize,
        /// So many of the others.
        found: usize,
        /// Ports, or addresses.
        what: &'static str,
    },
    /// An option that nobody knows.
    #[error("unknown option {name}{}", near.map_or_else(String::new, |near| format!("; did you mean {near}?")))]
    Unknown {
        /// As it is written.
        name: String,
        /// The one that is near.
        near: Option<&'static str>,
    },
    /// One that libpq has and this program hasn't.
    #[error("the option {0} of libpq is not taken here: leave it out")]
    NotTaken(&'static str),
    /// An option without `=`.
    #[error("the option {0} has no value")]
    NoValue(String),
    /// A value that it can't have.
    #[error("{option}: expected {expected}, found \"{found}\"")]
    Value {
        /// Which option.
        option: &'static str,
        /// What it takes.
        expected: &'static str,
        /// What stands there.
        found: String,
    },
    /// Options that don't go together.
    #[error("{0}")]
    Together(&'static str),
}
