//! A text as one word of a command that a person may copy.

/// As a shell takes it for one word: whatever it holds, a shell runs and expands none of it, and no command takes it for an
/// option.
pub fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | '/' | '@');
    if !text.is_empty() && !text.starts_with('-') && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// The words of a command as a person types it, quotes read as a shell reads them; nothing is run or expanded. None where a
/// quote is not closed.
pub fn command_words(text: &str) -> Option<Vec<String>> {
    shell_words::split(text).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_what_a_shell_would_act_on_is_quoted() {
        assert_eq!(shell_word("7bb301ad-1"), "7bb301ad-1");
        assert_eq!(shell_word("/home/u/.config/a.toml"), "/home/u/.config/a.toml");
        assert_eq!(shell_word("a;$(id)"), "'a;$(id)'");
        assert_eq!(shell_word("/a b/it's"), r"'/a b/it'\''s'");
        for acts in ["", "-rf", "--all", "~", "{a,b}", "=ls", "!1", "a\nb", "*"] {
            assert_eq!(shell_word(acts), format!("'{acts}'"));
        }
    }

    #[test]
    fn a_command_is_split_and_nothing_of_it_is_run() {
        let words = |text| command_words(text).map(|words| words.join("|"));
        assert_eq!(words("pass show 'my bot'"), Some("pass|show|my bot".to_owned()));
        assert_eq!(words("op read $HOME"), Some("op|read|$HOME".to_owned()));
        assert_eq!(words("pass 'x"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_one_word(text in any::<String>()) {
            prop_assert_eq!(shell_words::split(&shell_word(&text)), Ok(vec![text]));
        }
    }
}
