//! A sandbox as its own program, and a home whose config file is the one that it printed: its webhooks go where that
//! home's listener is.
#![allow(dead_code, clippy::expect_used, clippy::missing_panics_doc, reason = "each test uses a part of the rig")]

use serde_json::{Value, json};

use super::command::{Call, Running};
use super::home::Home;
use super::hooks::{Answer, Poster, free_port, split};

/// The sandbox and the home.
pub struct Stand {
    running: Running,
    _served: Home,
    /// The home of whoever uses it.
    pub home: Home,
    /// `127.0.0.1:PORT` of the sandbox.
    pub address: String,
    /// `127.0.0.1:PORT` of the home's listener.
    pub ear: String,
}

impl Default for Stand {
    fn default() -> Self {
        Self::start()
    }
}

impl Stand {
    /// One that writes as fast as it can.
    pub fn start() -> Self {
        Self::with(|config| config)
    }

    /// The same, with a change to the config that it printed.
    pub fn with(change: impl FnOnce(String) -> String) -> Self {
        let (served, ear) = (Home::new(), format!("127.0.0.1:{}", free_port()));
        let hooks = format!("http://{ear}/hooks");
        let args = ["sandbox", "--bind", "127.0.0.1:0", "--pace", "0", "--hooks", &hooks];
        let mut running = Call::new(&served, &args).start();
        let printed = running.wait_output("readiness", |text| text.lines().any(|line| line == "# ready"));
        let config = printed.split("# ready").next().unwrap_or_default().to_owned();
        let from = config.find("base_url = \"http://").expect("an address") + "base_url = \"".len();
        let base: String = config[from..].chars().take_while(|c| *c != '"').collect();
        let home = Home::new();
        home.configure(&change(config));
        Self { running, _served: served, home, address: split(&base).0, ear }
    }

    /// A call that has not been made yet.
    pub fn call(&self, args: &[&str]) -> Call {
        Call::new(&self.home, args)
    }

    /// `listen --json`, listening.
    #[track_caller]
    pub fn listen(&self) -> Running {
        let mut listen = self.call(&["listen", "--json"]).start();
        listen.wait_output("the first event", |text| text.contains("\"event\":\"listening\""));
        listen
    }

    /// What that channel's platform posts to.
    pub fn hook(&self, channel: &str) -> String {
        let key = if channel == "flow" { "/sandbox-flow-hook" } else { "" };
        format!("http://{}/hooks/{channel}{key}", self.ear)
    }

    /// One request to the sandbox.
    #[track_caller]
    pub fn http(&self, method: &str, path: &str, body: &Value) -> Answer {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let mut poster = Poster::connect(&self.address).expect("the sandbox takes connections");
        let headers = [("content-type", "application/json")];
        poster.request(method, path, &headers, body.as_bytes()).expect("the sandbox answers")
    }

    /// Something goes wrong with the next requests.
    #[track_caller]
    pub fn fault(&self, fault: &Value) {
        assert_eq!(self.http("POST", "/_sandbox/faults", fault).status, 200, "{fault}");
    }

    /// Has the sandbox post a webhook to the home's listener; gives what that answered.
    #[track_caller]
    pub fn deliver(&self, platform: &str, channel: &str, event: &Value) -> Value {
        self.order(&json!({"platform": platform, "url": self.hook(channel), "event": event}))
    }

    /// The same with the whole order.
    #[track_caller]
    pub fn order(&self, order: &Value) -> Value {
        let told = self.http("POST", "/_sandbox/deliver", order);
        assert_eq!(told.status, 200, "{order} {told:?}");
        told.json()
    }

    /// Every request that reached it, and every webhook that it posted.
    #[track_caller]
    pub fn ledger(&self) -> Value {
        self.http("GET", "/_sandbox/ledger", &Value::Null).json()
    }

    /// The requests to a path, oldest first.
    #[track_caller]
    pub fn requests(&self, path: &str) -> Vec<Value> {
        let ledger = self.ledger();
        let rows = ledger["requests"].as_array().expect("rows");
        rows.iter().filter(|r| r["path"].as_str().is_some_and(|p| p.contains(path))).cloned().collect()
    }

    /// Asserts that it answered every request well but for those with these statuses that it was asked for.
    #[track_caller]
    pub fn expect_well_formed(&self, but: &[u16]) {
        let ledger = self.ledger();
        for request in ledger["requests"].as_array().expect("rows") {
            let status = request["status"].as_u64().unwrap_or(0);
            let wanted = request["fault"].is_string() || but.iter().any(|b| u64::from(*b) == status);
            assert!(wanted || (200..300).contains(&status), "{request}");
        }
    }

    /// Stops it.
    pub fn stop(self) {
        self.running.signal("TERM");
        let _ = self.running.wait();
    }
}
