//! `config init`, `config add-channel`, `config check` and `config path`.

use std::io::{self, IsTerminal as _};

use serde_json::{Value, json};

use super::args::{Cli, ConfigCommand, NewChannelArgs};
use super::dialogue::Dialogue;
use super::new_channel::Destination;
use super::output::{Output, Stop};
use super::signals::Signals;
use super::{doctor, new_channel, wizard};
use crate::app::{Keymap, check_keys};
use crate::config::{self, Addition, Env, Location, NewChannel, Problem};
use crate::domain::{Failure, Kind, SafeText};
use crate::runtime::{Finding, Health, Platforms, Runtime};

/// Runs one of them.
pub(super) async fn run(cli: &Cli, command: &ConfigCommand, output: &mut Output) -> Result<(), Stop> {
    let location = config::locate(cli.config.as_deref(), &Env::system()).map_err(Failure::from)?;
    match command {
        ConfigCommand::Path => path(&location, output),
        ConfigCommand::Init(args) => init(&location, args, output).await,
        ConfigCommand::AddChannel(args) => add(&location, args, output).await,
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

/// Whether somebody is there to be asked.
fn asks(args: &NewChannelArgs, output: &Output) -> bool {
    !args.yes && !output.is_json() && io::stdin().is_terminal() && output.err_is_terminal()
}

async fn init(location: &Location, args: &NewChannelArgs, output: &mut Output) -> Result<(), Stop> {
    let place = Destination { location, specs: Platforms::default().specs(), taken: Vec::new() };
    if !asks(args, output) {
        return unasked(&place, args, output).await;
    }
    if !location.exists {
        return asked(&place, args, output).await;
    }
    let place = place.with_channels()?;
    let mut dialogue = Dialogue::new(output)?;
    dialogue.say(&format!("{} has {} already.", location.path.display(), counted(place.taken.len())));
    if dialogue.yes("Add one more?", true).await? { asked(&place, args, output).await } else { Ok(()) }
}

async fn add(location: &Location, args: &NewChannelArgs, output: &mut Output) -> Result<(), Stop> {
    let place = Destination { location, specs: Platforms::default().specs(), taken: Vec::new() }.with_channels()?;
    if asks(args, output) { asked(&place, args, output).await } else { unasked(&place, args, output).await }
}

/// By flags alone.
async fn unasked(place: &Destination<'_>, args: &NewChannelArgs, output: &mut Output) -> Result<(), Stop> {
    let spec = match (&args.platform, place.specs.first()) {
        (Some(word), _) => new_channel::platform(word, &place.specs)?,
        (None, Some(first)) if place.taken.is_empty() && args.set.is_empty() => first,
        _ => return Err(Failure::new(Kind::Usage, "--platform is needed where nobody can be asked").into()),
    };
    let new = new_channel::from_args(args, spec, &place.taken)?;
    let addition = place.with(&new)?;
    let missing: Vec<&str> = new.missing().map(|key| key.name).collect();
    let tried = match addition.channel() {
        Some(channel) if missing.is_empty() && !args.offline => {
            Some(Signals::new()?.or(Runtime::try_channel(&Platforms::default(), channel)).await?)
        }
        _ => None,
    };
    if let Some(finding) = tried.as_ref().filter(|_| !output.is_json()) {
        doctor::aside(output, finding);
    }
    addition.write()?;
    wrote(place, &new, &addition, tried.as_ref(), output)
}

/// By questions, of what the flags leave open.
async fn asked(place: &Destination<'_>, args: &NewChannelArgs, output: &mut Output) -> Result<(), Stop> {
    let mut dialogue = Dialogue::new(output)?;
    let mut new = wizard::fill(&mut dialogue, place, args).await?;
    let (addition, tried) = loop {
        let addition = place.with(&new)?;
        let tried = match addition.channel() {
            Some(channel) if !args.offline => {
                dialogue.say("Trying it; nobody is sent anything …");
                let finding = dialogue.wait(Runtime::try_channel(&Platforms::default(), channel)).await?;
                doctor::aside(dialogue.output, &finding);
                Some(finding)
            }
            _ => None,
        };
        let failed = tried.as_ref().is_some_and(|finding| matches!(finding.health, Health::Bad(_)));
        match wizard::decide(&mut dialogue, &place.location.path, failed).await? {
            wizard::Decision::Write => break (addition, tried),
            wizard::Decision::Again => {}
            wizard::Decision::Change => wizard::change(&mut dialogue, place, &mut new).await?,
            wizard::Decision::Leave => {
                return Err(Failure::new(Kind::Interrupted, "nothing was written").into());
            }
        }
    };
    addition.write()?;
    wrote(place, &new, &addition, tried.as_ref(), output)
}

/// Says what was written, and what comes next.
fn wrote(
    place: &Destination<'_>,
    new: &NewChannel,
    addition: &Addition,
    tried: Option<&Finding>,
    output: &mut Output,
) -> Result<(), Stop> {
    let path = place.location.path.display().to_string();
    let missing: Vec<&str> = new.missing().map(|key| key.name).collect();
    if output.is_json() {
        return output.json(&json!({
            "ok": true,
            "path": path,
            "channel": new.name,
            "platform": new.spec.platform.id(),
            "default_channel": addition.default,
            "missing": missing,
            "tried": tried.map_or(Value::Null, doctor::document),
        }));
    }
    print_line(output, &format!("wrote {path}"))?;
    if let Some(default) = &addition.default {
        output.aside(&format!("{default} stays the channel that is meant where -c is not given (default_channel)"));
    }
    if !missing.is_empty() {
        output.aside(&format!("fill in {}, then `patchcord config check`", missing.join(" and ")));
        return Ok(());
    }
    if matches!(tried.map(|finding| finding.health), Some(Health::Bad(_))) {
        output.aside("`patchcord doctor` tries it again");
    } else {
        let channel = if place.taken.is_empty() { String::new() } else { format!(" -c {}", new.name) };
        output.aside(&format!("`patchcord{channel}` opens it, `patchcord doctor` tells how it stands"));
    }
    Ok(())
}

fn check(location: &Location, output: &mut Output) -> Result<(), Stop> {
    let config = config::load(&location.path, &Platforms::default().specs(), check_keys).map_err(Failure::from)?;
    let (path, count) = (location.path.display().to_string(), config.channels.len());
    if output.is_json() {
        let warnings: Vec<Value> = config.warnings.iter().map(warning).collect();
        return output.json(&json!({ "ok": true, "path": path, "channels": count, "warnings": warnings }));
    }
    print_line(output, &format!("ok: {} in {path}", counted(count)))?;
    for problem in &config.warnings {
        output.aside(&format!("warning: {path}:{problem}"));
    }
    // What is wrong with the keys was told by then.
    for lost in Keymap::from_settings(&config.keys).map(|keymap| keymap.unreached()).unwrap_or_default() {
        output.aside(&lost);
    }
    Ok(())
}

/// A warning as `--json` has it.
fn warning(problem: &Problem) -> Value {
    json!({
        "line": problem.place.map(|place| place.line),
        "column": problem.place.map(|place| place.column),
        "key": problem.key,
        "message": problem.text,
    })
}

fn counted(channels: usize) -> String {
    format!("{channels} {}", if channels == 1 { "channel" } else { "channels" })
}

fn print_line(output: &mut Output, text: &str) -> Result<(), Stop> {
    output.exact(&(SafeText::one_line(text).into_string() + "\n"))
}
