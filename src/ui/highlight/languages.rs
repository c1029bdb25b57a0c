//! The library's languages: which there are, and one of them at a time, slimmed.
//!
//! Its set of all languages is a megabyte of packed texts; of those stay what one language needs. They are read as the
//! library writes them, and where that can't be done the language is the library's own, as large as it is.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Write as _};
use std::rc::Rc;

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use serde::{Deserialize, Serialize};
use syntect::parsing::{SyntaxReference, SyntaxSet};

use super::patterns::slim;

/// No language takes more, unpacked.
const CONTEXTS_BYTES: u64 = 8 * 1024 * 1024;

/// What the languages are called, in the order of the library, and those that were loaded.
pub(super) struct Languages {
    names: Vec<(String, Vec<String>)>,
    /// Until the first one is loaded.
    all: Option<SyntaxSet>,
    loaded: BTreeMap<usize, Rc<SyntaxSet>>,
}

impl Languages {
    /// None of them loaded.
    pub(super) fn new() -> Self {
        let set = two_face::syntax::extra_newlines();
        let name = |syntax: &SyntaxReference| (syntax.name.clone(), syntax.file_extensions.clone());
        let names = set.syntaxes().iter().map(name).collect();
        Self { names, all: Some(set), loaded: BTreeMap::new() }
    }

    /// How the library finds a language by what people call it: an extension first, then its name, the last one first.
    pub(super) fn find(&self, token: &str) -> Option<usize> {
        let is = |name: &String| name.eq_ignore_ascii_case(token);
        let extension = self.names.iter().rposition(|(_, extensions)| extensions.iter().any(is));
        extension.or_else(|| self.names.iter().rposition(|(name, _)| is(name)))
    }

    /// A set in which a language is whole, with all that it may have inside it; the other ones have their places and
    /// nothing else.
    pub(super) fn load(&mut self, language: usize) -> Rc<SyntaxSet> {
        let all = &mut self.all;
        let load = || {
            let set = all.take().unwrap_or_else(two_face::syntax::extra_newlines);
            Rc::new(slimmed(&set, language).unwrap_or(set))
        };
        Rc::clone(self.loaded.entry(language).or_insert_with(load))
    }
}

/// The part of a set that a language needs.
fn slimmed(set: &SyntaxSet, language: usize) -> Option<SyntaxSet> {
    let (mut kept, mut wanted) = (BTreeMap::new(), vec![language]);
    while let Some(at) = wanted.pop() {
        let syntax = bincode::serialize(set.syntaxes().get(at)?).ok()?;
        let mut syntax: Syntax = bincode::deserialize(&syntax).ok()?;
        let mut packed = Vec::new();
        ZlibDecoder::new(&*syntax.contexts).take(CONTEXTS_BYTES).read_to_end(&mut packed).ok()?;
        let mut contexts: Contexts = bincode::deserialize(&packed).ok()?;
        let others = contexts.slim();
        packed.clear();
        let mut encoder = ZlibEncoder::new(packed, Compression::fast());
        encoder.write_all(&bincode::serialize(&contexts).ok()?).ok()?;
        syntax.contexts = encoder.finish().ok()?;
        kept.insert(at, syntax);
        wanted.extend(others.into_iter().filter(|at| !kept.contains_key(at)));
    }
    let syntaxes = (0..set.syntaxes().len()).map(|at| kept.remove(&at).unwrap_or_default()).collect();
    let slim = bincode::serialize(&Set { syntaxes, paths: Vec::new() }).ok()?;
    syntect::dumps::from_uncompressed_data(&slim).ok()
}

/// What the library writes of its set.
#[derive(Serialize)]
struct Set {
    syntaxes: Vec<Syntax>,
    paths: Vec<(String, usize)>,
}

#[derive(Default, Serialize, Deserialize)]
struct Syntax {
    name: String,
    extensions: Vec<String>,
    scope: String,
    first_line: Option<String>,
    hidden: bool,
    variables: BTreeMap<String, String>,
    /// Packed.
    contexts: Vec<u8>,
}

/// A language, and a context of it.
type Place = (usize, usize);

#[derive(Serialize, Deserialize)]
struct Contexts {
    places: BTreeMap<String, Place>,
    contexts: Vec<Context>,
}

#[derive(Serialize, Deserialize)]
struct Context {
    meta_scope: Vec<String>,
    meta_content_scope: Vec<String>,
    meta_include_prototype: bool,
    clear_scopes: Option<Clear>,
    prototype: Option<Place>,
    uses_backrefs: bool,
    patterns: Vec<Pattern>,
}

#[derive(Serialize, Deserialize)]
enum Clear {
    TopN(usize),
    All,
}

#[derive(Serialize, Deserialize)]
enum Pattern {
    Match(Match),
    Include(Reference),
}

#[derive(Serialize, Deserialize)]
struct Match {
    has_captures: bool,
    regex: String,
    scope: Vec<String>,
    captures: Option<Vec<(usize, Vec<String>)>>,
    operation: Operation,
    with_prototype: Option<Reference>,
}

#[derive(Serialize, Deserialize)]
enum Operation {
    Push(Vec<Reference>),
    Set(Vec<Reference>),
    Pop,
    None,
}

#[derive(Serialize, Deserialize)]
enum Reference {
    Named(String),
    ByScope(String, Option<String>, bool),
    File(String, Option<String>, bool),
    Inline(String),
    Direct(Place),
}

impl Contexts {
    /// Slims all patterns, and tells which languages they lead to.
    fn slim(&mut self) -> BTreeSet<usize> {
        let mut others = BTreeSet::new();
        let mut lead = |reference: &Reference| {
            if let Reference::Direct((language, _)) = reference {
                others.insert(*language);
            }
        };
        for context in &mut self.contexts {
            context.prototype.iter().for_each(|place| lead(&Reference::Direct(*place)));
            for pattern in &mut context.patterns {
                match pattern {
                    Pattern::Include(reference) => lead(reference),
                    Pattern::Match(found) => {
                        found.regex = slim(&found.regex);
                        if let Operation::Push(to) | Operation::Set(to) = &found.operation {
                            to.iter().for_each(&mut lead);
                        }
                        found.with_prototype.iter().for_each(&mut lead);
                    }
                }
            }
        }
        others
    }
}

#[cfg(test)]
mod tests {
    use syntect::parsing::ParseState;

    use super::*;

    #[test]
    fn every_language_is_found_as_the_library_finds_it() {
        let set = two_face::syntax::extra_newlines();
        let languages = Languages::new();
        for token in set.syntaxes().iter().flat_map(|syntax| syntax.file_extensions.iter().chain([&syntax.name])) {
            let found = languages.find(&token.to_ascii_uppercase()).map(|at| &set.syntaxes()[at].name);
            assert_eq!(found, set.find_syntax_by_token(token).map(|syntax| &syntax.name), "{token}");
        }
        assert_eq!(languages.find("no-language"), None);
    }

    #[test]
    fn every_language_can_be_slimmed() {
        let set = two_face::syntax::extra_newlines();
        // Two that hold nearly all others are left out: they would take minutes in a test's build.
        let wanted = |syntax: &SyntaxReference| !["Markdown", "MultiMarkdown", "Typst"].contains(&&*syntax.name);
        for (at, syntax) in set.syntaxes().iter().enumerate().filter(|(_, syntax)| wanted(syntax)) {
            let slim = slimmed(&set, at).unwrap_or_else(|| panic!("{}", syntax.name));
            assert_eq!(slim.syntaxes()[at].name, syntax.name);
        }
    }

    #[test]
    fn a_slim_language_reads_as_the_whole_one() {
        let set = two_face::syntax::extra_newlines();
        let mut languages = Languages::new();
        let rust = "#[derive(Debug)]\npub struct Größe<'a, T: Ord> { имя: &'a str, n: T }\nimpl<'a, T> Größe<'a, T> {\n    \
                    const MAX: u64 = 0xff_u64; // α → β\n    fn 名前(&self) -> Option<usize> { println!(\"{}é\", 1.5e3); None }\n}\n";
        let python = "@wraps(f)\nclass Planète(Base):\n    \"\"\"Says «hi».\"\"\"\n    async def λ(self, ähnlich=0b1, *args):\n        \
                      return f'{self.имя!r:>10}' if x is not None else re.match(r'\\w+(?P<n>\\d)', y)  # no\n";
        let script = "import { a as b } from './ü.js';\nexport class Ünit extends Base { #p = 1n; async *gen(α, {x = /\\w+/gu}) \
                      { return `a${ñ.map(y => y?.z ?? 0)}b`; } }\n// ende\n<div/>\n";
        let page = "<!doctype html>\n<p class=\"ä\">é &amp; <script>let ö = 1;</script><style>.größe { color: #fff }</style></p>\n";
        let shell = "for x in \"${names[@]}\"; do echo \"$(wc -l < ${x%.txt})\" | sort -u > /tmp/é; done # all\n";
        let data = "{\"schlüssel\": [1, true, null, \"ü\\n\"]}\n";
        let table = "SELECT naïve, count(*) AS n FROM `größe` WHERE x LIKE '%é%' GROUP BY 1 -- all\n";
        for (token, code) in [
            ("rs", rust),
            ("py", python),
            ("js", script),
            ("ts", script),
            ("html", page),
            ("sh", shell),
            ("json", data),
            ("sql", table),
            ("c", "#define MAX(a) ((a) + 1)\nstatic int größe(const char *ü) { return 0x1fUL; } /* é */\n"),
            ("java", "@Test public final class Größe<T> extends Base { int имя = 1_000; String s = \"é\"; }\n"),
            (
                "go",
                "package größe\n\nfunc (r *Ünit) 名前(x map[string]int) error { return fmt.Errorf(\"%w é\", err) }\n",
            ),
            ("yaml", "schlüssel: &a [1, yes, \"é\"] # no\nname: *a\n"),
        ] {
            let at = languages.find(token).expect(token);
            let slim = languages.load(at);
            let mut whole_state = ParseState::new(&set.syntaxes()[at]);
            let mut slim_state = ParseState::new(&slim.syntaxes()[at]);
            for line in code.split_inclusive('\n') {
                let whole = whole_state.parse_line(line, &set).expect(line);
                assert_eq!(slim_state.parse_line(line, &slim).expect(line), whole, "{token}: {line}");
            }
        }
    }
}
