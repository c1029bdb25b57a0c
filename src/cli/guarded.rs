//! `sources push --test`: a push that suites guard, and which answers it changed.

use tokio::sync::{mpsc, watch};

use super::args::{Cli, PushArgs, Resume};
use super::output::{Output, Stop, Style, Styles};
use super::push_report::{count, counts, in_words, report};
use super::signals::Signals;
use super::sources::source;
use super::suite_report::{difference, line, one_line, quote, why};
use super::suites::bar;
use super::{confirm, json, suite_report};
use crate::domain::{CaseChange, CaseComparison, CaseVerdict, ChangeTotals, ChannelName, Failure, Kind, shell_word};
use crate::runtime::guarded::{
    GuardOutcome, GuardPhase, GuardPlan, GuardProgress, GuardReport, GuardResume, GuardWatch, GuardedPush, RowReturn,
};
use crate::runtime::{Runtime, SuiteProgress, load_suites};

/// So many changed answers are shown with their words; of the rest the names.
const SHOWN: usize = 50;

/// Runs one, takes one up, or says what one would do.
pub(super) async fn run(cli: &Cli, args: &PushArgs, output: &mut Output) -> Result<(), Stop> {
    let source = source(&args.place.id)?;
    // What is wrong with a suite is told before anything is opened.
    let suites = load_suites(&args.test)?;
    let mut wanted = GuardedPush {
        folder: args.place.dir.clone(),
        prune: args.prune,
        overwrite: args.overwrite,
        yes: args.yes,
        suites,
        asked: cli.channel.as_ref().map(ChannelName::new),
        jobs: usize::from(args.jobs),
        max_messages: args.max_messages,
        undo_on_broken: args.undo_on_broken,
    };
    let runtime = Runtime::open(&cli.setup())?;
    let result = Box::pin(async {
        if let Some(how) = args.resume {
            let how = match how {
                Resume::On => GuardResume::Continue,
                Resume::Undo => GuardResume::Undo,
                Resume::Leave => GuardResume::Leave,
            };
            let work = async |watch: &GuardWatch| runtime.resume_guarded(&source, &wanted, how, watch).await;
            let told = work_shown(output, work).await?;
            return end(&told, cli, args, output);
        }
        if !args.dry_run {
            runtime.no_guarded(&source)?;
        }
        // What would be pushed is looked at before anybody is asked: a conflict is no reason to spend messages.
        let plan = work_shown(output, async |watch: &GuardWatch| runtime.plan_guarded(&source, &wanted, watch).await)
            .await?;
        if args.dry_run {
            return planned(plan, cli, output);
        }
        if !plan.pushed.is_clean() {
            return report(plan.pushed, (true, cli.verbose > 0), NOBODY, output);
        }
        if let Some((deleted, of)) = plan.pushed.ask {
            let (deleted, of) = (count(deleted), count(of));
            let needs = format!("{deleted} of {of} rows would be deleted: more than half needs");
            let question = format!("{deleted} of {of} rows would be deleted. Delete them?");
            confirm::wanted(false, (&needs, &question), &mut Signals::new()?, output).await?;
            wanted.yes = true;
        }
        let work = async |watch: &GuardWatch| {
            if plan.pushed.changed() == 0 {
                return Ok(None);
            }
            runtime.push_guarded(&source, &wanted, watch).await.map(Some)
        };
        match work_shown(output, work).await? {
            Some(told) => end(&told, cli, args, output),
            None if output.is_json() => output.json(&json::guarded_nothing(&source)),
            None => {
                output.aside("nothing to push: nobody was asked");
                Ok(())
            }
        }
    })
    .await;
    runtime.close().await;
    result
}

const NOBODY: &str = "Nobody was asked, and nothing was changed. `patchcord sources diff` shows how they differ.";

/// Does the work and shows how far it is. The first signal winds it up, the second drops it.
async fn work_shown<T>(
    output: &mut Output,
    work: impl AsyncFnOnce(&GuardWatch) -> Result<T, Failure>,
) -> Result<T, Stop> {
    let mut signals = Signals::new()?;
    let (cancel, cancelled) = watch::channel(false);
    let (to, mut from) = mpsc::unbounded_channel();
    let watch = GuardWatch { to, cancelled };
    let result = {
        let mut teller = Teller { output, phase: GuardPhase::Before, cases: 0, done: 0, missed: 0, trouble: None };
        let shown = async {
            let mut working = std::pin::pin!(work(&watch));
            let result = loop {
                tokio::select! {
                    biased;
                    Some(progress) = from.recv() => teller.tell(progress),
                    result = &mut working => break result,
                }
            };
            while let Ok(progress) = from.try_recv() {
                teller.tell(progress);
            }
            (result, teller.trouble.take())
        };
        signals.wind_up(&cancel, shown).await
    };
    output.progress("");
    let (result, trouble) = result.map_err(dropped)?;
    let result = result?;
    trouble.map_or(Ok(result), Err)
}

/// What a second Ctrl+C leaves.
fn dropped(stop: Stop) -> Stop {
    match stop {
        Stop::Failure(failure) if failure.kind == Kind::Interrupted => {
            failure.hint("What is done is written down: `sources push ID DIR --resume` goes on.").into()
        }
        other => other,
    }
}

/// Tells what happens as it does.
struct Teller<'o> {
    output: &'o mut Output,
    phase: GuardPhase,
    cases: usize,
    done: usize,
    missed: usize,
    trouble: Option<Stop>,
}

impl Teller<'_> {
    fn tell(&mut self, progress: GuardProgress) {
        match progress {
            GuardProgress::Phase(phase) => {
                (self.phase, self.done, self.missed) = (phase, 0, 0);
                if self.output.is_json() && self.trouble.is_none() {
                    self.output.progress("");
                    self.trouble = self.output.json(&json::guarded_phase(phase)).err();
                }
            }
            GuardProgress::Rows(progress) => self.output.progress(&in_words(&progress)),
            GuardProgress::Cases(progress) => self.case(progress),
            GuardProgress::Asked(report) => {
                let when = if self.phase == GuardPhase::Before { "before" } else { "after" };
                self.aside(&format!("{when}: {}", suite_report::totals(&report)));
            }
            GuardProgress::Pushed(rows) => self.aside(&format!("pushed: {}", rows_in_words(rows))),
            GuardProgress::Synced => {
                let again = if self.phase == GuardPhase::SyncingAgain { "synced again" } else { "synced" };
                self.aside(again);
            }
        }
    }

    fn case(&mut self, progress: SuiteProgress) {
        match progress {
            SuiteProgress::Began { cases, judged, unfinished } => {
                self.cases = cases;
                if judged > 0 {
                    self.aside(&format!("{judged} of {cases} cases were answered before"));
                }
                for case in unfinished {
                    self.aside(&format!(
                        "\"{case}\" was under way when the run was cut off: what it said may have arrived; it is asked \
                         anew, in another conversation"
                    ));
                }
            }
            SuiteProgress::CaseBegan { .. } => {}
            SuiteProgress::Waiting { case, seconds, why } => {
                if self.output.err_is_terminal() {
                    self.aside(&format!("{case}: {why}; trying again in {seconds} s"));
                }
            }
            SuiteProgress::CaseEnded(result) => {
                self.done += 1;
                self.missed += usize::from(result.verdict != CaseVerdict::Passed);
                let when = if self.phase == GuardPhase::Before { "before" } else { "after" };
                let bar = bar(self.done, self.cases, self.missed);
                self.output.progress(&format!("{when} {bar}"));
            }
        }
    }

    fn aside(&mut self, text: &str) {
        self.output.progress("");
        if !self.output.is_json() {
            self.output.aside(text);
        }
    }
}

fn rows_in_words(rows: usize) -> String {
    if rows == 1 { "1 row".to_owned() } else { format!("{} rows", count(rows)) }
}

/// What it would push and cost.
fn planned(plan: GuardPlan, cli: &Cli, output: &mut Output) -> Result<(), Stop> {
    if output.is_json() {
        output.json(&json::guarded_plan(&plan))?;
        if plan.pushed.is_clean() {
            return Ok(());
        }
        let conflicts = || Failure::new(Kind::Failed, "not all rows could be pushed");
        return Err(Failure { hint: None, ..plan.pushed.cause.unwrap_or_else(conflicts) }.hint(NOBODY).into());
    }
    let (cases, messages) = (plan.suites.cases(), plan.messages());
    report(plan.pushed, (true, cli.verbose > 0), NOBODY, output)?;
    output.aside(&format!("{cases} cases, asked before and after: at most {messages} messages; nobody was asked"));
    Ok(())
}

/// Tells what came of it, and how it ends.
fn end(told: &GuardReport, cli: &Cli, args: &PushArgs, output: &mut Output) -> Result<(), Stop> {
    let failure = told.failure().map(|failure| going_on(failure, told, args));
    if output.is_json() {
        output.json(&json::guarded(told))?;
    } else {
        tell_cases(told, output)?;
        tell_rows(told, output);
    }
    if let Some(pushed) = told.pushed.clone().filter(|_| !output.is_json()) {
        // It names what could not be pushed, and says why it ended.
        let hint = failure.as_ref().and_then(|failure| failure.hint.clone()).unwrap_or_default();
        return match report(pushed, (false, cli.verbose > 0), &hint, output) {
            Err(Stop::Failure(failure)) => Err(Failure { hint: None, ..failure }.hint(hint).into()),
            other => other,
        };
    }
    failure.map_or(Ok(()), |failure| Err(failure.into()))
}

/// A failure that says how to go on, with the words to be typed.
fn going_on(failure: Failure, told: &GuardReport, args: &PushArgs) -> Failure {
    let (id, dir) = (shell_word(told.source.as_str()), shell_word(&args.place.dir.to_string_lossy()));
    if told.phase == GuardPhase::Done {
        return match failure.hint.clone() {
            Some(hint) => Failure { hint: None, ..failure }.hint(hint.replace("ID DIR", &format!("{id} {dir}"))),
            None => failure,
        };
    }
    let sure = failure.hint.clone().map(|hint| format!("{hint} ")).unwrap_or_default();
    let hint = format!(
        "{sure}`patchcord sources push {id} {dir} --resume` goes on; --resume=undo puts the rows back; --resume=leave \
         ends it as it stands."
    );
    Failure { hint: None, ..failure }.hint(hint)
}

fn tell_cases(told: &GuardReport, output: &mut Output) -> Result<(), Stop> {
    if told.cases.is_empty() {
        return Ok(());
    }
    let mut shown = 0;
    for change in CaseChange::ALL.into_iter().filter(|change| *change != CaseChange::Same) {
        for case in told.cases.iter().filter(|case| case.change == change) {
            let text = one(case, shown < SHOWN, output.styles());
            output.exact(&text)?;
            shown += 1;
        }
    }
    output.line(&format!("{}; {}", totals(&told.totals()), messages(told.messages)))
}

fn messages(many: u64) -> String {
    if many == 1 { "1 message".to_owned() } else { format!("{many} messages") }
}

/// `17 same, 2 changed, 1 broken`.
fn totals(totals: &ChangeTotals) -> String {
    let order = [
        CaseChange::Same,
        CaseChange::Changed,
        CaseChange::Mended,
        CaseChange::Broken,
        CaseChange::StillFailing,
        CaseChange::Untold,
    ];
    let all: Vec<(usize, &str)> = order.iter().map(|change| (totals.how_many(*change), change.in_words())).collect();
    counts(&all, "no cases")
}

/// One case in one line, and below it how its answer differs, and why it fails.
fn one(case: &CaseComparison, whole: bool, styles: Styles) -> String {
    let style = match case.change {
        CaseChange::Broken | CaseChange::Untold => Style::Red,
        CaseChange::StillFailing | CaseChange::Same => Style::Dim,
        CaseChange::Changed | CaseChange::Mended => Style::Bold,
    };
    let name = one_line(&format!("{}/{}", case.before.suite, case.before.case));
    let mut text = format!("{} {name}\n", styles.styled(&format!("{:<7}", case.change.in_words()), style));
    if !whole {
        return text;
    }
    for turn in case.changed_turns() {
        line(&mut text, &format!("said      {}", one_line(turn.say)));
        let (before, after) = (turn.before.unwrap_or_default(), turn.after.unwrap_or_default());
        quote(&mut text, &difference(before, after, styles));
    }
    if let Some(after) = case.after.as_ref().filter(|after| after.verdict != CaseVerdict::Passed) {
        // What came stands above where it is another answer.
        why(&mut text, after, case.change == CaseChange::StillFailing || case.change == CaseChange::Untold, styles);
    }
    text
}

/// What became of the rows where they were put back, or could not be.
fn tell_rows(told: &GuardReport, output: &mut Output) {
    let back = told.rows.iter().filter(|row| row.returned.as_ref().is_some_and(RowReturn::is_back)).count();
    for (row, how) in told.left() {
        let named = row.path.as_deref().unwrap_or(&row.name);
        output.aside(&format!("not put back: {}: {}", one_line(named), return_in_words(how)));
    }
    // While it is under way, each row of which nothing is known is named, too.
    if told.phase == GuardPhase::Undoing {
        for row in told.rows.iter().filter(|row| row.returned.is_none()) {
            let named = row.path.as_deref().unwrap_or(&row.name);
            output.aside(&format!("not put back: {}: not begun", one_line(named)));
        }
    }
    let (all, undone) = (told.rows.len(), told.outcome == Some(GuardOutcome::Undone));
    match told.outcome {
        _ if all == 0 => output.aside("no row was changed"),
        _ if undone && back == all => output.aside(&format!("put back: {}", rows_in_words(all))),
        _ if undone || told.phase >= GuardPhase::Undoing && told.outcome.is_none() => {
            output.aside(&format!("put back: {} of {}", count(back), rows_in_words(all)));
        }
        Some(GuardOutcome::Left) => output.aside("left as it stands"),
        _ => {}
    }
}

fn return_in_words(how: &RowReturn) -> String {
    match how {
        RowReturn::PutBack => "put back".to_owned(),
        RowReturn::NotPushed => "it was not pushed".to_owned(),
        RowReturn::ChangedSince => "somebody changed it since, so it was left as it is".to_owned(),
        RowReturn::DeletedSince => "somebody deleted it since".to_owned(),
        RowReturn::NotInJournal => "the undo journal doesn't have any more what it said".to_owned(),
        RowReturn::Refused(why) => one_line(why),
        RowReturn::Unknown(why) => format!("it may have been put back, since no answer came: {}", one_line(why)),
        RowReturn::NotBegun => "not begun".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Attempt, CaseResult, SuiteTurn};

    fn result(verdict: CaseVerdict, reply: &str) -> CaseResult {
        let turn = SuiteTurn {
            say: "How many?".to_owned(),
            reply: reply.to_owned(),
            finish: "stop".to_owned(),
            first_word_ms: None,
            reply_ms: None,
            quick_replies: Vec::new(),
            checks: Vec::new(),
        };
        let attempt = Attempt { verdict, conversation_id: None, turns: vec![turn], error: None };
        CaseResult {
            suite: "faq".to_owned(),
            case: "planets\u{7}".to_owned(),
            channel: "docs".to_owned(),
            verdict,
            messages: 1,
            ms: 1,
            attempts: vec![attempt],
        }
    }

    #[test]
    fn a_changed_answer_is_shown_word_by_word_and_nothing_raw() {
        let before = [result(CaseVerdict::Passed, "eight planets")];
        let after = [result(CaseVerdict::Passed, "nine planets\u{1b}[2J\u{202e}")];
        let compared = CaseComparison::of_runs(&before, &after);
        let text = one(&compared[0], true, Styles::plain());
        assert!(text.starts_with("changed faq/planets"), "{text}");
        assert!(text.contains("said      How many?\n") && text.contains("[-eight-]{+nine+}"), "{text}");
        assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{7}']), "{text:?}");
        assert_eq!(one(&compared[0], false, Styles::plain()).lines().count(), 1);
        assert_eq!(totals(&ChangeTotals::count(&compared)), "1 changed");
    }
}
