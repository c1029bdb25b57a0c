//! Events and keys at random: nothing panics, nothing that was written is lost.

use proptest::prelude::*;

use super::*;

fn any_event() -> impl Strategy<Value = Event> {
    let code = prop_oneof![
        "[1-3jkgGouRrymhtcpYqnw=/ ]".prop_map(|s| Code::Char(s.chars().next().unwrap_or('j'))),
        prop::sample::select(vec![Code::Enter, Code::Esc, Code::Tab, Code::Up, Code::Down, Code::PageUp, Code::End]),
    ];
    let webhook = prop_oneof![
        prop::collection::vec(1..99_i64, 0..5).prop_map(|ids| WebhookEvent::Came(ids.into_iter().map(row).collect())),
        (0..30_u64, 1..99_i64, any::<bool>()).prop_map(|(ticket, n, end)| WebhookEvent::Page {
            ticket,
            rows: rows(n..=n + 9),
            end
        }),
        (1..99_i64, any::<bool>())
            .prop_map(|(n, there)| WebhookEvent::Opened(DeliveryId(n), there.then(|| Box::new(delivery("{}"))))),
        prop::collection::vec(("[a-c]", -3_000..9_000_i64), 0..4)
            .prop_map(|list| { WebhookEvent::Requests(list.into_iter().map(|(id, ms)| request(&id, ms)).collect()) }),
        "[a-c]".prop_map(|id| WebhookEvent::Answered(RequestId::new(id), Ok(RequestState::Posted))),
        (1..99_i64).prop_map(|n| WebhookEvent::ReplayDrafted(DeliveryId(n), "{}".into())),
        prop::option::of(1..99_i64).prop_map(|n| WebhookEvent::FoundDelivery(n.map(DeliveryId))),
        Just(WebhookEvent::Failed(Failure::new(Kind::Failed, "no"))),
        (0..30_usize, 0..9_usize, 0..99_usize).prop_map(|(list, detail, lines)| {
            WebhookEvent::Measured(WebhooksMeasured { list: (list > 0).then_some(list), detail, lines })
        }),
    ];
    prop_oneof![
        4 => code.prop_map(|code| Event::Action(resolve(&[Context::Deliveries, Context::Delivery, Context::Detail],
            Key::plain(code)).unwrap_or(Action::SendAnswer))),
        4 => webhook.prop_map(Event::Webhooks),
        1 => prop::sample::select(BINDINGS.iter().map(|b| b.action).collect::<Vec<_>>()).prop_map(Event::Action),
        1 => "[a-z:]{0,3}".prop_map(Event::typed),
        1 => Just(Event::erased()),
        1 => Just(Event::Tick),
        1 => (0..9_usize).prop_map(|n| Event::Click(Pane::Deliveries, n)),
        1 => (0..9_usize).prop_map(|n| Event::Click(Pane::Requests, n)),
        1 => (-3..3_i64).prop_map(|n| Event::Wheel(Pane::Deliveries, n)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever happens in whatever order: no panic, the list in order, the selection and the window inside it, no
    /// answer twice on its way, and none sent after its deadline.
    #[test]
    fn the_list_stays_whole_and_no_answer_is_sent_late(events in prop::collection::vec((any_event(), 0..400_i64), 1..120)) {
        let mut state = blank();
        let mut at = now();
        let mut sending = 0;
        for (event, ms) in events {
            at = at.plus_millis(ms);
            if matches!(event, Event::Webhooks(WebhookEvent::Answered(..))) {
                sending = 0;
            }
            let deadline =
                |state: &State, id: &RequestId| state.webhooks.requests.get(id).map(|r| r.deadline);
            for effect in update(&mut state, event, at) {
                match effect {
                    Effect::Webhooks(WebhookEffect::Answer { request, .. }) => {
                        sending += 1;
                        prop_assert!(deadline(&state, &request).is_some_and(|d| d > at));
                    }
                    Effect::Wake(when) => prop_assert!(when > at || state.window.notice.is_some() || state.window.quit_armed.is_some()),
                    _ => {}
                }
            }
            prop_assert!(sending <= 1);
            let list = &state.webhooks.list;
            prop_assert!(list.rows.iter().zip(list.rows.iter().skip(1)).all(|(a, b)| a.id > b.id));
            prop_assert!(list.shown.iter().zip(list.shown.iter().skip(1)).all(|(a, b)| a > b));
            prop_assert!(list.shown.iter().all(|id| list.row(*id).is_some()));
            prop_assert!(list.view.top <= list.shown.len() && list.new_above <= list.view.top);
        }
    }
}
