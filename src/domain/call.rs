//! A call that was made to a platform, as it may be told of: never a secret, never what a query or a body says.

use super::{ChannelName, Timestamp, shell_word};

/// What stands in the place of a header's value that is a secret.
pub const SECRET: &str = "[secret]";

/// One call. Its texts may hold strangers' words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LoggedCall {
    /// What it is known by, in every process; empty where an earlier version wrote it down.
    pub id: String,
    /// When it ended.
    pub at: Timestamp,
    /// The channel that it was made for; none where that isn't known.
    pub channel: Option<ChannelName>,
    /// Its method.
    pub method: String,
    /// Where it went, without a query.
    pub url: String,
    /// Whether it had a query.
    pub query: bool,
    /// The status of its answer; none where no answer came.
    pub status: Option<u16>,
    /// Why no answer came.
    pub error: Option<String>,
    /// Milliseconds to the head of the answer.
    pub ms: u64,
    /// How many bytes its body had.
    pub bytes: u64,
    /// The how many-th attempt it was at the same, from 1 on.
    pub attempt: u32,
    /// Whether it changed nothing on the platform, so that it may be made again. Not only a GET: platforms read by POST.
    pub read: bool,
    /// Whether somebody made it again by hand.
    pub again: bool,
    /// Its headers, secrets masked.
    pub headers: Vec<(String, String)>,
}

impl LoggedCall {
    /// Whether no answer came, or one that says no.
    pub fn has_failed(&self) -> bool {
        self.status.is_none_or(|status| status >= 400)
    }

    /// A command that makes the call again. What no log holds stands there by a name: a secret as a variable of the shell
    /// (`$AUTHORIZATION`), a query as `QUERY`, a body as the file `BODY`.
    pub fn curl(&self) -> String {
        let mut words = vec!["curl".to_owned()];
        if self.url.contains(['[', ']', '{', '}']) {
            words.push("--globoff".to_owned());
        }
        if self.url.contains("/.") {
            words.push("--path-as-is".to_owned());
        }
        if self.method != "GET" {
            words.extend(["-X".to_owned(), shell_word(&self.method)]);
        }
        words.push(shell_word(&if self.query { format!("{}?QUERY", self.url) } else { self.url.clone() }));
        for (name, value) in &self.headers {
            let header = if value == SECRET {
                // In double quotes a shell puts the variable's value in and reads nothing in it.
                format!("{}\"${}\"", shell_word(&format!("{name}: ")), variable(name))
            } else {
                shell_word(&format!("{name}: {value}"))
            };
            words.push(format!("\\\n  -H {header}"));
        }
        if self.bytes > 0 {
            words.push("\\\n  --data-binary @BODY".to_owned());
        }
        words.join(" ")
    }
}

/// The variable that a command has for the secret in a header.
fn variable(header: &str) -> String {
    let name: String =
        header.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect();
    if name.starts_with(|c: char| c.is_ascii_digit()) { format!("_{name}") } else { name }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn call(url: &str) -> LoggedCall {
        LoggedCall {
            method: "POST".to_owned(),
            url: url.to_owned(),
            bytes: 3,
            headers: vec![("x-api-key".to_owned(), SECRET.to_owned()), ("x-a".to_owned(), "it's".to_owned())],
            ..LoggedCall::default()
        }
    }

    #[test]
    fn a_command_is_one_whatever_the_call_holds() {
        let expected = [
            r"curl -X POST 'http://a/b;$(id)?it'\''s' \",
            "  -H 'x-api-key: '\"$X_API_KEY\" \\",
            r"  -H 'x-a: it'\''s' \",
            "  --data-binary @BODY",
        ];
        assert_eq!(call("http://a/b;$(id)?it's").curl().lines().collect::<Vec<_>>(), expected);
        let read =
            LoggedCall { method: "GET".to_owned(), query: true, bytes: 0, headers: Vec::new(), ..call("http://a/b") };
        assert_eq!(read.curl(), "curl 'http://a/b?QUERY'");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_shell_reads_every_text_as_itself(url in "[ -~]{1,40}", name in "[a-z0-9-]{1,12}", value in any::<String>()) {
            let headers = vec![(name.clone(), value.clone()), (name.clone(), SECRET.to_owned())];
            let call = LoggedCall { headers, ..call(&url) };
            let words = shell_words::split(&call.curl()).unwrap();
            prop_assert!(words.contains(&url));
            let plain = format!("{name}: {value}");
            prop_assert!(words.contains(&plain) || value == SECRET);
            let secret = format!("{name}: ${}", variable(&name));
            prop_assert!(words.contains(&secret));
        }
    }
}
