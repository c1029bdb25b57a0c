//! Who has the keys in the Sources view, and what they can do there now.

use super::staged::staged_text;
use super::{Shown, Sources, SourcesOverlay, SourcesPane};
use crate::app::action::Action;
use crate::app::keymap::Context;
use crate::domain::{Change, ChangeState, Edit};

impl Sources {
    /// Who has the keys, the innermost first.
    pub fn contexts(&self) -> Vec<Context> {
        if let Some(overlay) = &self.overlay {
            return vec![overlay.context()];
        }
        if let Some(editor) = &self.editor {
            let searches = editor.search.as_ref().is_some_and(|search| search.typing);
            return vec![if searches { Context::RowSearch } else { Context::RowEditor }];
        }
        // What is typed behind the key that opens the editor is text, however long the row takes to be read.
        if self.awaited.as_ref().is_some_and(|awaited| !awaited.outside) {
            return vec![Context::RowEditor];
        }
        if self.filtering {
            return vec![Context::RowFilter];
        }
        let mut contexts = Vec::new();
        if self.job.as_ref().is_some_and(|job| !job.ended && !job.cancelled) {
            contexts.push(Context::Applying);
        }
        if self.pane == SourcesPane::Sources {
            contexts.push(Context::SourceList);
            return contexts;
        }
        if self.pane == SourcesPane::Detail {
            contexts.push(Context::RowDetail);
        }
        if self.selected_change().is_some_and(|c| matches!(c.state, ChangeState::Conflict(_))) {
            contexts.push(Context::Conflicted);
        }
        if self.rows.selected.is_some() {
            contexts.push(Context::RowPicked);
        }
        if self.staged().next().is_some() {
            contexts.push(Context::Staged);
        }
        contexts.push(Context::RowList);
        contexts
    }

    /// Whether an action can do anything in the view as it is; none where that is not the view's to say.
    pub(in crate::app) fn offers(&self, action: Action) -> Option<bool> {
        let offered = match action {
            Action::Sync => self.selected.as_ref().is_some_and(|source| !self.is_syncing(source)),
            Action::Interval | Action::DeleteSource | Action::Journal | Action::Filter | Action::NewRow => {
                self.selected.is_some()
            }
            // In the list of sources it goes to the rows.
            Action::Open => self.filtering || self.selected.is_some(),
            Action::NewSource => !self.making,
            Action::Results => self.job.as_ref().is_some_and(|job| !job.done.is_empty()),
            Action::EditRow | Action::EditRowOutside | Action::RenameRow => {
                self.selected_change().is_none_or(|c| c.state != ChangeState::Applying && c.edit != Edit::Delete)
            }
            Action::Apply => self.staged().any(|c| c.state != ChangeState::Applying),
            Action::ApplyRow => {
                self.editor.as_ref().is_some_and(|e| self.changes.get(&e.change).is_some_and(|c| c.state.is_ready()))
            }
            Action::Discard if self.rows.marked.is_empty() => {
                self.selected_change().is_some_and(|c| c.state != ChangeState::Applying)
            }
            Action::Discard => {
                let mut marked =
                    self.staged().filter(|c| self.rows.marked.contains(&Shown::for_change(c))).peekable();
                marked.peek().is_some() && marked.all(|c| c.state != ChangeState::Applying)
            }
            Action::ShowDifference => self.selected_change().is_some(),
            Action::KeepMine => self.conflict().is_some_and(|c| !is_gone(c) || staged_text_known(c)),
            Action::Merge => self.conflict().is_some_and(can_merge),
            Action::Confirm => return self.confirms(),
            // What works in the editor and in the lists, whatever the channel takes.
            Action::ExternalEditor | Action::Refresh => true,
            // `n` is a new row here.
            Action::NewConversation => false,
            _ => return None,
        };
        Some(offered)
    }

    fn confirms(&self) -> Option<bool> {
        let offered = match self.overlay.as_ref()? {
            SourcesOverlay::Review { changes, .. } => {
                let ready = |id| self.changes.get(id).is_some_and(|c| c.state.is_ready());
                !self.applies() && changes.iter().any(ready)
            }
            SourcesOverlay::Undo(at) => {
                self.undoing.is_none() && self.journal.get(*at).is_some_and(|entry| !entry.undone)
            }
            SourcesOverlay::DeleteSource { asked, text, .. } => text.trim() == asked.as_str(),
            _ => true,
        };
        Some(offered)
    }

    /// The change whose conflict is shown.
    pub fn conflict(&self) -> Option<&Change> {
        match &self.overlay {
            Some(SourcesOverlay::Conflict { change, .. }) => self.changes.get(change),
            _ => None,
        }
    }
}

/// Whether the row of a conflict is gone.
pub(in crate::app) fn is_gone(change: &Change) -> bool {
    change.state == ChangeState::Conflict(None)
}

/// Whether it is known what a row that is gone would say if it were made anew.
fn staged_text_known(change: &Change) -> bool {
    change.edit == Edit::Delete || staged_text(change).is_some()
}

/// Whether there are two texts to join.
pub(in crate::app) fn can_merge(change: &Change) -> bool {
    matches!(change.edit, Edit::Update { content: Some(_), .. })
        && matches!(change.state, ChangeState::Conflict(Some(_)))
}

impl SourcesOverlay {
    const fn context(&self) -> Context {
        match self {
            Self::Review { .. } => Context::Review,
            Self::Conflict { .. } => Context::Conflict,
            Self::Undo(_) => Context::Journal,
            Self::Name { .. } => Context::RowName,
            Self::DeleteSource { .. } => Context::DeleteSource,
            Self::Interval(..) => Context::Interval,
            Self::Discard { .. } => Context::Discard,
            Self::Results(_) => Context::Results,
        }
    }
}
