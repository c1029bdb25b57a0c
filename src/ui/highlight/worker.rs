//! The thread on which code is read, and the two ways to it. It begins with the first wish, and ends when there was
//! nothing to do for a while or when the library has grown: what that made of its patterns goes with the thread.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::THREAD;
use super::job::Job;
use super::reader::{Line, Patience, Reader};

/// How long the thread stays with nothing to do.
const REST: Duration = Duration::from_secs(30);
/// How often it tells what it has, while there is more to read.
const TELL: Duration = Duration::from_millis(30);

/// What comes back.
#[derive(Debug)]
pub(super) enum Answer {
    /// Lines, by the marks behind them.
    Lines(Vec<(u64, Line)>),
    /// All lines of a job were told.
    Done(u64),
    /// There is no such language, or it can't be read.
    Unknown(u64, String),
    /// The thread has ended. What it didn't answer it never will.
    Gone,
}

/// The way to the thread and back.
#[derive(Debug)]
pub(super) struct Link {
    notify: Arc<Notify>,
    patience: Patience,
    jobs: Option<Sender<Job>>,
    back: (Sender<Answer>, Receiver<Answer>),
}

impl Link {
    pub(super) fn new(notify: Arc<Notify>, patience: Patience) -> Self {
        Self { notify, patience, jobs: None, back: mpsc::channel() }
    }

    /// Whether there ever was a thread.
    #[cfg(test)]
    pub(super) fn is_used(&self) -> bool {
        self.jobs.is_some()
    }

    /// Asks, on a new thread if there is none. Where none can be made there are no colours.
    pub(super) fn ask(&mut self, job: Job) {
        let job = match self.jobs.as_ref().map(|jobs| jobs.send(job.clone())) {
            Some(Ok(())) => return,
            Some(Err(refused)) => refused.0,
            None => job,
        };
        let (jobs, waiting) = mpsc::channel();
        let back = Back { answers: self.back.0.clone(), notify: Arc::clone(&self.notify) };
        let (patience, name) = (self.patience, THREAD.to_owned());
        let thread = thread::Builder::new().name(name).spawn(move || serve(waiting, &back, patience));
        if thread.is_ok() && jobs.send(job).is_ok() {
            self.jobs = Some(jobs);
        }
    }

    /// What has come, if anything.
    pub(super) fn answer(&mut self) -> Option<Answer> {
        self.back.1.try_recv().ok()
    }
}

struct Back {
    answers: Sender<Answer>,
    notify: Arc<Notify>,
}

impl Back {
    /// Tells, and whether anybody listens.
    fn tell(&self, answer: Answer) -> bool {
        let heard = self.answers.send(answer).is_ok();
        self.notify.notify_one();
        heard
    }
}

fn serve(jobs: Receiver<Job>, back: &Back, patience: Patience) {
    let mut reader = Reader::new(patience);
    while !reader.is_worn() {
        match jobs.recv_timeout(REST) {
            Ok(job) => {
                // The library reads what others wrote, with patterns that others wrote.
                match catch_unwind(AssertUnwindSafe(|| work(&mut reader, &job, back))) {
                    Ok(true) => {}
                    Ok(false) => return,
                    Err(_) => {
                        back.tell(Answer::Unknown(job.id, job.language));
                        break;
                    }
                }
            }
            Err(RecvTimeoutError::Timeout) => break,
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
    // In this order: a wish that comes meanwhile is refused, or it is lost and that is told.
    drop(jobs);
    drop(reader);
    back.tell(Answer::Gone);
}

/// Does a job, and tells what it finds as it goes. Whether anybody listens.
fn work(reader: &mut Reader, job: &Job, back: &Back) -> bool {
    let (mut lines, mut told, mut heard) = (Vec::new(), Instant::now(), true);
    let known = reader.read(job, |mark, line| {
        lines.push((mark, line));
        if told.elapsed() >= TELL {
            told = Instant::now();
            heard = back.tell(Answer::Lines(std::mem::take(&mut lines)));
        }
        heard
    });
    if !known {
        return back.tell(Answer::Unknown(job.id, job.language.clone()));
    }
    heard && back.answers.send(Answer::Lines(lines)).is_ok() && back.tell(Answer::Done(job.id))
}
