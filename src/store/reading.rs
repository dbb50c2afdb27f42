//! What screens, command line and derived lists may read: facts with pending
//! writes laid over them, and everything this machine keeps.

use std::borrow::Cow;

use crate::model::entry::{Draft, DraftKey, Entry, Seen};
use crate::model::exchange::{Change, Fault, Query};
use crate::model::figures::{self, Figures};
use crate::model::goal::{Goal, Nature};
use crate::model::ids::{AccountName, CheckInId, EntryId, GoalId, PersonId};
use crate::model::key_result::{KeyResult, Reading};
use crate::model::notification::Notification;
use crate::model::person::Person;
use crate::model::progress::{self, Rules};
use crate::model::time::{Now, Time};
use crate::model::why::{self, Why};

use super::facts::How;
use super::marks::Marks;
use super::{Account, Store, overlay, reckoned};

impl Store {
    /// Grows with every change; a list made from an older revision is stale.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The revision at which rows of lists came, went or moved last: looks, folds
    /// and what an account is doing move none. While a long answer comes in
    /// pieces it grows ten times a second at most.
    pub fn moved(&self) -> u64 {
        self.moved
    }

    /// One goal as it will be when pending writes are through.
    pub fn goal(&self, id: &GoalId) -> Option<&Goal> {
        match self.overlay.goal(id) {
            Some(laid) => laid,
            None => self.facts.goal(id),
        }
    }

    /// All goals, in no order.
    pub fn goals(&self) -> impl Iterator<Item = &Goal> {
        let laid = self.overlay.goals().filter_map(|(_, goal)| goal);
        let over = &self.overlay;
        let told = self
            .facts
            .goals()
            .filter(move |goal| over.goal(&goal.id).is_none());
        told.chain(laid)
    }

    /// The goals of which something may wait for me, in no order: a few of many.
    pub fn mine(&self) -> impl Iterator<Item = &Goal> {
        self.reckoned.mine().filter_map(|id| self.goal(id))
    }

    /// How many goals are known, pending ones not counted.
    pub fn len(&self) -> usize {
        self.facts.len()
    }

    /// Whether no goal is known.
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty() && self.overlay.goals().next().is_none()
    }

    /// The goals directly under this one as their providers have it.
    pub fn own_children(&self, id: &GoalId) -> Vec<GoalId> {
        if self.overlay.is_empty() {
            return self.facts.children(id).to_vec();
        }
        overlay::children(&self.facts, &self.overlay, id)
    }

    /// The moment a goal is of, where that is not now: it was kept on this machine
    /// and its account has not told it since, or does not answer.
    pub fn as_of(&self, id: &GoalId) -> Option<Time> {
        let account = &self.facts.goal(id)?.account;
        let (at, how) = self.facts.told(id)?;
        (how == How::Kept || self.is_offline(account)).then_some(at)
    }

    /// Why an account would not show a goal when it was asked for, if so: other
    /// goals of it work, and what was known of this one stays.
    pub fn trouble(&self, id: &GoalId) -> Option<&Fault> {
        self.troubles.get(id)
    }

    /// Whether all of a goal is being read for who looks at it.
    pub fn is_reading_goal(&self, id: &GoalId) -> bool {
        self.asked
            .is_asking(|query| matches!(query, Query::Goal(asked) if asked == id))
    }

    /// Progress, pace and due day of a goal.
    pub fn figures(&self, id: &GoalId) -> Option<&Figures> {
        self.reckoned.get(id)
    }

    /// The reasons why a goal needs attention, most serious first.
    pub fn why(&self, goal: &Goal, now: &Now) -> Vec<Why> {
        let Some(figures) = self.figures(&goal.id).filter(|_| goal.gone.is_none()) else {
            return Vec::new();
        };
        let names = |id: &PersonId| self.name_of(id);
        let context = figures::Context {
            now,
            rules: &self.rules,
        };
        let goal = self.summed(goal);
        why::why(&goal, figures, &context, self.me(&goal.account), &names)
    }

    /// A goal whose cascaded results have their values added up from below; most
    /// goals have none and are borrowed as they are.
    pub fn summed<'a>(&self, goal: &'a Goal) -> Cow<'a, Goal> {
        if goal.results.iter().all(|result| result.sum_of.is_empty()) {
            return Cow::Borrowed(goal);
        }
        Cow::Owned(reckoned::with_sums(goal, self))
    }

    /// Whose count a goal's progress is, where that is to be told: its provider
    /// counts otherwise, goals of other accounts count in it, or it is a folder, of
    /// which only we count anything.
    pub fn counted_words(&self, goal: &Goal) -> Option<String> {
        let figures = self.figures(&goal.id)?;
        let ours = figures.progress.map(|progress| progress.raw);
        let grafted = figures.grafted;
        if goal.nature == Nature::Folder && figures.provider.is_none() {
            let with = match grafted {
                0 => String::new(),
                some => format!(", {}", progress::with_grafted(some)),
            };
            let below = self.children(&goal.id).len();
            let from = if below == 1 {
                "1 goal"
            } else {
                &format!("{below} goals")
            };
            let counted = progress::percent_spaced(ours?);
            return Some(format!("{counted} is our own count of {from} in it{with}"));
        }
        if figures.provider.is_none() && grafted > 0 {
            let counted = progress::percent_spaced(ours?);
            let with = progress::with_grafted(grafted);
            return Some(format!("{counted} is our own count, {with}"));
        }
        let provider = self.account(&goal.account)?.setup.abilities.provider;
        progress::disagreement(provider, figures.provider, figures.done(), goal, grafted)
    }

    /// Why a write is not even tried, where it is about a folder, which only holds
    /// goals.
    pub fn why_not_folder(&self, change: &Change) -> Option<String> {
        let goals = change.goals().into_iter();
        let mut folders = goals
            .filter_map(|id| self.goal(id))
            .filter(|goal| goal.nature == Nature::Folder);
        let folder = folders.next()?;
        Some(format!(
            "\u{201c}{}\u{201d} is a folder, it only holds goals; choose a goal in it",
            folder.name
        ))
    }

    /// Weight and progress of the goals that count under one, where they count.
    pub fn parts_below(&self, goal: &Goal) -> Vec<(f64, Option<f64>)> {
        if !progress::counts_children(goal, &self.rules) {
            return Vec::new();
        }
        let children = self.children(&goal.id);
        let known = children.iter().filter_map(|id| self.goal(id));
        let known = known.filter(|child| child.gone.is_none());
        let part = |child: &Goal| {
            let figures = self.figures(&child.id);
            (child.weight, figures.and_then(Figures::as_part))
        };
        known.map(part).collect()
    }

    /// How our own figures are counted.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// One person.
    pub fn person(&self, id: &PersonId) -> Option<&Person> {
        let laid = self
            .overlay
            .people()
            .iter()
            .rev()
            .find(|person| &person.id == id);
        laid.or_else(|| self.facts.person(id))
    }

    /// Everybody of an account, by name.
    pub fn people(&self, account: &AccountName) -> Vec<&Person> {
        let mut people: Vec<&Person> = self
            .facts
            .people()
            .filter(|person| &person.account == account)
            .collect();
        people.sort_by(|one, other| one.name.cmp(&other.name).then(one.id.cmp(&other.id)));
        people
    }

    /// A person's full name; the id if they are unknown.
    pub fn name_of(&self, id: &PersonId) -> String {
        self.person(id)
            .map_or_else(|| id.to_string(), |person| person.name.clone())
    }

    /// Who I am in an account.
    pub fn me(&self, account: &AccountName) -> Option<&PersonId> {
        self.accounts.get(account)?.me.as_ref()
    }

    /// Whether this person is me in some account.
    pub fn is_me(&self, id: &PersonId) -> bool {
        self.accounts
            .values()
            .any(|account| account.me.as_ref() == Some(id))
    }

    /// All accounts, in the order of the configuration.
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.order.iter().filter_map(|name| self.accounts.get(name))
    }

    /// One account.
    pub fn account(&self, name: &AccountName) -> Option<&Account> {
        self.accounts.get(name)
    }

    /// Whether an account's list is being read.
    pub fn is_reading(&self, name: &AccountName) -> bool {
        self.asked.is_reading(name)
    }

    /// Until when an account's answer waits because its limit of requests is reached:
    /// it goes on by itself then.
    pub fn waits_until(&self, name: &AccountName, now: &Now) -> Option<Time> {
        let until = self.account(name)?.waits_until?;
        (until > now.at && self.asked.is_asking_account(name)).then_some(until)
    }

    /// When an account is read again by itself.
    pub fn next_reading(&self, name: &AccountName) -> Option<Time> {
        self.asked.next_of(name)
    }

    /// Outbox entries in order of writing.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.outbox.iter()
    }

    /// One outbox entry.
    pub fn entry(&self, id: &EntryId) -> Option<&Entry> {
        self.outbox.get(id)
    }

    /// Entries that are not done: the number behind the outbox sign.
    pub fn unsent(&self) -> usize {
        self.outbox
            .iter()
            .filter(|entry| entry.state.is_pending() || entry.state.needs_person())
            .count()
    }

    /// Whether a write for this goal is on its way.
    pub fn is_pending(&self, goal: &GoalId) -> bool {
        self.overlay.is_pending(goal)
    }

    /// One draft.
    pub fn draft(&self, key: &DraftKey) -> Option<&Draft> {
        self.drafts.get(key)
    }

    /// Whether the disk has all of a draft.
    pub fn is_draft_written(&self, key: &DraftKey) -> bool {
        self.drafts.is_written(key)
    }

    /// All drafts, newest first.
    pub fn drafts(&self) -> Vec<&Draft> {
        let mut drafts: Vec<&Draft> = self.drafts.iter().collect();
        drafts.sort_by(|one, other| {
            other
                .saved_at
                .cmp(&one.saved_at)
                .then(one.key.cmp(&other.key))
        });
        drafts
    }

    /// What is kept here about things of providers.
    pub fn marks(&self) -> &Marks {
        &self.marks
    }

    /// When anything was looked at last before this session.
    pub fn last_look(&self) -> Option<Time> {
        self.last_look
    }

    /// What differs from the last look at a goal, as sentences; and when that was.
    pub fn changes_since_look(&self, goal: &Goal) -> Option<(Time, Vec<String>)> {
        let (at, seen) = self.marks.looked(&goal.id)?;
        let figures = self.figures(&goal.id)?;
        let names = |id: &PersonId| self.name_of(id);
        let changes = figures::changes(seen, &self.summed(goal), figures, &names);
        (!changes.is_empty()).then_some((at, changes))
    }

    /// Whether a goal differs from the last look at it; cheap, for list rows.
    pub fn is_changed_since_look(&self, goal: &Goal) -> bool {
        let (Some((_, seen)), Some(figures)) =
            (self.marks.looked(&goal.id), self.figures(&goal.id))
        else {
            return false;
        };
        figures::is_changed(seen, &self.summed(goal), figures)
    }

    /// Whether a key result's value differs from the last look at its goal.
    pub fn is_result_changed_since_look(&self, goal: &Goal, result: &KeyResult) -> bool {
        let seen = self
            .marks
            .looked(&goal.id)
            .and_then(|(_, seen)| seen.values.get(&result.id));
        let now = result.current.as_ref().map(Reading::number);
        seen.is_some_and(|seen| now.is_some_and(|now| (now - seen).abs() > f64::EPSILON))
    }

    /// What a look at this goal sees now.
    pub(super) fn seen(&self, id: &GoalId) -> Option<Seen> {
        Some(figures::seen(
            &self.summed(self.goal(id)?),
            self.figures(id)?,
        ))
    }

    /// My inbox lines that were not removed, in no order.
    pub fn notifications(&self) -> impl Iterator<Item = &Notification> {
        self.facts.notifications().filter(|line| {
            !self.overlay.done(&line.id).unwrap_or(line.done)
                && self.is_me(&line.to)
                && !self.marks.is_done(line.id.as_str())
        })
    }

    /// Whether an inbox line was read.
    pub fn is_read(&self, line: &Notification) -> bool {
        self.overlay.read(&line.id).unwrap_or(line.read)
    }

    /// Whether a check-in was acknowledged, at the provider or here.
    pub fn is_acknowledged(&self, goal: &Goal, check_in: &CheckInId) -> bool {
        self.marks.acknowledged(check_in).is_some()
            || goal
                .check_in(check_in)
                .is_some_and(|found| found.acknowledged.is_some())
    }

    /// Why nothing may be written, if so.
    pub fn read_only(&self) -> Option<&str> {
        self.read_only.as_deref()
    }
}
