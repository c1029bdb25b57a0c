//! Where an answer may be posted. Pure.
//!
//! A request names its own link, and whoever can make the program post anywhere owns its network. So a received link is
//! never followed: it has to read, letter by letter and by the parser alike, as one under `base_url`, and what is kept is
//! a URL built anew of `base_url` and the link's segments.

use url::Url;

/// More is no link of the platform's.
const LONGEST: usize = 2048;
/// The platform has had links of one, two and four segments.
const SEGMENTS: usize = 4;
/// The longest segment.
const SEGMENT: usize = 128;

/// A link that an answer may be posted to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    /// Built of `base_url` and the segments.
    pub(super) url: String,
    /// The segments: what makes the link one of a kind.
    pub(super) id: String,
}

/// Why a link is refused, without quoting it.
pub(super) fn wrong(base_url: &str) -> String {
    format!("link is not {}/ingest/<id>", base_url.trim_end_matches('/'))
}

/// The link under `base_url` that a received text is exactly one of; none if there is any doubt.
pub(super) fn rebuild(base_url: &str, link: &str) -> Option<Link> {
    #[cfg(feature = "planted")]
    if crate::domain::PlantedFault::FollowLink.is_planted() {
        return Some(Link { url: link.to_owned(), id: link.to_owned() });
    }
    let plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'\\' | b'%');
    if link.len() > LONGEST || !link.bytes().all(plain) {
        return None;
    }
    let (base, url) = (Url::parse(base_url).ok()?, Url::parse(link).ok()?);
    let host = base.host_str()?;
    let same_origin = url.scheme() == base.scheme()
        && url.host_str() == Some(host)
        && url.port_or_known_default() == base.port_or_known_default();
    let unadorned =
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    if !same_origin || !unadorned {
        return None;
    }
    // The parser repairs a lot (`https:/h`, `a/../b`, a host in decimal): the text itself has to say what it read.
    let (scheme, rest) = link.split_once("://")?;
    let (authority, path) = rest.split_at(rest.find('/')?);
    let port = base.port_or_known_default()?;
    let written = authority == format!("{host}:{port}") || (base.port().is_none() && authority == host);
    if scheme != base.scheme() || !written || path != url.path() {
        return None;
    }
    let id = path.strip_prefix(base.path().trim_end_matches('/'))?.strip_prefix("/ingest/")?;
    let good = |segment: &str| {
        (1..=SEGMENT).contains(&segment.len())
            && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
    };
    if id.split('/').count() > SEGMENTS || !id.split('/').all(good) {
        return None;
    }
    Some(Link { url: format!("{}/ingest/{id}", base_url.trim_end_matches('/')), id: id.to_owned() })
}

#[cfg(test)]
mod tests;
