//! The themes: which is shown, and the overlay in which one is chosen by looking at it.

use crate::app::list_view::Menu;
use crate::domain::Theme;

/// The name under which the terminal is asked.
pub(in crate::app) const AUTO: &str = "auto";

/// The overlay that lists the themes. The selected one is shown meanwhile.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ThemePicker {
    /// Which of [`Themes::names`] is selected.
    pub menu: Menu,
}

/// The themes that there are, and which is shown.
#[derive(Debug, Clone)]
pub struct Themes {
    all: Vec<Theme>,
    /// The name of the chosen one; [`AUTO`] goes by the terminal's background.
    chosen: String,
    /// The one that is looked at before it is chosen.
    preview: Option<String>,
    /// Whether the terminal's background is light; none where it has not told.
    light: Option<bool>,
    /// Whether the config file names one: then what is chosen here lasts as long as the program.
    pub fixed: bool,
}

impl Default for Themes {
    fn default() -> Self {
        Self::new(Vec::new(), None)
    }
}

impl Themes {
    /// Those that come with the program, and the user's. `configured` is the one that the config file names.
    pub fn new(own: Vec<Theme>, configured: Option<String>) -> Self {
        let mut all = Theme::built_in();
        // One of the user's takes the place of one of that name.
        all.retain(|theme| own.iter().all(|other| other.name != theme.name));
        all.extend(own);
        let fixed = configured.is_some();
        Self { all, chosen: configured.unwrap_or_else(|| AUTO.to_owned()), preview: None, light: None, fixed }
    }

    /// What can be chosen.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(AUTO).chain(self.all.iter().map(|theme| theme.name.as_str()))
    }

    /// The name of the chosen one.
    pub fn chosen(&self) -> &str {
        &self.chosen
    }

    /// The name of the chosen one, where that is to come back: one that was chosen, and not by the config file.
    pub fn remembered(&self) -> Option<&str> {
        (!self.fixed && self.chosen != AUTO).then_some(self.chosen.as_str())
    }

    /// The line about one of them.
    pub fn about(&self, name: &str) -> String {
        if let Some(theme) = self.all.iter().find(|theme| theme.name == name) {
            return theme.about.clone();
        }
        let found = match self.light {
            Some(true) => "light",
            Some(false) => "dark",
            None => "not told",
        };
        format!("by the background: {found}")
    }

    /// The theme that is shown. On a light background the terminal's own sixteen are hard to read, on a dark one they are
    /// made for it.
    pub fn shown(&self) -> Option<&Theme> {
        let name = self.preview.as_ref().unwrap_or(&self.chosen).as_str();
        let name = match name {
            AUTO if self.light == Some(true) => "light",
            AUTO => "16",
            name => name,
        };
        self.all.iter().find(|theme| theme.name == name).or_else(|| self.all.first())
    }

    /// The terminal has told its background.
    pub(in crate::app) fn background(&mut self, light: bool) {
        self.light = Some(light);
    }

    /// Shows one, or no longer.
    pub(in crate::app) fn preview(&mut self, name: Option<String>) {
        self.preview = name;
    }

    /// Chooses one, if there is one of that name.
    pub fn choose(&mut self, name: &str) {
        if self.names().any(|other| other == name) {
            name.clone_into(&mut self.chosen);
        }
        self.preview = None;
    }
}
