//! What an import is to do, from the texts that come and the rows that are there. Pure. A text that stands there under
//! its name already is not made again, so that an import that was cut off can be repeated.

use std::collections::HashMap;

use crate::domain::{Row, RowId, Version};

/// What is done with a text that comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportStep {
    /// A row is made.
    Create,
    /// It stands there.
    Same(RowId),
    /// A row of that name is there, and says something else.
    Named(RowId),
}

/// What is done with each, in their order: first those that are there are found, then names, one row for each text.
pub fn plan_import<'a>(come: &[Version], rows: &[Row], said: impl Fn(&RowId) -> Option<&'a str>) -> Vec<ImportStep> {
    let mut named: HashMap<&str, Vec<&Row>> = HashMap::new();
    for row in rows {
        named.entry(&row.name).or_default().push(row);
    }
    let mut joined: Vec<Option<ImportStep>> = come
        .iter()
        .map(|version| {
            let rows = named.get_mut(version.name.as_str())?;
            let at = rows.iter().position(|row| said(&row.id) == Some(version.content.as_str()))?;
            Some(ImportStep::Same(rows.remove(at).id.clone()))
        })
        .collect();
    for (version, step) in come.iter().zip(&mut joined).filter(|(_, step)| step.is_none()) {
        let rows = named.get_mut(version.name.as_str()).filter(|rows| !rows.is_empty());
        *step = rows.map(|rows| ImportStep::Named(rows.remove(0).id.clone()));
    }
    joined.into_iter().map(|step| step.unwrap_or(ImportStep::Create)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_found_before_names_are_taken() {
        let id = RowId::new;
        let version = |name: &str, content: &str| Version { name: name.to_owned(), content: content.to_owned() };
        let row = |id: &str, name: &str| Row { id: RowId::new(id), name: name.to_owned() };
        let rows = [row("1", "a"), row("2", "a"), row("3", "b")];
        let said = |row: &RowId| match row.as_str() {
            "1" => Some("x"),
            "2" => Some("y"),
            _ => Some("z"),
        };
        let come = [version("a", "new"), version("a", "x"), version("a", "x"), version("c", "z"), version("b", "z")];
        assert_eq!(
            plan_import(&come, &rows, said),
            [
                ImportStep::Named(id("2")),
                ImportStep::Same(id("1")),
                ImportStep::Create,
                ImportStep::Create,
                ImportStep::Same(id("3"))
            ]
        );
    }
}
