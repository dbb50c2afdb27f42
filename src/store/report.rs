//! A week of goals as a report: what moved between its two ends, what is in
//! trouble, what is missing. Reads the store and what it was told of the past
//! ([`Command::Recall`](super::effect::Command::Recall) since [`begin`] makes that
//! complete); goals of which nothing is to be told cost next to nothing.

use std::borrow::Cow;
use std::collections::HashMap;

use chrono::TimeDelta;

use crate::model::balance::{self, Turn, Waiting};
use crate::model::check_in::{CheckIn, Occasion};
use crate::model::entry::EntryState;
use crate::model::exchange::FaultKind;
use crate::model::figures::{Context, Figures, figures};
use crate::model::goal::{Goal, Nature};
use crate::model::history;
use crate::model::ids::{GoalId, PersonId};
use crate::model::past;
use crate::model::report::{
    Acknowledged, Before, Closed, GoalWeek, Missing, Owed, Report, ResultWeek, Said, Sheet, Unsent,
    Waiter,
};
use crate::model::status::Status;
use crate::model::time::{Now, Time};
use crate::model::week::Week;
use crate::model::{dates, pace, progress, why};

use super::{Account, AccountState, Store};

/// What a report is to be of.
pub struct Wish<'a> {
    /// Which week; at the latest the present one.
    pub week: Week,
    /// Which goals, in words: `All goals`.
    pub view: String,
    /// Whether a goal, as it is now, is among them.
    pub includes: &'a dyn Fn(&Goal) -> bool,
    /// How key results went over time as well.
    pub charts: bool,
}

/// The moment from which the past has to be known for a report of this week: four
/// weeks of answers do not need it, the week does.
pub fn begin(week: Week, now: &Now) -> Time {
    week.span(now.zone).0 - A_MOMENT
}

/// A week ends before the next begins.
const A_MOMENT: TimeDelta = TimeDelta::nanoseconds(1);
/// Answers are also counted over this stretch, up to the end of the week.
const FOUR_WEEKS: TimeDelta = TimeDelta::days(28);
/// Goals under goals under goals: deeper than this the present figure counts.
const DEEPEST: usize = 64;

/// The report of a week.
pub fn report(store: &Store, wish: &Wish<'_>, now: &Now) -> Report {
    let (start, end) = wish.week.span(now.zone);
    let is_running = now.at < end;
    let until = if is_running { now.at } else { end - A_MOMENT };
    let mut maker = Maker {
        store,
        wish,
        week: (start, end),
        now: Now::new(until, now.zone),
        is_running,
        before: Tally::new(start - A_MOMENT),
        after: Tally::new(until),
        goals: 0,
        results: 0,
        turns: Vec::new(),
    };
    let mut rows = maker.rows();
    rows.sort_by(|one, other| {
        (other.attention.cmp(&one.attention))
            .then_with(|| one.name.cmp(&other.name))
            .then_with(|| one.id.cmp(&other.id))
    });
    Report {
        week: wish.week,
        view: wish.view.clone(),
        now: maker.now,
        is_running,
        goals: maker.goals,
        results: maker.results,
        missing: missing(store, now),
        rows,
        unsent: unsent(store, wish, end, now),
        balance: maker.sheet(),
    }
}

/// Progress of goals at a moment, each reckoned once.
struct Tally {
    moment: Time,
    known: HashMap<GoalId, Option<f64>>,
}

impl Tally {
    fn new(moment: Time) -> Self {
        Self {
            moment,
            known: HashMap::new(),
        }
    }

    /// Our own count of a goal, raw.
    fn own(&mut self, store: &Store, goal: &Goal, depth: usize) -> Option<f64> {
        let parts = self.parts(store, goal, depth);
        progress::roll_up(goal, &parts, store.rules())
    }

    /// Weight and progress of the goals that count in one.
    fn parts(&mut self, store: &Store, goal: &Goal, depth: usize) -> Vec<(f64, Option<f64>)> {
        if !progress::counts_children(goal, store.rules()) {
            return Vec::new();
        }
        let children = store.children(&goal.id);
        let mut parts = Vec::with_capacity(children.len());
        for id in children {
            let Some(child) = then(store, &id, self.moment) else {
                continue;
            };
            if child.gone.is_none() {
                parts.push((child.weight, self.part(store, &child, depth + 1)));
            }
        }
        parts
    }

    /// The progress of a goal as a part of the one above it.
    fn part(&mut self, store: &Store, goal: &Goal, depth: usize) -> Option<f64> {
        if let Some(known) = self.known.get(&goal.id) {
            return *known;
        }
        if depth > DEEPEST {
            return store.figures(&goal.id).and_then(Figures::as_part);
        }
        // Whatever leads back to this one must not go round.
        self.known.insert(goal.id.clone(), None);
        let grafted = store.figures(&goal.id).is_some_and(|all| all.grafted > 0);
        let theirs = goal.provider_progress.filter(|theirs| theirs.is_finite());
        let own = |tally: &mut Self| tally.own(store, goal, depth);
        let part = match theirs {
            Some(theirs) if !grafted => Some(theirs),
            theirs => own(self).or(theirs),
        };
        self.known.insert(goal.id.clone(), part);
        part
    }
}

/// How a goal was at a moment: itself where nothing changed since.
fn then<'a>(store: &'a Store, id: &GoalId, moment: Time) -> Option<Cow<'a, Goal>> {
    match store.goal(id) {
        Some(goal) if is_as_it_was(store, goal, moment) => {
            (goal.created_at <= moment).then_some(Cow::Borrowed(goal))
        }
        _ => store.goal_at(id, moment).map(Cow::Owned),
    }
}

/// Whether nothing was done with a goal after a moment, as far as is known.
fn is_as_it_was(store: &Store, goal: &Goal, moment: Time) -> bool {
    let is_older = |check_in: &CheckIn| {
        let acknowledged = check_in.acknowledged.as_ref();
        check_in.at <= moment
            && acknowledged.is_none_or(|one| one.at <= moment)
            && check_in.comments.iter().all(|one| one.at <= moment)
    };
    is_headline_as_it_was(store, goal, moment)
        && goal.comments.iter().all(|one| one.at <= moment)
        && goal.check_ins.iter().all(is_older)
}

/// The same for values, status, days and people alone; cheap.
fn is_headline_as_it_was(store: &Store, goal: &Goal, moment: Time) -> bool {
    let last = goal.last_check_in();
    last.is_none_or(|last| last.at <= moment)
        && store
            .past(&goal.id)
            .last()
            .is_none_or(|past| past.until <= moment)
}

/// A goal without anybody's words, to be led back in time: with many goals texts are
/// most of what is copied.
fn bones(goal: &Goal) -> Goal {
    let check_ins = goal.check_ins.iter().map(|check_in| {
        let mut bare = CheckIn::new(check_in.id.clone(), check_in.author.clone(), check_in.at);
        bare.occasion = check_in.occasion;
        bare.status = check_in.status;
        bare.values.clone_from(&check_in.values);
        bare.due_moved = check_in.due_moved;
        bare.score = check_in.score;
        bare
    });
    let mut bare = Goal::new(goal.id.clone(), goal.account.clone(), "", goal.created_at);
    bare.nature = goal.nature;
    bare.parent.clone_from(&goal.parent);
    bare.champion.clone_from(&goal.champion);
    bare.start = goal.start;
    bare.due = goal.due;
    bare.status = goal.status;
    bare.closed.clone_from(&goal.closed);
    bare.weight = goal.weight;
    bare.provider_progress = goal.provider_progress;
    bare.results.clone_from(&goal.results);
    bare.check_ins = check_ins.collect();
    bare
}

struct Maker<'a> {
    store: &'a Store,
    wish: &'a Wish<'a>,
    week: (Time, Time),
    /// The end of the week, or the present.
    now: Now,
    is_running: bool,
    before: Tally,
    after: Tally,
    goals: usize,
    results: usize,
    turns: Vec<Turn>,
}

impl<'a> Maker<'a> {
    fn rows(&mut self) -> Vec<GoalWeek> {
        let mut rows = Vec::new();
        for goal in self.store.goals() {
            if goal.gone.is_none() && (self.wish.includes)(goal) {
                rows.extend(self.row_of(&goal.id));
            }
        }
        // What was deleted since was there in its week.
        let deleted = self.store.pasts();
        let deleted = deleted.filter(|id| self.store.goal(id).is_none());
        let mut deleted: Vec<&GoalId> = deleted.collect();
        deleted.sort();
        for id in deleted {
            let was = self.store.goal_at(id, self.now.at);
            if was.is_some_and(|was| (self.wish.includes)(&was)) {
                rows.extend(self.row_of(id));
            }
        }
        rows
    }

    /// How a goal stands at the end; the present one while the week goes on.
    fn at_end(&self, id: &GoalId) -> Option<Cow<'a, Goal>> {
        match self.is_running {
            true => self.store.goal(id).map(Cow::Borrowed),
            false => then(self.store, id, self.now.at),
        }
    }

    fn row_of(&mut self, id: &GoalId) -> Option<GoalWeek> {
        let goal = self.at_end(id)?;
        if goal.nature == Nature::Folder {
            return None;
        }
        if let Some(me) = self.store.me(&goal.account) {
            self.turns.extend(self.turns_of(&goal, me));
        }
        let closed = goal.closed.as_ref().map(|closing| closing.at);
        if closed.is_none_or(|at| at >= self.week.0) {
            self.goals += 1;
            self.results += goal.results.len();
        }
        let row = self.told(&goal)?;
        Some(row)
    }

    fn turns_of(&self, goal: &Goal, me: &PersonId) -> Vec<Turn> {
        let store = self.store;
        let until = self.now.at;
        let kept_here = |id: &_| store.marks().acknowledged(id).filter(|at| *at <= until);
        balance::turns(goal, me, &kept_here, &|id| store.name_of(id))
    }

    fn is_in_week(&self, at: Time) -> bool {
        (self.week.0..self.week.1).contains(&at)
    }

    /// What is to be told of a goal; none if nothing is.
    fn told(&mut self, goal: &Goal) -> Option<GoalWeek> {
        let store = self.store;
        let figures = self.figures(goal);
        let is_new = self.is_in_week(goal.created_at);
        let closing = goal.closed.as_ref().filter(|one| self.is_in_week(one.at));
        let is_trouble = goal.is_open() && matches!(goal.status, Status::AtRisk | Status::OffTrack);
        let owed = self.owed(goal, &figures);
        let said: Vec<&CheckIn> = goal
            .check_ins
            .iter()
            .rev()
            .take_while(|one| one.at >= self.week.0)
            .collect();
        let acknowledged = self.acknowledged(goal);
        let is_plain = !is_new
            && closing.is_none()
            && !is_trouble
            && owed.is_none()
            && said.is_empty()
            && acknowledged.is_empty();
        let counts_others = progress::counts_children(goal, store.rules());
        let is_still = is_headline_as_it_was(store, goal, self.before.moment);
        if is_plain && is_still && !counts_others {
            return None;
        }
        let before = self.goal_before(goal, is_still);
        let (was, is) = self.progress(goal, before.as_deref(), &figures);
        let name = |id: &Option<PersonId>| id.as_ref().map(|id| store.name_of(id));
        let row = GoalWeek {
            id: goal.id.clone(),
            account: goal.account.clone(),
            name: goal.name.clone(),
            link: goal.link.clone(),
            champion: name(&goal.champion),
            reviewer: name(&goal.reviewer),
            start: goal.start,
            due: goal.due,
            status: figures.shown,
            status_word: goal.status_word.clone(),
            progress: is,
            expected: figures.expected,
            attention: figures.attention,
            before: before.as_deref().map(|before| Before {
                status: before.status,
                progress: was,
                due: before.due,
                champion: name(&before.champion),
            }),
            results: Vec::new(),
            said: Vec::new(),
            acknowledged,
            why: Vec::new(),
            owed,
            is_new,
            closed: None,
        };
        let results = self.results_of(goal, before.as_deref());
        let row = GoalWeek { results, ..row };
        if is_plain && !row.is_moved() {
            return None;
        }
        let closed = closing.map(|closing| self.closed(goal, closing.at, closing.score));
        let why = match is_trouble {
            true => self.why(goal, &figures),
            false => Vec::new(),
        };
        let said = said.into_iter().rev().filter(|one| one.at < self.week.1);
        Some(GoalWeek {
            said: said.map(|one| self.said(one)).collect(),
            closed,
            why,
            ..row
        })
    }

    /// The goal as it was when the week began; without words unless it is the same.
    fn goal_before<'g>(&self, goal: &'g Goal, is_still: bool) -> Option<Cow<'g, Goal>> {
        let moment = self.before.moment;
        if is_still {
            return (goal.created_at <= moment).then_some(Cow::Borrowed(goal));
        }
        let kept = self.store.past(&goal.id);
        past::at(Some(&bones(goal)), kept, moment).map(Cow::Owned)
    }

    fn figures(&mut self, goal: &Goal) -> Figures {
        if self.is_running
            && let Some(figures) = self.store.figures(&goal.id)
        {
            return *figures;
        }
        let parts = self.after.parts(self.store, goal, 0);
        let context = Context {
            now: &self.now,
            rules: self.store.rules(),
        };
        figures(goal, &parts, &context)
    }

    /// Progress before and after, counted alike: by the provider's figures if both
    /// are known, else by ours.
    fn progress(
        &mut self,
        goal: &Goal,
        before: Option<&Goal>,
        figures: &Figures,
    ) -> (Option<f64>, Option<f64>) {
        let shown = figures.shown_progress();
        let Some(before) = before else {
            return (None, shown);
        };
        let is_finite = |theirs: &f64| theirs.is_finite();
        if let (Some(was), Some(is)) =
            (before.provider_progress.filter(is_finite), figures.provider)
        {
            return (Some(was), Some(is));
        }
        let own = figures.progress.map(|progress| progress.raw);
        let was = self.before.own(self.store, before, 0);
        match (was, own) {
            (Some(was), Some(is)) => (Some(was), Some(is)),
            _ => (
                None,
                shown.or_else(|| goal.provider_progress.filter(is_finite)),
            ),
        }
    }

    fn results_of(&self, goal: &Goal, before: Option<&Goal>) -> Vec<ResultWeek> {
        let goal = match self.is_running {
            true => self.store.summed(goal),
            false => Cow::Borrowed(goal),
        };
        let kept = match self.wish.charts {
            true => self.store.past(&goal.id),
            false => &[],
        };
        let rules = self.store.rules();
        let results = goal.results.iter();
        let results = results.map(|result| {
            let was = before.and_then(|before| before.result(&result.id));
            // Texts tell neither, and both take their time.
            let pictured = self.wish.charts.then(|| {
                let pace = pace::of_result(&goal, result, &self.now, rules);
                let history = history::series(&goal, result, kept, &self.now);
                (pace.map(|pace| pace.expected), history)
            });
            let (expected, history) = pictured.unwrap_or_default();
            ResultWeek {
                before: match result.sum_of.is_empty() {
                    true => was.and_then(|was| was.current.clone()),
                    // Nobody kept what was added up.
                    false => result.current.clone(),
                },
                expected,
                history,
                result: result.clone(),
            }
        });
        results.collect()
    }

    fn why(&self, goal: &Goal, figures: &Figures) -> Vec<why::Why> {
        let store = self.store;
        let context = Context {
            now: &self.now,
            rules: store.rules(),
        };
        let goal = match self.is_running {
            true => store.summed(goal),
            false => Cow::Borrowed(goal),
        };
        // Nobody is "you" to who reads it.
        let names = |id: &PersonId| store.name_of(id);
        let mut reasons = why::why(&goal, figures, &context, None, &names);
        if reasons.is_empty() {
            reasons.extend(self.set_so(&goal));
        }
        reasons
    }

    /// Who said that a goal is at risk, where nothing else speaks for it.
    fn set_so(&self, goal: &Goal) -> Option<why::Why> {
        let told = goal.check_ins.iter().rev();
        let mut told = told.take_while(|one| one.status.is_none_or(|said| said == goal.status));
        let first = told.by_ref().filter(|one| one.status.is_some()).last()?;
        let who = self.store.name_of(&first.author);
        let words = goal.status.words();
        let when = dates::on_day(first.at, &self.now);
        let text = format!("{who} set it {} {when}", words.word);
        Some(why::Why {
            code: words.code,
            rank: 13,
            points: None,
            short: text.clone(),
            text,
        })
    }

    fn owed(&self, goal: &Goal, figures: &Figures) -> Option<Owed> {
        let due = figures.check_in_due.filter(|_| goal.is_open())?;
        let last = self.wish.week.days().1.min(self.now.today());
        if due > last {
            return None;
        }
        Some(Owed {
            due,
            late_days: figures.late_days,
            by: goal.champion.as_ref().map(|id| self.store.name_of(id)),
        })
    }

    fn said(&self, check_in: &CheckIn) -> Said {
        Said {
            id: check_in.id.clone(),
            at: check_in.at,
            by: self.store.name_of(&check_in.author),
            occasion: check_in.occasion,
            status: check_in.status,
            note: check_in.note.clone(),
        }
    }

    /// Check-ins acknowledged in the week, at the provider or here.
    fn acknowledged(&self, goal: &Goal) -> Vec<Acknowledged> {
        let store = self.store;
        let known = goal.check_ins.iter().filter_map(|check_in| {
            let here = || {
                let at = store.marks().acknowledged(&check_in.id)?;
                Some((at, store.me(&goal.account)?))
            };
            let there = check_in.acknowledged.as_ref();
            let (at, by) = there.map(|one| (one.at, &one.by)).or_else(here)?;
            self.is_in_week(at).then(|| Acknowledged {
                id: check_in.id.clone(),
                written: check_in.at,
                author: store.name_of(&check_in.author),
                at,
                by: store.name_of(by),
            })
        });
        let mut known: Vec<Acknowledged> = known.collect();
        known.sort_by_key(|one| one.at);
        known
    }

    fn closed(&self, goal: &Goal, at: Time, score: Option<f64>) -> Closed {
        let mut closings = goal.check_ins.iter().rev();
        let closing = closings.find(|one| one.occasion == Occasion::Closing);
        Closed {
            at,
            by: closing.map(|one| self.store.name_of(&one.author)),
            score,
            means: score.map(|score| progress::score_words(score, goal.aspirational)),
        }
    }

    /// The balance of who is signed in.
    fn sheet(&self) -> Option<Sheet> {
        let store = self.store;
        let mut accounts = store.accounts();
        let me = accounts.find_map(|account| account.me.as_ref())?;
        let month = self.week.1 - FOUR_WEEKS;
        let balance = balance::balance(&self.turns, self.week, month);
        let waiters = |all: Vec<Waiting>| by_name(all, &|id| store.name_of(id));
        Some(Sheet {
            me: store.name_of(me),
            on_me: waiters(balance.on_me),
            on_others: waiters(balance.on_others),
            mine: balance.mine,
            theirs: balance.theirs,
        })
    }
}

/// Who waits, by name: somebody may be known to several accounts. The order stays.
fn by_name(all: Vec<Waiting>, name: &dyn Fn(&PersonId) -> String) -> Vec<Waiter> {
    let mut waiters: Vec<Waiter> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for one in all {
        let name = name(&one.with);
        let place = *places.entry(name.clone()).or_insert(waiters.len());
        match waiters.get_mut(place) {
            Some(known) => {
                known.check_ins += one.check_ins;
                known.questions += one.questions;
            }
            None => waiters.push(Waiter {
                name,
                check_ins: one.check_ins,
                questions: one.questions,
                since: one.since,
            }),
        }
    }
    waiters
}

/// Accounts of which not everything is known now.
pub fn missing(store: &Store, now: &Now) -> Vec<Missing> {
    let accounts = store.accounts();
    let missing = accounts.filter_map(|account| {
        Some(Missing {
            account: account.setup.name.clone(),
            why: why_missing(account, now)?,
        })
    });
    missing.collect()
}

/// `token expired`, `offline since 10:31, shown as of 10:30`; none if all is there.
fn why_missing(account: &Account, now: &Now) -> Option<String> {
    let why = match &account.state {
        AccountState::Synced => return None,
        AccountState::Reading => match account.waits_until {
            Some(_) => "its limit of requests is reached".to_owned(),
            None => "still being read".to_owned(),
        },
        AccountState::Offline { since, why, .. } => {
            let why = why.trim_end_matches('.');
            match (now.at - *since).num_minutes() {
                0 => why.to_owned(),
                _ => format!("offline since {}: {why}", dates::ago(*since, now)),
            }
        }
        AccountState::Needs(fault) if fault.kind == FaultKind::SignedOut => {
            fault.why.trim_end_matches('.').to_owned()
        }
        AccountState::Needs(fault) => fault.why.trim_end_matches('.').to_owned(),
    };
    Some(match account.synced_at {
        Some(at) => format!("{why}; as of {}", dates::ago(at, now)),
        None => why,
    })
}

/// Writes of the week, or older, that have not arrived.
fn unsent(store: &Store, wish: &Wish<'_>, end: Time, now: &Now) -> Vec<Unsent> {
    let open = store.entries().filter(|entry| {
        let is_open = !matches!(entry.state, EntryState::Sent { .. });
        let mut goals = entry.change.goals().into_iter();
        let known = goals.find_map(|id| store.goal(id));
        is_open && entry.signature.at < end && known.is_none_or(|goal| (wish.includes)(goal))
    });
    let open = open.map(|entry| Unsent {
        id: entry.id.short().to_owned(),
        state: entry.state.word(),
        what: store.describe(entry),
        why: store.standing(entry, now),
        goal: entry.change.goals().first().map(|id| (*id).clone()),
    });
    open.collect()
}
