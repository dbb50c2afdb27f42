//! A workspace in memory: goals, people and inbox lines of one or more accounts,
//! the writes done so far by key, and what changed when. The demo company and
//! the scripted provider of the tests stand on it. Knows no provider.

use std::collections::{BTreeMap, BTreeSet};

use super::apply::{self, Shelf};
use super::exchange::{Batch, Change, Cursor, Fault, Query, Signature};
use super::goal::Goal;
use super::ids::{AccountName, EntryId, GoalId, NotificationId, PersonId};
use super::notification::Notification;
use super::person::Person;

/// What one write brought about.
#[derive(Clone, Debug, PartialEq)]
pub struct Done {
    /// Goals written or taken away by it.
    pub goals: Vec<GoalId>,
    /// Inbox lines written by it.
    pub lines: Vec<NotificationId>,
    /// The write that takes it back, if something was done.
    pub undo: Option<Change>,
}

/// Everything, with the revision of its last change.
#[derive(Clone, Debug, Default)]
pub struct MemoryShelf {
    goals: BTreeMap<GoalId, Kept<Goal>>,
    gone: BTreeMap<GoalId, Kept<AccountName>>,
    people: BTreeMap<PersonId, Kept<Person>>,
    lines: BTreeMap<NotificationId, Kept<Notification>>,
    done: BTreeMap<EntryId, Done>,
    revision: u64,
}

#[derive(Clone, Debug)]
struct Kept<T> {
    what: T,
    revision: u64,
}

impl MemoryShelf {
    /// A shelf with these on it.
    pub fn new(goals: Vec<Goal>, people: Vec<Person>, lines: Vec<Notification>) -> Self {
        let mut shelf = Self::default();
        for goal in goals {
            shelf.put_goal(goal);
        }
        for person in people {
            shelf.put_somebody(person);
        }
        shelf.tell(lines);
        shelf
    }

    /// All goals, by id.
    pub fn goals(&self) -> impl Iterator<Item = &Goal> {
        self.goals.values().map(|kept| &kept.what)
    }

    /// One goal.
    pub fn goal(&self, id: &GoalId) -> Option<&Goal> {
        self.goals.get(id).map(|kept| &kept.what)
    }

    /// Everybody, by id.
    pub fn people(&self) -> impl Iterator<Item = &Person> {
        self.people.values().map(|kept| &kept.what)
    }

    /// All inbox lines of everybody, by id.
    pub fn lines(&self) -> impl Iterator<Item = &Notification> {
        self.lines.values().map(|kept| &kept.what)
    }

    /// What a write did, if it was done.
    pub fn done(&self, key: &EntryId) -> Option<&Done> {
        self.done.get(key)
    }

    /// How many writes were done.
    pub fn writes(&self) -> usize {
        self.done.len()
    }

    /// Stores a goal.
    pub fn put_goal(&mut self, goal: Goal) {
        let revision = self.step();
        self.gone.remove(&goal.id);
        let kept = Kept {
            what: goal,
            revision,
        };
        self.goals.insert(kept.what.id.clone(), kept);
    }

    /// Puts lines into inboxes; a line that is there already stays as it is.
    pub fn tell(&mut self, lines: Vec<Notification>) {
        for line in lines {
            let revision = self.step();
            self.lines.entry(line.id.clone()).or_insert(Kept {
                what: line,
                revision,
            });
        }
    }

    /// Carries a write out once per key, for the people of its account. A key
    /// that was done before answers as it did then.
    ///
    /// # Errors
    /// The write is not possible as it is; nothing was touched then.
    pub fn carry_out(
        &mut self,
        change: &Change,
        signature: &Signature,
        key: &EntryId,
    ) -> Result<Done, Fault> {
        if let Some(done) = self.done.get(key) {
            return Ok(done.clone());
        }
        let mut view = View {
            touched: BTreeSet::new(),
            lines: BTreeSet::new(),
            account: &signature.account,
            shelf: self,
        };
        let applied = apply::apply(&mut view, change, signature, key)?;
        let (goals, mut lines) = (view.touched, view.lines);
        lines.extend(applied.news.iter().map(|line| line.id.clone()));
        self.tell(applied.news);
        let done = Done {
            goals: goals.into_iter().collect(),
            lines: lines.into_iter().collect(),
            undo: applied.undo,
        };
        self.done.insert(key.clone(), done.clone());
        Ok(done)
    }

    /// What a write touched, as it is now, for the person who wrote.
    pub fn after(&self, done: &Done, me: &PersonId) -> Batch {
        let (here, gone): (Vec<&GoalId>, Vec<&GoalId>) = done
            .goals
            .iter()
            .partition(|id| self.goals.contains_key(*id));
        Batch {
            goals: here
                .into_iter()
                .filter_map(|id| self.goal(id).cloned())
                .collect(),
            gone: gone.into_iter().cloned().collect(),
            people: self.people().cloned().collect(),
            notifications: done
                .lines
                .iter()
                .filter_map(|id| self.lines.get(id).map(|kept| &kept.what))
                .filter(|line| &line.to == me)
                .cloned()
                .collect(),
            ..Batch::default()
        }
    }

    /// Answers a question about one account for one of its people.
    pub fn answer(&self, query: &Query, account: &AccountName, me: &PersonId) -> Batch {
        let since = match query {
            Query::Since(cursor) => cursor.0.parse().unwrap_or(0),
            _ => 0,
        };
        let wanted = |goal: &Goal| match query {
            Query::Glance => {
                goal.champion.as_ref() == Some(me)
                    || goal
                        .check_ins
                        .iter()
                        .any(|check_in| check_in.waits() && goal.acknowledger(check_in) == Some(me))
            }
            Query::Goal(id) => &goal.id == id,
            Query::All | Query::Since(_) => true,
            Query::Search(_) => false,
        };
        let goals: Vec<Goal> = self
            .goals
            .values()
            .filter(|kept| kept.revision > since && &kept.what.account == account)
            .filter(|kept| wanted(&kept.what))
            .map(|kept| kept.what.clone())
            .collect();
        let gone = match query {
            Query::Goal(id) if goals.is_empty() => vec![id.clone()],
            Query::Since(_) => self
                .gone
                .iter()
                .filter(|(_, kept)| kept.revision > since && &kept.what == account)
                .map(|(id, _)| id.clone())
                .collect(),
            _ => Vec::new(),
        };
        let everything = !matches!(query, Query::Goal(_) | Query::Search(_));
        Batch {
            goals,
            gone,
            people: self
                .people
                .values()
                .filter(|kept| kept.revision > since && &kept.what.account == account)
                .map(|kept| kept.what.clone())
                .collect(),
            notifications: self
                .lines
                .values()
                .filter(|kept| everything && kept.revision > since)
                .filter(|kept| &kept.what.account == account && &kept.what.to == me)
                .map(|kept| kept.what.clone())
                .collect(),
            me: Some(me.clone()),
            full: query == &Query::All,
            more: false,
            cursor: matches!(query, Query::All | Query::Since(_))
                .then(|| Cursor(self.revision.to_string())),
            ..Batch::default()
        }
    }

    fn step(&mut self) -> u64 {
        self.revision += 1;
        self.revision
    }

    fn put_somebody(&mut self, person: Person) {
        let revision = self.step();
        let kept = Kept {
            what: person,
            revision,
        };
        self.people.insert(kept.what.id.clone(), kept);
    }

    fn change_lines(&mut self, ids: &[NotificationId], change: impl Fn(&mut Notification)) {
        for id in ids {
            let revision = self.step();
            if let Some(kept) = self.lines.get_mut(id) {
                change(&mut kept.what);
                kept.revision = revision;
            }
        }
    }
}

/// The shelf as the people of one account see it, remembering what was touched.
struct View<'a> {
    shelf: &'a mut MemoryShelf,
    account: &'a AccountName,
    touched: BTreeSet<GoalId>,
    lines: BTreeSet<NotificationId>,
}

impl Shelf for View<'_> {
    fn goal(&self, id: &GoalId) -> Option<Goal> {
        self.shelf.goal(id).cloned()
    }

    fn put(&mut self, goal: Goal) {
        self.touched.insert(goal.id.clone());
        self.shelf.put_goal(goal);
    }

    fn remove(&mut self, id: &GoalId) {
        let revision = self.shelf.step();
        if let Some(kept) = self.shelf.goals.remove(id) {
            let what = kept.what.account;
            self.shelf.gone.insert(id.clone(), Kept { what, revision });
        }
        self.touched.insert(id.clone());
    }

    fn children(&self, id: &GoalId) -> Vec<GoalId> {
        self.shelf
            .goals()
            .filter(|goal| goal.parent.as_ref() == Some(id))
            .map(|goal| goal.id.clone())
            .collect()
    }

    fn people(&self) -> Vec<Person> {
        self.shelf
            .people()
            .filter(|person| &person.account == self.account)
            .cloned()
            .collect()
    }

    fn put_person(&mut self, person: Person) {
        self.shelf.put_somebody(person);
    }

    fn mark_read(&mut self, ids: &[NotificationId], read: bool) {
        self.lines.extend(ids.iter().cloned());
        self.shelf.change_lines(ids, |line| line.read = read);
    }

    fn mark_done(&mut self, ids: &[NotificationId], done: bool) {
        self.lines.extend(ids.iter().cloned());
        self.shelf.change_lines(ids, |line| line.done = done);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::time::Time;

    fn at() -> Time {
        Time::UNIX_EPOCH
    }

    fn shelf() -> MemoryShelf {
        let account = AccountName::new("a");
        let mut goal = Goal::new("a:1".into(), account.clone(), "One", at());
        goal.champion = Some("a:bo".into());
        let mut child = Goal::new("a:2".into(), account.clone(), "Two", at());
        child.parent = Some("a:1".into());
        let other = Goal::new("b:1".into(), "b".into(), "Other", at());
        let person = |id: &str, account: &str, name: &str| Person {
            id: id.into(),
            account: account.into(),
            name: name.into(),
            handle: String::new(),
        };
        let people = vec![
            person("a:me", "a", "Mo"),
            person("a:bo", "a", "Bo"),
            person("b:bo", "b", "Bo"),
        ];
        MemoryShelf::new(vec![goal, child, other], people, Vec::new())
    }

    fn signature() -> Signature {
        Signature {
            by: "a:me".into(),
            account: "a".into(),
            at: at(),
        }
    }

    fn comment(text: &str) -> Change {
        Change::Comment {
            goal: "a:1".into(),
            check_in: None,
            id: "c1".into(),
            text: text.into(),
        }
    }

    #[test]
    fn an_acknowledgement_that_fails_leaves_nothing_half_done() {
        use crate::model::check_in::CheckIn;

        let mut shelf = shelf();
        for (goal, id, author) in [("a:1", "c1", "a:bo"), ("a:2", "c2", "a:me")] {
            let mut goal = shelf.goal(&goal.into()).unwrap().clone();
            goal.check_ins
                .push(CheckIn::new(id.into(), author.into(), at()));
            shelf.put_goal(goal);
        }
        let items = vec![("a:1".into(), "c1".into()), ("a:2".into(), "c2".into())];
        let change = Change::Acknowledge { items };
        let fault = shelf
            .carry_out(&change, &signature(), &"k".into())
            .unwrap_err();
        assert!(fault.why.contains("yourself"));
        let first = shelf.goal(&"a:1".into()).unwrap();
        assert_eq!(first.check_ins[0].acknowledged, None);
    }

    #[test]
    fn a_key_is_done_once_and_answers_alike() {
        let mut shelf = shelf();
        let key = EntryId::new("k1");
        let first = shelf
            .carry_out(&comment("hello"), &signature(), &key)
            .unwrap();
        let again = shelf
            .carry_out(&comment("hello"), &signature(), &key)
            .unwrap();
        assert_eq!(first, again);
        assert_eq!(shelf.writes(), 1);
        assert_eq!(shelf.goal(&"a:1".into()).unwrap().comments.len(), 1);
        let batch = shelf.after(&first, &"a:me".into());
        assert_eq!(batch.goals.len(), 1);
        assert!(batch.notifications.is_empty(), "the news is Bo's");
        assert_eq!(shelf.lines().next().unwrap().to, "a:bo".into());
    }

    #[test]
    fn a_mention_finds_the_person_of_the_same_account() {
        let mut shelf = shelf();
        let change = comment("@bo look");
        shelf.carry_out(&change, &signature(), &"k".into()).unwrap();
        let told: Vec<_> = shelf.lines().map(|line| line.to.as_str()).collect();
        assert_eq!(told, ["a:bo"]);
    }

    #[test]
    fn a_full_name_goes_before_a_first_name_that_two_have() {
        let person = |id: &str, name: &str, handle: &str| Person {
            id: id.into(),
            account: "a".into(),
            name: name.into(),
            handle: handle.into(),
        };
        let people = [
            person("1", "Ana Berg", "ab"),
            person("2", "Ana Silva", ""),
            person("3", "Ana Silva Costa", ""),
        ];
        let named = |text: &str| -> Vec<String> {
            let found = super::super::apply::mentions(text, &people);
            found.iter().map(ToString::to_string).collect()
        };
        assert_eq!(named("@Ana Silva, look"), ["2"]);
        assert_eq!(named("@ana silva costa"), ["3"]);
        assert_eq!(named("@Ana look, @ab"), ["1"]);
        assert_eq!(named("@ana.silva"), ["2"]);
        assert_eq!(named("@Ana Silvana"), ["1"]);
    }

    #[test]
    fn since_tells_what_changed_and_what_is_gone_in_one_account() {
        let mut shelf = shelf();
        let (account, me) = (AccountName::new("a"), PersonId::new("a:me"));
        let all = shelf.answer(&Query::All, &account, &me);
        assert_eq!((all.goals.len(), all.people.len(), all.full), (2, 2, true));
        let cursor = all.cursor.unwrap();
        let nothing = shelf.answer(&Query::Since(cursor.clone()), &account, &me);
        assert_eq!((nothing.goals.len(), nothing.full), (0, false));
        let delete = Change::DeleteGoal { goal: "a:1".into() };
        shelf.carry_out(&delete, &signature(), &"d".into()).unwrap();
        let news = shelf.answer(&Query::Since(cursor), &account, &me);
        assert_eq!(news.gone, ["a:1".into()]);
        assert_eq!(news.goals.len(), 1, "the child moved up");
        let one = shelf.answer(&Query::Goal("a:1".into()), &account, &me);
        assert_eq!(one.gone, ["a:1".into()]);
    }

    #[test]
    fn a_refused_write_leaves_no_trace() {
        let mut shelf = shelf();
        assert!(
            shelf
                .carry_out(&comment(" "), &signature(), &"k".into())
                .is_err()
        );
        assert_eq!(shelf.writes(), 0);
        assert!(shelf.done(&"k".into()).is_none());
    }
}
