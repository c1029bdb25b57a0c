//! Messages of one segment, as bits; and how a list of them is written: the shorter of two ways.

/// The most messages that a segment can have.
pub(super) const MOST_DOCS: usize = 1 << 15;

/// Some of a segment's messages, by their place in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DocSet {
    words: Vec<u64>,
    docs: usize,
}

impl DocSet {
    /// None of so many.
    pub(super) fn none(docs: usize) -> Self {
        Self { words: vec![0; docs.div_ceil(64)], docs }
    }

    /// Those from one place up to before another.
    pub(super) fn range(docs: usize, from: usize, to: usize) -> Self {
        let mut set = Self::none(docs);
        (from..to.min(docs)).for_each(|doc| set.insert(doc));
        set
    }

    pub(super) fn insert(&mut self, doc: usize) {
        if let Some(word) = self.words.get_mut(doc / 64) {
            *word |= 1 << (doc % 64);
        }
    }

    /// Takes in those of a written list.
    pub(super) fn insert_list(&mut self, list: &[u8]) {
        if list.len() == bitmap_len(self.docs) {
            for (word, bytes) in self.words.iter_mut().zip(list.chunks(8)) {
                let mut whole = [0; 8];
                whole[..bytes.len()].copy_from_slice(bytes);
                *word |= u64::from_le_bytes(whole);
            }
        } else {
            each_gap(list, |doc| self.insert(doc));
        }
    }

    /// Takes in those of another.
    pub(super) fn unite(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word |= other);
    }

    /// Leaves those that another has too.
    pub(super) fn intersect(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word &= other);
    }

    /// Leaves those that are so.
    pub(super) fn retain(&mut self, mut is_so: impl FnMut(usize) -> bool) {
        let mut at = self.docs;
        while let Some(doc) = self.last_before(at) {
            if !is_so(doc)
                && let Some(word) = self.words.get_mut(doc / 64)
            {
                *word &= !(1 << (doc % 64));
            }
            at = doc;
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// The last of them that stands before a place.
    pub(super) fn last_before(&self, place: usize) -> Option<usize> {
        let place = place.min(self.docs);
        let mut at = place / 64;
        let mut word = self.words.get(at).copied().unwrap_or(0) & ((1 << (place % 64)) - 1);
        loop {
            if word != 0 {
                return Some(at * 64 + 63 - usize::try_from(word.leading_zeros()).unwrap_or(0));
            }
            at = at.checked_sub(1)?;
            word = self.words.get(at).copied().unwrap_or(0);
        }
    }
}

/// Bytes of a list that is written as bits: every other list is shorter.
const fn bitmap_len(docs: usize) -> usize {
    docs.div_ceil(8)
}

/// Writes a list of some of so many messages, which stand in order, each once.
pub(super) fn write_list(list: &[u16], docs: usize, out: &mut Vec<u8>) {
    let (begin, limit) = (out.len(), bitmap_len(docs));
    let mut next = 0;
    for doc in list {
        write_number(u32::from(*doc) - next, out);
        next = u32::from(*doc) + 1;
        if out.len() - begin >= limit {
            out.truncate(begin);
            out.resize(begin + limit, 0);
            for doc in list {
                if let Some(byte) = out.get_mut(begin + usize::from(*doc) / 8) {
                    *byte |= 1 << (doc % 8);
                }
            }
            return;
        }
    }
}

/// Hands on the messages of a list, in order.
pub(super) fn each_doc(list: &[u8], docs: usize, mut put: impl FnMut(usize)) {
    if list.len() == bitmap_len(docs) {
        for (at, byte) in list.iter().enumerate().filter(|(_, byte)| **byte != 0) {
            (0..8).filter(|bit| byte & (1 << bit) != 0).for_each(|bit| put(at * 8 + bit));
        }
    } else {
        each_gap(list, put);
    }
}

fn each_gap(mut list: &[u8], mut put: impl FnMut(usize)) {
    let mut next = 0;
    while let Some(gap) = read_number(&mut list) {
        let doc = next + gap as usize;
        put(doc);
        next = doc + 1;
    }
}

/// Writes a number in as many bytes as it needs: seven bits each, the least first.
pub(super) fn write_number(mut number: u32, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(u8::try_from(number & 0x7f).unwrap_or(0) | 0x80);
        number >>= 7;
    }
    out.push(u8::try_from(number).unwrap_or(0));
}

/// Reads one from the beginning of some bytes; none at their end.
#[inline]
pub(super) fn read_number(bytes: &mut &[u8]) -> Option<u32> {
    let (mut number, mut shift) = (0, 0);
    loop {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u32::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(number);
        }
        shift += 7;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_list_comes_back_as_it_was(docs in 1..3_000_usize, some in prop::collection::vec(any::<prop::sample::Index>(), 0..600)) {
            let list: BTreeSet<u16> = some.iter().map(|at| u16::try_from(at.index(docs)).unwrap()).collect();
            let plain: Vec<u16> = list.iter().copied().collect();
            let mut written = vec![7];
            write_list(&plain, docs, &mut written);
            let written = &written[1..];
            prop_assert!(written.len() <= docs.div_ceil(8));
            let mut read = Vec::new();
            each_doc(written, docs, |doc| read.push(u16::try_from(doc).unwrap()));
            prop_assert_eq!(&read, &plain);
            let mut set = DocSet::none(docs);
            set.insert_list(written);
            let (mut back, mut at) = (Vec::new(), docs);
            while let Some(doc) = set.last_before(at) {
                back.push(u16::try_from(doc).unwrap());
                at = doc;
            }
            back.reverse();
            prop_assert_eq!(&back, &plain);
            set.retain(|doc| doc % 2 == 0);
            let mut even = DocSet::none(docs);
            plain.iter().filter(|doc| *doc % 2 == 0).for_each(|doc| even.insert(usize::from(*doc)));
            prop_assert_eq!(&set, &even);
            set.intersect(&DocSet::range(docs, docs / 2, docs));
            prop_assert_eq!(set.is_empty(), !plain.iter().any(|doc| doc % 2 == 0 && usize::from(*doc) >= docs / 2));
        }

        #[test]
        fn whatever_stands_in_a_list_is_read(bytes in prop::collection::vec(any::<u8>(), 0..40), docs in 0..100_usize) {
            let mut set = DocSet::none(docs);
            set.insert_list(&bytes);
            each_doc(&bytes, docs, |_| ());
        }
    }
}
