//! A form with files, as RFC 7578 and browsers write it. The same parts give the same bytes.
//!
//! Owns the encoding alone. Written here and not taken from the client library, which draws its boundary at random and
//! hands out a body that can be read once: a request of ours can be sent again after a refused token.

use bytes::{BufMut, Bytes, BytesMut};

/// One part of a form.
#[derive(Debug, Clone, Copy)]
pub struct MultipartField<'a> {
    name: &'a str,
    /// The file's name and media type.
    file: Option<(&'a str, &'a str)>,
    content: &'a [u8],
}

impl<'a> MultipartField<'a> {
    /// A field.
    pub const fn text(name: &'a str, value: &'a str) -> Self {
        Self { name, file: None, content: value.as_bytes() }
    }

    /// A file. A media type that no header can carry becomes the one for any bytes.
    pub fn file(name: &'a str, file_name: &'a str, media_type: &'a str, content: &'a [u8]) -> Self {
        let plain = |c: char| c.is_ascii_graphic() || c == ' ';
        let known = media_type.contains('/') && media_type.chars().all(plain);
        Self { name, file: Some((file_name, if known { media_type } else { "application/octet-stream" })), content }
    }

    fn holds(&self, boundary: &str) -> bool {
        self.content.windows(boundary.len()).any(|window| window == boundary.as_bytes())
    }
}

/// The content type, and the body.
pub(super) fn encode(parts: &[MultipartField<'_>]) -> (String, Bytes) {
    let boundary = boundary(parts);
    let room = parts.iter().map(|part| part.content.len() + 256).sum::<usize>() + 64;
    let mut body = BytesMut::with_capacity(room);
    for part in parts {
        body.put(
            format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"", quoted(part.name)).as_bytes(),
        );
        if let Some((file_name, media_type)) = part.file {
            body.put(format!("; filename=\"{}\"\r\nContent-Type: {media_type}", quoted(file_name)).as_bytes());
        }
        body.put(&b"\r\n\r\n"[..]);
        body.put(part.content);
        body.put(&b"\r\n"[..]);
    }
    body.put(format!("--{boundary}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={boundary}"), body.freeze())
}

/// The first of our boundaries that stands in no part, so that no content can end its own part.
fn boundary(parts: &[MultipartField<'_>]) -> String {
    let mut number = 0_u64;
    loop {
        let boundary = format!("----patchcord-{number:016}");
        if !parts.iter().any(|part| part.holds(&boundary)) {
            return boundary;
        }
        number += 1;
    }
}

/// A name as it stands between quotes: what could end it or its line is percent-encoded, as the HTML standard has it.
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_written_as_browsers_write_them() {
        let parts = [
            MultipartField::text("uid", "u1"),
            MultipartField::file("file", "é \"1\".png", "image/png", b"\x89PNG\r\n\x00"),
            MultipartField::file("file", "x\r\ny: z", "text/html\r\nx: y", b""),
        ];
        let (content_type, body) = encode(&parts);
        let boundary = "----patchcord-0000000000000000";
        assert_eq!(content_type, format!("multipart/form-data; boundary={boundary}"));
        let mut expected = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"uid\"\r\n\r\nu1\r\n--{boundary}\r\n\
             Content-Disposition: form-data; name=\"file\"; filename=\"é %221%22.png\"\r\n\
             Content-Type: image/png\r\n\r\n"
        )
        .into_bytes();
        expected.extend_from_slice(b"\x89PNG\r\n\x00\r\n");
        let last = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x%0D%0Ay: z\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n\r\n--{boundary}--\r\n"
        );
        expected.extend_from_slice(last.as_bytes());
        assert_eq!(body.escape_ascii().to_string(), expected.escape_ascii().to_string());
    }

    #[test]
    fn no_content_ends_its_own_part() {
        let (_, plain) = encode(&[MultipartField::text("a", "b")]);
        let (content_type, _) = encode(&[MultipartField::file("f", "n", "a/b", &plain)]);
        assert!(content_type.ends_with("0001"), "{content_type}");
    }
}
