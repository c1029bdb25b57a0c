//! The command line of `sources pull`, `diff`, `push`, `import` and `export`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use clap_complete::ArgValueCompleter;

use crate::cli::complete;

const PULL: &str = "\
Example:
  patchcord sources pull ID docs

Each row is a file: the row `solar/planets` is DIR/solar/planets.md. What a system can't hold in
a name is written %XX, a second row of one name gets %+2; .patchcord.json remembers which file is
which row. Files that you edited are kept and told, and so are those that a revert, an older tag
or another branch took back; nothing but rows' files is touched. Ctrl+C stops it, and the next pull
goes on from there.

Keep .patchcord.json in git, with the files. .patchcord/ is this copy's own, and git leaves it out.

--json: {\"total\",\"written\",\"moved\",\"removed\",\"unchanged\",\"conflicts\":[…],\"kept\":[…]},
each of these {\"path\",\"name\",\"id\",\"why\"}. Exit 1 where both sides changed a file, 11 where a file
can't be read.";

const DIFF: &str = "\
Examples:
  patchcord sources diff ID docs
  patchcord sources diff ID docs --exit-code > /dev/null || echo \"to be pushed\"

From the platform's text (-) to the file's (+), and what changed on the platform since the last
pull or push. No output: nothing differs. Every row is read. Line ends alone are no difference.
\"older\": a revert, an older tag or another branch took the folder back, and nobody changed the row.

--json: {\"changes\":[{\"path\",\"name\",\"was\",\"id\",\"change\"}],\"failed\":[…]}, where change is created,
updated, renamed, deleted, conflict, older, changed_there, renamed_there, created_there or
deleted_there. Exit 11 where a file can't be compared; with --exit-code, 1 where something differs.";

const PUSH: &str = "\
Examples:
  patchcord sources pull ID docs && $EDITOR docs/planets.md && patchcord sources diff ID docs
  patchcord sources push ID docs --dry-run
  patchcord sources push ID docs --prune --sync
  git revert HEAD && patchcord sources push ID docs --overwrite
  patchcord sources push ID docs --sync --test faq.toml --undo-on-broken

Only what changed here is written; a moved file renames its row. What somebody else changed since
is left, and told as a conflict. In a fresh clone what git knows as an earlier version of a page
is this folder's own: a job in CI goes on from where the one before it was. What is replaced or
deleted is in the undo journal first. A push that failed or was stopped is finished by running it
again. Rows are .md and .markdown files; what .gitignore names is none, unless it is one already.
A file that isn't text, is too long or bears git's conflict marks is named, and nothing is pushed;
--keep-going pushes the others.

--overwrite makes the platform what the folder says, also where git took the folder back: texts and
names are put back, deleted rows made again, and rows deleted that were made since. Files that you
deleted yourself need --prune as ever; the two together delete all rows that have no file.

--test asks a suite before, pushes, syncs, asks again, and tells each case whose answer is another:
changed, mended, broken (exit 12), still failing. --undo-on-broken then puts every row back by the
undo journal and syncs again; your files keep the change. A run that was interrupted or killed is
taken up by --resume: no answer is asked again, no row pushed twice. --resume=undo puts its rows
back instead, and --resume=leave ends it as it stands. --dry-run says what it would push and cost.

--json: {\"created\",\"updated\",\"renamed\",\"deleted\",\"unchanged\",\"left\",\"changes\":[{\"path\",\"name\",
\"id\",\"change\"}],\"conflicts\":[…],\"older\":[…],\"kept\":[…],\"failed\":[…],\"source\"}, each of the latter
lists {\"path\",\"name\",\"id\",\"why\"}. Exit 1 where a row is in conflict or older here, 11 where a file
can't be pushed, 130 where it was stopped; where a row failed, the code of what stopped it.";

const IMPORT: &str = "\
Examples:
  patchcord sources import ID rows.jsonl
  patchcord sources import ID handbook/ --update

A .md, .txt or .html file is one row, named by its path without the ending, from DIR on; HTML
becomes markdown. A line of a .jsonl file is a row: {\"name\",\"content\"}. Where a row of a name is
there and says something else, nothing is changed, unless --update says so. An import that was
stopped is finished by running it again. --json: as `sources push`.";

#[derive(Debug, Clone, Subcommand)]
pub(in crate::cli) enum FolderCommand {
    /// Bring a source's rows into a folder of markdown files
    #[command(after_help = PULL)]
    Pull(PullArgs),
    /// Show how a folder and its source differ
    #[command(after_help = DIFF)]
    Diff(DiffArgs),
    /// Make a source what a folder is
    #[command(after_help = PUSH)]
    Push(PushArgs),
    /// Make rows of files: JSON lines, markdown, text, HTML, and folders of these
    #[command(after_help = IMPORT)]
    Import(ImportRowsArgs),
    /// Write all rows of a source to standard output, one a line
    #[command(after_help = "Example:\n  patchcord sources export ID > rows.jsonl")]
    Export(ExportRowsArgs),
}

#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct FolderArgs {
    /// The source
    #[arg(add = ArgValueCompleter::new(complete::sources), value_name = "ID")]
    pub(in crate::cli) id: String,
    /// The folder
    #[arg(value_name = "DIR")]
    pub(in crate::cli) dir: PathBuf,
}

#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct DiffArgs {
    #[command(flatten)]
    pub(in crate::cli) place: FolderArgs,
    /// Exit 1 where something differs, as a check in CI wants it
    #[arg(long)]
    pub(in crate::cli) exit_code: bool,
}

#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct PullArgs {
    #[command(flatten)]
    pub(in crate::cli) place: FolderArgs,
    /// Take the platform's side where a file was edited, deleted or never seen here
    #[arg(long)]
    pub(in crate::cli) overwrite: bool,
}

#[derive(Debug, Clone, Args)]
#[expect(clippy::struct_excessive_bools, reason = "one for each flag")]
pub(in crate::cli) struct PushArgs {
    #[command(flatten)]
    pub(in crate::cli) place: FolderArgs,
    /// Delete the rows whose files were deleted here; rows that this folder never saw stay
    #[arg(long)]
    pub(in crate::cli) prune: bool,
    /// Change nothing; print what would be
    #[arg(long)]
    pub(in crate::cli) dry_run: bool,
    /// Have the platform sync the source afterwards, and wait for it
    #[arg(long)]
    pub(in crate::cli) sync: bool,
    /// Make the platform what this folder says, whoever changed a row, and whatever version git took the folder to
    #[arg(long)]
    pub(in crate::cli) overwrite: bool,
    /// Push the other files where some can't be
    #[arg(long)]
    pub(in crate::cli) keep_going: bool,
    /// Delete more than half of the rows without asking
    #[arg(long)]
    pub(in crate::cli) yes: bool,
    /// Ask this suite before and after, and tell which answers changed (repeatable); syncs in any case
    #[arg(long, value_name = "SUITE", conflicts_with = "keep_going")]
    pub(in crate::cli) test: Vec<PathBuf>,
    /// Put every row back and sync again where a case passed before and fails after
    #[arg(long)]
    pub(in crate::cli) undo_on_broken: bool,
    /// Take up the last run with --test: go on, put its rows back, or leave it as it stands
    #[arg(
        long,
        value_name = "HOW",
        value_enum,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "on",
        conflicts_with_all = ["dry_run", "prune", "overwrite", "keep_going"]
    )]
    pub(in crate::cli) resume: Option<Resume>,
    /// With --test: so many cases side by side
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=64))]
    pub(in crate::cli) jobs: u8,
    /// With --test: begin nothing that could cost more messages, before and after together
    #[arg(long, value_name = "N", requires = "test")]
    pub(in crate::cli) max_messages: Option<u64>,
}

/// How a run with --test is taken up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Resume {
    /// Go on from where it was
    On,
    /// Put its rows back and sync again; a run that is over, too
    Undo,
    /// End it as it stands
    Leave,
}

#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct ImportRowsArgs {
    /// The source
    #[arg(add = ArgValueCompleter::new(complete::sources), value_name = "ID")]
    pub(in crate::cli) id: String,
    /// The files and folders
    #[arg(value_name = "FILE|DIR", required = true)]
    pub(in crate::cli) files: Vec<PathBuf>,
    /// Replace what rows of these names say
    #[arg(long)]
    pub(in crate::cli) update: bool,
    /// Import the other files where some can't be
    #[arg(long)]
    pub(in crate::cli) keep_going: bool,
}

#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct ExportRowsArgs {
    /// The source
    #[arg(add = ArgValueCompleter::new(complete::sources), value_name = "ID")]
    pub(in crate::cli) id: String,
    /// How to write it: one JSON object a line
    #[arg(long, value_enum, default_value_t = RowFormat::Jsonl)]
    pub(in crate::cli) format: RowFormat,
}

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum RowFormat {
    Jsonl,
}
