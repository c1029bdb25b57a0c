//! Identifiers, one type each, so that a message's id is never taken for a conversation's. All are opaque text.

use std::fmt;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// Takes the text as it is.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text, as the platform or the config file gave it: untrusted, so never drawn as it is.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(
    /// A configured channel's name, unique in the config file.
    ChannelName
);
id!(
    /// A conversation's id: the platform's own, or one that the program made where the platform has none.
    ConversationId
);
id!(
    /// A message's id as the platform gave it.
    MessageId
);
/// What stands before an id that the program made.
const MADE: &str = "made-";

impl MessageId {
    /// An id for a message that its platform gave none, of something that tells it from others.
    pub fn made(of: &str) -> Self {
        Self(format!("{MADE}{of}"))
    }

    /// Whether the program made it: the platform knows no place by it.
    pub fn is_made(&self) -> bool {
        self.0.starts_with(MADE)
    }
}

id!(
    /// The outbox's own id of one sent message and its reply; a version 7 UUID, so it sorts by time.
    TurnId
);
id!(
    /// A data request's id: the program's own.
    RequestId
);
id!(
    /// A data source's id as the platform gave it.
    SourceId
);
id!(
    /// A row's id as the platform gave it.
    RowId
);
id!(
    /// A staged change's id: the program's own, a version 7 UUID, so it sorts by time.
    ChangeId
);
