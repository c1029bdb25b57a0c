//! What of a delivery is not stored: the channel's secrets and the key of its URL.

use super::routes::{Route, encoded};
use crate::domain::{Delivery, Secret};

/// From so many bytes on a secret stands in no text by chance.
const LONG_SECRET: usize = 8;

/// A sender may put the channel's secret into a header, as where it signs nothing; and a proxy the path that was called, in
/// which the key is. Neither is stored.
pub(super) fn redact_secrets(delivery: &mut Delivery, route: &Route) {
    for (_, value) in &mut delivery.headers {
        if let Some(without) = redact_key(value, route) {
            *value = without;
        }
    }
    for (_, value) in &mut delivery.headers {
        for secret in route.webhook_key.iter().chain(&route.secrets).map(Secret::expose) {
            // A short one may stand in any text; where it is all that is told, or follows a scheme, it is meant.
            let told = value.rsplit(' ').next().is_some_and(|last| last == secret);
            if !secret.is_empty() && (told || secret.len() >= LONG_SECRET && value.contains(secret)) {
                *value = value.replace(secret, "[secret]");
            }
        }
    }
}

/// The text without the key behind the channel's name; none where it has none.
pub(super) fn redact_key(text: &str, route: &Route) -> Option<String> {
    let key = route.webhook_key.as_ref().map(Secret::expose)?;
    let path = |key: &str| [route.channel.as_str(), "/", key].concat();
    let (plain, encoded, without) = (path(key), path(&encoded(key)), path("[key]"));
    let found = [plain, encoded].into_iter().filter(|secret| text.contains(secret.as_str()));
    let mut shown: Option<String> = None;
    for secret in found {
        shown = Some(shown.as_deref().unwrap_or(text).replace(&secret, &without));
    }
    shown
}
