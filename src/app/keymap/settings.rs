//! What the config file binds: understood, or refused with the places of what is wrong.

use super::{BINDINGS, Context, Keymap, Preset, takes_text};
use crate::app::action::Action;
use crate::app::key::{Code, Key, KeyNameError, KeySequence};
use crate::config::{KeySetting, KeySettings, Problem, Written, nearest};

/// What is wrong with keys that the config file binds, each with its place.
pub fn check(settings: &KeySettings) -> Vec<Problem> {
    Keymap::from_settings(settings).err().unwrap_or_default()
}

/// An action's keys in one context, understood.
struct Wish<'a> {
    setting: &'a KeySetting,
    context: Context,
    action: Action,
    keys: Vec<(KeySequence, &'a Written)>,
}

impl Keymap {
    /// The table with what the config file says of it.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with what it says.
    pub fn from_settings(settings: &KeySettings) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let preset = preset(settings, &mut problems);
        let wishes: Vec<Wish<'_>> =
            settings.bindings.iter().filter_map(|setting| wish(setting, &mut problems)).collect();
        twice(settings, &wishes, &mut problems);
        conflicts(settings, &wishes, &mut problems);
        let mut keymap = Self::new(preset);
        for wish in &wishes {
            let keys = wish.keys.iter().map(|(keys, _)| keys.clone()).collect();
            keymap.bind(wish.context, wish.action, keys, true);
        }
        ways_out(&keymap, &wishes, &mut problems);
        if problems.is_empty() { Ok(keymap) } else { Err(problems) }
    }

    /// What the user's keys took from actions that now have none, in words.
    pub fn unreached(&self) -> Vec<String> {
        let shipped = Self::new(self.preset());
        let lost = self.rows().iter().filter(|row| {
            let had = |r: &&super::Bound| r.context == row.context && r.binding.action == row.binding.action;
            row.keys.is_empty() && !row.own && shipped.rows_in(row.context).any(|r| had(&r) && !r.keys.is_empty())
        });
        lost.map(|row| {
            let (context, action) = (row.context.name(), row.binding.action.name());
            format!("keys.{context}.{action} has no key left: another action has it now")
        })
        .collect()
    }
}

fn preset(settings: &KeySettings, problems: &mut Vec<Problem>) -> Preset {
    let Some(written) = &settings.preset else { return Preset::Default };
    let found = Preset::ALL.into_iter().find(|preset| preset.name() == written.text);
    if found.is_none() {
        let names = Preset::ALL.map(Preset::name);
        let text = format!("expected one of {}, found \"{}\"", quoted(names), written.text);
        problems.push(problem(written, "keys.preset".to_owned(), text, nearest(&written.text, names)));
    }
    found.unwrap_or_default()
}

/// What one setting asks for, as far as it can be understood; none where its context or its action can't.
fn wish<'a>(setting: &'a KeySetting, problems: &mut Vec<Problem>) -> Option<Wish<'a>> {
    let key = named(setting);
    let Some(context) = Context::named(&setting.context.text) else {
        let names = Context::ALL.map(|(_, context)| context.name());
        let near = nearest(&setting.context.text, names);
        let text =
            format!("no keys work in a place called \"{}\"; `patchcord keys` lists them", setting.context.text);
        problems.push(problem(&setting.context, format!("keys.{}", setting.context.text), text, near));
        return None;
    };
    let name = setting.action.text.replace('_', "-");
    let here = BINDINGS.iter().filter(|b| b.context == context || b.context == Context::Everywhere);
    let Some(binding) = here.clone().find(|b| b.action.name() == name) else {
        let near = nearest(&name, here.map(|b| b.action.name()));
        let elsewhere: Vec<&str> =
            BINDINGS.iter().filter(|b| b.action.name() == name).map(|b| b.context.name()).collect();
        let text = if elsewhere.is_empty() {
            format!("there is no action \"{}\"; `patchcord keys` lists them", setting.action.text)
        } else {
            format!("\"{name}\" is no action of {}; it is one of {}", context.name(), elsewhere.join(", "))
        };
        problems.push(problem(&setting.action, key, text, near.filter(|_| elsewhere.is_empty())));
        return None;
    };
    let mut keys = Vec::new();
    for written in &setting.keys {
        match KeySequence::parse(&written.text) {
            Ok(sequence) => match unfit(context, &sequence) {
                Some(why) => {
                    let text = format!("\"{}\" can't be bound here: {why}", written.text);
                    problems.push(problem(written, key.clone(), text, None));
                }
                None => keys.push((sequence, written)),
            },
            Err(error) => {
                let near = if let KeyNameError::Unknown(near) = error { near } else { None };
                problems.push(problem(written, key.clone(), format!("\"{}\": {error}", written.text), near));
            }
        }
    }
    Some(Wish { setting, context, action: binding.action, keys })
}

/// Why keys can't be bound in a context; none where they can.
fn unfit(context: Context, keys: &KeySequence) -> Option<&'static str> {
    let first = keys.first()?;
    let bare = !first.ctrl && !first.alt && !first.shift;
    let offered = context == Context::Offer && matches!(first.code, Code::Char('1'..='9'));
    let written = takes_text(context) || matches!(context, Context::Unwritten | Context::Offer);
    if written && first.is_plain() && !offered {
        return Some("it is typed into the text; take one with Ctrl or Alt, or F1 to F12");
    }
    let edits = matches!(first.code, Code::Backspace | Code::Delete | Code::Left | Code::Right);
    let line = matches!(first.code, Code::Home | Code::End) && context != Context::Unwritten;
    if bare && written && (edits || line) {
        return Some("the text needs it");
    }
    let rows = matches!(first.code, Code::Up | Code::Down | Code::Enter);
    if bare && rows && matches!(context, Context::RowEditor | Context::Answer) {
        return Some("the text needs it");
    }
    let needed = edits || rows || matches!(first.code, Code::Home | Code::End | Code::PageUp | Code::PageDown);
    if bare && needed && context == Context::Everywhere {
        return Some("texts and lists need it; bind it where it is to work");
    }
    None
}

/// The same action a second time, once with `-` and once with `_`.
fn twice(settings: &KeySettings, wishes: &[Wish<'_>], problems: &mut Vec<Problem>) {
    for (at, wish) in wishes.iter().enumerate() {
        let before = wishes.iter().take(at);
        let same = before.into_iter().find(|w| w.context == wish.context && w.action == wish.action);
        if let Some(first) = same {
            let text = format!("stands here a second time; first at {}", place(settings, &first.setting.action));
            problems.push(problem(&wish.setting.action, named(wish.setting), text, None));
        }
    }
}

/// Keys of one context that are bound twice, or begin others: what was pressed would mean two things.
fn conflicts(settings: &KeySettings, wishes: &[Wish<'_>], problems: &mut Vec<Problem>) {
    let mut seen: Vec<(&Wish<'_>, &KeySequence, &Written)> = Vec::new();
    for wish in wishes {
        for (keys, written) in &wish.keys {
            let other = seen.iter().find(|(other, had, _)| other.context == wish.context && had.clashes(keys));
            if let Some((other, had, first)) = other {
                let where_ = format!("{} at {}", named(other.setting), place(settings, first));
                let text = if had == &keys {
                    format!("\"{keys}\" is bound already: {where_}")
                } else if had.keys().len() < keys.keys().len() {
                    format!("\"{keys}\" begins with \"{had}\", which is bound already: {where_}")
                } else {
                    format!("\"{keys}\" is the beginning of \"{had}\", which is bound already: {where_}")
                };
                problems.push(problem(written, named(wish.setting), text, None));
            }
            seen.push((wish, keys, written));
        }
    }
}

/// Stopping, stepping back and quitting need a key that works everywhere, also while text is written.
fn ways_out(keymap: &Keymap, wishes: &[Wish<'_>], problems: &mut Vec<Problem>) {
    for action in [Action::Back, Action::Interrupt] {
        let reached = keymap
            .rows_in(Context::Everywhere)
            .filter(|row| row.binding.action == action)
            .flat_map(|row| &row.keys)
            .any(|keys| keys.first().is_some_and(|key: Key| !key.is_plain()));
        if reached {
            continue;
        }
        // The setting that took it away.
        let own = wishes.iter().find(|w| w.context == Context::Everywhere && w.action == action);
        let taken = || wishes.iter().find(|w| w.context == Context::Everywhere && !w.keys.is_empty());
        let Some(wish) = own.or_else(taken) else { continue };
        let text = format!("\"{}\" needs a key that no text takes: without one there is no way out", action.name());
        problems.push(problem(&wish.setting.action, named(wish.setting), text, None));
    }
}

fn named(setting: &KeySetting) -> String {
    format!("keys.{}.{}", setting.context.text, setting.action.text)
}

fn place(settings: &KeySettings, written: &Written) -> String {
    format!("{}:{}:{}", settings.file.display(), written.place.line, written.place.column)
}

fn quoted<const N: usize>(names: [&str; N]) -> String {
    names.map(|name| format!("\"{name}\"")).join(", ")
}

fn problem(at: &Written, key: String, text: String, near: Option<&str>) -> Problem {
    Problem { place: Some(at.place), key: Some(key), text, near: near.map(str::to_owned) }
}

#[cfg(test)]
mod tests;
