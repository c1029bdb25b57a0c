//! People, groups and topics of a platform whose bot can look them up and create them (Eko).

/// A person on the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The platform's id: messages go to it.
    pub id: String,
    /// The name that they are looked up by. Untrusted, like the rest.
    pub username: String,
    /// First and last name, as far as the platform tells them.
    pub name: String,
    /// Their address.
    pub email: Option<String>,
    /// Whether the platform says that they are gone.
    pub deleted: bool,
}

/// A group of people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The platform's id.
    pub id: String,
    /// Its name. Untrusted.
    pub name: String,
}

/// A topic within a group: messages go to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// The platform's id.
    pub id: String,
    /// The group's id.
    pub group: String,
    /// Its name. Untrusted.
    pub name: String,
}
