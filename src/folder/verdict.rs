//! What became of one text since it was last the same in its file and on the platform. Pure.

use super::seen::{Known, Stand, stand};
use super::{Entry, Found};

/// Who changed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
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
pub(super) fn verdict(file: &Found, entry: &Entry, known: Option<&Known>, there: &Found) -> Verdict {
    if file.digest == there.digest {
        return Verdict::Alike;
    }
    let is_as_seen = entry.others.is_empty() && file.says(&entry.digest);
    match (is_as_seen, stand(entry, known, there)) {
        (false, Stand { untouched: true, .. }) => Verdict::Here,
        (false, Stand { untouched: false, .. }) => Verdict::Both,
        (true, Stand { untouched: true, .. }) => Verdict::Older,
        (true, Stand { untouched: false, moved: true }) => Verdict::OlderThere,
        (true, Stand { untouched: false, moved: false }) => Verdict::There,
    }
}
