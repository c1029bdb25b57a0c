//! Parses, chooses the door, exits with its code.

fn main() {}
