//! A store that has grown: each program imports the same file into a data directory of its own, and completes its index.

use std::fs;
use std::path::{Path, PathBuf};

use crate::corpus::{self, Corpus};
use crate::support::home::Home;
use crate::support::{chat_thing, origin};
use crate::who::Who;
use crate::whole::{Cost, Whole, file_mb};

/// A program's own store.
pub struct Grown {
    /// Whose it is.
    pub who: Who,
    /// What the import took.
    pub import: Cost,
    /// What the first search took, which completes the index.
    pub index: Cost,
    /// The database then, in MB, with its write-ahead log.
    pub size: f64,
    home: Home,
}

/// Their stores, and what is in them.
pub struct Stores {
    /// What was imported.
    pub corpus: Corpus,
    /// Each program's.
    pub stores: Vec<Grown>,
    folder: Home,
}

/// The config file of whoever looks at archives alone: its channel's platform is nowhere.
pub fn config() -> String {
    chat_thing::config(&origin::nobody(), chat_thing::CHANNEL, chat_thing::SECRET)
}

/// What a word that is in no message is.
const NOTHING: &str = "zzzxxxzzz";

impl Stores {
    /// Makes them: the longest part of the suite.
    pub fn make(messages: usize) -> Self {
        let folder = Home::new();
        let file = folder.path().join("corpus.jsonl");
        let corpus = corpus::write(&file, messages);
        let stores = Who::programs().into_iter().map(|who| Grown::make(who, &file)).collect();
        fs::remove_file(&file).expect("the file goes");
        Self { corpus, stores, folder }
    }

    /// That program's.
    pub fn made_by(&self, who: Who) -> &Grown {
        self.stores.iter().find(|grown| grown.who == who).expect("a store")
    }

    /// A folder for what is written.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

impl Grown {
    fn make(who: Who, file: &Path) -> Self {
        let home = Home::new();
        home.configure(&config());
        let file = file.to_string_lossy().into_owned();
        let mut grown = Self { who, import: Cost::default(), index: Cost::default(), size: 0.0, home };
        grown.import = grown.run(&["conversations", "import", &file], None);
        grown.index = grown.run(&["search", NOTHING], None);
        let data = grown.data();
        grown.size = file_mb(&data.join("patchcord.db")) + file_mb(&data.join("patchcord.db-wal"));
        grown
    }

    /// Runs a command of its program on it.
    pub fn run(&self, arguments: &[&str], output: Option<&Path>) -> Cost {
        let environment = self.home.environment();
        let program = self.who.program();
        Whole { program: &program, arguments, environment: &environment, folder: self.home.path(), output }.run()
    }

    /// Its data directory.
    pub fn data(&self) -> PathBuf {
        self.home.data()
    }
}
