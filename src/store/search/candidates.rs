//! Messages that may be found, the newest first, as the index gives them: of its segments only those are read whose turn has
//! come.

use std::collections::BinaryHeap;

use rusqlite::Connection;

use super::docset::DocSet;
use super::plan::SearchPlan;
use super::segment::{EntryReader, Segment, segments};
use super::terms::LONG;
use crate::store::error::StoreError;

/// A message that may be found: its number and its row, as the index knows them.
pub(super) type NumberAndRow = (i64, i64);

/// All that may be found.
pub(super) struct Candidates<'a> {
    conn: &'a Connection,
    plan: &'a SearchPlan,
    /// Segments that were not read yet, that with the newest message last.
    closed: Vec<Segment>,
    open: Vec<OpenSegment>,
    /// The next of each open one.
    next: BinaryHeap<(NumberAndRow, usize)>,
    last: Option<NumberAndRow>,
}

struct OpenSegment {
    segment: Segment,
    docs: DocSet,
    reader: EntryReader,
    /// Those before this place are left.
    before: usize,
}

impl<'a> Candidates<'a> {
    /// Those of a plan.
    pub(super) fn new(conn: &'a Connection, plan: &'a SearchPlan) -> Result<Self, StoreError> {
        let mut closed = segments(conn)?;
        closed.retain(|segment| segment.newest >= plan.from && segment.oldest <= plan.to);
        closed.sort_unstable_by_key(|segment| segment.newest);
        Ok(Self { conn, plan, closed, open: Vec::new(), next: BinaryHeap::new(), last: None })
    }

    /// The next of them; each once.
    pub(super) fn next(&mut self) -> Result<Option<NumberAndRow>, StoreError> {
        loop {
            let first = self.next.peek().map(|((number, _), _)| *number);
            if let Some(segment) = self.closed.pop_if(|closed| first.is_none_or(|first| closed.newest >= first)) {
                let docs = self.docs_of(&segment)?;
                self.open.push(OpenSegment { before: segment.docs, segment, docs, reader: EntryReader::default() });
                self.advance(self.open.len() - 1)?;
                continue;
            }
            let Some((next, at)) = self.next.pop() else { return Ok(None) };
            self.advance(at)?;
            // One that changed and kept its place stands in the index as often.
            if self.last.replace(next) != Some(next) {
                return Ok(Some(next));
            }
        }
    }

    fn advance(&mut self, at: usize) -> Result<(), StoreError> {
        let Some(open) = self.open.get_mut(at) else { return Ok(()) };
        if let Some(doc) = open.docs.last_before(open.before) {
            open.before = doc;
            self.next.push((open.reader.read(self.conn, &open.segment, doc)?, at));
        } else {
            // What it took is given back.
            open.before = 0;
            open.docs = DocSet::none(0);
            open.reader = EntryReader::default();
        }
        Ok(())
    }

    /// Those of a segment that may be found.
    fn docs_of(&self, segment: &Segment) -> Result<DocSet, StoreError> {
        let (conn, plan) = (self.conn, self.plan);
        let mut docs = self.in_time(segment)?;
        let (of_text, others): (Vec<_>, Vec<_>) = plan.clauses.iter().partition(|clause| clause.of_text);
        for clauses in [&of_text, &others] {
            let all = docs.clone();
            for clause in clauses {
                let mut some = DocSet::none(segment.docs);
                for terms in &clause.any {
                    segment.lists(conn, terms, |list| some.insert_list(list))?;
                }
                docs.intersect(&some);
                if docs.is_empty() {
                    break;
                }
            }
            if clauses.iter().any(|clause| clause.of_text) {
                let mut long = DocSet::none(segment.docs);
                segment.lists(conn, &(LONG..=LONG), |list| long.insert_list(list))?;
                long.intersect(&all);
                docs.unite(&long);
            }
            if docs.is_empty() {
                return Ok(docs);
            }
        }
        if let Some(asked) = &plan.conversations {
            let mut conversations = Vec::with_capacity(segment.docs);
            segment.conversations(conn, |conversation| conversations.push(conversation))?;
            docs.retain(|doc| conversations.get(doc).is_some_and(|conversation| asked.has(*conversation)));
        }
        Ok(docs)
    }

    /// Those of a segment whose time is asked for.
    fn in_time(&self, segment: &Segment) -> Result<DocSet, StoreError> {
        let mut reader = EntryReader::default();
        // The first that has at least this number.
        let mut first = |number: i64| {
            let (mut from, mut to) = (0, segment.docs);
            while from < to {
                let middle = from.midpoint(to);
                if reader.read(self.conn, segment, middle)?.0 < number { from = middle + 1 } else { to = middle }
            }
            Ok::<_, StoreError>(from)
        };
        let from = if segment.oldest < self.plan.from { first(self.plan.from)? } else { 0 };
        let to = if segment.newest > self.plan.to { first(self.plan.to.saturating_add(1))? } else { segment.docs };
        Ok(DocSet::range(segment.docs, from, to))
    }
}
