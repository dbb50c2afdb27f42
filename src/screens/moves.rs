//! Moving in a plain list: the same keys do the same in all of them.

use crate::actions::Action;
use crate::widgets::list_window::ListWindow;

/// Moves the cursor if the action is a move; whether it was one.
pub fn moved<K: Clone + Ord>(list: &mut ListWindow<K>, action: Action) -> bool {
    match action {
        Action::NextRow => list.step(1),
        Action::PreviousRow => list.step(-1),
        Action::First => list.first(),
        Action::Last => list.last(),
        Action::HalfPageDown => list.page(true, true),
        Action::HalfPageUp => list.page(false, true),
        Action::PageDown => list.page(true, false),
        Action::PageUp => list.page(false, false),
        _ => return false,
    };
    true
}
