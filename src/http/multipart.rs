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

    /// A field's name, its file's name and media type, and its content.
    type Field = (String, Option<String>, Option<String>, Vec<u8>);

    /// What a server's own parser finds.
    fn read_by_a_server(parts: &[MultipartField<'_>]) -> Vec<Field> {
        let (content_type, body) = encode(parts);
        let boundary = multer::parse_boundary(content_type).unwrap();
        // Cut where a network may cut it.
        let chunks: Vec<_> =
            body.chunks(7).map(|chunk| Ok::<_, std::io::Error>(Bytes::copy_from_slice(chunk))).collect();
        let mut form = multer::Multipart::new(futures_util::stream::iter(chunks), boundary);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut found = Vec::new();
            while let Some(field) = form.next_field().await.unwrap() {
                let name = field.name().unwrap().to_owned();
                let (file, media_type) =
                    (field.file_name().map(str::to_owned), field.content_type().map(ToString::to_string));
                found.push((name, file, media_type, field.bytes().await.unwrap().to_vec()));
            }
            found
        })
    }

    proptest::proptest! {
        #[test]
        fn a_server_reads_the_parts_that_were_written(
            value in proptest::prelude::any::<String>(),
            content in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200),
            name in "[a-zA-Z0-9 ._é日\"\r\n;=-]{1,20}",
        ) {
            let (_, before) = encode(&[MultipartField::text("a", &value)]);
            let parts = [
                MultipartField::text("uid", &value),
                MultipartField::file("file", &name, "image/png", &content),
                // What an earlier body was, boundary and all.
                MultipartField::file("again", "b", "not a type", &before),
            ];
            let found = read_by_a_server(&parts);
            let file = |name: &str, kind: &str| (Some(name.to_owned()), Some(kind.to_owned()));
            let (name, png) = file(&quoted(&name), "image/png");
            let (other, any) = file("b", "application/octet-stream");
            proptest::prop_assert_eq!(found, vec![
                ("uid".to_owned(), None, None, value.into_bytes()),
                ("file".to_owned(), name, png, content),
                ("again".to_owned(), other, any, before.to_vec()),
            ]);
        }
    }

    #[test]
    fn no_content_ends_its_own_part() {
        let (_, plain) = encode(&[MultipartField::text("a", "b")]);
        let (content_type, _) = encode(&[MultipartField::file("f", "n", "a/b", &plain)]);
        assert!(content_type.ends_with("0001"), "{content_type}");
    }
}
