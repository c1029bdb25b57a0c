//! What goes out with a message: files read when they are sent, and checked before they are put into the outbox.

use std::path::Path;

use bytes::Bytes;

use crate::domain::{Attach, Attachment, Failure, Kind};
use crate::platform::{CallError, Outcome, Upload};

/// The most that a file may hold.
const LARGEST: u64 = 10 * 1024 * 1024;

/// Reads them all. A file that can't be read keeps the message from being sent.
pub(super) async fn read(attach: &[Attach]) -> Result<Vec<Upload>, CallError> {
    let mut uploads = Vec::new();
    for one in attach {
        uploads.push(match one {
            Attach::Offer(_) => continue,
            Attach::Url(url) => Upload::Url(url.clone()),
            Attach::Path(path) => {
                check(path).await.map_err(refused)?;
                let content = tokio::fs::read(path).await.map_err(|e| refused(unreadable(path, &e)))?;
                Upload::File {
                    name: name(path),
                    media_type: media_type(path).to_owned(),
                    content: Bytes::from(content),
                }
            }
        });
    }
    Ok(uploads)
}

/// Whether a file can go out, and how large it is in bytes.
pub(super) async fn check(path: &Path) -> Result<u64, Failure> {
    let found = tokio::fs::metadata(path).await.map_err(|e| unreadable(path, &e))?;
    if !found.is_file() {
        return Err(Failure::new(Kind::Invalid, format!("{} is no file, so it can't be attached.", path.display())));
    }
    if found.len() > LARGEST {
        let what = format!("{} has more than 10 MiB, so it can't be attached.", path.display());
        return Err(
            Failure::new(Kind::Invalid, what).hint("Put it where the platform can fetch it, and attach its URL.")
        );
    }
    Ok(found.len())
}

/// How what went out stands in the conversation. What was offered is told in words: it was for the receiver to choose.
pub(super) fn shown(attach: &[Attach]) -> Vec<Attachment> {
    let shown = attach.iter().filter_map(|one| match one {
        Attach::Path(path) => Some(Attachment { url: String::new(), offset: None, name: Some(name(path)) }),
        Attach::Url(url) => Some(Attachment { url: url.clone(), offset: None, name: None }),
        Attach::Offer(_) => None,
    });
    shown.collect()
}

/// The answers that the receiver is offered.
pub(super) fn offered(attach: &[Attach]) -> Vec<String> {
    let offers = attach.iter().filter_map(|one| match one {
        Attach::Offer(text) => Some(text.clone()),
        Attach::Path(_) | Attach::Url(_) => None,
    });
    offers.collect()
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(
        Kind::Invalid,
        format!("{} could not be read, so the message was not sent: {error}.", path.display()),
    )
    .hint("The text is kept.")
}

fn refused(failure: Failure) -> CallError {
    CallError { outcome: Outcome::Refused, failure }
}

/// A file's name, without its folder.
pub(super) fn name(path: &Path) -> String {
    path.file_name().map_or_else(|| "file".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// A size for a person: `12 KiB`.
pub(super) fn size(bytes: u64) -> String {
    match bytes {
        0..1_024 => format!("{bytes} B"),
        1_024..1_048_576 => format!("{} KiB", bytes.div_ceil(1_024)),
        _ => format!("{} MiB", bytes.div_ceil(1_048_576)),
    }
}

/// By the name's end: what people send to bots; the rest is bytes.
fn media_type(path: &Path) -> &'static str {
    let end = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
    match end.as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "svg" => "image/svg+xml",
        "pdf" => "application/pdf",
        "txt" | "log" => "text/plain",
        "md" => "text/markdown",
        "csv" => "text/csv",
        "html" | "htm" => "text/html",
        "json" => "application/json",
        "zip" => "application/zip",
        "mp3" => "audio/mpeg",
        "wav" => "audio/wav",
        "mp4" => "video/mp4",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    #[tokio::test]
    async fn a_file_is_read_with_its_name_and_kind() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a b.PNG");
        std::fs::write(&path, b"picture").unwrap();
        let read = read(&[Attach::Path(path), Attach::Url("https://h/x".to_owned())]).await.unwrap();
        let file = Upload::File {
            name: "a b.PNG".to_owned(),
            media_type: "image/png".to_owned(),
            content: Bytes::from_static(b"picture"),
        };
        assert_eq!(read, [file, Upload::Url("https://h/x".to_owned())]);
    }

    #[tokio::test]
    async fn what_is_no_file_or_too_large_keeps_the_message_back() {
        let dir = tempfile::tempdir().unwrap();
        let large = dir.path().join("large");
        std::fs::File::create(&large).unwrap().set_len(LARGEST + 1).unwrap();
        for path in [dir.path().to_owned(), dir.path().join("missing"), large, PathBuf::new()] {
            let error = read(&[Attach::Path(path)]).await.unwrap_err();
            assert_eq!((error.outcome, error.failure.kind), (Outcome::Refused, Kind::Invalid));
        }
    }
}
