//! What is written, held against terminals: ones of ours that count widths in seven ways and complain of what others do
//! in different ways, and two real ones.

use alacritty_terminal::event::VoidListener;
use alacritty_terminal::grid::Dimensions;
use alacritty_terminal::index::{Column, Line};
use alacritty_terminal::term::{Config, Term};
use alacritty_terminal::vte::ansi::Processor;
use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};
use ratatui::widgets::{Clear, Widget};

use super::super::backend::Canvas;
use super::model::{ALL, Model};
use crate::domain::{SafeText, cluster_reach, cluster_width, clusters};
use crate::ui::paint;

const COLUMNS: u16 = 60;
const ROWS: u16 = 3;

/// A sample of each script, as people write it: emoji last.
pub(super) fn samples() -> Vec<&'static str> {
    let lines = include_str!("../../../tests/support/scripts.txt").lines();
    lines.map(|line| line.split_once('\t').expect("a name and a sample").1).collect()
}

fn frame(texts: &[(u16, u16, &str, Style)]) -> Buffer {
    let mut buf = Buffer::empty(Rect::new(0, 0, COLUMNS, ROWS));
    lay(&mut buf, texts);
    buf
}

fn lay(buf: &mut Buffer, texts: &[(u16, u16, &str, Style)]) {
    for (x, y, text, style) in texts {
        // What it cuts through is gone, as where a pane is cleared before it is drawn.
        let room = COLUMNS.saturating_sub(*x);
        let mut alone = Buffer::empty(buf.area);
        let taken = paint::text(&mut alone, (*x, *y), room, &SafeText::new(text), *style);
        let from = (0..*x).rev().find(|at| at + cell_columns(buf, *at, *y) > *x).unwrap_or(*x);
        let to = (*x..x + taken).map(|at| at + cell_columns(buf, at, *y)).max().unwrap_or(*x).min(COLUMNS);
        Clear.render(Rect::new(from, *y, to - from, 1), buf);
        paint::text(buf, (*x, *y), room, &SafeText::new(text), *style);
    }
}

fn cell_columns(buf: &Buffer, x: u16, y: u16) -> u16 {
    ratatui::buffer::CellWidth::cell_width(&buf[(x, y)]).max(1)
}

/// Another terminal of the same cells: the one called alacritty.
struct Alacritty(Term<VoidListener>);

struct Cells;

impl Dimensions for Cells {
    fn total_lines(&self) -> usize {
        usize::from(ROWS)
    }

    fn screen_lines(&self) -> usize {
        usize::from(ROWS)
    }

    fn columns(&self) -> usize {
        usize::from(COLUMNS)
    }
}

impl Alacritty {
    fn new() -> Self {
        Self(Term::new(Config::default(), &Cells, VoidListener))
    }

    fn take(&mut self, bytes: &str) {
        Processor::<alacritty_terminal::vte::ansi::StdSyncHandler>::new().advance(&mut self.0, bytes.as_bytes());
    }

    fn at(&self, x: u16, y: u16) -> String {
        let cell = &self.0.grid()[Line(i32::from(y))][Column(usize::from(x))];
        let marks = cell.zerowidth().unwrap_or_default();
        std::iter::once(cell.c).chain(marks.iter().copied()).collect()
    }
}

fn vt100() -> vt100::Parser {
    let size = |cells: u16| std::num::NonZeroU16::new(cells).unwrap();
    vt100::Parser::new(size(ROWS), size(COLUMNS), 0)
}

/// What vt100 shows at a place.
fn vt100_at(screen: &vt100::Screen, x: u16, y: u16) -> String {
    let cell = screen.cell(y, x).unwrap();
    if cell.has_contents() { cell.contents().to_owned() } else { " ".to_owned() }
}

/// All that a terminal shows from a column to another one.
fn between(at: impl Fn(u16) -> String, from: u16, to: u16) -> String {
    (from..to).map(at).collect::<String>().replace(' ', "")
}

/// Holds a frame that stands on a terminal against what it was to show. Emoji of several may have lost their later parts;
/// all that others write stands in its cells to the last code point.
fn assert_shown(buf: &Buffer, what: &str, at: impl Fn(u16, u16) -> String) {
    for y in 0..ROWS {
        let mut x = 0;
        while x < COLUMNS {
            let symbol = buf[(x, y)].symbol().trim_end_matches('\u{200e}');
            let width = cell_columns(buf, x, y);
            let seen = between(|x| at(x, y), x, (x + width).min(COLUMNS));
            let wanted = symbol.replace(' ', "");
            let points = symbol.chars().filter(|c| *c != '\u{200d}').count();
            let joined = points > 1 && usize::from(width) < cluster_reach(symbol).unwrap_or(0) && width == 2;
            if joined && cluster_width(symbol.chars().next().unwrap().encode_utf8(&mut [0; 4])) == 2 {
                assert!(
                    wanted.starts_with(seen.trim_end_matches(['\u{200d}', '\u{fe0f}'])),
                    "{what}: {x}, {y}: {seen:?} for {wanted:?}"
                );
                assert!(!seen.is_empty(), "{what}: {x}, {y}: nothing for {wanted:?}");
            } else {
                assert_eq!(seen.trim_end_matches('\u{200e}'), wanted, "{what}: at {x}, {y}");
            }
            x += width;
        }
    }
}

/// Writes frames one after the other to every terminal, and the last one alone as well.
fn play(frames: &[Buffer]) {
    let (mut changes, mut whole) = (Canvas::new(COLUMNS, ROWS), Canvas::new(COLUMNS, ROWS));
    let mut models: Vec<(Model, Model)> =
        ALL.iter().map(|w| (Model::new(*w, COLUMNS, ROWS), Model::new(*w, COLUMNS, ROWS))).collect();
    let (mut alacritty, mut vt100) = (Alacritty::new(), vt100());
    // What the program does when it takes the terminal.
    alacritty.take("\u{1b}[?7l");
    for buf in frames {
        changes.take(&mut buf.clone(), &[]);
        let bytes = changes.write();
        for (model, _) in &mut models {
            model.take(&bytes);
        }
        alacritty.take(&bytes);
        vt100.process(bytes.as_bytes());
        assert_shown(buf, "alacritty", |x, y| alacritty.at(x, y));
        assert_shown(buf, "vt100", |x, y| vt100_at(vt100.screen(), x, y));
    }
    let Some(last) = frames.last() else { return };
    whole.take(&mut last.clone(), &[]);
    let bytes = whole.write();
    for ((model, fresh), widths) in models.iter_mut().zip(ALL) {
        fresh.take(&bytes);
        assert_eq!(model.faults, Vec::<String>::new(), "{widths:?}");
        assert_eq!(fresh.faults, Vec::<String>::new(), "{widths:?}, drawn whole");
        assert_eq!(model.seen(), fresh.seen(), "{widths:?}");
    }
}

#[test]
fn each_letter_of_each_script_stands_in_its_cell_with_what_is_around_it() {
    for sample in samples() {
        let text = SafeText::new(sample);
        assert_eq!(text.as_str(), sample, "the sample is shown as it is");
        let framed = format!("│{sample}│x");
        for word in [framed.as_str(), &format!("日{sample}日"), &format!("{sample}{sample}")] {
            let columns: usize = clusters(word).map(|(_, cluster)| cluster_width(cluster)).sum();
            let behind = u16::try_from(columns).unwrap();
            let one = frame(&[(0, 1, word, Style::new()), (behind, 1, "│ behind", Style::new())]);
            play(std::slice::from_ref(&one));
            // It comes letter by letter, moves, changes its colour, and goes.
            let mut grown: Vec<Buffer> = clusters(word)
                .map(|(at, cluster)| {
                    frame(&[(0, 1, &word[..at + cluster.len()], Style::new()), (behind, 1, "│", Style::new())])
                })
                .collect();
            grown.extend([
                one,
                frame(&[(1, 1, word, Style::new())]),
                frame(&[(1, 1, word, Style::new().fg(Color::Red).reversed())]),
                frame(&[(2, 1, word, Style::new()), (1, 0, word, Style::new())]),
                frame(&[(0, 1, "plain words again, to the end.", Style::new())]),
                frame(&[]),
            ]);
            play(&grown);
        }
    }
}

#[test]
fn a_terminal_of_any_kind_shows_what_stands_behind_an_emoji() {
    for sample in &samples()[25..] {
        let columns = u16::try_from(crate::domain::display_width(sample)).unwrap();
        let buf = frame(&[(0, 0, sample, Style::new()), (columns, 0, "│abc", Style::new())]);
        let mut canvas = Canvas::new(COLUMNS, ROWS);
        canvas.take(&mut buf.clone(), &[]);
        let bytes = canvas.write();
        for widths in ALL {
            let mut model = Model::new(widths, COLUMNS, ROWS);
            model.take(&bytes);
            let behind: String = (columns..columns + 4).map(|x| model.at(x, 0)).collect();
            assert_eq!(behind, "│abc", "{sample} by {widths:?}");
        }
    }
}

#[test]
fn nothing_is_written_where_nothing_changed_and_plain_text_takes_one_movement() {
    let buf = frame(&[(2, 1, "plain text │ Ελλάδα", Style::new())]);
    let mut canvas = Canvas::new(COLUMNS, ROWS);
    canvas.take(&mut buf.clone(), &[]);
    assert_eq!(canvas.write(), "\u{1b}[2;3Hplain\u{1b}[2;9Htext\u{1b}[2;14H│\u{1b}[2;16HΕλλάδα");
    canvas.take(&mut buf.clone(), &[]);
    assert_eq!(canvas.write(), "");
}

fn text() -> impl Strategy<Value = String> {
    let sample = prop::sample::select(samples()).prop_map(str::to_owned);
    let piece = (prop::sample::select(samples()), 0_usize..12, 1_usize..8).prop_map(|(sample, from, count)| {
        clusters(sample).skip(from).take(count).map(|(_, cluster)| cluster).collect::<String>()
    });
    prop_oneof![sample, piece, "[ -~]{1,30}", "(日|a|│|é|e\u{301}| ){1,30}"]
}

fn style() -> impl Strategy<Value = Style> {
    prop::sample::select(vec![Style::new(), Style::new().reversed(), Style::new().fg(Color::Green).bold()])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changes_make_what_a_whole_drawing_makes(
        frames in prop::collection::vec(
            (any::<bool>(), prop::collection::vec((0..COLUMNS, 0..ROWS, text(), style()), 0..5)),
            1..8,
        ),
    ) {
        let mut last = frame(&[]);
        let mut played = Vec::new();
        for (anew, texts) in &frames {
            if *anew {
                last = frame(&[]);
            }
            let texts: Vec<_> = texts.iter().map(|(x, y, text, style)| (*x, *y, text.as_str(), *style)).collect();
            lay(&mut last, &texts);
            played.push(last.clone());
        }
        play(&played);
    }
}
