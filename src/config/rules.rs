//! The `[[channels.rules]]` tables: which data requests are answered without a person, and how.

use serde_json::Value;
use toml::de::DeValue;

use super::table::{ConfigValue, TableReader};
use crate::domain::{Respond, Rule};

const WHO: &str = "a rule";
const ONE: &str = "exactly one of data, template, command and url";

/// Reads a channel's rules; none where one of them has an error.
pub(super) fn read(channel: &TableReader<'_, '_>) -> Option<Vec<Rule>> {
    let Some(item) = channel.get("rules") else { return Some(Vec::new()) };
    let Some(array) = item.value.get_ref().as_array() else {
        item.wrong_type("rules", "[[channels.rules]] tables");
        return None;
    };
    let mut rules: Vec<Rule> = Vec::new();
    let mut good = true;
    for value in array {
        let one = ConfigValue { value, sink: item.sink };
        match rule(one) {
            Some(rule) if rules.iter().any(|known| known.key == rule.key) => {
                one.refuse("rules.key", format!("expected one rule a key, found \"{}\" a second time", rule.key));
                good = false;
            }
            Some(rule) => rules.push(rule),
            None => good = false,
        }
    }
    good.then_some(rules)
}

fn rule(item: ConfigValue<'_, '_>) -> Option<Rule> {
    let Some(table) = item.value.get_ref().as_table() else {
        item.wrong_type("rules", "a [[channels.rules]] table");
        return None;
    };
    let table = TableReader::new(table, item.value.span(), item.sink, "rules.");
    let key = table.need("key", "the data requests' key, or \"*\" for all others", WHO);
    let key = key.and_then(|item| item.text("rules.key", "the data requests' key"));
    let ways = [
        table.get("data").map(|item| data(item).map(Respond::Fixed)),
        table.get("template").map(|item| template(item).map(Respond::Template)),
        table.get("command").map(|item| command(item).map(Respond::Command)),
        table.get("url").map(|item| url(item).map(Respond::Url)),
    ];
    table.finish(WHO);
    let mut ways = ways.into_iter().flatten();
    match (ways.next(), ways.next()) {
        (Some(way), None) => Some(Rule { key: key?, respond: way? }),
        (None, _) => {
            item.refuse("rules", format!("expected {ONE}, found none"));
            None
        }
        (Some(_), Some(_)) => {
            item.refuse("rules", format!("expected {ONE}, found more"));
            None
        }
    }
}

fn data(item: ConfigValue<'_, '_>) -> Option<Value> {
    object(item, "rules.data")
}

/// A table as the JSON object that it stands for.
pub(super) fn object(item: ConfigValue<'_, '_>, key: &str) -> Option<Value> {
    const EXPECTED: &str = "a table, as in { status = \"shipped\" }";
    if item.value.get_ref().as_table().is_none() {
        item.wrong_type(key, EXPECTED);
        return None;
    }
    json(item.value.get_ref()).or_else(|| {
        item.refuse(key, format!("expected {EXPECTED}, found a date, or a number that JSON has not"));
        None
    })
}

/// The same as JSON; none where JSON has no such value.
fn json(value: &DeValue<'_>) -> Option<Value> {
    Some(match value {
        DeValue::String(text) => Value::from(text.as_ref()),
        DeValue::Boolean(flag) => Value::from(*flag),
        DeValue::Integer(number) => Value::from(i64::from_str_radix(number.as_str(), number.radix()).ok()?),
        DeValue::Float(number) => Value::Number(serde_json::Number::from_f64(number.as_str().parse().ok()?)?),
        DeValue::Datetime(_) => return None,
        DeValue::Array(items) => items.iter().map(|item| json(item.get_ref())).collect::<Option<Vec<_>>>()?.into(),
        DeValue::Table(fields) => {
            let fields = fields.iter().map(|(key, value)| Some((key.get_ref().to_string(), json(value.get_ref())?)));
            Value::Object(fields.collect::<Option<_>>()?)
        }
    })
}

/// A template may have several lines, so control characters are not looked for.
fn template(item: ConfigValue<'_, '_>) -> Option<String> {
    const EXPECTED: &str = r#"JSON with places to fill, as in '{"status": {{ inputs.status }}}'"#;
    match item.value.get_ref().as_str() {
        Some(text) if !text.trim().is_empty() => match minijinja::Environment::new().template_from_str(text) {
            Ok(_) => Some(text.to_owned()),
            Err(error) => {
                // Its message names the template's line, not the file's, and quotes nothing secret.
                item.refuse("rules.template", format!("expected {EXPECTED}, found a mistake: {error}"));
                None
            }
        },
        Some(_) => {
            item.refuse("rules.template", format!("expected {EXPECTED}, found an empty string"));
            None
        }
        None => {
            item.wrong_type("rules.template", EXPECTED);
            None
        }
    }
}

fn command(item: ConfigValue<'_, '_>) -> Option<Vec<String>> {
    super::secret_ref::command(item, "rules.command")
}

/// The request and its inputs go there, so it stays on this machine.
fn url(item: ConfigValue<'_, '_>) -> Option<String> {
    let text = item.text("rules.url", "a URL on this machine")?;
    super::url::check(&text, super::url::UrlUse::Local, false)
        .map_err(|problem| item.refuse("rules.url", problem))
        .ok()
}
