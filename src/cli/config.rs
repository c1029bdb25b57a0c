//! `config init`, `config check` and `config path`.

use serde_json::json;

use super::args::{Cli, ConfigCommand};
use super::output::{Output, Stop};
use crate::app::{Keymap, check_keys};
use crate::config::{self, Env, Location};
use crate::domain::{Failure, SafeText};
use crate::runtime::Platforms;

/// Runs one of them.
pub(super) fn run(cli: &Cli, command: ConfigCommand, output: &mut Output) -> Result<(), Stop> {
    let location = config::locate(cli.config.as_deref(), &Env::system()).map_err(Failure::from)?;
    match command {
        ConfigCommand::Path => path(&location, output),
        ConfigCommand::Init => init(&location, output),
        ConfigCommand::Check => check(&location, output),
    }
}

fn path(location: &Location, output: &mut Output) -> Result<(), Stop> {
    let path = location.path.display().to_string();
    if output.is_json() {
        return output.json(&json!({ "path": path, "exists": location.exists }));
    }
    print_line(output, &path)
}

fn init(location: &Location, output: &mut Output) -> Result<(), Stop> {
    let specs = Platforms::default().specs();
    config::init(&location.path, &specs).map_err(Failure::from)?;
    let path = location.path.display().to_string();
    if output.is_json() {
        return output.json(&json!({ "ok": true, "path": path }));
    }
    print_line(output, &format!("wrote {path}"))?;
    let keys: Vec<&str> = specs.iter().take(1).flat_map(|spec| spec.required_keys()).collect();
    output.aside(&format!("fill in {}, then `patchcord config check`", keys.join(" and ")));
    Ok(())
}

fn check(location: &Location, output: &mut Output) -> Result<(), Stop> {
    let config = config::load(&location.path, &Platforms::default().specs(), check_keys).map_err(Failure::from)?;
    let (path, count) = (location.path.display().to_string(), config.channels.len());
    if output.is_json() {
        return output.json(&json!({ "ok": true, "path": path, "channels": count }));
    }
    // What is wrong with the keys was told by then.
    for lost in Keymap::from_settings(&config.keys).map(|keymap| keymap.unreached()).unwrap_or_default() {
        output.aside(&lost);
    }
    let channels = if count == 1 { "channel" } else { "channels" };
    print_line(output, &format!("ok: {count} {channels} in {path}"))
}

fn print_line(output: &mut Output, text: &str) -> Result<(), Stop> {
    output.exact(&(SafeText::one_line(text).into_string() + "\n"))
}
