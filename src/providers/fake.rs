//! A provider that does what a test tells it: it answers honestly from memory
//! unless the next thing on its list says to lie, fail or be slow, and it
//! remembers everything it was asked. Never touches a network.

use std::collections::VecDeque;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::watch;

use super::{Provider, Sink};
use crate::model::exchange::{
    Abilities, Ability, Answer, Batch, Change, Fault, Letter, Query, Signature, Trail,
};
use crate::model::goal::Goal;
use crate::model::ids::{AccountName, EntryId, PersonId};
use crate::model::memory_shelf::MemoryShelf;
use crate::model::notification::Notification;
use crate::model::person::Person;

/// What becomes of one question.
#[derive(Clone, Debug)]
pub enum Telling {
    /// The truth, in one batch.
    Honest,
    /// The truth, but this many goals a batch, `more` set on all but the last.
    InPieces(usize),
    /// These batches as they are.
    These(Vec<Batch>),
    /// These batches, then a fault.
    Breaks(Vec<Batch>, Fault),
    /// A fault.
    Fails(Fault),
    /// No answer ever comes.
    Hangs,
}

/// What becomes of one write.
#[derive(Clone, Debug)]
pub enum Doing {
    /// It is done and confirmed.
    Honest,
    /// It is done, but the answer is lost.
    DoneButLost,
    /// It is not done, and the answer is lost.
    LostBefore,
    /// Nothing is done; to be tried again after so many seconds.
    Busy(u64),
    /// No connection; nothing is done.
    Offline,
    /// Nothing is done, and why.
    Refused(Fault),
    /// This answer, whatever it says; nothing is done.
    Says(Box<Answer>),
    /// It is done, and no answer ever comes.
    DoneAndHangs,
    /// It is not done, and no answer ever comes.
    Hangs,
}

/// What becomes of one look for a write of unknown fate.
#[derive(Clone, Debug)]
pub enum Looking {
    /// The truth.
    Honest,
    /// Nothing is seen even if it is there: reads lag behind writes.
    SeesNothing,
    /// The look itself fails.
    Fails(Fault),
}

/// How a write that knows no keys is carried out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Steps {
    /// At once.
    #[default]
    One,
    /// It reads what is there, then acts: only the second step may do harm when it
    /// is taken twice. It looks before it acts.
    ReadFirst,
    /// It reads, makes a draft that nobody sees, and publishes it by its name, which
    /// may be repeated.
    Drafts,
}

/// One call as it came.
#[derive(Clone, Debug, PartialEq)]
pub enum Call {
    /// A question.
    Fetch(Query),
    /// A write.
    Send {
        /// What.
        change: Change,
        /// Who and when.
        signature: Signature,
        /// Its key.
        key: EntryId,
        /// How far it got before.
        trail: Option<Trail>,
    },
    /// A look for a write.
    LookFor {
        /// What.
        change: Change,
        /// Its key.
        key: EntryId,
    },
}

#[derive(Debug, Default)]
struct Script {
    shelf: MemoryShelf,
    fetches: VecDeque<Telling>,
    sends: VecDeque<Doing>,
    looks: VecDeque<Looking>,
    calls: Vec<Call>,
    has_undo: bool,
    knows_keys: bool,
    steps: Steps,
    /// Drafts made, by the key of their write.
    drafts: Vec<EntryId>,
}

/// A scripted account; clones are the same account.
#[derive(Clone, Debug)]
pub struct Fake {
    account: AccountName,
    me: PersonId,
    abilities: Abilities,
    // A watch channel holds the state: every access is one short closure, and a
    // test can wait for the next call without sleeping.
    script: Arc<watch::Sender<Script>>,
}

/// Abilities of a provider that can do everything there, for tests to change.
pub fn able() -> Abilities {
    Abilities {
        check_in: Ability::Native,
        edit_check_in: Ability::Native,
        edit_within: None,
        retract: Ability::Native,
        status: Ability::Native,
        confidence: Ability::Native,
        tell: Ability::Native,
        acknowledge: Ability::Native,
        unacknowledge: Ability::Native,
        comment: Ability::Native,
        remark: Ability::Native,
        react: Ability::Native,
        edit_goals: Ability::Native,
        pause: Ability::Native,
        projects: Ability::Native,
        close: Ability::Native,
        review: Ability::No("this workspace has no approvals of goals"),
        together: false,
        inbox: Ability::Native,
        unread: Ability::Native,
        done: Ability::Native,
        people: Ability::Native,
        immediate: false,
        idempotent: false,
        provider: "Faketown",
        short: "fake",
    }
}

impl Fake {
    /// An account with nothing in it, signed in as `me`, honest until told
    /// otherwise. It gives an undo if its writes are immediate, and does a key
    /// once if its abilities say so.
    pub fn new(account: impl AsRef<str>, me: impl AsRef<str>, abilities: Abilities) -> Self {
        let script = Script {
            has_undo: abilities.immediate,
            knows_keys: abilities.idempotent,
            ..Script::default()
        };
        Self {
            account: AccountName::new(account),
            me: PersonId::new(me),
            abilities,
            script: Arc::new(watch::Sender::new(script)),
        }
    }

    /// Its name.
    pub fn account(&self) -> &AccountName {
        &self.account
    }

    /// Puts things there before the test begins.
    pub fn with(self, goals: Vec<Goal>, people: Vec<Person>, lines: Vec<Notification>) -> Self {
        let shelf = MemoryShelf::new(goals, people, lines);
        self.script.send_modify(|script| script.shelf = shelf);
        self
    }

    /// Writes are carried out in steps; what becomes of them counts for the steps that
    /// act.
    pub fn in_steps(self, steps: Steps) -> Self {
        self.script.send_modify(|script| script.steps = steps);
        self
    }

    /// The drafts that were made, in order; one made twice is there twice.
    pub fn drafts(&self) -> Vec<EntryId> {
        self.script.borrow().drafts.clone()
    }

    /// What becomes of the next questions; honest again after them.
    pub fn on_fetch(&self, tellings: impl IntoIterator<Item = Telling>) {
        self.script
            .send_modify(|script| script.fetches.extend(tellings));
    }

    /// What becomes of the next writes; honest again after them.
    pub fn on_send(&self, doings: impl IntoIterator<Item = Doing>) {
        self.script
            .send_modify(|script| script.sends.extend(doings));
    }

    /// What becomes of the next looks; honest again after them.
    pub fn on_look(&self, lookings: impl IntoIterator<Item = Looking>) {
        self.script
            .send_modify(|script| script.looks.extend(lookings));
    }

    /// Something changes there without us: another person, another program.
    pub fn behind_our_back(&self, change: impl FnOnce(&mut MemoryShelf)) {
        self.script.send_modify(|script| change(&mut script.shelf));
    }

    /// All calls so far, in order.
    pub fn calls(&self) -> Vec<Call> {
        self.script.borrow().calls.clone()
    }

    /// The writes among the calls, in order, with their keys.
    pub fn received(&self) -> Vec<(EntryId, Change)> {
        let writes = self.calls().into_iter().filter_map(|call| match call {
            Call::Send { change, key, .. } => Some((key, change)),
            _ => None,
        });
        writes.collect()
    }

    /// What is there now.
    pub fn shelf(&self) -> MemoryShelf {
        self.script.borrow().shelf.clone()
    }

    /// Waits until `holds` is true of the calls so far.
    pub async fn until(&self, holds: impl Fn(&[Call]) -> bool) {
        let mut changes = self.script.subscribe();
        // An error would mean that the sender is gone, and `self` holds it.
        let _ = changes.wait_for(|script| holds(&script.calls)).await;
    }

    fn tell(&self, query: Query) -> (Telling, Batch) {
        let mut told = (Telling::Honest, Batch::default());
        self.script.send_modify(|script| {
            told = (
                script.fetches.pop_front().unwrap_or(Telling::Honest),
                script.shelf.answer(&query, &self.account, &self.me),
            );
            script.calls.push(Call::Fetch(query));
        });
        told
    }

    fn act(&self, letter: Letter) -> Option<Answer> {
        let Letter {
            key,
            change,
            signature,
            trail,
            ..
        } = letter;
        let mut answer = None;
        self.script.send_modify(|script| {
            script.calls.push(Call::Send {
                change: change.clone(),
                signature: signature.clone(),
                key: key.clone(),
                trail: trail.clone(),
            });
            if let Some(onward) = script.prepare(&key, trail.as_ref()) {
                answer = Some(onward);
                return;
            }
            let doing = script.sends.pop_front().unwrap_or(Doing::Honest);
            let looks = script.steps != Steps::One;
            // What is kept here can be taken back whoever the provider is.
            let is_kept_here = self.abilities.of(&change) == Ability::KeptHere;
            let has_undo = script.has_undo || is_kept_here;
            let carry_out = |script: &mut Script| {
                // A provider that knows no keys does the same write again, unless it
                // looks before it acts.
                let known = script.shelf.done(&key).is_some();
                let key = if script.knows_keys || looks || !known {
                    key.clone()
                } else {
                    EntryId::new(format!("{key}-{}", script.calls.len()))
                };
                script.shelf.carry_out(&change, &signature, &key)
            };
            answer = match doing {
                Doing::Honest => Some(match carry_out(script) {
                    Ok(done) => Answer::Accepted {
                        batch: script.shelf.after(&done, &self.me),
                        undo: done.undo.filter(|_| has_undo).map(Box::new),
                    },
                    Err(fault) => Answer::Refused(fault),
                }),
                Doing::DoneButLost => {
                    let _ = carry_out(script);
                    Some(Answer::NoAnswer("connection reset".to_owned()))
                }
                Doing::LostBefore => Some(Answer::NoAnswer("connection reset".to_owned())),
                Doing::Busy(seconds) => Some(Answer::Busy(seconds)),
                Doing::Offline => Some(Answer::Offline("connection refused".to_owned())),
                Doing::Refused(fault) => Some(Answer::Refused(fault)),
                Doing::Says(answer) => Some(*answer),
                Doing::DoneAndHangs => {
                    let _ = carry_out(script);
                    None
                }
                Doing::Hangs => None,
            };
        });
        answer
    }

    fn look(&self, change: Change, key: EntryId) -> Result<Option<Batch>, Fault> {
        let mut found = Ok(None);
        self.script.send_modify(|script| {
            found = match script.looks.pop_front().unwrap_or(Looking::Honest) {
                Looking::Honest => Ok(script
                    .shelf
                    .done(&key)
                    .map(|done| script.shelf.after(done, &self.me))),
                Looking::SeesNothing => Ok(None),
                Looking::Fails(fault) => Err(fault),
            };
            script.calls.push(Call::LookFor { change, key });
        });
        found
    }
}

impl Script {
    /// The step before the one that acts, if there is one still to take.
    fn prepare(&mut self, key: &EntryId, trail: Option<&Trail>) -> Option<Answer> {
        let onward = |note: String, risky| {
            Some(Answer::Onward(Trail {
                words: String::new(),
                note,
                risky,
            }))
        };
        match (self.steps, trail) {
            (Steps::One, _) | (Steps::ReadFirst, Some(_)) => None,
            (_, None) => onward(format!("{} before", self.shelf.writes()), true),
            (Steps::Drafts, Some(trail)) if trail.risky => {
                match self.sends.pop_front() {
                    // The answer to making the draft is lost like any other.
                    Some(Doing::DoneButLost) => {
                        self.drafts.push(key.clone());
                        Some(Answer::NoAnswer("connection reset".to_owned()))
                    }
                    Some(Doing::LostBefore) => {
                        Some(Answer::NoAnswer("connection reset".to_owned()))
                    }
                    other => {
                        if let Some(other) = other {
                            self.sends.push_front(other);
                        }
                        self.drafts.push(key.clone());
                        onward(format!("draft {}", self.drafts.len()), false)
                    }
                }
            }
            (Steps::Drafts, Some(_)) => None,
        }
    }
}

impl Provider for Fake {
    fn abilities(&self) -> Abilities {
        self.abilities.clone()
    }

    fn fetch(&self, query: Query, mut sink: Sink) -> BoxFuture<'_, Result<(), Fault>> {
        async move {
            let (telling, honest) = self.tell(query);
            match telling {
                Telling::Honest => sink(honest),
                Telling::InPieces(size) => in_pieces(honest, size).into_iter().for_each(sink),
                Telling::These(batches) => batches.into_iter().for_each(sink),
                Telling::Breaks(batches, fault) => {
                    batches.into_iter().for_each(sink);
                    return Err(fault);
                }
                Telling::Fails(fault) => return Err(fault),
                Telling::Hangs => std::future::pending().await,
            }
            Ok(())
        }
        .boxed()
    }

    fn send(&self, letter: Letter) -> BoxFuture<'_, Answer> {
        async move {
            match self.act(letter) {
                Some(answer) => answer,
                None => std::future::pending().await,
            }
        }
        .boxed()
    }

    fn look_for(&self, letter: Letter) -> BoxFuture<'_, Result<Option<Batch>, Fault>> {
        async move { self.look(letter.change, letter.key) }.boxed()
    }
}

fn in_pieces(mut whole: Batch, size: usize) -> Vec<Batch> {
    let mut pieces = Vec::new();
    while whole.goals.len() > size.max(1) {
        let rest = whole.goals.split_off(size.max(1));
        pieces.push(Batch {
            goals: std::mem::replace(&mut whole.goals, rest),
            more: true,
            ..Batch::default()
        });
    }
    pieces.push(whole);
    pieces
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use std::sync::mpsc::channel;

    use super::*;
    use crate::model::time::Time;

    fn fake(abilities: Abilities) -> Fake {
        let goals =
            ["f:1", "f:2", "f:3"].map(|id| Goal::new(id.into(), "f".into(), id, Time::UNIX_EPOCH));
        Fake::new("f", "f:me", abilities).with(goals.to_vec(), Vec::new(), Vec::new())
    }

    fn say(text: &str) -> (Change, Signature) {
        let change = Change::Comment {
            goal: "f:1".into(),
            check_in: None,
            id: "c".into(),
            text: text.into(),
        };
        let signature = Signature {
            by: "f:me".into(),
            account: "f".into(),
            at: Time::UNIX_EPOCH,
        };
        (change, signature)
    }

    fn send(fake: &Fake, key: &str) -> Option<Answer> {
        let (change, signature) = say("hello");
        fake.send(Letter::new(key.into(), change, signature))
            .now_or_never()
    }

    fn comments(fake: &Fake) -> usize {
        let shelf = fake.shelf();
        shelf.goal(&"f:1".into()).unwrap().comments.len()
    }

    #[test]
    fn it_lies_as_told_and_is_honest_after() {
        let fake = fake(able());
        let no = Fault::new(crate::model::exchange::FaultKind::Invalid, "no", "");
        fake.on_send([
            Doing::LostBefore,
            Doing::Busy(7),
            Doing::Offline,
            Doing::Refused(no.clone()),
            Doing::Hangs,
        ]);
        assert!(matches!(send(&fake, "k"), Some(Answer::NoAnswer(_))));
        assert_eq!(send(&fake, "k"), Some(Answer::Busy(7)));
        assert!(matches!(send(&fake, "k"), Some(Answer::Offline(_))));
        assert_eq!(send(&fake, "k"), Some(Answer::Refused(no)));
        assert_eq!(send(&fake, "k"), None);
        assert_eq!(comments(&fake), 0);
        assert!(matches!(
            send(&fake, "k"),
            Some(Answer::Accepted { undo: None, .. })
        ));
        assert_eq!(comments(&fake), 1);
        assert_eq!(fake.received().len(), 6);
    }

    #[test]
    fn a_write_whose_answer_was_lost_is_found_by_looking() {
        let fake = fake(able());
        fake.on_send([Doing::DoneButLost, Doing::LostBefore]);
        fake.on_look([Looking::SeesNothing]);
        send(&fake, "k");
        assert_eq!(comments(&fake), 1);
        let (change, signature) = say("hello");
        let look = |key: &str| {
            fake.look_for(Letter::new(key.into(), change.clone(), signature.clone()))
                .now_or_never()
                .unwrap()
        };
        assert_eq!(look("k"), Ok(None), "reads lag");
        assert_eq!(look("k").unwrap().unwrap().goals.len(), 1);
        send(&fake, "l");
        assert_eq!(look("l"), Ok(None));
    }

    #[test]
    fn batches_come_as_told() {
        let fake = fake(able());
        fake.on_fetch([Telling::InPieces(2), Telling::Hangs]);
        let ask = |query: Query| {
            let (sender, batches) = channel();
            let sink = Box::new(move |batch| sender.send(batch).unwrap());
            let end = fake.fetch(query, sink).now_or_never();
            (end, batches.try_iter().collect::<Vec<Batch>>())
        };
        let (end, batches) = ask(Query::All);
        assert_eq!(end, Some(Ok(())));
        let shape: Vec<_> = batches
            .iter()
            .map(|batch| (batch.goals.len(), batch.more, batch.full))
            .collect();
        assert_eq!(shape, [(2, true, false), (1, false, true)]);
        assert_eq!(ask(Query::All).0, None);
        assert_eq!(ask(Query::All).1.len(), 1);
        assert_eq!(fake.calls().len(), 3);
    }

    #[test]
    fn keys_count_only_where_the_abilities_say_so() {
        for (idempotent, writes) in [(true, 1), (false, 2)] {
            let mut abilities = able();
            abilities.idempotent = idempotent;
            let fake = fake(abilities);
            send(&fake, "k");
            send(&fake, "k");
            assert_eq!(fake.shelf().writes(), writes);
        }
    }

    #[tokio::test]
    async fn a_test_can_wait_for_a_call() {
        let fake = fake(able());
        let other = fake.clone();
        let waiting = tokio::spawn(async move { other.until(|calls| !calls.is_empty()).await });
        send(&fake, "k");
        waiting.await.unwrap();
    }
}
