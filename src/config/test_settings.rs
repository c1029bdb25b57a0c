//! The `[tests]` table: the suites that stand on the screen, and where answers are kept.

use std::path::{Path, PathBuf};

use toml::de::DeValue;

use super::table::{ConfigValue, TableReader};

/// The suites that the user works with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TestSettings {
    /// Their files, in order.
    pub suites: Vec<PathBuf>,
    /// The folder of kept answers, where answers are kept.
    pub answers: Option<PathBuf>,
}

/// Reads the table; none where it has an error. Paths count from `folder`, where the config file is. No file is opened here.
pub(super) fn read(top: &TableReader<'_, '_>, folder: &Path) -> Option<TestSettings> {
    let Some(item) = top.get("tests") else { return Some(TestSettings::default()) };
    let Some(table) = item.value.get_ref().as_table() else {
        item.wrong_type("tests", "a [tests] table");
        return None;
    };
    let table = TableReader::new(table, item.value.span(), top.sink, "tests.");
    let suites = match table.get("suites") {
        None => Some(Vec::new()),
        Some(item) => suites(item, folder),
    };
    let answers = match table.get("answers") {
        None => Some(None),
        Some(item) => path(item, "tests.answers", "the path of a folder", folder).map(Some),
    };
    table.finish("the tests");
    Some(TestSettings { suites: suites?, answers: answers? })
}

fn suites(item: ConfigValue<'_, '_>, folder: &Path) -> Option<Vec<PathBuf>> {
    const KEY: &str = "tests.suites";
    let DeValue::Array(array) = item.value.get_ref() else {
        item.wrong_type(KEY, "paths of suites' files, as in [\"faq.toml\"]");
        return None;
    };
    let mut paths = Vec::new();
    let mut good = true;
    for value in array {
        let one = ConfigValue { value, sink: item.sink };
        match path(one, KEY, "the path of a suite's file", folder) {
            Some(path) if paths.contains(&path) => {
                one.refuse(KEY, format!("expected each suite once, found {} a second time", path.display()));
                good = false;
            }
            Some(path) => paths.push(path),
            None => good = false,
        }
    }
    good.then_some(paths)
}

fn path(item: ConfigValue<'_, '_>, key: &str, expected: &str, folder: &Path) -> Option<PathBuf> {
    let text = item.text(key, expected)?;
    if text.is_empty() || text.starts_with('~') {
        item.refuse(key, format!("expected {expected}, whole or from the config file's folder (~ is not expanded)"));
        return None;
    }
    Some(folder.join(text))
}

#[cfg(test)]
mod tests {
    use super::super::testing::parse;
    use super::*;

    const CHANNEL: &str =
        "[[channels]]\nname = \"a\"\nplatform = \"chat-thing\"\nchannel_id = \"c\"\nsecret_key = \"s\"\n";

    fn read(text: &str) -> Result<TestSettings, String> {
        let parsed = parse(&format!("{CHANNEL}{text}"), Path::new("/etc/patchcord/config.toml"));
        parsed.map(|config| config.tests).map_err(|error| error.to_string())
    }

    #[test]
    fn suites_and_answers_count_from_the_files_folder() {
        assert_eq!(read("").unwrap(), TestSettings::default());
        let told = read("[tests]\nsuites = [\"faq.toml\", \"/srv/b.toml\"]\nanswers = \"answers\"\n").unwrap();
        assert_eq!(told.suites, ["/etc/patchcord/faq.toml", "/srv/b.toml"].map(PathBuf::from));
        assert_eq!(told.answers, Some(PathBuf::from("/etc/patchcord/answers")));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        for (text, told) in [
            ("[tests]\nsuites = \"faq.toml\"\n", "c.toml:7:10: tests.suites: expected paths of suites' files"),
            ("[tests]\nsuites = [3]\n", "7:11: tests.suites: expected the path of a suite's file"),
            ("[tests]\nsuites = [\"a.toml\", \"a.toml\"]\n", "a second time"),
            ("[tests]\nanswers = \"~/answers\"\n", "~ is not expanded"),
            ("[tests]\nsuite = []\n", "tests.suite: unknown key; did you mean \"suites\"?"),
            ("[[tests]]\n", "tests: expected a [tests] table"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(told.trim_start_matches("c.toml:")), "{text}: {error}");
        }
    }
}
