//! The versions of the API.

/// A version of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ApiVersion {
    /// 2024-11-11: the list alone.
    First,
    /// 2025-06-19: breaks the list, and has more.
    Second,
}

/// The versions, by their names in the header.
pub(super) const VERSIONS: [(&str, ApiVersion); 2] =
    [("2024-11-11", ApiVersion::First), ("2025-06-19", ApiVersion::Second)];
