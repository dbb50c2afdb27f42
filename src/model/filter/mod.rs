//! The filter over goals, as it is typed after `/`, written in views and given to
//! `--filter`.
//!
//! # The language
//!
//! Everything between spaces must hold. A comma inside a value means *or*, a `-`
//! before a word or key means *not*, quotes keep spaces, commas, a leading `-` and a
//! colon in one piece: `owner:"Ana Silva",me -status:paused "two words"`. Case does
//! not matter, accents do.
//!
//! | Word | What it lets through |
//! |---|---|
//! | `churn` | goals with it in name, description, last note, or in the name of champion or reviewer |
//! | `status:off,risk` | goals of which this was said last, outdated or not: `on`, `risk`, `off`, `new`, `paused`, `achieved`, `missed` (also as codes: `off_track`); `late` or `outdated` for those that show outdated; a status of an organisation's own by its own name |
//! | `owner:` (`champion:`) | by champion: `me`, `none`, or a part of a name, or a handle |
//! | `reviewer:` | the same by reviewer |
//! | `account:` | goals of an account, by its name or by its system (`account:clickup`) |
//! | `kind:` | `goal`, `project`, `folder`; or goals with a key result of a kind: `number`, `percent`, `currency`, `yes_no`, `checklist`, `milestones`, `zones`, `baseline`, `guardrail` |
//! | `due:` | by due day. `none`; `overdue` (past, and the goal is open); a day, month, quarter or year (`fri`, `2026-12-31`, `2026-12`, `2026/q4`, `2026`): in it; a span (`30d`, `6w`, `2m`, `1y`, `-7d`): between today and then; with `<`, `<=`, `>`, `>=` before it: before or after. `due:<30d` has what is past due too |
//! | `is:mine` | I am its champion, or a key result of it is mine to report |
//! | `is:late` | its check-in is past its day, by a day or more |
//! | `is:changed` | it differs from my last look at it; what I never looked at does not |
//! | `is:stale` | open, no folder, and no check-in (nor its making) in the last 30 days |
//! | `is:unacked` | a check-in of it waits for somebody's acknowledgement |
//! | `is:review` | a check-in of it waits for *my* acknowledgement, or its plan for my approval |
//! | `is:open`, `is:closed` | it is worked on (paused counts as open), or over |
//! | `is:pinned`, `is:grafted` | it was kept at the top, or put elsewhere, on this machine |
//! | `is:pending` | a write of mine for it is on its way |
//! | `is:gone` | its provider shows it no more; what we have is a copy |
//! | `progress:<40` | by progress as lists show it, in percent, with `<`, `<=`, `>`, `>=`; a bare number is that whole percent; `none` for goals without progress |
//! | `behind:>10` | by points behind the expected progress (ahead is negative); `none` where nothing is expected or known |
//! | `parent:growth` | something above it, at any height, has this in its name, or this id; `none` for the top |
//! | `tag:eu` | it has this tag; `none` for no tag |
//!
//! A comparison holds for no goal that lacks what is compared: a goal without due day
//! is neither in `due:<30d` nor in `due:>30d`, but in `-due:<30d`: a *not* lets through
//! exactly what the word without it does not.
//!
//! Things that are no goals (a queue item, an inbox line) are judged by the goal they
//! are about, plain words also by their own text; keys hold for none that is about no
//! goal.

mod judge;
mod parse;
mod word;

#[cfg(test)]
mod tests;

use std::fmt;

use chrono::NaiveDate;

use super::status::Status;
use super::time::Time;
pub use judge::{Around, Subject};
pub use parse::{Own, Reading, Trouble, Vocabulary};
pub use word::Word;

/// A filter, ready to be compared with many goals.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// As they were written; all must hold.
    terms: Vec<Term>,
    /// Places of the terms, those first that cost least.
    by_cost: Vec<usize>,
    today: NaiveDate,
    /// Before this moment the last word on a goal is an old one.
    stale_before: Time,
}

/// One word of it.
#[derive(Clone, Debug, PartialEq)]
struct Term {
    not: bool,
    test: Test,
}

/// What is asked; of several values one must hold.
#[derive(Clone, Debug, PartialEq)]
enum Test {
    Word(Word),
    Status(Vec<Said>),
    Owner(Vec<Who>),
    Reviewer(Vec<Who>),
    Account(Vec<Word>),
    Kind(Vec<&'static str>),
    Due(Vec<Due>),
    Is(Vec<State>),
    Progress(Vec<Amount>),
    Behind(Vec<Amount>),
    Parent(Vec<Name>),
    Tag(Vec<Name>),
}

#[derive(Clone, Debug, PartialEq)]
enum Said {
    Status(Status),
    Outdated,
    /// A word of an organisation's own.
    Own(Word),
}

#[derive(Clone, Debug, PartialEq)]
enum Who {
    Me,
    Nobody,
    Named(Word),
}

#[derive(Clone, Debug, PartialEq)]
enum Name {
    None,
    Named(Word),
}

#[derive(Clone, Debug, PartialEq)]
enum Due {
    None,
    Overdue,
    /// From and until, both included; an end that is missing is open.
    Between(Option<NaiveDate>, Option<NaiveDate>, String),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Amount {
    None,
    Is(Compare, f64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Compare {
    Less,
    AtMost,
    Equal,
    AtLeast,
    More,
}

macro_rules! states {
    ($($state:ident $word:literal),+ $(,)?) => {
        /// What a goal is, for `is:`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        enum State {
            $($state,)+
        }

        const STATES: &[(&str, State)] = &[$(($word, State::$state),)+];
    };
}

states! {
    Mine "mine",
    Late "late",
    Changed "changed",
    Stale "stale",
    Unacked "unacked",
    Review "review",
    Open "open",
    Closed "closed",
    Pinned "pinned",
    Pending "pending",
    Grafted "grafted",
    Gone "gone",
}

impl State {
    fn word(self) -> &'static str {
        let found = STATES.iter().find(|(_, state)| *state == self);
        found.map_or("", |(word, _)| word)
    }
}

/// Every key, as it is printed.
const KEYS: [&str; 11] = [
    "status", "owner", "reviewer", "account", "kind", "due", "is", "progress", "behind", "parent",
    "tag",
];

impl Filter {
    /// Reads a filter of which every word must be right.
    ///
    /// # Errors
    /// What is wrong with the first word that is, and where it stands.
    pub fn parse(text: &str, vocabulary: &Vocabulary<'_>) -> Result<Self, Trouble> {
        let reading = parse::read(text, vocabulary);
        match reading.trouble {
            Some(trouble) => Err(trouble),
            None => Ok(reading.filter),
        }
    }

    /// Reads a filter that is being typed: what its right words say, and what is
    /// wrong with the first that is not.
    pub fn read(text: &str, vocabulary: &Vocabulary<'_>) -> Reading {
        parse::read(text, vocabulary)
    }

    fn of(terms: Vec<Term>, vocabulary: &Vocabulary<'_>) -> Self {
        let filter = Self {
            terms,
            by_cost: Vec::new(),
            today: vocabulary.now.today(),
            stale_before: vocabulary.now.at - judge::STALE,
        };
        filter.in_order()
    }

    /// Whoever changed the terms puts them in order again.
    fn in_order(mut self) -> Self {
        self.by_cost = (0..self.terms.len()).collect();
        let terms = &self.terms;
        self.by_cost
            .sort_by_key(|place| terms.get(*place).map(|term| term.test.cost()));
        self
    }

    /// Whether it lets everything through.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// What lets through what both do.
    #[must_use]
    pub fn and(mut self, other: Filter) -> Self {
        if self.terms.is_empty() {
            return other;
        }
        for term in other.terms {
            if !self.terms.contains(&term) {
                self.terms.push(term);
            }
        }
        self.in_order()
    }

    /// Whether it asks for goals that are over: a list of open goals has them then
    /// too.
    pub fn asks_for_closed(&self) -> bool {
        let asks = |term: &Term| match &term.test {
            Test::Is(states) => states.contains(&State::Closed),
            Test::Status(said) => said
                .iter()
                .any(|said| matches!(said, Said::Status(status) if status.is_closed())),
            _ => false,
        };
        self.terms.iter().any(|term| !term.not && asks(term))
    }

    /// Whether all it asks is that a goal is open.
    pub fn asks_for_open_only(&self) -> bool {
        let [term] = self.terms.as_slice() else {
            return false;
        };
        !term.not && matches!(&term.test, Test::Is(states) if states.as_slice() == [State::Open])
    }

    /// Whether it surely lets nothing through that the other one does not: while
    /// somebody types on, only what was found needs to be looked at again.
    pub fn narrows(&self, other: &Filter) -> bool {
        let implies = |term: &Term, asked: &Term| {
            term == asked
                || !term.not
                    && !asked.not
                    && matches!((&term.test, &asked.test),
                        (Test::Word(word), Test::Word(asked)) if word.has(asked))
        };
        self.today == other.today
            && other
                .terms
                .iter()
                .all(|asked| self.terms.iter().any(|term| implies(term, asked)))
    }

    /// Whether all words of the other one are among its own.
    pub fn includes(&self, other: &Filter) -> bool {
        other.terms.iter().all(|term| self.terms.contains(term))
    }

    /// Puts the words of the other one in, or, if all of them are there, takes them
    /// out: what a quick filter does.
    #[must_use]
    pub fn toggled(mut self, other: &Filter) -> Self {
        if self.includes(other) {
            self.terms.retain(|term| !other.terms.contains(term));
            return self.in_order();
        }
        self.and(other.clone())
    }

    /// The same without its last word where that may be the beginning of a key: who
    /// types `stat` does not always look for a word.
    pub fn without_begun_key(&self) -> Option<Self> {
        self.last_word().filter(|word| parse::begins_key(word))?;
        let mut less = self.clone();
        less.terms.pop();
        Some(less.in_order())
    }

    /// The last plain word, if it ends with one: what a near miss is looked for.
    pub fn last_word(&self) -> Option<&str> {
        match self.terms.last()? {
            Term {
                not: false,
                test: Test::Word(word),
            } => Some(word.typed()),
            _ => None,
        }
    }
}

impl Test {
    /// What comes first is answered from the goal itself; what comes last reads all
    /// of its texts.
    fn cost(&self) -> u8 {
        match self {
            Test::Status(_) | Test::Due(_) => 0,
            Test::Kind(_) | Test::Account(_) | Test::Tag(_) => 1,
            Test::Is(_) => 2,
            Test::Progress(_) | Test::Behind(_) => 3,
            Test::Owner(_) | Test::Reviewer(_) => 4,
            Test::Parent(_) => 5,
            Test::Word(_) => 6,
        }
    }
}

/// Prints the words in their order; what is printed reads back as the same filter.
impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, term) in self.terms.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            term.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.not {
            f.write_str("-")?;
        }
        match &self.test {
            Test::Word(word) => {
                let text = word.typed();
                let is_plain = !text.is_empty()
                    && !text.starts_with('-')
                    && !text.contains(char::is_whitespace)
                    && parse::key_of(text).is_none();
                if is_plain {
                    f.write_str(text)
                } else {
                    write!(f, "\"{text}\"")
                }
            }
            Test::Status(values) => list(f, "status", values, |value| match value {
                Said::Status(status) => status.words().code.to_owned(),
                Said::Outdated => "outdated".to_owned(),
                Said::Own(word) => quoted(word.typed(), false),
            }),
            Test::Owner(values) => list(f, "owner", values, who),
            Test::Reviewer(values) => list(f, "reviewer", values, who),
            Test::Account(values) => list(f, "account", values, |word| quoted(word.typed(), false)),
            Test::Kind(values) => list(f, "kind", values, |kind| (*kind).to_owned()),
            Test::Due(values) => list(f, "due", values, |value| match value {
                Due::None => "none".to_owned(),
                Due::Overdue => "overdue".to_owned(),
                Due::Between(_, _, text) => quoted(text, false),
            }),
            Test::Is(values) => list(f, "is", values, |state| state.word().to_owned()),
            Test::Progress(values) => list(f, "progress", values, amount),
            Test::Behind(values) => list(f, "behind", values, amount),
            Test::Parent(values) => list(f, "parent", values, name),
            Test::Tag(values) => list(f, "tag", values, name),
        }
    }
}

fn list<T>(
    f: &mut fmt::Formatter<'_>,
    key: &str,
    values: &[T],
    print: impl Fn(&T) -> String,
) -> fmt::Result {
    let values: Vec<String> = values.iter().map(print).collect();
    write!(f, "{key}:{}", values.join(","))
}

/// A value in quotes where it would not read back without, or means something else.
fn quoted(text: &str, is_special: bool) -> String {
    if is_special
        || text.is_empty()
        || text.contains([',', ' '])
        || text.contains(char::is_whitespace)
    {
        format!("\"{text}\"")
    } else {
        text.to_owned()
    }
}

fn who(who: &Who) -> String {
    match who {
        Who::Me => "me".to_owned(),
        Who::Nobody => "none".to_owned(),
        Who::Named(word) => {
            let typed = word.typed();
            let is_special = ["me", "none"]
                .iter()
                .any(|word| word.eq_ignore_ascii_case(typed));
            quoted(typed, is_special)
        }
    }
}

fn name(name: &Name) -> String {
    match name {
        Name::None => "none".to_owned(),
        Name::Named(word) => {
            let typed = word.typed();
            quoted(typed, typed.eq_ignore_ascii_case("none"))
        }
    }
}

fn amount(amount: &Amount) -> String {
    match amount {
        Amount::None => "none".to_owned(),
        Amount::Is(compare, number) => format!("{}{number}", compare.sign()),
    }
}

impl Compare {
    fn sign(self) -> &'static str {
        match self {
            Compare::Less => "<",
            Compare::AtMost => "<=",
            Compare::Equal => "",
            Compare::AtLeast => ">=",
            Compare::More => ">",
        }
    }
}
