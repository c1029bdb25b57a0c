//! Exporting: all pages of one conversation or of many, then a file. Owns what is fetched and how far it has come; where
//! it is put is `operations/files`' business.

use std::collections::HashSet;
use std::path::PathBuf;

use super::export_text::{ExportedText, Rendering};
use super::files::{self, Target};
use crate::app::Gathering;
use crate::domain::{
    Capabilities, ChannelName, Conversation, ConversationId, Damage, Failure, FuzzyFilter, Kind, Message, Moment,
    PageRequest, Role, SafeText, Timestamp,
};
use crate::export::{Format, Layout, Outline, TranscriptHead};
use crate::http::policies;
use crate::platform::ListRequest;
use crate::runtime::operations::history;
use crate::runtime::pages::{Followed, Following};
use crate::runtime::{Runtime, error_map};
use crate::store::ORIGIN;

/// What is to be exported, and where to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportRequest {
    /// Which conversations.
    pub which: Which,
    /// How they are written.
    pub format: Format,
    /// A file or a folder; none hands the text back.
    pub to: Option<PathBuf>,
    /// Whether a file that is there is replaced.
    pub force: bool,
}

/// Which conversations are exported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// Those with these ids, in that order.
    These(Vec<ConversationId>),
    /// Those, each of its channel, in that order.
    Across(Vec<(ChannelName, ConversationId)>),
    /// All of the channel that the filter leaves; of those whose beginning is known, the ones that began between the two
    /// times.
    All {
        /// What the roster's filter would say; empty leaves all.
        filter: String,
        /// At that time or later.
        since: Option<Timestamp>,
        /// Before that time.
        until: Option<Timestamp>,
    },
}

/// What an export came to.
#[derive(Debug, Default)]
pub struct Exported {
    /// How many conversations.
    pub conversations: usize,
    /// How many messages, of all of them.
    pub messages: usize,
    /// How many messages the platform counts in them, where it says so for each.
    pub counted: Option<u64>,
    /// Why that isn't everything, where it isn't: what came was exported all the same.
    pub short: Option<Failure>,
    /// What of it could not be read as the platform sent it.
    pub damage: Damage,
    /// The text, where there is no place to put it.
    pub text: Option<ExportedText>,
    /// The files that were written.
    pub files: Vec<PathBuf>,
}

/// Fetches everything, and then writes it: whole, or not at all. Dropping the future before it is fetched writes nothing.
pub(in crate::runtime) async fn export(
    runtime: &Runtime,
    request: ExportRequest,
    on: &mut (dyn FnMut(Gathering) + Send),
) -> Result<Exported, Failure> {
    let target = request.to.map(|path| Target::new(path, request.force)).transpose()?;
    let single = match &request.which {
        Which::These(ids) => ids.len() == 1,
        Which::Across(all) => all.len() == 1,
        Which::All { .. } => false,
    };
    let layout = match target {
        // Each has a file of its own there.
        Some(Target::Folder { .. }) => Layout::Alone,
        _ if single => Layout::Alone,
        _ => Layout::Several,
    };
    let rendering = Rendering::begin(request.format, layout, runtime.spool());
    let Gathered { text, counted, short, damage, so_far } =
        gather(runtime, request.which, rendering, on).await.map_err(nothing_written)?;
    on(Gathering { writing: true, ..so_far });
    let mut exported = Exported {
        conversations: text.outlines().len(),
        messages: text.outlines().iter().map(|outline| outline.messages).sum(),
        counted,
        short: shortfall(short),
        damage,
        ..Exported::default()
    };
    let working = tokio::task::spawn_blocking(move || match target {
        None => Ok((Some(text), Vec::new())),
        Some(Target::File { path, force }) => {
            files::put(&path, |to| text.write(to), force).map(|()| (None, vec![path]))
        }
        Some(Target::Folder { path, force }) => files::fill(&path, &text, force).map(|files| (None, files)),
    });
    let written = working.await.map_err(|_| Failure::new(Kind::Failed, "Writing the export ended unexpectedly."))?;
    (exported.text, exported.files) = written?;
    Ok(exported)
}

fn nothing_written(mut failure: Failure) -> Failure {
    let hint = failure.hint.take().map(|hint| format!("{hint} ")).unwrap_or_default();
    failure.hint(format!("{hint}Nothing was written."))
}

/// What was fetched.
struct Gathered {
    /// Every message of each, as it is written.
    text: ExportedText,
    /// How many of them the platform counts.
    counted: Option<u64>,
    /// The lists that are not whole.
    short: Vec<Failure>,
    damage: Damage,
    /// How far it came in the end.
    so_far: Gathering,
}

/// One failure for all lists that are not whole.
fn shortfall(short: Vec<Failure>) -> Option<Failure> {
    let more = short.len().saturating_sub(1);
    let mut first = short.into_iter().next()?;
    if more > 0 {
        first.message = format!("{}; neither are {more} more", first.message);
    }
    Some(first.hint("What came was exported. Exporting it again may bring the rest."))
}

/// Fetches everything.
async fn gather(
    runtime: &Runtime,
    which: Which,
    mut rendering: Rendering,
    on: &mut (dyn FnMut(Gathering) + Send),
) -> Result<Gathered, Failure> {
    let (mut short, mut damage, mut so_far) = (Vec::new(), Damage::default(), Gathering::default());
    let wanted = match which {
        Which::These(ids) => {
            let channel = runtime.channel()?;
            named(runtime, ids.into_iter().map(|id| (channel.clone(), id)).collect()).await?
        }
        Which::Across(all) => named(runtime, all).await?,
        Which::All { filter, since, until } => {
            let (channel, can) = (runtime.channel()?, runtime.capabilities()?);
            let list = listed(runtime, can, since, until, &mut so_far, on).await?;
            let (mut all, of_list, ended) = list;
            short.extend(ended);
            damage.join(of_list);
            all.retain(|conversation| is_between(&conversation.created_at, since, until));
            let left = filtered(runtime, &channel, &filter, all).await?;
            left.into_iter().map(|conversation| (channel.clone(), conversation)).collect()
        }
    };
    so_far.of = Some(wanted.len());
    on(so_far);
    let mut counted = Some(0);
    for (channel, conversation) in wanted {
        let runtime = &runtime.on(&channel);
        let can = runtime.capabilities()?;
        let start = PageRequest { limit: history::page_size(can.history), cursor: None };
        let mut following = Following::new(start);
        let mut first_words = FirstWords::default();
        rendering.conversation(&conversation.id).await?;
        loop {
            let (page, totals) = (following.next(), following.totals());
            let read = history::messages(runtime, &conversation.id, page, totals, policies::COMMAND);
            let page = read.await?;
            so_far.pages += 1;
            so_far.here_of = page.total.or(so_far.here_of);
            let (new, more) = following.take(page);
            so_far.messages += new.len();
            so_far.here += new.len();
            on(so_far);
            first_words.read(&new);
            rendering.messages(new).await?;
            if !more {
                break;
            }
        }
        let Followed { got, total, damage: of_page, short: ended, .. } =
            following.end(&format!("the conversation {}", conversation.id));
        short.extend(ended);
        damage.join(of_page);
        so_far.conversations += 1;
        (so_far.here, so_far.here_of) = (0, None);
        on(so_far);
        counted = counted.zip(total).map(|(sum, total)| sum + total);
        let head = head(conversation, &channel, can, first_words);
        rendering.outline(Outline { head, messages: got });
    }
    let text = rendering.end().await?;
    Ok(Gathered { text, counted, short, damage, so_far })
}

/// Conversations that were named, each once, with what is known of them.
async fn named(
    runtime: &Runtime,
    all: Vec<(ChannelName, ConversationId)>,
) -> Result<Vec<(ChannelName, Conversation)>, Failure> {
    let (alone, mut seen, mut found) = (all.len() == 1, HashSet::new(), Vec::new());
    for (channel, id) in all {
        if !seen.insert((channel.clone(), id.clone())) {
            continue;
        }
        // What is exported alone is named by what is said in it, whatever was listed before.
        let lists = !alone || runtime.on(&channel).capabilities()?.local;
        let conversation = known(runtime, &channel, lists, id).await?;
        found.push((channel, conversation));
    }
    Ok(found)
}

/// What a filter of titles and ids leaves, as on the screen: by the title that the store knows, where the list has none.
async fn filtered(
    runtime: &Runtime,
    channel: &ChannelName,
    filter: &str,
    all: Vec<Conversation>,
) -> Result<Vec<Conversation>, Failure> {
    let filter = FuzzyFilter::new(filter);
    if filter.is_empty() {
        return Ok(all);
    }
    let mut left = Vec::new();
    for conversation in all {
        let mut title = conversation.title.clone();
        if title.trim().is_empty() {
            title = known(runtime, channel, true, conversation.id.clone()).await?.title;
        }
        let label = SafeText::one_line(&title);
        if filter.rank(label.as_str()).is_some() || filter.rank(conversation.id.as_str()).is_some() {
            left.push(conversation);
        }
    }
    Ok(left)
}

/// What there is to know of a conversation that was named by its id: what the store tells, if it is to be asked.
async fn known(
    runtime: &Runtime,
    channel: &ChannelName,
    ask: bool,
    id: ConversationId,
) -> Result<Conversation, Failure> {
    if ask && let Some(row) = runtime.store().conversation(channel, &id).await.map_err(|e| error_map::store(&e))? {
        return Ok(row.conversation);
    }
    Ok(Conversation { id, title: String::new(), created_at: Moment::default(), details: Vec::new() })
}

/// Every conversation of the channel, what of the list could not be read as it was sent, and why it isn't whole, if it isn't.
async fn listed(
    runtime: &Runtime,
    can: Capabilities,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    so_far: &mut Gathering,
    on: &mut (dyn FnMut(Gathering) + Send),
) -> Result<(Vec<Conversation>, Damage, Option<Failure>), Failure> {
    if can.is_archive() {
        // In the order of the file that they came with, so that they leave as they came.
        let items = runtime.store().archived(&runtime.channel()?).await.map_err(|e| error_map::store(&e))?;
        return Ok((items, Damage::default(), None));
    }
    let start = PageRequest { limit: history::page_size(can.list), cursor: None };
    let mut following = Following::new(start);
    let mut all = Vec::new();
    loop {
        let request = ListRequest { page: following.next().clone(), since, until };
        let page = history::list(runtime, &request, following.totals(), policies::COMMAND, |_| {}).await?;
        so_far.pages += 1;
        on(*so_far);
        let (new, more) = following.take(page);
        all.extend(new);
        if !more {
            break;
        }
    }
    let Followed { damage, short, .. } = following.end("the list of conversations");
    Ok((all, damage, short))
}

/// A platform without a filter by time lists all. Where nobody knows when it began, it is not left out.
fn is_between(began: &Moment, since: Option<Timestamp>, until: Option<Timestamp>) -> bool {
    began.at.is_none_or(|at| since.is_none_or(|since| at >= since) && until.is_none_or(|until| at < until))
}

fn head(
    conversation: Conversation,
    channel: &ChannelName,
    can: Capabilities,
    first_words: FirstWords,
) -> TranscriptHead {
    let Conversation { id, mut title, created_at, mut details } = conversation;
    let mut channel = channel.clone();
    // From an archive it goes out as it came in.
    if can.is_archive() && details.first().is_some_and(|(name, _)| name == ORIGIN) {
        channel = ChannelName::new(details.remove(0).1);
    } else if title.trim().is_empty() {
        title = first_words.title();
    }
    TranscriptHead { title, channel, id, created_at, details }
}

/// What the user asked first is what the conversation is about; where there is no user, what was said first.
#[derive(Default)]
struct FirstWords {
    user: Option<String>,
    anybody: Option<String>,
}

impl FirstWords {
    /// Notes them, if they are among these.
    fn read(&mut self, messages: &[Message]) {
        let words = |message: &Message| {
            message.text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().to_owned()
        };
        if self.anybody.is_none() {
            self.anybody = messages.first().map(words);
        }
        if self.user.is_none() {
            self.user = messages.iter().find(|message| message.role == Role::User).map(words);
        }
    }

    fn title(self) -> String {
        self.user.or(self.anybody).unwrap_or_default()
    }
}
