//! A case made of what is picked in a transcript: its name, the suite that it goes into, and what became of it.

use std::path::PathBuf;

use crate::app::action::Action;
use crate::app::channel::Channel;
use crate::app::effect::Effect;
use crate::app::line_input::LineInput;
use crate::app::overlay::Overlay;
use crate::app::overlay::new_case::NewCaseSheet;
use crate::app::state::State;
use crate::app::suites::{SuiteEntry, SuitesEffect};
use crate::app::text_buffer::TextInput;
use crate::config::{NewCase, NewTurn};
use crate::domain::{Failure, Message, OutState, Role, SafeText, Timestamp};

/// The most columns of a name that is proposed.
const NAME: usize = 60;
/// What a new suite's file is called, unless it is named.
const FILE: &str = "suite.toml";

/// Asks for the name and the suite of a case of what is picked, or of the turn that is meant.
pub(in crate::app::update) fn begin(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let channel = state.channel();
    if channel.capabilities.is_bot || !channel.capabilities.send {
        state.say("No case can be made here: a suite asks a bot, and there is none that could be asked.", now);
        return state.wake();
    }
    let turns = turns(channel);
    let Some(first) = turns.first() else {
        state.say("Pick a message that you sent, or its reply: a case is made of what was said.", now);
        return state.wake();
    };
    let line = first.say.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let name = SafeText::one_line(line.trim()).truncate(NAME);
    let sheet = NewCaseSheet::new(channel.info.name.clone(), turns, name.as_str());
    state.window.open(Overlay::NewCase(sheet));
    vec![Effect::Suites(SuitesEffect::Load)]
}

/// The turns of what is picked: from the user's message with which the first of them begins to the end of the last one's
/// reply. What never arrived is left out.
fn turns(channel: &Channel) -> Vec<NewTurn> {
    let picked = channel.to_copy();
    if picked.is_empty() {
        return Vec::new();
    }
    let message = |at: usize| channel.message(at).filter(|message| !message.text.trim().is_empty());
    let is_own = |at: usize| message(at).is_some_and(|message| message.role == Role::User);
    let begin = (0..=picked.start).rev().find(|at| is_own(*at)).unwrap_or(picked.start);
    let len = channel.chat.items.len();
    let end = (picked.end..len).find(|at| is_own(*at)).unwrap_or(len);
    let mut turns: Vec<NewTurn> = Vec::new();
    for message in (begin..end).filter_map(message) {
        if message.role == Role::User {
            if has_arrived(&message) {
                turns.push(NewTurn { say: message.text, reply: None });
            }
        } else if let Some(turn) = turns.last_mut() {
            let reply = turn.reply.get_or_insert_default();
            if !reply.is_empty() {
                reply.push_str("\n\n");
            }
            reply.push_str(message.text.trim());
        }
    }
    turns
}

fn has_arrived(message: &Message) -> bool {
    message.extras.state.is_none_or(|state| state == OutState::Sent)
}

/// Does what an action means while it is asked for; none if it means what it means elsewhere.
pub(in crate::app::update) fn handle_action(state: &mut State, action: Action) -> Option<Vec<Effect>> {
    let suites = known(state).len();
    let Some(Overlay::NewCase(sheet)) = state.window.overlay_mut() else { return None };
    match action {
        Action::Up => sheet.menu.step(-1, suites + 1),
        Action::Down => sheet.menu.step(1, suites + 1),
        Action::Back if sheet.file.take().is_some() => sheet.problem = None,
        Action::Back => _ = state.window.take_overlay(),
        Action::Confirm => return Some(confirm(state)),
        other if other.leaves_view() => {
            state.window.take_overlay();
            return None;
        }
        _ => return None,
    }
    Some(Vec::new())
}

/// The suites that a case can go into.
fn known(state: &State) -> Vec<&SuiteEntry> {
    state.suites.targets().collect()
}

/// Writes it, or asks for the file of a new suite first.
fn confirm(state: &mut State) -> Vec<Effect> {
    let files: Vec<PathBuf> = known(state).into_iter().map(|suite| suite.path.clone()).collect();
    let folder = state.suites.folder.clone().unwrap_or_default();
    let Some(Overlay::NewCase(sheet)) = state.window.overlay_mut() else { return Vec::new() };
    if sheet.writing {
        return Vec::new();
    }
    if sheet.name.trim().is_empty() {
        sheet.problem = Some(SafeText::from_static("A case needs a name."));
        return Vec::new();
    }
    let path = match (&sheet.file, files.get(sheet.menu.selected)) {
        (None, Some(path)) => path.clone(),
        (None, None) => {
            let mut file = LineInput::from(folder.join(FILE).to_string_lossy().into_owned());
            file.settle();
            (sheet.file, sheet.problem) = (Some(file), None);
            return Vec::new();
        }
        (Some(file), _) if file.trim().is_empty() => {
            sheet.problem = Some(SafeText::from_static("A file needs a name."));
            return Vec::new();
        }
        (Some(file), _) => folder.join(file.trim()),
    };
    (sheet.writing, sheet.problem) = (true, None);
    let case = NewCase { name: sheet.name.trim().to_owned(), turns: sheet.turns.clone() };
    vec![Effect::Suites(SuitesEffect::AddCase { path, channel: sheet.channel.clone(), case })]
}

/// Something for the line that is being written.
pub(in crate::app::update) fn write_line(state: &mut State, input: TextInput) {
    let Some(Overlay::NewCase(sheet)) = state.window.overlay_mut() else { return };
    let changed = match &mut sheet.file {
        Some(file) => file.take(input),
        None => sheet.name.take(input),
    };
    if changed {
        sheet.problem = None;
    }
}

/// What became of it: on which line of the file it begins. Where it could not be written, what was asked for stays.
pub(in crate::app::update) fn added(
    state: &mut State,
    path: &std::path::Path,
    name: &str,
    result: Result<usize, Failure>,
    now: Timestamp,
) -> Vec<Effect> {
    let mut effects = vec![Effect::Suites(SuitesEffect::Load)];
    match result {
        Ok(line) => {
            if matches!(state.window.overlay(), Some(Overlay::NewCase(sheet)) if sheet.writing) {
                state.window.take_overlay();
            }
            let path = path.to_string_lossy();
            let way = match state.key(Action::ShowTests) {
                key if key.is_empty() => String::new(),
                key => format!("; {key} shows the tests"),
            };
            state.say(&format!("The case \"{name}\" was written to {path}, line {line}{way}."), now);
        }
        Err(failure) => match state.window.overlay_mut() {
            Some(Overlay::NewCase(sheet)) if sheet.writing => {
                sheet.writing = false;
                sheet.problem = Some(SafeText::one_line(&failure.sentence()));
            }
            _ => state.complain("The case was not written: ", &failure, now),
        },
    }
    effects.extend(state.wake());
    effects
}
