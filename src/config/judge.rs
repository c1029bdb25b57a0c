//! The `[judge]` table: the model that says whether a statement holds of a reply.

use std::path::Path;

use super::secret_ref;
use super::table::TableReader;
use super::url::{self, UrlUse};
use crate::domain::SecretRef;

const WHO: &str = "the judge";

/// An OpenAI-compatible server that judges.
#[derive(Debug, Clone)]
pub struct JudgeSettings {
    /// Where it is, as in `http://127.0.0.1:11434/v1`, without a slash at its end.
    pub base_url: String,
    /// The name of the model there.
    pub model: String,
    /// Its key; none where it needs none.
    pub api_key: Option<SecretRef>,
}

/// Reads the table. The outer none is an error that was reported, the inner one that there is no judge.
#[expect(clippy::option_option, reason = "absent and wrong are two answers")]
pub(super) fn read(top: &TableReader<'_, '_>, folder: &Path) -> Option<Option<JudgeSettings>> {
    let Some(item) = top.get("judge") else { return Some(None) };
    let Some(table) = item.value.get_ref().as_table() else {
        item.wrong_type("judge", "a [judge] table");
        return None;
    };
    let table = TableReader::new(table, item.value.span(), top.sink, "judge.");
    let base_url = table.need("base_url", "the server's URL, as in \"http://127.0.0.1:11434/v1\"", WHO);
    let base_url = base_url.and_then(|item| {
        let text = item.text("judge.base_url", "a URL")?;
        url::check(&text, UrlUse::Base, false).map_err(|problem| item.refuse("judge.base_url", problem)).ok()
    });
    let model = table.need("model", "the name of a model", WHO);
    let model = model.and_then(|item| item.text("judge.model", "the name of a model"));
    let api_key = match table.get("api_key") {
        None => Some(None),
        Some(item) => secret_ref::read(item, "judge.api_key", folder).map(Some),
    };
    table.finish(WHO);
    Some(Some(JudgeSettings { base_url: base_url?, model: model?, api_key: api_key? }))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::testing::parse;
    use super::*;

    const CHANNEL: &str = "[[channels]]\nname = \"docs\"\nplatform = \"chat-thing\"\nchannel_id = \"c\"\nsecret_key = { env = \"K\" }\n";

    fn read(judge: &str) -> Result<Option<JudgeSettings>, String> {
        let parsed = parse(&format!("{CHANNEL}{judge}"), Path::new("c.toml"));
        parsed.map(|config| config.judge).map_err(|errors| errors.to_string())
    }

    #[test]
    fn a_judge_is_a_server_a_model_and_perhaps_a_key() {
        assert!(read("").unwrap().is_none());
        let judge = read("[judge]\nbase_url = \"http://127.0.0.1:1/v1/\"\nmodel = \"m\"\n").unwrap().unwrap();
        assert_eq!((judge.base_url.as_str(), judge.api_key.is_none()), ("http://127.0.0.1:1/v1", true));
        let key = "[judge]\nbase_url = \"https://j.example.org\"\nmodel = \"m\"\napi_key = { env = \"J\" }\n";
        assert!(matches!(read(key).unwrap().unwrap().api_key, Some(SecretRef::Env(name)) if name == "J"));
        for (judge, told) in [
            ("judge = 3\n", "judge"),
            ("[judge]\n", "judge.base_url: missing"),
            ("[judge]\nbase_url = \"http://j.lan\"\nmodel = \"m\"\n", "judge.base_url"),
            ("[judge]\nbase_url = \"https://j.lan\"\nmodle = \"m\"\n", "did you mean \"model\"?"),
        ] {
            let error = read(judge).unwrap_err();
            assert!(error.contains(told), "{judge}: {error}");
        }
    }
}
