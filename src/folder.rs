//! A data source as a folder of markdown files, one for each row. Floor 2.
//!
//! Owns how a row's name becomes a path and back, the manifest beside the files, what one copy of the folder saw,
//! reading and writing all of it, what a pull and a push are to do (pure), what git needs of a folder, and the texts that
//! rows are made from: JSON lines and HTML. Reaches no platform: rows and their digests come as arguments, and so does
//! the digest's arithmetic.

#![warn(clippy::missing_errors_doc)]

mod conflict_markers;
mod digested_text;
mod encoding;
mod error;
mod git;
mod history;
mod html;
mod ignored;
mod import_plan;
mod jsonl;
mod manifest;
mod names;
mod path;
mod plan;
mod pull;
mod read;
mod text_change;
mod working_copy;
mod write;

pub use conflict_markers::is_conflicted;
pub use digested_text::DigestedText;
pub use error::FolderError;
pub use history::{committed_since, ours};
pub use html::{PageError, markdown};
pub use import_plan::{ImportStep, plan_import};
pub use jsonl::{lines, read_lines};
pub use manifest::{MANIFEST, Manifest, ManifestEntry, ManifestError};
pub use names::{Paths, name_of, rank};
pub use path::RowPath;
pub use plan::{LeftAsIs, PlanStep, PushChoice, PushConflict, PushInput, PushPlan, RowAction, plan, to_read};
pub use pull::{Fetch, FileOutcome, GoneFile, PullPlan, plan_pull, settle};
pub use read::{LocalFiles, SkipReason, SkippedFile, gather, long_text, page, text};
pub use working_copy::WorkingCopy;
pub use write::{Folder, SyncAll};

/// How a text's digest is made: in hexadecimal digits.
pub type Digest = fn(&[u8]) -> String;
