//! Whether a filter lets a goal through.

use chrono::{NaiveDate, TimeDelta};

use super::{Amount, Compare, Due, Filter, Name, Said, State, Test, Who, Word};
use crate::model::figures::Figures;
use crate::model::goal::{Goal, Nature};
use crate::model::ids::{AccountName, CheckInId, GoalId, PersonId};
use crate::model::person::Person;
use crate::model::progress;
use crate::model::status::ShownStatus;

/// So long without a word a goal is stale.
pub(super) const STALE: TimeDelta = TimeDelta::days(30);

/// Goals above one that are asked for their names; also what ends a circle.
const HIGHEST: usize = 64;

/// What a filter asks around a goal.
pub trait Around {
    /// A person by id, if known.
    fn person(&self, id: &PersonId) -> Option<&Person>;
    /// Who I am in an account.
    fn me(&self, account: &AccountName) -> Option<&PersonId>;
    /// What an account's system is called: `ClickUp`.
    fn system(&self, account: &AccountName) -> &str;
    /// A goal's figures.
    fn figures(&self, goal: &GoalId) -> Option<&Figures>;
    /// The goal it shows under, if that is known.
    fn above(&self, goal: &Goal) -> Option<&Goal>;
    /// Whether it differs from my last look at it.
    fn is_changed(&self, goal: &Goal) -> bool;
    /// Whether it is kept at the top.
    fn is_pinned(&self, goal: &GoalId) -> bool;
    /// Whether a write for it is on its way.
    fn is_pending(&self, goal: &GoalId) -> bool;
    /// Whether it shows elsewhere than its provider has it.
    fn is_grafted(&self, goal: &Goal) -> bool;
    /// Whether a check-in of it was acknowledged, at its provider or here.
    fn is_acknowledged(&self, goal: &Goal, check_in: &CheckInId) -> bool;
    /// Whether its plan waits for my approval, which I can give.
    fn waits_for_my_approval(&self, goal: &Goal) -> bool;
}

/// What is let through or not: a goal, or something about one with words of its own.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The goal; none where it is about none.
    pub goal: Option<&'a Goal>,
    /// More texts in which plain words may stand.
    pub texts: &'a [&'a str],
}

impl Filter {
    /// Whether it lets a goal through.
    pub fn matches(&self, goal: &Goal, around: &impl Around) -> bool {
        let goal = Some(goal);
        self.lets_through(&Subject { goal, texts: &[] }, around)
    }

    /// Whether it lets something through that may be about a goal.
    pub fn lets_through(&self, subject: &Subject<'_>, around: &impl Around) -> bool {
        self.by_cost.iter().all(|place| {
            let Some(term) = self.terms.get(*place) else {
                return true;
            };
            let holds = match (&term.test, subject.goal) {
                (Test::Word(word), goal) => {
                    subject.texts.iter().any(|text| word.is_in(text))
                        || goal.is_some_and(|goal| is_word_in(word, goal, around))
                }
                (test, Some(goal)) => self.holds(test, goal, around),
                (_, None) => false,
            };
            holds != term.not
        })
    }

    fn holds(&self, test: &Test, goal: &Goal, around: &impl Around) -> bool {
        match test {
            Test::Word(word) => is_word_in(word, goal, around),
            Test::Status(values) => values.iter().any(|said| is_said(said, goal, around)),
            Test::Owner(values) => {
                let owner = goal.champion.as_ref();
                values.iter().any(|who| is_who(who, owner, goal, around))
            }
            Test::Reviewer(values) => {
                let reviewer = goal.reviewer.as_ref();
                values.iter().any(|who| is_who(who, reviewer, goal, around))
            }
            Test::Account(values) => values.iter().any(|name| {
                name.is_all_of(goal.account.as_str())
                    || name.is_all_of(around.system(&goal.account))
            }),
            Test::Kind(values) => values.iter().any(|kind| {
                *kind == goal.nature.word()
                    || goal
                        .results
                        .iter()
                        .any(|result| *kind == result.kind.code())
            }),
            Test::Due(values) => values.iter().any(|due| self.is_due(due, goal)),
            Test::Is(states) => states.iter().any(|state| self.is(*state, goal, around)),
            Test::Progress(values) => {
                let figures = around.figures(&goal.id);
                let shown = figures.and_then(Figures::shown_progress);
                let shown = shown.and_then(progress::whole_percent);
                values.iter().any(|amount| amount.is(shown))
            }
            Test::Behind(values) => {
                let gap = around.figures(&goal.id).and_then(|figures| figures.gap);
                let behind = gap.map(|gap| progress::points(-gap));
                values.iter().any(|amount| amount.is(behind))
            }
            Test::Parent(values) => is_below(values, goal, around),
            Test::Tag(values) => values.iter().any(|tag| match tag {
                Name::None => goal.tags.is_empty(),
                Name::Named(word) => goal.tags.iter().any(|tag| word.is_all_of(tag)),
            }),
        }
    }

    fn is_due(&self, due: &Due, goal: &Goal) -> bool {
        let within = |day: NaiveDate, from: &Option<NaiveDate>, to: &Option<NaiveDate>| {
            from.is_none_or(|from| day >= from) && to.is_none_or(|to| day <= to)
        };
        match (due, goal.due) {
            (Due::None, day) => day.is_none(),
            (Due::Overdue, Some(day)) => day < self.today && goal.is_open(),
            (Due::Between(from, to, _), Some(day)) => within(day, from, to),
            (_, None) => false,
        }
    }

    fn is(&self, state: State, goal: &Goal, around: &impl Around) -> bool {
        let me = || around.me(&goal.account);
        match state {
            State::Mine => me().is_some_and(|me| goal.owes_check_in(me)),
            State::Late => around
                .figures(&goal.id)
                .is_some_and(|figures| figures.late_days > 0),
            State::Changed => around.is_changed(goal),
            State::Stale => {
                let last = goal.last_check_in().map(|last| last.at);
                goal.is_open()
                    && goal.nature != Nature::Folder
                    && last.unwrap_or(goal.created_at) < self.stale_before
            }
            State::Unacked => goal.check_ins.iter().any(|check_in| {
                check_in.waits()
                    && goal.acknowledger(check_in).is_some()
                    && !around.is_acknowledged(goal, &check_in.id)
            }),
            State::Review => {
                let waits_for = |me: &PersonId| {
                    goal.check_ins.iter().any(|check_in| {
                        check_in.waits()
                            && goal.acknowledger(check_in) == Some(me)
                            && !around.is_acknowledged(goal, &check_in.id)
                    })
                };
                me().is_some_and(waits_for) || around.waits_for_my_approval(goal)
            }
            State::Open => goal.is_open(),
            State::Closed => !goal.is_open(),
            State::Pinned => around.is_pinned(&goal.id),
            State::Pending => around.is_pending(&goal.id),
            State::Grafted => around.is_grafted(goal),
            State::Gone => goal.gone.is_some(),
        }
    }
}

fn is_word_in(word: &Word, goal: &Goal, around: &impl Around) -> bool {
    let named = |person: &Option<PersonId>| {
        let person = person.as_ref().and_then(|id| around.person(id));
        person.is_some_and(|person| word.is_in(&person.name))
    };
    word.is_in(&goal.name)
        || word.is_in(&goal.description)
        || goal
            .last_check_in()
            .is_some_and(|last| word.is_in(&last.note))
        || named(&goal.champion)
        || named(&goal.reviewer)
}

fn is_said(said: &Said, goal: &Goal, around: &impl Around) -> bool {
    match said {
        Said::Status(status) => goal.status == *status,
        Said::Outdated => around
            .figures(&goal.id)
            .is_some_and(|figures| matches!(figures.shown, ShownStatus::Outdated(_))),
        Said::Own(word) => {
            let own = goal.status_word.as_deref();
            own.is_some_and(|own| word.is_all_of(own))
        }
    }
}

fn is_who(who: &Who, person: Option<&PersonId>, goal: &Goal, around: &impl Around) -> bool {
    match (who, person) {
        (Who::Nobody, person) => person.is_none(),
        (Who::Me, Some(person)) => around.me(&goal.account) == Some(person),
        (Who::Named(word), Some(id)) => match around.person(id) {
            Some(person) => word.is_in(&person.name) || word.is_all_of(&person.handle),
            // Lists show the id of somebody who is not known.
            None => word.is_all_of(id.as_str()),
        },
        (_, None) => false,
    }
}

fn is_below(names: &[Name], goal: &Goal, around: &impl Around) -> bool {
    let mut above = around.above(goal);
    if above.is_none() {
        return names.contains(&Name::None);
    }
    for _ in 0..HIGHEST {
        let Some(parent) = above else { break };
        let is_it = |name: &Name| match name {
            Name::None => false,
            Name::Named(word) => word.is_in(&parent.name) || word.is_all_of(parent.id.as_str()),
        };
        if names.iter().any(is_it) {
            return true;
        }
        above = around.above(parent);
    }
    false
}

impl Amount {
    /// Whether a whole number, as lists show it, is this amount.
    fn is(self, shown: Option<i64>) -> bool {
        let (compare, number) = match self {
            Amount::None => return shown.is_none(),
            Amount::Is(compare, number) => (compare, number),
        };
        let Some(shown) = shown else {
            return false;
        };
        let shown = shown as f64;
        match compare {
            Compare::Less => shown < number,
            Compare::AtMost => shown <= number,
            Compare::Equal => shown == number,
            Compare::AtLeast => shown >= number,
            Compare::More => shown > number,
        }
    }
}
