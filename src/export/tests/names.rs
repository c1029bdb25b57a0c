//! Files' names: safe in any folder, and none like another.

use std::collections::HashSet;
use std::path::{Component, Path};

use proptest::prelude::*;

use super::*;

fn names(titles: &[(&str, &str)]) -> Vec<String> {
    let outlines: Vec<Outline> = titles
        .iter()
        .map(|(title, id)| Outline {
            head: TranscriptHead { title: (*title).to_owned(), id: ConversationId::new(*id), ..head() },
            messages: 0,
        })
        .collect();
    file_names(Format::Html, &outlines)
}

#[test]
fn a_name_is_the_title_and_the_id() {
    assert_eq!(names(&[("How many planets?", "7bb301ad")]), ["how-many-planets-7bb301ad.html"]);
    assert_eq!(names(&[("  ../../etc/passwd", "x")]), ["etc-passwd-x.html"]);
    assert_eq!(names(&[("", "x"), ("???", "y")]), ["conversation-x.html", "conversation-y.html"]);
    assert_eq!(names(&[("Wie heißt Jupiter? 木星", "1")]), ["wie-heißt-jupiter-木星-1.html"]);
    assert_eq!(names(&[("t", "A"), ("t", "a")]), ["t-A.html", "t-a-2.html"]);
    let [slashed, dashed] = &names(&[("t", "a/b"), ("t", "a-b")])[..] else { panic!("two names") };
    assert!(slashed.starts_with("t-a-b-") && dashed == "t-a-b.html", "{slashed} {dashed}");
}

proptest! {
    #[test]
    fn no_name_leads_out_of_its_folder(heads in prop::collection::vec((".{0,80}", ".{0,300}"), 1..8)) {
        let pairs: Vec<(&str, &str)> = heads.iter().map(|(title, id)| (title.as_str(), id.as_str())).collect();
        let names = names(&pairs);
        for name in &names {
            let parts: Vec<Component<'_>> = Path::new(name).components().collect();
            prop_assert!(matches!(parts.as_slice(), [Component::Normal(_)]), "{name}");
            prop_assert!(name.len() <= 255 && !name.starts_with(['.', '-']), "{name}");
            prop_assert!(!name.contains(|c: char| c.is_control() || "/\\:*?\"<>| ".contains(c)), "{name}");
        }
        let different: HashSet<String> = names.iter().map(|name| name.to_lowercase()).collect();
        prop_assert_eq!(different.len(), names.len());
    }
}
