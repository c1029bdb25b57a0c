//! The loop: wait for a line or for what happens, update, perform, tell.

use std::io;
use std::pin::pin;
use std::time::{Duration, Instant};

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, JoinSet};

use super::chat::ToldChat;
use super::lines::Lines;
use super::out::Out;
use super::page::ToldPage;
use crate::app::{Action, Clip, Copied, Effect, Event, Notice, State, begin, update};
use crate::domain::Timestamp;
use crate::runtime::{Clipboard, Errand, Loan, LoanResult, Performer, Runtime, job};
use crate::ui::Plain;

/// What happens within that time is told together.
const TOGETHER: Duration = Duration::from_millis(120);
/// A script's next line is read once nothing has happened for so long.
const QUIET: Duration = Duration::from_millis(400);
/// How often what counts down is looked at.
const MINUTE: Duration = Duration::from_mins(1);

/// The signals that are heard.
pub(super) struct Signals {
    interrupt: Signal,
    end: [(Signal, u8); 2],
    stop: Signal,
}

impl Signals {
    pub(super) fn new() -> io::Result<Self> {
        let end =
            |kind: SignalKind| Ok::<_, io::Error>((signal(kind)?, u8::try_from(kind.as_raw_value()).unwrap_or(15)));
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            end: [end(SignalKind::terminate())?, end(SignalKind::hangup())?],
            stop: signal(SignalKind::from_raw(job::STOP))?,
        })
    }
}

/// How it ended.
pub(super) enum Leaving {
    Quit,
    Signal(u8),
}

/// All that there is.
pub(super) struct Session {
    pub(super) runtime: Runtime,
    pub(super) opened: job::Opened,
    pub(super) state: State,
    pub(super) plain: Plain,
    pub(super) performer: Performer,
    pub(super) out: Out,
    pub(super) chat: ToldChat,
    pub(super) page: ToldPage,
    pub(super) notice: Option<Notice>,
    pub(super) news: (usize, usize),
    pub(super) picked: Option<u64>,
    pub(super) found: Option<(Option<usize>, usize)>,
    pub(super) wakes: Vec<Timestamp>,
    pub(super) clipboard: Clipboard,
    pub(super) copies: JoinSet<(Clip, Result<(), String>)>,
    /// Who has the terminal meanwhile, and what will come of it.
    pub(super) away: Option<(Errand, JoinHandle<LoanResult>)>,
    /// A line that goes on with the next.
    pub(super) unfinished: String,
    /// When it is told what happened.
    pub(super) due: Option<Instant>,
    /// Whether the user asked for something since it was told last.
    pub(super) asked: bool,
    pub(super) happened: Instant,
    /// Whether the user wants to quit, and a reply has to end first.
    pub(super) quitting: bool,
    /// Whether no more lines come.
    pub(super) at_end: bool,
    pub(super) ended: Option<Leaving>,
}

impl Session {
    pub(super) fn new(runtime: Runtime, opened: job::Opened, state: State, performer: Performer, out: Out) -> Self {
        Self {
            runtime,
            opened,
            state,
            plain: Plain::new(),
            performer,
            out,
            chat: ToldChat::default(),
            page: ToldPage::default(),
            notice: None,
            news: (0, 0),
            picked: None,
            found: None,
            wakes: Vec::new(),
            clipboard: Clipboard::new(|name| std::env::var(name).ok()),
            copies: JoinSet::new(),
            away: None,
            unfinished: String::new(),
            due: None,
            asked: false,
            happened: Instant::now(),
            quitting: false,
            at_end: false,
            ended: None,
        }
    }

    /// Runs to its end: the number of the signal that ended it, none where the user did.
    pub(super) async fn run(
        mut self,
        mut inbox: mpsc::Receiver<Event>,
        mut lines: Lines,
        mut signals: Signals,
    ) -> io::Result<Option<u8>> {
        self.out.line("Patchcord, line by line. /help tells what can be done, /quit ends it.")?;
        let first = begin(&mut self.state);
        self.perform(first)?;
        let warm = self.runtime.clone();
        tokio::spawn(async move { warm.warm().await });
        self.performer.listen();
        self.due = Some(Instant::now());
        loop {
            if let Some(ended) = self.ended.take() {
                if let Some((errand, away)) = self.away.take() {
                    // What is written there is kept too.
                    self.handle_event(errand.ended(away.await))?;
                }
                self.handle_event(Event::Ending)?;
                self.performer.stop_all();
                self.out.end()?;
                return Ok(if let Leaving::Signal(number) = ended { Some(number) } else { None });
            }
            self.ask(&mut lines);
            let due = pin!(sleep_until(self.due));
            let wake = pin!(tokio::time::sleep(self.until_wake()));
            let quiet = pin!(sleep_until(self.waits_for_quiet().then(|| self.happened + QUIET)));
            let [(terminate, one), (hangup, two)] = &mut signals.end;
            tokio::select! {
                biased;
                _ = terminate.recv() => self.ended = Some(Leaving::Signal(*one)),
                _ = hangup.recv() => self.ended = Some(Leaving::Signal(*two)),
                _ = signals.interrupt.recv() => {
                    // While an editor is open, the key is the editor's.
                    if self.away.is_none() {
                        self.unfinished.clear();
                        self.ask_for(Event::Action(Action::Interrupt))?;
                    }
                }
                _ = signals.stop.recv() => if job::is_continued() { self.opened.stop()? },
                line = lines.next(), if !self.at_end => match line {
                    Some(line) => self.entered(&line)?,
                    None => self.at_end = true,
                },
                edited = async { match &mut self.away { Some((_, away)) => away.await, None => std::future::pending().await } } => {
                    let Some((errand, _)) = self.away.take() else { continue };
                    self.ask_for(errand.ended(edited))?;
                }
                Some(event) = inbox.recv() => {
                    self.handle_event(event)?;
                    while let Ok(event) = inbox.try_recv() {
                        self.handle_event(event)?;
                    }
                    self.tell_soon();
                }
                Some(Ok((clip, answer))) = self.copies.join_next() => match answer {
                    Ok(()) => self.ask_for(Event::Copied(clip, Copied::Desktop))?,
                    Err(_) => self.perform(vec![Effect::WriteClip(clip)])?,
                },
                () = due, if self.due.is_some() && self.away.is_none() => self.tell()?,
                () = quiet, if self.waits_for_quiet() => {
                    self.happened = Instant::now();
                    if self.at_end {
                        self.ended = Some(Leaving::Quit);
                    } else {
                        lines.ask();
                    }
                },
                () = wake => {
                    let now = Timestamp::now();
                    self.wakes.retain(|at| *at > now);
                    self.handle_event(Event::Tick)?;
                    self.tell_soon();
                }
            }
        }
    }

    /// Asks for the next line, where one can be written.
    fn ask(&self, lines: &mut Lines) {
        if self.out.is_interactive() && self.away.is_none() && !self.at_end && self.ended.is_none() {
            lines.ask();
        }
    }

    /// Whether a script's next line, or its end, waits until nothing happens any more.
    fn waits_for_quiet(&self) -> bool {
        let live = self.state.channels.iter().any(|channel| channel.turns.values().any(|turn| turn.live));
        (self.at_end || !self.out.is_interactive()) && !live && self.due.is_none() && self.away.is_none()
    }

    fn until_wake(&self) -> Duration {
        let now = Timestamp::now();
        self.wakes.iter().min().map_or(MINUTE, |at| Duration::from_millis(at.since(now)))
    }

    pub(super) fn tell_soon(&mut self) {
        self.happened = Instant::now();
        self.due.get_or_insert_with(|| Instant::now() + TOGETHER);
    }

    /// What the user asked for happens.
    pub(super) fn ask_for(&mut self, event: Event) -> io::Result<()> {
        self.asked = true;
        self.tell_soon();
        self.handle_event(event)
    }

    pub(super) fn handle_event(&mut self, event: Event) -> io::Result<()> {
        let effects = update(&mut self.state, event, Timestamp::now());
        self.performer.watch(&self.state);
        self.perform(effects)
    }

    pub(super) fn perform(&mut self, effects: Vec<Effect>) -> io::Result<()> {
        for effect in effects {
            match effect {
                Effect::Quit => self.ended = Some(Leaving::Quit),
                Effect::Redraw | Effect::Mouse(_) | Effect::Configure(..) => {}
                Effect::Wake(at) => self.wakes.push(at),
                Effect::Suspend if job::is_continued() => self.opened.stop()?,
                Effect::Suspend => self.handle_event(Event::NotSuspended)?,
                // No escape sequence goes to this terminal: without a desktop a copy is a file.
                Effect::Copy(clip) if self.clipboard.has_desktop() => {
                    let asked = self.clipboard.desktop(clip.text.clone());
                    self.copies.spawn(async move { (clip, asked.await.map_err(|why| why.to_string())) });
                }
                Effect::Copy(clip) => self.perform(vec![Effect::WriteClip(clip)])?,
                other => match Loan::from_effect(other, &self.runtime) {
                    Ok(loan) => self.lend_to(loan)?,
                    Err(other) => self.performer.perform(&self.state.channel().info.name, *other),
                },
            }
        }
        Ok(())
    }

    /// Lends the terminal to a program of the user's own.
    fn lend_to(&mut self, loan: Loan) -> io::Result<()> {
        if !self.out.is_interactive() {
            return self.out.say("Problem", "That needs a terminal: an editor, a pager or a browser draws on it.");
        }
        if let Some(waiting) = &loan.waiting {
            self.out.line(waiting)?;
        }
        self.away = Some(loan.begin());
        Ok(())
    }
}

async fn sleep_until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}
