//! Who wrote it, for which site, with which token: an entry leaves only as it was
//! meant, and what waits says why.

use super::*;

/// A program that was started on a store with one queued entry, for an account that
/// may be another one now.
fn later_as(me: &'static str, setup: Setup) -> Desk {
    let mut first = Desk::on(
        &Shelf::default(),
        vec![Setup {
            origin: Some("https://a.example:443".to_owned()),
            ..super::setup("work")
        }],
        friday(),
    );
    first.post("a", check_in(1, "a"));
    assert_eq!(first.word("a"), "queued", "it may not send");
    let mut desk = Desk::unread(&first.shelf, vec![setup], first.now);
    desk.me = me;
    desk.command(Command::Start);
    desk.send();
    desk
}

fn at(origin: &str) -> Setup {
    Setup {
        origin: Some(origin.to_owned()),
        ..setup("work")
    }
}

#[test]
fn f26_rows_of_one_person_are_not_sent_as_another() {
    let mut desk = later_as("bo", at("https://a.example:443"));
    assert!(desk.on_line().is_empty());
    let words = desk.standing("a");
    assert!(
        words.starts_with("written as Ana Silva; signed in as Bo Chen"),
        "{words}"
    );
    desk.command(Command::Retry("a".into()));
    assert!(desk.on_line().is_empty(), "nobody can make it leave as Bo");
    // The first person is back.
    desk.me = "me";
    desk.command(Command::Refresh);
    assert_eq!(desk.on_line(), ["a"]);
}

#[test]
fn f26_what_may_have_been_sent_is_not_looked_for_as_another() {
    let mut first = Desk::new();
    first.post("a", check_in(1, "a"));
    first.onward("a");
    let mut desk = Desk::unread(&first.shelf, vec![setup("work")], first.now);
    desk.me = "bo";
    desk.command(Command::Start);
    desk.send();
    desk.pass(3600);
    assert_eq!(desk.word("a"), "unknown");
    assert!(desk.looked_for().is_empty(), "Bo sees none of Ana's");
    desk.me = "me";
    desk.command(Command::Refresh);
    assert_eq!(desk.looked_for(), ["a"]);
}

#[test]
fn rows_for_one_site_are_not_sent_to_another() {
    let desk = later_as("me", at("https://b.example:443"));
    assert!(desk.on_line().is_empty());
    let words = desk.standing("a");
    let expected = "written for https://a.example:443; the account is now at https://b.example:443";
    assert!(words.starts_with(expected), "{words}");
    let desk = later_as("me", at("https://a.example:443"));
    assert_eq!(desk.on_line(), ["a"]);
    assert_eq!(desk.sent[0].signature.by.as_str(), "work:me");
}

#[test]
fn rows_of_an_account_that_was_removed_wait_for_it() {
    let desk = later_as("me", setup("other"));
    assert!(desk.on_line().is_empty());
    let words = desk.standing("a");
    assert!(
        words.starts_with("account work is not configured"),
        "{words}"
    );
}

#[test]
fn f11_a_token_that_does_not_count_any_more_is_said_once_and_all_wait() {
    let mut desk = Desk::new();
    for (number, goal) in [1, 2, 1, 3].into_iter().enumerate() {
        desk.post(&format!("e{number}"), check_in(goal, "x"));
    }
    assert_eq!(desk.on_line(), ["e0", "e1"]);
    let refused = || Answer::Refused(fault(FaultKind::SignedOut, "the token was revoked"));
    desk.answer("e0", refused());
    desk.answer("e1", refused());
    assert_eq!(desk.said("the token was revoked"), 1, "{:?}", desk.said);
    for number in 0..4 {
        let id = format!("e{number}");
        assert_eq!(desk.word(&id), "queued");
        assert!(desk.standing(&id).starts_with("the token was revoked"));
    }
    desk.pass(3600);
    assert!(desk.on_line().is_empty());
    // A new token: the account answers, and they go on as they were written.
    desk.command(Command::Refresh);
    assert_eq!(desk.on_line(), ["e0", "e1"]);
    desk.accept("e0");
    desk.accept("e1");
    assert_eq!(desk.on_line(), ["e2", "e3"]);
}

#[test]
fn f11_a_look_that_is_refused_for_its_token_asks_nobody_to_decide() {
    let mut desk = Desk::new();
    desk.post("a", check_in(1, "a"));
    desk.onward("a");
    desk.answer("a", Answer::NoAnswer("cut".to_owned()));
    desk.pass(90);
    desk.found(
        "a",
        Err(fault(FaultKind::SignedOut, "the token was revoked")),
    );
    assert!(!desk.entry("a").state.needs_person());
    assert_eq!(desk.said("the token was revoked"), 1);
    desk.pass(3600);
    assert!(desk.looked_for().is_empty());
    desk.command(Command::Refresh);
    assert_eq!(desk.looked_for(), ["a"]);
}

#[test]
fn a_login_that_may_only_read_keeps_what_was_written_before() {
    let mut desk = Desk::new();
    desk.post("a", check_in(1, "a"));
    desk.answer("a", Answer::Busy(5));
    desk.may_write = Some(false);
    desk.command(Command::Refresh);
    desk.pass(60);
    assert!(desk.on_line().is_empty());
    assert!(desk.standing("a").contains("may only read"));
    desk.may_write = Some(true);
    desk.command(Command::Refresh);
    assert_eq!(desk.on_line(), ["a"]);
}

#[test]
fn who_was_signed_in_the_last_time_may_be_somebody_else_now() {
    let mut first = Desk::on(&Shelf::default(), vec![setup("work")], friday());
    first.post("a", check_in(1, "a"));
    let mut desk = Desk::unread(&first.shelf, vec![setup("work")], first.now);
    desk.send();
    // What this machine kept comes before the account answers.
    let effects = desk.store.command(Command::Start, desk.now);
    let Some(Effect::Fetch { ticket, query, .. }) = effects.into_iter().next() else {
        panic!("a question");
    };
    let Outcome::Fetched { ticket, mut batch } = desk.facts(ticket, &query, &account()) else {
        panic!("facts");
    };
    (batch.as_of, batch.more) = (Some(desk.now.at), true);
    desk.hear(Outcome::Fetched { ticket, batch });
    assert_eq!(
        desk.store.me(&account()).map(|me| me.as_str()),
        Some("work:me")
    );
    assert!(desk.on_line().is_empty());
    let words = desk.standing("a");
    assert_eq!(words, "work has not said yet who is signed in");
    desk.me = "bo";
    let answer = desk.facts(ticket, &query, &account());
    desk.hear(answer);
    assert!(desk.on_line().is_empty(), "it was not Bo who wrote it");
    assert!(desk.standing("a").starts_with("written as Ana Silva"));
}
