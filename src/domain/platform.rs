//! The five services, and what stands for one where there is none.

/// One of the five services that the program speaks to; or none, behind an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Platform {
    /// Chat Thing's API channel (seeds/002).
    ChatThing,
    /// Capacity `KLaunch`'s API medium (seeds/003).
    Klaunch,
    /// Operator (seeds/004).
    Operator,
    /// Eko's bot API (seeds/001).
    Eko,
    /// `OpTech`, now Lorikeet (seeds/000).
    OpTech,
    /// No service: conversations that were imported, and are the store's alone.
    Archive,
}

impl Platform {
    /// The services, in the order of the contract.
    pub const ALL: [Self; 5] = [Self::ChatThing, Self::Klaunch, Self::Operator, Self::Eko, Self::OpTech];

    /// The word that stands in the config file and in JSON.
    pub const fn id(self) -> &'static str {
        match self {
            Self::ChatThing => "chat-thing",
            Self::Klaunch => "klaunch",
            Self::Operator => "operator",
            Self::Eko => "eko",
            Self::OpTech => "optech",
            Self::Archive => "archive",
        }
    }

    /// The service with that id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.id() == id)
    }
}
