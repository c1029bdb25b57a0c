//! What the user asks for, by key, wheel or click.

use super::{channels, desk, leave, new_case, overlay, palette, replies, split};
use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::event::Pane;
use crate::app::state::State;
use crate::app::update::{
    attach, chat, conversation, copy, delivery, find, help, key_test, log, message, outside, queue, roster, search,
    source_view, sources, suites, themes, transfer, turn, webhooks,
};
use crate::app::view::{Focus, ViewKind};
use crate::domain::Timestamp;

/// Does what an action means where the keys are.
#[expect(clippy::too_many_lines, reason = "an arm for each action: one that nobody is told of does not compile")]
pub(in crate::app::update) fn handle_action(state: &mut State, action: Action, now: Timestamp) -> Vec<Effect> {
    if let Some(effects) = over_all(state, action).or_else(|| overlay::handle_action(state, action, now)) {
        return effects;
    }
    let asked = state.window.is_asked();
    if !asked
        && state.window.view == ViewKind::Sources
        && let Some(effects) = state.on_channel(now, |channel, ctx| sources::handle_action(channel, ctx, action))
    {
        return effects;
    }
    if !asked
        && state.window.view == ViewKind::Webhooks
        && let Some(effects) = state.on_webhooks(now, |webhooks, ctx| webhooks::handle_action(webhooks, ctx, action))
    {
        return effects;
    }
    if !asked && let Some(effects) = desk::handle_action(state, action, now) {
        return effects;
    }
    if !asked && let Some(effects) = state.on_log(now, |log, ctx| log::handle_action(log, ctx, action)) {
        return effects;
    }
    if !asked && let Some(effects) = state.on_suites(now, |view, ctx| suites::handle_action(view, ctx, action)) {
        return effects;
    }
    if !asked {
        let found = state.on_search(now, |search, ctx| search::handle_action(search, ctx, action));
        let parts = [
            copy::handle_action,
            outside::handle_action,
            find::handle_action,
            message::handle_action,
            transfer::handle_action,
            source_view::handle_action,
            queue::handle_action,
        ];
        let done = found.or_else(|| {
            state.on_channel(now, |channel, ctx| parts.into_iter().find_map(|part| part(channel, ctx, action)))
        });
        if let Some(effects) = done {
            return effects;
        }
    }
    match action {
        Action::Send => state.on_channel(now, turn::send),
        Action::QuickReply(n) => {
            state.on_channel(now, |channel, ctx| turn::quick_reply(channel, ctx, usize::from(n).wrapping_sub(1)))
        }
        Action::Attach => state.on_channel(now, attach::ask),
        Action::Details => conversation::toggle_details(state.channel_mut()),
        Action::Channels => channels::list(state, now),
        Action::NextChannel => channels::step_to(state, 1, now),
        Action::PreviousChannel => channels::step_to(state, state.channels.len().saturating_sub(1), now),
        Action::Stop => state.on_channel(now, chat::stop),
        Action::Back => state.on_channel(now, chat::back),
        Action::NewConversation => state.on_channel(now, chat::new_conversation),
        Action::ExternalEditor => vec![Effect::Edit(state.channel().composer.text.as_str().to_owned())],
        Action::NextPane => state.on_channel(now, |channel, ctx| chat::focus(channel, ctx, 1)),
        Action::PreviousPane => state.on_channel(now, |channel, ctx| chat::focus(channel, ctx, 2)),
        Action::Up => state.on_channel(now, |channel, ctx| chat::up_down(channel, ctx, -1)),
        Action::Down => state.on_channel(now, |channel, ctx| chat::up_down(channel, ctx, 1)),
        Action::PageUp => state.on_channel(now, |channel, ctx| chat::page(channel, ctx, -1)),
        Action::PageDown => state.on_channel(now, |channel, ctx| chat::page(channel, ctx, 1)),
        Action::Top => state.on_channel(now, chat::top),
        Action::Bottom => state.on_channel(now, chat::bottom),
        Action::PreviousOwn => state.on_channel(now, |channel, ctx| chat::own(channel, ctx, true)),
        Action::NextOwn => state.on_channel(now, |channel, ctx| chat::own(channel, ctx, false)),
        Action::Open if state.channel().composer.prompt.is_some() && state.window.focus == Focus::Composer => {
            attach::named(state.channel_mut())
        }
        Action::Open => state.on_channel(now, chat::open_selected),
        Action::NextUnread => channels::next_unread(state, now),
        Action::NextConversation => state.on_channel(now, |channel, ctx| chat::neighbour(channel, ctx, 1)),
        Action::PreviousConversation => state.on_channel(now, |channel, ctx| chat::neighbour(channel, ctx, -1)),
        // What lies over the view has the keys alone.
        Action::OpenBeside | Action::OtherSide | Action::CloseBeside | Action::AnswerRequest
            if state.window.is_covered() =>
        {
            Vec::new()
        }
        Action::OpenBeside => split::open_selected(state, now),
        Action::OtherSide => split::other_side(state, now),
        Action::CloseBeside => split::close_asked(state, now),
        Action::TakeIn => {
            state.channel_mut().roster.take_in();
            state.on_channel(now, conversation::preview)
        }
        Action::Filter => {
            state.channel_mut().roster.filtering = true;
            Vec::new()
        }
        Action::Refresh => state.on_channel(now, chat::refresh),
        Action::CheckAgain => state.on_channel(now, turn::check_again),
        Action::SendAgain => turn::send_again(state.channel_mut()),
        Action::Drop => turn::give_up(state.channel_mut()),
        Action::MakeCase if state.window.is_covered() || !state.window.copies_here() => Vec::new(),
        Action::MakeCase => new_case::begin(state, now),
        Action::SavedReplies => replies::list(state, now),
        Action::Themes => themes::show(&mut state.window),
        Action::AddChannel => vec![Effect::AddChannel],
        Action::Mouse => {
            state.window.mouse = !state.window.mouse;
            let said = if state.window.mouse {
                "The program has the mouse.".to_owned()
            } else {
                match state.key(Action::Mouse) {
                    key if key.is_empty() => "The terminal has the mouse: select text as usual.".to_owned(),
                    key => format!("The terminal has the mouse: select text as usual; {key} takes it back."),
                }
            };
            state.say(&said, now);
            let mut effects = vec![Effect::Mouse(state.window.mouse)];
            effects.extend(state.wake());
            effects
        }
        Action::Redraw => vec![Effect::Redraw],
        Action::Suspend => vec![Effect::Suspend],
        Action::Interrupt => leave::interrupt(state, now),
        Action::Leave if state.channel().composer.text.is_empty() => leave::quit(state),
        Action::ShowChat => {
            state.window.view = ViewKind::Chat;
            Vec::new()
        }
        Action::ShowSources => state.on_channel(now, sources::show),
        Action::ShowWebhooks => state.on_webhooks(now, webhooks::show),
        Action::AnswerRequest => state.on_webhooks(now, webhooks::answer_first),
        Action::ToDelivery => delivery::find_delivery(state.channel()),
        // The editor on the floor above does what a new line means, here it is only named, for the table of keys; the
        // others mean something where their part has the keys alone. A new action has to be told to somebody.
        Action::Newline
        | Action::Help
        | Action::Palette
        | Action::TestKeys
        | Action::FocusComposer
        | Action::FocusTranscript
        | Action::FocusRoster
        | Action::Quit
        | Action::CopyEquivalent
        | Action::RowUp
        | Action::RowDown
        | Action::Leave
        | Action::ToConversation
        | Action::Replay
        | Action::ReplayEdited
        | Action::ReplayTo
        | Action::CopyCommand
        | Action::CopyCommandWhole
        | Action::Mark
        | Action::Compare
        | Action::SelfTest
        | Action::CopyHook
        | Action::Hooks
        | Action::Pretty
        | Action::SendAnswer
        | Action::Confirm
        | Action::EditRow
        | Action::EditRowOutside
        | Action::NewRow
        | Action::RenameRow
        | Action::DeleteRows
        | Action::MarkRow
        | Action::MarkRange
        | Action::MarkAll
        | Action::Discard
        | Action::ShowDifference
        | Action::ShowNext
        | Action::Review
        | Action::Apply
        | Action::ApplyRow
        | Action::Sync
        | Action::Interval
        | Action::Journal
        | Action::Results
        | Action::NewSource
        | Action::DeleteSource
        | Action::ShowConflict
        | Action::KeepMine
        | Action::TakeTheirs
        | Action::Merge
        | Action::Preview
        | Action::Search
        | Action::SearchBack
        | Action::CancelApply
        | Action::PickPrevious
        | Action::PickNext
        | Action::PickRange
        | Action::Copy
        | Action::CopyMenu
        | Action::Pager
        | Action::Links
        | Action::ShowMessage
        | Action::RawSource
        | Action::EditLast
        | Action::ToNew
        | Action::SearchHere
        | Action::SearchEverywhere
        | Action::NextMatch
        | Action::PreviousMatch
        | Action::SearchOrigin
        | Action::ShowLog
        | Action::ShowTests
        | Action::RunCase
        | Action::RunSuite
        | Action::RunAllSuites
        | Action::RunMissed
        | Action::StopRun
        | Action::AcceptAnswer
        | Action::RefuseAnswer
        | Action::UndoAnswer
        | Action::EditSuite
        | Action::OnlyFailed
        | Action::RunAgain
        | Action::ShowSearch
        | Action::SaveSearch
        | Action::SavedSearches
        | Action::ForgetSearch
        | Action::Export
        | Action::Import
        | Action::Complete
        | Action::MarkConversation
        | Action::MarkConversations
        | Action::ReleaseQueue
        | Action::QueueEdit
        | Action::QueueDrop
        | Action::QueueUndo
        | Action::QueueUp
        | Action::QueueDown
        | Action::MarkConversationRange
        | Action::ShowInbox
        | Action::Pin
        | Action::Label
        | Action::Note
        | Action::Archive
        | Action::Snooze
        | Action::MarkRead
        | Action::Repeat
        | Action::UndoDesk
        | Action::OnlyUnread
        | Action::OnlyWaiting
        | Action::OnlyPinned
        | Action::OnlyArchived
        | Action::OnlySnoozed => Vec::new(),
    }
}

/// What means the same whoever has the keys: the help, the palette, the test of a key lie over all else; panes of the Chat
/// view are gone to from every view. None where another action is meant, and where it is asked whether to leave.
fn over_all(state: &mut State, action: Action) -> Option<Vec<Effect>> {
    if state.window.leave_asked().is_some() {
        return None;
    }
    match action {
        Action::Help | Action::TestKeys => {
            let here = match state.window.help_sheet() {
                Some(sheet) => sheet.here.clone(),
                None => palette::close(state),
            };
            let show = if action == Action::Help { help::show } else { key_test::show };
            Some(show(&mut state.window, here))
        }
        Action::Palette => Some(palette::show(state)),
        Action::FocusComposer if !state.window.is_covered() => Some(focus(state, Focus::Composer)),
        Action::FocusTranscript if !state.window.is_covered() => Some(focus(state, Focus::Transcript)),
        Action::FocusRoster if !state.window.is_covered() => Some(focus(state, Focus::Roster)),
        Action::Themes if !state.window.is_covered() => Some(themes::show(&mut state.window)),
        Action::AddChannel if !state.window.is_covered() => Some(vec![Effect::AddChannel]),
        Action::Quit => Some(leave::quit(state)),
        _ => None,
    }
}

/// Gives the keys to a pane of the Chat view.
fn focus(state: &mut State, focus: Focus) -> Vec<Effect> {
    state.window.view = ViewKind::Chat;
    state.channel_mut().roster.filtering = false;
    state.window.focus = if focus == Focus::Composer { state.channel().default_focus() } else { focus };
    Vec::new()
}

/// Scrolls what is under the mouse.
pub(in crate::app::update) fn wheel(state: &mut State, pane: Pane, rows: i64, now: Timestamp) -> Vec<Effect> {
    match pane {
        Pane::Channels => {
            channels::step(state, isize::try_from(rows.signum()).unwrap_or(0));
            Vec::new()
        }
        // A question has nothing to scroll, and what it lies on is not scrolled either.
        Pane::Overlay if state.window.is_asked() => Vec::new(),
        Pane::Overlay => match state.window.view {
            ViewKind::Chat | ViewKind::Search | ViewKind::Inbox => {
                state.on_channel(now, |_, ctx| {
                    message::wheel(ctx, rows);
                    outside::wheel(ctx, rows);
                });
                state.on_channel(now, |_, ctx| copy::wheel(ctx, rows))
            }
            ViewKind::Log | ViewKind::Tests => Vec::new(),
            ViewKind::Sources => sources::wheel(state.channel_mut(), Pane::Row, rows),
            ViewKind::Webhooks => {
                state.on_webhooks(now, |webhooks, ctx| webhooks::wheel(webhooks, ctx, Pane::Detail, rows))
            }
        },
        Pane::Found => state.on_search(now, |search, ctx| search::wheel(search, ctx, rows)),
        Pane::Inbox => state.on_desk(now, |desk, ctx| crate::app::update::desk::wheel(desk, ctx, rows)),
        Pane::Calls | Pane::CallDetail => state.on_log(now, |log, ctx| log::wheel(log, ctx, pane, rows)),
        Pane::Suites | Pane::CaseDetail => suites::wheel(&mut state.suites, pane, rows),
        Pane::Help => {
            help::scroll(&mut state.window, rows);
            Vec::new()
        }
        Pane::Palette => {
            palette::step(state, isize::try_from(rows.signum()).unwrap_or(0));
            Vec::new()
        }
        Pane::Roster => {
            state.channel_mut().roster.scroll(isize::try_from(rows).unwrap_or(0));
            state.on_channel(now, roster::fetch_if_due)
        }
        Pane::Transcript | Pane::Composer | Pane::Offer => chat::scroll(state.channel_mut(), rows),
        Pane::Beside => split::wheel(state, rows, now),
        Pane::Requests | Pane::Deliveries | Pane::Detail => {
            state.on_webhooks(now, |webhooks, ctx| webhooks::wheel(webhooks, ctx, pane, rows))
        }
        Pane::Sources | Pane::Rows | Pane::Row => sources::wheel(state.channel_mut(), pane, rows),
    }
}
