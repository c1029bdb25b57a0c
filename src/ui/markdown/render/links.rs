//! Links in rows: the ones that are written as such, addresses in plain text, and the targets under a block.

use std::sync::Arc;

use pulldown_cmark::LinkType;
use ratatui::style::Style;

use super::Renderer;
use crate::domain::{SafeText, bare_address};
use crate::export::is_numbered;
use crate::ui::markdown::links;

impl Renderer<'_> {
    /// The targets of the numbered links, under the block that they stand in, once that is whole.
    pub(super) fn list_targets(&mut self) {
        if self.growing {
            return;
        }
        let indent = |marker: &SafeText| SafeText::new(&" ".repeat(crate::domain::display_width(marker.as_str())));
        for (number, target) in std::mem::take(&mut self.targets).list(self.styles) {
            let beside = (indent(&number), Style::new());
            if let Some((number, style)) = self.sheet.enter((number, self.styles.dim), beside) {
                self.flow.push_border(number, style);
            }
            self.flow.append(&target);
            self.flush();
            self.sheet.leave();
        }
    }

    /// Text with the addresses in it, if it isn't a link's already.
    pub(super) fn prose(&mut self, text: &str) {
        let mut rest = text;
        while self.links.is_empty()
            && let Some(range) = bare_address(rest)
        {
            let (before, address) = (&rest[..range.start], &rest[range.clone()]);
            self.text(&SafeText::new(before));
            let style = self.current().patch(self.styles.link);
            self.flow.push_link(SafeText::new(address), style, Some(Arc::from(address)));
            rest = &rest[range.end..];
        }
        self.text(&SafeText::new(rest));
    }

    pub(super) fn open_link(&mut self, link: LinkType, target: &str) {
        let number = match &mut self.count {
            Some(count) if is_numbered(link, target) => {
                count.links += 1;
                Some(count.links)
            }
            _ => None,
        };
        // Where nothing is numbered the target stands behind the link.
        let beside = is_numbered(link, target).then_some(0);
        self.links.push((Arc::from(target), number.or(beside)));
    }

    pub(super) fn close_link(&mut self) {
        match self.links.pop() {
            Some((target, Some(0))) => {
                let dim = self.current().patch(self.styles.dim);
                self.push(SafeText::from_static(" ("), dim);
                self.flow.push_link(links::shown(&target), dim, Some(target));
                self.push(SafeText::from_static(")"), dim);
            }
            Some((target, Some(number))) => self.targets.number(number, &target, &mut self.flow, self.styles),
            _ => {}
        }
    }
}
