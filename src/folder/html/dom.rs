//! The tree of a page's elements and texts, in one arena: built by [`super::parse`], read by the rest.

use html5ever::{Attribute, QualName};

/// A node's place in its tree.
pub(super) type Id = usize;

/// A page. The first node is its root.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) nodes: Vec<TreeNode>,
}

#[derive(Debug)]
pub(super) struct TreeNode {
    pub(super) parent: Option<Id>,
    pub(super) children: Vec<Id>,
    pub(super) data: Data,
}

#[derive(Debug)]
pub(super) enum Data {
    Root,
    Text(String),
    Element(Element),
    /// A comment or an instruction.
    Other,
}

#[derive(Debug)]
pub(super) struct Element {
    pub(super) name: QualName,
    pub(super) attrs: Vec<Attribute>,
    /// Where a `<template>` keeps what stands in it.
    pub(super) template: Option<Id>,
}

impl Tree {
    /// Its root.
    pub(super) const ROOT: Id = 0;

    pub(super) fn children(&self, id: Id) -> &[Id] {
        &self.nodes[id].children
    }

    /// What a text node says.
    pub(super) fn text(&self, id: Id) -> Option<&str> {
        match &self.nodes[id].data {
            Data::Text(text) => Some(text),
            _ => None,
        }
    }

    /// An element's name in lower case, or nothing for what is no element.
    pub(super) fn name(&self, id: Id) -> &str {
        match &self.nodes[id].data {
            Data::Element(element) => &element.name.local,
            _ => "",
        }
    }

    /// An attribute's value.
    pub(super) fn attr(&self, id: Id, name: &str) -> Option<&str> {
        let Data::Element(element) = &self.nodes[id].data else { return None };
        element.attrs.iter().find(|attr| &*attr.name.local == name).map(|attr| &*attr.value)
    }

    /// Its classes.
    pub(super) fn classes(&self, id: Id) -> impl Iterator<Item = &str> {
        self.attr(id, "class").unwrap_or_default().split_ascii_whitespace()
    }

    pub(super) fn has_class(&self, id: Id, any: &[&str]) -> bool {
        self.classes(id).any(|class| any.contains(&class))
    }

    /// The elements among its children.
    pub(super) fn elements(&self, id: Id) -> impl Iterator<Item = Id> {
        self.children(id).iter().copied().filter(|child| !self.name(*child).is_empty())
    }

    /// What stands below it, itself left out, in the page's order.
    pub(super) fn below(&self, id: Id) -> impl Iterator<Item = Id> {
        let mut open: Vec<Id> = self.children(id).iter().rev().copied().collect();
        std::iter::from_fn(move || {
            let next = open.pop()?;
            open.extend(self.children(next).iter().rev());
            Some(next)
        })
    }

    /// What stands around it, the nearest first.
    pub(super) fn around(&self, id: Id) -> impl Iterator<Item = Id> {
        std::iter::successors(self.nodes[id].parent, |id| self.nodes[*id].parent)
    }

    /// All text below it, as it stands.
    pub(super) fn all_text(&self, id: Id) -> String {
        self.below(id).filter_map(|id| self.text(id)).collect()
    }

    /// Whether it holds an element of that name.
    pub(super) fn holds(&self, id: Id, name: &str) -> bool {
        self.below(id).any(|id| self.name(id) == name)
    }

    /// Whether no character but those stands below it.
    pub(super) fn says_only(&self, id: Id, of: fn(char) -> bool) -> bool {
        self.below(id).filter_map(|id| self.text(id)).all(|text| text.chars().all(of))
    }
}
