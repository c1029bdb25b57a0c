//! Deliveries sent again, and the self-test of a channel's hook.

use std::time::{Duration, Instant};

use crate::app::{ReplayTarget, Replayed};
use crate::domain::{ChannelName, Delivery, DeliveryId, Failure, Kind, Timestamp};
use crate::http::{Address, Header, HttpError, Method, Request};
use crate::runtime::{Runtime, listen, trouble};

/// Says that the program sent it. The listener believes it no more than any other header: it marks, and no more.
const MARK: &str = "x-patchcord-replay";
/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(15);
/// How much of an answer's body is shown.
const SHOWN: usize = 64 * 1024;

/// Sends a delivery again, as it was or with another body; signed anew, since a signature's time is long past.
pub(in crate::runtime) async fn replay(
    runtime: &Runtime,
    id: DeliveryId,
    body: Option<String>,
    to: &ReplayTarget,
) -> Result<Replayed, Failure> {
    let found = runtime.store().delivery(id).await.map_err(|e| trouble::store(&e))?;
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
    let near = post(runtime, channel, (&here, &signed), sample.to_vec(), "self-test").await.map_err(|failure| {
        failure.hint(
            "The listener itself can't be reached on this machine: is it on, and does a firewall stand before it?",
        )
    })?;
    let mut said = judge("here", &near)?;
    let public = runtime.inner.config.listener.public_url.as_ref().filter(|_| !runtime.inner.embedded);
    if public.is_some() {
        let far = hook(runtime, channel).await?;
        let far = post(runtime, channel, (&far, &signed), sample.to_vec(), "self-test").await.map_err(|failure| {
            failure
                .hint("Here it works; what public_url names does not bring it here. Is the tunnel or the proxy on?")
        })?;
        said = format!("{said} {}", judge("under public_url", &far)?);
    }
    Ok(said)
}

fn judge(place: &str, got: &Replayed) -> Result<String, Failure> {
    if (200..300).contains(&got.status) {
        return Ok(format!("A sample was answered {} {place} in {} ms.", got.status, got.ms));
    }
    let why = match got.status {
        401 => "The signature was refused: is the same secret set here and there?",
        403 => "The host's name was refused: is public_url what the platform calls?",
        404 => "There is nothing under that path: is the channel's name or its webhook_key another?",
        503 => "The channel is not ready: its secret could not be had, or the store can't be written.",
        _ => "That is not the answer of a patchcord that works.",
    };
    Err(Failure::new(Kind::Failed, format!("A sample was answered {} {place}.", got.status))
        .hint(why)
        .status(got.status))
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
            .map_err(|e| trouble::store(&e))?
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
    let adapter = runtime.on(channel).adapter().await?;
    let address = Address::parse(url).map_err(failed)?;
    let to = address.host();
    let now = Timestamp::now();
    let unique = uuid::Uuid::now_v7().to_string();
    let mut request = Request::new(Method::Post, address).first_byte(PATIENCE);
    for (name, value) in adapter.sign(&body, signed, now, &unique) {
        request = request.header(Header::named(&name, &value).map_err(failed)?);
    }
    request = request.header(Header::named(MARK, mark).map_err(failed)?).body(body);
    let begun = Instant::now();
    let mut response = runtime.inner.http.send(request).await.map_err(failed)?;
    let status = response.status();
    let body = response.bytes(SHOWN, PATIENCE).await.unwrap_or_default();
    let ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(Replayed { status, body: String::from_utf8_lossy(&body).into_owned(), ms, to })
}
