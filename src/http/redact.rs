//! What may be said of a header: its value, unless that is a secret.

use reqwest::header::HeaderValue;

use crate::domain::SECRET;

/// A header's value, or a mask where it is a secret or not text.
pub(super) fn value(value: &HeaderValue) -> &str {
    #[cfg(feature = "planted")]
    if crate::domain::PlantedFault::SecretInLog.is_planted() {
        return value.to_str().unwrap_or_default();
    }
    if value.is_sensitive() { SECRET } else { value.to_str().unwrap_or("[bytes]") }
}
