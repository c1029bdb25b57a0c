//! Where a message of Eko's belongs, and the conversation's id that is made of it. Eko has no conversations of its own.

use crate::domain::ConversationId;

/// A person, or a topic of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum EkoConversation {
    /// The talk with one person.
    User(String),
    /// A topic; an empty one is the group's main talk.
    Topic {
        /// The group.
        group: String,
        /// The topic.
        topic: String,
    },
}

impl EkoConversation {
    /// The id that stands for it: `u:USER`, or `g:GROUP:TOPIC`.
    pub(super) fn id(&self) -> ConversationId {
        ConversationId::new(match self {
            Self::User(user) => format!("u:{}", escape(user)),
            Self::Topic { group, topic } => format!("g:{}:{}", escape(group), escape(topic)),
        })
    }

    /// The place that an id stands for; none where it isn't one of [`EkoConversation::id`].
    pub(super) fn read(id: &ConversationId) -> Option<Self> {
        let mut parts = id.as_str().split(':');
        let place = match (parts.next()?, parts.next()?, parts.next()) {
            ("u", user, None) => Self::User(unescape(user).filter(|user| !user.is_empty())?),
            ("g", group, Some(topic)) => {
                Self::Topic { group: unescape(group).filter(|group| !group.is_empty())?, topic: unescape(topic)? }
            }
            _ => return None,
        };
        parts.next().is_none().then_some(place)
    }
}

fn escape(part: &str) -> String {
    part.replace('%', "%25").replace(':', "%3A")
}

/// None where there is a `%` that [`escape`] does not write.
fn unescape(part: &str) -> Option<String> {
    let mut pieces = part.split('%');
    let mut out = pieces.next()?.to_owned();
    for piece in pieces {
        let (code, rest) = piece.split_at_checked(2)?;
        out.push(match code {
            "25" => '%',
            "3A" => ':',
            _ => return None,
        });
        out.push_str(rest);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ids_are_as_the_contract_has_them() {
        assert_eq!(EkoConversation::User("5c:1%".to_owned()).id().as_str(), "u:5c%3A1%25");
        let topic = |topic: &str| EkoConversation::Topic { group: "g1".to_owned(), topic: topic.to_owned() }.id();
        assert_eq!([topic("t1").as_str(), topic("").as_str()], ["g:g1:t1", "g:g1:"]);
    }

    #[test]
    fn what_is_no_place_is_none() {
        for bad in [
            "", "u", "u:", "g:", "g:a", "g::t", "g:a:b:c", "u:a:b", "x:a", "U:a", "u:%", "u:%2", "u:%3a", "u:%é1",
            "a",
        ] {
            assert_eq!(EkoConversation::read(&ConversationId::new(bad)), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn every_place_is_read_back(first in ".+", second in ".*") {
            for place in [EkoConversation::User(first.clone()), EkoConversation::Topic { group: first.clone(), topic: second.clone() }] {
                prop_assert_eq!(EkoConversation::read(&place.id()), Some(place));
            }
        }

        #[test]
        fn what_is_read_is_written_the_same(id in "[ug]:[a%:253A]{0,9}") {
            let id = ConversationId::new(id);
            if let Some(place) = EkoConversation::read(&id) {
                prop_assert_eq!(place.id(), id);
            }
        }
    }
}
