//! JSON as servers, pages and files really write it: the one reading of what comes from outside. Pure.
//!
//! A value that can't be read spoils itself and nothing else. What that was is told by its place, so that it can be said.
//! Own code, since serde's reading ends at the first wrong byte, and tells no halves of characters apart.

mod damage;
mod halves;
mod text;

use serde_json::{Map, Number, Value};

pub use damage::{Damage, Fault, Spot};
pub use halves::HalfJoiner;

/// The deepest that values are nested and read.
const DEEPEST: usize = 127;
/// The most bytes of a token that is none which are kept.
const TOKEN: usize = 200;

/// A document that was read as far as it goes.
#[derive(Debug, Clone, PartialEq)]
pub struct Json {
    /// What it says. Numbers have the digits that they came with.
    pub value: Value,
    /// What of it could not be read as it stands.
    pub damage: Damage,
}

/// Why there is no document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoJson {
    /// It ends in the middle, after that many bytes.
    Cut(usize),
    /// What stands at that byte has no place there.
    Broken(usize),
}

impl Json {
    /// Reads one document. Read without a word, since nothing is lost by it: a byte order mark, zeros behind the end, raw
    /// control characters in texts, and a comma too many at the end of a list. Told in the damage: halves of characters
    /// and bytes that are no UTF-8 (U+FFFD stands for each), escapes that there are none of (they stay as they are), words
    /// that are no values (`NaN`; they stay as texts), values that are missing (null) or nested deeper than 127 (null),
    /// and a key that comes again with another value (the last one counts).
    ///
    /// # Errors
    /// [`NoJson`] where it ends in the middle, or its shape is broken. What is wrong with single values is damage.
    pub fn read(document: &[u8]) -> Result<Self, NoJson> {
        let start = if document.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
        let mut reader = JsonReader { bytes: document, at: start, path: String::new(), damage: Damage::default() };
        reader.space();
        let (begin, shaped) = (reader.at, matches!(reader.peek(), Some(b'{' | b'[' | b'"')));
        let value = reader.value(0)?;
        if !shaped && !reader.damage.is_none() {
            return Err(NoJson::Broken(begin));
        }
        reader.space();
        let rest = document.get(reader.at..).unwrap_or_default();
        match rest.iter().position(|byte| *byte != 0) {
            None => Ok(Self { value, damage: reader.damage }),
            Some(_) => Err(NoJson::Broken(reader.at)),
        }
    }

    /// What a document says, where nobody asks what of it was damaged; none where there is no document.
    pub fn value(document: &[u8]) -> Option<Value> {
        Self::read(document).ok().map(|json| json.value)
    }
}

struct JsonReader<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Where in the document, as a JSON pointer.
    path: String,
    damage: Damage,
}

impl JsonReader<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn space(&mut self) {
        while self.peek().is_some_and(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn wrong(&self) -> NoJson {
        if self.at >= self.bytes.len() { NoJson::Cut(self.at) } else { NoJson::Broken(self.at) }
    }

    fn note(&mut self, fault: Fault) {
        self.damage.note(&self.path, fault);
    }

    fn value(&mut self, depth: usize) -> Result<Value, NoJson> {
        match self.peek() {
            None => Err(self.wrong()),
            Some(b'{' | b'[') if depth >= DEEPEST => {
                self.skip()?;
                self.note(Fault::Deep);
                Ok(Value::Null)
            }
            Some(b'{') => self.object(depth).map(Value::Object),
            Some(b'[') => self.list(depth).map(Value::Array),
            Some(b'"') => self.text().map(Value::String),
            Some(_) => self.token(),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Map<String, Value>, NoJson> {
        let mut object = Map::new();
        self.at += 1;
        loop {
            self.space();
            match self.peek() {
                Some(b'}') => break,
                Some(b'"') => {}
                _ => return Err(self.wrong()),
            }
            let key = self.text()?;
            self.space();
            if self.peek() != Some(b':') {
                return Err(self.wrong());
            }
            self.at += 1;
            self.space();
            let outside = self.path.len();
            damage::step(&mut self.path, &key);
            let value = if matches!(self.peek(), Some(b',' | b'}')) {
                self.note(Fault::Missing);
                Value::Null
            } else {
                self.value(depth + 1)?
            };
            if object.get(&key).is_some_and(|old| *old != value) {
                self.note(Fault::Twice);
            }
            object.insert(key, value);
            self.path.truncate(outside);
            if !self.goes_on(b'}')? {
                break;
            }
        }
        self.at += 1;
        Ok(object)
    }

    fn list(&mut self, depth: usize) -> Result<Vec<Value>, NoJson> {
        let mut list = Vec::new();
        self.at += 1;
        loop {
            self.space();
            if self.peek() == Some(b']') {
                break;
            }
            let outside = self.path.len();
            damage::step(&mut self.path, &list.len().to_string());
            list.push(self.value(depth + 1)?);
            self.path.truncate(outside);
            if !self.goes_on(b']')? {
                break;
            }
        }
        self.at += 1;
        Ok(list)
    }

    /// Passes a comma. False before the end.
    fn goes_on(&mut self, end: u8) -> Result<bool, NoJson> {
        self.space();
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                Ok(true)
            }
            Some(byte) if byte == end => Ok(false),
            _ => Err(self.wrong()),
        }
    }

    fn text(&mut self) -> Result<String, NoJson> {
        let read = text::read(self.bytes, self.at).ok_or(NoJson::Cut(self.bytes.len()))?;
        self.at = read.end;
        if let Some(fault) = read.fault {
            self.note(fault);
        }
        Ok(read.said)
    }

    /// A number, one of the three words, or something that is none of them, up to where another value could begin.
    fn token(&mut self) -> Result<Value, NoJson> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let ends = |byte: &u8| {
            byte.is_ascii_whitespace() || matches!(byte, b',' | b':' | b'"' | b'[' | b']' | b'{' | b'}' | 0)
        };
        let long = rest.iter().position(ends).unwrap_or(rest.len());
        if long == 0 {
            return Err(self.wrong());
        }
        let token = rest.get(..long).unwrap_or_default();
        self.at += long;
        Ok(match token {
            b"null" => Value::Null,
            b"true" => Value::Bool(true),
            b"false" => Value::Bool(false),
            token => number(token).map_or_else(
                || {
                    self.note(Fault::Token);
                    Value::String(String::from_utf8_lossy(token.get(..TOKEN).unwrap_or(token)).into_owned())
                },
                Value::Number,
            ),
        })
    }

    /// Passes a list or an object without reading it.
    fn skip(&mut self) -> Result<(), NoJson> {
        let mut depth = 0_usize;
        loop {
            match self.peek().ok_or(NoJson::Cut(self.at))? {
                b'"' => {
                    self.at = text::end(self.bytes, self.at).ok_or(NoJson::Cut(self.bytes.len()))?;
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return Ok(());
            }
        }
    }
}

/// A number of any size, with its digits as they are.
fn number(token: &[u8]) -> Option<Number> {
    std::str::from_utf8(token).ok()?.parse().ok()
}

#[cfg(test)]
mod tests;
