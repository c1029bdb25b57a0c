//! Directives in a row's text, each a line of its own, by which what is rare can be rehearsed.

use std::time::Duration;

/// This line makes the next syncs of the row's source fail.
const FAILS: &str = "<!-- sandbox: sync fails -->";
/// Between these stands how many seconds a sync of the row's source takes.
const TAKES: (&str, &str) = ("<!-- sandbox: sync takes ", " s -->");
const LONGEST: u64 = 3_600;

/// Whether a sync fails over this text.
pub(super) fn sync_fails(text: &str) -> bool {
    text.contains(FAILS) && text.lines().any(|line| line.trim() == FAILS)
}

/// How long a sync takes at least, if the text says so.
pub(super) fn sync_duration(text: &str) -> Option<Duration> {
    let seconds = |line: &str| line.trim().strip_prefix(TAKES.0)?.strip_suffix(TAKES.1)?.parse::<u64>().ok();
    if !text.contains(TAKES.0) {
        return None;
    }
    text.lines().filter_map(seconds).max().map(|seconds| Duration::from_secs(seconds.min(LONGEST)))
}

#[cfg(test)]
mod tests {
    use super::super::super::documents::DOCUMENTS;
    use super::*;

    #[test]
    fn an_order_is_a_line_of_its_own() {
        assert!(sync_fails("# Keys\n\n  <!-- sandbox: sync fails -->\r\nmore"));
        assert!(!sync_fails("The line `<!-- sandbox: sync fails -->` makes a sync fail."));
        assert_eq!(sync_duration("a\n<!-- sandbox: sync takes 30 s -->"), Some(Duration::from_secs(30)));
        assert_eq!(sync_duration("<!-- sandbox: sync takes 99999 s -->"), Some(Duration::from_secs(LONGEST)));
        for none in ["", "<!-- sandbox: sync takes long s -->", "so <!-- sandbox: sync takes 3 s -->"] {
            assert_eq!(sync_duration(none), None, "{none}");
        }
    }

    #[test]
    fn the_embedded_documents_order_nothing() {
        assert!(DOCUMENTS.iter().all(|(_, text)| !sync_fails(text) && sync_duration(text).is_none()));
    }
}
