//! `chat`: sends one message and prints the reply as it arrives.

use tokio::sync::Notify;

use super::args::{ChatArgs, Cli};
use super::json;
use super::live::Live;
use super::message::{self, MessageOrigin};
use super::output::{Output, Stop};
use super::signals::{Signals, interrupted};
use crate::domain::{Attach, ConversationId, Failure, Finish, Kind, shell_word};
use crate::runtime::{ChatProgress, ChatReply, ChatRequest, Runtime};

/// Sends the message; ends when the reply has.
pub(super) async fn run(cli: &Cli, args: &ChatArgs, output: &mut Output) -> Result<(), Stop> {
    if args.conversation.as_deref() == Some("") {
        return Err(Failure::new(Kind::Invalid, "the conversation's id is empty, so nothing was sent").into());
    }
    let origin = message::find(args.message.as_deref())?;
    let mut signals = Signals::new()?;
    let runtime = Runtime::open(&cli.setup())?;
    let result = send(cli, args, origin, &runtime, &mut signals, output).await;
    // A second Ctrl+C doesn't wait for what the first one left to be put away.
    let closed = signals.or(runtime.close()).await;
    result.and(closed)
}

async fn send(
    cli: &Cli,
    args: &ChatArgs,
    origin: MessageOrigin,
    runtime: &Runtime,
    signals: &mut Signals,
    output: &mut Output,
) -> Result<(), Stop> {
    // A wrong channel is told before standard input is waited for.
    runtime.channel()?;
    let text = match origin {
        MessageOrigin::Argument(text) => text,
        MessageOrigin::Stdin => {
            let read = signals.or(tokio::task::spawn_blocking(message::read_stdin)).await?;
            read.map_err(|error| Failure::new(Kind::Failed, format!("standard input could not be read: {error}")))??
        }
    };
    let request = ChatRequest {
        conversation: args.conversation.as_ref().map(ConversationId::new),
        text,
        attach: args.attach.iter().map(|one| attach(one)).chain(offered(args)).collect(),
        stream: !args.no_stream,
        timeout: args.timeout,
    };
    let mut printer = Printer::new(output, request.stream, args.conversation.is_none(), cli.verbosity() > 0);
    let gone = Notify::new();
    let ended = {
        let mut on = |progress| {
            if !printer.progress(progress) {
                gone.notify_one();
            }
        };
        tokio::select! {
            reply = runtime.chat(request, &mut on) => Ended::Replied(reply),
            () = signals.wait() => Ended::Interrupted,
            () = gone.notified() => Ended::NobodyReads,
        }
    };
    printer.end(ended)
}

/// The answers that the receiver is to choose from.
fn offered(args: &ChatArgs) -> impl Iterator<Item = Attach> {
    args.quick_reply.iter().map(|text| Attach::Offer(text.clone()))
}

/// A URL that the platform fetches, or a file of this machine.
fn attach(text: &str) -> Attach {
    if text.starts_with("https://") || text.starts_with("http://") {
        Attach::Url(text.to_owned())
    } else {
        Attach::Path(text.into())
    }
}

/// How a chat came to its end.
#[expect(clippy::large_enum_variant, reason = "there is one, and it is moved once")]
enum Ended {
    /// By itself.
    Replied(Result<ChatReply, Failure>),
    /// By a signal.
    Interrupted,
    /// Since what came could not be printed any more.
    NobodyReads,
}

/// What has come, and what of it is printed.
struct Printer<'o> {
    output: &'o mut Output,
    stream: bool,
    /// Whether the conversation is new, so that its id is worth telling.
    new: bool,
    verbose: bool,
    conversation: Option<ConversationId>,
    text: String,
    /// How the platform said that the reply ended, while its stream is read to its end.
    finish: Option<Finish>,
    live: Live,
    trouble: Option<Stop>,
}

impl<'o> Printer<'o> {
    fn new(output: &'o mut Output, stream: bool, new: bool, verbose: bool) -> Self {
        let (conversation, text, finish, live, trouble) = (None, String::new(), None, Live::default(), None);
        Self { output, stream, new, verbose, conversation, text, finish, live, trouble }
    }

    /// Prints what arrived; false once printing has failed.
    fn progress(&mut self, progress: ChatProgress) -> bool {
        if self.trouble.is_none() {
            self.trouble = self.print(progress).err();
        }
        self.trouble.is_none()
    }

    fn print(&mut self, progress: ChatProgress) -> Result<(), Stop> {
        match progress {
            ChatProgress::Conversation(id) => self.conversation(id),
            ChatProgress::Delta(text) => self.delta(&text),
            ChatProgress::Corrected(whole) => self.corrected(&whole),
            ChatProgress::Finished(finish) => {
                self.finish = Some(finish);
                Ok(())
            }
            ChatProgress::Accepted => {
                if !self.output.is_json() && (self.verbose || self.output.err_is_terminal()) {
                    self.output.aside("accepted, waiting for the reply");
                }
                Ok(())
            }
            ChatProgress::Waiting { seconds, why } => {
                if !self.output.is_json() && (self.verbose || self.output.err_is_terminal()) {
                    self.output.aside(&format!("{why}; trying again in {seconds} s"));
                }
                Ok(())
            }
        }
    }

    fn conversation(&mut self, id: ConversationId) -> Result<(), Stop> {
        if self.conversation.as_ref() == Some(&id) {
            return Ok(());
        }
        let known = self.conversation.replace(id);
        match &self.conversation {
            Some(id) if known.is_none() && self.output.is_json() => self.output.json(&json::chat_conversation(id)),
            _ => Ok(()),
        }
    }

    fn delta(&mut self, text: &str) -> Result<(), Stop> {
        if text.is_empty() {
            return Ok(());
        }
        self.text.push_str(text);
        self.finish = None;
        if !self.stream {
            return Ok(());
        }
        if self.output.is_json() {
            return self.output.json(&json::chat_delta(text));
        }
        let safe = self.live.push(text);
        if safe.is_empty() { Ok(()) } else { self.output.exact(&safe) }
    }

    /// What was printed can't be taken back: what stands is printed behind it, and said to be that.
    fn corrected(&mut self, whole: &str) -> Result<(), Stop> {
        self.finish = None;
        if self.stream && self.output.is_json() {
            whole.clone_into(&mut self.text);
            return self.output.json(&json::chat_correction(whole));
        }
        if self.stream && !self.text.is_empty() {
            self.last_line()?;
            self.output.aside("the platform corrected what it had said; the reply is:");
            self.live = Live::default();
        }
        self.text.clear();
        self.delta(whole)
    }

    fn end(mut self, ended: Ended) -> Result<(), Stop> {
        if let Some(trouble) = self.trouble.take() {
            return Err(trouble);
        }
        match ended {
            Ended::NobodyReads => Err(Stop::Closed),
            Ended::Interrupted => {
                let text = self.text.clone();
                // What was told as whole stays so: only its stream was not read to its end.
                let finish = self.finish.unwrap_or(Finish::Cancelled);
                self.whole(&ChatReply { text, finish, ..ChatReply::default() })?;
                Err(interrupted().hint("what came is kept").into())
            }
            Ended::Replied(Err(failure)) => {
                self.last_line()?;
                Err(failure.into())
            }
            Ended::Replied(Ok(reply)) => self.replied(reply),
        }
    }

    fn replied(&mut self, reply: ChatReply) -> Result<(), Stop> {
        if let Some(id) = reply.conversation.clone() {
            self.conversation(id)?;
        }
        self.whole(&reply)?;
        match reply.finish {
            Finish::Stop | Finish::Length | Finish::Filtered => {
                if let Some(remark) = reply.finish.remark() {
                    self.output.aside(remark);
                }
                self.tell_conversation();
                // It is whole; what went wrong with it went wrong here.
                reply.failure.map_or(Ok(()), |failure| Err(failure.into()))
            }
            Finish::Cut => Err(reply.failure.unwrap_or_else(cut).into()),
            Finish::Cancelled => Err(reply.failure.unwrap_or_else(interrupted).into()),
        }
    }

    /// The reply as a whole: the last event, or what of it is not on the screen yet.
    fn whole(&mut self, reply: &ChatReply) -> Result<(), Stop> {
        if self.output.is_json() {
            return self.output.json(&json::chat_reply(self.conversation.as_ref(), reply));
        }
        let printed = if self.stream { self.text.as_str() } else { "" };
        // Where the whole is another text than its pieces were, the pieces stay: they can't be taken back.
        let rest = reply.text.strip_prefix(printed).unwrap_or("");
        let safe = self.live.push(rest);
        self.output.exact(&safe)?;
        self.last_line()?;
        for attachment in &reply.attachments {
            let name = attachment.name.as_deref().map(|name| format!("{name} ")).unwrap_or_default();
            self.output.aside(&format!("attachment: {name}{}", attachment.url));
        }
        if !reply.quick_replies.is_empty() {
            self.output.aside(&format!("offered: {}", reply.quick_replies.join(" | ")));
        }
        Ok(())
    }

    fn last_line(&mut self) -> Result<(), Stop> {
        let safe = self.live.finish();
        if safe.is_empty() || self.output.is_json() { Ok(()) } else { self.output.exact(&safe) }
    }

    /// Tells a person, and no pipe, how to go on.
    fn tell_conversation(&mut self) {
        if self.output.is_json() || !self.new || !self.output.err_is_terminal() {
            return;
        }
        if let Some(id) = &self.conversation {
            self.output.aside(&format!("go on with: patchcord chat --conversation {}", shell_word(id.as_str())));
        }
    }
}

fn cut() -> Failure {
    Failure::new(Kind::Cut, "the reply stopped before its end").hint("what came is kept")
}

#[cfg(test)]
mod tests {
    use super::super::output::tests::Buffer;
    use super::*;

    /// Prints one chat; gives standard output and the kind of failure.
    fn printed(json: bool, stream: bool, pieces: &[&str], ended: Ended) -> (String, Option<Kind>) {
        let (mut output, out, err) = Output::memory(json);
        let mut printer = Printer::new(&mut output, stream, true, false);
        assert!(printer.progress(ChatProgress::Conversation(ConversationId::new("7b"))));
        for piece in pieces {
            assert!(printer.progress(ChatProgress::Delta((*piece).to_owned())));
        }
        let kind = match printer.end(ended) {
            Err(Stop::Failure(failure)) => Some(failure.kind),
            Err(Stop::Closed) => panic!("closed"),
            Ok(()) => None,
        };
        assert_eq!(err.text(), "", "a pipe is told nothing beside the reply");
        (out.text(), kind)
    }

    fn reply(text: &str, finish: Finish) -> Ended {
        let conversation = Some(ConversationId::new("7b"));
        Ended::Replied(Ok(ChatReply { conversation, text: text.to_owned(), finish, ..ChatReply::default() }))
    }

    fn plain(pieces: &[&str], ended: Ended) -> (String, Option<Kind>) {
        printed(false, true, pieces, ended)
    }

    #[test]
    fn plain_output_is_the_reply_and_a_line_end() {
        let stop = |text| reply(text, Finish::Stop);
        assert_eq!(plain(&["Hel", "lo"], stop("Hello")), ("Hello\n".to_owned(), None));
        assert_eq!(plain(&["Hello\n"], stop("Hello\n")), ("Hello\n".to_owned(), None));
        assert_eq!(plain(&[], stop("all at once")), ("all at once\n".to_owned(), None));
        assert_eq!(plain(&["Hel"], stop("Hello")), ("Hello\n".to_owned(), None));
        assert_eq!(plain(&[], stop("")), (String::new(), None));
        assert_eq!(printed(false, false, &["ignored"], stop("whole")), ("whole\n".to_owned(), None));
    }

    #[test]
    fn a_reply_that_did_not_end_is_printed_as_far_as_it_came() {
        assert_eq!(plain(&["Hel"], reply("Hel", Finish::Cut)), ("Hel\n".to_owned(), Some(Kind::Cut)));
        assert_eq!(plain(&["Hel"], Ended::Interrupted), ("Hel\n".to_owned(), Some(Kind::Interrupted)));
        let failed = Ended::Replied(Err(Failure::new(Kind::Platform, "HTML")));
        assert_eq!(plain(&["Hel"], failed), ("Hel\n".to_owned(), Some(Kind::Platform)));
    }

    #[test]
    fn json_is_the_conversation_the_pieces_and_the_reply() {
        let first = "{\"event\":\"conversation\",\"conversation_id\":\"7b\"}\n";
        let last = |text: &str, finish: &str| {
            format!(
                "{{\"event\":\"reply\",\"conversation_id\":\"7b\",\"text\":\"{text}\",\"finish\":\"{finish}\",\
                 \"quick_replies\":[],\"attachments\":[],\"damaged\":0}}\n"
            )
        };
        let delta = |text: &str| format!("{{\"event\":\"delta\",\"text\":\"{text}\"}}\n");
        let (text, kind) = printed(true, true, &["a", "", "b"], reply("ab", Finish::Stop));
        assert_eq!((text, kind), ([first, &delta("a"), &delta("b"), &last("ab", "stop")].concat(), None));
        let (text, kind) = printed(true, false, &["a"], reply("ab", Finish::Stop));
        assert_eq!((text, kind), ([first, &last("ab", "stop")].concat(), None));
        let (text, kind) = printed(true, true, &["a"], reply("a", Finish::Cut));
        assert_eq!((text, kind), ([first, &delta("a"), &last("a", "cut")].concat(), Some(Kind::Cut)));
        let (text, kind) = printed(true, true, &["a"], Ended::Interrupted);
        let all = [first, &delta("a"), &last("a", "cancelled")].concat();
        assert_eq!((text, kind), (all, Some(Kind::Interrupted)));
    }

    #[test]
    fn what_a_bot_sends_reaches_a_pipe_marked_and_json_exactly() {
        let hostile = "\u{1b}]52;c;aGk=\u{7}\u{9b}2J";
        let (text, _) = plain(&[hostile], reply(hostile, Finish::Stop));
        assert!(!text.trim_end().chars().any(char::is_control), "{text:?}");
        let (text, _) = printed(true, true, &[hostile], reply(hostile, Finish::Stop));
        let delta: serde_json::Value = serde_json::from_str(text.lines().nth(1).unwrap()).unwrap();
        assert_eq!(delta["text"], hostile);
    }

    #[test]
    fn nobody_reading_ends_it_quietly() {
        let (mut output, out, _): (Output, Buffer, Buffer) = Output::memory(false);
        let mut printer = Printer::new(&mut output, true, true, false);
        out.close();
        assert!(!printer.progress(ChatProgress::Delta("a".to_owned())));
        assert!(matches!(printer.end(Ended::NobodyReads), Err(Stop::Closed)));
    }
}
