//! The recorded companies on screen, hostile names included: what the recorded
//! person of each age saw at that moment.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{FixedOffset, TimeDelta};
use futures_util::future::BoxFuture;
use goaldeck::keys::keymap::KeyStyle;
use goaldeck::model::cache::Notes;
use goaldeck::model::cadence::Cadence;
use goaldeck::model::entry::Records;
use goaldeck::model::ids::AccountName;
use goaldeck::model::sign_in::{SignIn, TokenSource};
use goaldeck::model::time::{Now, Zone};
use goaldeck::providers::Provider;
use goaldeck::providers::http::{self, Options, Pace, Proxies, Token};
use goaldeck::providers::operately::account::{Operately, abilities};
use goaldeck::providers::operately::client::{Client, Learned};
use goaldeck::screens::Tab;
use goaldeck::store::Setup;
use goaldeck::store::outbox::Settle;
use goaldeck::theme::{Glyphs, ThemeName};

use super::{NARROW, WIDE};
use crate::operately::Fake;
use crate::operately::recorded::{company, load};
use crate::rig::{Parts, Rig};

/// Nobody waits in a test.
struct AtOnce;

impl Pace for AtOnce {
    fn rest(&self, _: Duration) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }

    fn chance(&self) -> f64 {
        0.0
    }
}

pub(super) fn account() -> AccountName {
    AccountName::new("work")
}

/// The account without what is kept of it, remembering over starts in these notes.
pub(super) fn bare(url: &str, token: &str, notes: Option<Arc<dyn Notes>>) -> Arc<dyn Provider> {
    let sign_in = SignIn {
        account: account(),
        url: url.to_owned(),
        token: TokenSource::Env("UNUSED".to_owned()),
        ca_file: None,
        insecure: false,
    };
    let options = Options {
        proxies: Proxies::default(),
        pace: Arc::new(AtOnce),
        ..Options::default()
    };
    let token = Token::new(token).expect("a token");
    let http = http::Client::with_token("Operately", &sign_in, token, options).expect("a client");
    let bare = Operately::new(Client::new(http, Learned::default()), account());
    match notes {
        Some(notes) => Arc::new(bare.remembering(notes)),
        None => Arc::new(bare),
    }
}

/// The program with this account alone.
pub(super) fn rig(provider: Arc<dyn Provider>, size: (u16, u16), now: Now) -> Rig {
    Rig::start(Parts {
        setups: vec![Setup {
            name: account(),
            abilities: abilities(),
            hold: TimeDelta::seconds(10),
            refresh: Some(TimeDelta::minutes(5)),
            settle: Settle::default(),
            cadence: Cadence::None,
            origin: Some("https://goals.example".to_owned()),
        }],
        providers: BTreeMap::from([(account(), provider)]),
        disk: None,
        records: Records::default(),
        size,
        glyphs: Glyphs::Unicode,
        theme: ThemeName::Auto,
        keys: KeyStyle::Vim,
        tab: Tab::Queue,
        now,
    })
}

/// The recorded company before anything was written, as its Ada sees it.
fn recorded(vintage: &str, size: (u16, u16)) -> (Fake, Rig) {
    let mut world = company(vintage, load(vintage));
    // What the order of a list means is ours to say, not the server's.
    world.shuffles = true;
    let now = world.now;
    let token = world
        .tokens
        .iter()
        .find(|token| !token.read_only && world.people[&token.person].key == "ada")
        .map(|token| token.value.clone())
        .expect("a token of Ada's");
    let fake = Fake::with(world);
    let zone = Zone::new(|_| FixedOffset::east_opt(7200).expect("two hours"));
    let rig = rig(bare(&fake.url, &token, None), size, Now::new(now, zone));
    (fake, rig)
}

/// What is looked at, with the keys that lead there.
const PLACES: [(&str, &str); 5] = [
    ("queue", ""),
    ("goals", "2"),
    ("inbox", "3"),
    ("goal", "2 j j j j enter"),
    ("project", "enter"),
];

#[test]
fn the_recorded_companies_look_as_drawn() {
    for vintage in ["flat", "namespaced"] {
        for (size, name) in [(WIDE, "120x40"), (NARROW, "80x24")] {
            for (place, keys) in PLACES {
                let (_fake, mut rig) = recorded(vintage, size);
                rig.keys(keys);
                insta::assert_snapshot!(format!("{vintage}-{place}-{name}"), rig.screen());
            }
        }
    }
}

#[test]
fn a_project_that_was_opened_keeps_its_progress() {
    for vintage in ["flat", "namespaced"] {
        let (_fake, mut rig) = recorded(vintage, NARROW);
        let before = progress(&rig);
        assert!(before.is_some());
        rig.keys("f").write("Billing rewrite").keys("enter");
        rig.sees("champion Amina").sees("progress");
        assert_eq!(progress(&rig), before, "{vintage}");
    }
}

fn progress(rig: &Rig) -> Option<f64> {
    let project = rig.store().goals().find(|it| it.name == "Billing rewrite");
    project.expect("the project").provider_progress
}
