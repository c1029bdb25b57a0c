//! Markdown on the screen: a growing text in segments, and a segment in rows.
//!
//! Owns which blocks and spans are known and how they look as rows of a width. Knows no buffer and no scrolling; every
//! piece of the text becomes [`SafeText`](crate::domain::SafeText) after the parser has decoded it and before anything
//! else is done with it.

mod block;
mod flow;
mod growing;
mod links;
mod render;
mod row;
mod setting;
mod sheet;
mod split;
mod styles;
mod table;
#[cfg(test)]
mod tests;

pub use block::Fence;
pub use flow::Flow;
pub use render::{raw, render, render_inked};
pub use row::{End, Link, Row};
pub use setting::{Count, NUMBERED_BYTES, Setting};
pub use split::{Kind, SEGMENT_BYTES, Segment, Splitter};
pub use styles::Styles;
