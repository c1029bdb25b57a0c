//! `test review`: kept answers that changed, taken or refused.

use std::io::{self, IsTerminal as _};
use std::path::Path;

use super::args::ReviewArgs;
use super::output::{Output, Stop, Style};
use super::signals::Signals;
use super::{json, suite_report};
use crate::domain::{Failure, Kind, SafeText};
use crate::runtime::{ChangedAnswer, accept_answer, changed_answers, refuse_answer};

/// Goes through what changed: as the flags say, by asking on a terminal, or only listing it elsewhere.
pub(super) async fn run(args: &ReviewArgs, output: &mut Output) -> Result<(), Stop> {
    let all = changed_answers(&args.dir)?;
    let (mut accepted, mut refused) = (Vec::new(), Vec::new());
    if let Some(names) = &args.accept {
        for answer in named_answers(&all, names)? {
            accept_answer(&args.dir, answer)?;
            accepted.push(answer.name.clone());
        }
    } else if let Some(names) = &args.refuse {
        for answer in named_answers(&all, names)? {
            refuse_answer(&args.dir, answer)?;
            refused.push(answer.name.clone());
        }
    } else if !output.is_json() {
        let asks = io::stdin().is_terminal() && output.err_is_terminal();
        let mut signals = Signals::new()?;
        for (at, answer) in all.iter().enumerate() {
            let text = shown(answer, output);
            output.exact(&text)?;
            if !asks {
                continue;
            }
            match ask(&mut signals, output, at + 1, all.len()).await? {
                Choice::Take => {
                    accept_answer(&args.dir, answer)?;
                    accepted.push(answer.name.clone());
                }
                Choice::Refuse => {
                    refuse_answer(&args.dir, answer)?;
                    refused.push(answer.name.clone());
                }
                Choice::Later => {}
                Choice::Quit => break,
            }
        }
    }
    let waiting = changed_answers(&args.dir)?;
    if output.is_json() {
        return output.json(&json::reviewed(&accepted, &refused, &waiting));
    }
    output.aside(&format!("{} taken, {} refused, {} wait", accepted.len(), refused.len(), waiting.len()));
    Ok(())
}

/// The answers of those names, all without one; refused before anything is done where a name is none.
fn named_answers<'a>(all: &'a [ChangedAnswer], names: &[String]) -> Result<Vec<&'a ChangedAnswer>, Failure> {
    if names.is_empty() {
        return Ok(all.iter().collect());
    }
    let mut chosen: Vec<&ChangedAnswer> = Vec::new();
    for name in names {
        let found: Vec<&ChangedAnswer> = all.iter().filter(|answer| is_called(answer, name)).collect();
        if found.is_empty() {
            let what = format!("No answer of {name:?} has changed; nothing was done.");
            return Err(Failure::new(Kind::NotFound, what).hint("`patchcord test review DIR` lists those that have."));
        }
        chosen.extend(found.into_iter().filter(|answer| !chosen.contains(answer)).collect::<Vec<_>>());
    }
    Ok(chosen)
}

/// By `SUITE/CASE`, by the case alone, or by its file.
fn is_called(answer: &ChangedAnswer, name: &str) -> bool {
    answer.name == name
        || answer.name.split_once('/').is_some_and(|(_, case)| case == name)
        || answer.file == Path::new(name)
}

/// An answer, and how it differs from the one that is kept, word by word. Safe to show.
pub(super) fn shown(answer: &ChangedAnswer, output: &Output) -> String {
    let head = SafeText::one_line(&answer.name);
    let head = output.styled(head.as_str(), Style::Bold);
    let body = match &answer.old {
        Some(old) => suite_report::difference(old, &answer.new, output.styles()),
        None => SafeText::new(&answer.new).into_string(),
    };
    let what = if answer.old.is_some() { "changed" } else { "not kept yet" };
    format!("{head}: {what}\n{}\n\n", body.trim_end())
}

/// What is to be done with an answer.
enum Choice {
    Take,
    Refuse,
    Later,
    Quit,
}

async fn ask(signals: &mut Signals, output: &mut Output, at: usize, of: usize) -> Result<Choice, Stop> {
    loop {
        output.prompt(&format!("{at} of {of}: take it? [y]es, [n]o: refuse it, [l]ater, [q]uit: "));
        let reading = tokio::task::spawn_blocking(|| {
            let mut line = String::new();
            io::stdin().read_line(&mut line).map(|read| (read, line))
        });
        let line = signals.or(reading).await?;
        let (read, line) = line
            .map_err(io::Error::other)
            .and_then(|line| line)
            .map_err(|error| Failure::new(Kind::Failed, format!("the answer could not be read: {error}")))?;
        match line.trim().to_ascii_lowercase().as_str() {
            "y" | "yes" => return Ok(Choice::Take),
            "n" | "no" => return Ok(Choice::Refuse),
            "l" | "later" => return Ok(Choice::Later),
            "q" | "quit" => return Ok(Choice::Quit),
            _ if read == 0 => return Ok(Choice::Quit),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_named_by_its_case_or_its_file_and_a_wrong_name_does_nothing() {
        let answer = |name: &str| ChangedAnswer {
            name: name.to_owned(),
            file: format!("{name}.md").into(),
            old: None,
            new: String::new(),
        };
        let all = [answer("faq/a"), answer("faq/b"), answer("other/a")];
        let named = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            named_answers(&all, &names)
                .map(|found| found.iter().map(|answer| answer.name.clone()).collect::<Vec<_>>())
        };
        assert_eq!(named(&[]).unwrap().len(), 3);
        assert_eq!(named(&["a"]).unwrap(), ["faq/a", "other/a"]);
        assert_eq!(named(&["faq/a", "faq/a.md", "b"]).unwrap(), ["faq/a", "faq/b"]);
        assert_eq!(named(&["a", "none"]).unwrap_err().kind, Kind::NotFound);
    }
}
