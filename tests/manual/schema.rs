//! The JSON Schema of the config file, made from the platforms' own tables: an editor completes and checks by it.
//! `PATCHCORD_WRITE_SCHEMA=1 cargo test --test manual schema` writes it anew.

use std::path::Path;

use patchcord::config;
use patchcord::domain::{PlatformSpec, Presence, SettingForm, SettingKey};
use patchcord::runtime::Platforms;
use serde_json::{Map, Value, json};

use crate::json_schema::faults;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/schema/config.schema.json");

fn value_of(key: &SettingKey) -> Value {
    let mut value = match key.form {
        SettingForm::Secret => json!({ "$ref": "#/$defs/secret" }),
        SettingForm::Flag => json!({ "type": "boolean", "default": false }),
        SettingForm::Seconds { least, most } => json!({ "type": "integer", "minimum": least, "maximum": most }),
        SettingForm::Date { known } => {
            json!({ "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "examples": known })
        }
        SettingForm::BaseUrl | SettingForm::EndpointUrl => {
            json!({ "type": "string", "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://" })
        }
        SettingForm::Text | SettingForm::Id => json!({ "type": "string", "pattern": "." }),
    };
    match key.presence {
        Presence::DefaultText(text) => value["default"] = text.into(),
        Presence::DefaultSeconds(seconds) => value["default"] = seconds.into(),
        Presence::Required | Presence::Optional => {}
    }
    if key.form != SettingForm::Flag && !matches!(key.form, SettingForm::Secret) {
        value["description"] = key.expected.into();
    }
    value
}

fn channel(spec: &PlatformSpec) -> Value {
    let mut properties = Map::new();
    let mut put = |key: &str, value: Value| _ = properties.insert(key.to_owned(), value);
    put(
        "name",
        json!({ "type": "string", "pattern": "^[A-Za-z0-9_-]+$", "description": "Unique; yours to choose." }),
    );
    put("platform", json!({ "const": spec.platform.id() }));
    spec.keys.iter().for_each(|key| put(key.name, value_of(key)));
    put(
        "allow_http",
        json!({ "type": "boolean", "default": false, "description": "Whether plain http:// goes beyond this machine." }),
    );
    put(
        "read_only",
        json!({ "type": "boolean", "default": false, "description": "Whether nothing is written to it." }),
    );
    put("timeouts", json!({ "$ref": "#/$defs/timeouts" }));
    put("ca_file", json!({ "$ref": "#/$defs/ca_file" }));
    if spec.takes_rules {
        put("rules", json!({ "type": "array", "items": { "$ref": "#/$defs/rule" } }));
    }
    let required: Vec<&str> = ["name", "platform"].into_iter().chain(spec.required_keys()).collect();
    json!({
        "type": "object", "title": spec.title, "required": required, "properties": properties, "additionalProperties": false,
    })
}

/// What an example's value says of its key, where no table here says more.
fn like(value: &toml::Value) -> Value {
    match value {
        toml::Value::String(_) => json!({ "type": "string" }),
        toml::Value::Integer(_) => json!({ "type": "integer" }),
        toml::Value::Float(_) => json!({ "type": "number" }),
        toml::Value::Boolean(_) => json!({ "type": "boolean" }),
        toml::Value::Array(_) => json!({ "type": "array" }),
        toml::Value::Datetime(_) => json!({}),
        toml::Value::Table(table) => {
            let properties: Map<String, Value> =
                table.iter().map(|(key, value)| (key.clone(), like(value))).collect();
            json!({ "type": "object", "properties": properties, "additionalProperties": true })
        }
    }
}

fn schema() -> Value {
    let one = |key: &str, value: Value| json!({ "type": "object", "required": [key], "properties": { key: value }, "additionalProperties": false });
    let word = || json!({ "type": "string", "pattern": "." });
    let seconds = || json!({ "type": "number", "minimum": 0.1, "maximum": 86400 });
    let channels: Vec<Value> = Platforms::default().specs().into_iter().map(channel).collect();
    let words = || json!({ "type": "array", "items": { "type": "string" }, "minItems": 1 });
    let mut top = json!({
        "default_channel": { "type": "string", "description": "The channel that is meant where -c NAME is not given." },
        "channels": { "type": "array", "minItems": 1, "items": { "oneOf": channels } },
        "listener": {
            "type": "object",
            "properties": {
                "bind": { "type": "string", "default": "127.0.0.1:8787" },
                "public_url": { "type": "string", "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://" },
            },
            "additionalProperties": false,
        },
        "judge": {
            "type": "object",
            "description": "The model that says whether a statement of a suite holds of a reply.",
            "required": ["base_url", "model"],
            "properties": {
                "base_url": { "type": "string", "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://" },
                "model": word(),
                "api_key": { "$ref": "#/$defs/secret" },
            },
            "additionalProperties": false,
        },
        "tests": {
            "type": "object",
            "description": "The suites that stand in the Tests view, and where answers are kept.",
            "properties": {
                "suites": { "type": "array", "items": word() },
                "answers": word(),
            },
            "additionalProperties": false,
        },
        "network": { "type": "object", "properties": { "ca_file": { "$ref": "#/$defs/ca_file" } }, "additionalProperties": false },
        "store": { "type": "object", "properties": { "url": { "const": "sqlite" } }, "additionalProperties": false },
    });
    // What else the example has.
    let example: toml::Table = config::EXAMPLE.parse().expect("the example");
    for (key, value) in &example {
        if top.get(key).is_none() {
            top[key] = like(value);
        }
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Patchcord's config file",
        "type": "object",
        "required": ["channels"],
        "properties": top,
        "additionalProperties": false,
        "$defs": {
            "secret": {
                "description": "Where a secret is kept; the secret itself only in a file that is yours alone.",
                "oneOf": [word(), one("env", word()), one("file", word()), one("command", words()), one("keyring", word())],
            },
            "ca_file": { "type": "string", "pattern": ".", "description": "A file of certificates (PEM) that are trusted beside the system's." },
            "timeouts": {
                "type": "object",
                "description": "How long calls may take, in seconds.",
                "properties": { "connect": seconds(), "first_word": seconds(), "silence": seconds(), "total": seconds() },
                "additionalProperties": false,
            },
            "rule": {
                "type": "object",
                "description": "How data requests are answered without a person: a key, and one of data, template, command and url.",
                "required": ["key"],
                "minProperties": 2,
                "maxProperties": 2,
                "properties": {
                    "key": word(), "data": { "type": "object" }, "template": word(), "command": words(), "url": word(),
                },
                "additionalProperties": false,
            },
        },
    })
}

fn json_of(text: &str) -> Value {
    let table: toml::Table = text.parse().expect("TOML");
    serde_json::to_value(table).expect("JSON")
}

#[test]
fn the_schema_of_the_config_is_made_from_the_tables() {
    let made = serde_json::to_string_pretty(&schema()).expect("JSON") + "\n";
    if std::env::var_os("PATCHCORD_WRITE_SCHEMA").is_some() {
        std::fs::write(FILE, &made).expect("written");
    }
    let there = std::fs::read_to_string(FILE).unwrap_or_default();
    assert!(there == made, "PATCHCORD_WRITE_SCHEMA=1 cargo test --test manual schema writes {FILE} anew");
}

#[test]
fn the_example_and_every_first_file_are_as_the_schema_says() {
    let schema = schema();
    assert_eq!(faults(&schema, &json_of(config::EXAMPLE)), Vec::<String>::new());
    for spec in Platforms::default().specs() {
        assert_eq!(faults(&schema, &json_of(&config::starter(&[spec]))), Vec::<String>::new());
    }
}

#[test]
fn what_the_program_refuses_the_schema_refuses() {
    let schema = schema();
    let good = config::starter(&Platforms::default().specs()[..1]);
    for (from, to) in [
        ("channel_id =", "chanel_id ="),
        ("platform = \"chat-thing\"", "platform = \"chat-thin\""),
        ("name = \"bot\"", "name = 3"),
        ("{ env = ", "{ environment = "),
        ("[[channels]]", "extra = 1\n[[channels]]"),
        ("[[channels]]", "store.url = \"mysql\"\n[[channels]]"),
    ] {
        let wrong = good.replacen(from, to, 1);
        assert_ne!(wrong, good, "{from}");
        assert!(
            config::parse(&wrong, Path::new("c.toml"), &Platforms::default().specs(), patchcord::app::check_keys)
                .is_err(),
            "{wrong}"
        );
        assert!(!faults(&schema, &json_of(&wrong)).is_empty(), "{wrong}");
    }
}
