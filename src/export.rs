//! A conversation as a file. Floor 2.
