//! The sanitiser against every code point, against floods, and against itself.

use proptest::prelude::*;

use unicode_segmentation::UnicodeSegmentation as _;

use super::width::{clusters, is_mark_apart};
use super::{SafeText, cluster_bare, cluster_reach, cluster_width, cluster_within, display_width};

fn safe(raw: &str) -> String {
    SafeText::new(raw).into_string()
}

/// What may never be in safe text, whatever is around it. Written from the rules, not from the code's table.
fn is_forbidden(c: char) -> bool {
    let code = u32::from(c);
    (c.is_control() && c != '\n')
        || matches!(code, 0x61c | 0x200e | 0x200f | 0x202a..=0x202e | 0x2066..=0x2069)
        || matches!(code, 0xad | 0x34f | 0x115f | 0x1160 | 0x17b4 | 0x17b5 | 0x180e | 0x200b | 0x2028 | 0x2029)
        || matches!(code, 0x2060..=0x2065 | 0x206a..=0x206f | 0x3164 | 0xfe00..=0xfe0d | 0xfeff | 0xffa0)
        || matches!(code, 0xfff0..=0xfffb | 0xe0000..=0xe001f | 0xe0080..=0xe0fff | 0xfdd0..=0xfdef)
        || code % 0x1_0000 >= 0xfffe
}

/// What stays only where something needs it.
fn is_conditional(c: char) -> bool {
    let code = u32::from(c);
    matches!(code, 0x200c | 0x200d | 0xfe0e | 0xfe0f | 0x180b..=0x180d | 0x180f | 0xe0020..=0xe007f)
}

fn assert_holds(raw: &str) {
    let once = safe(raw);
    assert!(!once.contains(is_forbidden), "{raw:?} gives {once:?}");
    assert_eq!(safe(&once), once, "not idempotent for {raw:?}");
    assert!(once.len() <= 4 * raw.len() + 8, "{} bytes of {}: {raw:?}", once.len(), raw.len());
    let text = SafeText::new(raw);
    let mut width = 0;
    for (_, cluster) in text.clusters() {
        let columns = cluster_width(cluster);
        assert!(cluster == "\n" || (1..=8).contains(&columns), "{cluster:?} of {raw:?} takes {columns}");
        assert!(cluster.chars().count() <= 16, "{cluster:?} of {raw:?}");
        assert!(SafeText::is_safe(cluster), "{cluster:?} of {raw:?} is not safe alone");
        width += columns;
    }
    assert_eq!(display_width(&once), width);
}

#[test]
fn shows_controls_by_their_pictures() {
    assert_eq!(safe("\u{1b}]52;c;aGk=\u{7}x\u{0}\u{7f}"), "␛]52;c;aGk=␇x␀␡");
    assert_eq!(safe("\u{9b}2J\u{85}"), "\u{fffd}2J\u{fffd}");
}

#[test]
fn ends_lines_with_a_line_feed_alone() {
    assert_eq!(safe("a\r\nb\rc\r\r\nd\u{2028}e\u{2029}"), "a\nb␍c␍\nd\ne\n");
    assert_eq!(SafeText::one_line("a\r\nb\u{2028}c").as_str(), "a b c");
}

#[test]
fn sets_tabs_by_the_column_of_their_line() {
    assert_eq!(safe("\ta\tbcd\te\n日\tx\n\u{1b}\t|"), "    a   bcd e\n日  x\n␛   |");
}

#[test]
fn marks_what_nobody_sees() {
    assert_eq!(safe("a\u{202e}b\u{2066}"), "a<U+202E>b<U+2066>");
    assert_eq!(safe("pass\u{200b}word\u{feff}\u{ad}"), "pass<U+200B>word<U+FEFF><U+00AD>");
    assert_eq!(safe("\u{e0048}\u{e0001}"), "<U+E0048><U+E0001>");
    assert_eq!(safe("a\u{200d}b\u{200c}c\u{fe0f}"), "a<U+200D>b<U+200C>c<U+FE0F>");
    assert_eq!(safe("\u{3164}\u{fffe}\u{e0100}"), "<U+3164><U+FFFE><U+E0100>");
    assert_eq!(safe("\u{e000}\u{f8ff}"), "\u{e000}\u{f8ff}");
}

#[test]
fn keeps_what_scripts_and_emoji_need() {
    for text in [
        "👩‍👩‍👧‍👦 family",
        "❤️ ✈︎ 1️⃣ #️⃣",
        "👩🏿‍❤️‍💋‍👨🏻",
        "🏴󠁧󠁢󠁳󠁣󠁴󠁿",
        "🇩🇪🇯🇵",
        "می‌خواهم",
        "क्‍ष",
        "ശ്രീ നന്‍",
        "שלום עולם",
        "日本語 ｶﾞ ไทย",
        "é e\u{301}",
        "⭐️",
    ] {
        assert_eq!(safe(text), text);
    }
}

#[test]
fn counts_columns_by_one_table() {
    for (cluster, columns) in [
        ("a", 1),
        ("é", 1),
        ("日", 2),
        ("👩‍👩‍👧‍👦", 2),
        ("🇩🇪", 2),
        ("❤️", 2),
        ("1️⃣", 2),
        ("…", 1),
        ("§", 1),
        ("α", 1),
        ("\u{301}", 0),
        ("\n", 0),
        ("\u{1b}", 0),
        ("", 0),
        // A spacing mark is a column in most terminals, and so is each letter of a conjunct.
        ("की", 2),
        ("क्ष", 2),
        ("क्ष्म्य", 4),
        ("ন্ত্রী", 4),
        ("స్త్రీ", 3),
        ("কা", 2),
        ("\u{1000}\u{102c}", 2),
        ("กำ", 2),
        ("e\u{301}", 1),
        ("\u{1100}\u{1161}\u{11a8}", 2),
        ("ｶ\u{ff9e}", 2),
        // An emoji that begins wide is two, whatever is joined to it; one that is asked for is two as well.
        ("👍🏽", 2),
        ("👩\u{200d}🚀", 2),
        ("☝🏽", 3),
        ("❤\u{fe0f}\u{200d}🔥", 4),
        ("🇩", 2),
        // Older tables make it three.
        ("\u{17d8}", 3),
    ] {
        assert_eq!(cluster_width(cluster), columns, "{cluster:?}");
    }
}

#[test]
fn gives_a_lone_mark_a_base() {
    assert_eq!(safe("\u{301}a"), "◌\u{301}a");
    assert_eq!(safe("a\n\u{20e3}"), "a\n◌\u{20e3}");
    assert_eq!(safe("\u{1161}"), "<U+1161>");
    // A spacing mark is none that some terminals could set on what stands left of the text.
    assert_eq!(safe("\u{93e}a\n\u{102c}"), "◌\u{93e}a\n◌\u{102c}");
    assert_eq!(safe("\u{1000}\u{102c}"), "\u{1000}\u{102c}");
}

#[test]
fn cuts_a_flood_and_counts_it() {
    let flood = format!("e{}x", "\u{301}".repeat(1_000_000));
    assert_eq!(safe(&flood), format!("e{}<+999992>x", "\u{301}".repeat(8)));
    let joined = "👩\u{200d}".repeat(100_000);
    assert_holds(&joined);
    assert_holds(&"\u{600}".repeat(10_000));
    assert_holds(&"\u{605}".repeat(10_000));
    assert_holds(&"क्".repeat(10_000));
    assert_holds(&format!("{}🏴󠁧󠁢󠁳󠁣󠁴󠁿\u{301}\u{301}\u{301}", "😀\u{200d}".repeat(3)));
}

#[test]
fn tells_where_terminals_disagree() {
    for agreed in ["a", "é", "ж", "א", "ع", "ก", "क", "日", "ア", "가", "│", "…", "ｱ"] {
        assert_eq!(cluster_reach(agreed), None, "{agreed}");
    }
    let reaches = [
        ("⚠\u{fe0f}", 2),
        ("⚠", 2),
        ("✅", 2),
        ("🇩🇪", 4),
        ("👍🏽", 4),
        ("👩\u{200d}👩\u{200d}👧", 8),
        ("e\u{301}", 2),
        ("की", 2),
    ];
    for (cluster, columns) in reaches {
        assert_eq!(cluster_reach(cluster), Some(columns), "{cluster}");
    }
    assert_eq!(cluster_within("👩\u{200d}👩\u{200d}👧", 6), "👩\u{200d}👩\u{200d}👧");
    assert_eq!(cluster_within("👩\u{200d}👩\u{200d}👧", 4), "👩\u{200d}👩\u{200d}");
    assert_eq!(cluster_within("🇩🇪", 1), "🇩");
    let bare =
        ["👩\u{200d}👧", "👍🏽", "❤\u{fe0f}\u{200d}🔥", "⚠\u{fe0f}", "1\u{fe0f}\u{20e3}", "🇩🇪", "ශ්\u{200d}", "a"];
    assert_eq!(bare.map(cluster_bare), ["👩", "👍", "❤", "⚠", "1\u{20e3}", "🇩🇪", "ශ්\u{200d}", "a"]);
}

#[test]
fn truncates_between_clusters() {
    let text = SafeText::new("日本語 text");
    assert_eq!(text.truncate(11).as_str(), "日本語 text");
    assert_eq!(text.truncate(10).as_str(), "日本語 te…");
    assert_eq!(text.truncate(4).as_str(), "日…");
    assert_eq!(text.truncate(1).as_str(), "…");
    assert_eq!(text.truncate(0).as_str(), "");
}

#[test]
fn no_code_point_gets_through_alone_or_between_letters() {
    for c in (0..=0x0010_ffff).filter_map(char::from_u32) {
        for raw in [c.to_string(), format!("a{c}b")] {
            let once = safe(&raw);
            assert!(!once.contains(is_forbidden) && !once.contains(is_conditional), "{:x}", u32::from(c));
            assert!(raw.len() == 1 || once.len() <= 4 * raw.len() + 4);
            if once != raw {
                assert_eq!(safe(&once), once, "{:x}", u32::from(c));
            }
        }
    }
}

#[test]
fn a_cell_is_safe_only_as_it_is() {
    assert!(SafeText::is_safe("│") && SafeText::is_safe(" ") && SafeText::is_safe("🇩🇪") && SafeText::is_safe(""));
    for cell in ["\u{1b}", "a\u{202e}", "\u{200b}", "\u{301}", "\t", "\u{9b}", "x\u{7}", "\u{fe0f}"] {
        assert!(!SafeText::is_safe(cell), "{cell:?}");
    }
}

/// Characters that meet the rules' edges far more often than chance would have it.
fn hostile_char() -> impl Strategy<Value = char> {
    prop_oneof![
        any::<char>(),
        prop::char::range(' ', '~'),
        prop::char::range('\u{0}', '\u{9f}'),
        prop::sample::select(vec![
            '\u{200d}',
            '\u{200c}',
            '\u{fe0f}',
            '\u{fe0e}',
            '\u{301}',
            '\u{20e3}',
            '😀',
            '👩',
            '🏴',
            '🏿',
            '🇩',
            '🇪',
            '\u{e0067}',
            '\u{e007f}',
            'ا',
            'ل',
            'क',
            '\u{94d}',
            '\u{903}',
            '\u{600}',
            '\u{605}',
            '\u{1100}',
            '\u{1161}',
            '\u{11a8}',
            '\u{115f}',
            '\t',
            '\r',
            '\n',
            '\u{2028}',
            '1',
            '日',
            '\u{180b}',
            '\u{1820}',
            '\u{a8fa}',
            '◌',
            '\u{202e}',
            '\u{2066}',
            '\u{ad}',
            '\u{17d8}',
            '\u{110bd}',
            '\u{1000}',
            '\u{102c}',
            '\u{9be}',
            '\u{ff9e}',
            '❤',
        ]),
    ]
}

/// The clusters by the rules alone, the marks that they set apart joined.
fn clusters_by_rules(text: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    for (at, cluster) in text.grapheme_indices(true) {
        match found.last_mut() {
            Some((_, last)) if cluster.starts_with(is_mark_apart) && !last.starts_with(char::is_control) => {
                last.push_str(cluster);
            }
            _ => found.push((at, cluster.to_owned())),
        }
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn clusters_are_those_of_the_rules(text in prop::collection::vec(prop::sample::select(vec![
        "a", "b ", "~", "\n", "\r", "\u{1}", "\u{301}", "e", "\u{200d}", "👩", "🚀", "\u{fe0f}", "1", "\u{20e3}", "🇩", "🇪", "한",
        "\u{1112}", "\u{1161}", "क", "\u{94d}", "ष", "\u{600}", "\u{1019}", "\u{102b}", "\u{102c}", "\u{103b}", "日",
    ]), 0..12)) {
        let text = text.concat();
        let found: Vec<(usize, String)> = clusters(&text).map(|(at, cluster)| (at, cluster.to_owned())).collect();
        prop_assert_eq!(found, clusters_by_rules(&text));
    }

    #[test]
    fn holds_for_random_text(chars in prop::collection::vec(hostile_char(), 0..60)) {
        assert_holds(&chars.into_iter().collect::<String>());
    }

    #[test]
    fn holds_for_floods(unit in prop::collection::vec(hostile_char(), 1..5), times in 1_usize..40) {
        assert_holds(&unit.into_iter().collect::<String>().repeat(times));
    }

    #[test]
    fn truncating_never_exceeds(chars in prop::collection::vec(hostile_char(), 0..40), columns in 0_usize..30) {
        let text = SafeText::one_line(&chars.into_iter().collect::<String>());
        let cut = text.truncate(columns);
        prop_assert!(display_width(cut.as_str()) <= columns);
        prop_assert!(SafeText::is_safe(cut.as_str()));
    }
}
