//! The search in the open conversation: where the loaded messages have what is searched for.

use std::collections::HashMap;
use std::ops::Range;

use crate::app::channel::Channel;
use crate::app::chat::TranscriptItem;
use crate::app::chat::find::{Match, Searched, Stamp};
use crate::app::chat::scroll::Passage;
use crate::domain::{Extras, Facts, Finish, Message, MessageId, Moment, Query, Role, Timestamp};

/// So many places of one message are told apart at the most.
const PLACES: usize = 10_000;
/// A text is searched in pieces of this many bytes, which share some, so that little is kept beside it meanwhile.
const PIECE: usize = 1024 * 1024;
const OVERLAP: usize = 4 * 1024;
/// A text that grows is searched again once it has grown by that part of it.
const GROWN: usize = 8;

impl Channel {
    /// Searches what is new or changed of the open conversation. Tells whether there was anything.
    pub(in crate::app) fn search_what_is_new(&mut self) -> bool {
        let Some(mut finding) = self.chat.find.take() else { return false };
        let whole = finding.seen != Some(self.chat.revision);
        finding.seen = Some(self.chat.revision);
        let mut found = whole;
        if let Some(query) = finding.query.take() {
            // What may have grown stands at the end.
            let grows =
                |part: &&TranscriptItem| whole || matches!(part, TranscriptItem::Ask(_) | TranscriptItem::Answer(_));
            for part in self.chat.items.iter().rev().take_while(grows) {
                found |= self.search_part(part, &query, &mut finding.searched);
            }
            finding.query = Some(query);
        }
        self.chat.find = Some(finding);
        if found {
            self.count_matches();
        }
        found
    }

    /// Searches one message, unless that was done. Tells whether it was not.
    fn search_part(&self, part: &TranscriptItem, query: &Query, searched: &mut HashMap<u64, Searched>) -> bool {
        let Some((key, text, stamp)) = self.searchable(part) else { return false };
        let known = searched.get(&key).map(|searched| searched.stamp);
        if known.is_some_and(|known| known == stamp || only_grew(known, stamp)) {
            return false;
        }
        let places = if self.is_asked_for(part, query) { places(query, text) } else { Vec::new() };
        searched.insert(key, Searched { stamp, places });
        true
    }

    /// Whether a search asks for what stands there.
    fn is_asked_for(&self, part: &TranscriptItem, query: &Query) -> bool {
        let facts = Facts {
            channel: &self.info.name,
            conversation: self.open_id(),
            title: self.open_row().map_or("", |row| row.title.as_str()),
            state: None,
            failed: false,
            kept: self.open_id().and_then(|id| self.roster.kept.get(id)),
        };
        let said = |role: Role, text: &str, at: Timestamp| {
            let (id, text) = (MessageId::new(""), text.to_owned());
            Message { id, role, text, created_at: Moment::at(at), extras: Extras::default() }
        };
        match part {
            TranscriptItem::Details => false,
            TranscriptItem::Greeting => self
                .chat
                .greeting
                .as_ref()
                .is_some_and(|greeting| query.takes(&said(Role::Assistant, &greeting.text, greeting.at), &facts)),
            TranscriptItem::History(at) => self.chat.past(*at).is_some_and(|past| query.takes(&past.message, &facts)),
            TranscriptItem::Ask(id) => self.turns.get(id).is_some_and(|local| {
                let turn = &local.turn;
                let facts = Facts { state: Some(turn.state), failed: turn.failure.is_some(), ..facts };
                query.takes(&said(Role::User, &turn.text, turn.created), &facts)
            }),
            TranscriptItem::Answer(id) => self.turns.get(id).is_some_and(|local| {
                let reply = local.turn.reply.as_ref();
                let cut = reply.is_some_and(|reply| reply.finish == Some(Finish::Cut));
                let failed = cut || local.reply_failure.is_some() || local.turn.failure.is_some();
                let at = local.sent_at.unwrap_or(local.turn.created);
                let text = reply.map_or("", |reply| reply.text.as_str());
                query.takes(&said(Role::Assistant, text, at), &Facts { failed, ..facts })
            }),
        }
    }

    /// The key, the text and the state of what can be searched.
    fn searchable(&self, part: &TranscriptItem) -> Option<(u64, &str, Stamp)> {
        let stamp = |text: &str| Stamp { version: 0, length: text.len(), live: false, state: None, failed: false };
        match part {
            TranscriptItem::Details => None,
            TranscriptItem::Greeting => {
                let greeting = self.chat.greeting.as_ref()?;
                Some((greeting.key, &greeting.text, stamp(&greeting.text)))
            }
            TranscriptItem::History(at) => {
                let filed = self.chat.past(*at)?;
                Some((filed.key, filed.text(), stamp(filed.text())))
            }
            TranscriptItem::Ask(id) => {
                let local = self.turns.get(id)?;
                let (text, failed) = (&local.turn.text, local.turn.failure.is_some());
                Some((local.keys.0, text, Stamp { state: Some(local.turn.state), failed, ..stamp(text) }))
            }
            TranscriptItem::Answer(id) => {
                let local = self.turns.get(id)?;
                let reply = local.turn.reply.as_ref();
                let text = reply.map_or("", |reply| reply.text.as_str());
                let live = local.live && reply.is_none_or(|reply| reply.finish.is_none());
                let failed = local.reply_failure.is_some() || local.turn.failure.is_some();
                let stamp = Stamp { version: local.version, live, failed, ..stamp(text) };
                Some((local.keys.1, text, stamp))
            }
        }
    }

    /// The number of the place that was gone to, and of all.
    pub(in crate::app) fn count_matches(&mut self) {
        let Some(finding) = &self.chat.find else { return };
        let (mut number, mut total) = (None, 0);
        for key in self.chat.items.iter().filter_map(|part| self.key_of(part)) {
            let places = finding.places(key);
            if let Some(current) = finding.current.filter(|current| current.item == key && current.nth < places.len())
            {
                number = Some(total + current.nth + 1);
            }
            total += places.len();
        }
        if let Some(finding) = &mut self.chat.find {
            finding.count = (number, total);
        }
    }

    /// The last place in a message before that one.
    pub(in crate::app) fn match_before(&self, item: u64) -> Option<Match> {
        let finding = self.chat.find.as_ref()?;
        let keys = self.chat.items.iter().filter_map(|part| self.key_of(part));
        let mut before = None;
        for item in keys.take_while(|key| *key != item) {
            before = finding.places(item).len().checked_sub(1).map(|nth| Match { item, nth }).or(before);
        }
        before
    }

    /// The last place at or before a spot, and the first behind it.
    pub(in crate::app) fn matches_around(&self, spot: Option<Passage>) -> (Option<Match>, Option<Match>) {
        let Some(finding) = &self.chat.find else { return (None, None) };
        let mut before = None;
        let mut passed = false;
        for key in self.chat.items.iter().filter_map(|part| self.key_of(part)) {
            let places = finding.places(key);
            let here = spot.filter(|spot| spot.item == key);
            let taken = match here {
                _ if passed => 0,
                Some(Passage { byte: Some(byte), .. }) => places.partition_point(|place| place.start <= byte),
                Some(Passage { byte: None, .. }) | None => places.len(),
            };
            if let Some(nth) = taken.checked_sub(1) {
                before = Some(Match { item: key, nth });
            }
            passed |= here.is_some();
            if passed && taken < places.len() {
                return (before, Some(Match { item: key, nth: taken }));
            }
        }
        (before, None)
    }
}

/// The places in a text. A message that is asked for by nothing that it says is a place as a whole.
#[expect(clippy::single_range_in_vec_init, reason = "one place")]
pub(in crate::app) fn places(query: &Query, text: &str) -> Vec<Range<usize>> {
    if query.needles().next().is_none() {
        return vec![0..0];
    }
    let mut places: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    while start < text.len() && places.len() < PLACES {
        let end = text.ceil_char_boundary(start + PIECE);
        let last = places.last().map_or(0, |place| place.end);
        let found = query.places(text.get(start..end).unwrap_or_default());
        let found = found.into_iter().map(|place| place.start + start..place.end + start);
        places.extend(found.filter(|place| place.start >= last));
        start = if end < text.len() { text.floor_char_boundary(end - OVERLAP) } else { end };
    }
    places.truncate(PLACES);
    if places.is_empty() {
        // What is shown of it says it otherwise.
        places.push(0..0);
    }
    places
}

/// Whether a text that grows has not grown by so much that it is searched again.
fn only_grew(known: Stamp, stamp: Stamp) -> bool {
    let same = Stamp { length: known.length, ..stamp } == known;
    same && stamp.live && stamp.length >= known.length && stamp.length - known.length < known.length / GROWN
}
