//! `man`: the manual pages, made of the same tables as `--help` and the example of the config file.

use std::fs;
use std::io;
use std::path::Path;

use clap::{Command, CommandFactory as _};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};
use serde_json::json;

use super::args::{Cli, ManArgs};
use super::output::{Output, Stop};
use crate::config;
use crate::domain::{Failure, Kind, SafeText};

/// The name of the config file's page on the command line.
const CONFIG: &str = "config.toml";

/// One page.
struct Page {
    /// As it is named on the command line: a command's words joined by dashes; empty for the program's own.
    name: String,
    /// The section of the manual.
    section: u8,
    text: Vec<u8>,
}

impl Page {
    /// The name of its file.
    fn file(&self) -> String {
        let Self { name, section, .. } = self;
        if name.is_empty() || *section == 5 {
            format!("patchcord.{section}")
        } else {
            format!("patchcord-{name}.{section}")
        }
    }
}

/// Prints one page, or writes all of them.
pub(super) fn run(args: &ManArgs, output: &mut Output) -> Result<(), Stop> {
    let pages = pages()?;
    if let Some(dir) = &args.dir {
        write(&pages, dir).map_err(|error| {
            let what = format!("The pages could not be written to {}: {error}.", dir.display());
            Failure::new(Kind::Failed, what).hint("Name a folder that you can write to.")
        })?;
        let (count, place) = (pages.len(), dir.display().to_string());
        if output.is_json() {
            return output.json(&json!({ "ok": true, "pages": count, "dir": place }));
        }
        return output.exact(&(SafeText::one_line(&format!("wrote {count} pages to {place}")).into_string() + "\n"));
    }
    let wanted = args.page.as_deref().unwrap_or_default();
    let wanted = wanted.strip_prefix("patchcord").map_or(wanted, |rest| rest.trim_start_matches('-'));
    let page = pages.iter().find(|page| page.name == wanted).ok_or_else(|| {
        let all: Vec<&str> = pages.iter().map(|page| page.name.as_str()).filter(|name| !name.is_empty()).collect();
        Failure::new(Kind::Usage, format!("there is no page \"{wanted}\""))
            .hint(format!("there are: {}", all.join(", ")))
    })?;
    output.exact(&String::from_utf8_lossy(&page.text))
}

/// All of them: the program's, each command's, the config file's.
fn pages() -> Result<Vec<Page>, Failure> {
    let mut program = Cli::command();
    program.build();
    let mut pages = Vec::new();
    let made = commands(&program, "", &mut pages).and_then(|()| {
        pages.push(Page { name: CONFIG.to_owned(), section: 5, text: config_file()? });
        Ok(())
    });
    made.map_err(|error| Failure::new(Kind::Failed, format!("The page could not be made: {error}.")))?;
    Ok(pages)
}

fn commands(command: &Command, name: &str, pages: &mut Vec<Page>) -> io::Result<()> {
    let mut text = Vec::new();
    Man::new(command.clone()).render(&mut text)?;
    pages.push(Page { name: name.to_owned(), section: 1, text });
    for inner in command.get_subcommands().filter(|inner| inner.get_name() != "help" && !inner.is_hide_set()) {
        let joined =
            if name.is_empty() { inner.get_name().to_owned() } else { format!("{name}-{}", inner.get_name()) };
        commands(inner, &joined, pages)?;
    }
    Ok(())
}

/// The config file's: where it is, how a secret is given, and every key by its example.
fn config_file() -> io::Result<Vec<u8>> {
    let mut page = Roff::new();
    page.control("TH", ["patchcord", "5", "", concat!("patchcord ", env!("CARGO_PKG_VERSION"))]);
    page.control("SH", ["NAME"]);
    page.text([roman("config.toml - the config file of patchcord(1)")]);
    page.control("SH", ["DESCRIPTION"]);
    page.text([
        roman("It is the file that "),
        bold("--config"),
        roman(" names, else "),
        bold("$PATCHCORD_CONFIG"),
        roman(", else config.toml in the platform's config directory: "),
        bold("patchcord config path"),
        roman(" prints which. "),
        bold("patchcord config init"),
        roman(" writes one to begin with, "),
        bold("patchcord config check"),
        roman(" tells every mistake in it, and "),
        bold("patchcord doctor"),
        roman(" tries what it names. Without a file the program opens on its built-in sandbox."),
    ]);
    page.control("SH", ["KEYS"]);
    page.text([roman("Every key, with what it means, as a file that could be used:")]);
    page.control("PP", []);
    page.control("nf", []);
    for line in config::EXAMPLE.lines() {
        page.text([roman(line)]);
    }
    page.control("fi", []);
    page.control("SH", ["SEE ALSO"]);
    page.text([bold("patchcord(1)")]);
    let mut text = Vec::new();
    page.to_writer(&mut text)?;
    Ok(text)
}

/// Writes them where `man` looks: `man1` and `man5` in a folder.
fn write(pages: &[Page], dir: &Path) -> io::Result<()> {
    for page in pages {
        let folder = dir.join(format!("man{}", page.section));
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(page.file()), &page.text)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_page_and_the_config_file_every_line() {
        let pages = pages().unwrap();
        let page = |name: &str| {
            let page = pages.iter().find(|page| page.name == name).unwrap_or_else(|| panic!("no page {name}"));
            String::from_utf8(page.text.clone()).unwrap()
        };
        for (name, has) in
            [("", "conversations"), ("chat", "\\-\\-attach"), ("sources-push", "\\-\\-prune"), ("man", "PAGE")]
        {
            assert!(page(name).contains(has), "{name}");
        }
        assert!(pages.iter().all(|page| !page.name.contains("help")));
        let files: std::collections::BTreeSet<String> = pages.iter().map(Page::file).collect();
        assert_eq!(files.len(), pages.len(), "each in a file of its own");
        let keys = page(CONFIG);
        for line in config::EXAMPLE.lines().filter(|line| line.contains(" = ") && line.is_ascii()) {
            let key = line.trim_start_matches(['#', ' ']).split(' ').next().unwrap();
            assert!(keys.contains(&key.replace('-', "\\-")), "{line}");
        }
        assert!(keys.starts_with(".ie") || keys.contains(".TH patchcord 5"));
    }
}
