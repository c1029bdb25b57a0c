//! `people find`, `groups create` and `groups topic`: chat management, where a platform has it (Eko).

use serde_json::json;

use super::args::{Cli, GroupsCommand, PeopleCommand};
use super::output::{Output, Stop};
use super::signals::Signals;
use super::{json as shapes, table};
use crate::domain::{Failure, Kind};
use crate::runtime::Runtime;

/// Looks people up.
pub(super) async fn people(cli: &Cli, command: &PeopleCommand, output: &mut Output) -> Result<(), Stop> {
    let PeopleCommand::Find { username } = command;
    named(username, "the user name")?;
    let runtime = Runtime::open(&cli.setup())?;
    let result = async {
        let found = Signals::new()?.or(runtime.find_people(username)).await??;
        if output.is_json() {
            return output.json(&shapes::people(&found));
        }
        if found.is_empty() {
            output.aside("nobody has that user name");
            return Ok(());
        }
        let text = table::people(&found, |text, style| output.styled(text, style));
        output.exact(&text)?;
        Ok(())
    }
    .await;
    runtime.close().await;
    result
}

/// Creates a group, or a topic in one.
pub(super) async fn groups(cli: &Cli, command: &GroupsCommand, output: &mut Output) -> Result<(), Stop> {
    let runtime = Runtime::open(&cli.setup())?;
    let result = async {
        let mut signals = Signals::new()?;
        let (id, value) = match command {
            GroupsCommand::Create { name, user } => {
                named(name, "the group's name")?;
                let group = signals.or(runtime.create_group(name, user)).await??;
                (group.id.clone(), json!({ "group": { "id": group.id, "name": group.name } }))
            }
            GroupsCommand::Topic { group, name } => {
                named(group, "the group's id")?;
                named(name, "the topic's name")?;
                let topic = signals.or(runtime.create_topic(group, name)).await??;
                let value = json!({ "topic": { "id": topic.id, "group": topic.group, "name": topic.name } });
                (topic.id, value)
            }
        };
        if output.is_json() {
            return output.json(&value);
        }
        output.line(&id)
    }
    .await;
    runtime.close().await;
    result
}

fn named(text: &str, what: &str) -> Result<(), Failure> {
    if text.trim().is_empty() {
        return Err(Failure::new(Kind::Invalid, format!("{what} is empty")));
    }
    Ok(())
}
