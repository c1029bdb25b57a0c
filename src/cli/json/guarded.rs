//! The shapes of what is told of a guarded push.

use serde_json::{Value, json};

use crate::domain::{CaseChange, CaseComparison, CaseResult, ChangeTotals, RowId, SourceId};
use crate::runtime::guarded::{GuardOutcome, GuardPhase, GuardPlan, GuardReport, GuardedRow, RowReturn};

/// `sources push --test --dry-run`.
pub(in crate::cli) fn guarded_plan(plan: &GuardPlan) -> Value {
    json!({
        "push": super::pushed(&plan.pushed),
        "tests": super::suite_plan(&plan.suites),
        "messages": plan.messages(),
    })
}

/// `sources push --test`, as each phase begins.
pub(in crate::cli) fn guarded_phase(phase: GuardPhase) -> Value {
    json!({ "event": "phase", "phase": phase.as_str() })
}

/// `sources push --test`, last.
pub(in crate::cli) fn guarded(report: &GuardReport) -> Value {
    json!({
        "event": "guarded_push",
        "id": report.id,
        "source": report.source.as_str(),
        "phase": report.phase.as_str(),
        "outcome": report.outcome.map(GuardOutcome::as_str),
        "rows": report.rows.iter().map(row).collect::<Vec<_>>(),
        "cases": report.cases.iter().map(case).collect::<Vec<_>>(),
        "totals": totals(report.totals()),
        "messages": report.messages,
        "push": report.pushed.as_ref().map(super::pushed),
    })
}

/// The same where there was nothing to push.
pub(in crate::cli) fn guarded_nothing(source: &SourceId) -> Value {
    json!({
        "event": "guarded_push",
        "id": null,
        "source": source.as_str(),
        "phase": GuardPhase::Done.as_str(),
        "outcome": GuardOutcome::Nothing.as_str(),
        "rows": [],
        "cases": [],
        "totals": totals(ChangeTotals::default()),
        "messages": 0,
        "push": null,
    })
}

fn row(row: &GuardedRow) -> Value {
    let (returned, why) = match &row.returned {
        None => (None, None),
        Some(how) => match how {
            RowReturn::PutBack => (Some("put_back"), None),
            RowReturn::NotPushed => (Some("not_pushed"), None),
            RowReturn::ChangedSince => (Some("changed_since"), None),
            RowReturn::DeletedSince => (Some("deleted_since"), None),
            RowReturn::NotInJournal => (Some("not_in_journal"), None),
            RowReturn::Refused(why) => (Some("refused"), Some(why)),
            RowReturn::Unknown(why) => (Some("unknown"), Some(why)),
            RowReturn::NotBegun => (Some("not_begun"), None),
        },
    };
    json!({
        "path": row.path,
        "name": row.name,
        "id": row.id.as_ref().map(RowId::as_str),
        "change": row.change,
        "returned": returned,
        "why": why,
    })
}

fn case(case: &CaseComparison) -> Value {
    let verdict = |result: &CaseResult| result.verdict.as_str();
    let opened = |result: &CaseResult| result.telling().and_then(|attempt| attempt.conversation_id.clone());
    let turns: Vec<Value> = case
        .changed_turns()
        .iter()
        .map(|turn| json!({ "say": turn.say, "before": turn.before, "after": turn.after }))
        .collect();
    json!({
        "suite": case.before.suite,
        "case": case.before.case,
        "channel": case.before.channel,
        "change": case.change.as_str(),
        "before": verdict(&case.before),
        "after": case.after.as_ref().map(verdict),
        "conversation_before": opened(&case.before),
        "conversation_after": case.after.as_ref().and_then(opened),
        "turns": turns,
    })
}

fn totals(totals: ChangeTotals) -> Value {
    let each = CaseChange::ALL.map(|change| (change.as_str().to_owned(), Value::from(totals.how_many(change))));
    Value::Object(each.into_iter().collect())
}
