//! Life on Eko: people answer what the bot writes, and where the sandbox is alive they write by themselves.

use std::time::Duration;

use serde_json::Value;

use super::super::Pace;
use super::super::context::SandboxContext;
use super::super::credentials::FRONTLINE;
use super::super::hooks::OutgoingHook;
use super::super::signing::SignatureScheme;
use super::state::{BotContent, EkoChat, GROUP, PEOPLE, SentMessage, TOPIC};
use super::{events, phrases};

/// How long somebody takes to read and answer.
const ANSWER: Duration = Duration::from_millis(1_600);
/// When the first person writes, and how long it is from one to the next.
const FIRST: Duration = Duration::from_secs(3);
const NEXT: Duration = Duration::from_secs(24);
/// Where nobody wants to wait, life runs so many times faster.
const HURRY: u32 = 40;
/// The newcomer opens a chat before the person who writes at this turn.
const JOINS: usize = 2;

/// Has somebody answer what the bot wrote, after a moment.
pub(super) fn react(context: &SandboxContext, sent: &SentMessage, content: &BotContent) {
    let Some(text) = phrases::answer(content, sent.turn) else { return };
    let (context, person, chat) = (context.clone(), sent.answers, sent.chat.clone());
    tokio::spawn(async move {
        let moment = if context.pace == Pace::Unlimited { Duration::ZERO } else { ANSWER };
        if pause(&context, moment).await {
            speak(&context, person, chat, text).await;
        }
    });
}

/// People's own life, where it is wanted, until the sandbox stops. It begins once there is somewhere to post it to.
pub(in super::super) fn start(context: &SandboxContext) {
    if !context.simulation {
        return;
    }
    let context = context.clone();
    tokio::spawn(async move {
        tokio::select! {
            () = context.hooks.wanted() => {}
            () = stopped(&context) => return,
        }
        let scale = |wait: Duration| if context.pace == Pace::Unlimited { wait / HURRY } else { wait };
        let mut wait = scale(FIRST);
        for turn in 0.. {
            if !pause(&context, wait).await {
                return;
            }
            // Uneven, as people are.
            wait = scale(NEXT + Duration::from_secs(u64::try_from(turn * 7 % 15).unwrap_or(0)));
            if turn == JOINS {
                let newcomer = PEOPLE.len() - 1;
                let Some(event) = context.eko.join(newcomer).await else { return };
                post(&context, &EkoChat::Direct { uid: PEOPLE[newcomer].id.to_owned() }, &event);
            }
            let (person, in_group, text) = phrases::unasked(turn);
            let chat = if in_group {
                EkoChat::Topic { gid: GROUP.to_owned(), tid: TOPIC.to_owned() }
            } else {
                EkoChat::Direct { uid: PEOPLE.get(person).unwrap_or(&PEOPLE[0]).id.to_owned() }
            };
            speak(&context, person, chat, text.to_owned()).await;
        }
    });
}

async fn speak(context: &SandboxContext, person: usize, chat: EkoChat, text: String) {
    if let Some(event) = context.eko.say(person, chat.clone(), text).await {
        post(context, &chat, &event);
    }
}

/// Posts an event; those of one conversation stay in order.
fn post(context: &SandboxContext, chat: &EkoChat, event: &Value) {
    let ordering_key = match chat {
        EkoChat::Direct { uid } => uid.clone(),
        EkoChat::Topic { gid, tid } => format!("{gid}/{tid}"),
    };

    context.hooks.post(OutgoingHook {
        channel: FRONTLINE,
        key: None,
        ordering_key,
        scheme: SignatureScheme::Eko,
        body: events(event),
        response_sender: None,
    });
}

/// Waits; false where the sandbox stopped meanwhile.
async fn pause(context: &SandboxContext, wait: Duration) -> bool {
    context.unless_stopping(tokio::time::sleep(wait)).await;
    !*context.stopping.borrow()
}

async fn stopped(context: &SandboxContext) {
    let _ = context.stopping.clone().wait_for(|stopping| *stopping).await;
}
