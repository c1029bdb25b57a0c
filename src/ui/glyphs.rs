//! One table of glyphs, with an ASCII column for terminals that have no others. None is of ambiguous width.

/// The glyphs that the screen uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Glyphs {
    /// Something unread.
    pub(super) unread: &'static str,
    /// An unsent text is kept.
    pub(super) draft: &'static str,
    /// A message of unknown fate.
    pub(super) unknown: &'static str,
    /// The open conversation.
    pub(super) open: &'static str,
    /// On its way out.
    pub(super) sending: &'static str,
    /// Waiting for its turn or for a moment.
    pub(super) queued: &'static str,
    /// Not to leave until the user says so.
    pub(super) held: &'static str,
    /// Refused, or cut.
    pub(super) failed: &'static str,
    /// Right, or done.
    pub(super) ok: &'static str,
    /// Known already.
    pub(super) again: &'static str,
    /// Sent by the program itself.
    pub(super) replay: &'static str,
    /// Without a signature.
    pub(super) unsigned: &'static str,
    /// Under a new name.
    pub(super) renamed: &'static str,
    /// Not there before.
    pub(super) new: &'static str,
    /// To be taken away.
    pub(super) gone: &'static str,
    /// Changed by two.
    pub(super) conflict: &'static str,
    /// The bot does not know it yet.
    pub(super) unsynced: &'static str,
    /// Chosen among others.
    pub(super) marked: &'static str,
    /// A part of a bar that is done, and one that is not.
    pub(super) bar: [&'static str; 2],
    /// Between two facts on a line.
    pub(super) dot: &'static str,
    /// Behind what is under way, and where a text goes on.
    pub(super) dots: &'static str,
    /// Whether these are the ASCII ones.
    pub(super) ascii: bool,
}

/// The usual glyphs.
pub(super) const UNICODE: Glyphs = Glyphs {
    unread: "•",
    draft: "✎",
    unknown: "?",
    open: "›",
    sending: "↑",
    queued: "…",
    held: "▮",
    failed: "✗",
    ok: "✓",
    again: "=",
    replay: "↻",
    unsigned: "-",
    renamed: "»",
    new: "+",
    gone: "-",
    conflict: "!",
    unsynced: "◌",
    marked: "▪",
    bar: ["█", "░"],
    dot: " · ",
    dots: "…",
    ascii: false,
};

/// For terminals whose locale is not UTF-8.
pub(super) const ASCII: Glyphs = Glyphs {
    unread: "*",
    draft: "~",
    unknown: "?",
    open: ">",
    sending: "^",
    queued: ".",
    held: "H",
    failed: "x",
    ok: "+",
    again: "=",
    replay: "@",
    unsigned: "-",
    renamed: "&",
    new: "+",
    gone: "-",
    conflict: "!",
    unsynced: "o",
    marked: "#",
    bar: ["#", "."],
    dot: " - ",
    dots: "...",
    ascii: true,
};

/// For Linux's console, whose fonts have lines and blocks besides letters.
pub(super) const CONSOLE: Glyphs = Glyphs { bar: ["█", "░"], dot: " · ", ascii: false, ..ASCII };

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::display_width;

    #[test]
    fn every_mark_is_one_column_wide() {
        for g in [UNICODE, CONSOLE, ASCII] {
            let marks = [g.unread, g.draft, g.unknown, g.open, g.sending, g.queued, g.held, g.failed];
            let sources = [g.renamed, g.new, g.gone, g.conflict, g.unsynced, g.marked, g.bar[0], g.bar[1]];
            for mark in marks.into_iter().chain([g.ok, g.again, g.replay, g.unsigned]).chain(sources) {
                assert_eq!(display_width(mark), 1, "{mark}");
            }
        }
    }
}
