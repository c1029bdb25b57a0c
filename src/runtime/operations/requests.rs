//! Data requests: listed, and answered: once, and never late.

use std::time::Duration;

use crate::domain::{DataRequest, Failure, Kind, RequestId, RequestState, Timestamp};
use crate::http::{Retry, policies};
use crate::platform::{Adapter, CallError, Outcome};
use crate::runtime::{Runtime, durable_write, error_map, random, rules};
use crate::store::{Claimed, StoreError};

/// How many are listed, of the newest and of older ones that wait.
const MOST: usize = 200;
/// How many that wait a command lists.
const ALL: usize = 100_000;

/// The newest data requests and all that wait, of one channel or of all. Those whose time is up are marked first, and
/// those that ended instances had in hand.
pub(in crate::runtime) async fn list(runtime: &Runtime, all: bool) -> Result<Vec<DataRequest>, Failure> {
    let store = runtime.store();
    store.recover().await.map_err(|e| error_map::store(&e))?;
    store.expire_requests(Timestamp::now()).await.map_err(|e| error_map::store(&e))?;
    let channel = if all { None } else { Some(runtime.channel()?) };
    store.requests(channel.as_ref(), MOST, ALL).await.map_err(|e| error_map::store(&e))
}

/// What a screen has room for of all channels' requests. Asked often: it costs little however many wait.
pub(in crate::runtime) async fn glance(runtime: &Runtime) -> Result<Vec<DataRequest>, Failure> {
    let store = runtime.store();
    store.expire_requests(Timestamp::now()).await.map_err(|e| error_map::store(&e))?;
    store.requests(None, MOST, MOST).await.map_err(|e| error_map::store(&e))
}

/// Posts an answer that somebody waits for to the request's link, and says what became of it.
pub(in crate::runtime) async fn answer(
    runtime: &Runtime,
    id: &RequestId,
    data: &str,
) -> Result<DataRequest, Failure> {
    answer_with(runtime, id, data, &policies::ANSWER_BY_HAND).await
}

/// Posts an answer that nobody waits for: it is tried until the request's time is up.
pub(in crate::runtime) async fn answer_late(
    runtime: &Runtime,
    id: &RequestId,
    data: &str,
) -> Result<DataRequest, Failure> {
    answer_with(runtime, id, data, &policies::ANSWER_BY_RULE).await
}

async fn answer_with(runtime: &Runtime, id: &RequestId, data: &str, retry: &Retry) -> Result<DataRequest, Failure> {
    let data = rules::object(data).map_err(|why| {
        Failure::new(Kind::Invalid, format!("{why}, so nothing was sent"))
            .hint("An answer is a JSON object, such as {\"status\":\"shipped\"}.")
    })?;
    let store = runtime.store();
    let found = store.request(id).await.map_err(|e| error_map::before_sending(&e))?;
    let request = found.ok_or_else(|| {
        Failure::new(Kind::NotFound, format!("There is no data request {id}."))
            .hint("`requests list` names those that wait.")
    })?;
    if request.link.is_none() && request.state == RequestState::Received {
        let what = "The request brought no link, so it could only be answered at once, by a rule; nothing was sent.";
        return Err(Failure::new(Kind::Invalid, what));
    }
    runtime.on(&request.channel).writable()?;
    let adapter = runtime.on(&request.channel).adapter().await?;
    let claimed = store.claim_request(id, &data, Timestamp::now(), margin(&request)).await;
    let request = match claimed.map_err(|e| error_map::before_sending(&e))? {
        Claimed::Yes(request) => request,
        Claimed::Late(request) => return Err(late(&request)),
        Claimed::No(request) => return Err(taken(&request)),
    };
    let (state, failure) = post(adapter.as_ref(), &request, &data, retry).await;
    if let (RequestState::Received, Some(failure)) = (state, &failure) {
        // It was not taken: another one may be, while there is time.
        let hint = match released(runtime, id, failure).await {
            Ok(()) => "The request still waits: it can be answered until its time is up.".to_owned(),
            Err(error) => format!("The answer was not taken; the request stays in hand here: {error}."),
        };
        return Err(failure.clone().hint(hint));
    }
    match (settled(runtime, id, state, failure.as_ref()).await, failure) {
        (Ok(()), Some(failure)) => Err(failure),
        (Err(error), None) => Err(error_map::after_sending("The answer went out and the platform took it", &error)),
        (Err(error), Some(failure)) => {
            // What is known of the answer is told; the store says of it that it may have arrived.
            tracing::error!(request = %id, %error, "what became of the answer could not be stored");
            Err(failure)
        }
        (Ok(()), None) => Ok(DataRequest { state, answer: Some(data), failure: None, ..request }),
    }
}

/// Gives a request back to whoever answers it next.
async fn released(runtime: &Runtime, id: &RequestId, failure: &Failure) -> Result<(), StoreError> {
    let (store, id, failure) = (runtime.store().clone(), id.clone(), failure.clone());
    durable_write::until_written(move || store.release_request(&id, Some(&failure))).await
}

/// Writes down what became of an answer.
async fn settled(
    runtime: &Runtime,
    id: &RequestId,
    state: RequestState,
    failure: Option<&Failure>,
) -> Result<(), StoreError> {
    let (store, id, failure) = (runtime.store().clone(), id.clone(), failure.cloned());
    durable_write::until_written(move || store.settle_request(&id, state, failure.as_ref())).await
}

/// Posts until it is taken or refused, or its policy or its time is at an end. What may have arrived is not posted again.
/// `Received` says that it provably was not taken, and that another attempt can be made.
async fn post(
    adapter: &dyn Adapter,
    request: &DataRequest,
    data: &str,
    retry: &Retry,
) -> (RequestState, Option<Failure>) {
    let mut attempt = 0;
    loop {
        attempt += 1;
        let left = request.deadline.since(Timestamp::now());
        #[cfg(feature = "planted")]
        let left = if crate::domain::PlantedFault::LateAnswer.is_planted() { 10_000 } else { left };
        if left <= margin(request).unsigned_abs() {
            return (RequestState::Expired, Some(late(request)));
        }
        let posted = tokio::time::timeout(Duration::from_millis(left), adapter.answer(request, data)).await;
        let error = match posted {
            Ok(Ok(())) => return (RequestState::Posted, None),
            Ok(Err(error)) => error,
            Err(_) => {
                let why = "The time was up before the platform took the answer; it may have arrived.";
                let failure = Failure::new(Kind::UnknownDelivery, why).hint("It is not posted again.");
                return (RequestState::Unknown, Some(failure));
            }
        };
        let CallError { outcome, failure } = error;
        let wait = match outcome {
            Outcome::NotSent => retry.wait_ms(attempt, None, random::fraction()),
            Outcome::Busy { retry_after_ms } => retry.wait_ms(attempt, retry_after_ms, random::fraction()),
            // It was taken; what the platform said to it makes no difference.
            Outcome::Accepted => return (RequestState::Posted, None),
            Outcome::Refused if malformed(&failure) => return (RequestState::Received, Some(failure)),
            Outcome::Refused => return (RequestState::Failed, Some(failure)),
            Outcome::Unknown | Outcome::Passing { .. } => return (RequestState::Unknown, Some(failure)),
        };
        match wait {
            Some(wait) if wait < left => tokio::time::sleep(Duration::from_millis(wait)).await,
            _ => return (RequestState::Received, Some(failure)),
        }
    }
}

/// Whether the platform says that the answer itself is wrong.
fn malformed(failure: &Failure) -> bool {
    matches!(failure.status, Some(400 | 422))
}

/// So much before the deadline nothing is posted any more, in milliseconds: it has to arrive, too.
fn margin(request: &DataRequest) -> i64 {
    if request.deadline.since(request.received) <= 15_000 { 500 } else { 5_000 }
}

fn late(request: &DataRequest) -> Failure {
    let now = Timestamp::now();
    let over = now.since(request.deadline).div_ceil(1_000);
    let when = if over > 0 { format!("too late by {over} s") } else { "too late to arrive in time".to_owned() };
    Failure::new(Kind::Invalid, format!("The answer is {when}, so it was not sent."))
        .hint("The platform has given this request up.")
}

fn taken(request: &DataRequest) -> Failure {
    let what = match request.state {
        RequestState::Answered | RequestState::Posted => "has been answered already",
        RequestState::Expired => return late(request),
        RequestState::Failed => "has failed",
        RequestState::Unknown => "has an answer that may have arrived",
        RequestState::Received | RequestState::Answering => "is being answered by another patchcord",
    };
    Failure::new(Kind::Invalid, format!("The request {what}; nothing was sent.")).hint("An answer is sent once.")
}
