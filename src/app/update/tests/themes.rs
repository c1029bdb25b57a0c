//! The list of themes: what is moved to is shown, and what is left is as it was.

use super::*;

fn shown(state: &State) -> &str {
    state.window.themes.shown().map(|theme| theme.name.as_str()).unwrap_or_default()
}

#[test]
fn what_is_moved_to_is_shown_and_esc_puts_back_what_was() {
    let mut state = open("c1");
    assert_eq!(shown(&state), "16");
    handle_action(&mut state, Action::Themes);
    assert_eq!(state.contexts(), [Context::Themes]);
    for expected in ["16", "dark", "light", "high-contrast", "mono", "mono"] {
        handle_action(&mut state, Action::Down);
        assert_eq!(shown(&state), expected);
    }
    handle_action(&mut state, Action::Up);
    assert_eq!(shown(&state), "high-contrast");
    handle_action(&mut state, Action::Back);
    assert_eq!((shown(&state), state.window.themes.chosen()), ("16", "auto"));
    assert!(state.window.theme_picker().is_none());
}

#[test]
fn what_is_kept_lasts_or_says_how_it_would() {
    for (configured, said) in
        [(None, "The theme is dark from now on."), (Some("light".to_owned()), "set theme = \"dark\" under [screen]")]
    {
        let mut state = open("c1");
        state.window.themes = Themes::new(Vec::new(), configured.clone());
        handle_action(&mut state, Action::Themes);
        handle_event(&mut state, Event::Click(Pane::Overlay, 2));
        assert_eq!(shown(&state), "dark");
        handle_action(&mut state, Action::Open);
        assert_eq!((shown(&state), state.window.themes.chosen()), ("dark", "dark"));
        let notice = state.window.notice.as_ref().unwrap().text.as_str();
        assert!(notice.contains(said), "{notice}");
        assert_eq!(state.window.themes.remembered(), configured.is_none().then_some("dark"));
    }
}

#[test]
fn another_key_leaves_the_list_and_is_done() {
    let mut state = open("c1");
    handle_action(&mut state, Action::Themes);
    handle_action(&mut state, Action::Down);
    handle_action(&mut state, Action::Down);
    handle_action(&mut state, Action::ShowWebhooks);
    assert_eq!((shown(&state), state.window.view), ("16", ViewKind::Webhooks));
}

#[test]
fn a_light_background_brings_the_light_theme_where_none_is_chosen() {
    let mut state = open("c1");
    handle_event(&mut state, Event::Background(true));
    assert_eq!(shown(&state), "light");
    handle_event(&mut state, Event::Background(false));
    assert_eq!(shown(&state), "16");
    let own = Theme::new("mine", "");
    state.window.themes = Themes::new(vec![own], Some("mine".to_owned()));
    handle_event(&mut state, Event::Background(true));
    assert_eq!(shown(&state), "mine");
    let names: Vec<&str> = state.window.themes.names().collect();
    assert_eq!(names, ["auto", "16", "dark", "light", "high-contrast", "mono", "mine"]);
}

#[test]
fn they_are_listed_from_every_view() {
    for view in [Action::ShowInbox, Action::ShowSources, Action::ShowWebhooks, Action::ShowLog, Action::ShowSearch] {
        let mut state = open("c1");
        handle_action(&mut state, view);
        handle_action(&mut state, Action::Themes);
        assert_eq!(state.contexts(), [Context::Themes], "{view:?}");
    }
}
