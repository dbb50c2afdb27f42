//! What a person does here because the provider has no place for it, and taking
//! that back: inbox lines removed. Nothing of it is ever sent.

use crate::model::entry::{Mark, Record};
use crate::model::exchange::{Ability, Change};
use crate::model::time::Now;

use super::Store;
use super::effect::{Effect, Post, Toast};

/// Something kept here in this session, for undo.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    /// The keys of its marks.
    marks: Vec<String>,
    /// Its place among the entries of the outbox.
    seq: u64,
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
        self.kept.push(Kept { marks: keys, seq });
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
        self.put_back(&kept.marks, effects);
        let words = match kept.marks.len() {
            1 => "undone: the line is in the inbox again".to_owned(),
            count => format!("undone: {count} lines are in the inbox again"),
        };
        effects.push(Effect::Say(Toast::info(words)));
        true
    }

    fn put_back(&mut self, marks: &[String], effects: &mut Vec<Effect>) {
        let there = marks.iter().filter(|key| self.marks.remove(key));
        let records: Vec<Record> = there.cloned().map(Record::DropMark).collect();
        self.write(records, effects);
        self.touch();
    }
}
