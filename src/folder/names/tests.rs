//! Names and paths: a table of what is hostile, and properties over any text.

use std::collections::HashSet;

use proptest::prelude::*;

use super::*;

/// Any digest will do here: FNV, in the width of the real one.
fn digest(bytes: &[u8]) -> String {
    let hash =
        |seed: u64| bytes.iter().fold(seed, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3));
    [1, 2, 3, 4].map(|seed| format!("{:016x}", hash(seed))).concat()
}

fn path(name: &str) -> String {
    Paths::new(digest).give(name).as_str().to_owned()
}

fn name_told(path: &str) -> String {
    name_of(&RowPath::new(path).unwrap())
}

#[test]
fn each_mark_as_its_table_says() {
    let table = [
        ("one", "one.md"),
        ("one.md", "one.md.md"),
        ("a/b c/d", "a/b c/d.md"),
        ("Größe/日本語/Привет/नमस्ते/שלום", "Größe/日本語/Привет/नमस्ते/שלום.md"),
        ("", "%_.md"),
        ("/", "%_/%_.md"),
        ("/etc/passwd", "%_/etc/passwd.md"),
        ("a//b/", "a/%_/b/%_.md"),
        ("../x", "%2E%2E/x.md"),
        ("..", "%2E%2E.md"),
        (".", "%2E.md"),
        (".git/config", "%2Egit/config.md"),
        ("a/./b", "a/%2E/b.md"),
        ("C:\\x", "C%3A%5Cx.md"),
        ("what? <b>\"*|", "what%3F %3Cb%3E%22%2A%7C.md"),
        ("con", "%63on.md"),
        ("CON.txt/x", "%43ON.txt/x.md"),
        ("Lpt9 .x", "%4Cpt9 .x.md"),
        ("com¹", "%63om¹.md"),
        ("conin$", "%63onin$.md"),
        ("console", "console.md"),
        ("git~1", "git%7E1.md"),
        ("~ca 5", "~ca 5.md"),
        (" a ", "%20a%20.md"),
        ("end.", "end%2E.md"),
        ("a.md/b", "a%2Emd/b.md"),
        ("a.MD/.md", "a%2EMD/%2Emd.md"),
        ("50 % off", "50 % off.md"),
        ("50%", "50%25.md"),
        ("%41 %_ %+2 %=x %zz %a", "%2541 %25_ %25+2 %25=x %zz %a.md"),
        ("%+2", "%25+2.md"),
        ("%:", "%%3A.md"),
        ("a\u{202e}b\u{0}\n\u{7f}\u{9b}", "a%E2%80%AEb%00%0A%7F%C2%9B.md"),
        ("e\u{301}", "e%CC%81.md"),
        ("❤\u{fe0f} a\u{fe0f}", "❤\u{fe0f} a%EF%B8%8F.md"),
        ("می\u{200c}خواهم 👩\u{200d}💻", "می\u{200c}خواهم 👩\u{200d}💻.md"),
        ("a\u{200d}b \u{200c}", "a%E2%80%8Db %E2%80%8C.md"),
        ("\u{e0041}", "%F3%A0%81%81.md"),
    ];
    for (name, expected) in table {
        assert_eq!(path(name), expected, "{name:?}");
        assert_eq!(name_told(expected), name, "{expected}");
    }
}

#[test]
fn a_long_part_goes_on_in_the_next_folder() {
    let long = "x".repeat(450);
    let expected = format!("{0}%/{0}%/{1}.md", "x".repeat(200), "x".repeat(50));
    assert_eq!(path(&long), expected);
    assert_eq!(name_told(&expected), long);
    for name in
        ["日".repeat(300), ".".repeat(300), "%".repeat(300), format!("{}.x/y", "a".repeat(200)), "\u{1}".repeat(90)]
    {
        assert_eq!(name_told(&path(&name)), name);
    }
}

#[test]
fn a_name_that_is_too_long_is_kept_by_its_digest() {
    let name = "y".repeat(5_000);
    let found = path(&name);
    assert_eq!(found, format!("%={}.md", digest(name.as_bytes())));
    assert_eq!(name_told(&found), found.trim_end_matches(".md"));
    let mut paths = Paths::new(digest);
    assert_ne!(paths.give(&name), paths.give(&name));
}

#[test]
fn alike_names_are_numbered_in_order() {
    let mut paths = Paths::new(digest);
    let mut give = |name: &str| paths.give(name).as_str().to_owned();
    assert_eq!(give("Faq"), "Faq.md");
    assert_eq!(give("Faq"), "Faq%+2.md");
    assert_eq!(give("FAQ"), "FAQ%+3.md");
    assert_eq!(give("Straße"), "Straße.md");
    assert_eq!(give("STRASSE"), "STRASSE%+2.md");
    assert_eq!(give("❤❤"), "❤❤.md");
    assert_eq!(give("❤\u{fe0f}❤"), "❤\u{fe0f}❤%+2.md");
    assert_eq!(give("A/x"), "A/x.md");
    assert_eq!(give("a/y"), "a%+2/y.md");
    assert_eq!(give("a/z"), "a%+2/z.md");
    assert_eq!(give("A/x"), "A/x%+2.md");
    assert_eq!(give(""), "%_.md");
    assert_eq!(give(""), "%_%+2.md");
    for (path, name) in [("Faq%+2.md", "Faq"), ("a%+2/z.md", "a/z"), ("%_%+2.md", "")] {
        assert_eq!(name_told(path), name);
    }
}

#[test]
fn what_is_kept_stays_and_names_go_around_it() {
    let mut paths = Paths::new(digest);
    for kept in ["faq%+2.md", "Docs/a.md", "b.md/c.md"] {
        paths.keep(&RowPath::new(kept).unwrap());
    }
    let mut give = |name: &str| paths.give(name).as_str().to_owned();
    assert_eq!(give("faq"), "faq.md");
    assert_eq!(give("faq"), "faq%+3.md");
    assert_eq!(give("docs/a"), "docs%+2/a.md");
    assert_eq!(give("Docs/b"), "Docs/b.md");
    assert_eq!(give("b"), "b%+2.md");
}

#[test]
fn a_path_made_by_hand_tells_some_name() {
    for (path, name) in [
        ("CON.md", "CON"),
        ("a%.md", "a%"),
        ("%FF%41.md", "%FFA"),
        ("%C3%28.md", "%C3("),
        ("a%+0.md", "a%+0"),
        ("%+2.md", "%+2"),
        ("%/x.md", "x"),
        ("%=12.md", "%=12"),
        ("%.md", "%"),
    ] {
        assert_eq!(name_told(path), name, "{path}");
    }
}

/// What no system on earth may be asked to hold.
fn assert_sound(path: &RowPath) {
    assert!(path.as_str().len() < 2_400 && path.as_str().strip_suffix(".md").is_some(), "{path}");
    let parts: Vec<&str> = path.as_str().split('/').collect();
    for (n, part) in parts.iter().enumerate() {
        assert!(!part.is_empty() && part.len() < 240 && !part.starts_with(['.', ' ']), "{path}");
        assert!(!part.ends_with(['.', ' ']) && !part.contains(['\\', ':', '*', '?', '"', '<', '>', '|']), "{path}");
        assert!(!part.contains(char::is_control) && !part.contains(['\u{202e}', '\u{feff}']), "{path}");
        let stem = part.split('.').next().unwrap().trim_end_matches(' ').to_ascii_lowercase();
        assert!(!["con", "prn", "aux", "nul", "com1", "lpt9", "com²", "conout$"].contains(&stem.as_str()), "{path}");
        assert!(n + 1 == parts.len() || !part.to_ascii_lowercase().ends_with(".md"), "{path}");
        assert!(!part.to_ascii_lowercase().starts_with("git~1"), "{path}");
    }
}

/// Names of what means something, so that chance meets it.
fn hostile() -> impl Strategy<Value = String> {
    let words = [
        "a", "A", "é", "e\u{301}", "ß", "SS", "日", "/", "//", ".", "..", "%", "%2", "%41", "%_", "%+2", "%+", "%=",
        "~1", "~", ".md", ".MD", "con", "NUL", "com1", " ", "\\", ":", "\u{0}", "\u{202e}", "\u{200d}", "\u{fe0f}",
        "❤", "2", "+", "_", "git", "\u{85}", "\u{3000}", "İ", "ı", "ς", "Σ",
    ];
    let word = prop::sample::select(words.to_vec()).prop_map(str::to_owned);
    let long = ("[a%/.é日]", 60_usize..400).prop_map(|(word, times)| word.repeat(times));
    prop::collection::vec(prop_oneof![8 => word, 1 => any::<String>(), 1 => long], 0..7)
        .prop_map(|words| words.concat())
}

proptest! {
    #[test]
    fn a_path_tells_its_name(name in prop_oneof![hostile(), any::<String>()]) {
        let path = Paths::new(digest).give(&name);
        assert_sound(&path);
        if tells_name(&path) {
            prop_assert_eq!(name_of(&path), name);
        } else {
            prop_assert!(name.len() > 300);
        }
    }

    #[test]
    fn no_two_paths_are_alike(names in prop::collection::vec(prop_oneof![hostile(), "[aA/%+2]{0,5}"], 0..40)) {
        let (mut paths, mut again) = (Paths::new(digest), Paths::new(digest));
        let mut seen = HashSet::new();
        let mut folders = std::collections::HashMap::new();
        for name in &names {
            let path = paths.give(name);
            prop_assert_eq!(&again.give(name), &path);
            assert_sound(&path);
            prop_assert!(seen.insert(fold(path.as_str())), "{}", path);
            for folder in path.folders() {
                prop_assert!(!seen.contains(&fold(folder)));
                let written = folders.entry(fold(folder)).or_insert_with(|| folder.to_owned());
                prop_assert_eq!(written.as_str(), folder);
            }
            if tells_name(&path) {
                prop_assert_eq!(&name_of(&path), name);
            }
        }
    }

    #[test]
    fn made_by_their_rank_names_get_their_paths_again(names in prop::collection::vec("[aA/b]{0,3}", 0..30)) {
        let mut paths = Paths::new(digest);
        let mut given: Vec<RowPath> = names.iter().map(|name| paths.give(name)).collect();
        given.sort_by_key(|path| (rank(path), path.clone()));
        let mut again = Paths::new(digest);
        for path in given {
            prop_assert_eq!(again.give(&name_of(&path)), path);
        }
    }

    #[test]
    fn any_path_tells_a_name(text in "([a%+_=0-9A-F.~é]{1,12}/){0,3}[a%+_=0-9A-F.~é]{1,12}\\.md") {
        if let Some(path) = RowPath::new(&text) {
            // The name has a path of its own again, if perhaps another one.
            let name = name_of(&path);
            prop_assert_eq!(name_of(&Paths::new(digest).give(&name)), name);
        }
    }
}
