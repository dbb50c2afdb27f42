//! `account list`, `test`, `use`, `remove`; `sync`: how accounts are doing, and
//! which there are.

use serde_json::{Value, json};

use crate::config::file::{self, Config, ProviderKind};
use crate::config::{first_account, remove_account, save};
use crate::model::dates;
use crate::model::direct::Introduction;
use crate::model::entry::{Entry, EntryState};
use crate::model::goal::{Goal, Nature};
use crate::model::ids::AccountName;
use crate::model::sign_in::TokenSource;
use crate::model::system::{AuthScheme, BodyStyle, DueAfter, PercentScale};
use crate::run::adding::token_file;
use crate::run::assemble::{self, Ground, Options};
use crate::run::clock::Clock;
use crate::run::{direct, remote};
use crate::store::effect::Command;
use crate::store::{Account, AccountState};

use super::args::Global;
use super::failure::{self, Failure};
use super::print::{Out, Table, Tone, cell};
use super::session::{self, Session};
use super::{Ended, Stop, ask, json as schema, outbox};

/// A sync waits so long for limits of requests.
const LONG_SYNC: std::time::Duration = std::time::Duration::from_secs(30 * 60);

/// The state of an account: a word for programs, and words for people.
fn state(account: &Account, session: &Session) -> (&'static str, String) {
    let now = session.now();
    match &account.state {
        AccountState::Reading => ("reading", "not read".to_owned()),
        AccountState::Synced => ("fine", "fine".to_owned()),
        AccountState::Offline { since, why, .. } => (
            "offline",
            format!("offline since {}: {why}", dates::ago(*since, &now)),
        ),
        AccountState::Needs(fault) => ("needs_you", failure::of_fault(fault)),
    }
}

/// How much is known of an account.
struct Counts {
    goals: usize,
    people: usize,
    unread: usize,
}

fn counts(session: &Session, name: &AccountName) -> Counts {
    let store = session.store();
    let is_unread = |line: &&crate::model::notification::Notification| {
        line.account == *name && !store.is_read(line)
    };
    let is_goal = |goal: &&Goal| goal.account == *name && goal.nature != Nature::Folder;
    Counts {
        goals: store.goals().filter(is_goal).count(),
        people: store.people(name).len(),
        unread: store.notifications().filter(is_unread).count(),
    }
}

fn as_json(account: &Account, session: &Session) -> Value {
    let (store, name) = (session.store(), &account.setup.name);
    let counts = counts(session, name);
    let (word, message) = state(account, session);
    let configured = session.config.accounts.iter().find(|one| one.name == *name);
    let sign_in = configured.and_then(|one| one.sign_in.as_ref());
    json!({
        "name": name.as_str(),
        "provider": account.setup.abilities.short,
        "url": sign_in.map(|sign_in| sign_in.url.as_str()),
        "settings": configured.map(special_as_json),
        "me": account.me.as_ref().map(|me| store.name_of(me)),
        "ok": matches!(account.state, AccountState::Synced),
        "state": word,
        "message": message,
        "cadence": account.setup.cadence.to_string(),
        "goals": counts.goals,
        "people": counts.people,
        "unread": counts.unread,
        "read_at": account.synced_at.map(|at| schema::moment(at, &session.now())),
    })
}

/// What only accounts of some systems say, as far as it is said.
fn special_as_json(account: &file::Account) -> Value {
    let values = special_settings(account).into_iter();
    Value::Object(
        values
            .map(|(key, value)| (key.to_owned(), json!(value)))
            .collect(),
    )
}

/// The same as keys of the settings and words.
fn special_settings(account: &file::Account) -> Vec<(&'static str, String)> {
    let special = &account.special;
    let id = match account.provider {
        ProviderKind::Quantive => "account_id",
        _ => "workspace",
    };
    let text = |key, text: Option<String>| text.map(|text| (key, text));
    let file = special.items_file.as_ref();
    let plans = (!special.plans.is_empty()).then(|| special.plans.join(", "));
    let word = |is: bool, word: &str| is.then(|| word.to_owned());
    [
        text(id, special.workspace.clone()),
        text("me", special.me.clone()),
        text("plans", plans),
        text("items_file", file.map(|file| file.display().to_string())),
        text(
            "auth_scheme",
            match special.auth_scheme {
                AuthScheme::Auto => None,
                AuthScheme::Bearer => Some("bearer".to_owned()),
                AuthScheme::Raw => Some("raw".to_owned()),
            },
        ),
        text(
            "percent_scale",
            match special.percent_scale {
                PercentScale::Auto => None,
                PercentScale::Percent => Some("percent".to_owned()),
                PercentScale::Fraction => Some("fraction".to_owned()),
            },
        ),
        text(
            "due_after",
            word(
                special.due_after != DueAfter::default(),
                &special.due_after.0.to_string(),
            ),
        ),
        text("completed", word(special.completed, "true")),
        text(
            "body_style",
            word(special.body_style == BodyStyle::Wrapped, "wrapped"),
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// `account show NAME`
pub fn show(out: &mut Out, global: &Global, name: &str) -> Ended {
    let options = Options {
        account: Some(name.to_owned()),
        ..session::options(global)
    };
    let session = Session::whatever_they_say(&options, out)?;
    let store = session.store();
    let Some(account) = store.accounts().next() else {
        return Ok(());
    };
    let sentences = account.ability_sentences();
    if out.is_json {
        let mut value = as_json(account, &session);
        if let Some(fields) = value.as_object_mut() {
            fields.insert("abilities".to_owned(), json!(sentences));
        }
        return Ok(out.json(&schema::object("account", value))?);
    }
    let (_, words) = state(account, &session);
    out.toned(
        &crate::shown!("{name}   {}, {words}", account.setup.abilities.provider),
        Tone::Strong,
    )?;
    let configured = session
        .config
        .accounts
        .iter()
        .find(|one| one.name.as_str() == name);
    let mut facts = Vec::new();
    if let Some(sign_in) = configured.and_then(|one| one.sign_in.as_ref()) {
        facts.push(format!("at {}", sign_in.url));
    }
    if let Some(me) = &account.me {
        facts.push(format!("you are {}", store.name_of(me)));
    }
    let counts = counts(&session, &account.setup.name);
    facts.push(format!(
        "{}, {}, {} unread",
        many(counts.goals, "goal"),
        match counts.people {
            1 => "1 person".to_owned(),
            more => format!("{more} people"),
        },
        counts.unread
    ));
    facts.push(format!("cadence {}", account.setup.cadence));
    for (key, value) in configured.map(special_settings).unwrap_or_default() {
        facts.push(format!("{key} = {value}"));
    }
    facts.extend(account.why_not_write());
    facts.extend(sentences);
    for fact in facts {
        out.say(&crate::shown!("  {fact}"))?;
    }
    Ok(())
}

fn list_as_json(out: &mut Out, session: &Session) -> std::io::Result<()> {
    let accounts = session.store().accounts();
    let list: Vec<Value> = accounts.map(|account| as_json(account, session)).collect();
    out.json(&schema::object("accounts", json!(list)))
}

/// `account list`
pub fn list(out: &mut Out, global: &Global) -> Ended {
    let session = Session::whatever_they_say(&session::options(global), out)?;
    let store = session.store();
    if out.is_json {
        return Ok(list_as_json(out, &session)?);
    }
    let mut table = Table::cutting(3);
    for account in store.accounts() {
        let me = account.me.as_ref().map(|me| store.name_of(me));
        let (_, words) = state(account, &session);
        let counts = counts(&session, &account.setup.name);
        table.row(vec![
            cell(account.setup.name.as_str()),
            cell(account.setup.abilities.short),
            cell(&me.unwrap_or_default()),
            cell(&words).tone(tone(account)),
            cell(&format!("{} goals", counts.goals)),
        ]);
    }
    Ok(out.table(&table)?)
}

fn tone(account: &Account) -> Tone {
    match account.state {
        AccountState::Synced => Tone::Plain,
        AccountState::Offline { .. } | AccountState::Reading => Tone::Warn,
        AccountState::Needs(_) => Tone::Bad,
    }
}

/// `sync`: reads every account; fails if one could not be read.
pub fn sync(out: &mut Out, global: &Global) -> Ended {
    let began = Clock::real().now().at;
    let mut session = Session::whatever_they_say(&session::options(global), out)?;
    // What was read a moment ago is not read again by a start, but by this.
    let is_old = |account: &Account| account.synced_at.is_some_and(|at| at < began);
    if !global.offline && session.store().accounts().any(is_old) {
        session.carry_out(vec![Command::Refresh]);
    }
    // Who asks for all of it wants all of it, however long a limit makes it.
    session.wait_for_limits(LONG_SYNC);
    let mut failures = Vec::new();
    for account in session.store().accounts() {
        let name = &account.setup.name;
        let counts = counts(&session, name);
        let known = format!(
            "{} goals, {} people, {} unread",
            counts.goals, counts.people, counts.unread
        );
        match session::unread(account) {
            None => out.note(&crate::shown!("{name}: {known}"))?,
            Some(mut failure) => {
                if counts.goals > 0 {
                    let at = account.synced_at.map(|at| dates::ago(at, &session.now()));
                    let age = at.map_or_else(String::new, |at| format!(", read {at}"));
                    failure.lines.push(format!("kept here: {known}{age}"));
                }
                failures.push(failure);
            }
        }
    }
    if out.is_json {
        list_as_json(out, &session)?;
    }
    fail_with(out, failures)
}

/// Tells all failures and ends with the one that needs a person most.
fn fail_with(out: &mut Out, mut failures: Vec<Failure>) -> Ended {
    // What no waiting mends comes before what may pass.
    failures.sort_by_key(|failure| match failure.exit {
        3 => 0,
        5 => 2,
        _ => 1,
    });
    let mut failures = failures.into_iter();
    let Some(first) = failures.next() else {
        return Ok(());
    };
    for failure in failures {
        out.remark(&crate::shown!("goaldeck: {}", failure.sentence()));
        for line in &failure.lines {
            out.remark(&crate::shown!("  {line}"));
        }
    }
    Err(first.into())
}

/// What an account says of itself, as JSON.
pub fn introduction_as_json(account: &file::Account, met: &Introduction) -> Value {
    json!({
        "name": account.name.as_str(),
        "provider": account.provider.code(),
        "settings": special_as_json(account),
        "url": account.sign_in.as_ref().map(|sign_in| sign_in.url.as_str()),
        "person": met.person,
        "company": met.company,
        "server": met.server,
        "may_write": met.may_write,
        "spaces": met.spaces,
        "goals": met.goals,
    })
}

/// What an account says of itself, in three lines.
pub fn say_introduction(
    out: &mut Out,
    account: &file::Account,
    met: &Introduction,
) -> std::io::Result<()> {
    let at = match met.company.as_str() {
        "" => String::new(),
        company => format!(" at {company}"),
    };
    out.note(&crate::shown!(
        "{}: signed in as {}{at}",
        account.name,
        met.person
    ))?;
    let found = match met.spaces {
        Some(spaces) => format!("{} in {}", many(met.goals, "goal"), many(spaces, "space")),
        None => many(met.goals, "goal"),
    };
    out.note(&crate::shown!("server: {}, {found}", met.server))?;
    if account.sign_in.is_none() {
        return Ok(());
    }
    out.note(&crate::model::text::Shown::fixed(match met.may_write {
        Some(true) => "token: may read and write",
        Some(false) => "token: may only read, so nothing can be written with this account",
        None => "token: may read; whether it may write shows with the first write",
    }))
}

fn many(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// `account test [NAME]`
pub fn test(out: &mut Out, global: &Global, name: Option<&str>) -> Ended {
    let mut options = session::options(global);
    options.account = name.map(str::to_owned).or(options.account);
    let assembled = assemble::assemble(&options).map_err(|fault| session::of_assembly(&fault))?;
    let accounts = assemble::accounts(&options, &assembled.config)
        .map_err(|fault| session::of_assembly(&fault))?;
    let (mut met, mut failures) = (Vec::new(), Vec::new());
    for account in &accounts {
        let Some(provider) = assembled.parts.providers.get(&account.name) else {
            continue;
        };
        match direct::introduce(provider) {
            Ok(introduction) => {
                say_introduction(out, account, &introduction)?;
                met.push(introduction_as_json(account, &introduction));
            }
            Err(fault) => failures.push(Failure::of(account.name.to_string(), &fault)),
        }
    }
    if out.is_json {
        out.json(&schema::object("accounts", json!(met)))?;
    }
    fail_with(out, failures)
}

/// The configuration, if it may and can be changed.
pub fn ground(global: &Global, what: &str) -> Result<(Options, Ground, String), Failure> {
    if global.read_only {
        return Err(session::read_only(
            what,
            "goaldeck was started with --read-only",
        ));
    }
    let options = session::options(global);
    let ground = Ground::read(&options).map_err(|fault| session::of_assembly(&fault))?;
    let file = &ground.paths.config_file;
    if let Some(error) = ground.loaded.errors.first() {
        let why = format!("{}: {error}", file.display());
        return Err(Failure::failed(
            what,
            why,
            "mend it first, goaldeck config edit opens it",
        ));
    }
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => {
            let why = format!("{} cannot be read: {error}", file.display());
            return Err(Failure::failed(what, why, "check the file"));
        }
    };
    Ok((options, ground, text))
}

/// Writes the configuration.
pub fn write(ground: &Ground, what: &str, text: &str) -> Result<(), Failure> {
    let file = &ground.paths.config_file;
    save(file, text.as_bytes()).map_err(|error| {
        let why = format!("{} cannot be written: {error}", file.display());
        Failure::failed(what, why, "check the folder's rights and space")
    })
}

/// A sentence of the configuration's writer as a failure.
pub fn unwritable(what: &str, sentence: &str) -> Failure {
    Failure::failed(what, sentence.trim_end_matches('.'), "")
}

fn configured<'a>(config: &'a Config, name: &str) -> Result<&'a file::Account, Failure> {
    let found = config.accounts.iter().find(|one| one.name.as_str() == name);
    found.ok_or_else(|| {
        let names: Vec<&str> = config
            .accounts
            .iter()
            .map(|one| one.name.as_str())
            .collect();
        let why = if names.is_empty() {
            "the configuration has no accounts".to_owned()
        } else {
            format!("there is {}", names.join(", "))
        };
        Failure::usage(
            format!("no account is called \"{name}\""),
            why,
            "see goaldeck account list",
        )
    })
}

/// `account use NAME`
pub fn put_first(out: &mut Out, global: &Global, name: &str) -> Ended {
    let what = format!("account {name}");
    let (_, ground, text) = ground(global, &what)?;
    let account = configured(&ground.loaded.config, name)?;
    let sorted = first_account(&text, &account.name).map_err(|why| unwritable(&what, &why))?;
    if sorted != text {
        write(&ground, &what, &sorted)?;
    }
    if out.is_json {
        let value = json!({ "name": name, "first": true });
        return Ok(out.json(&schema::object("account", value))?);
    }
    Ok(out.note(&crate::shown!(
        "{name} is the first account now: new goals go there unless you say --account"
    ))?)
}

/// `account remove NAME`
pub fn remove(out: &mut Out, global: &Global, name: &str) -> Ended {
    let what = format!("account {name}");
    let (options, ground, text) = ground(global, &what)?;
    let account = configured(&ground.loaded.config, name)?.clone();
    let shorter = remove_account(&text, &account.name).map_err(|why| unwritable(&what, &why))?;
    let options = Options {
        account: Some(name.to_owned()),
        offline: true,
        ..options
    };
    let mut session = Session::whatever_they_say(&options, out)?;
    let queued = unsent(&session, &account.name)?;
    tell_unsent(out, &session, &queued);
    let question = if queued.is_empty() {
        crate::shown!("remove account {name}?")
    } else {
        crate::shown!(
            "remove account {name} and drop {}?",
            many(queued.len(), "write")
        )
    };
    ask::is_sure(global, &question)?;
    for entry in &queued {
        session.carry_out(vec![Command::Drop(entry.id.clone())]);
    }
    let left = unsent(&session, &account.name)?;
    if !left.is_empty() {
        let why = format!("{} could not be dropped", many(left.len(), "write"));
        return Err(Failure::failed(what, why, "see goaldeck outbox list").into());
    }
    write(&ground, &what, &shorter)?;
    forget(out, &ground, &session, &account)?;
    if out.is_json {
        let dropped: Vec<Value> = queued
            .iter()
            .map(|entry| schema::entry(entry, &session.now()))
            .collect();
        let value = json!({ "name": name, "dropped": dropped });
        return Ok(out.json(&schema::object("removed", value))?);
    }
    if account.sign_in.is_none() {
        let place = ground.paths.data.display();
        return Ok(out.note(&crate::shown!(
            "removed {name}; its goals stay in {place} and show again when you add it again"
        ))?);
    }
    Ok(out.note(&crate::shown!(
        "removed {name}; at its server nothing has changed"
    ))?)
}

/// Writes of an account that are not through.
fn unsent(session: &Session, name: &AccountName) -> Result<Vec<Entry>, Failure> {
    let entries = session.store().entries();
    let queued: Vec<Entry> = entries
        .filter(|entry| entry.signature.account == *name)
        .filter(|entry| !matches!(entry.state, EntryState::Sent { .. }))
        .cloned()
        .collect();
    if let Some(busy) = queued
        .iter()
        .find(|entry| matches!(entry.state, EntryState::Sending { .. }))
    {
        let what = session.store().describe(busy);
        return Err(Failure::failed(
            format!("account {name}"),
            format!("{what} is being sent"),
            "try again in a moment",
        ));
    }
    Ok(queued)
}

fn tell_unsent(out: &Out, session: &Session, queued: &[Entry]) {
    if queued.is_empty() {
        return;
    }
    let now = session.now();
    let count = many(queued.len(), "write");
    out.remark(&crate::shown!("{count} not sent yet:"));
    for entry in queued {
        let what = session.store().describe(entry);
        let why = outbox::why(session.store(), entry, &now);
        out.remark(&crate::shown!("  {what} ({}): {why}", entry.id.short()));
    }
}

/// What was read of an account elsewhere goes with it (what people keep here about
/// its goals stays, see `disk::kept_here`), and so does the file
/// `account add` wrote its token to.
fn forget(
    out: &Out,
    ground: &Ground,
    session: &Session,
    account: &file::Account,
) -> Result<(), Stop> {
    let Some(sign_in) = &account.sign_in else {
        return Ok(());
    };
    if let Some(disk) = &session.disk {
        remote::forget(disk, &account.name)
            .map_err(|fault| Failure::of("what is kept of the account", &fault))?;
    }
    if let TokenSource::File(file) = &sign_in.token
        && *file == token_file(account.name.as_str())
    {
        let file = ground.paths.config_dir().join(file);
        if let Err(error) = std::fs::remove_file(&file) {
            let file = file.display();
            out.remark(&crate::shown!(
                "goaldeck: {file} with the token is still there: {error}"
            ));
        }
    }
    Ok(())
}
