//! What was probably meant: a near match among the words that would have been right.

/// The word of `known` that is nearest to `word`, if it is near at all. Case, `-` and `_` don't count.
pub fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    // A long word is no slip of a known one, and measuring it would take its length squared.
    if word.chars().count() > 64 {
        return None;
    }
    let plain = fold(word);
    let known: Vec<&'k str> = known.into_iter().collect();
    known
        .iter()
        .copied()
        .filter(|candidate| *candidate != word)
        .map(|candidate| (strsim::damerau_levenshtein(&plain, &fold(candidate)), candidate))
        .filter(|(distance, candidate)| *distance <= (candidate.len().min(plain.len()) / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
        .or_else(|| sole_part(&plain, word, &known))
}

/// The only one of the words that has it as a part, or is a part of it: `secret` for `secret_key`, `timeout_seconds` for
/// `timeouts`.
fn sole_part<'k>(plain: &str, word: &str, known: &[&'k str]) -> Option<&'k str> {
    let parts = |word: &str| word.split(['_', '-', ' ']).map(fold).collect::<Vec<_>>();
    let of_word = parts(word);
    let shares = |candidate: &str| {
        let whole = fold(candidate);
        parts(candidate).iter().any(|part| part == plain)
            || of_word.contains(&whole)
            || (plain.len() >= 4 && (whole.starts_with(plain) || plain.starts_with(&whole)))
    };
    let mut sharing = known.iter().copied().filter(|candidate| *candidate != word && shares(candidate));
    let first = sharing.next()?;
    sharing.next().is_none().then_some(first)
}

fn fold(word: &str) -> String {
    word.chars().filter(|c| !matches!(c, '-' | '_' | ' ')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_near_and_other_words_are_not() {
        let keys = ["channel_id", "secret_key", "base_url", "name"];
        assert_eq!(nearest("chanel_id", keys), Some("channel_id"));
        assert_eq!(nearest("Secret-Key", keys), Some("secret_key"));
        assert_eq!(nearest("nmae", keys), Some("name"));
        assert_eq!(nearest("token", keys), None);
        assert_eq!((nearest("secret", keys), nearest("url", keys)), (Some("secret_key"), Some("base_url")));
        assert_eq!(
            (nearest("channel", keys), nearest("api_secret_key", keys)),
            (Some("channel_id"), Some("secret_key"))
        );
        assert_eq!(nearest("id", ["channel_id", "client_id"]), None);
        assert_eq!(nearest("name_of_channel", keys), Some("name"));
        assert_eq!(nearest("", keys), None);
        assert_eq!(nearest(&"name".repeat(1_000), keys), None);
    }
}
