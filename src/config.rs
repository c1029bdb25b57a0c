//! The config file: found, read, checked. Floor 2.
