//! The `[screen]` table, and the themes in the folder beside the config file.

use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::notify::word;
use super::read::{FileContent, ReadError, read};
use super::syntax;
use super::table::{ConfigValue, ProblemSink, TableReader};
use crate::domain::nearest;
use crate::domain::{Colour, ColourRole, MouseUse, ScreenSettings, Theme};

/// The folder of themes, from the config file's folder.
const FOLDER: &str = "themes";
/// Far beyond any theme.
const LIMIT: u64 = 64 * 1024;
/// So many files of that folder are looked at.
const MOST: usize = 200;
/// The name that asks the terminal.
const AUTO: &str = "auto";

/// The `[screen]` table, or what stands for it where there is none.
pub(super) fn screen(top: &TableReader<'_, '_>, folder: &Path) -> Option<ScreenSettings> {
    let themes = themes(&folder.join(FOLDER));
    let default = ScreenSettings::default();
    let Some(item) = top.get("screen") else {
        return Some(ScreenSettings { themes: good(themes), ..default });
    };
    let Some(table) = item.value.get_ref().as_table() else {
        item.wrong_type("screen", "a [screen] table");
        return None;
    };
    let table = TableReader::new(table, item.value.span(), top.sink, "screen.");
    let theme = table.get("theme").map_or(Some(None), |item| chosen(item, &table.name("theme"), &themes).map(Some));
    let mouse = table.get("mouse").map_or(Some(default.mouse), |item| mouse(item, &table.name("mouse")));
    let (ascii, motion, restore) =
        (table.flag("ascii"), table.flag_or("motion", true), table.flag_or("restore", true));
    table.finish("the screen");
    Some(ScreenSettings { theme: theme?, themes: good(themes), ascii, motion, mouse: mouse?, restore })
}

fn mouse(item: ConfigValue<'_, '_>, key: &str) -> Option<MouseUse> {
    match item.value.get_ref() {
        DeValue::Boolean(true) => Some(MouseUse::ALL),
        DeValue::Boolean(false) => Some(MouseUse::NONE),
        DeValue::Array(array) => {
            let mut uses = MouseUse::NONE;
            let mut whole = true;
            for value in array {
                match word(ConfigValue { value, sink: item.sink }, key, &MouseUse::WORDS).as_deref() {
                    Some("wheel") => uses.wheel = true,
                    Some("click") => uses.click = true,
                    Some(_) => uses.select = true,
                    None => whole = false,
                }
            }
            whole.then_some(uses)
        }
        _ => {
            let words = MouseUse::WORDS.join("\", \"");
            item.wrong_type(key, &format!("true, false, or an array of \"{words}\""));
            None
        }
    }
}

/// A theme's file: its name, and the theme or what is wrong with it.
type FoundTheme = (String, Result<Theme, String>);

fn good(found: Vec<FoundTheme>) -> Vec<Theme> {
    found.into_iter().filter_map(|(_, theme)| theme.ok()).collect()
}

/// The name of a theme that there is.
fn chosen(item: ConfigValue<'_, '_>, key: &str, themes: &[FoundTheme]) -> Option<String> {
    let name = item.text(key, "the name of a theme")?;
    let built_in = Theme::built_in();
    let known = || {
        let own = themes.iter().map(|(name, _)| name.as_str());
        std::iter::once(AUTO).chain(built_in.iter().map(|theme| theme.name.as_str())).chain(own)
    };
    match themes.iter().find(|(other, _)| *other == name) {
        Some((_, Err(problem))) => item.refuse(key, problem.clone()),
        _ if known().any(|other| other == name) => return Some(name),
        _ => {
            let all = known().collect::<Vec<_>>().join(", ");
            item.refuse_near(key, format!("expected a theme ({all}), found \"{name}\""), nearest(&name, known()));
        }
    }
    None
}

/// The themes in a folder, in the order of their names. One has a file's name without `.toml`.
fn themes(folder: &Path) -> Vec<FoundTheme> {
    let Ok(files) = std::fs::read_dir(folder) else { return Vec::new() };
    let paths = files.filter_map(|file| Some(file.ok()?.path())).take(MOST);
    let mut found: Vec<FoundTheme> = paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .filter_map(|path| {
            let name = path.file_stem()?.to_str()?.to_owned();
            let fit = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
            fit.then(|| (name.clone(), theme(&path, &name)))
        })
        .collect();
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    found
}

/// Reads a theme's file.
///
/// # Errors
///
/// Its first mistake, with its place in that file.
fn theme(path: &Path, name: &str) -> Result<Theme, String> {
    let shown = format!("{FOLDER}/{name}.toml");
    let bytes = match read(path, LIMIT) {
        Ok(FileContent { bytes, .. }) => bytes,
        Err(ReadError::Missing) => return Err(format!("{shown} is no file")),
        Err(error) => return Err(format!("{shown} {error}")),
    };
    let text = String::from_utf8(bytes).map_err(|_| format!("{shown} is not UTF-8"))?;
    let (document, errors) = DeTable::parse_recoverable(&text);
    let sink = ProblemSink::new(&text);
    let broken = syntax::problems(&errors, &sink);
    let theme = colours(TableReader::new(document.get_ref(), 0..0, &sink, ""), name);
    let problems = if broken.is_empty() { sink.into_problems().0 } else { broken };
    match (problems.first(), theme) {
        (None, Some(theme)) => Ok(theme),
        (Some(problem), _) => Err(format!("{shown}:{problem}")),
        (None, None) => Err(format!("{shown} is no theme")),
    }
}

fn colours(top: TableReader<'_, '_>, name: &str) -> Option<Theme> {
    let built_in = Theme::built_in();
    let base = match top.get("base") {
        None => Some(Theme::new(name, "")),
        Some(item) => {
            let words: Vec<&str> = built_in.iter().map(|theme| theme.name.as_str()).collect();
            let word = word(item, "base", &words);
            word.and_then(|word| built_in.iter().find(|theme| theme.name == word).cloned())
        }
    };
    let about = top.get("about").map_or(Some(String::new()), |item| item.text("about", "a line about it"));
    let mut colours = Vec::new();
    let mut whole = true;
    for role in ColourRole::ALL {
        let Some(item) = top.get(role.as_str()) else { continue };
        if item.value.get_ref().as_str() == Some("none") {
            colours.push((role, None));
            continue;
        }
        let colour = colour(item, role.as_str());
        whole &= colour.is_some();
        colours.push((role, colour));
    }
    top.finish("a theme");
    let mut theme = base?;
    name.clone_into(&mut theme.name);
    theme.about = about?;
    theme.mono &= colours.is_empty();
    for (role, colour) in colours {
        theme.set(role, colour);
    }
    whole.then_some(theme)
}

/// A colour.
fn colour(item: ConfigValue<'_, '_>, key: &str) -> Option<Colour> {
    const EXPECTED: &str = "a colour: \"#1e90ff\", \"red\", \"bright-red\", a number up to 255, or \"none\"";
    if let Some(number) = item.value.get_ref().as_integer() {
        let found = u8::from_str_radix(number.as_str(), number.radix()).ok().map(Colour::from_number);
        if found.is_none() {
            item.refuse(key, format!("expected {EXPECTED}, found {number}"));
        }
        return found;
    }
    let text = item.text(key, EXPECTED)?;
    let found = Colour::parse(&text);
    if found.is_none() {
        let near = nearest(&text, crate::domain::COLOUR_WORDS);
        item.refuse_near(key, format!("expected {EXPECTED}, found \"{text}\""), near);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::testing::load;
    use super::*;

    const CHANNEL: &str = "[[channels]]\nname = \"docs\"\nplatform = \"chat-thing\"\nchannel_id = \"b\"\nsecret_key = { env = \"K\" }\n";

    /// What a config file with these lines says of the screen, with these themes beside it.
    fn said(lines: &str, themes: &[(&str, &str)]) -> Result<ScreenSettings, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        std::fs::write(&path, format!("{CHANNEL}{lines}")).unwrap();
        std::fs::create_dir(folder.path().join(FOLDER)).unwrap();
        for (name, text) in themes {
            std::fs::write(folder.path().join(FOLDER).join(name), text).unwrap();
        }
        load(&path).map(|config| config.screen).map_err(|errors| errors.to_string())
    }

    #[test]
    fn every_key_is_taken() {
        let settings = said(
            "[screen]\ntheme = \"light\"\nascii = true\nmotion = false\nmouse = [\"wheel\"]\nrestore = false\n",
            &[],
        );
        let mouse = MouseUse { wheel: true, ..MouseUse::NONE };
        let theme = Some("light".to_owned());
        let expected =
            ScreenSettings { theme, themes: Vec::new(), ascii: true, motion: false, mouse, restore: false };
        assert_eq!(settings, Ok(expected));
        assert_eq!(said("", &[]), Ok(ScreenSettings::default()));
        for (value, expected) in [("true", MouseUse::ALL), ("false", MouseUse::NONE), ("[]", MouseUse::NONE)] {
            assert_eq!(said(&format!("[screen]\nmouse = {value}\n"), &[]).unwrap().mouse, expected);
        }
    }

    #[test]
    fn a_theme_is_a_file_beside_the_config_file() {
        let paper = "base = \"light\"\nabout = \"ink on paper\"\nbad = \"bright-red\"\nwarn = 130\naccent = \"#005f87\"\ndim = \"none\"\n";
        let settings = said("[screen]\ntheme = \"paper\"\n", &[("paper.toml", paper), ("notes.txt", "x")]).unwrap();
        let [theme] = settings.themes.as_slice() else { panic!("{:?}", settings.themes) };
        assert_eq!((theme.name.as_str(), theme.about.as_str()), ("paper", "ink on paper"));
        assert_eq!(theme.colour(ColourRole::Bad), Some(Colour::Terminal(9)));
        assert_eq!(theme.colour(ColourRole::Warn), Some(Colour::Indexed(130)));
        assert_eq!(theme.colour(ColourRole::Accent), Some(Colour::Rgb(0, 0x5f, 0x87)));
        assert_eq!(theme.colour(ColourRole::Dim), None);
        let light = Theme::built_in().into_iter().find(|theme| theme.name == "light").unwrap();
        assert_eq!(theme.colour(ColourRole::User), light.colour(ColourRole::User), "the rest is its base's");
    }

    #[test]
    fn a_theme_that_is_wrong_is_told_where_it_is_used() {
        for (text, told) in [
            ("accent = \"gren\"\n", "screen.theme: themes/mine.toml:1:10: accent: expected a colour"),
            ("accent = \"gren\"\n", "did you mean \"green\"?"),
            ("\nbad = 256\n", "themes/mine.toml:2:7: bad: expected a colour"),
            ("acent = 3\n", "themes/mine.toml:1:1: acent: unknown key; did you mean \"accent\"?"),
            ("base = \"paper\"\n", "base: expected one of \"16\", \"dark\""),
            ("accent = \n", "themes/mine.toml:1:"),
        ] {
            let errors = said("[screen]\ntheme = \"mine\"\n", &[("mine.toml", text)]).unwrap_err();
            assert!(errors.contains(told), "{text:?}: {errors}");
            assert_eq!(said("", &[("mine.toml", text)]).unwrap().themes, [], "where nobody uses it it is left out");
        }
    }

    #[test]
    fn every_mistake_is_told_with_its_place() {
        for (line, told) in [
            (
                "theme = \"drak\"",
                ":7:9: screen.theme: expected a theme (auto, 16, dark, light, high-contrast, mono), found \"drak\"; did you mean \"dark\"?",
            ),
            ("theme = 3", "screen.theme: expected the name of a theme, found an integer"),
            ("ascii = \"yes\"", "screen.ascii: expected true or false"),
            ("motion = 0", "screen.motion: expected true or false"),
            (
                "mouse = \"wheel\"",
                "screen.mouse: expected true, false, or an array of \"wheel\", \"click\", \"select\", found a string",
            ),
            (
                "mouse = [\"whel\"]",
                "screen.mouse: expected one of \"wheel\", \"click\", \"select\", found \"whel\"; did you mean \"wheel\"?",
            ),
            ("colour = true", "screen.colour: unknown key; the screen takes theme, mouse, ascii, motion, restore"),
        ] {
            let errors = said(&format!("[screen]\n{line}\n"), &[]).unwrap_err();
            assert!(errors.contains(told), "{line}: {errors}");
            assert_eq!(errors.lines().count(), 1, "{errors}");
        }
    }
}
