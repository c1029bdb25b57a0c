//! A data source as a folder of markdown files, one for each row. Floor 2.
//!
//! Owns how a row's name becomes a path and back, the manifest beside the files, reading and writing both, what a pull
//! and a push are to do (pure), and the texts that rows are made from: JSON lines and HTML. Reaches no platform: rows
//! and their digests come as arguments, and so does the digest's arithmetic.

mod error;
mod html;
mod join;
mod jsonl;
mod manifest;
mod names;
mod path;
mod plan;
mod pull;
mod read;
mod write;

pub use error::FolderError;
pub use html::{PageError, markdown};
pub use join::{Join, join};
pub use jsonl::{lines, read_lines};
pub use manifest::{Entry, MANIFEST, Manifest};
pub use names::{Paths, name_of, rank};
pub use path::RowPath;
pub use plan::{Act, Clash, Left, Plan, PushInput, Step, plan, to_read};
pub use pull::{Fetch, Gone, Settled, Sorted, arrange, settle};
pub use read::{Found, Local, Skip, Skipped, gather, long_text, page, plain, text};
pub use write::Folder;

/// How a text's digest is made: in hexadecimal digits.
pub type Digest = fn(&[u8]) -> String;
