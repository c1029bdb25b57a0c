//! Where a store on PostgreSQL is and how it is reached, from its URL. What each option means is libpq's to say; what this
//! program adds is that off loopback nothing but verified TLS will do, unless the URL says `sslmode=disable`.

use super::authority::split;
use super::options::read;
use super::url_error::UrlError;
use super::wish::{BindingWish, Place, SessionWish, SslMode, Timing, TlsWish};
use crate::domain::Secret;

/// What `[store] url` says. Its `Debug` shows no password.
#[derive(Debug, Clone)]
pub struct StoreUrl {
    /// The hosts, in the order in which they are tried; at least one.
    pub(super) places: Vec<Place>,
    /// The operating system's user if none.
    pub(super) user: Option<String>,
    /// The user's name if none.
    pub(super) database: Option<String>,
    pub(super) password: Option<Secret>,
    pub(super) application: String,
    /// `-c name=value` for the server's session.
    pub(super) options: Option<String>,
    pub(super) tls: TlsWish,
    pub(super) binding: BindingWish,
    pub(super) timing: Timing,
    pub(super) session: SessionWish,
    warnings: Vec<String>,
}

impl StoreUrl {
    /// Reads a URL.
    ///
    /// # Errors
    /// The first thing in it that is wrong. A password is never quoted.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        let parts = split(text)?;
        let (user, password, database) = (parts.user.clone(), parts.password.clone(), parts.database.clone());
        let said = read(parts)?;
        let password = said.password.or(password).filter(|password| !password.is_empty());
        let session =
            said.session.unwrap_or(if said.places.len() > 1 { SessionWish::ReadWrite } else { SessionWish::Any });
        let mut url = Self {
            places: said.places,
            user: said.user.or(user),
            database: said.database.or(database),
            password: password.map(Secret::new),
            application: said.application.unwrap_or_else(|| "patchcord".to_owned()),
            options: said.options,
            tls: said.tls,
            binding: said.binding,
            timing: said.timing,
            session,
            warnings: Vec::new(),
        };
        url.warnings = url.judge();
        Ok(url)
    }

    /// The hosts, in the order in which they are tried.
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// The database's name; the user's where the URL names none.
    pub fn database(&self) -> Option<&str> {
        self.database.as_deref().or(self.user.as_deref())
    }

    /// Which of several hosts will do.
    pub const fn session(&self) -> SessionWish {
        self.session
    }

    /// What works, and is likely not what was meant: a sentence each.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    fn judge(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.password.is_some() {
            let text = "The store's URL holds its password: name it in [store] password, as { env = \"NAME\" }.";
            warnings.push(text.to_owned());
        }
        let Some(far) = self.places.iter().find(|place| !place.is_local()) else { return warnings };
        match self.tls.mode {
            Some(SslMode::Disable) => warnings.push(format!(
                "With sslmode=disable everybody on the way to {far} can read and change what the store is told."
            )),
            Some(mode @ (SslMode::Allow | SslMode::Prefer | SslMode::Require)) => warnings.push(format!(
                "sslmode={} would take any certificate from {far}: it is verified as with verify-full.",
                mode.as_str()
            )),
            _ => {}
        }
        warnings
    }
}
