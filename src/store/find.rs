//! Finding by a few letters over everything that is known: goals, key results,
//! check-in notes and people. A pure function of the store; never asks anybody.

use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use crate::model::ids::{CheckInId, GoalId, PersonId, ResultId};

use super::Store;

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What it is.
    pub what: Thing,
    /// Its name or the piece of text around the match; foreign text.
    pub text: String,
    rank: Rank,
}

/// Which thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Thing {
    /// A goal.
    Goal(GoalId),
    /// A key result of a goal.
    Result(GoalId, ResultId),
    /// A check-in's note.
    CheckIn(GoalId, CheckInId),
    /// A person; opening shows their goals.
    Person(PersonId),
}

/// Which things are looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Only {
    /// Everything.
    #[default]
    All,
    /// Goals.
    Goals,
    /// Key results.
    Results,
    /// Check-in notes.
    CheckIns,
    /// People.
    People,
}

impl Only {
    /// The next one in the cycle.
    pub fn next(self) -> Self {
        match self {
            Only::All => Only::Goals,
            Only::Goals => Only::Results,
            Only::Results => Only::CheckIns,
            Only::CheckIns => Only::People,
            Only::People => Only::All,
        }
    }

    /// The word on screen.
    pub fn word(self) -> &'static str {
        match self {
            Only::All => "everything",
            Only::Goals => "goals",
            Only::Results => "results",
            Only::CheckIns => "check-ins",
            Only::People => "people",
        }
    }
}

/// Exact prefix before word prefix before inside a word before scattered
/// letters; then attention, then the matcher's score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    class: u8,
    order: u8,
    attention: std::cmp::Reverse<u32>,
    score: std::cmp::Reverse<u32>,
}

/// The best matches for what was typed, at most `most`.
pub fn find(store: &Store, typed: &str, only: Only, most: usize) -> Vec<Found> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Vec::new();
    }
    let mut search = Search::new(typed);
    for goal in store.goals() {
        let attention = store
            .figures(&goal.id)
            .map_or(0, |figures| figures.attention);
        if matches!(only, Only::All | Only::Goals) {
            search.name(&goal.name, 0, attention, || Thing::Goal(goal.id.clone()));
        }
        if matches!(only, Only::All | Only::Results) {
            for result in &goal.results {
                search.name(&result.name, 1, attention, || {
                    Thing::Result(goal.id.clone(), result.id.clone())
                });
            }
        }
        if matches!(only, Only::All | Only::CheckIns) {
            for check_in in goal.check_ins.iter().rev() {
                search.text(&check_in.note, attention, || {
                    Thing::CheckIn(goal.id.clone(), check_in.id.clone())
                });
            }
        }
    }
    if matches!(only, Only::All | Only::People) {
        for account in store.accounts() {
            for person in store.people(&account.setup.name) {
                search.name(&person.name, 3, 0, || Thing::Person(person.id.clone()));
            }
        }
    }
    let mut found = search.found;
    found.sort_by(|one, other| {
        one.rank
            .cmp(&other.rank)
            .then_with(|| one.text.cmp(&other.text))
    });
    found.truncate(most);
    found
}

struct Search {
    typed: String,
    pattern: Pattern,
    matcher: Matcher,
    letters: Vec<char>,
    lower: String,
    found: Vec<Found>,
}

impl Search {
    fn new(typed: &str) -> Self {
        Self {
            typed: typed.to_lowercase(),
            pattern: Pattern::new(
                typed,
                CaseMatching::Ignore,
                Normalization::Smart,
                AtomKind::Fuzzy,
            ),
            matcher: Matcher::new(Config::DEFAULT),
            letters: Vec::new(),
            lower: String::new(),
            found: Vec::new(),
        }
    }

    fn lower(&mut self, text: &str) {
        self.lower.clear();
        self.lower.extend(text.chars().flat_map(char::to_lowercase));
    }

    fn name(&mut self, name: &str, order: u8, attention: u32, thing: impl FnOnce() -> Thing) {
        let score = self
            .pattern
            .score(Utf32Str::new(name, &mut self.letters), &mut self.matcher);
        let Some(score) = score else { return };
        self.lower(name);
        let class = match self.lower.find(&self.typed) {
            Some(0) => 0,
            Some(place) if !self.lower[..place].ends_with(char::is_alphanumeric) => 1,
            Some(_) => 2,
            None => 3,
        };
        let rank = Rank {
            class,
            order,
            attention: std::cmp::Reverse(attention),
            score: std::cmp::Reverse(score),
        };
        self.found.push(Found {
            what: thing(),
            text: name.to_owned(),
            rank,
        });
    }

    /// Notes match by the words as typed only: scattered letters would find every long text.
    fn text(&mut self, text: &str, attention: u32, thing: impl FnOnce() -> Thing) {
        if text.len() < self.typed.len() {
            return;
        }
        self.lower(text);
        let Some(place) = self.lower.find(&self.typed) else {
            return;
        };
        let class = if self.lower[..place].ends_with(char::is_alphanumeric) {
            2
        } else {
            1
        };
        let rank = Rank {
            class,
            order: 2,
            attention: std::cmp::Reverse(attention),
            score: std::cmp::Reverse(0),
        };
        let piece = piece_around(&self.lower, place, text);
        self.found.push(Found {
            what: thing(),
            text: piece,
            rank,
        });
    }
}

/// About sixty letters around a match, in the original's case where lower-casing
/// kept the length.
fn piece_around(lower: &str, place: usize, text: &str) -> String {
    let source = if lower.len() == text.len() && text.is_char_boundary(place) {
        text
    } else {
        lower
    };
    let start = source[..place]
        .char_indices()
        .rev()
        .take(12)
        .last()
        .map_or(place, |(start, _)| start);
    let start = source[start..place]
        .find([' ', '\n'])
        .map_or(start, |gap| start + gap + 1);
    let piece: String = source[start..]
        .chars()
        .take(60)
        .map(|letter| if letter == '\n' { ' ' } else { letter })
        .collect();
    let (before, after) = (
        if start > 0 { "…" } else { "" },
        if source[start..].chars().count() > 60 {
            "…"
        } else {
            ""
        },
    );
    format!("{before}{}{after}", piece.trim())
}
