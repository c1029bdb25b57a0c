//! Exported lines, back as conversations. Owns what a file must say to be believed: everything, or nothing is read.
//!
//! A file may be anybody's: half of one, a huge one, one that says a thing twice. What is wrong is told with its line.

use std::collections::{HashMap, HashSet};
use std::io::{self, BufRead, Read as _};

use serde_json::{Map, Value};

use super::transcript::{Transcript, TranscriptHead};
use crate::domain::{ChannelName, ConversationId, Damage, Json, MessageDocument, MessageId, Moment, NoJson};

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

/// Reads a file of exported lines, and tells what of it could not be read as it stands.
///
/// # Errors
/// [`Unreadable`] with the first line that is wrong; then nothing of the file counts.
pub fn read(input: &mut dyn BufRead) -> Result<(Vec<Transcript>, Damage), Unreadable> {
    let mut reader = TranscriptReader::default();
    let mut bytes = Vec::new();
    for line in 1.. {
        let at = |why: String| Unreadable { line, why };
        bytes.clear();
        let read = input.take(LINE + 1).read_until(b'\n', &mut bytes).map_err(|error| at(unread(&error)))?;
        if read == 0 {
            reader.end().map_err(|why| Unreadable { line: line - 1, why })?;
            break;
        }
        if bytes.len() as u64 > LINE {
            return Err(at(format!("the line is longer than {} MiB", LINE >> 20)));
        }
        // What some editors put before the first.
        let text = bytes.strip_prefix(b"\xef\xbb\xbf".as_slice()).filter(|_| line == 1).unwrap_or(&bytes);
        if !text.trim_ascii().is_empty() {
            reader.line(line, text).map_err(at)?;
        }
    }
    Ok((reader.transcripts, reader.damage))
}

fn unread(error: &io::Error) -> String {
    format!("the file can't be read any further: {error}")
}

#[derive(Default)]
struct TranscriptReader {
    transcripts: Vec<Transcript>,
    /// Where each conversation stands.
    places: HashMap<String, usize>,
    /// Every message's conversation and id.
    seen: HashSet<(usize, String)>,
    /// How many messages a conversation said that it has.
    said: HashMap<usize, u64>,
    damage: Damage,
}

impl TranscriptReader {
    fn line(&mut self, number: usize, text: &[u8]) -> Result<(), String> {
        let json = Json::read(text).map_err(|no| match no {
            NoJson::Cut(at) => format!("the line ends in the middle (column {at})"),
            NoJson::Broken(at) => format!("the line is no JSON (column {})", at + 1),
        })?;
        self.damage.join_at(&format!("line {number}: "), json.damage);
        let Value::Object(line) = json.value else { return Err("the line is no JSON object".to_owned()) };
        let begun = match line.get("conversation") {
            None | Some(Value::Null) => None,
            Some(Value::Object(about)) => Some(self.begin(about)?),
            Some(_) => return Err("\"conversation\" is no object".to_owned()),
        };
        let place = match (text_of(&line, "conversation_id")?, begun) {
            (None, Some(begun)) => begun,
            (None, None) => {
                return Err("the line names no conversation: export it again, with this version".to_owned());
            }
            (Some(id), _) => *self
                .places
                .get(&id)
                .filter(|place| begun.is_none_or(|begun| begun == **place))
                .ok_or_else(|| format!("nothing was said of the conversation {id} before"))?,
        };
        if begun.is_some() && !line.contains_key("id") && !line.contains_key("text") {
            // A conversation without messages.
            return Ok(());
        }
        // Where the platform gave none, its place is as good as an id.
        let before = self.transcripts.get(place).map_or(0, |transcript| transcript.messages.len());
        let message = MessageDocument::read(&Value::Object(line))
            .and_then(|document| document.into_message(|| MessageId::new(format!("unnamed-{}", before + 1))))
            .map_err(|error| error.to_string())?;
        if !self.seen.insert((place, message.id.as_str().to_owned())) {
            return Err(format!("the message {} is there twice", message.id));
        }
        if let Some(transcript) = self.transcripts.get_mut(place) {
            transcript.messages.push(message);
        }
        Ok(())
    }

    fn begin(&mut self, about: &Map<String, Value>) -> Result<usize, String> {
        let id = text_of(about, "id")?.filter(|id| !id.is_empty()).ok_or("the conversation has no id")?;
        let details = match about.get("details") {
            None | Some(Value::Null) => Vec::new(),
            Some(pairs) => {
                serde_json::from_value(pairs.clone()).map_err(|_| "\"details\" are no pairs of texts".to_owned())?
            }
        };
        let head = TranscriptHead {
            title: text_of(about, "title")?.unwrap_or_default(),
            channel: ChannelName::new(text_of(about, "channel")?.unwrap_or_default()),
            id: ConversationId::new(id.clone()),
            created_at: moment(about)?,
            details,
        };
        let place = self.transcripts.len();
        match about.get("message_count") {
            None | Some(Value::Null) => {}
            Some(count) => {
                let count = count.as_u64().ok_or("\"message_count\" is no number")?;
                self.said.insert(place, count);
            }
        }
        if self.places.insert(id.clone(), place).is_some() {
            return Err(format!("the conversation {id} begins twice"));
        }
        self.transcripts.push(Transcript { head, messages: Vec::new() });
        Ok(place)
    }

    fn end(&self) -> Result<(), String> {
        if self.transcripts.is_empty() {
            return Err("there is no conversation in it".to_owned());
        }
        for (place, transcript) in self.transcripts.iter().enumerate() {
            let count = transcript.messages.len();
            if let Some(said) = self.said.get(&place).filter(|said| **said != count as u64) {
                let id = &transcript.head.id;
                return Err(format!("the conversation {id} has {said} messages, and {count} of them are there"));
            }
        }
        Ok(())
    }
}

fn moment(object: &Map<String, Value>) -> Result<Moment, String> {
    let (text, raw) = (text_of(object, "created_at")?, text_of(object, "created_at_raw")?);
    Moment::read(text.as_deref(), raw.as_deref())
        .ok_or_else(|| format!("\"created_at\" is no time: {:?}", text.unwrap_or_default()))
}

/// A text, or none; anything else is wrong.
fn text_of(object: &Map<String, Value>, key: &str) -> Result<Option<String>, String> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(format!("{key:?} is no text")),
    }
}
