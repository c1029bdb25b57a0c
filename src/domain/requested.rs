//! What a refused request asked for, and how it is kept with its delivery.

use super::Delivery;

/// Names in a stored delivery's headers that no header can have: what its request line said.
const METHOD: &str = ":method";
const PATH: &str = ":path";
const HOST: &str = ":authority";

/// What a refused request asked for, as far as it is known. Untrusted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Requested {
    /// The method.
    pub method: Option<String>,
    /// The path, without what may be a key.
    pub path: Option<String>,
    /// Whom it was for.
    pub host: Option<String>,
}

impl Requested {
    /// What a refused delivery was kept with.
    pub fn from_delivery(delivery: &Delivery) -> Self {
        let part = |name| delivery.header(name).map(str::to_owned);
        Self { method: part(METHOD), path: part(PATH), host: part(HOST) }
    }

    /// The headers that keep it, as HTTP/2 spells them: no header that came can have such a name.
    pub fn headers(&self) -> Vec<(String, String)> {
        let parts = [(METHOD, &self.method), (PATH, &self.path), (HOST, &self.host)];
        parts.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value.clone()?))).collect()
    }

    /// Whether a name is one of those.
    pub fn is_part(name: &str) -> bool {
        name.starts_with(':')
    }

    /// In one line: `POST /hooks/docs to bot.example`.
    pub fn line(&self) -> String {
        let word = |part: &Option<String>| part.clone().unwrap_or_default();
        let line = [word(&self.method), word(&self.path)].join(" ").trim().to_owned();
        match &self.host {
            Some(host) => format!("{line} to {host}").trim_start().to_owned(),
            None => line,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_says_itself_in_a_line() {
        let some = |text: &str| Some(text.to_owned());
        let whole = Requested { method: some("POST"), path: some("/x"), host: some("bot.example") };
        assert_eq!(whole.line(), "POST /x to bot.example");
        assert_eq!(Requested { path: None, ..whole.clone() }.line(), "POST to bot.example");
        assert_eq!(Requested { host: None, ..whole }.line(), "POST /x");
        assert_eq!(Requested::default().line(), "");
    }
}
