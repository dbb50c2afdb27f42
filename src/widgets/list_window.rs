//! Cursor, offset and marks over any number of rows. Draws nothing itself and
//! touches the rows of the window only.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::ops::Range;

/// Rows kept between the cursor and the window's edge, where there is room.
const MARGIN: usize = 2;

/// A window over rows that are known by their keys. The cursor stays with its
/// key when rows move; if the key is gone, it stays in its place.
#[derive(Clone, Debug)]
pub struct ListWindow<K> {
    keys: Vec<K>,
    cursor: usize,
    marks: BTreeSet<K>,
    /// The height of a window is known only when it is drawn, so the first
    /// visible row and the height are settled there.
    offset: Cell<usize>,
    height: Cell<usize>,
}

impl<K> Default for ListWindow<K> {
    fn default() -> Self {
        Self {
            keys: Vec::new(),
            cursor: 0,
            marks: BTreeSet::new(),
            offset: Cell::new(0),
            height: Cell::new(1),
        }
    }
}

impl<K: Clone + Ord> ListWindow<K> {
    /// A window over nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// New rows. The cursor follows its key; marks stay, also of rows that are
    /// not among these (a filter may bring them back).
    pub fn follow(&mut self, keys: Vec<K>) {
        let place = self.key().and_then(|key| place_of(&keys, self.cursor, key));
        if let Some(place) = place {
            // The row keeps its place on the screen when rows above it come or go.
            let shift = place.abs_diff(self.cursor);
            let offset = self.offset.get();
            self.offset.set(if place >= self.cursor {
                offset.saturating_add(shift)
            } else {
                offset.saturating_sub(shift)
            });
            self.cursor = place;
        }
        self.cursor = self.cursor.min(keys.len().saturating_sub(1));
        self.keys = keys;
    }

    /// The keys of all rows in order.
    pub fn keys(&self) -> &[K] {
        &self.keys
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The cursor's row.
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// The key under the cursor; none over nothing.
    pub fn key(&self) -> Option<&K> {
        self.keys.get(self.cursor)
    }

    /// Moves by rows; false at the end.
    pub fn step(&mut self, rows: isize) -> bool {
        self.go_to(self.cursor.saturating_add_signed(rows))
    }

    /// Moves by windows less one row, as of the last drawing; `half` by halves.
    pub fn page(&mut self, down: bool, half: bool) -> bool {
        let height = self.height.get();
        let rows = if half {
            height / 2
        } else {
            height.saturating_sub(1)
        }
        .max(1);
        let rows = isize::try_from(rows).unwrap_or(1);
        self.step(if down { rows } else { -rows })
    }

    /// Moves to a row, or to the last if there are fewer; false if it was there.
    pub fn go_to(&mut self, row: usize) -> bool {
        let row = row.min(self.keys.len().saturating_sub(1));
        let moved = row != self.cursor;
        self.cursor = row;
        moved
    }

    /// To the first row.
    pub fn first(&mut self) -> bool {
        self.go_to(0)
    }

    /// To the last row.
    pub fn last(&mut self) -> bool {
        self.go_to(usize::MAX)
    }

    /// To the row with this key; false if there is none.
    pub fn go_to_key(&mut self, key: &K) -> bool {
        let place = place_of(&self.keys, self.cursor, key);
        if let Some(place) = place {
            self.cursor = place;
        }
        place.is_some()
    }

    /// Marks or unmarks the row under the cursor and goes down.
    pub fn toggle_mark(&mut self) {
        if let Some(key) = self.key().cloned() {
            if !self.marks.remove(&key) {
                self.marks.insert(key);
            }
            self.step(1);
        }
    }

    /// Marks all rows; unmarks them if they all were.
    pub fn toggle_all(&mut self) {
        if self.keys.iter().all(|key| self.marks.contains(key)) {
            for key in &self.keys {
                self.marks.remove(key);
            }
        } else {
            self.marks.extend(self.keys.iter().cloned());
        }
    }

    /// Marks one key, shown or not.
    pub fn mark(&mut self, key: K) {
        self.marks.insert(key);
    }

    /// Takes one mark away.
    pub fn unmark(&mut self, key: &K) {
        self.marks.remove(key);
    }

    /// Takes all marks away; false if there were none.
    pub fn clear_marks(&mut self) -> bool {
        let had = !self.marks.is_empty();
        self.marks.clear();
        had
    }

    /// Keeps only the marks of which `keep` says so: for keys that are gone for
    /// good.
    pub fn retain_marks(&mut self, keep: impl FnMut(&K) -> bool) {
        self.marks.retain(keep);
    }

    /// Whether a key is marked.
    pub fn is_marked(&self, key: &K) -> bool {
        self.marks.contains(key)
    }

    /// How many keys are marked.
    pub fn marked_count(&self) -> usize {
        self.marks.len()
    }

    /// What an action is for: the marked keys in the order of the rows, then
    /// those not shown now; without marks the key under the cursor.
    pub fn chosen(&self) -> Vec<K> {
        if self.marks.is_empty() {
            return self.key().cloned().into_iter().collect();
        }
        let mut chosen: Vec<K> = self
            .keys
            .iter()
            .filter(|key| self.marks.contains(key))
            .cloned()
            .collect();
        let shown: BTreeSet<&K> = chosen.iter().collect();
        let hidden: Vec<K> = self
            .marks
            .iter()
            .filter(|key| !shown.contains(key))
            .cloned()
            .collect();
        chosen.extend(hidden);
        chosen
    }

    /// The rows to draw in a window of `height` rows: the cursor is among them,
    /// with a margin of two where there is room.
    pub fn visible(&self, height: usize) -> Range<usize> {
        self.height.set(height.max(1));
        if height == 0 {
            return 0..0;
        }
        let margin = MARGIN.min((height - 1) / 2);
        let highest = self.cursor.saturating_sub(margin);
        let lowest = (self.cursor + margin + 1)
            .min(self.keys.len())
            .saturating_sub(height);
        let last = self.keys.len().saturating_sub(height);
        let offset = self.offset.get().max(lowest).min(highest).min(last);
        self.offset.set(offset);
        offset..(offset + height).min(self.keys.len())
    }
}

/// The row of a key: looked for where it was first.
fn place_of<K: PartialEq>(keys: &[K], near: usize, key: &K) -> Option<usize> {
    if keys.get(near) == Some(key) {
        return Some(near);
    }
    keys.iter().position(|other| other == key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn window(rows: u32) -> ListWindow<u32> {
        let mut window = ListWindow::new();
        window.follow((0..rows).collect());
        window
    }

    #[test]
    fn the_cursor_stays_in_view_with_a_margin() {
        let mut list = window(100);
        assert_eq!(list.visible(10), 0..10);
        list.go_to(7);
        assert_eq!(list.visible(10), 0..10);
        list.step(1);
        assert_eq!(list.visible(10), 1..11);
        list.last();
        assert_eq!(list.visible(10), 90..100);
        list.step(-7);
        assert_eq!(list.visible(10), 90..100);
        list.step(-1);
        assert_eq!(list.visible(10), 89..99);
        list.first();
        assert_eq!(list.visible(10), 0..10);
        assert_eq!(list.visible(200), 0..100);
    }

    #[test]
    fn small_windows_have_smaller_margins() {
        let mut list = window(5);
        list.go_to(3);
        assert_eq!(list.visible(1), 3..4);
        assert_eq!(list.visible(2), 3..5);
        assert_eq!(list.visible(0), 0..0);
        assert_eq!(window(0).visible(5), 0..0);
    }

    #[test]
    fn pages_move_by_the_height_last_drawn() {
        let mut list = window(100);
        list.visible(10);
        list.page(true, false);
        assert_eq!(list.cursor(), 9);
        list.page(true, true);
        assert_eq!(list.cursor(), 14);
        list.page(false, false);
        assert_eq!(list.cursor(), 5);
        list.page(false, false);
        assert_eq!(list.cursor(), 0);
        assert!(!list.page(false, false));
    }

    #[test]
    fn the_cursor_follows_its_key_and_keeps_its_place_on_the_screen() {
        let mut list = window(100);
        list.go_to(50);
        let before = list.visible(10);
        let place = 50 - before.start;
        list.follow((0..100).filter(|key| key % 2 == 0).collect());
        assert_eq!((list.key(), list.cursor()), (Some(&50), 25));
        assert_eq!(25 - list.visible(10).start, place);
    }

    #[test]
    fn a_lost_key_leaves_the_cursor_in_its_row() {
        let mut list = window(10);
        list.go_to(4);
        list.follow(vec![0, 1, 2, 3, 5, 6]);
        assert_eq!(list.key(), Some(&5));
        list.follow(vec![0, 1]);
        assert_eq!(list.key(), Some(&1));
        list.follow(Vec::new());
        assert_eq!(list.key(), None);
        assert!(!list.step(1));
    }

    #[test]
    fn marks_survive_a_filter_and_come_in_row_order() {
        let mut list = window(6);
        assert_eq!(list.chosen(), [0]);
        list.go_to(4);
        list.toggle_mark();
        list.go_to(1);
        list.toggle_mark();
        assert_eq!((list.chosen(), list.cursor()), (vec![1, 4], 2));
        list.follow(vec![5, 4, 3]);
        assert_eq!(list.chosen(), [4, 1]);
        list.toggle_all();
        assert_eq!(list.marked_count(), 4);
        list.toggle_all();
        assert_eq!(list.chosen(), [1]);
        assert!(list.clear_marks());
        assert!(!list.clear_marks());
    }

    proptest! {
        #[test]
        fn the_window_always_holds_the_cursor(
            rows in 0u32..50,
            steps in proptest::collection::vec((-60isize..60, 0usize..30), 0..20),
        ) {
            let mut list = window(rows);
            for (step, height) in steps {
                list.step(step);
                let range = list.visible(height);
                prop_assert!(range.len() <= height);
                prop_assert!(range.end <= list.len());
                if height > 0 && rows > 0 {
                    prop_assert!(range.contains(&list.cursor()));
                    prop_assert_eq!(range.len(), height.min(list.len()));
                }
            }
        }
    }
}
