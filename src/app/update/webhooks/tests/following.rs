//! The lists: what is followed, what holds still, what is read as the end comes near.

use super::*;

#[test]
fn the_newest_is_followed_and_nothing_else_moves() {
    let mut state = open();
    assert_eq!((selected(&state), on_screen(&state)[0]), (40, 40));
    let effects = handle_event(&mut state, WebhookEvent::Came(vec![row(41), row(42)]));
    assert_eq!((selected(&state), on_screen(&state)[0]), (42, 42));
    assert_eq!(effects, [Effect::Webhooks(WebhookEffect::Open(DeliveryId(42)))]);
    read(&mut state, "{}");
    handle_action(&mut state, Action::Down);
    read(&mut state, "{}");
    let before = on_screen(&state);
    let effects = handle_event(&mut state, WebhookEvent::Came((43..=54).map(row).collect()));
    assert_eq!((on_screen(&state), selected(&state)), (before, 41));
    assert_eq!((state.webhooks.list.new_above, effects), (12, Vec::new()));
    handle_action(&mut state, Action::Top);
    assert_eq!((selected(&state), state.webhooks.list.new_above), (54, 0));
}

#[test]
fn what_is_read_on_the_right_is_not_taken_away() {
    let mut state = open();
    handle_action(&mut state, Action::NextPane);
    handle_event(&mut state, WebhookEvent::Came(vec![row(41)]));
    assert_eq!((selected(&state), state.webhooks.list.new_above), (40, 1));
    handle_action(&mut state, Action::Back);
    assert_eq!(state.webhooks.side, Side::List);
    handle_event(&mut state, WebhookEvent::Came(vec![row(42)]));
    assert_eq!((selected(&state), state.webhooks.list.new_above), (40, 2));
}

#[test]
fn of_many_that_come_one_is_read_at_a_time() {
    let mut state = open();
    let mut opened = Vec::new();
    for n in 41..1_041 {
        opened.extend(handle_event(&mut state, WebhookEvent::Came(vec![row(n)])));
    }
    assert_eq!(opened, [Effect::Webhooks(WebhookEffect::Open(DeliveryId(41)))]);
    let then = handle_event(&mut state, WebhookEvent::Opened(DeliveryId(41), Some(Box::new(delivery("{}")))));
    assert_eq!(then, [Effect::Webhooks(WebhookEffect::Open(DeliveryId(1_040)))]);
}

#[test]
fn a_flood_does_not_fill_the_memory() {
    let mut state = open();
    for n in 0..300 {
        handle_event(&mut state, WebhookEvent::Came((n * 100 + 41..n * 100 + 141).map(row).collect()));
    }
    let list = &state.webhooks.list;
    assert_eq!((list.rows.len(), list.shown.len(), list.end), (10_000, 10_000, false));
}

#[test]
fn what_came_twice_stands_there_once() {
    let mut state = open();
    handle_event(&mut state, WebhookEvent::Came(vec![row(41), row(40), row(41), row(7)]));
    assert_eq!(state.webhooks.list.rows.len(), 41);
    let ids: Vec<i64> = state.webhooks.list.shown.iter().map(|id| id.0).collect();
    assert_eq!(ids, (1..=41).rev().collect::<Vec<_>>());
}

#[test]
fn older_pages_are_read_as_the_end_comes_near() {
    let mut state = blank();
    let (ticket, _) = page_of(&handle_action(&mut state, Action::ShowWebhooks)).unwrap();
    handle_event(&mut state, WebhookEvent::Measured(WebhooksMeasured { list: Some(10), detail: 9, lines: 9 }));
    let effects = handle_event(&mut state, WebhookEvent::Page { ticket, rows: rows(801..=1_000), end: false });
    assert_eq!(page_of(&effects), None);
    let (ticket, before) = page_of(&handle_action(&mut state, Action::Bottom)).unwrap();
    assert_eq!(before, Some(DeliveryId(801)));
    // A late answer to another question changes nothing.
    handle_event(&mut state, WebhookEvent::Page { ticket: ticket + 99, rows: rows(1..=2), end: true });
    assert_eq!(state.webhooks.list.rows.len(), 200);
    handle_event(&mut state, WebhookEvent::Page { ticket, rows: rows(601..=800), end: false });
    assert_eq!((state.webhooks.list.rows.len(), selected(&state)), (400, 801));
}

#[test]
fn a_filter_leaves_what_it_says_and_looks_only_so_far() {
    let mut state = open();
    let mut filter = |text: &str| {
        press(&mut state, key('/'));
        update(&mut state, Event::typed(text.into()), now());
        let left = state.webhooks.list.shown.iter().map(|id| id.0).collect::<Vec<_>>();
        press(&mut state, Key::plain(Code::Esc));
        left
    };
    assert_eq!(filter("summary 12"), [12]);
    assert_eq!(filter("channel:look state:rejected"), [35, 25, 15, 5]);
    assert_eq!(filter("FLOW 401 3"), [30]);
    assert_eq!(filter("flow duplicate"), [36, 26, 16, 6]);
    assert_eq!(filter("nothing like it"), [] as [i64; 0]);
    assert_eq!(state.webhooks.list.shown.len(), 40);
    // What comes is filtered as well.
    press(&mut state, key('/'));
    update(&mut state, Event::typed("duplicate".into()), now());
    handle_event(&mut state, WebhookEvent::Came((41..=50).map(row).collect()));
    assert_eq!(state.webhooks.list.shown.front(), Some(&DeliveryId(46)));
    // A filter that finds nothing goes through so many and rests.
    state.webhooks.list.end = false;
    let mut before = 0;
    let mut pages = 0;
    let mut effects = update(&mut state, Event::typed("xyz".into()), now());
    while let Some((ticket, _)) = page_of(&effects) {
        before -= 200;
        pages += 1;
        effects =
            handle_event(&mut state, WebhookEvent::Page { ticket, rows: rows(before..=before + 199), end: false });
    }
    assert!((20..30).contains(&pages) && state.webhooks.list.rests());
    assert!(page_of(&handle_action(&mut state, Action::Bottom)).is_some());
}

#[test]
fn a_failed_page_is_asked_for_again_only_by_the_user() {
    let mut state = blank();
    handle_action(&mut state, Action::ShowWebhooks);
    handle_event(&mut state, WebhookEvent::Failed(Failure::new(Kind::Failed, "the store is gone")));
    assert_eq!(page_of(&handle_event(&mut state, WebhookEvent::Measured(WebhooksMeasured::default()))), None);
    assert!(page_of(&handle_action(&mut state, Action::Bottom)).is_some());
}

#[test]
fn the_selection_goes_through_both_lists() {
    let mut state = open();
    handle_event(&mut state, WebhookEvent::Requests(vec![request("late", 9_000), request("soon", 5_000)]));
    handle_action(&mut state, Action::Up);
    handle_action(&mut state, Action::Up);
    let Selected::Request(first) = state.webhooks.selected() else { panic!() };
    assert_eq!(first.id.as_str(), "soon");
    handle_action(&mut state, Action::Up);
    for _ in 0..2 {
        handle_action(&mut state, Action::Down);
    }
    assert_eq!(selected(&state), 40);
}

#[test]
fn the_list_holds_still_also_where_all_of_it_has_room() {
    let mut state = open();
    let measured = WebhooksMeasured { list: Some(60), detail: 20, lines: 100 };
    handle_event(&mut state, WebhookEvent::Measured(measured));
    handle_action(&mut state, Action::Top);
    handle_action(&mut state, Action::Down);
    read(&mut state, "{}");
    let before = on_screen(&state);
    handle_event(&mut state, WebhookEvent::Came(rows(41..=43)));
    assert_eq!((on_screen(&state), state.webhooks.list.new_above), (before, 3));
    handle_action(&mut state, Action::Top);
    assert_eq!((on_screen(&state)[0], state.webhooks.list.new_above), (43, 0));
}
