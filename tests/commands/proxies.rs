//! Real proxies in front of the listener, each with the plainest configuration that works: an event of every platform goes
//! through. What isn't installed is passed over, and the test says so.

use std::fs;
use std::io::Write as _;
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::command::PATIENCE;
use crate::support::hooks::free_port;
use crate::support::skip;
use crate::support::stand::Stand;

/// One proxy: its program, its configuration, and how it is started so that it stays in front.
struct Proxy {
    program: &'static str,
    config: fn(front: u16, back: u16, dir: &str) -> String,
    args: fn(front: u16, back: u16, config: &str, dir: &str) -> Vec<String>,
}

fn words(args: &[&str]) -> Vec<String> {
    args.iter().map(|arg| (*arg).to_owned()).collect()
}

const PROXIES: [Proxy; 7] = [
    Proxy {
        program: "nginx",
        config: |front, back, dir| {
            format!(
                "daemon off; master_process off; pid {dir}/pid; error_log stderr; events {{}}
                 http {{ access_log off; client_body_temp_path {dir}/b; proxy_temp_path {dir}/p;
                   fastcgi_temp_path {dir}/f; uwsgi_temp_path {dir}/u; scgi_temp_path {dir}/s;
                   server {{ listen 127.0.0.1:{front}; location / {{ proxy_pass http://127.0.0.1:{back}; }} }} }}\n"
            )
        },
        args: |_, _, config, dir| words(&["-c", config, "-p", dir, "-e", "stderr"]),
    },
    Proxy {
        program: "haproxy",
        config: |front, back, _| {
            format!(
                "defaults\n  mode http\n  timeout connect 5s\n  timeout client 30s\n  timeout server 30s\n\
                 listen front\n  bind 127.0.0.1:{front}\n  server back 127.0.0.1:{back}\n"
            )
        },
        args: |_, _, config, _| words(&["-db", "-f", config]),
    },
    Proxy {
        program: "apache2",
        config: |front, back, dir| {
            let modules = "/usr/lib/apache2/modules";
            let load = |name: &str| format!("LoadModule {name}_module {modules}/mod_{name}.so\n");
            let modules: String = ["mpm_event", "authz_core", "proxy", "proxy_http"].map(load).concat();
            format!(
                "ServerRoot {dir}\n{modules}ServerName localhost\nPidFile {dir}/pid\nErrorLog /dev/stderr\n\
                 Mutex file:{dir} default\nUser daemon\nGroup daemon\nListen 127.0.0.1:{front}\n\
                 ProxyPass / http://127.0.0.1:{back}/\n"
            )
        },
        args: |_, _, config, _| words(&["-DFOREGROUND", "-f", config]),
    },
    Proxy {
        program: "caddy",
        config: |front, back, _| {
            format!(
                "{{\n\tadmin off\n\tauto_https off\n}}\nhttp://127.0.0.1:{front} {{\n\treverse_proxy 127.0.0.1:{back}\n}}\n"
            )
        },
        args: |_, _, config, _| words(&["run", "--adapter", "caddyfile", "--config", config]),
    },
    Proxy {
        program: "lighttpd",
        config: |front, back, dir| {
            format!(
                "server.port = {front}\nserver.bind = \"127.0.0.1\"\nserver.document-root = \"{dir}\"\n\
                 server.modules = ( \"mod_proxy\" )\n\
                 proxy.server = ( \"\" => (( \"host\" => \"127.0.0.1\", \"port\" => {back} )) )\n"
            )
        },
        args: |_, _, config, _| words(&["-D", "-f", config]),
    },
    Proxy {
        program: "varnishd",
        config: |_, _, _| String::new(),
        args: |front, back, _, dir| {
            let (front, back) = (format!("127.0.0.1:{front}"), format!("127.0.0.1:{back}"));
            words(&["-F", "-j", "none", "-n", dir, "-a", &front, "-b", &back, "-s", "malloc,16m"])
        },
    },
    Proxy {
        program: "squid",
        config: |front, back, _| {
            format!(
                "http_port 127.0.0.1:{front} accel defaultsite=127.0.0.1\nhttp_access allow all\ncache deny all\n\
                 cache_peer 127.0.0.1 parent {back} 0 no-query originserver\npid_filename none\naccess_log none\n\
                 cache_log /dev/null\nlogfile_rotate 0\npinger_enable off\nshutdown_lifetime 0 seconds\n"
            )
        },
        args: |_, _, config, _| words(&["-N", "-f", config]),
    },
];

/// A proxy that runs; it ends with this.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // In order, so that those which have children end them too.
        let _ = Command::new("kill").arg(self.0.id().to_string()).status();
        let from = Instant::now();
        while from.elapsed() < PATIENCE && matches!(self.0.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(5));
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Proxy {
    #[track_caller]
    fn start(&self, program: &Path, front: u16, back: u16, dir: &Path) -> Running {
        let home = dir.to_string_lossy().into_owned();
        let config = dir.join("config");
        fs::write(&config, (self.config)(front, back, &home)).expect("a configuration");
        let log = fs::File::create(dir.join("log")).expect("a log");
        let mut command = Command::new(program);
        command.args((self.args)(front, back, &config.to_string_lossy(), &home)).stdin(Stdio::null());
        command.env("HOME", &home).env("XDG_DATA_HOME", &home).env("XDG_CONFIG_HOME", &home);
        let child = command.stdout(log.try_clone().expect("a log")).stderr(log).spawn().expect("it starts");
        let mut running = Running(child);
        let from = Instant::now();
        while TcpStream::connect(("127.0.0.1", front)).is_err() {
            let ended = running.0.try_wait().expect("its state");
            let log = || fs::read_to_string(dir.join("log")).unwrap_or_default();
            assert!(ended.is_none() && from.elapsed() < PATIENCE, "{} does not listen: {}", self.program, log());
            std::thread::yield_now();
        }
        running
    }
}

#[test]
fn an_event_of_every_platform_goes_through_every_proxy() {
    let mut tried = 0;
    for proxy in &PROXIES {
        let Some(program) = skip::program(proxy.program) else { continue };
        tried += 1;
        let front = free_port();
        let public = format!("http://127.0.0.1:{front}");
        let stand =
            Stand::with(|config| config.replace("[listener]\n", &format!("[listener]\npublic_url = \"{public}\"\n")));
        let mut listen = stand.listen();
        let back = stand.ear.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
        let dir = tempfile::tempdir().expect("a folder");
        let _running = proxy.start(&program, front, back, dir.path());
        let ended = json!({"id": "ev_1", "conversation_id": "conv_9", "created_at": "2025-06-19T09:00:00Z",
            "payload": {"type": "conversation.ended", "status": "completed"}});
        // Twice, on whatever connection the proxy keeps.
        for n in 0..2 {
            let said =
                json!({"userID": 77, "message": format!("It\u{2019}s {n}."), "timestamp": 1_700_000_000_123_u64});
            let wrote = json!({"type": "message", "timestamp": 5, "source": {"type": "direct_chat", "userId": "5c1"},
                "message": {"id": format!("m{n}"), "type": "text", "text": "é/<b> 1.0"}});
            let asked = json!({"key": "order_status", "inputs": {"order": format!("A-{n}")}});
            for (platform, channel, event, status) in [
                ("klaunch", "flow", &said, 200),
                ("eko", "frontline", &wrote, 200),
                ("operator", "agents", &ended, 200),
                ("optech", "lookups", &asked, 202),
            ] {
                let path = stand.hook(channel);
                let path = path.find("/hooks/").map(|at| &path[at..]).expect("a path");
                let order = json!({"platform": platform, "url": format!("{public}{path}"), "event": event});
                let answer = stand.order(&order);
                assert_eq!(answer["status"], status, "{platform} through {}: {answer}", proxy.program);
            }
        }
        // What is acknowledged is printed a moment later.
        listen.wait_output("all that came", |text| text.matches('\n').count() >= 9);
        listen.signal("TERM");
        let told = listen.wait().expect_code(0);
        let told = told.json_lines();
        let rejected: Vec<_> = told.iter().filter(|event| event["event"] == "rejected").collect();
        assert!(rejected.is_empty(), "{}: {rejected:?}", proxy.program);
        // The first is that it listens; the second `conversation.ended` is the first again.
        assert_eq!(told.len(), 9, "{}: {told:?}", proxy.program);
        assert_eq!(told.iter().filter(|event| event["verified"] == true).count(), 8, "{}: {told:?}", proxy.program);
    }
    let _ = writeln!(std::io::stderr(), "{tried} of {} proxies were tried", PROXIES.len());
}
