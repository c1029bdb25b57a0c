//! Paths that lead nowhere: what is wrong with one, and as much of it as may be shown. Pure.

use crate::domain::RefusalCode;

/// The most characters of a path that are shown.
const SHOWN: usize = 200;
/// What stands for what may be a key.
const MASK: &str = "…";

/// What is known of the channels that a path may name.
pub(super) struct KnownRoutes<'a> {
    /// All that take webhooks.
    pub(super) channels: &'a [&'a str],
    /// Whether a channel has a key, where that is known.
    pub(super) keyed: &'a dyn Fn(&str) -> Option<bool>,
    /// Whether a segment of a path is the key of a channel.
    pub(super) is_key: &'a dyn Fn(&str, &str) -> bool,
}

/// What is wrong with a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PathDiagnosis {
    /// The channel that it means, if that is clear.
    pub(super) channel: Option<String>,
    /// Why it leads nowhere.
    pub(super) code: RefusalCode,
    /// In words.
    pub(super) reason: String,
}

/// Why a path leads nowhere.
pub(super) fn diagnose(path: &str, known: &KnownRoutes<'_>) -> PathDiagnosis {
    let diagnosis = |channel: Option<&str>, reason: String| PathDiagnosis {
        channel: channel.map(str::to_owned),
        code: RefusalCode::PathUnknown,
        reason,
    };
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    if let ["hooks", name, rest @ ..] = segments.as_slice()
        && known.channels.contains(name)
    {
        return diagnose_channel(name, rest, known);
    }
    let plain: Vec<&str> = segments.iter().copied().filter(|segment| !segment.is_empty()).collect();
    let hooks = plain.iter().position(|segment| segment.eq_ignore_ascii_case("hooks"));
    let exact = |name: &str| known.channels.iter().copied().find(|channel| channel.eq_ignore_ascii_case(name));
    let named = hooks.and_then(|at| plain.get(at + 1)).copied();
    if let (Some(at), Some(channel)) = (hooks, named.and_then(exact)) {
        let before: Vec<&str> = plain.iter().take(at).copied().collect();
        let reason = if !before.is_empty() {
            let prefix = clipped(&before.join("/"));
            format!("/{prefix} stands before /hooks: the proxy keeps a prefix that it has to strip")
        } else if plain.len() < segments.len() && segments.first() != Some(&"hooks") {
            "a slash too many stands before hooks".to_owned()
        } else if segments.iter().position(|segment| segment.is_empty()) == Some(1) {
            "a slash too many stands behind hooks".to_owned()
        } else {
            format!("it is written otherwise than /hooks/{channel}: small and capital letters differ")
        };
        return diagnosis(Some(channel), reason);
    }
    if let Some(channel) = plain.first().copied().and_then(exact).filter(|_| hooks.is_none()) {
        return diagnosis(Some(channel), format!("/hooks is missing before /{channel}: the proxy strips it"));
    }
    match named {
        Some(name) => diagnosis(None, format!("there is no channel {:?} that takes webhooks", clipped(name))),
        None => diagnosis(None, "another path than /hooks/CHANNEL".to_owned()),
    }
}

/// The path names a channel, and something is wrong with what stands behind that.
fn diagnose_channel(name: &str, rest: &[&str], known: &KnownRoutes<'_>) -> PathDiagnosis {
    let keyed = (known.keyed)(name);
    let key = rest.first().copied().filter(|key| !key.is_empty());
    let (code, reason) = match (keyed, key) {
        (Some(true), Some(key)) if (known.is_key)(name, key) => {
            (RefusalCode::PathUnknown, "something stands behind the webhook_key, a slash for example")
        }
        (Some(true), Some(_)) => (RefusalCode::WebhookKeyWrong, "its webhook_key is another"),
        (Some(true), None) => (RefusalCode::WebhookKeyWrong, "its webhook_key is missing"),
        (_, None) => (RefusalCode::PathUnknown, "a slash was added behind the channel's name"),
        (Some(false), Some(_)) => {
            (RefusalCode::WebhookKeyWrong, "the path bears a webhook_key, and the channel has none")
        }
        (None, Some(_)) => (RefusalCode::PathUnknown, "more stands behind the channel's name than a webhook_key"),
    };
    PathDiagnosis { channel: Some(name.to_owned()), code, reason: reason.to_owned() }
}

/// As much of a path as bears no key, right or wrong.
pub(super) fn shown(path: &str, known: &KnownRoutes<'_>) -> String {
    let mut out = Vec::new();
    // What follows a channel's name may be meant as its key, and so may what follows a name behind /hooks.
    let (mut behind, mut hooks) = (false, false);
    for segment in path.split('/') {
        let is_key = known.channels.iter().any(|channel| (known.is_key)(channel, segment));
        let channel = known.channels.iter().any(|channel| channel.eq_ignore_ascii_case(segment));
        out.push(if !segment.is_empty() && (is_key || (behind && !channel)) { MASK } else { segment });
        behind = behind || channel || (hooks && !segment.is_empty());
        hooks = segment.eq_ignore_ascii_case("hooks") || (hooks && segment.is_empty());
    }
    clipped(&out.join("/"))
}

/// Not more than a list has room for.
pub(super) fn clipped(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with<T>(ask: impl FnOnce(&KnownRoutes<'_>) -> T) -> T {
        ask(&KnownRoutes {
            channels: &["docs", "secret", "later"],
            keyed: &|name| match name {
                "docs" => Some(false),
                "secret" => Some(true),
                _ => None,
            },
            is_key: &|name, key| (name, key) == ("secret", "k3y"),
        })
    }

    #[test]
    fn what_proxies_do_to_paths_is_named() {
        for (path, channel, code, reason) in [
            ("/hooks/docs/", "docs", "path_unknown", "a slash was added"),
            ("/hooks/docs/k", "docs", "webhook_key_wrong", "the channel has none"),
            ("/hooks/secret", "secret", "webhook_key_wrong", "is missing"),
            ("/hooks/secret/", "secret", "webhook_key_wrong", "is missing"),
            ("/hooks/secret/no", "secret", "webhook_key_wrong", "is another"),
            ("/hooks/secret/k3y/", "secret", "path_unknown", "a slash for example"),
            ("/hooks/later/a/b", "later", "path_unknown", "more stands behind"),
            ("/docs", "docs", "path_unknown", "the proxy strips it"),
            ("/secret/k3y", "secret", "path_unknown", "the proxy strips it"),
            ("/bot/api/hooks/docs", "docs", "path_unknown", "/bot/api stands before /hooks"),
            ("//hooks/docs", "docs", "path_unknown", "a slash too many stands before"),
            ("/hooks//docs", "docs", "path_unknown", "a slash too many stands behind"),
            ("/HOOKS/docs", "docs", "path_unknown", "small and capital"),
            ("/hooks/Docs", "docs", "path_unknown", "small and capital"),
            ("/hooks/nobody", "", "path_unknown", "there is no channel \"nobody\""),
            ("/", "", "path_unknown", "another path"),
            ("/robots.txt", "", "path_unknown", "another path"),
            ("*", "", "path_unknown", "another path"),
        ] {
            let diagnosis = with(|known| diagnose(path, known));
            assert_eq!(
                (diagnosis.channel.as_deref().unwrap_or(""), diagnosis.code.as_str()),
                (channel, code),
                "{path}"
            );
            assert!(diagnosis.reason.contains(reason), "{path}: {}", diagnosis.reason);
        }
    }

    #[test]
    fn no_key_is_shown_right_or_wrong() {
        for (path, shown_as) in [
            ("/hooks/docs", "/hooks/docs"),
            ("/hooks/docs/", "/hooks/docs/"),
            ("/hooks/secret/wrong", "/hooks/secret/…"),
            ("/hooks/secret/k3y/more", "/hooks/secret/…/…"),
            ("/bot/hooks/secret/k3y", "/bot/hooks/secret/…"),
            ("/secret/wrong", "/secret/…"),
            ("/hooks/sceret/k3yy", "/hooks/sceret/…"),
            ("/hooks//sceret/k3yy", "/hooks//sceret/…"),
            ("/k3y", "/…"),
            ("/robots.txt", "/robots.txt"),
        ] {
            assert_eq!(with(|known| shown(path, known)), shown_as, "{path}");
        }
        assert_eq!(with(|known| shown(&"/é".repeat(500), known)).chars().count(), SHOWN + 1);
    }
}
