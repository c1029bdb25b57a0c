//! What the command line asks of the suite.

/// How many messages the store of `scale` has, unless `--size` says otherwise.
const SIZE: usize = 1_000_000;
/// The same for a quick look.
const QUICK_SIZE: usize = 50_000;
/// The parts that stand for several, each with those.
const GROUPS: &[(&str, &[&str])] =
    &[("scale", &["index", "search", "export", "history", "list", "roster", "hooks", "pull", "reply"])];
/// The parts that are only measured when they are named.
const ON_REQUEST: &[&str] = &["build"];
/// All parts that are no group.
const PARTS: &[&str] = &[
    "size", "start", "idle", "keys", "deltas", "flood", "scroll", "acks", "index", "search", "export", "history",
    "list", "roster", "hooks", "pull", "reply", "build",
];

/// The arguments, understood.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The program to measure beside this one: the build before.
    pub against: Option<String>,
    /// Fewer rounds and a small store.
    pub quick: bool,
    /// Whether the table is put into the docs.
    pub write: bool,
    /// How many messages the store of `scale` has.
    pub size: usize,
    parts: Vec<String>,
}

impl Options {
    /// Reads the arguments; the error says what is wrong with them.
    ///
    /// # Errors
    /// An unknown flag or part, or a flag without its value.
    pub fn read(arguments: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let (mut options, mut size) = (Self::default(), None);
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{argument} takes a value"));
            match argument.as_str() {
                "--against" => options.against = Some(value()?),
                "--size" => {
                    size = Some(value()?.replace([',', '_'], "").parse().map_err(|_| "--size takes a number")?);
                }
                "--quick" => options.quick = true,
                "--write" => options.write = true,
                // Cargo's own.
                "--bench" => {}
                part if PARTS.contains(&part) || GROUPS.iter().any(|(group, _)| *group == part) => {
                    options.parts.push(argument);
                }
                other => {
                    return Err(format!("{other:?} is no part and no flag; parts are scale, {}", PARTS.join(", ")));
                }
            }
        }
        options.size = size.unwrap_or(if options.quick { QUICK_SIZE } else { SIZE });
        Ok(options)
    }

    /// Whether that part is to be measured.
    pub fn wants(&self, part: &str) -> bool {
        if self.parts.is_empty() {
            return !ON_REQUEST.contains(&part);
        }
        let named = |name: &String| {
            name == part || GROUPS.iter().any(|(group, parts)| group == name && parts.contains(&part))
        };
        self.parts.iter().any(named)
    }

    /// So many rounds, or fewer for a quick look.
    pub const fn rounds(&self, full: usize, quick: usize) -> usize {
        if self.quick { quick } else { full }
    }
}
