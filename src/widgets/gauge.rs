//! Progress as a bar of cells, or as one mark per check-in for guardrails.

use super::line::Line;
use crate::model::text::Shown;
use crate::theme::{Glyphs, Role};

/// Columns of the number after the bar in lists: `112%`, `held`.
pub const NUMBER_WIDTH: usize = 4;

/// What a gauge shows. All figures are shares: 1 is the target.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Gauge {
    /// Progress, not clamped; none before the first value.
    pub progress: Option<f64>,
    /// Where it should be by now, if there is a plan.
    pub expected: Option<f64>,
}

impl Gauge {
    /// Exactly `cells` columns. Filled to an eighth of a cell, the expected
    /// position `│` drawn over it in cell min(n−1, ⌊x·n⌋); past the end the last
    /// cell is `▶`, before the start the first is `◀`.
    pub fn bar(&self, cells: usize, glyphs: Glyphs, role: Role) -> Line {
        let Some(progress) = self.progress.filter(|p| p.is_finite()) else {
            return no_data(cells, glyphs);
        };
        let eighths = eighths_of(progress, cells);
        let mark = self
            .expected
            .filter(|x| x.is_finite())
            .map(|x| cell_of(x, cells));
        let mut bar = Line::new();
        for cell in 0..cells {
            let level = u8::try_from(eighths.saturating_sub(cell * 8).min(8)).unwrap_or(8);
            let (sign, role) = if cell + 1 == cells && progress > 1.0 {
                (glyphs.beyond(), role)
            } else if cell == 0 && progress < 0.0 {
                (glyphs.below(), role)
            } else if mark == Some(cell) {
                (glyphs.expected(), Role::Strong)
            } else if level == 0 {
                (glyphs.empty(), Role::Dim)
            } else {
                (glyphs.part(level), role)
            };
            bar.push(role, Shown::fixed(sign));
        }
        bar
    }

    /// The bar, a space and the number to the right of [`NUMBER_WIDTH`] columns.
    pub fn line(&self, cells: usize, glyphs: Glyphs, role: Role, number: &Shown) -> Line {
        let number = Line::of(Role::Text, number.clone()).pad_left(NUMBER_WIDTH);
        self.bar(cells, glyphs, role).space(1).and(number)
    }
}

/// One mark per check-in, oldest first, the last `cells` of them: held or broken.
pub fn guardrail(cells: usize, held: &[bool], glyphs: Glyphs) -> Line {
    let mut bar = Line::new();
    for held in held.iter().skip(held.len().saturating_sub(cells)) {
        let role = if *held { Role::Good } else { Role::Bad };
        bar.push(role, Shown::fixed(glyphs.guardrail(*held)));
    }
    for _ in held.len()..cells {
        bar.push(Role::Dim, Shown::fixed(glyphs.empty()));
    }
    bar
}

fn no_data(cells: usize, glyphs: Glyphs) -> Line {
    const WORDS: &str = "no data";
    let rest = cells.saturating_sub(WORDS.len());
    let dots = |count: usize| {
        (0..count).fold(Line::new(), |line, _| line.fixed(Role::Dim, glyphs.empty()))
    };
    if cells < WORDS.len() {
        return dots(cells);
    }
    dots(rest.div_ceil(2))
        .fixed(Role::Dim, WORDS)
        .and(dots(rest / 2))
}

/// Filled eighths of a bar, rounded down; a billionth is forgiven, so that 0.7
/// of ten cells are seven.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "clamped to the number of eighths, a few hundred"
)]
fn eighths_of(progress: f64, cells: usize) -> usize {
    (progress.clamp(0.0, 1.0) * (cells * 8) as f64 + 1e-9).floor() as usize
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "clamped to the number of cells"
)]
fn cell_of(expected: f64, cells: usize) -> usize {
    let cell = (expected.clamp(0.0, 1.0) * cells as f64 + 1e-9).floor() as usize;
    cell.min(cells.saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(progress: f64, expected: Option<f64>) -> String {
        draw(Some(progress), expected, Glyphs::Unicode)
    }

    fn draw(progress: Option<f64>, expected: Option<f64>, glyphs: Glyphs) -> String {
        Gauge { progress, expected }
            .bar(10, glyphs, Role::OnTrack)
            .text()
            .to_string()
    }

    #[test]
    fn bars_are_filled_to_the_eighth_with_the_expected_mark_over_them() {
        assert_eq!(bar(0.47, Some(0.1)), "█│██▋·····");
        assert_eq!(bar(0.3098, Some(0.548)), "███··│····");
        assert_eq!(bar(0.2095, Some(0.548)), "██···│····");
        assert_eq!(bar(0.64, Some(0.548)), "█████│▍···");
        assert_eq!(bar(0.7, Some(0.548)), "█████│█···");
        assert_eq!(bar(0.0, Some(0.0)), "│·········");
        assert_eq!(bar(0.1, None), "█·········");
        assert_eq!(bar(1.0, None), "██████████");
    }

    #[test]
    fn ends_are_marked_when_the_value_lies_beyond() {
        assert_eq!(bar(1.12, None), "█████████▶");
        assert_eq!(bar(-0.08, Some(0.5)), "◀····│····");
        assert_eq!(bar(1.0, Some(1.0)), "█████████│");
    }

    #[test]
    fn no_value_says_so() {
        assert_eq!(draw(None, Some(0.5), Glyphs::Unicode), "··no data·");
        assert_eq!(draw(Some(f64::NAN), None, Glyphs::Unicode), "··no data·");
        assert_eq!(draw(None, None, Glyphs::Ascii), "..no data.");
    }

    #[test]
    fn ascii_knows_whole_cells_only() {
        assert_eq!(draw(Some(0.3098), Some(0.548), Glyphs::Ascii), "###..|....");
        assert_eq!(draw(Some(0.48), None, Glyphs::Ascii), "####......");
        assert_eq!(draw(Some(2.0), None, Glyphs::Ascii), "#########>");
    }

    #[test]
    fn guardrails_show_the_last_check_ins() {
        let marks = |held: &[bool]| guardrail(10, held, Glyphs::Unicode).text().to_string();
        assert_eq!(marks(&[true; 12]), "●●●●●●●●●●");
        assert_eq!(marks(&[true, false]), "●✘········");
        let ascii = guardrail(3, &[true, false, true], Glyphs::Ascii);
        assert_eq!(ascii.text().as_str(), "+x+");
    }

    #[test]
    fn the_number_stands_to_the_right() {
        let gauge = Gauge {
            progress: Some(0.0),
            expected: Some(0.0),
        };
        let line = gauge.line(10, Glyphs::Unicode, Role::NotStarted, &Shown::fixed("0%"));
        assert_eq!(line.text().as_str(), "│·········   0%");
    }

    #[test]
    fn every_width_is_exact() {
        for cells in 0..200 {
            for progress in [-5.0, 0.0, 0.333, 1.0, 5.0, f64::INFINITY] {
                for glyphs in [Glyphs::Unicode, Glyphs::Ascii] {
                    let gauge = Gauge {
                        progress: Some(progress),
                        expected: Some(progress / 2.0),
                    };
                    assert_eq!(gauge.bar(cells, glyphs, Role::Text).width(), cells);
                    assert_eq!(no_data(cells, glyphs).width(), cells);
                    assert_eq!(guardrail(cells, &[true; 5], glyphs).width(), cells);
                }
            }
        }
    }
}
