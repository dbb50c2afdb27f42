//! Workspaces of any size to measure with: four levels of goals, one in ten with
//! five key results, one in a hundred with twenty check-ins. The same size, seed
//! and moment give the same workspace.

use chrono::{Days, NaiveDate, TimeDelta};

use crate::model::cadence::Cadence;
use crate::model::check_in::{Acknowledged, CheckIn, Comment, ValueChange};
use crate::model::goal::Goal;
use crate::model::ids::{AccountName, GoalId, PersonId, ResultId};
use crate::model::key_result::{Guardrail, KeyResult, Kind, Reading};
use crate::model::person::Person;
use crate::model::status::Status;
use crate::model::time::Now;

/// What was made.
#[derive(Clone, Debug, PartialEq)]
pub struct Made {
    /// Everybody; `ACCOUNT:me` is the first.
    pub people: Vec<Person>,
    /// Goals, parents before their children.
    pub goals: Vec<Goal>,
}

/// How many goals I am champion of and how many check-ins wait for me, at most:
/// one person's share does not grow with the company.
const MINE: usize = 30;

/// Check-ins of a goal that has any.
const CHECK_INS: usize = 20;

/// Makes a workspace of so many goals, as of `now`.
pub fn generate(goals: usize, seed: u64, now: Now, account: &AccountName) -> Made {
    let mut maker = Maker {
        dice: Dice(seed),
        now,
        account,
        people: people(account, goals),
        mine_every: (goals / MINE).max(7),
        waiting: 0,
    };
    let mut made = Vec::with_capacity(goals);
    for index in 0..goals {
        let goal = maker.goal(index, goals);
        made.push(goal);
    }
    Made {
        people: maker.people,
        goals: made,
    }
}

/// Randomness that is the same everywhere (SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to below `end`; 0 if that is 0.
    fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.roll() % end).unwrap_or(0)
    }

    /// From 0 to below 1.
    fn share(&mut self) -> f64 {
        (self.roll() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn pick<T: Copy>(&mut self, from: &[T], otherwise: T) -> T {
        let place = self.below(from.len());
        from.get(place).copied().unwrap_or(otherwise)
    }
}

const FIRST_NAMES: [&str; 24] = [
    "Ana", "Bo", "Chidi", "Dora", "Emre", "Freja", "Gil", "Hana", "Ivo", "Jun", "Kofi", "Lea",
    "Mei", "Nils", "Olga", "Pia", "Quim", "Rosa", "Sven", "Tove", "Uma", "Vera", "Wim", "Yusuf",
];

const LAST_NAMES: [&str; 20] = [
    "Adler", "Berg", "Costa", "Dahl", "Evans", "Farkas", "Garcia", "Holm", "Ito", "Jansen",
    "Kranz", "Larsen", "Moreau", "Novak", "Okafor", "Petrov", "Quist", "Rossi", "Silva", "Turan",
];

const DOING: [&str; 20] = [
    "Raise",
    "Lower",
    "Launch",
    "Simplify",
    "Double",
    "Halve",
    "Rebuild",
    "Measure",
    "Automate",
    "Open",
    "Stabilise",
    "Shorten",
    "Win back",
    "Clean up",
    "Document",
    "Test",
    "Move",
    "Retire",
    "Speed up",
    "Finish",
];

const THINGS: [&str; 24] = [
    "trial conversion",
    "onboarding",
    "the billing system",
    "support answers",
    "the mobile app",
    "partner sign-ups",
    "search quality",
    "release time",
    "the data pipeline",
    "hiring",
    "page speed",
    "churn",
    "the audit",
    "renewals",
    "incident response",
    "the warehouse",
    "travel costs",
    "the handbook",
    "accessibility",
    "test coverage",
    "delivery times",
    "energy use",
    "the price list",
    "customer interviews",
];

const WHERE: [&str; 20] = [
    "in Portugal",
    "in the north",
    "for teams",
    "for new accounts",
    "for schools",
    "on tablets",
    "in the web shop",
    "for partners",
    "at night",
    "in the cloud",
    "for the second line",
    "in Japan",
    "before the fair",
    "for large accounts",
    "in the first week",
    "at the harbour",
    "for volunteers",
    "in three languages",
    "for the field",
    "without a phone",
];

const NOTES: [&str; 8] = [
    "As planned; nothing blocks us.",
    "Slower than hoped: two people were ill.\n\n## Next\n- [ ] catch up on the tests",
    "The new supplier answers within a day. Next week we try the second warehouse.",
    "## What moved\nFirst results are in and look good.\n\n## Blockers\nnone",
    "We lost a week to the migration. It is done now.",
    "Three of five teams use it; the other two start on Monday.",
    "I do not understand the drop on Tuesday yet. Looking into it.",
    "Cheaper than thought, so we do a bit more of it.",
];

const SPACES: [&str; 8] = [
    "Growth",
    "Product",
    "Support",
    "Finance",
    "People",
    "Sales",
    "Logistics",
    "Platform",
];

/// Name, unit, start, target.
const MEASURES: [(&str, &str, f64, f64); 10] = [
    ("Sign-ups a week", "", 40.0, 200.0),
    ("Median first answer", "h", 48.0, 8.0),
    ("Monthly churn", "%", 4.1, 2.0),
    ("Interviews held", "", 0.0, 30.0),
    ("Time to release", "days", 14.0, 3.0),
    ("Cost of a delivery", "EUR", 9.5, 7.0),
    ("Tests that fail by chance", "", 60.0, 5.0),
    ("Partners signed", "", 0.0, 12.0),
    ("Open positions filled", "", 0.0, 8.0),
    ("Page load", "s", 3.2, 1.2),
];

fn people(account: &AccountName, goals: usize) -> Vec<Person> {
    let count = (goals / 50).clamp(5, FIRST_NAMES.len() * LAST_NAMES.len());
    let me = Person {
        id: PersonId::new(format!("{account}:me")),
        account: account.clone(),
        name: "Mara Engel".to_owned(),
        handle: "mara".to_owned(),
    };
    let others = (0..count).map(|place| {
        let first = FIRST_NAMES[place % FIRST_NAMES.len()];
        let last = LAST_NAMES[(place + place / FIRST_NAMES.len() * 7) % LAST_NAMES.len()];
        Person {
            id: PersonId::new(format!("{account}:p-{place}")),
            account: account.clone(),
            name: format!("{first} {last}"),
            handle: format!("{}.{}", first.to_lowercase(), last.to_lowercase()),
        }
    });
    std::iter::once(me).chain(others).collect()
}

struct Maker<'a> {
    dice: Dice,
    now: Now,
    account: &'a AccountName,
    people: Vec<Person>,
    mine_every: usize,
    waiting: usize,
}

/// The place of the parent: one goal in a hundred is at the top, nine under
/// those, thirty under these, sixty at the fourth level.
fn parent_of(index: usize, goals: usize, dice: &mut Dice) -> Option<usize> {
    let end = |percent: usize| (goals * percent).div_ceil(100).max(1);
    let (first, second, third) = (end(1), end(10), end(40));
    match index {
        index if index < first => None,
        index if index < second => Some(dice.below(first)),
        index if index < third => Some(first + dice.below(second - first)),
        _ => Some(second + dice.below(third.saturating_sub(second))),
    }
    .filter(|parent| *parent < index)
}

impl Maker<'_> {
    fn id(&self, index: usize) -> GoalId {
        GoalId::new(format!("{}:g-{index}", self.account))
    }

    fn me(&self) -> PersonId {
        PersonId::new(format!("{}:me", self.account))
    }

    fn somebody(&mut self) -> PersonId {
        let others = self.people.len().saturating_sub(1);
        let place = 1 + self.dice.below(others);
        self.people
            .get(place)
            .map_or_else(|| self.me(), |person| person.id.clone())
    }

    fn goal(&mut self, index: usize, goals: usize) -> Goal {
        let today = self.now.today();
        let begun = 30 + self.dice.below(60);
        let start = back(today, begun);
        let dice = &mut self.dice;
        let name = format!(
            "{} {} {}",
            dice.pick(&DOING, "Finish"),
            dice.pick(&THINGS, "the audit"),
            dice.pick(&WHERE, "at night")
        );
        let made = self.now.zone.start_of(start) + TimeDelta::hours(9);
        let mut goal = Goal::new(self.id(index), self.account.clone(), name, made);
        goal.parent = parent_of(index, goals, &mut self.dice).map(|parent| self.id(parent));
        goal.position = i64::try_from(index).unwrap_or(i64::MAX);
        goal.space = self.dice.pick(&SPACES, "Product").to_owned();
        goal.start = Some(start);
        goal.due = Some(ahead(start, 92 + self.dice.below(90)));
        goal.champion = Some(if index % self.mine_every == self.mine_every / 2 {
            self.me()
        } else {
            self.somebody()
        });
        goal.reviewer = Some(self.somebody());
        goal.status = self.dice.pick(
            &[
                Status::OnTrack,
                Status::OnTrack,
                Status::OnTrack,
                Status::AtRisk,
                Status::OffTrack,
                Status::NotStarted,
            ],
            Status::OnTrack,
        );
        if index % 10 == 3 {
            goal.results = (0..5).map(|place| self.result(index, place)).collect();
        }
        if index % 100 == 3 {
            self.tell(&mut goal, index);
        }
        goal
    }

    fn result(&mut self, goal: usize, place: usize) -> KeyResult {
        let (name, unit, start, target) = self.dice.pick(&MEASURES, ("Tests", "", 0.0, 1.0));
        let reached = start + (target - start) * self.dice.share();
        let mut result = KeyResult {
            particulars: None,
            id: ResultId::new(format!("{}:r-{goal}-{place}", self.account)),
            name: name.to_owned(),
            kind: Kind::Number,
            unit: unit.to_owned(),
            start,
            target: Some(target),
            current: Some(Reading::Number(rounded(reached))),
            weight: 1.0,
            falling: target < start,
            phases: Vec::new(),
            sum_of: Vec::new(),
            status: None,
        };
        match place {
            3 => {
                result.name = "Error rate under 1 %".to_owned();
                result.kind = Kind::Guardrail(Guardrail {
                    limit: 1.0,
                    above: false,
                    critical: None,
                    strict: false,
                });
                (result.unit, result.target) = (String::new(), None);
                (result.start, result.falling) = (0.0, false);
                result.current = Some(Reading::Number(rounded(self.dice.share() * 1.1)));
            }
            4 => {
                result.name = "Agreed with everybody".to_owned();
                result.kind = Kind::YesNo;
                (result.unit, result.target) = (String::new(), None);
                (result.start, result.falling) = (0.0, false);
                result.current = Some(Reading::Yes(self.dice.below(2) == 1));
            }
            _ => {}
        }
        result
    }

    /// Twenty check-ins, one every few days, the last within a week.
    fn tell(&mut self, goal: &mut Goal, index: usize) {
        let for_me = self.waiting < MINE && goal.champion != Some(self.me());
        if for_me {
            goal.reviewer = Some(self.me());
            self.waiting += 1;
        }
        let author = goal.champion.clone().unwrap_or_else(|| self.me());
        let reader = goal.reviewer.clone().unwrap_or_else(|| self.me());
        let newest = self.now.at - TimeDelta::hours(2 + i64::from(self.dice.below(120) as u32));
        let finals: Vec<(f64, f64)> = goal
            .results
            .iter()
            .map(|result| {
                let reading = result.current.as_ref().map_or(0.0, Reading::number);
                (result.start, reading)
            })
            .collect();
        goal.cadence = Cadence::Weekly(chrono::Datelike::weekday(&ahead(
            self.now.today(),
            1 + self.dice.below(6),
        )));
        let mut before: Vec<Option<Reading>> = vec![None; goal.results.len()];
        for number in 0..CHECK_INS {
            let days_ago = (CHECK_INS - 1 - number) * 7 / 2;
            let at = newest - TimeDelta::days(i64::try_from(days_ago).unwrap_or(0));
            let id = format!("{}:c-{index}-{number}", self.account);
            let mut check_in = CheckIn::new(id.as_str().into(), author.clone(), at);
            check_in.status = Some(match number + 4 {
                done if done >= CHECK_INS => goal.status,
                _ => Status::OnTrack,
            })
            .filter(|status| Status::CHOICES.contains(status))
            .or(Some(Status::OnTrack));
            self.dice.pick(&NOTES, "").clone_into(&mut check_in.note);
            let way = (number + 1) as f64 / CHECK_INS as f64;
            for (place, result) in goal.results.iter().enumerate() {
                let (start, end) = finals.get(place).copied().unwrap_or_default();
                let now = match (&result.kind, &result.current) {
                    (_, Some(last)) if number + 1 == CHECK_INS => last.clone(),
                    (Kind::YesNo, _) => Reading::Yes(false),
                    _ => Reading::Number(rounded(start + (end - start) * way)),
                };
                let old = before.get_mut(place);
                check_in.values.push(ValueChange {
                    result: result.id.clone(),
                    before: old.and_then(|old| old.replace(now.clone())),
                    now,
                });
            }
            let is_last = number + 1 == CHECK_INS;
            if !(is_last && for_me) {
                check_in.acknowledged = Some(Acknowledged {
                    by: reader.clone(),
                    at: at + TimeDelta::hours(1),
                });
            }
            if number % 7 == 2 {
                check_in.comments.push(Comment {
                    id: format!("{}:m-{index}-{number}", self.account)
                        .as_str()
                        .into(),
                    author: reader.clone(),
                    at: at + TimeDelta::minutes(90),
                    text: "thank you, that helps".to_owned(),
                });
            }
            goal.updated_at = at;
            goal.check_ins.push(check_in);
        }
        goal.created_at = goal
            .check_ins
            .first()
            .map_or(goal.created_at, |first| goal.created_at.min(first.at));
        let last = goal.check_ins.last();
        goal.status = last
            .and_then(|check_in| check_in.status)
            .unwrap_or(goal.status);
    }
}

/// At most two decimals, as people type.
fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

fn back(day: NaiveDate, days: usize) -> NaiveDate {
    let days = Days::new(u64::try_from(days).unwrap_or(0));
    day.checked_sub_days(days).unwrap_or(day)
}

fn ahead(day: NaiveDate, days: usize) -> NaiveDate {
    let days = Days::new(u64::try_from(days).unwrap_or(0));
    day.checked_add_days(days).unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use super::*;
    use crate::model::time::Zone;

    fn made(goals: usize, seed: u64) -> Made {
        let day = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
        let at = Zone::utc().start_of(day) + TimeDelta::hours(10);
        generate(goals, seed, Now::new(at, Zone::utc()), &"big".into())
    }

    #[test]
    fn the_same_seed_makes_the_same_workspace() {
        assert_eq!(made(300, 1), made(300, 1));
        assert_ne!(made(300, 1), made(300, 2));
    }

    #[test]
    fn every_size_is_made_to_the_goal() {
        for goals in [0, 1, 2, 3, 5, 99, 100, 101] {
            assert_eq!(made(goals, 1).goals.len(), goals);
        }
    }

    #[test]
    fn it_has_the_shape_that_is_measured() {
        let made = made(5_000, 1);
        let mut depths: HashMap<&GoalId, usize> = HashMap::new();
        for goal in &made.goals {
            let depth = goal.parent.as_ref().map_or(0, |parent| depths[parent] + 1);
            assert!(depths.insert(&goal.id, depth).is_none(), "ids differ");
        }
        let at = |depth: usize| depths.values().filter(|found| **found == depth).count();
        assert_eq!([at(0), at(1), at(2), at(3)], [50, 450, 1500, 3000]);
        let with =
            |holds: &dyn Fn(&Goal) -> bool| made.goals.iter().filter(|goal| holds(goal)).count();
        assert_eq!(with(&|goal| goal.results.len() == 5), 500);
        assert_eq!(with(&|goal| goal.check_ins.len() == 20), 50);
        let me = PersonId::new("big:me");
        assert_eq!(with(&|goal| goal.champion.as_ref() == Some(&me)), 30);
        let waiting = made.goals.iter().flat_map(|goal| {
            goal.check_ins
                .iter()
                .filter(|one| one.waits() && goal.acknowledger(one) == Some(&me))
        });
        assert_eq!(waiting.count(), 30);
        let people: HashSet<&PersonId> = made.people.iter().map(|person| &person.id).collect();
        assert_eq!(people.len(), made.people.len());
        for goal in &made.goals {
            assert!(people.contains(goal.champion.as_ref().unwrap()));
            assert!(goal.check_ins.is_sorted_by_key(|check_in| check_in.at));
            assert!(goal.start <= goal.due);
            if let Some(last) = goal.last_check_in() {
                for result in &goal.results {
                    assert_eq!(last.value_of(&result.id), result.current.as_ref());
                }
            }
        }
    }
}
