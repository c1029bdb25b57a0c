//! A rule: how data requests with a key are answered without a person.

use serde_json::Value;

/// Answers the data requests of one key.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// The requests' key; `*` answers all that no other rule does.
    pub key: String,
    /// How.
    pub respond: Respond,
}

/// How a rule answers. Whatever it yields must be a JSON object.
#[derive(Debug, Clone, PartialEq)]
pub enum Respond {
    /// With this.
    Fixed(Value),
    /// With what the template makes of the request: `key`, `inputs` and `channel` are its names, and what it inserts is
    /// written as JSON.
    Template(String),
    /// With the standard output of a program, run without a shell. It gets the request as JSON on standard input.
    Command(Vec<String>),
    /// With what this URL answers to the request, posted as JSON.
    Url(String),
}
