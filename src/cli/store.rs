//! `store`: what can be done about the database itself.

use super::args::{Cli, StoreCommand};
use super::json;
use super::output::{Output, Stop};
use crate::runtime::{Runtime, Setup, has_config};

/// Carries over what an old file holds, and says what that was.
pub(super) async fn run(cli: &Cli, command: &StoreCommand, output: &mut Output) -> Result<(), Stop> {
    let StoreCommand::Recover { file } = command;
    // No channel is concerned, so no config file is needed.
    let setup = cli.setup();
    let runtime = Runtime::open_any(&Setup { sandbox: setup.sandbox || !has_config(&setup)?, ..setup })?;
    let salvaged = runtime.salvage(file).await;
    runtime.close().await;
    let salvaged = salvaged?;
    if output.is_json() {
        return output.json(&json::salvaged(&salvaged));
    }
    output.line(&format!("found  {}", salvaged.found()))?;
    output.line(&format!("new    {}", salvaged.added()))?;
    match salvaged.lost() {
        Some(lost) => output.line(&format!("lost   {lost}")),
        None => output.line("lost   nothing that could be told"),
    }
}
