//! Eko's bot API: the token, what the bot writes, users, groups and topics; and the people on the other side.
//!
//! Owns the paths, the checks, the statuses and the JSON, written by hand. Where the documents are silent it is strict:
//! what a client gets away with here must also pass there. Nobody documents the body of an error: it is plain text here.
//! Nothing outlives the process: every start finds the same people, one group with one topic, and no tokens.
//!
//! Three texts are for tests: somebody who is sent `/echo TEXT` writes TEXT back exactly, after `/silent` nobody
//! answers, and `/revoke` makes every access token bad once it was taken.

mod account;
mod actor;
mod form;
mod multipart;
mod phrases;
mod signature;
mod simulation;
mod state;

use std::sync::Arc;

use axum::http::StatusCode;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::api::{ApiRequest, ApiResponse, ErrorResponse};
use super::context::SandboxContext;
use super::emulation::{EmulatedPlatform, EmulationDescriptor, EventWebhook};
use account::{CLIENT_ID, CLIENT_SECRET};
use actor::EkoHandle;
use form::{JsonObject, MultipartForm};
use state::{ACCESS_SECONDS, BotContent, EkoError, PEOPLE, SendTarget, SentMessage};

/// What is known of it before it runs.
pub(super) const DESCRIPTOR: EmulationDescriptor = EmulationDescriptor {
    id: "eko",
    channel: account::CHANNEL,
    settings: account::settings,
    roots: &["oauth", "bot", "file"],
    secret_headers: &[],
    secret_fields: &["client_secret"],
    webhooks: Some(signature::sign),
    open: |_| {
        Ok(Box::new(|context| {
            Arc::new(EmulatedEko { context: context.clone(), state: EkoHandle::open(context.clock) })
        }))
    },
};

/// Eko, as it runs.
struct EmulatedEko {
    context: SandboxContext,
    state: EkoHandle,
}

impl EmulatedPlatform for EmulatedEko {
    fn respond<'a>(&'a self, request: &'a ApiRequest) -> BoxFuture<'a, ApiResponse> {
        Box::pin(respond(self, request))
    }

    fn simulate(&self) {
        simulation::start(&self.context, &self.state);
    }

    /// A webhook holds a list; a single event is put in one.
    fn webhook(&self, event: Value) -> Result<EventWebhook, ErrorResponse> {
        let is_whole = event.get("events").is_some();
        Ok(EventWebhook::new(&if is_whole { event } else { simulation::webhook_body(&event) }))
    }
}

impl From<EkoError> for ErrorResponse {
    fn from(error: EkoError) -> Self {
        let status = match error {
            EkoError::User | EkoError::Group => StatusCode::NOT_FOUND,
            EkoError::ReplyToken => StatusCode::BAD_REQUEST,
            EkoError::Stopping => StatusCode::SERVICE_UNAVAILABLE,
        };
        Self::new(status, error.to_string())
    }
}

async fn respond(platform: &EmulatedEko, request: &ApiRequest) -> ApiResponse {
    let answered =
        if request.path == "/oauth/token" { token(platform, request).await } else { bot(platform, request).await };
    answered
        .unwrap_or_else(|error| ApiResponse::Bytes(error.status, "text/plain; charset=utf-8", error.message.into()))
}

async fn token(platform: &EmulatedEko, request: &ApiRequest) -> Result<ApiResponse, ErrorResponse> {
    if request.method != "POST" {
        return Ok(ApiResponse::WrongMethod("POST"));
    }
    if let Some((status, error)) = form::token_error(request, (CLIENT_ID, CLIENT_SECRET)) {
        let json = json!({ "error": error });
        let denied = status == StatusCode::UNAUTHORIZED;
        return Ok(if denied { ApiResponse::Credentials(status, json) } else { ApiResponse::Json(status, json) });
    }
    let token = platform.state.grant().await?;
    let json = json!({ "access_token": token, "token_type": "Bearer", "expires_in": ACCESS_SECONDS });
    Ok(ApiResponse::Json(StatusCode::OK, json))
}

async fn bot(platform: &EmulatedEko, request: &ApiRequest) -> Result<ApiResponse, ErrorResponse> {
    let segments: Vec<&str> = request.path.strip_prefix("/bot/").unwrap_or_default().split('/').collect();
    let takes = match segments[..] {
        ["v1", "users"] => "GET",
        ["v1", "direct" | "group", "message" | "picture" | "file"]
        | ["v1", "message", "text" | "picture" | "quickreply"]
        | ["v1", "groups"]
        | ["v1", "groups", _, "topics"]
        | ["v2", "message", "push"] => "POST",
        _ => return Err(ErrorResponse::new(StatusCode::NOT_FOUND, "no such endpoint")),
    };
    admit(platform, request).await?;
    if request.method != takes {
        return Ok(ApiResponse::WrongMethod(takes));
    }
    match segments[..] {
        ["v1", "users"] => users(request),
        ["v1", "groups"] => open_group(platform, request).await,
        ["v1", "groups", gid, "topics"] => open_topic(platform, request, gid).await,
        ["v1", "direct", "message"] => {
            let body = JsonObject::read(request)?;
            let target = SendTarget::User(body.text("uid")?);
            let sent = write(platform, target, message(&body)?).await?;
            // Newer documents have the message in the answer to this one, beside what the older ones have.
            let message = json!({ "id": sent.message, "type": "text" });
            Ok(ApiResponse::Json(StatusCode::OK, json!({ "status": "success", "message": message })))
        }
        ["v1", "group", "message"] => {
            let body = JsonObject::read(request)?;
            let target = SendTarget::Group(body.text("gid")?, body.string("tid")?);
            write(platform, target, message(&body)?).await?;
            Ok(success())
        }
        ["v1", whom @ ("direct" | "group"), what] => file(platform, request, whom, what).await,
        ["v1", "message", what] => reply(platform, request, what).await,
        _ => push(platform, request).await,
    }
}

async fn admit(platform: &EmulatedEko, request: &ApiRequest) -> Result<(), ErrorResponse> {
    let refused = |why: &str| ErrorResponse::new(StatusCode::UNAUTHORIZED, why);
    let token = request.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
    let token = token.ok_or_else(|| refused("the header Authorization must be Bearer and an access token"))?;
    if platform.state.admits(token).await? {
        return Ok(());
    }
    Err(refused("the access token is unknown, revoked or expired"))
}

fn success() -> ApiResponse {
    ApiResponse::Json(StatusCode::OK, json!({ "status": "success" }))
}

/// The text of a body's `message`.
fn message(body: &JsonObject) -> Result<BotContent, ErrorResponse> {
    let message = body.object("message")?;
    message.is("type", "text")?;
    Ok(BotContent::Text(message.text("data")?))
}

/// The bot writes, and somebody will answer.
async fn write(
    platform: &EmulatedEko,
    target: SendTarget,
    content: BotContent,
) -> Result<SentMessage, ErrorResponse> {
    let sent = platform.state.send(target).await?;
    if matches!(&content, BotContent::Text(text) if text.trim() == "/revoke") {
        platform.state.revoke();
    }
    simulation::react(&platform.context, &platform.state, &sent, &content);
    Ok(sent)
}

async fn file(
    platform: &EmulatedEko,
    request: &ApiRequest,
    whom: &str,
    what: &str,
) -> Result<ApiResponse, ErrorResponse> {
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
    write(platform, target, if what == "picture" { BotContent::Picture } else { BotContent::File }).await?;
    Ok(success())
}

async fn reply(platform: &EmulatedEko, request: &ApiRequest, what: &str) -> Result<ApiResponse, ErrorResponse> {
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
    write(platform, SendTarget::Reply(token), content).await?;
    Ok(ApiResponse::Empty(StatusCode::OK))
}

fn choices(quick: &JsonObject) -> Result<BotContent, ErrorResponse> {
    quick.is("template", "default")?;
    let items = quick.objects("items")?;
    let said = items.iter().map(|item| {
        item.is("type", "label")?;
        item.text("value")?;
        item.object("data")?.text("text")
    });
    Ok(BotContent::Choices(said.collect::<Result<_, _>>()?))
}

async fn push(platform: &EmulatedEko, request: &ApiRequest) -> Result<ApiResponse, ErrorResponse> {
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
            _ => return Err(ErrorResponse::bad_request("a message's type is text or image")),
        });
    }
    for content in contents {
        write(platform, target.clone(), content).await?;
    }
    Ok(success())
}

fn users(request: &ApiRequest) -> Result<ApiResponse, ErrorResponse> {
    let query: Vec<(String, String)> = form_urlencoded::parse(request.query.as_bytes()).into_owned().collect();
    let [(key, username)] = &query[..] else { return Err(ErrorResponse::bad_request("the query is username=NAME")) };
    if key != "username" || username.is_empty() {
        return Err(ErrorResponse::bad_request("the query is username=NAME"));
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

async fn open_group(platform: &EmulatedEko, request: &ApiRequest) -> Result<ApiResponse, ErrorResponse> {
    let form = MultipartForm::read(request, &["uids", "name", "file"])?;
    form.optional_file("file")?;
    let name = form.text("name")?;
    let uids: Vec<String> = serde_json::from_str(&form.text("uids")?)
        .map_err(|_| ErrorResponse::bad_request("uids must be a JSON array of strings, in one field"))?;
    if uids.is_empty() {
        return Err(ErrorResponse::bad_request("uids must not be empty"));
    }
    let (gid, count) = platform.state.open_group(uids).await?;
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

async fn open_topic(platform: &EmulatedEko, request: &ApiRequest, gid: &str) -> Result<ApiResponse, ErrorResponse> {
    let name = JsonObject::read(request)?.text("name")?;
    let tid = platform.state.open_topic(gid).await?;
    Ok(ApiResponse::Json(StatusCode::OK, json!({ "topic": { "_id": tid, "name": name, "gid": gid } })))
}
