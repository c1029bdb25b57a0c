//! The bodies that Eko's endpoints take: a JSON object, a multipart form, or the OAuth endpoint's form.

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};
use url::form_urlencoded;

use super::super::api::{ApiRequest, ErrorResponse};
use super::multipart::{self, FormField};

fn bad_request(why: impl Into<String>) -> ErrorResponse {
    ErrorResponse::bad_request(why)
}

fn check_media_type(request: &ApiRequest, kind: &str) -> Result<(), ErrorResponse> {
    if request.media_type() == kind {
        return Ok(());
    }
    Err(ErrorResponse::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, format!("this endpoint takes {kind}")))
}

/// A JSON object.
pub(super) struct JsonObject(Map<String, Value>);

impl JsonObject {
    /// The body as one.
    pub(super) fn read(request: &ApiRequest) -> Result<Self, ErrorResponse> {
        check_media_type(request, "application/json")?;
        match request.json() {
            Ok(Value::Object(object)) => Ok(Self(object)),
            Ok(_) => Err(bad_request("the body must be a JSON object")),
            Err(error) => Err(bad_request(format!("the body is not JSON: {error}"))),
        }
    }

    /// A text, which may be empty.
    pub(super) fn string(&self, key: &str) -> Result<String, ErrorResponse> {
        let value = self.0.get(key).ok_or_else(|| bad_request(format!("{key} is required")))?;
        Ok(value.as_str().ok_or_else(|| bad_request(format!("{key} must be a string")))?.to_owned())
    }

    /// A text with something in it.
    pub(super) fn text(&self, key: &str) -> Result<String, ErrorResponse> {
        filled(key, self.string(key)?)
    }

    /// An object within.
    pub(super) fn object(&self, key: &str) -> Result<Self, ErrorResponse> {
        let value = self.0.get(key).and_then(Value::as_object);
        Ok(Self(value.ok_or_else(|| bad_request(format!("{key} must be an object")))?.clone()))
    }

    /// A list of objects, at least one.
    pub(super) fn objects(&self, key: &str) -> Result<Vec<Self>, ErrorResponse> {
        let wrong = || bad_request(format!("{key} must be a list of objects, at least one"));
        let list = self.0.get(key).and_then(Value::as_array).filter(|list| !list.is_empty()).ok_or_else(wrong)?;
        list.iter().map(|item| item.as_object().cloned().map(Self).ok_or_else(wrong)).collect()
    }

    /// A text that must be this one.
    pub(super) fn is(&self, key: &str, expected: &str) -> Result<(), ErrorResponse> {
        if self.string(key)? == expected { Ok(()) } else { Err(bad_request(format!("{key} must be {expected:?}"))) }
    }
}

/// A multipart form.
pub(super) struct MultipartForm(Vec<FormField>);

impl MultipartForm {
    /// The body as one, with no other fields than these.
    pub(super) fn read(request: &ApiRequest, fields: &[&str]) -> Result<Self, ErrorResponse> {
        check_media_type(request, "multipart/form-data")?;
        let parts = multipart::read(request.header("content-type").unwrap_or_default(), &request.body)
            .map_err(bad_request)?;
        match parts.iter().find(|part| !fields.contains(&part.name.as_str())) {
            Some(part) => Err(bad_request(format!("this endpoint takes no field {}", part.name))),
            None => Ok(Self(parts)),
        }
    }

    fn part(&self, name: &str) -> Option<&FormField> {
        self.0.iter().find(|part| part.name == name)
    }

    /// A field's text; none where the field is missing.
    pub(super) fn string(&self, name: &str) -> Result<Option<String>, ErrorResponse> {
        let Some(part) = self.part(name) else { return Ok(None) };
        if part.filename.is_some() {
            return Err(bad_request(format!("{name} must be a field, not a file")));
        }
        let text =
            String::from_utf8(part.content.clone()).map_err(|_| bad_request(format!("{name} is not UTF-8")))?;
        Ok(Some(text))
    }

    /// A field with something in it.
    pub(super) fn text(&self, name: &str) -> Result<String, ErrorResponse> {
        filled(name, self.string(name)?.ok_or_else(|| bad_request(format!("{name} is required")))?)
    }

    /// Checks that a field is a file with something in it.
    pub(super) fn file(&self, name: &str) -> Result<(), ErrorResponse> {
        let part = self.part(name).ok_or_else(|| bad_request(format!("{name} is required")))?;
        if part.filename.as_ref().is_none_or(String::is_empty) {
            return Err(bad_request(format!("{name} must be a file with a name")));
        }
        if part.content.is_empty() {
            return Err(bad_request(format!("{name} must not be empty")));
        }
        Ok(())
    }

    /// The same where the field may be missing.
    pub(super) fn optional_file(&self, name: &str) -> Result<(), ErrorResponse> {
        if self.part(name).is_some() { self.file(name) } else { Ok(()) }
    }
}

fn filled(key: &str, text: String) -> Result<String, ErrorResponse> {
    if text.trim().is_empty() { Err(bad_request(format!("{key} must not be empty"))) } else { Ok(text) }
}

/// The error that OAuth has for a token request; none for a good one.
pub(super) fn token_error(request: &ApiRequest, client: (&str, &str)) -> Option<(StatusCode, &'static str)> {
    if request.media_type() != "application/x-www-form-urlencoded" {
        return Some((StatusCode::UNSUPPORTED_MEDIA_TYPE, "invalid_request"));
    }
    let form: Vec<(String, String)> = form_urlencoded::parse(&request.body).into_owned().collect();
    let field = |name: &str| {
        let mut values = form.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str());
        (values.next(), values.next().is_some())
    };
    if ["grant_type", "scope", "client_id", "client_secret"].iter().any(|name| field(name).1) {
        return Some((StatusCode::BAD_REQUEST, "invalid_request"));
    }
    let in_form = field("client_id").0.zip(field("client_secret").0);
    let in_header = request.header("authorization").map(basic);
    let good = match (in_header, in_form) {
        // Two ways at once are one too many.
        (Some(_), Some(_)) => return Some((StatusCode::BAD_REQUEST, "invalid_request")),
        (Some(basic), None) => basic.is_some_and(|(id, secret)| (id.as_str(), secret.as_str()) == client),
        (None, form) => form == Some(client),
    };
    match (good, field("grant_type").0, field("scope").0) {
        (false, ..) => Some((StatusCode::UNAUTHORIZED, "invalid_client")),
        (true, None, _) => Some((StatusCode::BAD_REQUEST, "invalid_request")),
        (true, Some("client_credentials"), Some("bot")) => None,
        (true, Some("client_credentials"), _) => Some((StatusCode::BAD_REQUEST, "invalid_scope")),
        (true, Some(_), _) => Some((StatusCode::BAD_REQUEST, "unsupported_grant_type")),
    }
}

fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, credentials) = header.split_once(' ')?;
    let decoded = STANDARD.decode(credentials).ok()?;
    let (id, secret) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
    // Both are form-encoded before they are joined (RFC 6749, 2.3.1).
    let plain = |text: &str| {
        let pair = [b"=", text.replace(['&', '='], "").as_bytes()].concat();
        form_urlencoded::parse(&pair).next().map(|(_, text)| text.into_owned()).unwrap_or_default()
    };
    scheme.eq_ignore_ascii_case("basic").then(|| (plain(id), plain(secret)))
}
