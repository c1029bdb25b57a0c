//! A page's bytes as a tree, by the rules browsers read by. Bounded: a page is given up that nests too deep, has too many
//! elements for its length, or takes too long.

use std::borrow::Cow;
use std::cell::{Cell, Ref, RefCell};
use std::time::{Duration, Instant};

use html5ever::tendril::{StrTendril, TendrilSink as _};
use html5ever::tree_builder::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::{Attribute, ParseOpts, QualName, parse_document};

use super::PageError;
use super::dom::{Data, Element, Id, Tree, TreeNode};

/// So much is read before what became of it is looked at, in bytes: what a crooked page costs grows with the square of it.
const STEP: usize = 4 << 10;
/// So many nodes come of a byte at most, and as many of a short page besides: a page's own tags never make that many.
const NODES_A_BYTE: usize = 4;
const NODES: usize = 4_096;

/// How much of a page is borne.
#[derive(Debug, Clone, Copy)]
pub(super) struct PageLimits {
    /// So deep are its tags at most.
    pub(super) depth: usize,
    /// So long does reading it take.
    pub(super) time: Duration,
}

/// The page's tree.
pub(super) fn parse(page: &str, limits: PageLimits) -> Result<Tree, PageError> {
    let started = Instant::now();
    // As people see it: with scripts, so that what stands in for them is none of the page.
    let options = ParseOpts::default();
    let mut parser = parse_document(TreeBuilder::default(), options);
    let mut rest = page;
    while !rest.is_empty() {
        let (step, after) = rest.split_at(rest.floor_char_boundary(STEP.min(rest.len())));
        parser.process(StrTendril::from(step));
        rest = after;
        let sink = &parser.tokenizer.sink.sink;
        if sink.deepest.get() > limits.depth {
            return Err(PageError::Deep(limits.depth));
        }
        if sink.nodes.borrow().len() > NODES + page.len() * NODES_A_BYTE {
            return Err(PageError::Crooked);
        }
        if started.elapsed() > limits.time {
            return Err(PageError::Slow(limits.time.as_secs()));
        }
    }
    let tree = parser.finish();
    // Elements are moved while a page is read, and with them what stands in them.
    if deepest(&tree) > limits.depth {
        return Err(PageError::Deep(limits.depth));
    }
    Ok(tree)
}

fn deepest(tree: &Tree) -> usize {
    let (mut open, mut most) = (vec![(Tree::ROOT, 0)], 0);
    while let Some((id, depth)) = open.pop() {
        most = most.max(depth);
        open.extend(tree.children(id).iter().map(|child| (*child, depth + 1)));
    }
    most
}

/// Takes what the parser finds.
struct TreeBuilder {
    nodes: RefCell<Vec<TreeNode>>,
    deepest: Cell<usize>,
}

impl Default for TreeBuilder {
    fn default() -> Self {
        let root = TreeNode { parent: None, children: Vec::new(), data: Data::Root };
        Self { nodes: RefCell::new(vec![root]), deepest: Cell::new(0) }
    }
}

impl TreeBuilder {
    fn add(&self, data: Data) -> Id {
        let mut nodes = self.nodes.borrow_mut();
        nodes.push(TreeNode { parent: None, children: Vec::new(), data });
        nodes.len() - 1
    }

    /// Where a child stands. From the end: the parser moves what it has just put.
    fn place(&self, id: Id) -> Option<(Id, usize)> {
        let nodes = self.nodes.borrow();
        let parent = nodes[id].parent?;
        Some((parent, nodes[parent].children.iter().rposition(|child| *child == id)?))
    }

    fn insert(&self, parent: Id, at: usize, child: NodeOrText<Id>) {
        let id = match child {
            NodeOrText::AppendText(text) => {
                let mut nodes = self.nodes.borrow_mut();
                let before = at.checked_sub(1).map(|before| nodes[parent].children[before]);
                if let Some(before) = before
                    && let Data::Text(said) = &mut nodes[before].data
                {
                    said.push_str(&text);
                    return;
                }
                drop(nodes);
                self.add(Data::Text(text.to_string()))
            }
            NodeOrText::AppendNode(id) => id,
        };
        let mut nodes = self.nodes.borrow_mut();
        nodes[id].parent = Some(parent);
        nodes[parent].children.insert(at, id);
        let depth = std::iter::successors(Some(id), |id| nodes[*id].parent).take(2 * 1_024).count();
        self.deepest.set(self.deepest.get().max(depth - 1));
    }
}

impl TreeSink for TreeBuilder {
    type Handle = Id;
    type Output = Tree;
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) -> Tree {
        Tree { nodes: self.nodes.into_inner() }
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> Id {
        Tree::ROOT
    }

    fn elem_name<'a>(&'a self, target: &'a Id) -> Ref<'a, QualName> {
        Ref::map(self.nodes.borrow(), |nodes| match &nodes[*target].data {
            Data::Element(element) => &element.name,
            _ => unreachable!("the parser asks elements alone for their names"),
        })
    }

    fn create_element(&self, name: QualName, attrs: Vec<Attribute>, flags: ElementFlags) -> Id {
        let template = flags.template.then(|| self.add(Data::Root));
        self.add(Data::Element(Element { name, attrs, template }))
    }

    fn create_comment(&self, _: StrTendril) -> Id {
        self.add(Data::Other)
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Id {
        self.add(Data::Other)
    }

    fn append(&self, parent: &Id, child: NodeOrText<Id>) {
        let end = self.nodes.borrow()[*parent].children.len();
        self.insert(*parent, end, child);
    }

    fn append_based_on_parent_node(&self, element: &Id, before: &Id, child: NodeOrText<Id>) {
        if self.nodes.borrow()[*element].parent.is_some() {
            self.append_before_sibling(element, child);
        } else {
            self.append(before, child);
        }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    fn get_template_contents(&self, target: &Id) -> Id {
        match &self.nodes.borrow()[*target].data {
            Data::Element(Element { template: Some(content), .. }) => *content,
            _ => *target,
        }
    }

    fn same_node(&self, a: &Id, b: &Id) -> bool {
        a == b
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &Id, child: NodeOrText<Id>) {
        if let NodeOrText::AppendNode(id) = &child {
            self.remove_from_parent(id);
        }
        if let Some((parent, at)) = self.place(*sibling) {
            self.insert(parent, at, child);
        }
    }

    fn add_attrs_if_missing(&self, target: &Id, attrs: Vec<Attribute>) {
        if let Data::Element(element) = &mut self.nodes.borrow_mut()[*target].data {
            for attr in attrs {
                if !element.attrs.iter().any(|has| has.name == attr.name) {
                    element.attrs.push(attr);
                }
            }
        }
    }

    fn remove_from_parent(&self, target: &Id) {
        if let Some((parent, at)) = self.place(*target) {
            let mut nodes = self.nodes.borrow_mut();
            nodes[parent].children.remove(at);
            nodes[*target].parent = None;
        }
    }

    fn reparent_children(&self, node: &Id, new_parent: &Id) {
        let mut nodes = self.nodes.borrow_mut();
        let children = std::mem::take(&mut nodes[*node].children);
        for child in &children {
            nodes[*child].parent = Some(*new_parent);
        }
        nodes[*new_parent].children.extend(children);
    }

    fn is_mathml_annotation_xml_integration_point(&self, _: &Id) -> bool {
        false
    }
}
