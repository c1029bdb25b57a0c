//! An old database's file, read once more.

use std::path::Path;

use crate::domain::{Failure, Kind};
use crate::runtime::{Runtime, error_map};
use crate::store::{Salvaged, StoreError};

impl Runtime {
    /// Carries over what can be read of an old database's file into the one in use. Nothing of that file is changed.
    ///
    /// # Errors
    ///
    /// [`Kind::NotFound`] where there is no such file, [`Kind::Invalid`] where it is the database in use, and
    /// [`Kind::Failed`] where nothing could be read or kept.
    pub async fn salvage(&self, file: &Path) -> Result<Salvaged, Failure> {
        salvage(self, file).await
    }
}

async fn salvage(runtime: &Runtime, file: &Path) -> Result<Salvaged, Failure> {
    let same = |one: &Path, other: &Path| {
        std::fs::canonicalize(one).is_ok_and(|one| std::fs::canonicalize(other).is_ok_and(|other| one == other))
    };
    if same(file, &runtime.inner.data_dir.join(crate::store::FILE)) {
        let failure = Failure::new(Kind::Invalid, format!("{} is the database in use.", file.display()));
        return Err(failure.hint("Where it is damaged, it is read and replaced whenever it is opened."));
    }
    match runtime.store().salvage(file).await {
        Ok(salvaged) if salvaged.found() == "nothing" => {
            let lost = salvaged.lost().map(|lost| format!(": {lost}")).unwrap_or_default();
            Err(Failure::new(Kind::Failed, format!("Nothing was found in {}{lost}.", file.display())))
        }
        Ok(salvaged) => Ok(salvaged),
        Err(StoreError::File { path, source }) if source.kind() == std::io::ErrorKind::NotFound => {
            Err(Failure::new(Kind::NotFound, format!("There is no file {}.", path.display())))
        }
        Err(error) => Err(error_map::store(&error)),
    }
}
