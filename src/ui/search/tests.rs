//! Pictures of the view at three sizes.
