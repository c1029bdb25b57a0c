//! Eko's bot API: the token, what the bot writes, users, groups and topics; and the people on the other side.
//!
//! Owns the paths, the checks, the statuses and the JSON, written by hand. Where the documents are silent it is strict:
//! what a client gets away with here must also pass there. Nobody documents the body of an error: it is plain text here.
//! Nothing outlives the process: every start finds the same people, one group with one topic, and no tokens.
//!
//! Three texts are for tests: somebody who is sent `/echo TEXT` writes TEXT back exactly, after `/silent` nobody
//! answers, and `/revoke` makes every access token bad once it was taken.

mod actor;
mod form;
mod multipart;
mod phrases;
mod simulation;
mod state;

use axum::http::StatusCode;
use bytes::Bytes;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::api::{ApiRequest, ApiResponse};
use super::context::SandboxContext;
use super::credentials::{EKO_CLIENT_ID, EKO_CLIENT_SECRET};
use form::{JsonObject, MultipartForm};
use state::{ACCESS_SECONDS, BotContent, EkoError, PEOPLE, SendTarget, SentMessage};

pub(super) use actor::Eko;
pub(super) use simulation::start;

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

impl From<EkoError> for Refusal {
    fn from(error: EkoError) -> Self {
        let status = match error {
            EkoError::User | EkoError::EkoGroup => StatusCode::NOT_FOUND,
            EkoError::Reply => StatusCode::BAD_REQUEST,
        };
        Self(status, error.to_string())
    }
}

/// Answers a request.
pub(super) async fn answer(context: &SandboxContext, request: &ApiRequest) -> ApiResponse {
    let answered =
        if request.path == "/oauth/token" { token(context, request).await } else { bot(context, request).await };
    answered
        .unwrap_or_else(|Refusal(status, why)| ApiResponse::Bytes(status, "text/plain; charset=utf-8", why.into()))
}

async fn token(context: &SandboxContext, request: &ApiRequest) -> Result<ApiResponse, Refusal> {
    if request.method != "POST" {
        return Ok(ApiResponse::WrongMethod("POST"));
    }
    if let Some((status, error)) = form::token_error(request, (EKO_CLIENT_ID, EKO_CLIENT_SECRET)) {
        let json = json!({ "error": error });
        let denied = status == StatusCode::UNAUTHORIZED;
        return Ok(if denied { ApiResponse::Credentials(status, json) } else { ApiResponse::Json(status, json) });
    }
    let token = context.eko.grant().await.ok_or_else(Refusal::stopping)?;
    let json = json!({ "access_token": token, "token_type": "Bearer", "expires_in": ACCESS_SECONDS });
    Ok(ApiResponse::Json(StatusCode::OK, json))
}

async fn bot(context: &SandboxContext, request: &ApiRequest) -> Result<ApiResponse, Refusal> {
    let segments: Vec<&str> = request.path.strip_prefix("/bot/").unwrap_or_default().split('/').collect();
    let takes = match segments[..] {
        ["v1", "users"] => "GET",
        ["v1", "direct" | "group", "message" | "picture" | "file"]
        | ["v1", "message", "text" | "picture" | "quickreply"]
        | ["v1", "groups"]
        | ["v1", "groups", _, "topics"]
        | ["v2", "message", "push"] => "POST",
        _ => return Err(Refusal::new(StatusCode::NOT_FOUND, "no such endpoint")),
    };
    admit(context, request).await?;
    if request.method != takes {
        return Ok(ApiResponse::WrongMethod(takes));
    }
    match segments[..] {
        ["v1", "users"] => users(request),
        ["v1", "groups"] => open_group(context, request).await,
        ["v1", "groups", gid, "topics"] => open_topic(context, request, gid).await,
        ["v1", "direct", "message"] => {
            let body = JsonObject::read(request)?;
            let target = SendTarget::User(body.text("uid")?);
            let sent = write(context, target, message(&body)?).await?;
            // Newer documents have the message in the answer to this one, beside what the older ones have.
            let message = json!({ "id": sent.message, "type": "text" });
            Ok(ApiResponse::Json(StatusCode::OK, json!({ "status": "success", "message": message })))
        }
        ["v1", "group", "message"] => {
            let body = JsonObject::read(request)?;
            let target = SendTarget::Group(body.text("gid")?, body.string("tid")?);
            write(context, target, message(&body)?).await?;
            Ok(success())
        }
        ["v1", whom @ ("direct" | "group"), what] => file(context, request, whom, what).await,
        ["v1", "message", what] => reply(context, request, what).await,
        _ => push(context, request).await,
    }
}

async fn admit(context: &SandboxContext, request: &ApiRequest) -> Result<(), Refusal> {
    let refused = |why: &str| Refusal::new(StatusCode::UNAUTHORIZED, why);
    let token = request.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
    let token = token.ok_or_else(|| refused("the header Authorization must be Bearer and an access token"))?;
    if context.eko.admits(token).await.ok_or_else(Refusal::stopping)? {
        return Ok(());
    }
    Err(refused("the access token is unknown, revoked or expired"))
}

fn success() -> ApiResponse {
    ApiResponse::Json(StatusCode::OK, json!({ "status": "success" }))
}

fn bad(why: &str) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, why)
}

/// The text of a body's `message`.
fn message(body: &JsonObject) -> Result<BotContent, Refusal> {
    let message = body.object("message")?;
    message.is("type", "text")?;
    Ok(BotContent::Text(message.text("data")?))
}

/// The bot writes, and somebody will answer.
async fn write(context: &SandboxContext, target: SendTarget, content: BotContent) -> Result<SentMessage, Refusal> {
    let sent = context.eko.take(target).await.ok_or_else(Refusal::stopping)??;
    if matches!(&content, BotContent::Text(text) if text.trim() == "/revoke") {
        context.eko.revoke();
    }
    simulation::react(context, &sent, &content);
    Ok(sent)
}

async fn file(
    context: &SandboxContext,
    request: &ApiRequest,
    whom: &str,
    what: &str,
) -> Result<ApiResponse, Refusal> {
    let direct = whom == "direct";
    let form = MultipartForm::read(
        request,
        if direct { &["uid", "file", "caption"] } else { &["gid", "tid", "file", "caption"] },
    )?;
    form.file("file")?;
    form.string("caption")?;
    let target = if direct {
        SendTarget::User(form.text("uid")?)
    } else {
        SendTarget::Group(form.text("gid")?, form.string("tid")?.unwrap_or_default())
    };
    write(context, target, if what == "picture" { BotContent::Picture } else { BotContent::File }).await?;
    Ok(success())
}

async fn reply(context: &SandboxContext, request: &ApiRequest, what: &str) -> Result<ApiResponse, Refusal> {
    let (token, content) = match what {
        "text" => {
            let form = MultipartForm::read(request, &["message", "replyToken"])?;
            (form.text("replyToken")?, BotContent::Text(form.text("message")?))
        }
        "picture" => {
            let form = MultipartForm::read(request, &["file", "replyToken"])?;
            form.file("file")?;
            (form.text("replyToken")?, BotContent::Picture)
        }
        _ => {
            let body = JsonObject::read(request)?;
            let message = body.object("message")?;
            message.text("data")?;
            (body.text("replyToken")?, choices(&message.object("meta")?.object("quickreply")?)?)
        }
    };
    write(context, SendTarget::Reply(token), content).await?;
    Ok(ApiResponse::Empty(StatusCode::OK))
}

fn choices(quick: &JsonObject) -> Result<BotContent, Refusal> {
    quick.is("template", "default")?;
    let items = quick.objects("items")?;
    let said = items.iter().map(|item| {
        item.is("type", "label")?;
        item.text("value")?;
        item.object("data")?.text("text")
    });
    Ok(BotContent::Choices(said.collect::<Result<_, _>>()?))
}

async fn push(context: &SandboxContext, request: &ApiRequest) -> Result<ApiResponse, Refusal> {
    let body = JsonObject::read(request)?;
    let target = SendTarget::Group(body.text("gid")?, body.string("tid")?);
    let mut contents = Vec::new();
    for message in body.objects("messages")? {
        contents.push(match message.string("type")?.as_str() {
            "text" => BotContent::Text(message.text("text")?),
            "image" => {
                message.text("originalContentUrl")?;
                message.text("previewImageUrl")?;
                BotContent::Picture
            }
            _ => return Err(bad("a message's type is text or image")),
        });
    }
    for content in contents {
        write(context, target.clone(), content).await?;
    }
    Ok(success())
}

fn users(request: &ApiRequest) -> Result<ApiResponse, Refusal> {
    let query: Vec<(String, String)> = form_urlencoded::parse(request.query.as_bytes()).into_owned().collect();
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
    Ok(ApiResponse::Json(StatusCode::OK, json!({ "users": found })))
}

async fn open_group(context: &SandboxContext, request: &ApiRequest) -> Result<ApiResponse, Refusal> {
    let form = MultipartForm::read(request, &["uids", "name", "file"])?;
    form.optional_file("file")?;
    let name = form.text("name")?;
    let uids: Vec<String> = serde_json::from_str(&form.text("uids")?)
        .map_err(|_| bad("uids must be a JSON array of strings, in one field"))?;
    if uids.is_empty() {
        return Err(bad("uids must not be empty"));
    }
    let (gid, count) = context.eko.open_group(uids).await.ok_or_else(Refusal::stopping)??;
    let settings = json!({
        "isReadOnly": false,
        "isAutoManagedMember": false,
        "isAdminManaged": true,
        "isCreatorManaged": true,
        "isMemberManaged": false,
        "isPrivate": false,
    });
    let group = json!({ "_id": gid, "name": name, "type": "group_chatv2", "settings": settings, "userCount": count });
    Ok(ApiResponse::Json(StatusCode::OK, json!({ "group": group })))
}

async fn open_topic(context: &SandboxContext, request: &ApiRequest, gid: &str) -> Result<ApiResponse, Refusal> {
    let name = JsonObject::read(request)?.text("name")?;
    let tid = context.eko.open_topic(gid).await.ok_or_else(Refusal::stopping)??;
    Ok(ApiResponse::Json(StatusCode::OK, json!({ "topic": { "_id": tid, "name": name, "gid": gid } })))
}

/// The body of a webhook with one event.
fn events(event: &Value) -> Bytes {
    json!({ "events": [event] }).to_string().into()
}
