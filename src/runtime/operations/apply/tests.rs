//! Tests of the room.

use crate::domain::{Change, ChangeId, ChangeState, ChannelName, Edit, RowId, SourceId, Timestamp, Version};

pub(super) fn version(name: &str, content: &str) -> Version {
    Version { name: name.to_owned(), content: content.to_owned() }
}

pub(super) fn change(id: &str, row: Option<&str>, edit: Edit) -> Change {
    Change {
        id: ChangeId::new(id),
        channel: ChannelName::new("docs"),
        source: SourceId::new("s"),
        row: row.map(RowId::new),
        base: None,
        label: String::new(),
        edit,
        state: ChangeState::Staged,
        at: Timestamp::from_millis(1_700_000_000_000),
    }
}
