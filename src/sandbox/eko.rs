//! Eko's bot API: the token, what the bot writes, users, groups and topics; and the people on the other side.
//!
//! Owns the paths, the checks, the statuses and the JSON, written by hand. Where the documents are silent it is strict:
//! what a client gets away with here must also pass there. Nobody documents the body of an error: it is plain text here.
//! Nothing outlives the process: every start finds the same people, one group with one topic, and no tokens.
//!
//! Three texts are for tests: somebody who is sent `/echo TEXT` writes TEXT back exactly, after `/silent` nobody
//! answers, and `/revoke` makes every access token bad once it was taken.

mod form;
mod keeper;
mod life;
mod multipart;
mod town;
mod words;

use axum::http::StatusCode;
use bytes::Bytes;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::call::{Answer, Call};
use super::desk::Desk;
use super::keys::{EKO_CLIENT_ID, EKO_CLIENT_SECRET};
use form::{Form, Object};
use town::{ACCESS_SECONDS, Content, PEOPLE, Sent, Target, TownError};

pub(super) use keeper::Eko;
pub(super) use life::live;

/// A refusal: a status and what is wrong.
struct Refusal(StatusCode, String);

impl Refusal {
    fn new(status: StatusCode, why: impl Into<String>) -> Self {
        Self(status, why.into())
    }

    fn stopping() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "the sandbox is stopping")
    }
}

impl From<TownError> for Refusal {
    fn from(error: TownError) -> Self {
        let status = match error {
            TownError::User | TownError::Group => StatusCode::NOT_FOUND,
            TownError::Reply => StatusCode::BAD_REQUEST,
        };
        Self(status, error.to_string())
    }
}

/// Answers a call.
pub(super) async fn answer(desk: &Desk, call: &Call) -> Answer {
    let answered = if call.path == "/oauth/token" { token(desk, call).await } else { bot(desk, call).await };
    answered.unwrap_or_else(|Refusal(status, why)| Answer::Bytes(status, "text/plain; charset=utf-8", why.into()))
}

async fn token(desk: &Desk, call: &Call) -> Result<Answer, Refusal> {
    if call.method != "POST" {
        return Ok(Answer::WrongMethod("POST"));
    }
    if let Some((status, error)) = form::token_error(call, (EKO_CLIENT_ID, EKO_CLIENT_SECRET)) {
        let json = json!({ "error": error });
        let denied = status == StatusCode::UNAUTHORIZED;
        return Ok(if denied { Answer::Credentials(status, json) } else { Answer::Json(status, json) });
    }
    let token = desk.eko.grant().await.ok_or_else(Refusal::stopping)?;
    let json = json!({ "access_token": token, "token_type": "Bearer", "expires_in": ACCESS_SECONDS });
    Ok(Answer::Json(StatusCode::OK, json))
}

async fn bot(desk: &Desk, call: &Call) -> Result<Answer, Refusal> {
    let segments: Vec<&str> = call.path.strip_prefix("/bot/").unwrap_or_default().split('/').collect();
    let takes = match segments[..] {
        ["v1", "users"] => "GET",
        ["v1", "direct" | "group", "message" | "picture" | "file"]
        | ["v1", "message", "text" | "picture" | "quickreply"]
        | ["v1", "groups"]
        | ["v1", "groups", _, "topics"]
        | ["v2", "message", "push"] => "POST",
        _ => return Err(Refusal::new(StatusCode::NOT_FOUND, "no such endpoint")),
    };
    admit(desk, call).await?;
    if call.method != takes {
        return Ok(Answer::WrongMethod(takes));
    }
    match segments[..] {
        ["v1", "users"] => users(call),
        ["v1", "groups"] => open_group(desk, call).await,
        ["v1", "groups", gid, "topics"] => open_topic(desk, call, gid).await,
        ["v1", "direct", "message"] => {
            let body = Object::read(call)?;
            let target = Target::User(body.text("uid")?);
            let sent = write(desk, target, message(&body)?).await?;
            // Newer documents have the message in the answer to this one, beside what the older ones have.
            let message = json!({ "id": sent.message, "type": "text" });
            Ok(Answer::Json(StatusCode::OK, json!({ "status": "success", "message": message })))
        }
        ["v1", "group", "message"] => {
            let body = Object::read(call)?;
            let target = Target::Group(body.text("gid")?, body.string("tid")?);
            write(desk, target, message(&body)?).await?;
            Ok(success())
        }
        ["v1", whom @ ("direct" | "group"), what] => file(desk, call, whom, what).await,
        ["v1", "message", what] => reply(desk, call, what).await,
        _ => push(desk, call).await,
    }
}

async fn admit(desk: &Desk, call: &Call) -> Result<(), Refusal> {
    let refused = |why: &str| Refusal::new(StatusCode::UNAUTHORIZED, why);
    let token = call.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
    let token = token.ok_or_else(|| refused("the header Authorization must be Bearer and an access token"))?;
    if desk.eko.admits(token).await.ok_or_else(Refusal::stopping)? {
        return Ok(());
    }
    Err(refused("the access token is unknown, revoked or expired"))
}

fn success() -> Answer {
    Answer::Json(StatusCode::OK, json!({ "status": "success" }))
}

fn bad(why: &str) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, why)
}

/// The text of a body's `message`.
fn message(body: &Object) -> Result<Content, Refusal> {
    let message = body.object("message")?;
    message.is("type", "text")?;
    Ok(Content::Text(message.text("data")?))
}

/// The bot writes, and somebody will answer.
async fn write(desk: &Desk, target: Target, content: Content) -> Result<Sent, Refusal> {
    let sent = desk.eko.take(target).await.ok_or_else(Refusal::stopping)??;
    if matches!(&content, Content::Text(text) if text.trim() == "/revoke") {
        desk.eko.revoke();
    }
    life::react(desk, &sent, &content);
    Ok(sent)
}

async fn file(desk: &Desk, call: &Call, whom: &str, what: &str) -> Result<Answer, Refusal> {
    let direct = whom == "direct";
    let form =
        Form::read(call, if direct { &["uid", "file", "caption"] } else { &["gid", "tid", "file", "caption"] })?;
    form.file("file")?;
    form.string("caption")?;
    let target = if direct {
        Target::User(form.text("uid")?)
    } else {
        Target::Group(form.text("gid")?, form.string("tid")?.unwrap_or_default())
    };
    write(desk, target, if what == "picture" { Content::Picture } else { Content::File }).await?;
    Ok(success())
}

async fn reply(desk: &Desk, call: &Call, what: &str) -> Result<Answer, Refusal> {
    let (token, content) = match what {
        "text" => {
            let form = Form::read(call, &["message", "replyToken"])?;
            (form.text("replyToken")?, Content::Text(form.text("message")?))
        }
        "picture" => {
            let form = Form::read(call, &["file", "replyToken"])?;
            form.file("file")?;
            (form.text("replyToken")?, Content::Picture)
        }
        _ => {
            let body = Object::read(call)?;
            let message = body.object("message")?;
            message.text("data")?;
            (body.text("replyToken")?, choices(&message.object("meta")?.object("quickreply")?)?)
        }
    };
    write(desk, Target::Reply(token), content).await?;
    Ok(Answer::Empty(StatusCode::OK))
}

fn choices(quick: &Object) -> Result<Content, Refusal> {
    quick.is("template", "default")?;
    let items = quick.objects("items")?;
    let said = items.iter().map(|item| {
        item.is("type", "label")?;
        item.text("value")?;
        item.object("data")?.text("text")
    });
    Ok(Content::Choices(said.collect::<Result<_, _>>()?))
}

async fn push(desk: &Desk, call: &Call) -> Result<Answer, Refusal> {
    let body = Object::read(call)?;
    let target = Target::Group(body.text("gid")?, body.string("tid")?);
    let mut contents = Vec::new();
    for message in body.objects("messages")? {
        contents.push(match message.string("type")?.as_str() {
            "text" => Content::Text(message.text("text")?),
            "image" => {
                message.text("originalContentUrl")?;
                message.text("previewImageUrl")?;
                Content::Picture
            }
            _ => return Err(bad("a message's type is text or image")),
        });
    }
    for content in contents {
        write(desk, target.clone(), content).await?;
    }
    Ok(success())
}

fn users(call: &Call) -> Result<Answer, Refusal> {
    let query: Vec<(String, String)> = form_urlencoded::parse(call.query.as_bytes()).into_owned().collect();
    let [(key, username)] = &query[..] else { return Err(bad("the query is username=NAME")) };
    if key != "username" || username.is_empty() {
        return Err(bad("the query is username=NAME"));
    }
    let found: Vec<Value> = PEOPLE
        .iter()
        .filter(|person| person.username == username)
        .map(|person| {
            json!({
                "_id": person.id,
                "username": person.username,
                "email": format!("{}@example.com", person.username),
                "firstname": person.firstname,
                "lastname": person.lastname,
                "deleted": false,
            })
        })
        .collect();
    Ok(Answer::Json(StatusCode::OK, json!({ "users": found })))
}

async fn open_group(desk: &Desk, call: &Call) -> Result<Answer, Refusal> {
    let form = Form::read(call, &["uids", "name", "file"])?;
    form.optional_file("file")?;
    let name = form.text("name")?;
    let uids: Vec<String> = serde_json::from_str(&form.text("uids")?)
        .map_err(|_| bad("uids must be a JSON array of strings, in one field"))?;
    if uids.is_empty() {
        return Err(bad("uids must not be empty"));
    }
    let (gid, count) = desk.eko.open_group(uids).await.ok_or_else(Refusal::stopping)??;
    let settings = json!({
        "isReadOnly": false,
        "isAutoManagedMember": false,
        "isAdminManaged": true,
        "isCreatorManaged": true,
        "isMemberManaged": false,
        "isPrivate": false,
    });
    let group = json!({ "_id": gid, "name": name, "type": "group_chatv2", "settings": settings, "userCount": count });
    Ok(Answer::Json(StatusCode::OK, json!({ "group": group })))
}

async fn open_topic(desk: &Desk, call: &Call, gid: &str) -> Result<Answer, Refusal> {
    let name = Object::read(call)?.text("name")?;
    let tid = desk.eko.open_topic(gid).await.ok_or_else(Refusal::stopping)??;
    Ok(Answer::Json(StatusCode::OK, json!({ "topic": { "_id": tid, "name": name, "gid": gid } })))
}

/// The body of a webhook with one event.
fn events(event: &Value) -> Bytes {
    json!({ "events": [event] }).to_string().into()
}
