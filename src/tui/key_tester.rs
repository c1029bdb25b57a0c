//! Keys tested on the plain terminal, without the screen: for each what is sent, and all that it is bound to.

use std::io::{self, Write as _};

use crossterm::event::{KeyboardEnhancementFlags, PopKeyboardEnhancementFlags, PushKeyboardEnhancementFlags};
use crossterm::execute;
use crossterm::style::Print;
use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use termina::Event as Raw;
use termina::event::KeyEventKind;

use super::Ended;
use super::input::key;
use super::keyboard::{Keyboard, QUESTION};
use super::signals::{Signals, either};
use super::terminal::OtherKeys;
use crate::app::{Key, Keymap, TestedKey};
use crate::domain::{Failure, Kind, SafeText};
use crate::ui::{KeyReport, bindings};

/// Keys as the screen has them; when it goes, they are as they were.
struct KeysTaken;

impl KeysTaken {
    fn new() -> io::Result<Self> {
        enable_raw_mode()?;
        let taken = Self;
        execute!(
            io::stdout(),
            PushKeyboardEnhancementFlags(
                KeyboardEnhancementFlags::DISAMBIGUATE_ESCAPE_CODES | KeyboardEnhancementFlags::REPORT_ALTERNATE_KEYS
            ),
            OtherKeys(true),
            Print("\x1b[?u"),
            Print(QUESTION),
        )?;
        Ok(taken)
    }
}

impl Drop for KeysTaken {
    fn drop(&mut self) {
        // There is nobody to tell if the terminal is gone.
        let _ = execute!(io::stdout(), OtherKeys(false), PopKeyboardEnhancementFlags);
        let _ = disable_raw_mode();
    }
}

/// Tells of each key that is pressed, until Ctrl+C or q is pressed twice in a row.
///
/// # Errors
///
/// Where there is no terminal, or it can't be used any more.
pub fn test_keys(keymap: &Keymap) -> Result<Ended, Failure> {
    super::fit_terminal()?;
    let tokio = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| Failure::new(Kind::Failed, format!("The program could not start: {e}.")))?;
    tokio.block_on(run(keymap)).map_err(|e| super::lost(&e))
}

async fn run(keymap: &Keymap) -> io::Result<Ended> {
    let mut signals = Signals::new()?;
    let taken = KeysTaken::new()?;
    let mut keyboard = Keyboard::open()?;
    keyboard.record(true);
    say(&[
        "Press keys: what each sends and is bound to is told, and nothing is done. Ctrl+C twice, or q twice, ends this.",
    ])?;
    let mut last = None;
    let ended = loop {
        let came = tokio::select! {
            biased;
            came = keyboard.next() => match came {
                Ok(came) => came,
                Err(_) => break Ended::Signal(super::HANGUP),
            },
            number = either(&mut signals.end) => break Ended::Signal(number),
        };
        let mut ends = false;
        for raw in came {
            let Raw::Key(pressed) = raw else { continue };
            if pressed.kind == KeyEventKind::Release {
                continue;
            }
            let tested = TestedKey { key: key(pressed), sent: keyboard.sent(), kitty: keyboard.is_kitty() };
            tell(keymap, &tested)?;
            ends |= last == Some(tested.key) && tested.key.is_some_and(is_end);
            last = Some(tested.key);
        }
        if ends {
            break Ended::Quit;
        }
    };
    keyboard.settle();
    drop(taken);
    Ok(ended)
}

/// Whether a key ends it, pressed twice.
fn is_end(key: Key) -> bool {
    [Key::ctrl('c'), Key::plain(crate::app::Code::Char('q'))].contains(&key)
}

fn tell(keymap: &Keymap, tested: &TestedKey) -> io::Result<()> {
    let report = KeyReport::new(tested);
    let mut lines = vec![String::new(), format!("key     {}", report.key), format!("sent    {}", report.sent)];
    let bound = tested.key.map(|key| bindings(keymap, key)).unwrap_or_default();
    if bound.is_empty() {
        lines.push("bound   to nothing".to_owned());
    }
    let heads = std::iter::once("bound   ").chain(std::iter::repeat("        "));
    lines.extend(bound.iter().zip(heads).map(|(line, head)| format!("{head}{line}")));
    lines.extend(report.config.map(|config| format!("config  {config}")));
    if report.is_caveat {
        lines.push(format!("note    {}", report.note));
    }
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    say(&lines)
}

/// Writes lines, on a terminal that begins none by itself.
fn say(lines: &[&str]) -> io::Result<()> {
    let mut out = io::stdout();
    for line in lines {
        write!(out, "{}\r\n", SafeText::one_line(line).as_str())?;
    }
    out.flush()
}
