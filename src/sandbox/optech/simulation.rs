//! What the platform asks of its own accord: a data request now and then, a handful open at most.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::super::context::SandboxContext;
use super::super::hooks::OutgoingHook;
use super::super::options::Pace;
use super::account::CHANNEL;
use super::data_request::{PreparedDataRequest, prepare};
use super::links::AnswerLinks;
use super::signature::sign;

/// How long after the start the first comes, at any pace but the unlimited one; and the others after it.
const FIRST: Duration = Duration::from_secs(3);
const EVERY: Duration = Duration::from_secs(45);
/// How many may wait for an answer.
const MOST: usize = 4;

/// Asks for data until the sandbox stops. Requests that nobody answers expire, and make room for others.
pub(super) fn start(context: &SandboxContext, links: &AnswerLinks) {
    tokio::spawn(send_data_requests(context.clone(), links.clone()));
}

async fn send_data_requests(context: SandboxContext, links: AnswerLinks) {
    context.hooks.has_target().await;
    if context.pace != Pace::Unlimited {
        tokio::time::sleep(FIRST).await;
    }
    for number in 0.. {
        if links.waiting((context.clock)()) < MOST {
            send_data_request(&context, &links, number);
        }
        tokio::time::sleep(EVERY).await;
    }
}

fn send_data_request(context: &SandboxContext, links: &AnswerLinks, number: u32) {
    let prepared = prepare(context, links, sample_event(number));
    let Ok(PreparedDataRequest { link: Some(link), body }) = prepared else { return };
    let (response_sender, response) = oneshot::channel();
    context.hooks.post(OutgoingHook {
        channel: CHANNEL,
        path_key: None,
        ordering_key: link.clone(),
        scheme: sign,
        body: body.into(),
        response_sender: Some(response_sender),
    });
    let links = links.clone();
    tokio::spawn(async move {
        match response.await {
            Ok(response) => links.record_response(&link, &response),
            Err(_) => links.close(&link),
        }
    });
}

/// The questions go round; their numbers differ.
fn sample_event(number: u32) -> Value {
    let order = format!("A-{}", 10_231 + u64::from(number) * 37);
    match number % 5 {
        0 => json!({ "key": "order_status", "inputs": { "order_id": order, "customer": "Zo\u{eb} Lindqvist" } }),
        1 => json!({ "key": "refund_eligibility", "inputs": {
            "order_id": order, "reason": "It doesn\u{2019}t fit", "days_since_delivery": 9 + number % 20,
        } }),
        2 => {
            json!({ "key": "delivery_window", "inputs": { "order_id": order, "postcode": "1016 GV", "country": "NL" } })
        }
        3 => json!({ "key": "loyalty_points", "inputs": { "customer_id": 4_000 + number } }),
        _ => json!({ "key": "stock_level", "inputs": { "sku": "KETTLE-1.7L-RED", "warehouse": "AMS-2" } }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_question_has_a_key_and_inputs() {
        for number in 0..10 {
            let question = sample_event(number);
            assert!(question["key"].is_string() && !question["inputs"].as_object().unwrap().is_empty());
        }
        assert_ne!(sample_event(0), sample_event(5));
    }
}
