//! What becomes of a write, from the wish to the answer: posting, undoing,
//! dropping, and what disk and provider said.

use std::collections::HashSet;

use chrono::TimeDelta;

use crate::model::entry::{DraftKey, Entry, EntryState, Record};
use crate::model::exchange::{Answer, Base, Batch, Change, Fault, Signature};
use crate::model::ids::{EntryId, GoalId};
use crate::model::time::Now;

use super::effect::{Effect, Post, Toast};
use super::{AccountState, Store};

impl Store {
    pub(super) fn post(&mut self, post: Post, now: Now, effects: &mut Vec<Effect>) {
        if let Some(why) = &self.read_only {
            effects.push(Effect::Say(Toast::error(why.clone())));
            return;
        }
        let Some(account) = self.accounts.get(&post.account) else {
            effects.push(Effect::Say(Toast::error(format!(
                "no account is called {}",
                post.account
            ))));
            return;
        };
        let Some(me) = account.me.clone() else {
            let text = format!(
                "{} has not said yet who you are; your text is kept, try again in a moment",
                post.account
            );
            effects.push(Effect::Say(Toast::error(text)));
            return;
        };
        let origin = account.setup.origin.clone();
        let abilities = account.setup.abilities.clone();
        let hold = account.setup.hold;
        let state = if hold > TimeDelta::zero() && !abilities.immediate {
            EntryState::Held {
                until: now.at + hold,
            }
        } else {
            EntryState::Queued {
                not_before: None,
                why: String::new(),
            }
        };
        let draft = post
            .draft
            .as_ref()
            .and_then(|key| self.drafts.take(key))
            .map(Box::new);
        let base = self.base_of(&post.change);
        let entry = Entry {
            id: post.id,
            seq: self.outbox.next_seq(now.at),
            signature: Signature {
                by: me,
                account: post.account,
                at: now.at,
            },
            change: post.change,
            draft,
            state,
            attempts: 0,
            undo: None,
            base,
            trail: None,
            origin,
            rev: 0,
        };
        // Written by the advance that ends every command.
        self.outbox.post(entry);
        self.relay();
    }

    /// What the writer sees of the goal now, where it matters whether somebody
    /// else was faster.
    fn base_of(&self, change: &Change) -> Option<Box<Base>> {
        let goal = match change {
            Change::CheckIn { goal, .. }
            | Change::EditCheckIn { goal, .. }
            | Change::CloseGoal { goal, .. }
            | Change::EditGoal { goal, .. } => self.goal(goal)?,
            _ => return None,
        };
        Some(Box::new(Base::of(goal)))
    }

    pub(super) fn undo(&mut self, now: Now, effects: &mut Vec<Effect>) {
        let Some(entry) = self.outbox.last_of_session().cloned() else {
            effects.push(Effect::Say(Toast::info("nothing to undo in this session")));
            return;
        };
        let what = self.describe(&entry);
        match &entry.state {
            EntryState::Held { .. } | EntryState::Queued { .. } | EntryState::Refused { .. } => {
                self.outbox.forget_in_session(&entry.id);
                self.outbox.remove(&entry.id);
                let mut records = vec![Record::DropEntry(entry.id.clone())];
                records.extend(self.give_draft_back(&entry));
                self.write(records, effects);
                self.relay();
                effects.push(Effect::Say(Toast::info(format!(
                    "undone: {what}, nothing was sent"
                ))));
            }
            EntryState::Sent { .. } => {
                self.outbox.forget_in_session(&entry.id);
                let provider = self.provider_word(&entry.signature.account);
                let Some(undo) = entry.undo.clone() else {
                    let text = format!("{what} is already at {provider}; it has no undo");
                    effects.push(Effect::Say(Toast::info(text)));
                    return;
                };
                let id = EntryId::new(format!("{}u", entry.id));
                let records: Vec<Record> = self.give_draft_back(&entry).into_iter().collect();
                self.write(records, effects);
                let account = entry.signature.account.clone();
                self.post(
                    Post {
                        id: id.clone(),
                        account,
                        change: *undo,
                        draft: None,
                    },
                    now,
                    effects,
                );
                // The reverse is not itself undone by the next `u`: that goes further back.
                self.outbox.forget_in_session(&id);
                effects.push(Effect::Say(Toast::info(format!("undone: {what}"))));
            }
            EntryState::Sending { .. } | EntryState::Unknown { .. } => {
                let text = format!("{what} is being sent; it can be undone when that is known");
                effects.push(Effect::Say(Toast::info(text)));
            }
        }
    }

    /// The text of an entry becomes the draft it was, unless a newer one is there.
    pub(super) fn give_draft_back(&mut self, entry: &Entry) -> Option<Record> {
        let draft = entry.draft.as_deref()?;
        if self.drafts.get(&draft.key).is_some() {
            return None;
        }
        Some(self.drafts.restore(draft.clone()))
    }

    pub(super) fn discard(&mut self, key: &DraftKey, effects: &mut Vec<Effect>) {
        if self.drafts.take(key).is_some() {
            self.write(vec![Record::DropDraft(key.clone())], effects);
            self.touch();
        }
    }

    pub(super) fn drop_entry(&mut self, id: &EntryId, effects: &mut Vec<Effect>) {
        if !self.outbox.may_drop(id) {
            effects.push(Effect::Say(Toast::info(
                "it is on its way or done; only a waiting or refused entry can be dropped",
            )));
            return;
        }
        self.outbox.remove(id);
        self.outbox.forget_in_session(id);
        self.write(vec![Record::DropEntry(id.clone())], effects);
        self.relay();
    }

    pub(super) fn retry(&mut self, id: &EntryId, effects: &mut Vec<Effect>) {
        if self.outbox.retry(id) {
            self.relay();
            if let Some(entry) = self.outbox.get(id).cloned() {
                self.write(vec![Record::PutEntry(Box::new(entry))], effects);
            }
        } else {
            effects.push(Effect::Say(Toast::info("it is on its way or done")));
        }
    }

    /// The entry goes, its text is the draft it was.
    pub(super) fn rewrite(&mut self, id: &EntryId, effects: &mut Vec<Effect>) {
        if !self.outbox.may_drop(id) {
            effects.push(Effect::Say(Toast::info("it is on its way or done")));
            return;
        }
        let Some(entry) = self.outbox.remove(id) else {
            return;
        };
        self.outbox.forget_in_session(id);
        let mut records = vec![Record::DropEntry(id.clone())];
        records.extend(self.give_draft_back(&entry));
        self.write(records, effects);
        self.relay();
    }

    pub(super) fn written(&mut self, token: u64, effects: &mut Vec<Effect>) {
        for record in self.writes.remove(&token).unwrap_or_default() {
            if let Record::PutEntry(entry) = record
                && self.outbox.written(&entry)
            {
                effects.push(Effect::Send(Box::new(entry.letter())));
            }
        }
    }

    pub(super) fn not_written(
        &mut self,
        token: u64,
        fault: &Fault,
        now: Now,
        effects: &mut Vec<Effect>,
    ) {
        let records = self.writes.remove(&token).unwrap_or_default();
        self.drafts
            .not_written(&records, now.at + TimeDelta::seconds(10));
        let mut kept = false;
        for record in &records {
            if let Record::PutEntry(entry) = record
                && let Some(entry) = self.outbox.not_written(&entry.id, now.at, fault)
            {
                kept |= self.give_draft_back(&entry).is_some();
            }
        }
        self.relay();
        let rest = if kept {
            ". Your text is still in the form; Ctrl-G hands it to your editor"
        } else {
            ""
        };
        effects.push(Effect::Say(Toast::error(format!(
            "not saved: {fault}{rest}"
        ))));
    }

    pub(super) fn answered(
        &mut self,
        id: &EntryId,
        answer: Answer,
        now: Now,
        effects: &mut Vec<Effect>,
    ) {
        let Some(entry) = self.outbox.get(id).cloned() else {
            return;
        };
        let account = entry.signature.account.clone();
        let idempotent = self.line(&account).is_idempotent;
        if !self.outbox.answered(id, &answer, now.at, idempotent) {
            return;
        }
        match answer {
            Answer::Accepted { batch, .. } => self.confirm(&entry, batch, now),
            Answer::Refused(fault) => {
                let what = self.describe(&entry);
                let provider = self.provider_word(&account);
                effects.push(Effect::Say(Toast::error(format!(
                    "{provider} refused the {what}: {fault}"
                ))));
            }
            Answer::Offline(why) => {
                let state = AccountState::Offline {
                    since: now.at,
                    why,
                    next: self.outbox.next(now.at),
                };
                if let Some(known) = self.accounts.get_mut(&account)
                    && !matches!(known.state, AccountState::Offline { .. })
                {
                    known.state = state;
                }
            }
            Answer::Onward(_) | Answer::Busy(_) | Answer::NoAnswer(_) => {}
        }
        self.put_entry(id, effects);
        self.relay();
    }

    /// Facts from the answer itself; answers to older questions are stale for
    /// these goals, and a look at them is not a change by somebody else.
    pub(super) fn confirm(&mut self, entry: &Entry, batch: Batch, now: Now) {
        let account = &entry.signature.account;
        let goals: Vec<GoalId> = batch
            .goals
            .iter()
            .map(|goal| goal.id.clone())
            .chain(batch.gone.iter().cloned())
            .chain(entry.change.goals().into_iter().cloned())
            .collect();
        let touched = self.take_in(account, batch, &HashSet::new(), now);
        self.reckon(&touched, now);
        self.touch();
        self.asked.confirmed(account, &goals);
    }

    pub(super) fn looked_for(
        &mut self,
        id: &EntryId,
        found: Result<Option<Batch>, Fault>,
        now: Now,
        effects: &mut Vec<Effect>,
    ) {
        let Some(entry) = self.outbox.get(id).cloned() else {
            return;
        };
        let was_found = found.as_ref().map(Option::is_some).map_err(Clone::clone);
        self.outbox.looked(id, &was_found, now.at);
        if let Ok(Some(batch)) = found {
            self.confirm(&entry, batch, now);
            let what = self.describe(&entry);
            effects.push(Effect::Say(Toast::info(format!(
                "{what}: confirmed by reading back"
            ))));
        }
        self.put_entry(id, effects);
        self.relay();
    }

    pub(super) fn put_entry(&mut self, id: &EntryId, effects: &mut Vec<Effect>) {
        if let Some(entry) = self.outbox.get(id).cloned() {
            self.write(vec![Record::PutEntry(Box::new(entry))], effects);
        }
    }
}
