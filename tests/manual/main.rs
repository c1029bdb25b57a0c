//! The documents, held to the program: their tables are made from the code, their commands and config files are read by
//! it, their links lead somewhere.
//!
//! `PATCHCORD_WRITE_DOCS=1 cargo test --test manual` writes every table anew; without it a table that differs fails. Words
//! that explain a row stand here, in a list that has to name each row once.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod changelog;
mod comfort;
mod commands;
mod config;
mod examples;
mod facts;
mod floors;
mod helped;
mod keys;
mod links;
mod made;
mod pages;
mod program;
mod schema;
mod suite;
mod survives;
mod tables;
mod words;

#[path = "../support/json_schema.rs"]
mod json_schema;
