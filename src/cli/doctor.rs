//! `doctor`: everything that a channel needs, looked at, each thing with what to do about it.

use serde_json::{Value, json};

use super::args::{Cli, DoctorArgs};
use super::output::{Output, Stop, Style};
use super::signals::Signals;
use crate::domain::{ChannelName, SafeText};
use crate::runtime::{Area, Finding, Health, Runtime};
use crate::ui::Charset;

/// The columns of how it stands, and of what was looked at.
const COLUMNS: (usize, usize) = (8, 20);

/// Looks, and prints each finding as it comes; under `--json` all of them in one document at the end.
pub(super) async fn run(cli: &Cli, args: &DoctorArgs, output: &mut Output) -> Result<(), Stop> {
    let setup = cli.setup();
    let (mut all, mut stopped) = (Vec::new(), None);
    let mut tell = |finding: &Finding| {
        all.push(document(finding));
        if !output.is_json() && stopped.is_none() {
            stopped = line(output, finding).err();
        }
    };
    let examined = Signals::new()?.or(Runtime::examine(&setup, args.offline, &mut tell)).await?;
    tell(&terminal(|name| std::env::var(name).ok().filter(|value| !value.is_empty())));
    if let Some(stop) = stopped {
        return Err(stop);
    }
    if output.is_json() {
        output.json(&json!({ "ok": examined.is_ok(), "checks": all }))?;
    }
    Ok(examined?)
}

/// What the terminal shows, by what the environment says of it.
fn terminal(variable: impl Fn(&str) -> Option<String>) -> Finding {
    let term = variable("TERM").unwrap_or_else(|| "none".to_owned());
    if matches!(term.as_str(), "none" | "dumb") {
        let what = format!("TERM is {term}: the terminal interface can't be drawn, commands work.");
        return Finding::warning(
            Area::Terminal,
            what,
            "`patchcord --linear` tells it line by line; or run it in a terminal that can move its cursor.",
        );
    }
    match Charset::from_environment(&variable) {
        Charset::Unicode | Charset::Plain => {
            Finding::good(Area::Terminal, format!("TERM is {term}, and its text is UTF-8."))
        }
        Charset::Console => {
            Finding::good(Area::Terminal, format!("TERM is {term}: what its font lacks is drawn as ?."))
        }
        Charset::Ascii => Finding::warning(
            Area::Terminal,
            format!("TERM is {term}, and the locale is not UTF-8: what isn't ASCII is drawn as ?."),
            "Set LANG to a UTF-8 locale, such as C.UTF-8.",
        ),
    }
}

/// A finding as a check of the document.
pub(super) fn document(finding: &Finding) -> Value {
    let kind = if let Health::Bad(kind) = finding.health { Some(kind.as_str()) } else { None };
    json!({
        "check": finding.area.as_str(),
        "channel": finding.channel.as_ref().map(ChannelName::as_str),
        "state": word(finding.health),
        "kind": kind,
        "message": finding.message,
        "hint": finding.hint,
    })
}

const fn word(health: Health) -> &'static str {
    match health {
        Health::Good => "ok",
        Health::Warning => "warning",
        Health::Bad(_) => "failed",
    }
}

/// How it stands, what was looked at, and what was found; below it what to do. A message of several lines keeps them.
fn line(output: &mut Output, finding: &Finding) -> Result<(), Stop> {
    let style = match finding.health {
        Health::Good => Style::Dim,
        Health::Warning => Style::Bold,
        Health::Bad(_) => Style::Red,
    };
    let area = finding.area.as_str();
    let what = finding.channel.as_ref().map_or_else(|| area.to_owned(), |name| format!("{area} {name}"));
    let what = SafeText::one_line(&what);
    let state = output.styled(&format!("{:width$}", word(finding.health), width = COLUMNS.0), style);
    let room = COLUMNS.1.saturating_sub(crate::domain::display_width(what.as_str())).max(1);
    let mut text = format!("{state}{what}{}", " ".repeat(room));
    let indent = " ".repeat(COLUMNS.0 + COLUMNS.1);
    let below = finding.hint.iter().flat_map(|hint| hint.lines());
    for (nth, line) in finding.message.lines().chain(below).enumerate() {
        if nth > 0 {
            text.push_str(&indent);
        }
        text.push_str(SafeText::one_line(line).as_str());
        text.push('\n');
    }
    output.exact(&text)
}

/// A finding beside the output, for whoever looks on.
pub(super) fn aside(output: &mut Output, finding: &Finding) {
    let mark = if finding.health == Health::Good { "" } else { "  " };
    for line in finding.message.lines().chain(finding.hint.iter().flat_map(|hint| hint.lines())) {
        output.aside(&format!("{mark}{line}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_terminal_is_told_by_its_environment() {
        let told = |pairs: &[(&str, &str)]| {
            let found = terminal(|name| pairs.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned()));
            (found.health, found.message)
        };
        let (health, message) = told(&[("TERM", "xterm-256color"), ("LANG", "C.UTF-8")]);
        assert_eq!((health, message.as_str()), (Health::Good, "TERM is xterm-256color, and its text is UTF-8."));
        assert_eq!(told(&[("TERM", "xterm"), ("LANG", "C")]).0, Health::Warning);
        assert_eq!(told(&[("TERM", "dumb")]).0, Health::Warning);
        assert_eq!(told(&[]).0, Health::Warning);
        assert_eq!(told(&[("TERM", "linux")]).0, Health::Good);
    }

    #[test]
    fn strangers_words_are_never_raw_and_hints_stand_below() {
        let (mut output, out, _) = Output::memory(false);
        let found = Finding::warning(Area::Data, "one\ntwo \u{1b}[31m", "do this");
        line(&mut output, &found).unwrap();
        let shown = out.text();
        let rows: Vec<&str> = shown.lines().collect();
        let indent = " ".repeat(28);
        assert_eq!(rows[0], "warning data                one");
        assert_eq!((rows[1].starts_with(&indent), rows[1].contains('\u{1b}')), (true, false));
        assert_eq!(rows[2], format!("{indent}do this"));
    }
}
