//! Chat Thing's data sources: the eleven calls, one attempt each.
//!
//! Owns which request is what call, and how a refusal is worded where a source or a row is meant. The bodies are in
//! [`wire`].

mod wire;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::super::error::{ErrorResponse, Purpose, broken, refusal, with};
use super::super::lenient_json::{Document, Object};
use super::super::stream::BODY;
use super::super::{CallError, Outcome, Sources};
use super::ChatThing;
use crate::domain::{Failure, Kind, Page, PageRequest, Row, RowBody, RowId, Source, SourceId, SyncInterval, Version};
use crate::http::{HttpError, Method, Response};

/// Where sources are made, read, changed and deleted.
const SOURCES: &[&str] = &["data-sources"];
/// Where rows are made, read and changed.
const ROW: &[&str] = &["data-sources", "row"];
/// Where rows are deleted, and nothing else: the platform's page has the plural for this alone.
const ROWS: &[&str] = &["data-sources", "rows"];

/// What 429 means for a sync.
const SYNC_BUSY: &str = "a sync of this source is running already, or the account's storage tokens are used up";
/// What to do about that.
const SYNC_HINT: &str =
    "If one is running, its state tells when it ends. Otherwise rows have to go, or the plan has to grow.";
/// What 429 means for the rest: the platform's page says nothing of it.
const BUSY: &str = "too many requests in a short time";

/// What a call is about: named where the platform doesn't know it.
#[derive(Clone, Copy)]
enum About<'a> {
    Channel,
    Source(&'a SourceId),
    Row(&'a SourceId, &'a RowId),
    Sync(&'a SourceId),
}

/// One call.
struct Call<'a> {
    method: Method,
    path: &'a [&'a str],
    query: &'a [(&'a str, &'a str)],
    /// None where the page has none.
    body: Option<String>,
    about: About<'a>,
    purpose: Purpose,
}

impl ChatThing {
    /// One request, and the answer to it, whatever its status.
    async fn attempt(&self, call: &Call<'_>, path: &[&str]) -> Result<Response, CallError> {
        let failed = |error: HttpError| broken(&error, call.purpose);
        let request = self.request(call.method, path, call.query).map_err(failed)?;
        // Reads are POSTs, too.
        let mut request = request.reading(call.purpose == Purpose::Read);
        if let Some(body) = &call.body {
            request = request.body(body.clone());
        }
        self.http.send(request).await.map_err(failed)
    }

    /// The bytes of a success, or what the refusal means.
    async fn taken(&self, mut response: Response, call: &Call<'_>) -> Result<bytes::Bytes, CallError> {
        if !(200..300).contains(&response.status()) {
            return Err(self.refused_to(&refusal(response, false).await.0, call));
        }
        response.whole(BODY).await.map_err(|e| broken(&e, call.purpose))
    }

    /// One request, and the documented object that it answers with.
    async fn source_call(&self, call: &Call<'_>) -> Result<Document, CallError> {
        let response = self.attempt(call, call.path).await?;
        let body = self.taken(response, call).await?;
        super::wire::success(&body, &self.peer, call.purpose)
    }

    /// The common table's meaning, in words for sources and rows.
    fn refused_to(&self, refusal: &ErrorResponse, call: &Call<'_>) -> CallError {
        let mut error = self.peer.refused(refusal, call.purpose);
        let host = &self.peer.host;
        let settings = "Check channel_id in the config file, and that the API channel is enabled";
        let (what, hint) = match (refusal.status, call.about) {
            (404, About::Channel) => (format!("{host} knows no such channel (404)"), Some(format!("{settings}."))),
            (404, About::Source(source) | About::Sync(source)) => (
                format!("{host} knows no data source {source}, or not the channel (404)"),
                Some(format!("{settings}. The source may have been deleted: look at the list of sources.")),
            ),
            (404, About::Row(source, row)) => (
                format!("{host} knows no row {row} in the data source {source}, or not the channel (404)"),
                Some(format!("{settings}. The row or its source may have been deleted: look at the list of rows.")),
            ),
            (429, About::Sync(_)) => (format!("{host} did not begin (429): {SYNC_BUSY}"), Some(SYNC_HINT.to_owned())),
            (429, _) => (format!("{host} says not now (429): {BUSY}"), None),
            _ => return error,
        };
        error.failure.message = self.peer.quote(&what, refusal.said.as_deref());
        error.failure.hint = hint;
        error
    }

    async fn source_page<T>(
        &self,
        call: Call<'_>,
        key: &str,
        page: &PageRequest,
        item: fn(&Object) -> Option<T>,
    ) -> Result<Page<T>, CallError> {
        let object = self.source_call(&call).await?;
        super::wire::page(&object, key, page, item)
            .ok_or_else(|| self.peer.unreadable(&format!("no list of {key}"), Purpose::Read))
    }

    /// A call that answers with a source.
    async fn source(&self, call: Call<'_>) -> Result<Source, CallError> {
        let object = self.source_call(&call).await?;
        let id = match call.about {
            About::Source(source) => Some(source),
            _ => None,
        };
        wire::answered_source(&object, id).ok_or_else(|| self.peer.unreadable("no data source", call.purpose))
    }

    /// A call that answers with nothing but a success.
    async fn done(&self, call: Call<'_>) -> Result<(), CallError> {
        self.source_call(&call).await.map(drop)
    }

    /// A change of rows; none at all is done already.
    async fn change(&self, method: Method, source: &SourceId, body: String, rows: usize) -> Result<(), CallError> {
        if rows == 0 {
            return Ok(());
        }
        self.done(Call {
            method,
            path: ROW,
            query: &[],
            body: Some(body),
            about: About::Source(source),
            purpose: Purpose::Write,
        })
        .await
    }

    async fn remove_rows(&self, source: &SourceId, rows: &[RowId]) -> Result<(), CallError> {
        let about = match rows {
            [] => return Ok(()),
            [row] => About::Row(source, row),
            _ => About::Source(source),
        };
        let body = Some(wire::removed_body(source, rows));
        let call = Call { method: Method::Delete, path: ROWS, query: &[], body, about, purpose: Purpose::Write };
        let mut response = self.attempt(&call, call.path).await?;
        if response.status() == 405 {
            // The page's plural may be a slip. A method that isn't allowed there was not carried out.
            response = self.attempt(&call, ROW).await?;
        }
        let body = self.taken(response, &call).await?;
        super::wire::success(&body, &self.peer, Purpose::Write).map(drop)
    }

    /// A row's text has to be right to the byte where it may be changed and written back: what isn't is told in it.
    async fn read_row(&self, source: &SourceId, row: &RowId) -> Result<RowBody, CallError> {
        let query = [("dataSourceId", source.as_str()), ("dataSourceRowId", row.as_str())];
        let about = About::Row(source, row);
        let call = Call { method: Method::Get, path: ROW, query: &query, body: None, about, purpose: Purpose::Read };
        let response = self.attempt(&call, call.path).await?;
        let body = self.taken(response, &call).await?;
        let object = super::wire::success(&body, &self.peer, Purpose::Read)?;
        wire::row_body(&object, row).map_err(|what| self.peer.unreadable(what, Purpose::Read))
    }

    async fn put_interval(&self, source: &SourceId, interval: Option<&SyncInterval>) -> Result<Source, CallError> {
        if let Some(SyncInterval::Other(_)) = interval {
            let failure = Failure::new(Kind::Invalid, "Chat Thing syncs by the day, the week or the month, or never");
            return Err(with(CallError { outcome: Outcome::Refused, failure }, "Nothing was sent."));
        }
        let body = Some(wire::interval_body(source, interval));
        let about = About::Source(source);
        self.source(Call { method: Method::Put, path: SOURCES, query: &[], body, about, purpose: Purpose::Write })
            .await
    }
}

impl Sources for ChatThing {
    fn list<'a>(&'a self, page: &'a PageRequest) -> BoxFuture<'a, Result<Page<Source>, CallError>> {
        let path = &["data-sources", "list"];
        let body = Some(wire::list_body(None, page));
        let call =
            Call { method: Method::Post, path, query: &[], body, about: About::Channel, purpose: Purpose::Read };
        self.source_page(call, "dataSources", page, wire::source).boxed()
    }

    fn create(&self) -> BoxFuture<'_, Result<Source, CallError>> {
        let about = About::Channel;
        let purpose = Purpose::Write;
        self.source(Call { method: Method::Post, path: SOURCES, query: &[], body: None, about, purpose }).boxed()
    }

    fn get<'a>(&'a self, source: &'a SourceId) -> BoxFuture<'a, Result<Source, CallError>> {
        async move {
            let query = &[("dataSourceId", source.as_str())];
            let about = About::Source(source);
            self.source(Call { method: Method::Get, path: SOURCES, query, body: None, about, purpose: Purpose::Read })
                .await
        }
        .boxed()
    }

    fn set_interval<'a>(
        &'a self,
        source: &'a SourceId,
        interval: Option<&'a SyncInterval>,
    ) -> BoxFuture<'a, Result<Source, CallError>> {
        self.put_interval(source, interval).boxed()
    }

    fn delete<'a>(&'a self, source: &'a SourceId) -> BoxFuture<'a, Result<(), CallError>> {
        let body = Some(wire::source_body(source));
        let about = About::Source(source);
        self.done(Call { method: Method::Delete, path: SOURCES, query: &[], body, about, purpose: Purpose::Write })
            .boxed()
    }

    fn sync<'a>(&'a self, source: &'a SourceId) -> BoxFuture<'a, Result<(), CallError>> {
        let path = &["data-sources", "sync"];
        let body = Some(wire::source_body(source));
        let about = About::Sync(source);
        self.done(Call { method: Method::Post, path, query: &[], body, about, purpose: Purpose::Write }).boxed()
    }

    fn rows<'a>(
        &'a self,
        source: &'a SourceId,
        page: &'a PageRequest,
    ) -> BoxFuture<'a, Result<Page<Row>, CallError>> {
        let path = &["data-sources", "row", "list"];
        let body = Some(wire::list_body(Some(source), page));
        let about = About::Source(source);
        let call = Call { method: Method::Post, path, query: &[], body, about, purpose: Purpose::Read };
        self.source_page(call, "dataSourceRows", page, wire::row).boxed()
    }

    fn row<'a>(&'a self, source: &'a SourceId, row: &'a RowId) -> BoxFuture<'a, Result<RowBody, CallError>> {
        self.read_row(source, row).boxed()
    }

    fn add_rows<'a>(&'a self, source: &'a SourceId, rows: &'a [Version]) -> BoxFuture<'a, Result<(), CallError>> {
        self.change(Method::Post, source, wire::added_body(source, rows), rows.len()).boxed()
    }

    fn update_rows<'a>(
        &'a self,
        source: &'a SourceId,
        rows: &'a [(RowId, Version)],
    ) -> BoxFuture<'a, Result<(), CallError>> {
        self.change(Method::Put, source, wire::updated_body(source, rows), rows.len()).boxed()
    }

    fn delete_rows<'a>(&'a self, source: &'a SourceId, rows: &'a [RowId]) -> BoxFuture<'a, Result<(), CallError>> {
        self.remove_rows(source, rows).boxed()
    }
}

#[cfg(test)]
mod tests;
