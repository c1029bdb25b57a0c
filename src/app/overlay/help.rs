//! The keys, from those of what had the keys when they were asked for: narrowed by what is typed.

use crate::app::keymap::{Bound, Context, Keymap};
use crate::app::line_input::LineInput;
use crate::app::view::ViewKind;
use crate::domain::FuzzyFilter;

/// The keys, while they are shown.
#[derive(Debug, Clone, Default)]
pub struct HelpSheet {
    /// The first row shown.
    pub top: u16,
    /// What was typed to narrow them.
    pub filter: LineInput,
    /// Who had the keys, the innermost first.
    pub here: Vec<Context>,
}

impl HelpSheet {
    /// What is shown: each context with its rows, those of what had the keys first, then what works everywhere, then the
    /// rest of the view, then all others. With a filter those rows alone that have what was typed.
    pub fn sections<'k>(&self, keymap: &'k Keymap, view: ViewKind) -> Vec<(Context, Vec<&'k Bound>)> {
        let mut order: Vec<Context> = Vec::new();
        let rest = Context::ALL.into_iter();
        let (of_view, others): (Vec<_>, Vec<_>) = rest.partition(|(of, _)| *of == view);
        let all = of_view.into_iter().chain(others).map(|(_, context)| context);
        for context in self.here.iter().copied().chain([Context::Everywhere]).chain(all) {
            if !order.contains(&context) {
                order.push(context);
            }
        }
        let filter = FuzzyFilter::new(&self.filter);
        let shown = |literal: bool| -> Vec<(Context, Vec<&'k Bound>)> {
            let sections = order.iter().map(|context| {
                let rows = keymap.rows_in(*context).filter(|row| !row.binding.help.is_empty());
                (*context, rows.filter(|row| matches(&filter, *context, row, literal)).collect())
            });
            sections.filter(|(_, rows): &(Context, Vec<&Bound>)| !rows.is_empty()).collect()
        };
        let found = shown(true);
        // What is merely near stands where nothing has the words.
        if found.is_empty() { shown(false) } else { found }
    }
}

/// Whether a row has what was typed: in its keys, its words, its name or its heading.
fn matches(filter: &FuzzyFilter, context: Context, row: &Bound, literal: bool) -> bool {
    if filter.is_empty() {
        return true;
    }
    let (keys, name) = (row.spelt(" "), row.binding.action.name());
    // A key alone is meant as it is spelt: `g` is none of the words with a g.
    if row.keys.iter().any(|keys| keys.to_string() == filter.typed()) {
        return true;
    }
    let text = format!("{} {name} {keys} {}", row.binding.help, context.title());
    if literal { filter.rank_literally(&text) } else { filter.rank(&text) }.is_some()
}
