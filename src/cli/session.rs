//! One command's use of the store: opens it without a screen, posts writes and
//! says what became of them. Every write goes the same way as from the screen.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use chrono::NaiveDate;

use crate::config::Config;
use crate::disk::Disk;
use crate::model::entry::{DraftKey, Entry, EntryState};
use crate::model::exchange::{Ability, Base, Change, FaultKind, Letter, Signature};
use crate::model::ids::{AccountName, EntryId, IdSource, PersonId};
use crate::model::past::{self, Recall};
use crate::model::time::{Now, Time};
use crate::run::assemble::{self, Options};
use crate::run::clock::fresh_ids;
use crate::run::conversation::Conversation;
use crate::run::headless::{Headless, Parts};
use crate::run::rehearse::{self, Rehearsed};
use crate::store::effect::{Command, Post, Toast};
use crate::store::{Account, AccountState, Store};

use super::args::{Global, When};
use super::failure::{self, Failure};
use super::print::Out;

/// The longest a command waits for what is under way.
const PATIENCE: Duration = Duration::from_secs(60);
/// The longest a write waits for its account's answer, unless told otherwise.
const FOR_AN_ANSWER: Duration = Duration::from_secs(20);

/// A store that is open for one command.
pub struct Session {
    headless: Headless,
    ids: IdSource,
    /// How long to wait for an account, if that was said.
    timeout: Option<Duration>,
    /// Whether a write that cannot be sent now is a failure.
    no_queue: bool,
    /// How everything was, where that is asked for.
    past: Option<(Store, Now)>,
    /// As configured.
    pub config: Config,
    /// This machine's store; none for the demo.
    pub disk: Option<Disk>,
    /// Whether writes are only rehearsed.
    pub is_dry_run: bool,
    options: Options,
    rehearsed: BTreeMap<EntryId, Rehearsed>,
    /// The folder for what the person's editor gets, made when it is needed.
    pub scratch: PathBuf,
}

/// What the global flags mean for the parts of the program.
pub fn options(global: &Global) -> Options {
    Options {
        account: global.account.clone().filter(|name| name != "all"),
        as_name: global.as_name.clone(),
        read_only: global.read_only,
        config: global.config.clone(),
        data_dir: global.data_dir.clone(),
        demo: None,
        wants_colour: match global.color {
            When::Auto => None,
            When::Always => Some(true),
            When::Never => Some(false),
        },
        offline: global.offline,
        as_of: None,
        rehearsal: None,
    }
}

/// What a session stands on besides its store.
struct Ground {
    config: Config,
    disk: Option<Disk>,
    scratch: PathBuf,
}

/// The parts of a store and what it stands on; what is worth a remark is said.
fn ground(options: &Options, out: &Out) -> Result<(Parts, Ground), Failure> {
    let assembled = assemble::assemble(options).map_err(|fault| of_assembly(&fault))?;
    for notice in &assembled.notices {
        out.remark(&crate::shown!("goaldeck: {notice}"));
    }
    let ground = Ground {
        disk: assembled.parts.disk.clone(),
        config: assembled.config,
        scratch: assembled.paths.state.join("scratch"),
    };
    Ok((assembled.parts, ground))
}

impl Session {
    /// Opens every account that is asked for and reads it.
    pub fn open(global: &Global, out: &Out) -> Result<Self, Failure> {
        let mut session = Self::with(&options(global), out)?;
        session.timeout = global.timeout.map(Duration::from_secs);
        session.no_queue = global.no_queue;
        session.is_dry_run = global.dry_run;
        Ok(session)
    }

    /// The same with other options: the demo.
    pub fn with(options: &Options, out: &Out) -> Result<Self, Failure> {
        let session = Self::whatever_they_say(options, out)?;
        session.check_accounts(options.offline, out)?;
        Ok(session)
    }

    /// The same, whether or not accounts can be read: for commands that tell how
    /// they are.
    pub fn whatever_they_say(options: &Options, out: &Out) -> Result<Self, Failure> {
        let (parts, ground) = ground(options, out)?;
        let headless = Headless::heard(parts, out.remarker()).map_err(not_started)?;
        Ok(Self::over(headless, ground, options))
    }

    /// A store that stays until its person leaves, and what makes it stay. Writes
    /// are held as configured.
    pub fn staying(options: &Options, out: &Out) -> Result<(Self, Conversation), Failure> {
        let (parts, ground) = ground(options, out)?;
        let (talk, headless) = Conversation::start(parts, out.remarker()).map_err(not_started)?;
        let session = Self::over(headless, ground, options);
        session.check_accounts(options.offline, out)?;
        Ok((session, talk))
    }

    fn over(headless: Headless, ground: Ground, options: &Options) -> Self {
        Self {
            headless,
            ids: fresh_ids(),
            timeout: None,
            no_queue: false,
            past: None,
            config: ground.config,
            disk: ground.disk,
            is_dry_run: false,
            options: options.clone(),
            rehearsed: BTreeMap::new(),
            scratch: ground.scratch,
        }
    }

    /// The store with its ports.
    pub fn headless(&mut self) -> &mut Headless {
        &mut self.headless
    }

    /// Says which accounts could not be read; fails if none could and nothing is
    /// kept of any. Who wants no network needs not be told that there is none.
    fn check_accounts(&self, offline: bool, out: &Out) -> Result<(), Failure> {
        let mut failures = Vec::new();
        let mut has_some = false;
        for account in self.store().accounts() {
            let name = &account.setup.name;
            let is_kept = self.store().goals().any(|goal| goal.account == *name);
            let Some(failure) = unread(account) else {
                has_some = true;
                continue;
            };
            let shows_kept = is_kept && failure.exit == OFFLINE;
            has_some |= shows_kept;
            if !(offline && shows_kept) {
                failures.push(failure);
            }
        }
        if !has_some && let Some(first) = failures.first() {
            return Err(first.clone());
        }
        for failure in failures {
            out.remark(&crate::shown!("goaldeck: {}", failure.sentence()));
        }
        Ok(())
    }

    /// The store, to read from: the present one, or that of the past day that is
    /// looked at.
    pub fn store(&self) -> &Store {
        match &self.past {
            Some((store, _)) => store,
            None => self.headless.store(),
        }
    }

    /// The present moment, or the past one that is looked at.
    pub fn now(&self) -> Now {
        match &self.past {
            Some((_, then)) => *then,
            None => self.headless.now(),
        }
    }

    /// Looks at the end of a past day from now on.
    pub fn go_back(&mut self, day: NaiveDate) {
        self.past = Some(self.at_end_of(day));
    }

    /// How everything was at the end of a day, as a store of its own, and that
    /// moment; of today how it is now.
    pub fn at_end_of(&mut self, day: NaiveDate) -> (Store, Now) {
        let now = self.headless.now();
        let end = past::end_of(day, now.zone);
        let then = Now::new(end.min(now.at), now.zone);
        self.carry_out(vec![Command::Recall(Recall::Since(then.at))]);
        (self.headless_at(then), then)
    }

    fn headless_at(&self, then: Now) -> Store {
        let store = self.headless.store();
        store.at_moment(then, self.headless.now(), store.revision())
    }

    /// What is to be said of a day before anything was kept of how goals were; none
    /// where it was.
    pub fn unknown_before(&self, day: NaiveDate) -> Option<String> {
        let now = self.headless.now();
        match self.headless.store().past_since() {
            None => Some("how goals were is not kept here; their check-ins lead back".to_owned()),
            Some(since) if day < now.day_of(since) => Some(format!(
                "nothing was kept before {}; check-ins lead back further",
                now.day_of(since).format("%-d %b %Y")
            )),
            Some(_) => None,
        }
    }

    /// A new id in an account: `local:g-…` for letter `g`.
    pub fn new_id(&self, account: &AccountName, letter: char) -> String {
        format!("{account}:{letter}-{}", self.ids.next())
    }

    /// A new id of a write.
    pub fn new_entry(&self) -> EntryId {
        self.ids.entry()
    }

    /// Who I am in an account.
    pub fn me(&self, account: &AccountName) -> Result<PersonId, Failure> {
        self.store().me(account).cloned().ok_or_else(|| {
            Failure::new(
                "signed_out",
                3,
                account.to_string(),
                "it has not said who you are",
                "check it with goaldeck account list",
            )
        })
    }

    /// The account new things go to: the one asked for, else the first that can.
    pub fn account_for_new(&self) -> Result<AccountName, Failure> {
        self.store()
            .accounts()
            .find(|account| account.setup.abilities.edit_goals.is_possible())
            .map(|account| account.setup.name.clone())
            .ok_or_else(|| {
                Failure::failed(
                    "no goal can be made",
                    "no account takes new goals",
                    "see goaldeck account list",
                )
            })
    }

    /// Carries commands out and waits until nothing is under way.
    pub fn carry_out(&mut self, commands: Vec<Command>) -> Vec<Toast> {
        let patience = self.timeout.unwrap_or(PATIENCE);
        let toasts = self.headless.carry_out(commands, patience);
        if let Some((_, then)) = self.past.take() {
            // What was read meanwhile may tell more of how it was.
            self.past = Some((self.headless_at(then), then));
        }
        toasts
    }

    /// Waits on while an account only waits for its limit of requests, for at most
    /// so long.
    pub fn wait_for_limits(&mut self, at_most: Duration) {
        self.headless.wait_for_limits(at_most);
    }

    /// The same for wishes that say at once when they cannot be met.
    pub fn wish(&mut self, what: &str, commands: Vec<Command>) -> Result<(), Failure> {
        if let Some(why) = self.store().read_only() {
            return Err(read_only(what, why));
        }
        if self.is_dry_run {
            let why = "it changes only what is kept on this machine, there is nothing to rehearse";
            return Err(Failure::usage(what, why, "leave --dry-run out"));
        }
        match self
            .carry_out(commands)
            .into_iter()
            .find(|toast| toast.is_error)
        {
            Some(toast) => Err(Failure::failed(what, toast.text, "")),
            None => Ok(()),
        }
    }

    /// Posts a write and says what became of it. What a provider refuses is a
    /// failure.
    pub fn post(
        &mut self,
        what: &str,
        account: &AccountName,
        change: Change,
        id: EntryId,
    ) -> Result<Entry, Failure> {
        self.post_with(what, account, change, id, None, None)
    }

    /// The same for what was typed into a draft, which goes with it.
    pub fn post_from(
        &mut self,
        what: &str,
        account: &AccountName,
        change: Change,
        id: EntryId,
        draft: Option<DraftKey>,
    ) -> Result<Entry, Failure> {
        self.post_with(what, account, change, id, draft, None)
    }

    /// The same, held until a moment.
    pub fn post_later(
        &mut self,
        what: &str,
        account: &AccountName,
        change: Change,
        id: EntryId,
        at: Time,
    ) -> Result<Entry, Failure> {
        self.post_with(what, account, change, id, None, Some(at))
    }

    fn post_with(
        &mut self,
        what: &str,
        account: &AccountName,
        change: Change,
        id: EntryId,
        draft: Option<DraftKey>,
        at: Option<Time>,
    ) -> Result<Entry, Failure> {
        if let Some(why) = self.store().read_only() {
            return Err(read_only(what, why));
        }
        if let Some(known) = self.store().account(account)
            && let Ability::No(why) = known.setup.abilities.of(&change)
        {
            return Err(Failure::new("unsupported", 4, what, why, ""));
        }
        if let Some(why) = self.store().why_not_folder(&change) {
            return Err(Failure::new("unsupported", 4, what, why, ""));
        }
        let me = self.me(account)?;
        if self.is_dry_run {
            return self.rehearse(what, account, change, id, me);
        }
        let post = Post {
            id: id.clone(),
            account: account.clone(),
            change,
            draft,
        };
        // What this machine keeps answers at once or its disk is ill.
        let is_immediate = self
            .store()
            .account(account)
            .is_some_and(|known| known.setup.abilities.immediate);
        let usual = if is_immediate {
            PATIENCE
        } else {
            FOR_AN_ANSWER
        };
        let patience = self.timeout.unwrap_or(usual);
        let toasts = {
            let command = match at {
                Some(at) => Command::PostLater { post, at },
                None => Command::Post(post),
            };
            self.headless.carry_out(vec![command], patience)
        };
        let said = toasts.into_iter().rev().find(|toast| toast.is_error);
        let Some(entry) = self.store().entry(&id).cloned() else {
            let why = said.map_or_else(|| "it was not saved".to_owned(), |toast| toast.text);
            // What the screens add about the form that is still open means nothing here.
            let why = why.strip_prefix("not saved: ").unwrap_or(&why);
            let why = why.split(". Your text").next().unwrap_or_default();
            let mut halves = why.split("; ");
            let (why, remedy) = (halves.next(), halves.next());
            return Err(Failure::new(
                "disk",
                1,
                what,
                why.unwrap_or_default(),
                remedy.unwrap_or_default(),
            ));
        };
        match &entry.state {
            EntryState::Refused { fault } => {
                let failure = Failure::of(what, fault);
                Err(self.keep_text(&entry, failure))
            }
            EntryState::Sent { .. } => Ok(entry),
            EntryState::Held { chosen: true, .. } => Ok(entry),
            _ if self.no_queue => Err(self.take_back(what, &entry)),
            _ => Ok(entry),
        }
    }

    /// Does all of a write but the write; what [`Self::rehearsed`] tells is kept under
    /// the entry that is given back, which is in no outbox.
    fn rehearse(
        &mut self,
        what: &str,
        account: &AccountName,
        change: Change,
        id: EntryId,
        me: PersonId,
    ) -> Result<Entry, Failure> {
        let signature = Signature {
            by: me,
            account: account.clone(),
            at: self.now().at,
        };
        let entry = Entry {
            id: id.clone(),
            seq: 0,
            signature: signature.clone(),
            change: change.clone(),
            draft: None,
            state: EntryState::Queued {
                not_before: None,
                why: "rehearsed".to_owned(),
            },
            attempts: 0,
            undo: None,
            base: None,
            trail: None,
            origin: None,
            rev: 0,
        };
        let abilities = self
            .store()
            .account(account)
            .map(|known| &known.setup.abilities);
        let is_here =
            abilities.is_none_or(|abilities| abilities.immediate || abilities.keeps_here(&change));
        let rehearsed = match (is_here, self.disk.clone()) {
            (false, Some(disk)) => {
                let base = change
                    .goals()
                    .first()
                    .and_then(|goal| self.store().goal(goal));
                let letter = Letter {
                    key: id.clone(),
                    base: base.map(Base::of),
                    change,
                    signature,
                    trail: None,
                };
                rehearse::rehearse(&mut self.headless, &self.options, &disk, letter)
                    .map_err(|fault| Failure::of(what, &fault))?
            }
            _ => Rehearsed {
                is_here: true,
                ..Rehearsed::default()
            },
        };
        self.rehearsed.insert(id, rehearsed);
        Ok(entry)
    }

    /// What an entry of a rehearsal would have sent.
    pub fn rehearsed(&self, id: &EntryId) -> Option<&Rehearsed> {
        self.rehearsed.get(id)
    }

    /// What cannot be sent now is not to be sent later either. What may have been
    /// sent cannot be taken back.
    fn take_back(&mut self, what: &str, entry: &Entry) -> Failure {
        let why = self.store().standing(entry, &self.now());
        let (code, exit) = match self.store().account(&entry.signature.account) {
            Some(known) if needs_token(&known.state) => ("signed_out", 3),
            _ => ("offline", 5),
        };
        self.carry_out(vec![Command::Drop(entry.id.clone())]);
        let remedy = if self.store().entry(&entry.id).is_some() {
            format!(
                "it may have been sent and is looked for; see goaldeck outbox list ({})",
                entry.id.short()
            )
        } else {
            "nothing was queued; try again later".to_owned()
        };
        let why = failure::plain(&why);
        Failure::new(code, exit, what, why, remedy).with_text(entry.change.text().unwrap_or(""))
    }

    /// A refused write that holds a person's words stays in the outbox. Any other
    /// is told here and now, and would only be in the way there.
    fn keep_text(&mut self, entry: &Entry, mut failure: Failure) -> Failure {
        if entry
            .change
            .text()
            .is_none_or(|text| text.trim().is_empty())
        {
            self.carry_out(vec![Command::Drop(entry.id.clone())]);
            return failure;
        }
        failure.lines.push(format!(
            "it is kept in the outbox as {0}: goaldeck outbox retry {0}, or drop {0}",
            entry.id.short()
        ));
        failure
    }
}

fn not_started(error: std::io::Error) -> Failure {
    Failure::failed("the program does not start", error.to_string(), "try again")
}

/// Exit code of a missing network.
const OFFLINE: u8 = 5;

/// Why an account could not be read; none if it was.
pub fn unread(account: &Account) -> Option<Failure> {
    let name = account.setup.name.to_string();
    let offline =
        |why: &str| Failure::new("offline", OFFLINE, name.clone(), why, "try again later");
    match &account.state {
        AccountState::Synced => None,
        AccountState::Needs(fault) => {
            let mut failure = Failure::of(name, fault);
            if fault.kind == FaultKind::Invalid {
                (failure.code, failure.exit) = ("usage", 2);
            }
            Some(failure)
        }
        AccountState::Offline { why, .. } => Some(offline(why)),
        AccountState::Reading => Some(offline("it did not answer within a minute")),
    }
}

/// Whether an account waits for a token that counts.
pub fn needs_token(state: &AccountState) -> bool {
    matches!(state, AccountState::Needs(fault) if fault.kind == FaultKind::SignedOut)
}

/// A write that is not allowed, and why not.
pub fn read_only(what: &str, why: &str) -> Failure {
    Failure::new("read_only", 1, what, why.trim_end_matches('.'), "")
}

/// Why nothing could be put together, as a failure.
pub fn of_assembly(fault: &assemble::Fault) -> Failure {
    let exit = if fault.is_usage { 2 } else { 1 };
    let code = if fault.is_usage { "usage" } else { "failed" };
    Failure::new(
        code,
        exit,
        fault.what.clone(),
        fault.why.clone(),
        fault.remedy.clone(),
    )
}
