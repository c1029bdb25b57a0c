//! The text of an export: messages are written as they come and set aside, what stands around them once all are known. So a
//! conversation of any length takes little memory, and nothing is put anywhere before it is whole.

use std::io::{self, Write};

use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::domain::{ConversationId, Failure, Kind, Message};
use crate::export::{ConversationPlace, Format, Layout, MessagePlace, Outline};
use crate::runtime::Spool;

/// So many pages wait at most to be written.
const AHEAD: usize = 4;

/// What is to be written.
enum Piece {
    /// The messages that follow are of this conversation.
    Conversation(ConversationId),
    Messages(Vec<Message>),
}

/// Messages on their way into the spool, on a thread that may wait for a disk. Dropping it ends that.
pub(super) struct Rendering {
    format: Format,
    layout: Layout,
    pieces: mpsc::Sender<Piece>,
    work: JoinHandle<io::Result<Rendered>>,
    outlines: Vec<Outline>,
}

/// What stands in the spool.
struct Rendered {
    spool: Spool,
    parts: Vec<Part>,
}

/// A conversation's messages in the spool: from where to where, and where its head belongs.
#[derive(Debug, Clone, Copy)]
struct Part {
    start: u64,
    head: u64,
    end: u64,
}

impl Rendering {
    pub(super) fn begin(format: Format, layout: Layout, spool: Spool) -> Self {
        let (pieces, waiting) = mpsc::channel(AHEAD);
        let work = tokio::task::spawn_blocking(move || render(format, layout, spool, waiting));
        Self { format, layout, pieces, work, outlines: Vec::new() }
    }

    /// The messages that follow are of this conversation.
    pub(super) async fn conversation(&mut self, id: &ConversationId) -> Result<(), Failure> {
        self.put(Piece::Conversation(id.clone())).await
    }

    /// Writes messages of it.
    pub(super) async fn messages(&mut self, messages: Vec<Message>) -> Result<(), Failure> {
        if messages.is_empty() { Ok(()) } else { self.put(Piece::Messages(messages)).await }
    }

    /// What there is to say of it.
    pub(super) fn outline(&mut self, outline: Outline) {
        self.outlines.push(outline);
    }

    async fn put(&mut self, piece: Piece) -> Result<(), Failure> {
        if self.pieces.send(piece).await.is_ok() {
            return Ok(());
        }
        // It ended before its time: it says why.
        let ended = (&mut self.work).await;
        Err(match ended {
            Ok(Err(error)) => unset(&error),
            _ => unexpected(),
        })
    }

    /// All of it.
    pub(super) async fn end(self) -> Result<ExportedText, Failure> {
        let Self { format, layout, pieces, work, outlines } = self;
        drop(pieces);
        let rendered = work.await.map_err(|_| unexpected())?.map_err(|error| unset(&error))?;
        Ok(ExportedText { format, layout, outlines, rendered })
    }
}

fn unset(error: &io::Error) -> Failure {
    Failure::new(Kind::Failed, format!("The export could not be set aside in the data directory: {error}."))
}

fn unexpected() -> Failure {
    Failure::new(Kind::Failed, "Writing the export ended unexpectedly.")
}

fn render(
    format: Format,
    layout: Layout,
    mut spool: Spool,
    mut pieces: mpsc::Receiver<Piece>,
) -> io::Result<Rendered> {
    let (mut parts, mut text): (Vec<Part>, _) = (Vec::new(), String::new());
    let (mut of, mut number) = (ConversationId::new(String::new()), 0);
    while let Some(piece) = pieces.blocking_recv() {
        match piece {
            Piece::Conversation(id) => {
                let at = spool.len();
                parts.push(Part { start: at, head: at, end: at });
                (of, number) = (id, 0);
            }
            Piece::Messages(messages) => {
                let Some(place) = parts.len().checked_sub(1) else { continue };
                let conversation = ConversationPlace { layout, number: place };
                for message in messages {
                    text.clear();
                    format.message(&mut text, &message, MessagePlace { of: &of, conversation, number });
                    spool.write_all(text.as_bytes())?;
                    number += 1;
                    if let Some(part) = parts.last_mut() {
                        part.end = spool.len();
                        if number <= format.messages_before_head() {
                            part.head = part.end;
                        }
                    }
                }
                // One message may have been huge.
                text.shrink_to(1 << 16);
            }
        }
    }
    Ok(Rendered { spool, parts })
}

/// The text of an export, to be put where it belongs.
pub struct ExportedText {
    format: Format,
    layout: Layout,
    outlines: Vec<Outline>,
    rendered: Rendered,
}

impl std::fmt::Debug for ExportedText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ExportedText").field("outlines", &self.outlines).finish_non_exhaustive()
    }
}

impl ExportedText {
    pub(super) const fn format(&self) -> Format {
        self.format
    }

    /// The conversations that it has.
    pub(super) fn outlines(&self) -> &[Outline] {
        &self.outlines
    }

    /// Writes all of it.
    ///
    /// # Errors
    /// What `to` failed of, or that what was set aside can't be read.
    pub fn write(&self, to: &mut dyn Write) -> io::Result<()> {
        self.put(&self.outlines, 0, to)
    }

    /// Writes one of them, as if it were all there is.
    pub(super) fn write_one(&self, number: usize, to: &mut dyn Write) -> io::Result<()> {
        self.put(self.outlines.get(number..=number).unwrap_or_default(), number, to)
    }

    fn put(&self, outlines: &[Outline], first: usize, to: &mut dyn Write) -> io::Result<()> {
        let Self { format, layout, .. } = *self;
        let mut text = String::new();
        format.begin(&mut text, outlines, layout);
        for (at, outline) in outlines.iter().enumerate() {
            if at > 0 {
                text.push_str(format.between());
            }
            let number = first + at;
            let place = ConversationPlace { layout, number };
            let Some(Part { start, head, end }) = self.rendered.parts.get(number).copied() else { continue };
            self.put_part(&mut text, start..head, to)?;
            format.head(&mut text, outline, place);
            self.put_part(&mut text, head..end, to)?;
            format.foot(&mut text, outline, place);
        }
        format.end(&mut text, outlines, layout);
        to.write_all(text.as_bytes())
    }

    /// Writes the text that stands before it, and a part of what was set aside.
    fn put_part(&self, text: &mut String, range: std::ops::Range<u64>, to: &mut dyn Write) -> io::Result<()> {
        to.write_all(text.as_bytes())?;
        text.clear();
        if !range.is_empty() {
            io::copy(&mut self.rendered.spool.part(range)?, to)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ChannelName, Extras, MessageId, Moment, Role};
    use crate::export::TranscriptHead;

    fn message(id: usize, text: &str) -> Message {
        Message {
            id: MessageId::new(id.to_string()),
            role: Role::User,
            text: text.to_owned(),
            created_at: Moment::default(),
            extras: Extras::default(),
        }
    }

    fn outline(id: &str, messages: usize) -> Outline {
        let head = TranscriptHead {
            title: format!("about {id}"),
            channel: ChannelName::new("docs"),
            id: ConversationId::new(id),
            created_at: Moment::default(),
            details: Vec::new(),
        };
        Outline { head, messages }
    }

    /// What the pieces of a format come to where all of it is in memory.
    fn expected(format: Format, layout: Layout, all: &[(Outline, Vec<Message>)]) -> String {
        let outlines: Vec<Outline> = all.iter().map(|(outline, _)| outline.clone()).collect();
        let mut text = String::new();
        format.begin(&mut text, &outlines, layout);
        for (number, (outline, messages)) in all.iter().enumerate() {
            text.push_str(if number > 0 { format.between() } else { "" });
            let conversation = ConversationPlace { layout, number };
            let mut headed = false;
            for (number, message) in messages.iter().enumerate() {
                if number == format.messages_before_head() {
                    format.head(&mut text, outline, conversation);
                    headed = true;
                }
                format.message(&mut text, message, MessagePlace { of: &outline.head.id, conversation, number });
            }
            if !headed {
                format.head(&mut text, outline, conversation);
            }
            format.foot(&mut text, outline, conversation);
        }
        format.end(&mut text, &outlines, layout);
        text
    }

    #[tokio::test]
    async fn what_comes_page_by_page_is_written_as_one_text() {
        let dir = tempfile::tempdir().unwrap();
        let large = "x".repeat(1_000);
        let conversation = |id: &str, many: usize, text: &str| {
            (outline(id, many), (0..many).map(|n| message(n, text)).collect::<Vec<_>>())
        };
        // More than is held in memory, none at all, one alone, and few.
        let all = [
            conversation("a", 700, &large),
            conversation("b", 0, ""),
            conversation("c", 1, "**hi**"),
            conversation("d", 3, ""),
        ];
        for format in Format::ALL {
            for (layout, all) in [(Layout::Several, &all[..]), (Layout::Several, &[]), (Layout::Alone, &all[..1])] {
                let mut rendering = Rendering::begin(format, layout, Spool::new(dir.path()));
                for (outline, messages) in all {
                    rendering.conversation(&outline.head.id).await.unwrap();
                    for page in messages.chunks(100) {
                        rendering.messages(page.to_vec()).await.unwrap();
                    }
                    rendering.outline(outline.clone());
                }
                let text = rendering.end().await.unwrap();
                let mut written = Vec::new();
                text.write(&mut written).unwrap();
                assert!(written == expected(format, layout, all).into_bytes(), "{format:?} {layout:?}");
            }
            // Each by itself, as in a folder.
            let mut rendering = Rendering::begin(format, Layout::Alone, Spool::new(dir.path()));
            for (outline, messages) in &all {
                rendering.conversation(&outline.head.id).await.unwrap();
                rendering.messages(messages.clone()).await.unwrap();
                rendering.outline(outline.clone());
            }
            let text = rendering.end().await.unwrap();
            for (number, one) in all.iter().enumerate() {
                let mut written = Vec::new();
                text.write_one(number, &mut written).unwrap();
                let one = expected(format, Layout::Alone, std::slice::from_ref(one));
                assert!(written == one.into_bytes(), "{format:?} {number}");
            }
        }
    }
}
