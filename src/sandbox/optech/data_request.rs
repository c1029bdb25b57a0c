//! A data request, made of an event that the simulation or somebody else describes.

use serde_json::{Value, json};

use super::super::api::ErrorResponse;
use super::super::context::SandboxContext;
use super::links::{AnswerLinks, LINK_LIFETIME_SECONDS};
use super::signature::ascii_json;

/// What stands before a link's id in its path.
pub(super) const INGEST: &str = "/ingest/";

/// A data request, ready to be signed.
pub(super) struct PreparedDataRequest {
    /// The id of its link; none where the event brought a link of its own.
    pub(super) link: Option<String>,
    pub(super) body: String,
}

/// Makes a data request of an event `{"key","inputs"}`. Any field of the body may be given; null leaves it out.
/// `deadline` is no field: it says for how many seconds the link is good.
///
/// # Errors
/// What is wrong with the event.
pub(super) fn prepare(
    context: &SandboxContext,
    links: &AnswerLinks,
    event: Value,
) -> Result<PreparedDataRequest, ErrorResponse> {
    let Value::Object(mut event) = event else { return Err(bad_request("event must be an object")) };
    let seconds = match event.remove("deadline") {
        None => LINK_LIFETIME_SECONDS,
        Some(value) => {
            let seconds = value.as_f64().filter(|seconds| (0.0..=86_400.0).contains(seconds));
            seconds.ok_or_else(|| bad_request("deadline must be a number of seconds, at most a day's"))?
        }
    };
    if !event.get("key").is_some_and(Value::is_string) {
        return Err(bad_request("event.key must be a string"));
    }
    let inputs = event.get("inputs").or(event.get("data")).cloned().unwrap_or_else(|| json!({}));
    // The document has `inputs`, the vendor's example reads `data`: every receiver finds its own.
    let mut body = json!({ "link": null, "key": "", "inputs": inputs.clone(), "data": inputs });
    let mut link = None;
    if !event.contains_key("link") {
        let id = links.open((context.clock)(), seconds);
        body["link"] = json!(format!("{}{INGEST}{id}", context.base_url));
        link = Some(id);
    }
    if let Value::Object(fields) = &mut body {
        for (name, value) in event {
            fields.insert(name, value);
        }
        fields.retain(|_, value| !value.is_null());
    }
    Ok(PreparedDataRequest { link, body: ascii_json(&body) })
}

fn bad_request(message: &str) -> ErrorResponse {
    ErrorResponse::bad_request(message)
}
