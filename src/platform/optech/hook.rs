//! What `OpTech` posts to the listener: a request for data, or a probe. Pure.

use serde_json::Value;

use super::super::lenient_json::{self, Object};
use super::super::{Ack, Reception, Rejection};
use super::link;
use crate::domain::{Asked, Inbound, Meaning, Timestamp};
use crate::signature;

/// What a webhook's body says. It has been verified.
pub(super) fn receive(body: &[u8], base_url: &str, deadline: Timestamp) -> Result<Reception, Rejection> {
    let object = lenient_json::bounded(body)?;
    let key =
        lenient_json::id(object.get("key")).ok_or_else(|| Rejection::malformed("key is missing, or no text"))?;
    if key == "validation" {
        let meaning = Meaning::Probe { what: "the platform's validation" };
        let inbound = vec![Inbound { key: identity(body), meaning }];
        return Ok(Reception { inbound, ack: Ack::Plain("OK"), summary: key });
    }
    // The document says `inputs`, the platform's example `data`.
    let (inputs, data) = (inputs(&object, "inputs")?, inputs(&object, "data")?);
    let inputs = inputs.or(data).map_or_else(|| "{}".to_owned(), Value::to_string);
    let link = match object.get("link") {
        None | Some(Value::Null) => None,
        Some(link) => {
            let rebuilt = link.as_str().and_then(|link| link::rebuild(base_url, link));
            Some(rebuilt.ok_or_else(|| Rejection::malformed(link::wrong(base_url)))?)
        }
    };
    let identity = link.as_ref().map_or_else(|| identity(body), |link| format!("link/{}", link.id));
    let summary = lenient_json::quotable(&format!("{key} {inputs}")).unwrap_or_default();
    let summary = lenient_json::summary(summary, &object.damage);
    let asked = Asked { key, inputs, link: link.map(|link| link.url), deadline };
    let inbound = vec![Inbound { key: identity, meaning: Meaning::Request(asked) }];
    Ok(Reception { inbound, ack: Ack::Data, summary })
}

fn inputs<'a>(object: &'a Object, field: &str) -> Result<Option<&'a Value>, Rejection> {
    match object.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(value @ Value::Object(_)) => Ok(Some(value)),
        Some(_) => Err(Rejection::malformed(format!("{field} is no object"))),
    }
}

/// What has no link is told from others by all that it says.
fn identity(body: &[u8]) -> String {
    format!("body/{}", signature::fingerprint(&[body]))
}

#[cfg(test)]
mod tests;
