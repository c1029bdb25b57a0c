//! A secret in a real keyring: GNOME's, on a bus and in a home of the test's own, unlocked by a password that nobody types.

use std::fs;

use crate::support::chat_thing::{ChatThing, SECRET};
use crate::support::command::Call;
use crate::support::home::{Home, PATCHCORD};
use crate::support::skip;

/// Unlocks the keyring, puts the secret in, and runs the program twice: for an entry that is there and for one that isn't.
const SCRIPT: &str = "\
printf 'a password' | gnome-keyring-daemon --unlock --components=secrets >/dev/null || exit 90
printf '%s' \"$2\" | secret-tool store --label='docs bot' service patchcord account 'docs bot' || exit 91
\"$1\" -c docs chat hi || exit 92
\"$1\" -c other chat hi; echo \"the other: $?\"
";

#[test]
fn a_secret_is_read_from_a_real_keyring() {
    let tools = ["dbus-run-session", "gnome-keyring-daemon", "secret-tool"].map(skip::program);
    if tools.iter().any(Option::is_none) {
        return;
    }
    let (home, server) = (Home::new(), ChatThing::start());
    let keyring = |channel: &str, entry: &str| {
        let config = server.config().replace(&format!("\"{SECRET}\""), &format!("{{ keyring = \"{entry}\" }}"));
        config.replace("name = \"docs\"", &format!("name = \"{channel}\""))
    };
    home.configure(&format!("{}\n{}", keyring("docs", "docs bot"), keyring("other", "nobody")));
    let script = home.path().join("script");
    fs::write(&script, SCRIPT).expect("the script");
    let script = script.to_str().expect("text");
    let ran = Call::program("dbus-run-session", &home, &["--", "sh", script, PATCHCORD, SECRET]).run().expect_code(0);
    assert!(ran.text().starts_with("You said: hi"), "{ran}");
    assert!(ran.text().ends_with("the other: 3\n"), "{ran}");
    assert!(ran.errors().contains("secret-tool store --label=nobody service patchcord account nobody"), "{ran}");
    assert!(!ran.text().contains(SECRET) && !ran.errors().contains(SECRET), "{ran}");
    // It was the keyring that had it: no file of the program's has.
    let log = fs::read_to_string(home.path().join("state/patchcord/patchcord.log")).unwrap_or_default();
    assert!(!log.contains(SECRET));
}
