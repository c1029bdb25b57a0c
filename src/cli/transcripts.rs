//! `conversations export` and `import`.

use serde_json::json;

use super::args::{Cli, ExportConversationsArgs, ImportConversationsArgs};
use super::conversations::id;
use super::output::{Output, Stop};
use super::pages::damaged;
use super::signals::Signals;
use crate::domain::{ChannelName, Failure, Kind};
use crate::runtime::export::Format;
use crate::runtime::{ExportRequest, Exported, Gathering, Runtime, Setup, Taking, Which, has_config};

/// Writes whole conversations, to standard output or into files.
pub(super) async fn export(cli: &Cli, args: &ExportConversationsArgs, output: &mut Output) -> Result<(), Stop> {
    let which = if args.all {
        Which::All { filter: args.filter.clone().unwrap_or_default(), since: args.since, until: args.until }
    } else {
        Which::These(args.ids.iter().map(|text| id(text)).collect::<Result<_, _>>()?)
    };
    let request = ExportRequest { which, format: args.format, to: args.output.clone(), force: args.force };
    let alone = !args.all && args.ids.len() == 1;
    let runtime = Runtime::open(&cli.setup())?;
    let result = async {
        let exported = {
            let mut on = |gathering: Gathering| output.progress(&so_far(gathering));
            Signals::new()?.or(runtime.export(request, &mut on)).await
        };
        output.progress("");
        let exported = exported??;
        // One object a line, one line a message: a conversation of which nothing else is told has no line there.
        let bare = alone && exported.messages == 0 && args.format == Format::Jsonl;
        if let Some(text) = exported.text.as_ref().filter(|_| !bare) {
            output.exported_by(|to| text.write(to))?;
        }
        report_exported(&exported, args, output)?;
        damaged(output, &exported.damage);
        exported.short.map_or(Ok(()), |failure| Err(failure.into()))
    }
    .await;
    runtime.close().await;
    result
}

/// What was exported, on standard error; as a document where standard output is free for it.
fn report_exported(exported: &Exported, args: &ExportConversationsArgs, output: &mut Output) -> Result<(), Stop> {
    let Exported { conversations, messages, counted, .. } = exported;
    if output.is_json() {
        if args.output.is_none() {
            return Ok(());
        }
        let files: Vec<_> = exported.files.iter().map(|file| file.to_string_lossy()).collect();
        let counted = *counted;
        return output.json(
            &json!({ "conversations": conversations, "messages": messages, "counted": counted, "files": files }),
        );
    }
    let place = match (&args.output, exported.files.as_slice()) {
        (None, _) => String::new(),
        (Some(_), [file]) => format!(" into {}", file.display()),
        (Some(to), files) => format!(" into {} in {}", counted_word(files.len(), "file"), to.display()),
    };
    output.aside(&format!("exported {}{place}", tally(*conversations, *messages)));
    // A message that was deleted meanwhile, or one that the platform counts and doesn't tell.
    if let Some(counted) = counted.filter(|counted| *counted != *messages as u64) {
        output.aside(&format!("the platform counts {counted} messages, and told {messages}"));
    }
    Ok(())
}

fn so_far(gathering: Gathering) -> String {
    let Gathering { conversations, of, pages, messages, here_of, .. } = gathering;
    let bar = gathering.share(BAR).map(|full| format!("[{}{}] ", "#".repeat(full), ".".repeat(BAR - full)));
    let bar = bar.unwrap_or_default();
    // Of one alone it is its messages that are told.
    let all = here_of.filter(|_| of == Some(1)).map(|all| format!(" of {all}")).unwrap_or_default();
    let of = of.map(|of| format!(" of {of}")).unwrap_or_default();
    format!("{bar}reading: {conversations}{of} conversations, {pages} pages, {messages}{all} messages")
}

/// The columns of a bar.
const BAR: usize = 20;

/// Reads exported files into an archive.
pub(super) async fn import(cli: &Cli, args: &ImportConversationsArgs, output: &mut Output) -> Result<(), Stop> {
    if cli.channel.is_some() {
        let failure = Failure::new(Kind::Usage, "An import goes into an archive, not into a channel.");
        return Err(failure.hint("Name the archive with `--as NAME`, and leave --channel out.").into());
    }
    let archive = ChannelName::new(&*args.archive);
    // An archive needs no config file.
    let setup = cli.setup();
    let runtime = Runtime::open_any(&Setup { sandbox: setup.sandbox || !has_config(&setup)?, ..setup })?;
    let result = async {
        let mut signals = Signals::new()?;
        let (mut conversations, mut messages, mut new_messages) = (0, 0, 0);
        for (done, file) in args.files.iter().enumerate() {
            let imported = {
                let mut on = |taking: Taking| output.progress(&taken(taking));
                signals.or(runtime.import(file, &archive, &mut on)).await
            };
            output.progress("");
            let imported = imported?.map_err(|failure| with_imported(failure, done))?;
            if !output.is_json() {
                let new =
                    if imported.new == imported.messages { String::new() } else { format!(", {} new", imported.new) };
                let what = tally(imported.conversations, imported.messages);
                output.aside(&format!("{}: {what}{new}", file.display()));
            }
            damaged(output, &imported.damage);
            conversations += imported.conversations;
            messages += imported.messages;
            new_messages += imported.new;
        }
        if output.is_json() {
            return output.json(&json!({
                "channel": archive.as_str(),
                "conversations": conversations,
                "messages": messages,
                "new_messages": new_messages,
            }));
        }
        output.aside(&format!("they are in the archive {archive}: `patchcord -c {archive} conversations list`"));
        Ok(())
    }
    .await;
    runtime.close().await;
    result
}

fn taken(taking: Taking) -> String {
    match (taking.storing, taking.of) {
        (Some(messages), _) => format!("storing: {}", counted_word(messages, "message")),
        (None, Some(of)) => format!("reading: {} of {} KiB", taking.bytes / 1_024, of.div_ceil(1_024)),
        (None, None) => format!("reading: {} KiB", taking.bytes / 1_024),
    }
}

/// Says that the files before one that failed were imported.
fn with_imported(mut failure: Failure, done: usize) -> Failure {
    if done > 0 {
        let hint = failure.hint.take().map(|hint| format!("{hint} ")).unwrap_or_default();
        failure.hint = Some(format!("{hint}What came before it was imported ({}).", counted_word(done, "file")));
    }
    failure
}

fn tally(conversations: usize, messages: usize) -> String {
    format!("{}, {}", counted_word(conversations, "conversation"), counted_word(messages, "message"))
}

fn counted_word(n: usize, word: &str) -> String {
    format!("{n} {word}{}", if n == 1 { "" } else { "s" })
}
