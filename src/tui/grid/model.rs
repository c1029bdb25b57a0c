//! A terminal of the strictest kind: it takes the sequences that a frame is made of, by one of several tables of widths,
//! and tells what relies on something that terminals do in different ways.

use unicode_properties::{GeneralCategory as Category, UnicodeGeneralCategory};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How a terminal counts columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Widths {
    /// Code point by code point; spacing marks take a column.
    Points,
    /// The same, but spacing marks take none.
    PointsOnly,
    /// Code point by code point, by a table from before emoji were wide.
    Old,
    /// Code point by code point; half a flag takes two columns.
    WideFlags,
    /// Code point by code point; what is asked for as an emoji becomes wide.
    Widening,
    /// A cluster at a time, two columns at the most.
    Clusters,
    /// Code point by code point; nothing is a mark. Of it no more is asked than that nothing spreads.
    Unknowing,
}

pub(super) const ALL: [Widths; 7] = [
    Widths::Points,
    Widths::PointsOnly,
    Widths::Old,
    Widths::WideFlags,
    Widths::Widening,
    Widths::Clusters,
    Widths::Unknowing,
];

#[derive(Debug, Clone, PartialEq, Eq)]
enum Slot {
    Letter {
        text: String,
        width: usize,
        dress: String,
    },
    RightHalf,
    /// What was left of a wide letter when its other half went.
    Broken,
}

/// The terminal.
pub(super) struct Model {
    widths: Widths,
    size: (usize, usize),
    slots: Vec<Slot>,
    cursor: (usize, usize),
    moved: bool,
    dress: String,
    /// What was written that relies on what terminals do in different ways.
    pub(super) faults: Vec<String>,
}

impl Model {
    pub(super) fn new(widths: Widths, columns: u16, rows: u16) -> Self {
        let size = (usize::from(columns), usize::from(rows));
        let blank = Slot::Letter { text: " ".to_owned(), width: 1, dress: String::new() };
        let slots = vec![blank; size.0 * size.1];
        Self { widths, size, slots, cursor: (0, 0), moved: true, dress: String::new(), faults: Vec::new() }
    }

    pub(super) fn take(&mut self, bytes: &str) {
        let mut rest = bytes;
        while let Some(first) = rest.chars().next() {
            if let Some(link) = rest.strip_prefix("\u{1b}]8;") {
                let (_, behind) = link.split_once("\u{1b}\\").expect("a link ends");
                rest = behind;
            } else if let Some(sequence) = rest.strip_prefix("\u{1b}[") {
                let end = sequence.find(|c: char| c.is_ascii_alphabetic()).expect("a sequence ends");
                self.sequence(&sequence[..end], &sequence[end..=end]);
                rest = &sequence[end + 1..];
            } else if first == '\u{1b}' {
                self.faults.push(format!("an escape: {:?}", rest.chars().nth(1)));
                rest = rest.get(2..).unwrap_or_default();
            } else {
                let end = rest.find('\u{1b}').unwrap_or(rest.len());
                self.text(&rest[..end]);
                rest = &rest[end..];
            }
        }
    }

    fn sequence(&mut self, inner: &str, last: &str) {
        match last {
            "H" => {
                let (row, column) = inner.split_once(';').expect("a place");
                let number = |text: &str| text.parse::<usize>().expect("a number") - 1;
                self.cursor = (number(column), number(row));
                self.moved = true;
            }
            "m" if inner == "0" => self.dress.clear(),
            "m" => {
                self.dress.push_str(inner);
                self.dress.push(';');
            }
            _ => self.faults.push(format!("CSI {inner} {last}")),
        }
    }

    fn text(&mut self, text: &str) {
        if self.widths == Widths::Clusters {
            for cluster in text.graphemes(true) {
                self.letter(cluster, cluster.width().min(2));
            }
            return;
        }
        for c in text.chars() {
            self.letter(c.encode_utf8(&mut [0; 4]), self.columns(c));
        }
    }

    fn columns(&self, c: char) -> usize {
        let mark =
            matches!(c.general_category(), Category::NonspacingMark | Category::EnclosingMark | Category::Format);
        let spacing = c.general_category() == Category::SpacingMark;
        match self.widths {
            Widths::Unknowing => c.width().unwrap_or(0).clamp(1, 2),
            _ if mark => 0,
            Widths::PointsOnly if spacing => 0,
            _ if spacing => 1,
            Widths::Old if matches!(c, '\u{2300}'..='\u{27bf}' | '\u{1f000}'..='\u{1faff}') => 1,
            Widths::WideFlags if matches!(c, '\u{1f1e6}'..='\u{1f1ff}') => 2,
            _ => c.width().unwrap_or(0).min(2),
        }
    }

    fn letter(&mut self, text: &str, width: usize) {
        let first = text.chars().next().expect("a letter");
        let marks = matches!(
            first.general_category(),
            Category::NonspacingMark | Category::EnclosingMark | Category::SpacingMark | Category::Format
        );
        if marks && self.moved {
            self.faults.push(format!("{text:?} is first behind a movement"));
        }
        self.moved = false;
        let (x, y) = self.cursor;
        let row = y * self.size.0;
        if width == 0 {
            let mut at = x.saturating_sub(1);
            if self.slots[row + at] == Slot::RightHalf {
                at -= 1;
            }
            let Slot::Letter { text: whole, width: own, .. } = &mut self.slots[row + at] else { return };
            whole.push_str(text);
            if self.widths == Widths::Widening && first == '\u{fe0f}' && *own == 1 {
                *own = 2;
                self.free(x, y);
                self.slots[row + x] = Slot::RightHalf;
                self.cursor.0 += 1;
            }
            return;
        }
        if x + width > self.size.0 {
            if self.widths != Widths::Unknowing {
                self.faults.push(format!("{text:?} is written over the end of its row"));
            }
            return;
        }
        if self.slots[row + x] == Slot::RightHalf && self.widths != Widths::Unknowing {
            self.faults.push(format!("{text:?} is written into the right half of another letter"));
        }
        (x..x + width).for_each(|x| self.free(x, y));
        self.slots[row + x] = Slot::Letter { text: text.to_owned(), width, dress: self.dress.clone() };
        (x + 1..x + width).for_each(|x| self.slots[row + x] = Slot::RightHalf);
        self.cursor.0 += width;
    }

    /// Makes a place free: the other half of what stood there breaks.
    fn free(&mut self, x: usize, y: usize) {
        let at = y * self.size.0 + x;
        if self.slots[at] == Slot::RightHalf {
            self.slots[at - 1] = Slot::Broken;
        } else if x + 1 < self.size.0 && self.slots[at + 1] == Slot::RightHalf {
            self.slots[at + 1] = Slot::Broken;
        }
        self.slots[at] = Slot::Broken;
    }

    /// What stands at a place: a letter with its marks, nothing in the right half of one, and U+FFFD in half of one.
    pub(super) fn at(&self, x: u16, y: u16) -> &str {
        match &self.slots[usize::from(y) * self.size.0 + usize::from(x)] {
            Slot::Letter { text, .. } => text,
            Slot::RightHalf => "",
            Slot::Broken => "\u{fffd}",
        }
    }

    /// All that is seen.
    pub(super) fn seen(&self) -> Vec<(String, String)> {
        let seen = |slot: &Slot| match slot {
            Slot::Letter { text, dress, .. } => (text.clone(), dress.clone()),
            Slot::RightHalf => (String::new(), String::new()),
            Slot::Broken => ("\u{fffd}".to_owned(), String::new()),
        };
        self.slots.iter().map(seen).collect()
    }
}
