//! The Search view.

use super::*;

fn hit(n: i64, channel: &str, conversation: &str) -> Hit {
    Hit {
        channel: ChannelName::new(channel),
        conversation: Some(id(conversation)),
        title: format!("title of {conversation}"),
        place: HitPlace::History(n),
        message: past(n, Role::User, &format!("a moon, {n}"), false).message,
        ours: false,
        state: None,
        cursor: HitCursor(n),
    }
}

fn found(hits: Vec<Hit>) -> Found {
    let searched = Searched { done: 10, of: 10 };
    Found { total: Some(hits.len() as u64), hits, searched, ..Found::default() }
}

/// A state with two channels, in which the Search view is open.
fn searching() -> State {
    let mut state = State::new(vec![(view("docs", false), all()), (view("desk", false), all())], 0, 7);
    let restored = Restored { rows: vec![RosterRow::new(id("c1"), "a title", Some(now()))], ..Restored::default() };
    handle_event(&mut state, Event::Open(ChannelEvent::Restored(Box::new(restored))));
    load(&mut state, vec![past(1, Role::User, "a moon, 1", false)]);
    handle_action(&mut state, Action::ShowSearch);
    handle_event(&mut state, Event::Search(SearchEvent::Measured(5)));
    state
}

fn asked(effects: &[Effect]) -> Option<(u64, &str, Option<HitCursor>)> {
    effects.iter().find_map(|effect| match effect {
        Effect::Search(SearchEffect::Find { ticket, query, after, .. }) => Some((*ticket, query.as_str(), *after)),
        _ => None,
    })
}

/// Types, and hands over what is found.
fn search_for(state: &mut State, text: &str, answer: Found) -> Vec<Effect> {
    let effects = handle_event(state, Event::typed(text.to_owned()));
    let (ticket, ..) = asked(&effects).expect("asked");
    handle_event(state, Event::Search(SearchEvent::Found(ticket, Ok(Box::new(answer)))))
}

#[test]
fn each_letter_asks_and_only_the_last_answer_counts() {
    let mut state = searching();
    let first = handle_event(&mut state, Event::typed("mo".to_owned()));
    let (old, text, after) = asked(&first).unwrap();
    assert_eq!((text, after), ("mo", None));
    let second = handle_event(&mut state, Event::typed("on".to_owned()));
    let (new, text, _) = asked(&second).unwrap();
    assert_eq!(text, "moon");
    handle_event(&mut state, Event::Search(SearchEvent::Found(old, Ok(Box::new(found(vec![hit(9, "docs", "c1")]))))));
    assert!(state.search.is_empty());
    handle_event(&mut state, Event::Search(SearchEvent::Found(new, Ok(Box::new(found(vec![hit(8, "docs", "c1")]))))));
    assert_eq!((state.search.len(), state.search.total), (1, Some(1)));
    // Nothing written is nothing found.
    for _ in 0..4 {
        handle_event(&mut state, Event::erased());
    }
    assert!(state.search.is_empty() && state.search.preview.is_none());
}

#[test]
fn what_cannot_be_understood_asks_for_nothing_and_what_was_found_stays() {
    let mut state = searching();
    search_for(&mut state, "moon", found(vec![hit(8, "docs", "c1")]));
    let effects = handle_event(&mut state, Event::typed(" role:".to_owned()));
    assert_eq!(asked(&effects), None);
    assert!(state.search.problem.is_some());
    assert_eq!(state.search.len(), 1);
    let effects = handle_event(&mut state, Event::typed("user".to_owned()));
    assert_eq!(asked(&effects).unwrap().1, "moon role:user");
}

#[test]
fn the_list_is_read_on_near_its_end() {
    let mut state = searching();
    let hits = (0..20).map(|n| hit(100 - n, "docs", "c1")).collect();
    let answer = Found { more: Some(HitCursor(81)), total: Some(500), ..found(hits) };
    let effects = search_for(&mut state, "moon", answer);
    assert_eq!(asked(&effects), None);
    handle_action(&mut state, Action::Open);
    assert_eq!(state.contexts(), [Context::Found]);
    let effects = handle_action(&mut state, Action::Bottom);
    let (ticket, text, after) = asked(&effects).unwrap();
    assert_eq!((text, after), ("moon", Some(HitCursor(81))));
    let more = Found { total: None, ..found(vec![hit(80, "docs", "c1")]) };
    handle_event(&mut state, Event::Search(SearchEvent::Found(ticket, Ok(Box::new(more)))));
    assert_eq!((state.search.len(), state.search.total, state.search.selected), (21, Some(500), 19));
    assert_eq!(asked(&handle_action(&mut state, Action::Bottom)), None);
}

#[test]
fn what_was_not_counted_is_known_where_the_list_ends() {
    let mut state = searching();
    let hits = (0..20).map(|n| hit(100 - n, "docs", "c1")).collect();
    search_for(&mut state, "moon", Found { more: Some(HitCursor(81)), at_least: true, ..found(hits) });
    assert_eq!((state.search.total, state.search.at_least), (Some(20), true));
    handle_action(&mut state, Action::Open);
    for (n, more) in [(80, Some(HitCursor(80))), (79, None)] {
        let (ticket, ..) = asked(&handle_action(&mut state, Action::Bottom)).unwrap();
        let next = Found { total: None, more, ..found(vec![hit(n, "docs", "c1")]) };
        handle_event(&mut state, Event::Search(SearchEvent::Found(ticket, Ok(Box::new(next)))));
        assert_eq!(state.search.at_least, more.is_some());
    }
    assert_eq!((state.search.len(), state.search.total), (22, Some(22)));
}

#[test]
fn enter_opens_the_message_and_the_list_is_kept_as_it_was() {
    let mut state = searching();
    search_for(&mut state, "moon", found(vec![hit(9, "docs", "c2"), hit(1, "docs", "c1"), hit(5, "desk", "d1")]));
    handle_action(&mut state, Action::Open);
    handle_action(&mut state, Action::Down);
    let effects = handle_action(&mut state, Action::Open);
    assert_eq!((state.window.view, state.window.focus), (ViewKind::Chat, Focus::Transcript));
    assert!(
        !effects.iter().any(|effect| matches!(effect, Effect::Open(ChannelEffect::Load { .. }))),
        "it is open: {effects:?}"
    );
    let finding = state.channel().chat.find.as_ref().unwrap();
    assert_eq!((finding.text.as_str(), finding.count), ("moon", (Some(1), 1)));
    assert_eq!(
        state.channel().chat.scroll,
        Scroll::To(Passage { item: state.channel().chat.history[0].key, byte: Some(2) })
    );
    handle_action(&mut state, Action::ShowSearch);
    assert_eq!((state.search.selected, state.search.len(), state.search.listing), (1, 3, true));
    handle_action(&mut state, Action::Back);
    assert_eq!(state.window.view, ViewKind::Chat);
}

#[test]
fn a_message_of_another_channel_that_is_not_loaded_is_loaded_up_to() {
    let mut state = searching();
    search_for(&mut state, "moon", found(vec![hit(5, "desk", "d1")]));
    handle_action(&mut state, Action::Open);
    let effects = handle_action(&mut state, Action::Open);
    assert_eq!(state.channel().info.name, ChannelName::new("desk"));
    assert_eq!(state.channel().open_id(), Some(&id("d1")));
    assert!(effects.contains(&Effect::Open(ChannelEffect::LoadRow(id("d1")))), "its title is asked for: {effects:?}");
    let ticket = state.channel().chat.ticket;
    let history = (900..1_000).map(|n| past(n, Role::User, "stars", false)).collect();
    let stored = Stored { history, older: true, ..Stored::default() };
    let effects = handle_event(&mut state, Event::Open(ChannelEvent::Stored(ticket, Box::new(stored))));
    assert!(
        matches!(effects[..], [Effect::Open(ChannelEffect::LoadOlder { before: 900, limit: 2_000, .. })]),
        "{effects:?}"
    );
    let older = (0..900).map(|n| past(n, Role::User, if n == 5 { "the moon" } else { "stars" }, false)).collect();
    handle_event(&mut state, Event::Open(ChannelEvent::Older(ticket, older, false)));
    assert_eq!(
        state.channel().chat.scroll,
        Scroll::To(Passage { item: state.channel().chat.history[5].key, byte: Some(4) })
    );
}

#[test]
fn a_title_opens_its_conversation_and_a_channel_that_is_gone_opens_nothing() {
    let mut state = searching();
    let title = |channel: &str| TitleHit {
        channel: ChannelName::new(channel),
        conversation: id("c7"),
        title: "Moons".to_owned(),
    };
    search_for(&mut state, "moon", Found { titles: vec![title("gone"), title("docs")], ..found(Vec::new()) });
    handle_action(&mut state, Action::Open);
    handle_action(&mut state, Action::Open);
    assert_eq!(state.window.view, ViewKind::Search);
    assert!(state.window.notice.as_ref().unwrap().text.as_str().contains("not in the config file"));
    handle_action(&mut state, Action::Down);
    handle_action(&mut state, Action::Open);
    assert_eq!((state.window.view, state.channel().open_id()), (ViewKind::Chat, Some(&id("c7"))));
    assert!(state.channel().chat.find.is_none());
}

#[test]
fn the_selected_message_is_shown_with_what_stands_around_it() {
    let mut state = searching();
    let effects = search_for(&mut state, "moon", found(vec![hit(9, "docs", "c2"), hit(8, "docs", "c2")]));
    let [Effect::Search(SearchEffect::Around { ticket, seq: 9, .. })] = effects[..] else { panic!("{effects:?}") };
    assert_eq!(state.search.preview.as_ref().unwrap().history.len(), 1);
    let around = |from: i64, to: i64| Around {
        history: (from..to).map(|n| past(n, Role::User, "a moon", false)).collect(),
        older: false,
        newer: false,
    };
    handle_event(&mut state, Event::Search(SearchEvent::Around(ticket, around(7, 12))));
    let preview = state.search.preview.as_ref().unwrap();
    assert_eq!((preview.history.len(), preview.history[2].key, preview.places.len()), (5, preview.key, 5));
    handle_action(&mut state, Action::Open);
    handle_action(&mut state, Action::Down);
    handle_event(&mut state, Event::Search(SearchEvent::Around(ticket, around(0, 12))));
    assert_eq!(state.search.preview.as_ref().unwrap().history.len(), 1, "late, and for another one");
}

#[test]
fn searched_again_while_not_all_can_be_searched_the_selection_stays() {
    let mut state = searching();
    let part = |hits: Vec<Hit>| Found { searched: Searched { done: 5, of: 10 }, ..found(hits) };
    let effects = search_for(&mut state, "moon", part(vec![hit(9, "docs", "c2"), hit(7, "docs", "c2")]));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Wake(_))), "{effects:?}");
    handle_action(&mut state, Action::Open);
    handle_action(&mut state, Action::Down);
    assert_eq!(asked(&handle_event(&mut state, Event::Tick)), None, "not yet");
    let effects = update(&mut state, Event::Tick, now().plus_millis(2_000));
    let (ticket, ..) = asked(&effects).unwrap();
    let answer = found(vec![hit(9, "docs", "c2"), hit(8, "docs", "c3"), hit(7, "docs", "c2")]);
    handle_event(&mut state, Event::Search(SearchEvent::Found(ticket, Ok(Box::new(answer)))));
    assert_eq!((state.search.selected, state.search.listing), (2, true));
    assert_eq!(asked(&update(&mut state, Event::Tick, now().plus_millis(9_000))), None);
}

#[test]
fn a_search_is_kept_under_a_name_chosen_and_forgotten() {
    let mut state = searching();
    search_for(&mut state, "moon has:error", found(Vec::new()));
    handle_action(&mut state, Action::SaveSearch);
    assert_eq!(state.contexts(), [Context::SearchName]);
    handle_event(&mut state, Event::typed("bad moons".to_owned()));
    let saved = SavedSearch { name: "bad moons".to_owned(), text: "moon has:error".to_owned() };
    let effects = handle_action(&mut state, Action::Confirm);
    assert!(effects.contains(&Effect::Search(SearchEffect::Save(saved.clone()))), "{effects:?}");
    assert!(state.window.overlay().is_none());
    let other = SavedSearch { name: "a".to_owned(), text: "role:user".to_owned() };
    handle_event(&mut state, Event::Search(SearchEvent::Saved(vec![other, saved])));
    handle_action(&mut state, Action::SavedSearches);
    assert_eq!(state.contexts(), [Context::SavedSearches]);
    handle_action(&mut state, Action::Up);
    let effects = handle_action(&mut state, Action::Confirm);
    assert_eq!(asked(&effects).unwrap().1, "role:user");
    handle_action(&mut state, Action::SavedSearches);
    handle_action(&mut state, Action::Down);
    let effects = handle_action(&mut state, Action::ForgetSearch);
    assert_eq!(effects, [Effect::Search(SearchEffect::Forget("bad moons".to_owned()))]);
    handle_action(&mut state, Action::Back);
    assert_eq!((state.window.view, state.window.overlay().is_none()), (ViewKind::Search, true));
}

#[test]
fn what_is_searched_for_here_is_searched_for_everywhere() {
    let mut state = searching();
    handle_action(&mut state, Action::Back);
    assert_eq!(state.window.view, ViewKind::Chat);
    handle_action(&mut state, Action::SearchHere);
    handle_event(&mut state, Event::typed("moon".to_owned()));
    let effects = handle_action(&mut state, Action::SearchEverywhere);
    assert_eq!(asked(&effects).unwrap().1, "moon");
    assert_eq!(
        (state.window.view, state.search.text.as_str(), state.channel().chat.find.is_none()),
        (ViewKind::Search, "moon", true)
    );
}
