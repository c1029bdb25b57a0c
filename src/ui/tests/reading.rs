//! The list of conversations, where many are read: what tells its rows apart, and what came meanwhile.

use super::*;

/// What the list says, drawn at that width.
fn drawn(state: &State, width: u16) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, 24)).unwrap();
    let mut view = View::new(false);
    terminal.draw(|frame| _ = view.draw(frame, state, now())).unwrap();
    terminal.backend().to_string()
}

#[test]
fn rows_are_told_apart_by_last_words_how_much_is_new_and_an_id_where_names_are_equal() {
    let mut state = state();
    let row = |id: &str, title: &str, last: &str| {
        let mut row = RosterRow::new(ConversationId::new(id), title, Some(now()));
        row.last = Some(SafeText::one_line(last));
        row
    };
    let mut unread = row("u-1", "Kim", "where is it");
    (unread.unread, unread.unseen) = (true, Some((7, 3)));
    handle_event(&mut state, Event::RosterMeasured(18));
    let rows = [row("aaaa1111-x", "Refund", "done"), row("bbbb2222-x", "Refund", "not yet"), unread];
    state.channel_mut().roster.merge(rows);
    let screen = drawn(&state, 120);
    for told in ["Refund aaaa1111", "Refund bbbb2222", "Kim  where is it", "3 new"] {
        assert!(screen.contains(told), "{told}: {screen}");
    }
}

#[test]
fn what_came_while_the_hand_is_at_the_list_is_counted_above_it() {
    let mut state = state();
    state.window.focus = crate::app::Focus::Roster;
    handle_event(&mut state, Event::Tick);
    for id in ["n1", "n2"] {
        handle_event(&mut state, Event::Open(ChannelEvent::News(ConversationId::new(id))));
    }
    for (width, told) in [(40, "2 new above (u)"), (80, "2 new (u)"), (120, "2 new above (u)")] {
        let screen = drawn(&state, width);
        assert!(screen.contains(told), "{width}: {screen}");
    }
}
