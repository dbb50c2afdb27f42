//! The status a check-in gives: three choices, what pace would say, and a word
//! when the two disagree. The person decides.

use crate::model::goal::Goal;
use crate::model::pace::gap_words;
use crate::model::status::{ShownStatus, Status};
use crate::model::text::Shown;
use crate::shown;
use crate::theme::{Glyphs, Role};
use crate::widgets::line::Line;

/// The status of the last check-in that gave one of the three choices; none
/// before the first, so that nobody posts a status without having chosen it.
pub fn last_said(goal: &Goal) -> Option<Status> {
    let said = goal
        .check_ins
        .iter()
        .rev()
        .filter(|check_in| check_in.occasion.is_regular())
        .find_map(|check_in| check_in.status);
    said.filter(|status| Status::CHOICES.contains(status))
}

/// The key of a choice: 1–3.
pub fn key_of(status: Status) -> Option<usize> {
    Status::CHOICES
        .iter()
        .position(|choice| *choice == status)
        .map(|place| place + 1)
}

/// The three choices, the chosen one in brackets; `gap` columns between them.
/// With the columns each takes, for clicks.
pub fn choices(
    chosen: Option<Status>,
    is_focused: bool,
    gap: usize,
    glyphs: Glyphs,
) -> (Line, Vec<(usize, usize, Status)>) {
    let mut line = Line::new();
    let mut places = Vec::new();
    for (place, status) in Status::CHOICES.into_iter().enumerate() {
        let sign = ShownStatus::Said(status);
        let is_chosen = chosen == Some(status);
        let (open, close) = if is_chosen { ("[", "]") } else { (" ", " ") };
        let words = shown!(
            "{open}{} {} {}{close}",
            place + 1,
            glyphs.status(sign),
            status.words().word
        );
        let role = match (is_chosen, is_focused) {
            (true, true) => Role::Selected,
            (true, false) => Role::from(sign),
            (false, true) => Role::Text,
            (false, false) => Role::Dim,
        };
        if place > 0 {
            line = line.space(gap);
        }
        places.push((line.width(), words.width(), status));
        line = line.put(role, words);
    }
    (line, places)
}

/// `pace suggests 1: ahead by 16 points; you decide`, or why it says nothing.
/// `gap` is progress minus expected, −1 to 1.
pub fn suggestion(suggested: Option<Status>, gap: Option<f64>) -> Shown {
    let Some(key) = suggested.and_then(key_of) else {
        return match gap {
            Some(_) => Shown::fixed("too early for pace to say; you decide"),
            None => Shown::fixed("no dates or no value: pace says nothing; you decide"),
        };
    };
    match gap {
        Some(gap) => shown!("pace suggests {key}: {}; you decide", gap_words(gap)),
        None => shown!("pace suggests {key}; you decide"),
    }
}

/// The same in a few words: `pace suggests 1`.
pub fn short_suggestion(suggested: Option<Status>) -> Shown {
    suggested
        .and_then(key_of)
        .map_or_else(Shown::default, |key| shown!("pace suggests {key}"))
}

/// A word when the choice is two classes away from what pace suggests; it never
/// keeps anybody from posting.
pub fn contradiction(
    chosen: Option<Status>,
    suggested: Option<Status>,
    gap: Option<f64>,
) -> Option<Shown> {
    let (chosen, suggested) = (chosen?, suggested?);
    if chosen.rank()?.abs_diff(suggested.rank()?) < 2 {
        return None;
    }
    let why = gap.map_or_else(String::new, |gap| format!(" ({})", gap_words(gap)));
    Some(shown!(
        "you say {}, pace says {}{why}; the note is the place to say why",
        chosen.words().word.to_lowercase(),
        suggested.words().word.to_lowercase(),
    ))
}

#[cfg(test)]
mod tests {
    use super::super::values::tests::{at, goal};
    use super::*;
    use crate::model::check_in::{CheckIn, Occasion};

    #[test]
    fn nothing_is_chosen_before_the_first_check_in() {
        let mut goal = goal(Vec::new());
        assert_eq!(last_said(&goal), None);
        for (id, status) in [("1", Some(Status::AtRisk)), ("2", None)] {
            let mut check_in = CheckIn::new(id.into(), "ana".into(), at("2026-11-13T09:00:00Z"));
            check_in.status = status;
            goal.check_ins.push(check_in);
        }
        assert_eq!(last_said(&goal), Some(Status::AtRisk));
        let mut closing = CheckIn::new("3".into(), "ana".into(), at("2026-11-14T09:00:00Z"));
        closing.status = Some(Status::Missed);
        closing.occasion = Occasion::Closing;
        goal.check_ins.push(closing);
        assert_eq!(last_said(&goal), Some(Status::AtRisk));
    }

    #[test]
    fn the_chosen_status_stands_in_brackets() {
        let (line, places) = choices(Some(Status::AtRisk), false, 3, Glyphs::Unicode);
        assert_eq!(
            line.text().as_str(),
            " 1 ● On track    [2 ▲ At risk]    3 ■ Off track "
        );
        assert_eq!(places.len(), 3);
        assert_eq!(places.last().map(|place| place.2), Some(Status::OffTrack));
    }

    #[test]
    fn pace_suggests_and_says_by_how_much() {
        let on = Some(Status::OnTrack);
        assert_eq!(
            suggestion(on, Some(0.16)).as_str(),
            "pace suggests 1: ahead by 16 points; you decide"
        );
        assert!(
            suggestion(None, Some(0.03))
                .as_str()
                .starts_with("too early")
        );
        assert_eq!(short_suggestion(on).as_str(), "pace suggests 1");
        assert_eq!(short_suggestion(None).as_str(), "");
    }

    #[test]
    fn two_classes_apart_is_said_one_is_not() {
        let said = |chosen, suggested| contradiction(Some(chosen), Some(suggested), Some(-0.4));
        assert!(said(Status::OnTrack, Status::OffTrack).is_some());
        assert!(said(Status::OffTrack, Status::OnTrack).is_some());
        assert!(said(Status::OnTrack, Status::AtRisk).is_none());
        assert!(contradiction(None, Some(Status::OffTrack), None).is_none());
        assert_eq!(
            said(Status::OnTrack, Status::OffTrack).unwrap().as_str(),
            "you say on track, pace says off track (behind by 40 points); the note is the place to say why"
        );
    }
}
