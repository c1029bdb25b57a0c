//! Data requests: what their delivery is answered. Owns how long a rule is waited for.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::sync::oneshot;

use super::Door;
use super::answer::{self, Reply};
use super::conn::{Conn, Phase};
use super::desk::Office;
use crate::domain::{DataRequest, RequestState, Verdict};
use crate::store::{Claimed, Filed};

/// Answers the delivery of a data request that is in the store.
pub(super) async fn respond(office: &Office, conn: &Conn, door: &Door, filed: Filed) -> Reply {
    // A probe is answered as any other delivery.
    let Some(request) = filed.request else { return answer::done() };
    if filed.verdict == Verdict::Duplicate {
        // As the first time, for ever; a rule is not asked again.
        return match (request.state, &request.answer) {
            (RequestState::Answered, Some(data)) => answer::data(door.adapter.answer_now(data)),
            _ => answer::accepted(),
        };
    }
    let Some(rule) = door.rule.as_ref().and_then(|rule| rule(&request)) else { return answer::accepted() };
    let (reply, said) = oneshot::channel();
    let (late, id) = (office.desk.late.clone(), request.id.clone());
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
            said = tokio::time::timeout(patience(office, &request), said) => said.ok().and_then(Result::ok),
            // Who has closed its side may read on or be gone. The way that is left for later reaches it either way.
            () = conn.silence(), if request.link.is_some() => None,
        }
    };
    let waited = conn.within(Phase::Rule, std::pin::pin!(waited)).await.flatten();
    match waited {
        Some(Ok(data)) => in_time(office, door, &request, data).await,
        Some(Err(why)) => {
            (office.desk.late)(request.id, Err(why));
            answer::accepted()
        }
        // It has not said anything yet; what it says goes elsewhere.
        None => answer::accepted(),
    }
}

fn patience(office: &Office, request: &DataRequest) -> Duration {
    let left = request.deadline.since((office.desk.clock)());
    office.desk.limits.rule_time.min(Duration::from_millis(left))
}

async fn in_time(office: &Office, door: &Door, request: &DataRequest, data: String) -> Reply {
    let now = (office.desk.clock)();
    match office.clerk.answer(&request.id, &data, now).await {
        Ok(Claimed::Yes(_)) => {
            let reply = answer::data(door.adapter.answer_now(&data));
            office.desk.tell();
            reply
        }
        // Its time is up, or somebody else was faster.
        Ok(Claimed::Late(_) | Claimed::No(_)) => answer::accepted(),
        Err(error) => {
            tracing::warn!(%error, "an answer could not be stored, so it does not go out with the response");
            let late: Arc<_> = office.desk.late.clone();
            late(request.id.clone(), Ok(data));
            answer::accepted()
        }
    }
}
