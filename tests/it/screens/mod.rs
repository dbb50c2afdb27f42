//! What is seen.
use crate::rig::*;
use std::collections::BTreeMap;

pub fn demo(size: (u16, u16)) -> Rig {
    let now = friday();
    let providers: BTreeMap<_, _> = goaldeck::providers::demo::providers(now)
        .into_iter()
        .collect();
    let order = goaldeck::providers::demo::providers(now);
    let setups = order
        .iter()
        .map(|(name, provider)| {
            let abilities = provider.abilities();
            goaldeck::store::Setup {
                name: name.clone(),
                hold: chrono::TimeDelta::seconds(10),
                abilities,
                refresh: None,
                cadence: goaldeck::model::cadence::Cadence::None,
            }
        })
        .collect();
    Rig::start(Parts {
        setups,
        providers,
        disk: None,
        records: goaldeck::providers::demo::records(now),
        size,
        glyphs: goaldeck::theme::Glyphs::Unicode,
        theme: goaldeck::theme::ThemeName::Auto,
        keys: goaldeck::keys::keymap::KeyStyle::Vim,
        tab: goaldeck::screens::Tab::Queue,
        now,
    })
}

#[test]
fn peek() {
    let mut rig = demo((120, 40));
    println!("{}", rig.screen());
    rig.keys("2");
    println!("{}", rig.screen());
    rig.keys("3");
    println!("{}", rig.screen());
    rig.keys("4");
    println!("{}", rig.screen());
}
