//! What a guarded push ends with before its end.

use super::record::Record;
use super::report::GuardPhase;
use crate::domain::{Failure, Kind};
use crate::runtime::suites::SuiteReport;

/// A run that isn't whole, as a failure.
pub(super) fn untold(asked: &SuiteReport, sure: &str) -> Result<(), Failure> {
    match asked.failure() {
        Some(failure) if failure.kind != Kind::Tests || asked.totals().errors + asked.totals().skipped > 0 => {
            let failure = if failure.kind == Kind::Tests { first_error(asked).unwrap_or(failure) } else { failure };
            Err(Failure { hint: None, ..failure }.hint(sure))
        }
        _ => Ok(()),
    }
}

/// Why the first case that can't be told can't be.
fn first_error(asked: &SuiteReport) -> Option<Failure> {
    let errors = asked.totals().errors;
    let error = asked.results.iter().find_map(|result| result.error())?;
    let what = format!("{errors} of {} cases could not be told: {}", asked.results.len(), error.message);
    Some(Failure::new(error.kind, what))
}

/// That a run is unfinished: how far it is, and how it is taken up.
pub(super) fn unfinished(last: &Record) -> Failure {
    let state = &last.state;
    let (rows, back) = (state.rows.len(), state.returned.iter().flatten().filter(|how| how.is_back()).count());
    let many = |rows: usize| if rows == 1 { "1 row".to_owned() } else { format!("{rows} rows") };
    let are = if rows == 1 { "is" } else { "are" };
    let far = match state.phase {
        GuardPhase::Before => "it was asking before the change, and nothing was changed".to_owned(),
        GuardPhase::Applying => format!("it was changing {}, and some may be changed", many(rows)),
        GuardPhase::Syncing => format!("{} {are} pushed, and the sync is not known to have ended", many(rows)),
        GuardPhase::After => format!("{} {are} pushed and synced, and it was asking after the change", many(rows)),
        GuardPhase::Undoing => format!("it was putting back {}, and {back} are known to be back", many(rows)),
        GuardPhase::SyncingAgain | GuardPhase::Done => {
            format!("{back} of {} are put back, and the sync is not known to have ended", many(rows))
        }
    };
    let what = format!("the run around this data source of {} is unfinished: {far}", state.wanted.at);
    let hint = "`sources push ID DIR --resume` goes on; --resume=undo puts its rows back; --resume=leave ends it as it \
                stands. Nothing was done now.";
    Failure::new(Kind::Invalid, what).hint(hint)
}
