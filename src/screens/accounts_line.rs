//! How the accounts are, in one line: those that are well give way to those that
//! are not where there is little room. Never says that something is newer than it is.

use chrono::TimeDelta;

use super::Scene;
use super::frame::seconds_left;
use crate::model::dates;
use crate::model::exchange::SoFar;
use crate::model::text::{self, Shown};
use crate::model::time::Time;
use crate::store::{Account, AccountState};
use crate::theme::{Glyphs, Role};
use crate::widgets::line::Line;

/// Nearer than this the next try is counted down, further it has a clock.
const SOON: TimeDelta = TimeDelta::seconds(60);

/// What is wrong is not cut to fewer columns than these.
const SHORTEST: usize = 24;

/// Cells of a bar.
const BAR: usize = 5;

/// How much is said of an account, most first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Say {
    All,
    Short,
    Least,
}

/// What accounts that are well and accounts in trouble say, from much room to little.
const STEPS: [(Say, Say); 5] = [
    (Say::All, Say::All),
    (Say::Short, Say::All),
    (Say::Least, Say::All),
    (Say::Least, Say::Short),
    (Say::Least, Say::Least),
];

/// The accounts in a line of at most `room` columns, if they can be.
pub fn line(scene: &Scene<'_>, glyphs: Glyphs, room: usize) -> Line {
    let fits = |line: &Line| line.width() <= room;
    for says in STEPS {
        let line = at(scene, glyphs, says, None);
        if fits(&line) {
            return line;
        }
        // What is wrong is cut before it is left out.
        if says == (Say::Least, Say::All) {
            let mut cuts = (SHORTEST..=room).rev();
            let cut = cuts.find_map(|most| Some(at(scene, glyphs, says, Some(most))).filter(fits));
            if let Some(cut) = cut {
                return cut;
            }
        }
    }
    at(scene, glyphs, (Say::Least, Say::Least), None)
}

fn is_ill(account: &Account) -> bool {
    matches!(
        account.state,
        AccountState::Offline { .. } | AccountState::Needs(_)
    )
}

fn at(scene: &Scene<'_>, glyphs: Glyphs, (well, ill): (Say, Say), most: Option<usize>) -> Line {
    let mut line = Line::new();
    for account in scene.store.accounts() {
        let is_ill = is_ill(account);
        let (role, sign) = sign(account, scene, glyphs);
        let (said, key) = words(account, if is_ill { ill } else { well }, scene, glyphs);
        let said = text::line(&said);
        let said = match most.filter(|most| is_ill && said.width() > *most) {
            // The next try goes first, then the end of a reason.
            Some(most) if key.is_empty() => {
                text::line(&words(account, Say::Short, scene, glyphs).0).truncate(most)
            }
            Some(most) => said.truncate(most),
            None => said,
        };
        if line.width() > 0 {
            line = line.space(2);
        }
        line = line
            .space(1)
            .fixed(role, sign)
            .space(1)
            .put(Role::Dim, said)
            .put(Role::Key, Shown::fixed(key));
        if account.is_read_only() {
            line = line.fixed(Role::Warn, " read-only");
        }
    }
    line
}

fn sign(account: &Account, scene: &Scene<'_>, glyphs: Glyphs) -> (Role, &'static str) {
    let is_remote = !account.setup.abilities.immediate;
    match account.state {
        _ if waits(account, scene).is_some() => (Role::Dim, glyphs.reading()),
        AccountState::Reading => (Role::Dim, glyphs.reading()),
        AccountState::Synced if is_remote && scene.store.is_reading(&account.setup.name) => {
            (Role::Good, glyphs.reading())
        }
        AccountState::Synced => (Role::Good, glyphs.synced()),
        AccountState::Offline { .. } => (Role::Warn, glyphs.offline()),
        AccountState::Needs(_) => (Role::Bad, "!"),
    }
}

/// What is said of an account, and the key that leads on.
fn words(account: &Account, say: Say, scene: &Scene<'_>, glyphs: Glyphs) -> (String, &'static str) {
    let name = &account.setup.name;
    let is_remote = !account.setup.abilities.immediate;
    if say != Say::Least {
        let long = scene.store.reads_long(name);
        if let Some(so_far) = long.filter(|_| waits(account, scene).is_none()) {
            let bar = bar(so_far, glyphs);
            let esc = if say == Say::All { " Esc stops" } else { "" };
            return (format!("{name} {}{bar}{esc}", counted(so_far)), "");
        }
        if let Some(so_far) = scene
            .store
            .stopped_reading(name)
            .filter(|_| !is_ill(account))
        {
            return (format!("{name} stopped at {}", counted(so_far)), " (R)");
        }
    }
    if let Some(until) = waits(account, scene) {
        let words = wait_words(until, scene);
        return match say {
            Say::All => (format!("{name} {words} (its limit of requests)"), ""),
            Say::Short => (format!("{name} {words}"), ""),
            Say::Least => (name.to_string(), ""),
        };
    }
    let words = match (&account.state, account.synced_at, say) {
        (AccountState::Needs(fault), _, Say::All) => {
            return (format!("{name} {}", fault.why), " (@)");
        }
        (AccountState::Needs(_), ..) => return (name.to_string(), " (@)"),
        (AccountState::Offline { since, next, .. }, _, say) => {
            let since = dates::clock(*since, &scene.now);
            match say {
                Say::All => {
                    let next = next.map_or_else(String::new, |next| next_try(next, scene));
                    format!("{name} offline since {since}{next}")
                }
                Say::Short => format!("{name} offline since {since}"),
                Say::Least => format!("{name} offline"),
            }
        }
        (AccountState::Reading, None, Say::Least) | (AccountState::Synced, _, Say::Least) => {
            name.to_string()
        }
        (AccountState::Reading, None, _) => format!("{name} reading…"),
        (AccountState::Reading | AccountState::Synced, Some(at), say) if is_remote => match say {
            Say::All => format!("{name} synced {}", ago(at, scene)),
            _ => format!("{name} {}", dates::since(at, &scene.now)),
        },
        (AccountState::Reading | AccountState::Synced, ..) => name.to_string(),
    };
    (words, "")
}

/// `2300/10000`, or `2300` where nobody knows how many there are.
fn counted(so_far: SoFar) -> String {
    match so_far.of {
        Some(of) => format!("{}/{of}", so_far.done),
        None => so_far.done.to_string(),
    }
}

/// ` ▓▓▓░░`; nothing where nobody knows how many there are.
pub fn bar(so_far: SoFar, glyphs: Glyphs) -> String {
    so_far.of.map_or_else(String::new, |of| {
        format!(" {}", glyphs.bar(so_far.done, of, BAR))
    })
}

/// Until when an account's answer waits for its limit of requests.
pub fn waits(account: &Account, scene: &Scene<'_>) -> Option<Time> {
    scene.store.waits_until(&account.setup.name, &scene.now)
}

/// `waits 12 s`; minutes where it is long.
pub fn wait_words(until: Time, scene: &Scene<'_>) -> String {
    match seconds_left(until, scene) {
        seconds @ ..=119 => format!("waits {seconds} s"),
        _ => format!("waits until {}", dates::clock(until, &scene.now)),
    }
}

/// `now`, `2 min ago`, `yesterday`.
fn ago(at: Time, scene: &Scene<'_>) -> String {
    let since = dates::since(at, &scene.now);
    match since.ends_with(" min") || since.ends_with(" h") {
        true => format!("{since} ago"),
        false => since,
    }
}

/// `, next try in 40 s`, `, next try 10:36`.
pub fn next_try(next: Time, scene: &Scene<'_>) -> String {
    if next <= scene.now.at {
        ", trying now".to_owned()
    } else if next - scene.now.at <= SOON {
        format!(", next try in {} s", seconds_left(next, scene))
    } else {
        format!(", next try {}", dates::clock(next, &scene.now))
    }
}

/// When these words change next by themselves: while a try or a wait is counted down.
pub fn next_wake(scene: &Scene<'_>) -> Option<Time> {
    let is_soon = |account: &Account| match account.state {
        AccountState::Offline {
            next: Some(next), ..
        } => next > scene.now.at && next - scene.now.at <= SOON + TimeDelta::seconds(1),
        _ => false,
    };
    let is_soon = |account: &Account| is_soon(account) || waits(account, scene).is_some();
    let counts = scene.store.accounts().any(is_soon);
    counts.then(|| {
        let begun = i64::from(scene.now.at.timestamp_subsec_millis());
        scene.now.at + TimeDelta::milliseconds(1000 - begun)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::exchange::{Batch, Fault, FaultKind};
    use crate::model::ids::{AccountName, Ticket};
    use crate::model::progress::Rules;
    use crate::providers::fake;
    use crate::screens::check_in::tests::{Desk, launch};
    use crate::store::effect::{Command, Effect, Outcome};
    use crate::store::{Setup, Store};

    fn setup(name: &str) -> Setup {
        Setup {
            name: AccountName::new(name),
            abilities: fake::able(),
            hold: TimeDelta::zero(),
            refresh: Some(TimeDelta::minutes(5)),
            settle: crate::store::outbox::Settle::default(),
            cadence: crate::model::cadence::Cadence::None,
            origin: Some(format!("https://{name}.example")),
        }
    }

    /// A desk over these accounts, all of which were asked; and what was asked.
    fn asked(names: &[&str]) -> (Desk, Vec<Ticket>) {
        let mut desk = Desk::with(launch());
        let setups = names.iter().map(|name| setup(name)).collect();
        desk.store = Store::new(setups, Rules::default());
        let tickets = ask(&mut desk);
        (desk, tickets)
    }

    fn ask(desk: &mut Desk) -> Vec<Ticket> {
        let effects = desk.store.command(Command::Refresh, desk.now);
        let tickets = effects.iter().filter_map(|effect| match effect {
            Effect::Fetch { ticket, .. } => Some(*ticket),
            _ => None,
        });
        tickets.collect()
    }

    fn tell(desk: &mut Desk, ticket: Ticket, batch: Batch) {
        let outcome = Outcome::Fetched { ticket, batch };
        desk.store.outcome(outcome, desk.now);
    }

    fn fail(desk: &mut Desk, ticket: Ticket, kind: FaultKind, why: &str) {
        let fault = Fault::new(kind, why, "make a new one");
        let outcome = Outcome::NotFetched { ticket, fault };
        desk.store.outcome(outcome, desk.now);
    }

    fn words_at(desk: &Desk, room: usize) -> String {
        let line = line(&desk.scene(), Glyphs::Unicode, room);
        assert!(line.width() <= room, "{} of {room}", line.width());
        line.text().to_string()
    }

    fn full() -> Batch {
        Batch {
            full: true,
            ..Batch::default()
        }
    }

    #[test]
    fn what_was_kept_shows_its_age_while_it_is_read() {
        let (mut desk, tickets) = asked(&["work"]);
        assert_eq!(words_at(&desk, 60), " ↻ work reading…");
        let kept = Batch {
            as_of: Some(desk.now.at - TimeDelta::minutes(2)),
            more: true,
            ..Batch::default()
        };
        tell(&mut desk, tickets[0], kept);
        assert_eq!(words_at(&desk, 60), " ↻ work synced 2 min ago");
        tell(&mut desk, tickets[0], full());
        assert_eq!(words_at(&desk, 60), " ● work synced now");
        desk.now.at += TimeDelta::hours(30);
        assert_eq!(words_at(&desk, 60), " ● work synced yesterday");
    }

    #[test]
    fn an_offline_account_says_since_when_and_when_it_is_tried_again() {
        let (mut desk, tickets) = asked(&["work"]);
        fail(&mut desk, tickets[0], FaultKind::Offline, "no line");
        let words = " ○ work offline since 10:42, next try in 5 s";
        assert_eq!(words_at(&desk, 60), words);
        let wake = next_wake(&desk.scene()).unwrap();
        assert_eq!(wake - desk.now.at, TimeDelta::seconds(1));
        desk.now.at += TimeDelta::seconds(5);
        assert!(words_at(&desk, 60).ends_with("trying now"));
        assert_eq!(next_wake(&desk.scene()), None);
        // Later tries are further apart and have a clock.
        for _ in 0..3 {
            let tickets = ask(&mut desk);
            fail(&mut desk, tickets[0], FaultKind::Offline, "no line");
        }
        assert!(words_at(&desk, 60).ends_with("offline since 10:42, next try 10:47"));
        assert_eq!(next_wake(&desk.scene()), None, "nothing counts");
    }

    #[test]
    fn a_limit_of_requests_is_waited_for_and_counted_down() {
        let (mut desk, tickets) = asked(&["work"]);
        let pause = Batch {
            pause: Some(12),
            more: true,
            ..Batch::default()
        };
        tell(&mut desk, tickets[0], pause);
        assert_eq!(
            words_at(&desk, 60),
            " ↻ work waits 12 s (its limit of requests)"
        );
        assert_eq!(words_at(&desk, 30), " ↻ work waits 12 s");
        let wake = next_wake(&desk.scene()).unwrap();
        assert_eq!(wake - desk.now.at, TimeDelta::seconds(1));
        desk.now.at += TimeDelta::seconds(5);
        assert_eq!(words_at(&desk, 30), " ↻ work waits 7 s");
        desk.now.at += TimeDelta::seconds(7);
        assert_eq!(words_at(&desk, 60), " ↻ work reading…");
        assert_eq!(next_wake(&desk.scene()), None, "nothing counts");
        tell(&mut desk, tickets[0], full());
        assert_eq!(words_at(&desk, 60), " ● work synced now");
    }

    #[test]
    fn a_login_that_may_only_read_says_so() {
        let (mut desk, tickets) = asked(&["work"]);
        let batch = Batch {
            may_write: Some(false),
            ..full()
        };
        tell(&mut desk, tickets[0], batch);
        assert_eq!(words_at(&desk, 60), " ● work synced now read-only");
        assert_eq!(words_at(&desk, 19), " ● work read-only");
    }

    #[test]
    fn two_accounts_in_trouble_are_readable_at_eighty_columns() {
        let (mut desk, tickets) = asked(&["work", "side", "third"]);
        let why = "the server does not know this token any more";
        fail(&mut desk, tickets[0], FaultKind::SignedOut, why);
        fail(&mut desk, tickets[1], FaultKind::Offline, "no line");
        tell(&mut desk, tickets[2], full());
        let room = 80 - " ⇪ 1 held 10 s, u undoes ".chars().count();
        assert_eq!(
            words_at(&desk, 74),
            " ! work the server does not kn… (@)   ○ side offline since 10:42   ● third"
        );
        assert_eq!(
            words_at(&desk, room),
            " ! work (@)   ○ side offline since 10:42   ● third"
        );
        assert_eq!(
            words_at(&desk, 40),
            " ! work (@)   ○ side offline   ● third"
        );
        let wide = words_at(&desk, 160);
        assert!(
            wide.contains(why) && wide.contains("next try in 5 s"),
            "{wide}"
        );
    }
}
