//! Chat Thing's data sources as its own page documents them (seeds/002): the second reading beside the sandbox's, in
//! memory, for tests of everything that reads and changes rows.
//!
//! Strict: what the page doesn't allow is answered 400 or 404 and stands in `ChatThing::complaints`. What it leaves open
//! is decided here, for the harder: names may stand twice; a change that names an unknown row changes nothing and is
//! answered 404; whether a change of several rows is whole is the test's choice (`tear`). Rows are listed in the order in
//! which they were made, and a cursor stays good when its row is deleted.
#![allow(dead_code, clippy::expect_used, clippy::missing_panics_doc, reason = "each test uses a part of the rig")]

use std::collections::{HashMap, HashSet, VecDeque};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use super::chat_thing::{ChatThing, refusal};
use super::origin::{Request, Script, Step};

/// How long a test waits for a number of changes.
const PATIENCE: Duration = Duration::from_mins(1);

/// What was done so far, row by row: a batch of three rows counts three.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows made.
    pub created: usize,
    /// Rows whose name or text was replaced, were it by the same.
    pub updated: usize,
    /// Rows deleted.
    pub deleted: usize,
    /// Rows whose text was read.
    pub read: usize,
    /// Pages of rows that were listed.
    pub listed: usize,
    /// Syncs that were begun.
    pub syncs: usize,
}

impl Counts {
    /// Rows made, replaced or deleted.
    pub const fn changes(&self) -> usize {
        self.created + self.updated + self.deleted
    }
}

/// A row as the server holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its text.
    pub content: String,
    /// `synced`, `syncing`, `sync_error` or `not_synced`.
    pub state: String,
}

struct Row {
    held: Held,
    last_sync: Option<String>,
    created_at: String,
    deleted: bool,
}

struct Source {
    id: String,
    state: String,
    last_sync: Option<String>,
    interval: Value,
    created_at: String,
    rows: Vec<Row>,
    /// How often it is still asked for its state before the sync ends.
    polls: usize,
}

/// What goes wrong with the next change of rows.
enum Fault {
    /// So many of its rows are done; then 500.
    Torn(usize),
    /// All is done; then the connection breaks without an answer.
    Swallowed,
}

/// The sources of the channel, and what a test has asked for.
pub struct DataSources {
    sources: Vec<Source>,
    made: usize,
    counts: Counts,
    faults: VecDeque<Fault>,
    unique: bool,
    polls: usize,
    sync_ends: String,
    full: bool,
    delay: Duration,
    /// What the bot says to a row's name, as the last sync left it; none where it says something else.
    learnt: Option<HashMap<String, String>>,
}

/// Why a request is refused: a status, and a complaint where the page doesn't allow the request at all.
type Refused = (u16, Option<&'static str>);

const fn not_allowed(what: &'static str) -> Refused {
    (400, Some(what))
}

const UNKNOWN: Refused = (404, None);

impl Default for DataSources {
    fn default() -> Self {
        Self {
            sources: Vec::new(),
            made: 0,
            counts: Counts::default(),
            faults: VecDeque::new(),
            unique: false,
            polls: 2,
            sync_ends: "synced".to_owned(),
            full: false,
            delay: Duration::ZERO,
            learnt: None,
        }
    }
}

/// Data sources, from the test's side: what nobody asked the API for is not counted.
impl ChatThing {
    /// A new source with these rows (name and text); its id.
    pub fn add_source(&self, rows: &[(&str, &str)]) -> String {
        self.data(|data| {
            let at = data.make();
            for (name, content) in rows {
                data.push(at, name, content);
            }
            data.sources[at].id.clone()
        })
    }

    /// The source's rows in the list's order; none if there is no such source.
    pub fn rows(&self, source: &str) -> Vec<Held> {
        self.data(|data| {
            let found = data.sources.iter().find(|s| s.id == source);
            found.map(|s| s.rows.iter().filter(|r| !r.deleted).map(|r| r.held.clone()).collect()).unwrap_or_default()
        })
    }

    /// The ids of the sources.
    pub fn source_ids(&self) -> Vec<String> {
        self.data(|data| data.sources.iter().map(|s| s.id.clone()).collect())
    }

    /// The source's state and interval.
    pub fn source(&self, source: &str) -> (String, Value) {
        self.data(|data| {
            let source = &data.sources[data.find(source).expect("a source")];
            (source.state.clone(), source.interval.clone())
        })
    }

    /// Somebody else makes a row; its id.
    pub fn put_row(&self, source: &str, name: &str, content: &str) -> String {
        self.data(|data| {
            let at = data.find(source).expect("a source");
            data.push(at, name, content)
        })
    }

    /// Somebody else changes a row.
    pub fn edit_row(&self, source: &str, row: &str, name: &str, content: &str) {
        self.data(|data| {
            let at = data.find(source).expect("a source");
            let row = data.row(at, row).expect("a row");
            data.replace(at, row, name, content);
        });
    }

    /// Somebody else deletes a row.
    pub fn drop_row(&self, source: &str, row: &str) {
        self.data(|data| {
            let at = data.find(source).expect("a source");
            let row = data.row(at, row).expect("a row");
            data.remove(at, row);
        });
    }

    /// Somebody else deletes a source.
    pub fn drop_source(&self, source: &str) {
        self.data(|data| data.sources.retain(|s| s.id != source));
    }

    /// What was done by requests since the start, or since `reset_counts`.
    pub fn counts(&self) -> Counts {
        self.data(|data| data.counts)
    }

    /// Counts from zero again.
    pub fn reset_counts(&self) {
        self.data(|data| data.counts = Counts::default());
    }

    /// Waits until so many rows were made, replaced or deleted by requests since the last `reset_counts`.
    #[track_caller]
    pub fn wait_changes(&self, count: usize) {
        let deadline = Instant::now() + PATIENCE;
        while self.counts().changes() < count {
            assert!(Instant::now() < deadline, "waited for {count} changes: {:?}", self.counts());
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// The next change of rows does so many of its rows, and is then answered 500. Called again, it is the one after.
    pub fn tear(&self, done: usize) {
        self.data(|data| data.faults.push_back(Fault::Torn(done)));
    }

    /// The next change of rows is done, and the connection then breaks without an answer.
    pub fn swallow(&self) {
        self.data(|data| data.faults.push_back(Fault::Swallowed));
    }

    /// Whether two rows of a source may have one name (they may, unless told otherwise); if not, 400.
    pub fn unique_names(&self, unique: bool) {
        self.data(|data| data.unique = unique);
    }

    /// A sync ends when its source's state has been asked for so often (twice, unless told otherwise), in this state.
    pub fn sync_takes(&self, polls: usize, ends: &str) {
        self.data(|data| {
            data.polls = polls;
            ends.clone_into(&mut data.sync_ends);
        });
    }

    /// Somebody else begins a sync.
    pub fn begin_sync(&self, source: &str) {
        self.data(|data| {
            let at = data.find(source).expect("a source");
            data.begin(at);
        });
    }

    /// Whether the account's storage tokens are used up: a sync is answered 429 then.
    pub fn storage_full(&self, full: bool) {
        self.data(|data| data.full = full);
    }

    /// From now on the bot says to a row's name what that row says, as the last sync left it: now, as the rows stand.
    pub fn answer_from_rows(&self) {
        self.data(|data| {
            data.learnt = Some(HashMap::new());
            data.learn();
        });
    }

    /// How long every answer about sources waits after its request was carried out.
    pub fn delay(&self, delay: Duration) {
        self.data(|data| data.delay = delay);
    }
}

impl DataSources {
    /// The answer to one request that is authorised. The error is a status, and a complaint where it deserves one.
    pub fn answer(&mut self, request: &Request, endpoint: &str) -> Result<Script, Refused> {
        let delay = self.delay;
        let script = self.carry_out(request, endpoint)?;
        if delay.is_zero() {
            return Ok(script);
        }
        Ok(Script(std::iter::once(Step::Pause(delay)).chain(script.0).collect()))
    }

    fn carry_out(&mut self, request: &Request, endpoint: &str) -> Result<Script, Refused> {
        match (request.method.as_str(), endpoint) {
            ("POST", "data-sources") => {
                if !request.body.is_empty() {
                    return Err(not_allowed("a body where the page has none"));
                }
                let at = self.make();
                Ok(self.tell_source(at))
            }
            ("POST", "data-sources/list") => {
                let body = body(request, &["limit", "cursor"])?;
                for at in 0..self.sources.len() {
                    self.poll(at);
                }
                let all: Vec<(&str, bool, Value)> =
                    self.sources.iter().map(|s| (s.id.as_str(), true, s.json())).collect();
                page(&body, "dataSources", &all)
            }
            ("GET", "data-sources") => {
                let [source] = query(request, ["dataSourceId"])?;
                let at = self.find(&source)?;
                self.poll(at);
                Ok(self.tell_source(at))
            }
            ("PUT", "data-sources") => {
                let body = body(request, &["dataSourceId", "syncInterval"])?;
                let at = self.find(text(&body, "dataSourceId")?)?;
                let interval = body.get("syncInterval").cloned().unwrap_or_default();
                if !interval.is_null() && !matches!(interval.as_str(), Some("day" | "week" | "month")) {
                    return Err(not_allowed("an interval that the page doesn't have"));
                }
                self.sources[at].interval = interval;
                Ok(self.tell_source(at))
            }
            ("DELETE", "data-sources") => {
                let body = body(request, &["dataSourceId"])?;
                let at = self.find(text(&body, "dataSourceId")?)?;
                self.sources.remove(at);
                Ok(success())
            }
            ("POST", "data-sources/sync") => {
                let body = body(request, &["dataSourceId"])?;
                let at = self.find(text(&body, "dataSourceId")?)?;
                if self.full || self.sources[at].state == "syncing" {
                    return Err((429, None));
                }
                self.begin(at);
                self.counts.syncs += 1;
                Ok(success())
            }
            ("POST", "data-sources/row/list") => {
                let body = body(request, &["dataSourceId", "limit", "cursor"])?;
                let at = self.find(text(&body, "dataSourceId")?)?;
                self.counts.listed += 1;
                let row = |r: &Row| json!({"id": r.held.id, "name": r.held.name});
                let all: Vec<(&str, bool, Value)> =
                    self.sources[at].rows.iter().map(|r| (r.held.id.as_str(), !r.deleted, row(r))).collect();
                page(&body, "dataSourceRows", &all)
            }
            ("GET", "data-sources/row") => {
                let [source, row] = query(request, ["dataSourceId", "dataSourceRowId"])?;
                let at = self.find(&source)?;
                let row = self.row(at, &row)?;
                self.counts.read += 1;
                let row = &self.sources[at].rows[row];
                Ok(Script::json(
                    200,
                    &json!({"success": true, "dataSourceRow": {
                    "id": row.held.id, "type": "MANUAL", "state": row.held.state, "lastSync": row.last_sync,
                    "createdAt": row.created_at, "content": row.held.content}}),
                ))
            }
            ("POST" | "PUT", "data-sources/row") | ("DELETE", "data-sources/rows") => self.change(request),
            _ => Err((404, Some("a method and path that the page doesn't have"))),
        }
    }

    /// Makes, replaces or deletes rows: all of them, unless the test has asked for a fault.
    fn change(&mut self, request: &Request) -> Result<Script, Refused> {
        let fields: &[&str] = match request.method.as_str() {
            "POST" => &["name", "content"],
            "PUT" => &["id", "name", "content"],
            _ => &["id"],
        };
        let body = body(request, &["dataSourceId", "dataSourceRows"])?;
        let at = self.find(text(&body, "dataSourceId")?)?;
        let rows = body.get("dataSourceRows").and_then(Value::as_array).filter(|rows| !rows.is_empty());
        let rows = rows.ok_or(not_allowed("no dataSourceRows"))?;
        let mut todo = Vec::new();
        for row in rows {
            let row = row.as_object().ok_or(not_allowed("a row that is no object"))?;
            if row.len() != fields.len() {
                return Err(not_allowed("a row with other fields than the page has"));
            }
            let all: Result<Vec<&str>, Refused> = fields.iter().map(|field| text(row, field)).collect();
            todo.push(all?);
        }
        if fields[0] == "id" {
            let distinct: HashSet<&str> = todo.iter().map(|row| row[0]).collect();
            if distinct.len() != todo.len() {
                return Err(not_allowed("a row that stands twice in a change"));
            }
            for id in distinct {
                self.row(at, id)?;
            }
        }
        if self.unique && !self.names_stay_unique(at, &todo) {
            return Err((400, None));
        }
        let fault = self.faults.pop_front();
        let most = if let Some(Fault::Torn(most)) = fault { most } else { todo.len() };
        for row in todo.iter().take(most) {
            match row[..] {
                [id, name, content] => {
                    let found = self.row(at, id)?;
                    self.replace(at, found, name, content);
                    self.counts.updated += 1;
                }
                [name, content] => {
                    self.push(at, name, content);
                    self.counts.created += 1;
                }
                _ => {
                    let found = self.row(at, row[0])?;
                    self.remove(at, found);
                    self.counts.deleted += 1;
                }
            }
        }
        Ok(match fault {
            None => success(),
            Some(Fault::Torn(_)) => refusal(500),
            Some(Fault::Swallowed) => Script::default().reset(),
        })
    }

    fn names_stay_unique(&self, at: usize, todo: &[Vec<&str>]) -> bool {
        let given: HashSet<&str> = todo.iter().filter(|row| row.len() == 3).map(|row| row[0]).collect();
        let stay = self.sources[at].rows.iter().filter(|r| !r.deleted && !given.contains(r.held.id.as_str()));
        let mut names: Vec<&str> = stay.map(|r| r.held.name.as_str()).collect();
        names.extend(todo.iter().filter(|row| row.len() > 1).map(|row| row[row.len() - 2]));
        let distinct: HashSet<&str> = names.iter().copied().collect();
        distinct.len() == names.len() || todo[0].len() == 1
    }

    /// A new source, the last of the list.
    fn make(&mut self) -> usize {
        self.made += 1;
        self.sources.push(Source {
            id: format!("41559b21-b8ff-44c3-8658-{:012x}", self.made),
            state: "not_synced".to_owned(),
            last_sync: None,
            interval: Value::Null,
            created_at: now(),
            rows: Vec::new(),
            polls: 0,
        });
        self.sources.len() - 1
    }

    fn find(&self, source: &str) -> Result<usize, Refused> {
        self.sources.iter().position(|s| s.id == source).ok_or(UNKNOWN)
    }

    fn row(&self, at: usize, row: &str) -> Result<usize, Refused> {
        self.sources[at].rows.iter().position(|r| !r.deleted && r.held.id == row).ok_or(UNKNOWN)
    }

    fn push(&mut self, at: usize, name: &str, content: &str) -> String {
        self.made += 1;
        let id = format!("c4f85105-6d07-44c0-bdb7-{:012x}", self.made);
        let held = Held {
            id: id.clone(),
            name: name.to_owned(),
            content: content.to_owned(),
            state: "not_synced".to_owned(),
        };
        self.touch(at).rows.push(Row { held, last_sync: None, created_at: now(), deleted: false });
        id
    }

    fn replace(&mut self, at: usize, row: usize, name: &str, content: &str) {
        let held = &mut self.touch(at).rows[row].held;
        name.clone_into(&mut held.name);
        content.clone_into(&mut held.content);
        "not_synced".clone_into(&mut held.state);
    }

    fn remove(&mut self, at: usize, row: usize) {
        self.touch(at).rows[row].deleted = true;
    }

    /// A changed source is not synced any more; one that is being synced stays so.
    fn touch(&mut self, at: usize) -> &mut Source {
        let source = &mut self.sources[at];
        if source.state != "syncing" {
            "not_synced".clone_into(&mut source.state);
        }
        source
    }

    fn begin(&mut self, at: usize) {
        let polls = self.polls;
        let source = &mut self.sources[at];
        "syncing".clone_into(&mut source.state);
        source.polls = polls;
        for row in source.rows.iter_mut().filter(|r| r.held.state != "synced") {
            "syncing".clone_into(&mut row.held.state);
        }
    }

    /// Somebody asks for its state: a sync that runs comes nearer to its end.
    fn learn(&mut self) {
        if self.learnt.is_some() {
            let rows = self.sources.iter().flat_map(|source| &source.rows).filter(|row| !row.deleted);
            self.learnt = Some(rows.map(|row| (row.held.name.clone(), row.held.content.clone())).collect());
        }
    }

    /// What the bot says, where it answers from rows.
    pub fn reply(&self, text: &str) -> Option<String> {
        let learnt = self.learnt.as_ref()?;
        Some(learnt.get(text).cloned().unwrap_or_else(|| "I know no such row.".to_owned()))
    }

    fn poll(&mut self, at: usize) {
        let ends = self.sync_ends.clone();
        let source = &mut self.sources[at];
        if source.state != "syncing" {
            return;
        }
        if source.polls > 0 {
            source.polls -= 1;
            return;
        }
        let last_sync = (ends == "synced").then(now);
        for row in source.rows.iter_mut().filter(|r| r.held.state == "syncing") {
            ends.clone_into(&mut row.held.state);
            row.last_sync = last_sync.clone().or(row.last_sync.take());
        }
        source.last_sync = last_sync.or(source.last_sync.take());
        source.state.clone_from(&ends);
        if ends == "synced" {
            self.learn();
        }
    }

    fn tell_source(&self, at: usize) -> Script {
        Script::json(200, &json!({"success": true, "dataSource": self.sources[at].json()}))
    }
}

impl Source {
    fn json(&self) -> Value {
        json!({"id": self.id, "type": "MANUAL", "state": self.state, "lastSync": self.last_sync,
            "syncInterval": self.interval, "createdAt": self.created_at})
    }
}

fn now() -> String {
    format!("{:.3}", jiff::Timestamp::now())
}

fn success() -> Script {
    Script::json(200, &json!({"success": true}))
}

/// A body with no other fields than these.
fn body(request: &Request, fields: &[&str]) -> Result<Map<String, Value>, Refused> {
    let Some(Value::Object(body)) = request.json() else {
        return Err(not_allowed("a body that is no JSON object"));
    };
    if body.keys().any(|key| !fields.contains(&key.as_str())) {
        return Err(not_allowed("a field that the page doesn't have"));
    }
    Ok(body)
}

fn text<'a>(body: &'a Map<String, Value>, field: &str) -> Result<&'a str, Refused> {
    body.get(field).and_then(Value::as_str).ok_or(not_allowed("a field that is missing or no text"))
}

/// The parameters of the query: these, in any order, and no others. There is no body.
fn query<const N: usize>(request: &Request, names: [&str; N]) -> Result<[String; N], Refused> {
    if !request.body.is_empty() {
        return Err(not_allowed("a body where the page has none"));
    }
    let query = request.path.split_once('?').map_or("", |(_, query)| query);
    let given: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    if given.len() != N {
        return Err(not_allowed("other parameters than the page has"));
    }
    let values = names.map(|name| given.iter().find(|(n, _)| n == name).map(|(_, value)| value.clone()));
    if values.iter().any(Option::is_none) {
        return Err(not_allowed("a parameter is missing"));
    }
    Ok(values.map(Option::unwrap_or_default))
}

/// One page of a list of ids, of whether each still is there, and of what is told of it.
fn page(body: &Map<String, Value>, key: &str, all: &[(&str, bool, Value)]) -> Result<Script, Refused> {
    let limit = match body.get("limit").map(Value::as_u64) {
        None => 10,
        Some(Some(limit @ 1..=100)) => limit,
        Some(_) => return Err(not_allowed("a limit that isn't 1 to 100")),
    };
    let from = match body.get("cursor") {
        None => 0,
        Some(cursor) => {
            let at = all.iter().position(|(id, ..)| cursor.as_str() == Some(id));
            at.ok_or(not_allowed("a cursor that is no id of the list"))? + 1
        }
    };
    let there = |rows: &[(&str, bool, Value)]| -> Vec<Value> {
        rows.iter().filter(|(_, there, _)| *there).map(|(.., row)| row.clone()).collect()
    };
    let total = there(all).len();
    let mut items = there(&all[from..]);
    items.truncate(usize::try_from(limit).expect("a small number"));
    let last = items.last().map(|row| row["id"].clone());
    Ok(Script::json(200, &json!({"success": true, key: items, "pagination": {"total": total, "last": last}})))
}
