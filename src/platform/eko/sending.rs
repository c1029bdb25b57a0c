//! One message of ours to Eko: as a direct answer while its reply token lives, else pushed; its files after its text.
//!
//! Owns which calls one message takes, in which order, and what is told when only some of them went through.

use super::super::error::{Purpose, broken, with};
use super::super::{CallError, Outcome, Outgoing, ReplyMode, Sent, Upload};
use super::conversation::EkoConversation;
use super::{Eko, refuse, wire};
use crate::domain::{Failure, Kind};
use crate::http::{HttpError, MultipartField, Request};

const WITHOUT: &str = "Nothing was sent. Send it without answers to choose from.";

/// What one call carries.
#[derive(Clone, Copy)]
enum Load<'a> {
    Text(&'a str),
    File { name: &'a str, media_type: &'a str, content: &'a [u8] },
}

impl Load<'_> {
    fn is_picture(&self) -> bool {
        matches!(self, Self::File { media_type, .. } if media_type.starts_with("image/"))
    }

    /// As a failure speaks of it.
    fn name(&self) -> String {
        match self {
            Self::Text(_) => "the text".to_owned(),
            Self::File { name, .. } => format!("the file {name}"),
        }
    }
}

impl Eko {
    /// Sends all that a message holds, each call once.
    pub(super) async fn send_message(&self, outgoing: &Outgoing) -> Result<Sent, CallError> {
        let place = self.place(outgoing)?;
        // Before access is asked for: for what isn't sent, nobody needs any.
        let asked = self.post(&["messages"]).and_then(|request| self.http.permit(&request));
        asked.map_err(|error| broken(&error, Purpose::Message))?;
        let loads = loads(outgoing)?;
        let Some((first, rest)) = loads.split_first() else {
            return Err(refuse("there is nothing to send: write something, or attach a file"));
        };
        let via =
            self.send_first(outgoing, &place, *first).await.map_err(|error| partial_failure(&[], &loads, error))?;
        for at in 0..rest.len() {
            if let Err(error) = self.push(&place, rest[at]).await {
                return Err(partial_failure(&loads[..=at], &loads[at + 1..], error));
            }
        }
        Ok(Sent { conversation: Some(place.id()), answer: ReplyMode::Later, via: Some(via) })
    }

    fn place(&self, outgoing: &Outgoing) -> Result<EkoConversation, CallError> {
        let Some(conversation) = &outgoing.conversation else {
            return Err(refuse("Eko's people write first; name a conversation (u:USER)"));
        };
        EkoConversation::read(conversation)
            .ok_or_else(|| refuse(format!("this is no conversation of the channel {}", self.channel)))
    }

    /// What comes first may be a direct answer; how it went out.
    async fn send_first(
        &self,
        outgoing: &Outgoing,
        place: &EkoConversation,
        load: Load<'_>,
    ) -> Result<&'static str, CallError> {
        // Access is there before the token's life is looked at, so that no wait lies between that and its use.
        let access = self.tokens.get().await?;
        let choices = outgoing.quick_replies.as_slice();
        let token = outgoing.reply.as_ref().filter(|reply| self.http.now() < reply.expires);
        if let Some(token) = token
            && let Some(request) = self.reply_request(&token.token, load, choices).map_err(|e| unusable(&e))?
        {
            match self.call_with(access.clone(), request, Purpose::Message).await {
                Ok(_) => return Ok("reply"),
                // The token was used or is too old: nothing was done, and what can be pushed need not wait.
                Err(error) if matches!(error.failure.status, Some(400 | 404 | 410)) && choices.is_empty() => {}
                Err(error) if matches!(error.failure.status, Some(400 | 404 | 410)) => {
                    return Err(with(error, WITHOUT));
                }
                Err(error) => return Err(error),
            }
        } else if !choices.is_empty() {
            let error = refuse("Eko takes answers to choose from only in a direct answer, soon after a person wrote");
            return Err(with(error, WITHOUT));
        }
        let request = self.push_request(place, load).map_err(|e| unusable(&e))?;
        self.call_with(access, request, Purpose::Message).await.map(|_| "push")
    }

    /// None where Eko has no direct answer of that kind.
    fn reply_request(&self, token: &str, load: Load<'_>, choices: &[String]) -> Result<Option<Request>, HttpError> {
        let token_part = MultipartField::text("replyToken", token);
        Ok(Some(match load {
            Load::Text(text) if !choices.is_empty() => {
                self.post(&["message", "quickreply"])?.json(wire::quick_reply(token, text, choices))
            }
            Load::Text(text) => {
                self.post(&["message", "text"])?.multipart(&[MultipartField::text("message", text), token_part])
            }
            Load::File { name, media_type, content } if load.is_picture() => {
                let file = MultipartField::file("file", name, media_type, content);
                self.post(&["message", "picture"])?.multipart(&[token_part, file])
            }
            Load::File { .. } => return Ok(None),
        }))
    }

    async fn push(&self, place: &EkoConversation, load: Load<'_>) -> Result<(), CallError> {
        let request = self.push_request(place, load).map_err(|e| unusable(&e))?;
        self.call(request, Purpose::Message).await.map(drop)
    }

    fn push_request(&self, place: &EkoConversation, load: Load<'_>) -> Result<Request, HttpError> {
        let (whom, mut parts) = match place {
            EkoConversation::User(user) => ("direct", vec![MultipartField::text("uid", user)]),
            EkoConversation::Topic { group, topic } => {
                ("group", vec![MultipartField::text("gid", group), MultipartField::text("tid", topic)])
            }
        };
        Ok(match load {
            Load::Text(text) => self.post(&[whom, "message"])?.json(wire::push(place, text)),
            Load::File { name, media_type, content } => {
                parts.push(MultipartField::file("file", name, media_type, content));
                self.post(&[whom, if load.is_picture() { "picture" } else { "file" }])?.multipart(&parts)
            }
        })
    }
}

/// The text first, then each file.
fn loads(outgoing: &Outgoing) -> Result<Vec<Load<'_>>, CallError> {
    let mut loads = Vec::new();
    if !outgoing.text.trim().is_empty() {
        loads.push(Load::Text(&outgoing.text));
    } else if !outgoing.quick_replies.is_empty() {
        return Err(refuse("answers to choose from need a text that they belong to"));
    }
    for upload in &outgoing.attach {
        loads.push(match upload {
            Upload::File { name, media_type, content } => Load::File { name, media_type, content },
            Upload::Url(_) => return Err(refuse("Eko takes files only, no links to files: attach the file itself")),
        });
    }
    Ok(loads)
}

/// An error of the first of `left`, after `sent` went through. Where something did, all of it must not be sent again.
fn partial_failure(sent: &[Load<'_>], left: &[Load<'_>], error: CallError) -> CallError {
    let (failed, rest) = left.split_first().map_or((None, left), |(failed, rest)| (Some(failed), rest));
    let Some(failed) = failed.filter(|_| !sent.is_empty() || !rest.is_empty()) else { return error };
    let became = match error.outcome {
        Outcome::Unknown | Outcome::Passing { .. } => format!("whether {} was sent is not known", failed.name()),
        Outcome::Accepted => format!("{} was taken, but its answer can't be read", failed.name()),
        Outcome::NotSent | Outcome::Busy { .. } | Outcome::Refused if sent.is_empty() => return error,
        Outcome::NotSent | Outcome::Busy { .. } | Outcome::Refused => format!("{} was not", failed.name()),
    };
    let mut message = if sent.is_empty() { String::new() } else { format!("{}; ", phrase(sent, "sent")) };
    message.push_str(&became);
    if !rest.is_empty() {
        message = format!("{message}; {}", phrase(rest, "not tried"));
    }
    let failure = Failure { kind: Kind::UnknownDelivery, ..error.failure.clone() };
    let message = format!("{message} ({})", error.failure.message);
    let error = CallError { outcome: Outcome::Unknown, failure: Failure { message, ..failure } };
    with(error, "Nothing is sent again by itself. Send what is missing as a message of its own.")
}

fn phrase(loads: &[Load<'_>], what: &str) -> String {
    let names: Vec<String> = loads.iter().map(Load::name).collect();
    format!("{} {} {what}", names.join(" and "), if names.len() == 1 { "was" } else { "were" })
}

/// An address or a header that can't be: nothing was sent.
fn unusable(error: &HttpError) -> CallError {
    broken(error, Purpose::Message)
}
