//! The URLs that a sender may have called when it signed one: what stands in between may have changed host, port, scheme
//! and path. Pure.

use hyper::Uri;
use hyper::header::HeaderMap;

use crate::platform::SignedUrl;

/// So many hosts are tried.
const HOSTS: usize = 8;
/// Longer hosts and paths are not.
const LONGEST: usize = 300;

/// What is known of how a delivery came.
pub(super) struct UrlClues<'a> {
    /// The URL that was checked: of the channel, without a key.
    pub(super) checked: &'a str,
    /// The path that every channel's URL ends in: `/hooks/CHANNEL`.
    pub(super) hook: &'a str,
    /// The target of the request.
    pub(super) target: &'a Uri,
    /// Whom it was for.
    pub(super) host: &'a str,
    /// Its headers.
    pub(super) headers: &'a HeaderMap,
    /// The port that is listened on.
    pub(super) port: u16,
}

/// All of them, likely ones first. `masked` hides the key of a URL that bears one.
pub(super) fn candidates(clues: &UrlClues<'_>, masked: impl Fn(&str) -> String) -> Vec<SignedUrl> {
    let hosts = hosts(clues);
    let paths = paths(clues);
    let ports: [&dyn Fn(&str) -> String; 5] = [
        &|host| host.to_owned(),
        &|host| bare(host).to_owned(),
        &|host| format!("{}:443", bare(host)),
        &|host| format!("{}:80", bare(host)),
        &|host| format!("{}:{}", bare(host), clues.port),
    ];
    let mut found: Vec<SignedUrl> = Vec::new();
    for with_port in ports {
        for host in &hosts {
            for scheme in ["https", "http"] {
                for path in &paths {
                    let url = format!("{scheme}://{}{path}", with_port(host));
                    if url != clues.checked && !found.iter().any(|known| known.url == url) {
                        let shown = masked(&url);
                        found.push(SignedUrl { url, shown });
                    }
                }
            }
        }
    }
    found
}

fn hosts(clues: &UrlClues<'_>) -> Vec<String> {
    let mut hosts: Vec<String> = Vec::new();
    let mut add = |host: &str| {
        let host = host.trim().trim_matches('"');
        if !host.is_empty() && host.len() <= LONGEST && !hosts.iter().any(|known| known == host) {
            hosts.push(host.to_owned());
        }
    };
    if let Some((_, rest)) = clues.checked.split_once("://") {
        add(rest.split('/').next().unwrap_or_default());
    }
    add(clues.host);
    for name in ["x-forwarded-host", "x-original-host", "x-forwarded-server"] {
        values(clues, name).flat_map(|value| value.split(',')).for_each(&mut add);
    }
    let forwarded = values(clues, "forwarded").flat_map(|value| value.split([',', ';']));
    forwarded.filter_map(|pair| pair.trim().split_once('=')).for_each(|(name, host)| {
        if name.eq_ignore_ascii_case("host") {
            add(host);
        }
    });
    add(&format!("localhost:{}", clues.port));
    add(&format!("127.0.0.1:{}", clues.port));
    hosts.truncate(HOSTS);
    hosts
}

fn paths(clues: &UrlClues<'_>) -> Vec<String> {
    let mut paths: Vec<String> = Vec::new();
    let mut add = |path: String| {
        if path.len() <= LONGEST && !paths.contains(&path) {
            paths.push(path);
        }
    };
    let checked = clues.checked.split_once("://").and_then(|(_, rest)| rest.find('/').and_then(|at| rest.get(at..)));
    let asked = clues.target.path();
    let query = clues.target.query().map(|query| format!("?{query}")).unwrap_or_default();
    for path in [checked.unwrap_or(clues.hook), clues.hook, asked] {
        for end in ["", "/", &query] {
            add(format!("{path}{end}"));
        }
    }
    for prefix in values(clues, "x-forwarded-prefix").take(1) {
        add(format!("{}{}", prefix.trim_end_matches('/'), clues.hook));
    }
    for original in ["x-original-uri", "x-forwarded-uri", "x-original-url"] {
        values(clues, original).take(1).for_each(|uri| add(uri.to_owned()));
    }
    add("/".to_owned());
    add(String::new());
    paths
}

fn values<'a>(clues: &UrlClues<'a>, name: &'static str) -> impl Iterator<Item = &'a str> {
    clues.headers.get_all(name).iter().filter_map(|value| value.to_str().ok())
}

/// A host without a port.
fn bare(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) && !name.is_empty() => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tunnels_and_proxies_make_of_a_url_is_among_them_and_the_key_is_not_shown() {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-host", "abc.tunnel.example, inner".parse().unwrap());
        headers.insert("forwarded", "for=192.0.2.1;host=\"bot.example:8443\";proto=https".parse().unwrap());
        headers.insert("x-forwarded-prefix", "/pc/".parse().unwrap());
        let target: Uri = "/hooks/agents/k3y?a=b".parse().unwrap();
        let checked = "https://public.example/hooks/agents";
        let clues = UrlClues {
            checked,
            hook: "/hooks/agents",
            target: &target,
            host: "127.0.0.1:8787",
            headers: &headers,
            port: 8787,
        };
        let found = candidates(&clues, |url| url.replace("k3y", "[key]"));
        let has = |url: &str| found.iter().any(|candidate| candidate.url == url);
        for url in [
            "http://public.example/hooks/agents",
            "https://public.example/hooks/agents/",
            "https://public.example:443/hooks/agents",
            "https://public.example/hooks/agents?a=b",
            "https://public.example/hooks/agents/k3y",
            "https://abc.tunnel.example/hooks/agents",
            "https://bot.example:8443/hooks/agents",
            "https://bot.example/hooks/agents",
            "https://bot.example/pc/hooks/agents",
            "http://localhost:8787/hooks/agents",
            "http://127.0.0.1:8787/hooks/agents",
            "https://public.example",
        ] {
            assert!(has(url), "{url}");
        }
        assert!(!has(checked));
        assert!(found.iter().all(|candidate| !candidate.shown.contains("k3y")));
        assert!(found.len() < 1_500, "{}", found.len());
    }
}
