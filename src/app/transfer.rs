//! Exports and imports that the user asks for on screen.

use super::keymap::Context;

/// An export.
#[derive(Debug, Default)]
pub struct Export {}

impl Export {
    /// Whose keys work.
    pub fn context(&self) -> Context {
        Context::Export
    }
}

/// An import.
#[derive(Debug, Default)]
pub struct Import {}

impl Import {
    /// Whose keys work.
    pub fn context(&self) -> Context {
        Context::ImportPath
    }
}

/// Something to do for exports and imports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransferEffect {}

/// Something that happened to exports and imports.
#[derive(Debug, Clone)]
pub enum TransferEvent {}
