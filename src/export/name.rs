//! What a conversation's own file is called: its title, for people, and its id. Owns what makes a name safe in any
//! folder.

use std::collections::HashSet;

use super::format::Format;
use super::transcript::Outline;

/// So much of a title names a file.
const TITLE: usize = 48;
/// And so much of an id.
const ID: usize = 64;
/// So many bytes a name has at most, without what makes it unique and its extension: file systems stop at 255.
const BYTES: usize = 200;

/// A file's name for each conversation: nothing in it but letters, digits, `-` and `_` before the extension, none equal
/// to another, not even where a file system takes `A` for `a`.
pub fn file_names(format: Format, all: &[Outline]) -> Vec<String> {
    let mut taken = HashSet::new();
    let name = |outline: &Outline| {
        let base = stem(&outline.head.title, outline.head.id.as_str());
        let mut name = base.clone();
        for n in 2.. {
            if taken.insert(name.to_lowercase()) {
                break;
            }
            name = format!("{base}-{n}");
        }
        format!("{name}.{}", format.extension())
    };
    all.iter().map(name).collect()
}

/// What a file is called without its extension: by a title and an id.
pub fn stem(title: &str, id: &str) -> String {
    let slug = slug(title);
    let slug = if slug.is_empty() { "conversation" } else { &slug };
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    // What an id loses here, the number of it makes up for: two ids never get one name by chance of their letters.
    let told: String = id.chars().map(|c| if plain(c) { c } else { '-' }).take(ID).collect();
    let id = if told == id && !id.is_empty() { told } else { format!("{told}-{:08x}", number(id)) };
    format!("{slug}-{id}")
}

/// Letters and digits of any script, small, words joined by hyphens. It begins with one of them, so it is no option of
/// a command, no hidden file and no way out of a folder.
fn slug(title: &str) -> String {
    let mut slug = String::new();
    let mut letters = 0;
    for c in title.chars().flat_map(char::to_lowercase) {
        if letters == TITLE || slug.len() + c.len_utf8() > BYTES - ID {
            break;
        }
        if c.is_alphanumeric() {
            slug.push(c);
            letters += 1;
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}

/// FNV-1a: small, and the same on every machine.
fn number(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash: u32, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
