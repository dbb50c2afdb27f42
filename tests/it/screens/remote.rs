//! Accounts elsewhere as they are seen: read-only logins, ages and troubles of
//! goals, what providers find, and an inbox whose provider knows no "done".

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::TimeDelta;
use goaldeck::keys::keymap::KeyStyle;
use goaldeck::model::cadence::Cadence;
use goaldeck::model::check_in::CheckIn;
use goaldeck::model::exchange::{
    Abilities, Ability, Batch, Change, Fault, FaultKind, Found, Query,
};
use goaldeck::model::goal::Goal;
use goaldeck::model::ids::AccountName;
use goaldeck::model::key_result::{KeyResult, Kind, Reading};
use goaldeck::model::notification::{Notification, Reason};
use goaldeck::model::person::Person;
use goaldeck::model::status::Status;
use goaldeck::providers::Provider;
use goaldeck::providers::fake::{self, Call, Doing, Fake, Telling};
use goaldeck::screens::Tab;
use goaldeck::store::Setup;
use goaldeck::store::effect::Effect;
use goaldeck::theme::{Glyphs, ThemeName};

use super::{NARROW, WIDE};
use crate::rig::{Parts, Rig, friday};

fn goal(id: &str, name: &str) -> Goal {
    let now = friday();
    let mut goal = Goal::new(id.into(), "work".into(), name, now.at - TimeDelta::days(40));
    goal.champion = Some("work:ana".into());
    goal.reviewer = Some("work:me".into());
    goal.next_check_in = Some(now.today() + TimeDelta::days(20));
    goal
}

fn person(id: &str, name: &str) -> Person {
    Person {
        id: id.into(),
        account: "work".into(),
        name: name.into(),
        handle: String::new(),
    }
}

fn line(id: &str, goal: Option<&str>, text: &str) -> Notification {
    Notification {
        id: id.into(),
        account: "work".into(),
        to: "work:me".into(),
        at: friday().at - TimeDelta::hours(2),
        reason: Reason::Comment,
        actor: Some("work:ana".into()),
        goal: goal.map(Into::into),
        check_in: None,
        comment: None,
        text: text.into(),
        read: false,
        done: false,
    }
}

/// What an Operately server can do, as far as these tests care.
fn like_operately() -> Abilities {
    Abilities {
        done: Ability::KeptHere,
        unread: Ability::No("Faketown cannot mark as unread"),
        ..fake::able()
    }
}

/// Two goals, the first with a check-in that waits for me, and three inbox lines.
fn town() -> Fake {
    let mut churn = goal("work:1", "Reduce churn");
    let mut check_in = CheckIn::new(
        "work:c1".into(),
        "work:ana".into(),
        friday().at - TimeDelta::hours(3),
    );
    check_in.status = Some(Status::AtRisk);
    check_in.note = "Two large accounts left.".into();
    churn.status = Status::AtRisk;
    churn.check_ins = vec![check_in];
    let goals = vec![churn, goal("work:2", "Launch")];
    let people = vec![
        person("work:me", "Bo Berg"),
        person("work:ana", "Ana Silva"),
    ];
    let mut about_check_in = line("work:n2", Some("work:1"), "posted a check-in");
    about_check_in.check_in = Some("work:c1".into());
    let lines = vec![
        line("work:n1", Some("work:1"), "in Reduce churn: \"why?\""),
        about_check_in,
        line("work:n3", Some("work:2"), "in Launch: \"agreed\""),
    ];
    Fake::new("work", "work:me", like_operately()).with(goals, people, lines)
}

fn setup(fake: &Fake) -> Setup {
    Setup {
        name: fake.account().clone(),
        abilities: fake.abilities(),
        hold: TimeDelta::seconds(10),
        refresh: Some(TimeDelta::minutes(5)),
        settle: goaldeck::store::outbox::Settle::default(),
        cadence: Cadence::None,
        origin: Some("https://goals.example".into()),
    }
}

fn rig(fakes: &[&Fake], size: (u16, u16), tab: Tab) -> Rig {
    let providers: BTreeMap<AccountName, Arc<dyn Provider>> = fakes
        .iter()
        .map(|fake| (fake.account().clone(), Arc::new((*fake).clone()) as _))
        .collect();
    Rig::start(Parts {
        setups: fakes.iter().map(|fake| setup(fake)).collect(),
        providers,
        disk: None,
        records: Default::default(),
        size,
        glyphs: Glyphs::Unicode,
        theme: ThemeName::Auto,
        keys: KeyStyle::Vim,
        tab,
        now: friday(),
    })
}

/// The next full answer says that this login may only read.
fn may_only_read(fake: &Fake) {
    let mut shelf = fake.shelf();
    let answer = |shelf: &mut goaldeck::model::memory_shelf::MemoryShelf, query| {
        shelf.answer(&query, fake.account(), &"work:me".into())
    };
    let told = |batch: Batch| {
        Telling::These(vec![Batch {
            may_write: Some(false),
            ..batch
        }])
    };
    let glance = told(answer(&mut shelf, Query::Glance));
    let all = told(answer(&mut shelf, Query::All));
    fake.on_fetch([glance, all]);
}

fn marked_read(fake: &Fake) -> Vec<Vec<String>> {
    let writes = fake
        .received()
        .into_iter()
        .filter_map(|(_, change)| match change {
            Change::MarkRead { ids, read: true } => {
                Some(ids.iter().map(ToString::to_string).collect())
            }
            _ => None,
        });
    writes.collect()
}

#[test]
fn a_login_that_may_only_read_answers_every_writing_key_before_a_form() {
    let fake = town();
    may_only_read(&fake);
    let mut rig = rig(&[&fake], NARROW, Tab::Goals);
    rig.sees("● work synced now read-only");
    let (goal, news) = ("c r e n x D a + E", "r a +");
    for (place, keys) in [
        ("2 G", goal),
        ("2 G enter", goal),
        ("1", "c r e n a + E"),
        ("1 enter", "c r e n a + E"),
        ("3 g g", news),
    ] {
        for key in keys.split(' ') {
            rig.keys(place).keys(key);
            let screen = rig.screen();
            let words = "read-only: the token of work may only read; make one with full access";
            assert!(screen.contains(words), "{place} {key}\n{screen}");
            for form in [
                "Check-in ·",
                "Reply ·",
                "Edit ·",
                "New goal",
                "Close ·",
                "Delete",
            ] {
                assert!(!screen.contains(form), "{place} {key}\n{screen}");
            }
        }
    }
    for key in ["m", "M"] {
        rig.keys("3 g g")
            .keys(key)
            .sees("read-only: the token of work");
    }
    // Reading and what is kept here work; nothing left this machine.
    rig.keys("3 g g d").sees("done, kept here");
    rig.keys("2 G enter").sees("Two large accounts left.");
    rig.keys("@").sees("synced today 10:42, read-only");
    rig.sees("read-only: the token of work may only read");
    assert_eq!(rig.store().unsent(), 0);
    assert_eq!(fake.received(), []);
}

#[test]
fn nothing_asks_whether_to_acknowledge_what_cannot_be() {
    let fake = town();
    may_only_read(&fake);
    let mut rig = rig(&[&fake], NARROW, Tab::Queue);
    rig.keys("a")
        .sees("read-only: the token of work")
        .sees_no("y/N");
}

#[test]
fn done_is_kept_here_where_the_provider_knows_no_such_thing() {
    let fake = town();
    let mut rig = rig(&[&fake], NARROW, Tab::Inbox);
    rig.sees("why?")
        .keys("g g d")
        .sees("done, kept here; u undoes");
    rig.sees("⇪ 0");
    let gone = rig.store().notifications().count();
    assert_eq!(gone, 2);
    rig.keys("u").sees("undone: the line is in the inbox again");
    assert_eq!(rig.store().notifications().count(), 3);
    // Several at once are one thing to take back.
    rig.keys("g g V d")
        .sees("3 done, kept here")
        .sees("No news");
    rig.keys("u")
        .sees("why?")
        .sees("agreed")
        .sees("[3 Inbox 3]");
    // What was written since is taken back first.
    rig.keys("g g d 2 G +").sees("+1, u undoes");
    rig.keys("u")
        .sees("nothing was sent")
        .keys("u")
        .sees("in the inbox again");
    rig.pass(TimeDelta::minutes(1));
    assert_eq!(fake.received(), [], "nothing of it is sent");
    // A refresh does not bring back what is done here.
    rig.keys("3 g g d R");
    assert_eq!(rig.store().notifications().count(), 2);
}

#[test]
fn a_line_that_was_read_cannot_be_unread_where_the_provider_cannot() {
    let fake = town();
    let mut rig = rig(&[&fake], NARROW, Tab::Inbox);
    rig.keys("g g m").sees("held 10 s");
    rig.pass(TimeDelta::seconds(11));
    assert_eq!(marked_read(&fake).len(), 1);
    rig.keys("G m")
        .sees("Faketown cannot mark as unread")
        .sees("⇪ 0");
    assert_eq!(fake.received().len(), 1);
}

#[test]
fn a_goals_page_reads_the_news_of_it_in_one_write_and_no_words() {
    let fake = town();
    let mut rig = rig(&[&fake], NARROW, Tab::Goals);
    // Beside the list nobody opened it.
    rig.keys("g g j k").sees("3 Inbox 3");
    assert_eq!(marked_read(&fake), Vec::<Vec<String>>::new());
    rig.keys("/").write("churn");
    rig.keys("enter g g enter").sees("3 Inbox 1");
    rig.sees("● work synced now").sees("⇪ 0").sees_no("held");
    let mut read = marked_read(&fake);
    assert_eq!(read.len(), 1, "{read:?}");
    read[0].sort();
    assert_eq!(read[0], ["work:n1", "work:n2"]);
    // Once an opening; undo does not reach for it.
    rig.keys("j k . esc u").sees("nothing to undo");
    assert_eq!(marked_read(&fake).len(), 1);
    rig.keys("esc enter");
    assert_eq!(marked_read(&fake).len(), 1, "nothing is unread");
}

#[test]
fn a_mark_that_nobody_chose_to_make_bothers_nobody_when_it_fails() {
    let fake = town();
    let mut rig = rig(&[&fake], NARROW, Tab::Goals);
    let fault = Fault::new(FaultKind::Forbidden, "this token may only read", "");
    fake.on_send([Doing::Refused(fault)]);
    // The account is asked again, and says that this login may only read.
    let told = Batch {
        may_write: Some(false),
        ..Batch::default()
    };
    fake.on_fetch([Telling::These(vec![told])]);
    rig.keys("G enter").sees("read-only").sees("⇪ 0");
    rig.sees_no("refused").sees("3 Inbox 3");
    assert_eq!(
        (marked_read(&fake).len(), rig.store().entries().count()),
        (1, 0)
    );
    rig.keys("esc enter");
    assert_eq!(marked_read(&fake).len(), 1, "it is not tried again");
    rig.keys("1").sees_no("CANNOT SEND");
}

#[test]
fn a_mark_of_unknown_fate_that_nobody_made_is_given_up() {
    let fake = town();
    let mut rig = rig(&[&fake], NARROW, Tab::Goals);
    fake.on_send([Doing::LostBefore]);
    rig.keys("G enter");
    rig.pass(TimeDelta::minutes(2));
    assert_eq!(rig.store().unsent(), 0);
    // What a person marks needs the person.
    let fault = Fault::new(FaultKind::Forbidden, "not yours", "");
    fake.on_send([Doing::Refused(fault)]);
    rig.keys("3 g g m").pass(TimeDelta::seconds(11));
    rig.sees("Faketown refused the read: not yours");
    assert_eq!(rig.store().unsent(), 1);
}

#[test]
fn an_inbox_line_opens_its_goal_and_reads_what_else_is_new_there() {
    let fake = town();
    let mut rig = rig(&[&fake], NARROW, Tab::Inbox);
    rig.keys("g g enter").sees("Reduce churn").sees("3 Inbox 1");
    assert_eq!(marked_read(&fake).len(), 1);
    assert_eq!(marked_read(&fake)[0].len(), 2);
}

#[test]
fn a_queue_item_in_full_reads_the_news_of_its_check_in() {
    let fake = town();
    let mut rig = rig(&[&fake], NARROW, Tab::Queue);
    rig.sees("TO ACKNOWLEDGE (1)").sees("3 Inbox 3");
    rig.keys("enter")
        .sees("Two large accounts left.")
        .sees("3 Inbox 2");
    assert_eq!(marked_read(&fake), [["work:n2"]]);
    // In a list beside it, only what is opened.
    let fake = town();
    let mut rig = self::rig(&[&fake], WIDE, Tab::Queue);
    rig.sees("Two large accounts left.")
        .keys("j k")
        .sees("3 Inbox 3");
    rig.keys("enter").sees("3 Inbox 1");
}

#[test]
fn a_line_without_a_goal_says_where_it_can_be_seen() {
    let fake = Fake::new("work", "work:me", like_operately()).with(
        vec![goal("work:1", "Reduce churn")],
        vec![person("work:ana", "Ana Silva")],
        vec![line("work:n9", None, "gave you the task \"Call them\"")],
    );
    let mut rig = rig(&[&fake], NARROW, Tab::Inbox);
    rig.sees("fake").keys("enter");
    rig.sees("it is about nothing that shows here; see it at Faketown");
    assert_eq!(marked_read(&fake), [["work:n9"]]);
}

// ── find ────────────────────────────────────────────────────────────────────

fn found(kind: &str, title: &str, goal: Option<&str>, link: &str) -> Found {
    Found {
        kind: kind.into(),
        title: title.into(),
        goal: goal.map(Into::into),
        link: link.into(),
    }
}

fn searched(fake: &Fake) -> Vec<String> {
    let calls = fake.calls().into_iter().filter_map(|call| match call {
        Call::Fetch(Query::Search(words)) => Some(words),
        _ => None,
    });
    calls.collect()
}

#[test]
fn find_lists_after_its_own_what_the_provider_found() {
    let fake = town();
    let mut rig = rig(&[&fake], NARROW, Tab::Goals);
    let page = "https://goals.example/tasks/77";
    let batch = Batch {
        found: vec![
            found("task", "Churn calls", Some("work:1"), ""),
            found("document", "Churn, a study", None, page),
            found("file", "churn.csv", None, ""),
        ],
        ..Batch::default()
    };
    fake.on_fetch([Telling::These(vec![batch])]);
    rig.keys("f").write("chur").sees("searching work…");
    rig.pass(TimeDelta::seconds(1));
    assert_eq!(searched(&fake), ["chur"]);
    rig.sees_no("searching");
    let screen = rig.screen();
    let place = |words: &str| {
        screen
            .find(words)
            .unwrap_or_else(|| panic!("{words}\n{screen}"))
    };
    assert!(place("Reduce churn") < place("Churn calls"), "{screen}");
    insta::assert_snapshot!("find-at-the-provider-80x24", screen);
    // Enter opens its goal, copies its link, or says why neither.
    let (down, goals) = ("down", screen.matches(" goal ").count());
    for _ in 0..goals + 1 {
        rig.keys(down);
    }
    rig.keys("enter").sees(&format!("copied {page}"));
    assert!(rig.front.contains(&Effect::Copy(page.into())));
    rig.keys("down enter")
        .sees("its page is not known; look for the file at Faketown");
    rig.keys("up up enter")
        .sees("Esc back")
        .sees("Two large accounts left.");
}

#[test]
fn a_search_that_fails_is_told_and_one_kind_needs_none() {
    let fake = town();
    let mut rig = rig(&[&fake], NARROW, Tab::Goals);
    let fault = Fault::new(
        FaultKind::Forbidden,
        "this token may not search",
        "ask an owner",
    );
    fake.on_fetch([Telling::Fails(fault)]);
    rig.keys("f").write("chur");
    rig.pass(TimeDelta::seconds(1));
    rig.sees("! work did not search: this token may not search; ask an owner");
    rig.sees("Reduce churn");
    // Only goals: all of them are known here.
    rig.keys("tab")
        .sees_no("did not search")
        .sees("Tab only goals");
    rig.pass(TimeDelta::seconds(1));
    assert_eq!(searched(&fake).len(), 1);
    // Nobody waits for an answer any more.
    rig.keys("tab tab tab tab").keys("esc");
    assert_eq!(rig.store().search_words(), "");
}

#[test]
fn find_says_which_account_was_not_searched() {
    let fake = town();
    let mut rig = rig(&[&fake], NARROW, Tab::Goals);
    fake.on_fetch([Telling::Fails(Fault::new(
        FaultKind::Offline,
        "no line",
        "",
    ))]);
    rig.keys("R f").write("chur");
    rig.sees_no("searching").pass(TimeDelta::seconds(1));
    rig.sees("work is not reached: of it only what is known here was searched");
    assert_eq!(searched(&fake), Vec::<String>::new());
}

// ── a goal ──────────────────────────────────────────────────────────────────

#[test]
fn a_goal_that_cannot_be_read_says_so_in_its_detail() {
    let fake = town();
    let mut rig = rig(&[&fake], NARROW, Tab::Goals);
    let fault = Fault::new(
        FaultKind::Forbidden,
        "no right to see Growth",
        "ask its manager",
    );
    rig.keys("/").write("launch");
    rig.keys("enter g g enter").sees_no("not read");
    fake.on_fetch([Telling::Fails(fault)]);
    rig.keys("R");
    rig.sees("! not read again: no right to see Growth; ask its manager");
    rig.sees_no("No check-in yet").sees("● work synced");
}

#[test]
fn a_goal_of_an_account_that_is_offline_has_an_age() {
    let fake = town();
    let mut rig = rig(&[&fake], NARROW, Tab::Goals);
    let offline = Fault::new(FaultKind::Offline, "no line", "");
    fake.on_fetch(vec![Telling::Fails(offline); 30]);
    rig.keys("g g enter").sees_no("as of");
    rig.keys("esc").pass(TimeDelta::minutes(6));
    rig.keys("enter").sees("as of 10:42");
    rig.sees("○ work offline since 10:4");
}

#[test]
fn what_the_provider_counts_otherwise_is_told_with_a_checklist() {
    let mut plan = goal("work:1", "Price list");
    let ticks = KeyResult {
        particulars: None,
        id: "work:r1".into(),
        name: "Checklist".into(),
        kind: Kind::Checklist {
            items: vec!["Published".into(), "Signed".into()],
            ids: Vec::new(),
        },
        current: Some(Reading::Ticks(vec![true, false])),
        unit: String::new(),
        start: 0.0,
        target: None,
        weight: 1.0,
        falling: false,
        phases: Vec::new(),
        sum_of: Vec::new(),
        status: None,
    };
    plan.results = vec![ticks];
    plan.provider_progress = Some(0.25);
    plan.status_word = Some("Caution".into());
    let fake = Fake::new("work", "work:me", like_operately()).with(vec![plan], vec![], vec![]);
    let mut rig = rig(&[&fake], NARROW, Tab::Goals);
    rig.keys("g g enter").sees("progress 25");
    rig.sees("Faketown counts 25\u{a0}%, we count 50\u{a0}%");
    rig.sees("[Caution]").sees("1 of 2");
}

// ── accounts ────────────────────────────────────────────────────────────────

#[test]
fn the_accounts_page_tells_where_who_and_when_and_adds_one() {
    let fake = town();
    let mut rig = rig(&[&fake], NARROW, Tab::Goals);
    rig.keys("@");
    rig.sees("at https://goals.example, read again 10:47");
    rig.sees("you are Bo Berg, 2 goals");
    rig.sees("kept here, on this machine only: removing inbox lines");
    insta::assert_snapshot!("accounts-elsewhere-80x24", rig.screen());
    rig.keys("G enter 1")
        .sees("New account at Operately")
        .sees("[work2 ");
    rig.keys("esc x").sees("no account was added");
    fake.on_fetch([Telling::Fails(Fault::new(
        FaultKind::Offline,
        "no line",
        "",
    ))]);
    rig.keys("R")
        .sees("○ offline since 10:42, next try in 5 s: no line");
    rig.keys("g g enter").sees("R tries to reach work again");
}
