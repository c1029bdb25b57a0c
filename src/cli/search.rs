//! `search`: messages in all that this machine has seen, and the searches that are kept.

use super::args::{Cli, SearchArgs};
use super::output::{Output, Stop};
use super::signals::Signals;
use super::{json, table};
use crate::domain::{Failure, Found, HitCursor, Kind, Query, SavedSearch, Timestamp};
use crate::runtime::{Runtime, SearchRequest};

/// How many messages are listed where nothing is said.
const USUAL: usize = 20;
/// The most at once.
const MOST: usize = 1_000;

/// Searches; or lists, keeps or forgets a search.
pub(super) async fn run(cli: &Cli, args: &SearchArgs, output: &mut Output) -> Result<(), Stop> {
    let limit = match args.limit {
        None if args.all => MOST,
        None => USUAL,
        Some(limit) => usize::try_from(limit).ok().filter(|limit| (1..=MOST).contains(limit)).ok_or_else(|| {
            Failure::new(Kind::Invalid, format!("--limit takes 1 to {MOST}, not {limit}")).hint("`--all` finds all")
        })?,
    };
    let runtime = Runtime::open_any(&cli.setup())?;
    let result = async {
        if args.list_saved {
            return list(&runtime, output).await;
        }
        if let Some(name) = &args.forget {
            runtime.forget_search(name).await?;
            return done(output, &format!("forgot {name}"));
        }
        let query = understood(cli, &runtime, args).await?;
        let request = SearchRequest { query, within: None, after: args.cursor.map(HitCursor), limit };
        let found = Signals::new()?.or(find(&runtime, request, args.all, output)).await??;
        output.progress("");
        show(output, &found.0, &found.1)
    }
    .await;
    runtime.close().await;
    result
}

/// The search that is meant; kept, if that was asked for.
async fn understood(cli: &Cli, runtime: &Runtime, args: &SearchArgs) -> Result<Query, Failure> {
    let written = args.query.join(" ");
    let text = match &args.saved {
        Some(name) => format!("{} {written}", runtime.saved_search(name).await?.text).trim().to_owned(),
        None => written,
    };
    if runtime.understand(&text)?.is_empty() {
        return Err(Failure::new(Kind::Usage, "what to search for is missing")
            .hint("`patchcord search WORDS`; `patchcord search --help` tells what else can be asked"));
    }
    if let Some(name) = &args.save {
        runtime.save_search(&SavedSearch { name: name.clone(), text: text.clone() }).await?;
    }
    match &cli.setup().channel {
        // Quoted, so that a name is never more than one word.
        Some(channel) => runtime.understand(&format!("{text} channel:\"{}\"", channel.replace('"', ""))),
        None => runtime.understand(&text),
    }
}

/// Finds one page, or all that there are.
async fn find(
    runtime: &Runtime,
    request: SearchRequest,
    all: bool,
    output: &mut Output,
) -> Result<(Query, Found), Failure> {
    let query = request.query.clone();
    let mut told = |left: u64| output.progress(&format!("making the index: {left} messages left"));
    let mut found = runtime.search(request.clone(), &mut told).await?;
    while let (true, Some(after)) = (all, found.more) {
        let next = runtime.search(SearchRequest { after: Some(after), ..request.clone() }, &mut told).await?;
        found.hits.extend(next.hits);
        found.more = next.more;
    }
    found.count_all();
    Ok((query, found))
}

fn show(output: &mut Output, query: &Query, found: &Found) -> Result<(), Stop> {
    if output.is_json() {
        return output.json(&json::found(query, found));
    }
    if !found.hits.is_empty() {
        let text = table::hits(query, &found.hits, Timestamp::now(), |text, style| output.styled(text, style));
        output.exact(&text)?;
    }
    for title in &found.titles {
        let text = format!("title: {} \u{b7} {} \u{b7} {}", title.channel, title.conversation, title.title);
        output.aside(&text);
    }
    let shown = found.hits.len();
    let total = format!("{}{}", if found.at_least { "at least " } else { "" }, found.total.unwrap_or_default());
    output.aside(&match (found.more, found.total) {
        (_, Some(0)) => {
            let nothing = "no message has that, of those that this machine has seen";
            query.no_attribute().map_or_else(
                || nothing.to_owned(),
                |name| format!("{nothing}; `{name}:` is no attribute, so these letters were searched for"),
            )
        }
        (Some(HitCursor(next)), Some(_)) => {
            format!("{shown} of {total}; more with `--cursor {next}`, all with `--all`")
        }
        (Some(HitCursor(next)), None) => format!("{shown}; more with `--cursor {next}`"),
        (None, Some(_)) => format!("{shown} of {total}"),
        (None, None) => format!("{shown}, the last"),
    });
    Ok(())
}

async fn list(runtime: &Runtime, output: &mut Output) -> Result<(), Stop> {
    let saved = runtime.saved_searches().await?;
    if output.is_json() {
        return output.json(&json::searches(&saved));
    }
    if saved.is_empty() {
        output.aside("no searches are kept");
        return Ok(());
    }
    let text = table::searches(&saved, |text, style| output.styled(text, style));
    output.exact(&text)?;
    Ok(())
}

fn done(output: &mut Output, text: &str) -> Result<(), Stop> {
    if output.is_json() {
        return output.json(&json::ok());
    }
    output.aside(text);
    Ok(())
}
