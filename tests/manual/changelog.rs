//! The form of the changelog: what is not released yet, then versions, the newest first.

use crate::pages::read;

#[test]
fn the_changelog_has_the_usual_form() {
    let kinds = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"];
    let number = |word: &str| {
        let parts: Vec<u32> = word.split('.').filter_map(|part| part.parse().ok()).collect();
        <[u32; 3]>::try_from(parts).ok()
    };
    let mut versions = Vec::new();
    for line in read("CHANGELOG.md").lines() {
        if let Some(kind) = line.strip_prefix("### ") {
            assert!(kinds.contains(&kind), "CHANGELOG.md: {kind}");
        } else if let Some(version) = line.strip_prefix("## ").filter(|version| *version != "Unreleased") {
            let (word, date) = version.split_once(" – ").unwrap_or_else(|| panic!("X.Y.Z – YYYY-MM-DD: {version}"));
            assert!(date.len() == 10 && date.split('-').count() == 3, "CHANGELOG.md: {version}");
            versions.push(number(word).unwrap_or_else(|| panic!("CHANGELOG.md: {version}")));
        }
    }
    assert!(versions.windows(2).all(|pair| pair[0] > pair[1]), "the newest stands first: {versions:?}");
    assert_eq!(number("0.10.1"), Some([0, 10, 1]));
    assert_eq!(number("0.1"), None);
}
