//! An export: which conversations, how, where to; then its progress, and what it came to.

use super::{ask, cancelled, complete, shown};
use crate::app::action::Action;
use crate::app::channel::Channel;
use crate::app::desk::{Desk, DeskKey, DeskListRow};
use crate::app::effect::Effect;
use crate::app::line_input::LineInput;
use crate::app::overlay::Overlay;
use crate::app::overlay::transfer::{
    Choice, Chosen, Export, Format, Gathering, Stage, There, TransferEffect, TransferEvent,
};
use crate::app::roster::RosterRow;
use crate::app::update::attach::unquoted;
use crate::app::update::ctx::Ctx;
use crate::app::update::refuse;
use crate::app::view::Focus;
use crate::domain::{ConversationId, SafeText, Timestamp};
use crate::export;

/// Opens the sheet.
pub(super) fn begin(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let choices = choices(channel, ctx.window.focus, ctx.now);
    open(ctx, choices)
}

/// Opens it for conversations of any channels: what is marked in the inbox, the selected one, all that are shown.
pub(in crate::app::update) fn begin_across(desk: &Desk, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let day = day(ctx.now);
    let of_keys = |label: &str, keys: Vec<DeskKey>, stem: String| Choice {
        label: SafeText::one_line(label),
        what: Chosen::Across(keys),
        stem,
    };
    let many = |label: &str, keys: Vec<DeskKey>| of_keys(label, keys, export::stem("inbox", &day));
    let mut choices = Vec::new();
    if !desk.marked.is_empty() {
        choices.push(many(&format!("the {} that are marked", desk.marked.len()), desk.targets()));
    }
    if let Some(row) = desk.position().and_then(|at| desk.rows.get(at)) {
        let (title, id) = (row.item.conversation.title.as_str(), row.item.conversation.id.as_str());
        let said = if title.trim().is_empty() { id } else { title };
        let label = format!("this conversation: {said} ({})", row.item.channel);
        choices.push(of_keys(&label, vec![row.key()], export::stem(title, id)));
    }
    if desk.rows.len() > 1 {
        let more = if desk.next.is_some() { ", as far as the list is read" } else { "" };
        let keys = desk.rows.iter().map(DeskListRow::key).collect();
        choices.push(many(&format!("all {} that are shown{more}", desk.rows.len()), keys));
    }
    open(ctx, choices)
}

fn open(ctx: &mut Ctx<'_>, choices: Vec<Choice>) -> Vec<Effect> {
    if choices.is_empty() {
        return refuse(ctx, "There is no conversation here to be exported.");
    }
    let ticket = ctx.ids.next_number();
    ctx.window.open(Overlay::Export(Export {
        choices,
        chosen: 0,
        format: Format::Markdown,
        path: LineInput::default(),
        folder: None,
        stage: Stage::Choosing,
        ticket,
    }));
    ask(TransferEffect::Folder { ticket })
}

/// What can be exported from here; what is most likely meant comes first.
fn choices(channel: &Channel, focus: Focus, now: Timestamp) -> Vec<Choice> {
    let roster = &channel.roster;
    let mut choices = Vec::new();
    let one = |row: Option<&RosterRow>, id: &ConversationId| {
        let title = row.map_or("", |row| row.title.as_str());
        let said = if title.trim().is_empty() { id.as_str() } else { title };
        Choice {
            label: SafeText::one_line(&format!("this conversation: {said}")),
            what: Chosen::These(vec![id.clone()]),
            stem: export::stem(title, id.as_str()),
        }
    };
    let day = day(now);
    let many = |label: &str, what: Chosen| Choice {
        label: SafeText::one_line(label),
        what,
        stem: export::stem(channel.info.name.as_str(), &day),
    };
    let marked: Vec<ConversationId> = roster.marked().map(|row| row.id.clone()).collect();
    if !marked.is_empty() {
        choices.push(many(&format!("the {} that are marked", marked.len()), Chosen::These(marked)));
    }
    let this = if focus == Focus::Roster { roster.selected.as_ref() } else { channel.open_id() };
    choices.extend(this.map(|id| one(roster.row(id), id)));
    if !roster.filter.trim().is_empty() && !roster.shown.is_empty() {
        let shown: Vec<ConversationId> = roster.visible().map(|(row, _)| row.id.clone()).collect();
        let n = shown.len();
        // What is not loaded yet may pass the filter too: then it is asked of the whole list.
        choices.push(if roster.complete {
            many(&format!("the {n} that the filter shows"), Chosen::These(shown))
        } else {
            let filter = roster.filter.as_str().to_owned();
            many(&format!("all that the filter shows: {n} of those here"), Chosen::All { filter })
        });
    }
    if !roster.rows.is_empty() {
        let n = roster.total.unwrap_or(0).max(roster.rows.len() as u64);
        let label = format!("all of {}: {n}", channel.info.name);
        choices.push(many(&label, Chosen::All { filter: String::new() }));
    }
    choices
}

fn day(now: Timestamp) -> String {
    now.to_rfc3339().chars().take_while(|c| *c != 'T').collect()
}

/// Does what an action means on the sheet.
pub(super) fn handle_action(ctx: &mut Ctx<'_>, mut sheet: Export, action: Action) -> Vec<Effect> {
    let mut effects = Vec::new();
    match (&mut sheet.stage, action) {
        (Stage::Choosing, Action::Up) => step(&mut sheet, Format::ALL.len() - 1),
        (Stage::Choosing, Action::Down) => step(&mut sheet, 1),
        (Stage::Choosing, Action::MarkConversations) => {
            sheet.chosen = (sheet.chosen + 1) % sheet.choices.len().max(1);
        }
        (Stage::Choosing, Action::Confirm) | (Stage::Replacing(_), Action::Back) => sheet.stage = Stage::Naming(None),
        (Stage::Naming(_) | Stage::Looking, Action::Up) => sheet.stage = Stage::Choosing,
        (Stage::Naming(_), Action::Complete) if sheet.path.is_empty() => {
            let suggested = sheet.suggested();
            sheet.path.set(&suggested);
        }
        (Stage::Naming(_), Action::Complete) => {
            effects =
                ask(TransferEffect::Complete { ticket: sheet.ticket, text: sheet.path.as_str().to_owned(), end: "" });
        }
        (Stage::Naming(_), Action::Confirm) => {
            let typed = unquoted(sheet.path.trim());
            let path = if typed.is_empty() { sheet.suggested() } else { typed.to_owned() };
            sheet.stage = Stage::Looking;
            effects = ask(TransferEffect::Look { ticket: sheet.ticket, path });
        }
        (Stage::Replacing(_), Action::Confirm) => effects = start(&mut sheet),
        (Stage::Working { so_far, cancelling }, Action::Back) if !so_far.writing && !*cancelling => {
            *cancelling = true;
            effects = ask(TransferEffect::Cancel { ticket: sheet.ticket });
        }
        // It comes to its end first.
        (Stage::Working { .. }, Action::Back) => {}
        (_, Action::Back) => return effects,
        _ => {}
    }
    ctx.window.open(Overlay::Export(sheet));
    effects
}

/// Another format.
fn step(sheet: &mut Export, by: usize) {
    let menu = Format::menu();
    let at = menu.iter().position(|format| *format == sheet.format).unwrap_or(0);
    sheet.format = menu.get((at + by) % menu.len()).copied().unwrap_or(sheet.format);
}

/// Begins to read. Whatever is at that place was asked about.
fn start(sheet: &mut Export) -> Vec<Effect> {
    let under_way = Stage::Working { so_far: Gathering::default(), cancelling: false };
    let (Stage::Replacing(spot), Some(choice)) = (std::mem::replace(&mut sheet.stage, under_way), sheet.choice())
    else {
        return Vec::new();
    };
    ask(TransferEffect::Export {
        ticket: sheet.ticket,
        what: choice.what.clone(),
        format: sheet.format,
        force: spot.there != There::Nothing,
        to: spot.path,
    })
}

/// Takes what came of it.
pub(super) fn handle_event(ctx: &mut Ctx<'_>, mut sheet: Export, event: TransferEvent) -> Vec<Effect> {
    let mut effects = Vec::new();
    match (&mut sheet.stage, event) {
        (_, TransferEvent::Folder(_, folder)) => sheet.folder = Some(shown(&folder)),
        (Stage::Naming(_), TransferEvent::Completed(_, typed, whole)) => complete(&mut sheet.path, &typed, &whole),
        (Stage::Looking, TransferEvent::Looked(_, Err(failure))) => sheet.stage = Stage::Naming(Some(failure)),
        (Stage::Looking, TransferEvent::Looked(_, Ok(spot))) => {
            let free = matches!(spot.there, There::Nothing | There::Folder(0));
            sheet.stage = Stage::Replacing(spot);
            if free {
                effects = start(&mut sheet);
            }
        }
        (Stage::Working { so_far, .. }, TransferEvent::Gathered(_, gathering)) => *so_far = gathering,
        (Stage::Working { .. }, TransferEvent::Exported(_, result)) => sheet.stage = Stage::Ended(result),
        (Stage::Working { .. }, TransferEvent::Cancelled(_)) => {
            return cancelled(ctx, "The export was cancelled: nothing was written.");
        }
        _ => {}
    }
    ctx.window.open(Overlay::Export(sheet));
    effects
}
