//! The terminal: entered, drawn to in one write a frame, and always left as it was found.

use std::io::{self, Stdout, Write};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::event::{
    DisableBracketedPaste, DisableFocusChange, EnableBracketedPaste, EnableFocusChange, KeyboardEnhancementFlags,
    PopKeyboardEnhancementFlags, PushKeyboardEnhancementFlags,
};
use crossterm::style::Print;
use crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType, DisableLineWrap, EnableLineWrap, EndSynchronizedUpdate,
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode, size,
};
use crossterm::{Command, cursor, execute, queue};
use ratatui::layout::Rect;
use ratatui::{Terminal as Ratatui, TerminalOptions, Viewport};

use super::backend::{Canvas, Canvased, Shared};
use super::keyboard::QUESTION;
use crate::app::State;
use crate::domain::Timestamp;
use crate::ui::{self, Charset, Depth, Drawn, Palette, View, highlight};

/// Asks the terminal for the colour of its background.
const BACKGROUND: &str = "\x1b]11;?\x1b\\";
/// The terminal keeps the title that it has, where it can.
const TITLE_KEPT: &str = "\x1b[22;2t";
/// And has it again. One that can't keep a title has none until somebody gives it one.
const TITLE_BACK: &str = "\x1b]2;\x1b\\\x1b[23;2t";

/// Clicks, the wheel, and movement while a button is down, in the form that has no limit of columns; no other movement.
struct Mouse(bool);

impl Command for Mouse {
    fn write_ansi(&self, f: &mut impl std::fmt::Write) -> std::fmt::Result {
        f.write_str(if self.0 { "\x1b[?1002h\x1b[?1006h" } else { "\x1b[?1006l\x1b[?1002l" })
    }
}

/// Shift+Enter and its like in a multiplexer that tells them to who asks so (tmux's `extended-keys on`). Others are not
/// asked: the form is xterm's, and old terminals take it for a colour.
pub(super) struct OtherKeys(pub(super) bool);

impl Command for OtherKeys {
    fn write_ansi(&self, f: &mut impl std::fmt::Write) -> std::fmt::Result {
        if !is_multiplexer(|name| std::env::var(name).ok()) {
            return Ok(());
        }
        f.write_str(if self.0 { "\x1b[>4;1m" } else { "\x1b[>4m" })
    }
}

/// Whether the environment says that the terminal is tmux, also beyond an ssh.
fn is_multiplexer(variable: impl Fn(&str) -> Option<String>) -> bool {
    let term = variable("TERM").unwrap_or_default();
    variable("TMUX").is_some_and(|v| !v.is_empty()) || ["tmux", "screen"].iter().any(|name| term.starts_with(name))
}

/// Gathers a frame's bytes: the drawing library flushes many times, the terminal gets one write.
struct Gathered {
    bytes: Vec<u8>,
}

impl Write for Gathered {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The terminal while the program has it.
pub(super) struct Terminal {
    ratatui: Ratatui<Canvased<Gathered>>,
    /// The frame that is drawn.
    canvas: Shared,
    /// Whether the terminal takes links.
    links: bool,
    charset: Charset,
    depth: Depth,
    out: Stdout,
    mouse: bool,
    /// The window's title as it was said last; none where it wasn't since the terminal was taken.
    title: Option<String>,
    held: Arc<Held>,
}

/// What the user wants of the terminal.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wishes {
    /// Whether the program takes the mouse.
    pub(super) mouse: bool,
    /// Whether it gives the window a title.
    pub(super) title: bool,
    /// Whether lines and marks are ASCII.
    pub(super) ascii: bool,
    /// Whether there are colours; none where the environment says.
    pub(super) colour: Option<bool>,
}

/// What is to be given back, also when a panic comes first.
struct Held {
    /// Whether the program has the terminal. What is pushed once must be popped once.
    taken: AtomicBool,
    /// Whether the window's title is the program's meanwhile.
    titled: AtomicBool,
    /// Whether the terminal is asked for its background.
    asks: bool,
}

impl Held {
    /// Whether the program has the terminal now.
    fn has(&self) -> bool {
        self.taken.load(Ordering::SeqCst)
    }

    fn is_titled(&self) -> bool {
        self.titled.load(Ordering::SeqCst)
    }
}

impl Terminal {
    /// Takes the terminal over. A panic, too, will leave it as it was found.
    pub(super) fn enter(wishes: Wishes) -> io::Result<Self> {
        let Wishes { mouse, title, ascii, colour } = wishes;
        let variable = |name: &str| std::env::var(name).ok();
        let asks = takes_links(variable) && !is_in_screen(variable);
        let held = Arc::new(Held {
            taken: AtomicBool::new(false),
            titled: AtomicBool::new(title && takes_links(variable)),
            asks,
        });
        let (before, at_panic) = (std::panic::take_hook(), Arc::clone(&held));
        std::panic::set_hook(Box::new(move |panic| {
            // Goes wrong alone, and says so itself.
            if std::thread::current().name() == Some(highlight::THREAD) {
                return;
            }
            restore(&at_panic);
            before(panic);
        }));
        let (links, charset) = (takes_links(variable), Charset::from_environment(variable).with_ascii(ascii));
        let depth = Depth::from_environment(colour, variable);
        // The library has an opinion of its own on NO_COLOR, and no command line.
        crossterm::style::force_color_output(depth != Depth::Mono);
        let (ratatui, canvas) = fresh(is_in_screen(|name| std::env::var(name).ok()))?;
        let terminal = Self { ratatui, canvas, links, charset, depth, out: io::stdout(), mouse, title: None, held };
        take(mouse, &terminal.held)?;
        Ok(terminal)
    }

    /// Takes the terminal back after it was lent, or after somebody else may have changed it, and draws everything anew.
    pub(super) fn retake(&mut self) -> io::Result<()> {
        self.lend();
        take(self.mouse, &self.held)?;
        self.title = None;
        self.anew()
    }

    /// Lends the terminal to the shell or to another program.
    pub(super) fn lend(&self) {
        restore(&self.held);
    }

    /// Says on the lent terminal what the program waits for, in one line that [`Terminal::unsay`] takes away again.
    pub(super) fn say(&mut self, line: &str) -> io::Result<()> {
        self.send(line)
    }

    /// Takes away what was said last, where it still stands.
    pub(super) fn unsay(&mut self) -> io::Result<()> {
        // Written over: terminals differ in what an erasing leaves of a full row.
        let (width, _) = size()?;
        execute!(self.out, Print("\r"), Print(" ".repeat(usize::from(width.saturating_sub(1)))), Print("\r"))
    }

    /// Forgets what is on screen, so that the next frame is drawn whole: after a resize, or when asked for. It asks
    /// the terminal nothing, since the answer would come in as keys.
    pub(super) fn anew(&mut self) -> io::Result<()> {
        (self.ratatui, self.canvas) = fresh(is_in_screen(|name| std::env::var(name).ok()))?;
        queue!(self.ratatui.backend_mut(), Clear(ClearType::All))
    }

    /// The characters that it shows.
    pub(super) fn charset(&self) -> Charset {
        self.charset
    }

    /// Takes the mouse, or leaves it to the terminal.
    pub(super) fn mouse(&mut self, on: bool) -> io::Result<()> {
        self.mouse = on;
        // Whoever it is lent to has a mind of their own; it is as it should be once it is back.
        if self.held.has() { execute!(self.out, Mouse(on)) } else { Ok(()) }
    }

    /// Gives the window a title, or its own back.
    pub(super) fn title(&mut self, on: bool) -> io::Result<()> {
        // A terminal that doesn't take links takes no title either.
        let on = on && self.links;
        if self.held.titled.swap(on, Ordering::SeqCst) == on || !self.held.has() {
            return Ok(());
        }
        self.title = None;
        execute!(self.out, Print(if on { TITLE_KEPT } else { TITLE_BACK }))
    }

    /// Draws lines and marks in ASCII, or as the terminal can; whether that is news.
    pub(super) fn ascii(&mut self, on: bool) -> bool {
        let charset = Charset::from_environment(|name| std::env::var(name).ok()).with_ascii(on);
        std::mem::replace(&mut self.charset, charset) != charset
    }

    /// Sends the terminal something that it does not draw.
    pub(super) fn send(&mut self, sequence: &str) -> io::Result<()> {
        self.out.write_all(sequence.as_bytes())?;
        self.out.flush()
    }

    /// Draws the state where nobody sees it, to know what a frame would measure.
    pub(super) fn measure(&mut self, view: &mut View, state: &State, now: Timestamp) -> Drawn {
        let drawn = view.draw(&mut self.ratatui.get_frame(), state, now);
        self.ratatui.current_buffer_mut().reset();
        drawn
    }

    /// Draws the state: one write, shown at once where the terminal knows synchronised updates.
    pub(super) fn draw(&mut self, view: &mut View, state: &State, now: Timestamp) -> io::Result<Drawn> {
        let mut drawn = Drawn::default();
        queue!(self.ratatui.backend_mut(), BeginSynchronizedUpdate)?;
        let (canvas, links, charset, depth) = (&self.canvas, self.links, self.charset, self.depth);
        self.ratatui.draw(|frame| {
            drawn = view.draw(frame, state, now);
            charset.fold(frame.buffer_mut());
            if let Some(theme) = state.window.themes.shown() {
                Palette::new(theme, depth).dress(frame.buffer_mut());
            }
            canvas.borrow_mut().take(frame.buffer_mut(), if links { view.links() } else { &[] });
        })?;
        queue!(self.ratatui.backend_mut(), EndSynchronizedUpdate)?;
        let frame = &mut self.ratatui.backend_mut().writer_mut().bytes;
        if self.held.is_titled() {
            let title = ui::title(state, charset);
            if self.title.as_deref() != Some(title.as_str()) {
                write!(frame, "\x1b]2;{}\x1b\\", title.as_str())?;
                self.title = Some(title.into_string());
            }
        }
        self.out.write_all(frame)?;
        frame.clear();
        self.out.flush()?;
        Ok(drawn)
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        restore(&self.held);
    }
}

/// Whether GNU screen is around the program, as far as can be told; on another machine than tmux it may be that.
fn is_in_screen(variable: impl Fn(&str) -> Option<String>) -> bool {
    let set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
    !set("TMUX") && (set("STY") || variable("TERM").is_some_and(|term| term.starts_with("screen")))
}

/// Whether the terminal leaves alone what it doesn't know: all do but the console and those that say they know nothing.
fn takes_links(variable: impl Fn(&str) -> Option<String>) -> bool {
    variable("TERM").is_some_and(|term| !term.is_empty() && term != "dumb" && term != "linux")
}

fn fresh(bare: bool) -> io::Result<(Ratatui<Canvased<Gathered>>, Shared)> {
    let (width, height) = size()?;
    let canvas = Shared::new(Canvas::new(width, height).bare(bare).into());
    let backend = Canvased::new(Gathered { bytes: Vec::with_capacity(32 * 1024) }, Rc::clone(&canvas));
    let viewport = Viewport::Fixed(Rect::new(0, 0, width, height));
    Ok((Ratatui::with_options(backend, TerminalOptions { viewport })?, canvas))
}

fn take(mouse: bool, held: &Held) -> io::Result<()> {
    enable_raw_mode()?;
    held.taken.store(true, Ordering::SeqCst);
    if held.is_titled() {
        execute!(io::stdout(), Print(TITLE_KEPT))?;
    }
    execute!(
        io::stdout(),
        EnterAlternateScreen,
        DisableLineWrap,
        EnableBracketedPaste,
        EnableFocusChange,
        // So that Shift+Enter arrives where the terminal can tell it; others ignore this.
        PushKeyboardEnhancementFlags(
            KeyboardEnhancementFlags::DISAMBIGUATE_ESCAPE_CODES | KeyboardEnhancementFlags::REPORT_ALTERNATE_KEYS
        ),
        OtherKeys(true),
        Mouse(mouse),
        cursor::Hide,
        // Whether it knows the former, what its background is, and whether it answers at all.
        Print("\x1b[?u"),
        Print(if held.asks { BACKGROUND } else { "" }),
        Print(QUESTION),
    )
}

/// Leaves the terminal as it was found, if it was taken.
fn restore(held: &Held) {
    if !held.taken.swap(false, Ordering::SeqCst) {
        return;
    }
    if held.is_titled() {
        let _ = execute!(io::stdout(), Print(TITLE_BACK));
    }
    // There is nobody to tell if the terminal is gone.
    let _ = execute!(
        io::stdout(),
        EndSynchronizedUpdate,
        Mouse(false),
        OtherKeys(false),
        PopKeyboardEnhancementFlags,
        DisableFocusChange,
        DisableBracketedPaste,
        EnableLineWrap,
        cursor::Show,
        LeaveAlternateScreen,
    );
    let _ = disable_raw_mode();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminals_are_known_by_their_environment() {
        let term = |name: Option<&str>| takes_links(|_| name.map(str::to_owned));
        assert!(term(Some("xterm-256color")) && term(Some("tmux-256color")));
        let screen = |set: &'static [&'static str]| {
            is_in_screen(|name| set.iter().find(|one| one.starts_with(name)).map(|one| one[name.len()..].to_owned()))
        };
        assert!(screen(&["STY1"]) && screen(&["TERMscreen-256color"]) && !screen(&["TERMxterm"]));
        assert!(!screen(&["TMUX1", "TERMscreen"]) && !screen(&[]));
        assert!(!term(Some("linux")) && !term(Some("dumb")) && !term(Some("")) && !term(None));
    }

    #[test]
    fn only_a_multiplexer_is_asked_for_other_keys() {
        for (variables, expected) in [
            (&[("TERM", "tmux-256color")][..], true),
            (&[("TERM", "screen-256color")], true),
            (&[("TERM", "xterm-256color"), ("TMUX", "/tmp/tmux-0/default,1,0")], true),
            (&[("TERM", "xterm-256color"), ("TMUX", "")], false),
            (&[("TERM", "linux")], false),
            (&[], false),
        ] {
            let found = is_multiplexer(|name| {
                variables.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned())
            });
            assert_eq!(found, expected, "{variables:?}");
        }
    }
}
