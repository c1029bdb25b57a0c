//! What the program can do. Floor 5.
