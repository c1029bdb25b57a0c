//! Life on Eko: people answer what the bot writes, and where the sandbox is alive they write by themselves.

use std::time::Duration;

use serde_json::Value;

use super::super::Pace;
use super::super::desk::Desk;
use super::super::hooks::Hook;
use super::super::keys::FRONTLINE;
use super::super::sign::Seal;
use super::town::{Content, GROUP, PEOPLE, Place, Sent, TOPIC};
use super::{events, words};

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
pub(super) fn react(desk: &Desk, sent: &Sent, content: &Content) {
    let Some(text) = words::answer(content, sent.turn) else { return };
    let (desk, person, place) = (desk.clone(), sent.answers, sent.place.clone());
    tokio::spawn(async move {
        let moment = if desk.pace == Pace::Unlimited { Duration::ZERO } else { ANSWER };
        if pause(&desk, moment).await {
            speak(&desk, person, place, text).await;
        }
    });
}

/// People's own life, where it is wanted, until the sandbox stops. It begins once there is somewhere to post it to.
pub(in super::super) fn live(desk: &Desk) {
    if !desk.life {
        return;
    }
    let desk = desk.clone();
    tokio::spawn(async move {
        tokio::select! {
            () = desk.hooks.wanted() => {}
            () = stopped(&desk) => return,
        }
        let scale = |wait: Duration| if desk.pace == Pace::Unlimited { wait / HURRY } else { wait };
        let mut wait = scale(FIRST);
        for turn in 0.. {
            if !pause(&desk, wait).await {
                return;
            }
            // Uneven, as people are.
            wait = scale(NEXT + Duration::from_secs(u64::try_from(turn * 7 % 15).unwrap_or(0)));
            if turn == JOINS {
                let newcomer = PEOPLE.len() - 1;
                let Some(event) = desk.eko.join(newcomer).await else { return };
                post(&desk, &Place::Direct { uid: PEOPLE[newcomer].id.to_owned() }, &event);
            }
            let (person, in_group, text) = words::unasked(turn);
            let place = if in_group {
                Place::Topic { gid: GROUP.to_owned(), tid: TOPIC.to_owned() }
            } else {
                Place::Direct { uid: PEOPLE.get(person).unwrap_or(&PEOPLE[0]).id.to_owned() }
            };
            speak(&desk, person, place, text.to_owned()).await;
        }
    });
}

async fn speak(desk: &Desk, person: usize, place: Place, text: String) {
    if let Some(event) = desk.eko.say(person, place.clone(), text).await {
        post(desk, &place, &event);
    }
}

/// Posts an event; those of one conversation stay in order.
fn post(desk: &Desk, place: &Place, event: &Value) {
    let lane = match place {
        Place::Direct { uid } => uid.clone(),
        Place::Topic { gid, tid } => format!("{gid}/{tid}"),
    };

    desk.hooks.post(Hook { channel: FRONTLINE, key: None, lane, seal: Seal::Eko, body: events(event), told: None });
}

/// Waits; false where the sandbox stopped meanwhile.
async fn pause(desk: &Desk, wait: Duration) -> bool {
    desk.unless_stopping(tokio::time::sleep(wait)).await;
    !*desk.stopping.borrow()
}

async fn stopped(desk: &Desk) {
    let _ = desk.stopping.clone().wait_for(|stopping| *stopping).await;
}
