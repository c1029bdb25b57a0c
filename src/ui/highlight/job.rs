//! What is asked of the thread that reads code.

/// A wish: the colours of the lines from one on.
#[derive(Debug, Clone)]
pub(super) struct Job {
    /// Names it.
    pub(super) id: u64,
    pub(super) language: String,
    /// The mark before its first line.
    pub(super) start: u64,
    /// The code that stands above it in its block.
    pub(super) above: String,
    pub(super) code: String,
    /// The first line that is wanted.
    pub(super) from: usize,
}
