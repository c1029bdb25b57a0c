//! What stands on the platform: names from the list of rows, texts one by one. Changes nothing.

use std::collections::{HashMap, HashSet};

use super::{Site, gone};
use crate::domain::{Failure, Kind, PageRequest, RowId, Version};
use crate::platform::{CallError, Outcome};
use crate::runtime::operations::folder::exact;
use crate::runtime::operations::history::PAGE;
use crate::runtime::pages::Following;

/// The rows of a source as the list told of them, and as they were changed since.
#[derive(Default)]
pub(super) struct RemoteRows {
    names: HashMap<RowId, String>,
    named: HashMap<String, Vec<RowId>>,
    /// The last row of the list.
    last: Option<RowId>,
    /// Rows that appeared since the first reading and were taken for none of the new ones yet.
    fresh: HashSet<RowId>,
    /// Rows that appeared beyond those that were made, and say the same; none where nobody looks for them.
    doubles: Option<Vec<(RowId, Version)>>,
}

impl RemoteRows {
    /// A row's name.
    pub(super) fn name(&self, row: &RowId) -> Option<&String> {
        self.names.get(row)
    }

    /// The rows of that name.
    pub(super) fn named(&self, name: &str) -> &[RowId] {
        self.named.get(name).map_or(&[], Vec::as_slice)
    }

    /// The rows of that name that appeared since and were taken for none of the new ones yet, in the list's order.
    pub(super) fn fresh(&self, name: &str) -> Vec<RowId> {
        self.named(name).iter().filter(|row| self.fresh.contains(*row)).cloned().collect()
    }

    /// That row is one of the new ones.
    pub(super) fn take(&mut self, row: &RowId) {
        self.fresh.remove(row);
    }

    /// From here on doubles count, or not.
    pub(super) fn watch_for_doubles(&mut self, watch: bool) {
        self.doubles = watch.then(Vec::new);
    }

    /// That row is there although it was made once, and nobody asked for two.
    pub(super) fn is_double(&mut self, row: &RowId, version: Version) {
        if let Some(doubles) = &mut self.doubles {
            self.fresh.remove(row);
            doubles.push((row.clone(), version));
        }
    }

    /// Those that were seen; from here on they don't count.
    pub(super) fn doubles(&mut self) -> Vec<(RowId, Version)> {
        self.doubles.take().unwrap_or_default()
    }

    /// The row is called that now; nothing where it is gone.
    pub(super) fn set(&mut self, row: &RowId, name: Option<&str>) {
        let old = match name {
            Some(name) => self.names.insert(row.clone(), name.to_owned()),
            None => self.names.remove(row),
        };
        if let Some(rows) = old.and_then(|old| self.named.get_mut(&old)) {
            rows.retain(|other| other != row);
        }
        if let Some(name) = name {
            self.named.entry(name.to_owned()).or_default().push(row.clone());
        }
    }

    /// Reads the list from its beginning, or on from where it ended, and notes what is new in it.
    pub(super) async fn read(&mut self, site: &Site<'_>, on: bool) -> Result<(), CallError> {
        let from = if on { self.last.clone() } else { None };
        // Noted at once: a list that breaks off is read again, and what was seen of it is not new then.
        pages(site, from, |row, name| {
            if self.names.get(&row) != Some(&name) {
                if !self.names.contains_key(&row) {
                    self.fresh.insert(row.clone());
                }
                self.set(&row, Some(&name));
            }
            self.last = Some(row);
            true
        })
        .await
    }
}

/// The rows of the source: all, or as far as is needed to see those that are wanted.
pub(super) async fn list(site: &Site<'_>, wanted: Option<&HashSet<RowId>>) -> Result<RemoteRows, CallError> {
    let mut known = RemoteRows::default();
    let mut missing = wanted.map(HashSet::len);
    pages(site, None, |row, name| {
        if let (Some(missing), Some(wanted)) = (&mut missing, wanted)
            && wanted.contains(&row)
            && !known.names.contains_key(&row)
        {
            *missing -= 1;
        }
        known.set(&row, Some(&name));
        known.last = Some(row);
        missing != Some(0)
    })
    .await?;
    Ok(known)
}

/// Reads page by page, and tells of each row, until that says that it is enough. A list that isn't whole fails: a row
/// that is missing in it may be there.
async fn pages(
    site: &Site<'_>,
    after: Option<RowId>,
    mut row: impl FnMut(RowId, String) -> bool,
) -> Result<(), CallError> {
    let start = PageRequest { limit: PAGE, cursor: after.map(|row| row.as_str().to_owned()) };
    let mut following = Following::new(start);
    loop {
        let page = site.rate_limit.call(|| site.sources.rows(site.source, following.next())).await?;
        let (new, more) = following.take(page);
        let mut enough = false;
        for one in new {
            enough |= !row(one.id, one.name);
        }
        if enough {
            return Ok(());
        }
        if !more {
            break;
        }
    }
    let short = following.end("the list of rows").short;
    short.map_or(Ok(()), |failure| Err(refused(failure)))
}

const fn refused(failure: Failure) -> CallError {
    CallError { outcome: Outcome::Refused, failure }
}

/// A row as it stands there now, by that name; none if it is gone.
pub(super) async fn read_version(
    site: &Site<'_>,
    row: &RowId,
    name: Option<&String>,
) -> Result<Option<Version>, CallError> {
    match site.rate_limit.call(|| site.sources.row(site.source, row)).await {
        Ok(body) => {
            let content = exact(body).map_err(refused)?;
            let version = name.map(|name| Version { name: name.clone(), content });
            version.map(Some).ok_or_else(|| {
                let what = "The platform's list does not name this row, though it is there; it was left as it is.";
                let failure = Failure::new(Kind::Platform, what).hint("Apply it again.");
                CallError { outcome: Outcome::Refused, failure }
            })
        }
        // Of a row that the list doesn't have, a platform may also say that its id is malformed.
        Err(error) if gone(&error.failure) || (name.is_none() && error.failure.status == Some(400)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A row's text; none if it is gone.
pub(super) async fn text(site: &Site<'_>, row: &RowId) -> Result<Option<String>, CallError> {
    match site.rate_limit.call(|| site.sources.row(site.source, row)).await {
        Ok(body) => exact(body).map(Some).map_err(refused),
        Err(error) if gone(&error.failure) => Ok(None),
        Err(error) => Err(error),
    }
}
