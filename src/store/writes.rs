//! What becomes of a write, from the wish to the answer: posting, undoing,
//! dropping, and what disk and provider said.

use std::collections::HashSet;

use chrono::TimeDelta;

use crate::model::entry::{DraftKey, Entry, EntryState, Record};
use crate::model::exchange::{Answer, Base, Batch, Change, Fault, FaultKind, Query, Signature};
use crate::model::ids::{AccountName, EntryId, GoalId};
use crate::model::time::{Now, Time};

use super::effect::{Effect, Post, Toast};
use super::outbox::Lines;
use super::{AccountState, Store};

/// An account that does not say who is signed in is not asked again before.
const ASK_WHO: TimeDelta = TimeDelta::seconds(30);

/// What a person did with an entry, to be told if another program was faster.
#[derive(Clone, Debug)]
pub(super) struct Act {
    /// Which.
    entry: EntryId,
    /// What it is called in sentences.
    what: String,
    /// What was to be: `undone`, `dropped`, …
    verb: &'static str,
}

impl Store {
    pub(super) fn post(&mut self, post: Post, now: Now, effects: &mut Vec<Effect>) {
        self.post_until(post, None, now, effects);
    }

    /// The same, held until a moment that the person chose.
    pub(super) fn post_until(
        &mut self,
        post: Post,
        chosen: Option<Time>,
        now: Now,
        effects: &mut Vec<Effect>,
    ) {
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
        // What stays here can be taken back at any time.
        let is_here = abilities.keeps_here(&post.change);
        let state = if let Some(until) = chosen {
            EntryState::Held {
                until,
                chosen: true,
            }
        } else if hold > TimeDelta::zero() && !abilities.immediate && !is_here {
            EntryState::Held {
                until: now.at + hold,
                chosen: false,
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
        self.outbox.post(entry.clone());
        self.relay_for(&entry);
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
                self.take_out(&entry, true, "undone", effects);
                let text = match super::waiting::how_far(&entry) {
                    None => format!("undone: {what}, nothing was sent"),
                    Some(words) => {
                        let provider = self.provider_word(&entry.signature.account);
                        format!("{what} is taken back here; how far it got at {provider}: {words}")
                    }
                };
                effects.push(Effect::Say(Toast::info(text)));
            }
            EntryState::Sent { .. } => {
                self.outbox.forget_in_session(&entry.id);
                let provider = self.provider_word(&entry.signature.account);
                let Some(undo) = entry.undo.clone() else {
                    let text = match self.is_kept_here(&entry) {
                        true => format!("{what} is kept here; it has no undo"),
                        false => format!("{what} is already at {provider}; it has no undo"),
                    };
                    effects.push(Effect::Say(Toast::info(text)));
                    return;
                };
                let id = EntryId::new(format!("{}u", entry.id));
                let records: Vec<Record> = self.give_draft_back(&entry).into_iter().collect();
                self.write(records, effects);
                self.mean(&id, &what, "undone again");
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
        if let Some(entry) = self.outbox.get(id).cloned() {
            self.take_out(&entry, false, "dropped", effects);
        }
    }

    pub(super) fn retry(&mut self, id: &EntryId, effects: &mut Vec<Effect>) {
        let account = self
            .outbox
            .get(id)
            .map(|entry| entry.signature.account.clone());
        account.iter().for_each(|account| self.go_on(account));
        self.decide(id, "sent again", effects, |store| store.outbox.retry(id));
    }

    /// A person found it at the provider: nothing is left to do.
    pub(super) fn settle(&mut self, id: &EntryId, now: Now, effects: &mut Vec<Effect>) {
        self.decide(id, "marked as sent", effects, |store| {
            store.outbox.settle(id, now.at)
        });
        if let Some(goal) = self
            .outbox
            .get(id)
            .and_then(|entry| entry.change.goals().first().map(|goal| (*goal).clone()))
        {
            self.reload(&goal, effects);
        }
    }

    fn decide(
        &mut self,
        id: &EntryId,
        verb: &'static str,
        effects: &mut Vec<Effect>,
        decision: impl FnOnce(&mut Self) -> bool,
    ) {
        let Some(what) = self.outbox.get(id).map(|entry| self.describe(entry)) else {
            return;
        };
        if decision(self) {
            self.mean(id, &what, verb);
            if let Some(entry) = self.outbox.get(id).cloned() {
                self.relay_for(&entry);
            }
        } else {
            effects.push(Effect::Say(Toast::info("it is on its way or done")));
        }
    }

    /// The write that ends this turn carries out what a person meant.
    fn mean(&mut self, id: &EntryId, what: &str, verb: &'static str) {
        let act = Act {
            entry: id.clone(),
            what: what.to_owned(),
            verb,
        };
        self.meant.insert(id.clone(), act);
    }

    /// The entry goes, its text is the draft it was.
    pub(super) fn rewrite(&mut self, id: &EntryId, effects: &mut Vec<Effect>) {
        if !self.outbox.may_drop(id) {
            effects.push(Effect::Say(Toast::info("it is on its way or done")));
            return;
        }
        if let Some(entry) = self.outbox.get(id).cloned() {
            self.take_out(&entry, true, "taken back", effects);
        }
    }

    /// Takes an entry out of the outbox, in one write with its draft if that comes
    /// back.
    pub(super) fn take_out(
        &mut self,
        entry: &Entry,
        gives_draft: bool,
        verb: &'static str,
        effects: &mut Vec<Effect>,
    ) {
        let act = Act {
            entry: entry.id.clone(),
            what: self.describe(entry),
            verb,
        };
        self.outbox.forget_in_session(&entry.id);
        self.outbox.remove(&entry.id);
        let mut records = vec![Record::DropEntry {
            id: entry.id.clone(),
            rev: entry.rev,
        }];
        if gives_draft {
            records.extend(self.give_draft_back(entry));
        }
        if let Some(token) = self.write(records, effects) {
            self.acts.insert(token, act);
        }
        self.relay_for(entry);
    }

    pub(super) fn written(&mut self, token: u64, effects: &mut Vec<Effect>) {
        self.acts.remove(&token);
        for record in self.writes.remove(&token).unwrap_or_default() {
            match record {
                Record::PutEntry(entry) if self.outbox.written(&entry) => {
                    effects.push(Effect::Send(Box::new(entry.letter())));
                }
                Record::DropEntry { id, .. } => self.outbox.dropped(&id),
                _ => {}
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
        let act = self.acts.remove(&token);
        if fault.kind == FaultKind::Changed {
            return self.overtaken(records, act, effects);
        }
        self.drafts
            .not_written(&records, now.at + TimeDelta::seconds(10));
        let mut kept = false;
        for record in &records {
            match record {
                Record::PutEntry(entry) => {
                    if let Some(entry) = self.outbox.not_written(entry, now.at, fault) {
                        kept |= self.give_draft_back(&entry).is_some();
                    }
                }
                Record::DropEntry { id, .. } => {
                    // It is still there: what the disk has counts.
                    self.outbox.dropped(id);
                    self.reread(effects);
                }
                _ => {}
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

    /// Another program moved an entry first. What it wrote counts; of ours nothing
    /// was written, and a draft that came back with the entry goes with it again.
    fn overtaken(&mut self, records: Vec<Record>, act: Option<Act>, effects: &mut Vec<Effect>) {
        for record in records {
            match record {
                Record::PutEntry(entry) => self.outbox.overtaken(&entry.id),
                Record::DropEntry { id, .. } => self.outbox.overtaken(&id),
                Record::PutDraft(draft) if self.drafts.get(&draft.key) == Some(&*draft) => {
                    self.drafts.take(&draft.key);
                }
                _ => {}
            }
        }
        self.late.extend(act);
        self.relay();
        self.reread(effects);
    }

    pub(super) fn reread(&mut self, effects: &mut Vec<Effect>) {
        self.is_rereading = true;
        effects.push(Effect::Reread);
    }

    /// What a person did too late, now that the disk has said what happened instead.
    pub(super) fn say_what_came_too_late(&mut self, effects: &mut Vec<Effect>) {
        for Act { entry, what, verb } in std::mem::take(&mut self.late) {
            let instead = match self.outbox.get(&entry).map(|entry| &entry.state) {
                None => "another program dropped it first",
                Some(EntryState::Sending { .. }) => "another program is sending it",
                Some(EntryState::Sent { .. }) => "another program has sent it",
                Some(EntryState::Unknown { .. }) => "another program looks whether it arrived",
                Some(_) => "another program changed it first; look at it in the outbox",
            };
            let sentence = format!("too late, {what} is not {verb}: {instead}");
            effects.push(Effect::Say(Toast::error(sentence)));
        }
    }

    pub(super) fn answered(
        &mut self,
        id: &EntryId,
        answer: Answer,
        now: Now,
        effects: &mut Vec<Effect>,
    ) {
        let lines = self.lines();
        let before = self.outbox.get(id).cloned();
        if !self.outbox.answered(id, &answer, now.at, &lines) {
            return;
        }
        let Some(entry) = before else { return };
        let account = entry.signature.account.clone();
        self.touch();
        if self.give_up_unasked(&entry, effects) {
            return;
        }
        match answer {
            Answer::Accepted { batch, .. }
                if batch.is_kept_here() || lines.is_kept_here(&entry) =>
            {
                self.kept_beside(&entry, batch, now, effects);
            }
            Answer::Accepted { batch, .. } => {
                self.take_new_names(&entry, &batch, effects);
                self.confirm(&entry, batch, now);
                self.ask_after_silence(&account, effects);
            }
            Answer::Refused(fault) if fault.kind == FaultKind::SignedOut => {
                self.signed_out(&account, fault, effects);
            }
            Answer::Refused(fault) => {
                self.relay_for(&entry);
                let what = self.describe(&entry);
                let provider = self.provider_word(&account);
                let sentence = match fault.kind {
                    FaultKind::Changed => format!("{what} needs you, changed meanwhile: {fault}"),
                    _ => format!("{provider} refused the {what}: {fault}"),
                };
                effects.push(Effect::Say(Toast::error(sentence)));
                // A part of it may have gone through before the rest was refused.
                if super::waiting::how_far(&entry).is_some()
                    && let Some(goal) = entry.change.goals().first()
                {
                    self.reload(goal, effects);
                }
                // It may be the token that may only read: the next answer says so.
                if fault.kind == FaultKind::Forbidden {
                    let query = self.what_is_new(&account);
                    self.ask(&account, query, effects);
                }
            }
            Answer::Offline(why) => {
                let state = AccountState::Offline {
                    since: now.at,
                    why,
                    next: self.outbox.next(&lines),
                };
                if let Some(known) = self.accounts.get_mut(&account)
                    && !matches!(known.state, AccountState::Offline { .. })
                {
                    known.state = state;
                }
            }
            Answer::Onward(_) | Answer::Busy(_) | Answer::NoAnswer(_) => {}
        }
    }

    /// What this machine kept of an account does not say whose token it has now. If
    /// something is to leave, the account is asked.
    pub(super) fn ask_who_is_signed_in(&mut self, now: Now, effects: &mut Vec<Effect>) {
        let unmet = self.accounts.values().filter(|known| {
            !known.is_met
                && known.state == AccountState::Synced
                && (known.setup.abilities.idempotent || self.is_sender)
        });
        let unmet: Vec<AccountName> = unmet.map(|known| known.setup.name.clone()).collect();
        for account in unmet {
            let waits = |entry: &Entry| {
                entry.state.is_pending()
                    && entry.signature.account == account
                    && !self.is_kept_here(entry)
            };
            let was_asked = self
                .asked_who
                .get(&account)
                .is_some_and(|at| (*at..*at + ASK_WHO).contains(&now.at));
            if !was_asked && !self.asked.is_reading(&account) && self.outbox.iter().any(waits) {
                self.asked_who.insert(account.clone(), now.at);
                // What is new may be nothing, and then nobody is named.
                self.ask(&account, Query::All, effects);
            }
        }
    }

    /// A write went through: the line is there again, so what is new is asked.
    fn ask_after_silence(&mut self, account: &AccountName, effects: &mut Vec<Effect>) {
        let is_offline = self
            .accounts
            .get(account)
            .is_some_and(|known| matches!(known.state, AccountState::Offline { .. }));
        if is_offline {
            let query = self.what_is_new(account);
            self.ask(account, query, effects);
        }
    }

    /// The token does not count any more: said once, and everything waits until the
    /// account answers again.
    fn signed_out(&mut self, account: &AccountName, fault: Fault, effects: &mut Vec<Effect>) {
        let Some(known) = self.accounts.get_mut(account) else {
            return;
        };
        let is_known = matches!(&known.state, AccountState::Needs(fault) if fault.kind == FaultKind::SignedOut);
        if is_known {
            return;
        }
        let sentence = format!("{account}: {fault}. What is to be sent waits in the outbox");
        known.state = AccountState::Needs(fault);
        effects.push(Effect::Say(Toast::error(sentence)));
    }

    /// What the write made has the server's name from now on. Written before the
    /// entry itself is written as sent: a name is never lost.
    fn take_new_names(&mut self, entry: &Entry, batch: &Batch, effects: &mut Vec<Effect>) {
        let before = entry.change.goals();
        let before = before.first().and_then(|goal| self.facts.goal(goal));
        let names = super::naming::names(entry, before, batch);
        let records = self.take_names(&names);
        self.write(records, effects);
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
        self.relay_for(entry);
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
        let lines = self.lines();
        self.outbox.looked(id, &was_found, now.at, &lines);
        self.touch();
        if self.give_up_unasked(&entry, effects) {
            return;
        }
        match found {
            Ok(Some(batch)) => {
                self.take_new_names(&entry, &batch, effects);
                self.confirm(&entry, batch, now);
                let what = self.describe(&entry);
                effects.push(Effect::Say(Toast::info(format!(
                    "{what}: confirmed by reading back"
                ))));
            }
            Err(fault) if fault.kind == FaultKind::SignedOut => {
                self.signed_out(&entry.signature.account, fault, effects);
            }
            Ok(None) | Err(_) => {}
        }
    }

    /// Whether an entry leaves now as one with others of its account.
    pub(super) fn leaves_together(&self, id: &EntryId, lines: &Lines) -> bool {
        self.outbox.get(id).is_some_and(|entry| {
            matches!(entry.state, EntryState::Sending { .. }) && lines.goes_together(entry)
        })
    }

    /// Tells the disk in one write that these are being sent, so that they leave in
    /// one turn. If another program moved one of them first none is written, and the
    /// others go with the next turn; new ones, which no disk has yet, are no part of
    /// it, for they would be lost then.
    pub(super) fn put_together(&mut self, ids: &[EntryId], effects: &mut Vec<Effect>) {
        let (new, ids): (Vec<&EntryId>, Vec<&EntryId>) =
            ids.iter().partition(|id| self.outbox.is_new(id));
        for id in new {
            self.put_entry(id, effects);
        }
        if let [only] = ids.as_slice() {
            return self.put_entry(only, effects);
        }
        let mut records = Vec::new();
        for id in ids {
            self.meant.remove(id);
            let entry = self.outbox.stamped(id);
            records.extend(entry.map(|entry| Record::PutEntry(Box::new(entry))));
        }
        self.write(records, effects);
    }

    /// Tells the disk the state an entry has now.
    pub(super) fn put_entry(&mut self, id: &EntryId, effects: &mut Vec<Effect>) {
        let act = self.meant.remove(id);
        if let Some(entry) = self.outbox.stamped(id)
            && let Some(token) = self.write(vec![Record::PutEntry(Box::new(entry))], effects)
            && let Some(act) = act
        {
            self.acts.insert(token, act);
        }
    }
}
