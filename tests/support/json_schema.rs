//! A JSON Schema's words, as far as ours use them. Strict: a key that a schema doesn't name is an error here, so that none is
//! printed that the schema doesn't know.
#![allow(dead_code, unreachable_pub, clippy::missing_panics_doc, reason = "each test uses a part of the rig")]

use serde_json::{Map, Value};

/// Why a value is not as the schema says; nothing where it is.
pub fn faults(root: &Value, value: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    check(root, root, value, "$", &mut faults);
    faults
}

/// The same, by one of its definitions.
pub fn faults_of(root: &Value, definition: &str, value: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let schema = root["$defs"].get(definition).unwrap_or_else(|| panic!("no definition {definition}"));
    check(root, schema, value, "$", &mut faults);
    faults
}

const KNOWN: [&str; 24] = [
    "$schema",
    "$id",
    "$defs",
    "$ref",
    "title",
    "description",
    "type",
    "const",
    "enum",
    "anyOf",
    "oneOf",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "minItems",
    "minProperties",
    "maxProperties",
    "pattern",
    "format",
    "minimum",
    "maximum",
    "default",
    "examples",
];

fn check(root: &Value, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
    let Some(words) = schema.as_object() else { return };
    for word in words.keys() {
        assert!(KNOWN.contains(&word.as_str()), "the schema says {word:?}, which nobody reads here");
    }
    if let Some(name) = words.get("$ref").and_then(Value::as_str) {
        let target = root.pointer(name.trim_start_matches('#')).unwrap_or_else(|| panic!("{name} leads nowhere"));
        check(root, target, value, at, faults);
    }
    for key in ["anyOf", "oneOf"] {
        let Some(ways) = words.get(key).and_then(Value::as_array) else { continue };
        let tried: Vec<Vec<String>> = ways
            .iter()
            .map(|way| {
                let mut found = Vec::new();
                check(root, way, value, at, &mut found);
                found
            })
            .collect();
        let fitting = tried.iter().filter(|found| found.is_empty()).count();
        if fitting == 0 || (key == "oneOf" && fitting > 1) {
            let nearest = tried.into_iter().min_by_key(Vec::len).unwrap_or_default();
            faults.push(format!("{at}: {fitting} of its ways fit; the nearest: {}", nearest.join("; ")));
        }
    }
    if let Some(one) = words.get("const").filter(|one| *one != value) {
        faults.push(format!("{at}: {value} is not {one}"));
    }
    if let Some(all) = words.get("enum").and_then(Value::as_array).filter(|all| !all.contains(value)) {
        faults.push(format!("{at}: {value} is none of {all:?}"));
    }
    if let Some(kind) = words.get("type").and_then(Value::as_str).filter(|kind| !is(value, kind)) {
        faults.push(format!("{at}: {value} is no {kind}"));
        return;
    }
    let number = |word: &str| words.get(word).and_then(Value::as_f64);
    if let Some(found) = value.as_f64()
        && (number("minimum").is_some_and(|least| found < least)
            || number("maximum").is_some_and(|most| found > most))
    {
        faults.push(format!("{at}: {found} is out of its limits"));
    }
    if let Some(list) = value.as_array() {
        if number("minItems").is_some_and(|least| (list.len() as f64) < least) {
            faults.push(format!("{at}: too few"));
        }
        if let Some(items) = words.get("items") {
            list.iter().enumerate().for_each(|(n, item)| check(root, items, item, &format!("{at}[{n}]"), faults));
        }
    }
    if let Some(object) = value.as_object() {
        self::object(root, words, object, at, faults);
    }
}

fn object(root: &Value, words: &Map<String, Value>, object: &Map<String, Value>, at: &str, faults: &mut Vec<String>) {
    for key in words.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
        if !object.contains_key(key) {
            faults.push(format!("{at}: no {key}"));
        }
    }
    let many = object.len() as f64;
    if words.get("maxProperties").and_then(Value::as_f64).is_some_and(|most| many > most)
        || words.get("minProperties").and_then(Value::as_f64).is_some_and(|least| many < least)
    {
        faults.push(format!("{at}: {many} keys"));
    }
    let (properties, more) = (words.get("properties").and_then(Value::as_object), words.get("additionalProperties"));
    if properties.is_none() && more.is_none() {
        return;
    }
    for (key, inner) in object {
        match (properties.and_then(|properties| properties.get(key)), more) {
            (Some(schema), _) | (None, Some(schema @ Value::Object(_))) => {
                check(root, schema, inner, &format!("{at}.{key}"), faults);
            }
            (None, Some(Value::Bool(true))) => {}
            (None, _) => faults.push(format!("{at}: {key} is not named")),
        }
    }
}

fn is(value: &Value, kind: &str) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        other => panic!("no type {other}"),
    }
}
