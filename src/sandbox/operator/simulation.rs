//! Life at Operator: where the sandbox is alive, agents are called, and the webhooks tell of it.

use std::time::Duration;

use serde_json::Value;

use super::super::Pace;
use super::super::context::SandboxContext;
use super::super::credentials::AGENTS;
use super::super::hooks::OutgoingHook;
use super::super::signing::SignatureScheme;
use super::seeds;

/// When the first call comes, and how long it is from the end of one to the next.
const FIRST: Duration = Duration::from_secs(6);
const NEXT: Duration = Duration::from_secs(45);
/// How long it is from one line to the next.
const LINE: Duration = Duration::from_millis(2_600);
/// How long it takes to look through a call after its end.
const LOOK: Duration = Duration::from_secs(4);
/// Where nobody wants to wait, life runs so many times faster.
const HURRY: u32 = 40;

/// Calls come, where they are wanted, until the sandbox stops. They begin once there is somewhere to post webhooks to.
pub(in super::super) fn start(context: &SandboxContext) {
    if !context.simulation {
        return;
    }
    let mut stopping = context.stopping.clone();
    let context = context.clone();
    tokio::spawn(async move {
        tokio::select! {
            () = calls(&context) => {}
            _ = stopping.wait_for(|stopping| *stopping) => {}
        }
    });
}

async fn calls(context: &SandboxContext) {
    context.hooks.wanted().await;
    pause(context, FIRST).await;
    while call(context).await.is_some() {
        pause(context, NEXT).await;
    }
}

/// One call, from its begin until it was looked through. Somebody may delete it meanwhile.
async fn call(context: &SandboxContext) -> Option<()> {
    let operator = &context.operator;
    let (n, id, setup) = operator.begin().await?;
    post(context, &id, &setup);
    pause(context, LINE).await;
    if seeds::nobody_answers(n) {
        if let Ok(ended) = operator.end(&id, "no-answer").await? {
            post(context, &id, &ended);
        }
        return Some(());
    }
    let tag = id.strip_prefix("conv_").unwrap_or(&id);
    for payload in seeds::payloads(n, tag) {
        if operator.tell(&id, payload).await?.is_err() {
            return Some(());
        }
        pause(context, LINE).await;
    }
    let Ok(ended) = operator.end(&id, "completed").await? else { return Some(()) };
    post(context, &id, &ended);
    pause(context, LOOK).await;
    if let Ok(updated) = operator.look_through(&id, n).await? {
        post(context, &id, &updated);
    }
    Some(())
}

async fn pause(context: &SandboxContext, wait: Duration) {
    tokio::time::sleep(if context.pace == Pace::Unlimited { wait / HURRY } else { wait }).await;
}

/// Posts an event; those of one conversation stay in order.
pub(super) fn post(context: &SandboxContext, conversation: &str, event: &Value) {
    let ordering_key = conversation.to_owned();
    let body = event.to_string().into();
    context.hooks.post(OutgoingHook {
        channel: AGENTS,
        key: None,
        ordering_key,
        scheme: SignatureScheme::Operator,
        body,
        response_sender: None,
    });
}
