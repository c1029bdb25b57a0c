//! Twelve faults that are planted on purpose, one at a time, to prove that the tests which should see them do: a test of kills
//! that is green proves nothing until it has been red. Each stands as one hook where the fault would be made, and
//! `tests/planted.rs` plants one after the other.
//!
//! This file and every hook are only there with the feature `planted`, which no default, no build of the program and no other
//! test has: without it nothing of them is compiled, and nothing reads the variable of the environment. It stands in the
//! domain since every room has a hook, and all rooms stand on this one.

/// What names the fault that is planted.
const VARIABLE: &str = "PATCHCORD_PLANTED";

macro_rules! faults {
    ($($(#[doc = $doc:literal])+ $fault:ident = $name:literal,)+) => {
        /// A fault that can be planted.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum PlantedFault {
            $($(#[doc = $doc])+ $fault,)+
        }

        impl PlantedFault {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$fault),+];

            /// Its word in the environment.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$fault => $name,)+
                }
            }
        }
    };
}

faults! {
    /// A webhook is acknowledged before it is on the disk.
    AckBeforeCommit = "ack-before-commit",
    /// A message of which nobody knows whether it arrived is sent again.
    ResendUnknown = "resend-unknown",
    /// Text of somebody else's is shown as it came.
    RawText = "raw-text",
    /// A CR at the end of a piece of a stream is forgotten, so that the LF behind it is a line of its own.
    NoHeldCr = "no-held-cr",
    /// A signature is compared with that of the body as it would be written again.
    SignatureOverJson = "signature-over-json",
    /// An answer goes wherever a request says.
    FollowLink = "follow-link",
    /// A redirect is followed, with the key.
    FollowRedirect = "follow-redirect",
    /// A message is claimed in the outbox once it has left.
    OutboxAfterBytes = "outbox-after-bytes",
    /// What came before is filed again.
    StoredTwice = "stored-twice",
    /// An answer is posted whatever the time.
    LateAnswer = "late-answer",
    /// A secret header stands in the log.
    SecretInLog = "secret-in-log",
    /// A commit doesn't wait for the disk.
    NoSync = "no-sync",
}

impl PlantedFault {
    /// Whether it is the one that is planted.
    pub fn is_planted(self) -> bool {
        std::env::var(VARIABLE).is_ok_and(|name| name == self.name())
    }
}
