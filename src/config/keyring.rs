//! The system's keyring, by the program that the system has for it: a library of our own would speak D-Bus for one read.
//! Entries are those of the service `patchcord`, by their account's name.

use std::time::Duration;

use crate::domain::shell_word;

/// Under which all entries stand.
const SERVICE: &str = "patchcord";

/// A locked keyring asks the user first.
pub(super) const TIME: Duration = Duration::from_mins(1);

/// What reads the keyring.
pub(super) const PROGRAM: &str = if cfg!(target_os = "macos") { "security" } else { "secret-tool" };

/// The command that prints an entry.
pub(super) fn reading(name: &str) -> Vec<String> {
    let words: [&str; 6] = if cfg!(target_os = "macos") {
        [PROGRAM, "find-generic-password", "-w", "-s", SERVICE, "-a"]
    } else {
        [PROGRAM, "lookup", "service", SERVICE, "account", ""]
    };
    let words = words.into_iter().filter(|word| !word.is_empty());
    words.chain([name]).map(str::to_owned).collect()
}

/// The command that a person puts an entry there with; it asks for the secret.
pub fn storing(name: &str) -> String {
    let name = shell_word(name);
    if cfg!(target_os = "macos") {
        format!("{PROGRAM} add-generic-password -s {SERVICE} -a {name} -w")
    } else {
        format!("{PROGRAM} store --label={name} service {SERVICE} account {name}")
    }
}
