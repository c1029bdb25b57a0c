//! Where the program's files are: the config file, the data directory, the state directory. Finds; reads nothing.

use std::io;
use std::path::{Path, PathBuf};

use directories::ProjectDirs;

use super::Env;
use crate::domain::{Failure, Kind};

/// What named the config file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// `--config`.
    Flag,
    /// `$PATCHCORD_CONFIG`.
    Variable,
    /// The platform's config directory.
    Default,
}

/// Where the config file is, or would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The path.
    pub path: PathBuf,
    /// What named it.
    pub origin: Origin,
    /// Whether something stands there, readable or not.
    pub exists: bool,
}

/// The system names no home directory, so there is no default place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the system names no home directory, so there is no default {what}")]
pub struct NoHome {
    what: &'static str,
    instead: &'static str,
}

impl From<NoHome> for Failure {
    fn from(error: NoHome) -> Self {
        Failure::new(Kind::Config, error.to_string()).hint(error.instead)
    }
}

/// The config file: `flag`, else `$PATCHCORD_CONFIG`, else `config.toml` in the platform's config directory.
///
/// # Errors
/// [`NoHome`] where nothing names it and the system has no home directory.
pub fn locate(flag: Option<&Path>, env: &Env) -> Result<Location, NoHome> {
    let (path, origin) = if let Some(path) = flag {
        (path.to_owned(), Origin::Flag)
    } else if let Some(path) = env.filled("PATCHCORD_CONFIG") {
        (PathBuf::from(path), Origin::Variable)
    } else {
        let home = project("config file", "name one with `--config FILE` or $PATCHCORD_CONFIG")?;
        (home.config_dir().join("config.toml"), Origin::Default)
    };
    // Whatever can't be looked at (no permission, a loop of links) exists for this purpose: reading it says why not.
    let exists = std::fs::metadata(&path).map_or_else(|error| error.kind() != io::ErrorKind::NotFound, |_| true);
    Ok(Location { path, origin, exists })
}

/// The data directory: `flag`, else `$PATCHCORD_DATA_DIR`, else the platform's.
///
/// # Errors
/// [`NoHome`] where nothing names it and the system has no home directory.
pub fn data_dir(flag: Option<&Path>, env: &Env) -> Result<PathBuf, NoHome> {
    if let Some(path) = flag {
        return Ok(path.to_owned());
    }
    if let Some(path) = env.filled("PATCHCORD_DATA_DIR") {
        return Ok(PathBuf::from(path));
    }
    let home = project("data directory", "name one with `--data-dir DIR` or $PATCHCORD_DATA_DIR")?;
    Ok(home.data_dir().to_owned())
}

/// The state directory, where logs live. Where the platform knows none, a folder in its local data directory.
///
/// # Errors
/// [`NoHome`] where the system has no home directory.
pub fn state_dir() -> Result<PathBuf, NoHome> {
    let home = project("state directory", "set $HOME")?;
    Ok(home.state_dir().map_or_else(|| home.data_local_dir().join("state"), Path::to_owned))
}

fn project(what: &'static str, instead: &'static str) -> Result<ProjectDirs, NoHome> {
    ProjectDirs::from("", "", "patchcord").ok_or(NoHome { what, instead })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flag_wins_over_the_variable_over_the_default() {
        let env = Env::from_vars([("PATCHCORD_CONFIG", "/env/c.toml"), ("PATCHCORD_DATA_DIR", "/env/data")]);
        let found = locate(Some(Path::new("/flag/c.toml")), &env).unwrap();
        assert_eq!((found.path, found.origin), (PathBuf::from("/flag/c.toml"), Origin::Flag));
        let found = locate(None, &env).unwrap();
        assert_eq!((found.path, found.origin, found.exists), (PathBuf::from("/env/c.toml"), Origin::Variable, false));
        assert_eq!(data_dir(Some(Path::new("/flag")), &env).unwrap(), PathBuf::from("/flag"));
        assert_eq!(data_dir(None, &env).unwrap(), PathBuf::from("/env/data"));
    }

    #[test]
    fn an_empty_variable_is_none() {
        let env = Env::from_vars([("PATCHCORD_CONFIG", "")]);
        if let Ok(found) = locate(None, &env) {
            assert_eq!(found.origin, Origin::Default);
            assert!(found.path.ends_with("config.toml"), "{}", found.path.display());
        }
    }

    #[test]
    fn what_stands_there_exists_even_if_it_is_no_file() {
        let folder = tempfile::tempdir().unwrap();
        assert!(locate(Some(folder.path()), &Env::system()).unwrap().exists);
        assert!(!locate(Some(&folder.path().join("none")), &Env::system()).unwrap().exists);
    }
}
