//! What the Log view asks for: the log is read by a task of its own, file by file on a thread that may wait for a disk, and
//! followed as long as the view is seen.

use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use crate::app::webhooks::pretty;
use crate::app::{Event, LogEffect, LogEvent, RanAgain};
use crate::domain::{Failure, Kind, LoggedCall, SafeText};
use crate::http::HttpError;
use crate::runtime::watched::Watched;
use crate::runtime::{CallFollower, CallNews, CallPages, Runtime};

/// How often it is looked for new calls.
const LOOK: Duration = Duration::from_millis(250);
/// So much of an answer is read, so much of it is shown, and so long is waited for it.
const ANSWER: (usize, usize, Duration) = (4 * 1024 * 1024, 64 * 1024, Duration::from_secs(20));

/// Reads the log, once it is asked to.
#[derive(Default)]
pub(super) struct LogReader {
    asks: Option<mpsc::UnboundedSender<LogEffect>>,
}

impl LogReader {
    /// Starts what the effect asks for.
    pub(super) fn perform(&mut self, runtime: &Runtime, events: &mpsc::Sender<Event>, effect: LogEffect) {
        if let LogEffect::RunAgain(key, call) = effect {
            let (runtime, events) = (runtime.clone(), events.clone());
            // Nobody waits for it at the end: nothing is changed by it.
            tokio::spawn(async move {
                let result = run_again(&runtime, &call).await;
                tell(&events, LogEvent::RanAgain(key, result)).await;
            });
            return;
        }
        let asks = self.asks.get_or_insert_with(|| {
            let (asks, asked) = mpsc::unbounded_channel();
            tokio::spawn(read(runtime.clone(), events.clone(), asked));
            asks
        });
        // It ends with the screen.
        let _ = asks.send(effect);
    }
}

async fn tell(events: &mpsc::Sender<Event>, event: LogEvent) {
    // Where nobody is left to be told, the program ends.
    let _ = events.send(Event::Log(event)).await;
}

/// Where the log is read and followed.
struct Reading {
    pages: CallPages,
    follower: CallFollower,
    /// How many calls were told.
    told: usize,
}

/// Does what is asked, and looks for new calls while the view is seen.
async fn read(runtime: Runtime, events: mpsc::Sender<Event>, mut asked: mpsc::UnboundedReceiver<LogEffect>) {
    let mut reading: Option<Reading> = None;
    loop {
        let follows = reading.is_some() && runtime.watched(Watched::sees_calls);
        let ask = tokio::select! {
            biased;
            ask = asked.recv() => match ask {
                Some(ask) => Some(ask),
                None => return,
            },
            () = tokio::time::sleep(LOOK), if follows => None,
        };
        let done = match ask {
            Some(LogEffect::Begin { ticket, limit }) => {
                reading = None;
                off_thread(move || {
                    let pages = CallPages::from_the_end()?;
                    let follower = CallFollower::behind(&pages)?;
                    page(Reading { pages, follower, told: 0 }, ticket, limit)
                })
                .await
            }
            Some(LogEffect::Older { ticket, loaded, limit }) => match reading.take() {
                Some(open) => off_thread(move || page(behind(open, loaded)?, ticket, limit)).await,
                None => continue,
            },
            // What was made since is told at once.
            Some(LogEffect::Follow | LogEffect::RunAgain(..)) | None => match reading.take() {
                Some(open) => off_thread(move || news(open)).await,
                None => continue,
            },
        };
        let event = match done {
            Ok((open, event)) => {
                reading = Some(open);
                event
            }
            Err(failure) => Some(LogEvent::Failed(failure)),
        };
        if let Some(event) = event {
            tell(&events, event).await;
        }
    }
}

type Done = Result<(Reading, Option<LogEvent>), Failure>;

async fn off_thread(work: impl FnOnce() -> Done + Send + 'static) -> Done {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|_| Err(Failure::new(Kind::Failed, "Reading the log ended unexpectedly.")))
}

/// Goes back to behind those that are loaded, where some of the others were forgotten.
fn behind(mut reading: Reading, loaded: usize) -> Result<Reading, Failure> {
    if loaded < reading.told {
        reading.pages = CallPages::from_the_end()?;
        reading.told = 0;
        while reading.told < loaded && reading.pages.older()?.is_some() {
            reading.told += 1;
        }
    }
    Ok(reading)
}

fn page(mut reading: Reading, ticket: u64, limit: usize) -> Done {
    let mut calls = Vec::new();
    while calls.len() < limit
        && let Some(call) = reading.pages.older()?
    {
        calls.push(call);
    }
    reading.told += calls.len();
    let end = calls.len() < limit;
    Ok((reading, Some(LogEvent::Page { ticket, calls, end })))
}

fn news(mut reading: Reading) -> Done {
    let event = match reading.follower.news()? {
        CallNews::Calls(calls) if calls.is_empty() => None,
        CallNews::Calls(calls) => {
            reading.told += calls.len();
            Some(LogEvent::Came(calls))
        }
        CallNews::Far => Some(LogEvent::Outrun),
    };
    Ok((reading, event))
}

/// Makes a read again, and what it was answered fit to be shown.
async fn run_again(runtime: &Runtime, call: &LoggedCall) -> Result<RanAgain, Failure> {
    let started = Instant::now();
    let gone = || {
        let why =
            "Not enough is known of it: what a query or a body said is kept by the run that made it, for a while.";
        Failure::new(Kind::NotFound, why).hint("y copies it as curl.")
    };
    let answered = runtime.inner.http.again(call).await.ok_or_else(gone)?;
    let failed = |error: HttpError| Failure::new(Kind::Network, format!("It was not answered: {error}."));
    let mut response = answered.map_err(failed)?;
    let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let status = response.status();
    let body = response.bytes(ANSWER.0, ANSWER.2).await.map_err(failed)?;
    let (body, left_out) = shown(&body);
    Ok(RanAgain { status, ms, body, left_out })
}

/// A body as it is shown, and how many bytes of it are left out.
fn shown(body: &[u8]) -> (SafeText, usize) {
    let text = String::from_utf8_lossy(body);
    if let Some((laid_out, left_out)) = pretty(&text, ANSWER.1) {
        return (SafeText::new(&laid_out), left_out);
    }
    let end = text.floor_char_boundary(ANSWER.1);
    (SafeText::new(text.get(..end).unwrap_or_default()), text.len() - end)
}
