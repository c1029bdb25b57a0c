//! What the benchmark posts: events of the three platforms whose webhooks are most unlike, each event unlike all others.

use patchcord::domain::Secret;
use patchcord::signature::Signature;

/// What is signed is signed with this.
pub const SECRET: &str = "a secret of the platform";
/// The length of every body, about.
pub const BODY: usize = 512;
/// The times that the events bear begin here.
const BEGIN: usize = 1_760_000_000_000;
/// So many events bear the same millisecond.
const A_MILLISECOND: usize = 25;

/// A platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Messages of a bot, unsigned.
    KLaunch,
    /// Messages of people, each with a way to answer, signed.
    Eko,
    /// Data requests, signed.
    OpTech,
    /// A third of each.
    Thirds,
}

impl Kind {
    /// Each platform.
    pub const ALL: [Self; 3] = [Self::KLaunch, Self::Eko, Self::OpTech];

    /// As the tables and the channels have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::KLaunch => "klaunch",
            Self::Eko => "eko",
            Self::OpTech => "optech",
            Self::Thirds => "thirds",
        }
    }

    /// One request, unlike all others with another seed or number.
    pub fn request(self, secret: &Secret, users: usize, seed: usize, at: usize) -> Vec<u8> {
        let (ms, user) = (BEGIN + seed * 10_000_000 + at / A_MILLISECOND, at.wrapping_mul(7_919) % users);
        let (head, tail) = match self {
            Self::KLaunch => (
                format!(
                    "{{\"channelID\":\"hall\",\"userID\":\"u{user}\",\"timestamp\":{ms},\"message\":\"No {seed}.{at}: "
                ),
                "\",\"quickReplies\":[\"Yes\",\"No\"]}",
            ),
            Self::Eko => (
                format!(
                    "{{\"events\":[{{\"type\":\"message\",\"timestamp\":{ms},\"replyToken\":\"t{seed}x{at}\",\
                     \"source\":{{\"type\":\"user\",\"userId\":\"u{user}\",\"username\":\"Person {user}\"}},\
                     \"message\":{{\"id\":\"m{seed}x{at}\",\"type\":\"text\",\"text\":\""
                ),
                "\"}}]}",
            ),
            Self::Thirds => return Self::ALL[at % Self::ALL.len()].request(secret, users, seed, at),
            Self::OpTech => (
                format!(
                    "{{\"key\":\"weather\",\"link\":\"https://api.optech.ai/ingest/r{seed}x{at}\",\
                     \"inputs\":{{\"place\":\""
                ),
                "\"}}",
            ),
        };
        let fill = BODY.saturating_sub(head.len() + tail.len());
        let body = format!("{head}{}{tail}", "x".repeat(fill));
        let signature = Signature::from_parts(secret, &[body.as_bytes()]);
        let signed = match self {
            Self::KLaunch | Self::Thirds => String::new(),
            Self::Eko => format!("X-Eko-Signature: {}\r\n", signature.standard()),
            Self::OpTech => format!("X-OpTech-Signature: {}\r\n", signature.url_safe()),
        };
        format!(
            "POST /hooks/{} HTTP/1.1\r\nHost: 127.0.0.1:8787\r\nUser-Agent: bench\r\nAccept: */*\r\n\
             Content-Type: application/json\r\n{signed}Content-Length: {}\r\n\r\n{body}",
            self.name(),
            body.len()
        )
        .into_bytes()
    }

    /// How it is named in arguments.
    pub fn find(name: &str) -> Self {
        Self::ALL.into_iter().chain([Self::Thirds]).find(|kind| kind.name() == name).expect("a platform")
    }
}

/// A config file with a channel for each, and the listener on that port.
pub fn config(port: u16) -> String {
    format!(
        r#"
default_channel = "klaunch"

[listener]
bind = "127.0.0.1:{port}"

[[channels]]
name = "klaunch"
platform = "klaunch"
send_url = "http://127.0.0.1:9/send"
channel_id = "hall"
token = "a token"
allow_http = true

[[channels]]
name = "eko"
platform = "eko"
base_url = "https://acme.ekoapp.com"
client_id = "patchcord"
client_secret = "{SECRET}"
require_signature = true

[[channels]]
name = "optech"
platform = "optech"
client_id = "client"
client_secret = "{SECRET}"
"#
    )
}
