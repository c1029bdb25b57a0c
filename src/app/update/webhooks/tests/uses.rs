//! What is done with a delivery: replayed, copied, compared, followed to its conversation.

use super::*;
use crate::app::testing::assert_edits;

#[test]
fn a_body_that_was_not_changed_is_not_sent() {
    let mut state = open();
    assert!(matches!(
        handle_action(&mut state, Action::ReplayEdited)[..],
        [Effect::Webhooks(WebhookEffect::EditReplay { .. })]
    ));
    let effects = update(&mut state, Event::Edited(Ok(None)), now());
    assert!(matches!(effects[..], [Effect::Wake(_)]) && state.webhooks.overlay.is_none());
    assert!(notice(&state).starts_with("Nothing was changed"));
}

#[test]
fn a_replay_to_a_url_is_asked_about_first() {
    let mut state = open();
    press(&mut state, key('u'));
    for (typed, refused) in
        [("nonsense", true), ("ftp://h/x", true), ("http://u:p@h/", true), ("https://h:1/x", false)]
    {
        if let Some(Overlay::Prompt { text, .. }) = &mut state.webhooks.overlay {
            text.clear();
        }
        update(&mut state, Event::typed(typed.into()), now());
        press(&mut state, Key::plain(Code::Enter));
        let still = matches!(state.webhooks.overlay, Some(Overlay::Prompt { problem: Some(_), .. }));
        assert_eq!(still, refused, "{typed}");
    }
    assert_eq!(state.contexts(), [Context::Confirm]);
    assert_eq!(press(&mut state, Key::plain(Code::Enter)), []);
    let effects = press(&mut state, key('y'));
    let to = ReplayTarget::Url("https://h:1/x".into());
    let replay = WebhookEffect::Replay { delivery: DeliveryId(40), body: None, to };
    assert_eq!(effects.first(), Some(&Effect::Webhooks(replay)));
    // One at a time.
    assert!(press(&mut state, key('r')).iter().all(|e| !matches!(e, Effect::Webhooks(_))));
    let answer = Replayed { status: 200, body: String::new(), ms: 3, to: "h:1".into() };
    handle_event(&mut state, WebhookEvent::Replayed(Ok(answer)));
    let own = WebhookEffect::Replay { delivery: DeliveryId(40), body: None, to: ReplayTarget::Own };
    assert_eq!(press(&mut state, key('r')).first(), Some(&Effect::Webhooks(own)));
}

#[test]
fn an_edited_replay_is_asked_about_and_can_be_given_up() {
    let mut state = open();
    let effects = press(&mut state, key('R'));
    let edit = WebhookEffect::EditReplay { delivery: DeliveryId(40), text: "{}".into() };
    assert_eq!(effects, [Effect::Webhooks(edit)]);
    handle_event(&mut state, WebhookEvent::ReplayDrafted(DeliveryId(40), "{\"x\":1}".into()));
    assert_eq!(press(&mut state, Key::plain(Code::Esc)), []);
    assert_eq!(state.webhooks.overlay, None);
    handle_event(&mut state, WebhookEvent::ReplayDrafted(DeliveryId(40), "{\"x\":1}".into()));
    let effects = press(&mut state, key('y'));
    let replay =
        WebhookEffect::Replay { delivery: DeliveryId(40), body: Some("{\"x\":1}".into()), to: ReplayTarget::Own };
    assert_eq!(effects.first(), Some(&Effect::Webhooks(replay)));
}

#[test]
fn a_command_is_copied_without_its_secrets_unless_asked_for() {
    let mut state = open();
    let copied = |effects: Vec<Effect>| match effects.into_iter().next() {
        Some(Effect::Copy(clip)) => clip.text,
        other => panic!("{other:?}"),
    };
    let masked = copied(press(&mut state, key('y')));
    assert!(masked.starts_with("curl ") && !masked.contains("s3cret") && !masked.contains("k3y"), "{masked}");
    let clip = Clip { what: "The curl command".into(), text: masked };
    let sent = Copied::Terminal { through: None, instead: None, stopped: false };
    update(&mut state, Event::Copied(clip.clone(), sent), now());
    assert!(notice(&state).contains("sent to the terminal's clipboard"), "{}", notice(&state));
    assert!(copied(press(&mut state, key('Y'))).contains("s3cret"));
    update(&mut state, Event::Copied(clip, Copied::TooLong(100_000, 74_994)), now());
    assert!(notice(&state).contains("100 KB") && notice(&state).contains("nothing was sent"), "{}", notice(&state));
    assert!(state.window.overlay().is_none(), "nothing lies over the Webhooks view");
}

#[test]
fn two_deliveries_are_compared_by_their_paths() {
    let mut state = open();
    press(&mut state, key('='));
    assert!(state.webhooks.compared.is_none());
    press(&mut state, key('m'));
    press(&mut state, key('m'));
    assert!(state.webhooks.marked.is_none());
    press(&mut state, key('m'));
    handle_action(&mut state, Action::Down);
    read(&mut state, "{\"a\":1}");
    press(&mut state, key('='));
    let compared = state.webhooks.compared.as_ref().unwrap();
    assert_eq!((compared.left, compared.right), (DeliveryId(40), DeliveryId(39)));
    let change = Change { path: ".a".into(), removed: None, added: Some("1".into()) };
    assert_eq!(compared.changes.as_ref().unwrap().told, [change]);
    press(&mut state, Key::plain(Code::Esc));
    assert!(state.webhooks.compared.is_none());
}

#[test]
fn a_delivery_leads_to_its_conversation() {
    let mut state = open();
    press(&mut state, key('o'));
    assert_eq!(
        (state.window.view, notice(&state)),
        (ViewKind::Webhooks, "That delivery belongs to no conversation.")
    );
    let conversation = ConversationId::new("c1");
    let brought = DeliveryRow {
        conversation: Some(conversation.clone()),
        message: Some(MessageId::new("m2")),
        channel: ChannelName::new("flow"),
        ..row(50)
    };
    handle_event(&mut state, WebhookEvent::Came(vec![brought.clone()]));
    press(&mut state, key('o'));
    assert_eq!((state.window.view, state.channel().open_id()), (ViewKind::Chat, Some(&conversation)));
    let past = |seq: i64, id: &str| {
        let message = Message {
            id: MessageId::new(id),
            role: Role::Assistant,
            text: id.into(),
            created_at: Moment::default(),
            extras: Extras::default(),
        };
        HistoryEntry::new(seq, message, false, None, None)
    };
    let history = vec![past(1, "m1"), past(2, "m2"), past(3, "m3")];
    let ticket = state.channel().chat.ticket;
    update(
        &mut state,
        Event::Open(ChannelEvent::Stored(ticket, Box::new(Stored { history, ..Stored::default() }))),
        now(),
    );
    let item = state.channel().chat.history[1].key;
    assert_eq!(state.channel().chat.scroll, Scroll::At(Anchor { item, row: 0 }));
    // And back from there.
    update(
        &mut state,
        Event::Measured(Measured { top: Some(Anchor { item, row: 0 }), ..Measured::default() }),
        now(),
    );
    state.channel_mut().chat.scroll = Scroll::At(Anchor { item, row: 0 });
    let effects = press(&mut state, key('w'));
    let find =
        WebhookEffect::FindDelivery { conversation: conversation.clone(), message: Some(MessageId::new("m2")) };
    assert_eq!(effects, [Effect::Webhooks(find)]);
    handle_event(&mut state, WebhookEvent::Came(vec![row(51)]));
    handle_event(&mut state, WebhookEvent::FoundDelivery(Some(DeliveryId(50))));
    assert_eq!((state.window.view, selected(&state)), (ViewKind::Webhooks, 50));
    // Another channel's conversation opens the channel with it.
    handle_event(
        &mut state,
        WebhookEvent::Came(vec![DeliveryRow { channel: ChannelName::new("lookups"), ..brought }]),
    );
    press(&mut state, key('o'));
    assert_eq!((state.window.view, &state.channel().info.name), (ViewKind::Chat, &ChannelName::new("lookups")));
    assert_eq!(state.channel().open_id(), Some(&conversation));
}

#[test]
fn a_delivery_that_the_list_does_not_reach_to_is_read_all_the_same() {
    let mut state = blank();
    let effects = handle_event(&mut state, WebhookEvent::FoundDelivery(Some(DeliveryId(150))));
    assert!(effects.contains(&Effect::Webhooks(WebhookEffect::Open(DeliveryId(150)))));
    let (ticket, _) = page_of(&effects).unwrap();
    let effects = handle_event(&mut state, WebhookEvent::Page { ticket, rows: rows(301..=500), end: false });
    let (ticket, before) = page_of(&effects).unwrap();
    assert_eq!((before, selected(&state)), (Some(DeliveryId(301)), 150));
    handle_event(&mut state, WebhookEvent::Page { ticket, rows: rows(101..=300), end: false });
    assert_eq!((state.webhooks.seek, state.webhooks.list.selected), (None, Some(DeliveryId(150))));
    handle_event(&mut state, WebhookEvent::FoundDelivery(None));
    assert_eq!(notice(&state), "No webhook brought this message.");
}

#[test]
fn the_filter_and_the_url_are_edited_as_any_line() {
    let mut state = open();
    press(&mut state, key('/'));
    assert_edits(&mut state, |state| &state.webhooks.list.filter, now());
    press(&mut state, Key::plain(Code::Esc));
    press(&mut state, key('u'));
    assert_edits(&mut state, url, now());
}

fn url(state: &State) -> &LineInput {
    match &state.webhooks.overlay {
        Some(Overlay::Prompt { text, .. }) => text,
        other => panic!("{other:?}"),
    }
}
