//! A user's home for one test: an empty directory that every file of the program goes into, and its environment.
#![allow(dead_code, clippy::expect_used, clippy::missing_panics_doc, reason = "each test uses a part of the rig")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// The program under test.
pub const PATCHCORD: &str = env!("CARGO_BIN_EXE_patchcord");

/// A home directory that is removed with this value.
#[derive(Debug)]
pub struct Home {
    root: TempDir,
}

impl Default for Home {
    fn default() -> Self {
        Self::new()
    }
}

impl Home {
    /// An empty home.
    pub fn new() -> Self {
        let root = tempfile::Builder::new().prefix("patchcord-test-").tempdir().expect("a temporary directory");
        let home = Self { root };
        for folder in ["home", "config", "data", "state", "cache", "runtime", "tmp"] {
            fs::create_dir(home.path().join(folder)).expect("a folder in it");
        }
        let runtime = fs::Permissions::from_mode(0o700);
        fs::set_permissions(home.path().join("runtime"), runtime).expect("its mode");
        home
    }

    /// The directory that holds it all.
    pub fn path(&self) -> &Path {
        self.root.path()
    }

    /// The program's data directory.
    pub fn data(&self) -> PathBuf {
        self.path().join("data/patchcord")
    }

    /// Where the program looks for its config file when it isn't told where.
    pub fn config_file(&self) -> PathBuf {
        self.path().join("config/patchcord/config.toml")
    }

    /// Writes the config file, readable by its owner alone.
    pub fn configure(&self, text: &str) -> PathBuf {
        let file = self.config_file();
        fs::create_dir_all(file.parent().expect("a folder")).expect("the config folder");
        fs::write(&file, text).expect("the config file");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("its mode");
        file
    }

    /// The whole environment of a program in this home: nothing is inherited.
    pub fn environment(&self) -> Vec<(String, String)> {
        let at = |folder: &str| self.path().join(folder).to_string_lossy().into_owned();
        let fixed = [
            ("PATH", "/usr/local/bin:/usr/bin:/bin".to_owned()),
            ("HOME", at("home")),
            ("USER", "someone".to_owned()),
            ("XDG_CONFIG_HOME", at("config")),
            ("XDG_DATA_HOME", at("data")),
            ("XDG_STATE_HOME", at("state")),
            ("XDG_CACHE_HOME", at("cache")),
            ("XDG_RUNTIME_DIR", at("runtime")),
            ("TMPDIR", at("tmp")),
            ("PATCHCORD_DATA_DIR", self.data().to_string_lossy().into_owned()),
            ("LANG", "C.UTF-8".to_owned()),
            ("TZ", "UTC".to_owned()),
            // Whatever would go past loopback finds nobody there.
            ("ALL_PROXY", "http://127.0.0.1:9".to_owned()),
            ("NO_PROXY", "127.0.0.1,localhost,::1".to_owned()),
        ];
        // Which fault is planted, in a program that has any.
        let planted = std::env::var("PATCHCORD_PLANTED").ok().map(|name| ("PATCHCORD_PLANTED", name));
        fixed.into_iter().chain(planted).map(|(name, value)| (name.to_owned(), value)).collect()
    }
}
