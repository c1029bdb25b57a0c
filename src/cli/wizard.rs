//! A channel asked for, value by value: each is judged as it is typed, as the config file would be.

use std::path::Path;

use super::args::NewChannelArgs;
use super::dialogue::Dialogue;
use super::new_channel::{Destination, free_name, from_args, platform, value, whole_path};
use super::output::Stop;
use crate::config::{Env, NewChannel, keyring_command, usual_variable, write_secret_file};
use crate::domain::{
    PlatformSpec, Presence, SecretRef, SettingForm, SettingKey, SettingValue, command_words, shell_word,
};

/// What becomes of a channel that was tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    Write,
    Again,
    Change,
    Leave,
}

/// Asks for what the flags leave open.
pub(super) async fn fill(
    dialogue: &mut Dialogue<'_>,
    place: &Destination<'_>,
    args: &NewChannelArgs,
) -> Result<NewChannel, Stop> {
    let spec = match &args.platform {
        Some(word) => platform(word, &place.specs)?,
        None => ask_platform(dialogue, &place.specs).await?,
    };
    let mut new = from_args(args, spec, &place.taken)?;
    if args.name.is_none() {
        new.name = ask_name(dialogue, spec, place, &new.name).await?;
    }
    for key in spec.keys.iter().filter(|key| key.presence == Presence::Required) {
        if new.get(key.name).is_none() {
            ask_value(dialogue, place, &mut new, key).await?;
        }
    }
    let others: Vec<&SettingKey> =
        spec.keys.iter().filter(|key| key.presence != Presence::Required && new.get(key.name).is_none()).collect();
    let names: Vec<&str> = others.iter().map(|key| key.name).collect();
    if !others.is_empty() && dialogue.yes(&format!("Set what may be left out ({})?", names.join(", ")), false).await?
    {
        for key in others {
            ask_value(dialogue, place, &mut new, key).await?;
        }
    }
    Ok(new)
}

/// What is to become of it, once it was tried.
pub(super) async fn decide(dialogue: &mut Dialogue<'_>, path: &Path, failed: bool) -> Result<Decision, Stop> {
    if !failed {
        let wanted = dialogue.yes(&format!("Write it to {}?", path.display()), true).await?;
        return Ok(if wanted { Decision::Write } else { Decision::Leave });
    }
    let options = [
        ("write", "write it as it is; `patchcord doctor` tries it again".to_owned()),
        ("change", "change a value".to_owned()),
        ("again", "try it again".to_owned()),
        ("quit", "write nothing".to_owned()),
    ];
    let all = [Decision::Write, Decision::Change, Decision::Again, Decision::Leave];
    let chosen = dialogue.choose("What now", &options, 0).await?;
    Ok(all.get(chosen).copied().unwrap_or(Decision::Leave))
}

/// Asks which value is to change, and for that.
pub(super) async fn change(
    dialogue: &mut Dialogue<'_>,
    place: &Destination<'_>,
    new: &mut NewChannel,
) -> Result<(), Stop> {
    let shown = |key: &SettingKey| new.get(key.name).map_or_else(|| "not set".to_owned(), shown);
    let mut options: Vec<(&str, String)> = new.spec.keys.iter().map(|key| (key.name, shown(key))).collect();
    options.push(("name", new.name.clone()));
    let chosen = dialogue.choose("Which", &options, 0).await?;
    if let Some(key) = new.spec.keys.get(chosen) {
        return ask_value(dialogue, place, new, key).await;
    }
    new.name = ask_name(dialogue, new.spec, place, &new.name).await?;
    Ok(())
}

async fn ask_platform(
    dialogue: &mut Dialogue<'_>,
    specs: &[&'static PlatformSpec],
) -> Result<&'static PlatformSpec, Stop> {
    dialogue.say("Which platform is the bot on? (Ctrl+C: nothing is written)");
    let options: Vec<(&str, String)> = specs.iter().map(|spec| (spec.platform.id(), spec.title.to_owned())).collect();
    let chosen = dialogue.choose("Platform", &options, 0).await?;
    specs.get(chosen).copied().ok_or(Stop::Closed)
}

async fn ask_name(
    dialogue: &mut Dialogue<'_>,
    spec: &'static PlatformSpec,
    place: &Destination<'_>,
    before: &str,
) -> Result<String, Stop> {
    let default = if before.is_empty() { free_name(spec, &place.taken) } else { before.to_owned() };
    loop {
        let name = dialogue.line("A name for the channel, yours to choose", Some(&default)).await?;
        match NewChannel::name_refusal(&name, spec) {
            Some(why) => dialogue.say(&why),
            None if place.taken.contains(&name) => dialogue.say("There is a channel of that name already."),
            None => return Ok(name),
        }
    }
}

/// Asks for the value of a key until it is one that the file would take.
async fn ask_value(
    dialogue: &mut Dialogue<'_>,
    place: &Destination<'_>,
    new: &mut NewChannel,
    key: &'static SettingKey,
) -> Result<(), Stop> {
    loop {
        let asked = match key.form {
            SettingForm::Secret => ask_secret(dialogue, place, new, key).await?.map(SettingValue::Secret),
            SettingForm::Flag => Some(SettingValue::Flag(dialogue.yes(&format!("{}?", key.name), false).await?)),
            _ => match ask_text(dialogue, new, key).await? {
                None => None,
                Some(text) => match value(key, &text) {
                    Ok(value) => Some(value),
                    Err(why) => {
                        dialogue.say(&why);
                        continue;
                    }
                },
            },
        };
        let Some(asked) = asked else {
            new.unset(key);
            return Ok(());
        };
        if let SettingValue::Text(text) = &asked
            && new.needs_allow_http(key, text)
        {
            dialogue.say("Plain http:// sends the secret unencrypted to whoever is in between.");
            new.allow_http = dialogue.yes("Allow it for this channel?", false).await?;
        }
        let Some(why) = new.refusal(key, &asked) else {
            new.set(key, asked);
            return Ok(());
        };
        dialogue.say(&why);
    }
}

async fn ask_text(dialogue: &mut Dialogue<'_>, new: &NewChannel, key: &SettingKey) -> Result<Option<String>, Stop> {
    let before = new.get(key.name).map(shown);
    let question = format!("{} ({})", key.name, key.expected);
    let default = match key.presence {
        Presence::DefaultText(text) => Some(before.unwrap_or_else(|| text.to_owned())),
        Presence::DefaultSeconds(seconds) => Some(before.unwrap_or_else(|| seconds.to_string())),
        Presence::Optional if before.is_none() => return dialogue.optional(&question).await,
        Presence::Required | Presence::Optional => before,
    };
    let answer = dialogue.line(&question, default.as_deref()).await?;
    // What is the default anyway needs no line.
    Ok(match key.presence {
        Presence::DefaultText(text) if text == answer => None,
        Presence::DefaultSeconds(seconds) if seconds.to_string() == answer => None,
        _ => Some(answer),
    })
}

/// Asks where a secret is kept; none where there is to be none.
async fn ask_secret(
    dialogue: &mut Dialogue<'_>,
    place: &Destination<'_>,
    new: &NewChannel,
    key: &SettingKey,
) -> Result<Option<SecretRef>, Stop> {
    dialogue.say(&format!("{} is a secret. Where is it kept?", key.name));
    let mut options = vec![
        ("env", "an environment variable, read when it is needed".to_owned()),
        ("file", "a file of its own that only you can read; it can be written now".to_owned()),
        ("command", "what a program prints, such as a password manager".to_owned()),
        ("keyring", "the system's keyring".to_owned()),
        ("here", "the config file itself, which only you can read then".to_owned()),
    ];
    if key.presence != Presence::Required {
        options.push(("none", "there is none".to_owned()));
    }
    // What may be left out is, unless somebody says where it is.
    let default = if key.presence == Presence::Required { 0 } else { options.len() - 1 };
    let chosen = dialogue.choose("Where", &options, default).await?;
    Ok(match options.get(chosen).map(|(word, _)| *word) {
        Some("env") => Some(ask_variable(dialogue, new, key).await?),
        Some("file") => Some(ask_file(dialogue, place, new, key).await?),
        Some("command") => loop {
            let line = dialogue.line("The command, as in pass show bot", None).await?;
            match command_words(&line) {
                Some(words) => break Some(SecretRef::Command(words)),
                None => dialogue.say("A quote in it is not closed."),
            }
        },
        Some("keyring") => {
            let name = dialogue.line("The entry's name", Some(&new.name)).await?;
            dialogue.say(&format!("If it is not there yet: {}", keyring_command(&name)));
            Some(SecretRef::Keyring(name))
        }
        Some("here") => loop {
            if let Some(secret) = dialogue.hidden(key.name).await? {
                break Some(SecretRef::Plain(secret));
            }
        },
        _ => None,
    })
}

async fn ask_variable(dialogue: &mut Dialogue<'_>, new: &NewChannel, key: &SettingKey) -> Result<SecretRef, Stop> {
    let before = match new.get(key.name) {
        Some(SettingValue::Secret(SecretRef::Env(name))) => name.clone(),
        _ => usual_variable(new.spec, key.name),
    };
    let name = dialogue.line("The variable's name", Some(&before)).await?;
    if Env::system().filled(&name).is_none() {
        dialogue.say(&format!("It is not set here. Before patchcord starts: export {}=…", shell_word(&name)));
    }
    Ok(SecretRef::Env(name))
}

async fn ask_file(
    dialogue: &mut Dialogue<'_>,
    place: &Destination<'_>,
    new: &NewChannel,
    key: &SettingKey,
) -> Result<SecretRef, Stop> {
    let before = match new.get(key.name) {
        Some(SettingValue::Secret(SecretRef::File(path))) => path.clone(),
        _ => place.folder().join(format!("{}.{}", new.name, key.name)),
    };
    let path = whole_path(&dialogue.line("The file", Some(&before.display().to_string())).await?);
    if path.exists() {
        return Ok(SecretRef::File(path));
    }
    dialogue.say("There is no such file. Type the secret, and it is written there for you alone; Enter alone leaves that to you.");
    if let Some(secret) = dialogue.hidden(key.name).await? {
        let folder = path.parent().map_or(Ok(()), std::fs::create_dir_all);
        match folder.and_then(|()| write_secret_file(&path, format!("{}\n", secret.expose()).as_bytes())) {
            Ok(()) => dialogue.say(&format!("wrote {}", path.display())),
            Err(error) => dialogue.say(&format!("{} could not be written: {error}", path.display())),
        }
    }
    Ok(SecretRef::File(path))
}

/// A value as it may be shown.
fn shown(value: &SettingValue) -> String {
    match value {
        SettingValue::Text(text) => text.clone(),
        SettingValue::Flag(flag) => flag.to_string(),
        SettingValue::Seconds(time) => time.as_secs().to_string(),
        SettingValue::Secret(SecretRef::Plain(_)) => "a secret in the config file".to_owned(),
        SettingValue::Secret(SecretRef::Env(name)) => format!("the variable {name}"),
        SettingValue::Secret(SecretRef::File(path)) => format!("the file {}", path.display()),
        SettingValue::Secret(SecretRef::Command(words)) => format!("the command {}", words.join(" ")),
        SettingValue::Secret(SecretRef::Keyring(name)) => format!("the keyring's {name}"),
    }
}
