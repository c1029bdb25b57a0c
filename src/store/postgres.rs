//! How a PostgreSQL server is reached: its URL, TLS, one connection that a thread drives by itself, and what the server can.
//!
//! Owns no SQL of the store's. A [`StoreUrl`] is read as libpq means it, with one rule of our own: off loopback a
//! connection is TLS and the server's certificate is verified, unless the URL says `sslmode=disable`. A [`Target`] is a URL
//! with its password and certificates; it makes [`Link`]s, trying one host after the other. A link does nothing unless it
//! is called, and each call has a time limit: a server that says nothing is given up, and what it was asked is then of
//! unknown fate ([`Fate`]). A link that is given up stays so; the target makes another.
//!
//! ```text
//!     StoreUrl -> Target -> Link -> query, execute, batch, run
//!                             |---> wait, notifications
//!                             +---> Server, Abilities: what it is and what it can
//! ```

mod authority;
mod dial;
mod driver;
mod error;
mod link;
mod options;
mod promised;
mod secure;
mod server_error;
mod session;
mod target;
mod url;
mod url_error;
mod wish;

pub use error::{ConnectCause, Fate, HostFailure, LinkError};
pub use link::Link;
pub use server_error::ServerError;
pub use session::{Role, Server};
pub use target::Target;
pub use url::StoreUrl;
pub use url_error::UrlError;
pub use wish::{Address, Place, SessionWish, SslMode};
