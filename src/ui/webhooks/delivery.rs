//! A delivery whole, drawn: what it is, why it is trusted or not, its headers without their secrets, its body.

use ratatui::style::Style;

use super::list::mark;
use super::requests::standing;
use crate::app::webhooks::{Opened, Standing, masked_header, masked_url};
use crate::app::{Action, State};
use crate::domain::{Delivery, DeliveryId, DeliveryRow, Refused, RequestState, Requested, Timestamp, Trust, Verdict};
use crate::ui::glyphs::Glyphs;
use crate::ui::popup::keyed;
use crate::ui::sheet::{Sheet, grouped};
use crate::ui::theme;

/// The text of the right pane.
pub(super) fn details(
    state: &State,
    id: DeliveryId,
    row: Option<&DeliveryRow>,
    glyphs: &Glyphs,
    now: Timestamp,
) -> Sheet {
    let mut sheet = Sheet::default();
    let opened = state.webhooks.opened.as_ref().filter(|o| o.id == id);
    if let Some(row) = row {
        facts(&mut sheet, row, state, glyphs, now);
    }
    replayed(&mut sheet, state, id);
    match opened.map(|o| (o, o.delivery.as_deref())) {
        None => {
            sheet.blank();
            sheet.note("Reading it…", theme::DIM);
        }
        Some((_, None)) => {
            sheet.blank();
            sheet.note("The store does not have it any more.", theme::WARN);
        }
        Some((opened, Some(delivery))) => whole(&mut sheet, state, opened, delivery, row),
    }
    sheet
}

fn facts(sheet: &mut Sheet, row: &DeliveryRow, state: &State, glyphs: &Glyphs, now: Timestamp) {
    let standing = Standing::for_row(row);
    let (glyph, style) = mark(standing, glyphs);
    sheet.pair(&format!("{glyph} {}  ", standing.word()), style.patch(theme::BOLD), &row.summary, theme::PLAIN);
    sheet.blank();
    let ago = match row.at.ago(now).as_str() {
        "now" => "just now".to_owned(),
        ago => format!("{ago} ago"),
    };
    sheet.fact("came", &format!("{}, {ago}", row.at.exact()));
    sheet.fact("channel", row.channel.as_str());
    let (text, style) = trust(row);
    sheet.styled_fact("trust", text, style);
    match &row.verdict {
        Verdict::Accepted => sheet.fact("verdict", "accepted: it was stored, then acknowledged"),
        Verdict::Duplicate => sheet.fact("verdict", "duplicate: all that it says was known, nothing was done again"),
        Verdict::Rejected(Refused { status, code, reason, .. }) => {
            let text = format!("rejected with {status}: {reason}. Nothing that it says was believed.");
            sheet.styled_fact("verdict", &text, theme::BAD);
            sheet.fact("code", code.as_str());
            sheet.fact("what to do", code.advice());
        }
    }
    request(sheet, row, state, glyphs, now);
    if row.replay {
        sheet.styled_fact("replay", "the program sent it itself", theme::ACCENT);
    }
    if let Some(conversation) = &row.conversation {
        sheet.fact("conversation", conversation.as_str());
        way(sheet, &keyed(state, Action::ToConversation, "opens it in Chat"));
    }
    sheet.fact("size", &size(row));
}

/// How long its body is, where that is known.
fn size(row: &DeliveryRow) -> String {
    match &row.verdict {
        Verdict::Rejected(refused) if refused.code.is_unread() => "not known: it was refused unread".to_owned(),
        _ => format!("{} bytes", grouped(row.size)),
    }
}

/// A key with what it does; nothing where there is no such key.
fn way(sheet: &mut Sheet, way: &str) {
    if !way.is_empty() {
        sheet.styled_fact("", way, theme::DIM);
    }
}

/// The data request that it brought, and what became of it; how it is answered while it waits.
fn request(sheet: &mut Sheet, row: &DeliveryRow, state: &State, glyphs: &Glyphs, now: Timestamp) {
    let Some(request) = row.request.as_ref().and_then(|id| state.webhooks.requests.get(id)) else { return };
    let (glyph, word, style) = standing(request, glyphs, now);
    sheet.styled_fact("data request", &format!("{glyph} {word}"), style);
    if request.state == RequestState::Received {
        way(sheet, &keyed(state, Action::AnswerRequest, "answers it"));
    }
}

/// How far a delivery is trusted, and why.
fn trust(row: &DeliveryRow) -> (&'static str, Style) {
    match row.trust {
        Some(Trust::Verified) => ("verified: its signature, or the key in its path, is right", theme::PLAIN),
        Some(Trust::Unverified) => {
            ("unverified: it bears no signature, or there is no key to check it with", theme::WARN)
        }
        Some(Trust::Unsigned) => (
            "unsigned: its platform signs nothing; a webhook_key in the config makes its URL unguessable",
            theme::WARN,
        ),
        None => ("not established: it was refused before that", theme::WARN),
    }
}

fn whole(sheet: &mut Sheet, state: &State, opened: &Opened, delivery: &Delivery, row: Option<&DeliveryRow>) {
    if row.is_none() {
        sheet.fact("came", &delivery.at.exact());
        sheet.fact("channel", delivery.channel.as_str());
        sheet.fact("size", &format!("{} bytes", grouped(delivery.body.len() as u64)));
    }
    if !delivery.url.is_empty() {
        sheet.fact("url", &masked_url(&delivery.url));
    }
    let asked = Requested::from_delivery(delivery).line();
    if !asked.is_empty() {
        sheet.fact("request", &asked);
    }
    sheet.heading("Headers", "");
    for (name, value) in delivery.headers.iter().filter(|(name, _)| !Requested::is_part(name)) {
        sheet.pair(&format!("{name}: "), theme::DIM, &masked_header(name, value), theme::PLAIN);
    }
    if row.is_some_and(|row| matches!(&row.verdict, Verdict::Rejected(refused) if refused.code.is_unread())) {
        sheet.heading("Body", "it was refused before this was read");
        return;
    }
    let (how, other) = match (&opened.pretty, state.webhooks.raw) {
        (Some(_), false) => ("JSON, laid out", keyed(state, Action::Pretty, "shows it as it came")),
        (Some(_), true) => ("as it came", keyed(state, Action::Pretty, "lays it out")),
        (None, _) => ("no JSON, as it came", String::new()),
    };
    sheet.heading("Body", &if other.is_empty() { how.to_owned() } else { format!("{how}; {other}") });
    let (text, left) = opened.body(state.webhooks.raw);
    sheet.text(text.clone(), theme::PLAIN);
    if *left > 0 {
        sheet.note(&format!("… {} bytes more", grouped(*left as u64)), theme::DIM);
    }
}

fn replayed(sheet: &mut Sheet, state: &State, id: DeliveryId) {
    match &state.webhooks.replayed {
        _ if state.webhooks.replaying == Some(id) => sheet.styled_fact("replayed", "on its way", theme::DIM),
        Some((delivery, Ok(replayed))) if *delivery == id => {
            let good = (200..300).contains(&replayed.status);
            let text = format!("to {}: answered {} in {} ms", masked_url(&replayed.to), replayed.status, replayed.ms);
            sheet.styled_fact("replayed", &text, if good { theme::PLAIN } else { theme::BAD });
            let body: String = replayed.body.chars().take(500).collect();
            if !body.trim().is_empty() {
                sheet.styled_fact("", &body, theme::DIM);
            }
        }
        Some((delivery, Err(failure))) if *delivery == id => {
            sheet.styled_fact("replayed", &failure.sentence(), theme::BAD);
        }
        _ => {}
    }
}
