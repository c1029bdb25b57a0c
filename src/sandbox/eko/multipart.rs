//! `multipart/form-data`, read strictly: what a client gets away with here any server takes.
//!
//! Owns the grammar alone. Which fields an endpoint takes is its own business.

/// The longest boundary that the grammar allows.
const LONGEST_BOUNDARY: usize = 70;

/// One field of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FormField {
    pub(super) name: String,
    /// The file's name; none for a field that is no file.
    pub(super) filename: Option<String>,
    pub(super) content: Vec<u8>,
}

/// Reads the fields of a body. `kind` is the header `Content-Type`, whole.
///
/// # Errors
/// What is against the grammar, in one sentence for the response: nobody decides anything by it.
pub(super) fn read(kind: &str, body: &[u8]) -> Result<Vec<FormField>, String> {
    let boundary = boundary(kind)?;
    let opening = format!("--{boundary}\r\n");
    let border = format!("\r\n--{boundary}");
    let mut rest = body.strip_prefix(opening.as_bytes()).ok_or("the body does not begin with its boundary")?;
    let mut parts: Vec<FormField> = Vec::new();
    loop {
        let end = find(rest, border.as_bytes()).ok_or("the body ends within a part")?;
        let part = part(&rest[..end])?;
        if parts.iter().any(|known| known.name == part.name) {
            return Err(format!("the field {} stands there twice", part.name));
        }
        parts.push(part);
        let behind = &rest[end + border.len()..];
        if let Some(next) = behind.strip_prefix(b"\r\n") {
            rest = next;
        } else if behind == b"--" || behind == b"--\r\n" {
            return Ok(parts);
        } else {
            return Err("neither a part nor the body's end stands behind a boundary".to_owned());
        }
    }
}

fn boundary(kind: &str) -> Result<String, String> {
    let (_, boundary) = parameters(kind)?
        .into_iter()
        .find(|(name, _)| name == "boundary")
        .ok_or("the header Content-Type has no boundary")?;
    if boundary.is_empty() || boundary.len() > LONGEST_BOUNDARY || boundary.ends_with(' ') {
        return Err("the boundary has 1 to 70 characters, and no space at its end".to_owned());
    }
    Ok(boundary)
}

fn part(bytes: &[u8]) -> Result<FormField, String> {
    let (head, content) = match find(bytes, b"\r\n\r\n") {
        Some(end) => (&bytes[..end], &bytes[end + 4..]),
        None => return Err("a part has no empty line behind its headers".to_owned()),
    };
    let head = std::str::from_utf8(head).map_err(|_| "a part's headers are not UTF-8")?;
    let mut disposition = None;
    for line in head.split("\r\n") {
        let (name, value) = line.split_once(':').ok_or("a line among a part's headers is no header")?;
        if name.eq_ignore_ascii_case("content-disposition") && disposition.replace(value.trim()).is_some() {
            return Err("a part has two headers Content-Disposition".to_owned());
        }
    }
    let disposition = disposition.ok_or("a part has no header Content-Disposition")?;
    if !disposition.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("form-data") {
        return Err("a part's Content-Disposition is not form-data".to_owned());
    }
    let mut name = None;
    let mut filename = None;
    for (key, value) in parameters(disposition)? {
        match key.as_str() {
            "name" => name = Some(value),
            // The second form is how some clients spell names that are not ASCII.
            "filename" | "filename*" => filename = Some(value),
            _ => {}
        }
    }
    let name = name.filter(|name| !name.is_empty()).ok_or("a part has no name")?;
    Ok(FormField { name, filename, content: content.to_vec() })
}

/// The parameters behind a header's first word; a value may be quoted.
fn parameters(header: &str) -> Result<Vec<(String, String)>, String> {
    let mut out = Vec::new();
    let mut rest = header.split_once(';').map_or("", |(_, rest)| rest).trim();
    while !rest.is_empty() {
        let (name, behind) = rest.split_once('=').ok_or("a header's parameter has no value")?;
        let (value, behind) = match behind.strip_prefix('"') {
            Some(quoted) => unquote(quoted)?,
            None => match behind.split_once(';') {
                Some((value, _)) => (value.trim().to_owned(), &behind[value.len()..]),
                None => (behind.trim().to_owned(), ""),
            },
        };
        out.push((name.trim().to_ascii_lowercase(), value));
        rest = match behind.trim_start().strip_prefix(';') {
            Some(next) => next.trim(),
            None if behind.trim().is_empty() => "",
            None => return Err("a header's parameters are not parted by semicolons".to_owned()),
        };
    }
    Ok(out)
}

/// A quoted text up to its closing quote, and what stands behind that.
fn unquote(text: &str) -> Result<(String, &str), String> {
    let mut value = String::new();
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => {
                value.push(c);
                escaped = false;
            }
            '\\' => escaped = true,
            '"' => return Ok((value, &text[at + 1..])),
            _ => value.push(c),
        }
    }
    Err("a quoted text has no end".to_owned())
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: &str = "multipart/form-data; boundary=x";

    fn text(name: &str, content: &str) -> FormField {
        FormField { name: name.to_owned(), filename: None, content: content.as_bytes().to_vec() }
    }

    #[test]
    fn fields_and_files_are_read_exactly() {
        let body = b"--x\r\nContent-Disposition: form-data; name=\"uid\"\r\n\r\n5d\r\n\
                     --x\r\ncontent-disposition: form-data; name=file; filename=\"a \\\"b\\\".png\"\r\n\
                     Content-Type: image/png\r\n\r\n\x89PNG\r\n--y\r\n\xff\r\n--x--\r\n";
        let file = FormField {
            name: "file".to_owned(),
            filename: Some("a \"b\".png".to_owned()),
            content: b"\x89PNG\r\n--y\r\n\xff".to_vec(),
        };
        assert_eq!(read(KIND, body).unwrap(), [text("uid", "5d"), file]);
        let quoted = "multipart/form-data; charset=utf-8; boundary=\"x y\"";
        let body = "--x y\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n--x y--";
        assert_eq!(read(quoted, body.as_bytes()).unwrap(), [text("a", "")]);
        let starred = "--x\r\nContent-Disposition: form-data; name=\"f\"; filename*=utf-8''%C3%A9\r\n\r\n1\r\n--x--";
        assert_eq!(read(KIND, starred.as_bytes()).unwrap()[0].filename.as_deref(), Some("utf-8''%C3%A9"));
    }

    #[test]
    fn what_breaks_the_grammar_is_refused() {
        let field = "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1";
        for (kind, body) in [
            ("multipart/form-data", format!("{field}\r\n--x--")),
            ("multipart/form-data; boundary=", format!("{field}\r\n--x--")),
            ("multipart/form-data; boundary", format!("{field}\r\n--x--")),
            ("multipart/form-data; boundary=y", format!("{field}\r\n--x--")),
            (KIND, String::new()),
            (KIND, "--x--".to_owned()),
            (KIND, field.to_owned()),
            (KIND, format!("preamble\r\n{field}\r\n--x--")),
            (KIND, format!("{field}\r\n--x")),
            (KIND, format!("{field}\r\n--x--epilogue")),
            (KIND, format!("{field}\r\n--xx--")),
            (KIND, format!("{field}\r\n{field}\r\n--x--")),
            (KIND, "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n--x--".to_owned()),
            (KIND, "--x\r\nContent-Disposition: form-data; name=\"a\r\n\r\n1\r\n--x--".to_owned()),
            (KIND, "--x\r\nContent-Disposition: form-data; name=\"a\" b=c\r\n\r\n1\r\n--x--".to_owned()),
            (KIND, "--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--".to_owned()),
            (KIND, "--x\r\nContent-Disposition: attachment; name=a\r\n\r\n1\r\n--x--".to_owned()),
            (KIND, "--x\r\nContent-Type: text/plain\r\n\r\n1\r\n--x--".to_owned()),
            (KIND, "--x\r\nnonsense\r\n\r\n1\r\n--x--".to_owned()),
        ] {
            assert!(read(kind, body.as_bytes()).is_err(), "{kind}: {body:?}");
        }
    }
}
