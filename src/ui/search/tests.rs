//! Pictures of the view and of a search in the conversation, at three sizes.

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::app::{
    Action, Around, ChannelEvent, ChannelInfo, Event, HistoryEntry, Restored, RosterRow, SearchEffect, SearchEvent,
    State, Stored, update,
};
use crate::domain::{
    Capabilities, ChannelName, ConversationId, Extras, Failure, Found, Hit, HitCursor, HitPlace, Kind, Message,
    MessageId, Moment, OutState, Platform, Role, SafeText, SavedSearch, Searched, Timestamp, TitleHit,
};
use crate::ui::View;

const SIZES: [(u16, u16); 3] = [(120, 40), (80, 24), (40, 12)];

fn now() -> Timestamp {
    Timestamp::from_millis(1_760_000_000_000)
}

fn handle_event(state: &mut State, event: Event) -> Vec<crate::app::Effect> {
    update(state, event, now())
}

fn handle_action(state: &mut State, action: Action) -> Vec<crate::app::Effect> {
    handle_event(state, Event::Action(action))
}

fn typed(state: &mut State, text: &str) -> Vec<crate::app::Effect> {
    handle_event(state, Event::typed(text.to_owned()))
}

const SAID: [(&str, &str); 6] = [
    ("user", "How many planets are there in the solar system, and which have moons?"),
    (
        "assistant",
        "There are **eight planets**:\n\n| planet | moons |\n|---|--:|\n| Mercury | 0 |\n| Jupiter | 95 |\n",
    ),
    ("user", "And the dwarf planets?"),
    (
        "assistant",
        "Pluto, Eris, Ceres, Makemake and Haumea: five dwarf planets are recognised, and a good many more bodies of that size probably go round the sun far outside. [More](https://example.com/planets)",
    ),
    ("user", "thanks \u{1b}[31mplanet\u{202e} lover"),
    ("assistant", "You're welcome."),
];

fn past(seq: i64) -> HistoryEntry {
    let (role, text) = SAID[usize::try_from(seq).unwrap() % SAID.len()];
    let message = Message {
        id: MessageId::new(format!("m{seq}")),
        role: Role::from_word(role),
        text: text.to_owned(),
        created_at: Moment::at(now().plus_millis(-3_600_000 * (100 - seq))),
        extras: Extras::default(),
    };
    HistoryEntry::new(seq, message, false, None, None)
}

fn state() -> State {
    let view = |name: &str| ChannelInfo {
        name: ChannelName::new(name),
        label: SafeText::one_line(name),
        platform: Platform::new("chat-thing"),
        sandbox: false,
        read_only: false,
    };
    let all = Capabilities { start: true, send: true, stream: true, list: true, history: true, ..Capabilities::NONE };
    let mut state = State::new(vec![(view("docs"), all), (view("front desk"), all)], 0, 7);
    let row = RosterRow::new(ConversationId::new("7bb301ad"), "How many planets are there?", Some(now()));
    handle_event(
        &mut state,
        Event::Open(ChannelEvent::Restored(Box::new(Restored { rows: vec![row], ..Restored::default() }))),
    );
    state.channel_mut().roster.fetching = None;
    let ticket = state.channel().chat.ticket;
    let history = (0..6).map(past).collect();
    handle_event(
        &mut state,
        Event::Open(ChannelEvent::Stored(ticket, Box::new(Stored { history, ..Stored::default() }))),
    );
    state.channel_mut().chat.refresh = crate::app::Refresh::Idle;
    state
}

/// Draws twice, as the program does once it knows what the first drawing measured.
fn pictures(name: &str, state: &mut State) {
    for (width, height) in SIZES {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        let mut view = View::new(false);
        for _ in 0..2 {
            let mut drawn = crate::ui::Drawn::default();
            terminal.draw(|frame| drawn = view.draw(frame, state, now())).unwrap();
            if let Some(measured) = drawn.transcript {
                handle_event(state, Event::Measured(measured));
            }
            if let Some(height) = drawn.search {
                handle_event(state, Event::Search(SearchEvent::Measured(height)));
            }
        }
        let picture = terminal.backend().to_string();
        crate::ui::tests::truth::assert_true(&picture, state);
        let area = crate::ui::popup::tests::assert_covers((width, height), |f| {
            view.draw_over(f, state);
        });
        if !area.is_empty() && state.window.notice.is_none() {
            crate::ui::popup::tests::assert_covered((width, height), &mut view, state, area);
        }
        // Clocks depend on where the test runs.
        let mut shown = picture;
        for seq in 0..6 {
            let at = past(seq).message.created_at.at.unwrap();
            shown = shown.replace(&format!("{} {}", at.date(), at.clock()), "1 Jan 2026 12:00");
        }
        let styled = crate::ui::tests::styles::with_styles(&shown, terminal.backend().buffer());
        insta::assert_snapshot!(format!("{name}-{width}x{height}"), styled);
    }
}

fn hit(seq: i64, channel: &str, title: &str, state: Option<OutState>) -> Hit {
    Hit {
        channel: ChannelName::new(channel),
        conversation: Some(ConversationId::new("c9")),
        title: title.to_owned(),
        place: HitPlace::History(seq),
        message: past(seq).message,
        ours: false,
        state,
        cursor: HitCursor(seq),
    }
}

fn found() -> Found {
    let title = |title: &str, id: &str| TitleHit {
        channel: ChannelName::new("docs"),
        conversation: ConversationId::new(id),
        title: title.to_owned(),
    };
    Found {
        hits: vec![
            hit(4, "docs", "How many planets are there?", Some(OutState::Unknown)),
            hit(3, "docs", "How many planets are there?", None),
            hit(2, "front desk", "A question about astronomy that has a very long title indeed", None),
            hit(1, "front desk", "", None),
        ],
        total: Some(1_234),
        at_least: false,
        more: None,
        titles: vec![title("How many planets are there?", "7bb301ad"), title("Planets quiz please!", "d0efaab5")],
        searched: Searched { done: 10, of: 10 },
    }
}

/// The view with what was found for that.
fn searched(text: &str, found: Found) -> State {
    let mut state = state();
    handle_action(&mut state, Action::ShowSearch);
    let effects = typed(&mut state, text);
    let ticket = effects.iter().find_map(|effect| match effect {
        crate::app::Effect::Search(SearchEffect::Find { ticket, .. }) => Some(*ticket),
        _ => None,
    });
    handle_event(&mut state, Event::Search(SearchEvent::Found(ticket.unwrap(), Ok(Box::new(found)))));
    state
}

#[test]
fn nothing_is_searched_for_yet() {
    let mut state = state();
    handle_action(&mut state, Action::ShowSearch);
    pictures("search-empty", &mut state);
}

#[test]
fn what_was_found_and_the_selected_message_among_its_neighbours() {
    let mut state = searched("planet", found());
    handle_action(&mut state, Action::Open);
    for _ in 0..3 {
        handle_action(&mut state, Action::Down);
    }
    let ticket = state.search.preview.as_ref().unwrap().ticket;
    let around = Around { history: (0..6).map(past).collect(), older: false, newer: false };
    handle_event(&mut state, Event::Search(SearchEvent::Around(ticket, around)));
    pictures("search-found", &mut state);
}

#[test]
fn what_cannot_be_understood_is_named_where_it_stands() {
    let mut state = searched("planet", found());
    typed(&mut state, " after:someday -moon");
    pictures("search-problem", &mut state);
}

#[test]
fn an_attribute_that_is_none_is_named_where_nothing_was_found() {
    let none = Found { hits: Vec::new(), total: Some(0), titles: Vec::new(), ..found() };
    pictures("search-no-attribute", &mut searched("rol:user planets", none));
}

#[test]
fn nothing_was_found_while_not_all_was_searched() {
    let searched_so_far = Searched { done: 1_200, of: 100_000 };
    let mut state = searched("zebra", Found { total: Some(0), searched: searched_so_far, ..Found::default() });
    pictures("search-nothing", &mut state);
}

#[test]
fn the_store_cannot_be_searched() {
    let mut state = state();
    handle_action(&mut state, Action::ShowSearch);
    typed(&mut state, "planet");
    let (ticket, _) = state.search.asking.unwrap();
    let failure = Failure::new(Kind::Failed, "The store can't be read: it is damaged.");
    handle_event(&mut state, Event::Search(SearchEvent::Found(ticket, Err(failure))));
    pictures("search-failed", &mut state);
}

#[test]
fn searches_that_are_kept() {
    let mut state = searched("planet", found());
    let saved = |name: &str, text: &str| SavedSearch { name: name.to_owned(), text: text.to_owned() };
    let all =
        vec![saved("lost messages", "state:unknown"), saved("planet", "planet"), saved("x", "role:user after:2d")];
    handle_event(&mut state, Event::Search(SearchEvent::Saved(all)));
    handle_action(&mut state, Action::SavedSearches);
    pictures("search-kept", &mut state);
    handle_action(&mut state, Action::Back);
    handle_action(&mut state, Action::SaveSearch);
    pictures("search-naming", &mut state);
}

#[test]
fn a_search_in_the_conversation() {
    let mut state = state();
    handle_action(&mut state, Action::SearchHere);
    typed(&mut state, "planet");
    handle_action(&mut state, Action::PreviousMatch);
    pictures("finding", &mut state);
}

#[test]
fn a_search_that_goes_back_in_older_messages() {
    let mut state = state();
    state.channel_mut().chat.older = true;
    handle_action(&mut state, Action::SearchHere);
    typed(&mut state, "zebra");
    let id = ConversationId::new("7bb301ad");
    handle_event(&mut state, Event::Search(SearchEvent::Counted(id, 100_000)));
    pictures("finding-older", &mut state);
    typed(&mut state, " role:nobody,");
    typed(&mut state, " after:");
    pictures("finding-problem", &mut state);
}

/// The cells of a row from its first letter that is marked, as `(text, reversed)` runs.
fn marked(state: &State, (width, height): (u16, u16)) -> Vec<(String, bool)> {
    use ratatui::style::{Color, Modifier};
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    let mut view = View::new(false);
    terminal.draw(|frame| _ = view.draw(frame, state, now())).unwrap();
    let mut runs: Vec<(String, bool)> = Vec::new();
    let mut last = None;
    for (at, cell) in terminal.backend().buffer().content.iter().enumerate() {
        let here = cell.modifier.contains(Modifier::REVERSED);
        if cell.fg != Color::Yellow || !(here || cell.modifier.contains(Modifier::UNDERLINED)) {
            continue;
        }
        match runs.last_mut() {
            Some((text, same)) if last == Some(at - 1) && *same == here => text.push_str(cell.symbol()),
            _ => runs.push((cell.symbol().to_owned(), here)),
        }
        last = Some(at);
    }
    runs
}

#[test]
fn the_place_that_was_gone_to_is_reversed_and_the_others_are_underlined() {
    let mut state = state();
    handle_action(&mut state, Action::SearchHere);
    typed(&mut state, "planets");
    let runs = marked(&state, (120, 40));
    let here: Vec<_> = runs.iter().filter(|(_, here)| *here).collect();
    assert_eq!(here, [&("planets".to_owned(), true)]);
    assert!(runs.len() >= 4 && runs.iter().all(|(text, _)| text.eq_ignore_ascii_case("planets")), "{runs:?}");
}

#[test]
fn a_person_on_a_bots_channel_is_named() {
    let mut said = hit(1, "front desk", "Group", None);
    said.message.role = Role::User;
    said.message.extras.author = Some("Ada\u{1b} Lovelace".to_owned());
    let mut state = searched("planet", Found { hits: vec![said], titles: Vec::new(), ..found() });
    for tab in &mut state.channels {
        tab.capabilities.is_bot = true;
    }
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
    let mut view = View::new(false);
    terminal.draw(|frame| _ = view.draw(frame, &state, now())).unwrap();
    let shown = terminal.backend().to_string();
    assert!(shown.contains("  Ada\u{241b} Lovela\u{2026}  "), "{shown}");
}

#[test]
fn what_was_found_is_in_sight_however_far_back_in_its_message() {
    let mut far = hit(1, "docs", "Far", None);
    far.message.text = format!("{}needle{}", "word ".repeat(9), " more".repeat(50));
    let only = Found { hits: vec![far], total: Some(1), titles: Vec::new(), ..found() };
    let state = searched("needle", only);
    for screen in [(120, 40), (80, 24), (40, 12)] {
        let runs = marked(&state, screen);
        assert!(runs.contains(&("needle".to_owned(), false)), "{screen:?}: {runs:?}");
    }
}
