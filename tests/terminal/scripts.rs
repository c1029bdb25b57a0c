//! What people write, in every script, as two terminals show it: letter by letter, with what stands around it; and what
//! is written where a terminal shows less than all of Unicode.

use alacritty_terminal::event::VoidListener;
use alacritty_terminal::grid::Dimensions;
use alacritty_terminal::index::{Column, Line};
use alacritty_terminal::term::{Config, Term};
use alacritty_terminal::vte::ansi::{Processor, StdSyncHandler};

use crate::support::escapes::{Unit, strays, units};
use crate::support::home::Home;
use crate::support::pty::{Key, Pty};
use crate::{desk, quit};

const SAMPLES: &str = include_str!("../support/scripts.txt");

/// The name and the words of each script's sample.
fn samples() -> impl Iterator<Item = (&'static str, &'static str)> {
    SAMPLES.lines().map(|line| line.split_once('\t').expect("a name and a sample"))
}

struct Size(usize, usize);

impl Dimensions for Size {
    fn total_lines(&self) -> usize {
        self.1
    }

    fn screen_lines(&self) -> usize {
        self.1
    }

    fn columns(&self) -> usize {
        self.0
    }
}

/// The terminal called alacritty, beside the one that the program is in.
struct Alacritty {
    term: Term<VoidListener>,
    reader: Processor<StdSyncHandler>,
    read: usize,
    size: Size,
}

impl Alacritty {
    fn new((columns, rows): (u16, u16)) -> Self {
        let size = Size(usize::from(columns), usize::from(rows));
        let term = Term::new(Config::default(), &size, VoidListener);
        Self { term, reader: Processor::new(), read: 0, size }
    }

    /// The rows that it shows of what was written so far.
    fn rows(&mut self, pty: &Pty) -> Vec<Vec<String>> {
        pty.wait_raw("a frame to its end", |raw| raw.ends_with(b"\x1b[?2026l"));
        let raw = pty.raw();
        self.reader.advance(&mut self.term, &raw[self.read..]);
        self.read = raw.len();
        let cell = |row: usize, column: usize| {
            let cell = &self.term.grid()[Line(i32::try_from(row).expect("a row"))][Column(column)];
            std::iter::once(cell.c).chain(cell.zerowidth().unwrap_or_default().iter().copied()).collect()
        };
        (0..self.size.1).map(|row| (0..self.size.0).map(|column| cell(row, column)).collect()).collect()
    }
}

/// The rows that vt100 shows.
fn vt100(screen: &vt100::Screen) -> Vec<Vec<String>> {
    let (rows, columns) = screen.size();
    let cell = |row, column| screen.cell(row, column).map_or_else(String::new, |cell| cell.contents().to_owned());
    (0..rows.get()).map(|row| (0..columns.get()).map(|column| cell(row, column)).collect()).collect()
}

/// What is left of a word where a terminal sets the parts of an emoji side by side: of each the first.
fn first_parts(word: &str) -> String {
    use unicode_segmentation::UnicodeSegmentation as _;
    use unicode_width::UnicodeWidthChar as _;
    let first = |cluster: &str| {
        let begin = cluster.chars().next().expect("a letter");
        let is_emoji = begin.width() == Some(2) && begin > '\u{1f000}';
        if is_emoji { begin.to_string() } else { cluster.to_owned() }
    };
    // Of a flag both halves stand, in as many columns.
    word.graphemes(true).map(first).collect()
}

/// Asserts that rows show each word, between the letters that were written around it, and unbroken borders.
fn assert_shown(rows: &[Vec<String>], wanted: &[String], what: &str) {
    let marks = ['\u{200e}', '\u{200d}'];
    let lines: Vec<String> = rows.iter().map(|row| row.concat().replace(' ', "").replace(marks, "")).collect();
    let dump = lines.join("\n");
    for word in wanted {
        assert!(
            lines.iter().any(|line| line.contains(&first_parts(word).replace(marks, ""))),
            "{what}: {word:?}\n{dump}"
        );
    }
    // The pane's right border is whole.
    let last = rows[0].len() - 1;
    let edge: Vec<&str> = rows.iter().map(|row| row[last].as_str()).collect();
    let first = edge.iter().position(|cell| *cell == "╮").expect("a pane");
    let end = edge.iter().rposition(|cell| *cell == "╯").expect("a pane");
    for (row, cell) in edge[first..=end].iter().enumerate() {
        assert!(["╮", "│", "╯"].contains(cell), "{what}: {cell:?} at the end of row {}\n{dump}", first + row);
    }
}

#[test]
fn each_script_is_shown_whole_as_a_reply_and_as_ones_own_words() {
    for size in [(120, 40), (40, 12)] {
        let (home, server) = desk();
        let mut pty = Pty::patchcord(&home, &[], size);
        let mut alacritty = Alacritty::new(size);
        pty.wait_for("Chat");
        pty.key(Key::Ctrl('n'));
        for (n, (name, sample)) in samples().enumerate() {
            for word in sample.split(' ') {
                server.reply(&format!("<{word}>x\n\nend{n}."));
                pty.paste(&format!("({word})y"));
                pty.wait_for(")y");
                pty.key(Key::Enter);
                pty.wait_for(&format!("end{n}."));
                let wanted = [format!("<{word}>x")];
                let what = format!("{name} at {size:?}");
                assert_shown(&vt100(&pty.screen()), &wanted, &format!("{what}, vt100"));
                assert_shown(&alacritty.rows(&pty), &wanted, &format!("{what}, alacritty"));
                // What a person wrote is shown the same; in a low pane it is above.
                pty.key(Key::BackTab);
                pty.key(Key::Up);
                let own = [format!("({word})y")];
                pty.wait_for(")y");
                assert_shown(&vt100(&pty.screen()), &own, &format!("{what}, own, vt100"));
                assert_shown(&alacritty.rows(&pty), &own, &format!("{what}, own, alacritty"));
                pty.key(Key::Ctrl('n'));
                pty.wait_gone(&format!("end{n}."));
            }
        }
        quit(&mut pty);
        assert_eq!(strays(&pty.raw()), Vec::<String>::new());
    }
}

/// Goes through every view of the program, with a reply, a list, its help and a filter in each.
fn tour(environment: &[(&str, &str)]) -> Vec<char> {
    let home = Home::new();
    let mut pty = Pty::patchcord_with(&home, &[], (120, 40), environment);
    pty.wait_for("patchcord");
    pty.paste("/echo na\u{ef}ve \u{65e5}\u{672c} \u{1f642} \u{5e9} \u{2026} \u{2018}x\u{2019} | stop");
    pty.wait_for("stop");
    pty.key(Key::Enter);
    pty.wait_until("the echo", |screen| screen.contents().matches("stop").count() >= 2);
    pty.paste("/showcase");
    pty.key(Key::Enter);
    pty.wait_for("showcase");
    pty.key(Key::BackTab);
    for view in ['1', '2', '3', '5'] {
        pty.key(Key::Char(view));
        pty.send(b"\x1bOP");
        pty.wait_for("Esc closes");
        pty.key(Key::Esc);
        pty.wait_gone("Esc closes");
        for key in [Key::Down, Key::Enter, Key::Char('/'), Key::Char('a'), Key::Esc, Key::Esc] {
            pty.key(key);
        }
        pty.key(Key::Ctrl('p'));
        pty.key(Key::Esc);
    }
    quit(&mut pty);
    let text = |unit: Unit| if let Unit::Text(c) = unit { Some(c) } else { None };
    if !environment.iter().any(|(name, value)| *name == "LANG" && value.contains("UTF")) {
        assert_eq!(pty.raw().iter().find(|byte| !byte.is_ascii()), None, "{}", pty.screen_text());
    }
    units(&pty.raw()).into_iter().filter_map(text).collect()
}

#[test]
fn in_a_locale_without_utf8_every_byte_is_ascii() {
    tour(&[("LANG", "C")]);
    tour(&[("LANG", "C"), ("TERM", "linux")]);
}

#[test]
fn on_the_console_every_glyph_is_in_its_fonts() {
    let shown = tour(&[("LANG", "C.UTF-8"), ("TERM", "linux")]);
    let lines = "─│┌┐└┘├┤┬┴┼█▄▌▐▀░▒▓";
    let others: Vec<char> = shown
        .into_iter()
        .filter(|c| !matches!(c, ' '..='~' | '\u{a1}'..='\u{17f}') && !lines.contains(*c))
        .filter(|c| !matches!(c, '\u{384}'..='\u{3ce}' | '\u{401}'..='\u{45f}'))
        .collect();
    assert_eq!(others, Vec::<char>::new());
}
