//! Life at Operator: where the sandbox is alive, agents are called, and the webhooks tell of it.

use std::time::Duration;

use serde_json::Value;

use super::super::Pace;
use super::super::desk::Desk;
use super::super::hooks::Hook;
use super::super::keys::AGENTS;
use super::super::sign::Seal;
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
pub(in super::super) fn live(desk: &Desk) {
    if !desk.life {
        return;
    }
    let mut stopping = desk.stopping.clone();
    let desk = desk.clone();
    tokio::spawn(async move {
        tokio::select! {
            () = calls(&desk) => {}
            _ = stopping.wait_for(|stopping| *stopping) => {}
        }
    });
}

async fn calls(desk: &Desk) {
    desk.hooks.wanted().await;
    pause(desk, FIRST).await;
    while call(desk).await.is_some() {
        pause(desk, NEXT).await;
    }
}

/// One call, from its begin until it was looked through. Somebody may delete it meanwhile.
async fn call(desk: &Desk) -> Option<()> {
    let operator = &desk.operator;
    let (n, id, setup) = operator.begin().await?;
    post(desk, &id, &setup);
    pause(desk, LINE).await;
    if seeds::nobody_answers(n) {
        if let Ok(ended) = operator.end(&id, "no-answer").await? {
            post(desk, &id, &ended);
        }
        return Some(());
    }
    let tag = id.strip_prefix("conv_").unwrap_or(&id);
    for payload in seeds::payloads(n, tag) {
        if operator.tell(&id, payload).await?.is_err() {
            return Some(());
        }
        pause(desk, LINE).await;
    }
    let Ok(ended) = operator.end(&id, "completed").await? else { return Some(()) };
    post(desk, &id, &ended);
    pause(desk, LOOK).await;
    if let Ok(updated) = operator.look_through(&id, n).await? {
        post(desk, &id, &updated);
    }
    Some(())
}

async fn pause(desk: &Desk, wait: Duration) {
    tokio::time::sleep(if desk.pace == Pace::Unlimited { wait / HURRY } else { wait }).await;
}

/// Posts an event; those of one conversation stay in order.
pub(super) fn post(desk: &Desk, conversation: &str, event: &Value) {
    let lane = conversation.to_owned();
    let body = event.to_string().into();
    desk.hooks.post(Hook { channel: AGENTS, key: None, lane, seal: Seal::Operator, body, told: None });
}
