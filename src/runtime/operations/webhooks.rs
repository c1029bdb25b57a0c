//! Deliveries sent again, and the self-test of a channel's hook.

use std::time::{Duration, Instant};

use crate::app::{ReplayTarget, Replayed};
use crate::domain::{ChannelName, Delivery, DeliveryId, Failure, Kind, Refused, Timestamp, Verdict};
use crate::http::{Address, Header, HttpError, Method, Request};
use crate::runtime::{Runtime, error_map, listen, open};
use crate::store::DeliveryFilter;
use crate::webhook::REPLAY_HEADER;

/// How long it is looked for why a sample was refused, how often, and among how many deliveries.
const REASON: Duration = Duration::from_secs(2);
const LOOK: Duration = Duration::from_millis(50);
const LOOKED_AT: usize = 200;
/// How long an answer is waited for.
const RECEIVER_TIMEOUT: Duration = Duration::from_secs(15);
/// How much of an answer's body is shown.
const SHOWN: usize = 64 * 1024;

/// Sends a delivery again, as it was or with another body; signed anew, since a signature's time is long past.
pub(in crate::runtime) async fn replay(
    runtime: &Runtime,
    id: DeliveryId,
    body: Option<String>,
    to: &ReplayTarget,
) -> Result<Replayed, Failure> {
    let found = runtime.store().delivery(id).await.map_err(|e| error_map::store(&e))?;
    let (_, delivery) =
        found.ok_or_else(|| Failure::new(Kind::NotFound, "The delivery is no longer in the store."))?;
    let Delivery { channel, body: original, .. } = delivery;
    let url = match to {
        ReplayTarget::Own => own(runtime, &channel).await?,
        ReplayTarget::Url(url) => url.clone(),
    };
    let body = body.map_or_else(|| original.to_vec(), String::into_bytes);
    let signed = match to {
        ReplayTarget::Own => called(runtime, &channel).await?,
        // A signature covers the URL without its query.
        ReplayTarget::Url(url) => url.split(['?', '#']).next().unwrap_or(url).to_owned(),
    };
    post(runtime, &channel, (&url, &signed), body, &id.0.to_string()).await
}

/// Posts a sample to the channel's hook on this machine, then under its public URL, and says what came of it.
pub(in crate::runtime) async fn self_test(runtime: &Runtime, channel: &ChannelName) -> Result<String, Failure> {
    let adapter = runtime.on(channel).adapter().await?;
    let sample = adapter.sample(Timestamp::now()).ok_or_else(|| {
        Failure::new(
            Kind::Invalid,
            format!("The platform of {channel} posts no webhooks, so there is nothing to test."),
        )
    })?;
    let here = own(runtime, channel).await?;
    let signed = called(runtime, channel).await?;
    let near = test(runtime, channel, (&here, &signed), &sample).await.map_err(|failure| {
        failure.hint(
            "The listener itself can't be reached on this machine: is it on, and does a firewall stand before it?",
        )
    })?;
    let mut said = judge("here", &near)?;
    let public = runtime.config().listener.public_url.clone().filter(|_| !runtime.inner.embedded);
    if public.is_some() {
        let far = hook(runtime, channel).await?;
        let far = test(runtime, channel, (&far, &signed), &sample).await.map_err(|failure| {
            failure
                .hint("Here it works; what public_url names does not bring it here. Is the tunnel or the proxy on?")
        })?;
        said = format!("{said} {}", judge("under public_url", &far)?);
    }
    Ok(said)
}

/// What became of a sample.
struct Tested {
    got: Replayed,
    /// Why the listener refused it, if it is the listener that did.
    refused: Option<Refused>,
}

/// Posts the sample, and looks in the store for why it was refused: whoever answered, that is where the reason is.
async fn test(
    runtime: &Runtime,
    channel: &ChannelName,
    (url, signed): (&str, &str),
    sample: &[u8],
) -> Result<Tested, Failure> {
    let store = runtime.store();
    let before = store.last_delivery().await.map_err(|e| error_map::store(&e))?;
    let mark = format!("self-test-{}", uuid::Uuid::now_v7());
    let got = post(runtime, channel, (url, signed), sample.to_vec(), &mark).await?;
    let mut refused = None;
    // It is found out beside the answer, a moment later.
    let until = Instant::now() + REASON;
    while !(200..300).contains(&got.status) && refused.is_none() && Instant::now() < until {
        let filter = DeliveryFilter { after: Some(before), limit: LOOKED_AT, ..DeliveryFilter::default() };
        for row in store.deliveries(&filter).await.map_err(|e| error_map::store(&e))? {
            let Verdict::Rejected(why) = row.verdict else { continue };
            let delivery = store.delivery(row.id).await.map_err(|e| error_map::store(&e))?;
            if delivery.is_some_and(|(_, delivery)| delivery.header(REPLAY_HEADER) == Some(mark.as_str())) {
                refused = Some(why);
            }
        }
        if refused.is_none() {
            tokio::time::sleep(LOOK).await;
        }
    }
    Ok(Tested { got, refused })
}

fn judge(place: &str, tested: &Tested) -> Result<String, Failure> {
    let Tested { got, refused } = tested;
    if (200..300).contains(&got.status) {
        return Ok(format!("A sample was answered {} {place} in {} ms.", got.status, got.ms));
    }
    let answered = format!("A sample was answered {} {place}", got.status);
    let (message, why) = match refused {
        Some(refused) => (format!("{answered}: {}.", refused.reason), refused.code.advice().to_owned()),
        None => (format!("{answered}."), unseen(place, got)),
    };
    Err(Failure::new(Kind::Failed, message).hint(why).status(got.status))
}

/// What an answer says that the listener gave no reason for: most likely it is somebody else's.
fn unseen(place: &str, got: &Replayed) -> String {
    // The listener's own answers say what is the matter.
    let own = serde_json::from_str::<serde_json::Value>(&got.body).ok();
    let detail = own.as_ref().filter(|own| own["status"] == got.status).and_then(|own| own["detail"].as_str());
    let why = match (detail, got.status) {
        (Some(detail), 503) => return format!("The listener says: {detail}. It may work in a moment."),
        (Some(detail), _) => return format!("The listener says: {detail}."),
        (None, 301 | 302 | 303 | 307 | 308) => {
            "It redirects: a platform may not follow. Name its goal in public_url."
        }
        (None, 404) => "Does public_url lead to this listener, with the path kept?",
        (None, 401 | 403 | 407) => {
            "It wants to be logged in to, or keeps strangers out: a platform can't pass either."
        }
        (None, 405 | 411 | 413 | 415 | 431) => "It does not let a POST of JSON through.",
        (None, 502..=504) => {
            "It can't reach the listener, or waits too short a time: does it name the address that is bound?"
        }
        _ => "That is not the answer of a patchcord that works.",
    };
    if place == "here" {
        why.to_owned()
    } else {
        format!("Nothing of it came to the listener: what stands under public_url answered by itself. {why}")
    }
}

/// The channel's hook on this machine.
async fn own(runtime: &Runtime, channel: &ChannelName) -> Result<String, Failure> {
    let url = hook(runtime, channel).await?;
    let base = match runtime.listening(crate::webhook::Listening::url) {
        Some(url) => url,
        None => runtime
            .store()
            .listener()
            .await
            .map_err(|e| error_map::store(&e))?
            .ok_or_else(|| Failure::new(Kind::Network, "Nobody listens: the listener is off."))?,
    };
    let path = url.find("/hooks/").map_or("", |at| url.get(at..).unwrap_or_default());
    Ok(format!("{base}{path}"))
}

/// What a signature for the channel's hook covers: the URL that its platform calls, as the listener knows it, without a
/// key.
async fn called(runtime: &Runtime, channel: &ChannelName) -> Result<String, Failure> {
    let url = hook(runtime, channel).await?;
    let plain = format!("/hooks/{channel}");
    Ok(url.split_once(&plain).map_or(url.clone(), |(base, _)| format!("{base}{plain}")))
}

/// The channel's hook as its platform calls it.
async fn hook(runtime: &Runtime, channel: &ChannelName) -> Result<String, Failure> {
    let hooks = listen::hooks(runtime).await;
    let found = hooks.into_iter().find(|hook| hook.channel == *channel);
    found.map_or_else(
        || Err(Failure::new(Kind::NotFound, format!("{channel} receives no webhooks."))),
        |hook| hook.url,
    )
}

/// The channel's hook with its key, to be pasted into the platform's dashboard.
pub(in crate::runtime) async fn hook_url(runtime: &Runtime, channel: &ChannelName) -> Result<String, Failure> {
    hook(runtime, channel).await
}

async fn post(
    runtime: &Runtime,
    channel: &ChannelName,
    (url, signed): (&str, &str),
    body: Vec<u8>,
    mark: &str,
) -> Result<Replayed, Failure> {
    let failed = |error: HttpError| Failure::new(Kind::Network, format!("It was not answered: {error}."));
    runtime.on(channel).writable()?;
    let adapter = runtime.on(channel).adapter().await?;
    let address = Address::parse(url).map_err(failed)?;
    let to = address.host();
    let now = Timestamp::now();
    let unique = uuid::Uuid::now_v7().to_string();
    let mut request = Request::new(Method::Post, address).first_byte(RECEIVER_TIMEOUT);
    for (name, value) in adapter.sign(&body, signed, now, &unique) {
        request = request.header(Header::named(&name, &value).map_err(failed)?);
    }
    request = request.header(Header::named(REPLAY_HEADER, mark).map_err(failed)?).body(body);
    let begun = Instant::now();
    // Not into the log: its URL may hold a webhook_key, or whatever else keeps it from being guessed.
    let mut response = match open::client(&runtime.on(channel))?.unlogged().send(request).await {
        Ok(response) => response,
        // Nobody is followed anywhere, so the status is all of the answer.
        Err(HttpError::Redirect { status, .. }) => {
            let ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
            return Ok(Replayed { status, body: String::new(), ms, to });
        }
        Err(error) => return Err(failed(error)),
    };
    let status = response.status();
    let body = response.bytes(SHOWN, RECEIVER_TIMEOUT).await.unwrap_or_default();
    let ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(Replayed { status, body: String::from_utf8_lossy(&body).into_owned(), ms, to })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::RefusalCode;

    fn answered(status: u16, body: &str, refused: Option<Refused>) -> Tested {
        Tested { got: Replayed { status, body: body.to_owned(), ms: 3, to: "h".to_owned() }, refused }
    }

    #[test]
    fn what_is_advised_fits_what_happened() {
        let hint = |place: &str, tested: &Tested| {
            let failure = judge(place, tested).unwrap_err();
            (failure.message, failure.hint.unwrap())
        };
        let good = judge("here", &answered(200, "", None)).unwrap();
        assert_eq!(good, "A sample was answered 200 here in 3 ms.");
        let url = Refused::new(401, RefusalCode::SignatureOtherUrl, "the signature is right for another");
        let (message, advice) = hint("under public_url", &answered(401, "", Some(url)));
        assert!(message.ends_with("under public_url: the signature is right for another."), "{message}");
        assert_eq!(advice, RefusalCode::SignatureOtherUrl.advice());
        for (status, words) in [
            (302, "redirects"),
            (404, "path kept"),
            (403, "logged in"),
            (502, "can't reach the listener"),
            (418, "works"),
        ] {
            let (_, far) = hint("under public_url", &answered(status, "<html>", None));
            assert!(far.starts_with("Nothing of it came to the listener") && far.contains(words), "{status}: {far}");
            assert!(!hint("here", &answered(status, "<html>", None)).1.contains("public_url answered"));
        }
        let busy = r#"{"status":503,"title":"Service Unavailable","detail":"it could not be stored"}"#;
        assert!(hint("here", &answered(503, busy, None)).1.starts_with("The listener says: it could not be stored."));
    }
}
