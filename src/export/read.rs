//! Exported lines, back as conversations. Owns what a file must say to be believed: everything, or nothing of it counts.
//!
//! A file may be anybody's: half of one, a huge one, one that says a thing twice. What is wrong is told with its line.

use std::collections::HashMap;
use std::io::{self, BufRead, Read as _};

use serde_json::{Map, Value};

use super::transcript::TranscriptHead;
use crate::domain::{ChannelName, ConversationId, Damage, Json, Message, MessageDocument, MessageId, Moment, NoJson};

/// So long is a line at most, in bytes.
const LINE: u64 = 64 << 20;

/// Why a file can't be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// The line, from 1 on.
    pub line: usize,
    /// What is wrong with it.
    pub why: String,
}

/// What one line of a file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number, from 1 on.
    pub number: usize,
    /// The conversation that it is of: its number in the file, from 0 on.
    pub place: usize,
    /// What there is to say of that conversation, where it begins here.
    pub begins: Option<TranscriptHead>,
    /// The message; none where a conversation has none.
    pub message: Option<Message>,
}

/// Why reading ended early.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadError<E> {
    /// The file is to blame.
    Unreadable(Unreadable),
    /// Whoever took what was read wants no more.
    Left(E),
}

/// Reads a file of exported lines and hands each on as it is read; tells what of it could not be read as it stands. That
/// no message is there twice is for whoever keeps them to see: what was read is not held here.
///
/// # Errors
/// [`Unreadable`] with the first line that is wrong; then nothing of the file counts. And what `on` failed of.
pub fn read<E>(input: &mut dyn BufRead, mut on: impl FnMut(Line) -> Result<(), E>) -> Result<Damage, ReadError<E>> {
    let mut reader = TranscriptReader::default();
    let mut bytes = Vec::new();
    for line in 1.. {
        let at = |why: String| ReadError::Unreadable(Unreadable { line, why });
        bytes.clear();
        let read = input.take(LINE + 1).read_until(b'\n', &mut bytes).map_err(|error| at(unread(&error)))?;
        if read == 0 {
            let ended = reader.end();
            ended.map_err(|why| ReadError::Unreadable(Unreadable { line: line - 1, why }))?;
            break;
        }
        if bytes.len() as u64 > LINE {
            return Err(at(format!("the line is longer than {} MiB", LINE >> 20)));
        }
        // What some editors put before the first.
        let text = bytes.strip_prefix(b"\xef\xbb\xbf".as_slice()).filter(|_| line == 1).unwrap_or(&bytes);
        if !text.trim_ascii().is_empty() {
            on(reader.line(line, text).map_err(at)?).map_err(ReadError::Left)?;
        }
    }
    Ok(reader.damage)
}

fn unread(error: &io::Error) -> String {
    format!("the file can't be read any further: {error}")
}

#[derive(Default)]
struct TranscriptReader {
    conversations: Vec<Count>,
    /// Where each conversation stands.
    places: HashMap<String, usize>,
    damage: Damage,
}

/// How many messages a conversation has.
struct Count {
    /// So many it said.
    said: Option<u64>,
    /// So many came.
    came: u64,
}

impl TranscriptReader {
    fn line(&mut self, number: usize, text: &[u8]) -> Result<Line, String> {
        let json = Json::read(text).map_err(|no| match no {
            NoJson::Cut(at) => format!("the line ends in the middle (column {at})"),
            NoJson::Broken(at) => format!("the line is no JSON (column {})", at + 1),
        })?;
        self.damage.join_at(&format!("line {number}: "), json.damage);
        let Value::Object(line) = json.value else { return Err("the line is no JSON object".to_owned()) };
        let begins = match line.get("conversation") {
            None | Some(Value::Null) => None,
            Some(Value::Object(about)) => Some(self.begin(about)?),
            Some(_) => return Err("\"conversation\" is no object".to_owned()),
        };
        let begun = begins.as_ref().map(|_| self.conversations.len() - 1);
        let place = match (text_of(&line, "conversation_id")?, begun) {
            (None, Some(begun)) => begun,
            (None, None) => {
                return Err("the line names no conversation: export it again, with this version".to_owned());
            }
            (Some(id), _) => *self
                .places
                .get(id)
                .filter(|place| begun.is_none_or(|begun| begun == **place))
                .ok_or_else(|| format!("nothing was said of the conversation {id} before"))?,
        };
        if begun.is_some() && !line.contains_key("id") && !line.contains_key("text") {
            // A conversation without messages.
            return Ok(Line { number, place, begins, message: None });
        }
        let count = self.conversations.get_mut(place).map(|count| &mut count.came);
        let came = count.map_or(0, |came| {
            *came += 1;
            *came
        });
        // Where the platform gave none, its place is as good as an id.
        let message = MessageDocument::read(&Value::Object(line))
            .and_then(|document| document.into_message(|| MessageId::new(format!("unnamed-{came}"))))
            .map_err(|error| error.to_string())?;
        Ok(Line { number, place, begins, message: Some(message) })
    }

    fn begin(&mut self, about: &Map<String, Value>) -> Result<TranscriptHead, String> {
        let id = text_of(about, "id")?.filter(|id| !id.is_empty()).ok_or("the conversation has no id")?;
        let details = match about.get("details") {
            None | Some(Value::Null) => Vec::new(),
            Some(pairs) => {
                serde_json::from_value(pairs.clone()).map_err(|_| "\"details\" are no pairs of texts".to_owned())?
            }
        };
        let head = TranscriptHead {
            title: text_of(about, "title")?.unwrap_or_default().to_owned(),
            channel: ChannelName::new(text_of(about, "channel")?.unwrap_or_default()),
            id: ConversationId::new(id),
            created_at: moment(about)?,
            details,
        };
        let said = match about.get("message_count") {
            None | Some(Value::Null) => None,
            Some(count) => Some(count.as_u64().ok_or("\"message_count\" is no number")?),
        };
        if self.places.insert(id.to_owned(), self.conversations.len()).is_some() {
            return Err(format!("the conversation {id} begins twice"));
        }
        self.conversations.push(Count { said, came: 0 });
        Ok(head)
    }

    fn end(&self) -> Result<(), String> {
        if self.conversations.is_empty() {
            return Err("there is no conversation in it".to_owned());
        }
        let short = |count: &&Count| count.said.is_some_and(|said| said != count.came);
        // The first of them: the file says it in its order.
        let Some((place, Count { said, came })) =
            self.conversations.iter().enumerate().find(|(_, count)| short(count))
        else {
            return Ok(());
        };
        let id = self.places.iter().find(|(_, at)| **at == place).map_or("", |(id, _)| id);
        let said = said.unwrap_or_default();
        Err(format!("the conversation {id} has {said} messages, and {came} of them are there"))
    }
}

fn moment(object: &Map<String, Value>) -> Result<Moment, String> {
    let (text, raw) = (text_of(object, "created_at")?, text_of(object, "created_at_raw")?);
    Moment::read(text, raw).ok_or_else(|| format!("\"created_at\" is no time: {:?}", text.unwrap_or_default()))
}

/// A text, or none; anything else is wrong.
fn text_of<'o>(object: &'o Map<String, Value>, key: &str) -> Result<Option<&'o str>, String> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(format!("{key:?} is no text")),
    }
}
