//! The colours of code, by what is drawn before and after they are known.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use super::job::Job;
use super::reader::{Patience, Reader};
use super::*;

mod drawn;

/// Tests read slowly: unoptimised, and beside others.
const PATIENT: Patience =
    Patience { block: Duration::from_mins(5), set: Duration::from_mins(5), languages: usize::MAX };

struct Desk {
    colours: Colours,
    notify: Arc<Notify>,
}

impl Desk {
    fn new(patience: Patience) -> Self {
        let notify = Arc::new(Notify::new());
        Self { colours: Colours::patient(Arc::clone(&notify), patience), notify }
    }

    /// Until something became known.
    fn wait(&self) {
        let before = self.colours.generation();
        let tokio = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        while self.colours.generation() == before {
            let notified = async { tokio::time::timeout(Duration::from_mins(2), self.notify.notified()).await };
            tokio.block_on(notified).expect("nothing became known");
            self.colours.take();
        }
    }

    /// The runs of a piece of code, as soon as all are known.
    fn runs(&self, code: &SafeText, above: &Above<'_>, open: bool) -> Vec<(Range<usize>, Option<Ink>)> {
        loop {
            let mut brush = Brush::new(&self.colours).open(open);
            let runs = brush.code(code, above, code.as_str().ends_with('\n'));
            if !brush.waits() {
                return runs;
            }
            self.wait();
        }
    }

    /// What is not plain, with its ink.
    fn inks(&self, label: &str, code: &str) -> Vec<(String, Ink)> {
        let code = SafeText::new(code);
        let runs = self.runs(&code, &Above::nothing(label), false);
        let said = |range: &Range<usize>| code.as_str()[range.clone()].trim().to_owned();
        runs.iter()
            .filter_map(|(range, ink)| Some((said(range), (*ink)?)))
            .filter(|(_, ink)| *ink != Ink::Plain)
            .collect()
    }
}

fn job(code: &str, from: usize) -> Job {
    Job { id: 0, language: "rust".to_owned(), start: 1, above: String::new(), code: code.to_owned(), from }
}

/// The inks of all lines of a job.
fn read(reader: &mut Reader, job: &Job) -> Vec<Vec<Ink>> {
    let mut all = Vec::new();
    let known = reader.read(job, |_, line| {
        all.push(line.iter().map(|run| run.ink).collect());
        true
    });
    assert!(known);
    all
}

#[test]
fn the_runs_of_a_language_have_inks() {
    let desk = Desk::new(PATIENT);
    let rust = "// says hello\nfn greet(name: &str) -> String {\n    format!(\"hi {name}\\n\", 42)\n}";
    let inks = desk.inks("rust", rust);
    let has = |text: &str, ink| assert!(inks.contains(&(text.to_owned(), ink)), "{text}: {inks:?}");
    has("// says hello", Ink::Comment);
    has("greet", Ink::Function);
    has("42", Ink::Value);
    assert!(inks.iter().any(|(text, ink)| text.starts_with("fn") && *ink == Ink::Keyword), "{inks:?}");
    assert!(inks.iter().any(|(text, ink)| text.contains("hi") && *ink == Ink::Text), "{inks:?}");
    let json = desk.inks("json", "{\"key\": [\"text\", 1.5, true]}");
    let of = |part: &str| json.iter().find(|(text, _)| text.contains(part)).map(|(_, ink)| *ink);
    assert_eq!((of("key"), of("text"), of("1.5")), (Some(Ink::Name), Some(Ink::Text), Some(Ink::Value)), "{json:?}");
    let diff = desk.inks("diff", "-old\n+new\n same");
    assert_eq!(diff, [("-old".to_owned(), Ink::Removed), ("+new".to_owned(), Ink::Added)]);
}

#[test]
fn all_names_that_people_write_are_languages() {
    let set = two_face::syntax::extra_newlines();
    let names = "rust rs python py python3 py3 javascript js node mjs jsx typescript ts tsx json jsonc json5 yaml yml toml ini \
                 html xml svg css scss sql mysql postgresql pgsql sqlite sh bash zsh shell console terminal c h c++ cpp \
                 objc java kotlin kt swift go golang ruby rb php perl lua r scala haskell hs elixir erlang clojure lisp \
                 csharp cs c# f# dart diff patch udiff dockerfile makefile make cmake graphql gql proto protobuf tf hcl terraform \
                 latex tex vim nix zig nginx http-request-that-is-none";
    let (known, unknown): (Vec<_>, Vec<_>) = names
        .split_whitespace()
        .partition(|label| language::named(label).is_some_and(|name| set.find_syntax_by_token(&name).is_some()));
    assert_eq!((known.len(), unknown), (names.split_whitespace().count() - 1, vec!["http-request-that-is-none"]));
    for (label, name) in [
        ("rust,ignore", Some("rust")),
        ("{.python .numberLines}", Some("python")),
        ("Rust title=\"a.rs\"", Some("rust")),
        ("language-js", Some("js")),
        ("text", None),
        ("", None),
        ("  ", None),
        ("a-name-that-is-much-too-long-to-be-one", None),
    ] {
        assert_eq!(language::named(label).as_deref(), name, "{label}");
    }
}

#[test]
fn what_is_no_language_asks_for_nothing_or_once() {
    let desk = Desk::new(PATIENT);
    let used = || desk.colours.0.as_ref().unwrap().borrow().link.is_used();
    let code = SafeText::new("let x = 1;");
    for label in ["", "text"] {
        assert_eq!(desk.runs(&code, &Above::nothing(label), false), [(0..10, None)]);
    }
    assert!(!used(), "the library was loaded for nothing");
    assert_eq!(desk.runs(&code, &Above::nothing("klingon"), false), [(0..10, None)]);
    assert!(used());
    let mut brush = Brush::new(&desk.colours);
    brush.code(&SafeText::new("other"), &Above::nothing("klingon"), false);
    assert!(!brush.waits());
}

#[test]
fn what_grows_ends_as_what_was_whole() {
    let text = "/* one\ntwo */ fn a() { \"x\" }\n\nlet s = \"héllo 日本 e\u{301}\";\n# not rust\n    1\n";
    let whole = Desk::new(PATIENT).runs(&SafeText::new(text), &Above::nothing("rust"), false);
    let desk = Desk::new(PATIENT);
    for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
        let part = SafeText::new(&text[..end]);
        let runs = desk.runs(&part, &Above::nothing("rust"), true);
        let covered: usize = runs.iter().map(|(range, _)| range.len()).sum();
        assert_eq!(covered, part.as_str().len(), "a gap");
    }
    assert_eq!(desk.runs(&SafeText::new(text), &Above::nothing("rust"), false), whole);
}

#[test]
fn reading_goes_on_where_it_stopped() {
    let mut reader = Reader::new(PATIENT);
    let code: Vec<String> = (0..100).map(|n| format!("let a{n} = /* {n}")).collect();
    let all = read(&mut reader, &job(&code.join("\n"), 0));
    assert_eq!((all.len(), reader.lines), (100, 100));
    let grown = format!("{}\nend */ fn", code.join("\n"));
    let more = read(&mut reader, &job(&grown, 100));
    assert_eq!((more.len(), reader.lines), (1, 101), "finished lines were read again");
    assert_eq!(more[0][0], Ink::Comment, "what stands above is forgotten");
    // From the middle, where nothing but a state some lines above is kept.
    let again = read(&mut reader, &job(&code.join("\n"), 90));
    assert_eq!((again.as_slice(), reader.lines), (&all[90..], 101 + 36));
}

#[test]
fn a_part_is_read_below_what_stands_above_it() {
    let desk = Desk::new(PATIENT);
    let code = SafeText::new("still\n*/ fn");
    let above = || "/* begins\n".to_owned();
    let above = Above { label: "rust", source: "```rust\n/* begins\n", code: &above };
    let runs = desk.runs(&code, &above, false);
    assert_eq!(runs[0], (0..5, Some(Ink::Comment)));
    assert_eq!(runs.last().unwrap().1, Some(Ink::Keyword));
}

#[test]
fn what_is_beyond_a_limit_is_plain_and_costs_nothing() {
    let mut reader = Reader::new(PATIENT);
    let long = format!("let {} = 1;", "x".repeat(600));
    let lines = read(&mut reader, &job(&format!("let\n{long}\nlet"), 0));
    assert_eq!(lines, [vec![Ink::Keyword], vec![], vec![Ink::Keyword]]);
    let much = "let\n".repeat(BLOCK_BYTES / 4 + 10);
    let lines = read(&mut reader, &job(&much, 0));
    assert_eq!((lines[0].len(), lines[BLOCK_BYTES / 4 + 5].len()), (1, 0));
    let before = reader.lines;
    read(&mut reader, &job(&format!("{much}let"), BLOCK_BYTES / 4 + 10));
    assert_eq!(reader.lines, before, "read beyond the limit");

    let mut hasty = Reader::new(Patience { block: Duration::ZERO, ..PATIENT });
    let lines = read(&mut hasty, &job("let\nlet\nlet", 0));
    assert_eq!(lines, [vec![Ink::Keyword], vec![], vec![]]);
}

#[test]
fn a_thread_that_has_grown_is_followed_by_another() {
    let desk = Desk::new(Patience { languages: 0, ..PATIENT });
    for label in ["rust", "python", "json", "rust"] {
        let inks = desk.inks(label, &format!("\"{label}\""));
        assert!(!inks.is_empty(), "{label}");
    }
}

#[test]
fn what_is_known_stays_within_its_size() {
    let desk = Desk::new(PATIENT);
    let mut kept = desk.colours.0.as_ref().unwrap().borrow_mut();
    for n in 0..400_u64 {
        kept.clock += 1;
        let runs = vec![Run { end: 1, ink: Ink::Text }; 500];
        kept.take_answer(Answer::Lines((0..100).map(|line| (n * 100 + line, runs.clone().into())).collect()));
        assert!(kept.bytes <= MAX_BYTES);
        assert!(kept.lines.contains_key(&(n * 100 + 99)));
    }
    assert!(!kept.lines.contains_key(&0));
    assert_eq!(kept.bytes, kept.lines.values().map(|known| weight(&known.line)).sum::<usize>());
}
