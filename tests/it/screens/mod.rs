//! What is seen.
use crate::rig::*;
use goaldeck::model::ids::AccountName;
use goaldeck::model::time::Now;
use goaldeck::providers::Provider;
use goaldeck::providers::local::{Local, Who};
use std::collections::BTreeMap;
use std::sync::Arc;

#[test]
fn peek() {
    let dir = tempfile::tempdir().unwrap();
    let now: Now = friday();
    let opened =
        goaldeck::disk::Disk::open(dir.path(), &goaldeck::disk::Options::new(now.at)).unwrap();
    let account = AccountName::new("local");
    let local: Arc<dyn Provider> = Arc::new(Local::new(
        Arc::new(opened.disk.clone()),
        account.clone(),
        Who::Owner("Me Myself".into()),
    ));
    let setup = goaldeck::store::Setup {
        name: account.clone(),
        abilities: local.abilities(),
        hold: chrono::TimeDelta::zero(),
        refresh: None,
        cadence: goaldeck::model::cadence::Cadence::None,
    };
    let mut rig = Rig::start(Parts {
        setups: vec![setup],
        providers: BTreeMap::from([(account, local)]),
        disk: Some(opened.disk),
        records: Default::default(),
        size: (120, 40),
        glyphs: goaldeck::theme::Glyphs::Unicode,
        theme: goaldeck::theme::ThemeName::Auto,
        keys: goaldeck::keys::keymap::KeyStyle::Vim,
        tab: goaldeck::screens::Tab::Queue,
        now,
    });
    println!("{}", rig.screen());
    rig.keys("2");
    println!("{}", rig.screen());
}
