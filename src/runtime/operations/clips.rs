//! A copied text that no terminal takes, as a file.

use std::path::PathBuf;

use super::files;
use crate::app::{Clip, Copied};
use crate::domain::{Failure, Kind, Timestamp};

/// Writes the text into a new file in the folder that the program was started in.
pub(in crate::runtime) async fn write(clip: &Clip) -> Copied {
    let text = format!("{}\n", clip.text);
    let written = tokio::task::spawn_blocking(move || {
        let path = new_name()?;
        files::put(&path, |to| to.write_all(text.as_bytes()), false).map(|()| path)
    });
    match written.await {
        Ok(Ok(path)) => Copied::File(path.display().to_string()),
        Ok(Err(failure)) => Copied::Failed(failure),
        Err(_) => Copied::Failed(Failure::new(Kind::Failed, "Writing the file ended unexpectedly.")),
    }
}

/// A name that says when, and is nobody's yet.
fn new_name() -> Result<PathBuf, Failure> {
    let folder = std::env::current_dir()
        .map_err(|error| Failure::new(Kind::Failed, format!("The folder can't be told: {error}.")))?;
    let stamp: String = Timestamp::now().exact().chars().filter(char::is_ascii_digit).take(14).collect();
    Ok(folder.join(format!("patchcord-copy-{stamp}.txt")))
}
