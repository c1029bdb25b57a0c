//! `sandbox`: serves the emulated platforms for any client, until it is told to stop.

use std::error::Error;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use serde_json::json;

use super::args::{Cli, SandboxArgs as Args};
use super::output::{Output, Stop};
use super::signals::Signals;
use crate::config::{self, Env};
use crate::domain::{Failure, Kind, SecretRef};
use crate::sandbox::{Fault, Options, Sandbox, SandboxError, Upstream, script};

/// Longer than any script that a person writes.
const LIMIT: u64 = 1024 * 1024;

/// Starts it, prints a config file that works against it, and waits.
pub(super) async fn run(cli: &Cli, args: &Args, output: &mut Output) -> Result<(), Stop> {
    let env = Env::system();
    let options = Options {
        data_dir: Some(config::data_dir(cli.data_dir.as_deref(), &env).map_err(Failure::from)?),
        bind: args.bind,
        pace: args.pace,
        upstream: upstream(args, &env)?,
        hooks: Some(args.hooks.clone()),
        simulation: args.life,
        faults: args.script.as_deref().map(faults).transpose()?.unwrap_or_default(),
        ..Options::default()
    };
    // Whoever reads `ready` may stop it at once.
    let mut signals = Signals::new()?;
    let running = Sandbox::start(options).map_err(|error| refused(&error))?;
    let config = running.config_toml();
    if output.is_json() {
        output.json(&json!({ "event": "ready", "url": running.base_url(), "config": config }))?;
    } else {
        output.exact(&format!("{}\n\n# ready\n", config.trim_end()))?;
    }
    signals.wait().await;
    running.stop();
    Ok(())
}

fn upstream(args: &Args, env: &Env) -> Result<Option<Upstream>, Failure> {
    let Some((url, model)) = args.upstream.clone().zip(args.model.clone()) else { return Ok(None) };
    let key = args.upstream_key_env.clone().map(|name| config::resolve(&SecretRef::Env(name), env)).transpose()?;
    Ok(Some(Upstream { url, model, key }))
}

fn faults(path: &Path) -> Result<Vec<Fault>, Failure> {
    let failed = |what: String| Failure::new(Kind::Invalid, format!("{}: {what}", path.display()));
    let mut text = String::new();
    File::open(path)
        .and_then(|file| file.take(LIMIT).read_to_string(&mut text))
        .map_err(|error| failed(format!("the script could not be read: {error}")))?;
    script::parse(&text).map_err(|error| failed(with_causes(&error)))
}

fn refused(error: &SandboxError) -> Failure {
    let kind = match error {
        SandboxError::NotLoopback(_)
        | SandboxError::Hooks { .. }
        | SandboxError::Upstream(_)
        | SandboxError::BareKey => Kind::Invalid,
        SandboxError::Bind { .. } | SandboxError::Journal { .. } | SandboxError::Thread(_) => Kind::Failed,
    };
    Failure::new(kind, with_causes(error))
}

/// The error and what caused it, each said once.
fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let said = inner.to_string();
        if !text.contains(said.trim()) {
            text = format!("{text}: {said}");
        }
        cause = inner.source();
    }
    text
}
