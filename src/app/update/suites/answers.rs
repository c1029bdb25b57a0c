//! Kept answers: one that changed is taken or refused, and that is taken back.

use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::suites::{AnswerDeed, SuitesEffect, SuitesView};
use crate::app::update::ctx::{Ctx, complain, say};
use crate::domain::Failure;

/// Takes or refuses the changed answer of the selected case.
pub(super) fn decide(suites: &mut SuitesView, ctx: &mut Ctx<'_>, accept: bool) -> Vec<Effect> {
    match suites.selected_case().and_then(|case| case.changed.clone()) {
        Some(answer) if accept => vec![Effect::Suites(SuitesEffect::Accept(answer))],
        Some(answer) => vec![Effect::Suites(SuitesEffect::Refuse(answer))],
        None if suites.answers.is_none() => say(ctx, "No answers are kept: [tests] of the config file says where."),
        None => say(ctx, "Its answer is the kept one."),
    }
}

/// Lets the answer wait again that was decided about last.
pub(super) fn undo(suites: &mut SuitesView, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    match suites.deed.take() {
        Some(deed) => vec![Effect::Suites(SuitesEffect::Restore(deed.answer))],
        None => say(ctx, "No answer was taken or refused."),
    }
}

/// What became of it. Until the folder was read again the case is as it will be then.
pub(super) fn answered(
    suites: &mut SuitesView,
    ctx: &mut Ctx<'_>,
    deed: AnswerDeed,
    result: Result<(), Failure>,
) -> Vec<Effect> {
    let mut effects = vec![Effect::Suites(SuitesEffect::Load)];
    if let Err(failure) = result {
        effects.extend(complain(ctx, "", &failure));
        return effects;
    }
    for case in suites.suites.iter_mut().flat_map(|suite| &mut suite.cases) {
        if case.changed.as_ref() == Some(&deed.answer) {
            case.changed = None;
        }
    }
    let done = if deed.accepted { "is the kept one now" } else { "was refused; what is kept stays" };
    let name = deed.answer.name.clone();
    suites.deed = Some(deed);
    let way = match ctx.window.key(&suites.contexts(), Action::UndoAnswer) {
        key if key.is_empty() => String::new(),
        key => format!(" {key} takes that back."),
    };
    effects.extend(say(ctx, &format!("The answer of {name} {done}.{way}")));
    effects
}

/// What became of taking it back.
pub(super) fn restored(ctx: &mut Ctx<'_>, result: Result<(), Failure>) -> Vec<Effect> {
    let mut effects = vec![Effect::Suites(SuitesEffect::Load)];
    effects.extend(match result {
        Ok(()) => say(ctx, "The answer waits again."),
        Err(failure) => complain(ctx, "", &failure),
    });
    effects
}
