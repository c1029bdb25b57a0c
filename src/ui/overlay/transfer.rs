//! The sheet of an export or an import, drawn: its questions, how far it has come, what it came to.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::app::{
    ARCHIVE, Action, Arrived, Destination, Export, Format, Gathering, Import, ImportStage, LineInput, Stage, State,
    Taking, There, Written,
};
use crate::domain::{Failure, SafeText};
use crate::ui::glyphs::Glyphs;
use crate::ui::popup::{framed, keyed, typed, width};
use crate::ui::sheet::{Sheet, grouped};
use crate::ui::{paint, theme};

/// From so many rows on all that can be chosen is listed.
const LISTED: u16 = 16;
/// The most columns of a bar.
const BAR: usize = 48;

/// Draws the sheet of an export.
pub(super) fn export(f: &mut Frame<'_>, room: Rect, state: &State, export: &Export, glyphs: &Glyphs) {
    const TITLE: &str = " Export ";
    match &export.stage {
        Stage::Choosing => show(f, room, TITLE, &choosing(export, room.height < LISTED, glyphs), glyphs),
        Stage::Naming(problem) => {
            let question = ("Where is it to be written?", &export.path, &*export.suggested());
            ask(f, room, TITLE, (&facts(export), question, &where_to(export, problem.as_ref())), glyphs);
        }
        Stage::Looking => {
            let question = ("Where is it to be written?", &export.path, &*export.suggested());
            ask(f, room, TITLE, (&facts(export), question, &where_to(export, None)), glyphs);
        }
        Stage::Replacing(spot) => show(f, room, TITLE, &replacing(state, spot), glyphs),
        Stage::Working { so_far, cancelling } => {
            let mut sheet = facts(export);
            sheet.blank();
            sheet.note(&gathered(so_far, glyphs), theme::PLAIN);
            let way = match (cancelling, so_far.writing) {
                (_, true) => "It is being written: whole, or not at all.".to_owned(),
                (true, false) => "It is being cancelled.".to_owned(),
                (false, false) => keyed(state, Action::Back, "cancels: nothing is written."),
            };
            let columns = usize::from(width(room)).saturating_sub(4);
            bar(&mut sheet, so_far.share(columns.min(BAR)), columns, glyphs);
            sheet.note(&way, theme::DIM);
            show(f, room, TITLE, &sheet, glyphs);
        }
        Stage::Ended(Ok(written)) => show(f, room, TITLE, &ended(state, written, glyphs), glyphs),
        Stage::Ended(Err(failure)) => {
            let mut sheet = Sheet::default();
            problem(&mut sheet, failure, glyphs);
            sheet.note(&keyed(state, Action::Back, "closes."), theme::DIM);
            show(f, room, TITLE, &sheet, glyphs);
        }
    }
}

/// A sheet in a box of its size.
fn show(f: &mut Frame<'_>, room: Rect, title: &'static str, sheet: &Sheet, glyphs: &Glyphs) {
    let rows = sheet.height(width(room).saturating_sub(4)).saturating_add(2);
    let inner = framed(f, room, (title, ""), rows, glyphs);
    sheet.draw(inner, f.buffer_mut(), 0);
}

/// A question with the line on which it is answered, between what is known and what is to be said of the answer. What is
/// known goes where there is no room for it. An empty line shows what is meant by it.
fn ask(
    f: &mut Frame<'_>,
    room: Rect,
    title: &'static str,
    (known, (question, text, meant), said): (&Sheet, (&'static str, &LineInput, &str), &Sheet),
    glyphs: &Glyphs,
) {
    let columns = width(room).saturating_sub(4);
    let below = said.height(columns);
    let above = Some(known.height(columns)).filter(|rows| *rows > 0 && rows + 1 + below + 4 <= room.height);
    let above = above.map(|rows| rows + 1);
    let inner = framed(f, room, (title, ""), above.unwrap_or(0) + below + 4, glyphs);
    let mut rest = inner;
    let mut take = |rows: u16| {
        let rows = rows.min(rest.height);
        let taken = Rect { height: rows, ..rest };
        rest = Rect { y: rest.y + rows, height: rest.height - rows, ..rest };
        taken
    };
    if let Some(above) = above {
        known.draw(take(above), f.buffer_mut(), 0);
    }
    let (question_row, line) = (take(1), take(1));
    let said_rows = take(below);
    said.draw(said_rows, f.buffer_mut(), 0);
    if line.height == 0 {
        return;
    }
    let question = SafeText::from_static(question).truncate(usize::from(question_row.width));
    paint::text(f.buffer_mut(), (question_row.x, question_row.y), question_row.width, &question, theme::PLAIN);
    if text.is_empty() {
        let meant = SafeText::one_line(meant).truncate(usize::from(line.width));
        paint::text(f.buffer_mut(), (line.x, line.y), line.width, &meant, theme::DIM);
    }
    typed(f, line, text);
}

fn choosing(export: &Export, compact: bool, glyphs: &Glyphs) -> Sheet {
    let mut sheet = Sheet::default();
    let mark = |chosen: bool| if chosen { glyphs.open } else { " " };
    let style = |chosen: bool| if chosen { theme::ACCENT.patch(theme::BOLD) } else { theme::DIM };
    let text = |chosen: bool| if chosen { theme::PLAIN } else { theme::DIM };
    let all = export.choices.len();
    if compact {
        if let Some(choice) = export.choice() {
            let lead = if all > 1 { format!("{} of {all} ", export.chosen + 1) } else { String::new() };
            // One row: the formats below are to be seen too.
            sheet.pair(&lead, theme::DIM, choice.label.truncate(26).as_str(), theme::BOLD);
        }
    } else {
        for (at, choice) in export.choices.iter().enumerate() {
            let chosen = at == export.chosen;
            let label = choice.label.truncate(66);
            sheet.pair(&format!("{} ", mark(chosen)), style(chosen), label.as_str(), text(chosen));
        }
        sheet.blank();
    }
    for format in Format::menu() {
        let chosen = format == export.format;
        let (name, what) = (format.name(), if compact { "" } else { format.holds() });
        sheet.pair(&format!("{} {name:10}", mark(chosen)), style(chosen), what, text(chosen));
    }
    sheet
}

/// What was chosen.
fn facts(export: &Export) -> Sheet {
    let mut sheet = Sheet::default();
    let label = export.choice().map_or("", |choice| choice.label.as_str());
    sheet.fact("what", label);
    sheet.fact("format", export.format.name());
    sheet
}

fn where_to(export: &Export, failure: Option<&Failure>) -> Sheet {
    let mut sheet = Sheet::default();
    if let Some(failure) = failure {
        sheet.note(&said(failure), theme::WARN);
    } else {
        begins_in(&mut sheet, export.folder.as_ref(), &export.path);
        sheet.note("A name that ends in / or has no ending is a folder: a file for each.", theme::DIM);
    }
    sheet
}

/// Where a relative path leads on from.
fn begins_in(sheet: &mut Sheet, folder: Option<&SafeText>, typed: &str) {
    if let Some(folder) = folder.filter(|_| !typed.trim_start().starts_with(['/', '~'])) {
        sheet.note(&format!("In {folder}."), theme::DIM);
    }
}

fn replacing(state: &State, spot: &Destination) -> Sheet {
    let mut sheet = Sheet::default();
    let path = spot.path.display();
    let (there, question) = match spot.there {
        There::Folder(entries) => {
            let held = count(entries, "entry", "entries");
            (format!("{path} is there, with {held} in it."), "Replace what has the name of an exported file?")
        }
        There::File | There::Nothing => (format!("{path} is there already."), "Replace it?"),
    };
    sheet.note(&there, theme::WARN);
    sheet.note(question, theme::BOLD);
    let ways = [keyed(state, Action::Confirm, "replaces"), keyed(state, Action::Back, "keeps it: another name")];
    sheet.note(&format!("{}.", ways.join(", ")), theme::DIM);
    sheet
}

fn gathered(so_far: &Gathering, glyphs: &Glyphs) -> String {
    let messages = match so_far.here_of.filter(|_| so_far.of == Some(1)) {
        Some(all) => format!("{} of {} messages", grouped(so_far.messages as u64), grouped(all)),
        None => count(so_far.messages, "message", "messages"),
    };
    match so_far.of {
        None => format!("The list is read: {}.", count(so_far.pages, "page", "pages")),
        Some(1) => messages,
        Some(of) => {
            let done = grouped(so_far.conversations as u64);
            format!("{done} of {} conversations{}{messages}", grouped(of as u64), glyphs.dot)
        }
    }
}

/// A bar, so many of its columns full; empty while nobody knows how long it is.
fn bar(sheet: &mut Sheet, full: Option<usize>, columns: usize, glyphs: &Glyphs) {
    let columns = columns.min(BAR);
    let full = full.unwrap_or(0).min(columns);
    let [on, off] = glyphs.bar;
    sheet.note(&format!("{}{}", on.repeat(full), off.repeat(columns - full)), theme::ACCENT);
}

fn ended(state: &State, written: &Written, glyphs: &Glyphs) -> Sheet {
    let mut sheet = Sheet::default();
    let tally = tally(written.conversations, written.messages);
    sheet.pair(&format!("{} ", glyphs.ok), theme::ACCENT, &format!("exported {tally}"), theme::BOLD);
    sheet.fact(if written.files == 1 { "file" } else { "folder" }, &written.to.display().to_string());
    if written.files != 1 {
        sheet.fact("files", &grouped(written.files as u64));
    }
    // A message that was deleted meanwhile, or one that the platform counts and doesn't tell.
    if let Some(problem) = &written.problem {
        sheet.note(&problem.sentence(), theme::WARN);
    }
    if let Some(counted) = written.counted.filter(|counted| *counted != written.messages as u64) {
        let counted = grouped(counted);
        let told = grouped(written.messages as u64);
        sheet.note(&format!("The platform counts {counted} messages, and told {told}."), theme::WARN);
    }
    sheet.note(&keyed(state, Action::Back, "closes."), theme::DIM);
    sheet
}

/// Draws the sheet of an import.
pub(super) fn import(f: &mut Frame<'_>, room: Rect, state: &State, import: &Import, glyphs: &Glyphs) {
    const TITLE: &str = " Import ";
    match &import.stage {
        asked @ (ImportStage::File(_) | ImportStage::Looking) => {
            let mut said = Sheet::default();
            if let ImportStage::File(Some(failure)) = asked {
                problem(&mut said, failure, glyphs);
            } else {
                begins_in(&mut said, import.folder.as_ref(), &import.file);
                said.note(
                    &format!("It takes what was exported as {}.", Format::importable_in(Format::name)),
                    theme::DIM,
                );
            }
            let question = ("Which file is to be imported?", &import.file, "");
            ask(f, room, TITLE, (&Sheet::default(), question, &said), glyphs);
        }
        ImportStage::Archive(failure) => {
            let (mut known, mut said) = (Sheet::default(), Sheet::default());
            known.fact("file", import.file.trim());
            match failure {
                Some(failure) => problem(&mut said, failure, glyphs),
                None => said.note(
                    "An archive is a channel that can be read and not written to; made if need be.",
                    theme::DIM,
                ),
            }
            let question = ("Into which archive?", &import.archive, ARCHIVE);
            ask(f, room, TITLE, (&known, question, &said), glyphs);
        }
        ImportStage::Working { so_far, cancelling } => {
            let mut sheet = Sheet::default();
            sheet.fact("file", import.file.trim());
            sheet.fact("archive", import.archive_name());
            sheet.blank();
            let columns = usize::from(width(room)).saturating_sub(4);
            let (text, full) = taken(so_far, columns.min(BAR));
            sheet.note(&text, theme::PLAIN);
            bar(&mut sheet, full, columns, glyphs);
            let way = match (cancelling, so_far.storing) {
                (_, Some(_)) => "It is being stored: whole, or not at all.".to_owned(),
                (true, None) => "It is being cancelled.".to_owned(),
                (false, None) => keyed(state, Action::Back, "cancels: nothing is stored."),
            };
            sheet.note(&way, theme::DIM);
            show(f, room, TITLE, &sheet, glyphs);
        }
        ImportStage::Done(arrived) => show(f, room, TITLE, &done(state, arrived, glyphs), glyphs),
    }
}

fn taken(so_far: &Taking, columns: usize) -> (String, Option<usize>) {
    if let Some(messages) = so_far.storing {
        return (format!("Storing {}.", count(messages, "message", "messages")), Some(columns));
    }
    let kib = |bytes: u64| grouped(bytes.div_ceil(1_024));
    let Some(of) = so_far.of else { return (format!("{} KiB", kib(so_far.bytes)), None) };
    let full = (u128::from(so_far.bytes) * columns as u128).checked_div(u128::from(of));
    (format!("{} of {} KiB", kib(so_far.bytes), kib(of)), full.and_then(|full| usize::try_from(full).ok()))
}

fn done(state: &State, arrived: &Arrived, glyphs: &Glyphs) -> Sheet {
    let mut sheet = Sheet::default();
    let tally = tally(arrived.conversations, arrived.messages);
    sheet.pair(&format!("{} ", glyphs.ok), theme::ACCENT, &format!("imported {tally}"), theme::BOLD);
    sheet.fact("archive", arrived.channel.label.as_str());
    if arrived.new != arrived.messages {
        let known = arrived.messages.saturating_sub(arrived.new);
        sheet.note(&format!("{} of them were there already.", grouped(known as u64)), theme::PLAIN);
    }
    sheet.note(&keyed(state, Action::Back, "closes."), theme::DIM);
    sheet
}

/// A failure with its way out.
fn problem(sheet: &mut Sheet, failure: &Failure, glyphs: &Glyphs) {
    sheet.pair(&format!("{} ", glyphs.failed), theme::BAD, &failure.sentence(), theme::BAD);
    if let Some(hint) = &failure.hint {
        sheet.note(hint, theme::PLAIN);
    }
}

fn said(failure: &Failure) -> String {
    let hint = failure.hint.as_ref().map(|hint| format!(" {hint}")).unwrap_or_default();
    format!("{}{hint}", failure.sentence())
}

fn tally(conversations: usize, messages: usize) -> String {
    let conversations = count(conversations, "conversation", "conversations");
    format!("{conversations}, {}", count(messages, "message", "messages"))
}

fn count(n: usize, one: &str, many: &str) -> String {
    format!("{} {}", grouped(n as u64), if n == 1 { one } else { many })
}
