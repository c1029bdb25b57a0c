//! Lists, with their numbers and their tasks' ticks.

use super::dom::{Id, Tree};
use super::model::{Block, HtmlList, ListItem};
use super::reader::TreeReader;

/// The highest number an item may have.
const HIGHEST: u64 = 999_999_999;

pub(super) fn read(reader: &mut TreeReader, id: Id) {
    reader.flush();
    let tree = reader.tree;
    let numbered = tree.name(id) == "ol";
    let mut list = HtmlList { numbered, items: Vec::new() };
    let items = || tree.elements(id).filter(|id| tree.name(*id) == "li");
    let reversed = tree.attr(id, "reversed").is_some();
    let first = tree.attr(id, "start").and_then(|start| start.trim().parse::<i64>().ok());
    let count = i64::try_from(items().count()).unwrap_or(i64::MAX);
    let mut number = first.unwrap_or(if reversed { count } else { 1 });
    let mut loose = Vec::new();
    for child in tree.children(id) {
        if tree.name(*child) != "li" {
            loose.push(*child);
            continue;
        }
        stray(reader, &mut list, &mut loose, number);
        if let Some(value) = tree.attr(*child, "value").and_then(|value| value.trim().parse().ok()) {
            number = value;
        }
        let blocks = reader.apart(|reader| reader.children(*child));
        let tick = tick(tree, *child);
        if !blocks.is_empty() || tick.is_some() {
            list.items.push(ListItem { number: item_number(number), tick, blocks });
        }
        number = if reversed { number.saturating_sub(1) } else { number.saturating_add(1) };
    }
    stray(reader, &mut list, &mut loose, number);
    if !list.items.is_empty() {
        reader.blocks.push(Block::List(list));
    }
}

fn item_number(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0).min(HIGHEST)
}

/// What stands in a list and in no item belongs to the item before it: a list within a list, most often.
fn stray(reader: &mut TreeReader, list: &mut HtmlList, loose: &mut Vec<Id>, number: i64) {
    let blocks = reader.apart(|reader| std::mem::take(loose).into_iter().for_each(|id| reader.node(id)));
    match list.items.last_mut() {
        _ if blocks.is_empty() => {}
        Some(item) => item.blocks.extend(blocks),
        None => list.items.push(ListItem { number: item_number(number), tick: None, blocks }),
    }
}

/// Whether a task is done, where the item is one: a box to tick stands before its words.
fn tick(tree: &Tree, item: Id) -> Option<bool> {
    let mut at = item;
    loop {
        let first =
            tree.children(at).iter().copied().find(|id| {
                tree.text(*id).is_some_and(|text| !text.trim().is_empty()) || !tree.name(*id).is_empty()
            })?;
        match tree.name(first) {
            "input" => {
                // A box that opens a menu is no task.
                let toggles = |class: &str| class.contains("toggle") || class.contains("nav");
                let in_menu = tree.around(item).any(|id| tree.name(id) == "nav");
                let is_box = tree.attr(first, "type").is_some_and(|kind| kind.eq_ignore_ascii_case("checkbox"));
                let is_task = is_box && !in_menu && !tree.classes(first).any(toggles);
                return is_task.then(|| tree.attr(first, "checked").is_some());
            }
            "p" | "label" | "span" | "div" => at = first,
            _ => return None,
        }
    }
}
