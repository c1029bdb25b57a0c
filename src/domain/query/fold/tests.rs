//! That what Unicode writes in two ways is one, and that every letter is found again in the text it comes from.

use std::ops::Range;

use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

use super::*;
use crate::domain::{Query, Timestamp, canonical_forms as forms};

#[test]
fn letters_lose_what_stands_on_them() {
    assert_eq!(fold("Crème BRÛLÉE — Straße, Ørsted", false), "creme brulee - strasse, orsted");
    assert_eq!(fold("Cre\u{300}me", false), "creme");
    assert_eq!(fold("İstanbul IĞDIR", false), "istanbul igdir");
    assert_eq!(fold("Ёлка и МАЙ", false), "елка и маи");
    assert_eq!(fold("ΟΔΌΣ οδός", false), "οδοσ οδοσ");
    assert_eq!(fold("ＡＢＣ１２３ 退款", false), "abc123 退款");
    assert_eq!(fold("Crème", true), "Creme");
}

#[test]
fn white_space_is_one_space_and_what_is_not_seen_is_nothing() {
    assert_eq!(fold("a \t\n b\0\0c\u{200b}d\u{ad}e", false), "a b cde");
}

#[test]
fn folding_twice_is_folding_once() {
    let all: String = ('\u{1}'..='\u{ffff}').collect();
    let once = fold(&all, false);
    let again = fold(&once, false);
    let differs = once.chars().zip(again.chars()).find(|(once, again)| once != again);
    assert_eq!((differs, again.len()), (None, once.len()));
}

#[test]
fn every_byte_knows_its_letter() {
    let (folded, places) = fold_with_places("aß e\u{301}x", false);
    assert_eq!((folded.as_str(), places), ("ass ex", vec![0, 1, 1, 3, 4, 7]));
}

#[test]
fn breathings_syllables_and_voiced_kana_are_found_in_either_form() {
    assert_eq!(fold("ἀρχὴ τῆς Ὀδυσσείας ᾠδή", false), "αρχη τησ οδυσσειασ ωδη");
    assert_eq!(fold("\u{1112}\u{1161}\u{11ab}글", false), "한글");
    assert_eq!(fold("カ\u{3099}ラス は\u{309a}ん", false), "ガラス ぱん");
    assert_ne!(fold("か", false), fold("が", false), "another letter, not a mark on one");
    assert_eq!(fold("ﻷ क\u{93c}", false), fold("ﻷ \u{958}", false));
    assert_eq!(fold("Ǿ ǽ Ǣ", false), "o ae ae");
}

fn asks(text: &str) -> Option<Query> {
    // In quotes, so that it is one needle whatever is in it.
    let quoted = format!("\"{}\"", text.replace('"', " "));
    Query::parse(&quoted, Timestamp::from_millis(0)).ok().filter(|query| query.needles().next().is_some())
}

fn found(query: &Query, text: &str) -> Vec<Range<usize>> {
    let places = query.places(text);
    assert_eq!(query.says(text), !places.is_empty(), "{query:?} in {text:?}");
    for place in &places {
        assert!(text.get(place.clone()).is_some(), "{place:?} of {text:?}");
    }
    places
}

/// Each form is found in each, as often.
fn assert_alike(asked: &str, text: &str) {
    let mut all = Vec::new();
    for asked in forms(asked) {
        let Some(query) = asks(&asked) else { continue };
        for text in forms(text) {
            all.push(found(&query, &text).len());
        }
    }
    assert!(all.windows(2).all(|pair| pair[0] == pair[1]), "{asked:?} in {text:?}: {all:?}");
}

#[test]
fn every_letter_is_found_in_either_form() {
    // A quote ends a needle.
    for c in ('\u{1}'..='\u{ffff}').filter(|c| *c != '"') {
        for exact in [false, true] {
            let [composed, apart] = forms(&format!("a{c}b {c}")).map(|text| fold(&text, exact));
            assert_eq!(composed, apart, "{c:?}");
        }
        let (word, text) = (format!("x{c}y"), format!("before x{c}y after"));
        assert_alike(&word, &text);
        if asks(&word).is_some() {
            for (asked, text) in forms(&word).iter().zip(forms(&text).iter().rev()) {
                let places = found(&asks(asked).unwrap(), text);
                // The whole word, with all that stands on its letters, and nothing of what is around it.
                let marked: Vec<_> =
                    places.iter().map(|place| text[place.clone()].nfc().collect::<String>()).collect();
                assert_eq!(marked, [word.nfc().collect::<String>()], "{c:?}");
            }
        }
    }
}

/// Texts of letters that join: any of the plane, and those that join with others far more often than by chance.
fn joining() -> impl Strategy<Value = String> {
    let any = prop::char::range('\u{1}', '\u{ffff}');
    let some = prop::sample::select(vec![
        'a', 'E', 'ǽ', 'ı', 'İ', 'ß', ' ', '\u{301}', '\u{323}', '\u{345}', 'Ἆ', 'ᾧ', 'α', '\u{313}', 'か', 'ガ',
        '\u{3099}', '\u{309a}', '한', '하', '\u{1112}', '\u{1161}', '\u{11ab}', '\u{11a8}', 'क', '\u{93c}',
        '\u{958}', '\u{9c7}', '\u{9be}', '\u{9cb}', '\u{1025}', '\u{102e}', 'א', '\u{5b0}', '\u{591}', 'ا',
        '\u{653}', 'آ', '\u{200d}', '\u{feff}', 'Å', 'Ω', '豈', '\u{f900}', 'ö', '\u{fb1d}', '\u{344}', '\u{f71}',
        '\u{f72}', '\u{f73}',
    ]);
    prop::collection::vec(prop_oneof![1 => any, 6 => some], 0..12).prop_map(|letters| letters.into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn what_is_equivalent_is_the_same(text in joining(), exact: bool) {
        let folded = fold(&text, exact);
        for form in forms(&text) {
            prop_assert_eq!(&folded, &fold(&form, exact));
        }
        prop_assert_eq!(&folded, &fold(&folded, exact));
        let (with_places, places) = fold_with_places(&text, exact);
        prop_assert_eq!(with_places, folded.clone());
        prop_assert_eq!(places.len(), folded.len());
        prop_assert!(places.is_sorted() && places.iter().all(|at| text.is_char_boundary(*at)));
    }

    #[test]
    fn a_word_is_found_whatever_form_it_and_the_text_have(
        before in joining(), word in joining(), after in joining()
    ) {
        assert_alike(&word, &format!("{before}{word}{after}"));
    }
}

#[test]
fn what_is_another_text_with_its_capitals_has_capitals() {
    let unknown = ('\u{1}'..=char::MAX).filter(|c| {
        let text = c.to_string();
        !has_capitals(&text) && fold(&text, false) != fold(&text, true)
    });
    assert_eq!(unknown.collect::<String>(), "");
}
