//! ARCHITECTURE's drawing of the floors is the one at the head of `src/lib.rs`, which another test holds the code to.

use crate::made::hold;
use crate::pages::read;

/// The block that follows a heading in the module's own doc.
fn drawing(source: &str, heading: &str) -> Option<String> {
    let doc: Vec<&str> = source.lines().map_while(|line| line.strip_prefix("//!")).collect();
    let at = doc.iter().position(|line| line.trim() == format!("# {heading}"))?;
    let mut block = doc[at..].iter().skip_while(|line| line.trim() != "```text").skip(1);
    let lines: Vec<&str> = block
        .by_ref()
        .take_while(|line| line.trim() != "```")
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect();
    Some(lines.join("\n"))
}

#[test]
fn the_floors_are_those_of_the_library() {
    let floors = drawing(&read("src/lib.rs"), "The floors").expect("src/lib.rs draws its floors");
    assert!(floors.lines().count() == 7 && floors.ends_with("safe to show"), "{floors}");
    hold("ARCHITECTURE.md", "floors", &format!("```text\n{floors}\n```"));
}

/// The rooms: each has its face in `src/`.
fn rooms() -> Vec<String> {
    let face = |entry: std::fs::DirEntry| {
        let path = entry.path();
        let name = path.file_stem()?.to_str()?.to_owned();
        (path.extension()? == "rs" && name != "lib").then_some(name)
    };
    let entries = std::fs::read_dir(crate::pages::root().join("src")).expect("src is readable");
    entries.filter_map(|entry| face(entry.expect("the entry is readable"))).collect()
}

#[test]
fn every_room_is_told_of_once() {
    let (page, rooms) = (read("ARCHITECTURE.md"), rooms());
    assert!(rooms.len() > 10, "{rooms:?}");
    for room in rooms {
        let rows = page.lines().filter(|line| line.starts_with(&format!("| [{room}](src/{room}.rs) | "))).count();
        assert_eq!(rows, 1, "ARCHITECTURE.md, What lives where: {room}");
    }
}
