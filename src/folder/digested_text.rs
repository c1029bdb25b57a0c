//! A text as it is compared. Line ends alone make no difference: git changes them from one machine to the next
//! (`core.autocrlf`), and a bot learns the same of both.

use std::borrow::Cow;

use super::Digest;

/// A text, of a file or of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestedText {
    /// What it says, to the byte.
    pub content: String,
    /// The digest of that with the line ends of Unix.
    pub digest: String,
    /// The digest of its bytes, where they are others: manifests of before have that.
    exact: Option<String>,
}

impl DigestedText {
    /// A text and its digests.
    pub fn new(content: String, digest: Digest) -> Self {
        let unix = unix(&content);
        let exact = matches!(unix, Cow::Owned(_)).then(|| digest(content.as_bytes()));
        Self { digest: digest(unix.as_bytes()), exact, content }
    }

    /// Whether it is the text of that digest.
    pub fn says(&self, seen: &str) -> bool {
        self.digest == seen || self.exact.as_deref() == Some(seen)
    }

    /// What goes to the platform. `converted`: this checkout has other line ends than what is versioned; then the row
    /// keeps the ones that it has, and a new one gets those of Unix.
    pub fn outgoing(&self, there: Option<&str>, converted: bool) -> String {
        if converted && !there.is_some_and(|there| there.contains("\r\n")) {
            return unix(&self.content).into_owned();
        }
        self.content.clone()
    }
}

fn unix(text: &str) -> Cow<'_, str> {
    if text.contains("\r\n") { Cow::Owned(text.replace("\r\n", "\n")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> DigestedText {
        DigestedText::new(text.to_owned(), |bytes| String::from_utf8_lossy(bytes).into_owned())
    }

    #[test]
    fn line_ends_alone_are_no_difference() {
        let text = found("a\r\nb\n\rc");
        assert_eq!(text.digest, "a\nb\n\rc");
        assert!(text.says("a\nb\n\rc") && text.says("a\r\nb\n\rc") && !text.says("a\nb\nc"));
        assert_eq!(found("a\nb\n").digest, found("a\r\nb\r\n").digest);
    }

    #[test]
    fn a_converted_checkout_sends_the_rows_own_line_ends() {
        let text = found("a\r\nB\r\n");
        assert_eq!(text.outgoing(Some("a\nb\n"), true), "a\nB\n");
        assert_eq!(text.outgoing(None, true), "a\nB\n");
        assert_eq!(text.outgoing(Some("a\r\nb\r\n"), true), "a\r\nB\r\n");
        assert_eq!(text.outgoing(Some("a\nb\n"), false), "a\r\nB\r\n");
    }
}
