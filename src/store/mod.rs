//! The one truth in memory and the rules between its parts: facts, outbox,
//! drafts, marks and what is asked. Routes commands and outcomes to them and
//! returns effects; does no IO, has no clock and no randomness of its own.

mod account;
mod as_of;
pub mod asked;
mod copies;
pub mod diff;
pub mod drafts;
pub mod effect;
mod effort;
pub mod facts;
pub mod find;
mod glimpse;
mod grafts;
pub mod inbox;
mod kept;
pub mod marks;
mod naming;
pub mod news;
pub mod outbox;
pub mod overlay;
mod past;
mod questions;
pub mod queue;
mod reading;
pub mod reckoned;
pub mod report;
mod search;
pub mod tree;
pub mod views;
mod waiting;
mod writes;

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::TimeDelta;

use crate::model::cadence::Cadence;
use crate::model::entry::{Entry, Mark, Record, Records};
use crate::model::exchange::{Abilities, Change, Fault, FaultKind, Query, SoFar};
use crate::model::goal::Goal;
use crate::model::ids::{AccountName, EntryId, GoalId, PersonId};
use crate::model::progress::Rules;
use crate::model::time::{Now, Time};

use as_of::Then;
use asked::Asking;
use drafts::Drafts;
use effect::{Command, Effect, Outcome, Post, Toast};
use effort::Campaign;
use facts::Facts;
use glimpse::Glimpse;
use kept::Kept;
use marks::Marks;
use outbox::{Hindrance, Line, Lines, Outbox, Settle, Step};
use overlay::Overlay;
use past::Pasts;
use reckoned::Reckoned;
use search::Search;
pub use waiting::how_far;
use writes::Act;

/// An account as the configuration has it.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Its name.
    pub name: AccountName,
    /// What its provider can do; while the login may only read, what that leaves.
    pub abilities: Abilities,
    /// How long a write is held before it leaves; none for accounts whose
    /// writes can be taken back.
    pub hold: TimeDelta,
    /// How often it is asked what is new; none for never by itself.
    pub refresh: Option<TimeDelta>,
    /// When looking for one of its writes tells the truth.
    pub settle: Settle,
    /// The cadence of goals that bring none of their own.
    pub cadence: Cadence,
    /// The site it lives on (`https://host:port`); none on this machine.
    pub origin: Option<String>,
}

/// An account and how it is doing.
#[derive(Clone, Debug)]
pub struct Account {
    /// As configured.
    pub setup: Setup,
    /// Who is signed in, once the provider has said so.
    pub me: Option<PersonId>,
    /// Whether the account itself said so since the program began; what this machine
    /// kept may be of somebody else's token.
    is_met: bool,
    /// Its state.
    pub state: AccountState,
    /// When its list was read last; of what this machine kept, when that was.
    pub synced_at: Option<Time>,
    /// Whether its login may write, as far as it said.
    pub may_write: Option<bool>,
    /// Until when its answer waits, because its limit of requests is reached.
    waits_until: Option<Time>,
    /// How far its answer was when somebody stopped it.
    stopped: Option<SoFar>,
    /// Somebody stopped its writes.
    holds_back: bool,
    /// What its provider can do for a login that may write.
    able: Abilities,
}

/// How an account is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountState {
    /// Nothing came yet.
    Reading,
    /// All is well.
    Synced,
    /// No connection.
    Offline {
        /// Since when.
        since: Time,
        /// Half a sentence.
        why: String,
        /// When it is tried again.
        next: Option<Time>,
    },
    /// It needs a person: token expired, no right, store damaged.
    Needs(Fault),
}

/// Facts, outbox, drafts, marks and questions, and the rules between them.
#[derive(Clone, Debug)]
pub struct Store {
    accounts: BTreeMap<AccountName, Account>,
    /// Accounts in the order of the configuration.
    order: Vec<AccountName>,
    facts: Facts,
    outbox: Outbox,
    overlay: Overlay,
    drafts: Drafts,
    marks: Marks,
    /// What was kept here in this session, in order, for undo.
    kept: Vec<Kept>,
    asked: Asking,
    campaigns: BTreeMap<AccountName, Campaign>,
    reckoned: Reckoned,
    rules: Rules,
    looking: Option<(GoalId, Time)>,
    glimpse: Glimpse,
    search: Search,
    /// How goals were, as far as somebody asked.
    pasts: Pasts,
    /// Of which past moment all this is; none for the present.
    then: Option<Then>,
    /// Goals that their account would not show when they were asked for.
    troubles: HashMap<GoalId, Fault>,
    /// The look before this session, for "since you looked".
    last_look: Option<Time>,
    writes: HashMap<u64, Vec<Record>>,
    last_write: u64,
    /// What a person did with an entry, by the write that says so to the disk.
    acts: HashMap<u64, Act>,
    /// The same for the write at the end of this turn.
    meant: HashMap<EntryId, Act>,
    /// Acts that another program was faster than; said when the disk was read.
    late: Vec<Act>,
    /// The disk is being read again.
    is_rereading: bool,
    /// When accounts were asked who is signed in, because something was to leave.
    asked_who: HashMap<AccountName, Time>,
    /// Whether this process may send to providers that do not know our keys.
    is_sender: bool,
    /// The process that does instead, if it is known.
    sender: Option<u32>,
    read_only: Option<String>,
    revision: u64,
    /// The revision at which rows of lists came, went or moved last.
    moved: u64,
    /// When a piece of a longer answer last moved rows.
    moved_at: Option<Time>,
    /// Goals of pieces that came since then, not yet reckoned.
    came: Vec<GoalId>,
    leaving: bool,
    woke_at: Option<Time>,
}

/// How long a goal's detail must be on screen to count as looked at.
const A_LOOK: TimeDelta = TimeDelta::seconds(2);

/// While a long answer comes in pieces, lists are made anew so often at most: a
/// hundred thousand goals come in fifty pieces.
const CALM: TimeDelta = TimeDelta::milliseconds(100);

impl Store {
    /// A store over these accounts that knows nothing yet.
    pub fn new(setups: Vec<Setup>, rules: Rules) -> Self {
        let mut asked = Asking::default();
        let mut accounts = BTreeMap::new();
        let mut order = Vec::new();
        for setup in setups {
            asked.set_rhythm(&setup.name, setup.refresh);
            order.push(setup.name.clone());
            accounts.insert(
                setup.name.clone(),
                Account {
                    able: setup.abilities.clone(),
                    setup,
                    me: None,
                    is_met: false,
                    state: AccountState::Reading,
                    synced_at: None,
                    may_write: None,
                    waits_until: None,
                    stopped: None,
                    holds_back: false,
                },
            );
        }
        Self {
            accounts,
            order,
            facts: Facts::default(),
            outbox: Outbox::default(),
            overlay: Overlay::default(),
            drafts: Drafts::default(),
            marks: Marks::default(),
            kept: Vec::new(),
            asked,
            campaigns: BTreeMap::new(),
            reckoned: Reckoned::default(),
            rules,
            looking: None,
            glimpse: Glimpse::default(),
            search: Search::default(),
            pasts: Pasts::default(),
            then: None,
            troubles: HashMap::new(),
            last_look: None,
            writes: HashMap::new(),
            last_write: 0,
            acts: HashMap::new(),
            meant: HashMap::new(),
            late: Vec::new(),
            is_rereading: false,
            asked_who: HashMap::new(),
            is_sender: false,
            sender: None,
            read_only: None,
            revision: 1,
            moved: 1,
            moved_at: None,
            came: Vec::new(),
            leaving: false,
            woke_at: None,
        }
    }

    /// Refuses every write from now on, with this reason.
    pub fn set_read_only(&mut self, why: impl Into<String>) {
        self.read_only = Some(why.into());
    }

    /// Carries out a wish.
    pub fn command(&mut self, command: Command, now: Now) -> Vec<Effect> {
        let mut effects = Vec::new();
        self.turn_day(now);
        self.reckon_what_came(now);
        match command {
            Command::Start => self.ask_all(Query::Glance, &mut effects),
            Command::Post(post) => self.post_if_taken(post, None, now, &mut effects),
            Command::PostLater { post, at } => {
                self.post_if_taken(post, Some(at), now, &mut effects);
            }
            Command::PostAtOnce(post) => self.post_at_once(post, now, &mut effects),
            Command::Undo if self.undo_kept(&mut effects) => {}
            Command::Undo => self.undo(now, &mut effects),
            Command::Keep(draft) => self.drafts.keep(draft, now.at),
            Command::Discard(key) => self.discard(&key, &mut effects),
            Command::Drop(id) => self.drop_entry(&id, &mut effects),
            Command::Retry(id) => self.retry(&id, &mut effects),
            Command::Settle(id) => self.settle(&id, now, &mut effects),
            Command::Rewrite(id) => self.rewrite(&id, &mut effects),
            Command::Put(mark) => {
                self.touch_for([&mark]);
                self.marks.put(mark.clone());
                self.write(vec![Record::PutMark(mark)], &mut effects);
            }
            Command::PutAll(marks) => {
                self.touch_for(&marks);
                for mark in &marks {
                    self.marks.put(mark.clone());
                }
                let records = marks.into_iter().map(Record::PutMark).collect();
                self.write(records, &mut effects);
            }
            Command::Unmark(key) => {
                if self.marks.remove(&key) {
                    self.write(vec![Record::DropMark(key)], &mut effects);
                    self.touch();
                }
            }
            Command::Graft { goal, under } => self.put_graft(&goal, under, now, &mut effects),
            Command::Ungraft(goal) => self.take_graft_back(&goal, now, &mut effects),
            Command::Looking(goal) => self.look(goal, now, &mut effects),
            Command::Search(text) => self.search(&text, now, &mut effects),
            Command::Refresh => self.refresh(&mut effects),
            Command::Stop => self.stop(now, &mut effects),
            Command::Reload(goal) => self.reload(&goal, &mut effects),
            Command::Recall(recall) => self.recall(recall, &mut effects),
            Command::Flush => self.flush(now, &mut effects),
            Command::Leave => self.leave(now, &mut effects),
        }
        self.advance(now, &mut effects);
        effects
    }

    /// Takes in what the world answered.
    pub fn outcome(&mut self, outcome: Outcome, now: Now) -> Vec<Effect> {
        let mut effects = Vec::new();
        self.turn_day(now);
        if !matches!(outcome, Outcome::Fetched { .. }) {
            self.reckon_what_came(now);
        }
        match outcome {
            Outcome::Loaded(records) => self.load(records, now, &mut effects),
            Outcome::Reloaded(records) => self.reloaded(records, now, &mut effects),
            Outcome::Written { token } => self.written(token, &mut effects),
            Outcome::NotWritten { token, fault } => {
                self.not_written(token, &fault, now, &mut effects)
            }
            Outcome::Fetched { ticket, batch } => self.fetched(ticket, batch, now, &mut effects),
            Outcome::NotFetched { ticket, fault } => self.not_fetched(ticket, fault, now),
            Outcome::Answered { entry, answer } => self.answered(&entry, answer, now, &mut effects),
            Outcome::LookedFor { entry, found } => {
                self.looked_for(&entry, found, now, &mut effects)
            }
            Outcome::Sender { mine, pid } => self.sender(mine, pid, now),
            Outcome::Recalled { recall, past } => self.take_in_past(&recall, past),
            Outcome::Woke => self.woke(now, &mut effects),
        }
        self.advance(now, &mut effects);
        effects
    }

    /// The next moment [`Outcome::Woke`] is wanted. Derived from the state, so a
    /// deadline can neither be lost nor come twice.
    pub fn next_wake(&self, now: Now) -> Option<Time> {
        [
            self.outbox.next(&self.lines()),
            self.drafts.next_write(),
            self.asked.next(),
            self.glimpse.next(),
            self.search.next(),
            self.marks.next_return(now.at),
            self.reckoned.next_day(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// Whether nothing is under way: the headless front stops then.
    pub fn is_idle(&self) -> bool {
        self.writes.is_empty()
            && !self.is_rereading
            && !self.outbox.is_busy()
            && !self.asked.is_busy()
            && !self.pasts.is_asking()
    }

    /// Whether the disk has all it was given.
    pub fn is_written(&self) -> bool {
        self.writes.is_empty()
    }

    /// Whether no write is being sent.
    pub fn is_quiet(&self) -> bool {
        !self.outbox.is_busy()
    }

    fn touch(&mut self) {
        self.revision += 1;
        self.moved = self.revision;
    }

    /// Something is to be drawn anew, and no row of a list has moved.
    fn touch_looks(&mut self) {
        self.revision += 1;
    }

    fn touch_for<'m>(&mut self, marks: impl IntoIterator<Item = &'m Mark>) {
        let is_look = |mark: &Mark| {
            matches!(
                mark,
                Mark::Folded { .. } | Mark::Looked { .. } | Mark::Recent { .. }
            )
        };
        if marks.into_iter().all(is_look) {
            self.touch_looks();
        } else {
            self.touch();
        }
    }

    fn write(&mut self, records: Vec<Record>, effects: &mut Vec<Effect>) -> Option<u64> {
        if records.is_empty() {
            return None;
        }
        self.last_write += 1;
        self.writes.insert(self.last_write, records.clone());
        effects.push(Effect::Write {
            token: self.last_write,
            records,
        });
        Some(self.last_write)
    }

    /// Goals that show elsewhere with these marks count elsewhere.
    fn load_marks(&mut self, marks: Vec<Mark>, now: Now) {
        let before = self.marks.grafts_known();
        self.marks.load(marks);
        if before != self.marks.grafts_known() {
            self.reckon_all(now);
        }
    }

    fn load(&mut self, records: Records, now: Now, effects: &mut Vec<Effect>) {
        self.load_marks(records.marks, now);
        self.last_look = self.marks.last_look();
        self.drafts.load(records.drafts);
        let lines = self.lines();
        let old = self.outbox.load(records.entries, now.at, &lines);
        // Each by itself: another program may have dropped some of them already.
        for entry in old {
            let (id, rev) = (entry.id, entry.rev);
            self.write(vec![Record::DropEntry { id, rev }], effects);
        }
        self.relay();
    }

    fn reloaded(&mut self, records: Records, now: Now, effects: &mut Vec<Effect>) {
        self.is_rereading = false;
        let sent = self.sent_elsewhere();
        let taken_in = self.outbox.reload(records.entries);
        let lines = self.lines();
        self.outbox.adopt(now.at, &lines);
        if taken_in.is_doubtful {
            self.reread(effects);
        }
        self.drafts.load(records.drafts);
        self.load_marks(records.marks, now);
        self.drop_copies(now);
        self.relay();
        self.say_what_came_too_late(effects);
        self.ask_changed(effects);
        self.ask_what_others_sent(&sent, effects);
    }

    fn sender(&mut self, mine: bool, pid: Option<u32>, now: Now) {
        tracing::debug!(mine, ?pid, "sender lock");
        if self.is_sender != mine || self.sender != pid {
            (self.is_sender, self.sender) = (mine, pid);
            self.touch();
        }
        let lines = self.lines();
        self.outbox.adopt(now.at, &lines);
    }

    /// What each account lets the outbox do now.
    fn lines(&self) -> Lines {
        let accounts = self.accounts.iter();
        Lines {
            accounts: accounts
                .map(|(name, account)| (name.clone(), self.line(account)))
                .collect(),
            is_sender: self.is_sender,
        }
    }

    fn line(&self, account: &Account) -> Line {
        let is_idempotent = account.setup.abilities.idempotent;
        let closed = match &account.state {
            AccountState::Needs(fault) if fault.kind == FaultKind::SignedOut => {
                Some(Hindrance::SignedOut(fault.why.clone()))
            }
            _ if account.is_read_only() => Some(Hindrance::MayNotWrite),
            _ if account.holds_back => Some(Hindrance::Stopped),
            _ if !is_idempotent && self.other_sender().is_some() => {
                Some(Hindrance::OtherSender(self.sender))
            }
            // Nobody could send it now, whoever may.
            _ if !account.is_met => Some(Hindrance::Unread),
            _ if !is_idempotent && !self.is_sender => Some(Hindrance::OtherSender(None)),
            _ => None,
        };
        Line {
            closed,
            is_idempotent,
            me: account.me.clone(),
            origin: account.setup.origin.clone(),
            settle: account.setup.settle,
            answered_at: account.synced_at,
            abilities: account.setup.abilities.clone(),
        }
    }

    /// Moves on what can move: the last thing of every turn.
    fn advance(&mut self, now: Now, effects: &mut Vec<Effect>) {
        let lines = self.lines();
        let steps = self.outbox.advance(now.at, &lines);
        let moved = !steps.is_empty();
        let mut together: Vec<EntryId> = Vec::new();
        for step in steps {
            match step {
                Step::Write(id) if self.leaves_together(&id, &lines) => together.push(id),
                Step::Write(id) => self.put_entry(&id, effects),
                Step::Look(id) => {
                    if let Some(entry) = self.outbox.get(&id) {
                        effects.push(Effect::LookFor(Box::new(entry.letter())));
                    }
                }
            }
        }
        self.put_together(&together, effects);
        if moved {
            self.touch();
        }
        self.count_sends(&lines, now.at);
        self.ask_who_is_signed_in(now, effects);
        let stale = self.reckoned.take_stale();
        self.reckon(&stale, now);
    }

    fn woke(&mut self, now: Now, effects: &mut Vec<Effect>) {
        let drafts = self.drafts.due(now.at, self.leaving);
        if !drafts.is_empty() {
            self.touch();
        }
        self.write(drafts, effects);
        self.glimpse_due(now, effects);
        self.search_due(now, effects);
        for account in self.asked.due(now.at) {
            let query = self.what_is_new(&account);
            self.ask(&account, query, effects);
        }
        // Lists change only when something comes back into them: a countdown
        // must not make a hundred thousand rows anew every second.
        let since = self.woke_at.replace(now.at);
        if self.marks.returns_between(since, now.at) {
            self.touch();
        }
    }

    fn flush(&mut self, now: Now, effects: &mut Vec<Effect>) {
        let drafts = self.drafts.due(now.at, true);
        self.write(drafts, effects);
    }

    fn leave(&mut self, now: Now, effects: &mut Vec<Effect>) {
        self.leaving = true;
        self.look(None, now, effects);
        self.flush(now, effects);
        self.outbox.release();
    }

    fn look(&mut self, goal: Option<GoalId>, now: Now, effects: &mut Vec<Effect>) {
        if self.looking.as_ref().map(|(goal, _)| goal) == goal.as_ref() {
            return;
        }
        if let Some((before, since)) = self.looking.take()
            && now.at - since >= A_LOOK
            && let Some(seen) = self.seen(&before)
        {
            let mark = Mark::Looked {
                goal: before,
                at: now.at,
                seen,
            };
            self.marks.put(mark.clone());
            self.write(vec![Record::PutMark(mark)], effects);
            self.touch_looks();
        }
        self.looking = goal.map(|goal| (goal, now.at));
        self.glimpse(now, effects);
    }

    /// Posts a write unless its account or its goal takes none.
    fn post_if_taken(&mut self, post: Post, at: Option<Time>, now: Now, effects: &mut Vec<Effect>) {
        let account = self.accounts.get(&post.account);
        let refusal = account.and_then(|account| account.refusal(&post.change));
        if let Some(why) = refusal.or_else(|| self.why_not_folder(&post.change)) {
            effects.push(Effect::Say(Toast::error(why)));
        } else if self.read_only.is_some()
            || !(self.keep_here(&post, now, effects) || self.post_to_copy(&post, now, effects))
        {
            self.post_until(post, at, now, effects);
        }
    }

    // ── figures ───────────────────────────────────────────────────────────

    fn relay(&mut self) {
        let before: Vec<GoalId> = self.overlay.goals().map(|(id, _)| id.clone()).collect();
        self.overlay = Overlay::lay(&self.facts, self.outbox.iter());
        let after = self.overlay.goals().map(|(id, _)| id.clone());
        let touched: Vec<GoalId> = before.into_iter().chain(after).collect();
        self.reckoned.mark_stale(touched);
        self.touch();
    }

    /// As [`Store::relay`] where only these goals may look different: of ten thousand
    /// writes a few touch them.
    fn relay_around(&mut self, goals: impl IntoIterator<Item = GoalId>) {
        let is_far = |entry: &&Entry| entry.state.is_pending() && !overlay::is_local(&entry.change);
        if self.outbox.iter().any(|entry| is_far(&entry)) {
            return self.relay();
        }
        // A write of several goals ties them together.
        let mut around: HashSet<GoalId> = HashSet::new();
        let mut touching: BTreeMap<(u64, &EntryId), &Entry> = BTreeMap::new();
        let mut open: Vec<GoalId> = goals.into_iter().collect();
        while let Some(goal) = open.pop() {
            if !around.insert(goal.clone()) {
                continue;
            }
            for entry in self.outbox.of_goal(&goal) {
                if entry.state.is_pending() {
                    touching.insert((entry.seq, &entry.id), entry);
                    open.extend(entry.change.goals().into_iter().cloned());
                }
            }
        }
        let touching: Vec<&Entry> = touching.into_values().collect();
        self.overlay.lay_again(&self.facts, &touching, &around);
        self.reckoned.mark_stale(around.into_iter().collect());
        self.touch();
    }

    /// As [`Store::relay`], for one entry that began or ceased to be laid over.
    fn relay_for(&mut self, entry: &Entry) {
        if overlay::is_local(&entry.change) {
            self.relay_around(entry.change.goals().into_iter().cloned());
        } else {
            self.relay();
        }
    }

    fn reckon(&mut self, goals: &[GoalId], now: Now) {
        if !goals.is_empty() {
            let mut reckoned = std::mem::take(&mut self.reckoned);
            reckoned.update(self, goals, now);
            self.reckoned = reckoned;
        }
    }

    /// On another day other things are due or late, and old copies leave.
    fn turn_day(&mut self, now: Now) {
        if self.reckoned.is_stale(now) {
            self.reckon_all(now);
            self.drop_copies(now);
            self.touch();
        }
    }

    fn reckon_all(&mut self, now: Now) {
        let all: Vec<GoalId> = self.goals().map(|goal| goal.id.clone()).collect();
        self.reckon(&all, now);
    }

    /// Whether a goal is among those on screen now.
    pub fn is_looked_at(&self, goal: &Goal) -> bool {
        self.looking.as_ref().is_some_and(|(id, _)| id == &goal.id)
    }

    /// What a write is called in sentences: `check-in on Reduce churn`.
    pub fn describe(&self, entry: &Entry) -> String {
        let word = match &entry.change {
            Change::Acknowledge { items } if items.len() > 1 => {
                return format!("{} acknowledgements", items.len());
            }
            change => change.word(),
        };
        let named = entry
            .change
            .goals()
            .first()
            .and_then(|id| self.goal(id))
            .map(|goal| goal.name.clone());
        let named = named.or_else(|| match &entry.change {
            Change::CreateGoal { goal } | Change::RestoreGoal { goal, .. } => {
                Some(goal.name.clone())
            }
            _ => None,
        });
        named.map_or_else(
            || word.to_owned(),
            |name| format!("{word} \u{201c}{name}\u{201d}"),
        )
    }

    fn provider_word(&self, account: &AccountName) -> String {
        self.accounts.get(account).map_or_else(
            || account.to_string(),
            |known| known.setup.abilities.provider.to_owned(),
        )
    }
}
