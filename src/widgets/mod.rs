//! Drawing pieces that know no goal: they get clean text, roles and rectangles,
//! and never change what they show while they draw it.
