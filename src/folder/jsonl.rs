//! Rows as JSON lines: one object a row, with its name and its text, exactly.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use super::FolderError;
use crate::domain::Version;

/// One line a row.
pub fn lines(rows: &[Version]) -> String {
    rows.iter().fold(String::new(), |mut text, row| {
        let _ = writeln!(text, "{}", json!({ "name": row.name, "content": row.content }));
        text
    })
}

/// The rows of a file, which is named in an error. Empty lines are passed over, and so is what an object says besides.
///
/// # Errors
/// [`FolderError::Line`] at the first line that is no row.
pub fn read_lines(text: &str, file: &Path) -> Result<Vec<Version>, FolderError> {
    let mut rows = Vec::new();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (at, line) in text.split('\n').enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let wrong = |why: String| FolderError::Line { path: file.to_owned(), line: at + 1, why };
        let value: Value = serde_json::from_str(line).map_err(|e| wrong(e.to_string()))?;
        let word = |key: &str| {
            let word = value.get(key).and_then(Value::as_str).map(str::to_owned);
            word.ok_or_else(|| wrong(format!("`{key}` is missing, or no text")))
        };
        rows.push(Version { name: word("name")?, content: word("content")? });
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_as_they_went() {
        let row = |name: &str, content: &str| Version { name: name.to_owned(), content: content.to_owned() };
        let rows = [row("a/b", "# One\r\n\u{2028}\"two\"\u{0}"), row("", ""), row("a/b", "日本")];
        let text = lines(&rows);
        assert_eq!(text.lines().count(), 3);
        assert_eq!(read_lines(&text, Path::new("x")).unwrap(), rows);
        assert_eq!(
            read_lines(&format!("\u{feff}{}\r\n\n", text.replace('\n', "\r\n")), Path::new("x")).unwrap(),
            rows
        );
    }

    #[test]
    fn a_wrong_line_is_named() {
        let wrong = |text: &str| read_lines(text, Path::new("rows.jsonl")).unwrap_err().to_string();
        assert!(wrong("{\"name\":\"a\",\"content\":\"b\"}\n\n{").starts_with("rows.jsonl line 3: "));
        assert_eq!(wrong("{\"name\":\"a\"}"), "rows.jsonl line 1: `content` is missing, or no text");
        assert_eq!(wrong("[]"), "rows.jsonl line 1: `name` is missing, or no text");
    }
}
