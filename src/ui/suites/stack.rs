//! Blocks of several kinds under one another, scrolled as one: facts, answers in markdown, differences by words, and two
//! answers beside each other. What is rendered is kept between frames.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::words::Words;
use crate::domain::SafeText;
use crate::ui::highlight::Colours;
use crate::ui::rendered::{Rendered, hash};
use crate::ui::sheet::Sheet;
use crate::ui::{paint, theme};

/// From this many columns on two answers stand side by side; below, the later one under the earlier.
const SIDE_BY_SIDE: u16 = 60;
/// The columns between them.
const GAP: u16 = 2;

/// The blocks, and what was rendered for them.
#[derive(Debug, Default)]
pub(super) struct Stack {
    blocks: Vec<Block>,
    /// The answers that were rendered, in their order.
    rendered: Vec<Rendered>,
    /// How many of them the blocks have.
    used: usize,
    /// The differences that were worked out, by what they are of.
    differences: Vec<(u64, Words)>,
    colours: Colours,
    /// Nothing of it is drawn.
    spare: Sheet,
}

#[derive(Debug)]
enum Block {
    Sheet(Sheet),
    Answer(usize, String),
    Words(u64),
    Beside(Answer, Answer),
}

/// An answer under its name, by the place of what is rendered of it.
#[derive(Debug)]
struct Answer {
    at: usize,
    name: SafeText,
    text: String,
}

impl Stack {
    /// The same with code in colours.
    pub(super) fn coloured(colours: Colours) -> Self {
        Self { colours, ..Self::default() }
    }

    /// Begins anew.
    pub(super) fn begin(&mut self) {
        self.blocks.clear();
        self.used = 0;
    }

    /// Facts. Those that follow each other are one block.
    pub(super) fn facts(&mut self) -> &mut Sheet {
        if !matches!(self.blocks.last(), Some(Block::Sheet(_))) {
            self.blocks.push(Block::Sheet(Sheet::default()));
        }
        match self.blocks.last_mut() {
            Some(Block::Sheet(sheet)) => sheet,
            _ => &mut self.spare,
        }
    }

    /// An answer: markdown, untrusted.
    pub(super) fn answer(&mut self, text: &str) {
        let at = self.next();
        self.blocks.push(Block::Answer(at, text.to_owned()));
    }

    /// What differs between two texts. Untrusted.
    pub(super) fn difference(&mut self, old: &str, new: &str) {
        let key = hash(&(old, new));
        if !self.differences.iter().any(|(known, _)| *known == key) {
            self.differences.push((key, Words::new(old, new)));
        }
        self.blocks.push(Block::Words(key));
    }

    /// Two answers beside each other, each under its name. Untrusted.
    pub(super) fn beside(&mut self, (name, old): (&str, &str), (other, new): (&str, &str)) {
        let mut answer = |name: &str, text: &str| Answer {
            at: self.next(),
            name: SafeText::one_line(name),
            text: text.to_owned(),
        };
        let (one, two) = (answer(name, old), answer(other, new));
        self.blocks.push(Block::Beside(one, two));
    }

    fn next(&mut self) -> usize {
        if self.used == self.rendered.len() {
            self.rendered.push(Rendered::coloured(self.colours.clone()));
        }
        self.used += 1;
        self.used - 1
    }

    fn lay(&mut self, at: usize, text: &str, width: u16, ascii: bool) -> usize {
        self.rendered.get_mut(at).map_or(0, |rendered| rendered.lay(text, width, ascii))
    }

    /// Draws the rows from one on, and tells how many there are.
    pub(super) fn draw(&mut self, area: Rect, buf: &mut Buffer, scroll: usize, ascii: bool) -> usize {
        if area.is_empty() {
            return 0;
        }
        let blocks = std::mem::take(&mut self.blocks);
        let heights: Vec<usize> = blocks.iter().map(|block| self.height(block, area.width, ascii)).collect();
        let all: usize = heights.iter().sum();
        let top = scroll.min(all.saturating_sub(usize::from(area.height)));
        let mut above = 0;
        for (block, height) in blocks.iter().zip(heights) {
            let hidden = top.saturating_sub(above).min(height);
            let y = u16::try_from((above + hidden).saturating_sub(top)).unwrap_or(u16::MAX);
            let rows = u16::try_from(height - hidden).unwrap_or(u16::MAX).min(area.height.saturating_sub(y));
            if rows > 0 {
                self.draw_block(block, Rect { y: area.y + y, height: rows, ..area }, buf, hidden);
            }
            above += height;
        }
        // What no block has any more is forgotten.
        let used: Vec<u64> =
            blocks.iter().filter_map(|block| if let Block::Words(key) = block { Some(*key) } else { None }).collect();
        self.differences.retain(|(key, _)| used.contains(key));
        self.rendered.truncate(self.used);
        self.blocks = blocks;
        all
    }

    fn height(&mut self, block: &Block, width: u16, ascii: bool) -> usize {
        match block {
            Block::Sheet(sheet) => usize::from(sheet.height(width)),
            Block::Answer(at, text) => self.lay(*at, text, width, ascii),
            Block::Words(key) => {
                self.differences.iter().find(|(known, _)| known == key).map_or(0, |(_, words)| words.height(width))
            }
            Block::Beside(one, two) if width >= SIDE_BY_SIDE => {
                let half = (width - GAP) / 2;
                1 + self.lay(one.at, &one.text, half, ascii).max(self.lay(two.at, &two.text, half, ascii))
            }
            Block::Beside(one, two) => {
                3 + self.lay(one.at, &one.text, width, ascii) + self.lay(two.at, &two.text, width, ascii)
            }
        }
    }

    fn draw_block(&mut self, block: &Block, area: Rect, buf: &mut Buffer, hidden: usize) {
        match block {
            Block::Sheet(sheet) => _ = sheet.draw(area, buf, hidden),
            Block::Answer(at, _) => self.draw_rendered(*at, area, buf, hidden),
            Block::Words(key) => {
                if let Some((_, words)) = self.differences.iter().find(|(known, _)| known == key) {
                    words.draw(area, buf, hidden);
                }
            }
            Block::Beside(one, two) if area.width >= SIDE_BY_SIDE => {
                let half = (area.width - GAP) / 2;
                let left = Rect { width: half, ..area };
                let right = Rect { x: area.x + half + GAP, width: half, ..area };
                self.draw_named(one, left, buf, hidden);
                self.draw_named(two, right, buf, hidden);
            }
            Block::Beside(one, two) => {
                // A name, the answer, and a row of air above the other one's name.
                let first = 2 + self.rows(one.at);
                if hidden < first {
                    self.draw_named(one, area, buf, hidden);
                }
                let below = u16::try_from(first.saturating_sub(hidden)).unwrap_or(u16::MAX);
                if below < area.height {
                    let rest = Rect { y: area.y + below, height: area.height - below, ..area };
                    self.draw_named(two, rest, buf, hidden.saturating_sub(first));
                }
            }
        }
    }

    fn draw_named(&mut self, answer: &Answer, area: Rect, buf: &mut Buffer, hidden: usize) {
        let name = u16::from(hidden == 0);
        if name > 0 {
            paint::text(buf, (area.x, area.y), area.width, &answer.name.truncate(area.width.into()), theme::BOLD);
        }
        let body = Rect { y: area.y + name, height: area.height.saturating_sub(name), ..area };
        self.draw_rendered(answer.at, body, buf, hidden.saturating_sub(1));
    }

    fn draw_rendered(&mut self, at: usize, area: Rect, buf: &mut Buffer, hidden: usize) {
        if let Some(rendered) = self.rendered.get_mut(at) {
            rendered.draw(area, buf, hidden);
        }
    }

    fn rows(&self, at: usize) -> usize {
        self.rendered.get(at).map_or(0, Rendered::rows)
    }
}
