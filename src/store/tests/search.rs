//! Searching: that the index finds what reading everything finds, however far it is, and what is found in which order.

use proptest::prelude::*;

use super::super::StoreError;
use super::super::search::SearchRequest;
use super::*;
use crate::domain::{Attachment, Facts, Failure, Found, HitPlace, Kind, Query, SavedSearch, canonical_forms};

fn asks(text: &str) -> SearchRequest {
    let query = Query::parse(text, NOW).expect("understood");
    SearchRequest { query, within: None, after: None, limit: 1_000 }
}

async fn found(store: &Store, text: &str) -> Found {
    store.search(asks(text)).await.expect("searched")
}

fn texts(found: &Found) -> Vec<&str> {
    found.hits.iter().map(|hit| hit.message.text.as_str()).collect()
}

async fn is_indexed(store: &Store) {
    store.complete_index(|_| ()).await.expect("indexed");
    let left = "SELECT (SELECT count(*) FROM unindexed) + (SELECT up_to FROM backlog)";
    let left: i64 =
        store.ask(move |database| Ok(database.read().query_row(left, [], |row| row.get(0))?)).await.expect("counted");
    assert_eq!(left, 0);
}

fn at(mut message: Message, ms: i64) -> Message {
    message.created_at = Moment::at(NOW.plus_millis(ms));
    message
}

async fn planets(store: &Store) {
    let page = [
        at(user("1", "How many planets are there?"), 1_000),
        at(bot("2", "There are **eight** planets:\n\nMercury, Venus"), 2_000),
        at(user("3", "申请退款"), 3_000),
        at(bot("4", "Café Über, see https://example.org"), 4_000),
        bot("5", "at no time"),
    ];
    store.merge_messages(&docs(), &id("c"), &page, None).await.unwrap();
    let other = [at(user("1", "other planets OK"), 2_500)];
    store.merge_messages(&ChannelName::new("flow"), &id("d"), &other, None).await.unwrap();
}

#[tokio::test]
async fn the_newest_come_first_and_every_attribute_counts_indexed_or_not() {
    let dir = dir();
    let store = Store::open(dir.path());
    planets(&store).await;
    for indexed in [false, true] {
        if indexed {
            is_indexed(&store).await;
        }
        for (search, expected) in [
            ("planets", &["other", "There", "How"][..]),
            ("PLANETS eight", &[]),
            ("planets eight", &["There"]),
            ("\"planets: mercury\"", &["There"]),
            ("planets -eight", &["other", "How"]),
            ("-planets", &["Café", "申请退款", "at"]),
            ("cafe uber", &["Café"]),
            ("退款", &["申请退款"]),
            ("退", &["申请退款"]),
            ("ok", &["other"]),
            ("OK", &["other"]),
            ("Ok", &[]),
            ("channel:FLOW", &["other"]),
            ("channel:flow,docs planets", &["other", "There", "How"]),
            ("-channel:flow planets", &["There", "How"]),
            ("role:assistant", &["Café", "There", "at"]),
            ("has:link", &["Café"]),
            ("title:hwmny planets", &["There", "How"]),
            ("in:d", &["other"]),
            ("-in:d planets", &["There", "How"]),
            ("\"no such\"", &[]),
            ("say\"ing", &[]),
        ] {
            let found = found(&store, search).await;
            let heads: Vec<_> = texts(&found).iter().map(|text| text.split(' ').next().unwrap_or("")).collect();
            assert_eq!(heads, expected, "{search}, indexed: {indexed}");
            assert_eq!(found.total, Some(expected.len() as u64), "{search}, indexed: {indexed}");
            assert_eq!(found.more, None);
            assert!(found.searched.is_all());
        }
        let early = Query::parse("before:2023-11-14T22:13:22.000Z after:2000", NOW).unwrap();
        let early = store.search(SearchRequest { query: early, ..asks("") }).await.unwrap();
        assert_eq!(texts(&early), ["How many planets are there?"]);
        let within = Some((docs(), id("c")));
        let within = store.search(SearchRequest { within, ..asks("planets") }).await.unwrap();
        assert_eq!((within.total, within.titles.len()), (Some(2), 0));
        let nowhere = Some((docs(), id("none")));
        assert_eq!(store.search(SearchRequest { within: nowhere, ..asks("planets") }).await.unwrap().total, Some(0));
        let titles = found(&store, "planets").await.titles;
        assert_eq!(titles.iter().map(|hit| hit.conversation.as_str()).collect::<Vec<_>>(), ["d", "c"]);
    }
}

#[tokio::test]
async fn pages_join_to_the_whole() {
    let dir = dir();
    let store = Store::open(dir.path());
    let all: Vec<_> = (0..40).map(|n| at(user(&format!("{n}"), &format!("said {n}")), n / 3)).collect();
    store.merge_messages(&docs(), &id("c"), &all[..20], None).await.unwrap();
    is_indexed(&store).await;
    store.merge_messages(&docs(), &id("c"), &all[20..], None).await.unwrap();
    store.enqueue(&turn_saying("t", "said in a turn")).await.unwrap();
    let whole = found(&store, "said").await;
    assert_eq!((whole.hits.len(), whole.total), (41, Some(41)));
    for limit in [1, 7, 40, 41] {
        let (mut joined, mut after) = (Vec::new(), None);
        loop {
            let page = store.search(SearchRequest { after, limit, ..asks("said") }).await.unwrap();
            assert_eq!(page.total.is_some(), after.is_none());
            joined.extend(page.hits);
            after = page.more;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(joined, whole.hits, "{limit}");
    }
}

#[tokio::test]
async fn the_outbox_is_searched_until_the_history_has_it() {
    let dir = dir();
    let store = Store::open(dir.path());
    store.enqueue(&turn_saying("t", "a turn")).await.unwrap();
    assert!(store.claim(&turn_id("t"), NOW).await.unwrap());
    let failure = Failure::new(Kind::Network, "gone");
    store.settle(&turn_id("t"), OutState::Unknown, Some(&failure)).await.unwrap();
    let unknown = found(&store, "turn state:unknown has:error").await;
    assert_eq!(unknown.hits.first().map(|hit| hit.place.clone()), Some(HitPlace::Turn(turn_id("t"))));
    assert_eq!(unknown.hits.first().and_then(|hit| hit.state), Some(OutState::Unknown));
    store.merge_messages(&docs(), &id("c"), &[at(user("1", "a turn"), 5)], None).await.unwrap();
    for indexed in [false, true] {
        if indexed {
            is_indexed(&store).await;
        }
        assert_eq!(found(&store, "state:unknown").await.total, Some(0));
        let sent = found(&store, "turn state:sent").await;
        assert!(matches!(sent.hits.as_slice(), [hit] if matches!(hit.place, HitPlace::History(_))), "{sent:?}");
    }
}

#[tokio::test]
async fn an_older_search_is_given_up() {
    let dir = dir();
    let store = Store::open(dir.path());
    planets(&store).await;
    let searches: Vec<_> = (0..20).map(|_| store.search(asks("planets"))).collect();
    let mut answers = futures_util::future::join_all(searches).await;
    let last = answers.pop().unwrap().unwrap();
    assert_eq!(last.total, Some(3));
    assert!(answers.iter().all(|answer| match answer {
        Ok(found) => found.total == Some(3),
        Err(error) => matches!(error, StoreError::Superseded),
    }));
    store.close().await.unwrap();
    assert!(matches!(store.search(asks("planets")).await, Err(StoreError::Closed)));
}

#[tokio::test]
async fn an_older_store_is_searched_before_it_is_indexed_and_while_it_is() {
    let dir = dir();
    older(
        &dir,
        3,
        "INSERT INTO conversations (channel, id, title, created_raw) VALUES ('docs', 'c', 'a title', '');
         WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < 449)
         INSERT INTO messages (conversation, seq, id, role, text, created_ms, created_raw)
             SELECT 1, 2 * n, n, 'user', 'said ' || n, 1700000000000 + n, '' FROM numbers;",
    );
    let store = Store::open(dir.path());
    assert!(store.warnings().await.unwrap().is_empty());
    assert_eq!(found(&store, "said").await.total, Some(450));
    let mut steps = Vec::new();
    store.complete_index(|left| steps.push(left)).await.unwrap();
    assert!(!steps.is_empty() && steps.is_sorted_by(|a, b| a > b), "{steps:?}");
    assert_eq!(found(&store, "said").await.total, Some(450));
    assert_eq!(texts(&found(&store, "\"said 44\"").await).len(), 11);
}

#[tokio::test]
async fn an_index_of_texts_that_were_compared_otherwise_is_made_anew() {
    let dir = dir();
    older(
        &dir,
        5,
        "INSERT INTO conversations (channel, id, title, created_raw) VALUES ('docs', 'c', 'a title', '');
         INSERT INTO messages (conversation, seq, id, role, text, created_ms, created_raw)
             VALUES (1, 2, '1', 'user', 'ἀρχὴ τῆς', 1700000000000, ''), (1, 4, '2', 'user', 'plain', 1700000001000, '');
         INSERT INTO documents (n, message, conversation, channel, role, at_ms, marks, letters)
             VALUES (10, 1, 1, 'docs', 'user', 1700000000000, 0, 0), (12, 2, 1, 'docs', 'user', 1700000001000, 0, 0);
         INSERT INTO words (rowid, text) VALUES (10, 'ἀρχὴ τῆς'), (12, 'plain');
         DELETE FROM unindexed;",
    );
    let store = Store::open(dir.path());
    for indexed in [false, true] {
        if indexed {
            is_indexed(&store).await;
        }
        for asked in ["αρχη", "ἀρχή", "α\u{313}ρχη\u{301}", "της"] {
            assert_eq!(texts(&found(&store, asked).await), ["ἀρχὴ τῆς"], "{asked}, indexed: {indexed}");
        }
        assert_eq!(found(&store, "plain").await.total, Some(1));
        assert_eq!(found(&store, "").await.total, Some(0));
    }
}

#[tokio::test]
async fn either_form_of_a_word_is_found_in_either_form_of_a_text() {
    let dir = dir();
    let store = Store::open(dir.path());
    // Some of every block: all that has two forms would take its time here, and is tried where no store is.
    let two_forms = ('\u{a0}'..='\u{ffff}').filter(|c| {
        let [composed, apart] = canonical_forms(&c.to_string());
        composed != apart
    });
    let letters: Vec<char> = two_forms.step_by(53).chain(['が', '한', 'ᾧ', 'й', '\u{958}', 'ẛ', 'Å']).collect();
    assert!(letters.len() > 200);
    let words: Vec<String> = letters.iter().enumerate().map(|(n, c)| format!("no{n}x{c}{c}")).collect();
    let texts = words.iter().flat_map(|word| canonical_forms(word));
    let page: Vec<_> = texts.enumerate().map(|(n, text)| user(&n.to_string(), &text)).collect();
    store.merge_messages(&docs(), &id("c"), &page, None).await.unwrap();
    for indexed in [false, true] {
        if indexed {
            is_indexed(&store).await;
        }
        for word in words.iter().step_by(if indexed { 1 } else { 9 }) {
            for asked in canonical_forms(word) {
                assert_eq!(found(&store, &asked).await.total, Some(2), "{asked}, indexed: {indexed}");
            }
        }
    }
}

#[tokio::test]
async fn a_text_that_is_too_long_for_the_index_is_found_all_the_same() {
    let dir = dir();
    let store = Store::open(dir.path());
    let long = format!("{} needle", "hay ".repeat(100_000));
    store.merge_messages(&docs(), &id("c"), &[user("1", &long), user("2", "a needle")], None).await.unwrap();
    for _ in 0..2 {
        assert_eq!(found(&store, "needle").await.total, Some(2));
        assert_eq!(found(&store, "needle -hay").await.total, Some(1));
        is_indexed(&store).await;
    }
    store.merge_messages(&docs(), &id("c"), &[user("1", "short now")], None).await.unwrap();
    is_indexed(&store).await;
    assert_eq!(found(&store, "needle").await.total, Some(1));
    assert_eq!(found(&store, "short").await.total, Some(1));
}

#[tokio::test]
async fn searches_are_kept_by_name() {
    let dir = dir();
    let store = Store::open(dir.path());
    let search = |name: &str, text: &str| SavedSearch { name: name.to_owned(), text: text.to_owned() };
    for one in [search("b", "planets"), search("a", "role:user"), search("b", "moons")] {
        store.save_search(&one).await.unwrap();
    }
    assert_eq!(store.saved_searches().await.unwrap(), [search("a", "role:user"), search("b", "moons")]);
    assert!(store.forget_search("a").await.unwrap());
    assert!(!store.forget_search("a").await.unwrap());
}

/// Something that is done to the store between searches.
#[derive(Debug, Clone)]
enum SearchStep {
    Page(u8, Vec<(u8, String, Option<i64>, bool)>),
    Forget(u8),
    Send(u8, String),
    Index,
    /// The index is to be made anew, though it serves until it is.
    Anew,
    Search(String),
}

fn words() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "planet",
        "Planets",
        "moon",
        "ok",
        "a",
        "Café",
        "cafe",
        "退款",
        "款退",
        "straße",
        "STRASSE",
        "\"q\"",
        "e\u{301}",
        "http://x",
        "```",
        "\n",
        "\u{1}\u{2}",
        "- -",
        "n",
    ]);
    prop::collection::vec(word, 1..5).prop_map(|words| words.join(" "))
}

fn search() -> impl Strategy<Value = String> {
    let term = prop::sample::select(vec![
        "planet",
        "plan",
        "Planet",
        "moon",
        "ok",
        "OK",
        "a",
        "cafe",
        "Cafe",
        "退",
        "退款",
        "款退款",
        "strasse",
        "ss",
        "é",
        "\"ok moon\"",
        "\"planet planets\"",
        "role:user",
        "role:assistant",
        "channel:c0",
        "channel:c1,c2",
        "after:3s",
        "before:2s",
        "has:attachment",
        "has:link",
        "has:code",
        "has:error",
        "state:queued",
        "in:x0",
        "title:plnt",
        "n",
    ]);
    let term =
        (term, prop::bool::weighted(0.2)).prop_map(|(term, not)| if not { format!("-{term}") } else { term.into() });
    prop::collection::vec(term, 1..4).prop_map(|terms| terms.join(" "))
}

fn step() -> impl Strategy<Value = SearchStep> {
    let said = (0..6_u8, words(), prop::option::weighted(0.8, -5_000..5_000_i64), any::<bool>());
    prop_oneof![
        4 => (0..3_u8, prop::collection::vec(said, 1..4)).prop_map(|(c, page)| SearchStep::Page(c, page)),
        1 => (0..3_u8).prop_map(SearchStep::Forget),
        1 => (0..3_u8, words()).prop_map(|(c, text)| SearchStep::Send(c, text)),
        2 => Just(SearchStep::Index),
        1 => Just(SearchStep::Anew),
        5 => search().prop_map(SearchStep::Search),
    ]
}

fn place(n: u8) -> (ChannelName, ConversationId) {
    (ChannelName::new(format!("c{n}")), id(&format!("x{n}")))
}

/// Everything that the store would show, asked one by one.
async fn by_reading(store: &Store, query: &Query) -> Vec<(String, String)> {
    let mut taken = Vec::new();
    for n in 0..3 {
        let (channel, conversation) = place(n);
        let row = store.conversation(&channel, &conversation).await.unwrap();
        let title = row.map_or_else(String::new, |row| row.conversation.title);
        let facts = Facts {
            channel: &channel,
            conversation: Some(&conversation),
            title: &title,
            state: None,
            failed: false,
            kept: None,
        };
        let turns = store.turns(&channel, Some(&conversation)).await.unwrap();
        for entry in store.messages(&channel, &conversation, None, 1_000).await.unwrap().entries {
            let state = if entry.ours { Some(OutState::Sent) } else { None };
            // What a turn of ours is in the history was found there, so it was sent.
            let state = state.or_else(|| {
                let known = turns.iter().any(|turn| turn.message_id.as_ref() == Some(&entry.message.id));
                known.then_some(OutState::Sent)
            });
            if query.takes(&entry.message, &Facts { state, ..facts }) {
                taken.push((channel.to_string(), entry.message.text));
            }
        }
        for turn in turns.into_iter().filter(|turn| turn.message_id.is_none()) {
            let message = at(user(turn.id.as_str(), &turn.text), 0);
            if query.takes(&message, &Facts { state: Some(turn.state), failed: turn.failure.is_some(), ..facts }) {
                taken.push((channel.to_string(), turn.text));
            }
        }
    }
    taken.sort();
    taken
}

async fn walk(steps: Vec<SearchStep>) {
    let dir = dir();
    let store = Store::open(dir.path());
    for (number, step) in steps.into_iter().enumerate() {
        match step {
            SearchStep::Page(n, page) => {
                let (channel, conversation) = place(n);
                let page: Vec<_> = page
                    .into_iter()
                    .map(|(name, text, ms, attached)| {
                        let role = if name % 2 == 0 { Role::User } else { Role::Assistant };
                        let mut message = message(&name.to_string(), role, &text);
                        if let Some(ms) = ms {
                            message = at(message, ms);
                        }
                        if attached {
                            message.extras.attachments = vec![Attachment::default()];
                        }
                        message
                    })
                    .collect();
                store.merge_messages(&channel, &conversation, &page, None).await.unwrap();
            }
            SearchStep::Forget(n) => {
                let (channel, conversation) = place(n);
                store.forget_messages(&channel, &conversation).await.unwrap();
            }
            SearchStep::Send(n, text) => {
                let (channel, conversation) = place(n);
                let turn =
                    Turn { channel, conversation: Some(conversation), ..turn_saying(&format!("t{number}"), &text) };
                store.enqueue(&turn).await.unwrap();
            }
            SearchStep::Index => store.complete_index(|_| ()).await.unwrap(),
            SearchStep::Anew => {
                let anew = "UPDATE backlog SET up_to = known, anew = (SELECT max(n) FROM segments)
                    WHERE up_to = 0 AND EXISTS (SELECT 1 FROM segments)";
                store.ask(move |database| database.write(|tx, _| Ok(tx.execute(anew, [])?))).await.unwrap();
            }
            SearchStep::Search(text) => {
                let found = found(&store, &text).await;
                assert!(found.hits.is_sorted_by(|a, b| a.cursor >= b.cursor), "{text}");
                let mut hits: Vec<_> =
                    found.hits.iter().map(|hit| (hit.channel.to_string(), hit.message.text.clone())).collect();
                hits.sort();
                let expected = by_reading(&store, &asks(&text).query).await;
                assert_eq!(hits, expected, "{text}");
                assert_eq!(found.total, Some(expected.len() as u64), "{text}");
                // Those that are not listed are counted by the database.
                let first = store.search(SearchRequest { limit: 1, ..asks(&text) }).await.unwrap();
                assert_eq!(first.total, Some(expected.len() as u64), "{text}");
                assert_eq!(first.hits.as_slice(), found.hits.get(..1).unwrap_or_default(), "{text}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn the_index_finds_what_reading_everything_finds(steps in prop::collection::vec(step(), 1..24)) {
        tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(walk(steps));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn an_index_of_many_parts_finds_it_too(
        pages in prop::collection::vec(step(), 16..32), searches in prop::collection::vec(search(), 8),
    ) {
        let changes = pages.into_iter().filter(|step| !matches!(step, SearchStep::Search(_)));
        let steps = changes.flat_map(|step| [step, SearchStep::Index]);
        let steps = steps.chain(searches.into_iter().map(SearchStep::Search)).collect();
        tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(walk(steps));
    }
}
