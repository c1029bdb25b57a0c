//! What the tmux that the program runs in says of its clipboard. It is only asked; what it is set to is its user's.

use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

/// One that doesn't answer by then tells nothing.
const TIME: Duration = Duration::from_secs(2);

/// Whether tmux lets a copy through: takes it itself and hands it on (`set-clipboard`), or passes on what is wrapped for
/// it (`allow-passthrough`). None where it can't be asked.
pub(in crate::runtime) async fn lets_copies_through() -> Option<bool> {
    let takes = option(&["show-options", "-gqv", "set-clipboard"]).await?;
    // tmux before 3.3 has no such option and passes everything on; then it says nothing.
    let passes = option(&["show-options", "-gwqv", "allow-passthrough"]).await?;
    Some(are_enough(&takes, &passes))
}

fn are_enough(takes: &str, passes: &str) -> bool {
    // "external" hands on what tmux itself copies, and nothing that comes from a program.
    takes == "on" || matches!(passes, "on" | "all" | "")
}

/// What an option is set to, without the line's end.
async fn option(words: &[&str]) -> Option<String> {
    let mut tmux = Command::new("tmux");
    tmux.args(words).stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let said = tokio::time::timeout(TIME, tmux.output()).await.ok()?.ok()?;
    let text = String::from_utf8(said.stdout).ok()?;
    said.status.success().then(|| text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_the_two_ways_is_enough() {
        let all =
            [("on", "off"), ("external", "on"), ("off", "all"), ("external", "off"), ("off", "off"), ("off", "")];
        assert_eq!(all.map(|(takes, passes)| are_enough(takes, passes)), [true, true, true, false, false, true]);
    }
}
