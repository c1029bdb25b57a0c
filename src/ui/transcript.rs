//! TEMP
use ratatui::{buffer::Buffer, layout::Rect, style::Style};
use crate::{app::{Anchor, Scroll}, domain::SafeText};
#[derive(Default)] pub struct Item<'a> { pub key: u64, pub version: u64, pub head: Vec<(SafeText, Style)>, pub bar: Style, pub text: &'a str, pub growing: bool, pub notes: Vec<(SafeText, Style)> }
pub trait Items { fn len(&self)->usize; fn item(&self, index: usize) -> Item<'_>; fn index_of(&self, key:u64)->Option<usize>; }
#[derive(Default)] pub struct Transcript {}
impl Transcript { pub fn draw(&mut self, _buf: &mut Buffer, _area: Rect, _items: &dyn Items, _scroll: Scroll, _ascii: bool) -> Measured { Measured{top:None,at_top:true,at_bottom:true,rows:0} } }
pub struct Measured { pub top: Option<Anchor>, pub at_top: bool, pub at_bottom: bool, pub rows: u16 }
