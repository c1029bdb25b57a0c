//! The `[listener]` and `[store]` tables.

use std::net::SocketAddr;

use super::placeholder;
use super::table::{ConfigValue, TableReader};
use super::url::{self, UrlUse};
use super::{Backend, Listener};
use crate::domain::nearest;

/// Where a key of these tables belongs, for who finds it elsewhere.
pub(super) fn place_of(word: &str) -> Option<String> {
    match word {
        "bind" | "public_url" => Some("it belongs in the [listener] table".to_owned()),
        _ => None,
    }
}

/// The `[listener]` table, or what stands for it where there is none.
pub(super) fn listener(top: &TableReader<'_, '_>) -> Option<Listener> {
    let default = Listener::default();
    let Some(item) = top.get("listener") else { return Some(default) };
    let Some(table) = item.value.get_ref().as_table() else {
        item.wrong_type("listener", "a [listener] table");
        return None;
    };
    let table = TableReader::new(table, item.value.span(), top.sink, "listener.");
    let bind = match table.get("bind") {
        None => Some(default.bind),
        Some(item) => bind(item, &table.name("bind")),
    };
    let public_url = match table.get("public_url") {
        None => Some(None),
        Some(item) => public_url(item, &table.name("public_url")).map(Some),
    };
    table.finish("the listener");
    Some(Listener { bind: bind?, public_url: public_url? })
}

fn bind(item: ConfigValue<'_, '_>, key: &str) -> Option<SocketAddr> {
    const EXPECTED: &str = r#"an address and a port, as in "127.0.0.1:8787""#;
    let text = item.text(key, EXPECTED)?;
    let address = text.parse().ok();
    if address.is_none() {
        item.refuse(key, format!("expected {EXPECTED}, found \"{text}\""));
    }
    address
}

fn public_url(item: ConfigValue<'_, '_>, key: &str) -> Option<String> {
    let text = item.text(key, "a URL")?;
    placeholder::warn_of_text(item, key, &text, &[]);
    url::check(&text, UrlUse::Public, true).map_err(|problem| item.refuse(key, problem)).ok()
}

/// The `[store]` table.
pub(super) fn store(top: &TableReader<'_, '_>) -> Option<Backend> {
    let Some(item) = top.get("store") else { return Some(Backend::Sqlite) };
    let Some(table) = item.value.get_ref().as_table() else {
        item.wrong_type("store", "a [store] table");
        return None;
    };
    let table = TableReader::new(table, item.value.span(), top.sink, "store.");
    let url = match table.get("url") {
        None => Some(Backend::Sqlite),
        Some(item) => backend(item, &table.name("url")),
    };
    table.finish("the store");
    url
}

fn backend(item: ConfigValue<'_, '_>, key: &str) -> Option<Backend> {
    let text = item.text(key, r#""sqlite""#)?;
    if text == "sqlite" {
        return Some(Backend::Sqlite);
    }
    // A database's URL often holds a password, so it is not quoted.
    item.refuse_near(key, r#"expected "sqlite": this version stores in SQLite only"#, nearest(&text, ["sqlite"]));
    None
}
