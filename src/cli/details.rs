//! `conversations show --message`: all that is known of one message.

use super::args::Cli;
use super::json;
use super::output::{Output, Stop, Style};
use super::signals::Signals;
use crate::app::{Section, message_sections};
use crate::domain::{ConversationId, Failure, Kind, Record, SafeText, display_width};
use crate::runtime::Runtime;

/// The columns of a fact's name.
const NAME: usize = 14;

/// Prints it: in words, as JSON, or only what the platform told.
pub(super) async fn show(
    cli: &Cli,
    conversation: &ConversationId,
    message: &str,
    raw: bool,
    output: &mut Output,
) -> Result<(), Stop> {
    let runtime = Runtime::open(&cli.setup())?;
    let result = async {
        let channel = runtime.channel()?;
        let record = Signals::new()?.or(runtime.message(conversation, message)).await??;
        if raw {
            return platforms(&record, output);
        }
        if output.is_json() {
            return output.json(&json::message(&channel, &record));
        }
        let mut text = String::new();
        for section in message_sections(&record, &channel) {
            text.push_str(&written(&section, |text, style| output.styled(text, style)));
        }
        text.push_str(&heading("Text", "", |text, style| output.styled(text, style)));
        text.push_str(SafeText::new(&record.message.text).as_str());
        if !text.ends_with('\n') {
            text.push('\n');
        }
        output.exact(&text)
    }
    .await;
    runtime.close().await;
    result
}

/// What the platform told, to the byte where it was a webhook.
fn platforms(record: &Record, output: &mut Output) -> Result<(), Stop> {
    let told = match (&record.message.extras.raw, &record.delivery) {
        (Some(raw), _) => raw.clone() + "\n",
        (None, Some(delivery)) => String::from_utf8_lossy(&delivery.1.body).into_owned(),
        (None, None) => {
            let what = "what the platform told of this message is not kept";
            let hint = "It is kept of what is read from a history, or comes by webhook, from this version on.";
            return Err(Failure::new(Kind::NotFound, what).hint(hint).into());
        }
    };
    output.exported(&told)
}

fn heading(title: &str, aside: &str, paint: impl Fn(&str, Style) -> String) -> String {
    let aside = if aside.is_empty() { String::new() } else { format!("  {}", paint(aside, Style::Dim)) };
    format!("\n{}{aside}\n", paint(title, Style::Bold))
}

fn written(section: &Section, paint: impl Fn(&str, Style) -> String) -> String {
    let mut lines = Vec::new();
    if !section.title.is_empty() {
        lines.push(heading(section.title, section.aside, &paint));
    }
    for (name, fact) in &section.facts {
        let (name, fact) = (SafeText::one_line(name), SafeText::one_line(fact));
        let gap = NAME.saturating_sub(display_width(name.as_str())).max(2);
        lines.push(format!("{}{}{}\n", paint(name.as_str(), Style::Dim), " ".repeat(gap), fact.as_str()));
    }
    if let Some((told, left)) = &section.text {
        lines.push(format!("{}\n", told.as_str()));
        if *left > 0 {
            lines.push(format!("… {left} bytes more: --raw has all of them\n"));
        }
    }
    lines.concat()
}
