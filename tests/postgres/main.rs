//! How a PostgreSQL server is reached, against real servers of every version that is installed: its URL, TLS, passwords,
//! what a call is told when the server goes away, and what a server is found to be able to do.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

#[path = "../support/postgres.rs"]
pub mod postgres;
#[path = "../support/skip.rs"]
pub mod skip;

mod fates;
mod pooled;
mod relay;
mod ways;

use std::path::Path;

use patchcord::domain::Secret;
use patchcord::store::postgres::{Link, LinkError, StoreUrl, Target};
use postgres::Server;

/// The authority that vouches for the servers' certificate, which is for `localhost`.
fn authority() -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/tls/ca.pem");
    file.to_string_lossy().into_owned()
}

fn target(url: &str, password: Option<&str>) -> Target {
    let url = StoreUrl::parse(url).expect("a URL");
    Target::new(url, password.map(Secret::new).as_ref()).expect("a target")
}

fn try_connect(url: &str, password: Option<&str>) -> Result<Link, LinkError> {
    target(url, password).connect()
}

#[track_caller]
fn connect(url: &str) -> Link {
    try_connect(url, None).unwrap_or_else(|error| panic!("{url}: {error}"))
}

/// The users that the rules of the rig are about.
fn make_users(server: &Server) {
    let mut link = connect(&server.url("postgres"));
    let password = postgres::PASSWORD;
    for user in ["scram", "secure", "nobody_else"] {
        let sql =
            format!("SET password_encryption = 'scram-sha-256'; CREATE ROLE {user} LOGIN PASSWORD '{password}'");
        link.batch(&sql).expect("a role");
    }
}

/// The first column of the only row, as text.
#[track_caller]
fn one(link: &mut Link, sql: &str) -> String {
    link.query(sql, &[]).expect("an answer")[0].get(0)
}
