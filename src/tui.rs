//! The terminal interface. Floor 6.
//!
//! Owns the terminal and the loop: wait, take all that is there, update, perform, draw once. One thread does screen,
//! input and network, so that no key and no delta crosses threads. Keys are drawn at once; what streams is drawn at
//! most once in 16 ms. It decides nothing: the core does.

mod away;
mod backend;
mod clipboard;
mod foreground;
mod grid;
mod input;
mod key_tester;
mod keyboard;
mod notify;
mod opening;
mod pen;
mod settings;
mod signals;
mod stale;
mod terminal;

use std::io::{self, IsTerminal};
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use termina::Event as Raw;
use termina::event::KeyEventKind;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;

use crate::app::{Effect, Event, Resume, State, TestedKey, begin, resume, update};
use crate::domain::{Colour, Failure, Kind, Timestamp};
use crate::runtime::{Clipboard, Loan, Notifier, Performer, Runtime, Setup, job};
use crate::ui::highlight::Colours;
use crate::ui::{Drawn, View, measured};
use away::Away;
use clipboard::CopyStep;
use keyboard::Keyboard;
use settings::rest;
use signals::{Signals, either};
use stale::Stale;
use terminal::{Terminal, Wishes};

/// How often relative times are brought up to date.
const MINUTE: Duration = Duration::from_mins(1);
/// The number of the signal of a terminal that has gone.
const HANGUP: u8 = 1;
/// How many events may wait for the screen; more make the sender wait, and with it the network.
const WAITING: usize = 64;

pub use key_tester::test_keys;

/// How the terminal interface ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The user quit.
    Quit,
    /// A signal ended it: its number.
    Signal(u8),
}

/// Runs the terminal interface to its end.
pub fn run(setup: &Setup) -> Result<Ended, Failure> {
    fit_terminal()?;
    let tokio = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| Failure::new(Kind::Failed, format!("The program could not start: {e}.")))?;
    tokio.block_on(session(setup))
}

/// Says why there can be no terminal interface here, and what to use instead.
fn fit_terminal() -> Result<(), Failure> {
    let instead = "Use the commands instead: patchcord chat, conversations list, conversations show; see --help.";
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return Err(Failure::new(Kind::Usage, "The terminal interface needs a terminal.").hint(instead));
    }
    if std::env::var("TERM").is_ok_and(|t| t == "dumb") {
        return Err(Failure::new(Kind::Usage, "The terminal interface can't draw on TERM=dumb.")
            .hint(format!("`patchcord --linear` does all that it does, line by line. {instead}")));
    }
    Ok(())
}

async fn session(setup: &Setup) -> Result<Ended, Failure> {
    job::be_robust();
    let runtime = Runtime::open_any(setup)?;
    let settings = runtime.screen_settings();
    let was = runtime.resume();
    // The channel that is asked for is opened, else the one that was open last.
    let runtime = match was
        .as_ref()
        .filter(|was| settings.restore && setup.channel.is_none() && runtime.has_channel(&was.channel))
    {
        Some(was) => runtime.on(&was.channel),
        None => runtime,
    };
    let state = opening::state(&runtime, setup, was.as_ref())?;
    let (events, inbox) = mpsc::channel(WAITING);
    let performer = Performer::new(runtime.clone(), events);
    let wishes = Wishes {
        mouse: state.window.mouse,
        title: state.window.notify.rules.title,
        ascii: settings.ascii,
        colour: setup.colour,
    };
    // Before the terminal is taken: from then on no signal may find it as it is.
    let signals = Signals::new().map_err(|e| lost(&e))?;
    let terminal = Terminal::enter(wishes).map_err(|e| lost(&e))?;
    let keyboard = Keyboard::open().map_err(|e| lost(&e))?;
    let colours = Arc::new(Notify::new());
    let view = View::new(false).for_charset(terminal.charset()).coloured(Colours::new(Arc::clone(&colours)));
    let notifier = Notifier::new(&state.window.notify.rules, |name| std::env::var(name).ok());
    let screen = Screen {
        runtime: runtime.clone(),
        opened: setup.opened.clone(),
        state,
        was: was.filter(|_| settings.restore),
        rest: rest(&settings),
        view,
        colours,
        terminal,
        keyboard,
        performer,
        inbox,
        drawn: Drawn::default(),
        last_frame: None,
        stale: Stale::All,
        wakes: Vec::new(),
        clipboard: Clipboard::new(|name| std::env::var(name).ok()),
        notifier,
        copies: JoinSet::new(),
        away: None,
        continued: false,
        ended: None,
    };
    let ended = Box::pin(screen.run(signals)).await;
    runtime.close().await;
    ended.map_err(|e| lost(&e))
}

fn lost(error: &io::Error) -> Failure {
    Failure::new(Kind::Failed, format!("The terminal can't be used any more: {error}.")).hint("Drafts are kept.")
}

/// How soon a frame is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    Not,
    Soon,
    Now,
}

struct Screen {
    runtime: Runtime,
    opened: job::Opened,
    state: State,
    /// Where the user was when the screen was open last.
    was: Option<Resume>,
    /// The least time between two frames that only what streams asks for.
    rest: Duration,
    view: View,
    /// Told when there are new colours of code to draw.
    colours: Arc<Notify>,
    terminal: Terminal,
    keyboard: Keyboard,
    performer: Performer,
    inbox: mpsc::Receiver<Event>,
    drawn: Drawn,
    last_frame: Option<Instant>,
    /// What happened since the screen was laid out last.
    stale: Stale,
    wakes: Vec<Timestamp>,
    clipboard: Clipboard,
    notifier: Notifier,
    /// Copies of which it isn't known yet how they went.
    copies: JoinSet<CopyStep>,
    /// Who has the terminal meanwhile.
    away: Option<Away>,
    /// Whether it took the terminal back after a stop of its own, and has not heard of the signal that ended that.
    continued: bool,
    ended: Option<Ended>,
}

impl Screen {
    async fn run(mut self, mut signals: Signals) -> io::Result<Ended> {
        self.frame()?;
        // After the first frame: reading the store, and what the first call to a platform needs.
        let mut first = begin(&mut self.state);
        first.extend(resume(&mut self.state, self.was.take().as_ref(), Timestamp::now()));
        self.perform(first)?;
        let warm = self.runtime.clone();
        tokio::spawn(async move { warm.warm().await });
        self.performer.listen();
        let mut due = Due::Not;
        loop {
            if due == Due::Now && self.away.is_none() {
                due = Due::Not;
                self.frame()?;
            }
            if let Some(ended) = self.ended {
                self.come_back().await?;
                self.handle_event(Event::Ending)?;
                self.keyboard.settle();
                self.performer.stop_all();
                return Ok(ended);
            }
            let wake = pin!(tokio::time::sleep(self.until_wake()));
            let frame = pin!(tokio::time::sleep(self.until_frame()));
            tokio::select! {
                biased;
                came = self.keyboard.next(), if self.away.is_none() => match came {
                    Ok(came) => {
                        due = due.max(self.input(came)?);
                        if let Some((r, g, b)) = self.keyboard.background() {
                            let light = Colour::Rgb(r, g, b).is_light().unwrap_or(false);
                            self.handle_event(Event::Background(light))?;
                            due = Due::Now;
                        }
                    }
                    // The terminal has gone, as on a hang-up; a signal that says so may come or not.
                    Err(_) => self.ended = Some(Ended::Signal(HANGUP)),
                },
                ended = either(&mut signals.end) => self.ended = Some(Ended::Signal(ended)),
                // Ctrl+C and Ctrl+\ in the user's editor are the editor's.
                ended = either(&mut signals.keys) => if self.away.is_none() { self.ended = Some(Ended::Signal(ended)) },
                _ = signals.stop.recv() => self.asked_to_stop()?,
                _ = signals.size.recv() => {
                    self.terminal.anew()?;
                    due = Due::Now;
                }
                _ = signals.resumed.recv() => {
                    // Whoever waited for what a stopped process holds wakes it for a moment: the terminal is not its own then.
                    if foreground::is_ours() {
                        if !std::mem::take(&mut self.continued) && self.away.is_none() {
                            self.retake()?;
                        }
                        due = Due::Now;
                    }
                }
                edited = async { match &mut self.away { Some((_, away)) => away.await, None => std::future::pending().await } } => {
                    let Some((errand, _)) = self.away.take() else { continue };
                    self.keyboard.forget();
                    self.terminal.unsay()?;
                    self.retake()?;
                    self.handle_event(errand.ended(edited))?;
                    due = Due::Now;
                }
                Some(event) = self.inbox.recv() => {
                    let mut last = event.is_last_words();
                    self.handle_event(event)?;
                    while let Ok(event) = self.inbox.try_recv() {
                        last |= event.is_last_words();
                        self.handle_event(event)?;
                    }
                    let rested = self.last_frame.is_none_or(|at| at.elapsed() >= self.rest);
                    // Behind the end of a reply nothing comes that the frame could wait for.
                    due = due.max(if rested || last { Due::Now } else { Due::Soon });
                }
                () = self.colours.notified() => due = due.max(Due::Soon),
                Some(Ok(step)) = self.copies.join_next() => {
                    self.copied(step)?;
                    due = Due::Now;
                }
                () = frame, if due == Due::Soon => due = Due::Now,
                () = wake => {
                    self.tick()?;
                    due = Due::Now;
                }
            }
        }
    }

    /// Takes what came from the terminal. A screen on which nothing changed is not drawn. What comes together means what
    /// it would one by one: where its meaning hangs on the layout, that is brought up to date first.
    fn input(&mut self, came: Vec<Raw>) -> io::Result<Due> {
        let mut due = Due::Not;
        for raw in came {
            // What was typed ahead is behind what the editor will bring, and is nobody's, as what is typed while it is open.
            if self.away.is_some() {
                break;
            }
            let hangs = input::hangs_on(&raw, &self.state);
            if self.stale.matters_to(hangs) {
                self.measure()?;
            }
            let stale = self.stale.after(hangs);
            if let Some(tested) = self.tested(&raw) {
                self.handle_event(tested)?;
                due = Due::Now;
                continue;
            }
            for event in input::events(raw, &self.state, &mut self.view) {
                self.handle_event(event)?;
                self.stale = stale;
                due = Due::Now;
            }
        }
        Ok(due)
    }

    /// A key that is pressed while keys are tested.
    fn tested(&mut self, raw: &Raw) -> Option<Event> {
        self.state.window.key_test()?;
        let Raw::Key(pressed) = raw else { return None };
        if pressed.kind == KeyEventKind::Release {
            return None;
        }
        let kitty = self.keyboard.is_kitty();
        Some(Event::Tested(TestedKey { key: input::key(*pressed), sent: self.keyboard.sent(), kitty }))
    }

    fn handle_event(&mut self, event: Event) -> io::Result<()> {
        self.stale = Stale::All;
        let effects = update(&mut self.state, event, Timestamp::now());
        self.keyboard.record(self.state.window.key_test().is_some());
        self.performer.watch(&self.state);
        self.perform(effects)
    }

    fn perform(&mut self, effects: Vec<Effect>) -> io::Result<()> {
        for effect in effects {
            match effect {
                Effect::Quit => self.ended = Some(Ended::Quit),
                Effect::Redraw => self.terminal.anew()?,
                Effect::Mouse(on) => self.terminal.mouse(on)?,
                Effect::Configure(settings, rules) => self.configure(&settings, &rules)?,
                Effect::Wake(at) => self.wakes.push(at),
                Effect::Notify(told) => self.notify(&told)?,
                Effect::Suspend => self.suspend()?,
                Effect::Copy(clip) => self.copy(clip)?,
                other => match Loan::from_effect(other, &self.runtime) {
                    Ok(loan) => self.lend_to(loan)?,
                    Err(other) => self.performer.perform(&self.state.channel().info.name, *other),
                },
            }
        }
        Ok(())
    }

    /// Draws, and tells the core what was measured where that is news.
    fn frame(&mut self) -> io::Result<()> {
        self.lay_out(|screen| {
            let drawn = screen.terminal.draw(&mut screen.view, &screen.state, Timestamp::now())?;
            screen.last_frame = Some(Instant::now());
            Ok(drawn)
        })
    }

    /// Tells the core what a frame would measure now, without one.
    fn measure(&mut self) -> io::Result<()> {
        self.lay_out(|screen| Ok(screen.terminal.measure(&mut screen.view, &screen.state, Timestamp::now())))
    }

    fn lay_out(&mut self, mut draw: impl FnMut(&mut Self) -> io::Result<Drawn>) -> io::Result<()> {
        // A second time where the first one told the core something that changes what is seen.
        for _ in 0..2 {
            let drawn = draw(self)?;
            let (events, again) = measured(&self.state, std::mem::replace(&mut self.drawn, drawn), drawn);
            for event in events {
                self.handle_event(event)?;
            }
            if !again {
                break;
            }
        }
        self.stale = Stale::Nothing;
        Ok(())
    }

    fn tick(&mut self) -> io::Result<()> {
        let now = Timestamp::now();
        self.wakes.retain(|at| *at > now);
        self.handle_event(Event::Tick)
    }

    /// How long until something changes by itself.
    fn until_wake(&self) -> Duration {
        let now = Timestamp::now();
        let asked = self.wakes.iter().min().map(|at| Duration::from_millis(at.since(now)));
        let counting =
            self.state.channel().turns.values().any(|t| t.waiting.is_some()).then_some(Duration::from_secs(1));
        [asked, counting].into_iter().flatten().min().unwrap_or(MINUTE)
    }

    fn until_frame(&self) -> Duration {
        self.last_frame.map_or(Duration::ZERO, |at| self.rest.saturating_sub(at.elapsed()))
    }
}

#[cfg(test)]
mod tests;
