//! The store as a machine: commands and outcomes in, effects out, no world. Then
//! the same machine killed after every single step, to see that no write is ever
//! lost or sent twice.

use std::collections::VecDeque;

use chrono::TimeDelta;
use goaldeck::model::cadence::Cadence;
use goaldeck::model::check_in::CheckIn;
use goaldeck::model::entry::{Draft, DraftKey, EntryState, Form, Mark, Record, Records};
use goaldeck::model::exchange::{
    Abilities, Answer, Batch, Change, Fault, FaultKind, Letter, Query, Signature, Tell, Trail,
};
use goaldeck::model::goal::Goal;
use goaldeck::model::ids::{AccountName, CheckInId, EntryId, GoalId, PersonId, Ticket};
use goaldeck::model::progress::Rules;
use goaldeck::model::status::Status;
use goaldeck::model::time::Now;
use goaldeck::providers::fake;
use goaldeck::store::effect::{Command, Effect, Outcome, Post};
use goaldeck::store::{AccountState, Setup, Store};

use crate::rig::friday;

fn account() -> AccountName {
    AccountName::new("work")
}

fn me() -> PersonId {
    PersonId::new("work:me")
}

fn goal_id() -> GoalId {
    GoalId::new("work:g-1")
}

fn goal(name: &str, id: &str, now: Now) -> Goal {
    let mut goal = Goal::new(
        GoalId::new(id),
        account(),
        name,
        now.at - TimeDelta::days(30),
    );
    goal.champion = Some(me());
    goal
}

/// A remote provider: writes are held, and nobody there knows our keys.
fn remote() -> Abilities {
    Abilities {
        immediate: false,
        idempotent: false,
        ..fake::able()
    }
}

fn store_with(abilities: Abilities, hold: i64) -> Store {
    let setup = Setup {
        name: account(),
        abilities,
        hold: TimeDelta::seconds(hold),
        refresh: Some(TimeDelta::minutes(5)),
        settle: goaldeck::store::outbox::Settle::default(),
        cadence: Cadence::None,
        origin: None,
    };
    Store::new(vec![setup], Rules::default())
}

/// A store that has read one goal and may send.
fn ready(hold: i64) -> (Store, Now) {
    let now = friday();
    let mut store = store_with(remote(), hold);
    read(&mut store, now, Records::default());
    (store, now)
}

fn read(store: &mut Store, now: Now, records: Records) -> Vec<Effect> {
    store.outcome(
        Outcome::Sender {
            mine: true,
            pid: None,
        },
        now,
    );
    let mut effects = store.outcome(Outcome::Loaded(records), now);
    let asked = store.command(Command::Start, now);
    let mut tickets = tickets(&asked);
    effects.extend(
        asked
            .into_iter()
            .filter(|effect| !matches!(effect, Effect::Fetch { .. })),
    );
    while let Some((ticket, query)) = tickets.pop() {
        let more = store.outcome(
            Outcome::Fetched {
                ticket,
                batch: everything(&query, now),
            },
            now,
        );
        tickets.extend(self::tickets(&more));
        effects.extend(
            more.into_iter()
                .filter(|effect| !matches!(effect, Effect::Fetch { .. })),
        );
    }
    effects
}

fn everything(query: &Query, now: Now) -> Batch {
    Batch {
        goals: vec![goal("One", "work:g-1", now), goal("Two", "work:g-2", now)],
        me: Some(me()),
        full: *query == Query::All,
        ..Batch::default()
    }
}

fn tickets(effects: &[Effect]) -> Vec<(Ticket, Query)> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Fetch { ticket, query, .. } => Some((*ticket, query.clone())),
            _ => None,
        })
        .collect()
}

fn check_in(id: &str, note: &str, now: Now) -> CheckIn {
    let mut check_in = CheckIn::new(CheckInId::new(id), me(), now.at);
    check_in.status = Some(Status::AtRisk);
    check_in.note = note.to_owned();
    check_in
}

fn post(id: &str, change: Change) -> Command {
    Command::Post(Post {
        id: EntryId::new(id),
        account: account(),
        change,
        draft: None,
    })
}

fn post_check_in(id: &str, now: Now) -> Command {
    post(
        id,
        Change::CheckIn {
            goal: goal_id(),
            check_in: check_in(&format!("work:c-{id}"), "text", now),
            tell: Tell::default(),
        },
    )
}

/// The disk takes every write at once; what the store wants then.
fn written(store: &mut Store, effects: Vec<Effect>, now: Now) -> Vec<Effect> {
    let mut rest = Vec::new();
    let mut queue: VecDeque<Effect> = effects.into();
    while let Some(effect) = queue.pop_front() {
        match effect {
            Effect::Write { token, .. } => {
                queue.extend(store.outcome(Outcome::Written { token }, now))
            }
            other => rest.push(other),
        }
    }
    rest
}

fn sends(effects: &[Effect]) -> Vec<&EntryId> {
    effects
        .iter()
        .filter_map(|effect| {
            if let Effect::Send(letter) = effect {
                Some(&letter.key)
            } else {
                None
            }
        })
        .collect()
}

/// The provider has read what it has to know; the next step is the one that may
/// do something twice.
fn risky(store: &mut Store, id: &str, now: Now) -> Vec<Effect> {
    let trail = Trail {
        words: String::new(),
        note: "c-1 c-2".to_owned(),
        risky: true,
    };
    let effects = answer(store, id, Answer::Onward(trail), now);
    written(store, effects, now)
}

fn answer(store: &mut Store, id: &str, answer: Answer, now: Now) -> Vec<Effect> {
    let entry = EntryId::new(id);
    store.outcome(Outcome::Answered { entry, answer }, now)
}

fn later(now: Now, seconds: i64) -> Now {
    Now::new(now.at + TimeDelta::seconds(seconds), now.zone)
}

fn state(store: &Store, id: &str) -> EntryState {
    store
        .entry(&EntryId::new(id))
        .map(|entry| entry.state.clone())
        .expect("the entry is there")
}

#[test]
fn a_held_write_shows_at_once_and_leaves_after_the_hold() {
    let (mut store, now) = ready(10);
    let effects = store.command(post_check_in("a", now), now);
    assert_eq!(
        store.goal(&goal_id()).expect("a goal").status,
        Status::AtRisk,
        "laid over the facts"
    );
    assert!(store.is_pending(&goal_id()));
    let effects = written(&mut store, effects, now);
    assert!(sends(&effects).is_empty());
    assert_eq!(store.next_wake(now), Some(now.at + TimeDelta::seconds(10)));
    let then = later(now, 10);
    let effects = store.outcome(Outcome::Woke, then);
    assert!(
        sends(&effects).is_empty(),
        "not before the disk has it as sending"
    );
    let effects = written(&mut store, effects, then);
    assert_eq!(sends(&effects), [&EntryId::new("a")]);
}

#[test]
fn undo_in_the_hold_takes_it_back_and_gives_the_draft() {
    let (mut store, now) = ready(10);
    let key = DraftKey {
        goal: Some(goal_id()),
        form: Form::CheckIn,
    };
    let draft = Draft {
        key: key.clone(),
        fields: [("note".to_owned(), "text".to_owned())].into(),
        focus: "note".into(),
        cursor: (0, 4),
        scroll: 0,
        saved_at: now.at,
    };
    store.command(Command::Keep(draft), now);
    let Command::Post(mut post) = post_check_in("a", now) else {
        unreachable!()
    };
    post.draft = Some(key.clone());
    let effects = store.command(Command::Post(post), now);
    assert!(store.draft(&key).is_none());
    written(&mut store, effects, now);
    let effects = store.command(Command::Undo, later(now, 3));
    let records: Vec<&Record> = effects
        .iter()
        .filter_map(|effect| {
            if let Effect::Write { records, .. } = effect {
                Some(records)
            } else {
                None
            }
        })
        .flatten()
        .collect();
    assert!(
        records
            .iter()
            .any(|record| matches!(record, Record::DropEntry { .. }))
    );
    assert!(
        records
            .iter()
            .any(|record| matches!(record, Record::PutDraft(_)))
    );
    assert_eq!(
        store.draft(&key).expect("the draft is back").fields["note"],
        "text"
    );
    assert_eq!(
        store.goal(&goal_id()).expect("a goal").status,
        Status::NotStarted
    );
    assert!(store.entry(&EntryId::new("a")).is_none());
}

#[test]
fn refused_check_in_keeps_text_and_rolls_back() {
    let (mut store, now) = ready(0);
    let effects = store.command(post_check_in("a", now), now);
    let effects = written(&mut store, effects, now);
    assert_eq!(sends(&effects).len(), 1);
    let fault = Fault::new(FaultKind::Invalid, "the goal is closed", "reopen it");
    let effects = store.outcome(
        Outcome::Answered {
            entry: EntryId::new("a"),
            answer: Answer::Refused(fault.clone()),
        },
        now,
    );
    assert!(
        effects
            .iter()
            .any(|effect| matches!(effect, Effect::Say(toast) if toast.is_error))
    );
    assert_eq!(
        store.goal(&goal_id()).expect("a goal").status,
        Status::NotStarted,
        "rolled back"
    );
    assert_eq!(state(&store, "a"), EntryState::Refused { fault });
    assert_eq!(
        store
            .entry(&EntryId::new("a"))
            .and_then(|entry| entry.change.text()),
        Some("text")
    );
}

#[test]
fn an_answer_from_before_a_confirmed_write_does_not_bring_the_past_back() {
    let (mut store, now) = ready(0);
    let asked = store.command(Command::Refresh, now);
    let [(ticket, _)] = tickets(&asked)[..] else {
        panic!("one question")
    };
    let effects = store.command(post_check_in("a", now), now);
    written(&mut store, effects, now);
    let mut after = goal("One", "work:g-1", now);
    after.check_ins.push(check_in("work:c-a", "text", now));
    after.status = Status::AtRisk;
    let batch = Batch {
        goals: vec![after],
        ..Batch::default()
    };
    store.outcome(
        Outcome::Answered {
            entry: EntryId::new("a"),
            answer: Answer::Accepted { batch, undo: None },
        },
        now,
    );
    // The refresh was asked before and answers with the goal as it was.
    store.outcome(
        Outcome::Fetched {
            ticket,
            batch: everything(&Query::All, now),
        },
        now,
    );
    assert_eq!(
        store.goal(&goal_id()).expect("a goal").status,
        Status::AtRisk
    );
    // An answer nobody waits for any more is dropped whole.
    store.outcome(
        Outcome::Fetched {
            ticket,
            batch: Batch::default(),
        },
        now,
    );
    assert_eq!(store.len(), 2);
}

#[test]
fn no_answer_is_looked_for_and_never_sent_again_unlooked() {
    let (mut store, now) = ready(0);
    let effects = store.command(post_check_in("a", now), now);
    written(&mut store, effects, now);
    assert_eq!(sends(&risky(&mut store, "a", now)).len(), 1);
    let answer = Answer::NoAnswer("time-out".into());
    let effects = store.outcome(
        Outcome::Answered {
            entry: EntryId::new("a"),
            answer,
        },
        now,
    );
    assert!(written(&mut store, effects, now).is_empty());
    assert!(
        store.is_pending(&goal_id()),
        "not certain is shown as not certain"
    );
    // Nothing happens before the settle time is over.
    let effects = store.outcome(Outcome::Woke, later(now, 89));
    assert!(
        !effects
            .iter()
            .any(|effect| matches!(effect, Effect::LookFor { .. } | Effect::Send { .. }))
    );
    let mut moment = later(now, 90);
    for look in 0..2 {
        let effects = store.outcome(Outcome::Woke, moment);
        assert!(
            effects
                .iter()
                .any(|effect| matches!(effect, Effect::LookFor { .. })),
            "look {look}"
        );
        assert!(sends(&effects).is_empty());
        let effects = store.outcome(
            Outcome::LookedFor {
                entry: EntryId::new("a"),
                found: Ok(None),
            },
            moment,
        );
        let effects = written(&mut store, effects, moment);
        if look == 0 {
            assert!(sends(&effects).is_empty(), "one look is not enough");
        } else {
            assert_eq!(
                sends(&effects).len(),
                1,
                "after two complete looks it did not arrive"
            );
        }
        moment = later(moment, 30);
    }
}

#[test]
fn a_look_that_finds_it_says_so_and_one_that_fails_asks_a_person() {
    let (mut store, now) = ready(0);
    for id in ["a", "b"] {
        let change = Change::CheckIn {
            goal: GoalId::new(if id == "a" { "work:g-1" } else { "work:g-2" }),
            check_in: check_in(id, "text", now),
            tell: Tell::default(),
        };
        let effects = store.command(post(id, change), now);
        written(&mut store, effects, now);
    }
    for id in ["a", "b"] {
        risky(&mut store, id, now);
        let effects = answer(&mut store, id, Answer::NoAnswer("cut".into()), now);
        written(&mut store, effects, now);
    }
    let then = later(now, 91);
    let effects = store.outcome(Outcome::Woke, then);
    written(&mut store, effects, then);
    store.outcome(
        Outcome::LookedFor {
            entry: EntryId::new("a"),
            found: Ok(Some(Batch::default())),
        },
        then,
    );
    assert_eq!(state(&store, "a"), EntryState::Sent { at: then.at });
    let fault = Fault::new(FaultKind::Forbidden, "no right to see it", "");
    store.outcome(
        Outcome::LookedFor {
            entry: EntryId::new("b"),
            found: Err(fault),
        },
        then,
    );
    assert!(state(&store, "b").needs_person());
}

#[test]
fn writes_to_one_goal_keep_their_order_and_acknowledgements_do_not_wait() {
    let (mut store, now) = ready(0);
    let mut effects = store.command(post_check_in("a", now), now);
    effects.extend(store.command(post_check_in("b", now), now));
    let ack = Change::Acknowledge {
        items: vec![(goal_id(), CheckInId::new("work:c-a"))],
    };
    effects.extend(store.command(post("k", ack), now));
    let effects = written(&mut store, effects, now);
    assert_eq!(sends(&effects), [&EntryId::new("a"), &EntryId::new("k")]);
    let answer = Answer::Accepted {
        batch: Batch::default(),
        undo: None,
    };
    let effects = store.outcome(
        Outcome::Answered {
            entry: EntryId::new("a"),
            answer,
        },
        now,
    );
    let effects = written(&mut store, effects, now);
    assert_eq!(sends(&effects), [&EntryId::new("b")]);
}

/// The writes among the effects that hold this entry.
fn writes_of(effects: &[Effect], id: &str) -> usize {
    let holds = |effect: &&Effect| {
        matches!(effect, Effect::Write { records, .. } if records.iter().any(|record| {
            matches!(record, Record::PutEntry(entry) if entry.id == EntryId::new(id))
        }))
    };
    effects.iter().filter(holds).count()
}

#[test]
fn what_waits_without_a_hold_is_written_when_it_is_posted() {
    let (mut store, now) = ready(0);
    let first = store.command(post_check_in("e1", now), now);
    assert_eq!(writes_of(&first, "e1"), 1, "once, as sending");
    let behind = store.command(post_check_in("e2", now), now);
    assert_eq!(writes_of(&behind, "e2"), 1, "behind another of its goal");
    written(&mut store, behind, now);
    store.outcome(
        Outcome::Sender {
            mine: false,
            pid: Some(4123),
        },
        now,
    );
    let other = Change::Acknowledge {
        items: vec![(goal_id(), CheckInId::new("work:c-1"))],
    };
    let watched = store.command(post("e3", other), now);
    assert_eq!(writes_of(&watched, "e3"), 1, "sent by another program");
    let again = store.command(Command::Refresh, now);
    assert_eq!(writes_of(&again, "e3"), 0, "not twice");
}

#[test]
fn a_disk_that_is_full_gives_the_text_back() {
    let (mut store, now) = ready(10);
    let key = DraftKey {
        goal: Some(goal_id()),
        form: Form::CheckIn,
    };
    let draft = Draft {
        key: key.clone(),
        fields: [("note".to_owned(), "text".to_owned())].into(),
        focus: String::new(),
        cursor: (0, 0),
        scroll: 0,
        saved_at: now.at,
    };
    store.command(Command::Keep(draft), now);
    let Command::Post(mut post) = post_check_in("a", now) else {
        unreachable!()
    };
    post.draft = Some(key.clone());
    let effects = store.command(Command::Post(post), now);
    let fault = Fault::new(FaultKind::Disk, "the disk is full", "free some space");
    for effect in effects {
        if let Effect::Write { token, .. } = effect {
            let effects = store.outcome(
                Outcome::NotWritten {
                    token,
                    fault: fault.clone(),
                },
                now,
            );
            assert!(effects.iter().any(|effect| matches!(effect, Effect::Say(toast) if toast.text.contains("the disk is full"))));
        }
    }
    assert!(
        store.entry(&EntryId::new("a")).is_none(),
        "it never was posted"
    );
    assert!(store.draft(&key).is_some(), "the text is still there");
    assert_eq!(
        store.goal(&goal_id()).expect("a goal").status,
        Status::NotStarted
    );
}

#[test]
fn drafts_are_written_a_second_after_the_last_key_and_never_later_than_five() {
    let (mut store, now) = ready(10);
    let draft = |text: &str, at: Now| {
        Command::Keep(Draft {
            key: DraftKey {
                goal: Some(goal_id()),
                form: Form::CheckIn,
            },
            fields: [("note".to_owned(), text.to_owned())].into(),
            focus: String::new(),
            cursor: (0, text.len()),
            scroll: 0,
            saved_at: at.at,
        })
    };
    store.command(draft("a", now), now);
    assert_eq!(store.next_wake(now), Some(now.at + TimeDelta::seconds(1)));
    let mut text = String::from("a");
    for tenth in 1..=60 {
        let moment = Now::new(now.at + TimeDelta::milliseconds(tenth * 100), now.zone);
        text.push('b');
        let effects = store.command(draft(&text, moment), moment);
        assert!(effects.is_empty(), "typing does not wait for the disk");
        let due = store.next_wake(moment).expect("a write is due");
        assert!(
            due <= now.at + TimeDelta::seconds(5),
            "five seconds at the most"
        );
    }
    let moment = later(now, 7);
    let effects = store.outcome(Outcome::Woke, moment);
    let is_draft =
        |record: &Record| matches!(record, Record::PutDraft(draft) if draft.fields["note"] == text);
    assert!(effects.iter().any(
        |effect| matches!(effect, Effect::Write { records, .. } if records.iter().any(is_draft))
    ));
}

#[test]
fn an_account_that_is_offline_is_asked_again_with_growing_pauses() {
    let (mut store, now) = ready(0);
    let mut moment = now;
    let mut pauses = Vec::new();
    let mut asked = store.command(Command::Refresh, moment);
    for _ in 0..4 {
        let [(ticket, _)] = tickets(&asked)[..] else {
            panic!("one question")
        };
        let fault = Fault::new(FaultKind::Offline, "no route", "");
        store.outcome(Outcome::NotFetched { ticket, fault }, moment);
        let next = store.next_wake(moment).expect("it is tried again");
        pauses.push((next - moment.at).num_seconds());
        moment = Now::new(next, now.zone);
        asked = store.outcome(Outcome::Woke, moment);
    }
    assert_eq!(pauses, [5, 15, 60, 300]);
    let account = store.account(&account()).expect("the account");
    assert!(matches!(account.state, AccountState::Offline { since, .. } if since == now.at));
    assert_eq!(store.len(), 2, "what was known stays readable");
}

#[test]
fn a_write_that_waits_for_somebody_does_not_wake_the_loop_again_and_again() {
    let (mut store, now) = ready(0);
    let effects = store.command(post_check_in("a", now), now);
    written(&mut store, effects, now);
    let answer = Answer::Offline("no route".into());
    let effects = store.outcome(
        Outcome::Answered {
            entry: EntryId::new("a"),
            answer,
        },
        now,
    );
    written(&mut store, effects, now);
    // Another process became the sender meanwhile.
    store.outcome(
        Outcome::Sender {
            mine: false,
            pid: Some(7),
        },
        now,
    );
    let then = later(now, 60);
    let effects = store.outcome(Outcome::Woke, then);
    assert!(sends(&effects).is_empty());
    let next = store.next_wake(then);
    assert!(
        next.is_none_or(|next| next > then.at),
        "it would spin: {next:?}"
    );
}

#[test]
fn read_only_refuses_every_write_with_its_reason() {
    let (mut store, now) = ready(0);
    store.set_read_only("the store is newer than this program");
    let effects = store.command(post_check_in("a", now), now);
    assert!(matches!(&effects[..], [Effect::Say(toast)] if toast.text.contains("newer")));
    assert!(store.entries().next().is_none());
}

#[test]
fn a_look_counts_after_two_seconds() {
    let (mut store, now) = ready(0);
    store.command(Command::Looking(Some(goal_id())), now);
    store.command(Command::Looking(None), later(now, 1));
    assert!(store.marks().looked(&goal_id()).is_none());
    store.command(Command::Looking(Some(goal_id())), later(now, 2));
    let effects = store.command(Command::Looking(None), later(now, 4));
    assert!(store.marks().looked(&goal_id()).is_some());
    let is_look = |record: &Record| matches!(record, Record::PutMark(Mark::Looked { .. }));
    assert!(effects.iter().any(
        |effect| matches!(effect, Effect::Write { records, .. } if records.iter().any(is_look))
    ));
}

// ── killed after every step ────────────────────────────────────────────────

/// What a provider does with a write.
#[derive(Clone, Copy, Debug)]
enum Behaviour {
    /// Applies and answers.
    Good,
    /// Applies and says nothing.
    Silent,
    /// Does not apply and says nothing.
    Deaf,
    /// Makes no connection the first time.
    Unreachable,
}

/// A disk and a provider that survive the program.
#[derive(Default)]
struct Outside {
    disk: Records,
    applied: Vec<(EntryId, Signature)>,
    attempts: usize,
}

impl Outside {
    fn write(&mut self, records: &[Record]) -> bool {
        for record in records {
            match record {
                Record::PutEntry(entry) => {
                    let known = self.disk.entries.iter().find(|other| other.id == entry.id);
                    if known.map_or(entry.rev > 1, |known| entry.rev != known.rev + 1) {
                        return false;
                    }
                    self.disk.entries.retain(|other| other.id != entry.id);
                    self.disk.entries.push((**entry).clone());
                    self.disk.entries.sort_by_key(|entry| entry.seq);
                }
                Record::DropEntry { id, .. } => self.disk.entries.retain(|other| &other.id != id),
                Record::PutDraft(draft) => {
                    self.disk.drafts.retain(|other| other.key != draft.key);
                    self.disk.drafts.push((**draft).clone());
                }
                Record::DropDraft(key) => self.disk.drafts.retain(|other| &other.key != key),
                Record::PutMark(_) | Record::DropMark(_) => {}
            }
        }
        true
    }

    fn send(&mut self, letter: &Letter, behaviour: Behaviour) -> Answer {
        if letter.trail.is_none() {
            return Answer::Onward(Trail {
                words: String::new(),
                note: "none before".to_owned(),
                risky: true,
            });
        }
        if self.has(&letter.key) {
            // It looks before it sends again.
            return Answer::Accepted {
                batch: Batch::default(),
                undo: None,
            };
        }
        let (entry, signature) = (&letter.key, &letter.signature);
        self.attempts += 1;
        let again = self.attempts > 1;
        match behaviour {
            Behaviour::Unreachable if !again => Answer::Offline("refused".into()),
            Behaviour::Deaf if !again => Answer::NoAnswer("time-out".into()),
            Behaviour::Silent if !again => {
                self.applied.push((entry.clone(), signature.clone()));
                Answer::NoAnswer("time-out".into())
            }
            _ => {
                self.applied.push((entry.clone(), signature.clone()));
                Answer::Accepted {
                    batch: Batch::default(),
                    undo: None,
                }
            }
        }
    }

    fn has(&self, entry: &EntryId) -> bool {
        self.applied.iter().any(|(applied, _)| applied == entry)
    }
}

/// One life of the program: at most `steps` things happen in the world, then it
/// is killed. Returns whether everything was done before.
fn live(
    outside: &mut Outside,
    behaviour: Behaviour,
    steps: usize,
    posts: bool,
    start: Now,
) -> (bool, Now) {
    let mut now = start;
    let mut store = store_with(remote(), 10);
    let mut queue: VecDeque<Effect> = read(&mut store, now, outside.disk.clone()).into();
    if posts {
        queue.extend(store.command(post_check_in("a", now), now));
        queue.extend(store.command(post_check_in("b", now), now));
    }
    for _ in 0..steps {
        let Some(effect) = queue.pop_front() else {
            let done = store
                .entries()
                .all(|entry| matches!(entry.state, EntryState::Sent { .. }));
            if done {
                return (true, now);
            }
            // Nothing to do: the next deadline comes.
            let Some(next) = store.next_wake(now) else {
                return (false, now);
            };
            now = Now::new(next.max(now.at), now.zone);
            queue.extend(store.outcome(Outcome::Woke, now));
            continue;
        };
        match effect {
            Effect::Write { token, records } => {
                assert!(outside.write(&records), "nobody else writes");
                queue.extend(store.outcome(Outcome::Written { token }, now));
            }
            Effect::Send(letter) => {
                let entry = letter.key.clone();
                let answer = outside.send(&letter, behaviour);
                queue.extend(store.outcome(Outcome::Answered { entry, answer }, now));
            }
            Effect::LookFor(letter) => {
                let entry = letter.key;
                let found = Ok(outside.has(&entry).then(Batch::default));
                queue.extend(store.outcome(Outcome::LookedFor { entry, found }, now));
            }
            Effect::Fetch { ticket, query, .. } => {
                let batch = everything(&query, now);
                queue.extend(store.outcome(Outcome::Fetched { ticket, batch }, now));
            }
            _ => {}
        }
    }
    (false, now)
}

#[test]
fn killed_after_any_step_nothing_is_lost_or_sent_twice() {
    for behaviour in [
        Behaviour::Good,
        Behaviour::Silent,
        Behaviour::Deaf,
        Behaviour::Unreachable,
    ] {
        for first in 0..60 {
            for second in [0, 1, 2, 3, 5, 8, 13, 1000] {
                let mut outside = Outside::default();
                let start = friday();
                let (_, now) = live(&mut outside, behaviour, first, true, start);
                let (_, now) = live(&mut outside, behaviour, second, false, later(now, 1));
                let (done, _) = live(&mut outside, behaviour, 2000, false, later(now, 1));
                let case = format!("{behaviour:?}, killed after {first} and {second} steps");
                assert!(done, "stuck: {case}");
                for entry in &outside.disk.entries {
                    let times = outside
                        .applied
                        .iter()
                        .filter(|(id, _)| id == &entry.id)
                        .count();
                    assert_eq!(times, 1, "{} arrived {times} times: {case}", entry.id);
                }
                let order: Vec<&str> = outside.applied.iter().map(|(id, _)| id.as_str()).collect();
                assert!(
                    order == ["a", "b"] || order == ["a"] || order == ["b"] || order.is_empty(),
                    "{order:?}: {case}"
                );
            }
        }
    }
}
