//! Code in rows: what its fence says, and its lines behind a bar, in the colours that are known.

use super::Renderer;
use crate::domain::{SafeText, display_width};
use crate::ui::highlight::Above;
use crate::ui::markdown::block::{Fence, continued};
use crate::ui::markdown::flow::Flow;
use crate::ui::markdown::row::End;

impl Renderer<'_> {
    pub(super) fn code_block(&mut self, mut label: SafeText, code: &str) {
        let (inked, ends) = (label.clone(), code.ends_with('\n'));
        if let Some(count) = &mut self.count {
            count.codes += 1;
            label = SafeText::one_line(format!("{} {label}", count.codes).trim_end());
        }
        if !label.is_empty() {
            let dim = self.styles.dim;
            let top = (SafeText::from_static(self.styles.code_top()), dim);
            let bar = (SafeText::from_static(self.styles.code_bar()), dim);
            self.sheet.enter(top, bar);
            let mut flow = Flow::default();
            flow.push_border(label, dim);
            flow.cut(self.sheet.room()).into_iter().for_each(|row| self.sheet.put(row));
            self.sheet.leave();
        }
        self.code_lines(code, &Above::nothing(inked.as_str()), ends);
    }

    /// The lines of a segment that goes on with a code block.
    pub(super) fn code_part(&mut self, text: &str, fence: Fence) {
        let source = self.brush.above();
        let (opening, _) = source.split_once('\n').unwrap_or((source, ""));
        let code = || continued(source.split_once('\n').map_or("", |(_, code)| code), fence);
        let above = Above { label: fence.label(opening), source, code: &code };
        self.code_lines(&continued(text, fence), &above, text.ends_with('\n'));
    }

    /// Lines of code behind a bar, cut where they are too long.
    fn code_lines(&mut self, code: &str, above: &Above<'_>, ends: bool) {
        let code = SafeText::new(code.strip_suffix('\n').unwrap_or(code));
        if code.is_empty() {
            return;
        }
        let bar = (SafeText::from_static(self.styles.code_bar()), self.styles.dim);
        self.sheet.enter(bar.clone(), bar);
        let mut flow = Flow::default();
        for (range, ink) in self.brush.code(&code, above, ends) {
            flow.push(code.part(range), self.styles.ink(ink));
        }
        let mark = SafeText::from_static(self.styles.code_goes_on());
        let (room, columns) = (self.sheet.room(), display_width(mark.as_str()));
        // Where nothing stands left of the code, the mark takes room of its own, if there is any.
        let bare = self.sheet.is_bare();
        let marked = !bare || room >= 2 * columns;
        let mut goes_on = false;
        for row in flow.cut(if bare && marked { room - columns } else { room }) {
            let ends = row.end == End::Line;
            if goes_on && marked {
                self.sheet.put_marked(row, (mark.clone(), self.styles.dim));
            } else {
                self.sheet.put(row);
            }
            goes_on = !ends;
        }
        self.sheet.leave();
    }
}
