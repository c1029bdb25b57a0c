//! The real program under load: `listen` and the screen, started as users start them, stopped as users stop them.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::posts;

/// How long the program may take to start, to print what came, and to end.
const PATIENCE: Duration = Duration::from_mins(1);

/// How the program runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// `listen --json`, into a file.
    JsonFile,
    /// `listen --json`, into nothing.
    JsonNull,
    /// `listen`, into nothing.
    PlainNull,
    /// The screen, in a terminal that nobody reads once it runs.
    Frozen,
    /// The screen, in a terminal that is read.
    Read,
}

impl How {
    /// All.
    pub const ALL: [Self; 5] = [Self::JsonFile, Self::JsonNull, Self::PlainNull, Self::Frozen, Self::Read];

    /// As the table has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::JsonFile => "json>file",
            Self::JsonNull => "json>null",
            Self::PlainNull => "listen>null",
            Self::Frozen => "screen-frozen",
            Self::Read => "screen-read",
        }
    }
}

enum Running {
    Plain(Child),
    Screen(Box<dyn portable_pty::Child + Send + Sync>, Box<dyn MasterPty + Send>),
}

/// The program, listening.
pub struct Program {
    /// There until it is stopped.
    home: Option<TempDir>,
    running: Option<Running>,
    data: PathBuf,
    /// Where it listens.
    pub addr: SocketAddr,
}

impl Program {
    /// Starts it in a home of its own, and waits until it listens.
    pub fn start(program: &str, how: How) -> Self {
        Self::start_on(program, how, None)
    }

    /// The same on a data directory that is there already.
    pub fn start_on(program: &str, how: How, data: Option<&Path>) -> Self {
        let home = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a directory");
        let addr = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port");
        fs::create_dir(home.path().join("config")).expect("a directory");
        let config = home.path().join("config/config.toml");
        fs::write(&config, posts::config(addr.port())).expect("a config file");
        private(&config);
        let at = |name: &str| home.path().join(name).to_string_lossy().into_owned();
        let data = data.map_or_else(|| home.path().join("data"), Path::to_owned);
        let environment = [
            ("PATH", "/usr/bin:/bin".to_owned()),
            ("HOME", at("")),
            ("TERM", "xterm-256color".to_owned()),
            ("PATCHCORD_CONFIG", config.to_string_lossy().into_owned()),
            ("PATCHCORD_DATA_DIR", data.to_string_lossy().into_owned()),
            ("XDG_STATE_HOME", at("state")),
        ];
        let arguments: &[&str] = match how {
            How::JsonFile | How::JsonNull => &["listen", "--json"],
            How::PlainNull => &["listen"],
            How::Frozen | How::Read => &[],
        };
        let reading = Arc::new(AtomicBool::new(true));
        let running = if arguments.is_empty() {
            let pair = native_pty_system()
                .openpty(PtySize { rows: 40, cols: 120, pixel_width: 0, pixel_height: 0 })
                .expect("a terminal");
            let mut command = CommandBuilder::new(program);
            command.env_clear();
            for (name, value) in &environment {
                command.env(name, value);
            }
            command.cwd(home.path());
            let child = pair.slave.spawn_command(command).expect("the program");
            let mut reader = pair.master.try_clone_reader().expect("the terminal");
            let read = reading.clone();
            std::thread::spawn(move || {
                while reader.read(&mut [0; 8_192]).is_ok_and(|bytes| bytes > 0) && read.load(Relaxed) {}
            });
            Running::Screen(child, pair.master)
        } else {
            let out = match how {
                How::JsonFile => Stdio::from(File::create(home.path().join("out")).expect("a file")),
                _ => Stdio::null(),
            };
            let mut command = Command::new(program);
            command.args(arguments).env_clear().envs(environment).stdin(Stdio::null()).stdout(out);
            Running::Plain(command.spawn().expect("the program"))
        };
        let program = Self { home: Some(home), running: Some(running), data, addr };
        program.until("it listens", || program.ready());
        // A terminal that nobody reads any more, as behind a connection that hangs.
        reading.store(how == How::Read, Relaxed);
        program
    }

    /// Whether the listener is there and its doors are open.
    fn ready(&self) -> bool {
        posts::Kind::ALL.into_iter().all(|kind| {
            let Ok(mut stream) = TcpStream::connect(self.addr) else { return false };
            let ask = format!("GET /hooks/{} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", kind.name());
            let mut answer = String::new();
            stream.write_all(ask.as_bytes()).and_then(|()| stream.read_to_string(&mut answer)).is_ok()
                && answer.starts_with("HTTP/1.1 405")
        })
    }

    fn until(&self, what: &str, mut condition: impl FnMut() -> bool) {
        let from = Instant::now();
        while !condition() {
            assert!(from.elapsed() < PATIENCE, "waited in vain until {what}: {}", self.data.display());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        match &self.running {
            Some(Running::Plain(child)) => child.id(),
            Some(Running::Screen(child, _)) => child.process_id().expect("a process"),
            None => 0,
        }
    }

    /// Its data directory.
    pub fn data(&self) -> PathBuf {
        self.data.clone()
    }

    /// The size of a file in the data directory, in MB.
    pub fn file_mb(&self, name: &str) -> f64 {
        fs::metadata(self.data().join(name)).map_or(0.0, |file| file.len() as f64 / 1_048_576.0)
    }

    /// Waits until so many lines that say this were printed, if they go into a file; says how long that took.
    pub fn printed(&self, how: How, wanted: usize, says: &str) -> f64 {
        let from = Instant::now();
        if how == How::JsonFile {
            let mut lines = BufReader::new(
                File::open(self.home.as_ref().expect("a home").path().join("out")).expect("the output"),
            );
            let (mut line, mut found) = (Vec::new(), 0);
            self.until("all is printed", || {
                while lines.read_until(b'\n', &mut line).expect("the output") > 0 && line.ends_with(b"\n") {
                    found += usize::from(line.starts_with(says.as_bytes()));
                    line.clear();
                }
                found >= wanted
            });
        }
        from.elapsed().as_secs_f64()
    }

    /// Stops it as a user would, and waits for its end; the data stays for as long as what this returns.
    pub fn stop(mut self) -> TempDir {
        let pid = Pid::from_raw(i32::try_from(self.pid()).expect("a process")).expect("a process");
        kill_process(pid, Signal::TERM).expect("a signal sent");
        match self.running.take() {
            Some(Running::Plain(mut child)) => drop(child.wait()),
            Some(Running::Screen(mut child, master)) => {
                // A terminal that hangs up lets go of who hangs on its output.
                drop(master);
                drop(child.wait());
            }
            None => {}
        }
        self.home.take().expect("a home")
    }
}

/// Whoever fails leaves no program behind.
impl Drop for Program {
    fn drop(&mut self) {
        match self.running.take() {
            Some(Running::Plain(mut child)) => drop(child.kill().and_then(|()| child.wait())),
            Some(Running::Screen(mut child, _)) => drop(child.kill().and_then(|()| child.wait())),
            None => {}
        }
    }
}

fn private(file: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(file, fs::Permissions::from_mode(0o600)).expect("its mode");
}
