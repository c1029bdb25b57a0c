//! What became of one text since it was last the same in its file and on the platform. Pure.

use super::working_copy::{Divergence, RowHistory, text_divergence};
use super::{DigestedText, ManifestEntry};

/// Who changed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TextChange {
    /// Both sides say the same.
    Alike,
    /// The file alone.
    Here,
    /// The row alone.
    There,
    /// Nobody: the folder was taken back to an older version of both, or on to another.
    Older,
    /// Both were; nobody edited the file.
    OlderThere,
    /// Both.
    Both,
}

/// Of a file that stands there and a row that was read.
pub(super) fn compare_text(
    file: &DigestedText,
    entry: &ManifestEntry,
    known: Option<&RowHistory>,
    there: &DigestedText,
) -> TextChange {
    if file.digest == there.digest {
        return TextChange::Alike;
    }
    let is_as_seen = entry.others.is_empty() && file.says(&entry.digest);
    match (is_as_seen, text_divergence(entry, known, there)) {
        (false, Divergence { untouched: true, .. }) => TextChange::Here,
        (false, Divergence { untouched: false, .. }) => TextChange::Both,
        (true, Divergence { untouched: true, .. }) => TextChange::Older,
        (true, Divergence { untouched: false, moved: true }) => TextChange::OlderThere,
        (true, Divergence { untouched: false, moved: false }) => TextChange::There,
    }
}
