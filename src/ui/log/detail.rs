//! A call whole, drawn: how it went, what it sent besides its secrets, and what came of it when it was made again.

use super::list::took;
use crate::app::{Action, CallRow, State};
use crate::domain::{ChannelName, Failure, SECRET, Timestamp};
use crate::ui::popup::keyed;
use crate::ui::sheet::{Sheet, grouped};
use crate::ui::theme;

/// The text of the right pane.
pub(super) fn describe(state: &State, now: Timestamp) -> Sheet {
    let mut sheet = Sheet::default();
    let Some(row) = state.log.selected() else {
        let said = match &state.log.list.failure {
            Some(failure) => failure.sentence(),
            None => {
                "Every call to a platform is written down, by whatever patchcord made it: where it went, how it was \
                     answered, how long that took. Secrets, queries and bodies are not."
                    .to_owned()
            }
        };
        sheet.note(&said, theme::DIM);
        return sheet;
    };
    facts(&mut sheet, row, now);
    ran(&mut sheet, state, row);
    sheet.heading("Headers", "as they were sent; secrets are not kept");
    for (name, value) in &row.headers {
        let style = if value == SECRET { theme::DIM } else { theme::PLAIN };
        sheet.pair(&format!("{name}: "), theme::DIM, value, style);
    }
    if row.headers.is_empty() {
        sheet.note("none", theme::DIM);
    }
    sheet
}

fn facts(sheet: &mut Sheet, row: &CallRow, now: Timestamp) {
    let (text, style) = match (row.status, &row.error) {
        (Some(status), _) if status >= 400 => (format!("answered {status}"), theme::BAD),
        (Some(status), _) => (format!("answered {status}"), theme::BOT),
        (None, Some(error)) => (format!("no answer: {error}"), theme::BAD),
        (None, None) => ("no answer".to_owned(), theme::BAD),
    };
    sheet.note(&text, style.patch(theme::BOLD));
    sheet.pair(&format!("{} ", row.method), theme::BOLD, &row.url, theme::PLAIN);
    sheet.blank();
    let ago = match row.at.ago(now).as_str() {
        "now" => "just now".to_owned(),
        ago => format!("{ago} ago"),
    };
    sheet.fact("ended", &format!("{}, {ago}", row.at.exact()));
    sheet.fact("channel", row.channel.as_ref().map_or("not known", ChannelName::as_str));
    sheet.fact("took", &format!("{} to the head of the answer", took(row.ms)));
    if row.attempt > 1 {
        sheet.styled_fact("attempt", &format!("{} at the same", row.attempt), theme::WARN);
    }
    if row.again {
        sheet.styled_fact("again", "made again by hand", theme::ACCENT);
    }
    sheet.fact("kind", if row.read { "reads: it can be made again" } else { "writes: it is never made again" });
    if row.query {
        sheet.fact("query", "it had one, which is not kept");
    }
    let body =
        if row.bytes == 0 { "none".to_owned() } else { format!("{} bytes, which are not kept", grouped(row.bytes)) };
    sheet.fact("body", &body);
}

/// What came of the read that was made again.
fn ran(sheet: &mut Sheet, state: &State, row: &CallRow) {
    if state.log.running == Some(row.key) {
        sheet.heading("Read again", "on its way");
        return;
    }
    match &state.log.ran {
        Some((key, Ok(ran))) if *key == row.key => {
            sheet.heading("Read again", &format!("answered {} in {}", ran.status, took(ran.ms)));
            sheet.text(ran.body.clone(), theme::PLAIN);
            if ran.left_out > 0 {
                sheet.note(&format!("… {} bytes more", grouped(ran.left_out as u64)), theme::DIM);
            }
        }
        Some((key, Err(failure))) if *key == row.key => {
            sheet.heading("Read again", "");
            sheet.note(&describe_failure(failure), theme::BAD);
        }
        _ if row.read => {
            let way = keyed(state, Action::RunAgain, "makes it again and shows the answer");
            if !way.is_empty() {
                sheet.blank();
                sheet.note(&way, theme::DIM);
            }
        }
        _ => {}
    }
}

fn describe_failure(failure: &Failure) -> String {
    let hint = failure.hint.as_deref().map(|hint| format!(" {hint}")).unwrap_or_default();
    format!("{}{hint}", failure.sentence())
}
