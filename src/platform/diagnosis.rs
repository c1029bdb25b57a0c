//! Why a signature is not right: what it would be right for. For the operator's eyes alone; the check itself is the
//! adapter's, and nothing here lets a delivery in.
//!
//! Everything is found by asking the adapter's own check about a delivery that differs in one thing, so that no
//! platform's arithmetic is written twice and all comparing stays in constant time. What may be hashed for one delivery
//! is limited, since anybody can post one.

mod encodings;
mod forms;

use std::sync::Arc;

use bytes::Bytes;

use super::Adapter;
use crate::domain::{ChannelName, Delivery, RefusalCode, Refused, Timestamp, Trust};

/// What may be hashed to explain one delivery, in bytes.
const BUDGET: usize = 16 << 20;
/// Longer bodies are not written anew.
const LONGEST_JSON: usize = 256 << 10;
/// So many other channels' secrets are tried.
const OTHERS: usize = 32;

/// How a platform's deliveries are signed, as far as it takes to say what is wrong with one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignatureScheme {
    /// The headers that a signature may stand in.
    pub headers: &'static [&'static str],
    /// The other headers that it needs.
    pub needs: &'static [&'static str],
    /// Which of those bears the time, in seconds since 1970, and how far from now that may be, in milliseconds.
    pub time: Option<(&'static str, u64)>,
    /// Whether the URL is a part of what is signed.
    pub covers_url: bool,
}

/// A URL that a sender may have signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedUrl {
    /// As it may have been signed.
    pub url: String,
    /// As it may be shown: without a key.
    pub shown: String,
}

/// A delivery whose signature was refused, and what is known around it.
pub struct Case<'a> {
    /// As it came.
    pub delivery: &'a Delivery,
    /// Its channel's.
    pub adapter: &'a dyn Adapter,
    /// When it came.
    pub now: Timestamp,
    /// The other channels that take webhooks.
    pub others: &'a [(ChannelName, Arc<dyn Adapter>)],
    /// URLs that its sender may have called.
    pub urls: &'a [SignedUrl],
}

/// What can be said without hashing anything: a header that is missing or stands there twice.
pub fn glance(adapter: &dyn Adapter, delivery: &Delivery) -> Option<Refused> {
    let scheme = adapter.signature_scheme()?;
    let count = |name: &&str| delivery.count(name);
    let missing = |name: &str| {
        let reason = format!("the header {name} is missing");
        Some(refused(RefusalCode::SignatureMissing, reason).with("header", name))
    };
    if scheme.headers.iter().map(count).sum::<usize>() == 0 {
        return missing(scheme.headers.first()?);
    }
    if let Some(name) = scheme.needs.iter().find(|name| count(name) == 0) {
        return missing(name);
    }
    let twice = scheme.headers.iter().chain(scheme.needs).find(|name| count(name) > 1)?;
    let reason = format!("the header {twice} stands there more than once");
    Some(refused(RefusalCode::SignatureWrong, reason).with("header", *twice))
}

/// Why the signature was refused.
pub fn explain(case: &Case<'_>) -> Refused {
    if let Some(found) = glance(case.adapter, case.delivery) {
        return found;
    }
    let Some(scheme) = case.adapter.signature_scheme() else { return unexplained() };
    let mut search = Search { case, scheme, at: case.now, left: BUDGET };
    let mut unreadable = None;
    if let Some((name, allowed)) = scheme.time {
        match signed_at(case.delivery, name) {
            Ok(at) => {
                search.at = at;
                if at.millis().abs_diff(case.now.millis()) > allowed && search.right(case.delivery) {
                    return stale(at, case.now, allowed);
                }
            }
            Err(why) => unreadable = Some(why),
        }
    }
    if let Some(why) = unreadable {
        return refused(RefusalCode::SignatureStale, why);
    }
    let found = search.other_url().or_else(|| search.other_encoding()).or_else(|| search.other_secret());
    found.or_else(|| search.other_body()).unwrap_or_else(|| wrong(case, &scheme))
}

fn refused(code: RefusalCode, reason: impl Into<String>) -> Refused {
    Refused::new(401, code, reason)
}

/// Where nothing is known of how the platform signs.
fn unexplained() -> Refused {
    refused(RefusalCode::SignatureWrong, "the signature is missing or wrong")
}

struct Search<'a, 'c> {
    case: &'c Case<'a>,
    scheme: SignatureScheme,
    /// The time that it was signed, so that age is no matter.
    at: Timestamp,
    /// How much may still be hashed.
    left: usize,
}

impl Search<'_, '_> {
    fn right(&mut self, delivery: &Delivery) -> bool {
        self.right_for(self.case.adapter, delivery)
    }

    fn right_for(&mut self, adapter: &dyn Adapter, delivery: &Delivery) -> bool {
        // A check may hash several spellings of a body.
        let cost = delivery.body.len().saturating_mul(3).saturating_add(1_024);
        let Some(left) = self.left.checked_sub(cost) else { return false };
        self.left = left;
        adapter.verify(delivery, self.at) == Ok(Trust::Verified)
    }

    fn other_url(&mut self) -> Option<Refused> {
        if !self.scheme.covers_url {
            return None;
        }
        let mut tried = self.case.delivery.clone();
        let checked = tried.url.clone();
        for SignedUrl { url, shown } in self.case.urls.iter().filter(|candidate| candidate.url != checked) {
            tried.url.clone_from(url);
            if self.right(&tried) {
                let reason = format!("the signature is right for {shown}; {checked} was checked");
                let refused = refused(RefusalCode::SignatureOtherUrl, reason);
                return Some(refused.with("url", shown.as_str()).with("checked", checked));
            }
        }
        None
    }

    fn other_encoding(&mut self) -> Option<Refused> {
        for name in self.scheme.headers {
            let Some(given) = self.case.delivery.header(name) else { continue };
            for (text, how) in encodings::read(given) {
                let mut tried = self.case.delivery.clone();
                // Alone: where it may stand in several headers, each of them has to be right.
                tried.headers.retain(|(n, _)| n == name || !self.scheme.headers.contains(&n.as_str()));
                tried.headers.iter_mut().filter(|(n, _)| n == name).for_each(|(_, value)| value.clone_from(&text));
                if self.right(&tried) {
                    let reason = format!("the signature in {name} is right, but it is {how}");
                    return Some(refused(RefusalCode::SignatureEncoding, reason).with("encoding", how));
                }
            }
        }
        // Where it may stand in several headers, one of them may be right.
        let present: Vec<_> = self.scheme.headers.iter().filter(|name| self.case.delivery.count(name) > 0).collect();
        for name in present.iter().filter(|_| present.len() > 1) {
            let mut tried = self.case.delivery.clone();
            tried.headers.retain(|(n, _)| n == **name || !self.scheme.headers.contains(&n.as_str()));
            if self.right(&tried) {
                let reason = format!("the signature in {name} is right, and another header bears one that is not");
                return Some(refused(RefusalCode::SignatureWrong, reason).with("header", **name));
            }
        }
        None
    }

    fn other_secret(&mut self) -> Option<Refused> {
        let others = self.case.others;
        for (channel, adapter) in others.iter().take(OTHERS) {
            if *channel == self.case.delivery.channel {
                continue;
            }
            // Another platform's may stand in another header, and be made in the same way.
            let theirs = adapter.signature_scheme().and_then(|scheme| scheme.headers.first().copied());
            let mut tried = self.case.delivery.clone();
            for (name, _) in &mut tried.headers {
                if let Some(theirs) = theirs.filter(|_| self.scheme.headers.first().is_some_and(|own| own == name)) {
                    theirs.clone_into(name);
                }
            }
            if self.right_for(adapter.as_ref(), self.case.delivery) || self.right_for(adapter.as_ref(), &tried) {
                let reason = format!("the signature is right with the secret of the channel {channel}");
                return Some(refused(RefusalCode::SignatureOtherSecret, reason).with("channel", channel.as_str()));
            }
        }
        None
    }

    fn other_body(&mut self) -> Option<Refused> {
        let body = &self.case.delivery.body;
        let mut tried = self.case.delivery.clone();
        for (bytes, how) in forms::trimmed(body) {
            tried.body = Bytes::from(bytes);
            if self.right(&tried) {
                return Some(rewritten(how, how));
            }
        }
        let text = std::str::from_utf8(body).ok().filter(|_| body.len() <= LONGEST_JSON)?;
        let mut written = Vec::new();
        for form in forms::ALL {
            let json = forms::write(text, form)?;
            if written.contains(&json) {
                continue;
            }
            for (end, with) in [("", ""), ("\n", ", with a line's end behind it")] {
                tried.body = Bytes::from([json.as_str(), end].concat());
                if self.right(&tried) {
                    let how = form.name();
                    return Some(rewritten(how, &format!("the same JSON {how}{with}")));
                }
            }
            written.push(json);
        }
        None
    }
}

fn rewritten(form: &str, what: &str) -> Refused {
    let reason = format!("the signature is right for {what}: something on the way has changed the body");
    refused(RefusalCode::SignatureBodyRewritten, reason).with("form", form)
}

/// When it says that it was signed; or what is wrong with that.
fn signed_at(delivery: &Delivery, name: &str) -> Result<Timestamp, String> {
    let text = delivery.header(name).unwrap_or_default();
    let number = text.parse::<i64>().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
    match number {
        Some(number) if number > 99_999_999_999 => {
            Err(format!("the time in {name} is no number of seconds since 1970: of milliseconds, it seems"))
        }
        Some(number) => Ok(Timestamp::from_millis(number.saturating_mul(1_000))),
        None => Err(format!("the time in {name} is no number of seconds since 1970")),
    }
}

fn stale(at: Timestamp, now: Timestamp, allowed: u64) -> Refused {
    let off = at.millis().abs_diff(now.millis());
    let over = off.saturating_sub(allowed).div_ceil(1_000);
    let (word, key) = if at < now { ("older", "late_by_seconds") } else { ("newer", "early_by_seconds") };
    let reason = format!(
        "the signature is right, and {} {word} than the {} that are allowed",
        span(over),
        span(allowed / 1_000)
    );
    refused(RefusalCode::SignatureStale, reason).with(key, over).with("allowed_seconds", allowed / 1_000)
}

/// Seconds in words: `45 s`, `6 min 12 s`, `3 h 20 min`, `12 days`.
fn span(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 if seconds.is_multiple_of(60) => format!("{} min", seconds / 60),
        60..3_600 => format!("{} min {} s", seconds / 60, seconds % 60),
        3_600..172_800 => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
        _ => format!("{} days", seconds / 86_400),
    }
}

fn wrong(case: &Case<'_>, scheme: &SignatureScheme) -> Refused {
    let given = scheme.headers.iter().find_map(|name| Some((*name, case.delivery.header(name)?)));
    if let Some((name, given)) = given
        && let Some(why) = encodings::unreadable(given)
    {
        let reason = format!("the header {name} holds no signature that can be read: {why}");
        return refused(RefusalCode::SignatureEncoding, reason).with("header", name);
    }
    let mut reason =
        "the signature is wrong: right neither for this body with this secret, nor for anything else that was tried"
            .to_owned();
    if case.delivery.body.is_empty() {
        reason.push_str("; the body came empty");
    }
    if !scheme.covers_url {
        return refused(RefusalCode::SignatureWrong, reason);
    }
    let checked = &case.delivery.url;
    refused(RefusalCode::SignatureWrong, format!("{reason}; {checked} was checked")).with("checked", checked.as_str())
}

#[cfg(test)]
mod tests;
