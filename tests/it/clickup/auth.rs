//! The token in its two dresses.

use goaldeck::model::exchange::{FaultKind, Query};
use goaldeck::model::key_result::Reading;
use goaldeck::model::system::{AuthScheme, Special};

use super::fake::{Shape, Wants, World};
use super::rig::{Rig, done, refused};

fn rig(wants: Wants, token: &str, scheme: AuthScheme) -> Rig {
    let mut world = World::small(Shape::Described);
    world.wants = wants;
    let special = Special {
        auth_scheme: scheme,
        ..Special::default()
    };
    Rig::of(world, token, special)
}

fn tokens(rig: &Rig) -> Vec<(String, u16)> {
    rig.fake.world(|world| {
        let log = world.log.iter();
        log.map(|asked| (asked.token.clone(), asked.status))
            .collect()
    })
}

#[test]
fn a_personal_token_is_tried_bare_once_and_that_is_remembered() {
    let mut rig = rig(Wants::Bare, "pk_ada_1", AuthScheme::Auto);
    rig.all();
    let sent = tokens(&rig);
    assert_eq!(sent[0], ("Bearer pk_ada_1".to_owned(), 401));
    assert!(
        sent[1..]
            .iter()
            .all(|one| *one == ("pk_ada_1".to_owned(), 200))
    );
    rig.fake.forget();
    rig.restart();
    rig.all();
    assert!(tokens(&rig).iter().all(|(_, status)| *status == 200));
    // Writes go the same way.
    let mut letter = rig.check_in("work:g:g-1", "n", &[("work:k:k-2", Reading::Number(13.0))]);
    done(rig.carry(&mut letter));
    // A server that changes its mind is followed.
    rig.fake.world(|world| world.wants = Wants::Bearer);
    let mut letter = rig.check_in("work:g:g-1", "m", &[("work:k:k-2", Reading::Number(14.0))]);
    done(rig.carry(&mut letter));
    assert_eq!(rig.fake.world(|world| world.result("k-2").current), 14.0);
}

#[test]
fn a_write_that_was_refused_for_its_dress_goes_out_once_in_the_other() {
    let rig = rig(Wants::Bearer, "pk_ada_1", AuthScheme::Auto);
    let mut letter = rig.check_in("work:g:g-1", "n", &[("work:k:k-2", Reading::Number(13.0))]);
    let goaldeck::model::exchange::Answer::Onward(trail) = rig.send(&letter) else {
        panic!("prepared");
    };
    letter.trail = Some(trail);
    rig.fake.world(|world| world.wants = Wants::Bare);
    done(rig.carry(&mut letter));
    let entries = rig.fake.world(|world| world.goal("g-1").history.len());
    assert_eq!(entries, 2);
}

#[test]
fn other_tokens_and_settings_have_one_dress() {
    for (wants, token, scheme, works, asked) in [
        (Wants::Bearer, "oauth_bo", AuthScheme::Auto, true, 3),
        (Wants::Bare, "oauth_bo", AuthScheme::Auto, false, 1),
        (Wants::Bare, "pk_ada_1", AuthScheme::Bearer, false, 1),
        (Wants::Bare, "pk_ada_1", AuthScheme::Raw, true, 3),
        (Wants::Bearer, "pk_ada_1", AuthScheme::Raw, false, 1),
        (Wants::Bearer, "pk_wrong", AuthScheme::Auto, false, 2),
    ] {
        let rig = rig(wants, token, scheme);
        let told = rig.fetch(Query::All);
        assert_eq!(told.fault.is_none(), works, "{token} {scheme:?}");
        assert_eq!(tokens(&rig).len(), asked, "{token} {scheme:?}");
        if let Some(fault) = told.fault {
            assert_eq!(fault.kind, FaultKind::SignedOut);
            assert!(fault.why.contains("Token invalid OAUTH_025"), "{fault}");
            assert!(!fault.to_string().contains(token));
        }
    }
}

#[test]
fn what_another_person_wrote_is_not_sent() {
    let rig = Rig::of(
        World::small(Shape::Described),
        "oauth_bo",
        Special::default(),
    );
    let mut letter = rig.check_in("work:g:g-1", "n", &[("work:k:k-2", Reading::Number(13.0))]);
    let fault = refused(rig.carry(&mut letter));
    assert_eq!(fault.kind, FaultKind::SignedOut);
    assert!(rig.fake.wrote().is_empty());
    assert!(rig.look(&letter).is_err());
}

#[test]
fn addresses_end_with_or_without_a_slash() {
    use goaldeck::model::exchange::Batch;
    use goaldeck::providers::Provider;
    let rig = Rig::small(Shape::Described);
    let url = format!("{}/", rig.fake.url);
    let account = super::rig::provider(&url, "pk_ada_1", Special::default(), &rig.fake.shared());
    let sink = Box::new(|_: Batch| {});
    rig.run(account.fetch(Query::All, sink)).unwrap();
    assert!(rig.fake.asked().iter().all(|asked| !asked.contains("//")));
}
