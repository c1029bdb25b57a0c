//! What the palette finds: actions that can do something, and places.

use super::commands;
use crate::app::action::Action;
use crate::app::keymap::{Context, lies_over};
use crate::app::overlay::Overlay;
use crate::app::overlay::palette::{PaletteEntry, PaletteItem};
use crate::app::state::State;
use crate::app::view::{Focus, ViewKind};
use crate::domain::{ChannelName, ConversationId, SafeText, display_width};

/// So many conversations of a channel can be found, those in which something happened last.
const CONVERSATIONS: usize = 1_000;
/// So many of all channels together.
const ALL_CONVERSATIONS: usize = 2_000;
/// The most columns of a name.
const NAME: usize = 200;

/// All of it, in the order in which it stands where nothing is typed: what can be done here, what the other panes can do,
/// then channels, sources, searches, conversations.
pub(super) fn all(state: &mut State) -> Vec<PaletteEntry> {
    let mut entries = Vec::new();
    let mut known = Vec::new();
    actions(state, None, &mut known, &mut entries);
    if state.window.view == ViewKind::Chat && !state.window.is_covered() && !writes_a_line(state) {
        let focus = state.window.focus;
        for other in [Focus::Composer, Focus::Transcript, Focus::Roster] {
            let reached = other != Focus::Composer || state.channel().capabilities.send;
            if other != focus && reached {
                state.window.focus = other;
                actions(state, Some(other), &mut known, &mut entries);
            }
        }
        state.window.focus = focus;
    }
    // What is under way there has the keys until it ends.
    if !matches!(state.window.overlay(), Some(Overlay::Export(_) | Overlay::Import(_))) {
        places(state, &mut entries);
    }
    entries
}

/// Whether a line has the keys that is left by Esc alone.
fn writes_a_line(state: &State) -> bool {
    let lines = [Context::SearchHere, Context::Attach, Context::Filter];
    state.contexts().iter().any(|context| lines.contains(context))
}

/// What can be done while that pane has the keys, which is told where it has them not yet.
fn actions(state: &State, focus: Option<Focus>, known: &mut Vec<Action>, entries: &mut Vec<PaletteEntry>) {
    let contexts = state.contexts();
    // What lies over the rest has the keys alone.
    let over = contexts.first().is_some_and(|context| lies_over(*context));
    let everywhere = (!over).then_some(Context::Everywhere);
    for context in contexts.iter().copied().chain(everywhere) {
        for row in state.window.keys.rows_in(context) {
            let action = row.binding.action;
            if known.contains(&action) || is_motion(action) || !can(state, action) {
                continue;
            }
            known.push(action);
            let Some(label) = label(state, action, row.binding.help) else { continue };
            let aside = SafeText::from_static(if focus.is_some() { context.title() } else { "" });
            let also = format!("{} action {}", action.name(), row.binding.hint);
            let mut entry = PaletteEntry::new(PaletteItem::Action(action, focus), label, aside, &also);
            entry.keys = SafeText::one_line(&state.key(action));
            entry.command = commands::action(state, action);
            entries.push(entry);
        }
    }
}

/// Whether an action can do anything. A view is worth a name also where no hint has room for it.
fn can(state: &State, action: Action) -> bool {
    match action {
        Action::ShowInbox => state.window.view != ViewKind::Inbox,
        Action::ShowChat => state.window.view != ViewKind::Chat,
        Action::ShowWebhooks => state.window.view != ViewKind::Webhooks,
        Action::ShowTests => state.window.view != ViewKind::Tests,
        Action::ShowSearch => state.window.view != ViewKind::Search,
        _ => state.offers(action),
    }
}

/// What moves, is typed, or is asked with the keys alone: nobody looks for it by name.
fn is_motion(action: Action) -> bool {
    matches!(
        action,
        Action::Up
            | Action::Down
            | Action::PageUp
            | Action::PageDown
            | Action::RowUp
            | Action::RowDown
            | Action::Newline
            | Action::Complete
            | Action::Palette
            | Action::Interrupt
            | Action::Leave
    )
}

fn label(state: &State, action: Action, help: &'static str) -> Option<SafeText> {
    match action {
        Action::QuickReply(n) => {
            let replies = state.channel().quick_replies();
            let reply = replies.get(usize::from(n).wrapping_sub(1))?;
            Some(SafeText::one_line(&format!("answer: {reply}")).truncate(NAME))
        }
        // Esc steps back by itself; what it stops is worth a name.
        Action::Back => state.stops_on_back().then(|| SafeText::from_static("stop the reply, and keep what came")),
        _ if help.is_empty() => None,
        _ => Some(SafeText::from_static(help)),
    }
}

fn places(state: &State, entries: &mut Vec<PaletteEntry>) {
    let channels = || state.channels.iter().filter(|channel| channel.is_named());
    for channel in channels() {
        let info = &channel.info;
        let item = PaletteItem::Channel(info.name.clone());
        let aside = SafeText::from_static(if info.name == state.channel().info.name { "open" } else { "" });
        let also = format!("channel {}", info.platform.id());
        let mut entry = PaletteEntry::new(item, info.label.clone(), aside, &also);
        entry.command = Some(commands::channel(&info.name));
        entries.push(entry);
    }
    for channel in channels() {
        for source in &channel.sources.list {
            let (name, id) = (&channel.info.name, &source.id);
            for (action, words, command) in
                [(None, "", commands::rows(name, id)), (Some(Action::Sync), "sync source ", commands::sync(name, id))]
            {
                let item = PaletteItem::Source(name.clone(), id.clone(), action);
                let label = SafeText::one_line(&format!("{words}{}", id.as_str())).truncate(NAME);
                let mut entry = PaletteEntry::new(item, label, channel.info.label.clone(), "data source rows");
                entry.command = Some(command);
                entries.push(entry);
            }
        }
    }
    for saved in &state.search.saved {
        let item = PaletteItem::Search(saved.text.clone());
        let name = SafeText::one_line(&saved.name).truncate(NAME);
        let text = SafeText::one_line(&saved.text).truncate(NAME);
        let mut entry = PaletteEntry::new(item, name, text, "search");
        entry.command = Some(commands::search(&saved.text));
        entries.push(entry);
    }
    entries.extend(conversations(state, PaletteItem::Conversation));
}

/// The conversations that can stand beside the open one, those in which something happened last first.
pub(super) fn beside(state: &State) -> Vec<PaletteEntry> {
    let open = state.channel().open_id().map(|id| PaletteItem::Beside(state.channel().info.name.clone(), id.clone()));
    conversations(state, PaletteItem::Beside).filter(|entry| Some(&entry.item) != open.as_ref()).collect()
}

/// The conversations of all channels.
fn conversations(
    state: &State,
    item: fn(ChannelName, ConversationId) -> PaletteItem,
) -> impl Iterator<Item = PaletteEntry> {
    let channels = state.channels.iter().filter(|channel| channel.is_named());
    let newest =
        channels.flat_map(|channel| channel.roster.rows.iter().take(CONVERSATIONS).map(move |row| (channel, row)));
    newest.take(ALL_CONVERSATIONS).map(move |(channel, row)| {
        let item = item(channel.info.name.clone(), row.id.clone());
        let id = SafeText::one_line(row.id.as_str()).truncate(NAME);
        let label = if display_width(row.label.as_str()) == 0 { id.clone() } else { row.label.truncate(NAME) };
        let also = format!("conversation {}", id.as_str());
        let mut entry = PaletteEntry::new(item, label, channel.info.label.clone(), &also);
        entry.command = Some(commands::conversation(&channel.info.name, &row.id));
        entry
    })
}
