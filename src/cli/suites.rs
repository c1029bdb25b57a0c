//! `test`: asks suites of conversations, and says what doesn't hold.

use std::path::Path;

use tokio::sync::{mpsc, watch};

use super::args::{Cli, TestArgs, TestCommand};
use super::output::{Output, Stop};
use super::signals::Signals;
use super::{json, review, suite_report};
use crate::domain::{CaseResult, CaseVerdict, ChannelName, Failure, Kind, shell_word};
use crate::runtime::{
    ChangedAnswer, Runtime, SuitePlan, SuiteProgress, SuiteReport, SuiteRun, SuiteWatch, keep_answers, load_suites,
};

/// Runs suites, or lists what they would ask.
pub(super) async fn run(cli: &Cli, args: &TestArgs, output: &mut Output) -> Result<(), Stop> {
    if let Some(TestCommand::Review(args)) = &args.command {
        return review::run(args, output).await;
    }
    let mut signals = Signals::new()?;
    // What is wrong with a suite is told before anything is opened.
    let suites = load_suites(&args.suites)?;
    let runtime = Runtime::open_any(&cli.setup())?;
    let run = SuiteRun {
        suites,
        channel: cli.channel.as_ref().map(ChannelName::new),
        jobs: usize::from(args.jobs),
        only: args.only.clone(),
        repeat: args.repeat,
        fail_fast: args.fail_fast,
        max_messages: args.max_messages,
        resume: args.resume,
    };
    let result = if args.dry_run {
        match runtime.plan_suites(&run) {
            Ok(plan) => list(&plan, output),
            Err(failure) => Err(failure.into()),
        }
    } else {
        ask(&runtime, &run, args, &mut signals, output).await
    };
    runtime.close().await;
    result
}

fn list(plan: &SuitePlan, output: &mut Output) -> Result<(), Stop> {
    if output.is_json() {
        return output.json(&json::suite_plan(plan));
    }
    for (suite, channel, case, messages) in plan.each() {
        output.line(&format!("{messages:>4}  {suite}/{case}  {channel}"))?;
    }
    output.aside(&format!("{} cases, at most {} messages; nobody was asked", plan.cases(), plan.messages()));
    Ok(())
}

/// Asks, tells each case as it ends, and then what came of all.
async fn ask(
    runtime: &Runtime,
    run: &SuiteRun,
    args: &TestArgs,
    signals: &mut Signals,
    output: &mut Output,
) -> Result<(), Stop> {
    let (cancel, cancelled) = watch::channel(false);
    let (to, mut from) = mpsc::unbounded_channel();
    let asked = {
        let running = runtime.run_suites(run, SuiteWatch { to, cancelled });
        let mut teller = Teller { output, cases: 0, done: 0, missed: 0, trouble: None };
        let shown = async {
            let mut running = std::pin::pin!(running);
            let ended = loop {
                tokio::select! {
                    ended = &mut running => break ended,
                    Some(progress) = from.recv() => {
                        teller.tell(progress);
                        // Nobody reads it any more: what is under way is finished, and no more is asked.
                        if teller.trouble.is_some() {
                            cancel.send_replace(true);
                        }
                    }
                }
            };
            while let Ok(progress) = from.try_recv() {
                teller.tell(progress);
            }
            (ended, teller.trouble.take())
        };
        signals.wind_up(&cancel, shown).await
    };
    output.progress("");
    let (report, trouble) = asked?;
    let report = report?;
    if let Some(trouble) = trouble {
        return Err(trouble);
    }
    end(&report, args, output)
}

/// Writes what was asked for, and says how it went.
fn end(report: &SuiteReport, args: &TestArgs, output: &mut Output) -> Result<(), Stop> {
    // What can't be written takes nothing from what is told.
    let junit = args.junit.as_ref().map_or(Ok(()), |file| write(file, &suite_report::junit(report)));
    let kept = args.keep.as_ref().map(|dir| keep_answers(dir, &report.results, args.accept));
    let (changed, kept) = match kept {
        None => (None, Ok(())),
        Some(Ok(changed)) => (Some(changed), Ok(())),
        Some(Err(failure)) => (None, Err(failure)),
    };
    if output.is_json() {
        let names: Option<Vec<String>> =
            changed.map(|changed| changed.into_iter().map(|answer| answer.name).collect());
        output.json(&json::suite_totals(report, names.as_deref()))?;
    } else {
        tell_changed(changed.unwrap_or_default().as_slice(), args, output)?;
        output.line(&suite_report::totals(report))?;
    }
    junit.and(kept)?;
    report.failure().map_or(Ok(()), |failure| Err(failure.into()))
}

/// The answers that are other ones than those that are kept, and what to do about them.
fn tell_changed(changed: &[ChangedAnswer], args: &TestArgs, output: &mut Output) -> Result<(), Stop> {
    for answer in changed {
        let text = review::shown(answer, output);
        output.exact(&text)?;
    }
    match &args.keep {
        Some(dir) if !changed.is_empty() && !args.accept => {
            let dir = shell_word(&dir.to_string_lossy());
            output.aside(&format!("{}; look: patchcord test review {dir}", answers(changed.len())));
        }
        Some(_) if !changed.is_empty() => output.aside(&format!("{}, kept as it came", answers(changed.len()))),
        _ => {}
    }
    Ok(())
}

fn answers(count: usize) -> String {
    if count == 1 { "1 answer changed".to_owned() } else { format!("{count} answers changed") }
}

fn write(file: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(file, text)
        .map_err(|error| Failure::new(Kind::Failed, format!("{} can't be written: {error}", file.display())))
}

/// Tells what happens as it does.
struct Teller<'o> {
    output: &'o mut Output,
    cases: usize,
    done: usize,
    missed: usize,
    trouble: Option<Stop>,
}

impl Teller<'_> {
    fn tell(&mut self, progress: SuiteProgress) {
        match progress {
            SuiteProgress::Began { cases, judged, unfinished } => {
                self.cases = cases;
                if judged > 0 {
                    self.aside(&format!("{judged} of {cases} cases were judged before"));
                }
                for case in unfinished {
                    self.aside(&format!(
                        "\"{case}\" was under way when the last run ended: what it said may have arrived; it is asked \
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
                self.ended(&result);
            }
        }
        let bar = bar(self.done, self.cases, self.missed);
        self.output.progress(&bar);
    }

    fn ended(&mut self, result: &CaseResult) {
        if self.trouble.is_some() {
            return;
        }
        self.output.progress("");
        let told = if self.output.is_json() {
            self.output.json(&json::suite_case(result))
        } else {
            let text = suite_report::case(result, self.output.styles());
            self.output.exact(&text)
        };
        self.trouble = told.err();
    }

    fn aside(&mut self, text: &str) {
        self.output.progress("");
        if !self.output.is_json() {
            self.output.aside(text);
        }
    }
}

/// `[#####.....] 10 of 20, 1 missed`: short enough for the narrowest terminal, which would keep what is wrapped.
pub(super) fn bar(done: usize, all: usize, missed: usize) -> String {
    const WIDTH: usize = 10;
    let filled = (done * WIDTH).checked_div(all).unwrap_or(0).min(WIDTH);
    let missed = if missed > 0 { format!(", {missed} missed") } else { String::new() };
    format!("[{}{}] {done} of {all}{missed}", "#".repeat(filled), ".".repeat(WIDTH - filled))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_fits_into_forty_columns() {
        assert_eq!(bar(0, 0, 0), "[..........] 0 of 0");
        assert_eq!(bar(10, 20, 1), "[#####.....] 10 of 20, 1 missed");
        assert_eq!(bar(20, 20, 0), "[##########] 20 of 20");
        assert!(bar(9_999, 9_999, 9_999).len() < 40);
    }
}
