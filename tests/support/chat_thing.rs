//! Chat Thing's API channel as its own page documents it (seeds/002): a second, independent reading beside the
//! sandbox's, so that a misreading of one is seen by the other.
//!
//! Owns 250 conversations, one of them with 1,234 messages; its data sources are in `data_sources`. Strict: what the page doesn't allow is answered 400 and
//! complained about.
#![allow(dead_code, clippy::expect_used, clippy::missing_panics_doc, reason = "each test uses a part of the rig")]

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use super::data_sources::DataSources;
use super::origin::{Origin, Request, Script};
pub use super::stream::{Split, Style, chunk, delta, pieces, stream, stream_head};

/// The channel's id.
pub const CHANNEL: &str = "6b0f6c2e";
/// The channel's secret.
pub const SECRET: &str = "sk-test-4f1d0c9a7b";
/// How many conversations it starts with.
pub const CONVERSATIONS: usize = 250;
/// How many messages the long conversation has.
pub const MESSAGES: usize = 1_234;
/// The bot's first words.
pub const GREETING: &str = "Hello, how can I help you?";
/// Text that acts on a terminal which is shown it raw: clipboard, erasing, title, C1, carriage return, bidi, tags.
pub const HOSTILE: &str = "safe\u{1b}]52;c;aGFjaw==\u{7}\u{1b}[2J\u{1b}]0;title\u{1b}\\\u{9b}31m\rover\u{8}\u{202e}txt.exe\u{2066}\u{200b}\u{e0041}end";

struct Conversation {
    id: String,
    created_at: String,
    initial: String,
    messages: Vec<Value>,
}

/// Decides an answer from the request and from what the answer would be, which is only worked out when asked for.
type Bend = Box<dyn Fn(&Request, &mut dyn FnMut() -> Script) -> Script + Send>;

struct State {
    conversations: Vec<Conversation>,
    made: usize,
    style: Style,
    reply: Option<String>,
    scripted: HashMap<String, VecDeque<Script>>,
    complaints: Vec<String>,
    bend: Option<Bend>,
    data: DataSources,
}

/// The server.
pub struct ChatThing {
    /// What runs it.
    pub origin: Origin,
    state: Arc<Mutex<State>>,
}

impl ChatThing {
    /// Serves on loopback.
    pub fn start() -> Self {
        let conversations = (0..CONVERSATIONS).map(conversation).collect();
        let state = State {
            conversations,
            made: 0,
            style: Style::PLAIN,
            reply: None,
            scripted: HashMap::new(),
            complaints: Vec::new(),
            bend: None,
            data: DataSources::default(),
        };
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        Self { origin: Origin::start(move |request| lock(&shared).handle(request)), state }
    }

    /// A config file for it, its secret in plain.
    pub fn config(&self) -> String {
        config(&self.origin.url(), CHANNEL, SECRET)
    }

    /// Its data sources, for `data_sources` to look at and to change.
    pub fn data<T>(&self, with: impl FnOnce(&mut DataSources) -> T) -> T {
        with(&mut lock(&self.state).data)
    }

    /// Answers the next request to that endpoint (`message`, or `PUT data-sources/row` where the method tells which)
    /// with a script of the test's.
    pub fn next(&self, endpoint: &str, script: Script) {
        lock(&self.state).scripted.entry(endpoint.to_owned()).or_default().push_back(script);
    }

    /// Puts every answer from now on into the test's hands: it gets the request, and a way to have it taken and answered
    /// as usual. What it doesn't ask for never happens.
    pub fn bend(&self, bend: impl Fn(&Request, &mut dyn FnMut() -> Script) -> Script + Send + 'static) {
        lock(&self.state).bend = Some(Box::new(bend));
    }

    /// Answers as usual again.
    pub fn unbend(&self) {
        lock(&self.state).bend = None;
    }

    /// Drops the scripts for that endpoint that were not asked for.
    pub fn forget(&self, endpoint: &str) {
        lock(&self.state).scripted.remove(endpoint);
    }

    /// How streams are written from now on.
    pub fn style(&self, style: Style) {
        lock(&self.state).style = style;
    }

    /// What the bot says from now on, whatever it is asked.
    pub fn reply(&self, text: &str) {
        lock(&self.state).reply = Some(text.to_owned());
    }

    /// What the client did that the page doesn't allow.
    pub fn complaints(&self) -> Vec<String> {
        lock(&self.state).complaints.clone()
    }

    /// How many requests reached that endpoint.
    pub fn count(&self, endpoint: &str) -> usize {
        self.origin.count(&format!("/1.0/{endpoint}"))
    }

    /// Whether it keeps a message with that text, in whatever conversation.
    pub fn keeps(&self, text: &str) -> bool {
        lock(&self.state).conversations.iter().flat_map(|c| &c.messages).any(|m| m["message"] == text)
    }

    /// The messages that it keeps of a conversation: role and text.
    pub fn kept(&self, id: &str) -> Vec<(String, String)> {
        let state = lock(&self.state);
        let messages =
            state.conversations.iter().find(|c| c.id == id).map(|c| c.messages.clone()).unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        messages.iter().map(|m| (text(&m["role"]), text(&m["message"]))).collect()
    }
}

/// A config file with one Chat Thing channel, `docs`.
pub fn config(base_url: &str, channel: &str, secret: &str) -> String {
    format!(
        "[[channels]]\nname = \"docs\"\nplatform = \"chat-thing\"\nchannel_id = \"{channel}\"\n\
         secret_key = \"{secret}\"\nbase_url = \"{base_url}\"\n"
    )
}

/// The id of the conversation at that place of the list.
pub fn id(at: usize) -> String {
    format!("{at:08x}-e691-4341-8afb-{:012x}", at * 7_919)
}

/// The id of the long conversation.
pub fn long() -> String {
    id(7)
}

/// The id of the conversation whose title and only message are hostile.
pub fn hostile() -> String {
    id(3)
}

/// The text of a message of the long conversation.
pub fn long_text(at: usize) -> String {
    format!("Message {at} of the long one: *ünïcödé* 日本語 🙂, `code`\nand a second line.")
}

fn conversation(at: usize) -> Conversation {
    let initial = if id(at) == hostile() { HOSTILE.to_owned() } else { format!("Question number {at}?") };
    // The newest first, a minute between each. The page writes some of its dates with the month last.
    let minutes = 15 * 60 + 51 - at;
    let (hour, minute) = (minutes / 60, minutes % 60);
    let created_at = if at.is_multiple_of(3) {
        format!("2024-27-01T{hour:02}:{minute:02}:04.296Z")
    } else {
        format!("2024-01-27T{hour:02}:{minute:02}:51.970Z")
    };
    let texts = if id(at) == long() {
        (0..MESSAGES).map(long_text).collect()
    } else if id(at) == hostile() {
        vec![HOSTILE.to_owned()]
    } else {
        vec![GREETING.to_owned(), initial.clone(), format!("Answer number {at}.")]
    };
    let messages = texts.into_iter().enumerate().map(|(n, text)| message(at, n, &text)).collect();
    Conversation { id: id(at), created_at, initial, messages }
}

fn message(conversation: usize, at: usize, text: &str) -> Value {
    let role = if at.is_multiple_of(2) { "assistant" } else { "user" };
    json!({
        "id": format!("{conversation:08x}-0000-4000-8000-{at:012x}"),
        "message": text,
        "role": role,
        "createdAt": "2024-01-27T15:02:51.970Z",
    })
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An error as this server words it; the page documents the status alone.
pub fn refusal(status: u16) -> Script {
    Script::json(status, &json!({"success": false, "message": format!("refused with {status}")}))
}

impl State {
    fn handle(&mut self, request: &Request) -> Script {
        let Some(bend) = self.bend.take() else { return self.answer(request) };
        let script = bend(request, &mut || self.answer(request));
        self.bend = Some(bend);
        script
    }

    fn answer(&mut self, request: &Request) -> Script {
        let path = request.path.split('?').next().unwrap_or_default();
        let Some((channel, endpoint)) =
            path.strip_prefix("/api/public/channels/").and_then(|rest| rest.split_once("/1.0/"))
        else {
            return self.complain(404, request, "a path that the page doesn't have");
        };
        let sources = endpoint.starts_with("data-sources");
        if request.method != "POST" && !sources {
            return self.complain(404, request, "a method that the page doesn't have");
        }
        for key in [endpoint.to_owned(), format!("{} {endpoint}", request.method)] {
            if let Some(script) = self.scripted.get_mut(&key).and_then(VecDeque::pop_front) {
                return script;
            }
        }
        if channel != CHANNEL {
            return refusal(404);
        }
        if request.header("X-API-Secret-Key") != Some(SECRET) {
            return refusal(403);
        }
        if request.header("content-type").is_none_or(|t| !t.starts_with("application/json")) {
            return self.complain(400, request, "no `Content-Type: application/json`");
        }
        if sources {
            return match self.data.answer(request, endpoint) {
                Ok(script) => script,
                Err((status, None)) => refusal(status),
                Err((status, Some(what))) => self.complain(status, request, what),
            };
        }
        if endpoint == "conversation" {
            if !request.body.is_empty() {
                return self.complain(400, request, "a body where the page has none");
            }
            let id = self.open();
            return Script::json(200, &json!({"success": true, "conversationId": id, "response": GREETING}));
        }
        let Some(body) = request.json().filter(Value::is_object) else {
            return self.complain(400, request, "a body that is no JSON object");
        };
        match endpoint {
            "message" => self.message(request, &body),
            "conversations" => {
                let rows = self
                    .conversations
                    .iter()
                    .map(|c| json!({"id": c.id, "createdAt": c.created_at, "initialMessage": c.initial}));
                let rows = rows.collect();
                self.page(request, &body, "conversations", rows)
            }
            "messages" => match self.find(&body) {
                Ok(at) => {
                    let rows = self.conversations[at].messages.clone();
                    self.page(request, &body, "messages", rows)
                }
                Err(400) => self.complain(400, request, "no conversationId"),
                Err(status) => refusal(status),
            },
            _ => self.complain(404, request, "an endpoint that this server doesn't have"),
        }
    }

    fn complain(&mut self, status: u16, request: &Request, what: &str) -> Script {
        let body = String::from_utf8_lossy(&request.body).into_owned();
        self.complaints.push(format!("{} {}: {what}: {body}", request.method, request.path));
        refusal(status)
    }

    fn open(&mut self) -> String {
        self.made += 1;
        let id = format!("ea74ba3d-6645-4a88-92d1-{:012x}", self.made);
        let created_at = "2024-01-27T16:00:00.000Z".to_owned();
        let greeting = message(1_000 + self.made, 0, GREETING);
        let opened = Conversation { id: id.clone(), created_at, initial: String::new(), messages: vec![greeting] };
        self.conversations.insert(0, opened);
        id
    }

    /// The conversation that a body names; the status of the refusal if it names none, or one that there is not.
    fn find(&self, body: &Value) -> Result<usize, u16> {
        let id = body.get("conversationId").and_then(Value::as_str).ok_or(400_u16)?;
        self.conversations.iter().position(|c| c.id == id).ok_or(404)
    }

    fn page(&mut self, request: &Request, body: &Value, key: &str, rows: Vec<Value>) -> Script {
        let limit = match body.get("limit") {
            None => 10,
            Some(limit) => match limit.as_u64().and_then(|l| usize::try_from(l).ok()) {
                Some(limit @ 1..=100) => limit,
                _ => return self.complain(400, request, "a limit that isn't 1 to 100"),
            },
        };
        let from = match body.get("cursor") {
            None => 0,
            Some(cursor) => match rows.iter().position(|row| row["id"] == *cursor) {
                Some(at) => at + 1,
                None => return self.complain(400, request, "a cursor that is no id of the list"),
            },
        };
        let total = rows.len();
        let page: Vec<Value> = rows.into_iter().skip(from).take(limit).collect();
        let last = page.last().map(|row| row["id"].clone());
        Script::json(200, &json!({"success": true, key: page, "pagination": {"total": total, "last": last}}))
    }

    fn message(&mut self, request: &Request, body: &Value) -> Script {
        let Some(text) = body.get("message").and_then(Value::as_str).filter(|t| !t.is_empty()) else {
            return self.complain(400, request, "no message");
        };
        let at = if body.get("conversationId").is_some() {
            match self.find(body) {
                Ok(at) => at,
                Err(400) => return self.complain(400, request, "a conversationId that is no text"),
                Err(status) => return refusal(status),
            }
        } else {
            self.open();
            0
        };
        let known = self.data.reply(text).or_else(|| self.reply.clone());
        let reply = known.unwrap_or_else(|| format!("You said: {text} – and **that** is all, 日本 🙂."));
        let conversation = &mut self.conversations[at];
        if conversation.initial.is_empty() {
            text.clone_into(&mut conversation.initial);
        }
        let count = conversation.messages.len();
        let mut user = message(2_000 + at, count, text);
        user["role"] = json!("user");
        let mut bot = message(2_000 + at, count + 1, &reply);
        for said in [&mut user, &mut bot] {
            said["createdAt"] = json!(format!("{:.3}", jiff::Timestamp::now()));
        }
        bot["role"] = json!("assistant");
        conversation.messages.extend([user, bot]);
        match body.get("stream") {
            Some(Value::Bool(true)) => stream(&reply, self.style),
            None | Some(Value::Bool(false)) => {
                let id = conversation.id.clone();
                Script::json(200, &json!({"success": true, "conversationId": id, "response": reply}))
            }
            Some(_) => self.complain(400, request, "a stream flag that is no boolean"),
        }
    }
}
