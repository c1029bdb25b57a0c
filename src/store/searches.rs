//! Searches that are kept under a name. Owns the table `searches`.

use super::Store;
use super::pending::Pending;
use crate::domain::SavedSearch;

impl Store {
    /// All of them, by name.
    pub fn saved_searches(&self) -> Pending<Vec<SavedSearch>> {
        self.ask(|database| {
            let mut query = database.read().prepare_cached("SELECT name, text FROM searches ORDER BY name")?;
            let rows = query.query_map([], |row| Ok(SavedSearch { name: row.get(0)?, text: row.get(1)? }))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Keeps a search, in the place of one of its name.
    pub fn save_search(&self, search: &SavedSearch) -> Pending<()> {
        let SavedSearch { name, text } = search.clone();
        self.ask(move |database| {
            database.write(|tx, _| {
                tx.execute(
                    "INSERT INTO searches (name, text) VALUES (?1, ?2)
                     ON CONFLICT (name) DO UPDATE SET text = excluded.text",
                    [name, text],
                )?;
                Ok(())
            })
        })
    }

    /// Forgets a search; false if there is none of that name.
    pub fn forget_search(&self, name: &str) -> Pending<bool> {
        let name = name.to_owned();
        self.ask(move |database| {
            database.write(|tx, _| Ok(tx.execute("DELETE FROM searches WHERE name = ?1", [name])? > 0))
        })
    }
}
