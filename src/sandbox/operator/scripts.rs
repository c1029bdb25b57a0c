//! What agents and customers say to each other in the seeded conversations and in those that begin by themselves.

/// One conversation as written. `{name}` and `{order}` stand for the customer's.
pub(super) struct ConversationScript {
    pub(super) scenario: &'static str,
    pub(super) sentiment: &'static str,
    pub(super) summary: &'static str,
    /// What was asked of another system, with what, and what it said: before the agent's second line.
    pub(super) tool: Option<(&'static str, &'static str, &'static str)>,
    /// The agent's and the customer's lines by turns; the agent begins.
    pub(super) lines: &'static [&'static str],
    /// A JSON object: what is known after the conversation.
    pub(super) fields: &'static str,
}

/// The customers, by turns.
pub(super) const NAMES: [&str; 9] = [
    "Ada Lindgren",
    "José Ibáñez",
    "Mei-Ling Zhou",
    "Kwame Mensah",
    "Siobhán O'Neill",
    "Ayşe Yılmaz",
    "Priya Raman",
    "Łukasz Wójcik",
    "สมชาย ใจดี",
];

/// The scripts, by turns.
pub(super) const SCRIPTS: [ConversationScript; 9] = [
    ConversationScript {
        scenario: "late-delivery",
        sentiment: "negative",
        summary: "{name} waits for {order}, which is held up at the depot. A new date was given, and the postage goes back.",
        tool: Some(("find_order", r#"{"order":"{order}"}"#, r#"{"state":"held","depot":"North","days_late":3}"#)),
        lines: &[
            "Hello, this is the delivery desk. How can I help?",
            "My parcel {order} should have come on Tuesday.",
            "I'm sorry about that, {name}. It is held at the North depot; it leaves tomorrow morning.",
            "That's the third time. I'm not happy.",
            "I understand. I have given you the postage back, and you get a message when the van leaves.",
            "All right. Thank you.",
        ],
        fields: r#"{"order":"{order}","reason":"late delivery","days_late":3,"refund":true}"#,
    },
    ConversationScript {
        scenario: "change-address",
        sentiment: "neutral",
        summary: "{name} changed the delivery address of {order} before it was packed.",
        tool: Some(("set_address", r#"{"order":"{order}","postcode":"1043"}"#, r#"{"ok":true}"#)),
        lines: &[
            "Good morning, what can I do for you?",
            "I moved. Can {order} go to the new address?",
            "Yes, it isn't packed yet. I've changed it to the one you sent: Harbour Lane 7, 1043.",
            "Perfect, that was quick.",
        ],
        fields: r#"{"order":"{order}","reason":"change of address","packed":false}"#,
    },
    ConversationScript {
        scenario: "book-appointment",
        sentiment: "positive",
        summary: "{name} booked a fitting on Thursday at 14:30 and asked for a reminder.",
        tool: Some(("free_slots", r#"{"week":34}"#, r#"{"slots":["Thu 14:30","Fri 09:00"]}"#)),
        lines: &[
            "Hi, you've reached the workshop. Would you like an appointment?",
            "Yes, for a fitting, preferably in the afternoon.",
            "There is Thursday at 14:30, or Friday at nine.",
            "Thursday, please. And can you remind me the day before?",
            "Done. See you on Thursday, {name}!",
        ],
        fields: r#"{"appointment":"Thu 14:30","reminder":true,"guests":1}"#,
    },
    ConversationScript {
        scenario: "password-reset",
        sentiment: "neutral",
        summary: "{name} could not sign in after a change of telephone; the second factor was set up anew.",
        tool: None,
        lines: &[
            "Support, hello. What is it about?",
            "I can't sign in. My old phone is gone, and with it the codes.",
            "No problem. I've sent a link to the address that we know; it is good for ten minutes.",
            "It says the link has expired.",
            "Then here is a second one. Please open it on this device.",
            "That worked. Thanks!",
            "Good. Please set up two devices this time, {name}.",
        ],
        fields: r#"{"reason":"second factor lost","attempts":2}"#,
    },
    ConversationScript {
        scenario: "billing",
        sentiment: "negative",
        summary: "{name} was charged twice for {order}; the second charge was taken back and a person calls on Monday.",
        tool: Some(("charges", r#"{"order":"{order}"}"#, r#"{"charges":[49.9,49.9],"currency":"EUR"}"#)),
        lines: &[
            "Accounts, good afternoon.",
            "You took the money for {order} twice!",
            "Let me see… Yes, there are two charges of 49.90. I have taken the second one back.",
            "How long will that take?",
            "Three to five days, depending on your bank.",
            "I'd like to speak to a person about it.",
            "Of course. Somebody calls you on Monday before noon.",
        ],
        fields: r#"{"order":"{order}","reason":"charged twice","amount":49.9,"currency":"EUR","callback":"Monday"}"#,
    },
    ConversationScript {
        scenario: "product-question",
        sentiment: "positive",
        summary: "{name} asked whether the kettle fits an induction hob. It does.",
        tool: None,
        lines: &[
            "Hello! Do you have a question about one of our things?",
            "Does the 1.7 l kettle work on induction?",
            "It does, on induction and on gas. It whistles at 96 °C.",
            "Great 👍 I'll take the green one.",
        ],
        fields: r#"{"product":"kettle 1.7 l","interested":true}"#,
    },
    ConversationScript {
        scenario: "return",
        sentiment: "neutral",
        summary: "{name} sends {order} back; the label was mailed.",
        tool: Some(("make_label", r#"{"order":"{order}"}"#, r#"{"label":"R-77120","days":14}"#)),
        lines: &[
            "Returns, hello. Which order is it?",
            "{order}. The lamp is too tall for the shelf.",
            "I have mailed you the label R-77120. It is good for fourteen days.",
            "Do I need the box?",
            "The original one is best, but any that holds will do.",
        ],
        fields: r#"{"order":"{order}","reason":"does not fit","label":"R-77120"}"#,
    },
    ConversationScript {
        scenario: "survey",
        sentiment: "positive",
        summary: "{name} gave nine out of ten and liked the drivers.",
        tool: None,
        lines: &[
            "Hi {name}, two short questions about {order}, if I may?",
            "Sure.",
            "From nought to ten, how likely is it that you'd order again?",
            "Nine.",
            "And what would make it a ten?",
            "A smaller box.\nThe drivers are great though.",
            "Thank you, I've written that down.",
        ],
        fields: r#"{"order":"{order}","score":9,"comment":"A smaller box","follow_up":null}"#,
    },
    ConversationScript {
        scenario: "outage",
        sentiment: "negative",
        summary: "{name} has no connection since the morning; the line is repaired by eight in the evening.",
        tool: Some(("line_state", r#"{"customer":"{name}"}"#, r#"{"state":"down","until":"20:00"}"#)),
        lines: &[
            "Service desk, hello.",
            "No internet since seven this morning!",
            "I see it: a cable was cut in your street. It is repaired by eight this evening.",
            "I work from home, that is a lost day.",
            "I have credited a week to your account. I'm sorry, {name}.",
        ],
        fields: r#"{"reason":"outage","until":"20:00","credit_days":7}"#,
    },
];

/// A text with the customer's name and order in it.
pub(super) fn fill_in(text: &str, name: &str, order: &str) -> String {
    text.replace("{name}", name).replace("{order}", order)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_script_is_json_where_it_should_be_and_ends() {
        for script in &SCRIPTS {
            let fields: serde_json::Value = serde_json::from_str(&fill_in(script.fields, NAMES[0], "A-1")).unwrap();
            assert!(fields.as_object().is_some_and(|fields| fields.len() >= 2), "{}", script.scenario);
            assert!(script.lines.len() >= 4 && !script.summary.is_empty());
            for json in script.tool.iter().flat_map(|(_, asked, told)| [asked, told]) {
                let _: serde_json::Map<String, serde_json::Value> =
                    serde_json::from_str(&fill_in(json, NAMES[1], "A-1")).unwrap();
            }
        }
    }
}
