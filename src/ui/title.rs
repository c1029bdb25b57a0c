//! The window's title: what waits, and where one is.

use super::Charset;
use crate::app::State;
use crate::domain::SafeText;

/// How much of it there is at the most, in columns.
const COLUMNS: usize = 80;

/// The title, in characters that the terminal shows: `2 unread, 1 waiting · docs · Patchcord`. What is counted are
/// conversations with something new, on all channels, and data requests that wait.
pub fn title(state: &State, charset: Charset) -> SafeText {
    let unread: usize = state.channels.iter().map(|channel| channel.unread).sum();
    let counted = [(unread, "unread"), (state.webhooks.requests.waiting(), "waiting")];
    let counted: Vec<String> =
        counted.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
    let label = &state.channel().info.label;
    let dot = charset.glyphs().dot;
    let parts = [counted.join(", "), label.as_str().to_owned(), "Patchcord".to_owned()];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let title = SafeText::one_line(&parts.join(dot)).truncate(COLUMNS);
    if charset == Charset::Unicode {
        return title;
    }
    SafeText::one_line(&title.as_str().replace(|c: char| !c.is_ascii(), "?"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::ChannelInfo;
    use crate::domain::{
        Capabilities, ChannelName, DataRequest, Platform, RequestId, RequestState, Timestamp, Trust,
    };

    fn state(label: &str) -> State {
        let info = ChannelInfo {
            name: ChannelName::new("docs"),
            label: SafeText::one_line(label),
            platform: Platform::new("chat-thing"),
            sandbox: false,
            read_only: false,
        };
        State::new(vec![(info, Capabilities::NONE)], 0, 7)
    }

    #[test]
    fn it_counts_what_waits_and_says_where_one_is() {
        let mut state = state("docs");
        assert_eq!(title(&state, Charset::Unicode).as_str(), "docs · Patchcord");
        state.channels[0].unread = 2;
        assert_eq!(title(&state, Charset::Unicode).as_str(), "2 unread · docs · Patchcord");
        let request = DataRequest {
            id: RequestId::new("r"),
            channel: ChannelName::new("docs"),
            key: "k".to_owned(),
            inputs: String::new(),
            link: None,
            trust: Trust::Verified,
            received: Timestamp::from_millis(0),
            deadline: Timestamp::from_millis(1_000),
            state: RequestState::Received,
            answer: None,
            failure: None,
        };
        state.webhooks.requests.take(vec![request], Timestamp::from_millis(0));
        assert_eq!(title(&state, Charset::Unicode).as_str(), "2 unread, 1 waiting · docs · Patchcord");
        assert_eq!(title(&state, Charset::Ascii).as_str(), "2 unread, 1 waiting - docs - Patchcord");
    }

    #[test]
    fn it_is_short_safe_and_in_the_terminals_characters() {
        let mut state = state(&format!("a\u{1b}]0;x\u{7}{}", "é日".repeat(200)));
        state.channels[0].unread = 1;
        for charset in [Charset::Unicode, Charset::Console, Charset::Ascii] {
            let title = title(&state, charset);
            assert!(crate::domain::display_width(title.as_str()) <= COLUMNS && SafeText::is_safe(title.as_str()));
            assert!(charset == Charset::Unicode || title.as_str().is_ascii());
        }
    }
}
