//! Rows that only moved: a list that scrolls by a row is moved by the terminal
//! and not sent again. Uses what every terminal since the VT102 has: a region of
//! whole rows, and deleting or inserting rows at its top.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Write};

use ratatui::buffer::{Buffer, Cell};

/// How many ways to move rows are looked at; what scrolls, scrolls one way.
const WAYS: usize = 3;

/// Rows `top..bottom` move up by `by` rows, or down if it is negative. What
/// leaves the region is gone, what comes in is blank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shift {
    top: u16,
    bottom: u16,
    by: i32,
}

/// The ways in which rows of `before` may have moved to become `after`, likely
/// ones first. Whether one of them is worth it only its bytes can tell.
pub(super) fn ways(before: &Buffer, after: &Buffer) -> Vec<Shift> {
    let (was, is) = (rows(before), rows(after));
    let height = i32::try_from(is.len()).unwrap_or(0);
    let mut found: Vec<(usize, Shift)> = (1 - height..height)
        .filter(|by| *by != 0)
        .filter_map(|by| moved(&was, &is, by))
        .collect();
    found.sort_by_key(|(matches, shift)| (std::cmp::Reverse(*matches), shift.by.abs()));
    found.truncate(WAYS);
    found.into_iter().map(|(_, shift)| shift).collect()
}

/// How many rows are where a move by `by` would bring them and were not there
/// before, and the smallest region that holds them.
fn moved(was: &[u64], is: &[u64], by: i32) -> Option<(usize, Shift)> {
    let came_from = |row: usize| -> Option<usize> {
        let from = usize::try_from(i32::try_from(row).ok()? + by).ok()?;
        (was.get(from)? == is.get(row)? && was.get(row) != is.get(row)).then_some(from)
    };
    let pairs: Vec<(usize, usize)> = (0..is.len())
        .filter_map(|row| came_from(row).map(|from| (row, from)))
        .collect();
    let first = pairs.iter().map(|(row, from)| *row.min(from)).min()?;
    let last = pairs.iter().map(|(row, from)| *row.max(from)).max()?;
    let shift = Shift {
        top: u16::try_from(first).ok()?,
        bottom: u16::try_from(last + 1).ok()?,
        by,
    };
    (pairs.len() > 1).then_some((pairs.len(), shift))
}

/// A number for each row; equal rows have equal numbers.
fn rows(buffer: &Buffer) -> Vec<u64> {
    let width = usize::from(buffer.area.width).max(1);
    buffer
        .content
        .chunks(width)
        .map(|row| {
            let mut hasher = DefaultHasher::new();
            row.hash(&mut hasher);
            hasher.finish()
        })
        .collect()
}

impl Shift {
    /// Does to the picture what the terminal does to the screen.
    pub(super) fn apply(self, buffer: &mut Buffer) {
        let width = usize::from(buffer.area.width);
        let cells = usize::from(self.top) * width..usize::from(self.bottom) * width;
        let Some(region) = buffer.content.get_mut(cells) else {
            return;
        };
        let blank = (self.rows() * width).min(region.len());
        if self.by > 0 {
            region.rotate_left(blank);
            let kept = region.len() - blank;
            region[kept..].fill(Cell::EMPTY);
        } else {
            region.rotate_right(blank);
            region[..blank].fill(Cell::EMPTY);
        }
    }

    /// Tells the terminal. The style that is on must be the default, for it is
    /// what rows that come in are filled with; afterwards the region is the whole
    /// screen again and the cursor anywhere.
    ///
    /// # Errors
    /// What `to` says.
    pub(super) fn write(self, to: &mut impl Write) -> io::Result<()> {
        let (top, bottom, rows) = (self.top + 1, self.bottom, self.rows());
        let how = if self.by > 0 { 'M' } else { 'L' };
        write!(to, "\x1b[{top};{bottom}r\x1b[{top}H")?;
        match rows {
            1 => write!(to, "\x1b[{how}")?,
            rows => write!(to, "\x1b[{rows}{how}")?,
        }
        to.write_all(b"\x1b[r")
    }

    fn rows(self) -> usize {
        usize::try_from(self.by.unsigned_abs()).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn buffer(lines: &[&str]) -> Buffer {
        Buffer::with_lines(lines.iter().map(|line| (*line).to_owned()))
    }

    #[test]
    fn a_list_between_still_rows_is_found_in_both_directions() {
        let before = buffer(&["tabs", "a   ", "b   ", "c   ", "d   ", "help"]);
        let after = buffer(&["tabs", "b   ", "c   ", "d   ", "e   ", "help"]);
        let region = |by| Shift {
            top: 1,
            bottom: 5,
            by,
        };
        assert_eq!(ways(&before, &after), [region(1)]);
        assert_eq!(ways(&after, &before), [region(-1)]);
    }

    #[test]
    fn rows_that_stay_or_are_new_are_no_move() {
        let before = buffer(&["tabs", "a   ", "b   ", "help"]);
        assert_eq!(ways(&before, &before), []);
        let after = buffer(&["tabs", "x   ", "y   ", "help"]);
        assert_eq!(ways(&before, &after), []);
        // Blank rows look like each other everywhere and moved nowhere.
        let blank = buffer(&["    ", "    ", "    ", "    "]);
        assert_eq!(ways(&blank, &blank), []);
    }

    #[test]
    fn what_a_terminal_does_is_what_is_reckoned_with() {
        for (by, how) in [
            (2, "\x1b[2M"),
            (-2, "\x1b[2L"),
            (1, "\x1b[M"),
            (-9, "\x1b[9L"),
        ] {
            let shift = Shift {
                top: 1,
                bottom: 5,
                by,
            };
            let lines = ["tabs", "a", "b", "c", "d", "help"];
            let mut bytes = lines.join("\r\n").into_bytes();
            shift.write(&mut bytes).unwrap();
            assert!(String::from_utf8_lossy(&bytes).contains(how));
            let size = |count: u16| count.try_into().unwrap();
            let mut emulator = vt100::Parser::new(size(6), size(4), 0);
            emulator.process(&bytes);
            let mut reckoned = buffer(&lines.map(|line| line));
            shift.apply(&mut reckoned);
            let rows: Vec<String> = emulator.screen().rows(0, 4).collect();
            for (y, row) in rows.iter().enumerate() {
                let cells = &reckoned.content[y * 4..(y + 1) * 4];
                let text: String = cells.iter().map(Cell::symbol).collect();
                assert_eq!(row.trim_end(), text.trim_end(), "row {y} by {by}");
            }
        }
    }
}
