//! The platforms, emulated over real HTTP. Floor 3.
