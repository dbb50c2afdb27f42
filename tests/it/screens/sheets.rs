//! Sheets and the goal form, driven by keys.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::rig::*;
use goaldeck::keys::keymap::KeyStyle;
use goaldeck::model::ids::AccountName;
use goaldeck::providers::Provider;
use goaldeck::providers::local::{Local, Who};
use goaldeck::screens::Tab;
use goaldeck::theme::{Glyphs, ThemeName};

struct Desk {
    rig: Rig,
    _dir: tempfile::TempDir,
}

fn desk(size: (u16, u16)) -> Desk {
    let dir = tempfile::tempdir().unwrap();
    let now = friday();
    let opened =
        goaldeck::disk::Disk::open(dir.path(), &goaldeck::disk::Options::new(now.at)).unwrap();
    let account = AccountName::new("local");
    let local: Arc<dyn Provider> = Arc::new(Local::new(
        Arc::new(opened.disk.clone()),
        account.clone(),
        Who::Owner("Ana Silva".into()),
    ));
    let setup = goaldeck::store::Setup {
        name: account.clone(),
        abilities: local.abilities(),
        hold: chrono::TimeDelta::zero(),
        refresh: None,
        settle: goaldeck::store::outbox::Settle::default(),
        cadence: goaldeck::model::cadence::Cadence::None,
        origin: None,
    };
    let rig = Rig::start(Parts {
        setups: vec![setup],
        providers: BTreeMap::from([(account, local)]),
        disk: Some(opened.disk),
        records: Default::default(),
        size,
        glyphs: Glyphs::Unicode,
        theme: ThemeName::Auto,
        keys: KeyStyle::Vim,
        tab: Tab::Goals,
        now,
    });
    Desk { rig, _dir: dir }
}

#[test]
fn a_goal_with_key_results_is_written_down() {
    let mut desk = desk((80, 24));
    let rig = &mut desk.rig;
    rig.keys("n").sees("New goal").sees("[31 Dec 2026 ] Thu");
    rig.write("Launch self-serve").sees("draft…");
    rig.keys("shift-tab enter").write("Setup time");
    rig.keys("tab tab ctrl-u")
        .write("30")
        .keys("tab")
        .write("10");
    rig.keys("tab")
        .write("minutes")
        .sees("[30       ]")
        .sees("lower is better");
    rig.keys("tab tab tab enter")
        .write("Docs ready")
        .keys("tab enter 4");
    rig.sees("Setup time  number  30 → 10 minutes, lower is better");
    rig.keys("tab tab enter")
        .write("Error rate")
        .keys("tab enter 8");
    rig.keys("ctrl-s")
        .sees("1 field needs you")
        .sees("! limit is missing");
    rig.write("1").keys("tab tab").write("0.5").keys("ctrl-s");
    rig.sees("the critical value lies above the limit");
    rig.keys("ctrl-u ctrl-s")
        .sees("Launch self-serve: posted")
        .sees("[2 Goals]");
    let goal = rig.store().goals().next().unwrap().clone();
    let kinds: Vec<&str> = goal
        .results
        .iter()
        .map(|result| result.kind.code())
        .collect();
    assert_eq!(kinds, ["number", "yes_no", "guardrail"]);
    assert_eq!(goal.cadence.to_string(), "weekly:fri");
    assert!(goal.champion.is_some() && goal.champion == goal.reviewer);
    rig.keys("u");
    assert!(rig.store().is_empty());
    rig.keys("n");
    rig.pass(chrono::TimeDelta::seconds(5));
    rig.sees("restored").sees("Error rate");
}

#[test]
fn key_results_are_moved_removed_and_kept_as_a_draft() {
    let mut desk = desk((80, 24));
    let rig = &mut desk.rig;
    rig.keys("n")
        .write("Launch self-serve")
        .keys("ctrl-s e shift-tab");
    for name in ["One", "Two", "Three"] {
        rig.keys("enter").write(name).keys("tab enter 4 tab tab");
    }
    rig.keys("shift-tab shift-tab shift-tab enter")
        .sees("Kind of key result")
        .keys("esc");
    rig.keys("tab tab enter")
        .sees("move up")
        .sees_no("move down");
    rig.keys("1 enter 1")
        .sees("One  yes/no  done")
        .keys("enter 2 n");
    rig.sees("Three  yes/no").keys("enter 2 y").sees_no("Three");
    rig.keys("esc d").sees("draft kept").keys("e");
    rig.pass(chrono::TimeDelta::seconds(5));
    rig.sees("draft of today 10:42 restored");
    rig.sees("One  yes/no").sees("Two  yes/no").keys("ctrl-s");
    let goal = rig.store().goals().next().unwrap().clone();
    let names: Vec<&str> = goal
        .results
        .iter()
        .map(|result| result.name.as_str())
        .collect();
    assert_eq!(names, ["One", "Two"]);
    rig.keys("e ctrl-s").sees("nothing was changed");
    rig.keys("e")
        .write("x")
        .keys("esc x")
        .sees("Throw away what you wrote here? y/N");
    rig.keys("enter")
        .sees("Edit · Launch")
        .keys("x y")
        .sees("[2 Goals]")
        .sees("discarded");
}

#[test]
fn a_goal_is_closed_with_a_score_and_opened_again() {
    let mut desk = desk((80, 24));
    let rig = &mut desk.rig;
    rig.keys("n")
        .write("Launch self-serve")
        .keys("ctrl-s x")
        .sees("Closed    1");
    rig.keys("ctrl-s").sees("choose 1 achieved or 2 missed");
    rig.keys("2")
        .sees("[2 ✘ Missed]")
        .write("x")
        .sees("not a number");
    rig.keys("backspace")
        .write("0.35")
        .sees("progress")
        .keys("tab")
        .write("Was **hard**");
    rig.keys("ctrl-p")
        .sees("Was hard")
        .keys("ctrl-p ctrl-s")
        .sees("closed as missed");
    let goal = rig.store().goals().next().unwrap().clone();
    assert_eq!(goal.closed.as_ref().unwrap().score, Some(0.4));
    assert_eq!(goal.last_check_in().unwrap().note, "Was **hard**");
    rig.keys(":")
        .write("closed")
        .keys("enter x")
        .sees("Why it is opened again");
    rig.keys("ctrl-s")
        .sees("write why")
        .write("We try again")
        .keys("ctrl-s")
        .sees("reopened");
    assert!(rig.store().goals().next().unwrap().is_open());
}

#[test]
fn the_palette_runs_a_command_by_its_name() {
    let mut desk = desk((80, 24));
    let rig = &mut desk.rig;
    rig.keys(":")
        .write("queu")
        .sees("> Go to Queue")
        .keys("enter")
        .sees("[1 Queue");
    rig.keys("2 :")
        .write("closed")
        .keys("tab")
        .sees(": Show or hide closed goals");
    rig.keys("enter").sees("closed goals are shown");
    rig.keys(":")
        .write("qqq")
        .keys("enter")
        .sees("no command is called \"qqq\"")
        .keys("esc");
    rig.sees_no("commands ·");
}

#[test]
fn find_opens_goals_and_the_goals_of_people() {
    let mut desk = desk((80, 24));
    let rig = &mut desk.rig;
    for name in ["Launch self-serve", "Reduce churn to 2 %"] {
        rig.keys("n").write(name).keys("ctrl-s");
    }
    rig.keys("f")
        .write("chur")
        .sees("> ○ Reduce churn to 2 %            goal");
    rig.keys("tab").sees("find goals: chur").keys("enter");
    rig.sees("Reduce churn to 2 %")
        .sees("Esc back")
        .keys("esc esc")
        .sees("[2 Goals]");
    rig.keys("f")
        .write("ana")
        .sees("person")
        .keys("enter")
        .sees("goals of Ana Silva:");
    rig.write("laun")
        .keys("enter")
        .sees("Launch self-serve")
        .sees("Esc back");
}

#[test]
fn help_lists_this_screen_then_all_and_is_searched() {
    let mut desk = desk((100, 30));
    let rig = &mut desk.rig;
    rig.keys("?")
        .sees("Keys here")
        .sees("Go to Queue")
        .sees_no("Mark all read");
    rig.keys("?")
        .sees("All keys")
        .keys("/")
        .write("mark all read")
        .keys("enter")
        .sees("Mark all read");
    // The handbook stands behind the keys.
    rig.keys("G")
        .sees("Where things are")
        .sees("goaldeck doctor");
    rig.keys("esc esc").sees_no("All keys").keys("n ctrl-p ?");
}

#[test]
fn the_action_menu_copies_the_command_line() {
    let mut desk = desk((80, 24));
    let rig = &mut desk.rig;
    rig.keys("n")
        .write("Launch")
        .keys("ctrl-s .")
        .sees("> Enter Open")
        .keys("j !");
    let goal = rig.store().goals().next().unwrap().id.clone();
    rig.sees(&format!("copied goaldeck checkin {goal} --edit"));
    rig.keys("x").sees("Close · Launch");
}

#[test]
fn messages_and_accounts_are_pages() {
    let mut desk = desk((80, 24));
    let rig = &mut desk.rig;
    rig.keys("n")
        .write("Launch")
        .keys("ctrl-s !")
        .sees("Launch: posted")
        .keys("q @");
    rig.sees("you are Ana Silva, 1 goal")
        .keys("G k enter")
        .write("Bo Berg")
        .keys("enter");
    rig.sees("added Bo Berg")
        .keys("enter")
        .write("bo berg")
        .keys("enter")
        .sees("is there already");
    rig.keys("esc esc").sees("[2 Goals]");
    assert_eq!(rig.store().people(&AccountName::new("local")).len(), 2);
}

#[test]
fn no_size_breaks_a_sheet_or_form() {
    let mut desk = desk((80, 24));
    let rig = &mut desk.rig;
    rig.keys("n")
        .write("Launch")
        .keys("shift-tab enter")
        .write("One")
        .keys("tab enter 6 ctrl-s");
    rig.keys("esc i").paste("a\nb *3\nc").keys("ctrl-s");
    for keys in [
        ": a",
        "esc f l",
        "esc ?",
        "esc .",
        "esc !",
        "esc @",
        "esc e",
        "shift-tab shift-tab enter",
        "tab tab tab",
        "esc x y x",
        "esc x D",
    ] {
        rig.resize(80, 24).keys(keys);
        for columns in [1, 20, 60, 80, 100, 500] {
            for rows in [1, 16, 24, 200] {
                rig.resize(columns, rows).screen();
            }
        }
    }
}

#[test]
fn an_empty_queue_offers_nothing_to_mark() {
    let mut desk = desk((80, 24));
    desk.rig
        .keys("1")
        .sees("n new goal  2 goals  u undo")
        .sees_no("mark");
}
