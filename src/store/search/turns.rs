//! What the outbox says that no history has: turns and replies as what a search finds.

use crate::domain::{
    Attach, Attachment, Extras, Finish, Hit, HitCursor, HitPlace, Message, MessageId, Moment, Role, Turn,
};

/// What a turn says, unless the history has it; and whether it failed.
pub(super) fn turn_hit(turn: &Turn, title: &str) -> Option<(Hit, bool)> {
    if turn.message_id.is_some() {
        return None;
    }
    let attachments = turn.attach.iter().filter_map(|attach| {
        let url = match attach {
            Attach::Path(path) => path.to_string_lossy().into_owned(),
            Attach::Url(url) => url.clone(),
            Attach::Offer(_) => return None,
        };
        Some(Attachment { url, offset: None, name: None })
    });
    let extras = Extras { attachments: attachments.collect(), ..Extras::default() };
    let place = HitPlace::Turn(turn.id.clone());
    Some((local_hit(turn, title, place, Role::User, &turn.text, extras), turn.failure.is_some()))
}

/// The reply to a turn, unless the history has it; and whether it was cut off.
pub(super) fn reply_hit(turn: &Turn, title: &str) -> Option<(Hit, bool)> {
    let reply = turn.reply.as_ref().filter(|reply| reply.message_id.is_none() && !reply.text.is_empty())?;
    let place = HitPlace::Reply(turn.id.clone());
    let hit = local_hit(turn, title, place, Role::Assistant, &reply.text, Extras::default());
    Some((hit, reply.finish == Some(Finish::Cut)))
}

fn local_hit(turn: &Turn, title: &str, place: HitPlace, role: Role, text: &str, extras: Extras) -> Hit {
    let state = matches!(place, HitPlace::Turn(_)).then_some(turn.state);
    Hit {
        channel: turn.channel.clone(),
        conversation: turn.conversation.clone(),
        title: title.to_owned(),
        place,
        message: Message {
            id: MessageId::new(turn.id.as_str()),
            role,
            text: text.to_owned(),
            created_at: Moment::at(turn.created),
            extras,
        },
        ours: true,
        state,
        cursor: HitCursor(0),
    }
}
