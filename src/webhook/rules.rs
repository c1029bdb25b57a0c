//! Data requests: what their delivery is answered. Owns how long a rule is waited for.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::sync::oneshot;

use super::connection::{Connection, Phase};
use super::responses::{self, HttpResponse};
use super::routes::Route;
use super::service::Service;
use crate::domain::{DataRequest, RequestState, Verdict};
use crate::store::{Claimed, Filed};

/// Answers the delivery of a data request that is in the store.
pub(super) async fn respond(service: &Service, connection: &Connection, route: &Route, filed: Filed) -> HttpResponse {
    // A probe is answered as any other delivery.
    let Some(request) = filed.request else { return responses::done() };
    if filed.verdict == Verdict::Duplicate {
        // As the first time, for ever; a rule is not asked again.
        return match (request.state, &request.answer) {
            (RequestState::Answered, Some(data)) => responses::data(route.adapter.answer_now(data)),
            _ => responses::accepted(),
        };
    }
    let Some(rule) = route.rule.as_ref().and_then(|rule| rule(&request)) else { return responses::accepted() };
    let (reply, said) = oneshot::channel();
    let (late, id) = (service.config.late.clone(), request.id.clone());
    // On a task of its own: a client that goes away doesn't take the rule with it.
    tokio::spawn(async move {
        let said = std::panic::AssertUnwindSafe(rule).catch_unwind().await;
        let said = said.unwrap_or_else(|_| Err("the rule broke".to_owned()));
        if let Err(said) = reply.send(said) {
            late(id, said);
        }
    });
    let waited = async {
        tokio::select! {
            biased;
            said = tokio::time::timeout(wait_limit(service, &request), said) => said.ok().and_then(Result::ok),
            // Who has closed its side may read on or be gone. The way that is left for later reaches it either way.
            () = connection.client_closed(), if request.link.is_some() => None,
        }
    };
    let waited = connection.within(Phase::Rule, std::pin::pin!(waited)).await.flatten();
    match waited {
        Some(Ok(data)) => answer_in_response(service, route, &request, data).await,
        Some(Err(why)) => {
            (service.config.late)(request.id, Err(why));
            responses::accepted()
        }
        // It has not said anything yet; what it says goes elsewhere.
        None => responses::accepted(),
    }
}

fn wait_limit(service: &Service, request: &DataRequest) -> Duration {
    let left = request.deadline.since((service.config.clock)());
    service.config.limits.rule_time.min(Duration::from_millis(left))
}

async fn answer_in_response(service: &Service, route: &Route, request: &DataRequest, data: String) -> HttpResponse {
    let now = (service.config.clock)();
    match service.ingest.answer(&request.id, &data, now).await {
        Ok(Claimed::Yes(_)) => {
            let reply = responses::data(route.adapter.answer_now(&data));
            service.config.notify_changed();
            reply
        }
        // Its time is up, or somebody else was faster.
        Ok(Claimed::Late(_) | Claimed::No(_)) => responses::accepted(),
        Err(error) => {
            tracing::warn!(%error, "an answer could not be stored, so it does not go out with the response");
            let late: Arc<_> = service.config.late.clone();
            late(request.id.clone(), Ok(data));
            responses::accepted()
        }
    }
}
