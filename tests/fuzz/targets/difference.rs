//! Two texts, and what differs between them.

use patchcord::domain::{Side, hunks, merge_texts, word_difference};

use super::Target;

pub(super) const TARGET: Target = Target {
    name: "difference",
    words: &[
        "a\n",
        "b\n",
        "\n",
        "\r\n",
        "a",
        "b",
        " ",
        "\u{e9}",
        "\0",
        "a b c\n",
        "<<<<<<< \n",
        "=======\n",
        ">>>>>>> \n",
    ],
    usual: 10_000,
    run,
};

/// Parted by the byte 0: the old text, the new one, and somebody else's.
fn run(data: &[u8]) {
    let mut parts = data.splitn(3, |byte| *byte == 0).map(String::from_utf8_lossy);
    let mut next = || parts.next().unwrap_or_default();
    let (old, new, theirs) = (next(), next(), next());
    let all = hunks(&old, &new, usize::MAX / 4);
    assert_eq!(all.is_empty(), old == new, "what is equal has no difference");
    if let [only] = &all[..] {
        for (side, whole) in [(Side::Old, &old), (Side::New, &new)] {
            let mut said = String::new();
            for line in only.lines.iter().filter(|line| line.side == side || line.side == Side::Both) {
                said.push_str(&line.text);
                if !line.open {
                    said.push('\n');
                }
            }
            assert_eq!(said, **whole, "{side:?}");
        }
    }
    let (merged, conflicts) = merge_texts(&old, &new, &old);
    assert_eq!((merged.as_str(), conflicts), (&*new, 0), "a change against none is taken");
    let (merged, conflicts) = merge_texts(&old, &old, &theirs);
    assert_eq!((merged.as_str(), conflicts), (&*theirs, 0), "and so is theirs");
    let _ = (merge_texts(&old, &new, &theirs), word_difference(&old, &new));
}
