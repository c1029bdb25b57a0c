//! The simulation of Operator: agents are called, and the webhooks tell of it.

use std::time::Duration;

use serde_json::Value;

use super::super::context::SandboxContext;
use super::super::hooks::OutgoingHook;
use super::account::CHANNEL;
use super::actor::OperatorHandle;
use super::conversations::AgentConversationError;
use super::seeds;
use super::signature::sign;

/// When the first call comes, and how long it is from the end of one to the next.
const FIRST: Duration = Duration::from_secs(6);
const NEXT: Duration = Duration::from_secs(45);
/// How long it is from one line to the next.
const LINE: Duration = Duration::from_millis(2_600);
/// How long it takes to postprocess a call after its end.
const POSTPROCESSING: Duration = Duration::from_secs(4);

/// Calls come until the sandbox stops. They begin once there is somewhere to post webhooks to.
pub(super) fn start(context: &SandboxContext, conversations: &OperatorHandle) {
    let mut stopping = context.stopping.clone();
    let (context, conversations) = (context.clone(), conversations.clone());
    tokio::spawn(async move {
        tokio::select! {
            () = calls(&context, &conversations) => {}
            _ = stopping.wait_for(|stopping| *stopping) => {}
        }
    });
}

async fn calls(context: &SandboxContext, conversations: &OperatorHandle) {
    context.hooks.has_target().await;
    pause(context, FIRST).await;
    // Somebody may delete a conversation in its middle: then the next one comes.
    while call(context, conversations).await != Err(AgentConversationError::Stopping) {
        pause(context, NEXT).await;
    }
}

/// One call, from its begin until it was postprocessed.
async fn call(context: &SandboxContext, conversations: &OperatorHandle) -> Result<(), AgentConversationError> {
    let (n, id, setup) = conversations.begin().await?;
    post(context, &id, &setup);
    pause(context, LINE).await;
    if seeds::nobody_answers(n) {
        post(context, &id, &conversations.end(&id, "no-answer").await?);
        return Ok(());
    }
    let tag = id.strip_prefix("conv_").unwrap_or(&id);
    for payload in seeds::payloads(n, tag) {
        conversations.add_event(&id, payload).await?;
        pause(context, LINE).await;
    }
    post(context, &id, &conversations.end(&id, "completed").await?);
    pause(context, POSTPROCESSING).await;
    post(context, &id, &conversations.postprocess(&id, n).await?);
    Ok(())
}

async fn pause(context: &SandboxContext, wait: Duration) {
    tokio::time::sleep(context.simulated(wait)).await;
}

/// Posts an event; those of one conversation stay in order.
pub(super) fn post(context: &SandboxContext, conversation: &str, event: &Value) {
    let ordering_key = conversation.to_owned();
    let body = event.to_string().into();
    context.hooks.post(OutgoingHook::new(CHANNEL, ordering_key, sign, body));
}
