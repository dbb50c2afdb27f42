//! Drawing pieces that know no goal: they get clean text, roles and rectangles,
//! and never change what they show while they draw it.

pub mod chart;
pub mod columns;
pub mod edit;
pub mod field;
pub mod gauge;
pub mod line;
pub mod list_window;
pub mod markdown;
pub mod painter;
pub mod picker;
pub mod sheet;
pub mod sparkline;
pub mod text_area;

#[cfg(test)]
mod canvas;
