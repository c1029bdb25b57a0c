//! The sequences by which terminals are told something: which one a terminal takes, their spelling, and how they get
//! through a multiplexer.

use crate::domain::{NotifyRoute, SafeText};
use crate::runtime::multiplexer::{Inside, for_tmux, in_pieces};

/// How much of a title and of a text is told, in bytes: with its frame it fits into what screen passes on.
const TITLE: usize = 160;
const TEXT: usize = 320;

/// The sequence that the terminal is known to take. None for one that takes none, and for one that isn't known: what it
/// doesn't know it might show.
pub(super) fn of_terminal(variable: &impl Fn(&str) -> Option<String>) -> Option<NotifyRoute> {
    let set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
    let (term, program) = (variable("TERM").unwrap_or_default(), variable("TERM_PROGRAM").unwrap_or_default());
    let (term, program) = (term.as_str(), program.as_str());
    // A multiplexer has names of its own for both, and hands the others on.
    if term == "xterm-kitty" || set("KITTY_WINDOW_ID") {
        Some(NotifyRoute::Osc99)
    } else if matches!(program, "iTerm.app" | "ghostty" | "WarpTerminal")
        || term == "xterm-ghostty"
        || set("GHOSTTY_RESOURCES_DIR")
        || variable("LC_TERMINAL").is_some_and(|name| name == "iTerm2")
    {
        Some(NotifyRoute::Osc9)
    } else if program == "WezTerm"
        || set("WEZTERM_PANE")
        || ["foot", "rxvt", "contour", "wezterm"].iter().any(|name| term.starts_with(name))
    {
        Some(NotifyRoute::Osc777)
    } else {
        None
    }
}

/// The sequence that tells the terminal; empty where that is no sequence's business.
pub(super) fn sequence(route: NotifyRoute, title: &SafeText, text: &SafeText, inside: Inside) -> String {
    // Inside screen's own frame the string's usual end would end the frame.
    let end = if matches!(inside, Inside::Screen | Inside::Either) { "\x07" } else { "\x1b\\" };
    let (title, text) = (spelled(title, TITLE), spelled(text, TEXT));
    let plain = match route {
        NotifyRoute::Osc9 if text.is_empty() => vec![format!("\x1b]9;{title}{end}")],
        NotifyRoute::Osc9 => vec![format!("\x1b]9;{title}: {text}{end}")],
        NotifyRoute::Osc777 => vec![format!("\x1b]777;notify;{title};{text}{end}")],
        // In two parts of one number; only where the window hasn't the focus.
        NotifyRoute::Osc99 if text.is_empty() => vec![format!("\x1b]99;i=patchcord:o=unfocused;{title}{end}")],
        NotifyRoute::Osc99 => vec![
            format!("\x1b]99;i=patchcord:d=0:o=unfocused;{title}{end}"),
            format!("\x1b]99;i=patchcord:p=body:o=unfocused;{text}{end}"),
        ],
        NotifyRoute::Auto | NotifyRoute::Bell | NotifyRoute::Desktop | NotifyRoute::Off => Vec::new(),
    };
    let wrapped = |one: &String| match inside {
        Inside::Terminal => one.clone(),
        Inside::Tmux => for_tmux(one),
        Inside::Screen | Inside::Either => in_pieces(one),
    };
    plain.iter().map(wrapped).collect()
}

/// A text as it stands in a sequence: short, and without what separates parts there.
fn spelled(text: &SafeText, most: usize) -> String {
    let mut out = String::new();
    for (_, cluster) in text.clusters() {
        if out.len() + cluster.len() > most {
            break;
        }
        out.push_str(&cluster.replace(';', ","));
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ROUTES: [NotifyRoute; 3] = [NotifyRoute::Osc9, NotifyRoute::Osc777, NotifyRoute::Osc99];

    fn spell(route: NotifyRoute, title: &str, text: &str, inside: Inside) -> String {
        sequence(route, &SafeText::one_line(title), &SafeText::one_line(text), inside)
    }

    #[test]
    fn each_is_spelled_as_its_terminals_read_it() {
        for (route, text, expected) in [
            (NotifyRoute::Osc9, "", "\x1b]9;docs: hi\x1b\\"),
            (NotifyRoute::Osc9, "a;b", "\x1b]9;docs: hi: a,b\x1b\\"),
            (NotifyRoute::Osc777, "", "\x1b]777;notify;docs: hi;\x1b\\"),
            (NotifyRoute::Osc777, "a;b", "\x1b]777;notify;docs: hi;a,b\x1b\\"),
            (NotifyRoute::Osc99, "", "\x1b]99;i=patchcord:o=unfocused;docs: hi\x1b\\"),
            (
                NotifyRoute::Osc99,
                "a",
                "\x1b]99;i=patchcord:d=0:o=unfocused;docs: hi\x1b\\\x1b]99;i=patchcord:p=body:o=unfocused;a\x1b\\",
            ),
            (NotifyRoute::Bell, "a", ""),
        ] {
            assert_eq!(spell(route, "docs: hi", text, Inside::Terminal), expected);
        }
    }

    #[test]
    fn a_multiplexer_passes_it_on() {
        let tmux = spell(NotifyRoute::Osc9, "hi", "", Inside::Tmux);
        assert_eq!(tmux, "\x1bPtmux;\x1b\x1b]9;hi\x1b\x1b\\\x1b\\");
        let screen = spell(NotifyRoute::Osc9, "hi", "", Inside::Screen);
        assert_eq!(screen, "\x1bP\x1b]9;hi\x07\x1b\\");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn nobodys_text_ends_it_or_adds_to_it(title in any::<String>(), text in any::<String>()) {
            for route in ROUTES {
                let plain = spell(route, &title, &text, Inside::Terminal);
                let parts: Vec<&str> = plain.split("\x1b\\").filter(|part| !part.is_empty()).collect();
                prop_assert!(!parts.is_empty() && parts.len() <= 2);
                for part in parts {
                    let inner = part.strip_prefix("\x1b]").unwrap();
                    prop_assert!(!inner.chars().any(char::is_control), "{inner:?}");
                    let fields = if route == NotifyRoute::Osc777 { 3 } else { usize::from(route == NotifyRoute::Osc99) + 1 };
                    prop_assert_eq!(inner.matches(';').count(), fields);
                }
                for inside in [Inside::Screen, Inside::Either] {
                    let wrapped = spell(route, &title, &text, inside);
                    prop_assert!(wrapped.split("\x1b\\").all(|piece| piece.len() < 768));
                }
            }
        }
    }
}
