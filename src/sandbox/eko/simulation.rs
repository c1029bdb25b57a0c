//! The simulation of Eko: people answer what the bot writes, and where that is wanted they write by themselves.

use std::time::Duration;

use serde_json::{Value, json};

use super::super::context::SandboxContext;
use super::super::hooks::OutgoingHook;
use super::super::options::Pace;
use super::account::CHANNEL;
use super::actor::EkoHandle;
use super::phrases;
use super::signature::sign;
use super::state::{BotContent, EkoChat, GROUP, PEOPLE, SentMessage, TOPIC};

/// How long somebody takes to read and answer.
const ANSWER: Duration = Duration::from_millis(1_600);
/// When the first person writes, and how long it is from one to the next.
const FIRST: Duration = Duration::from_secs(3);
const NEXT: Duration = Duration::from_secs(24);
/// The newcomer opens a chat before the person who writes at this turn.
const JOINS: usize = 2;

/// Has somebody answer what the bot wrote, after a moment.
pub(super) fn react(context: &SandboxContext, state: &EkoHandle, sent: &SentMessage, what: &BotContent) {
    let Some(text) = phrases::reply_to(what, sent.turn) else { return };
    let (context, state) = (context.clone(), state.clone());
    let (person, chat) = (sent.answers, sent.chat.clone());
    tokio::spawn(async move {
        let moment = if context.pace == Pace::Unlimited { Duration::ZERO } else { ANSWER };
        if pause(&context, moment).await {
            say(&context, &state, person, chat, text).await;
        }
    });
}

/// People write of their own accord until the sandbox stops. They begin once there is somewhere to post that to.
pub(super) fn start(context: &SandboxContext, state: &EkoHandle) {
    let (context, state) = (context.clone(), state.clone());
    tokio::spawn(async move {
        tokio::select! {
            () = context.hooks.has_target() => {}
            () = stopped(&context) => return,
        }
        let mut wait = context.simulated(FIRST);
        for turn in 0.. {
            if !pause(&context, wait).await {
                return;
            }
            // Uneven, as people are.
            wait = context.simulated(NEXT + Duration::from_secs(u64::try_from(turn * 7 % 15).unwrap_or(0)));
            if turn == JOINS {
                let newcomer = PEOPLE.len() - 1;
                let Ok(event) = state.join(newcomer).await else { return };
                post(&context, &EkoChat::Direct { uid: PEOPLE[newcomer].id.to_owned() }, &event);
            }
            let (person, in_group, text) = phrases::unprompted(turn);
            let chat = if in_group {
                EkoChat::Topic { gid: GROUP.to_owned(), tid: TOPIC.to_owned() }
            } else {
                EkoChat::Direct { uid: PEOPLE.get(person).unwrap_or(&PEOPLE[0]).id.to_owned() }
            };
            say(&context, &state, person, chat, text.to_owned()).await;
        }
    });
}

async fn say(context: &SandboxContext, state: &EkoHandle, person: usize, chat: EkoChat, text: String) {
    if let Ok(event) = state.say(person, chat.clone(), text).await {
        post(context, &chat, &event);
    }
}

/// Posts an event; those of one conversation stay in order.
fn post(context: &SandboxContext, chat: &EkoChat, event: &Value) {
    let ordering_key = match chat {
        EkoChat::Direct { uid } => uid.clone(),
        EkoChat::Topic { gid, tid } => format!("{gid}/{tid}"),
    };
    let body = webhook_body(event).to_string().into();
    context.hooks.post(OutgoingHook::new(CHANNEL, ordering_key, sign, body));
}

/// Waits; false where the sandbox stopped meanwhile.
async fn pause(context: &SandboxContext, wait: Duration) -> bool {
    context.unless_stopping(tokio::time::sleep(wait)).await;
    !*context.stopping.borrow()
}

async fn stopped(context: &SandboxContext) {
    let _ = context.stopping.clone().wait_for(|stopping| *stopping).await;
}

/// The body of a webhook with one event.
pub(super) fn webhook_body(event: &Value) -> Value {
    json!({ "events": [event] })
}
