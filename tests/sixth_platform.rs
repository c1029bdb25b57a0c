//! A platform of one's own, made by its descriptor alone: it is configured, listed and chatted with like any other, and no
//! file of the program knows its name. What to write where stands at `src/platform/descriptor.rs`.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::sync::{Arc, Mutex};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use patchcord::config;
use patchcord::domain::{
    Capabilities, Conversation, ConversationId, Finish, Moment, Page, PageRequest, Piece, Platform, PlatformSpec,
    SettingKey, Settings,
};
use patchcord::platform::{
    Adapter, CallError, ListRequest, Outgoing, PlatformDescriptor, ReplyMode, ReplyStream, Sent, Started,
};
use patchcord::runtime::{ChatProgress, ChatRequest, Platforms, Runtime, Setup};

const SPEC: PlatformSpec = PlatformSpec {
    platform: Platform::new("echo"),
    title: "Echo",
    channel_noun: "an echo channel",
    keys: &[
        SettingKey::id("room", "the room's id"),
        SettingKey::secret("password"),
        SettingKey::text("greeting", "a greeting").or_text("hello"),
        SettingKey::flag("shouts"),
    ],
    takes_rules: false,
    sample: "[[channels]]\nname = \"hall\"\nplatform = \"echo\"\nroom = \"r1\"\npassword = \"p\"\n",
    starter: "room = \"r1\"   # any word\npassword = { env = \"ECHO_PASSWORD\" }\n",
};

const ECHO: PlatformDescriptor = PlatformDescriptor {
    spec: &SPEC,
    capabilities,
    open: |channel, _http, resolve| {
        let settings = &channel.settings;
        Ok(Arc::new(Echo {
            room: SPEC.text(settings, "room")?,
            greeting: SPEC.text(settings, "greeting")?,
            password: resolve(&SPEC.secret(settings, "password")?)?.expose().to_owned(),
            shouts: settings.flag("shouts"),
            can: capabilities(settings),
            started: Mutex::default(),
        }))
    },
};

fn capabilities(settings: &Settings) -> Capabilities {
    // Whoever shouts can't do it word by word.
    Capabilities { start: true, send: true, list: true, stream: !settings.flag("shouts"), ..Capabilities::NONE }
}

/// It says again what it is told.
struct Echo {
    room: String,
    greeting: String,
    password: String,
    shouts: bool,
    can: Capabilities,
    started: Mutex<usize>,
}

impl Adapter for Echo {
    fn capabilities(&self) -> Capabilities {
        self.can
    }

    fn start(&self) -> BoxFuture<'_, Result<Started, CallError>> {
        let mut started = self.started.lock().expect("no panic");
        *started += 1;
        let conversation = ConversationId::new(format!("{}-{started}", self.room));
        std::future::ready(Ok(Started { conversation, greeting: Some(self.greeting.clone()) })).boxed()
    }

    fn send<'a>(&'a self, outgoing: &'a Outgoing) -> BoxFuture<'a, Result<Sent, CallError>> {
        let text = if self.shouts { outgoing.text.to_uppercase() } else { outgoing.text.clone() };
        let answer = if outgoing.stream {
            let words = text.split_inclusive(' ').map(str::to_owned).collect();
            ReplyMode::Stream(Box::new(Words(words)))
        } else {
            ReplyMode::Now(piece(&text, true))
        };
        std::future::ready(Ok(Sent { conversation: outgoing.conversation.clone(), answer, via: None })).boxed()
    }

    fn list<'a>(&'a self, _page: &'a ListRequest) -> BoxFuture<'a, Result<Page<Conversation>, CallError>> {
        assert_eq!(self.password, "open sesame");
        let started = *self.started.lock().expect("no panic");
        let conversation = |at| Conversation {
            id: ConversationId::new(format!("{}-{at}", self.room)),
            title: format!("talk {at}"),
            created_at: Moment::default(),
            details: Vec::new(),
        };
        let items = (1..=started).map(conversation).collect();
        std::future::ready(Ok(Page { items, next: None, ..Page::default() })).boxed()
    }
}

struct Words(std::collections::VecDeque<String>);

impl ReplyStream for Words {
    fn next(&mut self) -> BoxFuture<'_, Option<Result<Piece, CallError>>> {
        let word = self.0.pop_front();
        let last = self.0.is_empty();
        std::future::ready(word.map(|word| Ok(piece(&word, last)))).boxed()
    }
}

fn piece(text: &str, last: bool) -> Piece {
    let mut piece = Piece { finish: last.then_some(Finish::Stop), ..Piece::default() };
    piece.push(text);
    piece
}

/// The program as it comes, and one platform more.
fn platforms() -> Platforms {
    Platforms::default().with(&ECHO)
}

fn runtime(folder: &Path, more: &str) -> Runtime {
    let password = folder.join("password");
    std::fs::write(&password, "open sesame\n").expect("a secret");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&password, std::fs::Permissions::from_mode(0o600)).expect("its mode");
    }
    let file = folder.join("config.toml");
    let text =
        "[[channels]]\nname = \"hall\"\nplatform = \"echo\"\nroom = \"r\"\npassword = { file = \"password\" }\n";
    std::fs::write(&file, format!("{text}{more}")).expect("a config");
    let data_dir = Some(folder.join("data"));
    let setup = Setup { config: Some(file), data_dir, platforms: platforms(), ..Setup::default() };
    Runtime::open(&setup).expect("it opens")
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(future)
}

fn request(stream: bool) -> ChatRequest {
    ChatRequest { conversation: None, text: "one two three".to_owned(), attach: Vec::new(), stream, timeout: None }
}

#[test]
fn it_is_listed_with_what_it_can() {
    let folder = tempfile::tempdir().expect("a folder");
    let runtime = runtime(folder.path(), "");
    let (views, open) = runtime.channel_views().expect("its channels");
    let (view, can) = &views[open];
    assert_eq!((view.name.as_str(), view.platform.id()), ("hall", "echo"));
    assert!(can.start && can.send && can.stream && can.list && !can.history && !can.webhook);
    run(runtime.close());
}

#[test]
fn it_is_chatted_with_piece_by_piece_and_lists_what_was_begun() {
    let folder = tempfile::tempdir().expect("a folder");
    let runtime = runtime(folder.path(), "");
    run(async {
        let mut told = Vec::new();
        let reply = runtime.chat(request(true), &mut |progress| told.push(progress)).await.expect("a reply");
        assert_eq!((reply.text.as_str(), reply.finish, reply.failure), ("one two three", Finish::Stop, None));
        assert_eq!(reply.conversation, Some(ConversationId::new("r-1")));
        assert!(told.contains(&ChatProgress::Conversation(ConversationId::new("r-1"))), "{told:?}");
        let page = PageRequest { limit: 10, cursor: None };
        let listed = runtime.list(&page, None, None).await.expect("a list");
        assert_eq!(listed.items.iter().map(|c| c.title.as_str()).collect::<Vec<_>>(), ["talk 1"]);
        // What it doesn't claim is refused before it is asked.
        assert!(runtime.find_people("ann").await.is_err());
        runtime.close().await;
    });
}

#[test]
fn a_setting_of_its_own_changes_what_it_does() {
    let folder = tempfile::tempdir().expect("a folder");
    let runtime = runtime(folder.path(), "shouts = true\n");
    run(async {
        assert!(!runtime.capabilities().expect("a channel").stream);
        let reply = runtime.chat(request(false), &mut |_| {}).await.expect("a reply");
        assert_eq!(reply.text, "ONE TWO THREE");
        runtime.close().await;
    });
}

#[test]
fn its_config_errors_read_like_any_platforms() {
    let errors = |keys: &str| {
        let text = format!("[[channels]]\nname = \"hall\"\n{keys}");
        config::parse(&text, Path::new("c.toml"), &platforms().specs(), patchcord::app::check_keys)
            .expect_err("an error")
            .to_string()
    };
    let told = errors("platform = \"echo\"\nroom = \" r\"\npasswrd = \"p\"\nshouts = 1\n");
    for line in [
        "password: missing; an echo channel needs a secret",
        "room: expected the room's id, found spaces around it",
        "passwrd: unknown key; did you mean \"password\"?",
        "shouts: expected true or false, without quotes, found an integer",
    ] {
        assert!(told.contains(line), "{line}: {told}");
    }
    let told = errors("platform = \"ecko\"\n");
    assert!(told.contains("\"optech\", \"echo\", found \"ecko\"; did you mean"), "{told}");
    // Without its descriptor nobody knows it.
    assert!(
        config::parse(SPEC.sample, Path::new("c.toml"), &Platforms::default().specs(), patchcord::app::check_keys)
            .is_err()
    );
    config::parse(SPEC.sample, Path::new("c.toml"), &platforms().specs(), patchcord::app::check_keys)
        .expect("its own sample");
}

#[test]
fn a_first_config_file_names_it() {
    let text = config::starter(&platforms().specs());
    assert!(text.contains("# Other platforms: klaunch, operator, eko, optech and echo, one"), "{text}");
    let alone = config::starter(&[&SPEC]);
    config::parse(&alone, Path::new("c.toml"), &[&SPEC], patchcord::app::check_keys)
        .unwrap_or_else(|errors| panic!("{errors}\n{alone}"));
}

/// Outside its own rooms and the registry, no code compares with a platform's name: what one can do decides.
#[test]
fn no_other_room_names_a_platform() {
    let ids: Vec<&str> = Platforms::default().specs().iter().map(|spec| spec.platform.id()).collect();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            let name = entry.file_stem().and_then(std::ffi::OsStr::to_str).expect("a name").to_owned();
            if entry.is_dir() {
                let own = folder.ends_with("src/platform") || folder.ends_with("src");
                let own = own && (ids.contains(&name.replace('_', "-").as_str()) || name == "sandbox");
                if name != "tests" && !own {
                    folders.push(entry);
                }
                continue;
            }
            if entry.extension().is_none_or(|extension| extension != "rs") {
                continue;
            }
            let text = std::fs::read_to_string(&entry).expect("a source");
            let code = text.split("#[cfg(test)]\nmod tests {").next().expect("its code");
            if name == "tests" || name == "golden" || name == "testing" || text.starts_with("//! For tests") {
                continue;
            }
            seen += 1;
            for (at, line) in code.lines().enumerate() {
                let named = ids.iter().find(|id| line.contains(&format!("\"{id}\"")));
                assert!(named.is_none(), "{}:{}: {line}", entry.display(), at + 1);
            }
        }
    }
    assert!(seen > 300, "{seen} sources");
}
