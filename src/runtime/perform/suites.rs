//! What the Tests view asks for: its suites are read by a task of its own, on a thread that may wait for a disk, and read
//! again when they change as long as the view is seen; a run goes on whichever view is open.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use crate::app::{AnswerDeed, CaseId, Event, SuitesEffect, SuitesEvent};
use crate::config::add_case;
use crate::domain::{CaseResult, CaseVerdict, ChangedAnswer, Failure, Kind, Suite};
use crate::runtime::suites::Overview;
use crate::runtime::watched::Watched;
use crate::runtime::{
    Runtime, SuiteProgress, SuiteRun, SuiteWatch, accept_answer, keep_answers, load_suites, refuse_answer,
    restore_answer,
};

/// How often it is looked for changes.
const LOOK: Duration = Duration::from_secs(1);
/// So many cases are asked side by side.
const JOBS: usize = 4;

/// What is under way for the Tests view.
#[derive(Default)]
pub(super) struct Suites {
    asks: Option<mpsc::UnboundedSender<()>>,
    stop: Option<watch::Sender<bool>>,
    running: Arc<AtomicBool>,
    /// The files of suites that cases were added to: they are shown, whoever names them.
    made: Made,
}

type Made = Arc<Mutex<Vec<PathBuf>>>;

impl Suites {
    /// Starts what the effect asks for. Answers the task, where the program should wait for its end.
    pub(super) fn perform(
        &mut self,
        runtime: &Runtime,
        events: &mpsc::Sender<Event>,
        effect: SuitesEffect,
    ) -> Option<JoinHandle<()>> {
        let (runtime, events) = (runtime.clone(), events.clone());
        match effect {
            SuitesEffect::Load => {
                let (running, made) = (Arc::clone(&self.running), Arc::clone(&self.made));
                let asks = self.asks.get_or_insert_with(|| {
                    let (asks, asked) = mpsc::unbounded_channel();
                    tokio::spawn(follow(runtime, events, asked, (running, made)));
                    asks
                });
                // It ends with the screen.
                let _ = asks.send(());
                None
            }
            SuitesEffect::Run { run, cases } => {
                let (stop, stopped) = watch::channel(false);
                self.stop = Some(stop);
                let running = Arc::clone(&self.running);
                running.store(true, Ordering::Relaxed);
                Some(tokio::spawn(async move {
                    let began = Instant::now();
                    let ended = ask(&runtime, &events, run, &cases, &stopped).await;
                    running.store(false, Ordering::Relaxed);
                    let ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
                    let (changed, failure) = match ended {
                        Ok((changed, failure)) => (changed, failure),
                        Err(failure) => (0, Some(failure)),
                    };
                    tell(&events, SuitesEvent::RunEnded { run, ms, failure, changed }).await;
                }))
            }
            SuitesEffect::Stop => {
                self.stop_all();
                None
            }
            SuitesEffect::Accept(answer) => Some(tokio::spawn(decide(runtime, events, answer, true))),
            SuitesEffect::Refuse(answer) => Some(tokio::spawn(decide(runtime, events, answer, false))),
            SuitesEffect::Restore(answer) => Some(tokio::spawn(async move {
                let done = in_folder(&runtime, move |dir| restore_answer(dir, &answer)).await;
                tell(&events, SuitesEvent::Restored(done)).await;
            })),
            SuitesEffect::AddCase { path, channel, case } => {
                let made = Arc::clone(&self.made);
                Some(tokio::spawn(async move {
                    let name = case.name.clone();
                    let file = path.clone();
                    let added = tokio::task::spawn_blocking(move || add_case(&file, Some(&channel), &case));
                    let result = match added.await {
                        Ok(result) => result.map_err(Failure::from),
                        Err(_) => Err(Failure::new(Kind::Failed, "Writing the case ended unexpectedly.")),
                    };
                    if result.is_ok()
                        && let Ok(mut made) = made.lock()
                        && !made.contains(&path)
                    {
                        made.push(path.clone());
                    }
                    tell(&events, SuitesEvent::CaseAdded { path, name, result }).await;
                }))
            }
            // The terminal is lent to an editor for this: the floor above does it.
            SuitesEffect::Edit(_) => None,
        }
    }

    /// Begins no more cases.
    pub(super) fn stop_all(&mut self) {
        if let Some(stop) = &self.stop {
            stop.send_replace(true);
        }
    }
}

async fn tell(events: &mpsc::Sender<Event>, event: SuitesEvent) {
    // Where nobody is left to be told, the program ends.
    let _ = events.send(Event::Suites(event)).await;
}

/// Reads what there is when it is asked for, and when it changed while the view is seen.
async fn follow(
    runtime: Runtime,
    events: mpsc::Sender<Event>,
    mut asked: mpsc::UnboundedReceiver<()>,
    (running, made): (Arc<AtomicBool>, Made),
) {
    let (mut known, mut seen) = (Vec::new(), None);
    loop {
        let wanted = tokio::select! {
            biased;
            ask = asked.recv() => match ask {
                Some(()) => true,
                None => return,
            },
            () = tokio::time::sleep(LOOK) => false,
        };
        if !wanted && !runtime.watched(Watched::sees_suites) {
            continue;
        }
        // What this screen's own run writes down it tells by itself.
        let counted = !running.load(Ordering::Relaxed);
        let added = made.lock().map(|made| made.clone()).unwrap_or_default();
        let (there, files) = (runtime.clone(), std::mem::take(&mut known));
        let read = tokio::task::spawn_blocking(move || {
            let stamp = there.suites_stamp(&files, counted);
            let news = wanted || seen.as_ref() != Some(&(counted, stamp.clone()));
            let overview = news.then(|| there.suites_overview(&added));
            (overview, files, (counted, stamp))
        });
        let Ok((overview, files, stamp)) = read.await else { return };
        seen = Some(stamp);
        known = files;
        if let Some(overview) = overview {
            let paths: Vec<PathBuf> = overview.suites.iter().map(|suite| suite.path.clone()).collect();
            if paths != known {
                // Looked at by these from now on.
                let (there, files) = (runtime.clone(), paths.clone());
                let stamp = tokio::task::spawn_blocking(move || there.suites_stamp(&files, counted)).await;
                seen = stamp.ok().map(|stamp| (counted, stamp));
                known = paths;
            }
            let Overview { suites, answers, folder, problem } = overview;
            tell(&events, SuitesEvent::Loaded { suites, answers, folder, problem }).await;
        }
    }
}

/// Does something in the folder of kept answers.
async fn in_folder(
    runtime: &Runtime,
    work: impl FnOnce(&Path) -> Result<(), Failure> + Send + 'static,
) -> Result<(), Failure> {
    let Some(dir) = runtime.answers_folder() else {
        return Err(Failure::new(Kind::NotFound, "The config file names no folder for answers any more."));
    };
    let done = tokio::task::spawn_blocking(move || work(&dir)).await;
    done.unwrap_or_else(|_| Err(Failure::new(Kind::Failed, "Writing the answer ended unexpectedly.")))
}

async fn decide(runtime: Runtime, events: mpsc::Sender<Event>, answer: ChangedAnswer, accepted: bool) {
    let deed = AnswerDeed { answer: answer.clone(), accepted };
    let work = move |dir: &Path| if accepted { accept_answer(dir, &answer) } else { refuse_answer(dir, &answer) };
    let done = in_folder(&runtime, work).await;
    tell(&events, SuitesEvent::Answered(deed, done)).await;
}

/// The suites of these cases, in order, each with those cases alone.
fn suites_of(cases: &[CaseId]) -> Result<(Vec<Suite>, Vec<Suite>), Failure> {
    let mut paths: Vec<PathBuf> = Vec::new();
    for id in cases {
        if !paths.contains(&id.suite) {
            paths.push(id.suite.clone());
        }
    }
    let whole = load_suites(&paths)?;
    let mut meant = whole.clone();
    let wanted: std::collections::HashSet<(&Path, &str)> =
        cases.iter().map(|id| (id.suite.as_path(), id.case.as_str())).collect();
    for suite in &mut meant {
        let path = suite.path.clone();
        suite.cases.retain(|case| wanted.contains(&(path.as_path(), case.name.as_str())));
    }
    meant.retain(|suite| !suite.cases.is_empty());
    Ok((whole, meant))
}

/// Asks the cases, one suite after the other. Gives how many answers are not the kept ones, and why it ended before its end.
async fn ask(
    runtime: &Runtime,
    events: &mpsc::Sender<Event>,
    run: u64,
    cases: &[CaseId],
    stopped: &watch::Receiver<bool>,
) -> Result<(usize, Option<Failure>), Failure> {
    let (whole, meant) = suites_of(cases)?;
    let run_of = |suite: &Suite| SuiteRun { suites: vec![suite.clone()], jobs: JOBS, ..SuiteRun::default() };
    // What can't be asked is refused before anybody was.
    for suite in &meant {
        runtime.plan_suites(&run_of(suite))?;
    }
    let (mut results, mut failure) = (Vec::new(), None);
    for suite in &meant {
        if *stopped.borrow() || failure.is_some() {
            break;
        }
        let (to, mut from) = mpsc::unbounded_channel();
        let wanted = run_of(suite);
        let mut running = std::pin::pin!(runtime.run_suites(&wanted, SuiteWatch { to, cancelled: stopped.clone() }));
        let ended = loop {
            tokio::select! {
                biased;
                Some(progress) = from.recv() => report(events, run, &suite.path, progress).await,
                ended = &mut running => break ended,
            }
        };
        while let Ok(progress) = from.try_recv() {
            report(events, run, &suite.path, progress).await;
        }
        match ended {
            Ok(report) => {
                failure = report.stopped;
                results.extend(report.results);
            }
            Err(error) => failure = Some(error),
        }
    }
    let changed = match runtime.answers_folder() {
        None => 0,
        Some(dir) => {
            let results = with_the_others(&whole, results);
            let kept = tokio::task::spawn_blocking(move || keep_answers(&dir, &results, false)).await;
            match kept.unwrap_or_else(|_| Err(Failure::new(Kind::Failed, "Keeping the answers ended unexpectedly.")))
            {
                Ok(changed) => changed.len(),
                Err(error) => {
                    failure = failure.or(Some(error));
                    0
                }
            }
        }
    };
    Ok((changed, failure))
}

/// The results in the order of the suites' files, with those cases as skipped that were not asked: which file an answer has
/// depends on the names before it.
fn with_the_others(whole: &[Suite], results: Vec<CaseResult>) -> Vec<CaseResult> {
    let mut results: std::collections::HashMap<(String, String), CaseResult> =
        results.into_iter().map(|result| ((result.suite.clone(), result.case.clone()), result)).collect();
    let cases = whole.iter().flat_map(|suite| suite.cases.iter().map(move |case| (suite, case)));
    let skipped = |suite: &Suite, case: &str| CaseResult {
        suite: suite.name.clone(),
        case: case.to_owned(),
        channel: String::new(),
        verdict: CaseVerdict::Skipped,
        messages: 0,
        ms: 0,
        attempts: Vec::new(),
    };
    cases
        .map(|(suite, case)| {
            let key = (suite.name.clone(), case.name.clone());
            results.remove(&key).unwrap_or_else(|| skipped(suite, &case.name))
        })
        .collect()
}

async fn report(events: &mpsc::Sender<Event>, run: u64, suite: &Path, progress: SuiteProgress) {
    let id = |case: String| CaseId { suite: suite.to_owned(), case };
    let event = match progress {
        SuiteProgress::Began { .. } => return,
        SuiteProgress::CaseBegan { case } => SuitesEvent::CaseBegan(run, id(case)),
        SuiteProgress::Waiting { case, seconds, why } => SuitesEvent::Waiting { run, case, seconds, why },
        SuiteProgress::CaseEnded(result) => SuitesEvent::CaseEnded(run, id(result.case.clone()), result),
    };
    tell(events, event).await;
}
