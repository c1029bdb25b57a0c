//! The first config file, and the complete example. Writes one where none is, and never over one.

use std::fs::DirBuilder;
use std::io;
use std::path::{Path, PathBuf};

use super::durable;
use super::new_channel::NewChannel;
use super::read::for_shell;
use crate::domain::{Failure, Kind, PlatformSpec};

/// Every key, commented: the repository's `config.example.toml`.
pub const EXAMPLE: &str = include_str!("../../config.example.toml");

/// What a first config file is that is to be filled in: one channel, of the first of these platforms.
pub fn starter(platforms: &[&'static PlatformSpec]) -> String {
    platforms.first().map_or_else(String::new, |first| first_file(&NewChannel::new("bot", first), platforms))
}

/// A whole first config file with that channel in it, commented.
pub(super) fn first_file(channel: &NewChannel, platforms: &[&PlatformSpec]) -> String {
    let block = channel.block();
    let others: Vec<&str> =
        platforms.iter().map(|spec| spec.platform.id()).filter(|id| *id != channel.spec.platform.id()).collect();
    let others = match others.split_last() {
        None => "#".to_owned(),
        Some((last, [])) => format!("# Another platform: {last}, one [[channels]] block a channel."),
        Some((last, rest)) => {
            format!("# Other platforms: {} and {last}, one [[channels]] block a channel.", rest.join(", "))
        }
    };
    format!(
        r#"# Patchcord's config file. Every key: see config.example.toml in Patchcord's repository.
# `patchcord config check` checks this file, `patchcord` alone opens it.

{block}
{others} `patchcord listen` prints where
# their webhooks go. `patchcord config add-channel` adds one.

# A secret is read from an environment variable, {{ env = "NAME" }}, from a file that only you can read, {{ file = "PATH" }},
# from a program's output, {{ command = ["pass", "show", "bot"] }}, or it stands here itself: secret_key = "…".
# Then this file must be yours alone (chmod 600), or it is refused.
"#
    )
}

/// Why no file was written.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// One is there already.
    #[error("{} is there already and was left as it is", .0.display())]
    Exists(PathBuf),
    /// The system refused.
    #[error("{path} could not be written: {source}", path = path.display())]
    Io {
        /// The file, or the folder that it should stand in.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl From<InitError> for Failure {
    fn from(error: InitError) -> Self {
        let failure = Failure::new(Kind::Failed, error.to_string());
        match error {
            InitError::Exists(path) => failure.hint(format!(
                "`patchcord config add-channel` adds a channel to it; to begin anew: rm {}",
                for_shell(&path)
            )),
            InitError::Io { .. } => failure.hint("name another place with --config"),
        }
    }
}

/// Writes a new file that only its owner can read, in a folder that only its owner can enter; whole or not at all.
///
/// # Errors
/// [`InitError::Exists`] where anything stands there, a link to nowhere included; [`InitError::Io`] where it can't be written.
pub(super) fn init(path: &Path, text: &str) -> Result<(), InitError> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        make_folder(folder).map_err(|source| InitError::Io { path: folder.to_owned(), source })?;
    }
    durable::create(path, text.as_bytes()).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => InitError::Exists(path.to_owned()),
        _ => InitError::Io { path: path.to_owned(), source },
    })
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{PLATFORMS, load, parse};
    use super::*;

    #[test]
    fn the_example_and_the_starter_have_no_error() {
        let example = parse(EXAMPLE, Path::new("config.example.toml")).unwrap_or_else(|errors| panic!("{errors}"));
        assert_eq!(example.channels.len(), 5);
        assert_eq!(example.default_channel.unwrap().as_str(), "docs");
        assert_eq!(parse(&starter(PLATFORMS), Path::new("config.toml")).unwrap().channels.len(), 1);
    }

    #[test]
    fn the_example_shows_every_key() {
        for key in [
            "allow_http",
            "read_only",
            "timeouts",
            "silence",
            "start_keyword",
            "webhook_key",
            "api_version",
            "signing_key",
            "require_signature",
            "answer_within",
            "bind",
            "public_url",
            "url",
            "env",
            "file",
            "command",
            "keyring",
            "default_channel",
            "send_url",
            "operator_id",
        ] {
            assert!(EXAMPLE.contains(&format!("{key} = ")), "{key}");
        }
    }

    #[test]
    fn a_file_is_begun_for_its_owner_alone_and_never_overwritten() {
        let top = tempfile::tempdir().unwrap();
        let path = top.path().join("a").join("b").join("config.toml");
        init(&path, &super::starter(PLATFORMS)).unwrap();
        assert_eq!(load(&path).unwrap().channels.len(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
        }
        std::fs::write(&path, "mine").unwrap();
        assert!(matches!(init(&path, &super::starter(PLATFORMS)), Err(InitError::Exists(_))));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_nowhere_is_not_followed() {
        let top = tempfile::tempdir().unwrap();
        let link = top.path().join("config.toml");
        std::os::unix::fs::symlink(top.path().join("elsewhere"), &link).unwrap();
        assert!(matches!(init(&link, &super::starter(PLATFORMS)), Err(InitError::Exists(_))));
        assert!(!top.path().join("elsewhere").exists());
    }
}
