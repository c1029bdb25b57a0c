//! Parameters of a statement, by their places.

pub(in crate::store) use rusqlite::params;
use rusqlite::types::ToSql;

/// Values for the parameters of a statement: an array of one kind, or what [`params!`] makes of several.
pub(in crate::store) trait Params: rusqlite::Params {}

impl Params for [&(dyn ToSql + Send + Sync); 0] {}

impl Params for &[&dyn ToSql] {}

macro_rules! arrays {
    ($($many:literal)+) => {
        $(
            impl<T: ToSql> Params for [T; $many] {}
            impl Params for &[&dyn ToSql; $many] {}
        )+
    };
}

arrays!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22);
