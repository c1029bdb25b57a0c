//! The links of a message, to open one: each with where it leads, since strangers write them.

use crate::app::list_view::Menu;
use crate::domain::{SafeText, bare_address, web_address};
use crate::export::{Snippet, snippets};

/// A link that stands in a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkEntry {
    /// The words that are linked, with the number that stands on the screen. Untrusted.
    pub name: SafeText,
    /// Where it leads. Untrusted.
    pub target: SafeText,
    /// The address that is opened; none where it is none of the web or of mail, or not what it seems.
    pub address: Option<String>,
}

/// The list of them.
#[derive(Debug)]
pub struct LinkMenu {
    /// Those with words of their own first, in their order, then addresses that stand in the text; each target once.
    pub entries: Vec<LinkEntry>,
    /// Which of them is selected.
    pub menu: Menu,
}

impl LinkMenu {
    /// The links of a text; none where there are none.
    pub(in crate::app) fn new(text: &str) -> Option<Self> {
        let mut found: Vec<(String, String)> = Vec::new();
        let mut put = |name: String, target: &str| {
            if !target.is_empty() && found.iter().all(|(_, known)| known != target) {
                found.push((name, target.to_owned()));
            }
        };
        for piece in snippets(text) {
            if let Snippet::Link { label, url, number } | Snippet::Image { label, url, number } = piece {
                let number = number.map(|number| format!("[{number}] ")).unwrap_or_default();
                put(format!("{number}{label}"), &url);
            }
        }
        let mut rest = text;
        while let Some(range) = bare_address(rest) {
            let address = rest.get(range.clone()).unwrap_or_default();
            put(address.to_owned(), address);
            rest = rest.get(range.end..).unwrap_or_default();
        }
        let entry = |(name, target): (String, String)| LinkEntry {
            name: SafeText::one_line(&name),
            address: web_address(&target),
            target: SafeText::one_line(&target),
        };
        let entries: Vec<LinkEntry> = found.into_iter().map(entry).collect();
        (!entries.is_empty()).then(|| Self { entries, menu: Menu::default() })
    }

    /// The one that is selected.
    pub fn selected(&self) -> Option<&LinkEntry> {
        self.entries.get(self.menu.selected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_target_is_listed_once_and_only_what_may_be_followed_has_an_address() {
        let text = "See [the docs](https://a.example/x), <https://own.example>, https://bare.example/a_b. and again \
                    https://a.example/x; [click](javascript:alert(1)) [bank](https://bank.example@evil.example/) \
                    [mail](mailto:a@b.example)";
        let menu = LinkMenu::new(text).unwrap();
        let told: Vec<(&str, Option<&str>)> =
            menu.entries.iter().map(|entry| (entry.name.as_str(), entry.address.as_deref())).collect();
        assert_eq!(
            told,
            [
                ("[1] the docs", Some("https://a.example/x")),
                ("https://own.example", Some("https://own.example")),
                ("[2] click", None),
                ("[3] bank", None),
                ("[4] mail", Some("mailto:a@b.example")),
                ("https://bare.example/a_b", Some("https://bare.example/a_b")),
            ]
        );
        assert!(LinkMenu::new("no links, http:// here").is_none());
    }
}
