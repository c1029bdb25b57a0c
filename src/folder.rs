//! A data source as a folder of markdown files, one for each row. Floor 2.
//!
//! Owns how a row's name becomes a path and back, the manifest beside the files, what one copy of the folder saw,
//! reading and writing all of it, what a pull and a push are to do (pure), what git needs of a folder, and the texts that
//! rows are made from: JSON lines and HTML. Reaches no platform: rows and their digests come as arguments, and so does
//! the digest's arithmetic.

mod encoding;
mod error;
mod found;
mod git;
mod html;
mod ignored;
mod join;
mod jsonl;
mod manifest;
mod marks;
mod names;
mod path;
mod plan;
mod pull;
mod read;
mod seen;
mod verdict;
mod write;

pub use error::FolderError;
pub use found::Found;
pub use html::{PageError, markdown};
pub use join::{Join, join};
pub use jsonl::{lines, read_lines};
pub use manifest::{Entry, MANIFEST, Manifest};
pub use marks::is_conflicted;
pub use names::{Paths, name_of, rank};
pub use path::RowPath;
pub use plan::{Act, Choice, Clash, Left, Plan, PushInput, Step, plan, to_read};
pub use pull::{Fetch, Gone, Settled, Sorted, arrange, settle};
pub use read::{Local, Skip, Skipped, gather, long_text, page, text};
pub use seen::Seen;
pub use write::Folder;

/// How a text's digest is made: in hexadecimal digits.
pub type Digest = fn(&[u8]) -> String;
