//! What a person does here because the provider has no place for it, and taking
//! that back: inbox lines removed, goals put elsewhere; never sent. And marks that
//! nobody chose to make, with which nobody is bothered when they do not arrive.

use std::collections::HashSet;

use chrono::TimeDelta;

use crate::model::entry::{Entry, EntryState, Mark, Record};
use crate::model::exchange::{Ability, Batch, Change};
use crate::model::time::Now;

use super::Store;
use super::effect::{Effect, Post, Toast};
use super::outbox::KEPT_HERE;

/// Something kept here in this session, for undo.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    /// What takes it back.
    pub(super) back: Vec<Back>,
    /// What is said then.
    pub(super) words: String,
    /// Its place among the entries of the outbox.
    pub(super) seq: u64,
}

/// A mark as it is to be.
#[derive(Clone, Debug)]
pub(super) enum Back {
    /// There, like this.
    Put(Mark),
    /// Not there: the one with this key.
    Drop(String),
}

impl Store {
    /// Keeps here what the account has no place for; whether that was so. It does
    /// not enter the outbox.
    pub(super) fn keep_here(&mut self, post: &Post, now: Now, effects: &mut Vec<Effect>) -> bool {
        let Change::MarkDone { ids, done } = &post.change else {
            return false;
        };
        let account = self.accounts.get(&post.account);
        if account.is_none_or(|known| known.setup.abilities.done != Ability::KeptHere) {
            return false;
        }
        let lines = ids.iter().map(ToString::to_string);
        let marks: Vec<Mark> = lines.map(|line| Mark::Done { line, at: now.at }).collect();
        let keys: Vec<String> = marks.iter().map(Mark::key).collect();
        if !done {
            self.put_back(&keys, effects);
            return true;
        }
        for mark in &marks {
            self.marks.put(mark.clone());
        }
        self.write(marks.into_iter().map(Record::PutMark).collect(), effects);
        let seq = self.outbox.next_seq(now.at);
        let words = match keys.len() {
            1 => "done, kept here; u undoes".to_owned(),
            count => format!("{count} done, kept here; u undoes"),
        };
        let back_words = match keys.len() {
            1 => "undone: the line is in the inbox again".to_owned(),
            count => format!("undone: {count} lines are in the inbox again"),
        };
        self.kept.push(Kept {
            back: keys.into_iter().map(Back::Drop).collect(),
            words: back_words,
            seq,
        });
        self.touch();
        effects.push(Effect::Say(Toast::info(words)));
        true
    }

    /// Takes back what was kept here last, if no write of this session is newer;
    /// whether it did.
    pub(super) fn undo_kept(&mut self, effects: &mut Vec<Effect>) -> bool {
        let sent = self.outbox.last_of_session().map_or(0, |entry| entry.seq);
        let Some(kept) = self.kept.pop_if(|kept| kept.seq > sent) else {
            return false;
        };
        let is_there = |back: &Back| match back {
            Back::Put(_) => true,
            Back::Drop(key) => self.marks.has(key),
        };
        let back: Vec<Back> = kept.back.into_iter().filter(is_there).collect();
        let records = back.into_iter().map(|back| self.keep_back(back)).collect();
        self.write(records, effects);
        self.touch();
        effects.push(Effect::Say(Toast::info(kept.words)));
        true
    }

    /// Whether a write is, or was, kept on this machine alone.
    pub fn is_kept_here(&self, entry: &Entry) -> bool {
        let account = self.accounts.get(&entry.signature.account);
        let keeps = account.is_some_and(|known| known.setup.abilities.keeps_here(&entry.change));
        keeps || is_noted_here(entry)
    }

    /// A write was carried out on this machine: what it made lies on the facts.
    /// Whoever did it was told beforehand where it would be, unless only the provider
    /// knew that it has no part in it; then it is said now.
    pub(super) fn kept_beside(
        &mut self,
        entry: &Entry,
        batch: Batch,
        now: Now,
        effects: &mut Vec<Effect>,
    ) {
        let account = &entry.signature.account;
        let touched = self.take_in(account, batch, &HashSet::new(), now);
        self.relay_for(entry);
        self.reckon(&touched, now);
        self.touch();
        let account = self.accounts.get(account);
        let was_told = account.is_some_and(|known| known.setup.abilities.keeps_here(&entry.change));
        if !was_told && self.outbox.is_of_session(&entry.id) {
            let what = self.describe(entry);
            let undo = self
                .outbox
                .get(&entry.id)
                .and_then(|entry| entry.undo.as_ref());
            let rest = undo.map_or("", |_| "; u undoes");
            effects.push(Effect::Say(Toast::info(format!("{what}: kept here{rest}"))));
        }
    }

    /// Posts a write that nobody chose to make: nobody waits for it to take it back.
    pub(super) fn post_at_once(&mut self, post: Post, now: Now, effects: &mut Vec<Effect>) {
        let (id, name) = (post.id.clone(), post.account.clone());
        let hold = |store: &mut Self, hold: TimeDelta| {
            let known = store.accounts.get_mut(&name)?;
            Some(std::mem::replace(&mut known.setup.hold, hold))
        };
        let usual = hold(self, TimeDelta::zero());
        self.post_if_taken(post, None, now, effects);
        usual.and_then(|usual| hold(self, usual));
        self.outbox.forget_in_session(&id);
    }

    /// Drops a mark of what was read that nobody chose to make, if it would need a
    /// person now; whether it did.
    pub(super) fn give_up_unasked(&mut self, entry: &Entry, effects: &mut Vec<Effect>) -> bool {
        let is_mark = matches!(entry.change, Change::MarkRead { read: true, .. });
        let now = self.outbox.get(&entry.id);
        if !is_mark
            || self.outbox.is_of_session(&entry.id)
            || now.is_none_or(|entry| !entry.state.needs_person())
        {
            return false;
        }
        self.take_out(entry, false, "dropped", effects);
        // Perhaps this login may only read: then the account says so.
        let account = entry.signature.account.clone();
        let query = self.what_is_new(&account);
        self.ask(&account, query, effects);
        true
    }

    fn put_back(&mut self, marks: &[String], effects: &mut Vec<Effect>) {
        let there = marks.iter().filter(|key| self.marks.remove(key));
        let records: Vec<Record> = there.cloned().map(Record::DropMark).collect();
        self.write(records, effects);
        self.touch();
    }
}

/// Whether an entry says that all of it was kept on this machine.
fn is_noted_here(entry: &Entry) -> bool {
    matches!(entry.state, EntryState::Sent { .. })
        && entry
            .trail
            .as_ref()
            .is_some_and(|trail| trail.words == KEPT_HERE)
}
