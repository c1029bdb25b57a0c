//! Conversations by what they are called: those that are asked for, and those that are found.

use std::collections::{BTreeSet, HashSet};

use rusqlite::Connection;

use crate::domain::{ChannelName, ConversationId, DeskEntry, FuzzyFilter, Query, Test, TitleHit, folded};
use crate::store::desk;
use crate::store::error::StoreError;

/// So many conversations are found by their title.
const TITLES: usize = 20;
/// Titles of so many are looked at, those that are known for the shortest time.
const TITLES_OF: i64 = 10_000;

/// The rows of the conversations that are asked for by their id, their title or what is kept of them.
pub(super) fn conversations(conn: &Connection, query: &Query) -> Result<HashSet<i64>, StoreError> {
    // What is kept is read only where it is asked for.
    let kept = query.terms().iter().any(|term| matches!(term.test, Test::Kept(_)));
    let sql = if kept {
        "SELECT c.n, c.id, c.title, ifnull(k.pinned, 0), k.archived_ms, ifnull(k.labels, ''), ifnull(k.note, ''),
             k.snoozed_ms, k.until_ms, k.woke_ms
         FROM conversations c LEFT JOIN desk k ON k.channel = c.channel AND k.conversation = c.id"
    } else {
        "SELECT n, id, title FROM conversations"
    };
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query([])?;
    let mut found = HashSet::new();
    while let Some(row) = rows.next()? {
        let (id, title) = (ConversationId::new(row.get::<_, String>(1)?), row.get::<_, String>(2)?);
        let entry = if kept { desk::entry(row, 3)? } else { DeskEntry::default() };
        let holds = |test: &Test| match test {
            Test::In(_) | Test::Title(_) => Some(test.is_of(Some(&id), &title)),
            Test::Kept(any) => Some(any.iter().any(|one| one.is_so(&entry))),
            _ => None,
        };
        if query.terms().iter().all(|term| holds(&term.test).is_none_or(|holds| holds != term.not)) {
            found.insert(row.get(0)?);
        }
    }
    Ok(found)
}

/// Conversations whose title has every word that is searched for: what has them as they stand first, else the newest.
/// None where more is asked than words and a channel: a title has nothing else.
pub(super) fn titles(conn: &Connection, query: &Query) -> Result<Vec<TitleHit>, StoreError> {
    let mut asked = Vec::new();
    for term in query.terms() {
        match &term.test {
            Test::Says(needle) if !term.not => asked.push(needle.spelt()),
            Test::Title(letters) if !term.not => asked.push(letters.typed()),
            Test::Channel(_) => {}
            _ => return Ok(Vec::new()),
        }
    }
    // Few letters are in every other title, but where one is a word.
    let letters = |word: &str| folded(word).chars().map(|c| if is_wide(c) { 3 } else { 1 }).sum::<usize>();
    if asked.is_empty() || asked.iter().any(|word| letters(word) < 3) {
        return Ok(Vec::new());
    }
    let filter = FuzzyFilter::new(&asked.join(" "));
    let mut statement =
        conn.prepare_cached("SELECT n, channel, id, title FROM conversations ORDER BY n DESC LIMIT ?1")?;
    let mut rows = statement.query([TITLES_OF])?;
    let mut best = BTreeSet::new();
    while let Some(row) = rows.next()? {
        let (channel, title) = (row.get::<_, String>(1)?, row.get::<_, String>(3)?);
        let names = |names: &[String]| names.iter().any(|name| name.eq_ignore_ascii_case(&channel));
        let of_channel = query.terms().iter().all(|term| match &term.test {
            Test::Channel(asked) => names(asked) != term.not,
            _ => true,
        });
        let Some(rank) = filter.rank(&title) else { continue };
        if of_channel {
            let n: i64 = row.get(0)?;
            best.insert(((rank, std::cmp::Reverse(n)), channel, row.get::<_, String>(2)?, title));
            if best.len() > TITLES {
                best.pop_last();
            }
        }
    }
    let hit = |(_, channel, id, title): (_, String, String, String)| TitleHit {
        channel: ChannelName::new(channel),
        conversation: ConversationId::new(id),
        title,
    };
    Ok(best.into_iter().map(hit).collect())
}

/// Letters of scripts that are written without spaces.
fn is_wide(c: char) -> bool {
    matches!(c,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1100}'..='\u{11ff}' | '\u{1780}'..='\u{17ff}'
        | '\u{2e80}'..='\u{9fff}' | '\u{a960}'..='\u{a97f}' | '\u{ac00}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}'
        | '\u{ff66}'..='\u{ff9f}' | '\u{1f000}'..='\u{1faff}' | '\u{20000}'..='\u{3ffff}')
}
