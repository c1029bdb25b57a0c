//! What kind of place has the keys: whether it lies over the rest, and whether letters are text there.

use super::Context;

/// Whether it lies over the rest, so that what works everywhere is of no use there.
pub const fn lies_over(context: Context) -> bool {
    matches!(
        context,
        Context::Help
            | Context::Palette
            | Context::KeyTest
            | Context::Channels
            | Context::Themes
            | Context::Hooks
            | Context::ReplayUrl
            | Context::Confirm
            | Context::RowName
            | Context::Review
            | Context::Conflict
            | Context::Journal
            | Context::Interval
            | Context::DeleteSource
            | Context::Discard
            | Context::Results
            | Context::Leave
            | Context::CopyMenu
            | Context::Links
            | Context::Message
            | Context::Export
            | Context::ExportPath
            | Context::Replacing
            | Context::Gathering
            | Context::ImportPath
            | Context::ImportName
            | Context::Transferred
            | Context::SavedSearches
            | Context::SearchName
            | Context::RunSuites
            | Context::DeskPrompt
            | Context::NewCase
            | Context::NewSuite
            | Context::Replies
            | Context::ReplyPlace
    )
}

/// Whether plain characters are text there.
pub const fn takes_text(context: Context) -> bool {
    matches!(
        context,
        Context::Composer
            | Context::Filter
            | Context::Attach
            | Context::Channels
            | Context::Help
            | Context::Palette
            | Context::WebhookFilter
            | Context::CallFilter
            | Context::SuiteFilter
            | Context::Answer
            | Context::ReplayUrl
            | Context::RowFilter
            | Context::RowEditor
            | Context::RowSearch
            | Context::RowName
            | Context::DeleteSource
            | Context::SearchHere
            | Context::ExportPath
            | Context::ImportPath
            | Context::ImportName
            | Context::SearchLine
            | Context::SearchName
            | Context::InboxFilter
            | Context::DeskPrompt
            | Context::NewCase
            | Context::NewSuite
            | Context::Replies
            | Context::ReplyPlace
    )
}
