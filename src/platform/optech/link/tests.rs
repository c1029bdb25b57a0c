//! Good links, and all the ways in which a bad one pretends.

use proptest::prelude::*;

use super::*;

const BASE: &str = "https://api.optech.ai";

fn url(base: &str, link: &str) -> Option<String> {
    rebuild(base, link).map(|link| link.url)
}

#[test]
fn the_platforms_links_are_built_anew() {
    let uuid = "0b0e7f0a-0000-4000-8000-00c0ffee0000";
    for id in ["a", "A_b-9", "-", "_", uuid, &format!("{uuid}/{uuid}"), "tool/ticket/hash/flow", &"x".repeat(128)] {
        let link = rebuild(BASE, &format!("{BASE}/ingest/{id}")).unwrap();
        assert_eq!((link.url, link.id.as_str()), (format!("{BASE}/ingest/{id}"), id));
    }
    assert_eq!(url(BASE, "https://api.optech.ai:443/ingest/x").as_deref(), Some("https://api.optech.ai/ingest/x"));
    for other in
        ["HTTPS://api.optech.ai/ingest/x", "https://API.OpTech.AI/ingest/x", "https://api.optech.ai/Ingest/x"]
    {
        assert_eq!(url(BASE, other), None, "{other}");
    }
    assert_ne!(rebuild(BASE, &format!("{BASE}/ingest/x")), rebuild(BASE, &format!("{BASE}/ingest/X")));
}

#[test]
fn every_base_has_its_own_links() {
    let table = [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/ingest/x", true),
        ("http://127.0.0.1:8080", "http://127.0.0.1/ingest/x", false),
        ("http://127.0.0.1:8080", "http://127.1:8080/ingest/x", false),
        ("http://127.0.0.1:8080", "http://2130706433:8080/ingest/x", false),
        ("http://127.0.0.1:8080", "http://0x7f000001:8080/ingest/x", false),
        ("http://127.0.0.1:8080", "http://127.0.0.1:08080/ingest/x", false),
        ("http://127.0.0.1:8080", "http://localhost:8080/ingest/x", false),
        ("http://127.0.0.1:8080", "https://127.0.0.1:8080/ingest/x", false),
        ("http://127.0.0.1", "http://127.0.0.1:80/ingest/x", true),
        ("http://[::1]:9", "http://[::1]:9/ingest/x", true),
        ("http://[::1]:9", "http://[0:0:0:0:0:0:0:1]:9/ingest/x", false),
        ("http://[::1]:9", "http://[::ffff:127.0.0.1]:9/ingest/x", false),
        ("https://h.example/optech", "https://h.example/optech/ingest/x", true),
        ("https://h.example/optech", "https://h.example/ingest/x", false),
        ("https://h.example/optech", "https://h.example/optechx/ingest/x", false),
        ("https://h.example/", "https://h.example/ingest/x", true),
        ("https://xn--e1afmkfd.example", "https://xn--e1afmkfd.example/ingest/x", true),
        ("no URL", "https://h.example/ingest/x", false),
        ("", "", false),
        ("data:x", "data:x/ingest/x", false),
    ];
    for (base, link, good) in table {
        let expected = good.then(|| format!("{}/ingest/x", base.trim_end_matches('/')));
        assert_eq!(url(base, link), expected, "{link} under {base}");
    }
}

/// Hosts that are not the base's.
const HOSTS: &[&str] = &[
    // Somebody else, however near.
    "evil.example",
    "optech.ai",
    "api.optech.ai.evil.example",
    "evil-api.optech.ai",
    "api.optech.a",
    "api.optech.aii",
    "a.pi.optech.ai",
    "www.api.optech.ai",
    "api-optech.ai",
    "apioptech.ai",
    "169.254.169.254",
    "127.0.0.1",
    "0",
    "localhost",
    "[::1]",
    "[::ffff:7f00:1]",
    "[fe80::1]",
    "[::]",
    "2130706433",
    "0x7f.1",
    "0177.0.0.1",
    "127.1",
    // The host, and something beside it.
    "api.optech.ai.",
    "api.optech.ai..",
    ".api.optech.ai",
    "api..optech.ai",
    "api.optech.ai,evil.example",
    "api.optech.ai;evil.example",
    "api.optech.ai&evil.example",
    "(api.optech.ai)",
    "api.optech.ai'",
    "api.optech.ai`",
    // User information.
    "user@api.optech.ai",
    "user:pass@api.optech.ai",
    ":@api.optech.ai",
    "@api.optech.ai",
    ":pass@api.optech.ai",
    "api.optech.ai@evil.example",
    "api.optech.ai:443@evil.example",
    "evil.example\\@api.optech.ai",
    "evil.example#@api.optech.ai",
    "evil.example?@api.optech.ai",
    "api.optech.ai\\@evil.example",
    "api.optech.ai\\.evil.example",
    "evil.example\\",
    "a@b@api.optech.ai",
    "api.optech.ai#@evil.example",
    // Ports.
    "api.optech.ai:80",
    "api.optech.ai:8443",
    "api.optech.ai:0",
    "api.optech.ai:",
    "api.optech.ai:0443",
    "api.optech.ai:+443",
    "api.optech.ai:443:443",
    "api.optech.ai:65979",
    "api.optech.ai:https",
    "api.optech.ai:-1",
    // Letters that only look the same.
    "аpi.optech.ai",
    "api.optech.аi",
    "api.optech\u{3002}ai",
    "ａｐｉ.optech.ai",
    "api.optech.ai\u{200b}",
    "api.optech.ai\u{ad}",
    "ⓐpi.optech.ai",
    "api.opteсh.ai",
    "xn--pi-7kc.optech.ai",
    "api.optech.ai\u{202e}",
    "api%2eoptech.ai",
    "%61pi.optech.ai",
    "api.optech.ai%00",
    "api.optech.ai%2f",
    "api.optech.ai%40evil.example",
    // What a parser drops.
    "api.op\ttech.ai",
    "api.op\ntech.ai",
    "api.op\rtech.ai",
    "api.optech.ai ",
    " api.optech.ai",
    "api.optech.ai\0",
    "",
];

/// Paths that are no link's.
const PATHS: &[&str] = &[
    "",
    "/",
    "/ingest",
    "/ingest/",
    "/ingest//x",
    "//ingest/x",
    "/ingest/x/",
    "/ingest/x//y",
    "/ingest/a/b/c/d/e",
    "/Ingest/x",
    "/INGEST/x",
    "/ingestx/x",
    "/v1/ingest/x",
    "/ingest/../ingest/x",
    "/ingest/./x",
    "/ingest/x/..",
    "/ingest/x/../y",
    "/a/../ingest/x",
    "/./ingest/x",
    "/ingest/..",
    "/ingest/.",
    "/ingest/a.b",
    "/ingest/a~b",
    "/ingest/%78",
    "/ingest/%2e%2e/x",
    "/ingest/%2E%2E%2Fx",
    "/ingest%2fx",
    "/ingest/x%00",
    "/ingest/x%0d%0aHost:e",
    "/ingest/x?",
    "/ingest/x?q",
    "/ingest/x?q=1&r=2",
    "/ingest/x#",
    "/ingest/x#f",
    "/?/ingest/x",
    "/#/ingest/x",
    "/ingest/x;v=1",
    "/ingest/x:y",
    "/ingest/x@y",
    "/ingest/x,y",
    "/ingest/x y",
    "/ingest/x+y",
    "/ingest/x=y",
    "/ingest/x\\y",
    "\\ingest\\x",
    "/ingest\\x",
    "/\\ingest/x",
    "/ingest/\\x",
    "/ingest/x\\..\\y",
    "\\/ingest/x",
    "/ingest/x\t",
    "/ingest/x\n",
    "/ingest/x\r\nHost: evil",
    "/ing\test/x",
    "/ingest/\tx",
    "/ingest/x\0",
    "/ingest/x ",
    "/ingest/x\u{7f}",
    "/ingest/x\u{1b}[2J",
    "/ingest/é",
    "/ingest/x\u{a0}",
    "/ingest/x\u{202e}",
    "/ingest/ｘ",
    "/ingest/x\u{2028}",
    "/ingest/\u{feff}x",
    "/ingest/\u{2024}\u{2024}/x",
    "/ingest/a\u{2215}b",
    "/ingest/\"x\"",
    "/ingest/<x>",
    "/ingest/{x}",
    "/ingest/x|y",
    "/ingest/x^y",
    "/ingest/$x",
    "/ingest/!x",
    "/ingest/*",
];

/// Texts that are no link at all.
const WHOLE: &[&str] = &[
    "",
    "x",
    "/ingest/x",
    "//api.optech.ai/ingest/x",
    "ingest/x",
    "?x",
    "#x",
    "http://api.optech.ai/ingest/x",
    "http://api.optech.ai:443/ingest/x",
    "ftp://api.optech.ai/ingest/x",
    "ws://api.optech.ai/ingest/x",
    "wss://api.optech.ai/ingest/x",
    "file:///ingest/x",
    "file://api.optech.ai/ingest/x",
    "gopher://api.optech.ai/ingest/x",
    "javascript:alert(1)//https://api.optech.ai/ingest/x",
    "data:text/plain,https://api.optech.ai/ingest/x",
    "blob:https://api.optech.ai/ingest/x",
    "view-source:https://api.optech.ai/ingest/x",
    "https:api.optech.ai/ingest/x",
    "https:/api.optech.ai/ingest/x",
    "https:///api.optech.ai/ingest/x",
    "https:////api.optech.ai/ingest/x",
    "https:\\\\api.optech.ai\\ingest\\x",
    "https:/\\api.optech.ai/ingest/x",
    "https//api.optech.ai/ingest/x",
    "https ://api.optech.ai/ingest/x",
    " https://api.optech.ai/ingest/x",
    "https://api.optech.ai/ingest/x ",
    "\thttps://api.optech.ai/ingest/x",
    "ht\ttps://api.optech.ai/ingest/x",
    "\u{0}https://api.optech.ai/ingest/x",
    "\u{feff}https://api.optech.ai/ingest/x",
    "https:\n//api.optech.ai/ingest/x",
    "httpſ://api.optech.ai/ingest/x",
    "https://https://api.optech.ai/ingest/x",
    "https://evil.example/https://api.optech.ai/ingest/x",
    "https://evil.example?https://api.optech.ai/ingest/x",
    "https://evil.example#https://api.optech.ai/ingest/x",
    "<https://api.optech.ai/ingest/x>",
    "url:https://api.optech.ai/ingest/x",
    "https://api.optech.ai/ingest/x,https://e",
    "feed:https://api.optech.ai/ingest/x",
    "https+evil://api.optech.ai/ingest/x",
];

#[test]
fn hostile_links_are_refused() {
    let mut count = 0;
    let mut refuse = |link: &str| {
        assert_eq!(rebuild(BASE, link), None, "{link:?}");
        count += 1;
    };
    for link in WHOLE {
        refuse(link);
    }
    for path in PATHS {
        refuse(&format!("{BASE}{path}"));
    }
    for host in HOSTS {
        // A good path does not make up for a bad host, nor does anything else.
        for path in ["/ingest/x", "/ingest/a/b/c/d", "/ingest/x?", "/https://api.optech.ai/ingest/x", "//ingest/x"] {
            for scheme in ["https", "http", "HTTPS"] {
                refuse(&format!("{scheme}://{host}{path}"));
            }
        }
    }
    refuse(&format!("{BASE}/ingest/{}", "x".repeat(129)));
    refuse(&format!("{BASE}/ingest/{}", "x/".repeat(2_000)));
    refuse(&"https://api.optech.ai/ingest/x".repeat(1_000));
    assert!(count > 1_000, "{count}");
}

#[test]
fn why_is_told_without_the_link() {
    assert_eq!(wrong("https://api.optech.ai/"), "link is not https://api.optech.ai/ingest/<id>");
}

/// Pieces that links are made of, good and bad.
fn piece() -> impl Strategy<Value = String> {
    const KNOWN: &[&str] = &[
        "https",
        "http",
        "://",
        ":",
        "//",
        "/",
        "\\",
        "@",
        "api.optech.ai",
        "API.OPTECH.AI",
        "evil.example",
        "127.0.0.1",
        "[::1]",
        ":443",
        ":80",
        "/ingest/",
        "ingest",
        "x",
        "a-b_C",
        "..",
        ".",
        "%2e",
        "%2f",
        "%",
        "?",
        "#",
        " ",
        "\t",
        "\r\n",
        "\0",
        "é",
        "\u{3002}",
        "user",
        "user:pass@",
        "https://api.optech.ai",
        "https://api.optech.ai/ingest/",
        "https://api.optech.ai/ingest/x",
    ];
    prop_oneof![4 => proptest::sample::select(KNOWN).prop_map(str::to_owned), 1 => ".{0,3}"]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_comes_out_is_always_under_the_base(pieces in proptest::collection::vec(piece(), 0..8), end in piece()) {
        for link in [pieces.concat(), format!("{BASE}/ingest/{}", pieces.concat()), format!("{BASE}{end}/ingest/x")] {
            let Some(rebuilt) = rebuild(BASE, &link) else { continue };
            prop_assert_eq!(&rebuilt.url, &format!("{BASE}/ingest/{}", rebuilt.id));
            let good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'/');
            prop_assert!(rebuilt.id.bytes().all(good), "{:?}", rebuilt);
            let parsed = Url::parse(&rebuilt.url).unwrap();
            prop_assert_eq!(parsed.host_str(), Some("api.optech.ai"));
            prop_assert_eq!(parsed.as_str(), rebuilt.url.as_str());
            // And what was received meant nothing else.
            prop_assert_eq!(Url::parse(&link).unwrap(), parsed);
            prop_assert_eq!(rebuild(BASE, &rebuilt.url), Some(rebuilt));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_good_id_is_taken(id in "[A-Za-z0-9_-]{1,128}(/[A-Za-z0-9_-]{1,128}){0,3}") {
        prop_assert_eq!(rebuild(BASE, &format!("{BASE}/ingest/{id}")).map(|link| link.id), Some(id));
    }
}
