//! Real PostgreSQL servers, each in a temporary folder of its own, on a free port of loopback and on a socket in the
//! folder; and PgBouncer before one.
//!
//! Found in the folders that `PATCHCORD_POSTGRES` names (those with `bin` in them, with colons between), where Debian has
//! them, and in `PATH`: one of each major version. As root, the servers run as `nobody`, since they refuse root. What a
//! test leaves is stopped and removed, however the test ends, by a guard of the shell's that waits for this process's end.
//!
//! Everybody may log in as `patchcord`, a superuser; as `scram` with [`PASSWORD`] alone, as `secure` besides over TLS
//! alone, and `nobody_else` not at all. Databases and those users are for the test to make.
#![allow(dead_code, unreachable_pub, clippy::expect_used, clippy::missing_panics_doc, reason = "a part of the rig")]

use std::env;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::skip::{find, skip};

/// Of all users that have one.
pub const PASSWORD: &str = "correct horse, battery";

/// How long a server may take for anything.
const PATIENCE: Duration = Duration::from_mins(1);

/// As whom servers run where we are root: `nobody`.
const NOBODY: u32 = 65_534;

/// Programs of one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installation {
    /// The folder of its programs.
    pub bin: PathBuf,
    /// Its major version.
    pub major: u32,
    /// Whether it was built with TLS: packages that bring a server along often aren't.
    pub tls: bool,
}

/// All that are there, the oldest first. Where there is none the test is skipped.
#[track_caller]
pub fn installations() -> Vec<Installation> {
    let mut found = look();
    found.sort_by_key(|one| one.major);
    found.dedup_by_key(|one| one.major);
    if found.is_empty() {
        skip("postgres", "there is no PostgreSQL here: see CONTRIBUTING.md");
    }
    found
}

fn look() -> Vec<Installation> {
    let own = env::var_os("PATCHCORD_POSTGRES").unwrap_or_default();
    let own: Vec<PathBuf> = env::split_paths(&own).map(|folder| folder.join("bin")).collect();
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let debian = debian.map(|version| version.path().join("bin"));
    let path = find("postgres").and_then(|program| Some(fs::canonicalize(program).ok()?.parent()?.to_owned()));
    let folders = own.into_iter().chain(debian).chain(path).filter(|folder| !folder.as_os_str().is_empty());
    folders.filter_map(|bin| Some(Installation { major: major(&bin)?, tls: tls(&bin), bin })).collect()
}

/// The version of what stands there, where it runs at all.
fn major(bin: &Path) -> Option<u32> {
    bin.join("initdb").is_file().then_some(())?;
    let told = unprivileged(&bin.join("postgres")).arg("--version").output().ok()?;
    let told = String::from_utf8(told.stdout).ok()?;
    told.split_whitespace().find_map(|word| word.split('.').next()?.parse().ok())
}

fn tls(bin: &Path) -> bool {
    let told = unprivileged(&bin.join("pg_config")).arg("--configure").output();
    let told = told.map(|told| String::from_utf8_lossy(&told.stdout).into_owned()).unwrap_or_default();
    told.contains("--with-ssl") || told.contains("--with-openssl")
}

/// Those that have TLS. Where there is none the test is skipped.
#[track_caller]
pub fn with_tls() -> Vec<Installation> {
    let all = installations();
    let found: Vec<Installation> = all.iter().filter(|one| one.tls).cloned().collect();
    if found.is_empty() && !all.is_empty() {
        skip("postgres", "no PostgreSQL here was built with TLS");
    }
    found
}

/// A program, as somebody other than root.
fn unprivileged(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir("/").env("LC_ALL", "C").env_remove("PGDATA").env_remove("PGPORT").stdin(Stdio::null());
    if is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}

fn is_root() -> bool {
    // The folder of this very process is its owner's.
    fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0)
}

fn give_away(path: &Path) {
    if is_root() {
        chown(path, Some(NOBODY), Some(NOBODY)).expect("nobody can have it");
    }
}

/// A folder that servers may use.
fn folder() -> TempDir {
    let folder = tempfile::Builder::new().prefix("patchcord-pg-").tempdir().expect("a temporary directory");
    give_away(folder.path());
    folder
}

/// A file in it, readable by its owner alone.
fn write(path: &Path, text: &[u8]) {
    fs::write(path, text).expect("a file");
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("its mode");
    give_away(path);
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").port()
}

/// Sends a signal to processes by their numbers.
fn signal(name: &str, processes: &[u32]) {
    let mut command = Command::new("kill");
    command.arg(format!("-{name}")).args(processes.iter().map(u32::to_string));
    _ = command.stderr(Stdio::null()).status();
}

/// How a server is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// Those who are connected are told, what was committed is written.
    Fast,
    /// At once, as in a crash: the next start recovers.
    Immediate,
}

/// A server. It is stopped and removed with this value, or with the process.
pub struct Server {
    installation: Installation,
    folder: TempDir,
    port: u16,
    settings: Vec<String>,
    running: Option<Running>,
}

/// A server's process, and the guard that ends it with ours.
struct Running {
    process: Child,
    guard: Child,
}

impl Server {
    /// A new one that runs, with these settings, as in `("fsync", "off")`.
    ///
    /// # Panics
    /// Where it doesn't start.
    #[track_caller]
    pub fn start(installation: &Installation, settings: &[(&str, &str)]) -> Self {
        let folder = folder();
        let data = folder.path().join("data");
        let made = unprivileged(&installation.bin.join("initdb"))
            .args(["--username=patchcord", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "-D"])
            .arg(&data)
            .output()
            .expect("initdb runs");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        write(&data.join("server.crt"), include_bytes!("tls/server.pem"));
        write(&data.join("server.key"), include_bytes!("tls/server.key"));
        // Without TLS the server refuses a rule about it.
        let secure = if installation.tls { "hostssl all secure all scram-sha-256\n" } else { "" };
        let rules = format!(
            "local all all trust\nhost all nobody_else all reject\n{secure}host all secure all reject\n\
             host all scram all scram-sha-256\nhost all all all trust\nhost replication all all trust\n"
        );
        write(&data.join("pg_hba.conf"), rules.as_bytes());
        let settings = settings.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut server =
            Self { installation: installation.clone(), folder, port: free_port(), settings, running: None };
        server.start_again();
        server
    }

    /// Its port on loopback.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The folder with its socket.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What it runs on.
    pub const fn installation(&self) -> &Installation {
        &self.installation
    }

    /// The URL of one of its databases for `patchcord`; further options can follow with `&`.
    pub fn url(&self, database: &str) -> String {
        self.url_of("patchcord", database)
    }

    /// The same for another user.
    pub fn url_of(&self, user: &str, database: &str) -> String {
        format!("postgres://{user}@localhost:{}/{database}?hostaddr=127.0.0.1", self.port)
    }

    /// Starts it after a stop, on the same port, and waits until it takes connections.
    ///
    /// # Panics
    /// Where it doesn't.
    #[track_caller]
    pub fn start_again(&mut self) {
        assert!(self.running.is_none(), "it runs");
        let data = self.folder.path().join("data");
        let log = fs::File::create(self.folder.path().join("log")).expect("a log");
        _ = fs::remove_file(data.join("postmaster.pid"));
        let mut command = unprivileged(&self.installation.bin.join("postgres"));
        command.arg("-D").arg(&data).arg("-k").arg(self.folder.path());
        command.args(["-p", &self.port.to_string(), "-c", "listen_addresses=127.0.0.1"]);
        command.args(["-c", if self.installation.tls { "ssl=on" } else { "ssl=off" }]);
        command.args(["-c", "max_wal_size=256MB", "-c", "shared_buffers=16MB"]);
        command.args(self.settings.iter().flat_map(|setting| ["-c", setting.as_str()]));
        let process = command.stdout(Stdio::null()).stderr(log).spawn().expect("postgres starts");
        // Whatever becomes of this process, the guard's input then ends.
        let script = "read -r _; kill -QUIT \"$1\" 2>/dev/null; sleep 1; rm -rf \"$2\"";
        let guard = Command::new("sh")
            .args(["-c", script, "guard", &process.id().to_string()])
            .arg(self.folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .expect("a shell");
        self.running = Some(Running { process, guard });
        let deadline = Instant::now() + PATIENCE;
        while !fs::read_to_string(data.join("postmaster.pid")).is_ok_and(|text| text.contains("ready")) {
            let ended = self.running.as_mut().and_then(|running| running.process.try_wait().ok().flatten());
            assert!(ended.is_none() && Instant::now() < deadline, "it did not start: {}", self.log());
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// What it has written since its last start.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Stops it, and waits until it has ended.
    pub fn stop(&mut self, how: Stop) {
        let Some(mut running) = self.running.take() else { return };
        let name = if how == Stop::Fast { "INT" } else { "QUIT" };
        signal(name, &[running.process.id()]);
        running.process.wait().expect("it ends");
        // The guard must not do its work: it is ended before its input is.
        running.guard.kill().expect("the guard ends");
        running.guard.wait().expect("it has ended");
    }

    /// All its processes, its own first.
    fn processes(&self) -> Vec<u32> {
        let Some(running) = &self.running else { return Vec::new() };
        let own = running.process.id();
        let all = fs::read_dir("/proc").into_iter().flatten().flatten();
        let all = all.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
        let is_child = |process: &u32| {
            let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
            let parent = stat.rsplit_once(") ").and_then(|(_, rest)| rest.split(' ').nth(1)?.parse::<u32>().ok());
            parent == Some(own)
        };
        [own].into_iter().chain(all.filter(is_child)).collect()
    }

    /// Stops all its processes where they are: it says nothing any more, and its connections stay open.
    pub fn freeze(&self) {
        signal("STOP", &self.processes());
    }

    /// Lets them go on.
    pub fn thaw(&self) {
        signal("CONT", &self.processes());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.thaw();
        self.stop(Stop::Immediate);
    }
}

/// PgBouncer before a server, for any database of its; every user is `patchcord` there.
pub struct Bouncer {
    _folder: TempDir,
    port: u16,
    process: Child,
}

impl Bouncer {
    /// One that runs; `mode` is `session`, `transaction` or `statement`. None where there is no PgBouncer: the test is
    /// skipped.
    ///
    /// # Panics
    /// Where it doesn't start.
    #[track_caller]
    pub fn start(server: &Server, mode: &str) -> Option<Self> {
        let Some(program) = find("pgbouncer") else {
            skip("pgbouncer", "there is no PgBouncer here");
            return None;
        };
        let (folder, port) = (folder(), free_port());
        let config = format!(
            "[databases]\n* = host={} port={} user=patchcord\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n\
             unix_socket_dir =\nauth_type = any\npool_mode = {mode}\n",
            server.folder().display(),
            server.port(),
        );
        let file = folder.path().join("pgbouncer.ini");
        write(&file, config.as_bytes());
        let mut command = unprivileged(&program);
        let process = command.arg("-q").arg(&file).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let bouncer = Self { _folder: folder, port, process: process.expect("PgBouncer starts") };
        let deadline = Instant::now() + PATIENCE;
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < deadline, "PgBouncer did not start");
            thread::sleep(Duration::from_millis(5));
        }
        Some(bouncer)
    }

    /// The URL of a database by way of it.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://patchcord@127.0.0.1:{}/{database}", self.port)
    }
}

impl Drop for Bouncer {
    fn drop(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
    }
}
