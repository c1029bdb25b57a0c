//! The shapes of what is told of suites.

use serde_json::{Value, json};

use crate::domain::CaseResult;
use crate::runtime::{ChangedAnswer, SuitePlan, SuiteReport};

/// `test --dry-run`.
pub(in crate::cli) fn suite_plan(plan: &SuitePlan) -> Value {
    let cases: Vec<Value> = plan
        .each()
        .map(|(suite, channel, case, messages)| {
            json!({ "suite": suite, "case": case, "channel": channel.as_str(), "messages": messages })
        })
        .collect();
    json!({ "planned": cases, "messages": plan.messages() })
}

/// `test`, once a case.
pub(in crate::cli) fn suite_case(result: &CaseResult) -> Value {
    let mut document = json!({ "event": "case" });
    if let (Some(document), Ok(Value::Object(fields))) = (document.as_object_mut(), serde_json::to_value(result)) {
        document.extend(fields);
    }
    document
}

/// `test`, last. `changed` are the names of the cases whose kept answers are other ones now; none where none are kept.
pub(in crate::cli) fn suite_totals(report: &SuiteReport, changed: Option<&[String]>) -> Value {
    let totals = report.totals();
    json!({
        "event": "tests",
        "cases": totals.cases,
        "passed": totals.passed,
        "failed": totals.failed,
        "errors": totals.errors,
        "skipped": totals.skipped,
        "messages": totals.messages,
        "ms": report.ms,
        "changed": changed,
    })
}

/// `test review`.
pub(in crate::cli) fn reviewed(accepted: &[String], refused: &[String], waiting: &[ChangedAnswer]) -> Value {
    let waiting: Vec<Value> = waiting
        .iter()
        .map(|answer| {
            let file = answer.file.to_string_lossy();
            json!({ "name": answer.name, "file": file, "old": answer.old, "new": answer.new })
        })
        .collect();
    json!({ "accepted": accepted, "refused": refused, "waiting": waiting })
}
