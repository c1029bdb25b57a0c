//! The commands that do what the screen does, with the ids of what is selected: so that one sees how it is scripted.

use crate::app::action::Action;
use crate::app::state::State;
use crate::app::view::{Focus, ViewKind};
use crate::domain::{ChannelName, ConversationId, SourceId, shell_word};

/// The program on that channel.
fn on(channel: &ChannelName) -> String {
    match channel.as_str() {
        "" => "patchcord".to_owned(),
        name => format!("patchcord -c {}", shell_word(name)),
    }
}

/// Opens a channel.
pub(super) fn channel(name: &ChannelName) -> String {
    on(name)
}

/// Prints a conversation.
pub(super) fn conversation(channel: &ChannelName, id: &ConversationId) -> String {
    format!("{} conversations show {} --all", on(channel), shell_word(id.as_str()))
}

/// Lists a source's rows.
pub(super) fn rows(channel: &ChannelName, id: &SourceId) -> String {
    format!("{} rows list {} --all", on(channel), shell_word(id.as_str()))
}

/// Syncs a source.
pub(super) fn sync(channel: &ChannelName, id: &SourceId) -> String {
    format!("{} sources sync {}", on(channel), shell_word(id.as_str()))
}

/// Searches for that.
pub(super) fn search(text: &str) -> String {
    let words = text.split_whitespace().map(shell_word).collect::<Vec<_>>();
    format!("patchcord search {}", words.join(" "))
}

/// The command of an action with what is selected now; none where no command does it. A placeholder is written in
/// capitals.
pub(super) fn action(state: &State, action: Action) -> Option<String> {
    let channel = state.channel();
    let on = on(&channel.info.name);
    let open = channel.open_id().map(|id| shell_word(id.as_str()));
    let chosen = if state.window.focus == Focus::Roster {
        channel.roster.selected.as_ref().map(|id| shell_word(id.as_str())).or_else(|| open.clone())
    } else {
        open.clone()
    };
    let in_sources = state.window.view == ViewKind::Sources;
    let source = channel.sources.selected.as_ref().map(|id| shell_word(id.as_str()));
    let row = channel.sources.selected_row().map(|id| shell_word(id.as_str()));
    let of_row = |command: &str, behind: &str| {
        let (source, row) = (source.as_ref()?, row.as_ref()?);
        Some(format!("{on} rows {command} {source} {row}{behind}"))
    };
    let suite = state.suites.selected_suite().map(|suite| shell_word(&suite.path.to_string_lossy()));
    let case = state.suites.selected_case().map(|case| shell_word(&case.name));
    let of_source = |command: &str| source.as_ref().map(|source| format!("{on} {command} {source}"));
    match action {
        Action::NewConversation => Some(format!("{on} chat MESSAGE")),
        Action::Send => Some(match open {
            Some(id) => format!("{on} chat --conversation {id} MESSAGE"),
            None => format!("{on} chat MESSAGE"),
        }),
        Action::Export => chosen.map(|id| format!("{on} conversations export {id} --format md")),
        Action::Import => Some("patchcord conversations import FILE".to_owned()),
        Action::Copy | Action::CopyMenu if state.window.view == ViewKind::Chat => {
            open.map(|id| format!("{on} conversations copy {id}"))
        }
        Action::ShowMessage => open.map(|id| format!("{on} conversations show {id} --message ID")),
        Action::Open if state.window.view == ViewKind::Chat && state.window.focus == Focus::Roster => {
            chosen.map(|id| format!("{on} conversations show {id} --all"))
        }
        Action::ShowChat => Some(format!("{on} conversations list")),
        Action::Refresh if in_sources => Some(format!("{on} sources list")),
        Action::Refresh if state.window.view == ViewKind::Chat => Some(match state.window.focus {
            Focus::Transcript => format!("{on} conversations show {} --all", open?),
            _ => format!("{on} conversations list --all"),
        }),
        Action::SearchHere | Action::SearchEverywhere | Action::ShowSearch => {
            Some("patchcord search WORDS".to_owned())
        }
        Action::ShowSources => Some(format!("{on} sources list")),
        Action::Sync => of_source("sources sync"),
        Action::NewSource => Some(format!("{on} sources create")),
        Action::DeleteSource => of_source("sources delete"),
        Action::Interval => of_source("sources set-interval").map(|command| format!("{command} week")),
        Action::NewRow => of_source("rows add").map(|command| format!("{command} NAME --file FILE")),
        Action::EditRow | Action::EditRowOutside => of_row("update", " --file FILE"),
        Action::RenameRow => of_row("update", " --name NAME"),
        Action::DeleteRows => of_row("delete", ""),
        Action::ShowWebhooks => Some("patchcord listen".to_owned()),
        Action::AnswerRequest => {
            let request = state.webhooks.answerable().ok()?;
            Some(format!("patchcord requests answer {} --data JSON", shell_word(request.id.as_str())))
        }
        Action::ShowTests | Action::RunAllSuites => Some("patchcord test SUITE".to_owned()),
        Action::RunSuite | Action::RunMissed => suite.map(|suite| format!("patchcord test {suite}")),
        Action::RunCase => Some(match case {
            Some(case) => format!("patchcord test {} --only {case}", suite?),
            None => format!("patchcord test {}", suite?),
        }),
        Action::AddChannel => Some("patchcord config add-channel".to_owned()),
        Action::Help => Some("patchcord keys".to_owned()),
        _ => None,
    }
}
