//! New rows: made by one call after the other, never twice, and found in the list afterwards.
//!
//! The platform does not tell the ids of rows that it made, and names need not be unique. So what is new in the list is
//! compared with what was to be made, by name and, where that leaves a doubt, by text. Two who push the same new page at
//! once both find two of it there: both keep the first of the list, and the other goes.

use std::collections::{HashMap, HashSet, VecDeque};

use futures_util::future::BoxFuture;
use futures_util::{FutureExt as _, StreamExt as _, stream};

use super::rate_limit::is_final;
use super::remote_snapshot::{self, RemoteRows};
use super::{CHUNK, On, READS, Site, Twins, batches, existing};
use crate::domain::{
    Applied, Change, ChangeId, ChangeState, Edit, Failure, Kind, Replaced, RowId, Timestamp, Version,
};
use crate::platform::Outcome;

/// One row that is to be made.
struct Make {
    change: ChangeId,
    /// Its entry in the journal.
    entry: i64,
    version: Version,
}

type Through = Vec<(ChangeId, i64, Applied)>;

/// Makes new rows.
pub(super) async fn apply(
    site: &Site<'_>,
    changes: Vec<Change>,
    twins: Twins<'_>,
    known: &mut RemoteRows,
    on: On<'_>,
) {
    let mut rest: Vec<(ChangeId, Version)> = changes
        .into_iter()
        .filter_map(|change| if let Edit::Create(version) = change.edit { Some((change.id, version)) } else { None })
        .collect();
    // Reading on from where the list ended shows what was made, where a platform lists by age.
    let (mut reads_on, mut doubles) = (true, Vec::new());
    while !rest.is_empty() {
        let round = if matches!(twins, Twins::Allow | Twins::Beyond(_)) {
            std::mem::take(&mut rest)
        } else {
            first_of_each_name(&mut rest)
        };
        let mut unseen = Vec::new();
        let mut round = VecDeque::from(round);
        while !round.is_empty() {
            let chunk: Vec<_> = round.drain(..round.len().min(CHUNK)).collect();
            let makes = prepare(site, chunk, twins, known, on).await;
            let (mut made, mut through) = (Vec::new(), Vec::new());
            for batch in batches::split(makes, |make| make.version.name.len() + make.version.content.len()) {
                add(site, known, batch, &mut made, &mut through).await;
            }
            known.watch_for_doubles(matches!(twins, Twins::Beyond(_)));
            if reads_on && !made.is_empty() && known.read(site, true).await.is_ok() {
                made = find(site, known, made, true, &mut through).await;
            }
            doubles.extend(known.doubles());
            reads_on &= made.is_empty();
            unseen.extend(made);
            site.tell(through, on).await;
        }
        if !unseen.is_empty() {
            let mut through = Vec::new();
            known.watch_for_doubles(matches!(twins, Twins::Beyond(_)));
            if known.read(site, false).await.is_ok() {
                unseen = find(site, known, unseen, true, &mut through).await;
            }
            doubles.extend(known.doubles());
            through.extend(unseen.into_iter().map(|make| (make.change, make.entry, Applied::Done(None))));
            site.tell(through, on).await;
        }
    }
    take_back(site, doubles, known).await;
}

/// Takes back what was made twice: it is journalled and deleted like any row. Where that fails it stays, and is told of
/// as a row that nobody knows by the next that looks.
async fn take_back(site: &Site<'_>, doubles: Vec<(RowId, Version)>, known: &mut RemoteRows) {
    let change = |(row, version): (RowId, Version)| Change {
        id: ChangeId::new(uuid::Uuid::now_v7().to_string()),
        channel: site.channel.clone(),
        source: site.source.clone(),
        row: Some(row),
        label: version.name.clone(),
        base: Some(version),
        edit: Edit::Delete,
        state: ChangeState::Staged,
        at: Timestamp::now(),
    };
    let changes: Vec<Change> = doubles.into_iter().map(change).collect();
    if !changes.is_empty() {
        tracing::info!(
            rows = changes.len(),
            "another push made the same rows at once; theirs or ours are taken back"
        );
        existing::apply(site, changes, known, &mut |_, _| ()).await;
    }
}

/// The first of each name; the others stay, and see what became of it.
fn first_of_each_name(rest: &mut Vec<(ChangeId, Version)>) -> Vec<(ChangeId, Version)> {
    let mut names = HashSet::new();
    let (first, others) = std::mem::take(rest).into_iter().partition(|(_, v)| names.insert(v.name.clone()));
    *rest = others;
    first
}

/// Looks for each row's namesakes, and journals those that are to be made. The others are told of at once.
async fn prepare(
    site: &Site<'_>,
    chunk: Vec<(ChangeId, Version)>,
    twins: Twins<'_>,
    known: &RemoteRows,
    on: On<'_>,
) -> Vec<Make> {
    let look = |(change, version): (ChangeId, Version)| {
        async move {
            let found = twin(site, &version, twins, known).await;
            (change, version, found)
        }
        .boxed()
    };
    let looks: Vec<BoxFuture<'_, _>> = chunk.into_iter().map(look).collect();
    let mut looked = stream::iter(looks).buffered(READS);
    let (mut makes, mut entries, mut taken) = (Vec::new(), Vec::new(), HashSet::new());
    while let Some((change, version, found)) = looked.next().await {
        let found = match found {
            Twin::None => None,
            Twin::Told(applied) => Some(applied),
            // Each is one row's alone.
            Twin::Same(rows) => {
                rows.into_iter().find(|row| taken.insert(row.clone())).map(|row| Applied::Already(Some(row)))
            }
        };
        if let Some(applied) = found {
            on(&change, applied);
            continue;
        }
        entries.push(Replaced {
            n: 0,
            channel: site.channel.clone(),
            source: site.source.clone(),
            row: None,
            was: None,
            became: Some(version.clone()),
            certain: false,
            undone: false,
            at: Timestamp::now(),
        });
        makes.push(Make { change, entry: 0, version });
    }
    if makes.is_empty() {
        return makes;
    }
    match site.journal(&entries).await {
        Ok(numbers) => {
            for (make, n) in makes.iter_mut().zip(numbers) {
                make.entry = n;
            }
            makes
        }
        Err(failure) => {
            for make in &makes {
                on(&make.change, Applied::Refused(failure.clone()));
            }
            Vec::new()
        }
    }
}

/// What stands there of a row that is to be made.
enum Twin {
    None,
    /// It stands there already, so often.
    Same(Vec<RowId>),
    /// It can't be made, or need not be.
    Told(Applied),
}

async fn twin(site: &Site<'_>, version: &Version, twins: Twins<'_>, known: &RemoteRows) -> Twin {
    if let Some(applied) = site.rate_limit.standing() {
        return Twin::Told(applied);
    }
    if twins == Twins::Allow {
        return Twin::None;
    }
    let (mut other, mut same) = (false, Vec::new());
    for row in known.named(&version.name) {
        if matches!(twins, Twins::Beyond(all) if all.contains(row)) {
            continue;
        }
        match remote_snapshot::text(site, row).await {
            Ok(Some(text)) if text == version.content => same.push(row.clone()),
            Ok(Some(_)) => other = true,
            Ok(None) => {}
            Err(error) => return Twin::Told(site.rate_limit.verdict(&error)),
        }
        if !same.is_empty() && !matches!(twins, Twins::Beyond(_)) {
            break;
        }
    }
    match twins {
        _ if !same.is_empty() => Twin::Same(same),
        Twins::Refuse if other => {
            let failure = Failure::new(Kind::Invalid, "A row of this name exists already, with another text.");
            let hint = "Nothing was made. Give it another name, or change the row that is there.";
            Twin::Told(Applied::Refused(failure.hint(hint)))
        }
        _ => Twin::None,
    }
}

/// Makes the rows of one call, by as many as it takes. Those that are made for certain are added to `made`: their ids
/// are yet to be found.
async fn add(site: &Site<'_>, known: &mut RemoteRows, batch: Vec<Make>, made: &mut Vec<Make>, through: &mut Through) {
    let mut waiting = VecDeque::from([batch]);
    while let Some(batch) = waiting.pop_front() {
        if let Some(applied) = site.rate_limit.standing() {
            all(through, batch, &applied);
            continue;
        }
        let rows: Vec<Version> = batch.iter().map(|make| make.version.clone()).collect();
        let Err(error) = site.rate_limit.call(|| site.sources.add_rows(site.source, &rows)).await else {
            site.rate_limit.answered();
            made.extend(batch);
            continue;
        };
        match error.outcome {
            Outcome::Accepted => made.extend(batch),
            Outcome::NotSent | Outcome::Busy { .. } => all(through, batch, &site.rate_limit.verdict(&error)),
            Outcome::Refused if batch.len() == 1 || is_final(&error) => {
                all(through, batch, &site.rate_limit.verdict(&error));
            }
            // Some of them may have been made all the same: those that are there are not made again.
            Outcome::Refused => match seen(site, known, batch, made, through).await {
                Ok(missing) => waiting.extend(missing.into_iter().map(|make| vec![make])),
                Err(batch) => all(through, batch, &Applied::Unknown(error.failure)),
            },
            // What is not there may still come: it is not made again.
            Outcome::Unknown | Outcome::Passing { .. } => {
                site.rate_limit.unanswered(&error.failure);
                let missing = match seen(site, known, batch, made, through).await {
                    Ok(missing) | Err(missing) => missing,
                };
                all(through, missing, &Applied::Unknown(error.failure));
            }
        }
    }
}

/// After a call that failed: the rows of it that are there are through. Answers those that are missing, or all where
/// the list can't be read.
async fn seen(
    site: &Site<'_>,
    known: &mut RemoteRows,
    batch: Vec<Make>,
    made: &mut Vec<Make>,
    through: &mut Through,
) -> Result<Vec<Make>, Vec<Make>> {
    if known.read(site, false).await.is_err() {
        return Err(batch);
    }
    // Those of earlier calls first, so that theirs are taken for nobody else's.
    *made = find(site, known, std::mem::take(made), true, through).await;
    Ok(find(site, known, batch, false, through).await)
}

/// Finds rows among what is new in the list. Answers those that are not there. Where it is `sure` that they were made,
/// a name that fits as often as it should is enough.
async fn find(
    site: &Site<'_>,
    known: &mut RemoteRows,
    makes: Vec<Make>,
    sure: bool,
    through: &mut Through,
) -> Vec<Make> {
    let (mut missing, mut order) = (Vec::new(), Vec::new());
    let mut groups: HashMap<String, Vec<Make>> = HashMap::new();
    for make in makes {
        let name = make.version.name.clone();
        let group = groups.entry(name.clone()).or_default();
        if group.is_empty() {
            order.push(name);
        }
        group.push(make);
    }
    for name in order {
        let Some(group) = groups.remove(&name) else { continue };
        let mut fresh = known.fresh(&name);
        let alike = group.iter().all(|make| make.version.content == group[0].version.content);
        if !(sure && alike && fresh.len() == group.len()) {
            let texts: Vec<BoxFuture<'_, _>> =
                fresh.iter().map(|row| remote_snapshot::text(site, row).boxed()).collect();
            let texts: Vec<_> = stream::iter(texts).buffered(READS).collect().await;
            let mut there: Vec<(RowId, String)> =
                fresh.into_iter().zip(texts).filter_map(|(row, text)| Some((row, text.ok()??))).collect();
            let mut mine = HashSet::new();
            for make in group {
                match there.iter().position(|(_, text)| *text == make.version.content) {
                    Some(at) => {
                        let (row, text) = there.remove(at);
                        mine.insert(text);
                        found(known, make, &row, through);
                    }
                    None => missing.push(make),
                }
            }
            for (row, content) in there.into_iter().filter(|(_, text)| mine.contains(text)) {
                known.is_double(&row, Version { name: name.clone(), content });
            }
            continue;
        }
        for make in group {
            found(known, make, &fresh.remove(0), through);
        }
    }
    missing
}

fn found(known: &mut RemoteRows, make: Make, row: &RowId, through: &mut Through) {
    known.take(row);
    through.push((make.change, make.entry, Applied::Done(Some(row.clone()))));
}

fn all(through: &mut Through, makes: Vec<Make>, applied: &Applied) {
    through.extend(makes.into_iter().map(|make| (make.change, make.entry, applied.clone())));
}
