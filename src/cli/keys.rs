//! `keys`: every key as it is bound now, with the names by which it is bound otherwise.

use serde_json::{Value, json};

use super::args::{Cli, Command, KeysArgs};
use super::output::{Output, Stop};
use crate::app::{Bound, Context, Keymap, Preset, check_keys};
use crate::config::{self, Env};
use crate::domain::{Failure, FuzzyFilter, Kind, SafeText, display_width};

/// Lists them.
pub(super) fn run(cli: &Cli, args: &KeysArgs, output: &mut Output) -> Result<(), Stop> {
    if args.test {
        let failure = Failure::new(Kind::Usage, "Keys are tested on a terminal, and not as JSON.");
        return Err(failure.hint("Leave --json out.").into());
    }
    let keymap = keymap(cli, args)?;
    let only = args.context.as_deref().map(context).transpose()?;
    let filter = FuzzyFilter::new(&args.words.join(" "));
    let found: Vec<&Bound> = Context::ALL
        .into_iter()
        .map(|(_, context)| context)
        .filter(|context| only.is_none_or(|only| only == *context))
        .flat_map(|context| keymap.rows_in(context))
        .filter(|row| filter.is_empty() || matches(&filter, row))
        .collect();
    if output.is_json() {
        let keys: Vec<Value> = found.into_iter().map(document).collect();
        return output.json(&json!({ "preset": keymap.preset().name(), "keys": keys }));
    }
    if found.is_empty() {
        return Err(Failure::new(Kind::NotFound, "No key does that.").into());
    }
    let cells: Vec<[String; 3]> = found
        .iter()
        .filter(|row| !row.binding.help.is_empty())
        .map(|row| [keys(row), format!("{}.{}", row.context.name(), row.binding.action.name()), said(row)])
        .collect();
    let widest = |nth: usize| cells.iter().map(|row| display_width(&row[nth])).max().unwrap_or(0);
    let (first, second) = (widest(0).min(24), widest(1));
    for [keys, name, said] in &cells {
        let line = SafeText::one_line(&format!("{keys:first$}  {name:second$}  {said}")).into_string();
        output.exact(&(line.trim_end().to_owned() + "\n"))?;
    }
    for lost in keymap.unreached() {
        output.aside(&lost);
    }
    Ok(())
}

/// The keys that are to be tested on the terminal; none where something else is asked for.
pub(super) fn tested(cli: &Cli) -> Option<Result<Keymap, Failure>> {
    let Some(Command::Keys(args)) = cli.command.as_ref().filter(|_| !cli.json) else { return None };
    args.test.then(|| {
        keymap(cli, args).map_err(|stop| match stop {
            Stop::Failure(failure) => failure,
            Stop::Closed => Failure::new(Kind::Failed, "Nobody reads what is told."),
        })
    })
}

/// The keys of the config file; of a preset alone, where one is asked for.
fn keymap(cli: &Cli, args: &KeysArgs) -> Result<Keymap, Stop> {
    if let Some(name) = &args.preset {
        let found = Preset::ALL.into_iter().find(|preset| preset.name() == name);
        return found.map(Keymap::new).ok_or_else(|| {
            let names = Preset::ALL.map(Preset::name).join(", ");
            Failure::new(Kind::Usage, format!("There is no preset \"{name}\"; there are {names}.")).into()
        });
    }
    let location = config::locate(cli.config.as_deref(), &Env::system()).map_err(Failure::from)?;
    let settings = config::keys_of(&location.path, check_keys).map_err(Failure::from)?;
    // What is wrong with them was told just now.
    Ok(Keymap::from_settings(&settings).unwrap_or_else(|_| Keymap::new(Preset::Default)))
}

fn context(name: &str) -> Result<Context, Stop> {
    Context::named(name).ok_or_else(|| {
        let names = Context::ALL.map(|(_, context)| context.name());
        let near = config::nearest(name, names).map(|near| format!("did you mean {near}?"));
        let all = || format!("there are {}", names.join(", "));
        Failure::new(Kind::Usage, format!("No keys work in a place called \"{name}\"."))
            .hint(near.unwrap_or_else(all))
            .into()
    })
}

fn matches(filter: &FuzzyFilter, row: &Bound) -> bool {
    let text = format!("{} {} {} {}", row.binding.help, row.binding.action.name(), keys(row), row.context.name());
    row.keys.iter().any(|keys| keys.to_string() == filter.typed()) || filter.rank_literally(&text).is_some()
}

fn keys(row: &Bound) -> String {
    if row.keys.is_empty() { "-".to_owned() } else { row.spelt(", ") }
}

fn said(row: &Bound) -> String {
    format!("{}{}", row.binding.help, if row.own { "  (yours)" } else { "" })
}

fn document(row: &Bound) -> Value {
    let keys: Vec<String> = row.keys.iter().map(ToString::to_string).collect();
    json!({
        "context": row.context.name(),
        "action": row.binding.action.name(),
        "keys": keys,
        "does": row.binding.help,
        "own": row.own,
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use crate::app::{Action, ChannelEvent, ChannelInfo, Event, Focus, Restored, RosterRow, State, ViewKind, update};
    use crate::domain::{
        Capabilities, ChannelName, ConversationId, Moment, Platform, SafeText, Source, SourceId, SyncState, Timestamp,
    };

    /// What the palette shows beside what it finds, with its quotes read as a shell reads them.
    #[test]
    fn every_command_of_the_palette_is_one() {
        let info = ChannelInfo {
            name: ChannelName::new("docs"),
            label: SafeText::one_line("docs"),
            platform: Platform::new("chat-thing"),
            sandbox: false,
            read_only: false,
        };
        let can = Capabilities {
            start: true,
            send: true,
            list: true,
            history: true,
            sources: true,
            webhook: true,
            ..Capabilities::NONE
        };
        let mut state = State::new(vec![(info, can)], 0, 7);
        let now = Timestamp::from_millis(1_700_000_000_000);
        // An id that a shell would take apart.
        let rows = vec![RosterRow::new(ConversationId::new("c $(x)"), "a title", Some(now))];
        let restored = Restored { rows, ..Restored::default() };
        update(&mut state, Event::Open(ChannelEvent::Restored(Box::new(restored))), now);
        let source = Source {
            id: SourceId::new("s 1"),
            state: SyncState::NotSynced,
            last_sync: None,
            interval: None,
            created_at: Moment::at(now),
        };
        state.channel_mut().sources.asked = true;
        state.channel_mut().sources.list = vec![source];
        state.channel_mut().sources.selected = Some(SourceId::new("s 1"));
        let mut commands = std::collections::BTreeSet::new();
        for (view, focus) in [
            (ViewKind::Chat, Focus::Composer),
            (ViewKind::Chat, Focus::Transcript),
            (ViewKind::Chat, Focus::Roster),
            (ViewKind::Sources, Focus::Transcript),
            (ViewKind::Webhooks, Focus::Transcript),
            (ViewKind::Search, Focus::Transcript),
            (ViewKind::Inbox, Focus::Transcript),
            (ViewKind::Tests, Focus::Transcript),
        ] {
            (state.window.view, state.window.focus) = (view, focus);
            update(&mut state, Event::Action(Action::Palette), now);
            let entries = &state.window.palette().unwrap().entries;
            commands.extend(entries.iter().filter_map(|entry| entry.command.clone()));
            update(&mut state, Event::Action(Action::Back), now);
        }
        assert!(commands.len() > 12, "{commands:?}");
        for command in &commands {
            let words = shell(command);
            let read = super::Cli::command().try_get_matches_from(words);
            assert!(read.is_ok(), "{command}: {}", read.unwrap_err());
        }
        assert!(commands.iter().any(|command| command.contains("'c $(x)'")), "{commands:?}");
        assert!(commands.contains("patchcord -c docs sources sync 's 1'"), "{commands:?}");
    }

    /// Words as a shell reads them, single quotes alone.
    fn shell(command: &str) -> Vec<String> {
        let (mut words, mut word, mut quoted, mut any) = (Vec::new(), String::new(), false, false);
        for c in command.chars() {
            match c {
                '\'' => (quoted, any) = (!quoted, true),
                ' ' if !quoted => {
                    if any || !word.is_empty() {
                        words.push(std::mem::take(&mut word));
                    }
                    any = false;
                }
                c => word.push(c),
            }
        }
        words.push(word);
        words
    }
}
